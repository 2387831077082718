/**
 * Recognises what people keep events in: CloudTrail's log files, EventBridge envelopes, plain records, what SNS gives a
 * function, deliveries of GitHub's webhooks and the HTTP requests that they came in.
 */
import { type EventBridgeEvent, isObject } from '@patrol/core';
import {
  isCloudTrailRecord,
  readDelivery,
  readSnsMessage,
  wrapRecord,
} from '@patrol/core/evaluation';
import type { Place } from '../cloud/cloud.ts';
import { sandbox } from '../evaluate/sandbox.ts';
import { type HttpRequest, isHttpRequest } from './webhook.ts';

/** An event as a rule can be asked about it. */
export type KnownEvent = Readonly<Record<string, unknown>> | EventBridgeEvent;

/** What one value of a file is. */
export type Recognised =
  /**
   * An EventBridge event, what SNS gives a function, or a delivery of a webhook. A plain CloudTrail record comes wrapped
   * as EventBridge wraps it, a message as Lambda gets it.
   */
  | { readonly kind: 'event'; readonly event: KnownEvent }
  /** The HTTP request of a delivery, as API Gateway gives it to a function. */
  | { readonly kind: 'request'; readonly request: HttpRequest }
  /** A list of values: an array, the `Records` of a file, the examples of a webhook's event. */
  | { readonly kind: 'list'; readonly values: readonly unknown[] }
  /** A digest file of CloudTrail: signatures of log files, no events. */
  | { readonly kind: 'digest' }
  /** None of these; `found` says what it is. */
  | { readonly kind: 'unknown'; readonly found: string };

/** Says what a value is. */
export function recognise(value: unknown): Recognised {
  if (Array.isArray(value)) return { kind: 'list', values: value };
  if (!isObject(value))
    return { kind: 'unknown', found: value === null ? 'null' : `a ${typeof value}` };
  if (typeof value['detail-type'] === 'string') return { kind: 'event', event: value };
  const { Records: records, examples, name } = value;
  if (Array.isArray(records)) return { kind: 'list', values: records };
  if (isCloudTrailRecord(value)) return { kind: 'event', event: wrapRecord(value) };
  // Lambda gets each message in a list of one.
  const message = { Records: [value] };
  if (readSnsMessage(message)) return { kind: 'event', event: message };
  if (readDelivery(value)) return { kind: 'event', event: value };
  if (isHttpRequest(value)) return { kind: 'request', request: value };
  if (typeof name === 'string' && Array.isArray(examples)) {
    return { kind: 'list', values: examples.map((payload: unknown) => ({ name, payload })) };
  }
  if ('digestS3Object' in value || 'digestStartTime' in value) return { kind: 'digest' };
  const keys = Object.keys(value);
  const some = keys.slice(0, 8).join(', ') + (keys.length > 8 ? ', …' : '');
  return { kind: 'unknown', found: `an object with ${some || 'no fields'}` };
}

/** For messages: what {@link recognise} knows. */
export const knownKinds: string =
  'an EventBridge event (an object with detail-type), a CloudTrail record (eventSource and eventName), ' +
  'a CloudTrail log file (Records), an SNS event of Lambda (Records with Sns), ' +
  'or a delivery of a GitHub webhook (name and payload, or its HTTP request)';

/** The id of an event as its alert would carry it; `null` when it has none. */
export function eventId(event: unknown): string | null {
  const fields = isObject(event) ? event : {};
  const arrival = readSnsMessage(event) ?? readDelivery(event);
  if (arrival) return arrival.about.eventId;
  const detail = isObject(fields['detail']) ? fields['detail'] : {};
  const id = [detail['eventID'], fields['id']].find(
    (found) => typeof found === 'string' && found !== '',
  );
  return typeof id === 'string' ? id : null;
}

/** What EventBridge gives to the target of a schedule. */
export const scheduledEvent = (
  time: Date,
  { account, region, partition }: Place = sandbox,
): EventBridgeEvent => ({
  version: '0',
  id: '00000000-0000-0000-0000-000000000000',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
  region,
  resources: [`arn:${partition}:events:${region}:${account}:rule/${sandbox.stackName}`],
  detail: {},
});
