import { isObject } from '@patrol/core';
import { describe, expect, test } from 'vitest';
// Core's own test helpers: they are not published.
import {
  type AnyTemplate,
  type Asked,
  deployed,
  stackIn,
} from '../../../core/src/template/deployed.fake.ts';
import { missingSettings } from '../cloud/bucket.ts';
import type { BucketProtection, Stack } from '../cloud/cloud.ts';
import { baseInUse, baseQueues, baseStack, baseTemplate, baseTopic } from './base.ts';
import { placeOf } from '../testing/fleet.ts';

type Fields = Readonly<Record<string, unknown>>;

const place = placeOf('eu-west-1');
const bucket = 'patrol-artifacts-111122223333-eu-west-1';

const template: AnyTemplate = JSON.parse(baseTemplate.text);

/** What S3 tells of a bucket that CloudFormation made with some properties. */
function protectionOf(properties: Fields, policy: unknown): BucketProtection {
  const at = (value: unknown, ...path: readonly string[]): unknown =>
    path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
  const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  const blocked = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls'];
  return {
    encrypted: items(at(properties, 'BucketEncryption', 'ServerSideEncryptionConfiguration')).some(
      (each) =>
        ['AES256', 'aws:kms'].includes(
          String(at(each, 'ServerSideEncryptionByDefault', 'SSEAlgorithm')),
        ),
    ),
    versioned: at(properties, 'VersioningConfiguration', 'Status') === 'Enabled',
    private: [...blocked, 'RestrictPublicBuckets'].every(
      (name) => at(properties, 'PublicAccessBlockConfiguration', name) === true,
    ),
    ownerEnforced: items(at(properties, 'OwnershipControls', 'Rules')).some(
      (each) => at(each, 'ObjectOwnership') === 'BucketOwnerEnforced',
    ),
    policy: JSON.stringify(policy),
  };
}

