/** How an error ends a command: what people and machines are told of it, and the exit code. */
import { CommanderError } from 'commander';
import { CloudError, explain } from '../cloud/cloud.ts';
import { explainGitHub, GitHubError } from '../github/github.ts';
import type { Result } from '../notes/tell.ts';
import * as errors from '../text/errors.ts';
import { version } from './version.ts';

/** How a command ended that threw an error, for machines. */
export function failureOf(error: unknown): Result {
  const known = [errors.OperatorError, CloudError, GitHubError].some(
    (kind) => error instanceof kind,
  );
  const message = known ? complaint(error) : errors.messageOf(error).replace(/^error: /, '');
  return {
    type: 'result',
    ok: false,
    ...doneOf(error),
    error: reasonOf(error),
    message,
  };
}

/** What was done all the same, or goes on in AWS. */
function doneOf(error: unknown): Pick<Result, 'did' | 'stack' | 'stackId' | 'stored' | 'underWay'> {
  const { underWay } = error instanceof errors.OperatorError ? error : {};
  const stored = error instanceof errors.UnfinishedError ? { stored: error.stored } : {};
  if (!underWay)
    return { did: error instanceof errors.UnfinishedError ? 'secrets' : 'none', ...stored };
  const { operation, stack, stackId } = underWay;
  // A rollback is the end of an update.
  const did = operation === 'rollback' ? 'update' : operation;
  return { did, stack, stackId, underWay, ...stored };
}

/** Why a command gave up, as data. */
function reasonOf(error: unknown): NonNullable<Result['error']> {
  if (error instanceof errors.UnfinishedError) return reasonOf(error.cause);
  if (error instanceof CloudError || error instanceof GitHubError) {
    const { failure, call } = error;
    return { kind: error instanceof CloudError ? 'aws' : 'github', failure, call };
  }
  if (error instanceof errors.InterruptedError) return { kind: 'interrupted' };
  // What was waited for in vain has the call that failed as its cause.
  if (error instanceof errors.OperatorError && error.cause instanceof CloudError) {
    return reasonOf(error.cause);
  }
  if (error instanceof errors.HeldError) return { kind: 'held' };
  if (error instanceof errors.UsageError || error instanceof CommanderError)
    return { kind: 'usage' };
  return { kind: error instanceof errors.OperatorError ? 'refused' : 'mistake' };
}

export const exitCodeOf = (error: unknown): number =>
  error instanceof errors.OperatorError ? error.exitCode : 1;

/** What is said of an error: to operators what they need; of a mistake in this program everything. */
export function complaint(error: unknown): string {
  if (error instanceof errors.OperatorError) return error.message;
  if (error instanceof CloudError) return explain(error);
  if (error instanceof GitHubError) return explainGitHub(error);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${stack}\n\nThis is a bug in patrol-deploy ${version}. Please report it with the lines above.`;
}
