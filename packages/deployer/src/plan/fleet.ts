/** What has to be done so that a fleet is as its file says. Pure; needs to know no more of AWS than the pages of `DescribeStacks`. */
import { emailParameters, stackNames } from '@patrol/core/contracts';
import { type Place, previousValue, type Stack } from '../cloud/cloud.ts';
import { conditionOf, driftOf } from '../cloud/states.ts';
import { fleetTag, keyOf, typedFor } from '../identity/naming.ts';
import { isPatrols } from '../identity/ownership.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import { enumerated, order } from '../text/words.ts';
import type { FleetWanted } from '../want/fleet.ts';
import type { Remark } from '../view/sentences/remarks.ts';
import { planBase } from './base.ts';
import type { Settings } from '../destinations/values.ts';
import { type FleetOptions, heldIn, isStopped, type PlaceContext, planOne } from './context.ts';
import { orphans } from './orphans.ts';
import { refused } from './stack.ts';
import { type PlaceState, stacksIn } from './state.ts';
import { doingOf, type Plan, selected, type StackStep } from './step.ts';

/** What has to be done so that a fleet is as its file says. */
export interface FleetPlan extends Plan {
  readonly fleet: string;
  readonly environment: string;
  /** By account, region and name; what others need comes before them, deletions come last. */
  readonly steps: readonly StackStep[];
  /** Why accounts and regions of the file could not be looked at. */
  readonly failures: readonly string[];
}

const { parameters: common } = stackNames;

/**
 * Plans a fleet.
 *
 * @param current what stands in each account and region of the fleet. Those in which it no longer has stacks may be
 *   among them: what is left of it is found only where somebody looks.
 * @throws UsageError when `only` names nothing. An Error when the fleet has problems or a place was not looked at: both
 *   would make stacks look as if nobody wanted them.
 */
export function planFleet(
  wanted: FleetWanted,
  current: readonly PlaceState[],
  {
    prune = false,
    only,
    subscribedElsewhere = false,
    defaults = new Map(),
    queued = new Map(),
  }: FleetOptions = {},
): FleetPlan {
  if (wanted.problems.length > 0) throw new Error('A fleet with problems cannot be planned.');
  const places = new Set(current.map(({ place }) => keyOf(place)));
  const missed = wanted.stacks.find((each) => !places.has(keyOf(each.wanted.place)));
  if (missed) throw new Error(`${keyOf(missed.wanted.place)} was not read.`);
  const all = current
    .toSorted((a, b) => order(keyOf(a.place), keyOf(b.place)))
    .flatMap((found) =>
      planPlace({ ...placeOf(found), wanted, prune, subscribedElsewhere, defaults, queued }),
    )
    .map(withLine(wanted, current));
  const steps = selected(all, only);
  const failed = current.flatMap((found) => ('failure' in found && !found.beside ? [found] : []));
  const told = new Set(all.map(({ target }) => keyOf(target.place)));
  const untold = failed.filter(({ place }) => !told.has(keyOf(place)));
  const { fleet, environment } = wanted;
  return {
    fleet,
    environment,
    steps,
    failures: failed.map(({ failure }) => failure),
    notes: [
      ...wanted.notes,
      ...elsewhere(wanted, current),
      ...untold.map(({ place, failure: why }) => ({ code: 'unread', ...place, why }) as const),
      ...unseen(current),
      ...unconfirmedMeanwhile(steps, wanted),
    ],
  };
}

/** Says of each stack whose rule is new everywhere what brings it, where that is no line with its name. */
function withLine(
  { stacks }: FleetWanted,
  current: readonly PlaceState[],
): (step: StackStep) => StackStep {
  const lines = new Map(stacks.map(({ wanted: { stack, by } }) => [stack, by]));
  const known = new Set(stacksIn(current).map(({ stack }) => stack.name));
  return (step) => {
    const { name } = step.target;
    const line = lines.get(name);
    if (line === undefined || doingOf(step) !== 'create' || known.has(name)) return step;
    return { ...step, reasons: [...step.reasons, { code: 'newBy', line }] };
  };
}

/**
 * Says which existing stacks will send to a new subscription: until somebody confirms it, nobody receives their alerts.
 */
function unconfirmedMeanwhile(
  steps: readonly StackStep[],
  { base }: FleetWanted,
): readonly Remark[] {
  // While an address stays, somebody receives them.
  const addressOf = ({ wanted, current }: StackStep): string | undefined => {
    const settings = emailParameters(common.alertEmail).map(
      (name) => [wanted?.parameters[name] ?? '', current?.parameters[name] ?? ''] as const,
    );
    if (settings.some(([after, before]) => after === previousValue && before !== '')) return;
    const added = settings.flatMap(([after]) => (typeof after === 'string' ? after : []));
    return enumerated(added.filter(Boolean), 'or') || undefined;
  };
  // Of a new topic of a base stack, those are silent that move to it, of another address also all that are there already.
  const behind = (baseStep: StackStep): readonly StackStep[] =>
    steps.filter(
      (step) =>
        step.target.name !== base &&
        ((isUpdate(step) && step.needs.includes(baseStep.key)) ||
          (step.verdict === 'keep' &&
            isUpdate(baseStep) &&
            keyOf(step.target.place) === keyOf(baseStep.target.place))),
    );
  const silent = steps.flatMap((step) => {
    const address = addressOf(step);
    const isBase = step.target.name === base;
    if (address === undefined || (!isBase && !isUpdate(step))) return [];
    const deaf = isBase ? behind(step) : [step];
    return deaf.map(
      ({ target: { name, place } }) => [address, `${name} in ${place.region}`] as const,
    );
  });
  return [...Map.groupBy(silent, ([address]) => address)].map(([address, all]) => ({
    code: 'newSubscription',
    address,
    stacks: all.map(([, stack]) => stack),
  }));
}

