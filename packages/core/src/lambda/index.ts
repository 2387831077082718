/**
 * `@patrol/core/lambda`: running a rule as a Lambda function. The build writes the two lines that import this door.
 *
 * @module
 */
import { type Envelope, type Evaluate, evaluator } from '../evaluate.ts';
import { readParameters, type SecretReference } from '../parameter.ts';
import { type AnyRule, allParameters } from '../rule.ts';
import { topicVariable } from '../environment.ts';
import { log } from './log.ts';
import { clean, message, type PublishInput } from './message.ts';

export { topicVariable } from '../environment.ts';
export { config } from './config.ts';
export { log, type LogLevel } from './log.ts';
export { clean, message, type PublishInput, subject, textBody } from './message.ts';

/** What a built rule exports: the function's entry, and the same decision without its effects, for `replay`. */
export interface Started {
  readonly handler: (event: unknown) => Promise<{ readonly alerts: number }>;
  readonly evaluate: Evaluate;
}

/** The outside world of a function. Each part has a default, but for secrets. */
export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly publish: (
    input: PublishInput,
    region: string,
  ) => Promise<{ readonly messageId: string }>;
  /** Only there in the functions of rules that declare secrets: it brings more of the AWS SDK with it. */
  readonly readSecret: (reference: SecretReference) => Promise<string>;
}

/**
 * Starts a rule: reads its parameters and the topic from the environment, once per cold start.
 *
 * @throws ParametersError or TypeError, before any event is taken, when a parameter or the topic is missing or bad.
 */
export function start(
  rule: AnyRule,
  options: { readonly runbookUrl?: string | null } & Partial<World> = {},
): Started {
  const {
    environment = process.env,
    // The AWS SDK is a chunk of its own, loaded when there is something to send.
    publish = async (input, to) => (await import('./sns.ts')).publish(input, to),
    readSecret = async ({ arn }) => {
      throw new Error(`${rule.name} declares no secret parameter and so cannot read ${arn}.`);
    },
  } = options;
  const parameters = readParameters(allParameters(rule), (name) => environment[name]);
  const topicArn = environment[topicVariable] ?? '';
  const region = topicRegion(topicArn);

  let evaluating: Promise<Evaluate> | undefined;
  const evaluate: Evaluate = async (event) => {
    evaluating ??= Promise.resolve(rule.clients?.({ parameters, secret: readSecret })).then(
      (clients) => evaluator(rule, { parameters, clients }, options.runbookUrl),
    );
    try {
      return await (
        await evaluating
      )(event);
    } catch (error) {
      // Clients that could not be made are made anew for the next event.
      if (
        !(await evaluating.then(
          () => true,
          () => false,
        ))
      )
        evaluating = undefined;
      throw error;
    }
  };

  const send = async (envelope: Envelope): Promise<void> => {
    const { messageId } = await publish(message(envelope, topicArn), region);
    log('INFO', {
      rule: rule.name,
      eventId: envelope.eventId,
      verdict: 'alert',
      title: clean(envelope.title, 200),
      messageId,
    });
  };

  const handler: Started['handler'] = async (event) => {
    const { alerts, because } = await evaluate(event);
    if (alerts.length === 0) {
      log('INFO', { rule: rule.name, eventId: idOf(event), verdict: 'quiet', because });
    }
    // Every alert is tried before a failed one is thrown, so that Lambda's retry can only repeat, never skip.
    const sent = await Promise.allSettled(alerts.map(send));
    const failures = sent.flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    if (failures.length > 0) {
      throw new AggregateError(
        failures,
        `${rule.name} could not publish ${failures.length} of ${alerts.length} alerts to ${topicArn}: ${failures.map(reason).join('; ')}`,
      );
    }
    return { alerts: alerts.length };
  };
  return { handler, evaluate };
}

/** The region of a topic: SNS takes messages for it only there. */
function topicRegion(topicArn: string): string {
  const [arn, , service, region, account, name] = topicArn.split(':');
  if (arn !== 'arn' || service !== 'sns' || !region || !account || !name) {
    throw new TypeError(
      `${topicVariable}: expected the ARN of the SNS topic that gets the alerts, found ${JSON.stringify(topicArn)}. The stack's template sets it.`,
    );
  }
  return region;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const idOf = (event: unknown): unknown =>
  typeof event === 'object' && event !== null ? Reflect.get(event, 'id') : undefined;
