import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AnyRule,
  type CloudTrailRecord,
  defineRule,
  type Finding,
  isObject,
  type Matchers,
  names,
  sns,
} from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import { eventPatterns, parseParameter, readParameters, ruleState } from '@patrol/core/evaluation';
import { notifier, ruleTemplate, sharedWatch } from '@patrol/core/template';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import rule from '../../rules/patrolHealth/rule.ts';
import { apiCallRecord, identities } from '@patrol/core/testing';
import { isOwnPolicy, isOwnQueuePolicy, isOwnTablePolicy } from './byTemplate.ts';
import { deliveries } from './pattern.ts';
import { tampering, type TamperingPorts } from './tampering.ts';
import { tamperingCalls } from './tamperingCalls.ts';

const parameters = readParameters(rule.parameters, () => undefined);
const stack = 'patrol-aws-cloudTrail-production';
/** Everything that AWS is asked about belongs to that stack. */
const ports: TamperingPorts = {
  isAnswering: true,
  announcements: async () => ({ value: [] }),
  stackWith: async () => ({ value: stack }),
};

const ofParts = (eventSource: string, eventName: string, fields: object): CloudTrailRecord =>
  apiCallRecord(eventSource, eventName, { ...fields }) as unknown as CloudTrailRecord;

const calls = [...tamperingCalls.keys()].map((key) => {
  const [service = '', name = ''] = key.split('.');
  return [`${service}.amazonaws.com`, name] as const;
});

const names_ = fc.oneof(
  fc.constantFrom(stack, `${stack}-Any-1A2B3C4D5E6F`, 'patrol-', 'patrol-a-b', '__proto__', ''),
  fc.constantFrom(
    `arn:aws:sns:eu-west-1:111122223333:${stack}`,
    `https://a/b/${stack}`,
    ':::',
    '//',
  ),
  fc.string(),
);
const fields = [
  ...new Set([...tamperingCalls.values()].flatMap(({ target }) => target.split('.'))),
];
const anything = fc.oneof(
  { weight: 3, arbitrary: names_ },
  fc.array(names_),
  fc.anything(),
  fc.record({ alarmNames: fc.oneof(fc.array(names_), fc.anything()) }),
);
const request = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      {
        ...Object.fromEntries(fields.map((field) => [field, anything])),
        state: fc.anything(),
        attributeName: fc.oneof(fc.constantFrom('Policy', 'FilterPolicy'), fc.anything()),
        reservedConcurrentExecutions: fc.oneof(fc.constantFrom(0, '0', NaN), fc.anything()),
      },
      { requiredKeys: [] },
    ),
  },
  fc.anything(),
);
const record = fc.record({
  call: fc.constantFrom(...calls),
  version: fc.constantFrom('', '20150331', '20150331v2', '2'),
  requestParameters: request,
  userIdentity: fc.oneof(fc.constantFrom(...Object.values(identities)), fc.anything()),
  error: fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    fc.record({ errorCode: fc.constant('AccessDenied'), errorMessage: fc.anything() }),
  ),
});

test('gives an alert, nothing, or says which parameter it misses, whatever it is given', async () => {
  const counts = { alerts: 0, quiet: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      record,
      async ({ call: [source, name], version, requestParameters, userIdentity, error }) => {
        const given = ofParts(source, name + version, {
          requestParameters,
          userIdentity,
          ...error,
        });
        try {
          const alert = await tampering(given, parameters, ports);
          counts[alert ? 'alerts' : 'quiet'] += 1;
          if (alert)
            expect(`${alert.title} ${alert.summary}`).toMatch(/patrol|Event bus|API|Secret/i);
        } catch (thrown) {
          counts.refused += 1;
          expect(String(thrown)).toMatch(
            /^Error: expected [\w.]+ in the request parameters, found /,
          );
        }
      },
    ),
    { numRuns: 20_000 },
  );
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(1000);
});

