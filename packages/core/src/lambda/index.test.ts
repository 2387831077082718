import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { notification } from '../arrival.fake.ts';
import type { WebhookDelivery } from '../arrival.ts';
import type { Alert } from '../contracts/alert.ts';
import { canaryField, testField } from '../contracts/test-field.ts';
import {
  alertFormVariable,
  dispatchFormVariable,
  dispatchTopicVariable,
  dispatchTypeVariable,
  namesVariable,
  topicVariable,
  webhookSecretVariable,
} from '../environment.ts';
import { EvaluationError } from '../evaluate.ts';
import { names, number, ParametersError, patterns, secret } from '../parameter.ts';
import { type Finding, type AnyRule, defineRule } from '../rule.ts';
import { eventOf, stopped } from '../rule.fake.ts';
import { apiCall, schedule, sns, webhook } from '../trigger.ts';
import { allParameters } from '../rule.ts';
import { config, log, type PublishInput, start, type World } from './index.ts';
import { tellNew } from './memory.ts';
import { type Claim, type Claims, untold } from './once.ts';
import { keptOutput } from './output.fake.ts';
import { expressionReader } from './reader.ts';
import { receiver } from './webhook.ts';

const topic = 'arn:aws:sns:us-east-1:111122223333:alerts';
const dispatch = 'arn:aws:sns:ap-southeast-2:444455556666:dispatch';

const output = keptOutput();

