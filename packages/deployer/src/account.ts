/** What `doctor` asks of an account. `aws/account.ts` answers with the AWS SDK, `operations.fake.ts` in memory. */
import type { Stack } from './cloud.ts';

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

/** A part of what an advanced selector of a trail selects by. */
export interface FieldSelector {
  readonly field: string;
  readonly equals: readonly string[];
  readonly notEquals: readonly string[];
  /** Whether it also selects by the beginning or end of values. */
  readonly byParts: boolean;
}

/** A trail that records in the region. */
export interface Trail {
  readonly arn: string;
  readonly isLogging: boolean;
  /** Why CloudTrail could not deliver the last logs; empty when it could. */
  readonly deliveryError: string;
  readonly basic: readonly {
    readonly readWriteType: string;
    readonly includesManagementEvents: boolean;
  }[];
  readonly advanced: readonly (readonly FieldSelector[])[];
}

/** An account in a region. Every call throws nothing but {@link CloudError} for what AWS or the network refuse. */
export interface Account {
  /** Who asks: an ARN of STS or IAM. */
  caller(): Promise<string>;
  /** The ARN of a role with its path, by its name. */
  role(name: string): Promise<string>;
  /** What IAM would say to a role or user. */
  simulate(principal: string, simulation: Simulation): Promise<readonly Decision[]>;
  /** The trails that record in the region. One that cannot be looked at is an error in its place. */
  trails(): Promise<readonly (Trail | Error)[]>;
  /** The rules of the default event bus: the event pattern of each, where it has one. */
  eventRules(): Promise<readonly { readonly pattern?: string }[]>;
  /** How many rules the default event bus may have; `undefined` when Service Quotas does not know. */
  eventRuleQuota(): Promise<number | undefined>;
  /** Patrol's stacks in the region. */
  stacks(): Promise<readonly Stack[]>;
}
