/** Whether somebody gets the alerts. */
import { type Cloud, CloudError, type Stack } from './cloud.ts';
import { OperatorError } from './errors.ts';
import type { Tell } from './report.ts';
import type { Settings } from './settings.ts';
import { common, outputs } from './template.ts';

/**
 * Refuses a topic that is not there: alerts to it would be lost. One that may not be looked at is taken on trust.
 *
 * @throws OperatorError when there is no such topic.
 */
export async function requireTopic(cloud: Cloud, values: Settings['values']): Promise<void> {
  const topic = values[common.alertTopic];
  if (!topic || topic.text === '' || topic.from !== 'given') return;
  try {
    await cloud.subscriptions(topic.text);
  } catch (error) {
    if (!(error instanceof CloudError) || error.failure !== 'missing') return;
    throw new OperatorError(
      `There is no topic ${topic.text}, so that its alerts would be lost. Create it first, or give another --alert-topic-arn or an --alert-email.`,
    );
  }
}

/** Says when nobody gets the alerts yet. That it cannot be found out never fails a deployment. */
export async function tellUnheard(
  cloud: Cloud,
  { parameters, outputs: { [outputs.topic]: topic } }: Stack,
  tell: Tell,
): Promise<void> {
  if (!topic) return;
  const subscriptions = await cloud.subscriptions(topic).catch(() => undefined);
  if (!subscriptions || subscriptions.some(({ confirmed }) => confirmed)) return;
  const email = parameters[common.alertEmail];
  const message = email
    ? `${email} has to confirm the subscription before any alert arrives: SNS has sent it a message with the subject "AWS Notification - Subscription Confirmation".`
    : `Nobody is subscribed to ${topic} yet: alerts reach nobody until somebody subscribes to it and confirms.`;
  tell({ type: 'warning', message });
}
