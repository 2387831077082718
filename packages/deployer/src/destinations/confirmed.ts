/** Whether somebody gets the alerts, and the alarms about the rule itself. */
import { stackNames } from '@patrol/core/contracts';
import { type Cloud, CloudError, explain, orRefusal, type Stack } from '../cloud/cloud.ts';
import { baseParameters } from './base.ts';
import { separated } from '../text/words.ts';
import type { RemarkOf } from '../view/sentences/remarks.ts';
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

/** What there is to say of topics that a notifier sends to besides: nobody gets what is sent there, or nobody can see that. */
export async function unheardOf(
  cloud: Cloud,
  topics: readonly string[],
): Promise<readonly RemarkOf<'unheardTopic' | 'unseenTopic'>[]> {
  const found = topics.map((topic) =>
    orRefusal(
      cloud
        .subscriptions(topic)
        .then((all) =>
          all.some(({ confirmed }) => confirmed) ? [] : [{ code: 'unheardTopic' as const, topic }],
        ),
      (error) =>
        error.failure === 'missing'
          ? [{ code: 'unheardTopic' as const, topic }]
          : [{ code: 'unseenTopic' as const, topic, why: explain(error) }],
    ),
  );
  return (await Promise.all(found)).flat();
}

/** The further topics of a base stack. */
export const furtherTopicsOf = ({ parameters }: Pick<Stack, 'parameters'>): readonly string[] =>
  separated(parameters[baseParameters.routeTopics] ?? '');
