import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Asked, fakeAws, refused, serve, xml } from '@patrol/core/testing';
import { isDue } from './aws/canaries.ts';
import { beat, look, stackWith } from './aws.ts';
import { permissions } from './permissions.ts';

const account = '111122223333';
const name = 'patrol-aws-cloudTrail-production';
const stackId = (stack: string): string =>
  `arn:aws:cloudformation:eu-west-1:${account}:stack/${stack}/6f1b6b1e-0000-4000-8000-000000000001`;
const alerts = `arn:aws:sns:eu-west-1:${account}:${name}-AlertTopic-1A2B3C4D5E6F`;
const trail = `arn:aws:cloudtrail:us-east-1:${account}:trail/main`;

/** A request of the SDK's: the operation as permissions name it, what it is asked, and the region that it is signed for. */
interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string;
}

/** An error as the service's protocol writes it. */
class Refusal {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}

/** What Lambda says when a function failed. */
class FunctionError {
  readonly errorMessage: string;
  constructor(errorMessage: string) {
    this.errorMessage = errorMessage;
  }
}

type Answers = Readonly<Record<string, (input: Readonly<Record<string, string>>) => unknown>>;

let answers: Answers;
let calls: Call[];

/** Lambda and API Gateway name an operation by its path. */
function restAction(path: string): string {
  const [, end = ''] = /\/([\w-]+)(?:\?|$)/.exec(path) ?? [];
  const operations: Readonly<Record<string, string>> = {
    concurrency: 'GetFunctionConcurrency',
    configuration: 'GetFunctionConfiguration',
    'event-invoke-config': 'GetFunctionEventInvokeConfig',
    integrations: 'GetIntegrations',
    invocations: 'InvokeFunction',
    policy: 'GetPolicy',
    routes: 'GetRoutes',
    stages: 'GetStages',
  };
  return operations[end] ?? (path.startsWith('/v2/apis/') ? 'GetApi' : 'GetFunctionConcurrency');
}

/** CloudFormation, IAM and SNS speak the query protocol, Lambda and API Gateway REST, and the others JSON. */
function read({ region, service, path, headers, body, form }: Asked): Call & { isXml: boolean } {
  const isXml = headers['content-type'] === 'application/x-www-form-urlencoded';
  const input = isXml ? form : body === '' ? { path } : JSON.parse(body);
  const [, target] = String(headers['x-amz-target']).split('.');
  const action = isXml ? input.Action : (target ?? restAction(path));
  return { operation: `${service}:${action}`, input, region, isXml };
}

const elements = (value: unknown): string =>
  Array.isArray(value)
    ? value.map((item) => `<member>${elements(item)}</member>`).join('')
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([field, inner]) => `<${field}>${elements(inner)}</${field}>`)
          .join('')
      : String(value);

const aws = fakeAws(
  (request) => {
    const { isXml, ...call } = read(request);
    calls.push(call);
    const answer = answers[call.operation]?.(call.input as Record<string, string>);
    if (answer === undefined || answer instanceof Refusal) {
      const code = answer?.code ?? 'AccessDenied';
      const message = `${code}: ${call.operation}`;
      const status = code === 'AccessDenied' ? 403 : 400;
      return isXml
        ? refused(code, message, status)
        : [status, { __type: `com.amazonaws#${code}`, message }, { 'x-amzn-errortype': code }];
    }
    if (answer instanceof FunctionError) {
      return [200, answer, { 'x-amz-function-error': 'Unhandled' }];
    }
    return isXml ? xml(call.operation.split(':')[1] ?? '', elements(answer)) : [200, answer];
  },
  { AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_NAME: `${name}-Function-1A2B3C4D5E6F` },
);
/** Some minute in which the canaries of the account are due. */
const due = Array.from({ length: 144 }, (_, step) => Date.UTC(2026, 10, 21, 0, step * 10)).find(
  (time) => isDue(account, 'eu-west-1', time),
);
beforeEach(() => {
  calls = [];
  vi.useFakeTimers({ now: due ?? NaN, toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

const summary = (stack: string): unknown => ({
  StackId: stackId(stack),
  StackName: stack,
  StackStatus: 'CREATE_COMPLETE',
  CreationTime: '2026-11-20T08:00:00Z',
});

const description = (status = 'CREATE_COMPLETE', more: object = {}): unknown => ({
  Stacks: [
    {
      StackName: name,
      StackStatus: status,
      CreationTime: '2026-11-20T08:00:00Z',
      Tags: [{ Key: 'patrol:rule', Value: 'cloudTrail' }],
      Parameters: [
        { ParameterKey: 'CodeS3Key', ParameterValue: `patrol/aws/any/${'cd'.repeat(32)}.zip` },
      ],
      Outputs: [{ OutputKey: 'AlertTopicArn', OutputValue: alerts }],
      ...more,
    },
  ],
});

const resource = (
  type: string,
  id: string,
  status = 'CREATE_COMPLETE',
  logicalId = 'Any',
): unknown => ({
  LogicalResourceId: logicalId,
  ResourceType: type,
  PhysicalResourceId: id,
  ResourceStatus: status,
  LastUpdatedTimestamp: '2026-11-20T08:00:00Z',
});

const roleName = `${name}-Role-1A2B3C4D5E6F`;
const tableName = `${name}-Memory-1A2B3C4D5E6F`;
const secretArn = `arn:aws:secretsmanager:eu-west-1:${account}:secret:WebhookSecret-1A2B3C4D5E6F-a1B2c3`;
const apiId = 'a1b2c3d4e5';

const queueUrl = `https://sqs.eu-west-1.amazonaws.com/${account}/${name}-FailureQueue-1A2B3C4D5E6F`;

const functionName = `${name}-Function-1A2B3C4D5E6F`;
/** A template with something of each kind that is read for it alone. */
const template = {
  Resources: {
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: { S3Key: `patrol/aws/cloudTrail/${'ab'.repeat(32)}.zip` } },
    },
    Integration: { Type: 'AWS::ApiGatewayV2::Integration', Properties: { ApiId: apiId } },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: { Ref: 'Function' }, SourceArn: { Ref: 'Topic' } },
    },
    QueuePolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [queueUrl] } },
    Retries: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Function' } },
    },
    Topic: { Type: 'AWS::SNS::Topic' },
  },
};

