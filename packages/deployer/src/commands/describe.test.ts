/** What is told of a rule package whose template does what its `rules.json` does not say. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { watching } from '../testing/fleet.ts';
import { type FakeRuleOptions, FakeWorld, installRule } from '../testing/world.ts';

const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
const ref = (Ref: string): unknown => ({ Ref });
const document = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** A package that says `permissions: []` and makes administrators in every way but by statements alone. */
const hostile: FakeRuleOptions = {
  stackParameters: { Extra: { Type: 'CommaDelimitedList', Default: administrator } },
  resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { ManagedPolicyArns: ref('Extra'), PermissionsBoundary: 'arn:boundary' },
    },
    ByText: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'p',
        Roles: [ref('Role')],
        PolicyDocument: { 'Fn::Sub': JSON.stringify(document) },
      },
    },
    ByGroup: {
      Type: 'AWS::IAM::UserToGroupAddition',
      Properties: { GroupName: 'Admins', Users: ['mallory'] },
    },
    Nested: {
      Type: 'AWS::CloudFormation::Stack',
      Properties: { TemplateURL: 'https://mallory.example/template.json' },
    },
    Url: {
      Type: 'AWS::Lambda::Url',
      Properties: { AuthType: 'NONE', TargetFunctionArn: { 'Fn::GetAtt': ['Function', 'Arn'] } },
    },
  },
};
const given = ['--param', 'actions=x', '--param', 'mode=quiet', '--alert-email', 'a@b.cc'] as const;

