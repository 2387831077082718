/** A rule that is deployed by itself: a plan of one step. Who is asked, and how, is given. */
import { resolve } from 'node:path';
import { explain, isKnown, type Place } from '../cloud/cloud.ts';
import { clockworkOf } from '../cloud/effects.ts';
import type { CloudOptions } from '../cloud/options.ts';
import { conditionOf } from '../cloud/states.ts';
import { requireTopics } from '../destinations/confirmed.ts';
import { subscriptionsOf, tellSubscriptions } from '../destinations/fleet.ts';
import { roleArn, stackName, withBucket } from '../identity/naming.ts';
import { stackNames } from '@patrol/core/contracts';
import type { Downgrade } from '../notes/parts.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { type Artifact, typedName } from '../packages/assembly.ts';
import { beforehand, planStack } from '../plan/stack.ts';
import { doingOf, type StackStep, stackSteps, withoutDowngrades } from '../plan/step.ts';
import type { Outcome } from '../run/outcome.ts';
import type { Recovering } from '../run/recover.ts';
import { stackRunner } from '../run/regions.ts';
import { findSecrets, type SecretTexts } from '../stage/secrets.ts';
import { type NamesFile, readTemplate, ruleContent } from '../template/template.ts';
import { type Renamed, renamedIn } from '../template/renames.ts';
import type { Given, Ground, Settings } from '../destinations/values.ts';
import { defaultEnvironment, patrolCommand, type RunScope } from '../text/command.ts';
import { UnfinishedError } from '../text/errors.ts';
import { compact, type Texts } from '../text/records.ts';
import type { About as GivenAbout } from '../want/from.ts';
import { warningOf } from '../view/sentences/remarks.ts';
import { answered, requireSettled, settle } from '../want/settings.ts';
import type { Wanted } from '../want/stack.ts';
import { withinBuses } from './buses.ts';
import { withReverts } from './drift.ts';
import { withItems } from './items.ts';
import { type Unread, withDefaults } from './defaults.ts';
import { type Engine, engineOf } from './engine.ts';
import type { Outside } from './look.ts';
import { apply, type Applied, type State } from './loop.ts';

/** A rule's stack, and what to do with it. */
export interface RuleState extends State {
  readonly step: StackStep;
  readonly place: Place;
  /** Parameters that are given by a former name. */
  readonly renamed: readonly Renamed[];
  /** Values of the stack that may be old defaults, and why nobody can tell. */
  readonly unread?: Unread;
}

/** What was answered: texts of parameters, and values that go into Secrets Manager, by parameter. */
export interface Answers {
  readonly texts: Texts;
  readonly secrets: SecretTexts;
}

/** What is asked of a rule that is deployed by itself. */
export interface RuleAsked extends CloudOptions {
  readonly given: Given;
  /** The file of a fleet, as it was typed, that gives what `given` does not. */
  readonly from?: string | undefined;
  /** Tags of the stack. Those that it has stay. */
  readonly tags?: Texts | undefined;
  /** The name of the role with which CloudFormation works on the stack; as it is when left out. */
  readonly cloudFormationRole?: string | undefined;
  /** Whether termination protection is turned on; for a rule that watches the others when left out. */
  readonly terminationProtection?: boolean | undefined;
  /** The bucket for the code; that of the stack, or else Patrol's own, when left out. */
  readonly artifactBucket?: string | undefined;
  /** The KMS key that encrypts the code in the bucket. */
  readonly artifactKey?: string | undefined;
  /** That of the file when left out, or else `production`. */
  readonly environment?: string | undefined;
}

/** What has to be agreed to: a change of the stack, or that a value goes into Secrets Manager. */
export type RuleQuestion =
  | {
      readonly about: 'stack';
      readonly doing: 'create' | 'update' | 'recreate';
      readonly step: StackStep;
    }
  | { readonly about: 'secret'; readonly name: string; readonly replaces: boolean };

/** Who decides about a rule's stack. */
export interface RuleDecider {
  /** The parameters of which a value is given that a secret is to hold. */
  readonly secretNames: readonly string[];
  /** These values. They are asked for once it is known that nothing else is wrong. */
  readonly secrets: () => Promise<SecretTexts>;
  /** Answers the questions of settings; absent where nobody can. */
  readonly answer?: (settings: Settings) => Promise<Answers>;
  /** What is said besides what is missing. */
  readonly hint: string;
  /** Called before anything is made to be shown. Whether there is somebody who may agree. */
  readonly mayAgree: (question: RuleQuestion) => boolean;
  readonly agree: (question: RuleQuestion, state: RuleState) => Promise<boolean>;
  /** Whether an older version may take the place of a newer one; `undefined` where nobody can say. */
  readonly agreeOlder: (step: StackStep, downgrade: Downgrade) => Promise<boolean | undefined>;
  /** How a stack is taken out of a state in which nothing can be done with it. */
  readonly recovering: (state: RuleState) => Recovering;
}

