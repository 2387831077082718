/** Carries a fleet's plan out: many stacks at once, going on where one fails. */
import PQueue from 'p-queue';
import {
  apply,
  discard,
  type Prepared,
  prepare,
  propose,
  remove,
  type Work,
} from '../run/apply.ts';
import { rootCause } from '../run/cause.ts';
import { creationOf, shownChanges } from '../plan/changes.ts';
import { type ChangeSet, type Cloud, CloudError, explain, type Place } from '../cloud/cloud.ts';
import { InterruptedError, OperatorError } from '../text/errors.ts';
import type { Ending, Outcome } from '../notes/lines.ts';
import type { Cause } from '../notes/parts.ts';
import type { Ended } from '../run/watch.ts';
import { baseParameters } from '../destinations/base.ts';
import { type About, type FleetOutcome, outcomeOf, workOn } from './outcome.ts';
import type { FleetPlan, FleetStep } from '../plan/fleet.ts';
import { type Tell, tellOf } from '../notes/tell.ts';
import type { Effects } from '../cloud/effects.ts';
import { disagreementsOf } from '../template/agreement.ts';
import { failed } from '../run/failed.ts';

/** What carrying a fleet's plan out needs. */
export interface FleetEffects extends Omit<Effects, 'cloud' | 'buckets'> {
  readonly cloudAt: (place: Place) => Promise<Cloud>;
  /** Says why nothing more may be begun; asked before each step. */
  readonly hold?: () => Promise<string | undefined>;
}

/**
 * Stacks of an account and region that are worked on at once: fewer than the 15 changes in a second that Lambda takes
 * there ("Lambda quotas", control plane).
 */
const stacksAtOnce = 10;

/** So many stacks can be watched at the usual pace; the more there are, the less often each is asked about. */
const watchedAtFullPace = 3;

/** The steps of a plan that change something. */
export const changing = ({ steps }: Pick<FleetPlan, 'steps'>): readonly FleetStep[] =>
  steps.filter(({ action: { do: what } }) => !['keep', 'orphaned', 'refuse'].includes(what));

/** What an update does: work whose code is stored, and its change set; none where CloudFormation finds nothing to change. */
interface Proposal {
  readonly prepared: Prepared;
  readonly changeSet: ChangeSet | undefined;
}

/** Carries the plan of a fleet out, in as many parts as are wanted. */
export class FleetWork {
  readonly #effects: FleetEffects;
  readonly #crews = new Map<string, Crew>();
  /** What was shown and is still to be carried out, or taken back. */
  readonly #proposals = new Map<string, Proposal>();

  constructor(effects: FleetEffects) {
    this.#effects = effects;
  }

  /**
   * Tells what steps do to resources and permissions: of creations what their templates say, of updates their change sets,
   * which are made for it. What is agreed to then is what is carried out; what is not has to be taken back, with
   * {@link takeBack}. An update that waits for the bucket of a base stack has nowhere to put its code yet, and one that is
   * refused fails when it is carried out: both are told then.
   */
  async propose({ steps }: Pick<FleetPlan, 'steps'>): Promise<void> {
    for (const step of steps) tellCreation(this.#effects.tell, step);
    const bucketless = new Set(
      steps.filter(({ action }) => makesBucket(action)).map(({ key }) => key),
    );
    const updates = steps.filter(
      ({ action, needs }) => action.do === 'update' && !needs.some((key) => bucketless.has(key)),
    );
    const settled = await Promise.allSettled(
      updates.map(async (step) => {
        const proposal = await this.#crew(step).propose(step);
        if (proposal) this.#proposals.set(step.key, proposal);
      }),
    );
    const failure = settled.find((each) => each.status === 'rejected');
    if (failure) throw failure.reason;
  }

  /** Takes back what was proposed and is not wanted. */
  async takeBack(): Promise<void> {
    const left = [...this.#proposals.values()];
    this.#proposals.clear();
    await Promise.all(
      left.map(({ prepared, changeSet }) => this.#crew(prepared).takeBack(prepared, changeSet)),
    );
  }

  /**
   * Carries steps out, and takes back what was proposed of them and not begun. What cannot be done keeps nothing from being
   * done but what needs it.
   *
   * @param hold why nothing may be begun.
   */
  async apply({ steps }: Pick<FleetPlan, 'steps'>, hold?: string): Promise<FleetOutcome> {
    const doing = new Map<string, Promise<Outcome>>();
    for (const step of steps) {
      const needs = step.needs.flatMap((need) => doing.get(need) ?? []);
      const run = async (): Promise<Outcome> => {
        if (hold !== undefined) return ended(step, 'skipped', hold);
        return this.#crew(step).do(step, () => {
          const known = this.#proposals.get(step.key);
          this.#proposals.delete(step.key);
          return known;
        });
      };
      doing.set(step.key, after(needs, step, run));
    }
    // Whatever is under way is waited for, also when this program has a mistake somewhere.
    const settled = await Promise.allSettled(doing.values());
    await this.takeBack();
    const outcomes = settled.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
    return outcomeOf(outcomes, this.#effects.signal);
  }

  #crew({ place }: Pick<FleetStep, 'place'>): Crew {
    const key = `${place.account}/${place.region}`;
    const crew = this.#crews.get(key) ?? new Crew(this.#effects);
    this.#crews.set(key, crew);
    return crew;
  }
}

/** Tells what a creation makes. */
function tellCreation(tell: Tell, { action, place, deploys }: FleetStep): void {
  if (!deploys || (action.do !== 'create' && action.do !== 'recreate')) return;
  const values = Object.entries(action.parameters).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : undefined,
  ]);
  const { region, account } = place;
  const { artifact, template } = deploys;
  const shown = {
    ...creationOf(template, Object.fromEntries(values)),
    ...disagreementsOf(artifact, template),
  };
  tell({ type: 'changes', stack: action.stack, region, account, ...shown });
}

