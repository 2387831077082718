import { describeRule, identities, signInRecord } from '@patrol/core/testing';
import rule from './rule.ts';

const { sessionContext: _, ...user } = identities.userInConsole;
const failed = (identity: object, errorMessage = 'Failed authentication'): unknown =>
  signInRecord({ ...identity }, { errorMessage, responseElements: { ConsoleLogin: 'Failure' } });

describeRule(rule, {
  alerts: {
    'a wrong password': [
      failed(user),
      {
        title: 'Denied attempt: Console sign-in by IAM user bob',
        severity: 'low',
        facts: { reason: 'Failed authentication' },
        groupKey: 'consoleLoginFailed:111122223333:arn:aws:iam::111122223333:user/bob:ConsoleLogin',
      },
    ],
    'a wrong password of the root user': [
      failed(identities.root),
      {
        title: 'Denied attempt: Console sign-in by the root user of 111122223333',
        severity: 'medium',
      },
    ],
    'a user that does not exist: CloudTrail hides what was typed': [
      failed(
        {
          type: 'IAMUser',
          accountId: '111122223333',
          accessKeyId: '',
          userName: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        },
        'No username found in supplied account',
      ),
      {
        title: 'Denied attempt: Console sign-in by IAM user HIDDEN_DUE_TO_SECURITY_REASONS',
        facts: { reason: 'No username found in supplied account' },
      },
    ],
  },
  quiet: {
    'a wrong password, where the operator does not want to hear of denied attempts': [
      failed(user),
      { parameters: { deniedAttempts: 'quiet' } },
    ],
  },
  refuses: {
    'a sign-in that succeeded': [signInRecord(user), 'would never receive this event'],
  },
});
