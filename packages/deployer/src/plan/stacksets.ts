/** What has to be done so that an organisation's stack sets are as a fleet wants them. Pure. */
import type { Scope, StackInstance, StackSet, Target } from '../cloud/stacksets.ts';
import { fleetTag, type Holds, typedFor } from '../identity/naming.ts';
import { otherTag, type Strangeness } from '../identity/ownership.ts';
import type { Difference, InstanceCounts, ShownChanges, TroubledInstance } from '../notes/parts.ts';
import { typedNameFor } from '../packages/assembly.ts';
import { presentName } from '../template/renames.ts';
import { defaultsOf, templateIn } from '../template/template.ts';
import { enumerated, order } from '../text/words.ts';
import { chosenBy } from '../want/only.ts';
import type { OrganizationWanted, WantedStackSet } from '../want/organization.ts';
import { changesBetween, creationOf } from './changes.ts';
import type { Reason, Refusal } from './reasons.ts';
import { cautionsOf, nextOf, valueDifference, versionDifferences } from './told.ts';
import { doingOf, type Plan, type StackSetOperation, type StackSetStep, typedOf } from './step.ts';

/** What stands of a stack set, or why nobody can tell. */
export type StackSetStanding = { readonly name: string } & (
  | {
      readonly stackSet: StackSet;
      readonly instances: readonly StackInstance[];
      /** The units that new accounts get it in. */
      readonly targets: readonly Target[];
    }
  | { readonly failure: string }
);

/** The accounts of organisational units, as far as AWS tells. */
export interface UnitsStanding {
  /** By unit. */
  readonly accounts: ReadonlyMap<string, readonly string[]>;
  /** Units that do not exist. */
  readonly absent: readonly string[];
  /** Why AWS does not tell, by unit. */
  readonly unknown: ReadonlyMap<string, string>;
}

/** What stands in an organisation. */
export interface OrganizationStanding {
  /** Every stack set of the managing account that the fleet wants or that is tagged as the fleet's. */
  readonly stackSets: readonly StackSetStanding[];
  /** The units in which stack sets that are wanted stand or are to stand. */
  readonly units: UnitsStanding;
}

/** What has to be done so that an organisation's stack sets are as a fleet wants them. */
export interface OrganizationPlan extends Plan {
  /** By name; deletions come last. */
  readonly steps: readonly StackSetStep[];
  /** What it was made of. */
  readonly units: UnitsStanding;
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
  { stackSets: standing, units }: OrganizationStanding,
  { prune = false, only, others = [] }: OrganizationOptions = {},
): OrganizationPlan {
  if (wanted.problems.length > 0) throw new Error('A fleet with problems cannot be planned.');
  const byName = new Map(standing.map((found) => [found.name, found]));
  const steps = wanted.stackSets
    .toSorted((a, b) => order(typedFor(a.holds), typedFor(b.holds)))
    .map((each) => planStackSet(each, wanted, byName.get(each.stackSet), { prune, units }));
  const known = new Set(wanted.stackSets.map(({ stackSet }) => stackSet));
  const orphans = standing
    .filter(({ name }) => !known.has(name))
    .toSorted((a, b) => order(a.name, b.name))
    .flatMap((found) => planOrphan(found, wanted, prune));
  const all = [...steps, ...orphans];
  const isChosen = chosenBy(only, [...all.map(typedOf), ...others]);
  return {
    steps: all.filter((step) => isChosen(typedOf(step))),
    notes: [...wanted.notes, ...unitNotes(wanted, units)],
    units,
  };
}

/** What there is to say of the units that are wanted. */
function unitNotes(
  { stackSets }: OrganizationWanted,
  { accounts, unknown }: UnitsStanding,
): readonly string[] {
  const wanted = new Set(stackSets.flatMap(({ units }) => units));
  const reasons = new Map<string, string[]>();
  for (const [unit, why] of unknown) reasons.set(why, [...(reasons.get(why) ?? []), unit]);
  return [
    ...[...wanted]
      .filter((unit) => accounts.get(unit)?.length === 0)
      .map((unit) => `${unit} has no accounts that stack sets deploy to.`),
    ...[...reasons].map(
      ([why, units]) =>
        `Which accounts ${enumerated(units)} has is not known, so that accounts without stacks go unnoticed. ${why} \`patrol-deploy doctor --policy organization\` has the permissions.`,
    ),
  ];
}

