/** A rule that is deployed by itself: a plan of one step. Who is asked, and how, is given. */
import { explain, isKnown, type Place } from '../cloud/cloud.ts';
import { clockworkOf, type Effects } from '../cloud/effects.ts';
import { conditionOf } from '../cloud/states.ts';
import { requireTopics, tellUnconfirmed } from '../destinations/confirmed.ts';
import type { FleetFile } from '../file/file.ts';
import { stackName } from '../identity/naming.ts';
import type { Downgrade } from '../notes/parts.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { type Artifact, typedName } from '../packages/assembly.ts';
import type { Words } from '../plan/reasons.ts';
import { beforehand, planStack } from '../plan/stack.ts';
import { withoutDowngrades } from '../plan/downgrades.ts';
import { doingOf, stackSteps, type StackStep } from '../plan/step.ts';
import type { Recovering } from '../run/recover.ts';
import { stackRunner } from '../run/regions.ts';
import { findSecrets, type SecretTexts } from '../stage/secrets.ts';
import { ruleContent } from '../template/content.ts';
import { type Renamed, renamedIn } from '../template/renames.ts';
import { readTemplate } from '../template/template.ts';
import type { Given, Ground, Settings } from '../template/values.ts';
import { UnfinishedError } from '../text/errors.ts';
import { compact } from '../text/records.ts';
import type { About as GivenAbout } from '../want/from.ts';
import { answered, requireSettled, settle } from '../want/settings.ts';
import type { Wanted } from '../want/stack.ts';
import { type Unread, withDefaults } from './defaults.ts';
import { type Engine, engineOf } from './engine.ts';
import { apply, type Applied, type Goal, type State } from './loop.ts';

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
  readonly texts: Readonly<Record<string, string>>;
  readonly secrets: SecretTexts;
}

/** What is wanted of a rule's stack. */
export interface RuleWanted {
  readonly artifact: Artifact;
  readonly environment: string;
  readonly given: Given;
  /** The file of a fleet that gives what `given` does not, and what was typed for it. */
  readonly from?: { readonly file: FleetFile; readonly typed: string } | undefined;
  /** The profile of the credentials, for the commands that messages suggest. */
  readonly profile?: string | undefined;
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

/** What deploying a rule needs beside what is wanted. */
export interface RuleEffects extends Effects {
  readonly words: Words;
  /** What the operator can type to look at the stack in a region. */
  readonly look: (region: string) => string;
  /** Called before anything may be changed. */
  readonly begin?: () => void;
}

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
export class RuleGoal implements Goal<RuleState> {
  readonly #wanted: RuleWanted;
  readonly #decider: RuleDecider;
  readonly #effects: RuleEffects;
  /** The values that secrets are to hold. */
  #secrets: SecretTexts = {};
  readonly #stored: Stored[] = [];
  readonly #tell: Tell = (note) => {
    if (note.type === 'progress' && note.stored) this.#stored.push(note.stored);
    this.#effects.tell(note);
  };

  constructor(wanted: RuleWanted, decider: RuleDecider, effects: RuleEffects) {
    this.#wanted = wanted;
    this.#decider = decider;
    this.#effects = effects;
  }

  /** What was stored. The result says so, however the run ends. */
  get stored(): readonly Stored[] {
    return this.#stored;
  }

  /**
   * Runs something that may end after values were stored.
   *
   * @throws UnfinishedError then, with what was stored.
   */
  async keepingStored<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (this.#stored.length === 0 || !isKnown(error)) throw error;
      throw new UnfinishedError(explain(error), error, this.#stored);
    }
  }

  /** Brings the stack to where it is wanted, and says who has to confirm what. */
  async apply(show: (state: RuleState) => void): Promise<Applied<RuleState>> {
    const applied = await apply(this, {
      show,
      approve: (state, engine) => this.#approve(state, engine),
      unrecovered: ({ error }) => {
        if (error) throw error;
      },
      unfinished: () => undefined,
    });
    const { cloud, tell } = this.#effects;
    const end = applied.outcomes[0]?.end;
    if (end?.success && end.stack) await tellUnconfirmed(cloud, end.stack, tell);
    return applied;
  }

