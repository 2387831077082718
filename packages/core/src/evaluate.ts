/** From an event to its verdict: everything a rule's function decides, without AWS, clock or environment. */
import {
  type Actor,
  actor,
  carriesRecord,
  type CloudTrailRecord,
  consoleUrl,
  type EventBridgeEvent,
  isObject,
  outcome,
} from './cloudtrail.ts';
import { type Alert, type AnyRule, severities, type Severity } from './rule.ts';

/** An alert as machines get it: the rule's finding and what the event says about it. `null` where the event does not say. */
export interface Envelope {
  /** The version of this format. */
  readonly version: 1;
  /** The rule's name. */
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  readonly summary: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** The account in which it happened: 12 digits. */
  readonly account: string | null;
  readonly region: string | null;
  readonly actor: Actor | null;
  /** The IP address, or the AWS service, that the call came from. */
  readonly sourceAddress: string | null;
  readonly userAgent: string | null;
  readonly eventName: string | null;
  /** When it happened, in ISO 8601. */
  readonly eventTime: string | null;
  /** The same for every copy of the event, so that receivers can recognise one that comes twice. */
  readonly eventId: string | null;
  /** The event in the CloudTrail console. */
  readonly consoleUrl: string | null;
  /** What to do, in a paragraph. */
  readonly runbook: string;
  /** Where more is written about it. */
  readonly runbookUrl: string | null;
  /** The event as it came. `{"truncated": "…"}` with its beginning where it was too large to be sent. */
  readonly event: unknown;
}

/** What a rule makes of an event. */
export interface Verdict {
  /** Empty when there is nothing to say. */
  readonly alerts: readonly Envelope[];
  /** Why there are none, or `alert`. */
  readonly because: 'alert' | 'nothing found' | 'the call was denied' | 'the call failed';
}

/** An event that a rule could not read. It is thrown so that Lambda tries again and then keeps the event in the failure queue. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** Decides about one event, given the rule's parsed parameters and its clients. */
export type Evaluate = (event: unknown) => Promise<Verdict>;

/**
 * Ties a rule to its parameters and clients.
 *
 * @throws (from the returned function) EvaluationError for an event that cannot be evaluated: not an EventBridge event, a
 *   CloudTrail record without its call, or one that the rule itself throws on.
 */
export function evaluator(
  rule: AnyRule,
  context: { parameters: Readonly<Record<string, unknown>>; clients: unknown },
  runbookUrl: string | null = null,
): Evaluate {
  return async (given) => {
    const event = readEvent(rule, given);
    const record = readRecord(rule, event);
    // A rule whose pattern does not speak of CloudTrail is not told what to make of its records.
    const became = record && 'deniedAttempts' in context.parameters ? outcome(record) : 'succeeded';
    if (became === 'failed') return { alerts: [], because: 'the call failed' };
    if (became === 'denied' && context.parameters['deniedAttempts'] !== 'alert') {
      return { alerts: [], because: 'the call was denied' };
    }
    const found = await ask(rule, event, context);
    const alerts = found.map((alert) => {
      checkAlert(rule, alert);
      return envelope(
        rule,
        became === 'denied' ? asDenied(alert, rule, record) : alert,
        event,
        record,
        runbookUrl,
      );
    });
    return { alerts, because: alerts.length > 0 ? 'alert' : 'nothing found' };
  };
}

function readEvent(rule: AnyRule, given: unknown): EventBridgeEvent {
  if (isObject(given) && typeof given['detail-type'] === 'string' && isObject(given['detail'])) {
    return given as unknown as EventBridgeEvent;
  }
  throw new EvaluationError(
    `${rule.name} expected an EventBridge event (an object with detail-type and detail), found ${describe(given)}.`,
  );
}

function readRecord(rule: AnyRule, event: EventBridgeEvent): CloudTrailRecord | undefined {
  if (!carriesRecord(event['detail-type'])) return undefined;
  const detail = event.detail as Readonly<Record<string, unknown>>;
  if (typeof detail['eventName'] !== 'string' || typeof detail['eventSource'] !== 'string') {
    throw new EvaluationError(
      `${rule.name} expected a CloudTrail record with eventSource and eventName in event ${label(event)}, found ${describe(detail)}.`,
    );
  }
  return detail as unknown as CloudTrailRecord;
}

async function ask(
  rule: AnyRule,
  event: EventBridgeEvent,
  context: { parameters: Readonly<Record<string, unknown>>; clients: unknown },
): Promise<readonly Alert[]> {
  try {
    const found: Alert | readonly Alert[] | undefined | null = await rule.evaluate(event, context);
    return found ? [found].flat() : [];
  } catch (error) {
    throw new EvaluationError(
      `${rule.name} could not evaluate event ${label(event)}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function checkAlert(rule: AnyRule, alert: unknown): void {
  if (
    !isObject(alert) ||
    typeof alert['title'] !== 'string' ||
    typeof alert['summary'] !== 'string'
  ) {
    throw new EvaluationError(
      `${rule.name} gave an alert without title and summary: ${describe(alert)}.`,
    );
  }
}

/** A denied attempt matters one step less than the deed. */
function asDenied(alert: Alert, rule: AnyRule, record: CloudTrailRecord | undefined): Alert {
  const severity = severities[severities.indexOf(alert.severity ?? rule.severity) - 1] ?? 'low';
  const error = [text(record?.errorCode), text(record?.errorMessage)].filter(Boolean).join(': ');
  return {
    ...alert,
    severity,
    title: `Denied attempt: ${alert.title}`,
    summary: `This was attempted and denied${error ? ` (${error})` : ''}. Had it succeeded: ${alert.summary}`,
  };
}

function envelope(
  rule: AnyRule,
  alert: Alert,
  event: EventBridgeEvent,
  record: CloudTrailRecord | undefined,
  runbookUrl: string | null,
): Envelope {
  const region = text(record?.awsRegion) ?? text(event.region);
  const eventId = text(record?.eventID) ?? text(event.id);
  return {
    version: 1,
    rule: rule.name,
    severity: alert.severity ?? rule.severity,
    title: alert.title,
    summary: alert.summary,
    facts: alert.facts ?? {},
    account: text(event.account) ?? text(record?.recipientAccountId),
    region,
    actor: record ? actor(record.userIdentity) : null,
    sourceAddress: text(record?.sourceIPAddress),
    userAgent: text(record?.userAgent),
    eventName: text(record?.eventName) ?? text(event['detail-type']),
    eventTime: text(record?.eventTime) ?? text(event.time),
    eventId,
    consoleUrl: (record && consoleUrl(record.eventID, region)) ?? null,
    runbook: rule.runbook,
    runbookUrl,
    event,
  };
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

const label = (event: EventBridgeEvent): string => text(event.id) ?? 'without an id';

const describe = (value: unknown): string =>
  isObject(value)
    ? `an object with ${Object.keys(value).slice(0, 8).join(', ') || 'no fields'}`
    : Array.isArray(value)
      ? 'a list'
      : value === null || value === undefined
        ? 'nothing'
        : `a ${typeof value}`;
