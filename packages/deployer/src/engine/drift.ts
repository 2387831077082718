/** Has a plan undo what was changed outside CloudFormation. It is seen in pages of lists, whatever number of stacks there is. */
import { type Cloud, explain, orRefusal, type Place, type Stack } from '../cloud/cloud.ts';
import { patiently, type Waiting } from '../cloud/effects.ts';
import { inParallel } from '../cloud/parallel.ts';
import { conditionOf } from '../cloud/states.ts';
import type { Listed, Wiring } from '../cloud/wiring.ts';
import { keyOf } from '../identity/naming.ts';
import type { Difference } from '../notes/parts.ts';
import { type Declared, driftIn } from '../template/drift.ts';
import { doingOf, isStack, type Plan, type StackStep, textsOf } from '../plan/step.ts';
import { isDeepStrictEqual } from 'node:util';
import { picked, type Texts } from '../text/records.ts';
import type { Remark } from '../view/sentences/remarks.ts';

/** The places, and the stacks, that are looked at at once. */
const atOnce = 16;

/** How what there is in a place is looked at. */
export interface Looking {
  readonly wiring: (place: Place) => Promise<Wiring>;
  readonly cloud: (place: Place) => Promise<Cloud>;
}

/** A plan that undoes what was changed. Where AWS does not tell, a note says so. */
export async function withReverts<P extends Plan>(
  plan: P,
  looking: Looking,
  waiting: Waiting,
): Promise<P> {
  const notes: Remark[] = [];
  const places = Map.groupBy(plan.steps.filter(isStack).filter(isCompared), ({ target }) =>
    keyOf(target.place),
  );
  const found = await inParallel([...places.values()], atOnce, async (steps) => {
    const { place } = (steps[0] as StackStep).target;
    const reading = async (): Promise<readonly StackStep[]> => {
      const wiring = await looking.wiring(place);
      const listed = await patiently(waiting, () => wiring.listed(), ['throttled']);
      return inParallel(steps, atOnce, async (step) => {
        const differences = await differencesOf(step, listed, () => looking.cloud(place));
        return differences.length === 0 ? step : reverting(step, differences);
      });
    };
    return orRefusal(reading(), (error) => {
      const { region, account } = place;
      notes.push({ code: 'driftUnread', region, account, why: explain(error) });
      return steps;
    });
  });
  const known = new Map(found.flat().map((step) => [step.key, step]));
  return {
    ...plan,
    steps: plan.steps.map((step) => known.get(step.key) ?? step),
    notes: [...plan.notes, ...notes],
  };
}

/** A step for a stack that stands, and stays. */
interface Compared extends StackStep {
  readonly current: Stack;
  readonly wanted: NonNullable<StackStep['wanted']>;
}

const isCompared = (step: StackStep): step is Compared =>
  ['keep', 'update'].includes(doingOf(step)) &&
  step.wanted !== undefined &&
  conditionOf(step.current) === 'ready';

/** What was changed of a stack. Of one that is updated as well, only what the update leaves alone. */
async function differencesOf(
  step: Compared,
  listed: Listed,
  cloud: () => Promise<Cloud>,
): Promise<readonly Difference[]> {
  const { current, wanted, target } = step;
  const about = { stack: current, place: target.place, template: wanted.content.template };
  const declared: Declared = { ...about, values: current.parameters };
  const { differences, unseen } = driftIn(declared, listed);
  if (doingOf(step) === 'update') {
    const texts = picked(textsOf(step), (_, text) => text !== undefined) as Texts;
    const next = driftIn({ ...about, values: texts }, listed).differences;
    return differences.filter(
      (each) =>
        each.after !== undefined &&
        each.before !== undefined &&
        next.some((other) => isDeepStrictEqual(each, other)),
    );
  }
  if (unseen.length === 0) return differences;
  // CloudFormation cuts long names, and somebody may have removed what it made.
  const resources = await (await cloud()).resources(current.id);
  const ids = Object.fromEntries(
    resources.flatMap(({ resource, physicalId }) =>
      physicalId === undefined ? [] : [[resource, physicalId] as const],
    ),
  );
  const again = driftIn(declared, listed, ids);
  const removed = again.unseen.filter((id) => Object.hasOwn(ids, id));
  return [
    ...again.differences,
    ...removed.map((name) => ({ what: name, name, before: 'removed', after: 'present' })),
  ];
}

/** The same step, which also undoes what was changed. */
const reverting = (step: StackStep, differences: readonly Difference[]): StackStep => ({
  ...step,
  verdict: 'change',
  operations: [{ do: 'update', reverts: true }],
  reasons: [
    ...(doingOf(step) === 'update' ? step.reasons : []),
    { code: 'drifted', what: differences.map(({ what }) => what) },
  ],
  differences: [...step.differences, ...differences],
});
