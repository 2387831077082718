/** What the deployer asks of CloudWatch Logs. `aws/logs.ts` answers with the AWS SDK, `testing/operations.ts` in memory. */

/** A line of a log. */
export interface LogLine {
  /** Unique within the log. */
  readonly id: string;
  readonly time: Date;
  /** The log stream: one for each instance of a function. */
  readonly stream: string;
  readonly text: string;
}

/** Which lines are wanted. */
export interface LogQuery {
  /** The name of the log group. */
  readonly group: string;
  /** From this time on, in milliseconds. */
  readonly from: number;
  /** A filter pattern of CloudWatch Logs. */
  readonly pattern?: string;
  /** The next page of an answer before. */
  readonly page?: string;
}

/** A log. Every call throws nothing but {@link CloudError} for what AWS or the network refuse. */
export interface Logs {
  /** A page of lines, oldest first. It may be empty and still have a next one. */
  lines(query: LogQuery): Promise<{ readonly lines: readonly LogLine[]; readonly next?: string }>;
}
