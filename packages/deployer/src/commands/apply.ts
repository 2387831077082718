/** `patrol-deploy apply`: makes a fleet as its file says. */
import { type Cloud, CloudError, explain, type Stack } from '../cloud/cloud.ts';
import { agreed } from './consent.ts';
import {
  HeldError,
  InterruptedError,
  messageOf,
  OperatorError,
  UsageError,
} from '../text/errors.ts';
import { changing, type FleetEffects, FleetWork } from '../engine/apply.ts';
import { deletionQuestion } from '../plan/deletions.ts';
import { heardTopics, tellHeard } from '../destinations/fleet.ts';
import { type FleetSight, readStanding, standingStacks } from '../engine/look.ts';
import { conclude, type FleetOutcome, outcomeOf } from '../engine/outcome.ts';
import type { FleetStep } from '../plan/fleet.ts';
import { fleetTag, isPatrols, isVanishing } from '../identity/naming.ts';
import { applyOrganization, changing as changingSteps } from '../engine/stacksets.ts';
import { countSteps, doesMore, type OrganizationStep } from '../plan/stacksets.ts';
import { recover } from '../run/recover.ts';
import { recoveryOf } from '../cloud/states.ts';
import { leaseOf } from './lease.ts';
import type { Lease } from '../stage/lease.ts';
import { effectsOf, isInteractive, type World } from './world.ts';
import { countedSight, type FleetCommand, sightOf, tellPlan } from './plan.ts';
import { type Result, type Tell, tellOf } from '../notes/tell.ts';

/** What `patrol-deploy apply` is told. */
export interface ApplyCommand extends FleetCommand {
  readonly yes: boolean;
  /** Whether to wait for another run that changes the fleet. */
  readonly wait: boolean;
}

/** Makes a fleet as its file says, after showing what that takes and asking. One run at a time does. */
export async function applyCommand(
  command: ApplyCommand,
  world: World,
  tell: Tell,
): Promise<Result> {
  let lease: Lease | undefined;
  try {
    for (;;) {
      const begun = world.now();
      const sight = await sightOf(command, world);
      lease ??= await leaseOf(sight, command, world, tell);
      const isIdle = isNothing(sight) && stuckStacks(sight).length === 0;
      if (!isIdle && (await lease.free(command.wait))) continue;
      const result = await applied(sight, { lease, begun }, command, world, tell);
      if (result !== 'overtaken') return result;
      const message = 'Another run of `apply` changed the fleet meanwhile. Looking at it again.';
      tell({ type: 'progress', message });
    }
  } finally {
    await lease?.release();
  }
}

/** The lease of a fleet, and when the look at the fleet began that it has to be newer than. */
interface Guard {
  readonly lease: Lease;
  readonly begun: number;
}

/** Carries out what a look at the fleet says; `overtaken` when another run changed it since. */
async function applied(
  sight: FleetSight,
  guard: Guard,
  command: ApplyCommand,
  world: World,
  tell: Tell,
): Promise<Result | 'overtaken'> {
  const isRecovered = await recovered(sight, guard, command, world, tell);
  if (isRecovered === 'overtaken') return isRecovered;
  const begun = isRecovered ? world.now() : guard.begun;
  const start = isRecovered ? await sightOf(command, world) : sight;
  const { lease } = guard;
  const first = await round(start, { lease, begun }, command, world, tell);
  if (first === 'overtaken') return first;
  if (!first) return declined;
  const { heard, plan } = start;
  const end = (outcome: FleetOutcome): Result => {
    const result = conclude(outcome, { fleet: plan.fleet, ...command }, tell);
    // What stands is of no use while what it says is lost.
    const lost = heard.lost.map(({ message }) => message);
    return result.ok && lost.length > 0
      ? { ...result, ok: false, message: `${result.message} ${lost.join(' ')}` }
      : result;
  };
  const isDone = first.outcomes.some(({ ended }) => ended === 'done');
  if (!first.ok || !first.leaves || !isDone) return end(first);
  // Now that nothing sends to them, topics that the file no longer has can go.
  const second = await again(lease, command, world, tell).catch((error: unknown) => {
    // What was done is told of, whoever stops what is left.
    end(first);
    throw error;
  });
  if (!second) return end(first);
  const outcomes = [...first.outcomes, ...second.outcomes.filter(({ ended }) => ended !== 'kept')];
  return end({ ...second, outcomes });
}

/** A second round; what was done is told of whatever becomes of it. */
async function again(
  lease: Lease,
  command: ApplyCommand,
  world: World,
  tell: Tell,
): Promise<FleetOutcome | undefined> {
  try {
    const begun = world.now();
    const second = await round(
      await sightOf(command, world),
      { lease, begun },
      command,
      world,
      tell,
    );
    // It holds the lease since the first.
    return second === 'overtaken' ? undefined : second;
  } catch (error) {
    const isKnown = error instanceof OperatorError || error instanceof CloudError;
    if (!isKnown || error instanceof InterruptedError) throw error;
    const why = error instanceof CloudError ? explain(error) : error.message;
    const what =
      'Topics that nothing sends to any more are still there; the next run deletes them.';
    tell({ type: 'warning', message: `${what} ${why}` });
    return undefined;
  }
}