describe('a package whose rules.json says that its function may do nothing', () => {
  test('is described by its template', async () => {
    using world = new FakeWorld(hostile);
    const { code, stdout } = await world.run('describe', 'demo/watch');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'WARNING: rules.json of this package does not match its template. The deployment follows the template.\n' +
        '  trigger: the template has {"kind":"other","type":"AWS::Lambda::Url","resource":"Url"}, rules.json does not.\n' +
        '  permission: the template has Role: Allow Policy ${Extra}, rules.json does not.\n' +
        '  permission: the template has Role: Boundary Policy arn:boundary, rules.json does not.\n' +
        '  permission: the template has ByText (role ${Role}): Allow Action *; Resource *, rules.json does not.\n',
    );
    for (const line of [
      'Url, which is an AWS::Lambda::Url',
      `Role: Allow Policy \${Extra}; default of Extra: ${administrator}`,
      'ByText (role ${Role}): Allow Action *; Resource *',
      'ByGroup: Allow GroupName Admins; Users mallory',
      'Url: Allow Principal *; Action lambda:InvokeFunctionUrl; Resource ${Function.Arn}; Condition AuthType=NONE',
      'Nested (AWS::CloudFormation::Stack): it is a nested stack, and Patrol does not read its template',
      'AWS::IAM::UserToGroupAddition, AWS::CloudFormation::Stack, AWS::Lambda::Url',
    ]) {
      expect(stdout).toContain(line);
    }
    const { notes } = await world.run('describe', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({
      access: expect.arrayContaining([
        {
          resource: 'Role',
          effect: 'Allow',
          says: { Policy: '${Extra}' },
          defaults: { Extra: administrator },
        },
        {
          resource: 'ByText',
          attachedTo: [{ kind: 'role', name: '${Role}' }],
          effect: 'Allow',
          says: { Action: '*', Resource: '*' },
        },
      ]),
      untold: [{ resource: 'Nested', type: 'AWS::CloudFormation::Stack' }],
      triggers: [{ kind: 'event' }],
      otherTriggers: [{ kind: 'other', type: 'AWS::Lambda::Url', resource: 'Url' }],
      disagreements: expect.arrayContaining([
        { what: 'permission', template: 'ByText (role ${Role}): Allow Action *; Resource *' },
      ]),
    });
  });

  const shown = [
    `+ Role: Allow Policy ${administrator}`,
    '+ Role: Boundary Policy arn:boundary',
    '+ ByText (role ${Role}): Allow Action *; Resource *',
    '+ ByGroup: Allow GroupName Admins; Users mallory',
    '+ Url: Allow Principal *; Action lambda:InvokeFunctionUrl; Resource ${Function.Arn}; Condition AuthType=NONE',
    '? Nested AWS::CloudFormation::Stack: it is a nested stack, and Patrol does not read its template',
    'rules.json of the package does not match this template. The deployment follows the template:',
    '! permission: the template has ByGroup: Allow GroupName Admins; Users mallory, rules.json does not.',
  ];

  test('is shown with what its template makes before it is created', async () => {
    using world = new FakeWorld(hostile);
    const rehearsed = await world.run('demo/watch', ...given, '--dry-run');
    expect(rehearsed.code).toBe(0);
    for (const line of shown) expect(rehearsed.stdout).toContain(line);
    world.answers = [false];
    // What somebody is asked about is shown however quiet.
    const asked = await world.run('demo/watch', ...given, '--quiet');
    for (const line of shown) expect(asked.stdout).toContain(line);
    expect(world.cloud.calls).not.toContain('createChangeSet');
  });

  test('is shown so in a fleet, whose base stack is none of it', async () => {
    using world = new FakeWorld(hostile);
    writeFileSync(join(world.folder, 'patrol.yaml'), watching('security', [['demo', 'quiet']]));
    world.answers = [false];
    const { stdout } = await world.run('apply');
    for (const line of shown) expect(stdout).toContain(line);
    expect(stdout).toContain(
      '+ AlertSubscription: Allow Endpoint security@example.com; Protocol email; TopicArn ',
    );
    expect(stdout.match(/rules\.json of the package/g)).toHaveLength(1);
  });

  test('is shown with what its template adds to a stack that stands', async () => {
    using world = new FakeWorld();
    expect((await world.run('demo/watch', ...given, '--yes')).code).toBe(0);
    installRule(world.folder, hostile);
    for (const command of [
      ['diff', 'demo/watch'],
      ['demo/watch', '--dry-run'],
    ]) {
      const { notes } = await world.run(...command, '--json');
      expect(notes).toContainEqual(
        expect.objectContaining({
          type: 'changes',
          statements: expect.arrayContaining([
            expect.objectContaining({ change: 'add', resource: 'ByText', effect: 'Allow' }),
            expect.objectContaining({ change: 'add', resource: 'ByGroup' }),
            expect.objectContaining({ change: 'add', resource: 'Url' }),
          ]) as unknown,
          untold: [
            {
              resource: 'Nested',
              type: 'AWS::CloudFormation::Stack',
              why: 'it is a nested stack, and Patrol does not read its template',
            },
          ],
          disagreements: expect.arrayContaining([
            { what: 'permission', template: 'ByText (role ${Role}): Allow Action *; Resource *' },
          ]) as unknown,
        }),
      );
    }
  });
});

/** The function with other properties. */
const functionWith = (properties: object): FakeRuleOptions['resources'] => ({
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Handler: 'index.handler',
      MemorySize: 128,
      Timeout: 30,
      Code: {
        S3Bucket: ref('CodeS3Bucket'),
        S3Key: ref('CodeS3Key'),
        S3ObjectVersion: ref('CodeS3ObjectVersion'),
      },
      Environment: { Variables: { actions: ref('actions'), mode: ref('mode') } },
      ...properties,
    },
  },
});

