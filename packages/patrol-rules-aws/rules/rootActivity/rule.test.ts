import { apiCallRecord, describeRule, identities, run, signInRecord } from '@patrol/core/testing';
import { ruleState } from '@patrol/core/evaluation';
import { describe, expect, test } from 'vitest';
import rule from './rule.ts';

const root = { userIdentity: identities.root, readOnly: false };
const call = (service: string, eventName: string, fields = {}): unknown =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, { ...root, ...fields });

describeRule(rule, {
  alerts: {
    'a change': [
      call('ec2', 'RunInstances'),
      {
        title: 'Root user changed something: ec2:RunInstances by the root user of 111122223333',
        summary: 'The root user of 111122223333 called ec2:RunInstances.',
        severity: 'high',
        groupKey: 'rootActivity:111122223333:arn:aws:iam::111122223333:root:change',
      },
    ],
    'an access key for itself': [
      call('iam', 'CreateAccessKey', { requestParameters: null }),
      {
        title:
          'Root user changed its own credentials: iam:CreateAccessKey by the root user of 111122223333',
        severity: 'critical',
      },
    ],
    'an access key for a user': [
      call('iam', 'CreateAccessKey', { requestParameters: { userName: 'alice' } }),
      { severity: 'high', title: expect.stringContaining('changed something') },
    ],
    'a denied attempt, when the operator wants to know': [
      call('organizations', 'LeaveOrganization', { errorCode: 'AccessDenied' }),
      { severity: 'medium', title: expect.stringContaining('Denied attempt') },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a call that only reads': [
      call('s3', 'ListBuckets', { readOnly: true }),
      {
        title: 'Root user active: s3:ListBuckets by the root user of 111122223333',
        summary:
          'The root user of 111122223333 called s3:ListBuckets. Such calls of this session are told once a day.',
        severity: 'medium',
        groupKey: 'rootActivity:111122223333:arn:aws:iam::111122223333:root:use',
      },
    ],
    'a call that only reads, with an access key that has no end': [
      call('s3', 'ListBuckets', {
        readOnly: true,
        userIdentity: { ...identities.root, accessKeyId: 'AKIAEXAMPLE111122223' },
      }),
      {
        title: expect.stringContaining('active: s3:ListBuckets'),
        severity: 'high',
        dedupKey: expect.stringContaining(':use:AKIAEXAMPLE111122223'),
      },
    ],
    'a sign-in, by a rule that also reads': [
      signInRecord(identities.root),
      { severity: 'medium', title: expect.stringContaining('active: signin:ConsoleLogin') },
    ],
    'a sign-in that failed, as an attempt': [
      signInRecord(identities.root, {
        errorMessage: 'Failed authentication',
        responseElements: { ConsoleLogin: 'Failure' },
      }),
      {
        title: expect.stringContaining('Denied attempt: Root user active'),
        severity: 'low',
        outcome: 'denied',
        dedupKey: expect.stringMatching(/:denied:use:none$/),
      },
    ],
    'a change in a session opened from elsewhere, which rootLogin tells': [
      call('iam', 'DeleteLoginProfile', {
        userIdentity: { ...identities.root, sessionContext: { assumedRoot: 'true' } },
      }),
      {
        severity: 'low',
        title:
          'Root user active in a session opened from elsewhere: iam:DeleteLoginProfile by the root user of 111122223333',
      },
    ],
    'a password that is made in a session opened from elsewhere': [
      call('iam', 'CreateLoginProfile', {
        requestParameters: null,
        userIdentity: { ...identities.root, sessionContext: { assumedRoot: 'true' } },
      }),
      {
        severity: 'critical',
        title:
          'Root user changed its own credentials in a session opened from elsewhere: iam:CreateLoginProfile by the root user of 111122223333',
      },
    ],
  },
  quiet: {
    'a change that failed': [call('ec2', 'CreateFlowLogs', { errorCode: 'FlowLogAlreadyExists' })],
  },
});

