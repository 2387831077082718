import { stackNames } from '../contracts/index.ts';
import { describe, expect, test } from 'vitest';
import { isObject } from '../cloudtrail.ts';
import { dispatchTypes } from '../lambda/dispatch.ts';
import { number } from '../parameter.ts';
import { stopped } from '../rule.fake.ts';
import { allParameters, type AnyRule, eventPatterns } from '../rule.ts';
import { apiCall, type Trigger } from '../trigger.ts';
import { type Resource, ruleTemplate, type Template } from './index.ts';
import { hooked, large, listening, reminding, scheduled, small } from './rules.fake.ts';
import { referenceProblems, schemaProblems } from '../../../build/src/testing/schema.ts';

const rules: readonly (readonly [string, AnyRule])[] = [
  stopped,
  small,
  large,
  scheduled('rate(1 day)'),
  reminding,
  listening,
  hooked,
].map((rule) => [rule.name, rule]);

const resources = (template: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(template.Resources ?? {}).filter(([, resource]) => resource.Type === type);

const only = (template: Template, type: string): Readonly<Record<string, unknown>> => {
  const found = resources(template, type);
  expect(found).toHaveLength(1);
  return found[0]?.[1].Properties ?? {};
};

/** How many triggers of some kinds a rule has. */
const count = ({ triggers }: AnyRule, ...kinds: readonly Trigger['kind'][]): number =>
  triggers.filter(({ kind }: Trigger) => kinds.includes(kind)).length;

/** Whether anything but a webhook runs a rule. */
const isAsynchronous = (rule: AnyRule): boolean => count(rule, 'event', 'schedule', 'sns') > 0;

/** Every value in a value, with the names that lead to it. */
function* walk(value: unknown, path = ''): Generator<readonly [string, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) yield* walk(inner, `${path}/${name}`);
}

/** The names that lead to what differs in two values. */
function differences(one: unknown, other: unknown, path = ''): readonly string[] {
  if (
    typeof one !== 'object' ||
    typeof other !== 'object' ||
    one === null ||
    other === null ||
    Array.isArray(one) !== Array.isArray(other)
  ) {
    return one === other ? [] : [path];
  }
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((name) =>
    differences(Reflect.get(one, name), Reflect.get(other, name), `${path}/${name}`),
  );
}

const getAtt = (id: string, name: string): unknown => ({ 'Fn::GetAtt': [id, name] });

