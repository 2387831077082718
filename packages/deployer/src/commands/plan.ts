/** `patrol-deploy plan`: what would have to be done so that a fleet is as its file says. */
import { join } from 'node:path';
import { type FleetRequest, fleetOf } from '../engine/fleet.ts';
import { schemaFile } from '../want/init.ts';
import { type FleetState, installedHere, lookAt } from '../engine/look.ts';
import { writeSchema } from '../want/schema-file.ts';
import { countByRegion } from '../plan/instances.ts';
import {
  countsOf,
  type Doing,
  doingOf,
  exitCodeOf,
  type Plan,
  stackSetSteps,
  type StackSetStep,
  stackSteps,
  type StackStep,
  type Step,
  typedOf,
} from '../plan/step.ts';
import { because, sentence } from '../view/reasons.ts';
import { tellHeard } from '../destinations/fleet.ts';
import { objectOf } from '../view/machine.ts';
import type { FleetPlanStep, OutputOf, StackSetPlanStep } from '../notes/objects.ts';
import type { Where } from '../notes/parts.ts';
import { cautionNotes } from '../view/cautions.ts';
import { reporter } from '../view/report.ts';
import { driftOf } from '../cloud/states.ts';
import type { World } from './world.ts';
import type { Tell, Unversioned } from '../notes/tell.ts';

/** What a command about a fleet is told. */
export interface FleetCommand extends FleetRequest {
  readonly json: boolean;
}

/** Reads the file of a fleet and looks at what it is about. The JSON schema beside it is brought up to date. */
export async function stateOf(command: FleetCommand, world: World): Promise<FleetState> {
  const { file: typed, json: _, all: __, units: ___, ...options } = command;
  const { fleet, folder } = fleetOf(command, world);
  writeSchema(join(folder, schemaFile), installedHere(world), world.streams.stderr);
  return lookAt(typed, fleet, options, world);
}

/** The fleet is as its file says, but a topic has no confirmed subscription: nobody receives what is sent to it. */
const unheardExitCode = 5;

/**
 * Shows the plan of a fleet. Exits with 0 when there is nothing to do, 3 when changes are pending, 1 when something is refused,
 * 5 when there is nothing to do but to confirm subscriptions.
 */
export async function planCommand(command: FleetCommand, world: World): Promise<number> {
  const state = await stateOf(command, world);
  const { plan, heard } = state;
  if (command.json) world.streams.stdout.write(objectOf(planObject(state)));
  else tellPlan(state, await reporter(world.streams, world.environment, { json: false }));
  if (plan.failures.length > 0 || heard.lost.length > 0) return 1;
  const code = exitCodeOf(plan);
  return code === 0 && heard.unconfirmed.length > 0 ? unheardExitCode : code;
}

/** A plan as machines read it: without templates and what is sent to CloudFormation. */
function planObject({ plan, organization, heard }: FleetState): Unversioned<OutputOf<'fleetPlan'>> {
  const { fleet, environment } = plan;
  return {
    type: 'fleetPlan',
    fleet,
    environment,
    steps: stackSteps(plan).map(plain),
    counts: countsOf(stackSteps(plan)),
    notes: [...plan.notes, ...heard.notes],
    unconfirmed: heard.unconfirmed,
    lost: heard.lost,
    ...(organization
      ? {
          organization: {
            organization: organization.wanted.organization,
            home: organization.wanted.home.region,
            stackSets: stackSetSteps(plan).map(plainSet),
            counts: setCountsOf(plan),
            notes: organization.notes,
          },
        }
      : {}),
  };
}

/** A stack set is neither created anew nor put back. */
function setCountsOf(plan: Pick<Plan, 'steps'>): Omit<Counts, 'recreate' | 'recover'> {
  const { recreate: _, recover: __, ...counts } = countsOf(stackSetSteps(plan));
  return counts;
}

type Counts = ReturnType<typeof countsOf>;

function plain(step: StackStep): FleetPlanStep {
  const { key, target, current, needs, notes, reasons, differences, cautions } = step;
  const { region, account } = target.place;
  const found =
    current && step.verdict !== 'refused' ? driftOf(current, target.place.region) : undefined;
  return {
    key,
    name: typedOf(step),
    stack: target.name,
    region,
    account,
    do: doingOf(step),
    because: because(reasons),
    reasons,
    differences,
    ...cautions,
    ...(found ? { drift: found.drift } : {}),
    needs,
    notes,
  };
}

