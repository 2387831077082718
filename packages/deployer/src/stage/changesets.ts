/** Change sets: made to be looked at, then carried out or taken back. */
import {
  type ChangeSet,
  type ChangeSetRequest,
  explain,
  orRefusal,
  type ParameterInput,
} from '../cloud/cloud.ts';
import { type Effects, patiently, stopIfAsked } from '../cloud/effects.ts';
import { templateAt, uniquePrefix } from '../identity/naming.ts';
import { doingOf, type StackStep, type WantedContent } from '../plan/step.ts';
import { isInline } from '../template/template.ts';
import { OperatorError } from '../text/errors.ts';
import { store, urlOf } from './artifacts.ts';

/** What an interrupted run says before it has begun anything. */
export const untouched = 'Interrupted. The stack was not touched.';

/** A step for a stack that is deployed, with the values that its parameters get. */
export interface Deployment {
  readonly step: StackStep;
  readonly wanted: WantedContent;
  readonly parameters: Readonly<Record<string, ParameterInput>>;
}

/** What a step for a stack deploys. */
export function wantedOf({ wanted, target }: StackStep): WantedContent {
  if (!wanted) throw new Error(`${target.name} has nothing to deploy.`);
  return wanted;
}

/**
 * Makes the change set of a step.
 *
 * @param clears whether it takes the place of what an earlier run left: looking alone takes nothing from somebody who is
 *   being asked about it.
 * @returns `undefined` when CloudFormation finds nothing to change; there is no change set then.
 */
export async function propose(
  effects: Effects,
  { step, wanted: { content, tags }, parameters }: Deployment,
  { clears }: { readonly clears: boolean },
): Promise<ChangeSet | undefined> {
  const { target } = step;
  const { template } = content;
  const kind: ChangeSetRequest['kind'] = doingOf(step) === 'update' ? 'UPDATE' : 'CREATE';
  let source: ChangeSetRequest['template'] = { body: template.text };
  if (!isInline(template)) {
    const at = templateAt(target.place, content.identity);
    const sum = content.identity.template;
    const version = await store(effects, target.place, at, sum, Buffer.from(template.text));
    source = { url: urlOf(target.place, at, version) };
  }
  stopIfAsked(effects, untouched);
  if (clears && kind === 'UPDATE') await takeBackEarlier(effects, target.name);
  const made = await effects.cloud.createChangeSet({
    stack: target.name,
    name: effects.unique(),
    kind,
    template: source,
    parameters,
    tags,
  });
  let isReady = false;
  try {
    const found = await ready(effects, made.id);
    isReady = found.status === 'CREATE_COMPLETE';
    if (isReady) return found;
    if (isEmpty(found)) return undefined;
    throw new OperatorError(
      `CloudFormation refuses the change set for ${target.name}: ${found.reason ?? 'it gives no reason'}`,
    );
  } finally {
    if (!isReady) await discard(effects, target.name, made.id);
  }
}

/**
 * Takes back a change set that is not carried out. The empty stack that a creation's leaves is not deleted: another run may
 * be about to carry its own change set out on it, and what it had made would be deleted with it.
 */
export async function discard(
  { cloud, tell }: Pick<Effects, 'cloud' | 'tell'>,
  stack: string,
  id: string,
): Promise<void> {
  await cloud.deleteChangeSet(id).catch((error: unknown) => {
    const message = `A change set of ${stack} was not executed and could not be deleted. The next deployment deletes it. ${explain(error)}`;
    tell({ type: 'warning', message });
  });
}

/**
 * Takes back what a run left that was killed before its question was answered. That this fails keeps nothing from being
 * deployed.
 */
function takeBackEarlier({ cloud, tell }: Effects, stack: string): Promise<void> {
  const takeBack = async (): Promise<void> => {
    for (const { id, name } of await cloud.pendingChangeSets(stack)) {
      if (name.startsWith(uniquePrefix)) await cloud.deleteChangeSet(id);
    }
  };
  return orRefusal(takeBack(), (error) => {
    const message = `Change sets that an earlier run may have left on ${stack} could not be removed. ${explain(error)}`;
    tell({ type: 'warning', message });
  });
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