describe.each(rules)('the template of %s', (_, rule) => {
  const template = ruleTemplate(rule);

  test('is what the schemas of CloudFormation allow', () => {
    expect(schemaProblems(template)).toEqual([]);
  });

  test('names only what is there', () => {
    expect(referenceProblems(template)).toEqual([]);
  });

  test('is the same each time', () => {
    expect(JSON.stringify(ruleTemplate(rule))).toBe(JSON.stringify(template));
  });

  test('is within the limits of CloudFormation', () => {
    expect(JSON.stringify(template).length).toBeLessThan(460_800);
    expect(template.Description.length).toBeLessThanOrEqual(1024);
    for (const section of ['Parameters', 'Resources', 'Outputs', 'Conditions'] as const) {
      for (const id of Object.keys(template[section] ?? {}))
        expect(id).toMatch(/^[A-Za-z0-9]{1,255}$/);
    }
    for (const parameter of Object.values(template.Parameters ?? {})) {
      expect(String(parameter['Description']).length).toBeLessThanOrEqual(4000);
    }
  });

  test('hard-codes no partition, account, region or name', () => {
    expect(JSON.stringify(template)).not.toMatch(/arn:aws[\w-]*:/);
    expect(JSON.stringify(template.Resources)).not.toMatch(/\b\d{12}\b|\b(us|eu|ap)-[a-z]+-\d\b/);
    // A name that is not made from the stack's would be taken in the second stack of an account.
    for (const [path, value] of walk(template.Resources)) {
      const isName =
        path.endsWith('Name') &&
        !/\/(MetricName|PolicyName|DisplayName|StageName|AttributeName|Dimensions\/0\/Name)$/.test(
          path,
        );
      expect([path, isName && typeof value === 'string']).toEqual([path, false]);
    }
  });

  test('has no users, no keys, and no triggers but its own', () => {
    const types = Object.values(template.Resources ?? {}).map(({ Type }) => Type);
    const isHooked = count(rule, 'webhook') > 0;
    const expected = [
      'AWS::CloudWatch::Alarm',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::SNS::Subscription',
      'AWS::SNS::Topic',
      ...(count(rule, 'event', 'schedule') > 0 ? ['AWS::Events::Rule'] : []),
      ...(count(rule, 'sns') > 0 ? ['AWS::SNS::TopicPolicy'] : []),
      ...(isAsynchronous(rule)
        ? ['AWS::Lambda::EventInvokeConfig', 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy']
        : []),
      ...(rule.remindAfter === undefined ? [] : ['AWS::DynamoDB::Table']),
      ...(isHooked
        ? [
            'AWS::ApiGatewayV2::Api',
            'AWS::ApiGatewayV2::Integration',
            'AWS::ApiGatewayV2::Route',
            'AWS::ApiGatewayV2::Stage',
            'AWS::Logs::MetricFilter',
            'AWS::SecretsManager::Secret',
          ]
        : []),
    ];
    expect([...new Set(types)].toSorted()).toEqual(expected.toSorted());
    const made = (type: string): number => types.filter((found) => found === type).length;
    expect(made('AWS::Events::Rule')).toBe(count(rule, 'event', 'schedule'));
    // One more is that of the alerts. Several triggers on webhooks share an endpoint.
    expect(made('AWS::SNS::Topic')).toBe(count(rule, 'sns') + 1);
    expect(made('AWS::ApiGatewayV2::Route')).toBe(isHooked ? 1 : 0);
    expect(made('AWS::Lambda::Permission')).toBe(
      count(rule, 'event', 'schedule', 'sns') + (isHooked ? 1 : 0),
    );
  });

  describe('its role, with no more than the rule needs', () => {
    const role = only(template, 'AWS::IAM::Role');
    const policies = role['Policies'] as readonly {
      PolicyDocument: { Statement: readonly Record<string, unknown>[] };
    }[];
    const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

    test('is for Lambda only', () => {
      expect(role['AssumeRolePolicyDocument']).toEqual({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      });
      expect(role['ManagedPolicyArns']).toBeUndefined();
    });

    test('names its actions, and its resources but where the rule itself says *', () => {
      for (const { Effect, Action, Resource: on } of statements) {
        expect(Effect).toBe('Allow');
        for (const action of Action as readonly string[])
          expect(action).toMatch(/^[a-z0-9-]+:[A-Z]\w+$/);
        const own = rule.permissions?.some((permission) => permission.Action === Action) ?? false;
        expect([Action, on !== '*' || own]).toEqual([Action, true]);
      }
    });

    test('does its own business and what the rule asks for, and nothing else', () => {
      const own = [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: getAtt('LogGroup', 'Arn'),
        },
        {
          Effect: 'Allow',
          Action: ['sns:Publish'],
          Resource: {
            'Fn::If': ['OwnsAlertTopic', { Ref: 'AlertTopic' }, { Ref: 'AlertTopicArn' }],
          },
        },
        ...(isAsynchronous(rule)
          ? [
              {
                Effect: 'Allow',
                Action: ['sqs:SendMessage'],
                Resource: getAtt('FailureQueue', 'Arn'),
              },
            ]
          : []),
        ...(count(rule, 'webhook') > 0
          ? [
              {
                Effect: 'Allow',
                Action: ['secretsmanager:GetSecretValue'],
                Resource: { 'Fn::GetAtt': ['WebhookSecret', 'Id'] },
              },
            ]
          : []),
        ...(rule.remindAfter === undefined
          ? []
          : [
              {
                Effect: 'Allow',
                Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
                Resource: getAtt('Memory', 'Arn'),
              },
            ]),
      ];
      const asked = (rule.permissions ?? []).map((statement) => ({
        Effect: 'Allow',
        ...statement,
      }));
      expect(statements.slice(0, own.length)).toEqual(own);
      // Two for each secret: its value, and the key that it may be under.
      const ofSecrets = Object.values(allParameters(rule)).filter(({ kind }) => kind === 'secret');
      expect(statements.slice(own.length + 2 * ofSecrets.length)).toEqual(asked);
    });

    test('reads secrets only where there are some, each by its own reference', () => {
      const secrets = Object.entries(allParameters(rule)).flatMap(([name, { kind }]) =>
        kind === 'secret' ? [name] : [],
      );
      const reading = statements.filter(({ Action }) =>
        (Action as readonly string[]).includes('ssm:GetParameter'),
      );
      expect(reading.map(({ Resource: on }) => on)).toEqual(secrets.map((name) => ({ Ref: name })));
      expect(JSON.stringify(statements).includes('kms:Decrypt')).toBe(secrets.length > 0);
    });
  });

  describe('its function', () => {
    const lambda = only(template, 'AWS::Lambda::Function');

    test('has a runtime, limits and a log of its own with an end', () => {
      expect(lambda).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        MemorySize: rule.memorySize ?? 256,
        Timeout: rule.timeout ?? 30,
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'LogGroup' } },
        Role: getAtt('Role', 'Arn'),
      });
      expect(String(lambda['Description']).length).toBeLessThanOrEqual(256);
      expect(only(template, 'AWS::Logs::LogGroup')['RetentionInDays']).toEqual({
        Ref: 'LogRetentionInDays',
      });
    });

    test('is given its parameters and where things are, and nothing else', () => {
      const environment = (lambda['Environment'] as { Variables: Record<string, unknown> })
        .Variables;
      expect(environment).toEqual({
        ALERT_TOPIC_ARN: {
          'Fn::If': ['OwnsAlertTopic', { Ref: 'AlertTopic' }, { Ref: 'AlertTopicArn' }],
        },
        DISPATCH_SNS_ARN: { Ref: 'DispatchSnsArn' },
        DISPATCH_TYPE: { Ref: 'DispatchType' },
        DISPATCH_USERS: { Ref: 'DispatchUsers' },
        ...(count(rule, 'webhook') > 0
          ? { WEBHOOK_SECRET_ARN: { 'Fn::GetAtt': ['WebhookSecret', 'Id'] } }
          : {}),
        ...(rule.remindAfter === undefined ? {} : { MEMORY_TABLE: { Ref: 'Memory' } }),
        ...Object.fromEntries(
          Object.keys(allParameters(rule)).map((name) => [name, { Ref: name }]),
        ),
      });
      for (const name of Object.keys(environment)) expect(name).toMatch(/^[a-zA-Z][a-zA-Z0-9_]+$/);
      // Lambda: 4 KB in all.
      const bytes = Object.entries(allParameters(rule)).reduce(
        (sum, [name, spec]) => sum + name.length + (spec.default ?? spec.example ?? '').length,
        300,
      );
      expect(bytes).toBeLessThanOrEqual(4096);
    });

    test('keeps what it cannot evaluate', () => {
      if (!isAsynchronous(rule)) {
        expect(resources(template, 'AWS::Lambda::EventInvokeConfig')).toEqual([]);
        return;
      }
      expect(only(template, 'AWS::Lambda::EventInvokeConfig')).toEqual({
        FunctionName: { Ref: 'Function' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: getAtt('FailureQueue', 'Arn') } },
      });
    });
  });

  test('each event and schedule has its EventBridge rule with queue and retries, and its permission', () => {
    const events = resources(template, 'AWS::Events::Rule');
    for (const [id, { Properties }] of events) {
      expect(String(Properties['Description']).length).toBeLessThanOrEqual(512);
      expect(Properties['Targets']).toEqual([
        {
          Id: 'Function',
          Arn: getAtt('Function', 'Arn'),
          DeadLetterConfig: { Arn: getAtt('DeadLetterQueue', 'Arn') },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        },
      ]);
      expect(template.Resources?.[`${id}Permission`]?.Properties).toEqual({
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: 'Function' },
        Principal: 'events.amazonaws.com',
        SourceArn: getAtt(id, 'Arn'),
      });
    }
    expect(events.flatMap(([, { Properties }]) => Properties['EventPattern'] ?? [])).toEqual(
      eventPatterns(rule),
    );
  });

  test('its dead-letter queue takes messages from its own EventBridge rules and topics, and from nobody else', () => {
    const from = (service: string, sources: readonly unknown[]): readonly unknown[] =>
      sources.length === 0
        ? []
        : [
            {
              Effect: 'Allow',
              Principal: { Service: service },
              Action: 'sqs:SendMessage',
              Resource: getAtt('DeadLetterQueue', 'Arn'),
              Condition: { ArnEquals: { 'aws:SourceArn': sources } },
            },
          ];
    const events = resources(template, 'AWS::Events::Rule').map(([id]) => getAtt(id, 'Arn'));
    const topics = resources(template, 'AWS::SNS::Topic').flatMap(([id]) =>
      id === 'AlertTopic' ? [] : [{ Ref: id }],
    );
    expect(
      resources(template, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties),
    ).toEqual(
      isAsynchronous(rule)
        ? [
            {
              Queues: [{ Ref: 'DeadLetterQueue' }],
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  ...from('events.amazonaws.com', events),
                  ...from('sns.amazonaws.com', topics),
                ],
              },
            },
          ]
        : [],
    );
  });

  test('its queues are encrypted and keep for 14 days', () => {
    const queues = resources(template, 'AWS::SQS::Queue');
    expect(queues.map(([id]) => id).toSorted()).toEqual(
      isAsynchronous(rule) ? ['DeadLetterQueue', 'FailureQueue'] : [],
    );
    for (const [, { Properties }] of queues) {
      expect(Properties).toEqual({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    }
  });

  test('outputs tell no secret, and what is needed to look after it', () => {
    expect(Object.keys(template.Outputs ?? {})).toEqual([
      'AlertTopicArn',
      'FunctionName',
      'LogGroupName',
      ...(isAsynchronous(rule) ? ['FailureQueueUrl', 'DeadLetterQueueUrl'] : []),
      ...['SourceTopicArn', 'SourceTopic2Arn'].slice(0, count(rule, 'sns')),
      ...(count(rule, 'webhook') > 0 ? ['WebhookUrl', 'WebhookSecretArn'] : []),
    ]);
  });

  test('the function is made of one version of the zip where it is given, of the newest otherwise', () => {
    expect(template.Resources?.['Function']?.Properties?.['Code']).toEqual({
      S3Bucket: { Ref: 'CodeS3Bucket' },
      S3Key: { Ref: 'CodeS3Key' },
      S3ObjectVersion: {
        'Fn::If': ['IsGivenCodeVersion', { Ref: 'CodeS3ObjectVersion' }, { Ref: 'AWS::NoValue' }],
      },
    });
    expect(template.Parameters?.['CodeS3ObjectVersion']?.Default).toBe('');
  });

  test('every parameter but the code and what the rule requires has a default', () => {
    const required = Object.entries(template.Parameters ?? {}).flatMap(([name, { Default }]) =>
      Default === undefined ? [name] : [],
    );
    const ownRequired = Object.entries(allParameters(rule)).flatMap(([name, spec]) =>
      spec.default === undefined ? [name] : [],
    );
    expect(required).toEqual(['CodeS3Bucket', 'CodeS3Key', ...ownRequired]);
  });
});