const compact = JSON.stringify(template);
const pretty = JSON.stringify(template, null, 2);

const announcement = JSON.stringify({
  run: 'patrol-1',
  until: '2026-11-20T19:00:00.000Z',
  stacks: { [name]: ['update'], [`stackset/${name}`]: ['update'] },
});

/** An account with one stack, and one stack set that was announced, in which all is well. */
const well: Answers = {
  'apigateway:GetApi': () => ({ apiId, disableExecuteApiEndpoint: false }),
  'apigateway:GetRoutes': () => ({
    items: [{ routeKey: 'POST /', target: 'integrations/x1y2z3' }],
  }),
  'apigateway:GetStages': () => ({ items: [{ stageName: '$default' }] }),
  'cloudformation:DescribeStackSet': () => ({
    StackSet: {
      StackSetName: name,
      Status: 'ACTIVE',
      TemplateBody: pretty,
      Parameters: [
        { ParameterKey: 'CodeS3Key', ParameterValue: `patrol/aws/any/${'cd'.repeat(32)}.zip` },
      ],
    },
  }),
  'cloudformation:ListStacks': () => ({ StackSummaries: [summary(name)] }),
  'cloudformation:DescribeStacks': () => description(),
  'cloudformation:GetTemplate': () => ({ TemplateBody: pretty }),
  'cloudformation:ListStackResources': () => ({
    StackResourceSummaries: [
      resource('AWS::SQS::QueuePolicy', 'any-policy', 'CREATE_COMPLETE', 'QueuePolicy'),
      resource('AWS::Lambda::EventInvokeConfig', 'any|$LATEST', 'CREATE_COMPLETE', 'Retries'),
      resource('AWS::ApiGatewayV2::Integration', 'x1y2z3', 'CREATE_COMPLETE', 'Integration'),
      resource('AWS::SNS::Topic', alerts, 'CREATE_COMPLETE', 'Topic'),
      resource('AWS::Lambda::Permission', 'statement', 'CREATE_COMPLETE', 'Permission'),
      resource('AWS::Lambda::Function', functionName, 'CREATE_COMPLETE', 'Function'),
      resource('AWS::Events::Rule', `${name}-EventRule-1A2B3C4D5E6F`),
      resource('AWS::SQS::Queue', queueUrl),
      resource('AWS::CloudWatch::Alarm', `${name}-ErrorsAlarm-1A2B3C4D5E6F`),
      resource('AWS::IAM::Role', roleName),
      resource('AWS::ApiGatewayV2::Api', apiId),
      resource('AWS::SecretsManager::Secret', secretArn),
      resource('AWS::DynamoDB::Table', tableName),
      resource('AWS::Lambda::Permission', `${name}-EventRulePermission-1A2B3C4D5E6F`),
    ],
  }),
  'cloudtrail:DescribeTrails': () => ({
    trailList: [
      {
        Name: 'main',
        TrailARN: trail,
        HomeRegion: 'us-east-1',
        IncludeGlobalServiceEvents: false,
      },
    ],
  }),
  'cloudtrail:GetTrailStatus': () => ({ IsLogging: true }),
  'cloudtrail:GetEventSelectors': () => ({
    EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
  }),
  'dynamodb:DescribeTable': () => ({ Table: { TableStatus: 'ACTIVE' } }),
  'apigateway:GetIntegrations': () => ({ items: [{ integrationId: 'x1y2z3' }] }),
  'events:DescribeRule': () => ({ State: 'ENABLED' }),
  'events:ListTargetsByRule': () => ({ Targets: [{ Id: 'Function', Arn: 'arn:aws:lambda:::x' }] }),
  'iam:SimulatePrincipalPolicy': () => ({
    EvaluationResults: [
      { EvalActionName: 'sns:Publish', EvalResourceName: alerts, EvalDecision: 'allowed' },
    ],
    IsTruncated: false,
  }),
  'lambda:GetFunctionConcurrency': () => ({}),
  'lambda:GetFunctionConfiguration': () => ({
    Timeout: 30,
    CodeSha256: Buffer.from('ab'.repeat(32), 'hex').toString('base64'),
  }),
  'lambda:GetFunctionEventInvokeConfig': () => ({ MaximumRetryAttempts: 2 }),
  'lambda:InvokeFunction': () => ({ alerts: 1, found: 1 }),
  'lambda:GetPolicy': () => ({ Policy: '{"Statement":[]}' }),
  'monitoring:DescribeAlarms': () => ({
    MetricAlarms: [{ AlarmName: `${name}-ErrorsAlarm-1A2B3C4D5E6F`, ActionsEnabled: true }],
  }),
  'secretsmanager:DescribeSecret': () => ({ ARN: secretArn, CreatedDate: 1_763_000_000 }),
  'ssm:GetParameterHistory': () => ({
    Parameters: [
      {
        Value: announcement,
        LastModifiedUser: 'arn:aws:iam::111122223333:user/a',
        LastModifiedDate: Date.now() / 1000,
      },
    ],
  }),
  'sns:GetTopicAttributes': () => ({
    Attributes: { entry: { key: 'KmsMasterKeyId', value: 'alias/mine' } },
  }),
  'sns:ListSubscriptionsByTopic': () => ({
    Subscriptions: [{ SubscriptionArn: `${alerts}:0f5d4c3b-0000-4000-8000-000000000001` }],
  }),
  'sqs:GetQueueAttributes': () => ({
    Attributes: {
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
    },
  }),
};