/** What deploying a rule needs beside what is asked. */
export interface RuleEffects {
  readonly outside: Outside;
  readonly tell: Tell;
  /** Called before anything may be changed. */
  readonly begin?: () => void;
}

/** How to see a rule's stack. */
export const lookCommand = (rule: string, scope: RunScope): string =>
  `\`${patrolCommand(['info', rule], scope)}\``;

/** A secret in which a value was stored. */
export type Stored = NonNullable<Result['stored']>[number];

const stateOf = (step: StackStep, renamed: readonly Renamed[] = [], unread?: Unread): RuleState => {
  const { place } = step.target;
  return compact({ plan: { steps: [step], notes: [] }, step, place, renamed, unread });
};

/** The same where an older version is refused. */
function withoutOlder(state: RuleState): RuleState {
  const plan = withoutDowngrades(state.plan);
  const [step = state.step] = stackSteps(plan);
  return { ...state, plan, step };
}

/** A rule that is to be deployed by itself. */
export type RuleGoal = Awaited<ReturnType<typeof ruleGoal>>;

/** @param typed what was typed for the rule. */
export async function ruleGoal(
  typed: string,
  artifact: Artifact,
  asked: RuleAsked,
  decider: RuleDecider,
  { outside, tell: tellAll, begin }: RuleEffects,
) {
  const { region, profile } = asked;
  // The reader of such a file is loaded only when there is one.
  const from =
    asked.from === undefined ? undefined : await fileOf(asked.from, asked.environment, outside);
  const environment = asked.environment ?? from?.file.fleet.environment ?? defaultEnvironment;
  const { express } = asked;
  const ofFile = from?.file.fleet;
  const kmsKey = asked.artifactKey ?? ofFile?.artifacts?.kmsKey;
  const cloud = await outside.cloud({ region, profile, express, kmsKey });
  const effects = clockworkOf(outside);
  /** The values that secrets are to hold. */
  let secrets: SecretTexts = {};
  const stored: Stored[] = [];
  const tell: Tell = (note) => {
    if (note.type === 'progress' && note.stored) stored.push(note.stored);
    tellAll(note);
  };

  /** What is given: by itself, and in the file that is named. */
  async function givenFor(
    about: Omit<GivenAbout, 'today'>,
  ): Promise<{ readonly given: Given; readonly names?: NamesFile }> {
    if (from === undefined) return asked;
    const { givenBy } = await import('../want/from.ts');
    const today = new Date(effects.now()).toISOString().slice(0, 10);
    const found = givenBy(from.file, from.typed, { ...about, today }, asked.given);
    for (const remark of found.notes) tellAll(warningOf(remark));
    return found;
  }

  /** Looks at the stack, settles its values, which may be asked for, and plans. */
  async function look(): Promise<RuleState> {
    const { rule } = artifact;
    const stack = stackName(artifact.assembly.shortName, rule.name, environment);
    const [here, current] = await Promise.all([cloud.place(), cloud.stack(stack)]);
    const bucket =
      asked.artifactBucket ??
      ofFile?.artifacts?.bucket ??
      current?.parameters[stackNames.parameters.codeBucket];
    const place = withBucket(here, bucket);
    const template = readTemplate(artifact);
    const content = ruleContent(artifact, template);
    const run = { profile };
    const role = roleArn(here, asked.cloudFormationRole ?? ofFile?.cloudFormationRole);
    const isProtected =
      asked.terminationProtection ?? ofFile?.terminationProtection ?? rule.watches === true;
    const tags = { ...ofFile?.tags, ...asked.tags };
    const claim = { content, stack, place, environment, run, tags, isProtected, role };
    const first = beforehand(claim, current);
    if (first) return stateOf(first);
    const hasValues = ['ready', 'broken'].includes(conditionOf(current));
    const start = { rule, template, stack, place, current: hasValues ? current : undefined };
    const name = typedName(artifact);
    const { given, names } = await givenFor({ name, artifact, template, place, environment });
    const renamed = renamedIn(given.parameters, rule.parameters);
    const { ground, unread } = await withDefaults(cloud, start, given.parameters);
    const decided = await decide(ground, given, decider);
    secrets = decided.secrets;
    await requireTopics(cloud, decided.values);
    const scope = { ...run, region: place.region };
    const inputs = await findSecrets(cloud, scope, stack, Object.keys(secrets));
    const { values } = decided;
    const whole = names ? { ...claim, content: { ...content, names } } : claim;
    const wanted = compact<Wanted>({ ...whole, values, defaults: ground.defaults });
    const planned = planStack(wanted, current, inputs);
    const accountAt = () => outside.account({ region, profile });
    const plan = { steps: [planned], notes: [] };
    const buses = await withinBuses(plan, accountAt, effects, run);
    const reverting = await withReverts(
      buses,
      { wiring: () => outside.wiring({ region, profile }), cloud: () => Promise.resolve(cloud) },
      effects,
    );
    const fitting = await withItems(reverting, () => Promise.resolve(cloud));
    for (const remark of fitting.notes) tellAll(warningOf(remark));
    if (express) tellAll(warningOf({ code: 'express', stackSets: false }));
    return stateOf(fitting.steps[0] ?? planned, renamed, unread);
  }

  /** Who carries the step out. */
  function engine(state: RuleState): Engine {
    begin?.();
    const stacks = stackRunner(
      { ...effects, cloudAt: () => Promise.resolve(cloud), tell },
      {
        several: false,
        secrets,
        look: ({ target }) =>
          lookCommand(typed, { profile, environment, region: target.place.region }),
        recovering: decider.recovering(state),
      },
    );
    return engineOf({ stacks }, effects.signal);
  }

  async function approve(state: RuleState, engine: Engine): Promise<RuleState | undefined> {
    const { step } = state;
    if (step.verdict === 'keep') return state;
    const doing = doingOf(step);
    if (doing === 'keep') return (await mayStore(state, true)) ? state : undefined;
    // The engine refuses everything else, and says why.
    if (doing !== 'create' && doing !== 'update' && doing !== 'recreate') return state;
    const question = { about: 'stack', doing, step } as const;
    if (!decider.mayAgree(question)) return undefined;
    const { downgrade } = step.cautions;
    if (downgrade) {
      const isAgreed = await decider.agreeOlder(step, downgrade);
      // What is not agreed to is refused where nobody could agree, and declined otherwise.
      if (isAgreed === undefined) return withoutOlder(state);
      if (!isAgreed) return undefined;
    }
    // The change set of an update can only be created, and shown, once code and secrets are stored.
    if (doing === 'update' && !(await mayStore(state, true))) return undefined;
    await engine.stage(state.plan);
    const staged = engine.staged(step);
    if (doing === 'update' && !staged?.changeSet) return state;
    if (!(await decider.agree(question, state))) return undefined;
    return doing === 'update' || (await mayStore(state, false)) ? state : undefined;
  }

  /** Whether secrets may be stored: all of them, or those that replace something. */
  async function mayStore(state: RuleState, all: boolean): Promise<boolean> {
    for (const { name, arn } of state.step.inputs) {
      const replaces = arn !== undefined;
      if (!replaces && !all) continue;
      if (!(await decider.agree({ about: 'secret', name, replaces }, state))) return false;
    }
    return true;
  }

  return {
    environment,
    cloud,
    look,
    /** What was stored. The result says so, however the run ends. */
    stored: stored as readonly Stored[],

    /**
     * Runs something that may end after values were stored.
     *
     * @throws UnfinishedError then, with what was stored.
     */
    keepingStored: async <T>(run: () => Promise<T>): Promise<T> => {
      try {
        return await run();
      } catch (error) {
        if (stored.length === 0 || !isKnown(error)) throw error;
        throw new UnfinishedError(explain(error), error, stored);
      }
    },

    /** Brings the stack to where it is wanted, and says who has to confirm what. */
    apply: async (show: (state: RuleState) => void): Promise<Applied<RuleState>> => {
      const unrecovered = ({ error }: Outcome): void => {
        if (error) throw error;
      };
      const dialogue = { show, approve, unrecovered, unfinished: () => undefined };
      const applied = await apply({ look, engine }, dialogue);
      const stack = standingAfter(applied);
      if (stack)
        tellSubscriptions(
          await subscriptionsOf(cloud, applied.state.place, stack, { profile }),
          tellAll,
        );
      return applied;
    },
  };
}

