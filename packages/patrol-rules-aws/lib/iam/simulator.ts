/** What is asked of IAM's policy simulator, and what it answers. */

/** Whether a principal may do some actions on some resources: each action on each resource. */
export interface SimulationRequest {
  /** The region that the call was recorded in: it says the partition. */
  readonly region: string;
  /** The ARN of a user or a role. */
  readonly principal: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** What is known of the caller's requests. */
  readonly context: readonly ContextEntry[];
}

/** A condition key and its value. */
export interface ContextEntry {
  readonly key: string;
  readonly type: 'string' | 'boolean' | 'ip';
  readonly value: string;
}

/** The simulator's decision about one action on one resource. */
export interface Decision {
  readonly action: string;
  readonly resource: string;
  readonly isAllowed: boolean;
  /** Condition keys that the principal's policies ask for and that were not given. */
  readonly missing: readonly string[];
}

/** IAM's policy simulator. */
export interface Simulator {
  /**
   * Asks for the decisions on every action and resource.
   *
   * @returns them, or why IAM will not say: no such principal, or names that it does not take.
   * @throws what keeps the question from being answered at all, such as missing permissions.
   */
  simulate(request: SimulationRequest): Promise<readonly Decision[] | { readonly refused: string }>;
}
