import { expect, test } from 'vitest';
import { missingSettings } from './bucket.ts';

const complete = { encrypted: true, versioned: true, private: true, ownerEnforced: true };
const aws = { partition: 'aws' };

test('everything for a bare bucket, made private first', () => {
  const bare = { encrypted: false, versioned: false, private: false, ownerEnforced: false };
  expect(missingSettings('b', aws, bare).map(({ set }) => set)).toEqual([
    'private',
    'ownership',
    'encryption',
    'versioning',
    'policy',
  ]);
});

test('nothing for one that is complete', () => {
  const policy = JSON.stringify({
    Statement: [{ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
  });
  expect(missingSettings('b', aws, { ...complete, policy })).toEqual([]);
});

test('TLS only, in the partition of the account', () => {
  const [setting] = missingSettings('b', { partition: 'aws-cn' }, complete);
  expect(setting).toMatchObject({ set: 'policy' });
  expect(JSON.parse(setting?.set === 'policy' ? setting.policy : '')).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PatrolTlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws-cn:s3:::b', 'arn:aws-cn:s3:::b/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
});

test('what an operator put in the policy stays, also when it is a single statement', () => {
  for (const Statement of [{ Sid: 'Mine' }, [{ Sid: 'Mine' }]]) {
    const [setting] = missingSettings('b', aws, {
      ...complete,
      policy: JSON.stringify({ Id: 'x', Statement }),
    });
    const policy = JSON.parse(setting?.set === 'policy' ? setting.policy : '');
    expect(policy).toMatchObject({
      Id: 'x',
      Statement: [{ Sid: 'Mine' }, { Sid: 'PatrolTlsOnly' }],
    });
  }
});
