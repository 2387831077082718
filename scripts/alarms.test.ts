/**
 * docs/alarms.md against the built templates: each failure that it names is injected as what AWS then measures, and each alarm
 * that it names for it rings within the time that it says. AWS documents which metric it sends for which failure: "Types of
 * metrics for Lambda functions", "Monitoring Amazon EventBridge", "Available CloudWatch metrics for Amazon SQS", "Working with
 * metrics for HTTP APIs".
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AnyTemplate, deployed } from '../packages/core/src/template/deployed.fake.ts';
import { type Datum, ringsAfter } from '../packages/core/src/template/ringing.fake.ts';
import { baseTemplate } from '../packages/deployer/src/destinations/base.ts';

const root = join(import.meta.dirname, '..');
const arn = 'arn:aws:sqs:eu-west-1:111122223333:queue';
const shared = {
  AlertTopicArn: 'arn:aws:sns:eu-west-1:111122223333:patrol-base-a-b-machines',
  FailureQueueArn: arn,
  DeadLetterQueueArn: arn,
};
const topics = { AlertEmail: 'a@example.com', QueueAlarmTopicArn: 'arn:aws:sns:a:1:alarms' };

type Alarms = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The alarms of a stack, by the names that the page has for them. */
function alarmsOf(template: AnyTemplate, values: Readonly<Record<string, string>> = {}): Alarms {
  return Object.fromEntries(
    Object.entries(deployed(template, values).resources).flatMap(([id, properties]) =>
      template.Resources?.[id]?.Type === 'AWS::CloudWatch::Alarm'
        ? [[id.replace(/Alarm$/, ''), properties]]
        : [],
    ),
  );
}

const templateOf = (path: string): AnyTemplate =>
  JSON.parse(readFileSync(join(root, 'packages', path, 'template.json'), 'utf8')) as AnyTemplate;

const rules = {
  events: templateOf('patrol-rules-aws/dist/rules/cloudTrail'),
  schedule: templateOf('patrol-rules-github/dist/rules/mfaDisabled'),
  patrolHealth: templateOf('patrol-rules-aws/dist/rules/patrolHealth'),
  webhook: templateOf('patrol-rules-github/dist/rules/madePublic'),
} as const;
const base = JSON.parse(baseTemplate.text) as AnyTemplate;

/** What AWS measures, by a metric and of what, at some minutes. */
const measured =
  (namespace: string, dimension: string) =>
  (metric: string, of: string, minutes: readonly number[] = [0], value = 1): readonly Datum[] =>
    minutes.map((minute) => ({
      namespace,
      metric,
      dimensions: { [dimension]: of },
      minute,
      value,
    }));
const lambda = measured('AWS/Lambda', 'FunctionName');
const eventBridge = measured('AWS/Events', 'RuleName');
const gateway = measured('AWS/ApiGateway', 'ApiId');
const minutesFrom = (first: number, last: number, every = 1): readonly number[] =>
  Array.from(
    { length: Math.floor((last - first) / every) + 1 },
    (_, index) => first + index * every,
  );
/** A queue that holds something from a minute on. */
const queue = (id: string): readonly Datum[] =>
  measured('AWS/SQS', 'QueueName')(
    'ApproximateNumberOfMessagesVisible',
    `${id}.QueueName`,
    minutesFrom(0, 60),
  );
/** What a metric filter of a stack counts. */
function counted(template: AnyTemplate, id: string): readonly Datum[] {
  const [made] = (deployed(template, topics).resources[id]?.['MetricTransformations'] ??
    []) as readonly {
    readonly MetricNamespace: string;
    readonly MetricName: string;
    readonly MetricValue: string;
  }[];
  if (!made) throw new Error(`${id} makes no metric.`);
  const { MetricNamespace: namespace, MetricName: metric, MetricValue } = made;
  return [{ namespace, metric, dimensions: {}, minute: 0, value: Number(MetricValue) }];
}
/** The runs of a schedule up to the one that is missing. */
const runs = (id: string, every: number): readonly Datum[] =>
  eventBridge('Invocations', id, minutesFrom(-20 * every, -every, every));

