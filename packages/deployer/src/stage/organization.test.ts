import { describe, expect, test } from 'vitest';
import { missingSettings } from '../cloud/bucket.ts';
import type { BucketProtection, BucketSetting } from '../cloud/cloud.ts';
import { missingForOrganization } from './organization.ts';

const bucket = 'patrol-artifacts-111122223333-eu-west-1';
const place = { partition: 'aws' };
const organization = 'o-a1b2c3d4e5';
const protectedBut: BucketProtection = {
  encrypted: true,
  versioned: true,
  private: true,
  ownerEnforced: true,
};

const policyOf = (settings: readonly BucketSetting[]): string => {
  const set = settings.find((each) => each.set === 'policy');
  return set?.set === 'policy' ? set.policy : '';
};
const missing = (found: BucketProtection): readonly BucketSetting[] =>
  missingForOrganization(bucket, place, found, organization);

describe('the artifact bucket of an organisation', () => {
  test('may be read by the organisation, and lacks nothing then', () => {
    const settings = missing(protectedBut);
    expect(settings.map(({ set }) => set)).toEqual(['policy']);
    const policy = policyOf(settings);
    expect(JSON.parse(policy).Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny' }),
      {
        Sid: 'PatrolOrganizationReads',
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject', 's3:GetObjectVersion'],
        Resource: `arn:aws:s3:::${bucket}/patrol/*`,
        Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } },
      },
    ]);
    expect(missing({ ...protectedBut, policy })).toEqual([]);
    // A deployment into the managing account leaves it as it is.
    expect(missingSettings(bucket, place, { ...protectedBut, policy })).toEqual([]);
  });

  test('is protected before it is opened', () => {
    const bare = { encrypted: false, versioned: false, private: false, ownerEnforced: false };
    expect(missing(bare).map(({ set }) => set)).toEqual([
      'private',
      'ownership',
      'encryption',
      'versioning',
      'policy',
    ]);
  });

  test('keeps what an operator set, and forgets another organisation', () => {
    const own = { Sid: 'Audit', Effect: 'Allow', Principal: { AWS: '444455556666' } };
    const before = policyOf(missingForOrganization(bucket, place, protectedBut, 'o-otherother1'));
    const { Statement, ...rest } = JSON.parse(before);
    const policy = policyOf(
      missing({
        ...protectedBut,
        policy: JSON.stringify({ ...rest, Statement: [own, ...Statement] }),
      }),
    );
    expect(JSON.parse(policy).Statement).toContainEqual(own);
    expect(policy).toContain(organization);
    expect(policy).not.toContain('o-otherother1');
  });
});
