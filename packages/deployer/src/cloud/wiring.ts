/** What `verify` asks about the ways to a function. `aws/wiring.ts` answers with the AWS SDK, `testing/wiring.ts` in memory. */

/** A rule of an event bus, as it is now. */
export interface EventRule {
  readonly arn: string;
  /** `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`. */
  readonly state: string;
  readonly pattern?: string;
  readonly schedule?: string;
  /** The ARNs of its targets. */
  readonly targets: readonly string[];
}

/** EventBridge and Lambda in a region. Every call throws nothing but {@link CloudError} for what AWS or the network refuse. */
export interface Wiring {
  /** A rule of the default event bus, by its name; `undefined` when there is none. */
  eventRule(name: string): Promise<EventRule | undefined>;
  /** Whether EventBridge says that an event matches a pattern. */
  matches(pattern: string, event: unknown): Promise<boolean>;
  /** The policy of a function that says who may invoke it; `undefined` when it has none. */
  functionPolicy(name: string): Promise<string | undefined>;
}