/** Of a stack set whose template stays. */
const unchanged: ShownChanges = { changes: [], statements: [], untold: [] };

/** Of a stack set without instances. */
export const none: InstanceCounts = { total: 0, current: 0, outdated: 0, inoperable: 0, busy: 0 };

/** The states of an instance that an operation is at work on. */
const isBusy = ({ detail }: StackInstance): boolean => detail === 'PENDING' || detail === 'RUNNING';

/** Counts the instances of a stack set by how they are. */
export function countInstances(instances: readonly StackInstance[]): InstanceCounts {
  const count = (matches: (instance: StackInstance) => boolean): number =>
    instances.filter(matches).length;
  return {
    total: instances.length,
    current: count((each) => !isBusy(each) && each.status === 'CURRENT'),
    outdated: count((each) => !isBusy(each) && each.status === 'OUTDATED'),
    inoperable: count((each) => !isBusy(each) && each.status === 'INOPERABLE'),
    busy: count(isBusy),
  };
}

/** The same for each region in which there are any. */
export const countByRegion = (
  instances: readonly StackInstance[],
): Readonly<Record<string, InstanceCounts>> =>
  Object.fromEntries(
    [...new Set(instances.map(({ region }) => region))]
      .toSorted(order)
      .map((region) => [
        region,
        countInstances(instances.filter((each) => each.region === region)),
      ]),
  );

/** The instances that are not as they should be, by account and region. */
export const troubledInstances = (
  instances: readonly StackInstance[],
): readonly TroubledInstance[] =>
  instances
    .filter((each) => !isBusy(each) && each.status !== 'CURRENT')
    .map(({ account, region, status, detail, reason }) => ({
      account,
      region,
      status: detail === '' || detail === status ? status : `${status} (${detail})`,
      reason: reason ?? 'AWS gives no reason',
    }))
    .toSorted((a, b) => order(`${a.account}/${a.region}`, `${b.account}/${b.region}`));

/**
 * Plans one stack set that is wanted.
 *
 * @param options.prune whether its stacks in units and regions that the file no longer has are deleted.
 */
export function planStackSet(
  wanted: WantedStackSet,
  about: Pick<OrganizationWanted, 'fleet' | 'home'>,
  found: StackSetStanding | undefined,
  options: StackSetOptions,
): StackSetStep {
  const step = planned(wanted, about, found, options);
  return removals(step).length === 0
    ? step
    : { ...step, withoutDeletions: planned(wanted, about, found, { ...options, prune: false }) };
}