describe('templates of two rules', () => {
  test('have the same logical ids', () => {
    const ids = (rule: AnyRule): readonly string[] =>
      Object.keys(ruleTemplate(rule).Resources ?? {});
    expect(ids(stopped)).toEqual(ids(small));
    const ofTriggers = /^(EventRule|Schedule|SourceTopic|Webhook)\d?|^Memory$/;
    expect(ids(large).filter((id) => !ofTriggers.test(id))).toEqual(
      ids(small).filter((id) => !ofTriggers.test(id)),
    );
    expect(ids(listening)).toEqual(
      expect.arrayContaining(['SourceTopic', 'SourceTopicPolicy', 'SourceTopicSubscription']),
    );
    expect(ids(hooked)).toEqual(
      expect.arrayContaining(['Webhook', 'WebhookRoute', 'WebhookStage', 'WebhookSecret']),
    );
  });

  test('differ only where the rules do', () => {
    const one = { ...small, parameters: { limit: number('A limit.', { default: '1' }) } };
    const other = {
      ...one,
      name: 'other',
      description: 'Alerts on other things.',
      triggers: [apiCall('iam.amazonaws.com', ['ListUsers'])],
    };
    expect(differences(ruleTemplate(one), ruleTemplate(other))).toEqual([
      '/Description',
      '/Resources/Role/Properties/Description',
      '/Resources/Function/Properties/Description',
      '/Resources/EventRule/Properties/Description',
      '/Resources/EventRule/Properties/EventPattern/detail/eventName/0',
      '/Resources/EventRule/Properties/State',
    ]);
    expect(differences(ruleTemplate(one), ruleTemplate(small))).toEqual([
      '/Parameters/limit',
      '/Resources/Function/Properties/Environment/Variables/limit',
    ]);
  });

  test('a parameter with the name of one of the template is refused', () => {
    for (const name of ['AlertEmail', 'DispatchSnsArn']) {
      expect(() => ruleTemplate({ ...small, parameters: { [name]: number('A.') } })).toThrow(
        `Parameters.${name} is defined twice.`,
      );
    }
  });
});

