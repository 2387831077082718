/**
 * `@patrol/core`: what a rule is written with. Nothing behind this door knows the AWS SDK, Node's modules or the
 * environment.
 *
 * @module
 */
export { type Arn, splitArn } from './arn.ts';
export type { SnsMessage, WebhookDelivery } from './arrival.ts';
export { type EventName, type EventSource, type Unlisted, unlisted } from './callNames.ts';
export {
  type Call,
  type CallReader,
  type CallRule,
  type Calls,
  type Deed,
  defineCallRule,
  type SomeCalls,
} from './calls.ts';
export {
  type Actor,
  actor,
  type ApiCallEvent,
  type CloudTrailRecord,
  type EventBridgeEvent,
  isObject,
  type Outcome,
  outcome,
  type SignInEvent,
  type UserIdentity,
} from './cloudtrail.ts';
export type { Facts, Suppression, Target } from './contracts/alert.ts';
export { type Fields, fieldsOf } from './fields.ts';
export {
  choice,
  type Matchers,
  type Muting,
  matchesName,
  names,
  number,
  type Pairs,
  pairs,
  type Parameter,
  type Parameters,
  patterns,
  secret,
  type SecretReference,
  text,
  type Values,
} from './parameter.ts';
export type { EventPattern } from './pattern.ts';
export { cis, cisGitHub, guardDuty, mitre, stratus } from './references.ts';
export {
  type AnyRule,
  type ClientContext,
  type Context,
  defineRule,
  type Finding,
  type Findings,
  type Rule,
  type Severity,
  type Statement,
} from './rule.ts';
export { github, hmac, type Sender, slack, type Spot } from './sender.ts';
export {
  apiCall,
  event,
  type EventOf,
  type EventTrigger,
  isScheduledEvent,
  schedule,
  type ScheduleTrigger,
  signIn,
  signInTypes,
  sns,
  type SnsTrigger,
  type Trigger,
  webhook,
  type WebhookTrigger,
} from './trigger.ts';