/** Whether a step makes the artifact bucket: until it is done there is none. */
const makesBucket = (action: FleetStep['action']): boolean => {
  if (action.do !== 'create' && action.do !== 'update' && action.do !== 'recreate') return false;
  const bucket = action.parameters[baseParameters.bucket];
  return typeof bucket === 'string' && bucket !== '';
};

/** Does a step once what it needs is done. */
async function after(
  needs: readonly Promise<Outcome>[],
  step: FleetStep,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const { action } = step;
  if (action.do === 'keep' || action.do === 'orphaned') {
    return ended(step, 'kept', action.because);
  }
  if (action.do === 'refuse') return ended(step, 'refused', action.because);
  const before = await Promise.all(needs);
  const missing = before.find(({ ended }) => ended !== 'done' && ended !== 'kept');
  if (missing === undefined) return run();
  return ended(step, 'skipped', `Not begun: it needs ${missing.stack}, which is not done.`);
}

const about = ({ name, place: { account, region }, action }: FleetStep): About => ({
  kind: 'stack',
  name,
  stack: action.stack,
  region,
  account,
  did: action.do,
});

const ended = (step: FleetStep, how: Ending, message: string, cause?: Cause): Outcome => ({
  ...about(step),
  ended: how,
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
  do(step: FleetStep, proposed: () => Proposal | undefined): Promise<Outcome> {
    const { tell, signal, hold } = this.#effects;
    return this.#queue.add(async () => {
      if (signal.aborted) return ended(step, 'skipped', 'Not begun.');
      const why = await hold?.();
      if (why !== undefined) return ended(step, 'skipped', `Not begun. ${why}`);
      return workOn(tell, about(step), async (told) =>
        carryOut(step, await this.#at(step.place, told), proposed),
      );
    });
  }

  /** Makes the change set of an update and tells it; `undefined` where that is refused. */
  propose(step: FleetStep): Promise<Proposal | undefined> {
    const { action, place } = step;
    const { region, account } = place;
    return this.#queue.add(async () => {
      const tell = tellOf(this.#effects.tell, { stack: action.stack, region, account });
      try {
        return await proposal(await this.#at(place, tell), workOf(step));
      } catch (error) {
        const isKnown = error instanceof OperatorError || error instanceof CloudError;
        if (!isKnown || error instanceof InterruptedError) throw error;
        const why = error instanceof CloudError ? explain(error) : error.message;
        tell({ type: 'warning', message: `What this changes cannot be shown. ${why}` });
        return undefined;
      }
    });
  }

  /** Takes back what was proposed. */
  async takeBack(prepared: Prepared, changeSet: ChangeSet | undefined): Promise<void> {
    if (changeSet) {
      await discard(await this.#at(prepared.place, this.#effects.tell), prepared, changeSet);
    }
  }

  async #at(place: Place, tell: Tell): Promise<Effects> {
    const { cloudAt, sleep, signal, now, unique } = this.#effects;
    return {
      cloud: await cloudAt(place),
      tell,
      sleep: (milliseconds, until) => sleep(milliseconds * this.#slowness(), until),
      signal,
      now,
      unique,
      buckets: this.#buckets,
    };
  }

  #slowness(): number {
    return Math.max(1, this.#queue.pending / watchedAtFullPace);
  }
}

/** How to look at a stack of a fleet. */
const lookAt = ({ action, place }: FleetStep): string =>
  `\`aws cloudformation describe-stack-events --stack-name ${action.stack} --region ${place.region}\``;

/** What a step is carried out with. */
function workOf(step: FleetStep): Work {
  const { action, deploys, place } = step;
  if (!deploys || !('parameters' in action)) {
    throw new Error(`${action.stack} has nothing to deploy.`);
  }
  return { step: action, ...deploys, place, look: lookAt(step) };
}

async function carryOut(
  step: FleetStep,
  effects: Effects,
  proposed: () => Proposal | undefined,
): Promise<Outcome> {
  const { action } = step;
  if (action.do === 'delete') {
    const gone = await remove(effects, action.standing, lookAt(step));
    if (gone.success) return ended(step, 'done', 'Deleted.');
    const cause = rootCause(gone.events, gone.stackId);
    const message = `${action.stack} could not be deleted; it is in the state ${gone.status}.`;
    return ended(step, 'failed', message, cause);
  }
  const work = workOf(step);
  const end = await (work.step.do === 'update'
    ? update(effects, proposed() ?? (await proposal(effects, work)))
    : apply(effects, work));
  if (!end) {
    return ended(step, 'kept', 'CloudFormation finds no difference.');
  }
  if (end.success) {
    return ended(step, 'done', action.do === 'update' ? 'Updated.' : 'Created.');
  }
  const { message, cause } = failed(work.step, end);
  return ended(step, 'failed', message, cause);
}

/** Makes the change set of an update and tells it. */
async function proposal(effects: Effects, work: Work): Promise<Proposal> {
  const prepared = await prepare(effects, work);
  const changeSet = await propose(effects, prepared);
  if (changeSet) {
    const standing = work.step.do === 'update' ? work.step.standing : undefined;
    const shown = {
      ...shownChanges(changeSet.changes, work.template, standing),
      ...disagreementsOf(work.artifact, work.template),
    };
    effects.tell({ type: 'changes', stack: work.step.stack, ...shown });
  }
  return { prepared, changeSet };
}

const update = async (
  effects: Effects,
  { prepared, changeSet }: Proposal,
): Promise<Ended | undefined> => changeSet && apply(effects, prepared, changeSet);
