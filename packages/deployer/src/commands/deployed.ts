/** The deployed stack that a command is about. */
import { stackNames } from '@patrol/core/contracts';
import type { Cloud, Place, Stack } from '../cloud/cloud.ts';
import type { CloudOptions } from '../cloud/options.ts';
import { currentStack, reference, type Reference } from '../packages/reference.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import { OperatorError } from '../text/errors.ts';
import type { World } from './world.ts';

/** What every command about a rule's stack is told. */
export interface StackOptions extends CloudOptions {
  readonly environment: string;
}

/** A stack as it is in AWS. */
export interface Deployed {
  readonly refer: Reference;
  readonly cloud: Cloud;
  readonly place: Place;
  readonly stack: Stack;
  /** What suggested commands repeat of the run. */
  readonly scope: RunScope;
}

/**
 * Finds the stack of a rule.
 *
 * @throws OperatorError when there is none, or it is not Patrol's.
 */
export async function deployed(
  name: string,
  options: StackOptions,
  world: World,
): Promise<Deployed> {
  const refer = reference(name, options.environment, world);
  const cloud = await world.cloud(options);
  const { place, stack } = await currentStack(refer, cloud, options);
  return { refer, cloud, place, stack, scope: { ...options, region: place.region } };
}

/**
 * What an output of the stack says.
 *
 * @throws OperatorError where it has none: it is of an old version, or not whole.
 */
export function outputOf(
  name: string,
  { stack, scope }: Deployed,
  output: keyof typeof stackNames.outputs,
): string {
  const called = stackNames.outputs[output];
  const value = stack.outputs[called];
  if (value) return value;
  throw new OperatorError(
    `The stack ${stack.name} has no output ${called}. Its state is ${stack.status}. \`${patrolCommand(['info', name], scope)}\` shows more.`,
  );
}
