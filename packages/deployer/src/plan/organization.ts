/** What has to be done so that an organisation's stack sets are as a fleet wants them. Pure. */
import { typedFor } from '../identity/naming.ts';
import { patrolCommand } from '../text/command.ts';
import { order } from '../text/words.ts';
import type { OrganizationWanted, WantedStackSet } from '../want/organization.ts';
import type { Remark } from '../view/sentences/remarks.ts';
import { planOrphan, planStackSet } from './stacksets.ts';
import type { OrganizationState, UnitsState } from './state.ts';
import { type Plan, refusedSet, selected, type StackSetStep } from './step.ts';

/** What has to be done so that an organisation's stack sets are as a fleet wants them. */
export interface OrganizationPlan extends Plan {
  /** By name; deletions come last. */
  readonly steps: readonly StackSetStep[];
  /** What it was made of. */
  readonly units: UnitsState;
}

/** How an organisation is planned. */
export interface OrganizationOptions {
  /** Whether what is no longer in the file is deleted: stack sets, and stacks in units and regions. */
  readonly prune?: boolean;
  /** Names of rules, with `*` for any run of characters. */
  readonly only?: readonly string[];
  /** What `only` may name beside stack sets. */
  readonly others?: readonly string[];
}

/**
 * Plans an organisation.
 *
 * @throws UsageError when `only` names nothing. An Error when the fleet has problems.
 */
export function planOrganization(
  wanted: OrganizationWanted,
  { stackSets: current, units }: OrganizationState,
  { prune = false, only, others = [] }: OrganizationOptions = {},
): OrganizationPlan {
  if (wanted.problems.length > 0) throw new Error('A fleet with problems cannot be planned.');
  const byName = new Map(current.map((found) => [found.name, found]));
  const planned = wanted.stackSets
    // Stacks of rules use what the base stacks of their accounts have.
    .toSorted((a, b) => isBase(b) - isBase(a) || order(typedFor(a.holds), typedFor(b.holds)))
    .map((each) => planStackSet(each, wanted, byName.get(each.stackSet), { prune, units }));
  const base = planned.find(({ target }) => isBase(target) === 1);
  const steps = planned.map((step) => (base ? behind(base, step) : step));
  const known = new Set(wanted.stackSets.map(({ stackSet }) => stackSet));
  const orphans = current
    .filter(({ name }) => !known.has(name))
    .toSorted((a, b) => order(a.name, b.name))
    .flatMap((found) => planOrphan(found, wanted, prune));
  const isBaseSet = ({ key }: StackSetStep): boolean => key === wanted.central.base;
  const first = [...steps, ...orphans.filter((step) => !isBaseSet(step))];
  const needs = first.map(({ key }) => key);
  const all = [...first, ...orphans.filter(isBaseSet).map((step) => ({ ...step, needs }))];
  return {
    steps: selected(all, only, others),
    notes: [...wanted.notes, ...unitNotes(wanted, units)],
    units,
  };
}

/** A step of a rule that shares the queues of base stacks is carried out after theirs, and not without it. */
function behind(base: StackSetStep, step: StackSetStep): StackSetStep {
  const isSharing = step.wanted?.autoDeployment.after === base.key;
  if (!isSharing || step.verdict !== 'change' || base.verdict === 'keep') return step;
  return base.verdict === 'refused'
    ? refusedSet(step, { code: 'needsBase', stack: step.key, base: base.key })
    : { ...step, needs: [base.key] };
}

const isBase = ({ holds }: Pick<WantedStackSet, 'holds'>): number => ('base' in holds ? 1 : 0);

/** What there is to say of the units that are wanted. */
function unitNotes(
  { stackSets, run }: OrganizationWanted,
  { accounts, unknown }: UnitsState,
): readonly Remark[] {
  const wanted = new Set(stackSets.flatMap(({ units }) => units));
  const reasons = Map.groupBy(unknown, ([, why]) => why);
  return [
    ...[...wanted]
      .filter((unit) => accounts.get(unit)?.length === 0)
      .map((unit): Remark => ({ code: 'emptyUnit', unit })),
    ...[...reasons].map(([why, units]): Remark => {
      const command = patrolCommand(['doctor'], run, ['--policy', 'organization']);
      return { code: 'unknownAccounts', units: units.map(([unit]) => unit), why, command };
    }),
  ];
}
