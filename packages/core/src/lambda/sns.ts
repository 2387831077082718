// This file is a chunk of its own, loaded when there is something to send.
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  alertFormVariable,
  dispatchFormVariable,
  dispatchTopicVariable,
  topicVariable,
} from '../environment.ts';
import type { Alert } from '../contracts/alert.ts';
import { clean } from '../unseen.ts';
import { render } from './forms.ts';
import { log } from './log.ts';
import type { PublishInput } from './message.ts';

const clients = new Map<string, SNSClient>();

/**
 * Publishes one message in the region of its topic: SNS takes messages for a topic only there.
 *
 * @throws what the SDK throws when SNS refuses or cannot be reached after the SDK's own retries.
 */
export async function publish(input: PublishInput, region: string): Promise<{ messageId: string }> {
  const client = clients.get(region) ?? new SNSClient({ region, maxAttempts: 5 });
  clients.set(region, client);
  const { MessageId } = await client.send(new PublishCommand(input));
  return { messageId: MessageId ?? '' };
}

/**
 * Publishes an alert in a form to a topic, in the topic's region.
 *
 * @throws what is wrong with the form, or what the SDK throws.
 */
export async function sendTo(
  topicArn: string,
  form: string,
  alert: Alert,
  environment: Readonly<Record<string, string | undefined>>,
  publishing: typeof publish = publish,
): Promise<{ messageId: string }> {
  const [, , , region = ''] = topicArn.split(':');
  return publishing(render(form, alert, topicArn, environment), region);
}

/** An alert that did not reach every destination. */
export class SendError extends AggregateError {
  override readonly name = 'SendError';
  /** Whether the topic of the alerts took it, so that somebody knows. */
  readonly told: boolean;
  constructor(errors: readonly Error[], told: boolean) {
    super(errors, errors.map(({ message: why }) => why).join('; '));
    this.told = told;
  }
}

/**
 * Sends an alert to all of its destinations, each in its form: the topic of the alerts and, where there is one, Dispatch's. One that fails
 * does not keep the other from being tried.
 *
 * @throws SendError that says which destinations it could not be sent to, and why.
 */
export async function send(
  alert: Alert,
  environment: Readonly<Record<string, string | undefined>>,
  publishing?: typeof publish,
): Promise<void> {
  const title = clean(alert.title, 200);
  const sent = await Promise.allSettled(
    [
      { topicArn: environment[topicVariable], form: environment[alertFormVariable] || 'text' },
      {
        topicArn: environment[dispatchTopicVariable],
        form: environment[dispatchFormVariable] || 'dispatch',
      },
    ].map(async ({ topicArn, form }) => {
      if (!topicArn) return;
      const failed = (error: unknown): never => {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`could not publish "${title}" to ${topicArn}: ${why}`, { cause: error });
      };
      const { messageId } = await sendTo(topicArn, form, alert, environment, publishing).catch(
        failed,
      );
      const { rule, eventId } = alert;
      // What is suppressed has a line of its own.
      if (alert.suppressed) return;
      log('INFO', { rule, eventId, verdict: 'alert', title, topicArn, messageId });
    }),
  );
  const failures = sent.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as Error] : [],
  );
  if (failures.length > 0) throw new SendError(failures, sent[0]?.status === 'fulfilled');
}
