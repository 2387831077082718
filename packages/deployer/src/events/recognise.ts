/**
 * Recognises the forms in which people keep events: CloudTrail's log files and records, EventBridge events, SNS events of
 * Lambda, deliveries of GitHub's webhooks, and their HTTP requests.
 */
import { type EventBridgeEvent, isObject } from '@patrol/core';
import * as core from '@patrol/core/evaluation';
import type { Place } from '../cloud/cloud.ts';
import { sandbox } from '../evaluate/sandbox.ts';
import { failureRecord, readQueued } from './queued.ts';
import { type HttpRequest, isHttpRequest } from './webhook.ts';

/** An event that a rule can evaluate. */
export type KnownEvent = Readonly<Record<string, unknown>> | EventBridgeEvent;

/** The kind of a value in a file. */
export type Recognised =
  /**
   * An EventBridge event, an SNS event of Lambda, or a delivery of a webhook. A CloudTrail record is wrapped as EventBridge
   * does it, and a single SNS message as Lambda gets it.
   */
  | { readonly kind: 'event'; readonly event: KnownEvent }
  /** The HTTP request of a delivery, as API Gateway gives it to a function. */
  | { readonly kind: 'request'; readonly request: HttpRequest }
  /** A list of values: an array, the `Records` of a file, the examples of a webhook's event. */
  | { readonly kind: 'list'; readonly values: readonly unknown[] }
  /** A digest file of CloudTrail. It holds signatures of log files and no events. */
  | { readonly kind: 'digest' }
  /** None of these; `found` says what it is. */
  | { readonly kind: 'unknown'; readonly found: string };

/** Recognises a value. */
export function recognise(value: unknown): Recognised {
  if (Array.isArray(value)) return { kind: 'list', values: value };
  if (!isObject(value))
    return { kind: 'unknown', found: value === null ? 'null' : `a ${typeof value}` };
  if (typeof value['detail-type'] === 'string') return { kind: 'event', event: value };
  const { Records: records, examples, name, Messages: messages, Body: body } = value;
  // What `aws sqs receive-message` prints, and what Lambda writes into a failure queue.
  if (Array.isArray(messages)) return { kind: 'list', values: messages };
  const queued = typeof body === 'string' ? readQueued(body) : failureRecord(value);
  if (queued) return recognise(queued.event);
  if (Array.isArray(records)) return { kind: 'list', values: records };
  if (core.isCloudTrailRecord(value)) return { kind: 'event', event: core.wrapRecord(value) };
  // Lambda gets each message in a list of one.
  const message = { Records: [value] };
  if (core.readSnsMessage(message)) return { kind: 'event', event: message };
  if (core.readDelivery(value)) return { kind: 'event', event: value };
  if (isHttpRequest(value)) return { kind: 'request', request: value };
  if (typeof name === 'string' && Array.isArray(examples)) {
    return { kind: 'list', values: examples.map((payload: unknown) => ({ name, payload })) };
  }
  if ('digestS3Object' in value || 'digestStartTime' in value) return { kind: 'digest' };
  const keys = Object.keys(value);
  const some = keys.slice(0, 8).join(', ') + (keys.length > 8 ? ', …' : '');
  return { kind: 'unknown', found: `an object with ${some || 'no fields'}` };
}

/** The kinds of events that {@link recognise} knows, for messages. */
export const knownKinds: string =
  'an EventBridge event (an object with detail-type), a CloudTrail record (eventSource and eventName), ' +
  'a CloudTrail log file (Records), an SNS event of Lambda (Records with Sns), a message of a failure queue, ' +
  'or a delivery of a GitHub webhook (name and payload, or its HTTP request)';

/** The id that an alert about the event has; `null` when the event has none. */
export function eventId(event: unknown): string | null {
  const fields = isObject(event) ? event : {};
  const arrival = core.readSnsMessage(event) ?? core.readDelivery(event);
  if (arrival) return arrival.about.eventId;
  const detail = isObject(fields['detail']) ? fields['detail'] : {};
  const id = [detail['eventID'], fields['id']].find(
    (found) => typeof found === 'string' && found !== '',
  );
  return typeof id === 'string' ? id : null;
}

/** The event that EventBridge sends to the target of a schedule. */
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
