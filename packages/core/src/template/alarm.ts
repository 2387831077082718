import type { AnyRule } from '../rule.ts';
import type { Trigger } from '../trigger.ts';
import { getAtt, ref } from './intrinsics.ts';
import type { Part, Resource } from './merge.ts';
import { alarmTopicArn } from './topic.ts';
import { isAsynchronous, namedTriggers, senders } from './trigger.ts';
import { refusedDeliveries } from './webhook.ts';

/** The alarms of a rule: whatever keeps it from looking must be loud. */
export const alarms = (rule: AnyRule): Part => ({
  Resources: {
    ...ofFunction(rule),
    ...(isAsynchronous(rule) ? ofQueues(rule) : {}),
    ...Object.assign({}, ...namedTriggers(rule).map(({ id, trigger }) => ofTrigger(id, trigger))),
  },
});

type Resources = Readonly<Record<string, Resource>>;

const functionName = [{ Name: 'FunctionName', Value: ref('Function') }];

function ofFunction(rule: AnyRule): Resources {
  const triggers: readonly Trigger[] = rule.triggers;
  const redeliver = triggers.some(({ kind }) => kind === 'webhook')
    ? ' GitHub does not send a delivery again by itself: redeliver it from the settings of the webhook.'
    : '';
  const [error, throttle] = isAsynchronous(rule)
    ? [
        '; the event is tried again and then kept in the failure queue.',
        ' Events are tried again for six hours.',
      ]
    : ['.', ''];
  return {
    ErrorsAlarm: counted(`The function failed. Its log says why${error}${redeliver}`, {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: functionName,
    }),
    ThrottlesAlarm: counted(
      `The function was throttled: the account ran out of concurrency.${throttle}${redeliver}`,
      { Namespace: 'AWS/Lambda', MetricName: 'Throttles', Dimensions: functionName },
    ),
  };
}

const ofQueues = (rule: AnyRule): Resources => ({
  FailureQueueUnreachableAlarm: counted(
    'Lambda could not put an event into the failure queue: an event is lost.',
    {
      Namespace: 'AWS/Lambda',
      MetricName: 'DestinationDeliveryFailures',
      Dimensions: functionName,
    },
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

function ofTrigger(id: string, trigger: Trigger): Resources {
  if (trigger.kind === 'webhook') return ofWebhook(id);
  if (trigger.kind === 'sns') return ofTopic(id);
  const Dimensions = [{ Name: 'RuleName', Value: ref(id) }];
  return {
    [`${id}FailedInvocationsAlarm`]: counted('EventBridge could not invoke the function.', {
      Namespace: 'AWS/Events',
      MetricName: 'FailedInvocations',
      Dimensions,
    }),
    [`${id}DeadLetterQueueUnreachableAlarm`]: counted(
      'EventBridge could not put an event into the dead-letter queue: an event is lost.',
      { Namespace: 'AWS/Events', MetricName: 'InvocationsFailedToBeSentToDlq', Dimensions },
    ),
    ...(trigger.kind === 'schedule'
      ? {
          [`${id}MissingRunAlarm`]: missing(trigger.everySeconds, {
            Namespace: 'AWS/Events',
            MetricName: 'Invocations',
            Dimensions,
          }),
        }
      : {}),
  };
}

/** A message counts as failed when SNS has given it up; it then goes to the dead-letter queue. */
function ofTopic(id: string): Resources {
  const Dimensions = [{ Name: 'TopicName', Value: getAtt(id, 'TopicName') }];
  return {
    [`${id}FailedDeliveriesAlarm`]: counted('SNS could not deliver a message to the function.', {
      Namespace: 'AWS/SNS',
      MetricName: 'NumberOfNotificationsFailed',
      Dimensions,
    }),
    [`${id}DeadLetterQueueUnreachableAlarm`]: counted(
      'SNS could not put a message into the dead-letter queue: a message is lost.',
      {
        Namespace: 'AWS/SNS',
        MetricName: 'NumberOfNotificationsFailedToRedriveToDlq',
        Dimensions,
      },
    ),
  };
}

/** HTTP APIs name their metrics and dimensions otherwise than REST APIs do ("Working with metrics for HTTP APIs"). */
function ofWebhook(id: string): Resources {
  const metric = (MetricName: string): Metric => ({
    Namespace: 'AWS/ApiGateway',
    MetricName,
    Dimensions: [{ Name: 'ApiId', Value: ref(id) }],
  });
  return {
    [`${id}FailedAlarm`]: counted(
      'The endpoint of the webhook answered a delivery with a failure (5xx): the function failed, took too long or could not be invoked. GitHub does not send it again by itself: redeliver it from the settings of the webhook.',
      metric('5xx'),
    ),
    [`${id}SlowAlarm`]: alarm(
      'The endpoint of the webhook answered a delivery so late that GitHub, which waits ten seconds, is about to give up.',
      {
        ...metric('Latency'),
        ExtendedStatistic: 'p99',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 8000,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      },
    ),
    [`${id}RefusedAlarm`]: counted(
      'The function refused a request that looks like a delivery of GitHub: most likely GitHub signs with another secret than the stack has, and nothing that it tells is looked at. `patrol-deploy hook` sets the secret again, and its --redeliver has the refused deliveries of the last three days sent once more.',
      { ...refusedDeliveries, Dimensions: [] },
    ),
    [`${id}FloodedAlarm`]: alarm(
      'The endpoint of the webhook refused a hundred requests (4xx) within five minutes. Requests beyond ten a second are answered 429, and a delivery of GitHub may have been among them: have the failed ones sent again with `patrol-deploy hook … --redeliver`.',
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

interface Metric {
  readonly Namespace: string;
  readonly MetricName: unknown;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

const alarm = (description: string, properties: Readonly<Record<string, unknown>>): Resource => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: { 'Fn::Sub': `Patrol, stack \${AWS::StackName}: ${description}` },
    AlarmActions: [alarmTopicArn],
    ...properties,
  },
});

/** Rings when a count of things gone wrong reaches one within five minutes. No data means that nothing went wrong. */
const counted = (description: string, metric: Metric): Resource =>
  alarm(description, {
    ...metric,
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });

/** Rings when a queue that should be empty is not. */
const waiting = (description: string, queue: string): Resource =>
  alarm(description, {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: getAtt(queue, 'QueueName') }],
    Statistic: 'Maximum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });

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
