import {
  cisGitHub,
  defineRule,
  type Finding,
  mitre,
  names,
  schedule,
  secret,
  text,
} from '@patrol/core';
import type { GitHub, WeakAccount } from '../../lib/accounts.ts';

export default defineRule({
  name: 'mfaDisabled',
  title: 'GitHub account without a second factor',
  description:
    'Alerts when a member or an outside collaborator of a GitHub organisation has no second factor or an insecure one, and when GitHub no longer lets the rule look.',
  severity: 'high',
  runbook:
    'Ask the person to turn on two-factor authentication with a passkey, a security key or an app (GitHub, Settings, Password and ' +
    'authentication), and look in the audit log at what the account did lately. An account that nobody knows is taken out of the ' +
    'organisation. The organisation can require it of all (Settings, Authentication security). When the token is refused, make a ' +
    'new one and put it into the same secret: it is used at the next run.',
  references: [
    cisGitHub('1.3.5'),
    mitre('T1556.006', 'Modify Authentication Process: Multi-Factor Authentication'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  triggers: [schedule('rate(5 minutes)')],
  parameters: {
    githubOrganization: text('The organisation to watch, by its login.', {
      example: 'acme',
      form: {
        pattern: '[A-Za-z0-9][\\w-]*',
        words: 'the login of an organisation, as in its address: acme',
      },
    }),
    githubToken: secret(
      'The secret that holds what GitHub is asked with: the token of an owner of the organisation, or a GitHub App as JSON with appId and privateKey.',
      { example: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:patrol/github-AbCdEf' },
    ),
    allowedList: names('The accounts that are not alerted on, by their logins.', {
      default: '',
      suppresses: true,
      // GitHub ignores the case of logins.
      ignoreCase: true,
      form: {
        pattern: '[\\w*-]+(\\[bot\\])?',
        words: 'the login of an account (alice), with * for any characters',
      },
    }),
    githubApiUrl: text(
      'The address of the REST API: https://HOST/api/v3 for a GitHub Enterprise Server (3.17 or later).',
      {
        default: 'https://api.github.com',
        form: {
          // The rule sends the token to this address. HTTP is for this machine only.
          pattern: 'https://[^\\s?#]+|http://(localhost|127\\.0\\.0\\.1)(:\\d+)?(/[^\\s?#]*)?',
          words: 'an address that begins with https://',
        },
      },
    ),
  },
  // A run waits for GitHub's rate limits, and ends before the next run begins.
  timeout: 240,
  remindAfter: 86_400,
  clients: async ({ parameters: { githubToken, githubApiUrl }, secret: read }): Promise<GitHub> =>
    (await import('../../lib/accounts.ts')).github({
      apiUrl: githubApiUrl,
      secret: () => read(githubToken),
      patience: 180,
    }),
  async evaluate(_event, { parameters: { githubOrganization, allowedList }, clients }) {
    const { accounts, refusals } = await clients.weakAccounts(githubOrganization);
    return [
      ...(refusals.length > 0 ? [refused(githubOrganization, refusals)] : []),
      ...accounts.map((account) => ({
        ...weak(githubOrganization, account),
        suppression: allowedList.suppression(account.login),
        suppressedBy: allowedList.find(account.login),
      })),
    ];
  },
});

const weak = (organization: string, { login, relation, secondFactor }: WeakAccount): Finding => ({
  ...(secondFactor === 'none'
    ? {
        title: `GitHub account ${login} of ${organization} has no second factor`,
        summary: `A password alone opens the GitHub account ${login}, ${relation} of ${organization}, and all of ${organization} that it may read or change.`,
      }
    : {
        title: `GitHub account ${login} of ${organization} has an insecure second factor`,
        summary: `The GitHub account ${login}, ${relation} of ${organization}, takes a text message for its second factor, which GitHub calls insecure: whoever gets hold of the telephone number gets past it.`,
        severity: 'medium' as const,
      }),
  facts: { organization, account: login, relation, secondFactor },
  targets: [
    { type: 'GitHub::User', id: login },
    { type: 'GitHub::Organization', id: organization },
  ],
  group: secondFactor,
  key: [organization, login, secondFactor].join(' ').toLowerCase(),
});

const refused = (organization: string, refusals: readonly string[]): Finding => ({
  title: `Second factors of ${organization} cannot be checked: GitHub refuses the token`,
  summary: `GitHub does not show the rule what it has to see, so that an account without a second factor may go unnoticed. ${refusals.join(' ')}`,
  facts: { organization, refusals: refusals.length },
  targets: [{ type: 'GitHub::Organization', id: organization }],
  group: 'token',
  key: [organization, 'token'].join(' ').toLowerCase(),
});
