/** `patrol-deploy <package>/<rule>`: brings the stack of a rule to where it is wanted. */
import { resolve } from 'node:path';
import { stackNames } from '@patrol/core/contracts';
import {
  apply,
  discard,
  type Override,
  type Prepared,
  prepare,
  propose,
  type Work,
} from '../run/apply.ts';
import { type Artifact, findArtifact, typedName } from '../packages/assembly.ts';
import { creationOf, shownChanges } from '../plan/changes.ts';
import type { ChangeSet, Cloud, Place, Stack } from '../cloud/cloud.ts';
import { agreed, inPerson } from './consent.ts';
import { patrolCommand } from '../text/command.ts';
import { OperatorError, UsageError } from '../text/errors.ts';
import type { FleetFile } from '../file/file.ts';
import { requireTopics, tellUnconfirmed } from '../destinations/heard.ts';
import { defaultEnvironment, stackName } from '../identity/naming.ts';
import { type Claim, claimRefusal, plan, refusal } from '../plan/stack.ts';
import { printable } from '../text/printable.ts';
import { recover } from '../run/recover.ts';
import {
  findSecrets,
  type PendingSecret,
  refuseSecret,
  storeSecrets,
  tellSecret,
} from '../stage/secrets.ts';
import { answered, requireSettled, type SecretOption, settle } from '../want/settings.ts';
import { conditionOf, driftOf, recoveryOf } from '../cloud/states.ts';
import { isInline, readTemplate, type Template } from '../template/template.ts';
import type { Ended } from '../run/watch.ts';
import { effectsOf, isInteractive, type World } from './world.ts';
import type { Result, Tell } from '../notes/tell.ts';
import type { Effects } from '../cloud/effects.ts';
import type { CloudOptions } from '../cloud/options.ts';
import { disagreementsOf } from '../template/agreement.ts';
import { failed } from '../run/failed.ts';
import type { Given, Ground, Question, Settings } from '../template/values.ts';

/** What `patrol-deploy <rule>` is told. */
export interface DeployOptions extends CloudOptions {
  readonly given: Given;
  /** The file of a fleet, as it was typed, that gives what `given` does not. */
  readonly from?: string;
  /** That of the file when left out, or else `production`. */
  readonly environment?: string;
  readonly yes: boolean;
  readonly json: boolean;
  readonly dryRun: boolean;
  /** Secret parameters whose value is not given by reference. */
  readonly secrets?: readonly SecretOption[];
  /** Resources that the rollback of a failed update may leave out. */
  readonly skip?: readonly string[];
}

/** The same once it is known which deployment of the rule is meant. */
interface Options extends DeployOptions {
  readonly environment: string;
}

/** A command about a rule's stack, as it is typed. */
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

/** How to look at a rule's stack. */
export const lookCommand = (
  rule: string,
  options: CloudOptions & { readonly environment: string },
  region: string,
): string => `\`${commandFor('info', rule, options, region)}\``;

/** Deploys a rule. */
export async function deploy(
  name: string,
  typed: DeployOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const artifact = findArtifact(name, world);
  const template = readTemplate(artifact);
  const file = await fileOf(typed, world);
  const environment = typed.environment ?? file?.fleet.environment ?? defaultEnvironment;
  const options: Options = { ...typed, environment };
  const stack = stackName(artifact.assembly.shortName, artifact.rule.name, environment);
  const cloud = await world.cloud(options);
  const [place, found] = await Promise.all([cloud.place(), cloud.stack(stack)]);
  const claim = { name: typedName(artifact), stack, place, environment };
  const strange = claimRefusal(claim, artifact, found);
  if (strange) throw new OperatorError(strange);
  const recovered = await ready(found, claim, options, world, cloud, tell);
  if (recovered === 'declined') return declined(stack);
  const standing = recovered;

  const refused = refusal(claim, artifact, standing);
  if (refused) throw new OperatorError(refused);
  const known = ['ready', 'broken'].includes(conditionOf(standing)) ? standing : undefined;
  const ground = { rule: artifact.rule, template, stack, place, standing: known };
  const given = await givenIn(file, options, { ...claim, artifact, template }, world, tell);
  const { values, secrets } = await decide(ground, { ...options, given }, world, cloud);
  await requireTopics(cloud, values);

  const step = plan({ ...claim, template, values }, artifact, standing);
  const { because } = step;
  const differences = 'differences' in step ? step.differences : [];
  const { region, account } = place;
  tell({ type: 'plan', do: step.do, stack, region, account, because, differences });
  for (const secret of secrets) tell({ type: 'progress', message: tellSecret(secret) });
  const drift = standing && driftOf(standing, region);
  if (drift !== undefined) tell({ type: 'warning', ...drift });
  if (step.do === 'refuse') throw new OperatorError(because);
  const deployment: Deployment = { stack, secrets, options, world };
  if (step.do === 'keep') {
    if (options.dryRun || secrets.length === 0) {
      return kept(step.standing, options.dryRun, upToDate(step.standing));
    }
    const effects = effectsOf(world, cloud, tell);
    const stored = await keepSecrets(effects, deployment, step.standing.tags);
    if (stored === 'declined') return declined(stack);
    return kept(step.standing, false, `${upToDate(step.standing)}, but for what its secrets hold`);
  }
  const look = lookCommand(name, options, region);
  const work: Work = { step, artifact, template, place, look };
  const effects = effectsOf(world, cloud, tell);
  return options.dryRun ? rehearse(effects, work) : carryOut(effects, work, deployment);
}