const asked = (operation: string): readonly Call[] =>
  calls.filter((call) => call.operation === operation);

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

test('reads a stack, its resources, its topic and the trails', async () => {
  answers = well;
  expect(await look()).toEqual({
    stacks: {
      value: [
        {
          value: {
            name,
            status: 'CREATE_COMPLETE',
            rule: 'cloudTrail',
            updated: Date.parse('2026-11-20T08:00:00Z'),
            parts: {
              value: [
                {
                  kind: 'EventBridge rule',
                  name: `${name}-EventRule-1A2B3C4D5E6F`,
                  answer: { value: { kind: 'EventBridge rule', state: 'ENABLED', targets: 1 } },
                },
                {
                  kind: 'function',
                  name: `${name}-Function-1A2B3C4D5E6F`,
                  answer: { value: { kind: 'function', reservedConcurrency: undefined } },
                },
                {
                  kind: 'queue',
                  name: `${name}-FailureQueue-1A2B3C4D5E6F`,
                  answer: { value: { kind: 'queue', messages: 0 } },
                },
                {
                  kind: 'alarm',
                  name: `${name}-ErrorsAlarm-1A2B3C4D5E6F`,
                  answer: { value: { kind: 'alarm', actionsEnabled: true } },
                },
                {
                  kind: 'role',
                  name: roleName,
                  answer: { value: { kind: 'role', mayPublish: true } },
                },
                {
                  kind: 'webhook endpoint',
                  name: apiId,
                  answer: {
                    value: { kind: 'webhook endpoint', isDisabled: false, routes: 1, stages: 1 },
                  },
                },
                {
                  kind: 'webhook secret',
                  name: 'WebhookSecret-1A2B3C4D5E6F-a1B2c3',
                  id: secretArn,
                  answer: { value: { kind: 'webhook secret', isBeingDeleted: false } },
                },
                {
                  kind: 'table',
                  name: tableName,
                  answer: { value: { kind: 'table', status: 'ACTIVE' } },
                },
              ],
            },
            deployed: { templates: [hash(pretty), hash(compact)], code: 'cd'.repeat(32) },
            resources: { value: expect.any(Array) },
          },
        },
      ],
    },
    topics: [
      {
        arn: alerts,
        uses: [{ stack: name, what: 'gets the alerts' }],
        answer: { value: { isSubscribed: true, pending: 0 } },
      },
    ],
    trails: {
      value: [
        {
          arn: trail,
          listed: { HomeRegion: 'us-east-1', IncludeGlobalServiceEvents: false },
          status: { value: { isLogging: true, deliveryError: '' } },
          selectors: {
            value: {
              basic: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
              advanced: [],
            },
          },
        },
      ],
    },
    metrics: { value: [] },
    canaries: [
      { stack: name, rule: 'cloudTrail', name: functionName, answer: { value: undefined } },
    ],
    announcements: {
      value: [
        { by: 'arn:aws:iam::111122223333:user/a', at: expect.any(Number), text: announcement },
      ],
    },
    stackSets: [
      {
        value: {
          name: `stackset/${name}`,
          status: 'ACTIVE',
          deployed: { templates: expect.arrayContaining([hash(compact)]), code: 'cd'.repeat(32) },
        },
      },
    ],
    at: expect.any(Number),
  });
  // One call each, the status of a trail here and its selectors at its home.
  expect(calls).toHaveLength(27);
  expect(asked('cloudtrail:GetTrailStatus')).toMatchObject([{ region: 'eu-west-1' }]);
  expect(asked('cloudtrail:GetEventSelectors')).toMatchObject([{ region: 'us-east-1' }]);
  // What the role may do with the topic of its alerts, and nothing else.
  expect(asked('iam:SimulatePrincipalPolicy')).toMatchObject([
    {
      input: {
        PolicySourceArn: `arn:aws:iam::${account}:role/${roleName}`,
        'ActionNames.member.1': 'sns:Publish',
        'ResourceArns.member.1': alerts,
      },
    },
  ]);
  expect(asked('secretsmanager:DescribeSecret')).toMatchObject([
    { input: { SecretId: secretArn } },
  ]);
});

