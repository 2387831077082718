/** Carries out the steps for stacks, in each account and region as many at once as AWS takes there. */
import PQueue from 'p-queue';
import { type ChangeSet, type Cloud, CloudError, explain, type Place } from '../cloud/cloud.ts';
import type { Effects } from '../cloud/effects.ts';
import type { Tell } from '../notes/tell.ts';
import { creationOf, shownChanges } from '../plan/changes.ts';
import { doingOf, type StackStep } from '../plan/step.ts';
import { wantedOf } from '../stage/changesets.ts';
import type { SecretTexts } from '../stage/secrets.ts';
import { stage, type Staged, storeInputs, takeBack } from '../stage/stacks.ts';
import { disagreementsOf } from '../template/agreement.ts';
import { InterruptedError, OperatorError } from '../text/errors.ts';
import { failed } from './failed.ts';
import { recover, type Recovering } from './recover.ts';
import { attempt, oneOfSeveral, type Outcome, tellOfStep } from './outcome.ts';
import type { Runner } from './runner.ts';
import { carryOut, create, remove } from './stacks.ts';

/** What carrying out steps for stacks needs. */
export interface StackEffects extends Omit<Effects, 'cloud' | 'buckets'> {
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
export class StackRunner implements Runner<StackStep, Staged> {
  readonly #effects: StackEffects;
  readonly #options: StackOptions;
  readonly #workers = new Map<string, RegionWorkers>();

  constructor(effects: StackEffects, options: StackOptions) {
    this.#effects = effects;
    this.#options = options;
  }

  /**
   * Tells what a step does to resources and permissions: of a creation what its template says, of an update its change set,
   * which is made for it.
   */
  stage(step: StackStep): Promise<Staged | undefined> {
    const tell = this.#told(step);
    const doing = doingOf(step);
    if (doing === 'create' || doing === 'recreate') tellCreation(tell, step);
    return doing === 'update'
      ? this.#at(step).run(tell, (effects) => this.#update(effects, step))
      : Promise.resolve(undefined);
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

  takeBack(staged: Staged): Promise<void> {
    // It waits for nobody: the queue may hold steps that are not to be begun any more.
    return this.#at(staged.step).now(this.#effects.tell, (effects) => takeBack(effects, staged));
  }

  /** @param begun called when what was staged is not to be taken back any more: it is carried out now, or takes itself back. */
  carryOut(
    step: StackStep,
    staged: Staged | undefined,
    begun: () => void = () => undefined,
  ): Promise<Outcome> {
    const { tell, signal, hold } = this.#effects;
    const work = this.#options.several ? oneOfSeveral : attempt;
    const workers = this.#at(step);
    return workers.room(async (): Promise<Outcome> => {
      if (signal.aborted) return { step, ended: 'skipped', message: 'Not started.' };
      const why = await hold?.();
      if (why !== undefined) return { step, ended: 'skipped', message: `Not started. ${why}` };
      return work(tell, step, (told) =>
        workers.now(told, (effects) => {
          begun();
          return this.#carryOut(effects, step, staged);
        }),
      );
    });
  }

  async #update(effects: Effects, step: StackStep): Promise<Staged | undefined> {
    if (!this.#options.several) return this.#staged(effects, step);
    try {
      return await this.#staged(effects, step);
    } catch (error) {
      const isKnown = error instanceof OperatorError || error instanceof CloudError;
      if (!isKnown || error instanceof InterruptedError) throw error;
      const why = error instanceof CloudError ? explain(error) : error.message;
      effects.tell({ type: 'warning', message: `The changes cannot be shown. ${why}` });
      return undefined;
    }
  }

  /** Stages an update and tells its change set. */
  async #staged(effects: Effects, step: StackStep): Promise<Staged> {
    const staged = await stage(effects, step, this.#options.secrets ?? {});
    if (staged.changeSet) tellChanges(effects.tell, step, staged.changeSet.changes);
    return staged;
  }

  async #carryOut(effects: Effects, step: StackStep, staged: Staged | undefined): Promise<Outcome> {
    const doing = doingOf(step);
    if (doing === 'keep') {
      await storeInputs(effects, step, this.#options.secrets ?? {});
      return { step, ended: 'done', message: 'Stored.' };
    }
    const look = this.#options.look(step);
    const { current, target } = step;
    if (doing === 'delete') {
      if (!current) throw new Error(`${target.name} does not exist.`);
      const end = await remove(effects, current, look);
      return end.success
        ? { step, ended: 'done', message: 'Deleted.', end }
        : { step, ended: 'failed', ...failed(step, end), end };
    }
    const end = await (doing === 'update'
      ? carryOut(effects, staged ?? (await this.#staged(effects, step)), look)
      : create(effects, step, this.#options.secrets ?? {}, look));
    if (!end) return { step, ended: 'kept', message: 'CloudFormation finds no difference.' };
    if (!end.success) return { step, ended: 'failed', ...failed(step, end), end };
    return { step, ended: 'done', message: doing === 'update' ? 'Updated.' : 'Created.', end };
  }

  #told(step: StackStep): Tell {
    const { tell } = this.#effects;
    return this.#options.several ? tellOfStep(tell, step) : tell;
  }

  #at({ target: { place } }: StackStep): RegionWorkers {
    const key = `${place.account}/${place.region}`;
    const workers = this.#workers.get(key) ?? new RegionWorkers(this.#effects, place);
    this.#workers.set(key, workers);
    return workers;
  }
}

/** Tells what a creation makes. */
export function tellCreation(tell: Tell, step: StackStep): void {
  const { content, parameters } = wantedOf(step);
  const values = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : undefined,
  ]);
  const shown = creationOf(content.template, Object.fromEntries(values));
  tell({ type: 'changes', stack: step.target.name, ...shown, ...disagreementsOf(content) });
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
  const { content } = wantedOf(step);
  const shown = changes
    ? shownChanges(changes, content.template, step.current)
    : { changes: [], statements: [], untold: [] };
  tell({ type: 'changes', stack: step.target.name, ...shown, ...disagreementsOf(content) });
}

/** Those who work on the stacks of one account and region. */
class RegionWorkers {
  readonly #effects: StackEffects;
  readonly #place: Place;
  readonly #queue = new PQueue({ concurrency: stacksAtOnce });
  readonly #buckets = new Map<string, Promise<void>>();

  constructor(effects: StackEffects, place: Place) {
    this.#effects = effects;
    this.#place = place;
  }

  /** Does something as soon as there is room. */
  room<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.add(work);
  }

  run<T>(tell: Tell, work: (effects: Effects) => Promise<T>): Promise<T> {
    return this.room(() => this.now(tell, work));
  }

  async now<T>(tell: Tell, work: (effects: Effects) => Promise<T>): Promise<T> {
    const { cloudAt, sleep, signal, now, unique } = this.#effects;
    return work({
      cloud: await cloudAt(this.#place),
      tell,
      sleep: (milliseconds, until) => sleep(milliseconds * this.#slowness(), until),
      signal,
      now,
      unique,
      buckets: this.#buckets,
    });
  }

  #slowness(): number {
    return Math.max(1, this.#queue.pending / watchedAtFullPace);
  }
}
