/** `patrol-deploy <package>/<rule>`: brings the stack of a rule to where it is wanted. */
import { stackNames } from '@patrol/core/manifest';
import { apply, discard, propose, type Work } from '../apply.ts';
import { findArtifact, typedName } from '../assembly.ts';
import { rootCause } from '../cause.ts';
import type { ChangeSet, ResourceChange, Stack } from '../cloud.ts';
import { OperatorError, UsageError } from '../errors.ts';
import { requireTopics, tellUnheard } from '../heard.ts';
import { defaultEnvironment, stackName } from '../naming.ts';
import { plan, refusal } from '../plan.ts';
import { printable } from '../printable.ts';
import type { Result, Tell } from '../report.ts';
import {
  answered,
  type Given,
  type Ground,
  requireSettled,
  type Settings,
  settle,
} from '../settings.ts';
import { conditionOf } from '../states.ts';
import { isInline, readTemplate, type Template } from '../template.ts';
import type { Ended, Effects } from '../watch.ts';
import { type CloudOptions, effectsOf, isInteractive, type World } from '../world.ts';

/** What `patrol-deploy <rule>` is told. */
export interface DeployOptions extends CloudOptions {
  readonly given: Given;
  readonly environment: string;
  readonly yes: boolean;
  readonly json: boolean;
  readonly dryRun: boolean;
}

/** A command about a rule's stack, as it is typed. */
export const commandFor = (
  command: 'info' | 'hook',
  rule: string,
  options: CloudOptions & { readonly environment: string },
  region: string,
): string =>
  [
    `patrol-deploy ${command} ${rule} --region ${region}`,
    options.environment === defaultEnvironment ? '' : ` --env ${options.environment}`,
    options.profile === undefined ? '' : ` --profile ${options.profile}`,
    command === 'hook' ? ' --org NAME' : '',
  ].join('');

/** How to look at a rule's stack. */
export const lookCommand = (
  rule: string,
  options: CloudOptions & { readonly environment: string },
  region: string,
): string => `\`${commandFor('info', rule, options, region)}\``;

/** Deploys a rule. */
export async function deploy(
  name: string,
  options: DeployOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const artifact = findArtifact(name, world.cwd);
  const template = readTemplate(artifact);
  const { environment } = options;
  const stack = stackName(artifact.assembly.shortName, artifact.rule.name, environment);
  const cloud = await world.cloud(options);
  const [place, standing] = await Promise.all([cloud.place(), cloud.stack(stack)]);

  const claim = { name: typedName(artifact), stack, place, environment };
  const refused = refusal(claim, artifact, standing);
  if (refused) throw new OperatorError(refused);
  const known = ['ready', 'broken'].includes(conditionOf(standing)) ? standing : undefined;
  const ground = { rule: artifact.rule, template, stack, place, standing: known };
  const values = await decide(ground, options, world);
  await requireTopics(cloud, values);

  const step = plan({ ...claim, template, values }, artifact, standing);
  const { because } = step;
  const differences = 'differences' in step ? step.differences : [];
  const { region, account } = place;
  tell({ type: 'plan', do: step.do, stack, region, account, because, differences });
  if (step.do === 'refuse') throw new OperatorError(because);
  if (step.do === 'keep') return kept(step.standing, options.dryRun, upToDate(step.standing));
  const look = lookCommand(name, options, region);
  const work: Work = { step, artifact, template, place, look };
  const effects = effectsOf(world, cloud, tell);
  return options.dryRun ? rehearse(effects, work) : carryOut(effects, work, options, world);
}

