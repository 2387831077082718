/** Who carries out the steps for one kind of target. */
import type { Step } from '../plan/step.ts';
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
