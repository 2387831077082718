/** A plan: steps, each for one stack or stack set. What CloudFormation has is compared with what is wanted. */
import type { ParameterInput, Place, Stack } from '../cloud/cloud.ts';
import type { Scope, StackInstance } from '../cloud/stacksets.ts';
import type { Recovery } from '../cloud/states.ts';
import { type Holds, typedFor } from '../identity/naming.ts';
import type { Content } from '../template/template.ts';
import { mapValues } from '../text/records.ts';
import { chosenBy } from '../want/only.ts';
import type { WantedStackSet } from '../want/organization.ts';
import type { Remark } from '../view/sentences/remarks.ts';
import type { Reason, Refusal } from '../view/sentences/reasons.ts';
import type { Downgrade } from '../notes/parts.ts';

import type * as parts from '../notes/parts.ts';

/** What a step is for: a stack in an account and region, or a stack set where it is managed. */
interface Target<K extends 'stack' | 'stack set'> {
  readonly kind: K;
  readonly place: Place;
  readonly name: string;
  readonly holds: Holds;
}

/** `orphaned`: the file no longer lists it, and it stays. `refused`: nothing can be done, as the reasons say. */
type Verdict = 'keep' | 'change' | 'orphaned' | 'refused';

/** What is done with a stack. */
export type StackOperation =
  /** `recreate`: it is deleted first. */
  | { readonly do: 'create' | 'recreate' | 'delete' }
  /** `reverts`: what was changed outside CloudFormation is undone as well. */
  | { readonly do: 'update'; readonly reverts?: true }
  /** It is taken out of a state in which nothing can be done; then it is planned again. */
  | { readonly do: 'recover'; readonly recovery: Recovery };

/** One operation on a stack set. */
export type StackSetOperation =
  /** `update`: template, parameters, tags and automatic deployment, with all instances. */
  | { readonly do: 'create' | 'update' | 'delete' }
  | ({ readonly do: 'retry' } & Scope)
  | ({ readonly do: 'add' } & Scope)
  | ({ readonly do: 'remove' } & Scope);

/** What the value of a parameter becomes; one that a secret holds is known once that is stored. */
export type Setting = ParameterInput | { readonly fromSecret: string };

/** What a stack is to have. */
export interface WantedContent {
  readonly content: Content;
  readonly parameters: Readonly<Record<string, Setting>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether termination protection is turned on afterwards. */
  readonly isProtected?: boolean | undefined;
  /** The ARN of the role with which CloudFormation works. */
  readonly role?: string | undefined;
}

/** A value that goes into Secrets Manager once that is approved; the stack gets the secret's ARN. */
export interface SecretInput {
  readonly parameter: string;
  /** The secret's name in Secrets Manager. */
  readonly name: string;
  /** The ARN of a secret of that name that exists: its value is replaced. */
  readonly arn?: string;
}

/** What every step has. */
interface Common {
  /** `<account>/<region>/<stack>`, or the name of a stack set. */
  readonly key: string;
  readonly verdict: Verdict;
  /** The keys of the steps that have to be done before. */
  readonly needs: readonly string[];
  readonly reasons: readonly Reason[];
  readonly differences: readonly parts.Difference[];
  /** What of versions and values needs attention before it is done. */
  readonly cautions: parts.Cautions;
  readonly notes: readonly Remark[];
}

/** What is done with a stack. */
export interface StackStep extends Common {
  readonly target: Target<'stack'>;
  /** At most one. */
  readonly operations: readonly StackOperation[];
  readonly inputs: readonly SecretInput[];
  readonly current?: Stack;
  /** Absent for what is not deployed. */
  readonly wanted?: WantedContent;
  /** Whether something of it has to stay until this plan is carried out, and goes then. */
  readonly leaves?: true;
}

/** What is done with a stack set. */
export interface StackSetStep extends Common {
  readonly target: Target<'stack set'>;
  /** In the order in which they are done. Empty for what only waits for an operation that is under way. */
  readonly operations: readonly StackSetOperation[];
  /** Whether an operation is under way, which is waited for first. */
  readonly waits: boolean;
  readonly counts: parts.InstanceCounts;
  readonly instances: readonly StackInstance[];
  readonly troubled: readonly parts.TroubledInstance[];
  /** What of it is left where the file no longer lists it. */
  readonly still?: readonly Reason[];
  /** What it makes, or another template changes, in each account; absent where that cannot be told, or nothing does. */
  readonly changes?: parts.ShownChanges;
  /** The step when nothing may be deleted; absent where nothing is. */
  readonly withoutDeletions?: StackSetStep;
  /** Absent for what is no longer wanted. */
  readonly wanted?: WantedStackSet;
}

