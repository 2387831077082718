import { cis, defineCallRule, guardDuty, mitre, stratus } from '@patrol/core';

export default defineCallRule({
  name: 'consoleLoginWithoutMFA',
  title: 'Console sign-in without MFA',
  description: 'Alerts when an IAM user signs in to the console without MFA.',
  severity: 'high',
  runbook:
    'Ask the user whether it was them. If it was not, change the password, deactivate the access keys of the user, and look in ' +
    'CloudTrail at everything that the session has done. In any case give the user an MFA device, and deny what is done without ' +
    'one (condition aws:MultiFactorAuthPresent).',
  references: [
    cis(2),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
    stratus('initial-access.console-login-without-mfa'),
    guardDuty('ConsoleLoginWithoutMFA'),
  ],
  parameters: {},
  calls: {
    'signin.amazonaws.com': {
      ConsoleLogin: {
        // Federated sessions and roles have no MFA of AWS: `MFAUsed` is always No. The root user is for rules of its own.
        where: { userIdentity: { type: ['IAMUser'] } },
        read({ actor: { name, arn }, record: { additionalEventData, sourceIPAddress } }) {
          const given = additionalEventData?.['MFAUsed'];
          if (typeof given === 'string' && /^yes$/i.test(given)) return undefined;
          return {
            deed: 'Console sign-in without MFA',
            meaning: `${name ?? 'The user'} signed in to the console from ${sourceIPAddress ?? 'an unknown address'} with a password only.`,
            facts: { mfaUsed: typeof given === 'string' ? given : 'unknown' },
            target: ['AWS::IAM::User', arn ?? name ?? undefined],
          };
        },
      },
    },
  },
});
