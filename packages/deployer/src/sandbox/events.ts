/** Recognises what people keep events in: CloudTrail's log files, EventBridge envelopes, plain records, webhook deliveries. */
import { type EventBridgeEvent, isCloudTrailRecord, isObject, wrapRecord } from '@patrol/core';
import { sandbox } from './environment.ts';

/** What one value of a file is. */
export type Recognised =
  /** An EventBridge event; a plain CloudTrail record comes wrapped as one. */
  | { readonly kind: 'event'; readonly event: Readonly<Record<string, unknown>> | EventBridgeEvent }
  /** A delivery of a GitHub webhook. */
  | { readonly kind: 'webhook' }
  /** A list of values: an array, or the `Records` of a CloudTrail log file. */
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
  if (Array.isArray(value['Records'])) return { kind: 'list', values: value['Records'] };
  if (isCloudTrailRecord(value)) return { kind: 'event', event: wrapRecord(value) };
  if ('digestS3Object' in value || 'digestStartTime' in value) return { kind: 'digest' };
  if (typeof value['name'] === 'string' && isObject(value['payload'])) return { kind: 'webhook' };
  const keys = Object.keys(value);
  const some = keys.slice(0, 8).join(', ') + (keys.length > 8 ? ', …' : '');
  return { kind: 'unknown', found: `an object with ${some || 'no fields'}` };
}

/** For messages: what {@link recognise} knows. */
export const recognised: string =
  'an EventBridge event (an object with detail-type), a CloudTrail record (eventSource and eventName), ' +
  'a CloudTrail log file (Records) or a webhook delivery (name and payload)';

/** The id of an event as its alert would carry it; `null` when it has none. */
export function eventId(event: unknown): string | null {
  const fields = isObject(event) ? event : {};
  const detail = isObject(fields['detail']) ? fields['detail'] : {};
  const id = [detail['eventID'], fields['id']].find(
    (found) => typeof found === 'string' && found !== '',
  );
  return typeof id === 'string' ? id : null;
}

/** What EventBridge gives to the target of a schedule. */
export const scheduledEvent = (time: Date): EventBridgeEvent => ({
  version: '0',
  id: '00000000-0000-0000-0000-000000000000',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: sandbox.account,
  time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
  region: sandbox.region,
  resources: [
    `arn:${sandbox.partition}:events:${sandbox.region}:${sandbox.account}:rule/${sandbox.stackName}`,
  ],
  detail: {},
});
