import {
  actor,
  apiCall,
  cis,
  defineRule,
  fieldsOf,
  mitre,
  type Severity,
  signIn,
} from '@patrol/core';
import { lookUp, namesIn } from '../../lib/request.ts';

/** The events of the sign-in service that change the root user's credentials, each with words for it. */
const changes = {
  EmailUpdated: 'The e-mail address was changed',
  PasswordRecoveryCompleted: 'The password was reset',
  PasswordRecoveryRequested: 'A reset of the password was asked for',
  PasswordUpdated: 'The password was changed',
} as const;

/** The calls by which somebody else gets at the root user of an account: what was done, and how much it matters. */
const deeds: Readonly<Record<string, readonly [deed: string, severity: Severity]>> = {
  AcceptPrimaryEmailUpdate: ['E-mail address of the root user changed', 'critical'],
  AssumeRoot: ['Root session opened', 'high'],
  DisableOrganizationsRootCredentialsManagement: [
    'Central management of root credentials switched off',
    'high',
  ],
  DisableOrganizationsRootSessions: ['Central root sessions switched off', 'medium'],
  EnableOrganizationsRootCredentialsManagement: [
    'Central management of root credentials switched on',
    'high',
  ],
  EnableOrganizationsRootSessions: ['Central root sessions switched on', 'high'],
  StartPrimaryEmailUpdate: ['Change of the e-mail address of the root user asked for', 'critical'],
};

export default defineRule({
  name: 'rootLogin',
  title: 'Root user signed in',
  description:
    'Alerts when the root user of an account signs in to the console, when its password or e-mail address is changed or to be reset, and when somebody opens a root session for an account from elsewhere or changes who may. rootActivity tells that the root user is active, and what it changes.',
  severity: 'critical',
  runbook:
    'The root user should not be needed for daily work. Ask whoever holds its password and its MFA device whether it was them. ' +
    'If it was not, change the password and the e-mail address of the account, remove access keys and MFA devices that you do not ' +
    'know, and look in CloudTrail at everything the root user has done since.',
  references: [
    cis(3, 'what the root user does once signed in (rule rootActivity)'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  triggers: [
    signIn(['Root'], ['ConsoleLogin', ...namesIn(changes)]),
    apiCall('account.amazonaws.com', ['AcceptPrimaryEmailUpdate', 'StartPrimaryEmailUpdate']),
    apiCall('sts.amazonaws.com', ['AssumeRoot']),
    apiCall('iam.amazonaws.com', [
      'DisableOrganizationsRootCredentialsManagement',
      'DisableOrganizationsRootSessions',
      'EnableOrganizationsRootCredentialsManagement',
      'EnableOrganizationsRootSessions',
    ]),
  ],
  parameters: {},
  evaluate({ detail, account: own }) {
    const { userIdentity, additionalEventData, eventName } = detail;
    const who = actor(userIdentity).description;
    const [deed, severity = 'critical'] = lookUp(deeds, eventName) ?? [];
    if (deed !== undefined) {
      const request = fieldsOf(detail.requestParameters);
      const about = request.text('targetPrincipal') ?? request.text('accountId') ?? own;
      // The task for which AWS opens a root session: the session may do nothing else.
      const task = request.text('taskPolicyArn.arn')?.replace(/^.*\//s, '');
      return {
        title: `${deed}${task ? ` for ${task}` : ''}, account ${about}, by ${who}`,
        summary: `${who} called ${eventName} for account ${about}.`,
        severity,
        facts: { action: eventName },
        targets: [{ type: 'AWS::Organizations::Account', id: about }],
        group: eventName,
      };
    }
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
    return {
      title: `Root user signed in to ${account} (${withMfa})`,
      summary: `A console session of ${who} was opened from ${from}, ${withMfa}.`,
      facts: { mfaUsed },
      ...about,
    };
  },
});
