/** `patrol-deploy apply`: makes a fleet as its file says. */
import { CloudError } from '../cloud.ts';
import { agreed } from '../consent.ts';
import { InterruptedError, messageOf, OperatorError, UsageError } from '../errors.ts';
import { applyFleet, type FleetOutcome } from '../fleet/apply.ts';
import type { FleetSight } from '../fleet/look.ts';
import type { FleetPlan, FleetStep } from '../fleet/plan.ts';
import { enumerated } from '../fleet/problem.ts';
import { fleetTag, isPatrols, isVanishing } from '../naming.ts';
import { recover } from '../recover.ts';
import { type Result, tellOf, type Tell } from '../report.ts';
import { recoveryOf } from '../states.ts';
import type { Stack } from '../cloud.ts';
import { effectsOf, type World } from '../world.ts';
import { counted, type FleetCommand, sightOf, tellPlan } from './plan.ts';

/** What `patrol-deploy apply` is told. */
export interface ApplyCommand extends FleetCommand {
  readonly yes: boolean;
}

/** Makes a fleet as its file says, after showing what that takes and asking. */
export async function applyCommand(
  command: ApplyCommand,
  world: World,
  tell: Tell,
): Promise<Result> {
  let sight = await sightOf(command, world);
  if (await recovered(sight, command, world, tell)) sight = await sightOf(command, world);
  const { plan, unheard, clouds } = sight;
  tellPlan(plan, unheard, tell);
  const wanted = await agreedPlan(plan, command, world);
  if (!wanted) return declined;
  const { sleep, signal, now, unique } = world;
  world.holdInterrupts();
  const cloudAt = clouds.at.bind(clouds);
  const outcome = await applyFleet({ cloudAt, tell, sleep, signal, now, unique }, wanted);
  return conclude(outcome, plan, tell);
}

const declined: Result = {
  type: 'result',
  ok: false,
  did: 'none',
  message: 'Nothing was changed.',
};

/** The part of a plan that is agreed to; `undefined` when that is nothing. */
async function agreedPlan(
  plan: FleetPlan,
  command: ApplyCommand,
  world: World,
): Promise<FleetPlan | undefined> {
  const { create, update, recreate, delete: deletions } = plan.counts;
  const changes = create + update + recreate;
  if (changes > 0) {
    const what = counted({ counts: { ...plan.counts, delete: 0, keep: 0, stray: 0, refuse: 0 } });
    if (!(await agreed(world, command, `Go ahead: ${what}?`))) return undefined;
  }
  if (deletions === 0) return plan;
  const names = plan.steps.flatMap(({ action }) => (action.do === 'delete' ? [action.stack] : []));
  const question = `Delete ${enumerated([...new Set(names)])}, which the file no longer has?`;
  if (await agreed(world, command, question)) return plan;
  return changes > 0 ? { ...plan, steps: plan.steps.map(spared) } : undefined;
}

/** A step that deletes nothing. */
const spared = (step: FleetStep): FleetStep =>
  step.action.do === 'delete' ? { ...step, action: { ...step.action, do: 'stray' } } : step;

/** What is said at the end: a table of what was not as it was before, and how it went. */
function conclude(
  { ok, interrupted, outcomes }: FleetOutcome,
  plan: FleetPlan,
  tell: Tell,
): Result {
  const told = outcomes.filter(({ did, ended }) => ended !== 'kept' || did === 'update');
  if (told.length > 0) tell({ type: 'summary', stacks: told });
  const of = (...endings: readonly string[]): readonly string[] =>
    outcomes
      .filter(({ ended }) => endings.includes(ended))
      .map(({ stack, region }) => `${stack} in ${region}`);
  const running = of('running');
  const goesOn =
    running.length === 0
      ? ''
      : ` CloudFormation goes on by itself with ${enumerated(running)}; the same command takes it up from there.`;
  if (interrupted) {
    const message = `Interrupted. ${of('done').length} stacks are done, ${of('skipped').length} were not begun.${goesOn}`;
    throw new InterruptedError(message);
  }
  const { fleet } = plan;
  const failures = of('failed', 'refused', 'skipped', 'running').length;
  const message = ok
    ? told.length > 0
      ? `The fleet ${fleet} is as its file says: ${of('done').length} stacks changed.`
      : `Nothing changed: the fleet ${fleet} is as its file says.`
    : `${failures} of ${outcomes.length} stacks of the fleet ${fleet} are not as its file says.${goesOn}`;
  return {
    type: 'result',
    ok,
    did: of('done').length > 0 ? 'apply' : ok ? 'keep' : 'none',
    message,
  };
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
    const isOurs = isPatrols(found) && found.tags[fleetTag] === wanted.fleet;
    return (isOurs || isVanishing(found)) && recoveryOf(found) ? [[step, found] as const] : [];
  });
}

/** Waits for what is under way and puts back what is stuck, as far as that is wanted; whether anything was. */
async function recovered(
  sight: FleetSight,
  command: ApplyCommand,
  world: World,
  tell: Tell,
): Promise<boolean> {
  let any = false;
  for (const [{ place, action }, stack] of stuckStacks(sight)) {
    const { region, account } = place;
    const told = tellOf(tell, { stack: action.stack, region, account });
    const effects = effectsOf(world, await sight.clouds.at(place), told);
    try {
      // Waiting changes nothing, so that nobody need agree.
      const agree = async (question: string): Promise<boolean> =>
        recoveryOf(stack) === 'wait' || agreed(world, command, question);
      const look = `\`aws cloudformation describe-stacks --stack-name ${stack.name} --region ${region}\``;
      any = (await recover(effects, stack, { look, skip: [], agree })) !== 'declined' || any;
    } catch (error) {
      // It keeps no other stack from being dealt with; the plan says what to do about it.
      const isKnown = error instanceof OperatorError || error instanceof CloudError;
      if (!isKnown || error instanceof InterruptedError || error instanceof UsageError) throw error;
      told({ type: 'warning', message: messageOf(error) });
      any = true;
    }
  }
  return any;
}