test('EventBridge rules are in the state that their pattern needs; schedules are on', () => {
  const states = resources(ruleTemplate(large), 'AWS::Events::Rule').map(([id, { Properties }]) => [
    id,
    Properties['State'],
    Properties['ScheduleExpression'],
  ]);
  expect(states).toEqual([
    ['EventRule', 'ENABLED', undefined],
    ['EventRule2', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS', undefined],
    ['EventRule3', 'ENABLED', undefined],
    ['EventRule4', 'ENABLED', undefined],
    ['Schedule', 'ENABLED', 'rate(5 minutes)'],
    ['Schedule2', 'ENABLED', 'cron(0 8 * * ? *)'],
  ]);
});

test('parameters of every kind', () => {
  const { Parameters } = ruleTemplate(large);
  expect(Parameters).toMatchObject({
    note: { Type: 'String', Default: 'none', Description: 'A note.' },
    topicName: { Type: 'String', MinLength: 1 },
    watched: {
      Type: 'String',
      MinLength: 1,
      Description:
        'Names to watch. Names, separated by commas; * stands for any run of characters.',
    },
    muted: { Type: 'String', Default: '' },
    limit: { Type: 'Number', Default: '3', MinValue: 1, MaxValue: 5 },
    mode: { Type: 'String', Default: 'one', AllowedValues: ['one', 'two'] },
    token: { Type: 'String', MinLength: 1 },
    deniedAttempts: { Type: 'String', Default: 'quiet', AllowedValues: ['quiet', 'alert'] },
  });
  // CloudFormation refuses these properties with other types.
  for (const parameter of Object.values(Parameters ?? {})) {
    expect(parameter).not.toHaveProperty(parameter['Type'] === 'Number' ? 'MinLength' : 'MinValue');
    const { AllowedValues: allowed, Default: value } = parameter;
    expect(Array.isArray(allowed) && value !== undefined ? allowed : [value]).toContain(value);
  }
});

test('has what the manifest promises to whoever deploys it', () => {
  const { parameters, outputs } = stackNames;
  const { publishers, ...always } = parameters;
  const { failures, sourceTopic, webhookUrl, webhookSecret, ...alwaysOut } = outputs;
  for (const [rule, ownParameters, ownOutputs] of [
    [large, [publishers], [failures, sourceTopic, webhookUrl, webhookSecret]],
    [small, [], [failures]],
    [listening, [publishers], [failures, sourceTopic]],
    [hooked, [], [webhookUrl, webhookSecret]],
  ] as const) {
    const template = ruleTemplate(rule);
    const namesIn = (found: object = {}, names: object): readonly string[] =>
      Object.values(names).filter((name) => Object.hasOwn(found, name));
    expect(namesIn(template.Parameters, parameters).toSorted()).toEqual(
      [...Object.values(always), ...ownParameters].toSorted(),
    );
    expect(namesIn(template.Outputs, outputs).toSorted()).toEqual(
      [...Object.values(alwaysOut), ...ownOutputs].toSorted(),
    );
    expect(template.Resources?.[stackNames.resources.function]?.Type).toBe('AWS::Lambda::Function');
  }
});

test('a given topic may be encrypted: its key may be used through SNS for that topic only', () => {
  const policy = ruleTemplate(small).Resources?.['EncryptedTopicPolicy'];
  expect(policy?.Condition).toBe('IsGivenAlertTopic');
  expect(policy?.Properties['PolicyDocument']).toMatchObject({
    Statement: [
      {
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Condition: {
          StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': { Ref: 'AlertTopicArn' } },
        },
      },
    ],
  });
});

test('Dispatch gets the alerts where its topic is given, in any region or account, encrypted or not', () => {
  for (const rule of [small, hooked]) {
    const template = ruleTemplate(rule);
    const policy = template.Resources?.['DispatchTopicPolicy'];
    expect(policy?.Condition).toBe('IsGivenDispatchTopic');
    expect(template.Conditions?.['IsGivenDispatchTopic']).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'DispatchSnsArn' }, ''] }],
    });
    expect(policy?.Properties).toMatchObject({
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: ['sns:Publish'], Resource: { Ref: 'DispatchSnsArn' } },
          {
            Effect: 'Allow',
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: '*',
            Condition: {
              StringLike: { 'kms:ViaService': 'sns.*.amazonaws.com*' },
              StringEquals: {
                'kms:EncryptionContext:aws:sns:topicArn': { Ref: 'DispatchSnsArn' },
              },
            },
          },
        ],
      },
    });
    // The values that the function knows, and users as it reads them.
    const { DispatchType: type, DispatchUsers: users } = template.Parameters ?? {};
    expect(type).toMatchObject({
      Default: 'bySeverity',
      AllowedValues: ['bySeverity', ...dispatchTypes],
    });
    const pattern = new RegExp(`^(?:${String(users?.['AllowedPattern'])})$`);
    for (const text of ['', 'U024BE7LH:alice, C061EG9SL', ':octo_corp-1']) {
      expect(text).toMatch(pattern);
    }
    expect('<!channel>').not.toMatch(pattern);
    // Nothing about it but in this policy: without the topic the role has no right to it.
    expect(JSON.stringify(template.Resources?.['Role'])).not.toContain('Dispatch');
  }
});

