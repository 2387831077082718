/** What a step needs before it can be carried out, and can be taken back: secrets, code, a change set. */
import { stackNames } from '@patrol/core/contracts';
import { missingSettings } from '../cloud/bucket.ts';
import { type ChangeSet, type ParameterInput, previousValue } from '../cloud/cloud.ts';
import { type Effects, stopIfAsked } from '../cloud/effects.ts';
import { codeAt } from '../identity/naming.ts';
import type { Setting, StackStep, WantedContent } from '../plan/step.ts';
import { readVerified } from '../template/template.ts';
import { store } from './artifacts.ts';
import { type Deployment, propose, untouched, wantedOf } from './changesets.ts';
import { type SecretTexts, storeSecrets } from './secrets.ts';

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
  Object.fromEntries(
    Object.entries(tags).filter(
      ([tag]) => tag.startsWith('patrol:') && tag !== 'patrol:template' && tag !== 'patrol:version',
    ),
  );

/** The values once it is known which secrets hold them. */
export const settled = (
  parameters: Readonly<Record<string, Setting>>,
  arns: Readonly<Record<string, string>>,
): Readonly<Record<string, ParameterInput>> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, setting]): [string, ParameterInput] => {
      if (typeof setting !== 'object') return [name, setting];
      const arn = arns[name];
      if (arn === undefined) throw new Error(`The secret of ${name} is not stored.`);
      return [name, arn];
    }),
  );