/** The same of a stack set, with each of its instances. */
function plainSet(step: StackSetStep): StackSetPlanStep {
  const { target, reasons, operations, wanted, changes } = step;
  return {
    stackSet: target.name,
    name: typedOf(step),
    do: doingOf(step) as StackSetPlanStep['do'],
    because: because(reasons),
    reasons,
    differences: step.differences,
    ...step.cautions,
    ...(changes ? { changes } : {}),
    work: operations,
    waits: step.waits,
    counts: step.counts,
    instances: step.instances,
    troubled: step.troubled,
    notes: notesOf(step),
    ...(wanted ? { units: wanted.units, regions: wanted.regions } : {}),
  };
}

/** What there is to say of a stack set. */
const notesOf = ({ notes, still = [] }: StackSetStep): readonly string[] => [
  ...notes,
  ...still.map(sentence),
];

/** Tells a plan: what is kept only as a number. */
export function tellPlan(state: FleetState, tell: Tell): void {
  const { plan, organization, heard } = state;
  const all = [...(organization?.notes ?? []), ...plan.notes];
  for (const step of stackSteps(plan)) {
    const { region, account } = step.target.place;
    const about = { stack: step.target.name, region, account };
    if (step.verdict !== 'keep') tellStep(tell, step, { region, account });
    for (const message of step.notes) {
      if (!all.includes(message)) tell({ type: 'warning', ...about, message });
    }
  }
  if (organization) for (const step of stackSetSteps(plan)) tellStackSet(step, all, tell);
  for (const message of all) tell({ type: 'warning', message });
  tellHeard(heard, tell);
  const { fleet, environment } = plan;
  tell({ type: 'progress', message: `Fleet ${fleet} (${environment}): ${countedIn(plan)}.` });
}

/**
 * Tells what will be done with a stack.
 *
 * @param where it is, where there are several.
 */
export function tellStep(tell: Tell, step: StackStep, where: Where = {}): void {
  const { target, reasons, differences } = step;
  const { region, account } = target.place;
  tell({
    type: 'plan',
    do: doingOf(step),
    stack: target.name,
    region,
    account,
    because: because(reasons),
    reasons,
    differences,
  });
  for (const note of cautionNotes(step.cautions)) tell({ ...note, stack: target.name, ...where });
}

function tellStackSet(step: StackSetStep, all: readonly string[], tell: Tell): void {
  const { target, troubled, reasons, differences, changes, counts } = step;
  const { region, account } = target.home;
  const about = { stack: target.name, region, account };
  if (step.verdict !== 'keep' || troubled.length > 0) {
    const regions = countByRegion(step.instances);
    const shown = { because: because(reasons), reasons, differences, instances: counts, regions };
    const what = doingOf(step) as StackSetPlanStep['do'];
    tell({ type: 'stackSet', do: what, ...about, ...shown, troubled });
  }
  for (const note of cautionNotes(step.cautions)) tell({ ...note, ...about });
  if (changes) tell({ type: 'changes', ...about, ...changes });
  for (const message of notesOf(step)) {
    if (!all.includes(message)) tell({ type: 'warning', ...about, message });
  }
}

const words: Readonly<Record<Doing, string>> = {
  create: 'to create',
  update: 'to update',
  recreate: 'to delete and create anew',
  recover: 'to recover',
  delete: 'to delete',
  orphaned: 'no longer in the file',
  refuse: 'refused',
  keep: 'up to date',
};

/** Everything that may be done with a stack. */
const everyDoing = Object.keys(words) as readonly Doing[];

/** How many stacks there are of each kind, and for an organisation how many stack sets, in words. */
export function countedIn(plan: Pick<Plan, 'steps'>, kinds: readonly Doing[] = everyDoing): string {
  const sets = stackSetSteps(plan);
  const of = (steps: readonly Step[], noun: string): readonly string[] => {
    const counts = countsOf(steps);
    return kinds.flatMap((kind) => {
      const count = counts[kind];
      const named = noun === '' ? '' : ` ${noun}${count === 1 ? '' : 's'}`;
      return count > 0 ? [`${count}${named} ${words[kind]}`] : [];
    });
  };
  const counted =
    sets.length > 0
      ? [...of(stackSteps(plan), 'stack'), ...of(sets, 'stack set')]
      : of(stackSteps(plan), '');
  return counted.join(', ') || 'no stacks';
}