describe('of a stack that shares its queues', () => {
  const ruleName = `${name}-EventRule-1A2B3C4D5E6F`;
  interface Query {
    readonly Id: string;
    readonly MetricStat: {
      readonly Metric: {
        readonly MetricName: string;
        readonly Dimensions?: readonly { readonly Value: string }[];
      };
    };
  }
  /** What CloudWatch counts, by a metric's name and what it is of; without that it is of the whole region. */
  const counting = (counts: Readonly<Record<string, number>>, minutesAgo = 60): Answers => ({
    'monitoring:ListMetrics': ({ MetricName = '' }) => ({
      Metrics: Object.keys(counts).flatMap((key) => {
        const [metric, of] = key.split(' of ');
        const Name = of?.includes('Function') ? 'FunctionName' : 'RuleName';
        const one = [{ Name, Value: of }];
        return metric === MetricName && of !== undefined
          ? [{ Dimensions: one }, { Dimensions: [...one, { Name: 'Resource', Value: of }] }]
          : [];
      }),
    }),
    'monitoring:GetMetricData': (input) => ({
      MetricDataResults: (
        input as unknown as { MetricDataQueries: readonly Query[] }
      ).MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
        const [of] = Metric.Dimensions ?? [];
        const count = counts[of ? `${Metric.MetricName} of ${of.Value}` : Metric.MetricName];
        const at = Date.now() / 1000 - minutesAgo * 60;
        return { Id, ...(count === undefined ? {} : { Values: [count], Timestamps: [at] }) };
      }),
    }),
  });
  const shared = { ParameterKey: 'FailureQueueArn', ParameterValue: 'arn:aws:sqs:a:b:c' };
  const sharing = (more: Answers, fields: object = {}): Answers => ({
    ...well,
    'cloudformation:DescribeStacks': () =>
      description('CREATE_COMPLETE', { Parameters: [shared], ...fields }),
    ...more,
  });
  const seenOf = async (given: Answers): Promise<unknown> => {
    answers = given;
    const { metrics } = await look();
    return 'value' in metrics
      ? metrics.value.map(({ says, kind, name: of }) => `${says}: ${kind} ${of}`)
      : metrics;
  };

  test('asks for one metric and three lists where nothing is wrong', async () => {
    expect(await seenOf(sharing(counting({})))).toEqual([]);
    expect(asked('monitoring:GetMetricData')).toMatchObject([
      { input: { MetricDataQueries: [{ MetricStat: { Metric: { MetricName: 'Throttles' } } }] } },
    ]);
    expect(asked('monitoring:ListMetrics').map(({ input }) => input['MetricName'])).toEqual([
      'DestinationDeliveryFailures',
      'InvocationsFailedToBeSentToDlq',
      'NumberOfNotificationsFailedToRedriveToDlq',
    ]);
  });

  test('asks about each function only when something in the region was throttled, and tells of Patrol alone', async () => {
    const counts = { Throttles: 5, 'Throttles of another': 5 };
    expect(await seenOf(sharing(counting(counts)))).toEqual([]);
    expect(
      await seenOf(sharing(counting({ ...counts, [`Throttles of ${functionName}`]: 1 }))),
    ).toEqual([`throttled: function ${functionName}`]);
  });

  test.each([
    [`DestinationDeliveryFailures of ${functionName}`, `function ${functionName}`],
    [`InvocationsFailedToBeSentToDlq of ${ruleName}`, `EventBridge rule ${ruleName}`],
  ])('sees that an event is lost: %s', async (key, what) => {
    expect(await seenOf(sharing(counting({ [key]: 1 })))).toEqual([`lost: ${what}`]);
    expect(await seenOf(sharing(counting({ [key]: 0 })))).toEqual([]);
    expect(await seenOf(sharing(counting({ [key.replace(name, 'other')]: 1 })))).toEqual([]);
    // CloudWatch may list what is somewhat older.
    expect(await seenOf(sharing(counting({ [key]: 1 }, 200)))).toEqual([]);
  });

  test('sees that a schedule did not run, once it should have', async () => {
    const hourly = {
      'events:DescribeRule': () => ({ State: 'ENABLED', ScheduleExpression: 'rate(1 hour)' }),
    };
    const missed = [`missed: EventBridge rule ${ruleName}`];
    const ran = { [`Invocations of ${ruleName}`]: 1 };
    expect(await seenOf(sharing({ ...counting({}), ...hourly }))).toEqual(missed);
    expect(await seenOf(sharing({ ...counting(ran, 100), ...hourly }))).toEqual([]);
    expect(await seenOf(sharing({ ...counting(ran, 200), ...hourly }))).toEqual(missed);
    const LastUpdatedTime = new Date(Date.now() - 3_600_000).toISOString();
    expect(await seenOf(sharing({ ...counting({}), ...hourly }, { LastUpdatedTime }))).toEqual([]);
  });

  test.each([
    ['a base stack', `${name}-machines`],
    ['a rule with an own topic', `${name}-MachinesTopic-1A2B3C4D5E6F`],
  ])(
    'compares what %s published for machines with what its notifier accounted for',
    async (_, topic) => {
      const machines = `arn:aws:sns:eu-west-1:${account}:${topic}`;
      const base = (counts: Readonly<Record<string, number>>): Answers => ({
        ...well,
        ...counting(counts),
        'cloudformation:ListStackResources': () => ({
          StackResourceSummaries: [resource('AWS::SNS::Topic', machines)],
        }),
      });
      const published = { [`NumberOfMessagesPublished of ${topic}`]: 2 };
      expect(await seenOf(base({ ...published, [`${name}-NotifierAccounted`]: 2 }))).toEqual([]);
      expect(await seenOf(base(published))).toEqual([`unaccounted: topic ${topic}`]);
    },
  );

  test('says that it could not ask', async () => {
    const { 'monitoring:GetMetricData': _, ...answering } = counting({});
    expect(await seenOf(sharing(answering))).toMatchObject({
      call: 'cloudwatch:GetMetricData',
      isMissing: false,
    });
  });
});

test('asks whether the role of a rule may publish to machines, and that of its notifier to people', async () => {
  const machines = `arn:aws:sns:eu-west-1:${account}:${name}-MachinesTopic-1A2B3C4D5E6F`;
  const notifierRole = `${name}-NotifierRole-1A2B3C4D5E6F`;
  answers = {
    ...well,
    'cloudformation:DescribeStacks': () =>
      description('CREATE_COMPLETE', {
        Outputs: [
          { OutputKey: 'AlertTopicArn', OutputValue: alerts },
          { OutputKey: 'MachinesTopicArn', OutputValue: machines },
        ],
      }),
    'cloudformation:ListStackResources': () => ({
      StackResourceSummaries: [
        resource('AWS::IAM::Role', roleName, 'CREATE_COMPLETE', 'Role'),
        resource('AWS::IAM::Role', notifierRole, 'CREATE_COMPLETE', 'NotifierRole'),
      ],
    }),
  };
  await look();
  const found = asked('iam:SimulatePrincipalPolicy').map(({ input }) => [
    String(input['PolicySourceArn']).split('/').at(-1),
    input['ResourceArns.member.1'],
  ]);
  expect(Object.fromEntries(found)).toEqual({ [roleName]: machines, [notifierRole]: alerts });
});

