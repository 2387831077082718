/** What has to be done so that a stack set is as it is wanted. Pure. */
import type { Scope, StackSet } from '../cloud/stacksets.ts';
import { fleetTag, type Holds } from '../identity/naming.ts';
import { isOfFleet, otherTag, type Strangeness } from '../identity/ownership.ts';
import type { ShownChanges } from '../notes/parts.ts';
import { typedNameFor } from '../packages/assembly.ts';
import { compact } from '../text/records.ts';
import { defaultsOf, templateIn } from '../template/template.ts';
import type { OrganizationWanted, WantedStackSet } from '../want/organization.ts';
import type { Remark } from '../view/sentences/remarks.ts';
import { changesBetween, creationOf } from './changes.ts';
import { differencesOf, templateWords } from './differences.ts';
import * as instance from './instances.ts';
import type { Reason, Refusal } from '../view/sentences/reasons.ts';
import type { StackSetFound, StackSetState, UnitsState } from './state.ts';
import { doingOf, type StackSetOperation, type StackSetStep } from './step.ts';
import { told } from './told.ts';
import { overlappingUnits, sharedAccounts, targetsOf, unitsOf } from './units.ts';

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
  return { count: instance.within(step.instances, scopes).length, scopes };
};

/** What a step has before anything is decided. */
const blank = (
  { home }: Pick<OrganizationWanted, 'home'>,
  name: string,
  holds: Holds,
): Omit<StackSetStep, 'verdict' | 'reasons'> => ({
  key: name,
  target: { kind: 'stack set', place: home, name, holds },
  needs: [],
  differences: [],
  cautions: {},
  operations: [],
  waits: false,
  counts: instance.none,
  instances: [],
  troubled: [],
  notes: [],
});

/** What a step says of the instances that there are. */
const instancesOf = ({ stackSet, instances }: StackSetFound, notes: readonly Remark[] = []) => {
  const counts = instance.countInstances(instances);
  const troubled = instance.troubledInstances(instances);
  const advice = instance.adviceFor(stackSet, instances);
  return { waits: counts.busy > 0, counts, instances, troubled, notes: [...notes, ...advice] };
};

function planned(
  wanted: WantedStackSet,
  about: Pick<OrganizationWanted, 'home' | 'run'>,
  found: StackSetState | undefined,
  { prune, units: unitsState }: StackSetOptions,
): StackSetStep {
  const { holds, stackSet: name, units, regions, notes, by, disagreements } = wanted;
  const start = { ...blank(about, name, holds), notes, wanted };
  const shown = (changes: ShownChanges): ShownChanges => compact({ ...changes, disagreements });
  const refuse = (reason: Refusal, step: typeof start = start): StackSetStep => ({
    ...step,
    verdict: 'refused',
    reasons: [reason],
  });
  const overlap = overlappingUnits(wanted, found ? unitsOf(found) : [], unitsState);
  if (!found) {
    if (overlap) return refuse(overlap);
    return {
      ...start,
      verdict: 'change',
      operations: [{ do: 'create' }, { do: 'add', units, regions }],
      reasons: [
        { code: 'absent' },
        ...(by === undefined ? [] : [{ code: 'newBy' as const, line: by }]),
      ],
      differences: [
        { what: 'organisational units', name: 'organizationalUnits', after: units.join(', ') },
        { what: 'regions', name: 'regions', after: regions.join(', ') },
      ],
      changes: shown(creationOf(wanted.template, wanted.parameters)),
    };
  }
  if ('failure' in found) return refuse({ code: 'unseen', why: found.failure });
  const { stackSet, instances } = found;
  const because = strangeness(stackSet, wanted);
  if (because) return refuse({ code: 'foreign', kind: 'stack set', name, because });
  if (overlap) return refuse(overlap);
  const differences = differencesOf(wanted, stackSet);
  const isChanged = differences.length > 0;
  const { missing, surplus } = targetsOf(wanted, found, unitsState);
  const outgoing = instance.within(instances, surplus);
  const left = { name, stacks: outgoing.length, scopes: surplus };
  const template = templateIn(stackSet.template ?? '');
  const becoming = told(
    wanted.single.content,
    isChanged ? stackSet : undefined,
    differences,
    template && defaultsOf(template),
  );
  const known = { ...start, ...instancesOf(found), ...becoming };
  const refused = { ...known, waits: false, notes };
  const current = new Set(surplus.flatMap((scope) => scope.regions));
  const lost = [...current].filter((region) => !regions.includes(region)).toSorted();
  if (!prune && isChanged && lost.length > 0) {
    return refuse({ code: 'regionsLeft', ...left, regions: lost }, refused);
  }
  const shared = sharedAccounts(wanted, surplus, outgoing, unitsState, about.run);
  if (prune && shared) return refuse(shared, refused);
  const removed = prune ? surplus : [];
  // An update deals with them as well.
  const late = isChanged
    ? []
    : instances.filter((each) => instance.isRetried(each) && !outgoing.includes(each));
  const operations: readonly StackSetOperation[] = [
    // What an update makes of instances in regions that the file no longer has fails.
    ...removed.map((scope) => ({ do: 'remove' as const, ...scope })),
    ...(isChanged ? [{ do: 'update' as const }] : []),
    ...(late.length > 0 ? [{ do: 'retry' as const, ...instance.scopeOf(late) }] : []),
    ...missing.map((scope) => ({ do: 'add' as const, ...scope })),
  ];
  const reasons: readonly Reason[] = [
    ...(known.waits ? [{ code: 'underWay' as const }] : []),
    ...(isChanged ? [{ code: 'changed' as const, what: differences.map(({ what }) => what) }] : []),
    ...(late.length > 0
      ? [{ code: 'outdated' as const, count: late.length, of: instances.length }]
      : []),
    ...missing.map((scope) => ({ code: 'goes' as const, scope })),
    ...removed.map((scope) => {
      const stacks = instance.within(instances, [scope]).length;
      return { code: 'leaves' as const, scope, stacks };
    }),
  ];
  const still = prune || surplus.length === 0 ? [] : [shared ?? { code: 'left' as const, ...left }];
  const changes =
    stackSet.template !== undefined && differences.some(({ what }) => what === templateWords)
      ? changesBetween(stackSet.template, wanted.template, wanted.parameters)
      : undefined;
  const all = changes ?? (disagreements && operations.length > 0 ? unchanged : undefined);
  return compact({
    ...known,
    verdict: reasons.length > 0 ? 'change' : 'keep',
    reasons: reasons.length > 0 ? reasons : [{ code: 'same', kind: 'stack set' }],
    operations,
    still,
    changes: all && shown(all),
  });
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
  about: OrganizationWanted,
  prune: boolean,
): readonly StackSetStep[] {
  if ('failure' in found) {
    const reasons = [{ code: 'unseen', why: found.failure }] as const;
    return [{ ...blank(about, found.name, { rule: found.name }), verdict: 'refused', reasons }];
  }
  const { tags } = found.stackSet;
  const rule = tags['patrol:rule'];
  if (!isOfFleet(found.stackSet, about) || rule === undefined) return [];
  const { surplus } = targetsOf({ units: [], regions: [] }, found, { accounts: new Map() });
  const unlisted = { code: 'unlisted', stacks: found.instances.length } as const;
  const orphaned: StackSetStep = {
    ...blank(about, found.name, { rule: typedNameFor(tags['patrol:package'] ?? '', rule) }),
    ...instancesOf(found),
    verdict: 'orphaned',
    reasons: [{ ...unlisted, deleted: false }],
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
