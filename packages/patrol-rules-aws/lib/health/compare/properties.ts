/** Compares resources with what the template of their stack says about them. Pure. */
import { isObject, type Severity } from '@patrol/core';
import { unknown } from './template.ts';

/** The properties of a resource, as its template or AWS gives them. */
export type Properties = Readonly<Record<string, unknown>>;

/** A type of resource that is compared. */
interface Comparable {
  /** What it is called in alerts. */
  readonly kind: string;
  readonly severity: Severity;
  readonly harm: 'blind' | 'unnoticed' | 'lost';
  /** How each property is compared. One that the template leaves out is `undefined`. */
  readonly properties: Readonly<Record<string, (wanted: unknown, found: unknown) => boolean>>;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.values(value).every(isEmpty));

/** Whether two values are the same. AWS gives some numbers as texts, and fields in any order. */
function same(wanted: unknown, found: unknown): boolean {
  if (wanted === unknown || (isEmpty(wanted) && isEmpty(found))) return true;
  if (Array.isArray(wanted) && Array.isArray(found)) {
    return wanted.length === found.length && wanted.every((item, at) => same(item, found[at]));
  }
  if (isObject(wanted) && isObject(found)) {
    const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
    return [...names].every((name) => same(wanted[name], found[name]));
  }
  // CloudFormation does not give away the value of a parameter that is kept secret.
  return !isObject(wanted) && (wanted === '****' || String(wanted) === String(found));
}

/** Whether everything that is wanted is there. What the template leaves open may be anything. */
function covers(wanted: unknown, found: unknown): boolean {
  if (!isObject(wanted)) return same(wanted, found);
  return Object.entries(wanted).every(([name, value]) =>
    covers(value, isObject(found) ? found[name] : undefined),
  );
}

/** For a property that AWS gives a value of its own where the template has none. */
const sameWhereWanted = (wanted: unknown, found: unknown): boolean =>
  wanted === undefined || same(wanted, found);

const atLeast =
  (otherwise: number) =>
  (wanted: unknown, found: unknown): boolean =>
    wanted === unknown || Number(found ?? otherwise) >= Number(wanted ?? otherwise);

const atMost =
  (otherwise: number) =>
  (wanted: unknown, found: unknown): boolean =>
    wanted === unknown || Number(found ?? otherwise) <= Number(wanted ?? otherwise);

const hasUnknown = (value: unknown): boolean =>
  value === unknown ||
  (Array.isArray(value)
    ? value.some(hasUnknown)
    : isObject(value) && Object.values(value).some(hasUnknown));

/** The statements of a policy. */
const statementsOf = (policy: unknown): readonly unknown[] =>
  isObject(policy) ? [policy['Statement']].flat() : [];

/** A statement as policies are compared: AWS gives a list of one as its element, and an id to statements without one. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 1 ? plain(value[0]) : value.map(plain);
  // AWS writes an account as the ARN of its root user.
  if (typeof value === 'string') return value.replace(/^arn:[\w-]+:iam::(\d{12}):root$/, '$1');
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'Sid')
      .map(([name, inner]) => [name, plain(inner)]),
  );
};

const sameStatement = (wanted: unknown, found: unknown): boolean =>
  same(plain(wanted), plain(found));

/** Whether a policy has all statements that it should have, and denies nothing else. */
function isPolicy(wanted: unknown, found: unknown): boolean {
  if (hasUnknown(wanted)) return true;
  const statements = statementsOf(wanted);
  const given = statementsOf(found);
  const isWanted = (statement: unknown): boolean =>
    statements.some((each) => sameStatement(each, statement));
  return (
    statements.every((statement) => given.some((each) => sameStatement(statement, each))) &&
    given.every(
      (statement) => !isObject(statement) || statement['Effect'] !== 'Deny' || isWanted(statement),
    )
  );
}

/** The types, by their names in templates. */
export const comparable: Readonly<Record<string, Comparable>> = {
  'AWS::Events::Rule': {
    kind: 'EventBridge rule',
    severity: 'critical',
    harm: 'blind',
    properties: {
      EventPattern: same,
      ScheduleExpression: same,
      // That it is disabled has an alert of its own.
      State: (wanted, found) => !String(found).startsWith('ENABLED') || same(wanted, found),
      Targets: (wanted, found) => isEmpty(found) || same(wanted, found),
    },
  },
  'AWS::Lambda::Function': {
    kind: 'function',
    severity: 'critical',
    harm: 'blind',
    properties: {
      CodeSha256: sameWhereWanted,
      Environment: same,
      Handler: same,
      KmsKeyArn: same,
      Layers: same,
      MemorySize: atLeast(128),
      Role: same,
      Timeout: atLeast(3),
      VpcConfig: same,
    },
  },
  'AWS::Lambda::Permission': {
    kind: 'permission',
    severity: 'critical',
    harm: 'blind',
    properties: { Policy: isPolicy },
  },
  'AWS::Lambda::EventInvokeConfig': {
    kind: 'retry configuration of function',
    severity: 'high',
    harm: 'lost',
    properties: {
      DestinationConfig: covers,
      MaximumEventAgeInSeconds: atLeast(21_600),
      MaximumRetryAttempts: atLeast(2),
    },
  },
  'AWS::SQS::Queue': {
    kind: 'queue',
    severity: 'high',
    harm: 'lost',
    properties: {
      DelaySeconds: atMost(0),
      KmsMasterKeyId: same,
      // An event of EventBridge has at most 256 KB.
      MaximumMessageSize: atLeast(262_144),
      MessageRetentionPeriod: atLeast(345_600),
    },
  },
  'AWS::SQS::QueuePolicy': {
    kind: 'policy of queue',
    severity: 'high',
    harm: 'lost',
    properties: { PolicyDocument: isPolicy },
  },
  'AWS::SNS::Topic': {
    kind: 'topic',
    severity: 'critical',
    harm: 'blind',
    properties: { KmsMasterKeyId: same, PolicyDocument: isPolicy },
  },
  'AWS::ApiGatewayV2::Route': {
    kind: 'route of webhook endpoint',
    severity: 'critical',
    harm: 'blind',
    properties: { AuthorizationType: same, RequestParameters: same, RouteKey: same, Target: same },
  },
  'AWS::ApiGatewayV2::Integration': {
    kind: 'integration of webhook endpoint',
    severity: 'critical',
    harm: 'blind',
    properties: {
      IntegrationType: same,
      IntegrationUri: same,
      PayloadFormatVersion: same,
      RequestParameters: same,
      ResponseParameters: same,
      TimeoutInMillis: atLeast(1),
    },
  },
  'AWS::ApiGatewayV2::Stage': {
    kind: 'stage of webhook endpoint',
    severity: 'critical',
    harm: 'blind',
    properties: { AutoDeploy: same, DefaultRouteSettings: covers, RouteSettings: same },
  },
  'AWS::CloudWatch::Alarm': {
    kind: 'alarm',
    severity: 'high',
    harm: 'unnoticed',
    properties: {
      AlarmActions: same,
      ComparisonOperator: same,
      Dimensions: same,
      EvaluationPeriods: same,
      ExtendedStatistic: same,
      MetricName: same,
      Namespace: same,
      Period: same,
      Statistic: same,
      Threshold: same,
      TreatMissingData: sameWhereWanted,
    },
  },
};

/** The names of the properties that are not as the template says. */
export const differences = (
  { properties }: Comparable,
  wanted: Properties,
  found: Properties,
): readonly string[] =>
  Object.entries(properties)
    .filter(([name, isAsWanted]) => !isAsWanted(wanted[name], found[name]))
    .map(([name]) => name);
