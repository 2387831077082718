/** What is in queues that a plan would drop. */
import { stackNames } from '@patrol/core/contracts';
import { orRefusal } from '../cloud/cloud.ts';
import { inParallel } from '../cloud/parallel.ts';
import { keyOf, queuesOf } from '../identity/naming.ts';
import { type PlaceState, stacksIn } from '../plan/state.ts';
import type { FleetWanted } from '../want/fleet.ts';
import type { Clouds } from './clouds.ts';

const { parameters } = stackNames;

/** The stacks that are asked about at once. */
const atOnce = 4;

/**
 * Counts the events in the queues of stacks that are to share others, or that share theirs no longer, by the ids of the
 * stacks. `NaN` where it cannot be seen.
 */
export async function queuedIn(
  { stacks, bases, base }: FleetWanted,
  current: readonly PlaceState[],
  clouds: Pick<Clouds, 'at'>,
): Promise<ReadonlyMap<string, number>> {
  const sharing = new Set(
    stacks.flatMap(({ wanted: { place, stack, values } }) =>
      values[parameters.failureQueue]?.text ? [keyOf(place, stack)] : [],
    ),
  );
  const kept = new Set(
    bases.flatMap((each) => (each.queueAlarms ? [keyOf(each.place, base)] : [])),
  );
  const dropping = stacksIn(current).filter(({ place, stack }) => {
    const key = keyOf(place, stack.name);
    const drops = stack.name === base ? !kept.has(key) : sharing.has(key);
    return drops && queuesOf(stack).length > 0;
  });
  const counts = await inParallel(dropping, atOnce, async ({ place, stack }) => {
    const cloud = await clouds.at(place);
    const counting = Promise.all(queuesOf(stack).map((url) => cloud.queued(url)));
    const each = await orRefusal(counting, () => [Number.NaN]);
    return [stack.id, each.reduce((sum, count) => sum + count, 0)] as const;
  });
  return new Map(counts);
}
