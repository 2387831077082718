import { stackNames } from '../manifest.ts';
import { describe, expect, test } from 'vitest';
import { isObject } from '../cloudtrail.ts';
import { number } from '../parameter.ts';
import { stopped } from '../rule.fake.ts';
import { allParameters, type AnyRule, eventPatterns } from '../rule.ts';
import { apiCall } from '../trigger.ts';
import { type Resource, ruleTemplate, type Template } from './index.ts';
import { large, scheduled, small } from './rules.fake.ts';
import { referenceProblems, schemaProblems } from './schema.fake.ts';

const rules: readonly (readonly [string, AnyRule])[] = [
  stopped,
  small,
  large,
  scheduled('rate(1 day)'),
].map((rule) => [rule.name, rule]);

const resources = (template: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(template.Resources ?? {}).filter(([, resource]) => resource.Type === type);

const only = (template: Template, type: string): Readonly<Record<string, unknown>> => {
  const found = resources(template, type);
  expect(found).toHaveLength(1);
  return found[0]?.[1].Properties ?? {};
};

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

  test('is the same each time (L9)', () => {
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

  test('hard-codes no partition, account, region or name (L14)', () => {
    expect(JSON.stringify(template)).not.toMatch(/arn:aws[\w-]*:/);
    expect(JSON.stringify(template.Resources)).not.toMatch(/\b\d{12}\b|\b(us|eu|ap)-[a-z]+-\d\b/);
    // A name that is not made from the stack's would be taken in the second stack of an account.
    for (const [path, value] of walk(template.Resources)) {
      const isName =
        path.endsWith('Name') &&
        !/\/(MetricName|PolicyName|DisplayName|Dimensions\/0\/Name)$/.test(path);
      expect([path, isName && typeof value === 'string']).toEqual([path, false]);
    }
  });

  test('has no users, no keys, and no triggers but its own (L5, L6)', () => {
    const types = Object.values(template.Resources ?? {}).map(({ Type }) => Type);
    expect([...new Set(types)].toSorted()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::Events::Rule',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::SNS::Subscription',
      'AWS::SNS::Topic',
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
    ]);
    expect(types.filter((type) => type === 'AWS::Events::Rule')).toHaveLength(rule.triggers.length);
  });

  describe('its role (L8)', () => {
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

    test('writes to its own log, publishes to its topic, and to its failure queue', () => {
      expect(statements.slice(0, 3)).toEqual([
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
        { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: getAtt('FailureQueue', 'Arn') },
      ]);
    });

    test('reads secrets only where there are some, each by its own reference', () => {
      const secrets = Object.entries(allParameters(rule)).flatMap(([name, { kind }]) =>
        kind === 'secret' ? [name] : [],
      );
      const reading = statements.filter(({ Action }) =>
        (Action as readonly string[]).includes('secretsmanager:GetSecretValue'),
      );
      expect(reading.map(({ Resource: on }) => on)).toEqual(secrets.map((name) => ({ Ref: name })));
      expect(JSON.stringify(statements).includes('kms:Decrypt')).toBe(secrets.length > 0);
    });
  });

  describe('its function', () => {
    const lambda = only(template, 'AWS::Lambda::Function');

    test('has a runtime, limits and a log of its own with an end (L12, L15)', () => {
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

    test('is given its parameters and its topic, and nothing else (L12)', () => {
      const environment = (lambda['Environment'] as { Variables: Record<string, unknown> })
        .Variables;
      expect(environment).toEqual({
        ALERT_TOPIC_ARN: {
          'Fn::If': ['OwnsAlertTopic', { Ref: 'AlertTopic' }, { Ref: 'AlertTopicArn' }],
        },
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

    test('keeps what it cannot evaluate (E2)', () => {
      expect(only(template, 'AWS::Lambda::EventInvokeConfig')).toEqual({
        FunctionName: { Ref: 'Function' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: getAtt('FailureQueue', 'Arn') } },
      });
    });
  });

  test('each trigger has its EventBridge rule with queue and retries, and its permission (E2)', () => {
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
    expect(resources(template, 'AWS::Lambda::Permission')).toHaveLength(events.length);
    expect(events.flatMap(([, { Properties }]) => Properties['EventPattern'] ?? [])).toEqual(
      eventPatterns(rule),
    );
    // The queue takes messages from these rules and from nobody else.
    expect(only(template, 'AWS::SQS::QueuePolicy')).toMatchObject({
      Queues: [{ Ref: 'DeadLetterQueue' }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: getAtt('DeadLetterQueue', 'Arn'),
            Condition: { ArnEquals: { 'aws:SourceArn': events.map(([id]) => getAtt(id, 'Arn')) } },
          },
        ],
      },
    });
  });

  test('its queues are encrypted and keep for 14 days', () => {
    const queues = resources(template, 'AWS::SQS::Queue');
    expect(queues.map(([id]) => id).toSorted()).toEqual(['DeadLetterQueue', 'FailureQueue']);
    for (const [, { Properties }] of queues) {
      expect(Properties).toEqual({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    }
  });

  test('outputs tell no secret, and what is needed to look after it (L5)', () => {
    expect(Object.keys(template.Outputs ?? {})).toEqual([
      'AlertTopicArn',
      'FunctionName',
      'LogGroupName',
      'FailureQueueUrl',
      'DeadLetterQueueUrl',
    ]);
  });

  test('every parameter but the code and what the rule requires has a default (L13)', () => {
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
    expect(ids(large).filter((id) => !/^(EventRule|Schedule)\d?/.test(id))).toEqual(
      ids(small).filter((id) => !id.startsWith('EventRule')),
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
    expect(() => ruleTemplate({ ...small, parameters: { AlertEmail: number('A.') } })).toThrow(
      'Parameters.AlertEmail is defined twice.',
    );
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
  for (const template of [small, large].map(ruleTemplate)) {
    expect(Object.keys(template.Parameters ?? {})).toEqual(
      expect.arrayContaining(Object.values(stackNames.parameters)),
    );
    expect(Object.keys(template.Outputs ?? {})).toEqual(
      expect.arrayContaining(Object.values(stackNames.outputs)),
    );
    expect(template.Resources?.[stackNames.resources.function]?.Type).toBe('AWS::Lambda::Function');
  }
});

test('a given topic may be encrypted: its key may be used through SNS for that topic only', () => {
  const [[, policy] = []] = resources(ruleTemplate(small), 'AWS::IAM::Policy');
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