/** The lines of the log, each of which must be JSON by itself. */
const lines = (): readonly Record<string, unknown>[] => {
  expect(output.text.endsWith('\n')).toBe(true);
  return output.text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

interface Published {
  readonly input: PublishInput;
  readonly region: string;
}

/** What happened, in a subject of the severity `high`: without where, and by whom. */
const titleOf = ({ Subject }: Pick<PublishInput, 'Subject'>): string =>
  Subject.replace(/^\[high\] /, '').replace(/ (in \d{12}|by IAM user alice)\b.*$/, '');

/** A started rule, and what it publishes. `failing` says which of its messages SNS refuses. */
function started(
  rule: AnyRule,
  {
    environment = {},
    failing = () => false,
    ...world
  }: Partial<Pick<World, 'memory' | 'once' | 'webhook' | 'readSecret'>> & {
    environment?: Record<string, string>;
    failing?: (input: PublishInput) => boolean;
  } = {},
) {
  const published: Published[] = [];
  const running = start(rule, {
    parameters: allParameters(rule),
    ...world,
    environment: { [topicVariable]: topic, ...environment },
    publish: async (input, region) => {
      if (failing(input)) throw new Error(`SNS refuses ${titleOf(input)}`);
      published.push({ input, region });
      return { messageId: `m${published.length}` };
    },
  });
  return { ...running, published };
}

const twoAlerts: AnyRule = {
  ...stopped,
  evaluate: () => [
    { title: 'first', summary: 'The first.' },
    { title: 'second', summary: 'The second.' },
    { title: 'third', summary: 'The third.' },
  ],
};

describe('a handler', () => {
  test('publishes an alert to its topic, in the region of the topic', async () => {
    const { handler, published } = started(stopped, { environment: { AWS_REGION: 'eu-west-1' } });
    expect(await handler(eventOf())).toEqual({ alerts: 1 });
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({
      region: 'us-east-1',
      input: {
        TopicArn: topic,
        Subject: '[high] StopLogging on main in 111122223333 by IAM user alice',
      },
    });
    expect(published[0]?.input.MessageAttributes['region']).toEqual({
      DataType: 'String',
      StringValue: 'eu-west-1',
    });
    expect(lines()).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        level: 'INFO',
        rule: 'stopped',
        eventId: '6f1b6b1e-0000-4000-8000-000000000001',
        verdict: 'alert',
        title: 'StopLogging on main',
        topicArn: topic,
        messageId: 'm1',
      },
    ]);
  });

  test('publishes nothing for quiet events, and logs why', async () => {
    const { handler, published } = started(stopped, { environment: { actions: 'DeleteTrail' } });
    expect(await handler(eventOf())).toEqual({ alerts: 0 });
    expect(await handler(eventOf({ errorCode: 'AccessDenied' }))).toEqual({ alerts: 0 });
    expect(await handler(eventOf({ errorCode: 'TrailNotFoundException' }))).toEqual({ alerts: 0 });
    expect(published).toEqual([]);
    expect(lines().map(({ verdict, because }) => [verdict, because])).toEqual([
      ['quiet', 'nothing found'],
      ['quiet', 'the call was denied'],
      ['quiet', 'the call failed'],
    ]);
  });

  test('hears of denied attempts when the operator says so', async () => {
    const { handler, published } = started(stopped, { environment: { deniedAttempts: 'alert' } });
    await handler(eventOf({ errorCode: 'AccessDenied' }));
    expect(published[0]?.input).toMatchObject({
      Subject: '[medium] Denied attempt: StopLogging on main in 111122223333 by IAM user alice',
      MessageAttributes: { severity: { StringValue: 'medium' } },
    });
  });

  test('says of what somebody tries out that it is a test, to people and to machines', async () => {
    const { handler, published } = started(stopped);
    await handler({ ...eventOf(), [testField]: 'mine' });
    await handler({ ...eventOf(), [testField]: '' });
    const [tried, real] = published.map(({ input }) => ({
      subject: input.Subject,
      ...(JSON.parse(input.Message) as { readonly default: string; readonly email: string }),
    }));
    expect(tried?.subject).toMatch(/^TEST \[high\] StopLogging on main/);
    expect(tried?.email).toMatch(/^TEST, nothing happened: StopLogging on main\n/);
    const [test, other] = [tried, real].map((each) => JSON.parse(each?.default ?? '') as Alert);
    expect(test).toMatchObject({
      test: true,
      dedupKey: `test:mine:${other?.dedupKey}`,
      groupKey: `test:${other?.groupKey}`,
    });
    expect(other).toMatchObject({ test: false });
    expect(real?.subject).toMatch(/^\[high\]/);
  });

  test.each([
    ['2030-01-01', 'patrol-base-a-b-machines'],
    ['2030-01-02', 'patrol-aws-cloudTrail-production-MachinesTopic-1A2B3C4D5E6F'],
  ])(
    'on %s sends a canary to %s alone, once a minute, and says what it found',
    async (day, name) => {
      const start = Date.parse(day);
      vi.useFakeTimers({ now: start, toFake: ['Date'] });
      try {
        const machines = `arn:aws:sns:eu-west-1:111122223333:${name}`;
        const dispatch = 'arn:aws:sns:eu-west-1:111122223333:dispatch';
        const environment = { [topicVariable]: machines, [dispatchTopicVariable]: dispatch };
        const canary = (id: string) => ({ ...eventOf(), id, [canaryField]: true });
        const { handler, published } = started(stopped, { environment });
        expect(await handler(canary('1'))).toEqual({ alerts: 1, found: 1 });
        expect(await handler(canary('2'))).toEqual({ alerts: 0, found: 1 });
        vi.setSystemTime(start + 60_000);
        expect(await handler(canary('3'))).toEqual({ alerts: 1, found: 1 });
        expect(published.map(({ input }) => input.TopicArn)).toEqual([machines, machines]);
        const [first, third] = published.map(
          ({ input }) => JSON.parse(JSON.parse(input.Message).default) as Alert,
        );
        expect(first).toMatchObject({ test: true, canary: true });
        expect(third?.groupKey).toBe(first?.groupKey);
        expect(third?.dedupKey).not.toBe(first?.dedupKey);
        // An event that says anything but `true` is no canary.
        await handler({ ...eventOf(), [canaryField]: 'true' });
        expect(published.map(({ input }) => input.TopicArn).slice(2)).toEqual([machines, dispatch]);
      } finally {
        vi.useRealTimers();
      }
    },
  );

  test('sends a canary without asking the rule, where there is no event to ask it about', async () => {
    const machines = 'arn:aws:sns:eu-west-1:111122223333:patrol-base-a-b-machines';
    const hasty: AnyRule = {
      ...stopped,
      clients: () => expect.fail('made clients'),
      evaluate: () => expect.fail('asked the rule'),
    };
    const given = { account: '444455556666', region: 'eu-west-1', time: '2030-01-01T00:00:00Z' };
    const alone = { ...given, [canaryField]: 'alone' };
    const { handler, published } = started(hasty, { environment: { [topicVariable]: machines } });
    vi.useFakeTimers({ now: Date.UTC(2031, 0, 1), toFake: ['Date'] });
    try {
      expect(await handler(alone)).toEqual({ alerts: 1, found: 1 });
    } finally {
      vi.useRealTimers();
    }
    const [sent] = published.map(
      ({ input }) => JSON.parse(JSON.parse(input.Message).default) as Alert,
    );
    expect(sent).toMatchObject({
      rule: 'stopped',
      severity: 'low',
      test: true,
      canary: true,
      account: given.account,
      region: given.region,
      eventTime: given.time,
      groupKey: 'canary:stopped:444455556666:eu-west-1',
    });
    const quiet = started(hasty);
    expect(await quiet.handler(alone)).toEqual({ alerts: 0, found: 1 });
    expect(quiet.published).toEqual([]);
  });

  test('sends no canary to a topic that people may be subscribed to', async () => {
    const { handler, published } = started(stopped);
    expect(await handler({ ...eventOf(), [canaryField]: true })).toEqual({ alerts: 0, found: 1 });
    expect(published).toEqual([]);
  });

  test('names the account and the network, where it was told their names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patrol-names-'));
    const names = JSON.stringify({
      accounts: { '111122223333': 'payments-prod' },
      networks: { '192.0.2.0/24': 'office' },
    });
    const path = join(folder, `${createHash('sha256').update(names).digest('hex')}.json`);
    writeFileSync(path, names);
    const { handler, published } = started(stopped, { environment: { [namesVariable]: path } });
    await handler(eventOf());
    rmSync(folder, { recursive: true });
    expect(published[0]?.input.Subject).toBe(
      '[high] StopLogging on main in payments-prod by IAM user alice',
    );
    const { default: forMachines } = JSON.parse(published[0]?.input.Message ?? '') as {
      readonly default: string;
    };
    expect(JSON.parse(forMachines)).toMatchObject({
      account: '111122223333',
      accountName: 'payments-prod',
      network: { name: 'office' },
    });
  });

  test('publishes each of several alerts', async () => {
    const { handler, published } = started(twoAlerts);
    expect(await handler(eventOf())).toEqual({ alerts: 3 });
    expect(published.map(({ input }) => titleOf(input))).toEqual(['first', 'second', 'third']);
  });

  test('a failed publish throws and says which and why', async () => {
    const { handler } = started(stopped, { failing: () => true });
    await expect(handler(eventOf())).rejects.toThrow(
      `stopped: could not publish "StopLogging on main" to ${topic}: SNS refuses StopLogging on main`,
    );
  });

  test('one that fails does not keep the others from being sent', async () => {
    const { handler, published } = started(twoAlerts, {
      failing: ({ Subject }) => titleOf({ Subject }) === 'second',
    });
    const error = await handler(eventOf()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({
      message: `stopped: could not publish "second" to ${topic}: SNS refuses second`,
      errors: [{ told: false, errors: [{ cause: new Error('SNS refuses second') }] }],
    });
    expect(published.map(({ input }) => titleOf(input))).toEqual(['first', 'third']);
  });

  test('a publish that throws before it promises does neither', async () => {
    const published: string[] = [];
    const { handler } = start(twoAlerts, {
      parameters: allParameters(twoAlerts),
      environment: { [topicVariable]: topic },
      publish: ({ Subject }) => {
        if (titleOf({ Subject }) === 'first') throw new Error('no socket');
        published.push(titleOf({ Subject }));
        return Promise.resolve({ messageId: 'm' });
      },
    });
    await expect(handler(eventOf())).rejects.toThrow(
      `stopped: could not publish "first" to ${topic}: no socket`,
    );
    expect(published).toEqual(['second', 'third']);
  });

  test.each([[null], ['an event'], [[eventOf()]], [{}], [eventOf({ eventName: null })]])(
    'throws on what it cannot evaluate and publishes nothing: %j',
    async (given) => {
      const { handler, published } = started(stopped);
      await expect(handler(given)).rejects.toThrow(EvaluationError);
      expect(published).toEqual([]);
    },
  );

  test('keeps no state between events', async () => {
    const { handler, published } = started(stopped);
    await Promise.all([
      handler(eventOf()),
      handler(eventOf({ eventName: 'DeleteTrail' })),
      handler(eventOf({ eventName: 'PutEventSelectors' })),
    ]);
    expect(published.map(({ input }) => titleOf(input)).toSorted()).toEqual([
      'DeleteTrail on main',
      'StopLogging on main',
    ]);
  });

  test('evaluate decides the same and publishes nothing', async () => {
    const { evaluate, published } = started(stopped);
    expect((await evaluate(eventOf())).alerts).toHaveLength(1);
    expect(published).toEqual([]);
    expect(output.text).toBe('');
  });
});