describe('the base stack', () => {
  test('names its topics as the plan expects them', () => {
    const stack = baseStack('security', 'production');
    expect(stack).toBe('patrol-base-security-production');
    for (const [id, kind] of [
      ['MachinesTopic', 'machines'],
      ['AlertTopic', 'alerts'],
      ['AlarmTopic', 'alarms'],
    ] as const) {
      const emails = { AlertEmail: 'a@example.com', AlarmEmail: 'b@example.com' };
      const { resources } = deployed(template, emails);
      const name = String(resources[id]?.['TopicName']).replace(stackIn.name, stack);
      expect(baseTopic(place, stack, kind)).toBe(`arn:aws:sns:eu-west-1:111122223333:${name}`);
    }
  });

  test('names its queues as the plan expects them, and is in use while a stack writes to one', () => {
    const stack = baseStack('security', 'production');
    const { resources } = deployed(template, { QueueAlarmTopicArn: 'arn:aws:sns:eu-west-1:1:a' });
    const arns = baseQueues(place, stack);
    for (const [parameter, id] of [
      ['FailureQueueArn', 'FailureQueue'],
      ['DeadLetterQueueArn', 'DeadLetterQueue'],
    ] as const) {
      const name = String(resources[id]?.['QueueName']).replace(stackIn.name, stack);
      expect(arns[parameter]).toBe(`arn:aws:sqs:eu-west-1:111122223333:${name}`);
      const own = { name: stack, parameters: {} } as Stack;
      const writing = { name: 'patrol-aws-a-b', parameters: { [parameter]: arns[parameter] } };
      expect(baseInUse(own, place, [own], {})).toBeUndefined();
      expect(baseInUse(own, place, [own, writing as unknown as Stack], {})).toContain(
        'patrol-aws-a-b',
      );
    }
  });

  test('protects its bucket so that the deployer finds nothing missing, and keeps it', () => {
    const { resources } = deployed(template, { ArtifactBucket: bucket });
    const { Bucket: properties = {}, BucketPolicy: policy = {} } = resources;
    expect([properties['BucketName'], policy['Bucket']]).toEqual([bucket, bucket]);
    const missing = (of: Fields, document: unknown = policy['PolicyDocument']): readonly string[] =>
      missingSettings(bucket, place, protectionOf(of, document)).map(({ set }) => set);
    expect(missing(properties)).toEqual([]);
    // Each of the properties counts.
    for (const [name, setting] of [
      ['BucketEncryption', 'encryption'],
      ['VersioningConfiguration', 'versioning'],
      ['PublicAccessBlockConfiguration', 'private'],
      ['OwnershipControls', 'ownership'],
    ] as const) {
      const { [name]: _, ...others } = properties;
      expect(missing(others)).toEqual([setting]);
    }
    expect(missing(properties, { Statement: [] })).toEqual(['policy']);
    for (const id of ['Bucket', 'BucketPolicy']) {
      expect(baseTemplate.resources[id]).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  test('makes only what it is given a value for', () => {
    const made = (values: Readonly<Record<string, string>>): readonly string[] =>
      Object.keys(deployed(template, values).resources).toSorted();
    const alert = { AlertEmail: 'a@example.com' };
    const alarm = { AlarmEmail: 'b@example.com' };
    const organization = { OrganizationId: 'o-a1b2c3d4e5' };
    const dispatch = { DispatchSnsArn: 'arn:aws:sns:eu-west-1:111122223333:dispatch' };
    expect(made({})).toEqual([]);
    expect(made({ ...organization, ...dispatch })).toEqual([]);
    expect(made({ ArtifactBucket: bucket })).toEqual(['Bucket', 'BucketPolicy']);
    const topics = made(alert).filter((id) => !id.startsWith('Notifier'));
    expect(topics).toEqual([
      'AlertSubscription',
      'AlertTopic',
      'AlertTopicPolicy',
      'MachinesTopic',
      'MachinesTopicPolicy',
    ]);
    expect(made(alert)).toContain('Notifier');
    expect(made(alarm)).toEqual(['AlarmSubscription', 'AlarmTopic', 'AlarmTopicPolicy']);
    const watch = { QueueAlarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms' };
    expect(made(watch)).toEqual([
      'DeadLetterQueue',
      'DeadLetterQueueAlarm',
      'DeadLetterQueuePolicy',
      'FailureQueue',
      'FailureQueueAlarm',
      'FailureQueuePolicy',
    ]);
    const further = {
      FurtherTopics: '[]',
      FurtherTopicArns: 'arn:aws:sns:us-east-1:111122223333:pager',
    };
    expect(made({ ...organization, ...further })).toEqual([]);
    // The topics are there for any address, and each address has its own subscription.
    const second = made({ AlertEmail2: 'a@example.com', AlarmEmail5: 'b@example.com' });
    expect(second.filter((id) => !id.startsWith('Notifier'))).toEqual([
      'AlarmSubscription5',
      'AlarmTopic',
      'AlarmTopicPolicy',
      'AlertSubscription2',
      ...topics.slice(1),
    ]);
    const emails = ['Alert', 'Alarm'].flatMap((kind) =>
      [2, 3, 4, 5].map((n) => [`${kind}Email${n}`, `${n}@example.com`]),
    );
    const all = {
      ...alert,
      ...alarm,
      ...Object.fromEntries(emails),
      ...dispatch,
      ...further,
      ...watch,
    };
    expect(made({ ...all, ArtifactBucket: bucket })).toEqual(
      Object.keys(baseTemplate.resources).toSorted(),
    );
  });

  const shared = { AlertEmail: 'a@example.com', OrganizationId: 'o-a1b2c3d4e5' };
  const publishes = (id: string, by: Asked['by'], context: Asked['context']): boolean => {
    const { may, arn } = deployed(template, { ...shared, AlarmEmail: 'b@example.com' });
    return may({ by, action: 'sns:Publish', on: arn(id), context: context ?? {} });
  };

  test('lets nobody but Patrol publish, in its organisation', () => {
    const role = { account: '222233334444' };
    const within = { 'aws:PrincipalOrgID': shared.OrganizationId };
    const named = (name: string) => ({
      'aws:PrincipalArn': `arn:aws:iam::222233334444:role/${name}`,
    });
    for (const [name, of, expected] of [
      ['patrol-aws-cloudTrail-production-Role-A1B2', within, true],
      ['StackSet-patrol-aws-clou-Role-A1B2', within, true],
      ['Developer', within, false],
      ['my-patrol-role', within, false],
      ['patrol-aws-cloudTrail-production-Role-A1B2', { 'aws:PrincipalOrgID': 'o-99999999' }, false],
    ] as const) {
      const context = { ...of, ...named(name) };
      expect([name, publishes('MachinesTopic', role, context)]).toEqual([name, expected]);
      // The notifier alone tells people.
      expect(publishes('AlertTopic', role, context)).toBe(false);
    }
    const cloudWatch = { service: 'cloudwatch.amazonaws.com' };
    for (const [name, expected] of [
      ['patrol-aws-cloudTrail-production-ErrorsAlarm-A1B2', true],
      ['StackSet-patrol-aws-cloudTrail-a1b2-ErrorsAlarm-A1B2', true],
      ['spam', false],
    ] as const) {
      const alarm = {
        'aws:SourceOrgID': shared.OrganizationId,
        'aws:SourceArn': `arn:aws:cloudwatch:eu-west-1:222233334444:alarm:${name}`,
      };
      expect([name, publishes('AlarmTopic', cloudWatch, alarm)]).toEqual([name, expected]);
    }
    for (const topic of ['AlertTopic', 'MachinesTopic', 'AlarmTopic']) {
      const own = { 'aws:SourceAccount': '111122223333' };
      expect(publishes(topic, cloudWatch, own)).toBe(true);
      expect(publishes(topic, { service: 'events.amazonaws.com' }, own)).toBe(false);
    }
  });

  test('hands its notifier further topics, to which it may publish and to no others', () => {
    const topicOf = (name: string): string => `arn:aws:sns:us-east-1:444455556666:${name}`;
    const given = [topicOf('pager'), topicOf('chat')];
    const FurtherTopics = JSON.stringify(given.map((topic) => ({ topic, form: 'text' })));
    const values = { ...shared, FurtherTopics, FurtherTopicArns: given.join() };
    const { resources, may } = deployed(template, values);
    expect(resources['Notifier']).toMatchObject({
      Environment: { Variables: { ROUTES: FurtherTopics } },
    });
    const by = { role: 'NotifierRole' };
    for (const [topic, expected] of [
      ...given.map((each) => [each, true] as const),
      [topicOf('other'), false],
    ] as const) {
      expect([topic, may({ by, action: 'sns:Publish', on: topic, context: {} })]).toEqual([
        topic,
        expected,
      ]);
    }
  });

  test.each([
    ['people, where nothing else is given', {}, 'AlertTopic'],
    ['its own topic for alarms', { AlarmEmail: 'b@example.com' }, 'AlarmTopic'],
    ['the topic that is given', { AlarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:ops' }, 'ops'],
  ])('sends the alarms about its notifier to %s', (_, given, topic) => {
    const { resources } = deployed(template, { ...shared, ...given });
    const alarms = Object.entries(resources).filter(([id]) => id.endsWith('Alarm'));
    expect(alarms.length).toBeGreaterThan(0);
    for (const [, { AlarmActions }] of alarms) {
      expect(AlarmActions).toEqual([`arn:aws:sns:eu-west-1:111122223333:${topic}`]);
    }
  });

  test('gives its role the permissions boundary that it is given', () => {
    const boundaryOf = (given: Readonly<Record<string, string>>): unknown =>
      deployed(template, { ...shared, ...given }).resources['NotifierRole']?.[
        'PermissionsBoundary'
      ];
    expect(boundaryOf({ PermissionsBoundary: 'limits' })).toMatch(/:iam::\d{12}:policy\/limits$/);
    expect(boundaryOf({})).toBeUndefined();
  });

  test('is of no partition, account or region, and no larger than AWS takes', () => {
    expect(baseTemplate.text).not.toMatch(/arn:aws|\b\d{12}\b|-(east|west)-\d/);
    // CloudFormation takes a template of 1 MB from a bucket, and Lambda 4 MB of code in it.
    expect(Buffer.byteLength(baseTemplate.text)).toBeLessThan(1_000_000);
    const { Code } = baseTemplate.resources['Notifier']?.Properties ?? {};
    expect(String(isObject(Code) && Code['ZipFile']).length).toBeLessThan(4_000_000);
  });
});
