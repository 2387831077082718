/**
 * `@patrol/deployer`: what `patrol-deploy` does, for programs. It asks nobody, writes to no stream, ends no process, and reads
 * neither arguments nor variables of the process. What it needs is given to it, and what it finds is returned as data.
 *
 * **Unstable**: names, options and results may change in any release until docs/contracts.md says what holds. The notes that
 * `tell` takes, and the steps of plans, are those of `--json`, whose contract holds.
 *
 * Everything here throws an {@link OperatorError} for what cannot be done, and a {@link UsageError}, which is one, for options
 * and files that cannot be used; the message says what to do. It throws a {@link CloudError} for what AWS refuses.
 *
 * @module
 */
import { awsConnections } from './cloud/aws/connections.ts';
import {
  applyWith,
  type ApplyOptions,
  type Plan,
  type PlanOptions,
  planWith,
  type Result,
} from './library/plan.ts';
import {
  type ReplayNote,
  type ReplayOptions,
  replayWith,
  type TryOptions,
  tryWith,
} from './library/run.ts';
import type { Trial } from './sandbox/trial.ts';

export { CloudError } from './cloud/cloud.ts';
export type { Connections } from './cloud/connections.ts';
export type { LibraryNote, OutsideOptions } from './library/outside.ts';
export type { FleetRequest, RuleRequest } from './library/plan.ts';
export type { Question } from './destinations/values.ts';
export {
  HeldError,
  InterruptedError,
  OperatorError,
  UnfinishedError,
  UsageError,
} from './text/errors.ts';
export type {
  ApplyOptions,
  Plan,
  PlanOptions,
  ReplayNote,
  ReplayOptions,
  Result,
  Trial,
  TryOptions,
};

/**
 * Compares what is wanted with what stands in AWS. Changes nothing but this: to find out whether an update would change
 * anything, it may make a change set and delete it again.
 *
 * @returns the steps with their reasons and differences, as codes and in words; `status` sums them up.
 * @throws UsageError for what is missing or cannot be used, OperatorError for a package that is not built right, CloudError for
 *   what AWS refuses. What cannot be done with a stack is a step that is refused, and no error.
 *
 * @example
 * ```ts
 * import { plan } from '@patrol/deployer';
 *
 * async function pending(file: string): Promise<readonly string[]> {
 *   const { steps } = await plan({ file });
 *   return steps.filter((step) => step.do !== 'keep').map((step) => `${step.do} ${step.stack}`);
 * }
 * typeof pending; // → 'function'
 * ```
 */
export function plan(options: PlanOptions): Promise<Plan> {
  return planWith(options, awsConnections);
}

/**
 * Makes a rule's stack, or a fleet, as it is wanted: plans, has `approve` decide, carries out what is approved, and plans again
 * where that changes what there is to be done. The default of `approve` is no.
 *
 * Before `approve` is called, `tell` gets what changes in resources and permissions. For that code may be uploaded and change
 * sets made; these are deleted when the plan is declined. A value for a secret is stored only after the approval, and an update
 * with one shows its changes after it.
 *
 * @returns what became of each stack. A stack that failed is an outcome, and no error.
 * @throws what {@link plan} does. HeldError when another run changes the fleet; UnfinishedError when values of secrets were
 *   stored before it went wrong; OperatorError when a recovery fails of a rule that is deployed by itself; what `approve`,
 *   `answer` and `tell` throw.
 *
 * @example
 * ```ts
 * import { apply } from '@patrol/deployer';
 *
 * async function deploy(alertEmail: string): Promise<boolean> {
 *   const { ok, outcomes } = await apply({
 *     rule: 'aws/cloudTrail',
 *     region: 'eu-west-1',
 *     alertEmail,
 *     approve: ({ steps }) => steps.every((step) => step.do === 'create' || step.do === 'update'),
 *   });
 *   return ok && outcomes.every(({ ended }) => ended === 'done' || ended === 'kept');
 * }
 * typeof deploy; // → 'function'
 * ```
 */
export function apply(options: ApplyOptions): Promise<Result> {
  return applyWith(options, awsConnections);
}

/**
 * Runs the built code of a rule once, as Lambda would, in a process of its own and without AWS.
 *
 * @returns the messages that its subscribers would get, its log, and how long it ran, in milliseconds. `delivered` is false
 *   for an event that the rule would not be given, and `error` says why it did not run or what failed in it.
 * @throws UsageError for parameters and events that cannot be used, OperatorError for a package that is not built right.
 *
 * @example
 * ```ts
 * import { tryRule } from '@patrol/deployer';
 *
 * async function subjects(event: unknown): Promise<readonly (string | null)[]> {
 *   const { messages } = await tryRule({ rule: 'aws/cloudTrail', event });
 *   return messages.map(({ subject }) => subject);
 * }
 * typeof subjects; // → 'function'
 * ```
 */
export async function tryRule(options: TryOptions): Promise<Trial> {
  return tryWith(options, awsConnections);
}

/**
 * Runs the built code of a rule over recorded events, in a process of its own and without AWS. Nothing is published. Reading
 * waits for whoever takes the notes, and ends when they are no longer taken.
 *
 * @returns what it finds, in the order of the events, and a `summary` as the last note.
 * @throws (when the first note is taken) UsageError for paths and parameters that cannot be used, OperatorError for a package
 *   that is not built right.
 *
 * @example
 * ```ts
 * import { replay } from '@patrol/deployer';
 *
 * async function alerts(folder: string): Promise<readonly string[]> {
 *   const titles: string[] = [];
 *   for await (const note of replay({ rule: 'aws/cloudTrail', paths: [folder] })) {
 *     if (note.type === 'alert') titles.push(`${note.time} ${note.title}`);
 *   }
 *   return titles;
 * }
 * typeof alerts; // → 'function'
 * ```
 */
export function replay(options: ReplayOptions): AsyncIterable<ReplayNote> {
  return replayWith(options, awsConnections);
}
