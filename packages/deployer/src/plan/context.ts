/** How a fleet is planned, and what the steps of one account and region are made from. Pure. */
import type { Place, Stack } from '../cloud/cloud.ts';
import { sendersTo } from '../destinations/base.ts';
import { compact, type Texts } from '../text/records.ts';
import type { FleetWanted } from '../want/fleet.ts';
import type { Wanted } from '../want/stack.ts';
import { planStack, refused } from './stack.ts';
import { doingOf, type StackStep } from './step.ts';

/** How a fleet is planned. */
export interface FleetOptions {
  /** Whether stacks that are no longer in the file are deleted. */
  readonly prune?: boolean;
  /** Names of rules, with `*` for any run of characters: only their stacks are planned, and what they need. */
  readonly only?: readonly string[];
  /** Whether anything that is not among the stacks of these places may still send to the topics of the base stacks. */
  readonly subscribedElsewhere?: boolean;
  /** The defaults of templates that there are, by the ids of stacks, as far as they are known. */
  readonly defaults?: ReadonlyMap<string, Texts>;
  /** How many events there are in the queues of stacks, by the ids of the stacks, where a plan would drop the queues. */
  readonly queued?: ReadonlyMap<string, number>;
}

/** What the plan of one account and region is made from. */
export interface PlaceContext extends Required<Omit<FleetOptions, 'only'>> {
  readonly place: Place;
  readonly wanted: FleetWanted;
  /** What stands there; `undefined` when it could not be looked at. */
  readonly stacks: readonly Stack[] | undefined;
  readonly failure: string;
}

/** Whether nothing can be done with a stack before somebody, or a recovery, has put it right. */
export const isStopped = (step: StackStep): boolean =>
  ['refuse', 'recover'].includes(doingOf(step));

/** How many events there are in queues of a stack that would be dropped; `undefined` when there are none. */
export function heldIn({ stacks, queued }: PlaceContext, name: string): number | undefined {
  const count = queued.get(stacks?.find((stack) => stack.name === name)?.id ?? '');
  return count === 0 ? undefined : count;
}

/** A step for one stack that is wanted. */
export function planOne({ stacks, failure, defaults }: PlaceContext, wanted: Wanted): StackStep {
  if (!stacks) return refused(wanted, undefined, { code: 'unseen', why: failure });
  const current = stacks.find(({ name }) => name === wanted.stack);
  return planStack(compact({ ...wanted, defaults: current && defaults.get(current.id) }), current);
}

/** Whether a stack other than the base stack sends something to a topic or queue. */
export const isUsed = (
  { stacks = [], wanted }: Pick<PlaceContext, 'stacks' | 'wanted'>,
  topic: string,
  but: ReadonlySet<string> = new Set(),
): boolean => sendersTo(stacks, topic).some(({ name }) => name !== wanted.base && !but.has(name));