describe('a finding that the operator muted', () => {
  test('is logged with the item that mutes it, and not sent', async () => {
    const { handler, published } = started({
      ...stopped,
      evaluate: (): readonly Finding[] => [
        { title: 'first', summary: 'x', suppressedBy: 'ci-*:deploy' },
        { title: 'second', summary: 'x' },
      ],
    });
    expect(await handler(eventOf())).toEqual({ alerts: 1 });
    expect(published.map(({ input }) => titleOf(input))).toEqual(['second']);
    expect(lines()[0]).toMatchObject({
      rule: 'stopped',
      eventId: eventOf().id,
      verdict: 'suppressed',
      title: 'first',
      by: 'ci-*:deploy',
    });
  });

  const machines = 'arn:aws:sns:us-east-1:111122223333:patrol-base-acme-default-machines';
  const twoMuted: AnyRule = {
    ...stopped,
    evaluate: () => [
      { title: 'first', summary: 'x', suppressedBy: 'ci-* until 2100-01-31' },
      { title: 'second', summary: 'x' },
    ],
  };
  const published = ({ input }: Published): Alert => JSON.parse(JSON.parse(input.Message).default);

  test('is sent where a notifier keeps it from people, and not to Dispatch', async () => {
    const { handler, published: all } = started(twoMuted, {
      environment: { [topicVariable]: machines, [dispatchTopicVariable]: dispatch },
    });
    expect(await handler(eventOf())).toEqual({ alerts: 1 });
    expect(all.map(({ input }) => [input.TopicArn, titleOf(input)])).toEqual(
      expect.arrayContaining([
        [machines, 'first'],
        [machines, 'second'],
        [dispatch, 'second'],
      ]),
    );
    expect(all).toHaveLength(3);
    const [muted] = all.filter(({ input }) => 'suppressed' in input.MessageAttributes);
    expect(muted && published(muted)).toMatchObject({
      title: 'first',
      suppressed: { item: 'ci-* until 2100-01-31', until: '2100-01-31' },
    });
    expect(muted?.input.MessageAttributes['suppressed']).toEqual({
      DataType: 'String',
      StringValue: 'true',
    });
    expect(lines().map(({ verdict }) => verdict)).toEqual(['suppressed', 'alert', 'alert']);
  });

  test('fails its event where machines cannot be sent it, so that Lambda tries again', async () => {
    const { handler } = started(twoMuted, {
      environment: { [topicVariable]: machines },
      failing: ({ MessageAttributes }) => 'suppressed' in MessageAttributes,
    });
    await expect(handler(eventOf())).rejects.toThrow('could not publish "first"');
  });

  test('is sent to nobody by a test', async () => {
    const { handler, published: all } = started(twoMuted, {
      environment: { [topicVariable]: machines },
    });
    await handler({ ...eventOf(), [testField]: 'mine' });
    expect(all.map((each) => published(each).title)).toEqual(['second']);
  });

  test('is logged and sent with who answers for it and why', async () => {
    const item = { parameter: 'ignoredActors', item: 'user/alice', until: '2100-01-31' };
    const said = { owner: 'platform team', reason: 'releases' };
    const text = JSON.stringify({
      accounts: {},
      networks: {},
      suppressions: [
        { ...item, until: '2099-01-01', owner: 'x', reason: 'y' },
        { ...item, ...said },
      ],
    });
    const folder = mkdtempSync(join(tmpdir(), 'patrol-'));
    const path = join(folder, `${createHash('sha256').update(text).digest('hex')}.json`);
    writeFileSync(path, text);
    const { handler, published: all } = started(stopped, {
      environment: {
        [topicVariable]: machines,
        [namesVariable]: path,
        ignoredActors: 'user/alice until 2100-01-31',
      },
    });
    await handler(eventOf());
    rmSync(folder, { recursive: true });
    const by = { ...said, parameter: 'ignoredActors', until: '2100-01-31' };
    expect(lines()[0]).toMatchObject({ verdict: 'suppressed', ...by });
    expect(all.map(published)).toMatchObject([{ suppressed: by }]);
  });
});

