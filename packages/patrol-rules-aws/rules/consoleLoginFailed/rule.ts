import { cis, defineCallRule, mitre } from '@patrol/core';

export default defineCallRule({
  name: 'consoleLoginFailed',
  title: 'Console sign-in failed',
  description: 'Alerts when a sign-in to the console fails, of the root user or an IAM user.',
  severity: 'low',
  runbook:
    'One failure is a mistyped password. Several for one user, or for several users from one address, are an attempt to guess ' +
    'passwords: look for a sign-in that succeeded (ConsoleLogin), change the passwords of those users, and ask for MFA.',
  references: [
    cis(6),
    mitre('T1110', 'Brute Force'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  // A failed sign-in is a denied attempt, and the only thing that this rule is about.
  alertsOnDenied: true,
  parameters: {},
  calls: {
    'signin.amazonaws.com': {
      ConsoleLogin: {
        where: { responseElements: { ConsoleLogin: ['Failure'] } },
        read({ actor: { type, name, arn }, record: { errorMessage, sourceIPAddress } }) {
          const reason = typeof errorMessage === 'string' ? errorMessage : 'no reason given';
          return {
            deed: 'Console sign-in',
            meaning: `The sign-in came from ${sourceIPAddress ?? 'an unknown address'} and failed: ${reason}.`,
            // A denied attempt is told one severity lower.
            severity: type === 'Root' ? 'high' : 'low',
            facts: { reason },
            target: ['AWS::IAM::User', arn ?? name ?? undefined],
          };
        },
      },
    },
  },
});
