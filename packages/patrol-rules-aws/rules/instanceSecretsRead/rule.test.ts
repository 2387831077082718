import { apiCallRecord, describeRule, type Fields, identities, run } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import { by } from '../../testing/people.ts';
import rule from './rule.ts';

const instance = 'i-0a1b2c3d4e5f60718';

const password = (fields: Fields = {}): unknown =>
  apiCallRecord('ec2.amazonaws.com', 'GetPasswordData', {
    requestParameters: { instanceId: instance },
    readOnly: true,
    ...fields,
  });

const attribute = (name: string, fields: Fields = {}): unknown =>
  apiCallRecord('ec2.amazonaws.com', 'DescribeInstanceAttribute', {
    requestParameters: { instanceId: instance, attribute: name },
    readOnly: true,
    ...fields,
  });

const unauthorized = {
  errorCode: 'Client.UnauthorizedOperation',
  errorMessage: 'You are not authorized to perform this operation.',
};

const ofAnInstance = {
  userIdentity: {
    ...identities.assumedRole,
    sessionContext: { ...identities.assumedRole.sessionContext, ec2RoleDelivery: '2.0' },
  },
};

describeRule(rule, {
  alerts: {
    'a password': [
      password(),
      {
        title: `Windows password read of EC2 instance ${instance} by IAM user alice`,
        severity: 'medium',
        targets: [{ type: 'AWS::EC2::Instance', id: instance }],
      },
    ],
    'a password that a role may not read': [
      password({ ...by.deployment, ...unauthorized }),
      { title: expect.any(String), outcome: 'denied', severity: 'low' },
    ],
    'user data': [
      attribute('userData'),
      {
        title: `User data read of EC2 instance ${instance} by IAM user alice`,
        severity: 'medium',
      },
    ],
    'user data that a role may not read': [
      attribute('userData', { ...by.deployment, ...unauthorized }),
      { title: expect.any(String), outcome: 'denied', severity: 'low' },
    ],
    'user data that an instance reads': [
      attribute('userData', ofAnInstance),
      { title: expect.any(String), severity: 'medium' },
    ],
  },
  quiet: {
    'user data that a deployment reads': [attribute('userData', by.deployment)],
  },
});

test('another attribute is not delivered', async () => {
  await expect(run(rule, attribute('disableApiTermination'))).rejects.toThrow(
    'would never receive',
  );
});
