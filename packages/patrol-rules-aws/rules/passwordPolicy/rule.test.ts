import { apiCallRecord, denied, describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const strong = {
  minimumPasswordLength: 14,
  passwordReusePrevention: 24,
  requireSymbols: true,
  requireNumbers: true,
  requireUppercaseCharacters: true,
  requireLowercaseCharacters: true,
  allowUsersToChangePassword: true,
  hardExpiry: false,
};
const updated = (fields: object): unknown =>
  apiCallRecord('iam.amazonaws.com', 'UpdateAccountPasswordPolicy', {
    awsRegion: 'us-east-1',
    requestParameters: { ...strong, ...fields },
  });
const deleted = (fields = {}): unknown =>
  apiCallRecord('iam.amazonaws.com', 'DeleteAccountPasswordPolicy', fields);

describeRule(rule, {
  alerts: {
    'the policy deleted': [
      deleted(),
      {
        title: 'Password policy deleted by IAM user alice',
        severity: 'medium',
        targets: [{ type: 'AWS::Organizations::Account', id: '111122223333' }],
      },
    ],
    'short passwords': [
      updated({ minimumPasswordLength: 13 }),
      {
        title: 'Password policy weakened by IAM user alice',
        summary: expect.stringContaining('By the new policy 13 characters are enough.'),
        facts: { minimumLength: 13, remembersPasswords: 24 },
      },
    ],
    'no length, which is six': [
      updated({ minimumPasswordLength: undefined }),
      { title: 'Password policy weakened by IAM user alice', facts: { minimumLength: 6 } },
    ],
    'passwords that may be used again, without symbols': [
      updated({ passwordReusePrevention: undefined, requireSymbols: false }),
      {
        title: 'Password policy weakened by IAM user alice',
        summary: expect.stringContaining('old passwords may be used again'),
        facts: { remembersPasswords: 0, doesNotRequire: 'symbols' },
      },
    ],
    'passwords that are shorter than the operator wants': [
      updated({}),
      { title: 'Password policy weakened by IAM user alice' },
      { parameters: { minimumLength: '16' } },
    ],
  },
  quiet: {
    'a strong policy': [updated({})],
    'passwords as short as the operator wants': [
      updated({ minimumPasswordLength: 10 }),
      { parameters: { minimumLength: '10' } },
    ],
    'a denied attempt': [deleted(denied('iam:DeleteAccountPasswordPolicy', '*'))],
  },
});
