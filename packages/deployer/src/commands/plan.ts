/** `patrol-deploy plan`: what would have to be done so that a fleet is as its file says. */
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../text/errors.ts';
import { type Amendments, amended } from '../want/amend.ts';
import { schemaFile } from '../want/init.ts';
import { loadFleet } from '../file/load.ts';
import { type FleetSight, installedHere, lookAt } from '../engine/look.ts';
import type { FleetAction, FleetStep } from '../plan/fleet.ts';
import { writeSchema } from '../want/schema-file.ts';
import { countByRegion, type OrganizationStep } from '../plan/stacksets.ts';
import { tellHeard } from '../destinations/fleet.ts';
import { objectOf } from '../view/machine.ts';
import type { FleetPlanStep, StackSetPlanStep } from '../notes/objects.ts';
import { reporter } from '../view/report.ts';
import { driftOf } from '../cloud/states.ts';
import type { World } from './world.ts';
import type { Tell } from '../notes/tell.ts';
import type { CloudOptions } from '../cloud/options.ts';

/** What a command about a fleet is told. */
export interface FleetCommand extends CloudOptions, Amendments {
  /** The file, as it was typed. */
  readonly file: string;
  readonly only?: readonly string[];
  readonly prune: boolean;
  readonly json: boolean;
}

/** Reads the file of a fleet and looks at what it is about. The JSON schema beside it is brought up to date. */
export async function sightOf(command: FleetCommand, world: World): Promise<FleetSight> {
  const { file: typed, json: _, all, units, ...options } = command;
  if (units !== undefined && command.prune) {
    throw new UsageError(
      '--prune deletes what the file no longer has, and --org names other units than the file. Write the units into the file, as organizationalUnits under organization, and leave --org out.',
    );
  }
  const path = resolve(world.cwd, typed);
  const file = amended(loadFleet(path, typed), { all, ...(units === undefined ? {} : { units }) });
  writeSchema(join(dirname(path), schemaFile), installedHere(world), world.streams.stderr);
  return lookAt(typed, file, options, world);
}

/** Shows the plan of a fleet. Exits with 0 when there is nothing to do, 3 when changes are pending, 1 when something is refused. */
export async function planCommand(command: FleetCommand, world: World): Promise<number> {
  const sight = await sightOf(command, world);
  const { plan, organization, heard } = sight;
  const { stdout } = world.streams;
  if (command.json) {
    const { fleet, environment, counts } = plan;
    const notes = [...plan.notes, ...heard.notes];
    const steps = plan.steps.map(plain);
    const sets = organization && {
      organization: organization.wanted.organization,
      home: organization.wanted.home.region,
      stackSets: organization.plan.steps.map(plainSet),
      counts: organization.plan.counts,
      notes: organization.plan.notes,
    };
    const said = {
      type: 'fleetPlan',
      fleet,
      environment,
      steps,
      counts,
      notes,
      unconfirmed: heard.unconfirmed,
      lost: heard.lost,
    } as const;
    stdout.write(objectOf(sets ? { ...said, organization: sets } : said));
  } else {
    tellPlan(sight, await reporter(world.streams, world.environment, { json: false }));
  }
  const codes = [plan.exitCode, organization?.plan.exitCode ?? 0, heard.lost.length > 0 ? 1 : 0];
  return codes.includes(1) ? 1 : Math.max(...codes);
}

/** A step as machines read it: without templates and what is sent to CloudFormation. */
function plain({ key, name, place, action, needs, notes }: FleetStep): FleetPlanStep {
  const found = 'standing' in action ? driftOf(action.standing, place.region) : undefined;
  return {
    key,
    name,
    stack: action.stack,
    region: place.region,
    account: place.account,
    do: action.do,
    because: action.because,
    differences: 'differences' in action ? action.differences : [],
    ...(found ? { drift: found.drift } : {}),
    needs,
    notes,
  };
}

/** The same of a stack set, with each of its instances. */
const plainSet = (planned: OrganizationStep): StackSetPlanStep => {
  const { key, each, instances, wanted, spared: _, ...step } = planned;
  return {
    stackSet: key,
    ...step,
    counts: instances,
    instances: each,
    ...(wanted ? { units: wanted.units, regions: wanted.regions } : {}),
  };
};

/** Tells a plan: what is kept only as a number. */
export function tellPlan(sight: FleetSight, tell: Tell): void {
  const { plan, organization, heard } = sight;
  const all = [...(organization?.plan.notes ?? []), ...plan.notes];
  for (const { action, place, notes } of plan.steps) {
    const { stack, because } = action;
    const { region, account } = place;
    if (action.do !== 'keep') {
      const differences = 'differences' in action ? action.differences : [];
      tell({ type: 'plan', do: action.do, stack, region, account, because, differences });
    }
    for (const message of notes) {
      if (!all.includes(message)) tell({ type: 'warning', stack, region, account, message });
    }
  }
  if (organization) tellStackSets(organization, all, tell);
  for (const message of all) tell({ type: 'warning', message });
  tellHeard(heard, tell);
  const { fleet, environment } = plan;
  tell({ type: 'progress', message: `Fleet ${fleet} (${environment}): ${countedSight(sight)}.` });
}

function tellStackSets(
  { plan, wanted: { home } }: NonNullable<FleetSight['organization']>,
  all: readonly string[],
  tell: Tell,
): void {
  const { region, account } = home;
  for (const step of plan.steps) {
    const { key: stack, instances, troubled, because, differences, changes, notes } = step;
    const about = { stack, region, account };
    if (step.do !== 'keep' || troubled.length > 0) {
      const regions = countByRegion(step.each);
      const shown = { because, differences, instances, regions, troubled };
      tell({ type: 'stackSet', do: step.do, ...about, ...shown });
    }
    if (changes) tell({ type: 'changes', ...about, ...changes });
    for (const message of notes) {
      if (!all.includes(message)) tell({ type: 'warning', ...about, message });
    }
  }
}

const words: Readonly<Record<FleetAction['do'], string>> = {
  create: 'to create',
  update: 'to update',
  recreate: 'to delete and create anew',
  delete: 'to delete',
  orphaned: 'no longer in the file',
  refuse: 'refused',
  keep: 'up to date',
};

/** Everything that may be done with a stack. */
const everyAction = Object.keys(words) as readonly FleetAction['do'][];

/** How many stacks there are of each kind, and for an organisation how many stack sets, in words. */
export function countedSight(
  { plan, organization }: Pick<FleetSight, 'plan' | 'organization'>,
  kinds: readonly FleetAction['do'][] = everyAction,
): string {
  const of = (
    counts: Readonly<Partial<Record<FleetAction['do'], number>>>,
    noun: string,
  ): readonly string[] =>
    kinds.flatMap((kind) => {
      const count = counts[kind] ?? 0;
      const named = noun === '' ? '' : ` ${noun}${count === 1 ? '' : 's'}`;
      return count > 0 ? [`${count}${named} ${words[kind]}`] : [];
    });
  const counted = organization
    ? [...of(plan.counts, 'stack'), ...of(organization.plan.counts, 'stack set')]
    : of(plan.counts, '');
  return counted.join(', ') || 'no stacks';
}