describe('suppressions that have no room in the environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patrol-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The path of a file with 1,000 accounts, and suppressions of a parameter. */
  function fileOf(parameter: string, items: readonly string[], until = '2100-01-31'): string {
    const accounts = Array.from({ length: 1000 }, (_, index) => [
      String(100_000_000_000 + index),
      `account-${index}`,
    ]);
    const text = JSON.stringify({
      accounts: Object.fromEntries(accounts),
      networks: {},
      suppressions: items.map((item) => ({ parameter, item, owner: 'o', reason: 'r', until })),
    });
    const path = join(folder, `${createHash('sha256').update(text).digest('hex')}.json`);
    writeFileSync(path, text);
    return path;
  }
  const users = Array.from({ length: 200 }, (_, index) => `user/person-${index}`);
  const by = (userName: string) =>
    eventOf({
      userIdentity: {
        type: 'IAMUser',
        userName,
        accountId: '111122223333',
        arn: `arn:aws:iam::111122223333:user/${userName}`,
      },
    });

  test('mute all the same, each what it names, and are read for a finding only', async () => {
    const path = fileOf('ignoredActors', users);
    const { handler } = started(stopped, {
      environment: { [namesVariable]: path, ignoredActors: 'user/alice' },
    });
    for (const [name, alerts] of [
      ['person-0', 0],
      ['person-199', 0],
      ['person-200', 1],
      ['alice', 0],
      ['mallory', 1],
    ] as const) {
      expect([name, await handler(by(name))]).toEqual([name, { alerts }]);
    }
    const muted = lines().filter(({ verdict }) => verdict === 'suppressed');
    expect(muted.map((line) => line['by'])).toEqual([
      'user/person-0 until 2100-01-31',
      'user/person-199 until 2100-01-31',
      'user/alice',
    ]);
    expect(muted[0]).toMatchObject({ parameter: 'ignoredActors', owner: 'o', reason: 'r' });
  });

  test('cost nothing where nothing is found', async () => {
    const { handler } = started(stopped, {
      environment: { [namesVariable]: join(folder, 'absent.json'), actions: 'DeleteTrail' },
    });
    expect(await handler(by('person-0'))).toEqual({ alerts: 0 });
    expect(output.text).not.toContain('ERROR');
  });

  test('end on their day', async () => {
    const { handler } = started(stopped, {
      environment: { [namesVariable]: fileOf('ignoredActors', users, '2020-01-31') },
    });
    expect(await handler(by('person-0'))).toEqual({ alerts: 1 });
  });

  test.each([
    ['that is missing', () => join(folder, 'absent.json')],
    ['whose items mute everything', () => fileOf('ignoredActors', ['*'])],
  ])('in a file %s mute nothing, and the log says so', async (_, make) => {
    const { handler } = started(stopped, { environment: { [namesVariable]: make() } });
    expect(await handler(by('person-0'))).toEqual({ alerts: 1 });
    expect(lines().filter(({ level }) => level === 'ERROR')[0]).toMatchObject({
      verdict: 'trouble',
      what: 'The suppressions in the file',
    });
  });

  test('may be expressions, which the function loads when it needs them', async () => {
    const parameters = {
      trails: patterns('Trails.', { default: '', suppresses: true }),
    };
    const rule = defineRule({
      ...stopped,
      parameters,
      triggers: [apiCall('cloudtrail.amazonaws.com', ['StopLogging'])],
      evaluate: (_, { parameters: { trails } }) => ({
        title: 'x',
        summary: 'x',
        suppressedBy: trails.find('main'),
      }),
    });
    const environment = {
      [topicVariable]: topic,
      [namesVariable]: fileOf('trails', ['ma{1,2}in']),
    };
    const load = () => import('../expressions.ts');
    const { handler } = start(rule, {
      environment,
      readExpressions: await expressionReader(load, parameters, environment),
      publish: () => Promise.reject(new Error('Nothing is to be sent.')),
    });
    expect(await handler(eventOf())).toEqual({ alerts: 0 });
    expect(lines()[0]).toMatchObject({ by: 'ma{1,2}in until 2100-01-31' });
  });
});

