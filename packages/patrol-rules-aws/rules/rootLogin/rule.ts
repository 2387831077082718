import { actor, cis, defineRule, mitre, signIn } from '@patrol/core';

export default defineRule({
  name: 'rootLogin',
  title: 'Root user signed in',
  description: 'Alerts when the root user of an account signs in to the console.',
  severity: 'critical',
  runbook:
    'The root user should not be needed for daily work. Ask whoever holds its password and its MFA device whether it was them. ' +
    'If it was not, change the password and the e-mail address of the account, remove access keys and MFA devices that you do not ' +
    'know, and look in CloudTrail at everything the root user has done since.',
  references: [cis(3), mitre('T1078.004', 'Valid Accounts: Cloud Accounts')],
  triggers: [signIn(['Root'])],
  parameters: {},
  evaluate({ detail }) {
    const { userIdentity, additionalEventData } = detail;
    const given = additionalEventData?.['MFAUsed'];
    const mfaUsed = typeof given === 'string' ? given : 'unknown';
    const withMfa = /^yes$/i.test(mfaUsed)
      ? 'with MFA'
      : /^no$/i.test(mfaUsed)
        ? 'without MFA'
        : 'MFA unknown';
    const who = actor(userIdentity).description;
    return {
      title: `Root user signed in to ${userIdentity?.accountId ?? 'an account'} (${withMfa})`,
      summary: `A console session of ${who} was opened from ${detail.sourceIPAddress ?? 'an unknown address'}, ${withMfa}.`,
      facts: { mfaUsed },
    };
  },
});
