/** What a step needs before it can be carried out, and can be taken back: secrets, code, a change set. */
import { stackNames } from '@patrol/core/contracts';
import { missingSettings } from '../cloud/bucket.ts';
import {
  type ChangeSet,
  type ChangeSetRequest,
  explain,
  orRefusal,
  type ParameterInput,
  previousValue,
} from '../cloud/cloud.ts';
import { type Effects, patiently, stopIfAsked } from '../cloud/effects.ts';
import { codeAt, templateAt, uniquePrefix } from '../identity/naming.ts';
import { doingOf, type Setting, type StackStep, type WantedContent } from '../plan/step.ts';
import { isInline, readVerified } from '../template/template.ts';
import { store, storeNames, urlOf } from './artifacts.ts';
import { type SecretTexts, storeSecrets } from './secrets.ts';
import { OperatorError } from '../text/errors.ts';
import { mapValues, picked } from '../text/records.ts';

/** What is ready to be carried out. */
export interface Staged extends Deployment {
  /** Absent where CloudFormation finds nothing to change. */
  readonly changeSet: ChangeSet | undefined;
}

/** Stores secrets and code, and makes the change set. What was approved before is what is carried out. */
export async function stage(
  effects: Effects,
  step: StackStep,
  secrets?: SecretTexts,
): Promise<Staged> {
  const deployment = await prepare(effects, step, secrets);
  return { ...deployment, changeSet: await propose(effects, deployment, { clears: true }) };
}

/**
 * Stores secrets and code, and names the very version that holds the code: whoever may write to the bucket cannot have the
 * function made of anything else.
 */
export async function prepare(
  effects: Effects,
  step: StackStep,
  secrets?: SecretTexts,
): Promise<Deployment> {
  const wanted = wantedOf(step);
  const { content } = wanted;
  const { place } = step.target;
  const parameters = settled(wanted.parameters, await storeInputs(effects, step, secrets));
  // A base stack has none.
  if (!content.artifact) return { step, wanted, parameters };
  const { code } = content.artifact.rule;
  const zip = readVerified(content.artifact, code);
  stopIfAsked(effects, untouched);
  const { codeVersion } = stackNames.parameters;
  const pinned =
    parameters[codeVersion] === previousValue ? step.current?.parameters[codeVersion] : undefined;
  const at = codeAt(place, content.identity, code.sha256);
  const version = await store(effects, place, at, code.sha256, zip, missingSettings, pinned);
  await storeNames(content.names, place, (...named) => store(effects, place, ...named));
  if (!Object.hasOwn(content.template.parameters, codeVersion) || version === undefined) {
    return { step, wanted, parameters };
  }
  const setting = version === pinned ? previousValue : version;
  return { step, wanted, parameters: { ...parameters, [codeVersion]: setting } };
}

/** Stores the values that go into Secrets Manager; gives the ARNs, by parameter. */
export const storeInputs = (
  effects: Effects,
  step: StackStep,
  secrets: SecretTexts = {},
): Promise<Readonly<Record<string, string>>> =>
  storeSecrets(effects, step.target.name, ownTags(wantedOf(step).tags), step.inputs, secrets);

/** Tags that say whose a secret is; not those that change with every version. */
const ownTags = (tags: WantedContent['tags']): WantedContent['tags'] =>
  picked(tags, (tag) => /^patrol:(?!(?:template|version)$)/.test(tag));

/** The values once it is known which secrets hold them. */
export const settled = (
  parameters: Readonly<Record<string, Setting>>,
  arns: Readonly<Record<string, string>>,
): Readonly<Record<string, ParameterInput>> =>
  mapValues(parameters, (setting, name): ParameterInput => {
    if (typeof setting !== 'object') return setting;
    const arn = arns[name];
    if (arn === undefined) throw new Error(`The secret of ${name} is not stored.`);
    return arn;
  });

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
 * @param hasTemplate whether the stack has the template: then a large one is not uploaded again.
 * @returns `undefined` when CloudFormation finds nothing to update; there is no change set then.
 */
export async function propose(
  effects: Effects,
  { step, wanted: { content, tags, role }, parameters }: Deployment,
  { clears, hasTemplate }: { readonly clears: boolean; readonly hasTemplate?: boolean },
): Promise<ChangeSet | undefined> {
  const { target } = step;
  const { template } = content;
  const kind: ChangeSetRequest['kind'] = doingOf(step) === 'update' ? 'UPDATE' : 'CREATE';
  let source: ChangeSetRequest['template'] = { body: template.text };
  if (hasTemplate) source = 'previous';
  else if (!isInline(template)) {
    const at = templateAt(target.place, content.identity);
    const sum = content.identity.template;
    const version = await store(effects, target.place, at, sum, Buffer.from(template.text));
    source = { url: urlOf(target.place, at, version) };
  }
  stopIfAsked(effects, untouched);
  if (clears && kind === 'UPDATE') await takeBackEarlier(effects, target.name);
  const reverts = step.operations.some((each) => each.do === 'update' && each.reverts);
  const made = await effects.cloud.createChangeSet({
    stack: target.name,
    name: effects.unique(),
    kind,
    template: source,
    parameters,
    tags,
    ...(reverts ? { reverts } : {}),
    role,
  });
  let isReady = false;
  try {
    const found = await ready(effects, made.id);
    isReady = found.status === 'CREATE_COMPLETE';
    if (isReady) return found;
    // A creation always makes something: that it does not is no success.
    if (kind === 'UPDATE' && isEmpty(found)) {
      if (reverts) effects.tell({ type: 'warning', message: unseenDrift(target.name) });
      return undefined;
    }
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

const unseenDrift = (stack: string): string =>
  `${stack} was changed outside CloudFormation, and CloudFormation does not see it. Nothing was changed back. \`patrol-deploy verify\` gives the commands that do it.`;

/** CloudFormation has no other sign for a change set that changes nothing. */
const isEmpty = ({ reason = '' }: ChangeSet): boolean =>
  /didn't contain changes|no updates are to be performed/i.test(reason);
