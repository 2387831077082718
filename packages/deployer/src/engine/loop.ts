/**
 * The one way to bring about what is wanted, for a rule, a fleet and an organisation: look, plan, show, approve, carry out, and
 * look again after what changes what there is to be done.
 */
import { isDeepStrictEqual } from 'node:util';
import { type CloudError, isKnown } from '../cloud/cloud.ts';
import { changing, doingOf, isStack, type Plan, stackSteps, type StackStep } from '../plan/step.ts';
import type { Outcome } from '../run/outcome.ts';
import { HeldError, InterruptedError, type OperatorError, UsageError } from '../text/errors.ts';
import { compact } from '../text/records.ts';
import type { Engine, Outcomes } from './engine.ts';

/** What is wanted, what there is of it, and what has to be done. */
export interface State {
  readonly plan: Plan;
}

/** What is to be brought about. */
export interface Goal<S extends State> {
  /** Looks, and plans. */
  readonly look: () => Promise<S>;
  /** Who carries the plan out. */
  readonly engine: (state: S) => Engine;
}

/** Everything that somebody is shown and asked. */
export interface Dialogue<S extends State> {
  /** Shows what will be done. */
  readonly show: (state: S) => void;
  /**
   * The part of the plan that is approved; `undefined` when nothing is. What has to be made to be shown, the engine stages
   * here, and takes back what is not approved.
   */
  readonly approve: (state: S, engine: Engine) => Promise<S | undefined>;
  /** Takes a recovery that failed. That it throws ends the run. */
  readonly unrecovered: (outcome: Outcome) => void;
  /** Takes what is about to be carried out. */
  readonly begin?: (part: S) => void;
  /** Keeps other runs from changing the same; absent where nobody else does. */
  readonly guard?: Guard;
  /** Says that another run changed something meanwhile, so that it is looked at again. */
  readonly overtaken?: () => void;
  /** Takes the failure of a second round, of which nothing was begun. */
  readonly unfinished: (error: OperatorError | CloudError) => void;
}

/** Lets one run at a time change something. */
interface Guard {
  /** Waits for another run, or refuses to. Takes nothing. Whether it was waited for: then everything is looked at again. */
  readonly free: () => Promise<boolean>;
  /**
   * Keeps others out from now on.
   *
   * @throws Overtaken when another run may have changed something since this one looked.
   */
  readonly take: () => Promise<void>;
}

/** Another run changed something since this one looked. */
export class Overtaken extends Error {
  override readonly name: string = 'Overtaken';
}

/** What came of it. */
export interface Applied<S extends State> extends Outcomes {
  readonly state: S;
  /** The stacks that were rolled back before anything was planned for them. */
  readonly recovered: readonly string[];
  /** Whether nothing was approved. */
  readonly isDeclined?: true;
  /** Whether a second round failed, so that something that nothing needs any more is left. */
  readonly isUnfinished?: true;
  /** What ended a second round, once what the first has done is told. */
  readonly stopped?: Error;
}

/** So often a stack is taken out of a state in which nothing can be done: a rollback that was waited for may have failed. */
const mostRecoveries = 3;

/**
 * Brings about what is wanted.
 *
 * @throws what `look` and the dialogue throw. What AWS refuses is among the outcomes.
 */
export async function apply<S extends State>(
  goal: Goal<S>,
  dialogue: Dialogue<S>,
): Promise<Applied<S>> {
  for (;;) {
    const found = await goal.look();
    const isIdle = changing(found.plan.steps).length === 0;
    if (!isIdle && (await dialogue.guard?.free())) continue;
    try {
      return await carryOut(goal, dialogue, found);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      dialogue.overtaken?.();
    }
  }
}

