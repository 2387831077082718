/** The instances of a stack set: how they are, and what an operation on them names. Pure. */
import type { Scope, StackInstance, StackSet } from '../cloud/stacksets.ts';
import type { InstanceCounts, TroubledInstance } from '../notes/parts.ts';
import { order } from '../text/words.ts';
import type { Remark } from '../view/sentences/remarks.ts';

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
    [...Map.groupBy(instances, ({ region }) => region)]
      .toSorted(([a], [b]) => order(a, b))
      .map(([region, all]) => [region, countInstances(all)]),
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

/** Whether another try may help an instance. */
export const isRetried = (instance: StackInstance): boolean =>
  instance.status === 'OUTDATED' &&
  !isBusy(instance) &&
  instance.detail !== 'SKIPPED_SUSPENDED_ACCOUNT';

/** The least that an operation on some instances has to name. */
export const scopeOf = (instances: readonly StackInstance[]): Scope => {
  const all = (field: 'unit' | 'region' | 'account'): readonly string[] =>
    [...new Set(instances.map((each) => each[field]))].toSorted();
  return { units: all('unit'), regions: all('region'), accounts: all('account') };
};

/** The instances that an operation on all accounts of scopes deals with. */
export const within = (
  instances: readonly StackInstance[],
  scopes: readonly Scope[],
): readonly StackInstance[] =>
  instances.filter(({ unit, region }) =>
    scopes.some(({ units, regions }) => units.includes(unit) && regions.includes(region)),
  );

/** What the operator has to do about instances that no operation mends. */
export function* adviceFor(
  { name }: StackSet,
  instances: readonly StackInstance[],
): Generator<Remark> {
  const of = (matches: (each: StackInstance) => boolean): readonly string[] =>
    [...new Set(instances.filter(matches).map(({ account }) => account))].toSorted();
  const inoperable = of((each) => each.status === 'INOPERABLE' && !isBusy(each));
  const suspended = of(({ detail }) => detail === 'SKIPPED_SUSPENDED_ACCOUNT');
  if (inoperable.length > 0) yield { code: 'inoperable', stackSet: name, accounts: inoperable };
  if (suspended.length > 0) yield { code: 'suspended', stackSet: name, accounts: suspended };
}
