import { stackNames } from '../contracts/stack-names.ts';
import type { AnyRule } from '../rule.ts';
import { github, type Sender } from '../sender.ts';
import { senderOf, type Trigger } from '../trigger.ts';
import { getAtt, ref } from './intrinsics.ts';
import { type Part, type Resource, under } from './merge.ts';
import { ownsQueues, sharesQueues } from './queue.ts';
import { alarmTopicArn } from './topic.ts';
import { isAsynchronous, type NamedTrigger, namedTriggers, senders } from './trigger.ts';
import { refusedDeliveries } from './webhook.ts';

/**
 * The alarms of a rule: whatever keeps it from looking must be loud. Where something implies another, only what is implied
 * has none: a function that failed at last shows in its queue, and a delivery that reached no queue is a failed one. A rule
 * that shares its queues has none at all, but for one that watches the others.
 */
export const alarms = (rule: AnyRule): Part => ({
  Resources: {
    ...(isAsynchronous(rule)
      ? under(ownsQueues, {
          ...ofQueues(rule),
          ...Object.assign({}, ...namedTriggers(rule).map(ofDelivery)),
        })
      : {}),
    ...(rule.watches ? under(sharesQueues, ofWatcher(rule)) : {}),
    ...Object.assign({}, ...namedTriggers(rule).map((trigger) => ofTrigger(rule, trigger))),
  },
});

type Resources = Readonly<Record<string, Resource>>;

/** A metric of a function. */
export const ofFunction = (MetricName: string, id = 'Function'): Metric => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: [{ Name: 'FunctionName', Value: ref(id) }],
});

const ofQueues = (rule: AnyRule): Resources => ({
  ThrottlesAlarm: counted(
    'The function was throttled: the account ran out of concurrency. Events are tried again for six hours.',
    ofFunction('Throttles'),
  ),
  // Lambda counts here what it gives up, before it writes to the queue and also when it cannot.
  DroppedEventsAlarm: counted(
    'Lambda gave up an event after three tries, or because the function may not run. Its log says why. The event is in the failure queue unless Lambda could not write there.',
    ofFunction('AsyncEventsDropped'),
  ),
  FailureQueueAlarm: waiting(
    'The failure queue holds events that the function could not evaluate.',
    'FailureQueue',
  ),
  DeadLetterQueueAlarm: waiting(
    `The dead-letter queue holds events that ${senders(rule)} could not deliver to the function.`,
    'DeadLetterQueue',
  ),
});

/** What EventBridge and SNS could not deliver, whether or not it reached the dead-letter queue. */
function ofDelivery({ id, trigger }: NamedTrigger): Resources {
  if (trigger.kind === 'webhook') return {};
  if (trigger.kind === 'sns') {
    return {
      [`${id}FailedDeliveriesAlarm`]: counted('SNS could not deliver a message to the function.', {
        Namespace: 'AWS/SNS',
        MetricName: 'NumberOfNotificationsFailed',
        Dimensions: [{ Name: 'TopicName', Value: getAtt(id, 'TopicName') }],
      }),
    };
  }
  return {
    [`${id}FailedInvocationsAlarm`]: counted(
      'EventBridge could not invoke the function. The event is in the dead-letter queue unless EventBridge could not write there.',
      ofRule(id, 'FailedInvocations'),
    ),
  };
}

/** A metric of an EventBridge rule. */
export const ofRule = (id: string, MetricName: string): Metric => ({
  Namespace: 'AWS/Events',
  MetricName,
  Dimensions: [{ Name: 'RuleName', Value: ref(id) }],
});

/** What rings when the rule that watches the others does not run, or fails. Its schedule has its own alarm. */
function ofWatcher(rule: AnyRule): Resources {
  const triggers: readonly Trigger[] = rule.triggers;
  const every = triggers.flatMap((trigger) =>
    trigger.kind === 'schedule' ? [trigger.everySeconds] : [],
  );
  return {
    ErrorsAlarm: counted(
      'The function failed. Its log says why. It watches the other rules, which have no alarms of their own.',
      ofFunction('Errors'),
    ),
    NotRunningAlarm: missing(Math.min(...every), ofFunction('Invocations')),
  };
}

