/** Carries steps out: the effects, in order. What is to be done was decided before. */
import { stackNames } from '@patrol/core/contracts';
import { type Artifact } from '../packages/assembly.ts';
import { missingSettings } from '../cloud/bucket.ts';
import {
  type ChangeSet,
  CloudError,
  explain,
  type LeaveBehind,
  type ParameterInput,
  type Place,
  previousValue,
  type Stack,
} from '../cloud/cloud.ts';
import { messageOf, OperatorError } from '../text/errors.ts';
import { codeAt, templateAt, uniquePrefix } from '../identity/naming.ts';
import type { Step } from '../plan/stack.ts';
import { conditionOf } from '../cloud/states.ts';
import { isInline, readVerified, type Template } from '../template/template.ts';
import { type Ended, type Target, watch } from './watch.ts';
import { type Effects, patiently, stopIfAsked } from '../cloud/effects.ts';
import { store, urlOf } from '../stage/artifacts.ts';

/** A step that changes something, and what it is carried out with. */
export interface Work {
  readonly step: Extract<Step, { do: 'create' | 'update' | 'recreate' }>;
  readonly artifact: Artifact;
  readonly template: Template;
  readonly place: Place;
  /** What the operator can type to see how a stack does. */
  readonly look: string;
}

const untouched = 'Interrupted. The stack was not touched.';

/** {@link Work} whose code lies where the function will be made from it. */
export interface Prepared extends Work {
  readonly prepared: true;
}

/** What has to stand in the stack's parameters instead of what was planned, such as what a secret is known by only once it is stored. */
export type Override = Readonly<Record<string, string>>;

/**
 * Stores the code, and names the very version that holds it: whoever may write to the bucket cannot have the function
 * made of anything else.
 */
export async function prepare(
  effects: Effects,
  work: Work,
  override: Override = {},
): Promise<Prepared> {
  const { artifact, place, template, step } = work;
  const { code } = artifact.rule;
  // A base stack has none.
  if (code.path === '') return { ...work, prepared: true };
  const zip = readVerified(artifact, code);
  stopIfAsked(effects, untouched);
  const { codeVersion } = stackNames.parameters;
  const pinned =
    step.do === 'update' && step.parameters[codeVersion] === previousValue
      ? step.standing.parameters[codeVersion]
      : undefined;
  const at = codeAt(place, artifact);
  const version = await store(effects, place, at, code.sha256, zip, missingSettings, pinned);
  const parameters: Record<string, ParameterInput> = { ...step.parameters, ...override };
  if (Object.hasOwn(template.parameters, codeVersion) && version !== undefined) {
    parameters[codeVersion] = version === pinned ? previousValue : version;
  }
  return { ...work, step: { ...step, parameters }, prepared: true };
}

/**
 * Makes the change set of a step, for looking at. To be carried out, it has to be that of {@link prepare}'s work; it takes the
 * place then of what an earlier run left.
 *
 * @returns `undefined` when CloudFormation finds nothing to change; there is no change set then.
 */
export async function propose(
  effects: Effects,
  work: Work | Prepared,
): Promise<ChangeSet | undefined> {
  const { step, template, place, artifact } = work;
  const location = templateAt(place, artifact);
  const version = isInline(template)
    ? undefined
    : await store(
        effects,
        place,
        location,
        artifact.rule.template.sha256,
        Buffer.from(template.text),
      );
  stopIfAsked(effects, untouched);
  // Looking alone takes nothing from somebody who is being asked about it.
  if (step.do === 'update' && 'prepared' in work) await takeBackEarlier(effects, step.stack);
  const { cloud } = effects;
  const made = await cloud.createChangeSet({
    stack: step.stack,
    name: effects.unique(),
    kind: step.do === 'update' ? 'UPDATE' : 'CREATE',
    template: isInline(template)
      ? { body: template.text }
      : { url: urlOf(place, location, version) },
    parameters: step.parameters,
    tags: step.tags,
  });
  try {
    const found = await ready(effects, made.id);
    if (found.status === 'CREATE_COMPLETE') return found;
    if (!isEmpty(found)) {
      throw new OperatorError(
        `CloudFormation refuses the change set for ${step.stack}: ${found.reason ?? 'it gives no reason'}`,
      );
    }
  } catch (error) {
    await discard(effects, work, made);
    throw error;
  }
  await discard(effects, work, made);
  return undefined;
}

/**
 * Takes back what a run left that was killed before its question was answered. That this fails keeps nothing from being
 * deployed.
 */
async function takeBackEarlier({ cloud, tell }: Effects, stack: string): Promise<void> {
  try {
    const pending = await cloud.pendingChangeSets(stack);
    for (const earlier of pending.filter((each) => each.name.startsWith(uniquePrefix))) {
      await cloud.deleteChangeSet(earlier.id);
    }
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    tell({
      type: 'warning',
      message: `Change sets that an earlier run may have left on ${stack} could not be removed. ${explain(error)}`,
    });
  }
}

/** Waits until a change set is made, or CloudFormation has refused it. */
async function ready(effects: Effects, id: string): Promise<ChangeSet> {
  for (;;) {
    const found = await patiently(effects, () => effects.cloud.changeSet(id));
    if (['CREATE_COMPLETE', 'FAILED'].includes(found.status)) return found;
    await effects.sleep(500, effects.signal);
    stopIfAsked(effects, untouched);
  }
}

