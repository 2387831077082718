/** What EventBridge does with an event before a function sees it. */
import { readDelivery, readSnsMessage } from './arrival.ts';
import { isObject } from './cloudtrail.ts';
import { compilePattern, type EventPattern } from './pattern.ts';
import { type AnyRule, eventPatterns } from './rule.ts';
import { isHeldBack, type RuleState, ruleState, type Trigger } from './trigger.ts';

/** An EventBridge rule, as far as delivery depends on it. */
export interface EventRule {
  readonly pattern: EventPattern;
  readonly state: RuleState;
}

/** Says whether EventBridge delivers an event: `undefined` when it does, the reason in a sentence when it does not. */
export type Delivery = (event: unknown) => string | undefined;

/**
 * The delivery of events through any of the EventBridge rules of a function: the patterns are compiled once.
 *
 * @throws PatternError for a pattern that EventBridge would refuse.
 */
export function delivery(rules: readonly EventRule[]): Delivery {
  const compiled = rules.map(({ pattern, state }) => ({
    matches: compilePattern(pattern),
    takesReads: state === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
  }));
  return (event) => {
    const matching = compiled.filter(({ matches }) => matches(event));
    if (matching.length === 0) {
      if (rules.length === 0) return 'no event of EventBridge runs the rule';
      return rules.length === 1
        ? 'it does not match the event pattern of the rule'
        : 'it matches none of the event patterns of the rule';
    }
    const read = readCall(event);
    if (read !== undefined && !matching.some(({ takesReads }) => takesReads)) {
      return `EventBridge delivers ${read}, a read-only call, only to rules in the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`;
    }
    return undefined;
  };
}

/** The delivery of events to a rule, through everything that its template has for them. */
export function ruleDelivery(rule: AnyRule): Delivery {
  const byBus = delivery(
    eventPatterns(rule).map((pattern) => ({ pattern, state: ruleState(pattern) })),
  );
  const kinds = new Set(rule.triggers.map(({ kind }: Trigger) => kind));
  const webhookEvents = rule.triggers.flatMap((trigger: Trigger) =>
    trigger.kind === 'webhook' ? [...trigger.events, ...(trigger.also ?? [])] : [],
  );
  return (given) => {
    if (kinds.has('schedule') && isScheduledEvent(given)) return undefined;
    if (kinds.has('sns') && readSnsMessage(given)) return undefined;
    const isDelivery = kinds.has('webhook') && readDelivery(given) !== undefined;
    if (isDelivery && isObject(given)) {
      return webhookEvents.includes(String(given['name']))
        ? undefined
        : `the webhook sends ${webhookEvents.join(', ')} only`;
    }
    return byBus(given);
  };
}

/** Whether an event is the clock's: what EventBridge gives the target of a schedule. */
export const isScheduledEvent = (event: unknown): boolean =>
  isObject(event) && event['source'] === 'aws.events' && event['detail-type'] === 'Scheduled Event';

/** The name of a read-only management call that EventBridge holds back from rules in the plain state. */
function readCall(event: unknown): string | undefined {
  if (!isObject(event) || event['detail-type'] !== 'AWS API Call via CloudTrail') return undefined;
  const detail = isObject(event['detail']) ? event['detail'] : {};
  // Data events, such as GetObject, are not management events and are not held back.
  if (detail['managementEvent'] === false || detail['eventCategory'] === 'Data') return undefined;
  const name = detail['eventName'];
  return typeof name === 'string' && isHeldBack(name) ? name : undefined;
}
