/** Whether somebody gets the alerts, and the alarms about the rule itself. */
import { stackNames } from '@patrol/core/contracts';
import { type Cloud, CloudError, type Stack } from '../cloud/cloud.ts';
import { OperatorError } from '../text/errors.ts';
import type { Settings } from './values.ts';

const { alertTopic, alarmTopic, dispatchTopic } = stackNames.parameters;

/** The topics that can be given, with what is sent to them and what to give instead of one that is not there. */
const givenTopics = [
  [alertTopic, 'alerts', '--alert-topic-arn or an --alert-email'],
  [alarmTopic, 'alarms', `--param ${alarmTopic}=arn:…`],
  [dispatchTopic, 'alerts for Dispatch', '--dispatch-topic'],
] as const;

/**
 * Refuses topics that are not there: what is sent to them would be lost. One that may not be looked at is taken on trust.
 *
 * @throws OperatorError when there is no such topic.
 */
export async function requireTopics(cloud: Cloud, values: Settings['values']): Promise<void> {
  for (const [name, what, other] of givenTopics) {
    const topic = values[name];
    if (!topic || topic.text === '' || topic.from !== 'given') continue;
    if (!(await isMissing(cloud, topic.text))) continue;
    throw new OperatorError(
      `There is no topic ${topic.text}, so the ${what} would be lost. Create it first, or give another ${other}.`,
    );
  }
}

/** Whether AWS says that there is no such topic. */
export async function isMissing(cloud: Cloud, topic: string): Promise<boolean> {
  try {
    await cloud.subscriptions(topic);
    return false;
  } catch (error) {
    return error instanceof CloudError && error.failure === 'missing';
  }
}

/** The topics of a stack; that of the alarms only where it is another than that of the alerts. */
export function topicsOf({ parameters, outputs }: Stack): {
  readonly alerts: string | undefined;
  readonly alarms: string | undefined;
} {
  const alerts = outputs[stackNames.outputs.topic];
  // A base stack has a topic of its own for them.
  const alarms = parameters[alarmTopic] || outputs['AlarmTopicArn'];
  return { alerts, alarms: alarms && alarms !== alerts ? alarms : undefined };
}
