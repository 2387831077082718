import { isObject, mitre } from '@patrol/core';
import { type Deed, defineActRule, list, text, whole } from '../../lib/acts.ts';

/** How strictly something is enforced, from least to most. */
const levels: readonly unknown[] = ['off', 'non_admins', 'everyone'];

/** How much of a setting there is; `undefined` where that cannot be said. */
function amount(value: unknown): number | undefined {
  if (typeof value === 'boolean' || typeof value === 'number') return Number(value);
  const level = levels.indexOf(value);
  return level < 0 ? undefined : level;
}

/** Settings of which less is safer. Of all others more is. */
const loosens = /^(allow_|lock_allows_|ignore_)/;

/** Whether a setting became less safe. GitHub's description names some settings of which it says what they were; it says more. */
function isWeaker(name: string, from: unknown, now: unknown): boolean {
  const [before, after] = [amount(from), amount(now)];
  if (before === undefined || after === undefined) return false;
  return loosens.test(name) ? after > before : after < before;
}

/** A setting in words: `allow_force_pushes_enforcement_level` → `allow force pushes`. */
const inWords = (name: string): string =>
  name.replace(/_(enforcement_)?level$/, '').replaceAll('_', ' ');

export default defineActRule({
  name: 'protectionWeakened',
  title: 'Branch protection or ruleset weakened',
  description:
    'Alerts when a branch protection rule or a ruleset is deleted or disabled, when a setting of a branch protection becomes less strict, when a ruleset loses a rule or its rules or targets are changed, and when an edit leaves force pushes, deletion or a bypass allowed.',
  severity: 'high',
  runbook:
    'Ask whoever did it what for, and put the rule back (settings of the repository or organisation, Branches or Rules; rulesets have a history). ' +
    'Look at what was pushed to the branches meanwhile: who, with which review. GitHub does not always say what a setting was ' +
    'before (force pushes, deletions, number of reviews, bypass list): those are judged as they stand.',
  references: [
    mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools'),
    mitre('T1195.002', 'Supply Chain Compromise: Compromise Software Supply Chain'),
  ],
  parameters: {},
  acts: {
    'branch_protection_configuration.disabled': ({ where }) => ({
      deed: `Branch protections of ${where} switched off`,
      severity: 'critical',
      meaning: 'No branch protection rule of the repository holds any more.',
    }),
    'branch_protection_rule.deleted': ({ where, payload: { rule } }) => ({
      deed: `Branch protection of ${where} deleted: ${text(rule?.name)}`,
      meaning: 'Whoever may write may push to these branches without a review or a check.',
    }),
    'branch_protection_rule.edited': ({ where, payload: { rule, changes } }) => {
      const now: Readonly<Record<string, unknown>> = isObject(rule) ? rule : {};
      const changed = Object.entries(changes ?? {}).flatMap(([name, change]) =>
        isObject(change) ? [{ name, from: change['from'], to: now[name] }] : [],
      );
      const less = changed
        .filter(({ name, from, to }) => isWeaker(name, from, to))
        .map(({ name, from, to }) => `${inWords(name)}: ${String(from)} → ${String(to)}`);
      const fewer = list(changes?.required_status_checks?.from).filter(
        (check) => !list(rule?.required_status_checks).includes(check),
      );
      const more = list(rule?.authorized_actor_names).filter(
        (name) =>
          changes?.authorized_actor_names !== undefined &&
          changes?.authorized_actors_only?.from !== false &&
          !list(changes?.authorized_actor_names?.from).includes(name),
      );
      // GitHub does not always say what these were before. An edit that makes something else stricter would hide them.
      const standing = [
        ...(isOpen(rule?.allow_force_pushes_enforcement_level) ? ['force pushes are allowed'] : []),
        ...(isOpen(rule?.allow_deletions_enforcement_level) ? ['deletion is allowed'] : []),
        ...(rule?.required_approving_review_count === 0 &&
        isOpen(rule.pull_request_reviews_enforcement_level)
          ? ['reviews need no approval']
          : []),
      ];
      const lost = [
        ...less,
        ...fewer.map((check) => `no longer checked: ${check}`),
        ...more.map((name) => `may push now: ${name}`),
      ];
      return weakened(
        `Branch protection of ${where} weakened: ${text(rule?.name)}`,
        lost,
        standing,
      );
    },
    'repository_ruleset.deleted': ({ where, payload }) =>
      payload.repository_ruleset?.enforcement === 'active'
        ? {
            deed: `Ruleset of ${where} deleted: ${text(payload.repository_ruleset.name)}`,
            meaning: 'What it forbade is allowed now, unless another ruleset forbids it too.',
            target: ruleset(payload.repository_ruleset.id),
          }
        : undefined,
    'repository_ruleset.edited': ({ where, payload }) => {
      const { repository_ruleset: now, changes } = payload;
      const wasActive = changes?.enforcement
        ? changes.enforcement.from === 'active'
        : now?.enforcement === 'active';
      if (!wasActive) return undefined;
      const conditions = [
        ...list(changes?.conditions?.added),
        ...list(changes?.conditions?.deleted),
        ...list(changes?.conditions?.updated),
      ];
      const always = list(now?.bypass_actors).filter(
        (actor) => actor.bypass_mode !== 'pull_request',
      );
      const lost = [
        ...(now?.enforcement === 'active' ? [] : [`it is ${text(now?.enforcement)} now`]),
        ...list(changes?.rules?.deleted).map(({ type }) => `rule deleted: ${text(type)}`),
      ];
      // GitHub does not say whether it forbids more or less than before.
      const changed = [
        ...list(changes?.rules?.updated).map((each) => `rule changed: ${text(each.rule?.type)}`),
        ...(conditions.length > 0 ? ['other branches, tags or repositories'] : []),
      ];
      const standing = always.map(({ actor_type: type }) => `may bypass it: ${text(type)}`);
      const deed = `Ruleset of ${where} weakened: ${text(now?.name)}`;
      const found = weakened(deed, lost, [...changed, ...standing]);
      return found && { ...found, target: ruleset(now?.id) };
    },
  },
});

const isOpen = (level: unknown): boolean => level === 'everyone' || level === 'non_admins';

/**
 * The finding about an edit.
 *
 * @param lost what is less strict than it was.
 * @param others what GitHub does not compare: what was changed, and what is not strict as it stands.
 */
function weakened(
  deed: string,
  lost: readonly string[],
  others: readonly string[],
): Deed | undefined {
  if (lost.length + others.length === 0) return undefined;
  const shown = [...new Set([...lost, ...others])].slice(0, 10).join('; ');
  return {
    deed: lost.length > 0 ? deed : deed.replace('weakened', 'changed'),
    severity: lost.length > 0 ? 'high' : 'medium',
    meaning: `${shown}.`,
    facts: { found: shown },
  };
}

const ruleset = (id: unknown): readonly ['GitHub::Ruleset', string] | undefined => {
  const number = whole(id);
  return number === undefined ? undefined : ['GitHub::Ruleset', String(number)];
};
