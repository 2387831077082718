/** The deployed stack that a command is about. */
import { stackNames } from '@patrol/core/contracts';
import type { Cloud, Place, Stack } from '../cloud/cloud.ts';
import type { CloudOptions } from '../cloud/options.ts';
import { isBase } from '../identity/naming.ts';
import { foreignness } from '../identity/ownership.ts';
import { noStack, reference, type Reference } from '../packages/reference.ts';
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

/** Looks for the stack of a rule. There may be none, or one that is not Patrol's. */
export async function lookedUp(
  name: string,
  options: StackOptions,
  world: World,
): Promise<Omit<Deployed, 'stack'> & { readonly stack: Stack | undefined }> {
  const refer = reference(name, options.environment, world);
  const cloud = await world.cloud(options);
  const [place, stack] = await Promise.all([cloud.place(), cloud.stack(refer.stack)]);
  return { refer, cloud, place, stack, scope: { ...options, region: place.region } };
}

/**
 * Finds the stack of a rule, to be looked at or used.
 *
 * @throws OperatorError when there is none, or it is not Patrol's.
 */
export async function deployed(
  name: string,
  options: StackOptions,
  world: World,
): Promise<Deployed> {
  const found = await lookedUp(name, options, world);
  const { refer, place, stack, scope } = found;
  if (!stack) {
    const deploy = isBase(refer.name)
      ? patrolCommand(['apply'], scope)
      : patrolCommand(['deploy', refer.name], scope);
    throw new OperatorError(
      `${noStack(refer, place)}. \`${deploy}\` deploys it. To look elsewhere, use --region, --profile or --env.`,
    );
  }
  const foreign = foreignness(stack);
  if (foreign === undefined) return { ...found, stack };
  throw new OperatorError(
    `There is a stack ${stack.name} in ${place.region} (account ${place.account}), but ${foreign}. Check it in the console, or choose another --env.`,
  );
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
