/** `patrol-deploy <package>/<rule>`: brings the stack of a rule to where it is wanted. */
import { resolve } from 'node:path';
import { stackNames } from '@patrol/core/contracts';
import { type Cloud, CloudError, explain, type Place, type Stack } from '../cloud/cloud.ts';
import type { CloudOptions } from '../cloud/options.ts';
import { conditionOf, driftOf } from '../cloud/states.ts';
import { requireTopics, tellUnconfirmed } from '../destinations/heard.ts';
import { withDefaults } from '../engine/defaults.ts';
import { Engine } from '../engine/engine.ts';
import { apply, type Applied, type Dialogue, isKnown, type State } from '../engine/loop.ts';
import { rehearse } from '../engine/rehearse.ts';
import type { FleetFile } from '../file/file.ts';
import { stackName } from '../identity/naming.ts';
import type { NoteOf } from '../notes/lines.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { type Artifact, findArtifact, typedName } from '../packages/assembly.ts';
import { beforehand, planStack } from '../plan/stack.ts';
import { doingOf, type StackStep } from '../plan/step.ts';
import type { Outcome } from '../run/outcome.ts';
import { StackRunner } from '../run/regions.ts';
import { findSecrets, type SecretTexts, tellSecret } from '../stage/secrets.ts';
import { ruleContent } from '../template/content.ts';
import { renamedIn } from '../template/renames.ts';
import { readTemplate } from '../template/template.ts';
import type { Given, Ground, Settings } from '../template/values.ts';
import { defaultEnvironment, patrolCommand } from '../text/command.ts';
import { OperatorError, UnfinishedError, UsageError } from '../text/errors.ts';
import { downgradeQuestion, renamedNote, undecidedNote } from '../view/cautions.ts';
import { because } from '../view/reasons.ts';
import { answered, requireSettled, type SecretOption, settle } from '../want/settings.ts';
import type { About as GivenAbout } from '../want/from.ts';
import type { Wanted } from '../want/stack.ts';
import { type Answers, answersTo, secretText } from './answers.ts';
import { agreed, agreedDowngrade, inPerson } from './consent.ts';
import { tellStep } from './plan.ts';
import { effectsOf, isInteractive, type World } from './world.ts';

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
  /** Whether an older version of the rule may take the place of a newer one. */
  readonly allowDowngrade?: boolean;
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

/** Deploys a rule: a plan of one step. */
export async function deploy(
  name: string,
  typed: DeployOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const artifact = findArtifact(name, world);
  const file = await fileOf(typed, world);
  const environment = typed.environment ?? file?.fleet.environment ?? defaultEnvironment;
  const options: Options = { ...typed, environment };
  const stack = stackName(artifact.assembly.shortName, artifact.rule.name, environment);
  const cloud = await world.cloud(options);
  const rule = new RuleGoal({ name, artifact, stack, file, options, world, cloud, tell });
  if (options.dryRun) {
    const state = await rule.look();
    if (doingOf(state.step) === 'recover') throw new OperatorError(because(state.step.reasons));
    rule.show(state);
    const effects = effectsOf(world, cloud, tell);
    return dryRun(state.step, await rehearse(effects, state.step));
  }
  return rule.deploy();
}

/** What there is of a rule's stack, and what has to be done with it. */
interface RuleState extends State {
  readonly step: StackStep;
  readonly place: Place;
  /** What there is to say of its values. */
  readonly warnings: readonly Warning[];
}

type Warning = NoteOf<'warning'>;

const stateOf = (step: StackStep, warnings: readonly Warning[] = []): RuleState => ({
  plan: { steps: [step], notes: [] },
  step,
  place: step.target.place,
  warnings,
});

/** What a rule's deployment goes by. */
interface About {
  readonly name: string;
  readonly artifact: Artifact;
  readonly stack: string;
  readonly file: FleetFile | undefined;
  readonly options: Options;
  readonly world: World;
  readonly cloud: Cloud;
  readonly tell: Tell;
}

/** A rule that is to be deployed by itself. */
class RuleGoal {
  readonly #about: About;
  /** The values that secrets are to hold; asked for once. */
  #secrets: SecretTexts = {};
  /** What was stored: it is told of whatever becomes of the rest. */
  readonly #stored: { parameter: string; secret: string }[] = [];

  constructor(about: About) {
    this.#about = about;
  }

