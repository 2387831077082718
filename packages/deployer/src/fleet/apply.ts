/** Carries a fleet's plan out: many stacks at once, going on where one fails. */
import PQueue from 'p-queue';
import { apply, prepare, propose, remove, type Work } from '../apply.ts';
import { type Cause, rootCause } from '../cause.ts';
import { shownChanges } from '../changes.ts';
import { type Cloud, CloudError, explain, type Place } from '../cloud.ts';
import { failed } from '../commands/deploy.ts';
import { InterruptedError, messageOf, OperatorError } from '../errors.ts';
import { type Note, type Summary, tellOf, type Tell } from '../report.ts';
import type { Ended, Effects } from '../watch.ts';
import type { FleetAction, FleetPlan, FleetStep } from './plan.ts';

/** What carrying a fleet's plan out needs. */
export interface FleetEffects extends Omit<Effects, 'cloud' | 'buckets'> {
  readonly cloudAt: (place: Place) => Promise<Cloud>;
}

/**
 * How a step ended. `running` is what CloudFormation goes on with by itself, `skipped` what was not begun: because of an
 * interrupt, or because something that it needs failed.
 */
type Ending = 'done' | 'kept' | 'failed' | 'refused' | 'running' | 'skipped';

/** What became of a step. */
interface StackOutcome extends Summary {
  readonly name: string;
  readonly did: FleetAction['do'];
  readonly ended: Ending;
}

/** What became of a fleet. */
export interface FleetOutcome {
  readonly ok: boolean;
  readonly interrupted: boolean;
  /** In the order of the plan. */
  readonly outcomes: readonly StackOutcome[];
}

/**
 * Stacks of an account and region that are worked on at once: fewer than the 15 changes in a second that Lambda takes
 * there ("Lambda quotas", control plane).
 */
const stacksAtOnce = 10;

/** So many stacks can be watched at the usual pace; the more there are, the less often each is asked about. */
const watchedAtFullPace = 3;

/** Carries out a plan. What cannot be done keeps nothing from being done but what needs it. */
export async function applyFleet(effects: FleetEffects, plan: FleetPlan): Promise<FleetOutcome> {
  const active = plan.steps.filter(({ action }) => changes(action));
  effects.tell({ type: 'stacks', total: active.length });
  const places = new Map<string, Crew>();
  const doing = new Map<string, Promise<StackOutcome>>();
  for (const step of plan.steps) {
    const { account, region } = step.place;
    const key = `${account}/${region}`;
    const crew = places.get(key) ?? new Crew(effects);
    places.set(key, crew);
    const needs = step.needs.flatMap((need) => doing.get(need) ?? []);
    doing.set(step.key, after(needs, step, crew));
  }
  // Whatever is under way is waited for, also when this program has a mistake somewhere.
  const settled = await Promise.allSettled(doing.values());
  const outcomes = settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
  const ok = outcomes.every(({ ended }) => ended === 'done' || ended === 'kept');
  return { ok, interrupted: effects.signal.aborted && !ok, outcomes };
}

const changes = ({ do: what }: FleetAction): boolean =>
  what !== 'keep' && what !== 'stray' && what !== 'refuse';

/** Does a step once what it needs is done. */
async function after(
  needs: readonly Promise<StackOutcome>[],
  step: FleetStep,
  crew: Crew,
): Promise<StackOutcome> {
  const { action } = step;
  if (action.do === 'keep' || action.do === 'stray') {
    return outcomeOf(step, 'kept', action.because);
  }
  if (action.do === 'refuse') return outcomeOf(step, 'refused', action.because);
  const before = await Promise.all(needs);
  const missing = before.find(({ ended }) => ended !== 'done' && ended !== 'kept');
  if (missing === undefined) return crew.do(step);
  return outcomeOf(step, 'skipped', `Not begun: it needs ${missing.stack}, which is not done.`);
}

const outcomeOf = (
  { name, place: { account, region }, action }: FleetStep,
  ended: Ending,
  message: string,
  cause?: Cause,
): StackOutcome => ({
  name,
  stack: action.stack,
  region,
  account,
  did: action.do,
  ended,
  message,
  ...(cause ? { cause } : {}),
});