describe('what rules.json and the template say differently', () => {
  test.each<[string, FakeRuleOptions, object]>([
    ['nothing', { resources: functionWith({}) ?? {} }, []],
    [
      'memory',
      { resources: functionWith({ MemorySize: 3008 }) ?? {} },
      [{ what: 'memorySize', manifest: '128', template: '3008' }],
    ],
    [
      'the time limit, left to CloudFormation',
      { resources: functionWith({ Timeout: ref('AWS::NoValue') }) ?? {} },
      [{ what: 'timeout', manifest: '30', template: '3' }],
    ],
    [
      'code of somebody else',
      { resources: functionWith({ Code: { ZipFile: 'evil()' } }) ?? {} },
      [{ what: 'code', template: 'ZipFile=evil()' }],
    ],
    [
      'a layer',
      { resources: functionWith({ Layers: ['arn:layer'] }) ?? {} },
      [{ what: 'code', template: expect.stringMatching(/, layer arn:layer$/) as string }],
    ],
    [
      'a value that the operator cannot decide',
      {
        resources:
          functionWith({ Environment: { Variables: { actions: 'none', mode: ref('mode') } } }) ??
          {},
      },
      [{ what: 'value of actions in the function', manifest: '${actions}', template: 'none' }],
    ],
    [
      'a default',
      {
        stackParameters: {},
        manifest: {
          parameters: {
            mode: { kind: 'choice', description: 'd', among: ['quiet', 'loud'], default: 'loud' },
          },
        },
      },
      [{ what: 'default of mode', manifest: 'loud', template: 'quiet' }],
    ],
    [
      'a parameter that the template does not have',
      { manifest: { parameters: { other: { kind: 'text', description: 'd', default: '' } } } },
      [{ what: 'parameter other', manifest: 'declared' }],
    ],
    [
      'another pattern',
      {
        manifest: {
          triggers: [{ kind: 'event', state: 'ENABLED', pattern: { source: ['aws.y'] } }],
        },
      },
      [
        { what: 'trigger', template: expect.stringContaining('StopLogging') as string },
        { what: 'trigger', manifest: expect.stringContaining('aws.y') as string },
      ],
    ],
    [
      'an event rule that is off',
      {
        triggers: [],
        manifest: {
          triggers: [{ kind: 'schedule', expression: 'rate(1 hour)', everySeconds: 3600 }],
        },
        resources: {
          Clock: {
            Type: 'AWS::Events::Rule',
            Properties: {
              ScheduleExpression: 'rate(1 hour)',
              State: 'DISABLED',
              Targets: [{ Arn: { 'Fn::GetAtt': ['Function', 'Arn'] } }],
            },
          },
        },
      },
      [
        { what: 'trigger', template: expect.stringContaining('DISABLED') as string },
        { what: 'trigger', manifest: expect.stringContaining('rate(1 hour)') as string },
      ],
    ],
    [
      'a permission that the template does not give',
      { manifest: { permissions: [{ Action: ['iam:GetRole'], Resource: '*' }] } },
      [{ what: 'permission', manifest: 'Role: Allow Action iam:GetRole; Resource *' }],
    ],
    [
      'a function that is not there',
      { resources: { Function: { Type: 'AWS::SQS::Queue' } } },
      [{ what: 'function' }],
    ],
  ])('%s', async (_, options, disagreements) => {
    using world = new FakeWorld(options);
    const { notes } = await world.run('describe', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({ disagreements });
    const { stdout } = await world.run('describe', 'demo/watch');
    expect(stdout.includes('WARNING')).toBe(JSON.stringify(disagreements) !== '[]');
  });

  test('everything counts where the core of this release made the package', async () => {
    const { version } = createRequire(import.meta.url)('@patrol/core/package.json') as {
      readonly version: string;
    };
    using world = new FakeWorld({ core: version });
    const { notes } = await world.run('describe', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({
      disagreements: expect.arrayContaining([
        { what: 'Topic', template: '{"Type":"AWS::SNS::Topic"}' },
        { what: 'AlertTopic', manifest: expect.stringContaining('AWS::SNS::Topic') },
      ]),
    });
  });

  test('and describe believes the template', async () => {
    using world = new FakeWorld({
      resources: functionWith({ MemorySize: 3008, Timeout: ref('Limit') }) ?? {},
      stackParameters: { Limit: { Type: 'Number', Default: 900 } },
      manifest: {
        parameters: {
          mode: { kind: 'choice', description: 'd', among: ['quiet', 'loud'], default: 'loud' },
        },
      },
    });
    const { notes } = await world.run('describe', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({
      memorySize: 3008,
      timeout: '${Limit}',
      parameters: { mode: { default: 'quiet' } },
    });
    const { stdout } = await world.run('describe', 'demo/watch');
    expect(stdout).toContain('3008 MB of memory, times out after ${Limit} s');
    expect(stdout).toContain('mode  (choice, default: quiet)');
  });
});

describe('describe tells', () => {
  test('what a function may that runs with a role of somebody else', async () => {
    using world = new FakeWorld({
      resources: functionWith({ Role: 'arn:aws:iam::111122223333:role/Admin' }) ?? {},
    });
    const { notes } = await world.run('describe', 'demo/watch', '--json');
    const says = { Role: 'arn:aws:iam::111122223333:role/Admin' };
    expect(notes[0]).toMatchObject({
      permissions: [{ resource: 'Function', effect: 'Allow', says }],
      untold: [{ resource: 'Function', why: expect.stringContaining('role/Admin') }],
    });
  });

  test('what the role of a function may, and who may take it on', async () => {
    const trust = {
      Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
    };
    using world = new FakeWorld({
      resources: {
        ...functionWith({ Role: { 'Fn::GetAtt': ['Own', 'Arn'] } }),
        Own: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: 'own',
            AssumeRolePolicyDocument: trust,
            ManagedPolicyArns: [administrator],
          },
        },
        Named: {
          Type: 'AWS::IAM::RolePolicy',
          Properties: { RoleName: 'own', PolicyName: 'p', PolicyDocument: document },
        },
        Other: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ['arn:other'] } },
      },
    });
    const { notes } = await world.run('describe', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({
      permissions: [
        { resource: 'Own', says: { Policy: administrator } },
        { resource: 'Named', says: { Action: '*', Resource: '*' } },
      ],
      access: [
        { resource: 'Own', says: { Principal: 'AWS=*', Action: 'sts:AssumeRole' } },
        { resource: 'Other', says: { Policy: 'arn:other' } },
      ],
      untold: [],
    });
  });

  test('a policy that is the default of a parameter, and that another value would be another', async () => {
    using world = new FakeWorld({
      stackParameters: { Document: { Type: 'String', Default: JSON.stringify(document) } },
      resources: {
        Group: {
          Type: 'AWS::IAM::GroupPolicy',
          Properties: { GroupName: 'g', PolicyName: 'p', PolicyDocument: ref('Document') },
        },
      },
    });
    const { notes } = await world.run('describe', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({
      access: [
        {
          resource: 'Group',
          attachedTo: [{ kind: 'group', name: 'g' }],
          says: { Action: '*', Resource: '*' },
          when: ['parameters have their defaults'],
        },
      ],
      untold: [
        { resource: 'Group', why: 'its PolicyDocument is ${Document}, which cannot be read here' },
      ],
    });
  });

  test('how long the log is kept, and which alarms tell nobody', async () => {
    const kept = (RetentionInDays: unknown): FakeRuleOptions['resources'] => ({
      ...functionWith({ LoggingConfig: { LogGroup: ref('Log') } }),
      Log: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays } },
    });
    const alarm = {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Statistic: 'Sum',
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        Period: 60,
        EvaluationPeriods: 5,
        ActionsEnabled: false,
        AlarmActions: ['arn:topic'],
      },
    };
    for (const [retention, words, log] of [
      [
        ref('LogRetentionInDays'),
        'kept for 90 days, unless LogRetentionInDays sets another time',
        { days: 90, parameter: 'LogRetentionInDays' },
      ],
      [7, 'kept for 7 days', { days: 7 }],
      [ref('AWS::NoValue'), 'never expires', {}],
    ] as const) {
      using world = new FakeWorld({ resources: { ...kept(retention), Alarm: alarm } });
      const { stdout } = await world.run('describe', 'demo/watch');
      expect(stdout).toContain(`Log   ${words}\n`);
      expect(stdout).toContain(
        '  Alarm: AWS/Lambda Errors, Sum > 0 within 300 s, notifies nobody\n',
      );
      const { notes } = await world.run('describe', 'demo/watch', '--json');
      expect(notes[0]?.['log']).toEqual(log);
    }
  });
});
