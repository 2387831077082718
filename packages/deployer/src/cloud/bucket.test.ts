import { expect, test } from 'vitest';
import { missingSettings } from './bucket.ts';

const complete = { encrypted: true, versioned: true, private: true, ownerEnforced: true };
const aws = { partition: 'aws' };
const ours = {
  Sid: 'PatrolTlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

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
  for (const theirs of [
    ours,
    { ...ours, Sid: 'Theirs', Principal: { AWS: '*' }, Action: ['s3:*'] },
    { ...ours, Resource: ['arn:aws:s3:::other', ...ours.Resource.toReversed()] },
    { ...ours, Condition: { Bool: { 'aws:SecureTransport': ['false'] } } },
  ]) {
    const policy = JSON.stringify({ Statement: [{ Sid: 'Mine' }, theirs] });
    expect(missingSettings('b', aws, { ...complete, policy })).toEqual([]);
  }
});

test.each([
  ['allows', { Effect: 'Allow' }],
  ['is for somebody only', { Principal: { AWS: 'arn:aws:iam::111122223333:root' } }],
  ['is for reading only', { Action: 's3:GetObject' }],
  ['leaves out the objects', { Resource: 'arn:aws:s3:::b' }],
  ['is for requests with TLS', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
  [
    'has one more condition',
    { Condition: { ...ours.Condition, StringEquals: { 'aws:PrincipalAccount': '1' } } },
  ],
  ['has none', { Condition: undefined }],
])('a statement on TLS that %s is not enough', (_, change) => {
  for (const Sid of ['Theirs', ours.Sid]) {
    const theirs = { ...ours, ...change, Sid };
    const policy = JSON.stringify({ Statement: [theirs] });
    const [setting] = missingSettings('b', aws, { ...complete, policy });
    const { Statement } = JSON.parse(setting?.set === 'policy' ? setting.policy : '');
    // Ours is put right; what is somebody else's stays.
    expect(Statement).toEqual([
      ...(Sid === ours.Sid ? [] : [JSON.parse(JSON.stringify(theirs))]),
      ours,
    ]);
  }
});

test('TLS only, in the partition of the account', () => {
  const [setting] = missingSettings('b', { partition: 'aws-cn' }, complete);
  expect(setting).toMatchObject({ set: 'policy' });
  expect(JSON.parse(setting?.set === 'policy' ? setting.policy : '')).toEqual({
    Version: '2012-10-17',
    Statement: [{ ...ours, Resource: ['arn:aws-cn:s3:::b', 'arn:aws-cn:s3:::b/*'] }],
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