describe('a webhook, signed and throttled', () => {
  const template = ruleTemplate(hooked);
  const properties = (id: string): unknown => template.Resources?.[id]?.Properties;

  test('takes POST / alone, gives it to the function as it came, and is throttled', () => {
    expect(resources(template, 'AWS::ApiGatewayV2::Route').map(([id]) => id)).toEqual([
      'WebhookRoute',
    ]);
    expect(properties('WebhookRoute')).toEqual({
      ApiId: { Ref: 'Webhook' },
      RouteKey: 'POST /',
      AuthorizationType: 'NONE',
      Target: { 'Fn::Sub': 'integrations/${WebhookIntegration}' },
    });
    // Of this kind the function gets the headers and the raw body, which the signature is over.
    expect(properties('WebhookIntegration')).toEqual({
      ApiId: { Ref: 'Webhook' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: getAtt('Function', 'Arn'),
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 9000,
    });
    expect(properties('Webhook')).toMatchObject({ ProtocolType: 'HTTP' });
    expect(properties('Webhook')).not.toHaveProperty('CorsConfiguration');
    expect(properties('WebhookStage')).toEqual({
      ApiId: { Ref: 'Webhook' },
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 100 },
    });
  });

  test('may invoke the function through this route alone', () => {
    expect(properties('WebhookPermission')).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: 'Function' },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Sub':
          'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Webhook}/*/POST/',
      },
    });
  });

  test('has a secret of its own that no output, parameter or variable tells', () => {
    expect(template.Resources?.['WebhookSecret']).toEqual({
      Type: 'AWS::SecretsManager::Secret',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: {
        Description: {
          'Fn::Sub': 'Signs the deliveries of the GitHub webhook of ${AWS::StackName}.',
        },
        GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
      },
    });
    // The Ref of a secret is its ARN; `{{resolve:…}}` would be its value.
    expect(JSON.stringify(template)).not.toContain('{{resolve');
    expect(template.Outputs).toMatchObject({
      WebhookUrl: { Value: { 'Fn::Sub': '${Webhook.ApiEndpoint}/' } },
      WebhookSecretArn: { Value: { 'Fn::GetAtt': ['WebhookSecret', 'Id'] } },
    });
  });
});

