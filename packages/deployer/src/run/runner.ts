/** Who carries out the steps for one kind of target. */
import type { Effects } from '../cloud/effects.ts';
import type { StackSets } from '../cloud/stacksets.ts';
import type { Words } from '../plan/reasons.ts';
import type { Step } from '../plan/step.ts';
import type { CloudIn } from '../stage/organization.ts';
import type { Outcome } from './outcome.ts';

/**
 * Carries out the steps for one kind of target.
 *
 * @typeParam S the steps.
 * @typeParam T what is staged for one: it can be looked at, carried out or taken back.
 */
export interface Runner<S extends Step, T> {
  /** Makes what is shown before a step is approved; `undefined` where there is nothing to be made, or that is refused. */
  stage(step: S): Promise<T | undefined>;
  takeBack(staged: T): Promise<void>;
  /** @param begun called once what was staged is not to be taken back any more. */
  carryOut(step: S, staged: T | undefined, begun?: () => void): Promise<Outcome>;
}

/** What carrying out steps for stack sets needs. */
export interface StackSetEffects extends Omit<Effects, 'cloud'> {
  readonly stackSets: StackSets;
  /** The managing account's cloud in a region: for the buckets. */
  readonly cloudIn: CloudIn;
  readonly words: Words;
  /** Says why nothing more may be begun; asked before each stack set. */
  readonly hold?: () => Promise<string | undefined>;
}
