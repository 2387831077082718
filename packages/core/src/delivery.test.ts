import { describe, expect, test } from 'vitest';
import type { WebhookDelivery } from './arrival.ts';
import { delivery, isScheduledEvent, ruleDelivery } from './delivery.ts';
import { type AnyRule, defineRule } from './rule.ts';
import { eventOf, stopped } from './rule.fake.ts';
import { apiCall, schedule, sns, type Trigger, webhook } from './trigger.ts';

const ruleOf = (...triggers: readonly Trigger[]): AnyRule =>
  defineRule({ ...stopped, triggers, parameters: {}, evaluate: () => undefined });

const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
const message = { Records: [{ Sns: { Message: 'x' } }] };
const fork = { name: 'fork', payload: {} };

const stops = apiCall('cloudtrail.amazonaws.com', ['StopLogging']);
const forks = webhook<WebhookDelivery<'fork' | 'public'>>(['fork', 'public']);

describe('a rule is given what its triggers deliver', () => {
  const [noEvent, noMatch] = [
    'no event of EventBridge runs the rule',
    'it does not match the event pattern of the rule',
  ];
  test.each<[string, AnyRule, unknown, string | undefined]>([
    ['a call', ruleOf(stops), eventOf(), undefined],
    ['another call', ruleOf(stops), eventOf({ eventName: 'StartLogging' }), noMatch],
    ['a message to a rule on calls', ruleOf(stops), message, noMatch],
    ['a delivery to a rule on calls', ruleOf(stops), fork, noMatch],
    ['the clock to a rule on calls', ruleOf(stops), scheduled, noMatch],
    ['a message', ruleOf(sns()), message, undefined],
    ['two messages', ruleOf(sns()), { Records: [...message.Records, ...message.Records] }, noEvent],
    ['a call to a rule on messages', ruleOf(sns()), eventOf(), noEvent],
    ['the clock', ruleOf(schedule('rate(1 hour)')), scheduled, undefined],
    ['a call to a scheduled rule', ruleOf(schedule('rate(1 hour)')), eventOf(), noEvent],
    ['a delivery', ruleOf(forks), fork, undefined],
    ['its other event', ruleOf(forks), { ...fork, name: 'public' }, undefined],
    [
      'an event that it did not ask for',
      ruleOf(forks),
      { ...fork, name: 'push' },
      'the webhook sends fork, public only',
    ],
    ['an event named like a method', ruleOf(forks), { ...fork, name: 'toString' }, 'the webhook'],
    ['a message to a rule on deliveries', ruleOf(forks), message, noEvent],
    ['a delivery to a rule of both', ruleOf(stops, forks), fork, undefined],
    ['a call to a rule of both', ruleOf(stops, forks), eventOf(), undefined],
    ['the events of two webhooks', ruleOf(webhook(['push']), forks), fork, undefined],
    ['nothing', ruleOf(stops, forks, sns(), schedule('rate(1 hour)')), null, noMatch],
  ])('%s', (_, rule, given, expected) => {
    const reason = ruleDelivery(rule)(given);
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toContain(expected);
  });
});

test('EventBridge delivers through any of the rules, and says so where there are several', () => {
  const patterns = ['a', 'b'].map((source) => ({
    pattern: { source: [source] },
    state: 'ENABLED' as const,
  }));
  const by = delivery(patterns);
  expect([by({ source: 'a' }), by({ source: 'b' })]).toEqual([undefined, undefined]);
  expect(by({ source: 'c' })).toBe('it matches none of the event patterns of the rule');
});

test.each([
  [scheduled, true],
  [{ ...scheduled, source: 'mallory' }, false],
  [{ ...scheduled, 'detail-type': 'Other' }, false],
  [eventOf(), false],
  [null, false],
])('the clock is told from other events: %#', (given, expected) => {
  expect(isScheduledEvent(given)).toBe(expected);
});
