/**
 * An error whose message is for the operator: it says what was expected, what was found, where, and what to do next.
 * The command prints the message without a stack and ends with the exit code.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
  /** 1 for a failure, 2 for a wrong call of the command. */
  readonly exitCode: number;
  constructor(message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
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
