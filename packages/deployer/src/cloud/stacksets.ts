/** What the deployer asks of CloudFormation StackSets. `aws/stacksets.ts` answers with the AWS SDK, `testing/stacksets.ts` in memory. */

import type { StackSetPlanStep } from '../notes/objects.ts';

/** A stack set as `DescribeStackSet` tells of it. */
export interface StackSet {
  readonly id: string;
  readonly name: string;
  /** The text of its template; absent where AWS does not tell. */
  readonly template?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether AWS Organizations gives it its roles; one with roles of its own is none of Patrol's. */
  readonly serviceManaged: boolean;
  /** Absent where AWS does not tell. */
  readonly autoDeployment?: AutoDeployment;
  /** The organisational units, or the root, that it was deployed to. */
  readonly units: readonly string[];
  /** The regions in which it has instances. */
  readonly regions: readonly string[];
}

/** What becomes of accounts that join or leave an organisational unit. */
export interface AutoDeployment {
  readonly enabled: boolean;
  /** Whether the stacks stay in an account that leaves. */
  readonly retainStacks: boolean;
  /** The name of the stack set whose stack an account that joins has to have before. */
  readonly after?: string;
}

/** An organisational unit and the regions in which its accounts get a stack. */
export interface Target {
  readonly unit: string;
  readonly regions: readonly string[];
}

/** A stack of a stack set, in an account and region. */
export type StackInstance = StackSetPlanStep['instances'][number];

/** What a stack set is made of. */
export interface Definition {
  readonly name: string;
  readonly template: { readonly body: string } | { readonly url: string };
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly autoDeployment: AutoDeployment;
}

/** Where in the organisation something is done. */
export interface Scope {
  readonly units: readonly string[];
  readonly regions: readonly string[];
  /** Of the units' accounts only these. */
  readonly accounts?: readonly string[];
}

/** In how many accounts of a region at once, and how many of them may fail: each a number, or a share such as `10%`. */
export interface Preferences {
  readonly failureTolerance: number | string;
  readonly maxConcurrency: number | string;
  /** Whether all regions are dealt with at once, or one after the other. */
  readonly parallelRegions: boolean;
}

/** An operation on a stack set. */
export interface StackSetOperation {
  readonly id: string;
  /** `CREATE`, `UPDATE`, `DELETE`, `DETECT_DRIFT`. */
  readonly action: string;
  /** `QUEUED`, `RUNNING`, `STOPPING`, and at the end `SUCCEEDED`, `FAILED` or `STOPPED`. */
  readonly status: string;
  readonly reason?: string;
}

/** What an operation came to in an account and region. */
export interface OperationResult {
  readonly account: string;
  readonly region: string;
  /** `PENDING`, `RUNNING`, `SUCCEEDED`, `FAILED` or `CANCELLED`. */
  readonly status: string;
  readonly reason?: string;
}

/**
 * The stack sets of an organisation, in one region of the account that manages them. Every call throws nothing but a
 * `CloudError` for what AWS or the network refuse; one with the failure `conflict` when another operation is under
 * way on the stack set. The id of an operation makes a repeated request harmless; the id that AWS gives the operation is returned.
 */
export interface StackSets {
  /** The names of all stack sets that are not deleted. */
  list(): Promise<readonly string[]>;
  /** `undefined` when there is none. */
  stackSet(name: string): Promise<StackSet | undefined>;
  instances(name: string): Promise<readonly StackInstance[]>;
  /** The organisational units that new accounts get it in. */
  targets(name: string): Promise<readonly Target[]>;
  create(definition: Definition, token: string): Promise<unknown>;
  /** Changes a stack set and brings all its instances up to date. */
  update(definition: Definition, preferences: Preferences, id: string): Promise<string>;
  /** Brings instances up to date that are not. */
  retry(
    stackSet: Pick<Definition, 'name' | 'parameters'>,
    scope: Scope,
    preferences: Preferences,
    id: string,
  ): Promise<string>;
  addInstances(name: string, scope: Scope, preferences: Preferences, id: string): Promise<string>;
  /** Deletes stacks from accounts. */
  removeInstances(
    name: string,
    scope: Scope,
    preferences: Preferences,
    id: string,
  ): Promise<string>;
  /** Deletes a stack set that has no instances any more. */
  delete(name: string): Promise<unknown>;
  /** The operation that is under way on a stack set. */
  underWay(name: string): Promise<StackSetOperation | undefined>;
  operation(name: string, id: string): Promise<StackSetOperation>;
  results(name: string, id: string): Promise<readonly OperationResult[]>;
}