  /** Looks at the stack, settles its values, which may be asked for, and plans. */
  readonly look = async (): Promise<RuleState> => {
    const { artifact, environment, profile } = this.#wanted;
    const { cloud } = this.#effects;
    const stack = stackName(artifact.assembly.shortName, artifact.rule.name, environment);
    const [place, current] = await Promise.all([cloud.place(), cloud.stack(stack)]);
    const template = readTemplate(artifact);
    const content = ruleContent(artifact, template);
    const run = { profile };
    const claim = { content, stack, place, environment, run };
    const first = beforehand(claim, current);
    if (first) return stateOf(first);
    const hasValues = ['ready', 'broken'].includes(conditionOf(current));
    const { rule } = artifact;
    const start = { rule, template, stack, place, current: hasValues ? current : undefined };
    const name = typedName(artifact);
    const given = await this.#given({ name, artifact, template, place, environment });
    const renamed = renamedIn(given.parameters, rule.parameters);
    const { ground, unread } = await withDefaults(cloud, start, given.parameters);
    const { values, secrets } = await decide(ground, given, this.#decider);
    this.#secrets = secrets;
    await requireTopics(cloud, values);
    const scope = { ...run, region: place.region };
    const inputs = await findSecrets(cloud, scope, stack, Object.keys(secrets));
    const wanted = compact<Wanted>({ ...claim, values, defaults: ground.defaults });
    return stateOf(planStack(wanted, current, inputs), renamed, unread);
  };

  /** What is given: by itself, and in the file that is named. */
  async #given(about: Omit<GivenAbout, 'today'>): Promise<Given> {
    const { given, from } = this.#wanted;
    if (from === undefined) return given;
    const { givenBy } = await import('../want/from.ts');
    const today = new Date(this.#effects.now()).toISOString().slice(0, 10);
    const found = givenBy(from.file, from.typed, { ...about, today }, given);
    for (const message of found.notes) this.#effects.tell({ type: 'warning', message });
    return found.given;
  }

  /** Who carries the step out. */
  readonly engine = (state: RuleState): Engine => {
    const { cloud, words, look, begin, signal } = this.#effects;
    begin?.();
    const stacks = stackRunner(
      { ...clockworkOf(this.#effects), cloudAt: () => Promise.resolve(cloud), tell: this.#tell },
      {
        several: false,
        secrets: this.#secrets,
        look: ({ target }) => look(target.place.region),
        recovering: this.#decider.recovering(state),
      },
    );
    return engineOf({ stacks }, words, signal);
  };

  async #approve(state: RuleState, engine: Engine): Promise<RuleState | undefined> {
    const { step } = state;
    if (step.verdict === 'keep') return state;
    const doing = doingOf(step);
    if (doing === 'keep') return (await this.#mayStore(state, true)) ? state : undefined;
    // The engine refuses everything else, and says why.
    if (doing !== 'create' && doing !== 'update' && doing !== 'recreate') return state;
    const question = { about: 'stack', doing, step } as const;
    if (!this.#decider.mayAgree(question)) return undefined;
    const { downgrade } = step.cautions;
    if (downgrade) {
      const isAgreed = await this.#decider.agreeOlder(step, downgrade);
      // What is not agreed to is refused where nobody could agree, and declined otherwise.
      if (isAgreed === undefined) return withoutOlder(state);
      if (!isAgreed) return undefined;
    }
    // The change set of an update can only be created, and shown, once code and secrets are stored.
    if (doing === 'update' && !(await this.#mayStore(state, true))) return undefined;
    await engine.stage(state.plan);
    const staged = engine.staged(step);
    if (doing === 'update' && !staged?.changeSet) return state;
    if (!(await this.#decider.agree(question, state))) return undefined;
    return doing === 'update' || (await this.#mayStore(state, false)) ? state : undefined;
  }

  /** Whether secrets may be stored: all of them, or those that replace something. */
  async #mayStore(state: RuleState, all: boolean): Promise<boolean> {
    for (const { name, arn } of state.step.inputs) {
      const replaces = arn !== undefined;
      if (!replaces && !all) continue;
      if (!(await this.#decider.agree({ about: 'secret', name, replaces }, state))) return false;
    }
    return true;
  }
}

/** The values, asked for where somebody can be asked, and those that secrets are to hold. */
async function decide(
  ground: Ground,
  wanted: Given,
  decider: RuleDecider,
): Promise<{ readonly values: Settings['values']; readonly secrets: SecretTexts }> {
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
