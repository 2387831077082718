/** Carries steps out: the effects, in order. What is to be done was decided before. */
import { type Artifact } from './assembly.ts';
import { missingSettings } from './bucket.ts';
import {
  type ChangeSet,
  CloudError,
  explain,
  type Place,
  type Stack,
  type StoredObject,
} from './cloud.ts';
import { messageOf, OperatorError } from './errors.ts';
import { codeAt, templateAt } from './naming.ts';
import type { Step } from './plan.ts';
import { isInline, readVerified, type Template } from './template.ts';
import { type Ended, type Effects, patiently, stopIfAsked, watch } from './watch.ts';

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

/**
 * Makes the change set of an update, for looking at.
 *
 * @returns `undefined` when CloudFormation finds nothing to change; there is no change set then.
 */
export async function propose(effects: Effects, work: Work): Promise<ChangeSet | undefined> {
  const { step, template, place, artifact } = work;
  const location = templateAt(place, artifact);
  if (!isInline(template)) {
    await store(
      effects,
      place,
      location,
      artifact.rule.template.sha256,
      Buffer.from(template.text),
    );
  }
  stopIfAsked(effects, untouched);
  const { cloud } = effects;
  const made = await cloud.createChangeSet({
    stack: step.stack,
    name: effects.unique(),
    kind: step.do === 'update' ? 'UPDATE' : 'CREATE',
    template: isInline(template) ? { body: template.text } : { url: urlOf(place, location) },
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

const urlOf = ({ region, partition }: Place, { bucket, key }: StoredObject): string =>
  `https://${bucket}.s3.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${key}`;

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
 * @param proposed the change set of an update, made by {@link propose}.
 * @returns how it ended; `undefined` when there was nothing to change.
 */
export async function apply(
  effects: Effects,
  work: Work,
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
  work: Work,
  proposed: ChangeSet | undefined,
): Promise<{ changeSet: ChangeSet; since: string | undefined } | undefined> {
  const { artifact, place } = work;
  const { cloud } = effects;
  let changeSet = proposed;
  try {
    const zip = readVerified(artifact, artifact.rule.code);
    stopIfAsked(effects, untouched);
    await store(effects, place, codeAt(place, artifact), artifact.rule.code.sha256, zip);
    await makeRoom(effects, work);
    changeSet ??= await propose(effects, work);
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

/** Deletes a stack and waits until it is gone. */
export async function remove(
  effects: Effects,
  stack: Pick<Stack, 'id' | 'name' | 'updated'>,
  look: string,
): Promise<Ended> {
  const { cloud } = effects;
  const since = await patiently(effects, () => cloud.lastEvent(stack.id)).catch(() => undefined);
  await cloud.deleteStack(stack.id, effects.unique());
  return watch(effects, { operation: 'delete', stack, since, look });
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

/** Stores bytes, unless they are there already, in a bucket that is as it must be. */
async function store(
  effects: Effects,
  place: Place,
  at: StoredObject,
  sum: string,
  bytes: Uint8Array,
): Promise<void> {
  const { cloud, tell } = effects;
  await secureBucket(effects, place, at.bucket);
  // The name promises the content, but whoever may write to the bucket can put anything there: only S3's own sum says that
  // it is what was built.
  if ((await cloud.object(at))?.sha256 === sum) return;
  await cloud.put(at, bytes, sum);
  tell({
    type: 'progress',
    message: `Uploaded s3://${at.bucket}/${at.key} (${bytes.length} bytes).`,
  });
}

/** Makes the artifact bucket, or gives one that is there the protection that it lacks. */
async function secureBucket({ cloud, tell }: Effects, place: Place, bucket: string): Promise<void> {
  let found = await cloud.bucket(bucket);
  if (found === 'absent') {
    await cloud.createBucket(bucket);
    tell({ type: 'progress', message: `Created the bucket ${bucket} for the rules' code.` });
    found = await cloud.bucket(bucket);
  }
  if (found === 'absent' || found === 'foreign') {
    throw new OperatorError(
      found === 'absent'
        ? `The bucket ${bucket} was created but S3 does not show it yet. Run the same command again.`
        : `The bucket ${bucket} exists, but it is not the account ${place.account}'s, or these credentials may not look at it (s3:ListBucket). Code is uploaded to no bucket of somebody else's. If it is not yours, find out whose it is; nothing was uploaded.`,
    );
  }
  for (const setting of missingSettings(bucket, place, found)) {
    await cloud.setOnBucket(bucket, setting);
  }
}
