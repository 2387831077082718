/** Planning and applying, for programs. */
import { applyFleet, fleetOf, type KnownAs, missingOf } from '../engine/fleet.ts';
import { type FleetState, lookAt, type Outside } from '../engine/look.ts';
import type { Applied, State } from '../engine/loop.ts';
import * as rules from '../engine/rule.ts';
import type { Outcome } from '../notes/lines.ts';
import type { OutputOf } from '../notes/objects.ts';
import type { Tell } from '../notes/tell.ts';
import { findArtifact } from '../packages/assembly.ts';
import { changing, exitCodeOf, type Plan as Steps, withoutDowngrades } from '../plan/step.ts';
import { refuseSecret, type SecretTexts } from '../stage/secrets.ts';
import type { Question, Settings } from '../destinations/values.ts';
import { UsageError } from '../text/errors.ts';
import { valueNotes } from '../view/cautions.ts';
import { toldOf } from '../view/outcome.ts';
import { planObject, plainStep } from '../view/plan.ts';
import { remarkWords } from '../view/sentences/remarks.ts';
import {
  type Connect,
  credentialsOf,
  type Listening,
  type OutsideOptions,
  outsideOf,
  tellOf,
} from './outside.ts';

/**
 * One rule that is deployed by itself.
 */
export interface RuleRequest {
  /** The rule, such as `aws/cloudTrail`, or the path of a package's folder and the rule's name. */
  readonly rule: string;
  readonly file?: never;
  /** The environment; that of `from`, or else `production`, when left out. */
  readonly environment?: string;
  /** Parameters of the rule and of its stack, as texts. What is left out keeps the value of the stack, or else the default. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The e-mail address that receives the alerts, or several. */
  readonly alertEmail?: string | readonly string[];
  /** The ARN of the topic that receives the alerts instead. */
  readonly alertTopicArn?: string;
  /** Values of secret parameters, which go into Secrets Manager. The stack gets the ARNs. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The path of a `patrol.yaml` that gives what is left out here. */
  readonly from?: string;
}

/**
 * A fleet, or an organisation, in a file.
 */
export interface FleetRequest {
  /** The path of a `patrol.yaml`. */
  readonly file: string;
  readonly rule?: never;
  /** Only these rules, with `*` for any characters. */
  readonly only?: readonly string[];
  /** Also every installed rule that the file does not name. */
  readonly all?: boolean;
  /** Whether to delete stacks that the file no longer lists. */
  readonly prune?: boolean;
}

/** Gives what is missing. */
interface Answering {
  /**
   * Answers what has to be known and was not given, such as a required parameter, or with the name `alerts` where alerts go:
   * an e-mail address or the ARN of a topic. `undefined` leaves it unanswered.
   */
  readonly answer?: (question: Question) => string | undefined | Promise<string | undefined>;
}

/** What is planned, and in what. */
export type PlanOptions = (RuleRequest | FleetRequest) & OutsideOptions & Listening & Answering;

/**
 * What has to be done, as data.
 */
export interface Plan extends Pick<
  OutputOf<'fleetPlan'>,
  'steps' | 'notes' | 'unconfirmed' | 'pending' | 'lost' | 'organization'
> {
  /** The fleet's name, and its environment; absent for a rule that is deployed by itself. */
  readonly fleet?: string;
  readonly environment?: string;
  /**
   * `current`: there is nothing to do. `pending`: something is to be done. `refused`: something cannot be done, or could not be
   * looked at, and the reasons and notes say why.
   */
  readonly status: 'current' | 'pending' | 'refused';
  /** The values that go into Secrets Manager: the parameters, and the names of the secrets. */
  readonly secrets: readonly { readonly parameter: string; readonly secret: string }[];
}

/** What is applied, and who approves it. */
export type ApplyOptions = PlanOptions & {
  /**
   * Whether a plan is to be carried out. Called before anything is changed, and again when what there is to be done changes
   * meanwhile. Nothing is approved when it is left out.
   */
  readonly approve?: (plan: Plan) => boolean | Promise<boolean>;
  /** Whether older versions of rules may take the place of newer ones. Their steps are refused when left out. */
  readonly allowDowngrade?: boolean;
  /** Whether to wait while another run changes the fleet. It is refused when left out. */
  readonly wait?: boolean;
  /** By what others find this run while it changes a fleet. */
  readonly holder?: KnownAs;
};

