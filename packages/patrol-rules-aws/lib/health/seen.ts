/** What can be seen of Patrol itself. `aws.ts` looks, and `check.ts` says what is wrong. */
import type { Properties } from './compare/properties.ts';
import type { ListedTrail, TrailSelectors, TrailStatus } from '@patrol/core/trail';

/** What AWS answered, or why it did not. */
export type Answer<T> = { readonly value: T } | Failure;

/** A call that failed. */
export interface Failure {
  /** The call, by its name in permissions: `sns:ListSubscriptionsByTopic`. */
  readonly call: string;
  /** The resource that it asked about. */
  readonly about: string;
  readonly error: string;
  /** Whether the resource does not exist. */
  readonly isMissing: boolean;
}

/** Everything that was looked at. */
export interface Seen {
  /** Patrol's stacks in the region. */
  readonly stacks: Answer<readonly Answer<SeenStack>[]>;
  /** The topics that the stacks name. */
  readonly topics: readonly SeenTopic[];
  /** The trails that record in the region. */
  readonly trails: Answer<readonly SeenTrail[]>;
  /** The stack sets that were announced and exist, by their names in the announcement. */
  readonly stackSets: readonly Answer<Deployed>[];
  /** What only metrics say: of stacks that share their queues, and of notifiers. Empty where there are none. */
  readonly metrics: Answer<readonly SeenMetric[]>;
  /** What became of the canaries; none but once a day. */
  readonly canaries: readonly SeenCanary[];
  /** What was announced. */
  readonly announcements: Answer<readonly Written[]>;
  /** When it was looked at, in milliseconds. */
  readonly at: number;
}

/** An announcement of a deployment, as the Parameter Store has it. */
export interface Written {
  /** The ARN of whoever wrote it. */
  readonly by: string;
  /** When, in milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** What there is of something that can be announced. */
export interface Deployed {
  readonly name: string;
  readonly status: string;
  /** The SHA-256 of its template and of its code. Absent while CloudFormation changes a stack. */
  readonly deployed?: { readonly templates: readonly string[]; readonly code: string | undefined };
}

/** One of Patrol's stacks. */
export interface SeenStack extends Deployed {
  /** The rule that it holds. */
  readonly rule: string;
  /** When it was last created or updated, in milliseconds. */
  readonly updated?: number;
  /** Empty while CloudFormation changes the stack. */
  readonly parts: Answer<readonly SeenPart[]>;
  /** What its template says about its resources. Absent while CloudFormation changes the stack. */
  readonly resources?: Answer<readonly SeenResource[]>;
}

/** A resource, and what the template of its stack says about it. */
export interface SeenResource {
  /** Its type in templates. */
  readonly type: string;
  readonly name: string;
  readonly wanted: Properties;
  readonly answer: Answer<Properties>;
}

/** A resource of a stack that can be out of order. */
export interface SeenPart {
  readonly kind: PartState['kind'];
  readonly name: string;
  /** Its name in commands, where that is another one. */
  readonly id?: string;
  readonly answer: Answer<PartState>;
}

/** The state of a resource, as far as it matters. */
export type PartState =
  | { readonly kind: 'EventBridge rule'; readonly state: string; readonly targets: number }
  /** `undefined` when the function shares the account's concurrency. */
  | { readonly kind: 'function'; readonly reservedConcurrency: number | undefined }
  | {
      readonly kind: 'queue';
      readonly messages: number;
      /** Whether its messages wait for the notifier, which takes them out. */
      readonly isOfNotifier?: true;
    }
  | { readonly kind: 'alarm'; readonly actionsEnabled: boolean }
  /** `mayPublish`: whether IAM lets the role publish to the topic of the alerts. */
  | { readonly kind: 'role'; readonly mayPublish: boolean }
  /** `routes`: the number of routes that have a target. */
  | {
      readonly kind: 'webhook endpoint';
      readonly isDisabled: boolean;
      readonly routes: number;
      readonly stages: number;
    }
  | { readonly kind: 'webhook secret'; readonly isBeingDeleted: boolean }
  | { readonly kind: 'table'; readonly status: string };

/** A topic that stacks name. */
export interface SeenTopic {
  readonly arn: string;
  /** The stacks that name it, each with what the topic does for the stack: "gets the alerts". */
  readonly uses: readonly { readonly stack: string; readonly what: string }[];
  readonly answer: Answer<{ readonly isSubscribed: boolean; readonly pending: number }>;
}

/** What a metric says to be wrong with a part of a stack. */
export interface SeenMetric {
  readonly says: 'throttled' | 'lost' | 'missed' | 'unaccounted';
  readonly stack: string;
  readonly rule: string;
  readonly kind: 'function' | 'EventBridge rule' | 'topic';
  readonly name: string;
  /** How often, where that matters. */
  readonly count?: number;
}

/** What became of a canary: a run of a rule's function that sends something to the topic for machines. */
export interface SeenCanary {
  readonly stack: string;
  readonly rule: string;
  /** The name of the function. */
  readonly name: string;
  /** Why the function failed; `undefined` where it did not. */
  readonly answer: Answer<string | undefined>;
}

/** A trail that records in the region. */
export interface SeenTrail {
  readonly arn: string;
  readonly listed?: ListedTrail;
  readonly status: Answer<TrailStatus>;
  readonly selectors: Answer<TrailSelectors>;
}

/** What the rule asks of the outside world. */
export interface HealthPorts {
  /** Whether there are answers. In a replay without AWS there are none, and then this is not `true`. */
  readonly isAnswering: true;
  /** The name of the stack that holds a resource or has a change set, by the id in AWS; `undefined` when no stack does. */
  readonly stackWith: (
    kind: 'resource' | 'change set',
    id: string,
  ) => Promise<Answer<string | undefined>>;
  readonly look: () => Promise<Seen>;
  readonly announcements: () => Promise<Answer<readonly Written[]>>;
  /** Tells a third party that all is well. Gives the reason when that fails. */
  readonly beat: (url: string) => Promise<string | undefined>;
}

/** The types of the resources that are looked at. */
export const partTypes: Readonly<Record<PartState['kind'], string>> = {
  'EventBridge rule': 'AWS::Events::Rule',
  function: 'AWS::Lambda::Function',
  queue: 'AWS::SQS::Queue',
  alarm: 'AWS::CloudWatch::Alarm',
  role: 'AWS::IAM::Role',
  'webhook endpoint': 'AWS::ApiGatewayV2::Api',
  'webhook secret': 'AWS::SecretsManager::Secret',
  table: 'AWS::DynamoDB::Table',
};

/** The value of an answer; `undefined` when the call failed. */
export const valueOf = <T>(answer: Answer<T>): T | undefined =>
  'value' in answer ? answer.value : undefined;

/** Whether CloudFormation is changing a stack. Its resources then come and go. */
export const isBusy = (status: string): boolean => status.endsWith('_IN_PROGRESS');