/** Shows a plan, asks, and carries it out; `undefined` when nothing of it is agreed to. */
async function round(
  sight: FleetSight,
  { lease, begun }: Guard,
  command: ApplyCommand,
  world: World,
  tell: Tell,
): Promise<(FleetOutcome & { readonly leaves: boolean }) | 'overtaken' | undefined> {
  tellPlan(sight, tell);
  const { signal, now, unique } = world;
  world.holdInterrupts();
  const cloudAt = sight.clouds.at.bind(sight.clouds);
  const { sleep, hold } = lease;
  const effects = { cloudAt, tell, sleep, signal, now, unique, hold };
  const work = new FleetWork(effects);
  const part = await agreedPart(sight, work, command, world);
  if (!part) return undefined;
  if (!isNothing(part) && !(await taken(lease, begun, work))) return 'overtaken';
  tell({ type: 'stacks', total: changing(part.plan).length + changingSets(part).length });
  const outcome = await carryOut(part, work, effects);
  if (!signal.aborted) await tellUnconfirmed(part, outcome, world, tell);
  return { ...outcome, leaves: part.plan.steps.some(({ leaves }) => leaves) };
}

const declined: Result = {
  type: 'result',
  ok: false,
  did: 'none',
  message: 'No stack was changed.',
};

/** Whether there is nothing to change. */
const isNothing = (sight: FleetSight): boolean =>
  changing(sight.plan).length + changingSets(sight).length === 0;

/** Takes the lease for what was agreed to. Without it the change sets that were shown are taken back. */
async function taken(lease: Lease, begun: number, work: FleetWork): Promise<boolean> {
  let isTaken = false;
  try {
    isTaken = await lease.take(begun);
    return isTaken;
  } finally {
    if (!isTaken) await work.takeBack();
  }
}

const changingSets = ({ organization }: FleetSight): readonly OrganizationStep[] =>
  organization ? changingSteps(organization.plan) : [];

/**
 * The part of a plan that is agreed to; `undefined` when that is nothing. Where somebody is asked, what the changes do to
 * resources and permissions is shown first.
 */
async function agreedPart(
  sight: FleetSight,
  work: FleetWork,
  command: ApplyCommand,
  world: World,
): Promise<FleetSight | undefined> {
  let part: FleetSight | undefined;
  try {
    if (!command.yes && isInteractive(world, command)) await work.propose(sight.plan);
    part = await answered(sight, command, world);
    return part;
  } finally {
    if (!part) await work.takeBack();
  }
}

async function answered(
  sight: FleetSight,
  command: ApplyCommand,
  world: World,
): Promise<FleetSight | undefined> {
  const { plan, organization } = sight;
  const beside = besideDeletions(sight);
  const changes = [plan.counts, beside.organization?.plan.counts].reduce(
    (sum, counts) => sum + (counts ? counts.create + counts.update : 0),
    plan.counts.recreate,
  );
  if (changes > 0) {
    const what = countedSight(beside, ['create', 'update', 'recreate']);
    if (!(await agreed(world, command, `Go ahead: ${what}?`))) return undefined;
  }
  const question = deletionQuestion(plan, organization?.plan);
  if (question === undefined || (await agreed(world, command, question))) return sight;
  return changes > 0 ? withoutDeletions(sight) : undefined;
}

/** What is counted in the first question: stack sets of which nothing but stacks are deleted are not. */
const besideDeletions = ({
  plan,
  organization,
}: FleetSight): Pick<FleetSight, 'plan' | 'organization'> => {
  if (!organization) return { plan };
  const steps = organization.plan.steps.filter(doesMore);
  return {
    plan,
    organization: {
      ...organization,
      plan: { ...organization.plan, steps, counts: countSteps(steps) },
    },
  };
};

/** The same with nothing to delete. */
const withoutDeletions = ({ plan, organization, ...sight }: FleetSight): FleetSight => ({
  ...sight,
  plan: {
    ...plan,
    steps: plan.steps.map((step) =>
      step.action.do === 'delete' ? { ...step, action: { ...step.action, do: 'orphaned' } } : step,
    ),
  },
  ...(organization
    ? {
        organization: {
          ...organization,
          plan: {
            ...organization.plan,
            steps: organization.plan.steps.map((step) => step.spared ?? step),
          },
        },
      }
    : {}),
});

/**
 * Carries a plan out. Of an organisation the base stacks come first, since everything sends to their topics, and what is
 * deleted of them comes last.
 */
