/**
 * An error whose message is for the operator: it says what was expected, what was found, where, and what to do next.
 * The command prints the message without a stack and ends with the exit code.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
  /** 1 for a failure, 2 for a wrong call of the command, 4 when another run is at work, 130 when interrupted. */
  readonly exitCode: number;
  constructor(message: string, options: { exitCode?: 1 | 2 | 4 | 130; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** A wrong call of the command: exit code 2. */
export class UsageError extends OperatorError {
  override readonly name: string = 'UsageError';
  constructor(message: string) {
    super(message, { exitCode: 2 });
  }
}

/** Another run is changing the same fleet: exit code 4. */
export class HeldError extends OperatorError {
  override readonly name: string = 'HeldError';
  constructor(message: string) {
    super(message, { exitCode: 4 });
  }
}

/** The operator stopped the run, with Ctrl-C, SIGTERM, SIGHUP or at a question: exit code 130. */
export class InterruptedError extends OperatorError {
  override readonly name: string = 'InterruptedError';
  constructor(message = 'Interrupted. Nothing was changed.') {
    super(message, { exitCode: 130 });
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
