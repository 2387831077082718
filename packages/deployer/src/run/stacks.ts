/** Carries out steps for stacks, and watches CloudFormation until it is done. What is done was decided before. */
import type { ChangeSet, LeaveBehind, Stack } from '../cloud/cloud.ts';
import { type Effects, patiently, stopIfAsked } from '../cloud/effects.ts';
import { conditionOf } from '../cloud/states.ts';
import { doingOf, type StackStep } from '../plan/step.ts';
import { discard, prepare, propose, type Staged, untouched } from '../stage/stacks.ts';
import type { SecretTexts } from '../stage/secrets.ts';
import { OperatorError } from '../text/errors.ts';
import { type Ended, type Target, watch } from './watch.ts';

/**
 * Creates a stack and waits until CloudFormation is done.
 *
 * @returns how it ended; `undefined` when there was nothing to change.
 */
export async function create(
  effects: Effects,
  step: StackStep,
  secrets: SecretTexts | undefined,
  look: string,
): Promise<Ended | undefined> {
  const deployment = await prepare(effects, step, secrets);
  if (doingOf(step) === 'recreate') await makeRoom(effects, step, look);
  const changeSet = await propose(effects, deployment, { clears: false });
  return changeSet && carryOut(effects, { ...deployment, changeSet }, look);
}

/**
 * Carries out what was staged and waits until CloudFormation is done.
 *
 * @returns how it ended; `undefined` when there was nothing to change.
 */
export async function carryOut(
  effects: Effects,
  { step, changeSet }: Staged,
  look: string,
): Promise<Ended | undefined> {
  if (!changeSet) return undefined;
  const { target, current } = step;
  const isUpdate = doingOf(step) === 'update';
  const since = await start(effects, target.name, changeSet);
  return watch(effects, {
    operation: isUpdate ? 'update' : 'create',
    stack: isUpdate && current ? current : { id: changeSet.stackId, name: target.name },
    since,
    changeSet: changeSet.id,
    total: changeSet.changes.length,
    look,
  });
}

/** Up to the point from which CloudFormation goes on by itself. Gives the newest event from before. */
async function start(effects: Effects, stack: string, { id, stackId }: ChangeSet) {
  const { cloud } = effects;
  const isGoing = async (): Promise<boolean> =>
    ['EXECUTE_IN_PROGRESS', 'EXECUTE_COMPLETE'].includes((await cloud.changeSet(id)).execution);
  try {
    const since = await newestEvent(effects, stackId);
    stopIfAsked(effects, untouched);
    await ask(effects, (token) => cloud.executeChangeSet(id, token), isGoing);
    return since;
  } catch (error) {
    await discard(effects, stack, id);
    throw error;
  }
}

/**
 * Deletes what is left of a stack whose creation failed. It is looked at again first: what somebody else has made of it since
 * is not deleted. Between that look and the deletion there is a moment in which it could still be changed.
 */
async function makeRoom(effects: Effects, { current, target }: StackStep, look: string) {
  if (!current) return;
  stopIfAsked(effects, untouched);
  const now = await patiently(effects, () => effects.cloud.stack(target.name));
  if (!now || now.status === 'DELETE_COMPLETE') return;
  if (now.id !== current.id || now.status !== current.status) {
    throw new OperatorError(
      `The state of ${target.name} was ${current.status} and is ${now.status} now: somebody else is changing it. Nothing was deleted. Run the same command again.`,
    );
  }
  const ended = await remove(effects, current, look);
  if (ended.success) return;
  const reason = ended.stack?.reason ? ` (${ended.stack.reason})` : '';
  throw new OperatorError(
    `${target.name} must be deleted before it can be recreated, but the deletion ended in ${ended.status}${reason}. ${look} shows what is left of it.`,
  );
}

/**
 * Deletes a stack and waits until it is gone.
 *
 * @param leave what may be left behind, of a stack whose deletion failed before.
 */
export async function remove(
  effects: Effects,
  stack: Pick<Stack, 'id' | 'name' | 'updated'>,
  look: string,
  leave?: LeaveBehind,
): Promise<Ended> {
  return operate(effects, { operation: 'delete', stack, look }, (token) =>
    effects.cloud.deleteStack(stack.id, token, leave),
  );
}

/** Sets an operation on a stack going and waits until it is over. */
export async function operate(
  effects: Effects,
  target: Omit<Target, 'since'>,
  call: (token: string) => Promise<unknown>,
): Promise<Ended> {
  const { id } = target.stack;
  const since = await newestEvent(effects, id);
  // A stack under review is at rest, whatever its state is called.
  const isBusy = async (): Promise<boolean> =>
    conditionOf(await effects.cloud.stack(id)) === 'busy';
  await ask(effects, call, isBusy);
  return watch(effects, { ...target, since });
}

const newestEvent = (effects: Effects, stack: string): Promise<string | undefined> =>
  patiently(effects, () => effects.cloud.lastEvent(stack)).catch(() => undefined);

/** Asks for something; an answer that was lost on the way is not taken for a refusal. */
async function ask(
  effects: Effects,
  call: (token: string) => Promise<unknown>,
  isGoing: () => Promise<boolean>,
): Promise<void> {
  try {
    await call(effects.unique());
  } catch (error) {
    if (!(await patiently(effects, isGoing).catch(() => false))) throw error;
  }
}