describe('a topic whose messages run a rule', () => {
  const template = ruleTemplate(listening);
  const properties = (id: string): unknown => template.Resources?.[id]?.Properties;
  const statementsOf = (id: string): readonly Readonly<Record<string, unknown>>[] =>
    (properties(id) as { PolicyDocument: { Statement: Readonly<Record<string, unknown>>[] } })
      .PolicyDocument.Statement;
  const own = { Ref: 'AWS::AccountId' };

  test('is published to by the own account, named services for it, named accounts, over HTTPS', () => {
    const publish = { Action: 'sns:Publish', Resource: { Ref: 'SourceTopic' } };
    const ofService = (Sid: string, Service: string): unknown => ({
      Sid,
      Effect: 'Allow',
      Principal: { Service },
      ...publish,
      Condition: { StringEquals: { 'aws:SourceAccount': own } },
    });
    expect(properties('SourceTopicPolicy')).toMatchObject({ Topics: [{ Ref: 'SourceTopic' }] });
    expect(statementsOf('SourceTopicPolicy')).toEqual([
      { Sid: 'OwnAccount', Effect: 'Allow', Principal: { AWS: own }, ...publish },
      ofService('Backup', 'backup.amazonaws.com'),
      ofService('Ses', 'ses.amazonaws.com'),
      {
        'Fn::If': [
          'HasPublisherAccounts',
          {
            Sid: 'OtherAccounts',
            Effect: 'Allow',
            Principal: { AWS: { 'Fn::Split': [',', { Ref: 'PublisherAccounts' }] } },
            ...publish,
          },
          { Ref: 'AWS::NoValue' },
        ],
      },
      {
        Sid: 'HttpsOnly',
        Effect: 'Deny',
        Principal: '*',
        ...publish,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
    expect(statementsOf('SourceTopic2Policy')).toHaveLength(3);
    expect(JSON.stringify(statementsOf('SourceTopic2Policy'))).not.toContain('"Service"');
  });

  test('has accounts in a parameter that may be empty, and takes nothing else in it', () => {
    const { Default, AllowedPattern } = template.Parameters?.['PublisherAccounts'] ?? {};
    const pattern = new RegExp(`^(?:${String(AllowedPattern)})$`);
    for (const text of [Default, '111122223333', '111122223333,444455556666'])
      expect(text).toMatch(pattern);
    for (const text of ['*', '111122223333, 444455556666', '1111', '111122223333,', 'arn:aws'])
      expect(text).not.toMatch(pattern);
    expect(template.Conditions?.['HasPublisherAccounts']).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'PublisherAccounts' }, ''] }],
    });
  });

  test('delivers to the function, and keeps what it cannot deliver', () => {
    for (const id of ['SourceTopic', 'SourceTopic2']) {
      expect(properties(`${id}Subscription`)).toEqual({
        TopicArn: { Ref: id },
        Protocol: 'lambda',
        Endpoint: getAtt('Function', 'Arn'),
        RedrivePolicy: { deadLetterTargetArn: getAtt('DeadLetterQueue', 'Arn') },
      });
      expect(properties(`${id}Permission`)).toEqual({
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: 'Function' },
        Principal: 'sns.amazonaws.com',
        SourceArn: { Ref: id },
      });
    }
  });
});