describe('what undoes a call', () => {
  const name = `${stack}-Any-1A2B3C4D5E6F`;
  const undone = async (key: string, requestParameters: object): Promise<Finding | undefined> => {
    const [service = '', call = ''] = key.split('.');
    const record = ofParts(`${service}.amazonaws.com`, call, { requestParameters });
    return tampering(record, parameters, ports);
  };

  test.each([
    [
      'cloudformation.UpdateTerminationProtection',
      { stackName: stack, enableTerminationProtection: false },
      `cloudformation update-termination-protection --stack-name ${stack} --enable-termination-protection --region eu-west-1`,
    ],
    ['events.DisableRule', { name }, `events enable-rule --name ${name} --region eu-west-1`],
    [
      'lambda.PutFunctionConcurrency20171031',
      { functionName: name, reservedConcurrentExecutions: 0 },
      `lambda delete-function-concurrency --function-name ${name} --region eu-west-1`,
    ],
    [
      'iam.AttachRolePolicy',
      { roleName: name, policyArn: 'arn:aws:iam::aws:policy/AWSDenyAll' },
      `iam detach-role-policy --role-name ${name} --policy-arn arn:aws:iam::aws:policy/AWSDenyAll`,
    ],
    [
      'iam.PutRolePermissionsBoundary',
      { roleName: name, permissionsBoundary: 'arn:aws:iam::aws:policy/AWSDenyAll' },
      `iam delete-role-permissions-boundary --role-name ${name}`,
    ],
    [
      'iam.PutRolePolicy',
      { roleName: name, policyName: 'Mine', policyDocument: '{}' },
      `iam delete-role-policy --role-name ${name} --policy-name Mine`,
    ],
    [
      'monitoring.DisableAlarmActions',
      { alarmNames: [name, 'other', `${name}2`] },
      `cloudwatch enable-alarm-actions --alarm-names ${name} ${name}2 --region eu-west-1`,
    ],
    [
      'monitoring.PutAlarmMuteRule',
      { name: 'quiet', muteTargets: { alarmNames: [name] } },
      'cloudwatch delete-alarm-mute-rule --alarm-mute-rule-name quiet --region eu-west-1',
    ],
  ])('%s', async (key, request, command) => {
    expect((await undone(key, request))?.undo?.join(' ')).toBe(`aws ${command}`);
  });

  test.each([
    // The policy that was there before is in no record.
    ['iam.PutRolePolicy', { roleName: name, policyName: 'Rule', policyDocument: '{}' }],
    // `enable-rule` may not give back the state that the rule had.
    ['events.DisableRule', { name: 'patrol-acme-watch-production-EventRule-1A2B3C4D5E6F' }],
    ['monitoring.PutAlarmMuteRule', { muteTargets: { alarmNames: [name] } }],
    ['iam.AttachRolePolicy', { roleName: name, policyArn: { a: 1 } }],
    ['lambda.DeleteFunction', { functionName: name }],
  ])('is no single command: %s %j', async (key, request) => {
    const found = await undone(key, request);
    expect(found).toBeDefined();
    expect(found?.undo).toBeUndefined();
  });

  test('is a command that enables no rule of Patrol’s in less than its state', async () => {
    const folder = join(import.meta.dirname, '../../rules');
    const modules = readdirSync(folder).map(
      (file) => import(join(folder, file, 'rule.ts')) as Promise<{ default: AnyRule }>,
    );
    const rules = await Promise.all(modules);
    const undoing = await Promise.all(
      rules.map(async ({ default: { name: rule } }) =>
        undone('events.DisableRule', { name: `patrol-aws-${rule}-production-EventRule-1A2B` }),
      ),
    );
    const enabled = rules.filter((_, index) => undoing[index]?.undo);
    const states = enabled.flatMap((each) => eventPatterns(each.default).map(ruleState));
    expect(new Set(states)).toEqual(new Set(['ENABLED']));
    // All others have the command.
    const less = rules.filter(({ default: each }) =>
      eventPatterns(each)
        .map(ruleState)
        .some((state) => state !== 'ENABLED'),
    );
    expect(enabled.length + less.length).toBe(rules.length);
  });
});

test('names what it was done to, all of it, and mutes one thing only', async () => {
  const one = await tampering(
    ofParts('cloudcontrolapi.amazonaws.com', 'DeleteResource', {
      requestParameters: { typeName: 'AWS::SNS::Topic', identifier: stack },
    }),
    parameters,
    ports,
  );
  expect(one).toMatchObject({
    targets: [{ type: 'AWS::SNS::Topic', id: stack }],
    group: 'DeleteResource',
    suppression: { item: stack },
  });
  const two = await tampering(
    ofParts('monitoring.amazonaws.com', 'DeleteAlarms', {
      requestParameters: { alarmNames: [`${stack}-A-1A2B3C4D5E6F`, `${stack}-B-1A2B3C4D5E6F`] },
    }),
    parameters,
    ports,
  );
  expect(two).toMatchObject({
    targets: [
      { type: 'AWS::CloudWatch::Alarm', id: `${stack}-A-1A2B3C4D5E6F` },
      { type: 'AWS::CloudWatch::Alarm', id: `${stack}-B-1A2B3C4D5E6F` },
    ],
    suppression: undefined,
  });
  const unnamed = await tampering(
    ofParts('cloudcontrolapi.amazonaws.com', 'DeleteResource', {
      requestParameters: { typeName: ' ', identifier: stack },
    }),
    parameters,
    ports,
  );
  expect(unnamed?.targets).toEqual([]);
});