/** CloudFormation has no other sign for a change set that changes nothing. */
const isEmpty = ({ reason = '' }: ChangeSet): boolean =>
  /didn't contain changes|no updates are to be performed/i.test(reason);

/** Takes back a change set that is not carried out, and the empty stack that the one of a creation makes. */
export async function discard(
  { cloud, tell, unique }: Effects,
  { step }: Pick<Work, 'step'>,
  { id, stackId }: { readonly id: string; readonly stackId: string },
): Promise<void> {
  try {
    await cloud.deleteChangeSet(id);
    if (step.do === 'update') return;
    // A stack that has begun is not this function's to delete.
    const stack = await cloud.stack(stackId);
    if (stack?.status === 'REVIEW_IN_PROGRESS') await cloud.deleteStack(stackId, unique());
  } catch (error) {
    const why = error instanceof CloudError ? explain(error) : messageOf(error);
    tell({
      type: 'warning',
      message: `A change set that was not carried out is left on ${step.stack}; the next deployment removes it. ${why}`,
    });
  }
}

/**
 * Carries a step out and waits until CloudFormation is done.
 *
 * @param work prepared work goes with the change set that was proposed for it; other work is prepared first.
 * @param proposed the change set of prepared work, made by {@link propose}.
 * @returns how it ended; `undefined` when there was nothing to change.
 */
export async function apply(effects: Effects, work: Work): Promise<Ended | undefined>;
export async function apply(
  effects: Effects,
  work: Prepared,
  proposed: ChangeSet,
): Promise<Ended | undefined>;
export async function apply(
  effects: Effects,
  work: Work | Prepared,
  proposed?: ChangeSet,
): Promise<Ended | undefined> {
  const started = await start(effects, work, proposed);
  if (!started) return undefined;
  const { changeSet, since } = started;
  const { step, look } = work;
  return watch(effects, {
    operation: step.do === 'update' ? 'update' : 'create',
    stack: step.do === 'update' ? step.standing : { id: changeSet.stackId, name: step.stack },
    since,
    changeSet: changeSet.id,
    total: changeSet.changes.length,
    look,
  });
}

/** Everything up to the point from which CloudFormation goes on by itself. */
async function start(
  effects: Effects,
  work: Work | Prepared,
  proposed: ChangeSet | undefined,
): Promise<{ changeSet: ChangeSet; since: string | undefined } | undefined> {
  const { cloud } = effects;
  let changeSet = proposed;
  try {
    const prepared = 'prepared' in work ? work : await prepare(effects, work);
    if (!changeSet) {
      await makeRoom(effects, prepared);
      changeSet = await propose(effects, prepared);
    }
    if (!changeSet) return undefined;
    const { id, stackId } = changeSet;
    const since = await patiently(effects, () => cloud.lastEvent(stackId)).catch(() => undefined);
    stopIfAsked(effects, untouched);
    await execute(effects, id);
    return { changeSet, since };
  } catch (error) {
    if (changeSet) await discard(effects, work, changeSet);
    throw error;
  }
}

/** Deletes what stands in the way of a creation. */
async function makeRoom(effects: Effects, { step, look }: Work): Promise<void> {
  if (step.do === 'update') return;
  const inTheWay =
    step.do === 'recreate'
      ? step.standing
      : step.shell !== undefined && { id: step.shell, name: step.stack };
  if (!inTheWay) return;
  stopIfAsked(effects, untouched);
  const ended = await remove(effects, inTheWay, look);
  if (!ended.success) {
    const reason = ended.stack?.reason ? ` (${ended.stack.reason})` : '';
    throw new OperatorError(
      `${step.stack} has to be deleted before it can be created anew, but that ended in ${ended.status}${reason}. ${look} shows what is left of it.`,
    );
  }
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

/** Sets an operation on a stack going and waits until it is over; an answer that was lost is not taken for a refusal. */
export async function operate(
  effects: Effects,
  target: Omit<Target, 'since'>,
  call: (token: string) => Promise<void>,
): Promise<Ended> {
  const { cloud } = effects;
  const { id } = target.stack;
  const since = await patiently(effects, () => cloud.lastEvent(id)).catch(() => undefined);
  try {
    await call(effects.unique());
  } catch (error) {
    const found = await patiently(effects, () => cloud.stack(id)).catch(() => undefined);
    // A stack under review is at rest, whatever its state is called.
    if (conditionOf(found) !== 'busy') throw error;
  }
  return watch(effects, { ...target, since });
}

/** Sets a change set going; an answer that was lost on the way is not taken for a refusal. */
async function execute(effects: Effects, id: string): Promise<void> {
  const { cloud } = effects;
  try {
    await cloud.executeChangeSet(id, effects.unique());
  } catch (error) {
    const found = await patiently(effects, () => cloud.changeSet(id)).catch(() => undefined);
    const going = ['EXECUTE_IN_PROGRESS', 'EXECUTE_COMPLETE'].includes(found?.execution ?? '');
    if (!going) throw error;
  }
}
