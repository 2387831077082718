import { isObject } from '@patrol/core';
import { describe, expect, test } from 'vitest';
// Core's own test helpers: they are not published.
import { type AnyTemplate, deployed, stackIn } from '../../../core/src/template/deployed.fake.ts';
import { missingSettings } from '../cloud/bucket.ts';
import type { BucketProtection } from '../cloud/cloud.ts';
import { isInline } from '../template/template.ts';
import { baseStack, baseTemplate, baseTopic } from './base.ts';
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
      ['AlertTopic', 'alerts'],
      ['AlarmTopic', 'alarms'],
    ] as const) {
      const emails = { AlertEmail: 'a@example.com', AlarmEmail: 'b@example.com' };
      const { resources } = deployed(template, emails);
      const name = String(resources[id]?.['TopicName']).replace(stackIn.name, stack);
      expect(baseTopic(place, stack, kind)).toBe(`arn:aws:sns:eu-west-1:111122223333:${name}`);
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
    expect(made({})).toEqual([]);
    expect(made(organization)).toEqual([]);
    expect(made({ ArtifactBucket: bucket })).toEqual(['Bucket', 'BucketPolicy']);
    expect(made(alert)).toEqual(['AlertSubscription', 'AlertTopic']);
    expect(made(alarm)).toEqual(['AlarmSubscription', 'AlarmTopic']);
    expect(made({ ...alert, ...organization })).toEqual([
      'AlertSubscription',
      'AlertTopic',
      'AlertTopicPolicy',
    ]);
    expect(made({ ...alarm, ...organization })).toEqual([
      'AlarmSubscription',
      'AlarmTopic',
      'AlarmTopicPolicy',
    ]);
    expect(made({ ...alert, ...alarm, ...organization, ArtifactBucket: bucket })).toEqual(
      Object.keys(baseTemplate.resources).toSorted(),
    );
  });

  test('is of no partition, account or region, and small', () => {
    expect(baseTemplate.text).not.toMatch(/arn:aws|\b\d{12}\b|-(east|west)-\d/);
    expect(isInline(baseTemplate)).toBe(true);
  });
});
