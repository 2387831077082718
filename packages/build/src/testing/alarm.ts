/** Says why a CloudWatch alarm could never ring, from what AWS documents about its metric. */
import { isObject } from '@patrol/core';

interface Metric {
  /** What the metric measures. A count may have any statistic; a time only those that do not grow with the traffic. */
  readonly unit: 'Count' | 'Milliseconds';
  /** The sets of dimensions with which AWS sends it, by the names of the dimensions. */
  readonly dimensions: readonly (readonly string[])[];
  /** Whether AWS sends nothing when there is nothing to count. Zero then looks like missing data. */
  readonly silentAtZero: boolean;
}

const perFunction: Metric = {
  unit: 'Count',
  dimensions: [[], ['FunctionName'], ['FunctionName', 'Resource']],
  silentAtZero: true,
};
const perQueue: Metric = { unit: 'Count', dimensions: [['QueueName']], silentAtZero: false };
const perRule: Metric = { unit: 'Count', dimensions: [['RuleName']], silentAtZero: true };
const perTopic: Metric = { unit: 'Count', dimensions: [['TopicName']], silentAtZero: true };
const ofLog: Metric = { unit: 'Count', dimensions: [[]], silentAtZero: true };
const ofRestApi: Metric = {
  unit: 'Count',
  dimensions: [['ApiName'], ['ApiName', 'Stage']],
  silentAtZero: true,
};
/** Only the dimensions that AWS always sends. AWS's guides disagree about those of a route. */
const ofHttpApi: Metric = {
  unit: 'Count',
  dimensions: [['ApiId'], ['ApiId', 'Stage']],
  silentAtZero: true,
};
const ofAnyApi: Metric = {
  ...ofRestApi,
  dimensions: [...ofRestApi.dimensions, ...ofHttpApi.dimensions],
};
const time: Metric = { ...ofAnyApi, unit: 'Milliseconds' };

/**
 * "Types of metrics for Lambda functions" (a function that is not invoked sends nothing), "Available CloudWatch metrics for
 * Amazon SQS", "Monitoring Amazon EventBridge" ("EventBridge only sends this metric to CloudWatch if it isn't zero"),
 * "Monitoring Amazon SNS topics using CloudWatch", "Amazon API Gateway dimensions and metrics" (REST APIs), "Working with
 * metrics for HTTP APIs". No metric is ever below zero. Names are case-sensitive.
 */
const metrics: Readonly<Record<string, Readonly<Record<string, Metric>>>> = {
  'AWS/Lambda': {
    AsyncEventsDropped: {
      ...perFunction,
      dimensions: [['FunctionName'], ['FunctionName', 'Resource']],
    },
    DestinationDeliveryFailures: perFunction,
    Errors: perFunction,
    Throttles: perFunction,
    Invocations: perFunction,
  },
  'AWS/SQS': { ApproximateNumberOfMessagesVisible: perQueue },
  'AWS/Events': {
    FailedInvocations: perRule,
    Invocations: { ...perRule, dimensions: [[], ['RuleName']] },
    InvocationsSentToDlq: perRule,
    InvocationsFailedToBeSentToDlq: perRule,
  },
  'AWS/SNS': {
    NumberOfNotificationsFailed: perTopic,
    NumberOfNotificationsFailedToRedriveToDlq: perTopic,
  },
  'AWS/ApiGateway': {
    Count: ofAnyApi,
    '4XXError': ofRestApi,
    '5XXError': ofRestApi,
    '4xx': ofHttpApi,
    '5xx': ofHttpApi,
    Latency: time,
    IntegrationLatency: time,
  },
  // Made by metric filters of the same template.
  Patrol: {
    '{"Fn::Sub":"${AWS::StackName}-RefusedDeliveries"}': ofLog,
    '{"Fn::Sub":"${AWS::StackName}-NotifierTrouble"}': ofLog,
  },
};

