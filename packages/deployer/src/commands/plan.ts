/** `patrol-deploy plan`: what would have to be done so that a fleet is as its file says. */
import { schemaFile } from '../fleet/init.ts';
import { loadFleet } from '../fleet/load.ts';
import { type FleetSight, installedHere, lookAt } from '../fleet/look.ts';
import type { FleetAction, FleetPlan, FleetStep } from '../fleet/plan.ts';
import { writeSchema } from '../fleet/schema-file.ts';
import { jsonText } from '../printable.ts';
import { reporter, type Tell } from '../report.ts';
import { dirname, join, resolve } from 'node:path';
import type { CloudOptions, World } from '../world.ts';

/** What a command about a fleet is told. */
export interface FleetCommand extends CloudOptions {
  /** The file, as it was typed. */
  readonly file: string;
  readonly only?: readonly string[];
  readonly prune: boolean;
  readonly json: boolean;
}

/** Reads the file of a fleet and looks at what it is about. The JSON schema beside it is brought up to date. */
export async function sightOf(command: FleetCommand, world: World): Promise<FleetSight> {
  const { file: typed, json: _, ...options } = command;
  const path = resolve(world.cwd, typed);
  const file = loadFleet(path, typed);
  writeSchema(join(dirname(path), schemaFile), installedHere(world.cwd), world.streams.stderr);
  return lookAt(typed, file, options, world);
}

/** Shows the plan of a fleet. Exits with 0 when there is nothing to do, 3 when changes are pending, 1 when something is refused. */
export async function planCommand(command: FleetCommand, world: World): Promise<number> {
  const { plan, unheard } = await sightOf(command, world);
  const { stdout } = world.streams;
  if (command.json) {
    const { fleet, environment, counts, notes } = plan;
    const steps = plan.steps.map(plain);
    stdout.write(`${jsonText({ fleet, environment, steps, counts, notes, unheard }, 2)}\n`);
  } else {
    tellPlan(plan, unheard, await reporter(world.streams, world.environment, { json: false }));
  }
  return plan.exitCode;
}

/** A step as machines read it: without templates and what is sent to CloudFormation. */
const plain = ({ key, name, place, action, needs, notes }: FleetStep): unknown => ({
  key,
  name,
  stack: action.stack,
  region: place.region,
  account: place.account,
  do: action.do,
  because: action.because,
  differences: 'differences' in action ? action.differences : [],
  needs,
  notes,
});

/** Tells a plan: what is kept only as a number. */
export function tellPlan(plan: FleetPlan, unheard: readonly string[], tell: Tell): void {
  for (const { action, place, notes } of plan.steps) {
    if (action.do === 'keep') continue;
    const { stack, because } = action;
    const { region, account } = place;
    const differences = 'differences' in action ? action.differences : [];
    tell({ type: 'plan', do: action.do, stack, region, account, because, differences });
    for (const message of notes) {
      if (!plan.notes.includes(message)) tell({ type: 'warning', stack, region, account, message });
    }
  }
  for (const message of [...plan.notes, ...unheard]) tell({ type: 'warning', message });
  const { fleet, environment } = plan;
  tell({ type: 'progress', message: `Fleet ${fleet} (${environment}): ${counted(plan)}.` });
}

const words: Readonly<Record<FleetAction['do'], string>> = {
  create: 'to create',
  update: 'to update',
  recreate: 'to delete and create anew',
  delete: 'to delete',
  stray: 'no longer in the file',
  refuse: 'refused',
  keep: 'up to date',
};

/** How many stacks there are of each kind, in words. */
export const counted = ({ counts }: Pick<FleetPlan, 'counts'>): string =>
  (Object.keys(words) as FleetAction['do'][])
    .flatMap((what) => (counts[what] > 0 ? [`${counts[what]} ${words[what]}`] : []))
    .join(', ') || 'no stacks';
