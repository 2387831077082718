import { apiCallRecord, describeRule, identities, run } from '@patrol/core/testing';
import { ruleState } from '@patrol/core/evaluation';
import { expect, test } from 'vitest';
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
  },
  quiet: {
    'a change that failed': [call('ec2', 'CreateFlowLogs', { errorCode: 'FlowLogAlreadyExists' })],
  },
});

test.each([
  ['a call that only reads', { readOnly: true }],
  ['an IAM user', { userIdentity: identities.userWithKeys }],
  [
    'what a service does for it',
    { userIdentity: { ...identities.root, invokedBy: 'ec2.amazonaws.com' } },
  ],
  ['what a service does by itself', { eventType: 'AwsServiceEvent' }],
  [
    'a central root session, which rootLogin tells',
    { userIdentity: { ...identities.root, sessionContext: { assumedRoot: 'true' } } },
  ],
])('%s is not delivered', async (_what, fields) => {
  await expect(run(rule, call('ec2', 'RunInstances', fields))).rejects.toThrow('never receive');
});

test('reads are not delivered either, so that the rule costs nothing', () => {
  expect(rule.triggers.map(({ pattern }) => ruleState(pattern))).toEqual(['ENABLED']);
});
