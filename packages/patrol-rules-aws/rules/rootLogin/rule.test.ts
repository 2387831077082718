import { describeRule, identities, signInRecord } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import { eventRegions, wrapRecord } from '@patrol/core/evaluation';
import rule from './rule.ts';

const failure = {
  errorMessage: 'Failed authentication',
  responseElements: { ConsoleLogin: 'Failure' },
};

describeRule(rule, {
  alerts: {
    'a sign-in without MFA': [
      signInRecord(identities.root),
      {
        title: 'Root user signed in to 111122223333 (without MFA)',
        severity: 'critical',
        sourceAddress: '192.0.2.101',
        facts: { mfaUsed: 'No' },
        targets: [{ type: 'AWS::Organizations::Account', id: '111122223333' }],
        groupKey: 'rootLogin:111122223333:arn:aws:iam::111122223333:root:ConsoleLogin',
        undo: null,
        suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:root' },
      },
    ],
    'a sign-in with MFA, as newer records spell it': [
      signInRecord(identities.root, { additionalEventData: { MFAUsed: 'YES' } }),
      { title: 'Root user signed in to 111122223333 (with MFA)' },
    ],
    'a sign-in that says nothing of MFA': [
      signInRecord(identities.root, { additionalEventData: null }),
      { title: 'Root user signed in to 111122223333 (MFA unknown)' },
    ],
    'a sign-in whose record has no answer: nothing says that it failed': [
      signInRecord(identities.root, { responseElements: null }),
      { title: 'Root user signed in to 111122223333 (without MFA)' },
    ],
    'the other spelling of the detail-type': [
      {
        ...wrapRecord(signInRecord(identities.root)),
        'detail-type': 'AWS Console Signin via CloudTrail',
      },
      { title: 'Root user signed in to 111122223333 (without MFA)' },
    ],
    'a changed password': [
      signInRecord(identities.root, {
        eventName: 'PasswordUpdated',
        responseElements: { PasswordUpdated: 'Success' },
        additionalEventData: null,
      }),
      {
        title: 'Root user of 111122223333: the password was changed',
        facts: { action: 'PasswordUpdated' },
      },
    ],
    'a reset of the password that somebody asked for': [
      signInRecord(identities.root, {
        eventName: 'PasswordRecoveryRequested',
        responseElements: { PasswordRecoveryRequested: 'Success' },
        additionalEventData: null,
      }),
      { title: 'Root user of 111122223333: a reset of the password was asked for' },
    ],
    'a changed e-mail address, which is an action': [
      signInRecord(identities.root, {
        eventName: 'EmailUpdated',
        eventType: 'AwsConsoleAction',
        responseElements: { EmailUpdated: 'Success' },
        additionalEventData: null,
      }),
      { title: 'Root user of 111122223333: the e-mail address was changed' },
    ],
    'a failed attempt, when the operator wants to know': [
      signInRecord(identities.root, failure),
      {
        title: 'Denied attempt: Root user signed in to 111122223333 (without MFA)',
        severity: 'high',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'a failed attempt, which has no error code': [signInRecord(identities.root, failure)],
    'a change that failed': [
      signInRecord(identities.root, {
        eventName: 'PasswordUpdated',
        responseElements: { PasswordUpdated: 'Failure' },
      }),
    ],
  },
  refuses: {
    'the sign-in of a user: the pattern does not deliver it': [
      signInRecord(identities.userInConsole),
      'would never receive this event',
    ],
    'an event of the sign-in service that changes nothing': [
      signInRecord(identities.root, { eventName: 'CheckMfa' }),
      'would never receive this event',
    ],
  },
});

test('the root user signs in to us-east-1 only', () => {
  expect(rule.triggers.map(({ pattern }) => eventRegions(pattern))).toEqual([['us-east-1']]);
});
