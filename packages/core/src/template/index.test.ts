import { stackNames } from '../contracts/index.ts';
import { describe, expect, test } from 'vitest';
import { dispatchTypes } from '../lambda/dispatch.ts';
import { number } from '../parameter.ts';
import { stopped } from '../rule.fake.ts';
import { allParameters, type AnyRule, eventPatterns } from '../rule.ts';
import { apiCall, type Trigger } from '../trigger.ts';
import { type Resource, ruleTemplate, type Template } from './index.ts';
import { type Asked, deployed, type Deployed, stackIn } from './deployed.fake.ts';
import { hooked, large, listening, reminding, scheduled, small, sparing } from './rules.fake.ts';
import { referenceProblems, schemaProblems } from '../../../build/src/testing/schema.ts';

/** Whether a rule says that it remembers something. */
const remembers = ({ remindAfter, onceWithin }: AnyRule): boolean =>
  remindAfter !== undefined || onceWithin !== undefined;

const rules: readonly (readonly [string, AnyRule])[] = [
  stopped,
  small,
  large,
  scheduled('rate(1 day)'),
  reminding,
  sparing,
  listening,
  hooked,
].map((rule) => [rule.name, rule]);

/** The resources of a type, without those of the notifier, which `ownNotifier.test.ts` is about. */
const resources = (template: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(template.Resources ?? {}).filter(
    ([id, resource]) => resource.Type === type && !id.startsWith('Notifier'),
  );

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

/** The variables of the function of a stack. */
const environmentOf = ({ resources }: Deployed): Readonly<Record<string, unknown>> => {
  const { Environment } = resources['Function'] as {
    readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
  };
  return Environment.Variables;
};

const getAtt = (id: string, name: string): unknown => ({ 'Fn::GetAtt': [id, name] });

/** The ARN of a queue: of the stack's own, unless it is given another. */
const queueArn = (id: string): unknown => ({
  'Fn::If': ['OwnsQueues', getAtt(id, 'Arn'), { Ref: `${id}Arn` }],
});

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
        // The name of an alias is one in its function.
        !/\/(MetricName|PolicyName|DisplayName|StageName|AttributeName|Dimensions\/0\/Name|NotifierMute\/Properties\/Name)$/.test(
          path,
        );
      expect([path, isName && typeof value === 'string']).toEqual([path, false]);
    }
  });

  test('has no users, no keys, and no triggers but its own', () => {
    const types = Object.entries(template.Resources ?? {}).flatMap(([id, { Type }]) =>
      id.startsWith('Notifier') ? [] : [Type],
    );
    const isHooked = count(rule, 'webhook') > 0;
    const expected = [
      'AWS::CloudWatch::Alarm',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::LayerVersion',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::SNS::Subscription',
      'AWS::SNS::Topic',
      ...(count(rule, 'event', 'schedule') > 0 ? ['AWS::Events::Rule'] : []),
      ...(count(rule, 'sns') > 0 ? ['AWS::SNS::TopicPolicy'] : []),
      ...(isAsynchronous(rule)
        ? ['AWS::Lambda::EventInvokeConfig', 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy']
        : []),
      ...(remembers(rule) ? ['AWS::DynamoDB::Table'] : []),
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
    // Two more are those of the alerts. Several triggers on webhooks share an endpoint.
    expect(made('AWS::SNS::Topic')).toBe(count(rule, 'sns') + 2);
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
      const { may, arn } = deployed(template);
      const assumes = (by: Asked['by']): boolean =>
        may({ by, action: 'sts:AssumeRole', on: arn('Role') });
      expect(assumes({ service: 'lambda.amazonaws.com' })).toBe(true);
      expect(assumes({ service: 'events.amazonaws.com' })).toBe(false);
      expect(assumes({ account: stackIn.account })).toBe(false);
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

    test('does its own business with its own resources, and no other business than the rule asks for', () => {
      const { may, arn } = deployed(template, { AlertEmail: 'a@example.com' });
      const own: readonly (readonly [string, string])[] = [
        ['logs:CreateLogStream', 'LogGroup'],
        ['logs:PutLogEvents', 'LogGroup'],
        ['sns:Publish', 'AlertTopic'],
        ...(isAsynchronous(rule) ? ([['sqs:SendMessage', 'FailureQueue']] as const) : []),
        ...(count(rule, 'webhook') > 0
          ? ([['secretsmanager:GetSecretValue', 'WebhookSecret']] as const)
          : []),
        ...(rule.remindAfter === undefined ? [] : ([['dynamodb:GetItem', 'Memory']] as const)),
        ...(remembers(rule) ? ([['dynamodb:PutItem', 'Memory']] as const) : []),
      ];
      for (const [action, id] of own) {
        const mayOn = (on: string): boolean => may({ by: { role: 'Role' }, action, on });
        expect([action, id, mayOn(arn(id))]).toEqual([action, id, true]);
        expect([action, mayOn(`${arn(id)}Elsewhere`)]).toEqual([action, false]);
      }
      const ofSecrets = Object.values(allParameters(rule)).some(({ kind }) => kind === 'secret')
        ? ['secretsmanager:GetSecretValue', 'ssm:GetParameter', 'kms:Decrypt']
        : [];
      const asked = (rule.permissions ?? []).flatMap(({ Action }) => Action);
      expect(new Set(statements.flatMap(({ Action }) => Action as readonly string[]))).toEqual(
        new Set([...own.map(([action]) => action), ...ofSecrets, ...asked]),
      );
      // What the rule asks for is there as it says it, with its own conditions.
      for (const permission of rule.permissions ?? []) {
        expect(statements).toContainEqual({ Effect: 'Allow', ...permission });
      }
    });

    test('publishes to a given topic instead of its own', () => {
      const topic = 'arn:aws:sns:us-east-1:444455556666:alerts';
      const { may, arn } = deployed(template, { AlertTopicArn: topic });
      const publishes = (on: string): boolean =>
        may({ by: { role: 'Role' }, action: 'sns:Publish', on });
      expect([publishes(topic), publishes(arn('AlertTopic'))]).toEqual([true, false]);
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
      const own = Object.fromEntries(
        Object.keys(allParameters(rule)).map((name) => [name, `the ${name}`]),
      );
      const dispatch = {
        DispatchSnsArn: 'arn:aws:sns:us-east-1:444455556666:dispatch',
        DispatchType: 'broadcast',
        DispatchUsers: 'U024BE7LH:alice',
      };
      const stack = deployed(template, { AlertEmail: 'a@example.com', ...dispatch, ...own });
      const environment = environmentOf(stack);
      expect(environment).toEqual({
        ALERT_TOPIC_ARN: stack.arn('MachinesTopic'),
        ALERT_FORM: 'text',
        // The notifier has it.
        DISPATCH_SNS_ARN: '',
        DISPATCH_FORM: 'dispatch',
        DISPATCH_TYPE: dispatch.DispatchType,
        DISPATCH_USERS: dispatch.DispatchUsers,
        NAMES_FILE: '',
        ...(count(rule, 'webhook') > 0 ? { WEBHOOK_SECRET_ARN: stack.arn('WebhookSecret') } : {}),
        ...(remembers(rule) ? { MEMORY_TABLE: 'Memory' } : {}),
        ...own,
      });
      const topic = 'arn:aws:sns:us-east-1:111122223333:alerts';
      expect(environmentOf(deployed(template, { AlertTopicArn: topic }))).toMatchObject({
        ALERT_TOPIC_ARN: topic,
        DISPATCH_SNS_ARN: '',
      });
      for (const name of Object.keys(environment)) expect(name).toMatch(/^[a-zA-Z][a-zA-Z0-9_]+$/);
      // Lambda: 4 KB in all.
      const bytes = Object.entries(allParameters(rule)).reduce(
        (sum, [name, spec]) => sum + name.length + (spec.default ?? spec.example ?? '').length,
        300,
      );
      expect(bytes).toBeLessThanOrEqual(4096);
    });

    test('has the file with the names in a layer, where there is one', () => {
      const NamesSha256 = 'ab'.repeat(32);
      const stack = deployed(template, { AlertEmail: 'a@example.com', NamesSha256 });
      expect(environmentOf(stack)['NAMES_FILE']).toBe(`/opt/${NamesSha256}.json`);
      expect(stack.resources['Function']?.['Layers']).toEqual(['Names']);
      expect(stack.resources['Names']?.['Content']).toMatchObject({
        S3Key: `patrol/names/${NamesSha256}.zip`,
      });
      const without = deployed(template, { AlertEmail: 'a@example.com' }).resources;
      expect(without['Function']?.['Layers']).toBeUndefined();
      expect(without['Names']).toBeUndefined();
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
        DestinationConfig: { OnFailure: { Destination: queueArn('FailureQueue') } },
      });
    });
  });

  test('each event and schedule has its EventBridge rule with queue and retries, which alone invokes the function', () => {
    const events = resources(template, 'AWS::Events::Rule');
    const { may, arn } = deployed(template);
    const invokes = (source: string, service = 'events.amazonaws.com'): boolean =>
      may({
        by: { service },
        action: 'lambda:InvokeFunction',
        on: arn('Function'),
        context: { 'aws:SourceArn': source },
      });
    for (const [id, { Properties }] of events) {
      expect(String(Properties['Description']).length).toBeLessThanOrEqual(512);
      expect(Properties['Targets']).toEqual([
        {
          Id: 'Function',
          Arn: getAtt('Function', 'Arn'),
          DeadLetterConfig: { Arn: queueArn('DeadLetterQueue') },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        },
      ]);
      expect([id, invokes(arn(id))]).toEqual([id, true]);
      expect([id, invokes(`${arn(id)}9`)]).toEqual([id, false]);
      expect([id, invokes(arn(id), 'sns.amazonaws.com')]).toEqual([id, false]);
    }
    expect(events.flatMap(([, { Properties }]) => Properties['EventPattern'] ?? [])).toEqual(
      eventPatterns(rule),
    );
  });

  test('its dead-letter queue takes messages from its own EventBridge rules and topics, and from nobody else', () => {
    const { may, arn } = deployed(template, { AlertEmail: 'a@example.com' });
    const sends = (service: string, source: string, action = 'sqs:SendMessage'): boolean =>
      may({
        by: { service },
        action,
        on: arn('DeadLetterQueue'),
        context: { 'aws:SourceArn': source },
      });
    const senders = [
      ...resources(template, 'AWS::Events::Rule').map(([id]) => ['events.amazonaws.com', id]),
      ...resources(template, 'AWS::SNS::Topic').map(([id]) => ['sns.amazonaws.com', id]),
    ] as const;
    const letIn = senders.filter(([service = '', id = '']) => sends(service, arn(id)));
    expect(letIn).toEqual(
      senders.filter(([, id = '']) => !['AlertTopic', 'MachinesTopic'].includes(id)),
    );
    for (const [service = '', id = ''] of letIn) {
      expect(sends(service, `${arn(id)}Elsewhere`)).toBe(false);
      expect(sends('s3.amazonaws.com', arn(id))).toBe(false);
      expect(sends(service, arn(id), 'sqs:ReceiveMessage')).toBe(false);
    }
    expect(
      may({
        by: { account: stackIn.account },
        action: 'sqs:SendMessage',
        on: arn('DeadLetterQueue'),
      }),
    ).toBe(false);
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
      'MachinesTopicArn',
      'FunctionName',
      'LogGroupName',
      ...(isAsynchronous(rule) ? ['FailureQueueUrl', 'DeadLetterQueueUrl'] : []),
      ...['SourceTopicArn', 'SourceTopic2Arn'].slice(0, count(rule, 'sns')),
      ...(count(rule, 'webhook') > 0 ? ['WebhookUrl', 'WebhookSecretArn'] : []),
      'NotifierFunctionName',
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
      Description: 'Names to watch. Names, separated by commas; * matches any characters.',
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

test('the former names of a parameter leave no trace: a renamed parameter is one like any other', () => {
  const withLimit = (formerly: { readonly formerly?: readonly string[] }): Template =>
    ruleTemplate({
      ...small,
      parameters: { limit: number('A limit.', { default: '3', ...formerly }) },
    });
  expect(withLimit({ formerly: ['atMost'] })).toEqual(withLimit({}));
});

test('has what the manifest promises to whoever deploys it', () => {
  const { parameters, outputs } = stackNames;
  const {
    publishers,
    failureQueue,
    deadLetterQueue,
    webhookSecret: secret,
    ...always
  } = parameters;
  const { failures, undelivered, sourceTopic, webhookUrl, webhookSecret, ...alwaysOut } = outputs;
  const queues = [failureQueue, deadLetterQueue];
  const urls = [failures, undelivered];
  for (const [rule, ownParameters, ownOutputs] of [
    [large, [publishers, secret, ...queues], [...urls, sourceTopic, webhookUrl, webhookSecret]],
    [small, queues, urls],
    [listening, [publishers, ...queues], [...urls, sourceTopic]],
    [hooked, [secret], [webhookUrl, webhookSecret]],
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

/** Whether the role of a rule's stack may use a key: for a topic, through a service. */
const usesKey = (
  stack: Deployed,
  topic: string,
  through = 'sns.us-east-1.amazonaws.com',
  role = 'Role',
): boolean =>
  ['kms:Decrypt', 'kms:GenerateDataKey'].every((action) =>
    stack.may({
      by: { role },
      action,
      on: 'arn:aws:kms:us-east-1:444455556666:key/1',
      context: { 'kms:ViaService': through, 'kms:EncryptionContext:aws:sns:topicArn': topic },
    }),
  );

test('a given topic may be encrypted: its key may be used through SNS for that topic only', () => {
  const topic = 'arn:aws:sns:us-east-1:444455556666:alerts';
  const stack = deployed(ruleTemplate(small), { AlertTopicArn: topic });
  expect(usesKey(stack, topic)).toBe(true);
  expect(usesKey(stack, `${topic}-others`)).toBe(false);
  expect(usesKey(stack, topic, 's3.us-east-1.amazonaws.com')).toBe(false);
  const withOwnTopic = deployed(ruleTemplate(small), { AlertEmail: 'a@example.com' });
  expect(usesKey(withOwnTopic, withOwnTopic.arn('AlertTopic'))).toBe(false);
  expect(withOwnTopic.resources).not.toHaveProperty('EncryptedTopicPolicy');
});

test('Dispatch gets the alerts where its topic is given, in any region or account, encrypted or not', () => {
  for (const rule of [small, hooked]) {
    const template = ruleTemplate(rule);
    const topic = 'arn:aws:sns:us-east-1:444455556666:dispatch';
    const sns = 'sns.us-east-1.amazonaws.com';
    const email = { AlertEmail: 'a@example.com' };
    const alerts = { AlertTopicArn: 'arn:aws:sns:us-east-1:444455556666:alerts' };
    // Where there is a notifier, it tells Dispatch what it tells people.
    for (const [destination, role, other] of [
      [email, 'NotifierRole', 'Role'],
      [alerts, 'Role', 'NotifierRole'],
    ] as const) {
      const publishes = (stack: Deployed, by: string): boolean =>
        stack.may({ by: { role: by }, action: 'sns:Publish', on: topic });
      const given = deployed(template, { DispatchSnsArn: topic, ...destination });
      expect([publishes(given, role), usesKey(given, topic, sns, role)]).toEqual([true, true]);
      expect([publishes(given, other), usesKey(given, topic, sns, other)]).toEqual([false, false]);
      expect(usesKey(given, `${topic}-others`, sns, role)).toBe(false);
      expect(usesKey(given, topic, 's3.us-east-1.amazonaws.com', role)).toBe(false);
      const without = deployed(template, destination);
      expect([publishes(without, role), usesKey(without, topic, sns, role)]).toEqual([
        false,
        false,
      ]);
      expect(without.resources).not.toHaveProperty('NotifierDispatchPolicy');
    }
    const without = deployed(template, email);
    // IAM refuses a policy for the topic of an empty ARN.
    expect(without.resources).not.toHaveProperty('DispatchTopicPolicy');
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
    const { may, arn } = deployed(template);
    const invokes = (path: string, api = 'Webhook'): boolean =>
      may({
        by: { service: 'apigateway.amazonaws.com' },
        action: 'lambda:InvokeFunction',
        on: arn('Function'),
        context: {
          'aws:SourceArn': `arn:aws:execute-api:${stackIn.region}:${stackIn.account}:${api}/${path}`,
        },
      });
    expect(invokes('$default/POST/')).toBe(true);
    expect(invokes('$default/GET/')).toBe(false);
    expect(invokes('$default/POST/other')).toBe(false);
    expect(invokes('$default/POST/', 'Other')).toBe(false);
  });

  test('has a secret of its own that no output, parameter or variable tells', () => {
    expect(template.Resources?.['WebhookSecret']).toEqual({
      Type: 'AWS::SecretsManager::Secret',
      Condition: 'OwnsWebhookSecret',
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
      WebhookSecretArn: {
        Value: {
          'Fn::If': [
            'OwnsWebhookSecret',
            { 'Fn::GetAtt': ['WebhookSecret', 'Id'] },
            { Ref: 'WebhookSecretArn' },
          ],
        },
      },
    });
  });

  test('has none when it shares one: the function is told that one, and may read no other', () => {
    const shared = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:WebhookFleetSecret-AbCdEf';
    const { resources, may } = deployed(template, { WebhookSecretArn: shared });
    expect(resources['WebhookSecret']).toBeUndefined();
    expect(resources['Function']).toMatchObject({
      Environment: { Variables: { WEBHOOK_SECRET_ARN: shared } },
    });
    const reads = (on: string): boolean =>
      may({ by: { role: 'Role' }, action: 'secretsmanager:GetSecretValue', on });
    expect([shared, `${shared}x`, shared.replace('Fleet', 'Other')].map(reads)).toEqual([
      true,
      false,
      false,
    ]);
    const { AllowedPattern } = template.Parameters?.['WebhookSecretArn'] ?? {};
    const isTaken = (text: string): boolean =>
      new RegExp(`^(?:${String(AllowedPattern)})$`).test(text);
    expect(
      ['', shared, 'arn:aws:ssm:eu-west-1:111122223333:parameter/x', 'x'].map(isTaken),
    ).toEqual([true, true, false, false]);
  });
});

describe('a topic whose messages run a rule', () => {
  const template = ruleTemplate(listening);
  const properties = (id: string): unknown => template.Resources?.[id]?.Properties;
  test('is published to by the own account, named services for it, named accounts, over HTTPS', () => {
    const others = '444455556666';
    const stack = deployed(template, { PublisherAccounts: `222233334444,${others}` });
    const publishes =
      (id: string, { may, arn } = stack) =>
      (by: Asked['by'], context: Asked['context'] = {}): boolean =>
        may({ by, action: 'sns:Publish', on: arn(id), context });
    const own = { 'aws:SourceAccount': stackIn.account };
    const first = publishes('SourceTopic');
    expect(first({ account: stackIn.account })).toBe(true);
    expect(first({ account: others })).toBe(true);
    expect(first({ account: '999988887777' })).toBe(false);
    expect(first({ account: stackIn.account }, { 'aws:SecureTransport': 'false' })).toBe(false);
    for (const service of ['backup.amazonaws.com', 'ses.amazonaws.com']) {
      expect(first({ service }, own)).toBe(true);
      // Anybody can have a service publish for an account of theirs.
      expect(first({ service }, { 'aws:SourceAccount': others })).toBe(false);
      expect(first({ service }, { ...own, 'aws:SecureTransport': 'false' })).toBe(false);
      expect(publishes('SourceTopic2')({ service }, own)).toBe(false);
    }
    expect(first({ service: 's3.amazonaws.com' }, own)).toBe(false);
    expect(publishes('SourceTopic2')({ account: stackIn.account })).toBe(true);
    const withoutOthers = publishes('SourceTopic', deployed(template));
    expect(withoutOthers({ account: stackIn.account })).toBe(true);
    expect(withoutOthers({ account: others })).toBe(false);
    expect(withoutOthers({ account: '' })).toBe(false);
  });

  test('has accounts in a parameter that may be empty, and takes nothing else in it', () => {
    const { Default, AllowedPattern } = template.Parameters?.['PublisherAccounts'] ?? {};
    const pattern = new RegExp(`^(?:${String(AllowedPattern)})$`);
    for (const text of [Default, '111122223333', '111122223333,444455556666'])
      expect(text).toMatch(pattern);
    for (const text of ['*', '111122223333, 444455556666', '1111', '111122223333,', 'arn:aws'])
      expect(text).not.toMatch(pattern);
  });

  test('delivers to the function, and keeps what it cannot deliver', () => {
    for (const id of ['SourceTopic', 'SourceTopic2']) {
      expect(properties(`${id}Subscription`)).toEqual({
        TopicArn: { Ref: id },
        Protocol: 'lambda',
        Endpoint: getAtt('Function', 'Arn'),
        RedrivePolicy: { deadLetterTargetArn: queueArn('DeadLetterQueue') },
      });
      const { may, arn } = deployed(template);
      const invokes = (source: string): boolean =>
        may({
          by: { service: 'sns.amazonaws.com' },
          action: 'lambda:InvokeFunction',
          on: arn('Function'),
          context: { 'aws:SourceArn': source },
        });
      expect([invokes(arn(id)), invokes(`${arn(id)}9`)]).toEqual([true, false]);
    }
  });
});

test('a table forgets by itself what is told once, and keeps what a rule reminds of', () => {
  const forgets = (rule: AnyRule): unknown =>
    resources(ruleTemplate(rule), 'AWS::DynamoDB::Table').map(
      ([, { Properties }]) => Properties?.['TimeToLiveSpecification'],
    );
  expect(forgets(sparing)).toEqual([{ AttributeName: 'forgetAt', Enabled: true }]);
  expect(forgets(reminding)).toEqual([undefined]);
});

test('a rule that reminds has a table, which costs nothing when it is not used and goes with the stack', () => {
  const tables = (rule: AnyRule): readonly Resource[] =>
    resources(ruleTemplate(rule), 'AWS::DynamoDB::Table').map(([, table]) => table);
  expect(tables(scheduled('rate(1 hour)'))).toEqual([]);
  const [table, ...more] = tables(reminding);
  expect(more).toEqual([]);
  expect(table?.Properties).toMatchObject({ BillingMode: 'PAY_PER_REQUEST' });
  expect(table?.Properties).not.toHaveProperty('ProvisionedThroughput');
  expect([table?.DeletionPolicy, table?.UpdateReplacePolicy]).toEqual(['Delete', 'Delete']);
});

test('alerts go to one place: an own topic, or a given one', () => {
  const template = ruleTemplate(small);
  const topicsOf = (values: Readonly<Record<string, string>>): readonly string[] =>
    Object.keys(deployed(template, values).resources)
      .filter((id) => /^Alert(T|S)/.test(id))
      .toSorted();
  expect(topicsOf({ AlertEmail: 'a@example.com' })).toEqual(['AlertSubscription', 'AlertTopic']);
  expect(topicsOf({ AlertTopicArn: 'arn:aws:sns:us-east-1:111122223333:alerts' })).toEqual([]);
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

  const assertion = (template.Rules as { OneDestination: { Assertions: { Assert: unknown }[] } })
    .OneDestination.Assertions[0]?.Assert;
  for (const [AlertEmail, AlertTopicArn, expected] of [
    ['', '', false],
    ['a@example.com', '', true],
    ['', 'arn', true],
    ['a@example.com', 'arn', false],
  ] as const) {
    expect(deployed(template, { AlertEmail, AlertTopicArn }).value(assertion)).toBe(expected);
    // Any address does, whichever parameter it has.
    expect(deployed(template, { AlertEmail4: AlertEmail, AlertTopicArn }).value(assertion)).toBe(
      expected,
    );
  }
});

test('each e-mail address has a subscription of its own, and no other one keeps it', () => {
  const endpoints = (values: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(deployed(ruleTemplate(small), values).resources).flatMap(([id, of]) =>
        id.startsWith('AlertSubscription') ? [[id, of['Endpoint']]] : [],
      ),
    );
  const all = { AlertEmail: 'a@example.com', AlertEmail2: 'b@example.com', AlertEmail5: 'e@e.ee' };
  expect(endpoints(all)).toEqual({
    AlertSubscription: 'a@example.com',
    AlertSubscription2: 'b@example.com',
    AlertSubscription5: 'e@e.ee',
  });
  expect(endpoints({ ...all, AlertEmail: '' })).toEqual({
    AlertSubscription2: 'b@example.com',
    AlertSubscription5: 'e@e.ee',
  });
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

describe('a permissions boundary', () => {
  const roles = ({ resources: found }: Deployed, template: Template): readonly unknown[] =>
    Object.entries(template.Resources ?? {}).flatMap(([id, { Type }]) =>
      Type === 'AWS::IAM::Role' ? [found[id]?.['PermissionsBoundary']] : [],
    );

  test.each(rules)('of %s is on all roles, or on none', (_, rule) => {
    const template = ruleTemplate(rule);
    const values = { AlertEmail: 'a@example.com', AlertTopicArn: '', PermissionsBoundary: '' };
    const arn = `arn:${stackIn.partition}:iam::${stackIn.account}:policy/team/limits`;
    // The rule's, and that of the notifier which tells people.
    expect(roles(deployed(template, values), template)).toEqual([undefined, undefined]);
    expect(
      roles(deployed(template, { ...values, PermissionsBoundary: 'team/limits' }), template),
    ).toEqual([arn, arn]);
  });

  test.each([
    ['limits', true],
    ['team/a-1/limits', true],
    ['', true],
    ['arn:aws:iam::aws:policy/AWSDenyAll', false],
    ['/limits', false],
    ['../limits x', false],
  ])('%j is a name: %j', (text, isOne) => {
    const { AllowedPattern } = ruleTemplate(stopped).Parameters?.['PermissionsBoundary'] ?? {};
    expect(new RegExp(`^(?:${String(AllowedPattern)})$`).test(text)).toBe(isOne);
  });
});
