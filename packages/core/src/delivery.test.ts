import { describe, expect, test } from 'vitest';
import type { WebhookDelivery } from './arrival.ts';
import { deliveryWays, ruleDelivery } from './delivery.ts';
import { type AnyRule, defineRule } from './rule.ts';
import { eventOf, stopped } from './rule.fake.ts';
import { apiCall, type RuleState, schedule, sns, type Trigger, webhook } from './trigger.ts';

const ruleOf = (...triggers: readonly Trigger[]): AnyRule =>
  defineRule({ ...stopped, triggers, parameters: {}, evaluate: () => undefined });

const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
const message = { Records: [{ Sns: { Message: 'x' } }] };
const fork = { name: 'fork', payload: {} };

const stops = apiCall('cloudtrail.amazonaws.com', ['StopLogging']);
const forks = webhook<WebhookDelivery<'fork' | 'public'>>(['fork', 'public']);

describe('a rule is given what its triggers deliver', () => {
  const noMatch = 'it does not match the event pattern of the rule';
  test.each<[string, AnyRule, unknown, string | undefined]>([
    ['a call', ruleOf(stops), eventOf(), undefined],
    ['another call', ruleOf(stops), eventOf({ eventName: 'StartLogging' }), noMatch],
    ['a message to a rule on calls', ruleOf(stops), message, noMatch],
    ['a delivery to a rule on calls', ruleOf(stops), fork, noMatch],
    ['the clock to a rule on calls', ruleOf(stops), scheduled, noMatch],
    ['a message', ruleOf(sns()), message, undefined],
    [
      'two messages',
      ruleOf(sns()),
      { Records: [...message.Records, ...message.Records] },
      'the topic',
    ],
    ['a call to a rule on messages', ruleOf(sns()), eventOf(), 'the topic'],
    ['the clock', ruleOf(schedule('rate(1 hour)')), scheduled, undefined],
    [
      'a call to a scheduled rule',
      ruleOf(schedule('rate(1 hour)')),
      eventOf(),
      'rate(1 hour) gives',
    ],
    ['a delivery', ruleOf(forks), fork, undefined],
    ['its other event', ruleOf(forks), { ...fork, name: 'public' }, undefined],
    [
      'an event that it did not ask for',
      ruleOf(forks),
      { ...fork, name: 'push' },
      'the webhook sends fork, public only',
    ],
    ['an event named like a method', ruleOf(forks), { ...fork, name: 'toString' }, 'the webhook'],
    ['a message to a rule on deliveries', ruleOf(forks), message, "GitHub's events fork, public,"],
    ['a delivery to a rule of both', ruleOf(stops, forks), fork, undefined],
    ['a call to a rule of both', ruleOf(stops, forks), eventOf(), undefined],
    ['the events of two webhooks', ruleOf(webhook(['push']), forks), fork, undefined],
    ['an event taken as well', ruleOf(webhook(['push'], { also: ['fork'] })), fork, undefined],
    [
      'nothing',
      ruleOf(stops, forks, sns(), schedule('rate(1 hour)')),
      null,
      `${noMatch}; rate(1 hour) gives the rule Scheduled Events of the source aws.events, and this is none; the topic`,
    ],
  ])('%s', (_, rule, given, expected) => {
    const reason = ruleDelivery(rule)(given);
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toContain(expected);
  });
});

test('EventBridge delivers through any of the rules, and says so where there are several', () => {
  const rules = ['a', 'b'].map((source) => ({
    kind: 'event' as const,
    pattern: { source: [source] },
  }));
  const [way, ...more] = deliveryWays(rules);
  expect(more).toEqual([]);
  expect([way?.refusal({ source: 'a' }), way?.refusal({ source: 'b' })]).toEqual([
    undefined,
    undefined,
  ]);
  expect(way?.refusal({ source: 'c' })).toBe('it matches none of the event patterns of the rule');
});

test('the state of a rule that is given goes before the one that its pattern needs', () => {
  const pattern = { source: [{ prefix: 'aws.' }] };
  const read = eventOf({ eventName: 'ListTrails' });
  const refusal = (state: RuleState): string | undefined =>
    deliveryWays([{ kind: 'event', pattern, state }])[0]?.refusal(read);
  expect(refusal('ENABLED')).toContain('ListTrails, a read-only call');
  expect(refusal('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS')).toBeUndefined();
});
