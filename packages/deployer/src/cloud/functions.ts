/** What the deployer asks of Lambda. `aws/functions.ts` answers with the AWS SDK, `testing/operations.ts` in memory. */

/** How a run of a function went. */
export interface Invocation {
  /** What it answered, as JSON; of a failed run what went wrong. */
  readonly payload: string;
  /** `Handled` or `Unhandled`: it failed. */
  readonly failure?: string;
  /** The end of its log of this run: at most 4 KB. */
  readonly log: string;
}

/** Functions in AWS. Every call throws nothing but {@link CloudError} for what AWS or the network refuse. */
export interface Functions {
  /** Runs a function and waits for it: once, since a second run would alert a second time. */
  invoke(name: string, event: unknown): Promise<Invocation>;
  /** Has Lambda take an event, which it runs the function on later and as often as it has to: as services do. */
  enqueue(name: string, event: unknown): Promise<void>;
}