/** The state that was seen of the one resource of a kind. */
async function stateOf(kind: string, more: Answers): Promise<unknown> {
  answers = { ...well, ...more };
  const { stacks } = await look();
  const [stack] = 'value' in stacks ? stacks.value : [];
  const parts =
    stack && 'value' in stack && 'value' in stack.value.parts ? stack.value.parts : undefined;
  const answer = parts?.value.find((part) => part.kind === kind)?.answer;
  return answer && 'value' in answer ? answer.value : answer;
}

describe('sees', () => {
  test.each(['explicitDeny', 'implicitDeny'])('a role with an %s', async (EvalDecision) => {
    const result = { EvalActionName: 'sns:Publish', EvalResourceName: alerts, EvalDecision };
    expect(
      await stateOf('role', {
        'iam:SimulatePrincipalPolicy': () => ({ EvaluationResults: [result] }),
      }),
    ).toEqual({ kind: 'role', mayPublish: false });
  });

  test('that IAM did not decide about a role', async () => {
    const state = await stateOf('role', {
      'iam:SimulatePrincipalPolicy': () => ({ EvaluationResults: [] }),
    });
    expect(state).toMatchObject({ error: expect.stringMatching(/did not say/), isMissing: false });
  });

  test('an endpoint that is disabled', async () => {
    const state = await stateOf('webhook endpoint', {
      'apigateway:GetApi': () => ({ apiId, disableExecuteApiEndpoint: true }),
    });
    expect(state).toMatchObject({ isDisabled: true, routes: 1, stages: 1 });
  });

  test('an endpoint whose routes lead nowhere, and one without stages', async () => {
    const state = await stateOf('webhook endpoint', {
      'apigateway:GetRoutes': () => ({ items: [{ routeKey: 'POST /' }] }),
      'apigateway:GetStages': () => ({ items: [] }),
    });
    expect(state).toMatchObject({ isDisabled: false, routes: 0, stages: 0 });
  });

  test('a secret that is being deleted', async () => {
    const state = await stateOf('webhook secret', {
      'secretsmanager:DescribeSecret': () => ({ ARN: secretArn, DeletedDate: 1_763_000_000 }),
    });
    expect(state).toEqual({ kind: 'webhook secret', isBeingDeleted: true });
  });

  test('a table that is being deleted', async () => {
    const state = await stateOf('table', {
      'dynamodb:DescribeTable': () => ({ Table: { TableStatus: 'DELETING' } }),
    });
    expect(state).toEqual({ kind: 'table', status: 'DELETING' });
  });
});

test('a role is not asked about where the stack names no topic of the alerts', async () => {
  answers = {
    ...well,
    'cloudformation:DescribeStacks': () => description('CREATE_COMPLETE', { Outputs: [] }),
  };
  await look();
  expect(asked('iam:SimulatePrincipalPolicy')).toEqual([]);
});

test('a stack that lost its tags is known by its description', async () => {
  answers = {
    ...well,
    'cloudformation:DescribeStacks': () =>
      description('CREATE_COMPLETE', { Tags: [], Description: 'Patrol: Alerts when …' }),
  };
  expect(await look()).toMatchObject({ stacks: { value: [{ value: { rule: 'cloudTrail' } }] } });
});

describe('the canaries', () => {
  const canaries = async (more: Answers = {}): Promise<unknown> => {
    answers = { ...well, ...more };
    return (await look()).canaries;
  };
  const part = { stack: name, rule: 'cloudTrail', name: functionName };

  test('are sent by the functions of rules, which are told that it is one, where they are, and when', async () => {
    expect(await canaries()).toEqual([{ ...part, answer: { value: undefined } }]);
    expect(asked('lambda:InvokeFunction')).toMatchObject([
      {
        input: {
          patrolCanary: 'alone',
          account,
          region: 'eu-west-1',
          time: new Date(due ?? NaN).toISOString(),
        },
      },
    ]);
  });

  test('say why a function failed', async () => {
    const more = { 'lambda:InvokeFunction': () => new FunctionError(`no${'!'.repeat(400)}`) };
    const value = `no${'!'.repeat(298)}`;
    expect(await canaries(more)).toEqual([{ ...part, answer: { value } }]);
  });

  test('of the notifier there are none', async () => {
    const resources = [resource('AWS::Lambda::Function', 'any', 'CREATE_COMPLETE', 'Notifier')];
    const found = await canaries({
      'cloudformation:ListStackResources': () => ({ StackResourceSummaries: resources }),
    });
    expect(found).toEqual([]);
  });

  test("are not sent from elsewhere, such as a trial on somebody's machine", async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'patrol-aws-patrolHealth-production-Function-TRIAL');
    expect(await canaries()).toEqual([]);
    vi.unstubAllEnvs();
    expect(asked('lambda:InvokeFunction')).toEqual([]);
  });

  test('are sent once or twice a day, whenever the looks are, and at another time elsewhere', async () => {
    const day = Array.from({ length: 96 }, (_, look) => look * 900_000);
    const times = (region: string, first: number): readonly number[] =>
      day.map((time) => first + time).filter((time) => isDue(account, region, time));
    for (let first = 0; first < 900_000; first += 60_000) {
      expect([1, 2]).toContain(times('eu-west-1', first).length);
    }
    expect(times('eu-west-1', 0)).not.toEqual(times('us-east-1', 0));
    vi.setSystemTime((due ?? NaN) + 6 * 3_600_000);
    expect(await canaries()).toEqual([]);
    expect(asked('lambda:InvokeFunction')).toEqual([]);
  });
});

