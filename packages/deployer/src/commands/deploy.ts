/** `patrol-deploy <package>/<rule>`: brings the stack of a rule to where it is wanted. */
import { clockworkOf } from '../cloud/effects.ts';
import { resolve } from 'node:path';
import { type RuleManifest, stackNames } from '@patrol/core/contracts';
import type { Stack } from '../cloud/cloud.ts';
import type { CloudOptions } from '../cloud/options.ts';
import { driftOf } from '../cloud/states.ts';
import type { Applied } from '../engine/loop.ts';
import { rehearse } from '../engine/rehearse.ts';
import { type RuleDecider, RuleGoal, type RuleQuestion, type RuleState } from '../engine/rule.ts';
import type { FleetFile } from '../file/file.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { findArtifact, typedName } from '../packages/assembly.ts';
import { doingOf, type StackStep } from '../plan/step.ts';
import type { Outcome } from '../run/outcome.ts';
import { tellSecret } from '../stage/secrets.ts';
import type { Given } from '../template/values.ts';
import { defaultEnvironment, patrolCommand } from '../text/command.ts';
import { OperatorError } from '../text/errors.ts';
import { downgradeQuestion, valueNotes } from '../view/cautions.ts';
import { because } from '../view/reasons.ts';
import type { SecretOption } from '../want/settings.ts';
import { answersTo, secretTexts } from './answers.ts';
import {
  agreed,
  agreedDowngrade,
  type Consent,
  inPerson,
  orDryRun,
  requireConsent,
} from './consent.ts';
import { tellStep } from '../view/plan.ts';
import { effectsOf, isInteractive, type World } from './world.ts';

/** What `patrol-deploy <rule>` is told. */
export interface DeployOptions extends CloudOptions, Consent {
  readonly given: Given;
  /** The file of a fleet, as it was typed, that gives what `given` does not. */
  readonly from?: string;
  /** That of the file when left out, or else `production`. */
  readonly environment?: string | undefined;
  readonly dryRun?: boolean;
  /** Whether an older version of the rule may take the place of a newer one. */
  readonly allowDowngrade?: boolean;
  /** Secret parameters whose value is not given by reference. */
  readonly secrets?: readonly SecretOption[];
  /** Resources that the rollback of a failed update may leave out. */
  readonly skipResources?: readonly string[];
}

/** The same once it is known which environment the deployment is for. */
interface Options extends DeployOptions {
  readonly environment: string;
}

/** A command about a rule's stack. */
const commandFor = (
  command: 'info' | 'hook',
  rule: string,
  options: CloudOptions & { readonly environment: string },
  region: string,
): string =>
  patrolCommand(
    [command, rule],
    { ...options, region },
    command === 'hook' ? ['--org', 'NAME'] : [],
  );

/** How to see a rule's stack. */
export const lookCommand = (
  rule: string,
  options: CloudOptions & { readonly environment: string },
  region: string,
): string => `\`${commandFor('info', rule, options, region)}\``;

/** Deploys a rule: a plan of one step. */
export async function deploy(
  name: string,
  typed: DeployOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const artifact = findArtifact(name, world, typed);
  const file = await fileOf(typed, world);
  const environment = typed.environment ?? file?.fleet.environment ?? defaultEnvironment;
  const options: Options = { ...typed, environment };
  const cloud = await world.cloud(options);
  const { given, from = '', profile } = options;
  const rule = new RuleGoal(
    {
      artifact,
      environment,
      given,
      ...(file ? { from: { file, typed: from } } : {}),
      ...(profile === undefined ? {} : { profile }),
    },
    deciderOf(artifact.rule, options, world),
    {
      ...clockworkOf(world),
      cloud,
      tell,
      words: because,
      look: (region) => lookCommand(name, options, region),
      begin: world.holdInterrupts,
    },
  );
  if (options.dryRun) {
    const state = await rule.look();
    const { step } = state;
    if (step.verdict === 'refused' || doingOf(step) === 'recover') {
      throw new OperatorError(because(step.reasons));
    }
    show(state, options, tell);
    return dryRun(step, await rehearse(effectsOf(world, cloud, tell), step));
  }
  return rule.keepingStored(async () => {
    const applied = await rule.apply((state) => show(state, options, tell));
    const { step } = applied.state;
    const result = concluded(applied, rule.stored);
    const end = applied.outcomes[0]?.end;
    if (end?.success && end.stack) {
      follow(
        step,
        end.stack,
        commandFor('hook', typedName(artifact), options, step.target.place.region),
        tell,
      );
    }
    return result;
  });
}

/** Who decides about a rule: the operator, in a terminal or with `--yes`. */
function deciderOf(rule: RuleManifest, options: Options, world: World): RuleDecider {
  const { yes, secrets = [], skipResources: skip = [] } = options;
  const interactive = isInteractive(world, options);
  const agreeInPerson = inPerson(world, options);
  return {
    secretNames: secrets.map(({ name }) => name),
    secrets: () => secretTexts(secrets, rule, world, interactive),
    ...(interactive ? { answer: (settings) => answersTo(settings, !yes, world) } : {}),
    hint: interactive ? '' : 'In a terminal, `patrol-deploy` asks for missing values.',
    mayAgree: (question) => {
      if (question.about === 'stack') {
        const what = `${verbs[question.doing]} ${question.step.target.name}`;
        requireConsent(world, options, what, orDryRun);
      }
      return true;
    },
    agree: (question) => agreed(world, options, questionOf(question)),
    agreeOlder: ({ target }, downgrade) =>
      agreedDowngrade(world, options, downgradeQuestion(target.name, downgrade)),
    recovering: () => ({
      skip,
      agree: (question) => agreed(world, options, question),
      ...(agreeInPerson ? { agreeInPerson } : {}),
    }),
  };
}

