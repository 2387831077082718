import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const { userInConsole, userWithKeys, root, service } = identities;
const call = (
  eventName: string,
  requestParameters: unknown,
  userIdentity: unknown = userWithKeys,
  fields = {},
): unknown =>
  apiCallRecord('iam.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    userIdentity,
    ...fields,
  });
const deviceOf = (userName: string): object => ({
  userName,
  serialNumber: `arn:aws:iam::111122223333:mfa/${userName}`,
});
const withoutMfa = {
  ...userInConsole,
  sessionContext: { attributes: { mfaAuthenticated: 'false' } },
};

describeRule(rule, {
  alerts: {
    'a device taken from somebody else': [
      call('DeactivateMFADevice', deviceOf('bob')),
      {
        title: 'MFA device taken from user bob by IAM user alice',
        severity: 'high',
        facts: { device: 'arn:aws:iam::111122223333:mfa/bob', user: 'bob' },
        targets: [{ type: 'AWS::IAM::User', id: 'bob' }],
      },
    ],
    'a device of one’s own, in a session with MFA': [
      call('DeactivateMFADevice', deviceOf('bob'), userInConsole),
      { title: 'MFA device taken from user bob by IAM user bob', severity: 'medium' },
    ],
    'a device of one’s own, in a session without MFA': [
      call('DeactivateMFADevice', deviceOf('bob'), withoutMfa),
      { title: 'MFA device taken from user bob by IAM user bob', severity: 'high' },
    ],
    'a device that is deleted': [
      call('DeleteVirtualMFADevice', { serialNumber: 'arn:aws:iam::111122223333:mfa/bob' }),
      {
        title: 'Virtual MFA device deleted by IAM user alice',
        severity: 'low',
        targets: [{ type: 'AWS::IAM::VirtualMFADevice', id: 'arn:aws:iam::111122223333:mfa/bob' }],
      },
    ],
    'a device given to somebody else': [
      call('EnableMFADevice', deviceOf('mallory'), userInConsole),
      { title: 'MFA device added to user mallory by IAM user bob', severity: 'medium' },
    ],
    'a device of one’s own, added by an access key': [
      call('EnableMFADevice', deviceOf('alice')),
      {
        title: 'MFA device added with an access key to user alice by IAM user alice',
        severity: 'high',
      },
    ],
    'a device that an access key makes': [
      call('CreateVirtualMFADevice', { path: '/', virtualMFADeviceName: 'phone' }),
      {
        title: 'Virtual MFA device made with an access key by IAM user alice',
        severity: 'low',
        facts: { device: 'phone' },
      },
    ],
    'a device of somebody else that is synchronised': [
      call('ResyncMFADevice', deviceOf('bob')),
      { title: 'MFA device of user bob synchronised by IAM user alice', severity: 'low' },
    ],
  },
  quiet: {
    'a device of one’s own, added in the console': [
      call('EnableMFADevice', deviceOf('bob'), withoutMfa),
    ],
    'a device that is made in the console': [
      call('CreateVirtualMFADevice', { virtualMFADeviceName: 'phone' }, userInConsole),
    ],
    'a device of one’s own that is synchronised': [
      call('ResyncMFADevice', deviceOf('bob'), userInConsole),
    ],
    'the device of the root user, which other rules watch': [
      call(
        'DeactivateMFADevice',
        {
          userName: 'AWS ROOT USER',
          serialNumber: 'arn:aws:iam::111122223333:mfa/root-account-mfa-device',
        },
        root,
      ),
    ],
    'a device that the root user adds for itself': [call('EnableMFADevice', null, root)],
    'a device that an AWS service deletes by itself': [call('DeleteVirtualMFADevice', {}, service)],
    'a denied attempt': [
      call(
        'DeactivateMFADevice',
        null,
        userWithKeys,
        denied('iam:DeactivateMFADevice', 'user bob'),
      ),
    ],
  },
});