test('a rule that reminds has a table, which costs nothing when it is not used', () => {
  const tables = (rule: AnyRule): readonly unknown[] =>
    resources(ruleTemplate(rule), 'AWS::DynamoDB::Table');
  expect(tables(scheduled('rate(1 hour)'))).toEqual([]);
  expect(tables(reminding)).toEqual([
    [
      'Memory',
      {
        Type: 'AWS::DynamoDB::Table',
        DeletionPolicy: 'Delete',
        UpdateReplacePolicy: 'Delete',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        },
      },
    ],
  ]);
});

test('alerts go to one place: an own topic, or a given one', () => {
  const template = ruleTemplate(small);
  expect(template.Conditions).toMatchObject({
    OwnsAlertTopic: { 'Fn::Equals': [{ Ref: 'AlertTopicArn' }, ''] },
  });
  for (const [, resource] of [
    ...resources(template, 'AWS::SNS::Topic'),
    ...resources(template, 'AWS::SNS::Subscription'),
  ]) {
    expect(resource.Condition).toBe('OwnsAlertTopic');
  }
  const pattern = new RegExp(
    `^(?:${String(template.Parameters?.['AlertTopicArn']?.['AllowedPattern'])})$`,
  );
  for (const arn of [
    '',
    'arn:aws:sns:us-east-1:111122223333:alerts',
    'arn:aws-us-gov:sns:us-gov-west-1:111122223333:a_b-C',
  ])
    expect(arn).toMatch(pattern);
  for (const arn of [
    'alerts',
    'arn:aws:sqs:us-east-1:111122223333:alerts',
    'arn:aws:sns:us-east-1:111122223333:alerts:subscription',
  ])
    expect(arn).not.toMatch(pattern);

  /** What CloudFormation makes of the condition functions of a rule. */
  const evaluate = (value: unknown, given: Readonly<Record<string, string>>): unknown => {
    if (!isObject(value)) return value;
    const [[name, argument] = ['', undefined]] = Object.entries(value);
    const parts = (Array.isArray(argument) ? argument : []).map((part) => evaluate(part, given));
    switch (name) {
      case 'Ref':
        return given[String(argument)];
      case 'Fn::Equals':
        return parts[0] === parts[1];
      case 'Fn::Not':
        return !parts[0];
      case 'Fn::And':
        return parts.every(Boolean);
      case 'Fn::Or':
        return parts.some(Boolean);
      default:
        throw new Error(`no function ${name}`);
    }
  };
  const assertion = (template.Rules as { OneDestination: { Assertions: { Assert: unknown }[] } })
    .OneDestination.Assertions[0]?.Assert;
  for (const [AlertEmail, AlertTopicArn, expected] of [
    ['', '', false],
    ['a@example.com', '', true],
    ['', 'arn', true],
    ['a@example.com', 'arn', false],
  ] as const) {
    expect(evaluate(assertion, { AlertEmail, AlertTopicArn })).toBe(expected);
  }
});