test('takes no time to speak of for names of a megabyte', async () => {
  const started = performance.now();
  for (const unit of ['patrol-', '-a', 'a', ':', '/patrol', 'patrol-a-b-c-']) {
    const name = `patrol-a-b-c${unit.repeat(1_000_000 / unit.length)}`;
    await tampering(
      ofParts('events.amazonaws.com', 'DeleteRule', { requestParameters: { name } }),
      parameters,
      ports,
    );
  }
  expect(performance.now() - started).toBeLessThan(2000);
});

describe('calls that are not alerted on', () => {
  test.each(['constructor', '__proto__', 'toString', 'TagResource', 'DeleteRules'])(
    '%s',
    async (name) => {
      const given = ofParts('events.amazonaws.com', name, { requestParameters: { name: stack } });
      expect(await tampering(given, parameters, ports)).toBeUndefined();
    },
  );
  test('of a service that is only called like one', async () => {
    const given = ofParts('events.amazonaws.com.example', 'DeleteRule', {
      requestParameters: { name: stack },
    });
    expect(await tampering(given, parameters, ports)).toBeUndefined();
  });
});

test('topics of the operator are known by the subscription too, and only by the whole ARN', async () => {
  const topic = 'arn:aws:sns:eu-west-1:111122223333:alerts';
  const alertTopics = parseParameter(names('Any.', { default: '' }), topic) as Matchers;
  const on = async (subscriptionArn: string): Promise<unknown> => {
    const record = ofParts('sns.amazonaws.com', 'Unsubscribe', {
      requestParameters: { subscriptionArn },
    });
    return (await tampering(record, { ...parameters, alertTopics }, ports))?.facts?.['target'];
  };
  expect(await on(`${topic}:0f5d4c3b`)).toBe(topic);
  expect(await on(topic)).toBe(topic);
  expect(await on(`${topic}-other:0f5d4c3b`)).toBeUndefined();
});

