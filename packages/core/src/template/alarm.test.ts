import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stopped } from '../rule.fake.ts';
import type { AnyRule } from '../rule.ts';
import { slack } from '../sender.ts';
import { schedule, webhook } from '../trigger.ts';
import { neverRings } from '../../../build/src/testing/alarm.ts';
import { deployed } from './deployed.fake.ts';
import { ruleTemplate } from './index.ts';
import { hooked, large, listening, reminding, scheduled, small } from './rules.fake.ts';
import { answerWithin } from './webhook.ts';

type Alarm = Readonly<Record<string, unknown>>;

/** The alarms about a rule. Those about its notifier are in `ownNotifier.test.ts`. */
const alarmsOf = (rule: AnyRule): Readonly<Record<string, Alarm>> =>
  Object.fromEntries(
    Object.entries(ruleTemplate(rule).Resources ?? {}).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::CloudWatch::Alarm' && !id.startsWith('Notifier') ? [[id, Properties]] : [],
    ),
  );

/** With a topic of the operator there is no notifier. */
const withTopic = { AlertTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alerts' };

const good: Alarm = {
  Namespace: 'AWS/Events',
  MetricName: 'Invocations',
  Dimensions: [{ Name: 'RuleName', Value: 'x' }],
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 2,
  Threshold: 1,
  ComparisonOperator: 'LessThanThreshold',
  TreatMissingData: 'breaching',
  AlarmActions: ['arn:aws:sns:us-east-1:111122223333:alerts'],
};

describe('neverRings', () => {
  test('has nothing against a good alarm', () => {
    expect(neverRings(good)).toEqual([]);
  });

  test('refuses the alarms of the originals', () => {
    // lambda-cfn's NoInvocations: no count is below zero.
    const { TreatMissingData: _, ...asOriginal } = good;
    expect(
      neverRings({
        ...asOriginal,
        Namespace: 'AWS/Lambda',
        Dimensions: [{ Name: 'FunctionName', Value: 'x' }],
        Threshold: 0,
        Period: 60,
        EvaluationPeriods: 5,
      }),
    ).toEqual([
      'Invocations is never below 0',
      'Invocations sends nothing at zero, and missing data is not breaching',
    ]);
    // Its alarms of webhooks: the names are ApiName and 4XXError, and the sum of times is no time.
    const webhook = {
      ...asOriginal,
      Namespace: 'AWS/ApiGateway',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 100,
    };
    expect(
      neverRings({
        ...webhook,
        MetricName: '4xxError',
        Dimensions: [{ Name: 'APIName', Value: 'x' }],
      }),
    ).toEqual(['no metric 4xxError in AWS/ApiGateway']);
    expect(
      neverRings({
        ...webhook,
        MetricName: 'Latency',
        Dimensions: [{ Name: 'APIName', Value: 'x' }],
      }),
    ).toEqual([
      'Latency is not sent with the dimensions [APIName]',
      'the Sum of times says how many there were, not how long they are',
    ]);
    expect(
      neverRings({
        ...webhook,
        MetricName: '4XXError',
        Dimensions: [{ Name: 'ApiName', Value: 'x' }],
      }),
    ).toEqual([]);
  });

  test.each<[string, Alarm, string]>([
    ['namespace', { Namespace: 'AWS/Event' }, 'no namespace AWS/Event'],
    ['case of the namespace', { Namespace: 'aws/events' }, 'no namespace aws/events'],
    ['metric', { MetricName: 'invocations' }, 'no metric invocations in AWS/Events'],
    [
      'dimension',
      { Dimensions: [{ Name: 'Rulename', Value: 'x' }] },
      'Invocations is not sent with the dimensions [Rulename]',
    ],
    [
      'one dimension more',
      {
        Dimensions: [
          { Name: 'RuleName', Value: 'x' },
          { Name: 'FunctionName', Value: 'x' },
        ],
      },
      'Invocations is not sent with the dimensions [FunctionName, RuleName]',
    ],
    [
      'no dimension',
      { MetricName: 'FailedInvocations', Dimensions: [] },
      'FailedInvocations is not sent with the dimensions []',
    ],
    ['below zero', { Threshold: 0 }, 'Invocations is never below 0'],
    [
      'at or below less than zero',
      { ComparisonOperator: 'LessThanOrEqualToThreshold', Threshold: -1 },
      'Invocations is never at or below -1',
    ],
    [
      'missing data',
      { TreatMissingData: 'notBreaching' },
      'Invocations sends nothing at zero, and missing data is not breaching',
    ],
    [
      'missing data by default',
      { TreatMissingData: undefined },
      'Invocations sends nothing at zero, and missing data is not breaching',
    ],
    ['comparison', { ComparisonOperator: 'LessThan' }, 'no comparison LessThan'],
    ['statistic', { Statistic: 'sum' }, 'no statistic sum'],
    ['unit', { Unit: 'Seconds' }, 'Invocations has no unit Seconds'],
    ['no statistic', { Statistic: undefined }, 'no statistic undefined'],
    ['two statistics', { ExtendedStatistic: 'p99' }, 'no statistic p99'],
    ['percentile', { Statistic: undefined, ExtendedStatistic: '99' }, 'no statistic 99'],
    ['period', { Period: 90 }, 'no period of 90 seconds'],
    ['zero period', { Period: 0 }, 'no period of 0 seconds'],
    [
      'period under a minute',
      { Period: 30 },
      'metrics of AWS have a point each minute, none each 30 seconds',
    ],
    [
      'short periods longer than a day',
      { Period: 3540, EvaluationPeriods: 25 },
      '25 periods of 3540 seconds are longer than 86400',
    ],
    [
      'periods longer than a week',
      { Period: 86_400, EvaluationPeriods: 8 },
      '8 periods of 86400 seconds are longer than 604800',
    ],
    ['points', { DatapointsToAlarm: 3 }, '3 points of 2 periods'],
    ['actions', { AlarmActions: [] }, 'it tells nobody'],
    ['actions that are off', { ActionsEnabled: false }, 'it tells nobody'],
  ])('%s', (_, change, reason) => {
    expect(neverRings({ ...good, ...change })).toContain(reason);
  });
});

test('HTTP APIs have their own names, and times their own statistics and unit', () => {
  const latency: Alarm = {
    ...good,
    Namespace: 'AWS/ApiGateway',
    MetricName: 'Latency',
    Dimensions: [{ Name: 'ApiId', Value: 'x' }],
    Statistic: undefined,
    ExtendedStatistic: 'p99',
    Unit: 'Milliseconds',
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 8000,
  };
  expect(neverRings(latency)).toEqual([]);
  expect(neverRings({ ...latency, Unit: 'Seconds' })).toEqual(['Latency has no unit Seconds']);
  expect(neverRings({ ...latency, MetricName: '4XXError', Unit: 'Count' })).toEqual([
    '4XXError is not sent with the dimensions [ApiId]',
  ]);
  for (const MetricName of ['4xx', '5xx']) {
    const refused = { ...latency, MetricName, Unit: 'Count' };
    expect(neverRings(refused)).toEqual([]);
    expect(neverRings({ ...refused, Dimensions: [{ Name: 'ApiName', Value: 'x' }] })).toEqual([
      `${MetricName} is not sent with the dimensions [ApiName]`,
    ]);
  }
});

describe('alarms', () => {
  test.each<[string, AnyRule]>([
    ['events', stopped],
    ['few things', small],
    ['many things', large],
    ['a webhook', hooked],
    ['topics', listening],
    ['a clock, which reminds', reminding],
    ['rate(1 minute)', scheduled('rate(1 minute)')],
    ['rate(6 days)', scheduled('rate(6 days)')],
    ['cron', scheduled('cron(0 8 ? * MON-FRI *)', 3 * 86_400)],
  ])('of a rule on %s can all ring', (_, rule) => {
    for (const [id, alarm] of Object.entries(alarmsOf(rule))) {
      expect([id, neverRings(alarm)]).toEqual([id, []]);
    }
  });

  test('there is one for whatever keeps a rule from looking', () => {
    const ofQueues = [
      'ThrottlesAlarm',
      'DroppedEventsAlarm',
      'FailureQueueAlarm',
      'DeadLetterQueueAlarm',
    ];
    expect(Object.keys(alarmsOf(stopped))).toEqual([
      ...ofQueues,
      'EventRuleFailedInvocationsAlarm',
    ]);
    expect(Object.keys(alarmsOf(scheduled('rate(1 hour)')))).toEqual([
      ...ofQueues,
      'ScheduleFailedInvocationsAlarm',
      'ScheduleMissingRunAlarm',
    ]);
    expect(Object.keys(alarmsOf(listening))).toEqual([
      ...ofQueues,
      'SourceTopicFailedDeliveriesAlarm',
      'SourceTopic2FailedDeliveriesAlarm',
    ]);
    // Nothing is kept for a webhook, whose deliveries are answered at once: what fails is a 5xx.
    expect(Object.keys(alarmsOf(hooked))).toEqual([
      'WebhookFailedAlarm',
      'WebhookSlowAlarm',
      'WebhookRefusedAlarm',
      'WebhookFloodedAlarm',
    ]);
    // Each trigger has its own.
    const ids = Object.keys(alarmsOf(large));
    for (const trigger of [
      'EventRule',
      'EventRule2',
      'EventRule3',
      'EventRule4',
      'Schedule',
      'Schedule2',
    ]) {
      expect(ids).toContain(`${trigger}FailedInvocationsAlarm`);
      expect(ids.includes(`${trigger}MissingRunAlarm`)).toBe(trigger.startsWith('Schedule'));
    }
  });

  test('a rule that is given queues has neither queues nor alarms, and keeps its events there', () => {
    const queue = (name: string): string =>
      `arn:aws:sqs:eu-west-1:111122223333:patrol-base-all-default-${name}`;
    const [failures, undelivered] = [queue('failures'), queue('undelivered')];
    const given = {
      ...withTopic,
      FailureQueueArn: failures,
      DeadLetterQueueArn: undelivered,
    };
    const idsOf = (rule: AnyRule): readonly string[] =>
      Object.keys(deployed(ruleTemplate(rule), given).resources).filter((id) =>
        /Alarm|Queue/.test(id),
      );
    for (const rule of [stopped, small, reminding, scheduled('rate(1 day)'), listening]) {
      expect([rule.name, idsOf(rule)]).toEqual([rule.name, []]);
    }
    // What a webhook refuses is in no queue, and nobody knows from a cron expression when it should have run.
    expect(idsOf(large).filter((id) => !id.startsWith('Webhook'))).toEqual([
      'Schedule2MissingRunAlarm',
    ]);
    const { resources, may } = deployed(ruleTemplate(large), given);
    expect(resources['Retries']).toMatchObject({
      DestinationConfig: { OnFailure: { Destination: failures } },
    });
    expect(resources['EventRule']).toMatchObject({
      Targets: [{ DeadLetterConfig: { Arn: undelivered } }],
    });
    expect(deployed(ruleTemplate(listening), given).resources).toMatchObject({
      SourceTopicSubscription: { RedrivePolicy: { deadLetterTargetArn: undelivered } },
    });
    for (const [on, answer] of [
      [failures, true],
      [undelivered, false],
    ] as const) {
      expect([on, may({ by: { role: 'Role' }, action: 'sqs:SendMessage', on })]).toEqual([
        on,
        answer,
      ]);
    }
  });

  test('a rule that watches the others keeps three: its clock, its runs and its failures', () => {
    const watcher = { ...scheduled('rate(15 minutes)'), watches: true };
    const arn = 'arn:aws:sqs:eu-west-1:111122223333:q';
    const there = (values: Readonly<Record<string, string>>): readonly string[] =>
      Object.keys(deployed(ruleTemplate(watcher), { ...withTopic, ...values }).resources).filter(
        (id) => id.endsWith('Alarm'),
      );
    expect(there({ FailureQueueArn: arn, DeadLetterQueueArn: arn })).toEqual([
      'ErrorsAlarm',
      'NotRunningAlarm',
      'ScheduleMissingRunAlarm',
    ]);
    expect(there({})).toEqual(Object.keys(alarmsOf(scheduled('rate(15 minutes)'))));
    const alarms = alarmsOf(watcher);
    expect(alarms['NotRunningAlarm']).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Period: 900,
      EvaluationPeriods: 2,
      TreatMissingData: 'breaching',
    });
    for (const alarm of Object.values(alarms)) expect(neverRings(alarm)).toEqual([]);
  });

  test('speak of nothing that the stack does not have', () => {
    const words = (rule: AnyRule): string => JSON.stringify(Object.values(alarmsOf(rule)));
    expect(words(hooked)).not.toMatch(/queue|EventBridge|SNS|tried again/);
    expect(words(listening)).not.toMatch(/EventBridge|GitHub/);
    expect(words(stopped)).not.toMatch(/SNS|GitHub/);
    expect(words(large)).toContain('EventBridge or SNS could not deliver');
  });

  test('one failure within five minutes rings, silence does not', () => {
    for (const [id, alarm] of Object.entries(alarmsOf(large))) {
      if (/MissingRunAlarm$|^Webhook(Slow|Flooded)Alarm$/.test(id)) continue;
      expect(alarm).toMatchObject({
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    }
  });

  test('a webhook rings when GitHub is about to give up, at a time that the endpoint can take', () => {
    const { WebhookSlowAlarm: slow = {} } = alarmsOf(hooked);
    expect(slow).toMatchObject({ ExtendedStatistic: 'p99', EvaluationPeriods: 1 });
    // In milliseconds. GitHub waits ten seconds; the endpoint answers by itself when the function has not.
    expect(Number(slow['Threshold'])).toBeGreaterThanOrEqual(5000);
    expect(Number(slow['Threshold'])).toBeLessThan(answerWithin);
    expect(answerWithin).toBeLessThan(10_000);
  });

  test('one refused delivery of GitHub rings, requests of strangers only when they are a flood', () => {
    const { WebhookRefusedAlarm: refused, WebhookFloodedAlarm: flooded } = alarmsOf(hooked);
    const filter = ruleTemplate(hooked).Resources?.['WebhookRefusedMetric']?.Properties;
    // The alarm is on the metric that the filter makes of what the function logs (lambda/webhook.ts).
    expect(filter?.['MetricTransformations']).toEqual([
      {
        MetricNamespace: refused?.['Namespace'],
        MetricName: refused?.['MetricName'],
        MetricValue: '1',
      },
    ]);
    expect(refused).toMatchObject({ Namespace: 'Patrol', Statistic: 'Maximum', Threshold: 1 });
    expect(filter).toMatchObject({
      LogGroupName: { Ref: 'LogGroup' },
      FilterPattern: '{ ($.verdict = "refused") && ($.fromSender IS TRUE) }',
    });
    expect(flooded).toMatchObject({ MetricName: '4xx', Statistic: 'Sum', Period: 300 });
    expect(Number(flooded?.['Threshold'])).toBeGreaterThanOrEqual(100);
  });

  test("the alarms of another sender's webhook know how long it waits, and name no command for GitHub", () => {
    const alarms = alarmsOf({ ...hooked, triggers: [webhook(['team_join'], { from: slack })] });
    // Slack waits three seconds.
    expect(Number(alarms['WebhookSlowAlarm']?.['Threshold'])).toBeLessThan(3000);
    const texts = JSON.stringify(alarms);
    expect(texts).toContain('a delivery of Slack');
    expect(texts).not.toMatch(/GitHub|patrol-deploy hook/);
  });

  test('a missing run rings, however often the rule runs, and a run in time never does', () => {
    const rates = fc.oneof(
      fc.integer({ min: 2, max: 6 * 1440 }).map((count) => `rate(${count} minutes)`),
      fc.integer({ min: 2, max: 144 }).map((count) => `rate(${count} hours)`),
      fc.integer({ min: 2, max: 6 }).map((count) => `rate(${count} days)`),
      fc.constantFrom('rate(1 minute)', 'rate(1 hour)', 'rate(1 day)'),
    );
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 1, noNaN: true }), (expression, phase) => {
        const rule = scheduled(expression);
        const every = schedule(expression).everySeconds;
        const alarm = alarmsOf(rule)['ScheduleMissingRunAlarm'] ?? {};
        expect(neverRings(alarm)).toEqual([]);
        const period = Number(alarm['Period']);
        const periods = Number(alarm['EvaluationPeriods']);
        // The longest row of periods without a run, when each run may be half a minute late.
        const runs = Array.from(
          { length: 40 },
          (_, index) => (index + phase) * every + (index % 2) * 30,
        );
        const filled = new Set(runs.map((time) => Math.floor(time / period)));
        const firstPeriod = Math.floor((runs[0] ?? 0) / period);
        const lastPeriod = Math.floor((runs.at(-1) ?? 0) / period);
        let row = 0;
        for (let at = firstPeriod; at <= lastPeriod; at += 1) {
          row = filled.has(at) ? 0 : row + 1;
          expect(row).toBeLessThan(periods);
        }
        // It rings after at most two runs more than were missed, and a day.
        expect(period * periods).toBeLessThanOrEqual(2 * every + 2 * 86_400);
      }),
    );
  });

  test('tell the topic of the alarms, else that of the alerts, in words that fit (AlarmDescription: 1,024 characters)', () => {
    const alerts = 'arn:aws:sns:us-east-1:444455556666:alerts';
    const alarms = 'arn:aws:sns:eu-west-1:444455556666:alarms';
    for (const rule of [stopped, large, hooked, listening, scheduled('rate(1 day)')]) {
      const told = (values: Readonly<Record<string, string>>): readonly unknown[] => {
        const { resources } = deployed(ruleTemplate(rule), values);
        return Object.keys(alarmsOf(rule)).flatMap((id) => resources[id]?.['AlarmActions']);
      };
      const all = (topic: string): readonly unknown[] =>
        Object.keys(alarmsOf(rule)).map(() => topic);
      const email = { AlertEmail: 'a@example.com' };
      const own = deployed(ruleTemplate(rule)).arn('AlertTopic');
      expect(told(email)).toEqual(all(own));
      expect(told({ AlertTopicArn: alerts })).toEqual(all(alerts));
      expect(told({ ...email, AlarmTopicArn: alarms })).toEqual(all(alarms));
      expect(told({ AlertTopicArn: alerts, AlarmTopicArn: alarms })).toEqual(all(alarms));
      for (const alarm of Object.values(alarmsOf(rule))) {
        const description = (alarm['AlarmDescription'] as { 'Fn::Sub': string })['Fn::Sub'];
        expect(
          description.replace('${AWS::StackName}', 'x'.repeat(128)).length,
        ).toBeLessThanOrEqual(1024);
      }
    }
  });
});