/** The values, asked for where somebody can be asked. */
async function decide(
  ground: Ground,
  options: DeployOptions,
  world: World,
): Promise<Settings['values']> {
  let settings = settle(ground, options.given);
  const interactive = isInteractive(world, options);
  if (interactive && settings.problems.length === 0) {
    const answers: Record<string, string> = {};
    for (const question of settings.questions) {
      if (!question.required && options.yes) continue;
      const { name, description, reason, initial, refuse } = question;
      const why = reason === undefined ? '' : ` The stack's value is no longer allowed: ${reason}`;
      const title = name === 'alerts' ? description : `${name}: ${description}`;
      const start = initial === undefined ? {} : { initial };
      answers[name] = await (
        await world.ask()
      ).text({ message: printable(`${title}${why}`), refuse, ...start });
    }
    settings = settle(ground, answered(options.given, answers));
  }
  requireSettled(
    settings,
    interactive ? '' : 'In a terminal, `patrol-deploy` asks for what is missing.',
  );
  return settings.values;
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

const added = ({ resources }: Template): readonly ResourceChange[] =>
  Object.entries(resources).map(([resource, { Type, Condition }]) => ({
    action: 'Add',
    resource,
    type: Condition === undefined ? Type : `${Type} (if ${Condition})`,
    properties: [],
  }));

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
    tell({ type: 'changes', stack: step.stack, changes: added(template) });
    return result;
  }
  if (!isInline(template)) {
    const message =
      'The template is so large that CloudFormation takes it from the artifact bucket only; a dry run uploads nothing, so that the changes of single resources cannot be shown.';
    tell({ type: 'warning', message });
    return result;
  }
  const changeSet = await propose(effects, work);
  if (!changeSet) return kept(step.standing, true, noDifference(step.standing));
  await discard(effects, work, changeSet);
  tell({ type: 'changes', stack: step.stack, changes: changeSet.changes });
  return result;
}

async function carryOut(
  effects: Effects,
  work: Work,
  options: DeployOptions,
  world: World,
): Promise<Result> {
  const { step, template } = work;
  const interactive = isInteractive(world, options);
  if (!options.yes && !interactive) {
    throw new UsageError(
      `There is no terminal to ask in whether to ${verbs[step.do]} ${step.stack}. Add --yes to do it without asking, or --dry-run to see what would be done.`,
    );
  }
  const changeSet = step.do === 'update' ? await propose(effects, work) : undefined;
  if (step.do === 'update' && !changeSet) {
    return kept(step.standing, false, noDifference(step.standing));
  }
  const changes = changeSet?.changes ?? added(template);
  effects.tell({ type: 'changes', stack: step.stack, changes });
  if (!options.yes && !(await agreed(effects, work, changeSet, world))) {
    const message = 'Nothing was changed.';
    return { type: 'result', ok: false, did: 'none', stack: step.stack, message };
  }
  const ended = await apply(effects, work, changeSet);
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
  if (ended.stack) await tellUnheard(effects.cloud, ended.stack, effects.tell);
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

/** Asks whether to go on; a change set that is not wanted, or that nobody answers for, is taken back. */
async function agreed(
  effects: Effects,
  work: Work,
  changeSet: ChangeSet | undefined,
  world: World,
): Promise<boolean> {
  const { step } = work;
  const verb = verbs[step.do];
  let yes = false;
  try {
    const ask = await world.ask();
    yes = await ask.confirm(`${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${step.stack}?`);
  } finally {
    if (!yes && changeSet) await discard(effects, work, changeSet);
  }
  return yes;
}

function failed(step: Work['step'], { status, stackId, events }: Ended): Result {
  const cause = rootCause(events, stackId);
  const left: Readonly<Record<string, string>> = {
    DELETE_COMPLETE: 'CloudFormation removed what it had created; nothing is left.',
    UPDATE_ROLLBACK_COMPLETE: 'CloudFormation restored what stood before.',
    ROLLBACK_COMPLETE: 'An empty stack is left; the next deployment deletes it, after asking.',
  };
  const after =
    left[status] ?? `It is in the state ${status} now; deploy again to hear what to do about that.`;
  const message = `${step.stack} could not be ${step.do === 'update' ? 'updated' : 'created'}. ${after}`;
  return {
    type: 'result',
    ok: false,
    did: step.do,
    stack: step.stack,
    status,
    stackId,
    message,
    ...(cause ? { cause } : {}),
  };
}
