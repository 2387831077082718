/** Questions for IAM's policy simulator, and its answers. */

/** The question whether a principal may use some actions on some resources: each action on each resource. */
export interface SimulationRequest {
  /** The region of the recorded call. It decides the partition. */
  readonly region: string;
  /** The ARN of a user or a role. */
  readonly principal: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The condition keys that are known of the request of the caller. */
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
   * Asks for the decision on each action and resource.
   *
   * @returns the decisions, or why IAM refuses: it knows no such principal, or does not accept a name.
   * @throws what prevents an answer, such as missing permissions.
   */
  simulate(request: SimulationRequest): Promise<readonly Decision[] | { readonly refused: string }>;
}
