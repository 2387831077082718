import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const strict = {
  name: 'main',
  admin_enforced: true,
  allow_deletions_enforcement_level: 'off',
  allow_force_pushes_enforcement_level: 'off',
  authorized_actor_names: [],
  pull_request_reviews_enforcement_level: 'everyone',
  required_approving_review_count: 1,
  required_status_checks: ['test'],
  required_status_checks_enforcement_level: 'everyone',
};
const edited = (changes: object, rule: object = {}) => {
  const made = deliveryOf('branch_protection_rule.edited', { rule: { ...strict, ...rule } });
  return { ...made, payload: { ...(made.payload as object), changes } };
};
const ruleset = { id: 42, name: 'trunk', enforcement: 'active', bypass_actors: [] };
const rulesetEdited = (changes: object, now: object = {}) => {
  const made = deliveryOf('repository_ruleset.edited', {
    repository_ruleset: { ...ruleset, ...now },
  });
  return { ...made, payload: { ...(made.payload as object), changes } };
};
const weakened = 'Branch protection of acme/website weakened: main by alice';
const team = { actor_id: 7, actor_type: 'Team', bypass_mode: 'always' };

describeRule(rule, {
  alerts: {
    'all branch protections off': [
      deliveryOf('branch_protection_configuration.disabled'),
      { title: 'Branch protections of acme/website switched off by alice', severity: 'critical' },
    ],
    'a branch protection deleted': [
      deliveryOf('branch_protection_rule.deleted', { rule: strict }),
      { title: 'Branch protection of acme/website deleted: main by alice', severity: 'high' },
    ],
    'reviews that are no longer required of all': [
      edited(
        { pull_request_reviews_enforcement_level: { from: 'everyone' } },
        { pull_request_reviews_enforcement_level: 'non_admins' },
      ),
      {
        title: weakened,
        severity: 'high',
        facts: expect.objectContaining({ found: 'pull request reviews: everyone → non_admins' }),
      },
    ],
    'administrators let out': [
      edited({ admin_enforced: { from: true } }, { admin_enforced: false }),
      { title: weakened },
    ],
    'a check taken off the list': [
      edited({ required_status_checks: { from: ['test', 'scan'] } }),
      { title: weakened, facts: expect.objectContaining({ found: 'no longer checked: scan' }) },
    ],
    'somebody more who may push': [
      edited({ authorized_actor_names: { from: [] } }, { authorized_actor_names: ['mallory'] }),
      { title: weakened, facts: expect.objectContaining({ found: 'may push now: mallory' }) },
    ],
    // GitHub does not tell of a change of this setting.
    'force pushes that an edit leaves allowed, whatever else it makes stricter': [
      edited(
        { admin_enforced: { from: false } },
        { allow_force_pushes_enforcement_level: 'everyone' },
      ),
      {
        title: 'Branch protection of acme/website changed: main by alice',
        severity: 'medium',
        facts: expect.objectContaining({ found: 'force pushes are allowed' }),
      },
    ],
    'reviews that need nobody': [
      edited({}, { required_approving_review_count: 0 }),
      { title: 'Branch protection of acme/website changed: main by alice' },
    ],
    // GitHub's description has no such changes, and GitHub sends them.
    'fewer reviews, and force pushes that were forbidden': [
      edited(
        {
          required_approving_review_count: { from: 2 },
          allow_force_pushes_enforcement_level: { from: 'off' },
        },
        { allow_force_pushes_enforcement_level: 'everyone' },
      ),
      {
        title: weakened,
        severity: 'high',
        facts: expect.objectContaining({
          found:
            'required approving review count: 2 → 1; allow force pushes: off → everyone; force pushes are allowed',
        }),
      },
    ],
    'a ruleset deleted': [
      deliveryOf('repository_ruleset.deleted', { repository_ruleset: ruleset }),
      {
        title: 'Ruleset of acme/website deleted: trunk by alice',
        targets: [{ type: 'GitHub::Ruleset', id: '42' }],
      },
    ],
    'a ruleset of the organisation deleted': [
      deliveryOf('repository_ruleset.deleted', {
        repository: undefined,
        repository_ruleset: ruleset,
      }),
      {
        title: 'Ruleset of acme deleted: trunk by alice',
        suppression: { parameter: 'ignoredAccounts', item: 'alice' },
      },
    ],
    'a ruleset switched off': [
      rulesetEdited({ enforcement: { from: 'active' } }, { enforcement: 'disabled' }),
      {
        title: 'Ruleset of acme/website weakened: trunk by alice',
        severity: 'high',
        facts: expect.objectContaining({ found: 'it is disabled now' }),
      },
    ],
    'a rule taken out of a ruleset': [
      rulesetEdited({ rules: { added: [], deleted: [{ type: 'pull_request' }], updated: [] } }),
      {
        title: 'Ruleset of acme/website weakened: trunk by alice',
        facts: expect.objectContaining({ found: 'rule deleted: pull_request' }),
      },
    ],
    'a ruleset for other branches, which may be more or fewer': [
      rulesetEdited({ conditions: { added: [], deleted: [], updated: [{}] } }),
      { title: 'Ruleset of acme/website changed: trunk by alice', severity: 'medium' },
    ],
    'a rule of a ruleset changed': [
      rulesetEdited({
        rules: { added: [], deleted: [], updated: [{ rule: { type: 'pull_request' } }] },
      }),
      {
        title: 'Ruleset of acme/website changed: trunk by alice',
        severity: 'medium',
        facts: expect.objectContaining({ found: 'rule changed: pull_request' }),
      },
    ],
    'a ruleset with somebody who may bypass it': [
      rulesetEdited({ name: { from: 'old' } }, { bypass_actors: [team, team] }),
      {
        title: 'Ruleset of acme/website changed: trunk by alice',
        severity: 'medium',
        facts: expect.objectContaining({ found: 'may bypass it: Team' }),
      },
    ],
  },
  quiet: {
    'a stricter branch protection': [
      edited({ admin_enforced: { from: false }, required_status_checks: { from: [] } }),
    ],
    'a branch protection made': [deliveryOf('branch_protection_rule.created', { rule: strict })],
    'accounts named who alone may push, where all might before': [
      edited(
        { authorized_actors_only: { from: false }, authorized_actor_names: { from: [] } },
        { authorized_actors_only: true, authorized_actor_names: ['alice'] },
      ),
    ],
    'force pushes forbidden': [
      edited({ allow_force_pushes_enforcement_level: { from: 'everyone' } }),
    ],
    'branch protections on': [deliveryOf('branch_protection_configuration.enabled')],
    'a ruleset that did not hold, deleted': [
      deliveryOf('repository_ruleset.deleted', {
        repository_ruleset: { ...ruleset, enforcement: 'evaluate' },
      }),
    ],
    'a ruleset switched on': [rulesetEdited({ enforcement: { from: 'disabled' } })],
    'a rule more': [
      rulesetEdited({ rules: { added: [{ type: 'deletion' }], deleted: [], updated: [] } }),
    ],
    'a bypass that asks for a pull request': [
      rulesetEdited({}, { bypass_actors: [{ ...team, bypass_mode: 'pull_request' }] }),
    ],
  },
});