/**
 * What became of a plan.
 */
export interface Result {
  /** Whether everything is as it was wanted. */
  readonly ok: boolean;
  /** Whether nothing was approved, and so nothing was done. */
  readonly declined: boolean;
  /** Whether `signal` ended it. What CloudFormation goes on with has an outcome that ended as `running`. */
  readonly interrupted: boolean;
  /** The plan as it was carried out, or declined. */
  readonly plan: Plan;
  /** What became of each stack and stack set. Empty when nothing was approved. */
  readonly outcomes: readonly (Outcome & {
    /** The outputs of the stack of a rule that is deployed by itself. */
    readonly outputs?: Readonly<Record<string, string>>;
  })[];
  /** The secrets in which values were stored. */
  readonly stored: readonly rules.Stored[];
  /** The names of stacks that were rolled back first, whatever was done with them then. */
  readonly recovered: readonly string[];
  /** What is missing although the stacks are as they were wanted, in words. */
  readonly missing: readonly string[];
}

/** Plans. */
export async function planWith(options: PlanOptions, connect: Connect): Promise<Plan> {
  const outside = outsideOf(options, connect);
  if (options.rule !== undefined) {
    const goal = await ruleOf(options, outside, tellOf(options));
    return rulePlan(await goal.look());
  }
  return fleetPlan(await look(options, outside));
}

/** Plans, and carries out what is approved. */
export async function applyWith(options: ApplyOptions, connect: Connect): Promise<Result> {
  const outside = outsideOf(options, connect);
  const tell = tellOf(options);
  return options.rule === undefined
    ? fleetResult(options, outside, tell)
    : ruleResult(options, outside, tell);
}

async function ruleResult(options: ApplyOptions & RuleRequest, outside: Outside, tell: Tell) {
  const { approve } = options;
  const goal = await ruleOf(options, outside, tell, approve && approvalOf(approve, rulePlan));
  return goal.keepingStored(async () => {
    const applied = await goal.apply(({ renamed, unread, step }) => {
      for (const note of valueNotes(renamed, unread, step.target.name)) tell(note);
    });
    const [outcome] = applied.outcomes;
    const outputs = outcome?.end?.stack?.outputs ?? applied.state.step.current?.outputs;
    return {
      ...resultOf(applied, rulePlan(applied.state)),
      outcomes: applied.outcomes.map((each) => ({
        ...toldOf(each),
        ...(outputs ? { outputs } : {}),
      })),
      stored: goal.stored,
    };
  });
}

async function fleetResult(options: ApplyOptions & FleetRequest, outside: Outside, tell: Tell) {
  const { approve, allowDowngrade = false, wait = false, holder = {} } = options;
  const approval = approvalOf(approve ?? (() => false), fleetPlan);
  const { profile } = options;
  const applied = await applyFleet(
    {
      show: () => undefined,
      approve: async (seen, engine) => {
        const state = allowDowngrade ? seen : { ...seen, plan: withoutDowngrades(seen.plan) };
        // What changes nothing needs no approval.
        if (changing(state.plan.steps).length === 0) return state;
        if (approve) await engine.stage(state.plan);
        return (await approval(state)) ? state : undefined;
      },
      agree: (_, state) => approval(state),
      wait,
    },
    { outside, tell, look: () => look(options, outside), profile, holder },
  );
  if (applied.stopped) throw applied.stopped;
  const missing = applied.isDeclined ? [] : missingOf(applied).map(remarkWords);
  const result = resultOf(applied, fleetPlan(applied.state));
  return { ...result, ok: result.ok && missing.length === 0, missing };
}

const resultOf = (applied: Applied<State>, plan: Plan): Result => ({
  ok: applied.ok,
  declined: applied.isDeclined === true,
  interrupted: applied.interrupted,
  plan,
  outcomes: applied.outcomes.map(toldOf),
  recovered: applied.recovered,
  stored: [],
  missing: [],
});

