import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const trail = 'aws-cloudtrail-logs-organization';
const call = (eventName: string, requestParameters: unknown, fields = {}) =>
  apiCallRecord('logs.amazonaws.com', eventName, { requestParameters, ...fields });
const by = 'by IAM user alice';
const byService = {
  userIdentity: { ...identities.serviceForUser, invokedBy: 'amplify.amazonaws.com' },
};
const byStack = { userIdentity: identities.serviceForUser };

describeRule(rule, {
  alerts: {
    'a protected group that a stack deletes, which is somebody’s doing': [
      call('DeleteLogGroup', { logGroupName: trail }, byStack),
      { severity: 'low', title: expect.stringContaining('through cloudformation.amazonaws.com') },
    ],
    'a protected group that is deleted': [
      call('DeleteLogGroup', { logGroupName: trail }),
      {
        title: `Log group deleted: ${trail} ${by}`,
        severity: 'high',
        targets: [{ type: 'AWS::Logs::LogGroup', id: trail }],
      },
    ],
    'a protected group in another case': [
      call('DeleteLogGroup', { logGroupName: '/corp/CloudTrail/eu' }),
      { title: `Log group deleted: /corp/CloudTrail/eu ${by}` },
    ],
    'a group that the operator protects': [
      call('DeleteLogGroup', { logGroupName: '/pay/ledger' }),
      { title: `Log group deleted: /pay/ledger ${by}` },
      { parameters: { protectedLogGroups: '/pay/*' } },
    ],
    'a denied attempt that names no group': [
      call('DeleteLogGroup', null, denied('logs:DeleteLogGroup', 'log-group:x')),
      { title: `Denied attempt: Log group deleted ${by}`, severity: 'medium' },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a stream of a protected group that is deleted': [
      call('DeleteLogStream', { logGroupName: trail, logStreamName: '2026' }),
      { title: `Logs deleted: a stream of log group ${trail} ${by}`, severity: 'medium' },
    ],
    'a metric filter of a protected group that is deleted': [
      call('DeleteMetricFilter', { logGroupName: trail, filterName: 'root' }),
      {
        title: `Metric filter deleted from log group ${trail} ${by}`,
        severity: 'high',
        facts: { filter: 'root' },
      },
    ],
    'logs that are kept for a day': [
      call('PutRetentionPolicy', { logGroupName: trail, retentionInDays: 1 }),
      {
        title: `Logs kept for 1 days only in log group ${trail} ${by}`,
        severity: 'medium',
        facts: { days: 1 },
      },
    ],
    'logs that are kept for less than the operator wants': [
      call('PutRetentionPolicy', { logGroupName: trail, retentionInDays: 90 }),
      { title: `Logs kept for 90 days only in log group ${trail} ${by}` },
      { parameters: { minimumDays: '365' } },
    ],
    'a subscription of a protected group that is deleted': [
      call('DeleteSubscriptionFilter', { logGroupName: trail, filterName: 'siem' }),
      { title: `Logs no longer forwarded from log group ${trail} ${by}`, severity: 'high' },
    ],
    'a subscription of any group that is deleted': [
      call('DeleteSubscriptionFilter', { logGroupName: '/aws/lambda/shop', filterName: 'siem' }),
      {
        title: `Logs no longer forwarded from log group /aws/lambda/shop ${by}`,
        severity: 'low',
        facts: { filter: 'siem' },
      },
    ],
    'data that is no longer masked': [
      call('DeleteDataProtectionPolicy', {
        logGroupIdentifier: 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/shop',
      }),
      {
        title: `Data no longer masked in log group /aws/lambda/shop ${by}`,
        severity: 'medium',
      },
    ],
    'services that may no longer write': [
      call('DeleteResourcePolicy', { policyName: 'AWSLogDeliveryWrite20150319' }),
      {
        title: `Services may no longer write to log groups ${by}`,
        severity: 'low',
        facts: { policy: 'AWSLogDeliveryWrite20150319' },
      },
    ],
  },
  quiet: {
    'any group that is deleted': [call('DeleteLogGroup', { logGroupName: '/aws/lambda/shop' })],
    'a protected group that a service deletes': [
      call('DeleteLogGroup', { logGroupName: trail }, byService),
    ],
    'a stream of any group': [
      call('DeleteLogStream', { logGroupName: '/aws/lambda/shop', logStreamName: '2026' }),
    ],
    'a metric filter of any group': [
      call('DeleteMetricFilter', { logGroupName: '/aws/lambda/shop', filterName: 'errors' }),
    ],
    'logs that are kept long': [
      call('PutRetentionPolicy', { logGroupName: trail, retentionInDays: 7 }),
    ],
    'logs of any group that are kept for a day': [
      call('PutRetentionPolicy', { logGroupName: '/aws/lambda/shop', retentionInDays: 1 }),
    ],
    'a subscription that a service deletes': [
      call('DeleteSubscriptionFilter', { logGroupName: trail, filterName: 'siem' }, byService),
    ],
    'a policy that a service deletes': [
      call('DeleteResourcePolicy', { policyName: 'a' }, byService),
    ],
    'a data protection policy that a service deletes': [
      call('DeleteDataProtectionPolicy', { logGroupIdentifier: trail }, byService),
    ],
  },
});