describe('the trail of an organization, whose selectors its members may not read', () => {
  const listed = (HasCustomEventSelectors?: boolean): Answers => ({
    ...well,
    'cloudtrail:DescribeTrails': () => ({
      trailList: [{ TrailARN: trail, HomeRegion: 'us-east-1', HasCustomEventSelectors }],
    }),
    'cloudtrail:GetEventSelectors': () => new Refusal('TrailNotFoundException'),
  });
  const selectors = async (): Promise<unknown> => {
    const { trails } = await look();
    return 'value' in trails ? trails.value[0]?.selectors : trails;
  };

  test('records all management events where the list says that it has no others', async () => {
    answers = listed(false);
    expect(await selectors()).toEqual({ value: { basic: [{}], advanced: [] } });
  });

  test.each([true, undefined])('is not read where the list says %s', async (isCustom) => {
    answers = listed(isCustom);
    expect(await selectors()).toMatchObject({ call: 'cloudtrail:GetEventSelectors' });
  });

  test('is read where that is allowed, whatever the list says', async () => {
    answers = {
      ...listed(false),
      'cloudtrail:GetEventSelectors': () => ({ EventSelectors: [{ ReadWriteType: 'ReadOnly' }] }),
    };
    expect(await selectors()).toMatchObject({ value: { basic: [{ ReadWriteType: 'ReadOnly' }] } });
  });
});

test('reads all pages of stacks, resources and alarms', async () => {
  const stacks = ['patrol-aws-a-production', 'patrol-aws-b-production', 'other'];
  answers = {
    ...well,
    'cloudformation:ListStacks': ({ NextToken = '0' }) => {
      const page = Number(NextToken);
      const next = page < stacks.length - 1 ? { NextToken: page + 1 } : {};
      return { StackSummaries: [summary(stacks[page] ?? '')], ...next };
    },
    'cloudformation:ListStackResources': ({ NextToken }) =>
      NextToken === undefined
        ? { StackResourceSummaries: [resource('AWS::CloudWatch::Alarm', 'first')], NextToken: 'x' }
        : { StackResourceSummaries: [resource('AWS::CloudWatch::Alarm', 'second')] },
    'monitoring:DescribeAlarms': ({ NextToken }) =>
      NextToken === undefined
        ? { MetricAlarms: [{ AlarmName: 'first', ActionsEnabled: true }], NextToken: 'x' }
        : { MetricAlarms: [{ AlarmName: 'second', ActionsEnabled: false }] },
  };
  const { stacks: seen } = await look();
  const alarm = (id: string, actionsEnabled: boolean): unknown => ({
    kind: 'alarm',
    name: id,
    answer: { value: { kind: 'alarm', actionsEnabled } },
  });
  const parts = { value: [alarm('first', true), alarm('second', false)] };
  expect(seen).toMatchObject({
    value: [
      { value: { name: 'patrol-aws-a-production', parts } },
      { value: { name: 'patrol-aws-b-production', parts } },
    ],
  });
  expect(asked('cloudformation:DescribeStacks')).toHaveLength(2);
  const wanted = Object.values(asked('cloudformation:ListStacks')[0]?.input ?? {});
  expect(wanted).toContain('UPDATE_ROLLBACK_FAILED');
  expect(wanted).not.toContain('DELETE_COMPLETE');
});

test('looks for a confirmed subscription on all pages, and no further than it must', async () => {
  const page = (arn: string, next?: string): unknown => ({
    Subscriptions: [{ SubscriptionArn: arn }],
    ...(next ? { NextToken: next } : {}),
  });
  const pages: Readonly<Record<string, unknown>> = {
    '': page('PendingConfirmation', 'two'),
    two: page('Deleted', 'three'),
    three: page(`${alerts}:0f5d4c3b-0000-4000-8000-000000000001`, 'four'),
  };
  answers = { ...well, 'sns:ListSubscriptionsByTopic': ({ NextToken = '' }) => pages[NextToken] };
  const { topics } = await look();
  expect(topics).toMatchObject([{ answer: { value: { isSubscribed: true, pending: 1 } } }]);
  expect(asked('sns:ListSubscriptionsByTopic')).toHaveLength(3);
});

test('asks for each topic once, in its own region, and says what it is for', async () => {
  const other = `arn:aws:sns:eu-central-1:444455556666:security`;
  const source = `arn:aws:sns:eu-west-1:${account}:${name}-SourceTopic-1A2B3C4D5E6F`;
  answers = {
    ...well,
    'cloudformation:ListStacks': () => ({
      StackSummaries: [summary(name), summary('patrol-aws-rootLogin-production')],
    }),
    'cloudformation:DescribeStacks': () =>
      description('UPDATE_COMPLETE', {
        Outputs: [{ OutputKey: 'AlertTopicArn', OutputValue: other }],
        Parameters: [
          { ParameterKey: 'AlarmTopicArn', ParameterValue: alerts },
          { ParameterKey: 'DispatchSnsArn', ParameterValue: '' },
        ],
      }),
    'cloudformation:ListStackResources': () => ({
      StackResourceSummaries: [resource('AWS::SNS::Topic', source)],
    }),
    'sns:ListSubscriptionsByTopic': () => ({ Subscriptions: [] }),
  };
  const { topics } = await look();
  const both = (what: string): unknown => [
    { stack: name, what },
    { stack: 'patrol-aws-rootLogin-production', what },
  ];
  const answer = { value: { isSubscribed: false, pending: 0 } };
  expect(topics).toEqual([
    { arn: source, uses: both('runs the rule'), answer },
    { arn: alerts, uses: both('gets the alarms'), answer },
    { arn: other, uses: both('gets the alerts'), answer },
  ]);
  expect(
    asked('sns:ListSubscriptionsByTopic').map(({ input, region }) => [input['TopicArn'], region]),
  ).toEqual([
    [source, 'eu-west-1'],
    [alerts, 'eu-west-1'],
    [other, 'eu-central-1'],
  ]);
});