function ofTrigger(rule: AnyRule, { id, trigger }: NamedTrigger): Resources {
  if (trigger.kind === 'webhook') return ofWebhook(id, senderOf(rule.triggers));
  if (trigger.kind !== 'schedule') return {};
  const alarms = {
    [`${id}MissingRunAlarm`]: missing(trigger.everySeconds, ofRule(id, 'Invocations')),
  };
  // The rule that watches the others knows when a rate has passed, and nothing of other expressions.
  const isRead = !rule.watches && trigger.expression.startsWith('rate(');
  return isRead ? under(ownsQueues, alarms) : alarms;
}

/** HTTP APIs name their metrics and dimensions otherwise than REST APIs do ("Working with metrics for HTTP APIs"). */
function ofWebhook(id: string, { name, waits = 10 }: Sender): Resources {
  const again = againFrom(name);
  const metric = (MetricName: string): Metric => ({
    Namespace: 'AWS/ApiGateway',
    MetricName,
    Dimensions: [{ Name: 'ApiId', Value: ref(id) }],
  });
  return {
    [`${id}FailedAlarm`]: counted(
      `The endpoint of the webhook answered a delivery with a failure (5xx): the function failed, took too long or could not be invoked. ${again.failed}`,
      metric('5xx'),
    ),
    [`${id}SlowAlarm`]: alarm(
      `The endpoint of the webhook answered a delivery so late that ${name}, which waits ${waits === 10 ? 'ten' : waits} seconds, is about to give up.`,
      {
        ...metric('Latency'),
        ExtendedStatistic: 'p99',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: waits * 800,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      },
    ),
    [`${id}RefusedAlarm`]: counted(
      `The function refused a request that looks like a delivery of ${name}: most likely ${name} signs with another secret than the stack has, and nothing that it tells is looked at. ${again.refused}`,
      { ...refusedDeliveries, Dimensions: [] },
    ),
    [`${id}FloodedAlarm`]: alarm(
      `The endpoint of the webhook refused a hundred requests (4xx) within five minutes. Requests beyond ten a second are answered 429, and a delivery of ${name} may have been among them: ${again.flooded}`,
      {
        ...metric('4xx'),
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 100,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      },
    ),
  };
}

/** How deliveries that were not taken come again, by their sender. */
const againFrom = (name: string) =>
  name === github.name
    ? {
        failed:
          'GitHub does not send it again by itself: redeliver it from the settings of the webhook.',
        refused:
          '`patrol-deploy hook` sets the secret again, and its --redeliver has the refused deliveries of the last three days sent once more.',
        flooded: 'have the failed ones sent again with `patrol-deploy hook … --redeliver`.',
      }
    : {
        failed: `${name} may not send it again.`,
        refused: `\`patrol-deploy info\` says where the secret of ${name} has to be stored.`,
        flooded: `${name} may not send it again.`,
      };

/** A metric of CloudWatch. */
export interface Metric {
  readonly Namespace: string;
  readonly MetricName: unknown;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** An alarm that tells a topic; that of the rule's alarms where none is named. */
export const alarm = (
  description: string,
  properties: Readonly<Record<string, unknown>>,
  topic = alarmTopicArn,
): Resource => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: { 'Fn::Sub': `Patrol, stack \${AWS::StackName}: ${description}` },
    AlarmActions: [topic],
    ...properties,
  },
});

/** Rings when a count of things gone wrong reaches one within five minutes. No data means that nothing went wrong. */
export const counted = (description: string, metric: Metric, topic?: unknown): Resource =>
  alarm(
    description,
    {
      ...metric,
      // Anybody may put values of a metric that is not of AWS, and a sum goes down by those below zero.
      Statistic: metric.Namespace === stackNames.metrics.namespace ? 'Maximum' : 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
    topic,
  );

/** Rings when a queue that should be empty is not. */
export const waiting = (description: string, queue: string, topic?: unknown): Resource =>
  alarm(
    description,
    {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: getAtt(queue, 'QueueName') }],
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
    topic,
  );

/**
 * Rings when a schedule's rule has not invoked its target. No data is a missing run: EventBridge only sends this metric
 * when it is not zero. CloudWatch takes periods of whole minutes, up to a day, and looks back at most a day when the
 * period is under an hour, seven days otherwise.
 */
function missing(everySeconds: number, metric: Metric): Resource {
  const period = Math.min(86_400, Math.ceil(everySeconds / 60) * 60);
  return alarm(
    'The rule did not run when it should have. After the first deployment this also rings until the first run.',
    {
      ...metric,
      Statistic: 'Sum',
      Period: period,
      EvaluationPeriods: Math.max(2, Math.ceil(everySeconds / 86_400) + 1),
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    },
  );
}