const isUpdate = (step: StackStep): boolean => doingOf(step) === 'update';

/** A plan in which the update of some stacks turned out to change nothing. */
export const withoutUpdates = (plan: FleetPlan, same: ReadonlySet<string>): FleetPlan => ({
  ...plan,
  steps: plan.steps.map((step): StackStep =>
    isUpdate(step) && same.has(step.key)
      ? {
          ...step,
          verdict: 'keep',
          operations: [],
          reasons: [{ code: 'noDifference' }],
          differences: [],
          cautions: {},
          needs: [],
        }
      : step,
  ),
});

/** Says where nobody could look for what is left of the fleet. */
function unseen(current: readonly PlaceState[]): readonly Remark[] {
  const found = current.flatMap((each) => ('failure' in each && each.beside ? [each] : []));
  const [first] = found;
  if (!first) return [];
  return [{ code: 'unsearched', places: found.map(({ place }) => place), why: first.failure }];
}

/** What a context says of what stands in a place. */
const placeOf = (found: PlaceState) =>
  'failure' in found
    ? { ...found, stacks: undefined }
    : {
        place: found.place,
        stacks: found.stacks.filter((stack) => conditionOf(stack) !== 'absent'),
        failure: '',
      };

/** Says what there is of the fleet in other environments: another file's, or left there by a changed one. */
function elsewhere(wanted: FleetWanted, current: readonly PlaceState[]): readonly Remark[] {
  const others = stacksIn(current).filter(
    ({ stack }) =>
      isPatrols(stack) &&
      stack.tags[fleetTag] === wanted.fleet &&
      environmentOf(stack) !== wanted.environment,
  );
  const all = Map.groupBy(others, ({ stack }) => environmentOf(stack));
  const { fleet, environment } = wanted;
  return [...all.keys()].toSorted().map((other) => {
    const stacks = all.get(other)?.length ?? 0;
    return { code: 'elsewhere', fleet, environment, other, stacks };
  });
}

const environmentOf = ({ tags }: Stack): string => tags['patrol:environment'] ?? '';

function planPlace(context: PlaceContext): readonly StackStep[] {
  const { wanted, place } = context;
  const isHere = (other: Place): boolean => keyOf(other) === keyOf(place);
  const wantedBase = wanted.bases.find((each) => isHere(each.place));
  const base = wantedBase && planBase(context, wantedBase);
  const rules = wanted.stacks
    .filter((each) => isHere(each.wanted.place))
    .toSorted((a, b) => order(typedFor(a.wanted.content.holds), typedFor(b.wanted.content.holds)))
    .map(({ wanted: shared, usesBase, notes }): StackStep => {
      const held = heldIn(context, shared.stack);
      const about =
        held === undefined ? shared : { ...shared, values: withOwnQueues(shared.values) };
      const planned = planOne(context, about);
      const waits = planned.verdict === 'change' && base !== undefined && usesBase;
      const { current } = planned;
      const why = { code: 'needsBase', stack: about.stack, base: base?.target.name ?? '' } as const;
      return {
        ...(waits && isStopped(base) ? refused(about, current, why) : planned),
        needs: waits && base.verdict !== 'keep' ? [base.key] : [],
        notes: [
          ...notes,
          ...driftIn(planned),
          ...(held === undefined ? [] : [heldQueues(held, wanted.run)]),
        ],
      };
    });
  const steps = [...(base ? [base] : []), ...rules];
  return [...steps, ...orphans(context, steps)];
}

/** The same values, without queues that others use. */
const withOwnQueues = (values: Settings['values']): Settings['values'] => ({
  ...values,
  [common.failureQueue]: { text: '', from: 'given' },
  [common.deadLetterQueue]: { text: '', from: 'given' },
});

const heldQueues = (count: number, run: RunScope | undefined): Remark => {
  const command = patrolCommand(['apply'], run);
  return { code: 'heldQueues', ...(Number.isNaN(count) ? {} : { events: count }), command };
};

/** What CloudFormation has found to be changed past it. */
const driftIn = ({ current, target, verdict }: StackStep): readonly Remark[] => {
  const drift = current && verdict !== 'refused' && driftOf(current, target.place.region);
  return drift ? [drift] : [];
};
