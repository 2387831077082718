import type { NoteOf } from '../notes/lines.ts';

/** An operation on a stack that AWS goes on with when nobody watches it any more. */
export type UnderWay = NonNullable<NoteOf<'result'>['underWay']>;

/**
 * An error whose message is for the operator: it says what was expected, what was found, where, and what to do next.
 * The command prints the message without a stack and ends with the exit code.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
  /** 1 for a failure, 2 for a wrong call of the command, 4 when another run is at work, 130 when interrupted. */
  readonly exitCode: number = 1;
  /** The operation on a stack that goes on in AWS by itself. */
  readonly underWay: UnderWay | undefined;
  constructor(message: string, options: { cause?: unknown; underWay?: UnderWay | undefined } = {}) {
    super(message, options);
    this.underWay = options.underWay;
  }
}

/** A wrong call of the command: exit code 2. */
export class UsageError extends OperatorError {
  override readonly name: string = 'UsageError';
  override readonly exitCode: number = 2;
}

/** Another run is changing the same fleet: exit code 4. */
export class HeldError extends OperatorError {
  override readonly name: string = 'HeldError';
  override readonly exitCode: number = 4;
}

/** The operator stopped the run, with Ctrl-C, SIGTERM, SIGHUP or at a question: exit code 130. */
export class InterruptedError extends OperatorError {
  override readonly name: string = 'InterruptedError';
  override readonly exitCode: number = 130;
  constructor(message = 'Interrupted. Nothing was changed.', underWay?: UnderWay) {
    super(message, { underWay });
  }
}

/** A run that was ended, after it had stored values of secrets. */
export class UnfinishedError extends OperatorError {
  override readonly name: string = 'UnfinishedError';
  override readonly exitCode: number;
  readonly stored: NonNullable<NoteOf<'result'>['stored']>;
  /** @param cause what ended it. */
  constructor(message: string, cause: unknown, stored: UnfinishedError['stored']) {
    const known = cause instanceof OperatorError ? cause : undefined;
    super(message, { cause, underWay: known?.underWay });
    this.exitCode = known?.exitCode ?? 1;
    this.stored = stored;
  }
}

/** What an error says, whatever was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Several problems as one message: the single one as it is, more as a list. */
export const listed = (heading: string, problems: readonly string[]): string =>
  problems.length === 1
    ? `${heading} ${problems[0]}`
    : `${heading}\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;

/** @throws OperatorError that lists problems, when there are any. */
export function requireNoProblems(heading: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new OperatorError(listed(heading, problems));
}