interface StackSetOptions {
  readonly prune: boolean;
  readonly units: UnitsStanding;
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
  { home }: Pick<OrganizationWanted, 'home'>,
  found: StackSetStanding | undefined,
  { prune, units: unitsStanding }: StackSetOptions,
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
  const { missing, surplus } = targetsOf(wanted, found, unitsStanding);
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
  const shared = sharedAccounts(wanted, surplus, outgoing, unitsStanding);
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

/** What is to change in the values of a stack set. The value of a renamed parameter is told with its name of today. */
function parameterDifferences(
  { parameters, single: { content, values } }: WantedStackSet,
  { parameters: current }: StackSet,
): readonly Difference[] {
  const next = nextOf(content);
  const isTaken = (name: string): boolean => {
    const present = presentName(next.rule.parameters, name);
    return present !== undefined && !Object.hasOwn(current, present);
  };
  const gone = Object.keys(current)
    .filter((name) => !Object.hasOwn(parameters, name) && !isTaken(name))
    .map((name) => ({ what: name, name, before: current[name] ?? '' }));
  const others = Object.entries(parameters).flatMap(([name, text]) => {
    const value = { ...(values[name] ?? { from: 'given' as const }), text };
    const told = valueDifference(next, name, value, current);
    const isSame = told.before === text && told.formerly === undefined;
    return isSame ? [] : [{ what: name, name, ...told }];
  });
  return [...others, ...gone];
}

/** What is to change in the definition of a stack set. */
function differencesOf(wanted: WantedStackSet, stackSet: StackSet): readonly Difference[] {
  const differences: Difference[] = [];
  const compare = (
    name: string,
    what: string,
    before: string | undefined,
    after: string | undefined,
  ): void => {
    if (before === after) return;
    differences.push({
      what,
      name,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  };
  differences.push(...parameterDifferences(wanted, stackSet));
  for (const name of union(wanted.tags, stackSet.tags)) {
    // The version alone is no reason to touch every account; of AWS's own tags nothing can be said.
    if (name === 'patrol:version' || name.startsWith('aws:')) continue;
    const what = name === 'patrol:template' ? templateWords : `the tag ${name}`;
    compare(name, what, stackSet.tags[name], wanted.tags[name]);
  }
  const { autoDeployment: before } = stackSet;
  const { autoDeployment: after } = wanted;
  if (before && before.enabled !== after.enabled) {
    const [was, is] = [onOrOff(before.enabled), onOrOff(after.enabled)];
    compare('autoDeployment.enabled', 'automatic deployment', was, is);
  }
  // Without automatic deployment there is nothing to decide about accounts that leave.
  if (before?.enabled && after.enabled && before.retainStacks !== after.retainStacks) {
    const words = (retained: boolean): string => (retained ? 'stay' : 'are deleted');
    compare(
      'autoDeployment.retainStacks',
      'the stacks of accounts that leave',
      words(before.retainStacks),
      words(after.retainStacks),
    );
  }
  return differences;
}

const templateWords = 'the template';

const onOrOff = (on: boolean): string => (on ? 'on' : 'off');

const union = (a: object, b: object): readonly string[] => [
  ...new Set([...Object.keys(a), ...Object.keys(b)]),
];

type StackSetFound = Extract<StackSetStanding, { readonly stackSet: StackSet }>;

/** The regions in which a stack set stands, by the units that it was deployed to. */
function standingUnits({
  stackSet,
  instances,
  targets,
}: StackSetFound): ReadonlyMap<string, ReadonlySet<string>> {
  const standing = new Map<string, Set<string>>();
  const add = (unit: string, inRegions: readonly string[]): void => {
    standing.set(unit, new Set([...(standing.get(unit) ?? []), ...inRegions]));
  };
  for (const target of targets) add(target.unit, target.regions);
  for (const { unit, region } of instances) if (unit !== '') add(unit, [region]);
  // A unit without accounts has no instances: that it was deployed to is known all the same.
  for (const unit of stackSet.units) if (!standing.has(unit)) add(unit, stackSet.regions);
  return standing;
}

/** The units in which a stack set stands. */
export const unitsOf = (found: StackSetStanding): readonly string[] =>
  'failure' in found ? [] : [...standingUnits(found).keys()];

/** The accounts of a unit that have no instance in a region. */
function bareIn(
  accounts: readonly string[],
  region: string,
  instances: readonly StackInstance[],
): readonly string[] {
  const here = new Set(
    instances.filter((each) => each.region === region).map(({ account }) => account),
  );
  return accounts.filter((account) => !here.has(account));
}

/** The accounts and regions that a stack set is wanted in and has no instance in: `222233334444 (eu-west-1)`. */
export const bareAccounts = (
  { units, regions }: Scope,
  instances: readonly StackInstance[],
  { accounts }: UnitsStanding,
): readonly string[] => [
  ...new Set(
    units.flatMap((unit) =>
      regions.flatMap((region) =>
        bareIn(accounts.get(unit) ?? [], region, instances).map(
          (account) => `${account} (${region})`,
        ),
      ),
    ),
  ),
];

/**
 * Why a stack set cannot be taken out of units that the file no longer has: that would delete its stacks in accounts which
 * a wanted unit has too. Undefined when it can.
 */
function sharedAccounts(
  { stackSet, units, regions }: WantedStackSet,
  surplus: readonly Scope[],
  outgoing: readonly StackInstance[],
  { accounts, absent }: UnitsStanding,
): Refusal | undefined {
  const leaving = surplus
    .filter((scope) => scope.regions.some((region) => regions.includes(region)))
    .flatMap((scope) => scope.units)
    .filter((unit) => !units.includes(unit));
  for (const unit of leaving) {
    const own = absent.includes(unit) ? [] : accounts.get(unit);
    const reached = outgoing.filter((each) => each.unit === unit).map(({ account }) => account);
    for (const other of units) {
      const its = accounts.get(other);
      const both = its?.filter((account) => own?.includes(account) || reached.includes(account));
      if (own && both?.length === 0) continue;
      return {
        code: 'sharedAccounts',
        name: stackSet,
        unit,
        other,
        ...(both && both.length > 0 ? { accounts: both } : {}),
      };
    }
  }
  return undefined;
}

/** Where a stack set is wanted and is not, and the other way round. */
function targetsOf(
  { units, regions }: Scope,
  found: StackSetFound,
  { accounts }: Pick<UnitsStanding, 'accounts'>,
): { readonly missing: readonly Scope[]; readonly surplus: readonly Scope[] } {
  const standing = standingUnits(found);
  const missing = new Map<string, readonly string[]>();
  const partly: Scope[] = [];
  const surplus = new Map<string, readonly string[]>();
  for (const unit of units) {
    const has = standing.get(unit) ?? new Set();
    const all = accounts.get(unit) ?? [];
    // Of a unit whose accounts are not known, and of one without any, only its targets tell.
    if (all.length === 0) {
      missing.set(
        unit,
        regions.filter((region) => !has.has(region)),
      );
      continue;
    }
    const bare = regions.map((region) => [region, bareIn(all, region, found.instances)] as const);
    missing.set(
      unit,
      bare.flatMap(([region, some]) =>
        some.length === all.length || (some.length > 0 && !has.has(region)) ? [region] : [],
      ),
    );
    const byAccounts = new Map<string, { accounts: readonly string[]; regions: string[] }>();
    for (const [region, some] of bare) {
      if (some.length === 0 || missing.get(unit)?.includes(region)) continue;
      const scope = byAccounts.get(some.join()) ?? { accounts: some, regions: [] };
      scope.regions.push(region);
      byAccounts.set(some.join(), scope);
    }
    partly.push(...[...byAccounts.values()].map((scope) => ({ units: [unit], ...scope })));
  }
  for (const [unit, has] of standing) {
    const wanted = units.includes(unit) ? regions : [];
    surplus.set(unit, [...has].filter((region) => !wanted.includes(region)).toSorted());
  }
  return { missing: [...rectangles(missing), ...partly], surplus: rectangles(surplus) };
}

/** Operations take units and regions that all go together. */
function rectangles(byUnit: ReadonlyMap<string, readonly string[]>): readonly Scope[] {
  const scopes = new Map<string, { units: string[]; regions: readonly string[] }>();
  for (const [unit, regions] of [...byUnit].toSorted(([a], [b]) => order(a, b))) {
    if (regions.length === 0) continue;
    const key = regions.join();
    const scope = scopes.get(key) ?? { units: [], regions };
    scope.units.push(unit);
    scopes.set(key, scope);
  }
  return [...scopes.values()];
}

/** Whether another try may help an instance. */
const isRetried = (instance: StackInstance): boolean =>
  instance.status === 'OUTDATED' &&
  !isBusy(instance) &&
  instance.detail !== 'SKIPPED_SUSPENDED_ACCOUNT';

/** The least that an operation on some instances has to name. */
const scopeOf = (instances: readonly StackInstance[]): Scope => {
  const all = (field: 'unit' | 'region' | 'account'): readonly string[] =>
    [...new Set(instances.map((each) => each[field]))].toSorted();
  return { units: all('unit'), regions: all('region'), accounts: all('account') };
};

/** The instances that an operation on all accounts of scopes deals with. */
const within = (
  instances: readonly StackInstance[],
  scopes: readonly Scope[],
): readonly StackInstance[] =>
  instances.filter(({ unit, region }) =>
    scopes.some(({ units, regions }) => units.includes(unit) && regions.includes(region)),
  );

/** What the operator has to do about instances that no operation mends. */
function adviceFor({ name }: StackSet, instances: readonly StackInstance[]): readonly string[] {
  const of = (matches: (each: StackInstance) => boolean): string =>
    enumerated([...new Set(instances.filter(matches).map(({ account }) => account))].toSorted());
  const inoperable = of((each) => each.status === 'INOPERABLE' && !isBusy(each));
  const suspended = of(({ detail }) => detail === 'SKIPPED_SUSPENDED_ACCOUNT');
  return [
    ...(inoperable === ''
      ? []
      : [
          `Instances of ${name} in ${inoperable} cannot be operated: their deletion failed. StackSets leaves them out. \`aws cloudformation delete-stack-instances --retain-stacks\` takes them out of the stack set; then delete their stacks in those accounts.`,
        ]),
    ...(suspended === '' ? [] : [`${name} skips ${suspended}: suspended by AWS Organizations.`]),
  ];
}

/** Plans a stack set that the file does not have. */
function planOrphan(
  found: StackSetStanding,
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
