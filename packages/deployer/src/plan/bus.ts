/** The rules that a plan adds to the default event buses. Pure. */
import { quotaCommand } from '../cloud/bus.ts';
import type { Place } from '../cloud/cloud.ts';
import { keyOf } from '../identity/naming.ts';
import { madeIn } from '../template/costs.ts';
import type { RunScope } from '../text/command.ts';
import { doingOf, isStack, type Plan, type StackStep, type Step, textsOf } from './step.ts';

/** The default event bus of an account in a region, as far as it is known. */
export interface Bus {
  readonly place: Place;
  /** How many rules it has, whoever made them. */
  readonly used: number;
  /** How many it may have. */
  readonly quota: number;
}

/**
 * How many rules a step adds to the default event bus. One whose stack is replaced or updated adds none that would not have
 * been counted already.
 */
function addedBy(step: StackStep): number {
  if (doingOf(step) !== 'create') return 0;
  if (!step.wanted) return 0;
  return madeIn(step.wanted.content.template, textsOf(step)).filter(
    ({ type, properties }) =>
      type === 'AWS::Events::Rule' && properties['EventBusName'] === undefined,
  ).length;
}

/** The places to whose event buses a plan adds rules, and how many. */
export function additionsIn({
  steps,
}: Pick<Plan, 'steps'>): readonly { readonly place: Place; readonly coming: number }[] {
  const adding = steps.filter(isStack).filter((step) => addedBy(step) > 0);
  return [...Map.groupBy(adding, ({ target }) => keyOf(target.place)).values()].flatMap((all) => {
    const coming = all.reduce((sum, step) => sum + addedBy(step), 0);
    return all[0] ? [{ place: all[0].target.place, coming }] : [];
  });
}

/** The same plan, in which the stacks are refused whose rules would not fit on the bus. */
export function withoutOverflow<P extends Plan>(
  plan: P,
  buses: readonly Bus[],
  run: RunScope = {},
): P {
  const full = additionsIn(plan).flatMap(({ place, coming }) => {
    const bus = buses.find((each) => keyOf(each.place) === keyOf(place));
    return bus && bus.used + coming > bus.quota ? [{ ...bus, coming }] : [];
  });
  const refuse = (step: Step): Step => {
    if (!isStack(step) || addedBy(step) === 0) return step;
    const found = full.find(({ place }) => keyOf(place) === keyOf(step.target.place));
    if (!found) return step;
    const { used, quota, coming, place } = found;
    // Enough for this plan, and for some more.
    const command = quotaCommand(Math.ceil((used + coming) / 100) * 100, {
      ...run,
      region: place.region,
    });
    const reasons = [
      { code: 'busFull', used, quota, coming, region: place.region, command },
    ] as const;
    return { ...step, verdict: 'refused', operations: [], inputs: [], needs: [], reasons };
  };
  return { ...plan, steps: plan.steps.map(refuse) };
}
