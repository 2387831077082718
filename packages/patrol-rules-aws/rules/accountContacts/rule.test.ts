import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields = {}) =>
  apiCallRecord('account.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    ...fields,
  });
const security = {
  name: 'mallory',
  title: 'Security',
  emailAddress: 'mallory@example.com',
  alternateContactType: 'SECURITY',
};
const by = 'by IAM user alice';

describeRule(rule, {
  alerts: {
    'the contact for security': [
      call('PutAlternateContact', security),
      {
        title: `Alternate contact of account 111122223333 changed: SECURITY ${by}`,
        severity: 'high',
        facts: { email: 'mallory@example.com' },
        targets: [{ type: 'AWS::Organizations::Account', id: '111122223333' }],
      },
    ],
    'the contact for billing': [
      call('PutAlternateContact', { ...security, alternateContactType: 'BILLING' }),
      {
        title: `Alternate contact of account 111122223333 changed: BILLING ${by}`,
        severity: 'medium',
      },
    ],
    'the contact of another account, as the management account sets it': [
      call('PutAlternateContact', { ...security, accountId: '444455556666' }),
      {
        title: `Alternate contact of account 444455556666 changed: SECURITY ${by}`,
        severity: 'low',
      },
    ],
    'the contact that account vending sets': [
      call('PutAlternateContact', security, {
        userIdentity: {
          ...identities.assumedRole,
          sessionContext: { sessionIssuer: { type: 'Role', userName: 'AWSAFTExecution' } },
        },
      }),
      { title: expect.stringContaining('Alternate contact'), severity: 'low' },
    ],
    'a contact that is deleted': [
      call('DeleteAlternateContact', { alternateContactType: 'SECURITY' }),
      {
        title: `Alternate contact of account 111122223333 deleted: SECURITY ${by}`,
        severity: 'high',
      },
    ],
    'the address': [
      call('PutContactInformation', { contactInformation: { fullName: 'mallory' } }),
      {
        title: `Address and telephone number of account 111122223333 changed ${by}`,
        severity: 'medium',
      },
    ],
    'the name': [
      call('PutAccountName', { accountName: 'shop' }),
      { title: `Name of account 111122223333 changed ${by}`, severity: 'low' },
    ],
  },
  quiet: {
    'a contact that could not be set': [
      call('PutAlternateContact', security, { errorCode: 'ValidationException' }),
    ],
  },
});