describe('Dispatch gets a message of its own, in the region of its topic', () => {
  const environment = { [dispatchTopicVariable]: dispatch };

  test('gets each alert beside the topic of the alerts, in its own region', async () => {
    const { handler, published } = started(twoAlerts, { environment });
    expect(await handler(eventOf())).toEqual({ alerts: 3 });
    const to = (arn: string): readonly Published[] =>
      published.filter(({ input }) => input.TopicArn === arn);
    expect(published).toHaveLength(6);
    for (const arn of [topic, dispatch]) {
      expect(to(arn).map(({ input }) => titleOf(input))).toEqual(['first', 'second', 'third']);
    }
    expect(to(dispatch).map(({ region }) => region)).toEqual(Array(3).fill('ap-southeast-2'));
    expect(JSON.parse(to(dispatch)[0]?.input.Message ?? '')).toMatchObject({
      type: 'high-priority',
      retrigger: true,
      body: { github: { title: expect.stringMatching(/^first /) } },
    });
    expect(lines().map(({ topicArn }) => topicArn)).toEqual(
      expect.arrayContaining([topic, dispatch]),
    );
  });

  test('gets the form that its topic takes, and so does the topic of the alerts', async () => {
    const { handler, published } = started(stopped, {
      environment: {
        [alertFormVariable]: 'amazonQ',
        [dispatchTopicVariable]: dispatch,
        [dispatchFormVariable]: 'pagerDuty',
      },
    });
    await handler(eventOf());
    const posted = published.map(({ input }) => {
      const { default: text } = JSON.parse(input.Message) as { readonly default: string };
      return [input.TopicArn, JSON.parse(text)];
    });
    expect(posted).toEqual([
      [topic, expect.objectContaining({ version: '1.0', source: 'custom' })],
      [dispatch, expect.objectContaining({ NewStateValue: 'ALARM' })],
    ]);
  });

  test('gets nothing where its topic is not named', async () => {
    const { handler, published } = started(stopped, {
      environment: { [dispatchTopicVariable]: '' },
    });
    await handler(eventOf());
    expect(published.map(({ input }) => input.TopicArn)).toEqual([topic]);
  });

  test.each([
    [topic, dispatch],
    [dispatch, topic],
  ])('what %s refuses still goes to %s, and throws', async (refusing, other) => {
    const { handler, published } = started(twoAlerts, {
      environment,
      failing: ({ TopicArn, Subject }) =>
        TopicArn === refusing && titleOf({ Subject }) === 'second',
    });
    await expect(handler(eventOf())).rejects.toThrow(
      new RegExp(`^stopped: could not publish "second" to ${refusing}: SNS refuses second$`),
    );
    const sent = published.map(({ input }) => `${input.TopicArn} ${titleOf(input)}`);
    expect(sent).toHaveLength(5);
    expect(sent).toContain(`${other} second`);
    // What was sent is logged, whatever happened to the rest.
    expect(lines().filter(({ verdict }) => verdict === 'alert')).toHaveLength(5);
  });

  test('and the topic both failing are both told', async () => {
    const { handler } = started(stopped, { environment, failing: () => true });
    const error = await handler(eventOf()).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(`to ${topic}: SNS refuses`);
    expect(String(error)).toContain(`to ${dispatch}: SNS refuses`);
  });

  test('of an unknown type keeps no alert from its topic', async () => {
    const { handler, published } = started(stopped, {
      environment: { ...environment, [dispatchTypeVariable]: 'loud' },
    });
    await expect(handler(eventOf())).rejects.toThrow('DISPATCH_TYPE: expected bySeverity');
    expect(published.map(({ input }) => input.TopicArn)).toEqual([topic]);
  });

  test('at no topic is refused at the start', () => {
    expect(() =>
      started(stopped, { environment: { [dispatchTopicVariable]: 'dispatch' } }),
    ).toThrow('DISPATCH_SNS_ARN: expected the ARN of an SNS topic, found "dispatch"');
  });
});

test('a message of SNS runs a rule from end to end', async () => {
  const backups: AnyRule = defineRule({
    ...stopped,
    name: 'backups',
    triggers: [sns(['backup.amazonaws.com'])],
    parameters: {},
    evaluate: ({ Message }) =>
      Message.includes('FAILED') ? { title: `Backup: ${Message}`, summary: 'It failed.' } : null,
  });
  const { handler, published } = started(backups);
  const messageOf = (Message: string): unknown =>
    notification({ Subject: null, Message, MessageAttributes: {} });
  expect(await handler(messageOf('job 7 FAILED'))).toEqual({ alerts: 1 });
  expect(await handler(messageOf('job 8 COMPLETED'))).toEqual({ alerts: 0 });
  await expect(handler(eventOf())).rejects.toThrow(EvaluationError);
  expect(published).toHaveLength(1);
  expect(published[0]?.input).toMatchObject({
    Subject: '[high] Backup: job 7 FAILED in 111122223333',
    MessageAttributes: {
      account: { StringValue: '111122223333' },
      region: { StringValue: 'eu-west-1' },
    },
  });
});

