import { describeRule, run } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import type { GitHub, Look, WeakAccount } from '../../lib/accounts.ts';
import rule from './rule.ts';
import tick from './sample.json' with { type: 'json' };

const account = (
  login: string,
  secondFactor: WeakAccount['secondFactor'] = 'none',
  relation: WeakAccount['relation'] = 'member',
): WeakAccount => ({ login, secondFactor, relation });

const sees = (...accounts: readonly WeakAccount[]): { clients: GitHub } => shows({ accounts });

const shows = ({ accounts = [], refusals = [] }: Partial<Look>): { clients: GitHub } => ({
  clients: {
    weakAccounts: async (organization) => {
      expect(organization).toBe('acme');
      return { accounts, refusals };
    },
  },
});

const refused =
  'GitHub answered "Bad credentials" (401, https://api.github.com/orgs/acme/members).';
const parameters = {
  githubOrganization: 'acme',
  githubToken: 'arn:aws:ssm:eu-west-1:111122223333:parameter/patrol/github',
};

describeRule(rule, {
  parameters,
  alerts: {
    'a member without a second factor': [
      tick,
      {
        title: 'GitHub account mallory of acme has no second factor',
        severity: 'high',
        summary:
          'A password alone opens the GitHub account mallory, member of acme, and all of acme that it may read or change.',
        facts: {
          organization: 'acme',
          account: 'mallory',
          relation: 'member',
          secondFactor: 'none',
        },
        dedupKey: 'mfaDisabled:111122223333:us-east-1:acme mallory none',
        targets: [
          { type: 'GitHub::User', id: 'mallory' },
          { type: 'GitHub::Organization', id: 'acme' },
        ],
        groupKey: 'mfaDisabled:111122223333::none',
        before: null,
        undo: null,
        suppression: { parameter: 'allowedList', item: 'mallory' },
      },
      sees(account('mallory')),
    ],
    'an outside collaborator with an insecure one, which is less': [
      tick,
      {
        title: 'GitHub account bob of acme has an insecure second factor',
        severity: 'medium',
        facts: {
          organization: 'acme',
          account: 'bob',
          relation: 'outside collaborator',
          secondFactor: 'insecure',
        },
      },
      sees(account('bob', 'insecure', 'outside collaborator')),
    ],
    'each of several, each a finding of its own': [
      tick,
      [
        { title: 'GitHub account mallory of acme has no second factor' },
        { title: 'GitHub account bob of acme has an insecure second factor' },
      ],
      sees(account('mallory'), account('bob', 'insecure')),
    ],
    'a token that GitHub refuses': [
      tick,
      {
        title: 'Second factors of acme cannot be checked: GitHub refuses the token',
        severity: 'high',
        summary: expect.stringContaining(refused),
        dedupKey: 'mfaDisabled:111122223333:us-east-1:acme token',
        groupKey: 'mfaDisabled:111122223333::token',
        suppression: null,
      },
      shows({ refusals: [refused] }),
    ],
    'a token that GitHub refuses in part, beside what it shows': [
      tick,
      [
        {
          title: 'Second factors of acme cannot be checked: GitHub refuses the token',
          facts: { organization: 'acme', refusals: 2 },
        },
        { title: 'GitHub account mallory of acme has no second factor' },
      ],
      shows({ accounts: [account('mallory')], refusals: [refused, refused] }),
    ],
    'an account whose login holds a muted one': [
      tick,
      { title: 'GitHub account mallory-bot of acme has no second factor' },
      { parameters: { allowedList: 'mallory, bot' }, ...sees(account('mallory-bot')) },
    ],
  },
  quiet: {
    'an organisation in which all have a second factor': [tick, sees()],
  },
  suppressed: {
    'an account that is on the list, in other letters': [
      tick,
      'Deploy-Bot',
      { parameters: { allowedList: 'Deploy-Bot, alice' }, ...sees(account('deploy-bot')) },
    ],
    'an account that a * covers': [
      tick,
      'svc-*',
      { parameters: { allowedList: 'svc-*' }, ...sees(account('svc-build', 'insecure')) },
    ],
  },
});

test('a refused token is told whatever the list says, and beside an account that it mutes', async () => {
  const { alerts, suppressed } = await run(rule, tick, {
    parameters: { ...parameters, allowedList: 'mallory, acme, token' },
    ...shows({ accounts: [account('mallory')], refusals: [refused] }),
  });
  expect(alerts.map(({ title }) => title)).toEqual([
    'Second factors of acme cannot be checked: GitHub refuses the token',
  ]);
  expect(suppressed).toHaveLength(1);
});

test('a look that fails is no silence', async () => {
  const clients: GitHub = {
    weakAccounts: async () => {
      throw new Error('GitHub could not be asked: "…" (502, …).');
    },
  };
  await expect(run(rule, tick, { parameters, clients })).rejects.toThrow(
    /^mfaDisabled could not evaluate event .*GitHub could not be asked/,
  );
});

test('the finding of a person is the same in other letters, and another one when the second factor gets weaker', async () => {
  const keyOf = async (weak: WeakAccount): Promise<string | undefined> =>
    (await run(rule, tick, { parameters, ...sees(weak) })).alerts[0]?.dedupKey;
  expect(await keyOf(account('Bob'))).toBe(
    await keyOf(account('bob', 'none', 'outside collaborator')),
  );
  expect(await keyOf(account('bob'))).not.toBe(await keyOf(account('bob', 'insecure')));
});

test.each([
  ['allowedList', '*'],
  ['allowedList', 'alice@example.com'],
  ['githubOrganization', 'https://github.com/acme'],
  ['githubOrganization', 'acme/website'],
  ['githubToken', 'ghp_token'],
  ['githubApiUrl', 'http://github.example.com/api/v3'],
  ['githubApiUrl', 'http://localhost.example.com'],
  ['githubApiUrl', 'github.example.com'],
])('refuses %s %s', async (name, value) => {
  await expect(
    run(rule, tick, { parameters: { ...parameters, [name]: value }, ...sees() }),
  ).rejects.toThrow(name);
});

test.each([
  'https://github.example.com/api/v3',
  'https://api.acme.ghe.com/',
  'http://127.0.0.1:4001',
  'http://localhost/x',
])('takes the address %s', async (githubApiUrl) => {
  const verdict = await run(rule, tick, { parameters: { ...parameters, githubApiUrl }, ...sees() });
  expect(verdict.alerts).toEqual([]);
});