const tries = lambda('Errors', 'Function', [-3, -2, 0]);
const dropped = lambda('AsyncEventsDropped', 'Function');
const undeliverable = lambda('DestinationDeliveryFailures', 'Function');
const healthRuns = [
  ...runs('Schedule', 15),
  ...lambda('Invocations', 'Function', minutesFrom(-300, -15, 15)),
];

/** What AWS measures for each way of failing, from the moment that the page counts from. */
const failures: Readonly<
  Record<string, readonly [of: keyof typeof rules | 'base', data: readonly Datum[]]>
> = {
  'The function fails for an event, three times within 3 minutes': [
    'events',
    [...tries, ...dropped, ...queue('FailureQueue')],
  ],
  'The function is throttled': ['events', lambda('Throttles', 'Function')],
  'The function may not run: its reserved concurrency is 0': [
    'events',
    [...dropped, ...queue('FailureQueue')],
  ],
  'Lambda cannot write to the failure queue: an event is lost': [
    'events',
    [...dropped, ...undeliverable],
  ],
  'EventBridge or SNS may not invoke the function': [
    'events',
    [...eventBridge('FailedInvocations', 'EventRule'), ...queue('DeadLetterQueue')],
  ],
  'They cannot write to the dead-letter queue: an event is lost': [
    'events',
    [
      ...eventBridge('FailedInvocations', 'EventRule'),
      ...eventBridge('InvocationsFailedToBeSentToDlq', 'EventRule'),
    ],
  ],
  'A schedule of a rate does not run': ['schedule', runs('Schedule', 5)],
  'EventBridge may not invoke the function of a schedule': [
    'schedule',
    [
      ...minutesFrom(-100, 60, 5).flatMap((minute) =>
        eventBridge('Invocations', 'Schedule', [minute]),
      ),
      ...eventBridge('FailedInvocations', 'Schedule'),
      ...queue('DeadLetterQueue'),
    ],
  ],
  'patrolHealth fails': [
    'patrolHealth',
    [
      ...minutesFrom(-300, 60, 15).flatMap((minute) => [
        ...eventBridge('Invocations', 'Schedule', [minute]),
        ...lambda('Invocations', 'Function', [minute]),
      ]),
      ...tries,
      ...dropped,
      ...queue('FailureQueue'),
    ],
  ],
  'patrolHealth is not run': ['patrolHealth', healthRuns],
  'A delivery is answered with a failure (5xx)': ['webhook', gateway('5xx', 'Webhook')],
  'An answer takes 8 seconds': ['webhook', gateway('Latency', 'Webhook', [0], 8000)],
  'GitHub signs with another secret': [
    'webhook',
    [...gateway('4xx', 'Webhook'), ...counted(rules.webhook, 'WebhookRefusedMetric')],
  ],
  'A hundred requests are refused within five minutes': [
    'webhook',
    gateway('4xx', 'Webhook', minutesFrom(-3, 0), 25),
  ],
  'The notifier fails': [
    'base',
    [...lambda('Errors', 'Notifier', [0, 1, 3]), ...queue('NotifierFailureQueue')],
  ],
  'The notifier of a rule with its own e-mail address fails': [
    'events',
    [
      ...lambda('Errors', 'Notifier', [-3, -2, 0]),
      ...lambda('AsyncEventsDropped', 'Notifier'),
      ...queue('NotifierFailureQueue'),
    ],
  ],
  'It may not run, or SNS may not invoke it': ['base', queue('NotifierFailureQueue')],
  'Lambda cannot write to its failure queue': [
    'base',
    lambda('DestinationDeliveryFailures', 'Notifier'),
  ],
  'Its table is gone, slow or throttled; a topic or the queue refuses': [
    'base',
    counted(base, 'NotifierTrouble'),
  ],
  'It is not run each minute': ['base', runs('NotifierTick', 1)],
  'Nobody has confirmed a subscription to the topic for people': [
    'base',
    counted(base, 'NotifierTrouble'),
  ],
};

/** What the notifier measures while all is well. */
const ticking = eventBridge('Invocations', 'NotifierTick', minutesFrom(-60, 120));