/** The file that the command line names. */
async function fileOf({ from }: DeployOptions, { cwd }: World): Promise<FleetFile | undefined> {
  if (from === undefined) return undefined;
  const { loadFleet } = await import('../file/load.ts');
  return loadFleet(resolve(cwd, from), from);
}

/** What the operator gives: on the command line, and in the file that it names. */
async function givenIn(
  file: FleetFile | undefined,
  { given, from = '' }: Options,
  about: Claim & { readonly artifact: Artifact; readonly template: Template },
  world: World,
  tell: Tell,
): Promise<Given> {
  if (file === undefined) return given;
  const { givenBy } = await import('../want/from.ts');
  const today = new Date(world.now()).toISOString().slice(0, 10);
  const found = givenBy(file, from, { ...about, today }, given);
  for (const message of found.notes) tell({ type: 'warning', message });
  return found.given;
}

/** What a deployment goes by, beside the work. */
interface Deployment {
  readonly stack: string;
  readonly secrets: readonly PendingSecret[];
  readonly options: Options;
  readonly world: World;
}

const declined = (stack: string): Result => ({
  type: 'result',
  ok: false,
  did: 'none',
  stack,
  message: 'Nothing was changed.',
});

/** Gets a stack into a state in which something can be done with it, as far as the operator wants that. */
async function ready(
  found: Stack | undefined,
  claim: Claim,
  options: Options,
  world: World,
  cloud: Cloud,
  tell: Tell,
): Promise<Stack | undefined | 'declined'> {
  if (options.dryRun) return found;
  const agreeInPerson = inPerson(world, options);
  let standing = found;
  // A rollback that was waited for may have failed; that is the end of it then.
  for (let round = 0; round < 3 && standing && recoveryOf(standing); round += 1) {
    const recovered: Stack | undefined | 'declined' = await recover(
      effectsOf(world, cloud, tell),
      standing,
      {
        look: lookCommand(claim.name, options, claim.place.region),
        skip: options.skip ?? [],
        agree: (question) => agreed(world, options, question),
        ...(agreeInPerson ? { agreeInPerson } : {}),
      },
    );
    if (recovered === 'declined') return recovered;
    standing = recovered;
  }
  return standing;
}

/** The values, asked for where somebody can be asked, and the secrets that are to be stored. */
async function decide(
  ground: Ground,
  options: DeployOptions,
  world: World,
  cloud: Cloud,
): Promise<{ values: Settings['values']; secrets: readonly PendingSecret[] }> {
  const interactive = isInteractive(world, options);
  const texts: Record<string, string> = {};
  let given: Given = withSecrets(options.given, ground.place, options.secrets ?? []);
  let settings = settle(ground, given);
  if (settings.problems.length === 0) {
    for (const option of options.secrets ?? []) {
      texts[option.name] = await secretText(option, ground, world, interactive);
    }
    if (interactive) {
      const answers: Record<string, string> = {};
      for (const question of settings.questions) {
        if (!question.required && options.yes) continue;
        const { name } = question;
        const answer = await answerTo(question, world);
        if ('secret' in answer) texts[name] = answer.secret;
        else answers[name] = answer.text;
      }
      given = answered(given, answers);
    }
  }
  const secrets = await findSecrets(
    { cloud },
    ground.place,
    ground.stack,
    settings.problems.length === 0 ? texts : {},
  );
  const arns = Object.fromEntries(secrets.map(({ parameter, arn }) => [parameter, arn]));
  settings = settle(ground, { ...given, secrets: { ...given.secrets, ...arns } });
  requireSettled(
    settings,
    interactive ? '' : 'In a terminal, `patrol-deploy` asks for what is missing.',
  );
  return { values: settings.values, secrets };
}

/** Until it is known where a secret lies, any reference to one stands for it. */
const withSecrets = (
  given: Given,
  { partition, region, account }: Place,
  options: readonly SecretOption[],
): Given => ({
  ...given,
  secrets: Object.fromEntries(
    options.map(({ name }) => [
      name,
      `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-XXXXXX`,
    ]),
  ),
});

