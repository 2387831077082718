/** `patrol-deploy plan`: what would have to be done so that a fleet is as its file says. */
import { join } from 'node:path';
import { type FleetRequest, fleetOf } from '../engine/fleet.ts';
import { type FleetState, installedHere, lookAt } from '../engine/look.ts';
import { previews } from '../engine/preview.ts';
import type { Note } from '../notes/tell.ts';
import { exitCodeOf } from '../plan/step.ts';
import { objectOf } from '../view/machine.ts';
import { markdownOf } from '../view/markdown.ts';
import { planObject, tellPlan } from '../view/plan.ts';
import { reporter } from '../view/report.ts';
import { schemaFile } from '../want/init.ts';
import { writeSchema } from '../want/schema-file.ts';
import { UsageError } from '../text/errors.ts';
import { patrolCommand } from '../text/command.ts';
import type { World } from './world.ts';

/** What a command about a fleet is told. */
export interface FleetCommand extends FleetRequest {
  readonly json?: boolean;
  /** Whether people are shown everything. */
  readonly details?: boolean;
  /** Whether to write Markdown, for a comment on a pull request. */
  readonly markdown?: boolean;
}

/** Reads the file of a fleet and looks at what it is about. The JSON schema beside it is brought up to date. */
export async function stateOf(command: FleetCommand, world: World): Promise<FleetState> {
  const {
    file: typed,
    json: _,
    details: __,
    markdown: ___,
    all: ____,
    units: _____,
    ...options
  } = command;
  const { fleet, folder } = fleetOf(command, world);
  writeSchema(join(folder, schemaFile), installedHere(world), world.streams.stderr);
  return lookAt(typed, fleet, options, world);
}

/** The fleet is as its file says, but a topic has no confirmed subscription: nobody receives what is sent to it. */
const unconfirmedExitCode = 5;

/**
 * Shows the plan of a fleet. Exits with 0 when there is nothing to do, 3 when changes are pending, 1 when something is refused,
 * 5 when there is nothing to do but to confirm subscriptions.
 */
export async function planCommand(command: FleetCommand, world: World): Promise<number> {
  if (command.json && command.markdown) {
    throw new UsageError('--json and --markdown are two forms of a plan. Choose one.');
  }
  const state = await stateOf(command, world);
  const { plan, subscriptions } = state;
  const code = exitCodeOf(plan);
  const { stdout } = world.streams;
  if (command.json) stdout.write(objectOf(planObject(state)));
  else if (command.markdown) {
    const notes: Note[] = [];
    tellPlan(state, (note) => notes.push(note));
    notes.push(...(await previews(state, world)));
    stdout.write(markdownOf(notes, command.file, planning(command)));
  } else {
    const tell = await reporter(world.streams, world.environment, command);
    tellPlan(state, tell);
    if (code === 3)
      tell({ type: 'progress', message: `To make these changes: \`${applying(command)}\`` });
  }
  if (plan.failures.length > 0 || subscriptions.lost.length > 0) return 1;
  return code === 0 && subscriptions.unconfirmed.length > 0 ? unconfirmedExitCode : code;
}

/** The command that shows a plan, and the one that does what it shows. */
const planning = (command: FleetCommand): string => typedAgain('plan', command);
const applying = (command: FleetCommand): string => typedAgain('apply', command);

const typedAgain = (
  name: 'plan' | 'apply',
  { file, environment, profile, ...more }: FleetCommand,
): string => {
  const { only, all, units, prune, express } = more;
  return patrolCommand([name], { file, profile, chosen: environment }, [
    ...(only ? ['--only', only.join(',')] : []),
    ...(all ? ['--all'] : []),
    ...(units ? ['--org', units.join(',')] : []),
    ...(prune ? ['--prune'] : []),
    ...(express ? ['--express'] : []),
  ]);
};
