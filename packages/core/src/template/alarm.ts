import type { AnyRule } from '../rule.ts';
import { getAtt, ref } from './intrinsics.ts';
import type { Part, Resource } from './merge.ts';
import { alarmTopicArn } from './topic.ts';
import { namedTriggers } from './trigger.ts';

/** The alarms of a rule: whatever keeps it from looking must be loud. */
export function alarms(rule: AnyRule): Part {
  const functionName = [{ Name: 'FunctionName', Value: ref('Function') }];
  const resources: Record<string, Resource> = {
    ErrorsAlarm: counted(
      'The function failed. Its log says why; the event is tried again and then kept in the failure queue.',
      { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: functionName },
    ),
    ThrottlesAlarm: counted(
      'The function was throttled: the account ran out of concurrency. Events are tried again for six hours.',
      { Namespace: 'AWS/Lambda', MetricName: 'Throttles', Dimensions: functionName },
    ),
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
      'The dead-letter queue holds events that EventBridge could not deliver to the function.',
      'DeadLetterQueue',
    ),
  };
  for (const { id, trigger } of namedTriggers(rule)) {
    const Dimensions = [{ Name: 'RuleName', Value: ref(id) }];
    resources[`${id}FailedInvocationsAlarm`] = counted(
      'EventBridge could not invoke the function.',
      {
        Namespace: 'AWS/Events',
        MetricName: 'FailedInvocations',
        Dimensions,
      },
    );
    resources[`${id}DeadLetterQueueUnreachableAlarm`] = counted(
      'EventBridge could not put an event into the dead-letter queue: an event is lost.',
      { Namespace: 'AWS/Events', MetricName: 'InvocationsFailedToBeSentToDlq', Dimensions },
    );
    if (trigger.kind === 'schedule') {
      resources[`${id}MissingRunAlarm`] = missing(trigger.everySeconds, {
        Namespace: 'AWS/Events',
        MetricName: 'Invocations',
        Dimensions,
      });
    }
  }
  return { Resources: resources };
}

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
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
  return alarm('The rule did not run when it should have.', {
    ...metric,
    Statistic: 'Sum',
    Period: period,
    EvaluationPeriods: Math.max(2, Math.ceil(everySeconds / 86_400) + 1),
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });
}
