/** What `doctor` asks of an account. `aws/account.ts` answers with the AWS SDK, `testing/operations.ts` in memory. */
import type { ListedTrail, TrailSelectors, TrailStatus } from '@patrol/core/trail';
import type { CloudError, Stack } from './cloud.ts';

/** Whether IAM would allow something. */
export interface Decision {
  readonly action: string;
  readonly allowed: boolean;
  /** Whether it is the organisation that does not allow it. */
  readonly byOrganization: boolean;
  /** What the answer depends on and nobody knew: keys of conditions. */
  readonly depends: readonly string[];
}

/** What is asked of the simulator: every action on every resource. */
export interface Simulation {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Keys of conditions with their values. */
  readonly context: Readonly<Record<string, string>>;
}

/** A trail that records in the region. A part that cannot be looked at is an error in its place. */
export interface Trail {
  readonly arn: string;
  readonly listed?: ListedTrail;
  readonly status: TrailStatus | CloudError;
  readonly selectors: TrailSelectors | CloudError;
}

/** An account in a region. Every call throws nothing but {@link CloudError} for what AWS or the network refuse. */
export interface Account {
  /** Who asks: an ARN of STS or IAM. */
  caller(): Promise<string>;
  /** The ARN of a role with its path, by its name. */
  role(name: string): Promise<string>;
  /** What IAM would say to a role or user. */
  simulate(principal: string, simulation: Simulation): Promise<readonly Decision[]>;
  /** The trails that record in the region. */
  trails(): Promise<readonly Trail[]>;
  /** The rules of the default event bus: the event pattern of each, where it has one. */
  eventRules(): Promise<readonly { readonly pattern?: string }[]>;
  /** How many rules the default event bus may have; `undefined` when Service Quotas does not know. */
  eventRuleQuota(): Promise<number | undefined>;
  /** Patrol's stacks in the region. */
  stacks(): Promise<readonly Stack[]>;
}
