import { isObject } from '@patrol/core';
import { describe, expect, test } from 'vitest';
import { missingSettings } from '../bucket.ts';
import { isInline } from '../template.ts';
import { baseStack, baseTemplate, baseTopic } from './base.ts';
import { placeOf } from './fleet.fake.ts';

const place = placeOf('eu-west-1');
const bucket = 'patrol-artifacts-111122223333-eu-west-1';

/** A value of the template as CloudFormation would fill it in. */
function resolved(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, values));
  if (!isObject(value)) return value;
  const { Ref: name, 'Fn::Sub': text } = value;
  if (typeof name === 'string') return values[name];
  if (typeof text === 'string') {
    return text.replace(/\$\{([^}]+)\}/g, (_, each: string) => values[each] ?? '?');
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, resolved(inner, values)]),
  );
}

const properties = (id: string, values: Readonly<Record<string, string>>): unknown =>
  resolved(baseTemplate.resources[id]?.Properties, values);

describe('the base stack', () => {
  test('names its topics as the plan expects them', () => {
    const stack = baseStack('security', 'production');
    expect(stack).toBe('patrol-base-security-production');
    for (const [id, kind] of [
      ['AlertTopic', 'alerts'],
      ['AlarmTopic', 'alarms'],
    ] as const) {
      const found = properties(id, { 'AWS::StackName': stack });
      const name = isObject(found) ? found['TopicName'] : '';
      expect(baseTopic(place, stack, kind)).toBe(
        `arn:aws:sns:eu-west-1:111122223333:${String(name)}`,
      );
    }
  });

  test('protects its bucket as the deployer does by itself, and keeps it', () => {
    const found = properties('Bucket', { ArtifactBucket: bucket });
    expect(found).toEqual({
      BucketName: bucket,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    const policy = properties('BucketPolicy', { Bucket: bucket, 'AWS::Partition': 'aws' });
    const document = isObject(policy) ? policy['PolicyDocument'] : undefined;
    const rest = { encrypted: true, versioned: true, private: true, ownerEnforced: true };
    expect(missingSettings(bucket, place, { ...rest, policy: JSON.stringify(document) })).toEqual(
      [],
    );
    for (const id of ['Bucket', 'BucketPolicy']) {
      expect(baseTemplate.resources[id]).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  test('makes only what it is given a value for', () => {
    const { Conditions } = JSON.parse(baseTemplate.text);
    const byCondition = Object.fromEntries(
      Object.entries(baseTemplate.resources).map(([id, { Condition }]) => [id, Condition]),
    );
    expect(byCondition).toEqual({
      AlertTopic: 'HasAlertTopic',
      AlertSubscription: 'HasAlertTopic',
      AlarmTopic: 'HasAlarmTopic',
      AlarmSubscription: 'HasAlarmTopic',
      AlertTopicPolicy: 'OpensAlertTopic',
      AlarmTopicPolicy: 'OpensAlarmTopic',
      Bucket: 'HasBucket',
      BucketPolicy: 'HasBucket',
    });
    const given = (name: string): unknown => ({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: name }, ''] }],
    });
    expect(Conditions).toEqual({
      HasAlertTopic: given('AlertEmail'),
      HasAlarmTopic: given('AlarmEmail'),
      HasBucket: given('ArtifactBucket'),
      OpensAlertTopic: { 'Fn::And': [given('AlertEmail'), given('OrganizationId')] },
      OpensAlarmTopic: { 'Fn::And': [given('AlarmEmail'), given('OrganizationId')] },
    });
    expect(Object.values(baseTemplate.parameters).map(({ Default }) => Default)).toEqual([
      '',
      '',
      '',
      '',
    ]);
  });

  test('is of no partition, account or region, and small', () => {
    expect(baseTemplate.text).not.toMatch(/arn:aws|\b\d{12}\b|-(east|west)-\d/);
    expect(isInline(baseTemplate)).toBe(true);
  });
});
