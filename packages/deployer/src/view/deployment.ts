/** What is asked about a rule that is deployed by itself, and the result, in a sentence. Pure. */
import type { Applied } from '../engine/loop.ts';
import type { RuleQuestion, RuleState, Stored } from '../engine/rule.ts';
import type { Result } from '../notes/tell.ts';
import { doingOf, type StackStep } from '../plan/step.ts';
import type { Outcome } from '../run/outcome.ts';
import { OperatorError } from '../text/errors.ts';

/** What is done with a stack, as a verb. */
export const verbs = {
  create: 'create',
  update: 'update',
  recreate: 'delete and recreate',
} as const;

/** A question of a rule that is deployed by itself. */
export function ruleQuestion(question: RuleQuestion): string {
  if (question.about === 'secret') {
    const { name, replaces } = question;
    return replaces ? `Replace the value of the secret ${name}?` : `Store the secret ${name}?`;
  }
  const verb = verbs[question.doing];
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${question.step.target.name}?`;
}

/**
 * The result.
 *
 * @throws what stopped it, and OperatorError for what was refused.
 */
export function concluded(
  { state: { step }, outcomes, isDeclined, recovered }: Applied<RuleState>,
  stored: readonly Stored[],
): Result {
  const [outcome] = outcomes;
  const before: Before = {
    ...(recovered.length > 0 ? { recovered } : {}),
    ...(stored.length > 0 ? { stored } : {}),
  };
  if (isDeclined || !outcome) return declined(step, before);
  const { end, message, cause } = outcome;
  if (outcome.error) throw outcome.error;
  if (outcome.ended === 'refused') throw new OperatorError(message);
  if (!end) return unchanged(step, outcome.ended, before);
  const { success, status, stackId, stack } = end;
  const { name } = step.target;
  const done = doingOf(step) === 'update' ? 'updated' : 'created';
  return {
    type: 'result',
    ok: success,
    did: doingOf(step) as Result['did'],
    stack: name,
    status,
    ...(stack || !success ? { stackId } : {}),
    ...(success && stack ? { outputs: stack.outputs } : {}),
    message: success ? `${name} was ${done}.` : message,
    ...(cause ? { cause } : {}),
    ...before,
  };
}

/** What was done before the stack was to be changed. */
type Before = Pick<Result, 'recovered' | 'stored'>;

/** What was done before, if that is all that was done. */
const didBefore = ({ recovered, stored }: Before): 'recover' | 'secrets' | undefined =>
  recovered ? 'recover' : stored && 'secrets';

/** The result when nothing, or nothing more, was approved. */
function declined({ target: { name } }: StackStep, before: Before): Result {
  const did = didBefore(before) ?? 'none';
  const message = {
    recover: `${name} was rolled back. Nothing else was changed.`,
    secrets: `The stack ${name} was not changed.`,
    none: 'Nothing was changed.',
  }[did];
  return { type: 'result', ok: false, stack: name, did, message, ...before };
}

/** The result when the stack is as it was. */
function unchanged(
  { target: { name }, current, verdict }: StackStep,
  ended: Outcome['ended'],
  before: Before,
): Result {
  const what =
    ended === 'kept' && verdict !== 'keep'
      ? `CloudFormation finds no difference in ${name}`
      : `${name} is up to date`;
  const secrets = before.stored?.map(({ parameter }) => parameter).join(', ');
  const did = didBefore(before) ?? 'keep';
  const message = {
    recover: `${name} was rolled back. Nothing else was changed: ${what}.`,
    secrets: `Replaced the secret ${secrets}. The stack ${name} was already up to date.`,
    keep: `Nothing changed: ${what}.`,
  }[did];
  return {
    type: 'result',
    ok: true,
    stack: name,
    ...(current ? { stackId: current.id, status: current.status, outputs: current.outputs } : {}),
    did,
    message,
    ...before,
  };
}

/**
 * The result of a dry run.
 *
 * @param isSame whether CloudFormation finds no difference.
 */
export function dryRun(step: StackStep, isSame: boolean): Result {
  const did = doingOf(step) as Result['did'];
  if (did === 'keep' || isSame) return { ...unchanged(step, 'kept', {}), dryRun: true };
  const message = 'Dry run: nothing was changed.';
  return { type: 'result', ok: true, did, stack: step.target.name, dryRun: true, message };
}