test('leaves alone what is not of Patrol, and what CloudFormation is at work on', async () => {
  const stacks: Readonly<Record<string, unknown>> = {
    'patrol-boat': description('CREATE_COMPLETE', { Tags: [{ Key: 'team', Value: 'harbour' }] }),
    'patrol-aws-a-production': description('UPDATE_IN_PROGRESS'),
    'patrol-aws-b-production': description('DELETE_COMPLETE'),
  };
  answers = {
    ...well,
    'cloudformation:ListStacks': () => ({ StackSummaries: Object.keys(stacks).map(summary) }),
    'cloudformation:DescribeStacks': ({ StackName = '' }) => stacks[StackName.split('/')[1] ?? ''],
  };
  const { stacks: seen, topics } = await look();
  expect(seen).toEqual({
    value: [
      {
        value: {
          name: 'patrol-aws-a-production',
          status: 'UPDATE_IN_PROGRESS',
          rule: 'cloudTrail',
          updated: Date.parse('2026-11-20T08:00:00Z'),
          parts: { value: [] },
        },
      },
    ],
  });
  expect(topics).toEqual([]);
  expect(asked('cloudformation:ListStackResources')).toEqual([]);
});

test('leaves out resources that are gone from the stack or were never made', async () => {
  answers = {
    ...well,
    'cloudformation:ListStackResources': () => ({
      StackResourceSummaries: [
        resource('AWS::Events::Rule', 'old', 'DELETE_COMPLETE'),
        resource('AWS::Events::Rule', '', 'CREATE_FAILED'),
      ],
    }),
  };
  expect(await look()).toMatchObject({ stacks: { value: [{ value: { parts: { value: [] } } }] } });
});

describe('a stack set that was announced', () => {
  const asked_ = (): readonly unknown[] =>
    asked('cloudformation:DescribeStackSet').map(({ input }) => input['CallAs']);

  test('is one of a delegated administrator', async () => {
    const described = well['cloudformation:DescribeStackSet'];
    answers = {
      ...well,
      'cloudformation:DescribeStackSet': (input) =>
        input['CallAs'] === 'DELEGATED_ADMIN'
          ? described?.(input)
          : new Refusal('StackSetNotFoundException'),
    };
    expect((await look()).stackSets).toMatchObject([{ value: { status: 'ACTIVE' } }]);
    expect(asked_()).toEqual(['SELF', 'DELEGATED_ADMIN']);
  });

  test('does not exist', async () => {
    answers = {
      ...well,
      'cloudformation:DescribeStackSet': ({ CallAs }) =>
        new Refusal(CallAs === 'SELF' ? 'StackSetNotFoundException' : 'ValidationError'),
    };
    expect((await look()).stackSets).toMatchObject([{ isMissing: true }]);
  });
});

test('counts what waits in a queue, what is being read and what is held back', async () => {
  answers = {
    ...well,
    'sqs:GetQueueAttributes': () => ({
      Attributes: {
        ApproximateNumberOfMessages: '2',
        ApproximateNumberOfMessagesNotVisible: '3',
        ApproximateNumberOfMessagesDelayed: '4',
      },
    }),
  };
  expect(JSON.stringify(await look())).toContain('"messages":9');
});

test.each([
  ['NotifierHeldQueue', { isOfNotifier: true }],
  ['NotifierFailureQueue', {}],
])('knows what waits in %s', async (logicalId, more) => {
  const state = await stateOf('queue', {
    'cloudformation:ListStackResources': () => ({
      StackResourceSummaries: [resource('AWS::SQS::Queue', queueUrl, 'CREATE_COMPLETE', logicalId)],
    }),
    'sqs:GetQueueAttributes': () => ({
      Attributes: {
        ApproximateNumberOfMessages: '2',
        ApproximateNumberOfMessagesNotVisible: '0',
        ApproximateNumberOfMessagesDelayed: '1',
      },
    }),
  });
  expect(state).toEqual({ kind: 'queue', messages: 3, ...more });
});

test('a queue that does not say how much it holds is not taken for an empty one', async () => {
  answers = { ...well, 'sqs:GetQueueAttributes': () => ({ Attributes: {} }) };
  expect(failures(await look())).toMatchObject([
    {
      call: 'sqs:GetQueueAttributes',
      error: expect.stringMatching(/did not say/),
      isMissing: false,
    },
  ]);
});

/** Everything in a structure that says that a call failed. */
function failures(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('isMissing' in value) return [value];
  const found = Object.values(value).flatMap(failures);
  // What is read once may be missing in two places.
  return found.filter((one, at) => found.findIndex((each) => isDeepStrictEqual(one, each)) === at);
}