/** Asks once for each plan. */
function approvalOf<S extends State>(
  approve: NonNullable<ApplyOptions['approve']>,
  planOf: (state: S) => Plan,
): (state: S) => Promise<boolean> {
  const known = new WeakMap<Steps, Promise<boolean>>();
  return (state) => {
    const answer = known.get(state.plan) ?? Promise.resolve(approve(planOf(state)));
    known.set(state.plan, answer);
    return answer;
  };
}

/** A rule that is to be deployed by itself. Nothing is approved without an approval. */
async function ruleOf(
  options: ApplyOptions & RuleRequest,
  outside: Outside,
  tell: Tell,
  approval?: (state: rules.RuleState) => Promise<boolean>,
): Promise<rules.RuleGoal> {
  const { rule, parameters = {}, alertEmail, alertTopicArn } = options;
  const artifact = findArtifact(rule, outside, credentialsOf(options));
  const alertEmails = alertEmail === undefined ? undefined : [alertEmail].flat();
  const asked = { ...options, given: { parameters, alertEmails, alertTopicArn } };
  const decider = deciderOf(options, approval);
  return rules.ruleGoal(rule, artifact, asked, decider, { outside, tell });
}

/** Who decides about a rule: what is given, and the callbacks. */
function deciderOf(
  { secrets = {}, answer, allowDowngrade = false }: RuleRequest & ApplyOptions,
  approval: ((state: rules.RuleState) => Promise<boolean>) | undefined,
): rules.RuleDecider {
  const agree = async (state: rules.RuleState): Promise<boolean> =>
    (await approval?.(state)) ?? false;
  return {
    secretNames: Object.keys(secrets),
    secrets: async () => storable(secrets),
    ...(answer ? { answer: (settings) => answersOf(settings, answer) } : {}),
    hint: '',
    mayAgree: () => approval !== undefined,
    agreeOlder: async () => allowDowngrade || undefined,
    agree: (_, state) => agree(state),
    recovering: (state) => ({ skip: [], agree: () => agree(state) }),
  };
}

/** @throws UsageError for a value that no secret can hold. */
function storable(secrets: SecretTexts): SecretTexts {
  for (const [name, text] of Object.entries(secrets)) {
    const wrong = refuseSecret(text);
    if (wrong) throw new UsageError(`The secret ${name} cannot be stored: ${wrong}`);
  }
  return secrets;
}

/** The answers to what is required. What has a default keeps it. */
async function answersOf({ questions }: Settings, answer: NonNullable<Answering['answer']>) {
  const texts: Record<string, string> = {};
  for (const question of questions) {
    const text = question.required ? await answer(question) : undefined;
    if (text === undefined) continue;
    const wrong = question.refuse(text);
    if (wrong) throw new UsageError(`The answer to ${question.name} cannot be used: ${wrong}`);
    texts[question.name] = text;
  }
  return { texts, secrets: {} };
}

/** Reads the file of a fleet, and looks at what it is about. */
async function look(
  { file, only, all = false, prune = false, profile }: FleetRequest & OutsideOptions,
  outside: Outside,
): Promise<FleetState> {
  const { fleet } = fleetOf({ file, all, prune }, outside);
  return lookAt(file, fleet, { prune, profile, ...(only ? { only } : {}) }, outside);
}

const statuses = { 0: 'current', 1: 'refused', 3: 'pending' } as const;

/** The plan of a rule, as data. */
function rulePlan({ step, plan, renamed, unread }: rules.RuleState): Plan {
  return {
    steps: [plainStep(step)],
    notes: valueNotes(renamed, unread, step.target.name).map(({ message }) => message),
    unconfirmed: [],
    pending: [],
    lost: [],
    status: statuses[exitCodeOf(plan)],
    secrets: step.inputs.map(({ parameter, name }) => ({ parameter, secret: name })),
  };
}

/** The plan of a fleet, as data. */
function fleetPlan(state: FleetState): Plan {
  const { type: _, counts: __, ...plan } = planObject(state);
  const isRefused = state.plan.failures.length > 0 || state.subscriptions.lost.length > 0;
  return {
    ...plan,
    status: isRefused ? 'refused' : statuses[exitCodeOf(state.plan)],
    secrets: [],
  };
}
