import { apiCall, defineRule, schedule } from '@patrol/core';
import { ruleTemplate } from '@patrol/core/template';
import { describe, expect, test } from 'vitest';
import { baseTemplate } from '../destinations/base.ts';
import { costsOf, costWords, together } from './costs.ts';
import type { Template } from './template.ts';

const rule = (name: string, more: object = {}) =>
  defineRule({
    name,
    title: 'It happened',
    description: 'Alerts on it.',
    severity: 'high',
    runbook: 'Ask who did it.',
    triggers: [apiCall('cloudtrail.amazonaws.com', ['StopLogging'])],
    parameters: {},
    evaluate: () => undefined,
    ...more,
  });
const templateOf = (built: ReturnType<typeof rule>): Template => {
  const { Parameters: parameters = {}, Resources: resources = {}, ...rest } = ruleTemplate(built);
  return { text: JSON.stringify(rest), parameters, resources };
};
const event = templateOf(rule('event'));
const watcher = templateOf(
  rule('watcher', { watches: true, timeout: 300, triggers: [schedule('rate(15 minutes)')] }),
);
const arn = 'arn:aws:sqs:eu-west-1:111122223333:q';
const topic = { AlertTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alerts' };
const sharing = { ...topic, FailureQueueArn: arn, DeadLetterQueueArn: arn };

describe('what a stack costs', () => {
  test('is its alarms while nothing happens, and nothing where it shares queues', () => {
    expect(costsOf(event, topic)).toMatchObject({ alarms: 5, fixed: 0.5 });
    expect(costsOf(event, sharing)).toMatchObject({ alarms: 0, fixed: 0 });
  });

  test('is also a notifier, which runs each minute, where it has topics of its own', () => {
    const ticks = 43_800;
    const running = (ticks * 0.2) / 1e6 + ticks * 0.5 * 0.5 * 0.000_013_333_4;
    const found = costsOf(event, {});
    expect(found.alarms).toBe(9);
    expect(found.fixed).toBeCloseTo(0.9 + running, 3);
    // The clock of the notifier is no run of a rule that watches the others.
    const more = costsOf(watcher, {}, true).fixed - costsOf(watcher, topic, true).fixed;
    expect(more).toBeCloseTo(0.4 + running, 3);
  });

  test('of a million events is a million requests, their time and their log', () => {
    // 0.20 for the requests, 0.05 s with a quarter of a GB each, and a GB of log.
    const expected = 0.2 + 1e6 * 0.05 * 0.25 * 0.000_013_333_4 + 0.5;
    expect(costsOf(event, {}).perMillion).toBeCloseTo(expected, 4);
  });

  test('of a rule that watches the others is its runs and what it reads of metrics', () => {
    const runs = 2920;
    const reading = (runs * 2 * 0.01) / 1000;
    const running = (runs * 0.2) / 1e6 + runs * 20 * 0.25 * 0.000_013_333_4;
    const found = costsOf(watcher, sharing, true);
    expect(found.alarms).toBe(3);
    expect(found.fixed).toBeCloseTo(0.3 + running + reading, 3);
    expect(costsOf(watcher, sharing, false).fixed).toBeLessThan(found.fixed);
  });

  test('counts each metric of an alarm, and no expression', () => {
    const math = {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        Metrics: [{ Id: 'e', Expression: 'a+b' }, { MetricStat: {} }, { MetricStat: {} }],
      },
    };
    const template = { text: '{}', parameters: {}, resources: { Alarm: math } };
    expect(costsOf(template, {})).toMatchObject({ alarms: 2, fixed: 0.2 });
  });

  test('of secrets and endpoints is there too', () => {
    const resources = {
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
      Webhook: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
    };
    const found = costsOf({ text: '{}', parameters: {}, resources }, {});
    expect(found.fixed).toBe(0.4);
    expect(found.perMillion).toBeGreaterThan(1);
  });

  test('60 rules that share queues have at most 10 alarms, with those of the notifier and of the queues', () => {
    const base = costsOf(baseTemplate, {
      AlertEmail: 'a@example.com',
      QueueAlarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms',
    });
    const rules = Array.from({ length: 59 }, () => costsOf(event, sharing));
    const all = together([base, costsOf(watcher, sharing, true), ...rules]);
    expect(all.alarms).toBeLessThanOrEqual(10);
    expect(all.fixed).toBeLessThan(2);
    const before = together(Array.from({ length: 60 }, () => costsOf(event, topic)));
    expect(before).toMatchObject({ alarms: 300, fixed: 30 });
  });

  test('is said with its region and day', () => {
    expect(costWords(costsOf(event, topic))).toBe(
      'About $0.50 a month with 5 alarms, and $0.87 for a million events. Prices of us-east-1 on 2026-11-27, without the free tier',
    );
  });
});
