import { apiCallRecord, describeRule, identities, signInRecord } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import { eventRegions, wrapRecord } from '@patrol/core/evaluation';
import rule from './rule.ts';

const failure = {
  errorMessage: 'Failed authentication',
  responseElements: { ConsoleLogin: 'Failure' },
};

describeRule(rule, {
  alerts: {
    'a root session for another account': [
      apiCallRecord('sts.amazonaws.com', 'AssumeRoot', {
        awsRegion: 'eu-west-1',
        requestParameters: {
          targetPrincipal: '444455556666',
          taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword' },
        },
      }),
      {
        title:
          'Root session opened for IAMCreateRootUserPassword, account 444455556666, by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::Organizations::Account', id: '444455556666' }],
      },
    ],
    'a root session for a task that the record does not name': [
      apiCallRecord('sts.amazonaws.com', 'AssumeRoot', { requestParameters: null }),
      { title: 'Root session opened, account 111122223333, by IAM user alice' },
    ],
    ...Object.fromEntries(
      (
        [
          [
            'account',
            'StartPrimaryEmailUpdate',
            'critical',
            'Change of the e-mail address of the root user asked for',
          ],
          [
            'account',
            'AcceptPrimaryEmailUpdate',
            'critical',
            'E-mail address of the root user changed',
          ],
          ['iam', 'EnableOrganizationsRootSessions', 'high', 'Central root sessions switched on'],
          [
            'iam',
            'DisableOrganizationsRootSessions',
            'medium',
            'Central root sessions switched off',
          ],
          [
            'iam',
            'EnableOrganizationsRootCredentialsManagement',
            'high',
            'Central management of root credentials switched on',
          ],
          [
            'iam',
            'DisableOrganizationsRootCredentialsManagement',
            'high',
            'Central management of root credentials switched off',
          ],
        ] as const
      ).map(([service, name, severity, deed]) => [
        name,
        [
          apiCallRecord(`${service}.amazonaws.com`, name, {
            requestParameters: service === 'account' ? { accountId: '444455556666' } : null,
          }),
          {
            title: `${deed}, account ${service === 'account' ? '444455556666' : '111122223333'}, by IAM user alice`,
            severity,
          },
        ] as const,
      ]),
    ),
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

test('the root user signs in to us-east-1 only, and root sessions are opened in every region', () => {
  expect(rule.triggers.map(({ pattern }) => eventRegions(pattern))).toEqual([
    ['us-east-1'],
    ['us-east-1'],
    undefined,
    ['us-east-1'],
  ]);
});
