/** What is seen of Patrol itself: `aws.ts` looks, and `check.ts` says what is wrong with it. */
import type { ListedTrail, TrailSelectors, TrailStatus } from '@patrol/core/trail';

/** What AWS answered, or why it did not. */
export type Answer<T> = { readonly value: T } | Failure;

/** A call that failed. */
export interface Failure {
  /** The call, as it is named in permissions: `sns:ListSubscriptionsByTopic`. */
  readonly call: string;
  /** What it asked about. */
  readonly about: string;
  readonly error: string;
  /** Whether what it asked about is not there. */
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
}

/** A stack of Patrol's. */
export interface SeenStack {
  readonly name: string;
  readonly status: string;
  /** The rule that it holds. */
  readonly rule: string;
  /** Empty while CloudFormation is at work on it. */
  readonly parts: Answer<readonly SeenPart[]>;
}

/** A resource of a stack, as far as it can be out of order. */
export interface SeenPart {
  readonly kind: PartState['kind'];
  readonly name: string;
  /** By what commands know it, where that is not the name. */
  readonly id?: string;
  readonly answer: Answer<PartState>;
}

/** What is looked at of a resource. */
export type PartState =
  | { readonly kind: 'EventBridge rule'; readonly state: string; readonly targets: number }
  /** `undefined` when the function shares the account's concurrency. */
  | { readonly kind: 'function'; readonly reservedConcurrency: number | undefined }
  | { readonly kind: 'queue'; readonly messages: number }
  | { readonly kind: 'alarm'; readonly actionsEnabled: boolean }
  /** `mayPublish`: to the topic of the alerts, as far as IAM decides about it. */
  | { readonly kind: 'role'; readonly mayPublish: boolean }
  /** `routes`: those that lead somewhere. */
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
  /** Which stacks name it, and what it does for them: "gets the alerts". */
  readonly uses: readonly { readonly stack: string; readonly what: string }[];
  readonly answer: Answer<{ readonly isHeard: boolean; readonly pending: number }>;
}

/** A trail that records in the region. */
export interface SeenTrail {
  readonly arn: string;
  readonly listed?: ListedTrail;
  readonly status: Answer<TrailStatus>;
  readonly selectors: Answer<TrailSelectors>;
}

/** The outside world. */
export interface HealthPorts {
  readonly look: () => Promise<Seen>;
  /** Tells a third party that all is well; gives the reason when that fails. */
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

/** What AWS answered; `undefined` where it did not. */
export const valueOf = <T>(answer: Answer<T>): T | undefined =>
  'value' in answer ? answer.value : undefined;

/** Whether CloudFormation is at work on a stack: its resources then come and go. */
export const isBusy = (status: string): boolean => status.endsWith('_IN_PROGRESS');
