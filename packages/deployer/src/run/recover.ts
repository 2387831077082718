/** Gets a stack out of a state in which it cannot be deployed, without deleting it. What helps was decided before. */
import { operate } from './stacks.ts';
import { rootCause } from './cause.ts';
import type { Stack } from '../cloud/cloud.ts';
import { listed, OperatorError, UsageError } from '../text/errors.ts';
import { meaningOf, type Recovery, recoveryOf } from '../cloud/states.ts';
import type { Ended } from './watch.ts';
import { type Effects, patiently, stopIfAsked } from '../cloud/effects.ts';

/** How a stack is taken out of a state in which nothing can be done with it. */
export interface Recovering {
  /** Resources that the operator lets a rollback leave out. */
  readonly skip: readonly string[];
  /** Whether something may be done: asked, or agreed to beforehand. */
  readonly agree: (question: string, recovery: Recovery) => Promise<boolean>;
  /** The same for what must not be agreed to beforehand; absent where nobody can be asked. */
  readonly agreeInPerson?: (question: string) => Promise<boolean>;
}

/** What the operator can type to see how a stack does. */
interface Look {
  readonly look: string;
}

/**
 * Recovers a stack as far as its state has to be.
 *
 * @returns the stack afterwards (`undefined` when it is gone), or `declined` when the operator does not want it.
 * @throws OperatorError when it could not be rolled back, with why and what to do.
 */
export async function recover(
  effects: Effects,
  current: Stack,
  recovering: Recovering & Look,
): Promise<Stack | undefined | 'declined'> {
  const { tell } = effects;
  const { name } = current;
  const recovery = recoveryOf(current);
  if (recovery === undefined) return current;
  tell({ type: 'progress', message: `${meaningOf(current)}` });
  if (recovery === 'wait') {
    if (!(await recovering.agree('Wait until this ends?', recovery))) return 'declined';
    return settled(effects, current);
  }
  const failed = recovery === 'continue-rollback' ? await failedResources(effects, current) : [];
  requireFailed(name, failed, recovering.skip);
  const question =
    recovery === 'roll-back'
      ? `Roll ${name} back to its state before that update?`
      : `Try again to roll ${name} back?`;
  if (!(await recovering.agree(question, recovery))) return 'declined';
  const skip = recovery === 'roll-back' ? undefined : recovering.skip;
  const ended = await rollBack(effects, current, recovering, skip);
  return ended.success ? ended.stack : rollBackWithout(effects, current, recovering, ended);
}

/** Rolls a stack back; a rollback that has failed is continued, and may skip resources. */
const rollBack = (effects: Effects, stack: Stack, { look }: Look, skip?: readonly string[]) =>
  operate(effects, { operation: 'rollback', stack, look }, (token) =>
    skip
      ? effects.cloud.continueRollback(stack.id, skip, token)
      : effects.cloud.rollBack(stack.id, token),
  );

/** CloudFormation lets a rollback skip only resources on which it failed. */
async function failedResources({ cloud }: Effects, { id }: Stack): Promise<readonly string[]> {
  return (await cloud.resources(id))
    .filter(({ status }) => status === 'UPDATE_FAILED')
    .map(({ resource }) => resource);
}

function requireFailed(name: string, failed: readonly string[], skip: readonly string[]): void {
  const strange = skip.filter((resource) => !failed.includes(resource));
  if (strange.length === 0) return;
  throw new UsageError(
    `--skip-resources expects resources of ${name} that could not be rolled back (${failed.join(', ') || 'none'}); found ${strange.join(', ')}.`,
  );
}

/** What it means that a rollback skips something. */
const leavesOut =
  'CloudFormation then treats them as rolled back. It corrects them only when a later deployment changes them';

/** After a rollback that failed: skips what it failed on, if the operator agrees. */
async function rollBackWithout(
  effects: Effects,
  current: Stack,
  recovering: Recovering & Look,
  ended: Ended,
): Promise<Stack | undefined | 'declined'> {
  const cause = rootCause(ended.events, current.id);
  const why = cause ? ` ${cause.resource} failed first: ${cause.reason}` : '';
  const failed = await failedResources(effects, current);
  const message = `${current.name} could not be rolled back. Its state is ${ended.status}.${why}`;
  if (ended.status !== 'UPDATE_ROLLBACK_FAILED' || failed.length === 0) {
    throw new OperatorError(message);
  }
  if (!recovering.agreeInPerson) {
    throw new OperatorError(
      listed(`${message}\nDo one of these, then run the same command again:`, [
        `Fix ${failed.join(', ')}.`,
        `Skip what cannot be rolled back, with --skip-resources ${failed.join(',')}. ${leavesOut}.`,
      ]),
    );
  }
  effects.tell({ type: 'warning', message });
  const question = `Skip ${failed.join(', ')}? ${leavesOut}.`;
  if (!(await recovering.agreeInPerson(question))) return 'declined';
  const again = await rollBack(effects, current, recovering, failed);
  if (again.success) return again.stack;
  throw new OperatorError(
    `${current.name} could not be rolled back even without ${failed.join(', ')}. Its state is ${again.status}. ${recovering.look} shows more.`,
  );
}

/** No operation on a rule's stack takes as long, whatever happens in it. */
const longest = 2 * 3600 * 1000;

/**
 * Waits until no operation is in progress on a stack.
 *
 * @throws OperatorError when that takes longer than an operation can.
 */
export async function settled(effects: Effects, current: Stack): Promise<Stack | undefined> {
  const { id, name } = current;
  const end = effects.now() + longest;
  for (;;) {
    stopIfAsked(
      effects,
      `Interrupted while waiting for ${name}. This run changed nothing. CloudFormation continues by itself.`,
    );
    const found = await patiently(effects, () => effects.cloud.stack(id));
    if (!found || found.status === 'DELETE_COMPLETE') return undefined;
    if (!found.status.endsWith('_IN_PROGRESS')) return found;
    if (effects.now() >= end) {
      throw new OperatorError(
        `${name} is still in state ${found.status} after two hours. Nothing was changed. Check the stack in the console.`,
      );
    }
    await effects.sleep(3000, effects.signal);
  }
}
