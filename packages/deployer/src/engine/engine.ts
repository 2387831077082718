/** Carries plans out: many steps at once, each when what it needs is done, going on where one fails. */
import { remarkWords } from '../view/sentences/remarks.ts';
import { because } from '../view/sentences/reasons.ts';
import * as plans from '../plan/step.ts';
import { isGood, type Outcome } from '../run/outcome.ts';
import type { StackRunner } from '../run/regions.ts';
import type { stackSetRunner } from '../run/stacksets.ts';
import type { Staged } from '../stage/stacks.ts';

/** Who carries out the steps, by what they are for. */
export interface Runners {
  readonly stacks: StackRunner;
  /** Absent where there are no stack sets. */
  readonly stackSets?: ReturnType<typeof stackSetRunner>;
}

/** What became of a plan. */
export interface Outcomes {
  readonly ok: boolean;
  readonly interrupted: boolean;
  /** In the order of the plan. */
  readonly outcomes: readonly Outcome[];
}

/** Carries plans out. */
export type Engine = ReturnType<typeof engineOf>;

export function engineOf({ stacks, stackSets }: Runners, signal: AbortSignal) {
  /** What was shown and is still to be carried out, or taken back. */
  const staged = new Map<string, Staged>();

  /** Takes back what was staged and is not wanted. */
  async function takeBack(): Promise<void> {
    const left = [...staged.values()];
    staged.clear();
    await Promise.all(left.map(stacks.takeBack));
  }

  /** Does a step once what it needs is done. */
  async function after(needs: readonly Promise<Outcome>[], step: plans.Step): Promise<Outcome> {
    const message = because(step.reasons);
    if (!plans.isStack(step) && (step.verdict === 'keep' || step.verdict === 'orphaned')) {
      return keptSet(step, message);
    }
    if (step.verdict === 'refused' || plans.doingOf(step) === 'recover') {
      return { step, ended: 'refused', message, ...instancesOf(step) };
    }
    if (step.verdict !== 'change') return { step, ended: 'kept', message };
    const before = await Promise.all(needs);
    const missing = before.find((outcome) => !isGood(outcome));
    if (missing === undefined) return run(step);
    const why = `Not started: it needs ${missing.step.target.name}, which is not done.`;
    return { step, ended: 'skipped', message: why, ...instancesOf(step) };
  }

  function run(step: plans.Step): Promise<Outcome> {
    if (plans.isStack(step)) {
      return stacks.carryOut(step, staged.get(step.key), () => staged.delete(step.key));
    }
    if (!stackSets) throw new Error('There are no stack sets here.');
    return stackSets(step);
  }

  return {
    takeBack,

    /**
     * Shows what steps do to resources and permissions. What is approved then is what is carried out; what is not has to be
     * taken back. An update that is refused fails when it is carried out, and is told then.
     */
    stage: async ({ steps }: Pick<plans.Plan, 'steps'>): Promise<void> => {
      const known = plans.changing(steps).filter(plans.isStack);
      const settled = await Promise.allSettled(
        known.map(async (step) => {
          const found = await stacks.stage(step);
          if (found) staged.set(step.key, found);
        }),
      );
      const failure = settled.find((each) => each.status === 'rejected');
      if (failure) throw failure.reason;
    },

    /** Takes a stack out of a state in which nothing can be done with it. */
    recover: stacks.recover,

    /** What was staged of a step, to be looked at. */
    staged: ({ key }: plans.Step): Staged | undefined => staged.get(key),

    /**
     * Carries steps out, and takes back what was staged of them and not begun. What cannot be done keeps nothing from being
     * done but what needs it.
     */
    carryOut: async ({ steps }: Pick<plans.Plan, 'steps'>): Promise<Outcomes> => {
      const underWay = new Map<string, Promise<Outcome>>();
      await stacks.announce(plans.changing(steps));
      for (const step of steps) {
        const needs = step.needs.flatMap((key) => underWay.get(key) ?? []);
        underWay.set(step.key, after(needs, step));
      }
      // Whatever is under way is waited for, also when this program has a mistake somewhere.
      const settled = await Promise.allSettled(underWay.values());
      await takeBack();
      const outcomes = settled.map((each) => {
        if (each.status === 'rejected') throw each.reason;
        return each.value;
      });
      const ok = outcomes.every(isGood);
      return { ok, interrupted: signal.aborted && !ok, outcomes };
    },
  };
}

const instancesOf = (step: plans.Step): Partial<Pick<plans.StackSetStep, 'counts' | 'troubled'>> =>
  plans.isStack(step) ? {} : { counts: step.counts, troubled: step.troubled };

/** What no operation can mend is not as the file says. */
function keptSet(step: plans.StackSetStep, message: string): Outcome {
  const { counts, notes, still = [], verdict } = step;
  const ended = verdict === 'keep' && counts.inoperable > 0 ? 'refused' : 'kept';
  const [last] = notes.slice(-1).map(remarkWords);
  const advice = ended === 'refused' ? last : undefined;
  const said = advice ?? (still.length > 0 ? because(still) : (last ?? message));
  return { step, ended, message: said, ...instancesOf(step) };
}
