/** What `verify`, `doctor` and `plan` ask about what a stack made. `aws/wiring.ts` answers with the AWS SDK, `testing/wiring.ts` in memory. */
import type { Alarm } from '../notes/objects.ts';
import type { Texts } from '../text/records.ts';

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

/** A function, as it is now. */
export interface FunctionSettings {
  /** The variables of its environment; absent where the caller may not decrypt them. */
  readonly environment?: Texts;
  /** The ARNs of its layers. */
  readonly layers: readonly string[];
}

/** The same, with what Lambda tells of a function by itself alone. */
export interface FunctionState extends FunctionSettings {
  /** `Active`, `Inactive`, `Pending` or `Failed`. */
  readonly state: string;
  readonly reason?: string;
  /** How many runs at once are reserved for it; 0: it never runs. */
  readonly reserved?: number;
}

/** What of Patrol's there is in an account and region, by the names there. */
export interface Listed {
  /** States of rules of the default event bus. */
  readonly rules: ReadonlyMap<string, string>;
  readonly functions: ReadonlyMap<string, FunctionSettings>;
  /** Whether alarms tell anybody. */
  readonly alarms: ReadonlyMap<string, ListedAlarm>;
}

/** An alarm, and whether it does what it is to do when it rings. */
export interface ListedAlarm extends Alarm {
  readonly acts: boolean;
}

/** EventBridge, Lambda and CloudWatch in a region. Every call throws nothing but {@link CloudError} for what AWS or the network refuse. */
export interface Wiring {
  /** A rule of the default event bus, by its name; `undefined` when there is none. */
  eventRule(name: string): Promise<EventRule | undefined>;
  /** A function, by its name; `undefined` when there is none. */
  functionState(name: string): Promise<FunctionState | undefined>;
  /** Everything whose name begins with `patrol-`, page by page. */
  listed(): Promise<Listed>;
  /** Whether EventBridge says that an event matches a pattern. */
  matches(pattern: string, event: unknown): Promise<boolean>;
  /** The policy of a function that says who may invoke it; `undefined` when it has none. */
  functionPolicy(name: string): Promise<string | undefined>;
}
