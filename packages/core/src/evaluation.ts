/**
 * `@patrol/core/evaluation`: from an event to a verdict, for whatever runs, builds, replays or deploys rules. It reads what
 * the operator typed, says whether AWS or GitHub would deliver an event, and asks the rule.
 *
 * @module
 */
export { commandLine } from './alert.ts';
export { readDelivery, readSnsMessage } from './arrival.ts';
export { isCloudTrailRecord, wrapRecord } from './cloudtrail.ts';
export {
  type DeliveringTrigger,
  type Delivery,
  type DeliveryWay,
  deliveryWays,
  ruleDelivery,
} from './delivery.ts';
export {
  type Evaluate,
  EvaluationError,
  evaluator,
  type Suppressed,
  type Verdict,
} from './evaluate.ts';
export { allowed, lasting, ParametersError, type ParameterSpec } from './parameter.ts';
export {
  compilePattern,
  matches,
  parsePattern,
  PatternError,
  type PatternMatcher,
} from './pattern.ts';
export {
  allParameters,
  commonParameters,
  deniedAttempts,
  eventPatterns,
  severities,
  withCommonParameters,
} from './rule.ts';
export { eventOf, said, type Said } from './sender.ts';
export {
  deliversCloudTrail,
  eventRegions,
  isHeldBack,
  ways as patternWays,
  type RuleState,
  ruleState,
  senderOf,
} from './trigger.ts';
export { escapeUnseen, unseen } from './unseen.ts';
export { parseParameter, readParameters, refuseJoined } from './values.ts';
