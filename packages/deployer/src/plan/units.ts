/** The units and regions in which a stack set stands, and those in which it is wanted. Pure. */
import type { Scope, StackInstance } from '../cloud/stacksets.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import { compact } from '../text/records.ts';
import { order } from '../text/words.ts';
import type { WantedStackSet } from '../want/organization.ts';
import type { Refusal } from '../view/sentences/reasons.ts';
import type { StackSetFound, StackSetState, UnitsState } from './state.ts';

/** The regions in which a stack set stands, by the units that it was deployed to. */
function currentUnits({
  stackSet,
  instances,
  targets,
}: StackSetFound): ReadonlyMap<string, ReadonlySet<string>> {
  const current = new Map<string, Set<string>>();
  const add = (unit: string, inRegions: readonly string[]): void => {
    current.set(unit, new Set([...(current.get(unit) ?? []), ...inRegions]));
  };
  for (const target of targets) add(target.unit, target.regions);
  for (const { unit, region } of instances) if (unit !== '') add(unit, [region]);
  // A unit without accounts has no instances: that it was deployed to is known all the same.
  for (const unit of stackSet.units) if (!current.has(unit)) add(unit, stackSet.regions);
  return current;
}

/** The units in which a stack set stands. */
export const unitsOf = (found: StackSetState): readonly string[] =>
  'failure' in found ? [] : [...currentUnits(found).keys()];

/** The accounts of a unit that have no instance in a region. */
function bareIn(accounts: readonly string[], region: string, instances: readonly StackInstance[]) {
  const here = new Set(
    instances.filter((each) => each.region === region).map(({ account }) => account),
  );
  return accounts.filter((account) => !here.has(account));
}

/** The accounts and regions that a stack set is wanted in and has no instance in: `222233334444 (eu-west-1)`. */
export const bareAccounts = (
  { units, regions }: Scope,
  instances: readonly StackInstance[],
  { accounts }: UnitsState,
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
export function sharedAccounts(
  { stackSet, units, regions }: WantedStackSet,
  surplus: readonly Scope[],
  outgoing: readonly StackInstance[],
  { accounts, absent }: UnitsState,
  run: RunScope | undefined,
): Refusal | undefined {
  const command = patrolCommand(['apply'], run, ['--prune']);
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
      const known = both && both.length > 0 ? both : undefined;
      return compact({
        code: 'sharedAccounts',
        name: stackSet,
        unit,
        other,
        command,
        accounts: known,
      });
    }
  }
  return undefined;
}

/**
 * Why a stack set is not deployed to a unit and to one inside it: it could never be taken out of one of them alone. Undefined
 * where it already stands in both.
 */
export function overlappingUnits(
  { stackSet: name, units }: WantedStackSet,
  current: readonly string[],
  { inside }: Pick<UnitsState, 'inside'>,
): Refusal | undefined {
  const isWithin = (inner: string, outer: string): boolean =>
    outer.startsWith('r-') ? inner !== outer : inside.get(outer)?.includes(inner) === true;
  for (const outer of units) {
    const unit = units.find(
      (inner) => isWithin(inner, outer) && ![inner, outer].every((each) => current.includes(each)),
    );
    if (unit !== undefined) return { code: 'overlappingUnits', name, unit, other: outer };
  }
  return undefined;
}

/** Where a stack set is wanted and is not, and the other way round. */
export function targetsOf(
  { units, regions }: Scope,
  found: StackSetFound,
  { accounts }: Pick<UnitsState, 'accounts'>,
): { readonly missing: readonly Scope[]; readonly surplus: readonly Scope[] } {
  const current = currentUnits(found);
  const missing = new Map<string, readonly string[]>();
  const partly: Scope[] = [];
  const surplus = new Map<string, readonly string[]>();
  for (const unit of units) {
    const has = current.get(unit) ?? new Set();
    const all = accounts.get(unit) ?? [];
    // Of a unit whose accounts are not known, and of one without any, only its targets tell.
    const isMissing = (region: string, bare: readonly string[]): boolean =>
      has.has(region)
        ? all.length > 0 && bare.length === all.length
        : all.length === 0 || bare.length > 0;
    const bare = regions.map((region) => [region, bareIn(all, region, found.instances)] as const);
    const gone = bare.filter(([region, some]) => isMissing(region, some));
    missing.set(
      unit,
      gone.map(([region]) => region),
    );
    const open = bare.filter((each) => each[1].length > 0 && !gone.includes(each));
    for (const same of Map.groupBy(open, ([, some]) => some.join()).values()) {
      const [[, some] = []] = same;
      partly.push({ units: [unit], accounts: some ?? [], regions: same.map(([region]) => region) });
    }
  }
  for (const [unit, has] of current) {
    const wanted = units.includes(unit) ? regions : [];
    surplus.set(unit, [...has].filter((region) => !wanted.includes(region)).toSorted());
  }
  return { missing: [...rectangles(missing), ...partly], surplus: rectangles(surplus) };
}

/** Operations take units and regions that all go together. */
const rectangles = (byUnit: ReadonlyMap<string, readonly string[]>): readonly Scope[] => {
  const units = [...byUnit].filter(([, regions]) => regions.length > 0);
  const together = Map.groupBy(
    units.toSorted(([a], [b]) => order(a, b)),
    ([, regions]) => regions.join(),
  );
  return [...together.values()].map((all) => ({
    units: all.map(([unit]) => unit),
    regions: all[0]?.[1] ?? [],
  }));
};
