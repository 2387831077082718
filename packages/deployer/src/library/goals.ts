/** The goals of commands and of programs: both make them here, and each says who decides. */
import { resolve } from 'node:path';
import type { Cloud } from '../cloud/cloud.ts';
import { clockworkOf } from '../cloud/effects.ts';
import type { CloudOptions } from '../cloud/options.ts';
import { type FleetDecider, FleetGoal, type KnownAs, leaseOf } from '../engine/fleet.ts';
import type { FleetState, Outside } from '../engine/look.ts';
import { type RuleDecider, RuleGoal } from '../engine/rule.ts';
import type { Tell } from '../notes/tell.ts';
import type { Artifact } from '../packages/assembly.ts';
import type { Given } from '../template/values.ts';
import { defaultEnvironment, patrolCommand } from '../text/command.ts';
import { because } from '../view/reasons.ts';

/** What is asked of a rule that is deployed by itself. */
export interface RuleAsked extends CloudOptions {
  readonly given: Given;
  /** The file of a fleet, as it was typed, that gives what `given` does not. */
  readonly from?: string | undefined;
  /** That of the file when left out, or else `production`. */
  readonly environment?: string | undefined;
}

/** How to see a rule's stack. */
export const lookCommand = (
  rule: string,
  scope: CloudOptions & { readonly environment: string },
  region: string,
): string => `\`${patrolCommand(['info', rule], { ...scope, region })}\``;

/**
 * A rule that is to be deployed by itself, with the environment and the cloud that it is for.
 *
 * @param name as it was typed.
 * @param begin called before anything may be changed.
 */
export async function ruleGoal(
  name: string,
  artifact: Artifact,
  { given, from: typed, environment: named, region, profile }: RuleAsked,
  decider: RuleDecider,
  outside: Outside,
  tell: Tell,
  begin: () => void = () => undefined,
): Promise<{ readonly goal: RuleGoal; readonly environment: string; readonly cloud: Cloud }> {
  // The reader of such a file is loaded only when there is one.
  const from = typed === undefined ? undefined : await fileOf(typed, outside);
  const environment = named ?? from?.file.fleet.environment ?? defaultEnvironment;
  const cloud = await outside.cloud({ region, profile });
  const goal = new RuleGoal({ artifact, environment, given, from, profile }, decider, {
    ...clockworkOf(outside),
    cloud,
    tell,
    words: because,
    look: (found) => lookCommand(name, { profile, environment }, found),
    begin,
  });
  return { goal, environment, cloud };
}

async function fileOf(typed: string, { cwd }: Outside) {
  const { loadFleet } = await import('../file/load.ts');
  return { typed, file: loadFleet(resolve(cwd, typed), typed) };
}

/**
 * A fleet that is to be as its file says.
 *
 * @param look looks at the fleet, and plans.
 * @param begin called before anything may be changed.
 */
export const fleetGoal = (
  { profile }: CloudOptions,
  look: () => Promise<FleetState>,
  decider: FleetDecider,
  holder: KnownAs,
  outside: Outside,
  tell: Tell,
  begin: () => void = () => undefined,
): FleetGoal =>
  new FleetGoal(decider, {
    ...clockworkOf(outside),
    tell,
    words: because,
    look,
    lease: (state) => leaseOf(state, { credentials: { profile }, holder }, outside, tell),
    begin,
  });
