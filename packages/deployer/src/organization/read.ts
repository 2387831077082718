/** What stands of an organisation's stack sets. */
import { CloudError, explain } from '../cloud.ts';
import { patiently, type Effects } from '../watch.ts';
import { inParallel } from '../parallel.ts';
import type { StackSetStanding } from './plan.ts';
import type { StackSets } from './stacksets.ts';
import type { OrganizationWanted } from './wanted.ts';

/** Reads of StackSets are limited to a few in a second; each stack set takes three. */
const atOnce = 4;

/** What reading needs. */
type Reading = Pick<Effects, 'sleep' | 'signal'> & { readonly stackSets: StackSets };

/**
 * Reads what stands of the stack sets that a fleet wants, and of those whose names could be a fleet's. One that cannot be
 * read is told of with the reason.
 *
 * @throws CloudError when not even their names can be read.
 */
export async function readOrganization(
  reading: Reading,
  wanted: Pick<OrganizationWanted, 'stackSets'>,
): Promise<readonly StackSetStanding[]> {
  const names = await patiently(reading, () => reading.stackSets.list());
  const known = new Set(wanted.stackSets.map(({ stackSet }) => stackSet));
  const ours = names.filter((name) => known.has(name) || name.startsWith('patrol-'));
  const found = await inParallel(ours, atOnce, (name) => readStackSet(reading, name));
  return found.filter((each) => each !== undefined);
}

/** Reads one stack set; `undefined` when there is none. */
export async function readStackSet(
  reading: Reading,
  name: string,
): Promise<StackSetStanding | undefined> {
  const { stackSets } = reading;
  const ask = <T>(call: () => Promise<T>): Promise<T> => patiently(reading, call);
  try {
    const stackSet = await ask(() => stackSets.stackSet(name));
    if (!stackSet) return undefined;
    const instances = await ask(() => stackSets.instances(name));
    const targets = await ask(() => stackSets.targets(name));
    return { name, stackSet, instances, targets };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { name, failure: explain(error) };
  }
}