/** The rows of the tables on the page that say what rings when something goes wrong. */
const rows = readFileSync(join(root, 'docs/alarms.md'), 'utf8')
  .split('\n\n')
  .filter((text) => text.startsWith('| What goes wrong'))
  .flatMap((table) => table.split('\n').slice(2))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

/** The alarms that a cell names, each with the minutes within which it rings. */
function saidIn(cell: string): ReadonlyMap<string, number> {
  const said = new Map<string, number>();
  let open: string[] = [];
  for (const [, name, minutes] of cell.matchAll(/`(\w+)`|(\d+) minutes/g)) {
    if (name !== undefined) open.push(name);
    else {
      for (const each of open) said.set(each, Number(minutes));
      open = [];
    }
  }
  if (open.length > 0) throw new Error(`${cell}: expected a time in minutes for ${open.join()}.`);
  return said;
}

/** The alarms that stand, and the data that each stack has, where a rule has its own or shares queues. */
function standing(of: keyof typeof rules | 'base', isSharing: boolean, data: readonly Datum[]) {
  const inBase = { alarms: alarmsOf(base, topics), data: [...ticking, ...data] };
  if (of === 'base') {
    const stopped = data.some(({ dimensions }) => dimensions['RuleName'] === 'NotifierTick');
    return [{ ...inBase, data: stopped ? data : inBase.data }];
  }
  const own = { alarms: alarmsOf(rules[of], isSharing ? shared : {}), data };
  // A rule with its own topic has a notifier of its own.
  if (!isSharing) return [{ ...own, data: [...ticking, ...data] }];
  const ofQueues = data.filter(({ namespace }) => namespace === 'AWS/SQS');
  return [own, { ...inBase, data: [...ticking, ...ofQueues] }];
}

const rung = new Set<string>();

test.each(Object.entries(failures))(
  '%s: what the page names rings in time',
  (failure, [of, data]) => {
    const [, ...cells] = rows.find(([first]) => first === failure) ?? [];
    expect(cells, `docs/alarms.md has no row "${failure}"`).not.toEqual([]);
    for (const [index, cell] of cells.entries()) {
      const said = saidIn(cell);
      const found = standing(of, index === 1, data).flatMap(({ alarms, data: some }) =>
        Object.entries(alarms).flatMap(([name, alarm]) => {
          const after = ringsAfter(alarm, some, 60);
          return after === undefined ? [] : [[name, after] as const];
        }),
      );
      expect([cell, found.map(([name]) => name).toSorted()]).toEqual([
        cell,
        [...said.keys()].toSorted(),
      ]);
      for (const [name, after] of found) {
        expect([cell, name, after <= (said.get(name) ?? 0), after]).toEqual([
          cell,
          name,
          true,
          after,
        ]);
        rung.add(`${of === 'base' || index === 1 ? 'shared' : of} ${name}`);
      }
    }
  },
);

test('each row of the page that names an alarm is tried', () => {
  const naming = rows.filter(([, ...cells]) => cells.some((cell) => saidIn(cell).size > 0));
  expect(new Set(naming.map(([failure]) => failure))).toEqual(new Set(Object.keys(failures)));
});

test('all alarms ring for something on the page, and none while nothing is wrong', () => {
  const quiet = {
    events: [],
    schedule: eventBridge('Invocations', 'Schedule', minutesFrom(-100, 120, 5)),
    patrolHealth: [
      ...eventBridge('Invocations', 'Schedule', minutesFrom(-300, 120, 15)),
      ...lambda('Invocations', 'Function', minutesFrom(-300, 120, 15)),
    ],
    webhook: [],
    base: [],
  };
  const all = (['events', 'schedule', 'patrolHealth', 'webhook', 'base'] as const).flatMap((of) =>
    [false, true].flatMap((isSharing) =>
      standing(of, isSharing, quiet[of]).flatMap(({ alarms, data }) =>
        Object.entries(alarms).map(([name, alarm]) => ({ name, alarm, data })),
      ),
    ),
  );
  expect(all.filter(({ alarm, data }) => ringsAfter(alarm, data, 60) !== undefined)).toEqual([]);
  const names = new Set([...rung].map((each) => each.split(' ')[1]));
  expect(all.map(({ name }) => name).filter((name) => !names.has(name.replace(/\d/, '')))).toEqual(
    [],
  );
});
