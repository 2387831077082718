/** What CloudFormation calls for the resources of a template. */
import type { Fields } from '@patrol/core/testing';
import { evaluate } from '../../../deployer/src/template/functions.ts';
import { exactScope } from '../../../deployer/src/template/scope.ts';
import { account, type Act, region } from './record.ts';

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Fields;
}

/** What is known of a resource when CloudFormation makes it. */
interface Made {
  readonly stack: string;
  /** Its name: the one that it was given, or one of the stack's. */
  readonly name: string;
  readonly properties: Fields;
}

/** How resources of a type are made, and how they are changed. */
interface Kind {
  readonly arn?: (name: string) => string;
  readonly named?: string;
  readonly create: (made: Made) => readonly Act[];
  readonly update: (made: Made) => readonly Act[];
}

/** Requests write the names of fields with a small letter. */
function small(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(small);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      small(inner),
    ]),
  );
}

const smallFields = (value: unknown): Fields => small(value) as Fields;

const functionArn = (name: string): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;
const list = (value: unknown): readonly Fields[] => (value ?? []) as readonly Fields[];
const omit = (fields: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const inline = ({ name, properties }: Made): readonly Act[] =>
  list(properties['Policies']).map(({ PolicyName, PolicyDocument }) => [
    'iam',
    'PutRolePolicy',
    { roleName: name, policyName: PolicyName, policyDocument: JSON.stringify(PolicyDocument) },
  ]);

const policyOfRoles = ({ properties }: Made): readonly Act[] =>
  list(properties['Roles']).map((roleName) => [
    'iam',
    'PutRolePolicy',
    {
      roleName,
      policyName: properties['PolicyName'],
      policyDocument: JSON.stringify(properties['PolicyDocument']),
    },
  ]);

const rule = ({ name, properties }: Made): readonly Act[] => [
  [
    'events',
    'PutRule',
    {
      name,
      description: properties['Description'],
      state: properties['State'],
      ...('EventPattern' in properties
        ? { eventPattern: JSON.stringify(properties['EventPattern']) }
        : { scheduleExpression: properties['ScheduleExpression'] }),
    },
    { ruleArn: `arn:aws:events:${region}:${account}:rule/${name}` },
  ],
  [
    'events',
    'PutTargets',
    { rule: name, targets: list(properties['Targets']).map(smallFields) },
    { failedEntryCount: 0, failedEntries: [] },
  ],
];

const alarm = ({ name, properties }: Made): readonly Act[] => [
  ['monitoring', 'PutMetricAlarm', { alarmName: name, ...smallFields(properties) }],
];

const metricFilter = ({ name, properties }: Made): readonly Act[] => [
  ['logs', 'PutMetricFilter', { filterName: name, ...smallFields(properties) }],
];

/** The policy of a table, which has one or none. */
const tablePolicy = ({ name, properties }: Made): readonly Act[] => {
  const { PolicyDocument } = (properties['ResourcePolicy'] ?? {}) as Fields;
  return PolicyDocument === undefined
    ? []
    : [
        [
          'dynamodb',
          'PutResourcePolicy',
          {
            resourceArn: `arn:aws:dynamodb:${region}:${account}:table/${name}`,
            policy: JSON.stringify(PolicyDocument),
          },
        ],
      ];
};

const queuePolicy = ({ properties }: Made): readonly Act[] =>
  list(properties['Queues']).map((queueUrl) => [
    'sqs',
    'SetQueueAttributes',
    { queueUrl, attributes: { Policy: JSON.stringify(properties['PolicyDocument']) } },
  ]);

/** The attributes of a queue are texts. */
const attributesOf = (properties: Fields): Fields =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

const queueUrl = (name: string): string => `https://sqs.${region}.amazonaws.com/${account}/${name}`;

/** The types of resources in the templates of Patrol's rules. */
const kinds: Readonly<Record<string, Kind>> = {
  'AWS::CloudWatch::Alarm': { create: alarm, update: alarm },
  'AWS::DynamoDB::Table': {
    arn: (name) => `arn:aws:dynamodb:${region}:${account}:table/${name}`,
    create: ({ stack, name, properties }) => [
      [
        'dynamodb',
        'CreateTable',
        {
          tableName: name,
          ...smallFields(omit(properties, 'TimeToLiveSpecification', 'ResourcePolicy')),
        },
      ],
      ...tablePolicy({ stack, name, properties }),
      ...('TimeToLiveSpecification' in properties
        ? [
            [
              'dynamodb',
              'UpdateTimeToLive',
              {
                tableName: name,
                timeToLiveSpecification: smallFields(properties['TimeToLiveSpecification']),
              },
            ] as const,
          ]
        : []),
    ],
    update: (made) => [
      ['dynamodb', 'UpdateTable', { tableName: made.name, billingMode: 'PAY_PER_REQUEST' }],
      ...tablePolicy(made),
    ],
  },
  'AWS::Events::Rule': {
    arn: (name) => `arn:aws:events:${region}:${account}:rule/${name}`,
    create: rule,
    update: rule,
  },
  'AWS::IAM::Policy': { create: policyOfRoles, update: policyOfRoles },
  'AWS::IAM::Role': {
    arn: (name) => `arn:aws:iam::${account}:role/${name}`,
    named: 'RoleName',
    create: (made) => [
      [
        'iam',
        'CreateRole',
        {
          roleName: made.name,
          path: '/',
          description: made.properties['Description'],
          assumeRolePolicyDocument: JSON.stringify(made.properties['AssumeRolePolicyDocument']),
        },
        {
          role: {
            path: '/',
            roleName: made.name,
            roleId: 'AROAEXAMPLEMADE00001',
            arn: `arn:aws:iam::${account}:role/${made.name}`,
            createDate: 'Nov 20, 2026 8:30:17 AM',
          },
        },
      ],
      ...list(made.properties['ManagedPolicyArns']).map((policyArn): Act => [
        'iam',
        'AttachRolePolicy',
        { roleName: made.name, policyArn },
      ]),
      ...inline(made),
    ],
    update: (made) => [
      [
        'iam',
        'UpdateAssumeRolePolicy',
        {
          roleName: made.name,
          policyDocument: JSON.stringify(made.properties['AssumeRolePolicyDocument']),
        },
      ],
      ...inline(made),
    ],
  },
  'AWS::Lambda::Alias': {
    create: ({ properties }) => [['lambda', 'CreateAlias20150331', smallFields(properties)]],
    // Another version.
    update: ({ properties }) => [['lambda', 'UpdateAlias20150331', smallFields(properties)]],
  },
  'AWS::Lambda::EventInvokeConfig': {
    create: ({ properties }) => [
      ['lambda', 'PutFunctionEventInvokeConfig', smallFields(properties)],
    ],
    update: ({ properties }) => [
      ['lambda', 'UpdateFunctionEventInvokeConfig', smallFields(properties)],
    ],
  },
  'AWS::Lambda::Function': {
    arn: functionArn,
    named: 'FunctionName',
    create: ({ name, properties }) => [
      [
        'lambda',
        'CreateFunction20150331',
        {
          functionName: name,
          packageType: 'Zip',
          publish: false,
          // CloudTrail leaves out the values of variables.
          ...smallFields({ ...properties, Environment: {} }),
        },
        { functionName: name, functionArn: functionArn(name), state: 'Pending' },
      ],
      ['lambda', 'GetFunction20150331v2', { functionName: functionArn(name) }],
    ],
    update: ({ name, properties }) => [
      [
        'lambda',
        'UpdateFunctionConfiguration20150331v2',
        {
          functionName: name,
          ...smallFields(omit(properties, 'Code', 'Environment')),
          environment: {},
        },
        { functionName: name, functionArn: functionArn(name) },
      ],
      [
        'lambda',
        'UpdateFunctionCode20150331v2',
        {
          functionName: name,
          ...smallFields(properties['Code']),
          publish: false,
          dryRun: false,
        },
        { functionName: name, functionArn: functionArn(name) },
      ],
    ],
  },
  'AWS::Lambda::Permission': {
    create: ({ stack, properties }) => {
      const { FunctionName, Action, Principal, SourceArn } = properties;
      const functionName = String(FunctionName).split(':').at(-1) ?? '';
      return [
        [
          'lambda',
          'AddPermission20150331v2',
          {
            functionName,
            statementId: `${stack}-EventRulePermission-1A2B3C4D5E6F`,
            action: Action,
            principal: Principal,
            sourceArn: SourceArn,
          },
          {
            statement: JSON.stringify({
              Sid: `${stack}-EventRulePermission-1A2B3C4D5E6F`,
              Effect: 'Allow',
              Principal: { Service: Principal },
              Action,
              Resource: functionArn(functionName),
              Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
            }),
          },
        ],
      ];
    },
    // Only its replacement can change it.
    update: () => [],
  },
  'AWS::Logs::LogGroup': {
    arn: (name) => `arn:aws:logs:${region}:${account}:log-group:${name}:*`,
    named: 'LogGroupName',
    create: ({ name, properties }) => [
      ['logs', 'CreateLogGroup', { logGroupName: name, tags: { 'patrol:rule': 'x' } }],
      [
        'logs',
        'PutRetentionPolicy',
        { logGroupName: name, retentionInDays: Number(properties['RetentionInDays'] ?? 90) },
      ],
    ],
    update: ({ name, properties }) => [
      [
        'logs',
        'PutRetentionPolicy',
        { logGroupName: name, retentionInDays: Number(properties['RetentionInDays'] ?? 90) },
      ],
    ],
  },
  'AWS::Logs::MetricFilter': { create: metricFilter, update: metricFilter },
  'AWS::SNS::Subscription': {
    create: ({ properties }) => [
      [
        'sns',
        'Subscribe',
        {
          topicArn: properties['TopicArn'],
          protocol: properties['Protocol'],
          endpoint: 'HIDDEN_DUE_TO_SECURITY_REASONS',
          returnSubscriptionArn: true,
        },
        { subscriptionArn: `${String(properties['TopicArn'])}:0f1e2d3c-example` },
      ],
    ],
    update: () => [],
  },
  'AWS::SNS::Topic': {
    arn: (name) => `arn:aws:sns:${region}:${account}:${name}`,
    create: ({ name, properties }) => [
      [
        'sns',
        'CreateTopic',
        { name, attributes: attributesOf(properties) },
        { topicArn: `arn:aws:sns:${region}:${account}:${name}` },
      ],
    ],
    update: ({ name, properties }) => [
      [
        'sns',
        'SetTopicAttributes',
        {
          topicArn: `arn:aws:sns:${region}:${account}:${name}`,
          attributeName: 'DisplayName',
          attributeValue: properties['DisplayName'],
        },
      ],
    ],
  },
  'AWS::SQS::Queue': {
    arn: (name) => `arn:aws:sqs:${region}:${account}:${name}`,
    create: ({ name, properties }) => [
      [
        'sqs',
        'CreateQueue',
        { queueName: name, attributes: attributesOf(properties) },
        { queueUrl: queueUrl(name) },
      ],
    ],
    update: ({ name, properties }) => [
      [
        'sqs',
        'SetQueueAttributes',
        { queueUrl: queueUrl(name), attributes: attributesOf(properties) },
      ],
    ],
  },
  'AWS::SQS::QueuePolicy': { create: queuePolicy, update: queuePolicy },
};

/**
 * The calls that CloudFormation makes for all resources of a template.
 *
 * @param values the values of parameters; the others have their defaults.
 * @throws an Error for a type of resource of which nobody wrote down the calls.
 */
export function stackCalls(
  stack: string,
  template: Fields,
  step: 'create' | 'update',
  values: Readonly<Record<string, string>> = {},
): readonly Act[] {
  const resources = template['Resources'] as Readonly<Record<string, Resource>>;
  const nameOf = (id: string): string => `${stack}-${id}-1A2B3C4D5E6F`;
  const refer = (text: string): unknown => {
    const [id = '', attribute] = text.split('.');
    const resource = resources[id];
    if (!resource) return pseudo[id] ?? (id === 'AWS::StackName' ? stack : undefined);
    const named = kinds[resource.Type]?.named;
    const given = named === undefined ? undefined : resource.Properties?.[named];
    const name = given === undefined ? nameOf(id) : String(evaluate(given, scope));
    const arn = kinds[resource.Type]?.arn?.(name);
    if (attribute === undefined) {
      if (resource.Type === 'AWS::SQS::Queue') return queueUrl(name);
      return resource.Type === 'AWS::SNS::Topic' ? arn : name;
    }
    if (attribute === 'Arn' && arn === undefined) {
      throw new Error(`${stack}: nothing is known of the ARN of ${id}, a ${resource.Type}.`);
    }
    return attribute === 'Arn' ? arn : name;
  };
  const scope = exactScope(template, { values, defaults: true, other: refer });
  return Object.entries(resources).flatMap(([id, { Type, Condition, Properties = {} }]) => {
    if (Condition !== undefined && scope.decide(Condition) !== true) return [];
    const kind = kinds[Type];
    if (!kind) throw new Error(`${stack}: nothing is known of the calls for ${id}, a ${Type}.`);
    return kind[step]({
      stack,
      name: kind.named === undefined ? nameOf(id) : String(refer(id)),
      properties: evaluate(Properties, scope) as Fields,
    });
  });
}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
};