async function carryOut(
  { plan, organization, clouds, wanted: { base } }: FleetSight,
  work: FleetWork,
  effects: FleetEffects,
): Promise<FleetOutcome> {
  if (!organization) return work.apply(plan);
  const { wanted, stackSets } = organization;
  const isDeletion = ({ action }: FleetStep): boolean => action.do === 'delete';
  const first = await work.apply({ steps: plan.steps.filter((step) => !isDeletion(step)) });
  const bases = first.outcomes.filter(({ stack }) => stack === base);
  const { cloudAt: _, ...others } = effects;
  const cloudIn = (region: string): Promise<Cloud> => clouds.at({ ...wanted.home, region });
  const sets = await applyOrganization(
    { ...others, stackSets, cloudIn },
    wanted,
    organization.plan,
    // Nothing sends to other stacks of the managing account.
    outcomeOf(bases, effects.signal).ok
      ? undefined
      : 'Not begun: it needs the base stacks, which are not all as the file says.',
  );
  const last = await work.apply(
    { steps: plan.steps.filter(isDeletion) },
    sets.ok ? undefined : 'Not begun: stack sets that may still use it are not as the file says.',
  );
  return outcomeOf([...first.outcomes, ...sets.outcomes, ...last.outcomes], effects.signal);
}

/** Says who has to confirm what, now that there is something new to confirm. */
async function tellUnconfirmed(
  { plan, wanted, clouds }: FleetSight,
  { outcomes }: FleetOutcome,
  world: World,
  tell: Tell,
): Promise<void> {
  const isNew = ({ action, place }: FleetStep): boolean =>
    outcomes.some(
      ({ ended, stack, account, region }) =>
        ended === 'done' &&
        stack === action.stack &&
        account === place.account &&
        region === place.region,
    );
  const done = plan.steps.filter((step) => step.action.do !== 'delete' && isNew(step));
  const regions = new Set(done.map(({ place }) => `${place.account}/${place.region}`));
  const places = wanted.places.filter(({ place }) =>
    regions.has(`${place.account}/${place.region}`),
  );
  const standing = standingStacks(wanted, await readStanding({ places, bases: [] }, clouds, world));
  const changed = standing.map(({ place, stacks }) => ({
    place,
    stacks: stacks.filter(({ name }) =>
      done.some((step) => step.action.stack === name && step.place.region === place.region),
    ),
  }));
  tellHeard(await heardTopics(changed, clouds), tell);
}

/** Stacks of the fleet that an earlier run left in a state in which nothing can be done with them. */
function stuckStacks({
  plan,
  standing,
  wanted,
}: FleetSight): readonly (readonly [FleetStep, Stack])[] {
  return plan.steps.flatMap((step) => {
    if (step.action.do !== 'refuse') return [];
    const { place, action } = step;
    const here = standing.find(
      (found) => found.place.account === place.account && found.place.region === place.region,
    );
    const found =
      here && 'stacks' in here ? here.stacks.find(({ name }) => name === action.stack) : undefined;
    if (!found) return [];
    // One that was deployed by itself joins the fleet.
    const isOurs = isPatrols(found) && (found.tags[fleetTag] ?? wanted.fleet) === wanted.fleet;
    return (isOurs || isVanishing(found)) && recoveryOf(found) ? [[step, found] as const] : [];
  });
}

/**
 * Waits for what is under way and puts back what is stuck, as far as that is wanted; whether anything was. `overtaken` when
 * another run changed the fleet since.
 */
async function recovered(
  sight: FleetSight,
  { lease, begun }: Guard,
  command: ApplyCommand,
  world: World,
  tell: Tell,
): Promise<boolean | 'overtaken'> {
  let any = false;
  let isOvertaken = false;
  const mayRecover = async (): Promise<boolean> => {
    isOvertaken = !(await lease.take(begun));
    return !isOvertaken;
  };
  for (const [{ place, action }, stack] of stuckStacks(sight)) {
    const { region, account } = place;
    const told = tellOf(tell, { stack: action.stack, region, account });
    const effects = effectsOf(world, await sight.clouds.at(place), told);
    try {
      // Waiting changes nothing, so that nobody need agree.
      const agree = async (question: string): Promise<boolean> =>
        recoveryOf(stack) === 'wait' ||
        ((await agreed(world, command, question)) && (await mayRecover()));
      const look = `\`aws cloudformation describe-stacks --stack-name ${stack.name} --region ${region}\``;
      any = (await recover(effects, stack, { look, skip: [], agree })) !== 'declined' || any;
      if (isOvertaken) return 'overtaken';
    } catch (error) {
      // It keeps no other stack from being dealt with; the plan says what to do about it.
      const isKnown = error instanceof OperatorError || error instanceof CloudError;
      if (!isKnown || isFinal(error)) throw error;
      told({ type: 'warning', message: messageOf(error) });
      any = true;
    }
  }
  return any;
}

/** What keeps more from being done than one stack. */
const isFinal = (error: unknown): boolean =>
  [InterruptedError, UsageError, HeldError].some((kind) => error instanceof kind);
