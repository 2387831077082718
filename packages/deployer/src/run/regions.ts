/** Carries out the steps for stacks, in each account and region as many at once as AWS takes there. */
import PQueue from 'p-queue';
import { type ChangeSet, type Cloud, explain, isKnown, type Place } from '../cloud/cloud.ts';
import { type Clockwork, clockworkOf, type Effects } from '../cloud/effects.ts';
import { keyOf } from '../identity/naming.ts';
import type { Cause, ShownChanges } from '../notes/parts.ts';
import type { Tell } from '../notes/tell.ts';
import { creationOf, shownChanges } from '../plan/changes.ts';
import { doingOf, type StackStep } from '../plan/step.ts';
import { discard, wantedOf } from '../stage/changesets.ts';
import type { SecretTexts } from '../stage/secrets.ts';
import { stage, type Staged, storeInputs } from '../stage/stacks.ts';
import { disagreementsOf } from '../template/agreement.ts';
import { InterruptedError } from '../text/errors.ts';
import { compact, mapValues } from '../text/records.ts';
import { rootCause } from './cause.ts';
import { attempt, notBegun, oneOfSeveral, type Outcome, tellOfStep } from './outcome.ts';
import { recover, type Recovering } from './recover.ts';
import { carryOut, create, remove } from './stacks.ts';
import type { Ended } from './watch.ts';

/** What carrying out steps for stacks needs. */
export interface StackEffects extends Clockwork {
  readonly tell: Tell;
  readonly cloudAt: (place: Place) => Promise<Cloud>;
  /** Says why nothing more may be begun; asked before each step. */
  readonly hold?: () => Promise<string | undefined>;
}

/** How steps for stacks are carried out. */
export interface StackOptions {
  /** Whether there are several: then every note says which it is about. */
  readonly several: boolean;
  /** The values that secrets are to hold. */
  readonly secrets?: SecretTexts;
  /** What the operator can type to see how a stack does. */
  readonly look: (step: StackStep) => string;
  readonly recovering: Recovering;
}

/**
 * Stacks of an account and region that are worked on at once: fewer than the 15 changes in a second that Lambda takes
 * there ("Lambda quotas", control plane).
 */
const stacksAtOnce = 10;

/** So many stacks can be watched at the usual pace; the more there are, the less often each is asked about. */
const watchedAtFullPace = 3;

/** Carries out steps for stacks. */
export class StackRunner {
  readonly #effects: StackEffects;
  readonly #options: StackOptions;
  readonly #workers = new Map<string, ReturnType<typeof workersIn>>();

  constructor(effects: StackEffects, options: StackOptions) {
    this.#effects = effects;
    this.#options = options;
  }