  /** Brings the stack to where it is wanted. */
  async deploy(): Promise<Result> {
    try {
      const goal = { look: () => this.look(), engine: () => this.#engine() };
      return await this.#conclude(await apply(goal, this.#dialogue()));
    } catch (error) {
      // What was stored is told of, whatever ended the run.
      if (this.#stored.length === 0 || !isKnown(error)) throw error;
      const message = error instanceof CloudError ? explain(error) : error.message;
      throw new UnfinishedError(message, error, this.#stored);
    }
  }

  /** Looks at the stack, settles its values, which may be asked for, and plans. */
  async look(): Promise<RuleState> {
    const { artifact, stack, cloud, options, world, tell, file } = this.#about;
    const [place, current] = await Promise.all([cloud.place(), cloud.stack(stack)]);
    const template = readTemplate(artifact);
    const content = ruleContent(artifact, template);
    const claim = { content, stack, place, environment: options.environment };
    const first = beforehand(claim, current);
    if (first?.verdict === 'refused') throw new OperatorError(because(first.reasons));
    if (first) return stateOf(first);
    const hasValues = ['ready', 'broken'].includes(conditionOf(current));
    const start: Ground = {
      rule: artifact.rule,
      template,
      stack,
      place,
      standing: hasValues ? current : undefined,
    };
    const about = { name: typedName(artifact), stack, place, environment: options.environment };
    const given = await givenIn(file, options, { ...about, artifact, template }, world, tell);
    const warnings: Warning[] = renamedIn(given.parameters, artifact.rule.parameters).map(
      renamedNote,
    );
    const { ground, unread } = await withDefaults(cloud, start, given.parameters);
    if (unread) warnings.push({ ...undecidedNote(unread.why, unread.values), stack });
    const { values, secrets } = await decide(ground, { ...options, given }, world);
    this.#secrets = secrets;
    await requireTopics(cloud, values);
    const inputs = await findSecrets(cloud, place, stack, Object.keys(secrets));
    const { defaults } = ground;
    const wanted: Wanted = { ...claim, values, ...(defaults ? { defaults } : {}) };
    return stateOf(planStack(wanted, current, inputs), warnings);
  }

  /** Who carries the step out. */
  #engine(): Engine {
    const { world, cloud, options, name } = this.#about;
    const { sleep, signal, now, unique } = world;
    world.holdInterrupts();
    const stacks = new StackRunner(
      { cloudAt: () => Promise.resolve(cloud), tell: this.#tell, sleep, signal, now, unique },
      {
        several: false,
        secrets: this.#secrets,
        look: ({ target }) => lookCommand(name, options, target.place.region),
        recovering: {
          skip: options.skip ?? [],
          agree: (question) => agreed(world, options, question),
          ...(this.#inPerson ? { agreeInPerson: this.#inPerson } : {}),
        },
      },
    );
    return new Engine({ stacks }, because, signal);
  }

  get #inPerson(): ReturnType<typeof inPerson> {
    return inPerson(this.#about.world, this.#about.options);
  }

  readonly #tell: Tell = (note) => {
    if (note.type === 'progress' && note.stored) this.#stored.push(note.stored);
    this.#about.tell(note);
  };

  #dialogue(): Dialogue<RuleState> {
    return {
      show: (state) => this.show(state),
      approve: (state, engine) => this.#approve(state, engine),
      unrecovered: ({ error }) => {
        if (error) throw error;
      },
      unfinished: () => undefined,
    };
  }

  /** Shows what will be done. */
  show({ step, place, warnings }: RuleState): void {
    const { tell } = this.#about;
    for (const warning of warnings) tell(warning);
    tellStep(tell, step);
    for (const input of step.inputs) tell({ type: 'progress', message: tellSecret(input) });
    const drift = step.current && driftOf(step.current, place.region);
    if (drift !== undefined) tell({ type: 'warning', ...drift });
  }

  async #approve(state: RuleState, engine: Engine): Promise<RuleState | undefined> {
    const { step } = state;
    const { options, world } = this.#about;
    if (step.verdict === 'keep') return state;
    const doing = doingOf(step);
    if (doing === 'keep') return (await this.#mayStore(step, true)) ? state : undefined;
    if (doing !== 'create' && doing !== 'update' && doing !== 'recreate') {
      throw new OperatorError(because(step.reasons));
    }
    if (!options.yes && !isInteractive(world, options)) {
      throw new UsageError(
        `There is no terminal to ask in whether to ${verbs[doing]} ${step.target.name}. Add --yes to do it without asking, or --dry-run to see what would be done.`,
      );
    }
    const { downgrade } = step.cautions;
    if (downgrade) {
      const { name } = step.target;
      const question = downgradeQuestion(name, downgrade);
      const isAgreed = await agreedDowngrade(world, options, question);
      if (isAgreed === undefined) {
        throw new OperatorError(because([{ code: 'older', name, downgrade }]));
      }
      if (!isAgreed) return undefined;
    }
    // The change set of an update can only be made, and looked at, once code and secrets are where they will be.
    if (doing === 'update' && !(await this.#mayStore(step, true))) return undefined;
    await engine.stage(state.plan);
    const staged = engine.staged(step);
    if (doing === 'update' && !staged?.changeSet) return state;
    if (!(await agreed(world, options, questionOf(doing, step)))) return undefined;
    return doing === 'update' || (await this.#mayStore(step, false)) ? state : undefined;
  }

  /** Whether secrets may be stored: all of them, or those that replace something. */
  async #mayStore({ inputs }: StackStep, all: boolean): Promise<boolean> {
    const { world, options } = this.#about;
    for (const { name, arn } of inputs) {
      if (arn === undefined && !all) continue;
      const question =
        arn === undefined ? `Store the secret ${name}?` : `Replace what the secret ${name} holds?`;
      if (!(await agreed(world, options, question))) return false;
    }
    return true;
  }

  /** What became of it. */
  async #conclude({ state, outcomes, isDeclined }: Applied<RuleState>): Promise<Result> {
    const { step } = state;
    const [outcome] = outcomes;
    const stored = this.#stored.length > 0 ? { stored: this.#stored } : {};
    if (isDeclined || !outcome) {
      return { ...declined(step, this.#stored), ...stored };
    }
    if (outcome.error) throw outcome.error;
    const { end } = outcome;
    if (!end) return { ...unchanged(step, outcome, this.#stored), ...stored };
    if (end.success) await this.#follow(step, end.stack);
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
      message: end.success ? `${name} is ${done}.` : outcome.message,
      ...(outcome.cause ? { cause: outcome.cause } : {}),
      ...stored,
    };
  }

  /** What the operator has to do now that a stack is as it is wanted. */
  async #follow(step: StackStep, stack: Stack | undefined): Promise<void> {
    const { cloud, tell, artifact, options } = this.#about;
    if (!stack) return;
    await tellUnconfirmed(cloud, stack, tell);
    if (doingOf(step) === 'update' || !stack.outputs[stackNames.outputs.webhookUrl]) return;
    const { region } = step.target.place;
    const register = commandFor('hook', typedName(artifact), options, region);
    const message = `GitHub does not know of it yet: \`${register}\` registers the webhook with an organisation.`;
    tell({ type: 'warning', message });
  }
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
  about: Omit<GivenAbout, 'today'>,
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

/** The values, asked for where somebody can be asked, and those that secrets are to hold. */
async function decide(
  ground: Ground,
  options: DeployOptions,
  world: World,
): Promise<{ readonly values: Settings['values']; readonly secrets: SecretTexts }> {
  const interactive = isInteractive(world, options);
  const secrets: Record<string, string> = {};
  const named = (options.secrets ?? []).map(({ name }) => name);
  let given: Given = { ...options.given, secrets: named };
  let settings = settle(ground, given);
  if (settings.problems.length === 0) {
    for (const option of options.secrets ?? []) {
      secrets[option.name] = await secretText(option, ground.rule, world, interactive);
    }
    if (interactive && settings.questions.length > 0) {
      const answers: Answers = await answersTo(settings, !options.yes, world);
      Object.assign(secrets, answers.secrets);
      given = { ...answered(given, answers.texts), secrets: Object.keys(secrets) };
      settings = settle(ground, given);
    }
  }
  requireSettled(
    settings,
    interactive ? '' : 'In a terminal, `patrol-deploy` asks for what is missing.',
  );
  return { values: settings.values, secrets };
}

const verbs = { create: 'create', update: 'update', recreate: 'delete and create anew' } as const;

const questionOf = (verb: keyof typeof verbs, { target }: StackStep): string =>
  `${verbs[verb].charAt(0).toUpperCase()}${verbs[verb].slice(1)} ${target.name}?`;

/** The result when nothing, or nothing more, was approved. */
const declined = ({ target }: StackStep, stored: readonly unknown[]): Result => ({
  type: 'result',
  ok: false,
  did: stored.length > 0 ? 'secrets' : 'none',
  stack: target.name,
  message: stored.length > 0 ? `The stack ${target.name} was not changed.` : 'Nothing was changed.',
});

/** The result when the stack is as it was. */
function unchanged(
  { target, current, verdict }: StackStep,
  { ended }: Outcome,
  stored: readonly { readonly parameter: string }[],
): Result {
  const about = current
    ? { stackId: current.id, status: current.status, outputs: current.outputs }
    : {};
  const what =
    ended === 'kept' && verdict !== 'keep'
      ? `CloudFormation finds no difference in ${target.name}`
      : `${target.name} is up to date`;
  const names = stored.map(({ parameter }) => parameter).join(', ');
  return {
    type: 'result',
    ok: true,
    did: stored.length > 0 ? 'secrets' : 'keep',
    stack: target.name,
    ...about,
    message:
      stored.length > 0
        ? `Replaced the secret ${names}. The stack ${target.name} was already up to date.`
        : `Nothing changed: ${what}.`,
  };
}

/** The result of a dry run. */
function dryRun(step: StackStep, isSame: boolean): Result {
  const doing = doingOf(step);
  if (doing === 'keep' || isSame) {
    return { ...unchanged(step, { step, ended: 'kept', message: '' }, []), dryRun: true };
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