/** The operations that permissions call otherwise. */
const actions: Readonly<Record<string, string>> = {
  'apigateway:GetApi': 'apigateway:GET',
  'apigateway:GetIntegrations': 'apigateway:GET',
  'apigateway:GetRoutes': 'apigateway:GET',
  'apigateway:GetStages': 'apigateway:GET',
  'monitoring:DescribeAlarms': 'cloudwatch:DescribeAlarms',
  'monitoring:GetMetricData': 'cloudwatch:GetMetricData',
  'monitoring:ListMetrics': 'cloudwatch:ListMetrics',
};

test('needs all of its permissions and no other', async () => {
  answers = {
    ...well,
    'cloudformation:DescribeStacks': () =>
      description('CREATE_COMPLETE', {
        Parameters: [{ ParameterKey: 'FailureQueueArn', ParameterValue: 'arn:aws:sqs:a:b:c' }],
      }),
    'monitoring:GetMetricData': () => ({ MetricDataResults: [] }),
    'monitoring:ListMetrics': () => ({ Metrics: [] }),
  };
  await look();
  await stackWith('resource', apiId);
  await stackWith('change set', `arn:aws:cloudformation:eu-west-1:${account}:changeSet/x/y`);
  expect(new Set(calls.map(({ operation }) => actions[operation] ?? operation))).toEqual(
    new Set(permissions.flatMap(({ Action }): readonly string[] => Action)),
  );
});

describe('what cannot be read is said', () => {
  test.each(Object.keys(well))('%s is denied', async (operation) => {
    answers = { ...well, [operation]: () => new Refusal('AccessDenied') };
    const found = failures(await look());
    expect(found).toEqual([
      {
        call: actions[operation] ?? operation,
        about: expect.stringMatching(/./),
        error: expect.stringMatching(/AccessDenied: /),
        isMissing: false,
      },
    ]);
  });

  test.each([
    ['events:DescribeRule', 'ResourceNotFoundException'],
    ['events:ListTargetsByRule', 'ResourceNotFoundException'],
    ['lambda:GetFunctionConcurrency', 'ResourceNotFoundException'],
    ['sqs:GetQueueAttributes', 'QueueDoesNotExist'],
    ['sns:ListSubscriptionsByTopic', 'NotFound'],
    ['iam:SimulatePrincipalPolicy', 'NoSuchEntity'],
    ['apigateway:GetApi', 'NotFoundException'],
    ['secretsmanager:DescribeSecret', 'ResourceNotFoundException'],
    ['dynamodb:DescribeTable', 'ResourceNotFoundException'],
  ])('what %s asks about is not there', async (operation, code) => {
    answers = { ...well, [operation]: () => new Refusal(code) };
    const call = actions[operation] ?? operation;
    expect(failures(await look())).toMatchObject([{ call, isMissing: true }]);
  });

  test('an alarm of the stack is not there', async () => {
    answers = { ...well, 'monitoring:DescribeAlarms': () => ({ MetricAlarms: [] }) };
    expect(failures(await look())).toMatchObject([
      { call: 'cloudwatch:DescribeAlarms', isMissing: true },
    ]);
  });

  test('an output is not the ARN of a topic', async () => {
    answers = {
      ...well,
      'cloudformation:DescribeStacks': () =>
        description('CREATE_COMPLETE', {
          Outputs: [{ OutputKey: 'AlertTopicArn', OutputValue: 'nonsense' }],
        }),
    };
    expect(failures(await look())).toMatchObject([
      { about: 'nonsense', error: expect.stringMatching(/Expected an ARN/), isMissing: false },
    ]);
  });
});

describe('to which stack something belongs', () => {
  test('a resource, by its id', async () => {
    answers = {
      'cloudformation:DescribeStackResources': ({ PhysicalResourceId }) =>
        PhysicalResourceId === apiId && { StackResources: [{ StackName: name }] },
    };
    expect(await stackWith('resource', apiId)).toEqual({ value: name });
  });
  test('a change set, by its ARN', async () => {
    const arn = `arn:aws:cloudformation:eu-west-1:${account}:changeSet/x/y`;
    answers = {
      'cloudformation:DescribeChangeSet': ({ ChangeSetName }) =>
        ChangeSetName === arn && { StackName: name },
    };
    expect(await stackWith('change set', arn)).toEqual({ value: name });
  });
  test.each([
    ['resource', 'cloudformation:DescribeStackResources', 'ValidationError'],
    ['change set', 'cloudformation:DescribeChangeSet', 'ChangeSetNotFound'],
  ] as const)('a %s of none', async (kind, operation, code) => {
    answers = { [operation]: () => new Refusal(code) };
    expect(await stackWith(kind, 'x')).toEqual({ value: undefined });
    answers = { [operation]: () => new Refusal('AccessDenied') };
    expect(await stackWith(kind, 'x')).toMatchObject({
      call: operation,
      error: expect.stringContaining('AccessDenied'),
    });
  });
});

describe('the heartbeat', () => {
  test('is one request of the URL', async () => {
    answers = { ':GetFunctionConcurrency': () => ({}) };
    expect(await beat(`${aws.url}/ping/me`)).toBeUndefined();
    expect(calls).toMatchObject([{ input: { path: '/ping/me' } }]);
  });

  test('is sent again when it fails', async () => {
    let attempt = 0;
    answers = { ':GetFunctionConcurrency': () => ((attempt += 1) < 3 ? undefined : {}) };
    expect(await beat(`${aws.url}/`)).toBeUndefined();
    expect(calls).toHaveLength(3);
  });

  test('fails after three attempts, with what was answered', async () => {
    answers = {};
    expect(await beat(`${aws.url}/`)).toBe('it answered 403');
    expect(calls).toHaveLength(3);
  });

  test('fails where nobody listens', async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    expect(await beat(gone.url)).toContain('ECONNREFUSED');
  });
});
