/** What acting on AWS needs beside AWS: time, a way to stop, and patience with failures that pass. */
import { type Cloud, CloudError, type CloudFailure } from './cloud.ts';
import { InterruptedError } from '../text/errors.ts';
import type { Tell } from '../notes/tell.ts';
import { members } from '../text/records.ts';

/** What waiting needs. */
export interface Waiting {
  /** Waits; comes back early when the signal is given. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Given when the operator wants the run to stop. */
  readonly signal: AbortSignal;
}

/** What is the same for everything that a run does. */
export interface Clockwork extends Waiting {
  /** The time in milliseconds. */
  readonly now: () => number;
  /** A name that was never used before: letters, digits and dashes, beginning with a letter. */
  readonly unique: () => string;
}

/** What acting on AWS needs beside AWS. */
export interface Effects extends Clockwork {
  readonly cloud: Cloud;
  readonly tell: Tell;
  /** The buckets that are known to be as they must be, or are being made so; of what runs at once. */
  readonly buckets?: Map<string, Promise<void>>;
  /** Whether nobody has agreed yet: then no bucket is made. */
  readonly isUnapproved?: boolean;
}

/** That part of whatever has it. */
export const clockworkOf = (whole: Clockwork): Clockwork =>
  members(whole, 'sleep', 'signal', 'now', 'unique');

/** @throws InterruptedError when the operator wants the run to stop. */
export function stopIfAsked({ signal }: Effects, message: string): void {
  if (signal.aborted) throw new InterruptedError(message);
}

/** Between two polls: one to two seconds, so that many deployments do not poll in step; after failures up to 15 s more. */
export const pause = (failures: number): number =>
  1000 + Math.random() * 1000 + (failures > 0 ? Math.min(15_000, 1000 * 2 ** failures) : 0);

/** The failures that pass by themselves. */
export const passing: readonly CloudFailure[] = ['throttled', 'unreachable', 'other'];

export const passes = (error: unknown, which: readonly CloudFailure[] = passing): boolean =>
  error instanceof CloudError && which.includes(error.failure);

/** After this many failed polls on end, about eight minutes, AWS counts as out of reach. */
export const mostFailures = 30;

/**
 * Asks again while the failure is one that passes.
 *
 * @param which the failures that are waited out.
 */
export async function patiently<T>(
  effects: Waiting,
  call: () => Promise<T>,
  which: readonly CloudFailure[] = passing,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      if (!passes(error, which) || failures >= mostFailures || effects.signal.aborted) throw error;
      await effects.sleep(pause(failures), effects.signal);
    }
  }
}