test.each([
  ['an IAM user', { userIdentity: identities.userWithKeys }],
  [
    'what a service does for it',
    { userIdentity: { ...identities.root, invokedBy: 'ec2.amazonaws.com' } },
  ],
  ['what a service does by itself', { eventType: 'AwsServiceEvent' }],
])('%s is not delivered', async (_what, fields) => {
  await expect(run(rule, call('ec2', 'RunInstances', fields))).rejects.toThrow('never receive');
});

test('reads are delivered too, which needs the state that costs more', () => {
  expect(rule.triggers.map(({ pattern }) => ruleState(pattern))).toEqual([
    'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
  ]);
});

describe('what is told once', () => {
  const at = (creationDate: string, accessKeyId = 'ASIAEXAMPLE111122223') => ({
    userIdentity: {
      ...identities.root,
      accessKeyId,
      sessionContext: { attributes: { creationDate, mfaAuthenticated: 'true' } },
    },
  });
  const reading = { ...at('2026-11-20T08:00:00Z'), readOnly: true, awsRegion: 'us-east-1' };
  /** The keys of two events that are told once: as many as are told. */
  const keysOf = async (...events: readonly unknown[]): Promise<number> => {
    const verdicts = await Promise.all(events.map((event) => run(rule, event)));
    return new Set(verdicts.flatMap(({ once }) => once ?? [])).size;
  };
  const read = call('s3', 'ListBuckets', reading);

  test.each<[string, unknown, number]>([
    ['another call in the same session', call('iam', 'ListUsers', reading), 1],
    [
      'another access key of the same session',
      call('s3', 'ListBuckets', {
        ...reading,
        ...at('2026-11-20T08:00:00Z', 'ASIAEXAMPLE999999999'),
      }),
      1,
    ],
    [
      'the sign-in that began the session',
      signInRecord(identities.root, { eventTime: '2026-11-20T08:00:00Z' }),
      1,
    ],
    [
      'another session',
      call('s3', 'ListBuckets', { ...reading, ...at('2026-11-20T09:00:00Z') }),
      2,
    ],
    ['a denied read', call('s3', 'ListBuckets', { ...reading, errorCode: 'AccessDenied' }), 2],
    [
      'a denied change',
      call('s3', 'DeleteBucket', { ...reading, readOnly: false, errorCode: 'AccessDenied' }),
      2,
    ],
    [
      'another account',
      call('s3', 'ListBuckets', { ...reading, recipientAccountId: '444455556666' }),
      2,
    ],
  ])('a read, and %s', async (_what, other, expected) => {
    expect(await keysOf(read, other)).toBe(expected);
  });

  test('denied changes of one session are one, and those of its own credentials another', async () => {
    const refusal = {
      ...reading,
      readOnly: false,
      errorCode: 'AccessDenied',
      requestParameters: null,
    };
    expect(
      await keysOf(call('s3', 'DeleteBucket', refusal), call('ec2', 'RunInstances', refusal)),
    ).toBe(1);
    expect(
      await keysOf(call('s3', 'DeleteBucket', refusal), call('iam', 'CreateAccessKey', refusal)),
    ).toBe(2);
  });

  test('a password made in a session from elsewhere is told after what else that session does', async () => {
    const elsewhere = {
      readOnly: false,
      requestParameters: null,
      userIdentity: { ...identities.root, sessionContext: { assumedRoot: 'true' } },
    };
    const { once } = await run(rule, call('iam', 'CreateLoginProfile', elsewhere));
    expect(once).toBeUndefined();
    expect(
      await keysOf(
        call('iam', 'DeleteLoginProfile', elsewhere),
        call('iam', 'DeactivateMFADevice', elsewhere),
      ),
    ).toBe(1);
  });

  test('changes are each told', async () => {
    const { alerts, once } = await run(rule, call('s3', 'DeleteBucket'));
    expect([alerts.length, once]).toEqual([1, undefined]);
  });
});
