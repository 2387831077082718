/** What has to be done so that a stack set is as it is wanted. Pure. */
import type { Scope, StackSet } from '../cloud/stacksets.ts';
import { fleetTag, type Holds } from '../identity/naming.ts';
import { otherTag, type Strangeness } from '../identity/ownership.ts';
import type { Difference, ShownChanges } from '../notes/parts.ts';
import { typedNameFor } from '../packages/assembly.ts';
import { defaultsOf, templateIn } from '../template/template.ts';
import type { OrganizationWanted, WantedStackSet } from '../want/organization.ts';
import { changesBetween, creationOf } from './changes.ts';
import { differencesOf, templateWords } from './differences.ts';
import {
  adviceFor,
  countInstances,
  isRetried,
  none,
  scopeOf,
  troubledInstances,
  within,
} from './instances.ts';
import type { Reason, Refusal } from './reasons.ts';
import type { StackSetState, UnitsState } from './state.ts';
import { doingOf, type StackSetOperation, type StackSetStep } from './step.ts';
import { cautionsOf, nextOf, versionDifferences } from './told.ts';
import { sharedAccounts, targetsOf } from './units.ts';

/** Of a stack set whose template stays. */
const unchanged: ShownChanges = { changes: [], statements: [], untold: [] };

/**
 * Plans one stack set that is wanted.
 *
 * @param options.prune whether its stacks in units and regions that the file no longer has are deleted.
 */
export function planStackSet(
  wanted: WantedStackSet,
  about: Pick<OrganizationWanted, 'fleet' | 'home' | 'run'>,
  found: StackSetState | undefined,
  options: StackSetOptions,
): StackSetStep {
  const step = planned(wanted, about, found, options);
  return removals(step).length === 0
    ? step
    : { ...step, withoutDeletions: planned(wanted, about, found, { ...options, prune: false }) };
}

interface StackSetOptions {
  readonly prune: boolean;
  readonly units: UnitsState;
}

/** What of a step takes stacks out of units and regions. */
const removals = ({ operations }: Pick<StackSetStep, 'operations'>): readonly Scope[] =>
  operations.filter((each) => each.do === 'remove');

/** Whether a step deletes stacks of a stack set that stays. */
export const removesStacks = (step: StackSetStep): boolean =>
  doingOf(step) !== 'delete' && removals(step).length > 0;

/** Whether a step does anything but delete. */
export const doesMore = ({ operations, waits }: StackSetStep): boolean =>
  waits || operations.some((each) => each.do !== 'remove' && each.do !== 'delete');

/** Where a step deletes stacks of a stack set that stays, and how many. */
export const removedStacks = (
  step: Pick<StackSetStep, 'operations' | 'instances'>,
): { readonly count: number; readonly scopes: readonly Scope[] } => {
  const scopes = removals(step);
  return { count: within(step.instances, scopes).length, scopes };
};

function planned(
  wanted: WantedStackSet,
  { home, run }: Pick<OrganizationWanted, 'home' | 'run'>,
  found: StackSetState | undefined,
  { prune, units: unitsState }: StackSetOptions,
): StackSetStep {
  const { holds, stackSet: key, units, regions, notes, disagreements } = wanted;
  const blank = {
    key,
    target: { kind: 'stack set', home, name: key, holds } as const,
    needs: [],
    differences: [],
    cautions: {},
    operations: [],
    waits: false,
    counts: none,
    instances: [],
    troubled: [],
    notes,
    wanted,
  };
  const otherwise = disagreements ? { disagreements } : {};
  if (!found) {
    return {
      ...blank,
      verdict: 'change',
      operations: [{ do: 'create' }, { do: 'add', units, regions }],
      reasons: [{ code: 'absent' }],
      changes: { ...creationOf(wanted.template, wanted.parameters), ...otherwise },
    };
  }
  const refuse = (why: Refusal): StackSetStep => ({ ...blank, verdict: 'refused', reasons: [why] });
  if ('failure' in found) return refuse({ code: 'unseen', why: found.failure });
  const { stackSet, instances } = found;
  const because = strangeness(stackSet, wanted);
  if (because) return refuse({ code: 'foreign', kind: 'stack set', name: key, because });
  const differences = differencesOf(wanted, stackSet);
  const { missing, surplus } = targetsOf(wanted, found, unitsState);
  const outgoing = within(instances, surplus);
  const late = instances.filter((each) => isRetried(each) && !outgoing.includes(each));
  const counts = countInstances(instances);
  const known = {
    ...blank,
    ...told(wanted, stackSet, differences),
    counts,
    instances,
    troubled: troubledInstances(instances),
  };
  const lost = surplus
    .flatMap(({ regions: all }) => all)
    .filter((region) => !regions.includes(region));
  if (!prune && differences.length > 0 && lost.length > 0) {
    const where = [...new Set(lost)].toSorted();
    const left = { name: key, regions: where, stacks: outgoing.length, scopes: surplus };
    return { ...known, verdict: 'refused', reasons: [{ code: 'regionsLeft', ...left }] };
  }
  const shared = sharedAccounts(wanted, surplus, outgoing, unitsState, run);
  if (prune && shared) return { ...known, verdict: 'refused', reasons: [shared] };
  const retried = differences.length === 0 && late.length > 0;
  const operations: readonly StackSetOperation[] = [
    // What an update makes of instances in regions that the file no longer has fails.
    ...(prune ? surplus.map((scope) => ({ do: 'remove' as const, ...scope })) : []),
    ...(differences.length > 0 ? [{ do: 'update' as const }] : []),
    // An update deals with them as well.
    ...(retried ? [{ do: 'retry' as const, ...scopeOf(late) }] : []),
    ...missing.map((scope) => ({ do: 'add' as const, ...scope })),
  ];
  const waits = counts.busy > 0;
  const reasons: readonly Reason[] = [
    ...(waits ? [{ code: 'underWay' as const }] : []),
    ...(differences.length > 0
      ? [{ code: 'changed' as const, what: differences.map(({ what }) => what) }]
      : []),
    ...(retried ? [{ code: 'outdated' as const, count: late.length, of: instances.length }] : []),
    ...missing.map((scope) => ({ code: 'goes' as const, scope })),
    ...(prune ? surplus : []).map((scope) => ({
      code: 'leaves' as const,
      scope,
      stacks: within(instances, [scope]).length,
    })),
  ];
  const still: readonly Reason[] =
    prune || surplus.length === 0
      ? []
      : [shared ?? { code: 'left', name: key, stacks: outgoing.length, scopes: surplus }];
  const changes =
    stackSet.template !== undefined && differences.some(({ what }) => what === templateWords)
      ? changesBetween(stackSet.template, wanted.template, wanted.parameters)
      : undefined;
  const shown = changes ?? (disagreements && operations.length > 0 ? unchanged : undefined);
  const step = {
    ...known,
    ...(shown ? { changes: { ...shown, ...otherwise } } : {}),
    operations,
    waits,
    still,
    notes: [...notes, ...adviceFor(stackSet, instances)],
  };
  return reasons.length > 0
    ? { ...step, verdict: 'change', reasons }
    : { ...step, verdict: 'keep', reasons: [{ code: 'same', kind: 'stack set' }] };
}

