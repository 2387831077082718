/**
 * `@patrol/core`: what a rule is written with. Nothing behind this door knows the AWS SDK, Node's modules or the
 * environment.
 *
 * @module
 */
export { type Arn, splitArn } from './arn.ts';
export {
  type About,
  type Arrival,
  readDelivery,
  type Reader,
  readSnsMessage,
  type SnsMessage,
  type WebhookDelivery,
} from './arrival.ts';
export {
  type Actor,
  actor,
  type ApiCallEvent,
  type CloudTrailRecord,
  consoleUrl,
  type EventBridgeEvent,
  isCloudTrailRecord,
  isObject,
  type Outcome,
  outcome,
  type SignInEvent,
  type UserIdentity,
  wrapRecord,
} from './cloudtrail.ts';
export {
  type DeliveringTrigger,
  type Delivery,
  type DeliveryWay,
  deliveryWays,
  ruleDelivery,
} from './delivery.ts';
export {
  type Alert,
  type Evaluate,
  EvaluationError,
  evaluator,
  type Suppressed,
  type Verdict,
} from './evaluate.ts';
export {
  allowed,
  choice,
  type Matchers,
  matchesName,
  names,
  number,
  type Pairs,
  pairs,
  type Parameter,
  type Parameters,
  ParametersError,
  type ParameterSpec,
  parseParameter,
  patterns,
  readParameters,
  secret,
  type SecretReference,
  text,
  type Values,
} from './parameter.ts';
export {
  compilePattern,
  type EventPattern,
  matches,
  parsePattern,
  PatternError,
  type PatternMatcher,
} from './pattern.ts';
export { cis, cisGitHub, mitre } from './references.ts';
export {
  allParameters,
  type AnyRule,
  type ClientContext,
  type Context,
  defineRule,
  deniedAttempts,
  eventPatterns,
  type Finding,
  type Findings,
  type Rule,
  severities,
  type Severity,
  type Statement,
} from './rule.ts';
export {
  type AdvancedSelector,
  type BasicSelector,
  defaultSelectors,
  type FieldSelector,
  type ListedTrail,
  type TrailScope,
  trailScope,
  type TrailSelectors,
  type TrailStatus,
} from './trail.ts';
export {
  apiCall,
  deliversCloudTrail,
  event,
  type EventOf,
  eventRegions,
  type EventTrigger,
  isHeldBack,
  isScheduledEvent,
  type RuleState,
  ruleState,
  schedule,
  type ScheduleTrigger,
  signIn,
  sns,
  type SnsTrigger,
  type Trigger,
  webhook,
  webhookEventsTaken,
  type WebhookTrigger,
} from './trigger.ts';
export { escapeUnseen, unseen } from './unseen.ts';
