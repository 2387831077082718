/** `patrol-deploy apply`: makes a fleet as its file says. */
import { type Cloud, CloudError, explain } from '../cloud/cloud.ts';
import { heardTopics, tellHeard } from '../destinations/fleet.ts';
import { Engine } from '../engine/engine.ts';
import { type FleetState, readStanding, standingStacks } from '../engine/look.ts';
import { apply, type Applied, type Dialogue, type Goal, Overtaken } from '../engine/loop.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { doesMore } from '../plan/stacksets.ts';
import { changing, doingOf, isStack, stackSteps, type Step } from '../plan/step.ts';
import { tellOfStep } from '../run/outcome.ts';
import { StackRunner } from '../run/regions.ts';
import { StackSetRunner } from '../run/stacksets.ts';
import type { Lease } from '../stage/lease.ts';
import { messageOf } from '../text/errors.ts';
import { deletionQuestion } from '../view/deletions.ts';
import { conclude } from '../view/outcome.ts';
import { because } from '../view/reasons.ts';
import { agreed } from './consent.ts';
import { withAgreedVersions } from './downgrade.ts';
import { leaseOf } from './lease.ts';
import { countedIn, type FleetCommand, stateOf, tellPlan } from './plan.ts';
import { isInteractive, type World } from './world.ts';

/** What `patrol-deploy apply` is told. */
export interface ApplyCommand extends FleetCommand {
  readonly yes: boolean;
  /** Whether to wait for another run that changes the fleet. */
  readonly wait: boolean;
  /** Whether older versions of rules may take the place of newer ones. */
  readonly allowDowngrade?: boolean;
}

/** Makes a fleet as its file says, after showing what that takes and asking. One run at a time does. */
export async function applyCommand(
  command: ApplyCommand,
  world: World,
  tell: Tell,
): Promise<Result> {
  const run = new FleetRun(command, world, tell);
  try {
    return await run.conclude(await apply(run.goal, run.dialogue));
  } finally {
    await run.release();
  }
}

/** One run of the command. */
class FleetRun {
  readonly #command: ApplyCommand;
  readonly #world: World;
  readonly #tell: Tell;
  #lease: Lease | undefined;
  /** When the last look at the fleet began: another run may have changed what it saw since. */
  #begun = 0;

  constructor(command: ApplyCommand, world: World, tell: Tell) {
    this.#command = command;
    this.#world = world;
    this.#tell = tell;
  }