type Answer = { readonly text: string } | { readonly secret: string };

/** Asks; a secret may be answered with itself, which does not appear on the screen, or with the ARN of one. */
async function answerTo(question: Question, world: World): Promise<Answer> {
  const { name, description, reason, initial, refuse } = question;
  const why = reason === undefined ? '' : ` The stack's value is no longer allowed: ${reason}`;
  const title = name === 'alerts' ? description : `${name}: ${description}`;
  const ask = await world.ask();
  if (!question.secret) {
    const start = initial === undefined ? {} : { initial };
    return { text: await ask.text({ message: printable(`${title}${why}`), refuse, ...start }) };
  }
  let wrong = '';
  for (;;) {
    const typed = await ask.secret(
      printable(
        `${wrong}${title}${why} Or the secret itself: it is not shown, and goes into Secrets Manager.`,
      ),
    );
    const isArn = typed.startsWith('arn:');
    const refused = isArn ? refuse(typed) : refuseSecret(typed);
    if (refused === undefined) return isArn ? { text: typed } : { secret: typed };
    wrong = `${refused} `;
  }
}

/** The value of a secret that is not on the command line. */
async function secretText(
  { name, from }: SecretOption,
  { rule }: Ground,
  world: World,
  interactive: boolean,
): Promise<string> {
  if (from === 'terminal') {
    if (!interactive) {
      throw new UsageError(
        `There is no terminal to ask in for the value of ${name}. Write it to standard input, with --secret ${name}=-.`,
      );
    }
    const description = rule.parameters[name]?.description ?? '';
    const refuse = (): undefined => undefined;
    const asked = await answerTo(
      { name, description, required: true, secret: true, refuse },
      world,
    );
    if ('secret' in asked) return asked.secret;
    throw new UsageError(`--secret ${name} expects the secret itself; give an ARN with --param.`);
  }
  const { stdin } = world.streams;
  if (Reflect.get(stdin, 'isTTY') === true) {
    throw new UsageError(
      `Standard input is a terminal, where the value of ${name} would be shown. Leave out =-: then it is asked for and not shown.`,
    );
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  // `echo` and editors end a text with a line break.
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  const wrong = refuseSecret(text);
  if (wrong) throw new UsageError(`--secret ${name}=-: ${wrong}`);
  return text;
}

/** Stores the secrets, after asking for those that hold something already, or for all. */
async function keepSecrets(
  effects: Effects,
  { stack, secrets, options, world }: Deployment,
  tags: Readonly<Record<string, string>>,
  all = true,
): Promise<Override | 'declined'> {
  for (const { name, exists } of secrets) {
    if (!exists && !all) continue;
    const question = exists
      ? `Replace what the secret ${name} holds?`
      : `Store the secret ${name}?`;
    if (!(await agreed(world, options, question))) return 'declined';
  }
  const own = Object.fromEntries(
    Object.entries(tags).filter(
      ([tag]) => tag.startsWith('patrol:') && tag !== 'patrol:template' && tag !== 'patrol:version',
    ),
  );
  return storeSecrets(effects, stack, own, secrets);
}

/** The result when there is nothing to do. */
const kept = ({ id, name, status, outputs }: Stack, dryRun: boolean, why: string): Result => ({
  type: 'result',
  ok: true,
  did: 'keep',
  stack: name,
  stackId: id,
  status,
  outputs,
  ...(dryRun ? { dryRun } : {}),
  message: `Nothing changed: ${why}.`,
});
const upToDate = ({ name }: Stack): string => `${name} is up to date`;
const noDifference = ({ name }: Stack): string => `CloudFormation finds no difference in ${name}`;

/** Shows what a creation makes. */
function tellCreation({ tell }: Effects, { step, template, artifact }: Work): void {
  const values = Object.entries(step.parameters).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : undefined,
  ]);
  const shown = creationOf(template, Object.fromEntries(values));
  tell({ type: 'changes', stack: step.stack, ...shown, ...disagreementsOf(artifact, template) });
}

/** Shows what a change set does. */
function tellChanges({ tell }: Effects, work: Work, { changes }: ChangeSet): void {
  const { step, template, artifact } = work;
  const standing = step.do === 'update' ? step.standing : undefined;
  const shown = shownChanges(changes, template, standing);
  tell({ type: 'changes', stack: step.stack, ...shown, ...disagreementsOf(artifact, template) });
}

/** Stands for the version that code will have once it is uploaded. */
const versionToCome = 'known-after-upload';