/** What a step tells of a stack set that becomes another one. */
function told(
  { single: { content } }: WantedStackSet,
  stackSet: StackSet,
  differences: readonly Difference[],
): Pick<StackSetStep, 'differences' | 'cautions'> {
  if (differences.length === 0) return { differences, cautions: {} };
  const next = nextOf(content);
  const template = templateIn(stackSet.template ?? '');
  return {
    differences: [...versionDifferences(next, stackSet), ...differences],
    cautions: cautionsOf(next, stackSet, template && defaultsOf(template)),
  };
}

/** How a stack set is seen not to be this rule's in this fleet. */
function strangeness(
  { tags, serviceManaged }: StackSet,
  { tags: expected }: WantedStackSet,
): Strangeness | undefined {
  const found = tags[fleetTag];
  const other = otherTag(tags, expected, ['patrol:package', 'patrol:rule', 'patrol:environment']);
  if (other) return other;
  if (found !== expected[fleetTag]) {
    return found === undefined
      ? otherTag(tags, expected, [fleetTag])
      : { code: 'otherFleet', found, expected: expected[fleetTag] ?? '' };
  }
  return serviceManaged ? undefined : { code: 'selfManaged' };
}

/** Plans a stack set that the file does not have. */
export function planOrphan(
  found: StackSetState,
  { fleet, environment, home }: OrganizationWanted,
  prune: boolean,
): readonly StackSetStep[] {
  const about = (holds: Holds) => ({
    key: found.name,
    target: { kind: 'stack set', home, name: found.name, holds } as const,
    needs: [],
    differences: [],
    cautions: {},
    operations: [],
  });
  if ('failure' in found) {
    const blank = { waits: false, instances: [], troubled: [], notes: [], counts: none };
    const reasons = [{ code: 'unseen', why: found.failure }] as const;
    return [{ ...about({ rule: found.name }), ...blank, verdict: 'refused', reasons }];
  }
  const { stackSet, instances } = found;
  const { tags } = stackSet;
  const isOurs = tags[fleetTag] === fleet && tags['patrol:environment'] === environment;
  if (!isOurs || tags['patrol:rule'] === undefined) return [];
  const { surplus } = targetsOf({ units: [], regions: [] }, found, { accounts: new Map() });
  const counts = countInstances(instances);
  const unlisted = { code: 'unlisted', stacks: counts.total } as const;
  const orphaned: StackSetStep = {
    ...about({ rule: typedNameFor(tags['patrol:package'] ?? '', tags['patrol:rule']) }),
    verdict: 'orphaned',
    reasons: [{ ...unlisted, deleted: false }],
    waits: counts.busy > 0,
    counts,
    instances,
    troubled: troubledInstances(instances),
    notes: adviceFor(stackSet, instances),
  };
  if (!prune) return [orphaned];
  return [
    {
      ...orphaned,
      verdict: 'change',
      operations: [
        ...surplus.map((scope) => ({ do: 'remove' as const, ...scope })),
        { do: 'delete' },
      ],
      reasons: [{ ...unlisted, deleted: true }],
      withoutDeletions: orphaned,
    },
  ];
}