  readonly goal: Goal<FleetState> = {
    look: async () => {
      this.#begun = this.#world.now();
      const state = await stateOf(this.#command, this.#world);
      this.#lease ??= await leaseOf(state, this.#command, this.#world, this.#tell);
      return state;
    },
    engine: (state) => this.#engine(state),
  };

  readonly dialogue: Dialogue<FleetState> = {
    show: (state) => tellPlan(state, this.#tell),
    approve: async (seen, engine) => {
      const { yes } = this.#command;
      const state = await withAgreedVersions(seen, this.#command, this.#world);
      if (!yes && isInteractive(this.#world, this.#command)) await engine.stage(state.plan);
      return approved(state, this.#command, this.#world);
    },
    guard: {
      free: () => this.#held.free(this.#command.wait),
      take: () => this.#take(),
    },
    begin: ({ plan }) => this.#tell({ type: 'stacks', total: changing(plan.steps).length }),
    overtaken: () => {
      const message = 'Another run of `apply` changed the fleet meanwhile. Looking at it again.';
      this.#tell({ type: 'progress', message });
    },
    // It keeps no other stack from being dealt with; the plan says what to do about it.
    unrecovered: ({ step, message }) => tellOfStep(this.#tell, step)({ type: 'warning', message }),
    unfinished: (error) => {
      const why = error instanceof CloudError ? explain(error) : messageOf(error);
      this.#tell({ type: 'warning', message: `${leftTopics} ${why}` });
    },
  };

  /** Gives the lease back. */
  async release(): Promise<void> {
    await this.#lease?.release();
  }

  get #held(): Lease {
    if (!this.#lease) throw new Error('Nobody has looked at the fleet.');
    return this.#lease;
  }

  async #take(): Promise<void> {
    if (!(await this.#held.take(this.#begun))) throw new Overtaken();
  }

  /** Who carries a plan out. */
  #engine({ clouds, organization }: FleetState): Engine {
    const { signal, now, unique } = this.#world;
    this.#world.holdInterrupts();
    const { sleep, hold } = this.#held;
    const effects = { tell: this.#tell, sleep, signal, now, unique, hold };
    const stacks = new StackRunner(
      { ...effects, cloudAt: (place) => clouds.at(place) },
      {
        several: true,
        look: ({ target: { name, place } }) =>
          `\`aws cloudformation describe-stack-events --stack-name ${name} --region ${place.region}\``,
        recovering: {
          skip: [],
          agree: async (question, recovery) => {
            // Waiting changes nothing, so that nobody need agree.
            if (recovery === 'wait') return true;
            if (!(await agreed(this.#world, this.#command, question))) return false;
            await this.#take();
            return true;
          },
        },
      },
    );
    if (!organization) return new Engine({ stacks }, because, signal);
    const { wanted, stackSets, units } = organization;
    const cloudIn = (region: string): Promise<Cloud> => clouds.at({ ...wanted.home, region });
    const sets = { ...effects, stackSets, cloudIn, words: because };
    return new Engine(
      { stacks, stackSets: new StackSetRunner(sets, wanted, units) },
      because,
      signal,
    );
  }

  /** What became of the fleet. */
  async conclude(applied: Applied<FleetState>): Promise<Result> {
    if (applied.isDeclined) return declined;
    if (!this.#world.signal.aborted) await tellUnconfirmed(applied, this.#world, this.#tell);
    const { plan, heard } = applied.state;
    const result = conclude(applied, { fleet: plan.fleet, ...this.#command }, this.#tell);
    if (applied.stopped) throw applied.stopped;
    const missing = [
      ...(applied.isUnfinished ? [leftTopics] : []),
      // The stacks are of no use while their alerts are lost.
      ...heard.lost.map(({ message }) => message),
    ];
    return result.ok && missing.length > 0
      ? { ...result, ok: false, message: `${result.message} ${missing.join(' ')}` }
      : result;
  }
}

/** What is left when a second round fails. */
const leftTopics =
  'Topics that nothing sends to any more are still there; the next run deletes them.';

const declined: Result = {
  type: 'result',
  ok: false,
  did: 'none',
  message: 'No stack was changed.',
};

/** The part of a plan that is approved; `undefined` when that is nothing. */
async function approved(
  state: FleetState,
  command: ApplyCommand,
  world: World,
): Promise<FleetState | undefined> {
  const { plan } = state;
  const isChange = (step: Step): boolean =>
    isStack(step) ? doingOf(step) !== 'delete' && doingOf(step) !== 'recover' : doesMore(step);
  const changes = changing(plan.steps).filter(isChange);
  if (changes.length > 0) {
    const what = countedIn({ steps: changes });
    if (!(await agreed(world, command, `Go ahead: ${what}?`))) return undefined;
  }
  const question = deletionQuestion(plan);
  if (question === undefined || (await agreed(world, command, question))) return state;
  return changes.length > 0 ? withoutDeletions(state) : undefined;
}

/** The same with nothing to delete. */
const withoutDeletions = (state: FleetState): FleetState => ({
  ...state,
  plan: {
    ...state.plan,
    steps: state.plan.steps.map((step): Step => {
      if (!isStack(step)) return step.withoutDeletions ?? step;
      return doingOf(step) === 'delete' ? { ...step, verdict: 'orphaned' } : step;
    }),
  },
});

/** Says who has to confirm what, now that there is something new to confirm. */
async function tellUnconfirmed(
  { state: { plan, wanted, clouds }, outcomes }: Applied<FleetState>,
  world: World,
  tell: Tell,
): Promise<void> {
  const keys = new Set(outcomes.flatMap(({ ended, step }) => (ended === 'done' ? [step.key] : [])));
  const done = stackSteps(plan).filter((step) => doingOf(step) !== 'delete' && keys.has(step.key));
  const regions = new Set(done.map(({ target: { place } }) => `${place.account}/${place.region}`));
  const places = wanted.places.filter(({ place }) =>
    regions.has(`${place.account}/${place.region}`),
  );
  const standing = standingStacks(wanted, await readStanding({ places, bases: [] }, clouds, world));
  const changed = standing.map(({ place, stacks }) => ({
    place,
    stacks: stacks.filter(({ name }) =>
      done.some(({ target }) => target.name === name && target.place.region === place.region),
    ),
  }));
  tellHeard(await heardTopics(changed, clouds), tell);
}
