import { apiCallRecord, denied, describeRule, identities, run } from '@patrol/core/testing';
import { describe, expect, test } from 'vitest';
import rule from './rule.ts';

const refused = (service: string, eventName: string, fields = {}): unknown =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, {
    ...denied(`${service}:${eventName}`, 'user mallory because no identity-based policy allows it'),
    ...fields,
  });
const title = 'Denied attempt: Sensitive call';

describeRule(rule, {
  alerts: {
    'a sensitive call': [
      refused('iam', 'CreateAccessKey'),
      {
        title: `${title} iam:CreateAccessKey by IAM user alice`,
        severity: 'medium',
        facts: {
          call: 'iam:CreateAccessKey',
          watchedBy: 'iam:CreateAccessKey',
          errorCode: 'AccessDenied',
          resource: 'user mallory',
        },
        groupKey:
          'deniedCalls:111122223333:arn:aws:iam::111122223333:user/alice:iam:CreateAccessKey',
      },
    ],
    'a call of EC2, which has an error of its own': [
      refused('ec2', 'ModifyImageAttribute', { errorCode: 'Client.UnauthorizedOperation' }),
      { title: `${title} ec2:ModifyImageAttribute by IAM user alice` },
    ],
    'a call with the version of the API behind its name': [
      refused('lambda', 'UpdateFunctionCode20150331v2', { errorCode: 'AccessDeniedException' }),
      { title: `${title} lambda:UpdateFunctionCode20150331v2 by IAM user alice` },
    ],
    'any call, where the operator watches all': [
      refused('s3', 'ListBuckets'),
      { title: `${title} s3:ListBuckets by IAM user alice`, facts: { watchedBy: '*' } },
      { parameters: { watchedCalls: '*' } },
    ],
    'another call, with severity low': [
      refused('s3', 'ListBuckets'),
      {
        title: 'Denied attempt: Call s3:ListBuckets by IAM user alice',
        severity: 'low',
        facts: { call: 's3:ListBuckets', errorCode: 'AccessDenied', resource: 'user mallory' },
      },
    ],
    'an AWS service for somebody': [
      refused('iam', 'CreateUser', { userIdentity: identities.serviceForUser }),
      { title: expect.stringContaining('Call iam:CreateUser by'), severity: 'low' },
    ],
    'an AWS service by itself': [
      refused('s3', 'PutObject', { userIdentity: identities.service }),
      { title: expect.stringContaining('Call s3:PutObject by AWS service'), severity: 'low' },
    ],
  },
  quiet: {
    'another call, where the operator wants to hear of sensitive ones alone': [
      refused('s3', 'ListBuckets'),
      { parameters: { otherCalls: 'quiet' } },
    ],
    'what AWS services are denied, there': [
      refused('iam', 'CreateUser', { userIdentity: identities.service }),
      { parameters: { otherCalls: 'quiet' } },
    ],
    'a sensitive call, where the operator does not want to hear of denied attempts': [
      refused('iam', 'CreateUser'),
      { parameters: { deniedAttempts: 'quiet' } },
    ],
  },
  refuses: {
    'a call that succeeded': [
      apiCallRecord('iam.amazonaws.com', 'CreateUser'),
      'would never receive this event',
    ],
    'a call that failed for another reason': [
      refused('iam', 'CreateUser', { errorCode: 'EntityAlreadyExistsException' }),
      'would never receive this event',
    ],
  },
});

// The filter of CIS AWS Foundations 4.1: `AccessDenied*` and `*UnauthorizedOperation`, and what other services write.
test.each([
  'AccessDenied',
  'AccessDeniedException',
  'Client.UnauthorizedOperation',
  'UnauthorizedOperation',
  'Client.AuthFailure',
  'NotAuthorizedException',
  'VpceAccessDenied',
])('%s is a denial', async (errorCode) => {
  expect((await run(rule, refused('s3', 'ListBuckets', { errorCode }))).alerts).toHaveLength(1);
});

describe('how often somebody is told of', () => {
  /** How many of some events are told within a day. */
  const told = async (...events: readonly unknown[]): Promise<number> => {
    const verdicts = await Promise.all(events.map((event) => run(rule, event)));
    const keys = verdicts.map(({ alerts, once }) => {
      expect(once).toEqual(alerts.map(({ dedupKey }) => dedupKey));
      return once?.join();
    });
    return new Set(keys).size;
  };
  const read = (service: string, eventName: string, fields = {}): unknown =>
    refused(service, eventName, { readOnly: true, ...fields });
  const session = (name: string) => ({
    userIdentity: {
      ...identities.assumedRole,
      arn: `arn:aws:sts::111122223333:assumed-role/Developer/${name}`,
    },
  });

  test('kinds of calls once each, where the operator watches all calls', async () => {
    const parameters = { watchedCalls: '*' };
    const groups = [read('s3', 'ListBuckets'), refused('s3', 'CreateBucket')].map(async (event) => {
      const { alerts } = await run(rule, event, { parameters });
      return alerts[0]?.dedupKey;
    });
    expect(new Set(await Promise.all(groups)).size).toBe(2);
  });

  test.each<[string, number, readonly unknown[]]>([
    [
      'reads of any services once',
      1,
      [read('s3', 'ListBuckets'), read('ec2', 'DescribeInstances'), read('iam', 'ListUsers')],
    ],
    [
      'reads that give access or secrets once for each service',
      3,
      [
        read('s3', 'ListBuckets'),
        read('sts', 'AssumeRole'),
        read('sts', 'AssumeRoleWithSAML'),
        read('secretsmanager', 'GetSecretValue'),
      ],
    ],
    [
      'changes once for each service',
      2,
      [
        refused('ec2', 'RunInstances'),
        refused('ec2', 'CreateVpc'),
        refused('rds', 'CreateDBCluster'),
      ],
    ],
    [
      'sensitive calls once for each item of the list',
      2,
      [
        refused('iam', 'CreateUser'),
        refused('iam', 'CreateUser', { eventID: 'another' }),
        refused('iam', 'AttachUserPolicy'),
        refused('iam', 'AttachRolePolicy'),
      ],
    ],
    [
      'a role once, whatever its sessions are called',
      1,
      ['one', 'two'].map((name) => read('s3', 'ListBuckets', session(name))),
    ],
    [
      'everybody by themselves',
      2,
      [read('s3', 'ListBuckets'), read('s3', 'ListBuckets', session('one'))],
    ],
  ])('%s', async (_what, expected, events) => {
    expect(await told(...events)).toBe(expected);
  });
});
