/** Says why a CloudWatch alarm could never ring, from what AWS documents about its metric. */
import { isObject } from '../cloudtrail.ts';

interface Metric {
  /** The names of the dimensions with which it is sent; each set as a whole. */
  readonly dimensions: readonly (readonly string[])[];
  /** Whether nothing is sent when there is nothing to count: a lack then looks like missing data. */
  readonly silentAtZero: boolean;
}

const perFunction: Metric = {
  dimensions: [[], ['FunctionName'], ['FunctionName', 'Resource']],
  silentAtZero: true,
};
const perQueue: Metric = { dimensions: [['QueueName']], silentAtZero: false };
const perRule: Metric = { dimensions: [['RuleName']], silentAtZero: true };
const perApi: Metric = { dimensions: [['ApiName'], ['ApiName', 'Stage']], silentAtZero: true };

/**
 * "Types of metrics for Lambda functions" (a function that is not invoked sends nothing), "Available CloudWatch metrics for
 * Amazon SQS", "Monitoring Amazon EventBridge" ("EventBridge only sends this metric to CloudWatch if it isn't zero"),
 * "Amazon API Gateway dimensions and metrics". All of them count: none is ever below zero. CloudWatch tells case apart.
 */
const metrics: Readonly<Record<string, Readonly<Record<string, Metric>>>> = {
  'AWS/Lambda': {
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
  'AWS/ApiGateway': { Count: perApi, '4XXError': perApi, '5XXError': perApi, Latency: perApi },
};

/** The reasons for which an alarm with these properties can never ring, or would miss what it is there for. */
export function neverRings(alarm: Readonly<Record<string, unknown>>): readonly string[] {
  const reasons: string[] = [];
  const expect = (holds: boolean, reason: string): void => {
    if (!holds) reasons.push(reason);
  };

  const {
    Namespace: namespace,
    MetricName: name,
    ComparisonOperator: comparison,
    Threshold: threshold,
  } = alarm;
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
    `a count is never ${comparison === 'LessThanThreshold' ? 'below' : 'at or below'} ${String(threshold)}`,
  );
  expect(
    !below || !metric?.silentAtZero || alarm['TreatMissingData'] === 'breaching',
    `${String(name)} sends nothing at zero, and missing data is not breaching`,
  );
  const statistics = ['Sum', 'Minimum', 'Maximum', 'Average', 'SampleCount'];
  expect(
    statistics.includes(String(alarm['Statistic'])),
    `no statistic ${String(alarm['Statistic'])}`,
  );
  expect(
    alarm['Unit'] === undefined || alarm['Unit'] === 'Count',
    `a count has no unit ${String(alarm['Unit'])}`,
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