/** The reasons for which an alarm with these properties can never ring, or would miss what it is there for. */
export function neverRings(alarm: Readonly<Record<string, unknown>>): readonly string[] {
  const reasons: string[] = [];
  const expect = (holds: boolean, reason: string): void => {
    if (!holds) reasons.push(reason);
  };

  const {
    Namespace: namespace,
    MetricName: metricName,
    ComparisonOperator: comparison,
    Threshold: threshold,
  } = alarm;
  const name = typeof metricName === 'string' ? metricName : JSON.stringify(metricName);
  const known = Object.hasOwn(metrics, String(namespace)) ? metrics[String(namespace)] : undefined;
  const metric = known && Object.hasOwn(known, String(name)) ? known[String(name)] : undefined;
  expect(known !== undefined, `no namespace ${String(namespace)}`);
  expect(!known || metric !== undefined, `no metric ${String(name)} in ${String(namespace)}`);
  const given = (Array.isArray(alarm['Dimensions']) ? alarm['Dimensions'] : [])
    .map((dimension) => String(isObject(dimension) ? dimension['Name'] : dimension))
    .toSorted();
  expect(
    !metric || metric.dimensions.some((names) => names.join() === given.join()),
    `${String(name)} is not sent with the dimensions [${given.join(', ')}]`,
  );

  const below = comparison === 'LessThanThreshold' || comparison === 'LessThanOrEqualToThreshold';
  const above =
    comparison === 'GreaterThanThreshold' || comparison === 'GreaterThanOrEqualToThreshold';
  expect(below || above, `no comparison ${String(comparison)}`);
  expect(typeof threshold === 'number', 'no threshold');
  const lowest =
    comparison === 'LessThanThreshold' ? Number(threshold) > 0 : Number(threshold) >= 0;
  expect(
    !below || lowest,
    `${String(name)} is never ${comparison === 'LessThanThreshold' ? 'below' : 'at or below'} ${String(threshold)}`,
  );
  expect(
    !below || !metric?.silentAtZero || alarm['TreatMissingData'] === 'breaching',
    `${String(name)} sends nothing at zero, and missing data is not breaching`,
  );
  const { Statistic: statistic, ExtendedStatistic: percentile, Unit: unit } = alarm;
  const statistics = ['Sum', 'Minimum', 'Maximum', 'Average', 'SampleCount'];
  expect(
    (percentile === undefined && statistics.includes(String(statistic))) ||
      (statistic === undefined && /^p(100|\d{1,2}(\.\d{1,2})?)$/.test(String(percentile))),
    `no statistic ${String(percentile ?? statistic)}`,
  );
  expect(
    metric?.unit !== 'Milliseconds' || !['Sum', 'SampleCount'].includes(String(statistic)),
    `the ${String(statistic)} of times says how many there were, not how long they are`,
  );
  expect(
    !metric || unit === undefined || unit === metric.unit,
    `${String(name)} has no unit ${String(unit)}`,
  );

  const period = Number(alarm['Period']);
  const periods = Number(alarm['EvaluationPeriods']);
  const points = Number(alarm['DatapointsToAlarm'] ?? periods);
  expect(
    [10, 20, 30].includes(period) || (period > 0 && period % 60 === 0),
    `no period of ${period} seconds`,
  );
  expect(period >= 60, `metrics of AWS have a point each minute, none each ${period} seconds`);
  expect(Number.isInteger(periods) && periods > 0, `no ${periods} periods`);
  const longest = period < 3600 ? 86_400 : 604_800;
  expect(
    periods * period <= longest,
    `${periods} periods of ${period} seconds are longer than ${longest}`,
  );
  expect(points > 0 && points <= periods, `${points} points of ${periods} periods`);
  const actions = alarm['AlarmActions'];
  expect(
    Array.isArray(actions) && actions.length > 0 && alarm['ActionsEnabled'] !== false,
    'it tells nobody',
  );
  return reasons;
}
