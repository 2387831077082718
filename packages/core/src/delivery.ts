/** What AWS and the senders of webhooks do with an event before a function sees it. */
import { readDelivery, readSnsMessage } from './arrival.ts';
import { isManagementEvent, isObject } from './cloudtrail.ts';
import { compilePattern, type EventPattern } from './pattern.ts';
import type { AnyRule } from './rule.ts';
import {
  isHeldBack,
  isScheduledEvent,
  type RuleState,
  ruleState,
  type ScheduleTrigger,
  senderOf,
  type Trigger,
  webhookEventsTaken,
  type WebhookTrigger,
} from './trigger.ts';

/** A trigger, as far as delivery depends on it. The state of an EventBridge rule follows from its pattern where it is not given. */
export type DeliveringTrigger =
  | { readonly kind: 'event'; readonly pattern: EventPattern; readonly state?: RuleState }
  | Pick<ScheduleTrigger, 'kind' | 'expression'>
  | { readonly kind: 'sns' }
  | Pick<WebhookTrigger<unknown>, 'kind' | 'events' | 'also' | 'from'>;

/** Says whether an event is delivered: `undefined` when it is, the reason when it is not, without a capital letter or a full stop. */
export type Delivery = (event: unknown) => string | undefined;

/** A way to a function. */
export interface DeliveryWay {
  readonly kind: Trigger['kind'];
  readonly refusal: Delivery;
}

/**
 * The ways to a function that has these triggers: one for all events of EventBridge, one for each clock, one for the topic,
 * one for all webhooks. Patterns are compiled once.
 *
 * @throws PatternError for a pattern that EventBridge would refuse.
 */
export function deliveryWays(triggers: readonly DeliveringTrigger[]): readonly DeliveryWay[] {
  const events = triggers.filter((trigger) => trigger.kind === 'event');
  const taken = webhookEventsTaken(triggers);
  return [
    ...(events.length > 0 ? [bus(events)] : []),
    ...triggers.flatMap((trigger) =>
      trigger.kind === 'schedule' ? [clock(trigger.expression)] : [],
    ),
    ...(triggers.some(({ kind }) => kind === 'sns') ? [topic] : []),
    ...(taken.length > 0 ? [webhook(senderOf(triggers).name, taken)] : []),
  ];
}

/** The delivery of events to a rule, through everything that its template has for them. */
export function ruleDelivery(rule: AnyRule): Delivery {
  const ways = deliveryWays(rule.triggers);
  return (event) => {
    const reasons = ways.map(({ refusal }) => refusal(event));
    return reasons.includes(undefined) ? undefined : reasons.join('; ');
  };
}

function bus(rules: readonly (DeliveringTrigger & { readonly kind: 'event' })[]): DeliveryWay {
  const compiled = rules.map(({ pattern, state = ruleState(pattern) }) => ({
    matches: compilePattern(pattern),
    takesReads: state === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
  }));
  const refusal: Delivery = (event) => {
    const matching = compiled.filter(({ matches }) => matches(event));
    if (matching.length === 0) {
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
  return { kind: 'event', refusal };
}

const clock = (expression: string): DeliveryWay => ({
  kind: 'schedule',
  refusal: (event) =>
    isScheduledEvent(event)
      ? undefined
      : `${expression} gives the rule Scheduled Events of the source aws.events, and this is none`,
});

const topic: DeliveryWay = {
  kind: 'sns',
  refusal: (event) =>
    readSnsMessage(event)
      ? undefined
      : 'the topic gives the rule messages of SNS (Records with one Sns), and this is none',
};

function webhook(sender: string, taken: readonly string[]): DeliveryWay {
  const names = taken.join(', ');
  const refusal: Delivery = (event) => {
    if (!readDelivery(event) || !isObject(event)) {
      return `the webhook gives the rule deliveries of ${sender}'s events ${names}, and this is none`;
    }
    const name = String(event['name']);
    return taken.includes(name)
      ? undefined
      : `the webhook sends ${names} only, and this is ${name}`;
  };
  return { kind: 'webhook', refusal };
}

/** The name of a read-only management call that EventBridge holds back from rules in the plain state. */
function readCall(event: unknown): string | undefined {
  if (!isObject(event) || event['detail-type'] !== 'AWS API Call via CloudTrail') return undefined;
  const detail = isObject(event['detail']) ? event['detail'] : {};
  // Data events, such as GetObject, are not held back.
  if (!isManagementEvent(detail)) return undefined;
  const name = detail['eventName'];
  return typeof name === 'string' && isHeldBack(name) ? name : undefined;
}
