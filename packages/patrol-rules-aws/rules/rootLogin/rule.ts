import { actor, cis, defineRule, mitre, signIn } from '@patrol/core';
import { lookUp, namesIn } from '../../lib/request.ts';

/** The events of the sign-in service that change the root user's credentials, each with words for it. */
const changes = {
  EmailUpdated: 'The e-mail address was changed',
  PasswordRecoveryCompleted: 'The password was reset',
  PasswordRecoveryRequested: 'A reset of the password was asked for',
  PasswordUpdated: 'The password was changed',
} as const;

export default defineRule({
  name: 'rootLogin',
  title: 'Root user signed in',
  description:
    'Alerts when the root user of an account signs in to the console, and when its password or e-mail address is changed or to be reset.',
  severity: 'critical',
  runbook:
    'The root user should not be needed for daily work. Ask whoever holds its password and its MFA device whether it was them. ' +
    'If it was not, change the password and the e-mail address of the account, remove access keys and MFA devices that you do not ' +
    'know, and look in CloudTrail at everything the root user has done since.',
  references: [
    cis(3, 'calls other than signing in and the password'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  triggers: [signIn(['Root'], ['ConsoleLogin', ...namesIn(changes)])],
  parameters: {},
  evaluate({ detail }) {
    const { userIdentity, additionalEventData, eventName } = detail;
    const account = userIdentity?.accountId ?? 'an account';
    const about = {
      targets: [{ type: 'AWS::Organizations::Account', id: userIdentity?.accountId }],
      group: eventName,
    };
    const from = detail.sourceIPAddress ?? 'an unknown address';
    const change = lookUp(changes, eventName);
    if (change !== undefined) {
      return {
        title: `Root user of ${account}: ${change.charAt(0).toLowerCase()}${change.slice(1)}`,
        summary: `${change} of the root user of ${account}, from ${from}.`,
        facts: { action: eventName },
        ...about,
      };
    }
    const given = additionalEventData?.['MFAUsed'];
    const mfaUsed = typeof given === 'string' ? given : 'unknown';
    const withMfa = /^yes$/i.test(mfaUsed)
      ? 'with MFA'
      : /^no$/i.test(mfaUsed)
        ? 'without MFA'
        : 'MFA unknown';
    const who = actor(userIdentity).description;
    return {
      title: `Root user signed in to ${account} (${withMfa})`,
      summary: `A console session of ${who} was opened from ${from}, ${withMfa}.`,
      facts: { mfaUsed },
      ...about,
    };
  },
});