/** Those who work on the stacks of one account and region. */
class Crew {
  readonly #effects: FleetEffects;
  readonly #queue = new PQueue({ concurrency: stacksAtOnce });
  readonly #buckets = new Map<string, Promise<void>>();

  constructor(effects: FleetEffects) {
    this.#effects = effects;
  }

  /** Does a step as soon as there is room. */
  do(step: FleetStep): Promise<StackOutcome> {
    return this.#queue.add(async () => {
      const { region, account } = step.place;
      const { signal } = this.#effects;
      if (signal.aborted) return outcomeOf(step, 'skipped', 'Not begun.');
      const tell = tellOf(this.#effects.tell, { stack: step.action.stack, region, account });
      tell({ type: 'begin', stack: step.action.stack });
      const outcome = await this.#try(step, tell);
      const { ended, message, cause } = outcome;
      tell({
        type: 'finished',
        stack: outcome.stack,
        ok: ended === 'done' || ended === 'kept',
        did: didOf(step.action),
        message,
        ...(cause ? { cause } : {}),
      });
      return outcome;
    });
  }

  async #try(step: FleetStep, tell: Tell): Promise<StackOutcome> {
    // Between the first word of how far CloudFormation is and its last, it goes on by itself.
    let isRunning = false;
    const heard = (note: Note): void => {
      if (note.type === 'status') isRunning = true;
      if (note.type === 'ended') isRunning = false;
      tell(note);
    };
    try {
      const cloud = await this.#effects.cloudAt(step.place);
      const { sleep, signal, now, unique } = this.#effects;
      return await carryOut(step, {
        cloud,
        tell: heard,
        sleep: (milliseconds, until) => sleep(milliseconds * this.#slowness(), until),
        signal,
        now,
        unique,
        buckets: this.#buckets,
      });
    } catch (error) {
      if (!(error instanceof OperatorError || error instanceof CloudError)) throw error;
      const message = error instanceof CloudError ? explain(error) : messageOf(error);
      const stopped = error instanceof InterruptedError ? 'skipped' : 'failed';
      return outcomeOf(step, isRunning ? 'running' : stopped, message);
    }
  }

  #slowness(): number {
    return Math.max(1, this.#queue.pending / watchedAtFullPace);
  }
}

const didOf = ({ do: what }: FleetAction): 'create' | 'update' | 'recreate' | 'delete' | 'none' =>
  what === 'keep' || what === 'stray' || what === 'refuse' ? 'none' : what;

/** How to look at a stack of a fleet. */
const lookAt = ({ action, place }: FleetStep): string =>
  `\`aws cloudformation describe-stack-events --stack-name ${action.stack} --region ${place.region}\``;

async function carryOut(step: FleetStep, effects: Effects): Promise<StackOutcome> {
  const { action, deploys, place } = step;
  const look = lookAt(step);
  if (action.do === 'delete') {
    const ended = await remove(effects, action.standing, look);
    if (ended.success) return outcomeOf(step, 'done', `${action.stack} is deleted.`);
    const cause = rootCause(ended.events, ended.stackId);
    const message = `${action.stack} could not be deleted; it is in the state ${ended.status}.`;
    return outcomeOf(step, 'failed', message, cause);
  }
  if (!deploys || !('parameters' in action)) {
    throw new Error(`${action.stack} has nothing to deploy.`);
  }
  const work = { step: action, ...deploys, place, look };
  const ended = await (action.do === 'update' ? update(effects, work) : apply(effects, work));
  if (!ended) {
    return outcomeOf(step, 'kept', `CloudFormation finds no difference in ${action.stack}.`);
  }
  if (ended.success) {
    const done = action.do === 'update' ? 'updated' : 'created';
    return outcomeOf(step, 'done', `${action.stack} is ${done}.`);
  }
  const { message, cause } = failed(action, ended);
  return outcomeOf(step, 'failed', message, cause);
}

/** Tells what an update does before it is carried out. */
async function update(effects: Effects, work: Work): Promise<Ended | undefined> {
  const prepared = await prepare(effects, work);
  const changeSet = await propose(effects, prepared);
  if (!changeSet) return undefined;
  const standing = work.step.do === 'update' ? work.step.standing : undefined;
  const shown = shownChanges(changeSet.changes, work.template, standing);
  effects.tell({ type: 'changes', stack: work.step.stack, ...shown });
  return apply(effects, prepared, changeSet);
}
