/** What a stack costs while nothing happens, and what a million events cost. Pure. */
import { isObject } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import type { Costs } from '../notes/parts.ts';
import { type Fields, fields } from './functions.ts';
import { exactScope } from './scope.ts';
import type { Template } from './template.ts';

/**
 * What is paid for, in US dollars, without any free tier. They are the prices of one region; those of others differ by
 * some percent.
 */
export const prices = {
  region: 'us-east-1',
  asOf: '2026-11-27',
  source: 'https://aws.amazon.com/pricing (CloudWatch, Lambda, Secrets Manager, API Gateway)',
  /** A month. CloudWatch counts each metric that an alarm looks at. */
  alarmMetric: 0.1,
  /** A month. */
  secret: 0.4,
  /** A million requests to a function. */
  requests: 0.2,
  /** A second of a function on arm64 with 1 GB of memory. */
  gigabyteSecond: 0.000_013_333_4,
  /** A gigabyte that a log takes in. */
  logGigabyte: 0.5,
  /** A million requests to an HTTP API. */
  apiRequests: 1,
  /** A metric of one's own, a month. It is paid for the hours in which it has values. */
  ownMetric: 0.3,
  /** A thousand metrics that are read (`GetMetricData`). */
  readMetrics: 0.01,
} as const;

/** What is taken for granted where it depends on the account. */
export const assumptions = {
  hoursOfMonth: 730,
  /** Seconds that a function needs for an event. */
  secondsPerEvent: 0.05,
  /** Bytes of the log of an event. */
  logBytesPerEvent: 1000,
  /** Seconds that a function needs for a run by the clock, and one that looks at all stacks of the region. */
  secondsPerRun: 0.5,
  secondsPerLook: 20,
  /** Metrics that a look reads where nothing is wrong. */
  metricsPerLook: 2,
} as const;

/** The values of parameters. */
type Values = Readonly<Record<string, string | undefined>>;

const secondsOf: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** The runs of a month; 0 for anything but a rate. */
function runsOf({ ScheduleExpression: expression }: Fields): number {
  const text = typeof expression === 'string' ? expression : '';
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text) ?? [];
  const every = Number(count ?? 0) * (secondsOf[unit] ?? 0);
  return every === 0 ? 0 : (assumptions.hoursOfMonth * 3600) / every;
}

/** What requests to a function cost that take so many seconds each. */
const running = (requests: number, seconds: number, memory: number): number =>
  (requests * prices.requests) / 1e6 + requests * seconds * (memory / 1024) * prices.gigabyteSecond;

/**
 * What a stack costs.
 *
 * @param values of its parameters; the others have their defaults.
 * @param watches whether its rule watches the others.
 */
export function costsOf(template: Template, values: Values, watches = false): Costs {
  const made = madeIn(template, values);
  const ofType = (type: string): readonly Fields[] =>
    made.filter((each) => each.type === type).map(({ properties }) => properties);
  const alarms = ofType('AWS::CloudWatch::Alarm')
    .map(({ Metrics }) => (Array.isArray(Metrics) ? Metrics.filter(isMeasured).length : 1))
    .reduce((sum, count) => sum + count, 0);
  const memoryOf = (wanted: string): number =>
    Number(made.find(({ id }) => id === wanted)?.properties['MemorySize'] ?? 128);
  // A stack with topics of its own has a notifier, whose clock is no run of the rule.
  const runsIn = (ofNotifier: boolean): number =>
    made
      .filter(
        ({ id, type }) => type === 'AWS::Events::Rule' && id.startsWith('Notifier') === ofNotifier,
      )
      .reduce((sum, { properties }) => sum + runsOf(properties), 0);
  const [runs, ticks] = [runsIn(false), runsIn(true)];
  const memory = memoryOf(stackNames.resources.function);
  const { secondsPerLook, secondsPerRun, metricsPerLook } = assumptions;
  const looks = watches ? (runs * metricsPerLook * prices.readMetrics) / 1000 : 0;
  const isHooked = ofType('AWS::ApiGatewayV2::Api').length > 0;
  return told(
    alarms,
    alarms * prices.alarmMetric +
      ofType('AWS::SecretsManager::Secret').length * prices.secret +
      running(runs, watches ? secondsPerLook : secondsPerRun, memory) +
      running(ticks, secondsPerRun, memoryOf('Notifier')) +
      looks,
    running(1e6, assumptions.secondsPerEvent, memory) +
      assumptions.logBytesPerEvent * 1e-3 * prices.logGigabyte +
      (isHooked ? prices.apiRequests : 0),
  );
}

/** Costs, to the hundredth of a cent. */
const told = (alarms: number, fixed: number, perMillion: number): Costs => {
  const rounded = (dollars: number): number => Math.round(dollars * 1e4) / 1e4;
  const { region, asOf } = prices;
  return { alarms, fixed: rounded(fixed), perMillion: rounded(perMillion), region, asOf };
};

const isMeasured = (metric: unknown): boolean => isObject(metric) && 'MetricStat' in metric;

/** The sections of templates besides their resources, each of which is read once: a fleet has many stacks of one. */
const sections = new WeakMap<Template, Fields>();

/** The resources that a stack has. What costs something is written out in templates, and only whether it is there is decided. */
export function madeIn(template: Template, values: Values): readonly Made[] {
  const read = sections.get(template) ?? fields(JSON.parse(template.text));
  sections.set(template, read);
  const scope = exactScope(
    { ...read, Parameters: template.parameters },
    { values, defaults: true },
  );
  return Object.entries(template.resources).flatMap(([id, { Type, Condition, Properties = {} }]) =>
    typeof Condition === 'string' && scope.decide(Condition) === false
      ? []
      : [{ id, type: Type, properties: Properties }],
  );
}

interface Made {
  readonly id: string;
  readonly type: string;
  readonly properties: Fields;
}

/** The costs of several stacks: what is fixed adds up, and of a million events it is the dearest rule's. */
export const together = (all: readonly Costs[]): Costs =>
  told(
    all.reduce((sum, { alarms }) => sum + alarms, 0),
    all.reduce((sum, { fixed }) => sum + fixed, 0),
    Math.max(0, ...all.map(({ perMillion }) => perMillion)),
  );

/** The costs as people read them. */
export function costWords({ alarms, fixed, perMillion, region, asOf }: Costs): string {
  const each = `${alarms} ${alarms === 1 ? 'alarm' : 'alarms'}`;
  return `About $${fixed.toFixed(2)} a month with ${each}, and $${perMillion.toFixed(2)} for a million events. Prices of ${region} on ${asOf}, without the free tier`;
}