/** What is done with one stack or stack set, and why. */
export type Step = StackStep | StackSetStep;

const doings = [
  'create',
  'update',
  'recreate',
  'recover',
  'keep',
  'refuse',
  'delete',
  'orphaned',
] as const;
/** Everything that a step can come to, in one word. */
export type Doing = (typeof doings)[number];

/** What has to be done, and why. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly notes: readonly Remark[];
}

/** Whether a step is for a stack. */
export const isStack = (step: Step): step is StackStep => step.target.kind === 'stack';

/** The steps for stacks. */
export const stackSteps = ({ steps }: Pick<Plan, 'steps'>): readonly StackStep[] =>
  steps.filter(isStack);

/** The steps for stack sets. */
export const stackSetSteps = ({ steps }: Pick<Plan, 'steps'>): readonly StackSetStep[] =>
  steps.filter((step): step is StackSetStep => !isStack(step));

/** The parameters that a stack is to have, as far as they are known: one that it keeps is what it has. */
export const textsOf = ({
  wanted,
  current,
}: StackStep): Readonly<Record<string, string | undefined>> =>
  mapValues(wanted?.parameters ?? {}, (setting, name) =>
    typeof setting === 'string' ? setting : current?.parameters[name],
  );

/** What a step comes to. */
export function doingOf({ verdict, operations, target }: Step): Doing {
  if (verdict === 'refused') return 'refuse';
  if (verdict !== 'change') return verdict;
  const all = operations.map((each) => each.do);
  if (target.kind === 'stack set') {
    return all.includes('create') ? 'create' : all.includes('delete') ? 'delete' : 'update';
  }
  const [only] = all;
  // A secret alone changes nothing of the stack.
  return only === undefined ? 'keep' : (only as Doing);
}

/** What the operator types for it. */
export const typedOf = ({ target }: Step): string => typedFor(target.holds);

/**
 * The steps of the rules that are named, and those that they need.
 *
 * @param only names of rules, with `*` for any characters; without it all are selected.
 * @param others what may be named beside them.
 */
export function selected<S extends Step>(
  steps: readonly S[],
  only: readonly string[] | undefined,
  others: readonly string[] = [],
): readonly S[] {
  const isChosen = chosenBy(only, [...new Set([...steps.map(typedOf), ...others])]);
  const chosen = steps.filter((step) => isChosen(typedOf(step)));
  const kept = new Set(chosen.flatMap(({ key, needs }) => [key, ...needs]));
  return steps.filter(({ key }) => kept.has(key));
}

/** The steps that change something. */
export const changing = <S extends Step>(steps: readonly S[]): readonly S[] =>
  steps.filter(({ verdict }) => verdict === 'change');

/** How many steps there are of each kind. */
export function countsOf(steps: readonly Step[]): Readonly<Record<Doing, number>> {
  const found = steps.map(doingOf);
  const counts = doings.map((doing) => [doing, found.filter((each) => each === doing).length]);
  return Object.fromEntries(counts) as Record<Doing, number>;
}

/** 0 when there is nothing to do, 3 when changes are pending, 1 when something is refused, or cannot be operated as it is. */
export function exitCodeOf({ steps }: Pick<Plan, 'steps'>): 0 | 1 | 3 {
  const isBroken = steps.some(
    (step) =>
      ['refuse', 'recover'].includes(doingOf(step)) ||
      (!isStack(step) && step.counts.inoperable > 0),
  );
  return isBroken ? 1 : changing(steps).length > 0 ? 3 : 0;
}

/** Every older version that a plan would deploy. */
export const downgradesIn = ({ steps }: Pick<Plan, 'steps'>): readonly Downgrade[] =>
  changing(steps).flatMap(({ cautions }) => cautions.downgrade ?? []);

/** The same plan in which these steps are refused. */
export const withoutDowngrades = <P extends Pick<Plan, 'steps'>>(plan: P): P => ({
  ...plan,
  steps: plan.steps.map(withoutDowngrade),
});

function withoutDowngrade(step: Step): Step {
  const { downgrade } = step.cautions;
  if (step.verdict !== 'change' || !downgrade) return step;
  const why: Refusal = { code: 'older', name: step.target.name, downgrade };
  if (!isStack(step)) return refusedSet(step, why);
  return { ...step, verdict: 'refused', operations: [], reasons: [why], needs: [] };
}

/** The same step, in which nothing is done. */
export function refusedSet(step: StackSetStep, why: Refusal): StackSetStep {
  const { withoutDeletions: _, ...rest } = step;
  return { ...rest, verdict: 'refused', operations: [], waits: false, reasons: [why] };
}