/** Shows what will be done. What is refused is said by the error that ends the run. */
function show(
  { step, place, renamed, unread }: RuleState,
  { profile }: CloudOptions,
  tell: Tell,
): void {
  if (step.verdict === 'refused') return;
  for (const note of valueNotes(renamed, unread, step.target.name)) tell(note);
  tellStep(tell, step);
  for (const input of step.inputs) tell({ type: 'progress', message: tellSecret(input) });
  const drift = step.current && driftOf(step.current, place.region, profile);
  if (drift !== undefined) tell({ type: 'warning', ...drift });
}

/** The result. */
function concluded(
  { state, outcomes, isDeclined, recovered }: Applied<RuleState>,
  stored: RuleGoal['stored'],
): Result {
  const { step } = state;
  const [outcome] = outcomes;
  const before = { recovered, stored };
  const told = {
    ...(recovered.length > 0 ? { recovered } : {}),
    ...(stored.length > 0 ? { stored } : {}),
  };
  if (isDeclined || !outcome) return { ...declined(step, before), ...told };
  if (outcome.error) throw outcome.error;
  if (outcome.ended === 'refused') throw new OperatorError(outcome.message);
  const { end } = outcome;
  if (!end) return { ...unchanged(step, outcome, before), ...told };
  const { name } = step.target;
  const done = doingOf(step) === 'update' ? 'updated' : 'created';
  return {
    type: 'result',
    ok: end.success,
    did: doingOf(step) as Result['did'],
    stack: name,
    status: end.status,
    ...(end.stack || !end.success ? { stackId: end.stackId } : {}),
    ...(end.success && end.stack ? { outputs: end.stack.outputs } : {}),
    message: end.success ? `${name} was ${done}.` : outcome.message,
    ...(outcome.cause ? { cause: outcome.cause } : {}),
    ...told,
  };
}

/** Says that the webhook of a new stack has to be registered. */
function follow(step: StackStep, stack: Stack, register: string, tell: Tell): void {
  if (doingOf(step) === 'update' || !stack.outputs[stackNames.outputs.webhookUrl]) return;
  const message = `GitHub does not know the webhook yet. \`${register}\` registers it with an organisation.`;
  tell({ type: 'warning', message });
}

/** The file that the command line names. */
async function fileOf({ from }: DeployOptions, { cwd }: World): Promise<FleetFile | undefined> {
  if (from === undefined) return undefined;
  const { loadFleet } = await import('../file/load.ts');
  return loadFleet(resolve(cwd, from), from);
}

const verbs = { create: 'create', update: 'update', recreate: 'delete and recreate' } as const;

function questionOf(question: RuleQuestion): string {
  if (question.about === 'secret') {
    const { name, replaces } = question;
    return replaces ? `Replace the value of the secret ${name}?` : `Store the secret ${name}?`;
  }
  const verb = verbs[question.doing];
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${question.step.target.name}?`;
}

/** What was done before the stack was to be changed. */
interface Before {
  readonly recovered: readonly string[];
  readonly stored: readonly { readonly parameter: string }[];
}

const didBefore = ({ recovered, stored }: Before): 'recover' | 'secrets' | undefined =>
  recovered.length > 0 ? 'recover' : stored.length > 0 ? 'secrets' : undefined;

/** The result when nothing, or nothing more, was approved. */
function declined({ target: { name } }: StackStep, before: Before): Result {
  const words = {
    recover: `${name} was rolled back. Nothing else was changed.`,
    secrets: `The stack ${name} was not changed.`,
  };
  const did = didBefore(before);
  return {
    type: 'result',
    ok: false,
    did: did ?? 'none',
    stack: name,
    message: did ? words[did] : 'Nothing was changed.',
  };
}

/** The result when the stack is as it was. */
function unchanged(
  { target, current, verdict }: StackStep,
  { ended }: Outcome,
  before: Before,
): Result {
  const about = current
    ? { stackId: current.id, status: current.status, outputs: current.outputs }
    : {};
  const what =
    ended === 'kept' && verdict !== 'keep'
      ? `CloudFormation finds no difference in ${target.name}`
      : `${target.name} is up to date`;
  const names = before.stored.map(({ parameter }) => parameter).join(', ');
  const words = {
    recover: `${target.name} was rolled back. Nothing else was changed: ${what}.`,
    secrets: `Replaced the secret ${names}. The stack ${target.name} was already up to date.`,
  };
  const did = didBefore(before);
  return {
    type: 'result',
    ok: true,
    did: did ?? 'keep',
    stack: target.name,
    ...about,
    message: did ? words[did] : `Nothing changed: ${what}.`,
  };
}

/** The result of a dry run. */
function dryRun(step: StackStep, isSame: boolean): Result {
  const doing = doingOf(step);
  if (doing === 'keep' || isSame) {
    return {
      ...unchanged(step, { step, ended: 'kept', message: '' }, { recovered: [], stored: [] }),
      dryRun: true,
    };
  }
  return {
    type: 'result',
    ok: true,
    did: doing as Result['did'],
    stack: step.target.name,
    dryRun: true,
    message: 'Dry run: nothing was changed.',
  };
}