/** Carries out what a look says. */
async function carryOut<S extends State>(
  goal: Goal<S>,
  dialogue: Dialogue<S>,
  found: S,
): Promise<Applied<S>> {
  const { state, recovered, isDeclined } = await recover(goal, dialogue, found);
  if (isDeclined) return { ...nothing, state, recovered, isDeclined };
  const first = { recovered, ...(await round(goal, dialogue, state)) };
  const isDone = first.outcomes.some(({ ended }) => ended === 'done');
  const leaves = first.state.plan.steps.some((step) => isStack(step) && step.leaves);
  if (first.isDeclined || !first.ok || !leaves || !isDone) return first;
  // Now that nothing needs it, what the first round had to leave can go.
  try {
    const second = await round(goal, dialogue, await goal.look());
    if (second.isDeclined) return first;
    const changed = second.outcomes.filter(({ ended }) => ended !== 'kept');
    return { recovered, ...second, outcomes: [...first.outcomes, ...changed] };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!isKnown(error) || error instanceof InterruptedError) return { ...first, stopped: error };
    dialogue.unfinished(error);
    return { ...first, isUnfinished: true };
  }
}

const nothing = { ok: false, interrupted: false, outcomes: [] } as const;

/** Shows a plan, asks, and carries it out. */
async function round<S extends State>(
  goal: Goal<S>,
  dialogue: Dialogue<S>,
  state: S,
): Promise<Omit<Applied<S>, 'recovered'>> {
  dialogue.show(state);
  const engine = goal.engine(state);
  let part: S | undefined;
  let isReady = false;
  try {
    part = await dialogue.approve(state, engine);
    if (part && changing(part.plan.steps).length > 0) await taken(goal, dialogue, state);
    isReady = part !== undefined;
  } finally {
    if (!isReady) await engine.takeBack();
  }
  if (!part) return { ...nothing, state, isDeclined: true };
  dialogue.begin?.(part);
  return { state: part, ...(await engine.carryOut(part.plan)) };
}

/**
 * Keeps others out. Where another run may have changed something since what was shown was read, it is read again: only when it
 * is otherwise now, it has to be shown again.
 */
async function taken<S extends State>({ look }: Goal<S>, { guard }: Dialogue<S>, shown: S) {
  try {
    await guard?.take();
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    const now = await look();
    if (!isDeepStrictEqual(now.plan, shown.plan)) throw error;
    await guard?.take();
  }
}

/**
 * Takes stacks out of states in which nothing can be done with them, one after the other, since each may be a question. What
 * comes after depends on it, and so it is planned again.
 */
async function recover<S extends State>(
  goal: Goal<S>,
  dialogue: Dialogue<S>,
  found: S,
): Promise<Pick<Applied<S>, 'state' | 'recovered' | 'isDeclined'>> {
  let state = found;
  const recovered: string[] = [];
  const left = new Set<string>();
  for (let count = 0; count < mostRecoveries; count += 1) {
    const stuck = stackSteps(state.plan).filter((step) => recovers(step) && !left.has(step.key));
    if (stuck.length === 0) break;
    const engine = goal.engine(state);
    let any = false;
    for (const step of stuck) {
      const outcome = await engine.recover(step);
      if (outcome.error && isFinal(outcome.error)) throw outcome.error;
      if (outcome.ended !== 'done') left.add(step.key);
      else if (rollsBack(step)) recovered.push(step.target.name);
      if (outcome.error) dialogue.unrecovered(outcome);
      any ||= outcome.ended !== 'skipped';
    }
    const isAll = state.plan.steps.length === stuck.length;
    if (!any) return compact({ state, recovered, isDeclined: isAll || undefined });
    state = await goal.look();
  }
  return { state, recovered };
}

/** What keeps more from being done than one stack. */
const isFinal = (error: Error): boolean =>
  [InterruptedError, UsageError, HeldError].some((kind) => error instanceof kind);

/** Whether recovering a stack does more than to wait. */
const rollsBack = ({ operations }: StackStep): boolean =>
  operations.some((each) => each.do === 'recover' && each.recovery !== 'wait');

const recovers = (step: StackStep): boolean => doingOf(step) === 'recover';