  /**
   * Tells what a step does to resources and permissions: of a creation what its template says, of an update its change set,
   * which is made for it.
   */
  async stage(step: StackStep): Promise<Staged | undefined> {
    const tell = this.#told(step);
    const doing = doingOf(step);
    if (doing === 'create' || doing === 'recreate') tellCreation(tell, step);
    if (doing !== 'update') return undefined;
    const workers = this.#at(step);
    return workers.room(() => workers.now(tell, (effects) => this.#update(effects, step)));
  }

  /** Takes a stack out of a state in which nothing can be done with it. */
  async recover(step: StackStep): Promise<Outcome> {
    const { current } = step;
    if (!current) throw new Error(`${step.target.name} does not exist.`);
    const look = this.#options.look(step);
    return attempt(this.#told(step), step, (tell) =>
      this.#at(step).now(tell, async (effects): Promise<Outcome> => {
        const stack = await recover(effects, current, { look, ...this.#options.recovering });
        return stack === 'declined'
          ? { step, ended: 'skipped', message: 'Nothing was changed.' }
          : { step, ended: 'done', message: 'Recovered.' };
      }),
    );
  }

  /** Takes back what is not carried out. Secrets and code stay: nothing uses them. */
  async takeBack({ step, changeSet }: Staged): Promise<void> {
    if (!changeSet) return;
    const { tell } = this.#effects;
    // It waits for nobody: the queue may hold steps that are not to be begun any more.
    await this.#at(step).now(tell, (effects) => discard(effects, step.target.name, changeSet.id));
  }

  /** @param begun called when what was staged is not to be taken back any more: it is carried out now, or takes itself back. */
  carryOut(
    step: StackStep,
    staged: Staged | undefined,
    begun: () => void = () => undefined,
  ): Promise<Outcome> {
    const work = this.#options.several ? oneOfSeveral : attempt;
    const workers = this.#at(step);
    const run = (tell: Tell): Promise<Outcome> =>
      workers.now(tell, (effects) => {
        begun();
        return this.#carryOut(effects, step, staged);
      });
    return workers.room(
      async () => (await notBegun(this.#effects, step)) ?? work(this.#effects.tell, step, run),
    );
  }

  async #update(effects: Effects, step: StackStep): Promise<Staged | undefined> {
    if (!this.#options.several) return this.#staged(effects, step);
    try {
      return await this.#staged(effects, step);
    } catch (error) {
      if (!isKnown(error) || error instanceof InterruptedError) throw error;
      const message = `The changes cannot be shown. ${explain(error)}`;
      effects.tell({ type: 'warning', message });
      return undefined;
    }
  }

  /** Stages an update and tells its change set. */
  async #staged(effects: Effects, step: StackStep): Promise<Staged> {
    const staged = await stage(effects, step, this.#options.secrets);
    if (staged.changeSet) tellChanges(effects.tell, step, staged.changeSet.changes);
    return staged;
  }

  async #carryOut(effects: Effects, step: StackStep, staged: Staged | undefined): Promise<Outcome> {
    const { secrets } = this.#options;
    const { current, target } = step;
    const doing = doingOf(step);
    if (doing === 'keep') {
      await storeInputs(effects, step, secrets);
      return { step, ended: 'done', message: 'Stored.' };
    }
    const look = this.#options.look(step);
    if (doing === 'delete') {
      if (!current) throw new Error(`${target.name} does not exist.`);
      return outcomeOf(step, await remove(effects, current, look), 'Deleted.');
    }
    const end = await (doing === 'update'
      ? carryOut(effects, staged ?? (await this.#staged(effects, step)), look)
      : create(effects, step, secrets, look));
    return end
      ? outcomeOf(step, end, doing === 'update' ? 'Updated.' : 'Created.')
      : { step, ended: 'kept', message: 'CloudFormation finds no difference.' };
  }

  #told(step: StackStep): Tell {
    const { tell } = this.#effects;
    return this.#options.several ? tellOfStep(tell, step) : tell;
  }

  #at({ target: { place } }: StackStep): ReturnType<typeof workersIn> {
    const workers = this.#workers.get(keyOf(place)) ?? workersIn(this.#effects, place);
    this.#workers.set(keyOf(place), workers);
    return workers;
  }
}

/** What an operation that has ended comes to. */
const outcomeOf = (step: StackStep, end: Ended, message: string): Outcome =>
  end.success
    ? { step, ended: 'done', message, end }
    : compact({ step, ended: 'failed', ...failure(step, end), end });

/** What failed, what is left, and the first failure that no other failure caused. */
function failure(
  step: StackStep,
  { status, stackId, events }: Ended,
): { readonly message: string; readonly cause: Cause | undefined } {
  const cause = rootCause(events, stackId);
  const { name } = step.target;
  const doing = doingOf(step);
  if (doing === 'delete') {
    return { message: `${name} could not be deleted. Its state is ${status}.`, cause };
  }
  const left: Readonly<Record<string, string>> = {
    DELETE_COMPLETE: 'CloudFormation deleted everything that it had created.',
    UPDATE_ROLLBACK_COMPLETE: 'CloudFormation rolled it back to its previous state.',
    ROLLBACK_COMPLETE: 'An empty stack is left. The next deployment asks, and then deletes it.',
  };
  const after =
    left[status] ?? `Its state is ${status}. Deploy again to see what you can do about that.`;
  const what = doing === 'update' ? 'updated' : 'created';
  return { message: `${name} could not be ${what}. ${after}`, cause };
}

/** Tells what a creation makes. */
export function tellCreation(tell: Tell, step: StackStep): void {
  const { content, parameters } = wantedOf(step);
  const values = mapValues(parameters, (value) => (typeof value === 'string' ? value : undefined));
  tellShown(tell, step, creationOf(content.template, values));
}

/**
 * Tells what a change set does.
 *
 * @param changes absent where there is none to be looked at.
 */
export function tellChanges(
  tell: Tell,
  step: StackStep,
  changes: ChangeSet['changes'] | undefined,
): void {
  const { template } = wantedOf(step).content;
  const nothing = { changes: [], statements: [], untold: [] };
  tellShown(tell, step, changes ? shownChanges(changes, template, step.current) : nothing);
}

function tellShown(tell: Tell, step: StackStep, shown: ShownChanges): void {
  const { content } = wantedOf(step);
  tell({ type: 'changes', stack: step.target.name, ...shown, ...disagreementsOf(content) });
}

/** Who work on the stacks of one account and region. */
function workersIn(effects: StackEffects, place: Place) {
  const queue = new PQueue({ concurrency: stacksAtOnce });
  const buckets = new Map<string, Promise<void>>();
  const slowness = (): number => Math.max(1, queue.pending / watchedAtFullPace);
  return {
    /** Does something as soon as there is room. */
    room: <T>(work: () => Promise<T>): Promise<T> => queue.add(work),
    now: async <T>(tell: Tell, work: (effects: Effects) => Promise<T>): Promise<T> =>
      work({
        ...clockworkOf(effects),
        cloud: await effects.cloudAt(place),
        tell,
        sleep: (milliseconds, until) => effects.sleep(milliseconds * slowness(), until),
        buckets,
      }),
  };
}
