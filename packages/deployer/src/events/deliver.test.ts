import { wrapRecord } from '@patrol/core/evaluation';
import type { RuleManifest, TriggerManifest } from '@patrol/core/contracts';
import { expect, test } from 'vitest';
import { record } from '../testing/artifact.ts';
import { type Delivery, delivery } from './deliver.ts';
import { scheduledEvent } from './recognise.ts';

const pattern = {
  source: [{ prefix: 'aws.' }],
  detail: { eventName: ['StopLogging', 'GetTrail'] },
};
const gate = (...triggers: readonly TriggerManifest[]): Delivery =>
  delivery({ name: 'rule', triggers } as unknown as RuleManifest);
const plain = gate({ kind: 'event', state: 'ENABLED', pattern });
const all = gate({
  kind: 'event',
  state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
  pattern,
});
const clock = gate({ kind: 'schedule', expression: 'rate(1 hour)', everySeconds: 3600 });

test('an event that matches is delivered', () => {
  expect(plain.delivers(wrapRecord(record('StopLogging')))).toBe(true);
});

test('an event that does not match is not, and the field is named', () => {
  const event = wrapRecord(record('StartLogging'));
  expect(plain.delivers(event)).toBe(false);
  expect(plain.whyNot(event)).toMatch(
    /would not deliver this event: .*The pattern expects detail\.eventName to match \["StopLogging","GetTrail"\]; the event has "StartLogging"\.$/,
  );
});

test('a field that the event does not have is named', () => {
  expect(plain.whyNot({ source: 'aws.x' })).toMatch(
    /detail\.eventName to match .*; the event has none\./,
  );
  expect(plain.whyNot(null)).toMatch(/expects source to match/);
});

test('a read-only call reaches only a rule in the state that asks for them', () => {
  const event = wrapRecord(record('GetTrail'));
  expect(plain.delivers(event)).toBe(false);
  expect(plain.whyNot(event)).toMatch(/GetTrail.*ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS/);
  expect(all.delivers(event)).toBe(true);
});

test('a schedule delivers Scheduled Events and nothing else', () => {
  const scheduled = scheduledEvent(new Date(0));
  expect(clock.delivers(scheduled)).toBe(true);
  expect(plain.delivers(scheduled)).toBe(false);
  expect(clock.delivers(wrapRecord(record('StopLogging')))).toBe(false);
  expect(clock.whyNot({})).toBe(
    'rate(1 hour) gives the rule Scheduled Events of the source aws.events, and this is none.',
  );
});

test('one of several triggers is enough', () => {
  const both = gate(
    { kind: 'event', state: 'ENABLED', pattern },
    { kind: 'event', state: 'ENABLED', pattern: { source: ['my.app'] } },
    { kind: 'schedule', expression: 'rate(1 hour)', everySeconds: 3600 },
  );
  expect(both.delivers({ source: 'my.app' })).toBe(true);
  expect(both.delivers(scheduledEvent(new Date(0)))).toBe(true);
  expect(both.whyNot({ source: 'other' })).toMatch(
    /detail\.eventName|expects source to match.*my\.app.*rate/,
  );
});

test('$or is told as a whole', () => {
  const either = gate({
    kind: 'event',
    state: 'ENABLED',
    pattern: { $or: [{ source: ['a'] }, { account: ['b'] }] },
  });
  expect(either.whyNot({ source: 'c' })).toMatch(/The pattern expects \$or to match \[.*\]\.$/);
});

test('a pattern in the manifest that EventBridge refuses is an error of the package', () => {
  const bad = { source: [] };
  expect(() => gate({ kind: 'event', state: 'ENABLED', pattern: bad })).toThrow(
    /manifest .* EventBridge refuses/,
  );
});

const message = { Records: [{ Sns: { Message: 'x', MessageId: 'm' } }] };

test('a topic delivers messages of SNS and nothing else', () => {
  const topic = gate({ kind: 'sns', services: [] });
  expect(topic.delivers(message)).toBe(true);
  expect(plain.delivers(message)).toBe(false);
  expect(topic.delivers(wrapRecord(record('StopLogging')))).toBe(false);
  expect(topic.whyNot({})).toBe(
    'The topic gives the rule messages of SNS (Records with one Sns), and this is none.',
  );
});

test('a webhook delivers the events that it was registered with', () => {
  const hook = gate({ kind: 'webhook', events: ['fork'] }, { kind: 'webhook', events: ['public'] });
  expect(hook.delivers({ name: 'fork', payload: {} })).toBe(true);
  expect(hook.delivers({ name: 'public', payload: {} })).toBe(true);
  expect(hook.delivers({ name: 'push', payload: {} })).toBe(false);
  expect(plain.delivers({ name: 'fork', payload: {} })).toBe(false);
  expect(hook.whyNot({ name: 'push', payload: {} })).toBe(
    'The webhook sends fork, public only, and this is push.',
  );
  expect(hook.whyNot(message)).toBe(
    "The webhook gives the rule deliveries of GitHub's events fork, public, and this is none.",
  );
});
