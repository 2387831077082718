/** What stands of an organisation's stack sets. */
import { explain, orRefusal } from '../cloud/cloud.ts';
import { patiently, type Waiting } from '../cloud/effects.ts';
import type { Organizations } from '../cloud/organizations.ts';
import { inParallel } from '../cloud/parallel.ts';
import type { StackSets } from '../cloud/stacksets.ts';
import type { OrganizationState, StackSetState, UnitsState } from '../plan/state.ts';
import { unitsOf } from '../plan/units.ts';
import type { OrganizationWanted } from '../want/organization.ts';

/** Reads of StackSets are limited to a few in a second; each stack set takes three. */
const atOnce = 4;

/** What reading needs. */
interface Reading extends Waiting {
  readonly stackSets: StackSets;
}

/**
 * Reads what stands of the stack sets that a fleet wants, and of those whose names could be a fleet's, and which accounts
 * their units have. What cannot be read is told of with the reason.
 *
 * @throws CloudError when not even their names can be read.
 */
export async function readOrganization(
  reading: Reading & { readonly organizations: Organizations },
  wanted: Pick<OrganizationWanted, 'stackSets'>,
): Promise<OrganizationState> {
  const names = await patiently(reading, () => reading.stackSets.list());
  const known = new Set(wanted.stackSets.map(({ stackSet }) => stackSet));
  const ours = names.filter((name) => known.has(name) || name.startsWith('patrol-'));
  const found = await inParallel(ours, atOnce, (name) => readStackSet(reading, name));
  const stackSets = found.filter((each) => each !== undefined);
  const units = new Set([
    ...wanted.stackSets.flatMap((each) => each.units),
    ...stackSets.filter(({ name }) => known.has(name)).flatMap(unitsOf),
  ]);
  return { stackSets, units: await readUnits(reading, [...units].toSorted()) };
}

/** Asks for the accounts of units, of each once. */
async function readUnits(
  reading: Waiting & { readonly organizations: Organizations },
  units: readonly string[],
): Promise<UnitsState> {
  const accounts = new Map<string, readonly string[]>();
  const inside = new Map<string, readonly string[]>();
  const absent: string[] = [];
  const unknown = new Map<string, string>();
  for (const unit of units) {
    const asked = patiently(reading, () => reading.organizations.unit(unit));
    const found = await orRefusal(asked, (error) => void unknown.set(unit, explain(error)));
    if (found) {
      accounts.set(unit, found.accounts);
      inside.set(unit, found.units);
    } else if (!unknown.has(unit)) absent.push(unit);
  }
  return { accounts, inside, absent, unknown };
}

/** Reads one stack set; `undefined` when there is none. */
export function readStackSet(reading: Reading, name: string): Promise<StackSetState | undefined> {
  const { stackSets } = reading;
  const ask = <T>(call: () => Promise<T>): Promise<T> => patiently(reading, call);
  const read = async (): Promise<StackSetState | undefined> => {
    const stackSet = await ask(() => stackSets.stackSet(name));
    if (!stackSet) return undefined;
    const instances = await ask(() => stackSets.instances(name));
    const targets = await ask(() => stackSets.targets(name));
    return { name, stackSet, instances, targets };
  };
  return orRefusal(read(), (error) => ({ name, failure: explain(error) }));
}