/** Shows what would be done, and leaves nothing behind. */
async function rehearse(effects: Effects, work: Work): Promise<Result> {
  const { step, template } = work;
  const { tell } = effects;
  const result = {
    type: 'result',
    ok: true,
    did: step.do,
    stack: step.stack,
    dryRun: true,
    message: 'Dry run: nothing was changed.',
  } as const;
  if (step.do !== 'update') {
    tellCreation(effects, work);
    return result;
  }
  if (!isInline(template)) {
    const message =
      'The template is so large that CloudFormation takes it from the artifact bucket only; a dry run uploads nothing, so that the changes of single resources cannot be shown.';
    tell({ type: 'warning', message });
    tell({
      type: 'changes',
      stack: step.stack,
      changes: [],
      statements: [],
      untold: [],
      ...disagreementsOf(work.artifact, template),
    });
    return result;
  }
  const { codeVersion } = stackNames.parameters;
  const isNew = Object.hasOwn(template.parameters, codeVersion) && !step.parameters[codeVersion];
  const parameters = { ...step.parameters, ...(isNew ? { [codeVersion]: versionToCome } : {}) };
  const changeSet = await propose(effects, { ...work, step: { ...step, parameters } });
  if (!changeSet) return kept(step.standing, true, noDifference(step.standing));
  await discard(effects, work, changeSet);
  tellChanges(effects, work, changeSet);
  return result;
}

async function carryOut(effects: Effects, work: Work, deployment: Deployment): Promise<Result> {
  const { options, world } = deployment;
  const { step } = work;
  if (!options.yes && !isInteractive(world, options)) {
    throw new UsageError(
      `There is no terminal to ask in whether to ${verbs[step.do]} ${step.stack}. Add --yes to do it without asking, or --dry-run to see what would be done.`,
    );
  }
  return step.do === 'update'
    ? update(effects, work, deployment, step.standing)
    : create(effects, work, deployment);
}

/** A creation: nothing is made before it is agreed to, and so the template says what it makes. */
async function create(effects: Effects, work: Work, deployment: Deployment): Promise<Result> {
  const { step } = work;
  const { world, options } = deployment;
  tellCreation(effects, work);
  if (!(await agreed(world, options, questionOf(step)))) return declined(step.stack);
  const override = await keepSecrets(effects, deployment, step.tags, false);
  if (override === 'declined') return declined(step.stack);
  const prepared = await prepare(effects, work, override);
  return conclude(effects, work, deployment, await apply(effects, prepared));
}

/** An update: its change set can only be made, and looked at, once code and secrets are where they will be. */
async function update(
  effects: Effects,
  work: Work,
  deployment: Deployment,
  standing: Stack,
): Promise<Result> {
  const override = await keepSecrets(effects, deployment, work.step.tags);
  if (override === 'declined') return declined(standing.name);
  const prepared = await prepare(effects, work, override);
  const changeSet = await propose(effects, prepared);
  if (!changeSet) return kept(standing, false, noDifference(standing));
  tellChanges(effects, work, changeSet);
  if (!(await wanted(effects, prepared, changeSet, deployment))) {
    return { ...declined(standing.name), message: `The stack ${standing.name} was not changed.` };
  }
  return conclude(effects, work, deployment, await apply(effects, prepared, changeSet));
}

/** What became of it. */
async function conclude(
  effects: Effects,
  work: Work,
  { options }: Deployment,
  ended: Ended | undefined,
): Promise<Result> {
  const { step } = work;
  if (!ended) {
    return {
      type: 'result',
      ok: true,
      did: 'keep',
      stack: step.stack,
      message: 'Nothing changed.',
    };
  }
  if (!ended.success) return failed(step, ended);
  if (ended.stack) await tellUnconfirmed(effects.cloud, ended.stack, effects.tell);
  if (step.do !== 'update' && ended.stack?.outputs[stackNames.outputs.webhookUrl]) {
    const register = commandFor('hook', typedName(work.artifact), options, work.place.region);
    const message = `GitHub does not know of it yet: \`${register}\` registers the webhook with an organisation.`;
    effects.tell({ type: 'warning', message });
  }
  return {
    type: 'result',
    ok: true,
    did: step.do,
    stack: step.stack,
    status: ended.status,
    ...(ended.stack ? { stackId: ended.stack.id, outputs: ended.stack.outputs } : {}),
    message: `${step.stack} is ${step.do === 'update' ? 'updated' : 'created'}.`,
  };
}

const verbs = { create: 'create', update: 'update', recreate: 'delete and create anew' } as const;

const questionOf = ({ do: verb, stack }: Work['step']): string =>
  `${verbs[verb].charAt(0).toUpperCase()}${verbs[verb].slice(1)} ${stack}?`;

/** Asks whether to go on; a change set that is not wanted, or that nobody answers for, is taken back. */
async function wanted(
  effects: Effects,
  work: Prepared,
  changeSet: ChangeSet,
  { world, options }: Deployment,
): Promise<boolean> {
  let yes = false;
  try {
    yes = await agreed(world, options, questionOf(work.step));
  } finally {
    if (!yes) await discard(effects, work, changeSet);
  }
  return yes;
}
