/** From an event to its verdict: everything a rule's function decides, without AWS, clock or environment. */
import type { Arrival, Reader } from './arrival.ts';
import {
  carriesRecord,
  type CloudTrailRecord,
  type EventBridgeEvent,
  isObject,
  outcome,
} from './cloudtrail.ts';
import type { Alert } from './contracts/alert.ts';
import type { Matchers } from './parameter.ts';
import { type AnyRule, type Finding, type Findings } from './rule.ts';
import type { Trigger } from './trigger.ts';

/** What a rule makes of an event. */
export interface Verdict {
  /** Empty when there is nothing to say. */
  readonly alerts: readonly Alert[];
  /** What was found and is muted, with the item of a parameter that mutes it. */
  readonly suppressed: readonly Suppressed[];
  /** The `dedupKey`s of the alerts that are sent once within the rule's `onceWithin`, where there are any. */
  readonly once?: readonly string[];
  /** Why there are none, or `alert`. */
  readonly because:
    | 'alert'
    | 'nothing found'
    | 'suppressed'
    | 'the call was denied'
    | 'the call failed'
    | 'the event is not from AWS';
}

/** A finding that the operator muted. */
export interface Suppressed {
  /** On one line, cut to 200 characters. */
  readonly title: string;
  /** The item, as the operator wrote it. */
  readonly by: string;
  /** What machines get of it. */
  readonly alert: Alert;
}

/** An event that a rule could not read. It is thrown so that Lambda tries again and then keeps the event in the failure queue. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/**
 * Decides about one event, given the rule's parsed parameters and its clients.
 *
 * @param clients stand-ins for the rule's own, for this event.
 */
export type Evaluate = (event: unknown, clients?: unknown) => Promise<Verdict>;

/**
 * Ties a rule to its parameters and clients.
 *
 * @throws (from the returned function) EvaluationError for an event that cannot be evaluated: not of the kind of one of
 *   the rule's triggers, a CloudTrail record without its call, or one that the rule itself throws on.
 */
export function evaluator(
  rule: AnyRule,
  context: { parameters: Readonly<Record<string, unknown>>; clients: unknown },
  runbookUrl: string | null = null,
): Evaluate {
  return async (input, clients = context.clients) => {
    const { event, eventId, record, ...reading } = read(rule, input);
    const quiet = (because: Verdict['because']): Verdict => ({
      alerts: [],
      suppressed: [],
      because,
    });
    // A partner's bus can make events of any content, and no pattern can ask for `aws.` without `aws.partner/`.
    if (record && isFromPartner(event)) return quiet('the event is not from AWS');
    // A rule whose pattern does not speak of CloudTrail is not told what to make of its records.
    const became = record && 'deniedAttempts' in context.parameters ? outcome(record) : 'succeeded';
    if (became === 'failed') return quiet('the call failed');
    if (became === 'denied' && context.parameters['deniedAttempts'] !== 'alert') {
      return quiet('the call was denied');
    }
    const given = await ask(rule, event, eventId, { ...context, clients });
    if (given.length === 0) return quiet('nothing found');
    for (const finding of given) checkFinding(rule, finding);
    // What mutes findings and makes alerts is a chunk of its own: most events need none.
    const { aboutEvent, verdictOn, withMuting } = await import('./alert.ts');
    const ignored = context.parameters['ignoredActors'] as Matchers | undefined;
    const all = await Promise.all(given.map((each) => withMuting(each, record, ignored)));
    const about = reading.about ?? aboutEvent(event as EventBridgeEvent, record);
    const occasion = { event, about, record, outcome: became, runbookUrl };
    return verdictOn(rule, all, occasion, context.parameters);
  };
}

/** An event; the record where it carries one. What an event of EventBridge says of itself is read for an alert only. */
interface Reading extends Partial<Arrival> {
  readonly event: unknown;
  readonly eventId: string | null;
  readonly record?: CloudTrailRecord | undefined;
}

/** Reads what was given as an event of one of the rule's triggers. */
function read(rule: AnyRule, given: unknown): Reading {
  for (const trigger of rule.triggers) {
    const reader: Reader | undefined = trigger.read;
    if (!reader) {
      const reading = readEvent(rule, given);
      if (reading) return reading;
      continue;
    }
    const arrival = reader(given);
    if (arrival) return { ...arrival, eventId: arrival.about.eventId };
  }
  const kinds = new Set(
    rule.triggers.map(({ kind }: Trigger) =>
      kind === 'sns'
        ? 'a message of SNS (Records with one Sns)'
        : kind === 'webhook'
          ? 'a delivery of a webhook (an object with name and payload)'
          : 'an EventBridge event (an object with detail-type and detail)',
    ),
  );
  throw new EvaluationError(
    `${rule.name} expected ${[...kinds].join(' or ')}, found ${describe(given)}.`,
  );
}

function readEvent(rule: AnyRule, given: unknown): Reading | undefined {
  if (!isObject(given) || typeof given['detail-type'] !== 'string' || !isObject(given['detail'])) {
    return undefined;
  }
  const event = given as unknown as EventBridgeEvent;
  const record = readRecord(rule, event);
  return { event, record, eventId: text(record?.eventID) ?? text(event.id) };
}

const isFromPartner = (event: unknown): boolean =>
  isObject(event) && text(event['source'])?.startsWith('aws.partner/') === true;

function readRecord(rule: AnyRule, event: EventBridgeEvent): CloudTrailRecord | undefined {
  if (!carriesRecord(event['detail-type'])) return undefined;
  const detail = event.detail as Readonly<Record<string, unknown>>;
  if (typeof detail['eventName'] !== 'string' || typeof detail['eventSource'] !== 'string') {
    throw new EvaluationError(
      `${rule.name} expected a CloudTrail record with eventSource and eventName in event ${text(event.id) ?? 'without an id'}, found ${describe(detail)}.`,
    );
  }
  return detail as unknown as CloudTrailRecord;
}

async function ask(
  rule: AnyRule,
  event: unknown,
  eventId: string | null,
  context: { parameters: Readonly<Record<string, unknown>>; clients: unknown },
): Promise<readonly Finding[]> {
  try {
    const found: Findings = await rule.evaluate(event, context);
    return found ? [found].flat() : [];
  } catch (error) {
    throw new EvaluationError(
      `${rule.name} could not evaluate event ${eventId ?? 'without an id'}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function checkFinding(rule: AnyRule, finding: unknown): void {
  if (
    !isObject(finding) ||
    typeof finding['title'] !== 'string' ||
    typeof finding['summary'] !== 'string'
  ) {
    throw new EvaluationError(
      `${rule.name} gave a finding without title and summary: ${describe(finding)}.`,
    );
  }
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

const describe = (value: unknown): string =>
  isObject(value)
    ? `an object with ${Object.keys(value).slice(0, 8).join(', ') || 'no fields'}`
    : Array.isArray(value)
      ? 'a list'
      : value === null || value === undefined
        ? 'nothing'
        : `a ${typeof value}`;