describe('a webhook', () => {
  const rule: AnyRule = defineRule({
    ...stopped,
    name: 'forked',
    triggers: [webhook<WebhookDelivery<'fork', { readonly name: string }>>(['fork'])],
    parameters: {},
    evaluate: ({ payload }) => ({ title: `Forked ${payload.name}`, summary: 'It was forked.' }),
  });
  const request = (body: string, secretText: string): unknown => ({
    version: '2.0',
    routeKey: 'POST /',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'fork',
      'x-github-delivery': '72d3162e',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secretText).update(body).digest('hex')}`,
    },
    requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } },
    body,
    isBase64Encoded: false,
  });
  const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf';
  const world = {
    environment: { [webhookSecretVariable]: arn },
    webhook: async () => ({ receiver }),
    readSecret: async (reference: { readonly arn: string }) => `secret of ${reference.arn}`,
  };

  test('takes a signed request, publishes, and answers', async () => {
    const { handler, published } = started(rule, world);
    const given = request('{"name":"secrets"}', `secret of ${arn}`);
    expect(await handler(given)).toMatchObject({ statusCode: 200, body: '{"alerts":1}' });
    expect(published[0]?.input.Subject).toBe('[high] Forked secrets');
    // The receiver is made once: it remembers.
    expect(await handler(given)).toMatchObject({ statusCode: 202 });
    expect(published).toHaveLength(1);
  });

  test('says of a request that somebody tries out that it is a test', async () => {
    const { handler, published } = started(rule, world);
    const given = request('{"name":"secrets"}', `secret of ${arn}`);
    await handler({ ...(given as object), [testField]: 'mine' });
    expect(published.map(({ input }) => input.Subject)).toEqual(['TEST [high] Forked secrets']);
  });

  test('refuses a forged one and evaluates nothing', async () => {
    const { handler, published } = started(rule, world);
    expect(await handler(request('{"name":"FORGED"}', 'guess'))).toMatchObject({ statusCode: 401 });
    expect(published).toEqual([]);
    expect(output.text).not.toContain('FORGED');
  });

  test('that cannot publish throws, and takes the delivery when it comes again', async () => {
    let down = true;
    const { handler, published } = started(rule, { ...world, failing: () => down });
    const given = request('{"name":"secrets"}', `secret of ${arn}`);
    await expect(handler(given)).rejects.toThrow('SNS refuses Forked secrets');
    down = false;
    expect(await handler(given)).toMatchObject({ statusCode: 200 });
    expect(published).toHaveLength(1);
  });

  test('is not the door of a rule without one: requests are no events', async () => {
    const { handler } = started(stopped);
    await expect(handler(request('{}', 'x'))).rejects.toThrow(EvaluationError);
  });

  test('evaluates a delivery itself too, for try and replay', async () => {
    const { handler, evaluate, published } = started(rule, world);
    const delivery = { name: 'fork', payload: { name: 'secrets' } };
    expect((await evaluate(delivery)).alerts).toHaveLength(1);
    expect(await handler(delivery)).toEqual({ alerts: 1 });
    expect(published).toHaveLength(1);
  });
});

describe('a rule that reminds', () => {
  let found: readonly Finding[] = [];
  const rule: AnyRule = defineRule({
    ...stopped,
    name: 'weak',
    remindAfter: 86_400,
    triggers: [schedule('rate(5 minutes)'), apiCall('cloudtrail.amazonaws.com', ['StopLogging'])],
    parameters: {},
    evaluate: () => found,
  });
  const finding = (key: string): Finding => ({ title: key, summary: 'x', key });
  const run = { id: 'r1', source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

  /** The rule with a memory that lasts as long as the test, and a clock. */
  function remembering(
    options: Parameters<typeof started>[1] = {},
    broken: { read?: boolean; write?: boolean } = {},
  ) {
    let kept: string | undefined;
    const clock = { now: Date.parse('2026-03-04T05:00:00Z') };
    const store = {
      read: async () => {
        if (broken.read) throw new Error('the table is gone');
        return kept;
      },
      write: async (text: string) => {
        if (broken.write) throw new Error('the table is full');
        kept = text;
      },
    };
    const memory: World['memory'] = async () => ({
      tellNew: (of, alerts, send, environment) =>
        tellNew(of, alerts, send, environment, store, () => clock.now),
    });
    const running = started(rule, { ...options, memory });
    const subjects = (): readonly string[] =>
      running.published.splice(0).map(({ input }) => titleOf(input));
    return { ...running, clock, subjects };
  }

  test('tells a finding once, and what comes back anew', async () => {
    const { handler, subjects } = remembering();
    found = [finding('alice'), finding('bob')];
    expect(await handler(run)).toEqual({ alerts: 2 });
    expect(subjects()).toEqual(['alice', 'bob']);
    found = [finding('bob'), finding('mallory')];
    expect(await handler(run)).toEqual({ alerts: 1 });
    expect(subjects()).toEqual(['mallory']);
    expect(lines().find(({ verdict }) => verdict === 'already told')).toMatchObject({
      rule: 'weak',
      eventId: 'r1',
      title: 'bob',
      told: '2026-03-04T05:00:00.000Z',
    });
    found = [finding('alice')];
    await handler(run);
    expect(subjects()).toEqual(['alice']);
  });

  test('reminds after its time', async () => {
    const { handler, subjects, clock } = remembering();
    found = [finding('alice')];
    const told: number[] = [];
    for (let minute = 0; minute < 3 * 1440; minute += 5) {
      // A schedule keeps to the minute.
      clock.now = Date.parse('2026-03-04T05:00:00Z') + minute * 60_000 + ((minute * 7) % 60) * 1000;
      await handler(run);
      if (subjects().length > 0) told.push(minute);
    }
    expect(told).toEqual([0, 1440, 2880]);
  });

  test('remembers nothing of events: each is told', async () => {
    const { handler, subjects } = remembering();
    found = [finding('alice')];
    await handler(eventOf());
    await handler(eventOf());
    expect(subjects()).toEqual(['alice', 'alice']);
  });

  test('tells what could not be sent at the next run', async () => {
    let down = true;
    const { handler, subjects } = remembering({
      failing: ({ Subject }) => down && titleOf({ Subject }) === 'bob',
    });
    found = [finding('alice'), finding('bob')];
    await expect(handler(run)).rejects.toThrow('weak: could not publish "bob"');
    expect(subjects()).toEqual(['alice']);
    down = false;
    await handler(run);
    expect(subjects()).toEqual(['bob']);
  });

  test.each([
    [{ read: true }, 'weak: could not read what was told before: the table is gone'],
    [{ write: true }, 'weak: could not write down what was told: the table is full'],
  ])('sends all the same when its memory fails, and throws: %j', async (broken, message) => {
    const { handler, subjects } = remembering({}, broken);
    found = [finding('alice'), finding('bob')];
    await expect(handler(run)).rejects.toThrow(message);
    expect(subjects()).toEqual(['alice', 'bob']);
  });

  test('that was muted and is not any more is told', async () => {
    const { handler, subjects } = remembering();
    found = [{ ...finding('alice'), suppressedBy: 'al*' }];
    expect(await handler(run)).toEqual({ alerts: 0 });
    found = [finding('alice')];
    await handler(run);
    expect(subjects()).toEqual(['alice']);
  });

  test('that is muted reaches machines as often as one that is not, and is told when the mute is over', async () => {
    const machines = 'arn:aws:sns:us-east-1:111122223333:patrol-base-acme-default-machines';
    const { handler, subjects } = remembering({ environment: { [topicVariable]: machines } });
    const many = Array.from({ length: 12 }, (_, index) => finding(`user${index}`));
    found = many.map((each) => ({ ...each, suppressedBy: 'u*' }));
    expect(await handler(run)).toEqual({ alerts: 0 });
    // None of them is in a list: each is counted by its item.
    expect(subjects()).toHaveLength(12);
    await handler(run);
    expect(subjects()).toEqual([]);
    found = many.slice(0, 1);
    expect(await handler(run)).toEqual({ alerts: 1 });
    expect(subjects()).toEqual(['user0']);
  });

  test('forgets nothing when it could not look', async () => {
    const { handler, subjects } = remembering();
    found = [finding('alice')];
    await handler(run);
    found = [{ title: 'alice' } as Finding];
    await expect(handler(run)).rejects.toThrow(EvaluationError);
    found = [finding('alice')];
    await handler(run);
    expect(subjects()).toEqual(['alice']);
  });
});

describe('a rule that tells some things once', () => {
  let found: readonly Finding[] = [];
  const sparing: AnyRule = defineRule({
    ...stopped,
    name: 'sparing',
    onceWithin: 3600,
    triggers: [apiCall('cloudtrail.amazonaws.com', ['StopLogging'])],
    parameters: {},
    evaluate: () => found,
  });
  const occurs = (eventID: string, fields = {}) => eventOf({ eventID, ...fields });

  /** The rule with a table that lasts as long as the test. */
  function claiming() {
    const claimed = new Map<string, Claim>();
    const claims: Claims = {
      async claim(id, claim) {
        const other = claimed.get(id);
        if (other && other.toldBy !== claim.toldBy) return other;
        claimed.set(id, claim);
        return undefined;
      },
    };
    const once: World['once'] = async () => ({
      untold: (of, alerts, keys, environment) => untold(of, alerts, keys, environment, claims),
    });
    const running = started(sparing, { once, environment: { deniedAttempts: 'alert' } });
    const titles = (): readonly string[] =>
      running.published.splice(0).map(({ input }) => input.Subject.split(' in ')[0] ?? '');
    return { ...running, claimed, titles };
  }

  test('sends it for the first event, and the rest for each', async () => {
    const { handler, titles } = claiming();
    found = [
      { title: 'read', summary: 'x', once: 'session' },
      { title: 'written', summary: 'x' },
    ];
    expect(await handler(occurs('1'))).toEqual({ alerts: 2 });
    expect(titles()).toEqual(['[high] read', '[high] written']);
    expect(await handler(occurs('2'))).toEqual({ alerts: 1 });
    expect(titles()).toEqual(['[high] written']);
  });

  test('is quiet about what was told, and logs by which event', async () => {
    const { handler } = claiming();
    found = [{ title: 'read', summary: 'x', once: 'session' }];
    await handler(occurs('1'));
    output.text = '';
    expect(await handler(occurs('2'))).toEqual({ alerts: 0 });
    expect(lines()).toMatchObject([
      { verdict: 'already told', eventId: '2', title: 'read', toldBy: '1' },
      { verdict: 'quiet', because: 'already told' },
    ]);
  });

  test('sends a denied attempt and the deed', async () => {
    const { handler, titles } = claiming();
    found = [{ title: 'read', summary: 'x', once: 'session' }];
    await handler(occurs('1', { errorCode: 'AccessDenied' }));
    await handler(occurs('2'));
    expect(titles()).toEqual(['[medium] Denied attempt: read', '[high] read']);
  });

  test('tells a test although it was told before, and remembers none', async () => {
    const { handler, claimed, titles } = claiming();
    found = [{ title: 'read', summary: 'x', once: 'session' }];
    await handler(occurs('1'));
    titles();
    const remembered = claimed.size;
    await handler({ ...occurs('2'), [testField]: 'mine' });
    expect(titles()).toEqual(['TEST [high] read']);
    expect(claimed.size).toBe(remembered);
  });

  test('asks its table about nothing else', async () => {
    const { handler, claimed } = claiming();
    for (const given of [
      [],
      [{ title: 'a', summary: 'x' }],
      [{ title: 'a', summary: 'x', once: 'session', suppressedBy: 'a*' }],
    ]) {
      found = given;
      await handler(occurs('1'));
    }
    expect(claimed.size).toBe(0);
  });
});

describe('clients', () => {
  const withClients = (clients: AnyRule['clients']): AnyRule =>
    defineRule({
      ...stopped,
      parameters: {},
      ...(clients ? { clients } : {}),
      triggers: [apiCall('cloudtrail.amazonaws.com', ['StopLogging'])],
      evaluate: (_, context) => ({
        title: String((context.clients as { n: number }).n),
        summary: 'n',
      }),
    });

  test('are made once, when the first event comes', async () => {
    let made = 0;
    const { handler, published } = started(withClients(async () => ({ n: (made += 1) })));
    expect(made).toBe(0);
    await Promise.all([handler(eventOf()), handler(eventOf())]);
    await handler(eventOf());
    expect(made).toBe(1);
    expect(published.map(({ input }) => titleOf(input))).toEqual(['1', '1', '1']);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('no network'))],
    [
      'throws',
      () => {
        throw new Error('no network');
      },
    ],
  ])('are made anew when making them %s', async (_, fail) => {
    let made = 0;
    const { handler, published } = started(
      withClients(() => ((made += 1) < 3 ? fail() : { n: made })),
    );
    await expect(handler(eventOf())).rejects.toThrow('no network');
    await expect(handler(eventOf())).rejects.toThrow('no network');
    await handler(eventOf());
    await handler(eventOf());
    expect(made).toBe(3);
    expect(published.map(({ input }) => titleOf(input))).toEqual(['3', '3']);
  });

  test('are not made at all for an event that brings stand-ins', async () => {
    const { evaluate } = started(
      withClients(() => {
        throw new Error('no network');
      }),
    );
    expect((await evaluate(eventOf(), { n: 'stand-in' })).alerts[0]?.title).toBe('stand-in');
    await expect(evaluate(eventOf())).rejects.toThrow('no network');
  });

  test('are not made anew when an event cannot be evaluated', async () => {
    let made = 0;
    const { handler } = started(withClients(() => ({ n: (made += 1) })));
    await expect(handler(null)).rejects.toThrow(EvaluationError);
    await handler(eventOf());
    expect(made).toBe(1);
  });

  test('get the parsed parameters and a reader of secrets', async () => {
    const arn = 'arn:aws:ssm:eu-west-1:111122223333:parameter/token';
    const rule: AnyRule = defineRule({
      ...stopped,
      parameters: { token: secret('A token.') },
      clients: async ({ parameters, secret: read }) => ({ token: await read(parameters.token) }),
      evaluate: (_, { clients }) => ({ title: clients.token, summary: 'x' }),
    });
    const environment = { [topicVariable]: topic, token: arn };
    const { evaluate } = start(rule, {
      environment,
      readSecret: async (reference) => `${reference.service} of ${reference.region}`,
    });
    expect((await evaluate(eventOf())).alerts[0]?.title).toBe('ssm of eu-west-1');
    await expect(start(rule, { environment }).evaluate(eventOf())).rejects.toThrow(
      'declares no secret parameter',
    );
  });
});

describe('starting', () => {
  test('reads the environment once', async () => {
    const reads: string[] = [];
    const environment = new Proxy<Record<string, string>>(
      { [topicVariable]: topic },
      {
        get(target, name) {
          reads.push(String(name));
          return Reflect.get(target, name) as unknown;
        },
      },
    );
    const { handler } = start(stopped, { environment, publish: async () => ({ messageId: 'm' }) });
    expect(reads).toEqual([topicVariable]);
    await handler(eventOf());
    await handler(eventOf());
    expect(reads).toHaveLength(1);
  });

  test('is refused with all problems of the parameters at once', () => {
    const rule: AnyRule = defineRule({
      ...stopped,
      parameters: {
        roles: names('Roles.', { suppresses: true }),
        limit: number('A limit.', { maximum: 3 }),
        token: secret('A token.'),
      },
      evaluate: () => undefined,
    });
    const environment = {
      [topicVariable]: topic,
      roles: '*',
      limit: '4',
      token: 'hunter2',
      deniedAttempts: 'maybe',
    };
    let error: unknown;
    try {
      start(rule, { parameters: allParameters(rule), environment });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ParametersError);
    expect((error as ParametersError).problems.map((problem) => problem.split(':')[0])).toEqual([
      'roles',
      'limit',
      'token',
      'deniedAttempts',
    ]);
    expect(String(error)).not.toContain('hunter2');
  });

  test.each([undefined, '', 'alerts', 'arn:aws:sns:us-east-1'])(
    'is refused without a topic: %j',
    (given) => {
      expect(() =>
        start(stopped, { environment: given === undefined ? {} : { [topicVariable]: given } }),
      ).toThrow(TypeError);
    },
  );
});

describe('log', () => {
  test('writes one line of JSON with time and level, whatever the fields', () => {
    log('WARN', {
      text: 'two\nlines\r\n\u2028',
      quote: '"',
      nothing: undefined,
      nested: { a: [1] },
    });
    log('ERROR', {});
    expect(lines()).toEqual([
      {
        timestamp: expect.any(String),
        level: 'WARN',
        text: 'two\nlines\r\n\u2028',
        quote: '"',
        nested: { a: [1] },
      },
      { timestamp: expect.any(String), level: 'ERROR' },
    ]);
    expect(new Date(String(lines()[0]?.['timestamp'])).getTime()).toBeGreaterThan(
      Date.now() - 60_000,
    );
  });

  test('of a hostile event is one line', async () => {
    const { handler } = started(stopped);
    await handler(
      eventOf({ eventID: 'x\n{"level":"FATAL"}', requestParameters: { name: 'y\nz' } }),
    );
    await handler({ ...eventOf({ eventName: 'PutEventSelectors' }), id: 'x\n{"level":"FATAL"}' });
    expect(lines().map(({ level }) => level)).toEqual(['INFO', 'INFO']);
  });
});

describe('config', () => {
  const declared = { roles: names('Roles.'), limit: number('A limit.', { default: '3' }) };

  test('reads declared values', () => {
    const { roles, limit } = config(declared, { roles: 'a,', limit: '5' });
    expect(roles.items).toEqual(['a']);
    expect(limit).toBe(5);
  });

  test('reads from the environment of the process', () => {
    vi.stubEnv('roles', 'b');
    expect(config(declared)).toMatchObject({ limit: 3, roles: { items: ['b'] } });
    vi.unstubAllEnvs();
  });

  test('refuses with every problem', () => {
    expect(() => config(declared, { limit: 'x' })).toThrow(ParametersError);
    expect(() => config(declared, { limit: 'x' })).toThrow(
      /^roles: is required.*\nlimit: "x" is not allowed/,
    );
  });
});
