/** Carries out the steps for stacks, in each account and region as many at once as AWS takes there. */
import PQueue from 'p-queue';
import {
  type ChangeSet,
  type Cloud,
  explain,
  isKnown,
  orRefusal,
  type Place,
} from '../cloud/cloud.ts';
import { type Clockwork, clockworkOf, type Effects } from '../cloud/effects.ts';
import { keyOf } from '../identity/naming.ts';
import type { ShownChanges } from '../notes/parts.ts';
import type { Tell } from '../notes/tell.ts';
import { creationOf, shownChanges } from '../plan/changes.ts';
import { doingOf, type StackStep, type Step, typedOf } from '../plan/step.ts';
import { announce } from '../stage/announce.ts';
import { discard, stage, type Staged, storeInputs, wantedOf } from '../stage/stacks.ts';
import type { SecretTexts } from '../stage/secrets.ts';
import { disagreementsOf } from '../template/agreement.ts';
import { InterruptedError } from '../text/errors.ts';
import { compact, mapValues, type Texts } from '../text/records.ts';
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
export type StackRunner = ReturnType<typeof stackRunner>;

export function stackRunner(effects: StackEffects, options: StackOptions) {
  const { several, secrets, look, recovering } = options;
  const known = new Map<string, ReturnType<typeof workersIn>>();
  const at = ({ target: { place } }: Step): ReturnType<typeof workersIn> => {
    const workers = known.get(keyOf(place)) ?? workersIn(effects, place);
    known.set(keyOf(place), workers);
    return workers;
  };
  const told = (step: StackStep): Tell => (several ? tellOfStep(effects.tell, step) : effects.tell);

  /** Stages an update and tells its change set. */
  async function staged(here: Effects, step: StackStep): Promise<Staged> {
    const found = await stage(here, step, secrets);
    if (found.changeSet) tellChanges(here.tell, step, found.changeSet.changes);
    return found;
  }

  async function update(here: Effects, step: StackStep): Promise<Staged | undefined> {
    try {
      return await staged(here, step);
    } catch (error) {
      if (!several || !isKnown(error) || error instanceof InterruptedError) throw error;
      const message = `The changes cannot be shown. ${explain(error)}`;
      here.tell({ type: 'warning', message });
      return undefined;
    }
  }

  async function work(here: Effects, step: StackStep, known: Staged | undefined): Promise<Outcome> {
    const { current, target } = step;
    const doing = doingOf(step);
    if (doing === 'keep') {
      await storeInputs(here, step, secrets);
      return { step, ended: 'done', message: 'Stored.' };
    }
    if (doing === 'delete') {
      if (!current) throw new Error(`${target.name} does not exist.`);
      // The plan says so, and plans it for stacks that a deployment protects by itself.
      if (current.terminationProtected) await here.cloud.unprotect(current.id);
      return outcomeOf(step, await remove(here, current, look(step)), 'Deleted.');
    }
    const end = await (doing === 'update'
      ? carryOut(here, known ?? (await staged(here, step)), look(step))
      : create(here, step, secrets, look(step)));
    if (end?.success && step.wanted?.isProtected) await protect(here, end.stackId, target.name);
    return end
      ? outcomeOf(step, end, doing === 'update' ? 'Updated.' : 'Created.')
      : { step, ended: 'kept', message: 'CloudFormation finds no difference.' };
  }

  return {
    /**
     * Tells what a step does to resources and permissions: of a creation what its template says, of an update its change set,
     * which is made for it. One of several steps makes no bucket for that.
     */
    stage: async (step: StackStep): Promise<Staged | undefined> => {
      const doing = doingOf(step);
      if (doing === 'create' || doing === 'recreate') tellCreation(told(step), step);
      if (doing !== 'update') return undefined;
      const workers = at(step);
      return workers.room(() =>
        workers.now(told(step), (here) => update({ ...here, isUnapproved: several }, step)),
      );
    },

    /** Announces what is about to be done, in each account and region. */
    announce: async (steps: readonly Step[]): Promise<void> => {
      const places = Map.groupBy(steps, ({ target: { place } }) => keyOf(place));
      await Promise.all(
        [...places.values()].map(async (some) => {
          const [first] = some;
          if (!first || effects.signal.aborted) return;
          await at(first)
            .now(effects.tell, (here) => announce(here, some))
            // An account that cannot be reached is told by its steps.
            .catch((error: unknown) => {
              if (!isKnown(error)) throw error;
            });
        }),
      );
    },

    /** Takes a stack out of a state in which nothing can be done with it. */
    recover: async (step: StackStep): Promise<Outcome> => {
      const { current } = step;
      if (!current) throw new Error(`${step.target.name} does not exist.`);
      return attempt(told(step), step, (tell) =>
        at(step).now(tell, async (here): Promise<Outcome> => {
          await announce(here, [step]);
          const stack = await recover(here, current, { look: look(step), ...recovering });
          return stack === 'declined'
            ? { step, ended: 'skipped', message: 'Nothing was changed.' }
            : { step, ended: 'done', message: 'Recovered.' };
        }),
      );
    },

    /** Takes back what is not carried out. Secrets and code stay: nothing uses them. */
    takeBack: async ({ step, changeSet }: Staged): Promise<void> => {
      if (!changeSet) return;
      // It waits for nobody: the queue may hold steps that are not to be begun any more.
      await at(step).now(effects.tell, (here) => discard(here, step.target.name, changeSet.id));
    },

    /** @param begun called when what was staged is not to be taken back any more: it is carried out now, or takes itself back. */
    carryOut: (step: StackStep, known: Staged | undefined, begun: () => void): Promise<Outcome> => {
      const run = (tell: Tell): Promise<Outcome> =>
        at(step).now(tell, (here) => {
          begun();
          return work(here, step, known);
        });
      const how = several ? oneOfSeveral : attempt;
      return at(step).room(
        async () => (await notBegun(effects, step)) ?? how(effects.tell, step, run),
      );
    },
  };
}

/** Turns termination protection on. Without it the stack works as well: a refusal is told, and fails nothing. */
async function protect({ cloud, tell }: Effects, stackId: string, name: string): Promise<void> {
  await orRefusal(cloud.protect(stackId), (error) => {
    const message = `${name} could not be protected against deletion. ${explain(error)}`;
    tell({ type: 'warning', message });
  });
}

/** What an operation that has ended comes to: what failed, what is left, and the first failure that no other failure caused. */
function outcomeOf(step: StackStep, end: Ended, message: string): Outcome {
  if (end.success) return { step, ended: 'done', message, end };
  const cause = rootCause(end.events, end.stackId);
  return compact({ step, ended: 'failed', message: failureWords(step, end), cause, end });
}

function failureWords(step: StackStep, { status }: Ended): string {
  const { name } = step.target;
  const doing = doingOf(step);
  if (doing === 'delete') return `${name} could not be deleted. Its state is ${status}.`;
  const left: Texts = {
    DELETE_COMPLETE: 'CloudFormation deleted everything that it had created.',
    UPDATE_ROLLBACK_COMPLETE: 'CloudFormation rolled it back to its previous state.',
    ROLLBACK_COMPLETE: 'An empty stack is left. The next deployment asks, and then deletes it.',
  };
  const after =
    left[status] ?? `Its state is ${status}. Deploy again to see what you can do about that.`;
  return `${name} could not be ${doing === 'update' ? 'updated' : 'created'}. ${after}`;
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
  const about = { stack: step.target.name, name: typedOf(step) };
  tell({ type: 'changes', ...about, ...shown, ...disagreementsOf(content) });
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