/** The stack as it stands after a run that left it in order; also one with nothing to do, which may be the second. */
function standingAfter({ state, outcomes, isDeclined }: Applied<RuleState>) {
  const end = outcomes[0]?.end;
  if (end) return end.success ? end.stack : undefined;
  return isDeclined || state.step.verdict !== 'keep' ? undefined : state.step.current;
}

async function fileOf(typed: string, environment: string | undefined, { cwd }: Outside) {
  const { loadFleet } = await import('../file/load.ts');
  return { typed, file: loadFleet(resolve(cwd, typed), typed, environment) };
}

/** The values, asked for where somebody can be asked, and those that secrets are to hold. */
async function decide(ground: Ground, wanted: Given, decider: RuleDecider) {
  const { secretNames, answer, hint } = decider;
  const secrets: Record<string, string> = {};
  let given: Given = { ...wanted, secrets: secretNames };
  let settings = settle(ground, given);
  if (settings.problems.length === 0) {
    Object.assign(secrets, await decider.secrets());
    if (answer && settings.questions.length > 0) {
      const answers = await answer(settings);
      Object.assign(secrets, answers.secrets);
      given = { ...answered(given, answers.texts), secrets: Object.keys(secrets) };
      settings = settle(ground, given);
    }
  }
  requireSettled(settings, hint);
  return { values: settings.values, secrets };
}