describe('the checks of this file refuse what they should', () => {
  const template = ruleTemplate(stopped);
  /** The template with another value at a place. */
  const changed = (path: string, value: unknown): unknown => {
    const copy = structuredClone(template) as unknown as Record<string, unknown>;
    const names = path.split('/');
    const last = names.pop() ?? '';
    let at = copy;
    for (const name of names) at = at[name] as Record<string, unknown>;
    expect(at).toBeTypeOf('object');
    if (value === undefined) delete at[last];
    else at[last] = value;
    return copy;
  };
  const inFunction = 'Resources/Function/Properties';

  test.each<[string, string, unknown, string]>([
    [
      'a type that is not there',
      'Resources/Function/Type',
      'AWS::Lambda::Functoin',
      'Function: no such type: AWS::Lambda::Functoin',
    ],
    ['a typo', `${inFunction}/MemorySise`, 256, 'Function.MemorySise: no such property'],
    [
      'a typo below',
      `${inFunction}/LoggingConfig/Format`,
      'JSON',
      'Function.LoggingConfig.Format: no such property',
    ],
    [
      'a typo in a list',
      'Resources/EventRule/Properties/Targets/0/DeadLetterQueue',
      'x',
      'EventRule.Targets.0.DeadLetterQueue: no such property',
    ],
    ['another case', `${inFunction}/memorySize`, 256, 'Function.memorySize: no such property'],
    [
      'a property of Object',
      `${inFunction}/constructor`,
      1,
      'Function.constructor: no such property',
    ],
    ['a missing property', `${inFunction}/Role`, undefined, 'Function.Role: required and missing'],
    [
      'a missing property below',
      'Resources/EventRule/Properties/Targets/0/Arn',
      undefined,
      'EventRule.Targets.0.Arn: required and missing',
    ],
    [
      'a text for a number',
      `${inFunction}/Timeout`,
      '30',
      'Function.Timeout: expected integer, found "30"',
    ],
    ['a fraction', `${inFunction}/Timeout`, 1.5, 'Function.Timeout: expected integer, found 1.5'],
    [
      'a number for a text',
      `${inFunction}/Handler`,
      1,
      'Function.Handler: expected string, found 1',
    ],
    [
      'a text for a flag',
      'Resources/FailureQueue/Properties/SqsManagedSseEnabled',
      'true',
      'FailureQueue.SqsManagedSseEnabled: expected boolean, found "true"',
    ],
    [
      'one for a list',
      `${inFunction}/Architectures`,
      'arm64',
      'Function.Architectures: expected array, found "arm64"',
    ],
    ['a list for one', `${inFunction}/Code`, [], 'Function.Code: expected ref, found []'],
    [
      'a number in a map',
      `${inFunction}/Environment/Variables/x`,
      1,
      'Function.Environment.Variables.x: expected string, found 1',
    ],
    [
      'a word that is not allowed',
      `${inFunction}/LoggingConfig/LogFormat`,
      'json',
      'Function.LoggingConfig.LogFormat: "json" is none of Text, JSON',
    ],
    [
      'a choice of which one does not fit',
      `${inFunction}/Timeout`,
      { 'Fn::If': ['OwnsAlertTopic', 30, 'x'] },
      'Function.Timeout.Fn::If: expected integer, found "x"',
    ],
  ])('the schemas: %s', (_, path, value, problem) => {
    expect(schemaProblems(changed(path, value))).toContain(problem);
  });

  test.each<[string, string, unknown, string]>([
    [
      'Ref',
      `${inFunction}/Handler`,
      { Ref: 'Functoin' },
      'Function.Handler: no such name: Functoin',
    ],
    [
      'GetAtt of nothing',
      `${inFunction}/Role`,
      { 'Fn::GetAtt': ['Rule', 'Arn'] },
      'Function.Role: no such resource: Rule',
    ],
    [
      'GetAtt of no attribute',
      `${inFunction}/Role`,
      { 'Fn::GetAtt': ['Role', 'ARN'] },
      'Function.Role: AWS::IAM::Role has no attribute ARN',
    ],
    [
      'GetAtt of a parameter',
      `${inFunction}/Role`,
      { 'Fn::GetAtt': 'CodeS3Key.Arn' },
      'Function.Role: no such resource: CodeS3Key',
    ],
    [
      'Sub',
      `${inFunction}/Handler`,
      { 'Fn::Sub': '${AWS::Partiton}' },
      'Function.Handler: no such name: AWS::Partiton',
    ],
    [
      'Sub with an attribute',
      `${inFunction}/Handler`,
      { 'Fn::Sub': '${Role.Name}' },
      'Function.Handler: AWS::IAM::Role has no attribute Name',
    ],
    [
      'If',
      `${inFunction}/Timeout`,
      { 'Fn::If': ['Nope', 1, 2] },
      'Function.Timeout: no such condition: Nope',
    ],
    ['Condition', 'Resources/AlertTopic/Condition', 'Nope', 'AlertTopic: no such condition: Nope'],
    [
      'DependsOn',
      'Resources/Function/DependsOn',
      ['Nope'],
      'Function: DependsOn names no resource: "Nope"',
    ],
    [
      'what may not be made',
      `${inFunction}/Handler`,
      { Ref: 'AlertTopic' },
      'Function.Handler: AlertTopic is only there when OwnsAlertTopic',
    ],
    [
      'what may not be made, in the other way',
      `${inFunction}/Handler`,
      { 'Fn::If': ['OwnsAlertTopic', 'x', { Ref: 'AlertTopic' }] },
      'Function.Handler: AlertTopic is only there when OwnsAlertTopic',
    ],
    [
      'an output',
      'Outputs/FunctionName/Value',
      { Ref: 'Nope' },
      'Outputs.FunctionName.Value: no such name: Nope',
    ],
  ])('the names: %s', (_, path, value, problem) => {
    expect(referenceProblems(changed(path, value))).toContain(problem);
  });
});