describe('what a deployment does is what the templates have', () => {
  const onTopic = defineRule({
    name: 'onTopic',
    title: 'Backup failed',
    description: 'Alerts when a backup failed.',
    severity: 'low',
    runbook: 'Look.',
    triggers: [sns(['backup.amazonaws.com']), sns(['events.amazonaws.com'])],
    parameters: {},
    evaluate: () => undefined,
  });
  const resources = [rule, onTopic].flatMap((each) =>
    Object.entries(ruleTemplate(each).Resources ?? {}).flatMap(([id, resource]) =>
      id.startsWith('Notifier') ? [] : [resource],
    ),
  );
  const propertiesOf = (type: string): readonly Readonly<Record<string, unknown>>[] =>
    resources.flatMap(({ Type, Properties }) =>
      Type === type && isObject(Properties) ? [Properties] : [],
    );

  test('the policies of a role, by their names, which allow and do not deny', () => {
    const roles = propertiesOf('AWS::IAM::Role');
    const policies = [
      ...roles.flatMap(({ Policies }) => Policies as readonly Record<string, unknown>[]),
      ...propertiesOf('AWS::IAM::Policy'),
    ];
    const found = policies.map(({ PolicyName }) => PolicyName);
    expect(new Set(found)).toEqual(new Set(Object.values(stackNames.policies)));
    expect(JSON.stringify(policies)).not.toContain('"Deny"');
    for (const role of roles) {
      expect(role).not.toHaveProperty('ManagedPolicyArns');
      expect(JSON.stringify(role['PermissionsBoundary'])).toContain(
        ':iam::${AWS::AccountId}:policy/${PermissionsBoundary}',
      );
    }
    expect(propertiesOf('AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  test.each([
    ['patrol-base-security-production', 'patrol-base-security-production'],
    [stack, stack],
    // CloudFormation cuts the names of roles.
    ['patrol-aws-identityCenterAccess-production', 'patrol-aws-identityCent'],
  ])('the policies of the role, table and queue of the notifier of %s', (base, cut) => {
    const parts =
      notifier({ code: { ZipFile: '' }, machines: 'm', people: 'p', alarms: 'a' }).Resources ?? {};
    const { NotifierRole: role, NotifierTable: table, NotifierHeldQueuePolicy: held } = parts;
    const policies = role?.Properties?.['Policies'] as readonly Record<string, unknown>[];
    for (const { PolicyName: policyName } of policies) {
      expect(isOwnPolicy({ policyName }, `${cut}-NotifierRole-1A2B3C4D5E6F`)).toBe(true);
    }
    const given = table?.Properties?.['ResourcePolicy'] as Record<string, unknown>;
    const ofRole = (document: unknown): string =>
      JSON.stringify(document).replace(
        '{"Fn::GetAtt":["NotifierRole","Arn"]}',
        `"arn:aws:iam::111122223333:role/${cut}-NotifierRole-1A2B3C4D5E6F"`,
      );
    const policy = ofRole(given['PolicyDocument']);
    expect(isOwnTablePolicy({ policy }, `${base}-NotifierTable-1A2B3C4D5E6F`)).toBe(true);
    expect(isOwnTablePolicy({ policy }, `${stack}-Memory-1A2B3C4D5E6F`)).toBe(false);
    const ofQueue = ofRole(held?.Properties?.['PolicyDocument']);
    const queue = `${base}-NotifierHeldQueue-1A2B3C4D5E6F`;
    expect(isOwnQueuePolicy(ofQueue, queue)).toBe(true);
    for (const other of [
      ofQueue.replace('NotifierRole', 'Role'),
      ofQueue.replace('"Deny"', '"Allow"'),
      ofQueue.replace('ArnNotEquals', 'ArnEquals'),
    ]) {
      expect(isOwnQueuePolicy(other, queue)).toBe(false);
    }
    for (const other of ['failures', 'NotifierFailureQueue-1A2B3C4D5E6F']) {
      expect(isOwnQueuePolicy(ofQueue, `${base}-${other}`)).toBe(false);
    }
  });

  test('policies of the topics that run a rule, and keys of none', () => {
    const topics = propertiesOf('AWS::SNS::TopicPolicy').flatMap(({ Topics }) => Topics);
    expect(topics.flat()).toEqual([{ Ref: 'SourceTopic' }, { Ref: 'SourceTopic2' }]);
    for (const topic of propertiesOf('AWS::SNS::Topic')) {
      expect(Object.keys(topic)).toEqual(['DisplayName']);
    }
  });

  test('policies of dead-letter queues, and limits that keep nothing out', () => {
    const policies = propertiesOf('AWS::SQS::QueuePolicy');
    expect(policies.length).toBeGreaterThan(0);
    for (const { PolicyDocument: policy, Queues } of policies) {
      expect(Queues).toEqual([{ Ref: 'DeadLetterQueue' }]);
      expect(isOwnQueuePolicy(JSON.stringify(policy), `${stack}-DeadLetterQueue-1A2B`)).toBe(true);
    }
    // Those of a base stack keep out what is not named after Patrol.
    const shared = 'patrol-base-security-production-undelivered';
    const base = sharedWatch({ alarms: 'a', condition: 'c' }).Resources ?? {};
    const text = JSON.stringify(base).replaceAll('${AWS::Partition}', 'aws');
    for (const { Type, Properties } of Object.values(
      JSON.parse(text.replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')) as typeof base,
    )) {
      if (Type !== 'AWS::SQS::QueuePolicy') continue;
      const policy = JSON.stringify(Properties['PolicyDocument']);
      expect(isOwnQueuePolicy(policy, shared)).toBe(true);
      expect(isOwnQueuePolicy(policy, 'patrol-aws-a-b-FailureQueue-1A2B')).toBe(false);
      for (const other of ['patrol-x', 'nobody']) {
        expect(isOwnQueuePolicy(policy.replaceAll('patrol-*', other), shared)).toBe(false);
      }
    }
    const limits = propertiesOf('AWS::SQS::Queue');
    for (const given of limits) {
      const attributes = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, String(value)]),
      );
      const { isHarmless } = tamperingCalls.get('sqs.SetQueueAttributes') ?? {};
      expect(isHarmless?.({ attributes })).toBe(true);
    }
  });

  test('no permissions, filters or sources but those that are known by their names', () => {
    const types = new Set(resources.map(({ Type }) => Type));
    for (const type of ['Lambda::Url', 'Lambda::EventSourceMapping', 'Logs::SubscriptionFilter']) {
      expect(types).not.toContain(`AWS::${type}`);
    }
  });

  test('no muted alarms', () => {
    expect(resources.map(({ Type }) => Type).join()).not.toContain('Mute');
  });
});

test.each(deliveries.map((each) => [each.services.join(', '), each] as const))(
  'the pattern for %s delivers nothing for which there is no call',
  (_, { services, verbs, parts }) => {
    const calls = [...tamperingCalls].filter(([key]) =>
      services.some((service) => key.startsWith(`${service}.`)),
    );
    const keys = calls.map(([key]) => key);
    const named = calls.flatMap(([, { target, or }]) => [target, ...(or ? [or] : [])]);
    expect(new Set(keys.map((key) => key.split('.')[0]))).toEqual(new Set(services));
    for (const verb of verbs) {
      expect(keys).toContainEqual(expect.stringContaining(`.${verb}`));
    }
    expect(new Set(named.map((target) => target.split('.')[0]))).toEqual(
      new Set(Object.keys(parts)),
    );
  },
);
