import { describeRule, type Fields, identities, signInRecord } from '@patrol/core/testing';
import rule from './rule.ts';

const { userInConsole, assumedRole, root } = identities;
const { sessionContext: _, ...user } = userInConsole;
const withMFA = (MFAUsed: string): Fields => ({ additionalEventData: { MFAUsed } });

describeRule(rule, {
  alerts: {
    'a sign-in with a password only': [
      signInRecord(user),
      {
        title: 'Console sign-in without MFA by IAM user bob',
        severity: 'high',
        facts: { mfaUsed: 'No' },
        targets: [{ type: 'AWS::IAM::User', id: 'arn:aws:iam::111122223333:user/bob' }],
        groupKey:
          'consoleLoginWithoutMFA:111122223333:arn:aws:iam::111122223333:user/bob:ConsoleLogin',
      },
    ],
    'a sign-in that says nothing of MFA': [
      signInRecord(user, { additionalEventData: null }),
      { title: 'Console sign-in without MFA by IAM user bob', facts: { mfaUsed: 'unknown' } },
    ],
  },
  quiet: {
    'a sign-in with MFA': [signInRecord(user, withMFA('Yes'))],
    'a sign-in with MFA, as newer records spell it': [signInRecord(user, withMFA('YES'))],
    'a failed sign-in': [
      signInRecord(user, {
        errorMessage: 'Failed authentication',
        responseElements: { ConsoleLogin: 'Failure' },
      }),
    ],
  },
  refuses: {
    'the sign-in of a role, whose identity provider asked for MFA': [
      signInRecord(assumedRole),
      'would never receive this event',
    ],
    'the sign-in of the root user': [signInRecord(root), 'would never receive this event'],
  },
});
