/** The notifier as Lambda runs it, with the real AWS SDK and a server of our own in place of DynamoDB, SQS and SNS. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Alert } from '../contracts/alert.ts';
import { muteRefused } from '../environment.ts';
import { nothingKnown, parseState, serialise } from '../notify/state.ts';
import { notifier } from '../template/notifier.ts';
import { countedBy } from '../template/ringing.fake.ts';
import { type Answer, type Asked, fakeAws, refused, xml } from '../testing/server.ts';
import { alert, suppressedBy } from './alert.fake.ts';
import { message } from './message.ts';
import { handler } from './notifier.ts';
import { keptOutput } from './output.fake.ts';

const people = 'arn:aws:sns:eu-west-1:111122223333:alerts';
const dispatch = 'arn:aws:sns:us-east-1:111122223333:dispatch';
const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/held';

const output = keptOutput();

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

interface Message {
  readonly body: string;
  readonly delay: number;
}

/** What is in the table and in the queue, and what fails. */
let items: Record<string, Record<string, unknown>> = {};
let waiting: Message[] = [];
/** What was taken out of the queue and not deleted: it can be taken again after a time. */
let taken: Message[] = [];
let failing: ReadonlySet<string> = new Set();
/** So many of the next calls of DynamoDB are throttled. */
let throttled = 0;
/** How long DynamoDB takes for an answer, in milliseconds. */
let slowness = 0;
/** How many people have confirmed that they want to be told. */
let subscribers = 1;

const answerInTime = async (question: Asked): Promise<Answer | undefined> => {
  if (question.service !== 'dynamodb') return answer(question);
  await new Promise((resolve) => setTimeout(resolve, slowness));
  throttled -= 1;
  return throttled >= 0 ? tooMany : answer(question);
};

const { asked } = fakeAws(answerInTime, {
  AWS_REGION: 'eu-west-1',
  MEMORY_TABLE: 'memory',
  HELD_QUEUE_URL: queueUrl,
  PEOPLE_TOPIC_ARN: people,
  DISPATCH_SNS_ARN: dispatch,
});

beforeEach(() => {
  vi.useRealTimers();
  items = {};
  waiting = [];
  taken = [];
  failing = new Set();
  throttled = 0;
  slowness = 0;
  subscribers = 1;
});

const refusal: Answer = [400, { __type: 'AccessDeniedException', message: 'no' }];
const tooMany: Answer = [400, { __type: 'com.amazon.coral.availability#ThrottlingException' }];

function answer({ headers, body, service, form }: Asked): Answer | undefined {
  if (service === 'sns' && form['Action'] === 'GetTopicAttributes') {
    const entry = `<entry><key>SubscriptionsConfirmed</key><value>${subscribers}</value></entry>`;
    return failing.has('GetTopicAttributes')
      ? [403, '<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>']
      : xml('GetTopicAttributes', `<Attributes>${entry}</Attributes>`);
  }
  if (service === 'sns' && failing.has('Publish')) return refused('AuthorizationError', 'no', 403);
  if (service === 'sns') {
    return failing.has(form['TopicArn'] ?? '')
      ? undefined
      : xml('Publish', '<MessageId>m</MessageId>');
  }
  const [, call = ''] = String(headers['x-amz-target']).split('.');
  if (failing.has(call)) return refusal;
  const input = JSON.parse(body);
  switch (call) {
    case 'BatchGetItem': {
      const found = input.RequestItems.memory.Keys.flatMap(
        ({ id }: { id: { S: string } }) => items[id.S] ?? [],
      );
      return [200, { Responses: { memory: found } }];
    }
    case 'PutItem': {
      const { Item, ExpressionAttributeValues } = input;
      const current = items[Item.id.S]?.['version'] as { N: string } | undefined;
      if (current && current.N !== ExpressionAttributeValues[':version'].N) {
        return [
          400,
          { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' },
        ];
      }
      items[Item.id.S] = Item;
      return [200, {}];
    }
    case 'UpdateItem': {
      const { Key, ExpressionAttributeValues: values } = input;
      const known = items[Key.id.S] as Record<string, { N: string; S: string }> | undefined;
      if (known?.['by']?.S === values[':by'].S) {
        return [
          400,
          { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' },
        ];
      }
      items[Key.id.S] = {
        ...Key,
        what: values[':what'],
        by: values[':by'],
        first: known?.['first'] ?? values[':first'],
        last: values[':last'],
        count: { N: String(Number(known?.['count']?.N ?? 0) + Number(values[':count'].N)) },
      };
      return [200, {}];
    }
    case 'Scan': {
      const { ':week': week, ':listed': listed } = input.ExpressionAttributeValues;
      const found = Object.entries(items).filter(
        ([id]) => id.startsWith(week.S) || id.startsWith(listed.S),
      );
      // A page holds one.
      const from = input.ExclusiveStartKey ? Number(input.ExclusiveStartKey.id.S) : 0;
      const isLast = from + 1 >= found.length;
      return [
        200,
        {
          Items: found.slice(from, from + 1).map(([, item]) => item),
          ...(isLast ? {} : { LastEvaluatedKey: { id: { S: String(from + 1) } } }),
        },
      ];
    }
    case 'SendMessage':
      waiting.push({ body: input.MessageBody, delay: input.DelaySeconds });
      return [200, { MessageId: 'm', MD5OfMessageBody: md5(input.MessageBody) }];
    case 'ReceiveMessage': {
      const messages = waiting.splice(0, input.MaxNumberOfMessages);
      taken.push(...messages);
      return [
        200,
        {
          Messages: messages.map((message, index) => ({
            MessageId: String(index),
            Body: message.body,
            MD5OfBody: md5(message.body),
            ReceiptHandle: message.body,
          })),
        },
      ];
    }
    case 'DeleteMessageBatch':
      for (const { ReceiptHandle } of input.Entries) {
        taken = taken.filter(({ body: receipt }) => receipt !== ReceiptHandle);
      }
      return [200, { Successful: input.Entries, Failed: [] }];
    default:
      return undefined;
  }
}

const run = (event: unknown, alias = ''): Promise<unknown> =>
  handler(event, {
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:notifier${alias}`,
  });

const delivery = (message: string): unknown => ({
  Records: [{ EventSource: 'aws:sns', Sns: { Type: 'Notification', Message: message } }],
});
/** What SNS hands over of what a function with these variables has published. */
function handed(given: Alert, environment: Readonly<Record<string, string>>): unknown {
  const input = message(given, 'machines', environment);
  const attributes = Object.entries(input.MessageAttributes).map(([name, { StringValue }]) => [
    name,
    { Type: 'String', Value: StringValue },
  ]);
  const { default: Message } = JSON.parse(input.Message);
  const MessageAttributes = Object.fromEntries(attributes);
  return { Records: [{ EventSource: 'aws:sns', Sns: { Message, MessageAttributes } }] };
}
const delivered = (given: Alert): unknown => delivery(JSON.stringify(given));

const minute = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

const published = (): readonly (string | undefined)[] =>
  asked.flatMap(({ form }) => (form['Action'] === 'Publish' ? [form['TopicArn']] : []));

const callsOf = (call: string): number =>
  asked.filter(({ headers }) => String(headers['x-amz-target']).endsWith(`.${call}`)).length;

const calls = (): readonly number[] => ['BatchGetItem', 'PutItem', 'SendMessage'].map(callsOf);

describe('further topics', () => {
  const pager = 'arn:aws:sns:us-west-2:111122223333:pager';
  const given = {
    topic: pager,
    form: 'pagerDuty',
    severity: 'high',
    rules: ['cloudTrail'],
    accounts: ['111122223333'],
  };
  const deliver = async (fields: Partial<Alert>, routes: unknown = [given]): Promise<void> => {
    const text = typeof routes === 'string' ? routes : JSON.stringify(routes);
    vi.stubEnv('ROUTES', text);
    const one = alert({ rule: 'cloudTrail', severity: 'high', account: '111122223333', ...fields });
    await run(delivered(one));
  };

  test('get what concerns them, in their form and region', async () => {
    await deliver({});
    expect(published()).toEqual([people, dispatch, pager]);
    const { form, region } = asked.find((each) => each.form['TopicArn'] === pager) ?? {};
    expect(form?.['Message']).toContain('AlarmName');
    expect(region).toBe('us-west-2');
  });

  test.each<[string, Partial<Alert>, readonly string[]]>([
    ['the lowest severity', { severity: 'high' }, [pager]],
    ['a lower severity', { severity: 'medium' }, []],
    ['a higher severity', { severity: 'critical' }, [pager]],
    ['another rule', { rule: 'rootLogin' }, []],
    ['another account', { account: '444455556666' }, []],
    ['no account', { account: null }, []],
  ])('%s', async (_, fields, told) => {
    await deliver(fields);
    expect(published()).toEqual([people, dispatch, ...told]);
  });

  test('get everything where nothing says what', async () => {
    await deliver({ severity: 'low', account: null }, [{ topic: pager, form: 'text' }]);
    expect(published()).toContain(pager);
  });

  test('that cannot be read ring, and people are told', async () => {
    await deliver({}, '[{');
    expect(published()).toEqual([people, dispatch]);
    expect(output.text).toContain('The further topics cannot be read');
  });

  test('one that refuses is tried again alone, and forgotten once it is gone', async () => {
    failing = new Set([pager]);
    await deliver({});
    expect(waiting.map(({ body }) => JSON.parse(body).to)).toEqual([pager]);
    failing = new Set();
    const before = published().length;
    await run(minute);
    expect(published().slice(before)).toEqual([pager]);
  });
});

describe('an alert', () => {
  test('goes to people and to Dispatch, with a read and two writes, and a second time costs a read', async () => {
    await run(delivered(alert()));
    expect(published()).toEqual([people, dispatch]);
    expect(calls()).toEqual([1, 2, 0]);
    await run(delivered(alert()));
    expect(published()).toEqual([people, dispatch]);
    expect(calls()).toEqual([2, 2, 0]);
  });

  test('is for Dispatch what its rule says, told at once or alone in a list', async () => {
    const sent = (): readonly { type: string; users: unknown }[] =>
      asked.flatMap(({ form }) =>
        form['TopicArn'] === dispatch ? JSON.parse(form['Message'] ?? '') : [],
      );
    const environment = { DISPATCH_TYPE: 'self-service', DISPATCH_USERS: 'U1:alice' };
    await run(handed(alert(), environment));
    await run(handed(alert({ eventId: 'another' }), environment));
    await run(minute);
    const expected = { type: 'self-service', users: [{ slackId: 'U1', github: 'alice' }] };
    expect(sent()).toMatchObject([expected, expected]);
    // People's topic knows nothing of it.
    const texts = asked.flatMap(({ form }) => (form['TopicArn'] === people ? form['Message'] : []));
    expect(texts.join()).not.toContain('DISPATCH');
    await run(
      handed(alert({ groupKey: 'other', eventId: 'third' }), { DISPATCH_SNS_ARN: dispatch }),
    );
    await run(minute);
    expect(sent()[2]).toMatchObject({ type: 'high-priority', users: [{}] });
  });

  test('has for the second topic the form that its rule says', async () => {
    await run(handed(alert(), { DISPATCH_FORM: 'amazonQ' }));
    const [sent = ''] = asked.flatMap(({ form }) =>
      form['TopicArn'] === dispatch ? (form['Message'] ?? '') : [],
    );
    const { default: posted } = JSON.parse(sent);
    expect(JSON.parse(posted)).toMatchObject({ version: '1.0', source: 'custom' });
  });

  test('of a group that was told waits in the queue, for at most three minutes', async () => {
    await run(delivered(alert()));
    await run(delivered(alert({ eventId: 'another' })));
    expect(published()).toEqual([people, dispatch]);
    expect(waiting).toHaveLength(1);
    expect(waiting[0]?.delay).toBeLessThanOrEqual(180);
    await run(minute);
    expect(published()).toEqual([people, dispatch, people, dispatch]);
    expect(callsOf('DeleteMessageBatch')).toBe(1);
  });

  test.each(['BatchGetItem', 'PutItem'])(
    'waits for the next minute where %s fails',
    async (call) => {
      failing = new Set([call]);
      await run(delivered(alert()));
      expect(published()).toEqual([]);
      expect(waiting).toMatchObject([{ delay: 0 }]);
      await run(minute);
      // First that the table is missing, then the alert.
      expect(published()).toEqual([people, dispatch, people, dispatch]);
      const titles = asked.flatMap(({ form }) => form['Subject'] ?? []);
      expect(titles[0]).toContain('The notifier works without its table');
      expect(titles[2]).not.toContain('notifier');
    },
  );

  test('is told at the next minute where the topic for people refuses it', async () => {
    failing = new Set([people]);
    await run(delivered(alert()));
    expect(published()).not.toContain(dispatch);
    expect(waiting).toHaveLength(1);
  }, 30_000);

  test('that can be neither told nor kept fails, so that Lambda tries again', async () => {
    failing = new Set(['BatchGetItem', 'SendMessage']);
    await expect(run(delivered(alert()))).rejects.toThrow('no');
  });

  test('is told although the table holds something else', async () => {
    items = { state: { id: { S: 'state' }, state: { S: '{"seen":1}' }, version: { N: '7' } } };
    await run(delivered(alert()));
    expect(published()).toEqual([people, dispatch]);
    const kept = items['state'] as { state: { S: string }; version: { N: string } };
    expect(parseState(kept.state.S)?.groups).not.toEqual({});
    expect(kept.version.N).toBe('9');
  });
});

/** How many lines of the log a metric filter of the notifier's template counts, which its alarm and patrolHealth look at. */
function counts(id: 'NotifierTrouble' | 'NotifierAccounted'): number {
  const place = { code: { ZipFile: '' }, machines: 'm', people: 'p', alarms: 'a' };
  const lines = output.text.split('\n').filter((line) => line !== '');
  return countedBy(
    notifier(place).Resources?.[id]?.Properties ?? {},
    lines.map((line) => JSON.parse(line)),
  );
}

describe('a table that', () => {
  /** The subjects of the messages to people. */
  const told = (): readonly string[] =>
    asked.flatMap(({ form }) => (form['TopicArn'] === people ? (form['Subject'] ?? []) : []));
  const without = expect.stringContaining('The notifier works without its table');
  const stopped = expect.stringContaining('StopLogging');

  test('takes 200 ms for each answer is waited for: people are told at once', async () => {
    slowness = 200;
    await run(delivered(alert()));
    expect(told()).toEqual([stopped]);
    expect([waiting, counts('NotifierTrouble'), counts('NotifierAccounted')]).toEqual([[], 0, 1]);
  });

  test('throttles once is asked again: people are told at once', async () => {
    throttled = 1;
    await run(delivered(alert()));
    expect(told()).toEqual([stopped]);
    expect([waiting, counts('NotifierTrouble'), counts('NotifierAccounted')]).toEqual([[], 0, 1]);
  });

  test.each([
    ['takes longer than a second', () => (slowness = 1500)],
    ['throttles all the time', () => (throttled = Infinity)],
  ])(
    '%s is as good as none: the next minute tells of that, and of the alert',
    async (_, begin) => {
      begin();
      await run(delivered(alert()));
      expect(told()).toEqual([]);
      expect(waiting).toMatchObject([{ delay: 0 }]);
      expect(output.text).toContain('"verdict":"trouble"');
      await run(minute);
      expect(told()).toEqual([without, stopped]);
    },
    30_000,
  );

  test.each([
    ['was slow', () => (slowness = 1500)],
    ['throttled', () => (throttled = Infinity)],
  ])(
    '%s for a while is no news afterwards, and the alert is told once',
    async (_, begin) => {
      begin();
      await run(delivered(alert()));
      [slowness, throttled] = [0, 0];
      await run(minute);
      await run(minute);
      await run(delivered(alert()));
      expect(told()).toEqual([stopped]);
    },
    30_000,
  );
});

test('what a topic refused for three minutes is told once when it takes messages again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  failing = new Set(['Publish']);
  await run(delivered(alert()));
  await run(delivered(alert({ eventId: 'another', groupKey: 'another' })));
  const minutes = async (count: number): Promise<void> => {
    for (let passed = 0; passed < count; passed += 1) {
      vi.setSystemTime(Date.now() + 60_000);
      await run(minute);
      waiting.push(...taken.splice(0));
    }
  };
  await minutes(3);
  expect(waiting).toHaveLength(2);
  expect(counts('NotifierTrouble')).toBeGreaterThanOrEqual(2 + 3);
  const before = published().length;
  failing = new Set();
  await minutes(3);
  expect(waiting).toEqual([]);
  expect(published().slice(before)).toEqual([people, dispatch, people, dispatch]);
}, 30_000);

test('what is told, held or repeated is accounted for once each, and what fails is not', async () => {
  const accounted = (): number => output.text.split('"verdict":"accounted"').length - 1;
  await run(delivered(alert()));
  await run(delivered(alert()));
  await run(delivered(alert({ eventId: 'another' })));
  expect(waiting).toHaveLength(1);
  expect(accounted()).toBe(3);
  await run(minute);
  expect(accounted()).toBe(3);
  failing = new Set(['BatchGetItem', 'SendMessage']);
  await expect(run(delivered(alert({ eventId: 'third' })))).rejects.toThrow('no');
  expect(accounted()).toBe(3);
});

test('what the operator suppresses is accounted for, and nobody is told', async () => {
  const by = {
    parameter: 'ignoredActors',
    item: 'role/CI',
    owner: null,
    reason: null,
    until: null,
  };
  await run(delivered(alert({ suppressed: by })));
  expect(published()).toEqual([]);
  expect(waiting).toEqual([]);
  expect(output.text).toContain('"verdict":"accounted"');
});

describe('what is kept from people', () => {
  afterEach(() => vi.useRealTimers());
  const found = (eventId: string, item: string): Promise<unknown> =>
    run(delivered(alert({ eventId, suppressed: suppressedBy(item) })));

  test('costs a write each, and is told in the next week, with what kept nothing', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-27T10:00:00Z'), toFake: ['Date'] });
    await run(minute);
    const before = calls();
    await found('1', 'role/CI');
    await found('1', 'role/CI');
    await found('2', 'role/CI');
    await found('3', 'role/Other');
    expect([callsOf('UpdateItem'), calls()]).toEqual([4, before]);
    const suppressions = ['role/CI', 'role/Old'].map((item) => ({
      parameter: 'ignoredActors',
      item,
      until: '2100-01-31',
    }));
    vi.setSystemTime(Date.parse('2026-11-29T10:00:00Z'));
    await run(delivered(alert({ canary: true, test: true, suppressions })));
    await run(minute);
    expect(waiting).toEqual([]);
    vi.setSystemTime(Date.parse('2026-11-30T08:00:00Z'));
    waiting = [];
    failing = new Set(['ReceiveMessage']);
    await run(minute).catch(() => {});
    expect(waiting.map(({ body }) => JSON.parse(body).alert)).toMatchObject([
      {
        rule: 'notifier',
        title: 'Week of 2026-11-23: 3 alerts were kept from people',
        facts: {
          'stopped ignoredActors role/CI': '2, from 2026-11-27T10:00Z to 2026-11-27T10:00Z',
          'stopped ignoredActors role/Other': expect.stringMatching(/^1, /),
          'stopped ignoredActors role/Old': 'none',
        },
      },
    ]);
    await run(minute).catch(() => {});
    expect(waiting).toHaveLength(1);
  });

  test('is accounted for where it cannot be counted, which is trouble', async () => {
    failing = new Set(['UpdateItem']);
    await found('1', 'role/CI');
    expect(output.text).toContain('"verdict":"trouble"');
    expect(output.text).toContain('"verdict":"accounted"');
  });
});

test('a canary is accounted for, and nobody is told', async () => {
  await run(delivered(alert({ test: true, canary: true })));
  expect([published(), waiting]).toEqual([[], []]);
  expect(output.text).toContain('"verdict":"accounted"');
  await run(delivered(alert({ test: true })));
  expect(published()).toEqual([people, dispatch]);
});

describe('a topic for people to which nobody has confirmed a subscription', () => {
  test('is trouble, which rings past that topic, for what is told at once and in a list', async () => {
    subscribers = 0;
    await run(delivered(alert()));
    expect(published()).toEqual([people, dispatch]);
    const trouble =
      /"verdict":"trouble","what":"Nobody was told: no subscription to arn:\S+:alerts/g;
    expect(output.text.match(trouble)).toHaveLength(1);
    await run(delivered(alert({ eventId: 'another' })));
    expect(output.text.match(trouble)).toHaveLength(1);
    await run(minute);
    expect(output.text.match(trouble)).toHaveLength(2);
  });

  test('is asked about only where something was told, and is no news where somebody has', async () => {
    const lookups = (): number =>
      asked.filter(({ form }) => form['Action'] === 'GetTopicAttributes').length;
    await run(minute);
    expect(lookups()).toBe(0);
    await run(delivered(alert()));
    expect(lookups()).toBe(1);
    await run(delivered(alert()));
    expect(lookups()).toBe(1);
    expect(output.text).not.toContain('trouble');
  });

  test('that cannot be asked about is trouble too, and the alert is told all the same', async () => {
    failing = new Set(['GetTopicAttributes']);
    await run(delivered(alert()));
    expect(published()).toEqual([people, dispatch]);
    expect(output.text).toContain('is not known');
    await run(delivered(alert()));
    expect(published()).toEqual([people, dispatch]);
  });
});

test.each([
  ['nothing', {}],
  ['a text', delivery('hello')],
  ['no alert', delivery('{"rule":"x"}')],
  ['an alarm', delivery('{"AlarmName":"x","NewStateValue":"ALARM"}')],
])('%s in place of an alert fails', async (_, event) => {
  await expect(run(event)).rejects.toThrow(/Expected|JSON/);
  expect(published()).toEqual([]);
});

test('what is no alert stays in the queue', async () => {
  waiting = [{ body: '{"alert":{}}', delay: 0 }];
  await run(minute);
  expect(output.text).toContain('no alert');
  expect(callsOf('DeleteMessageBatch')).toBe(0);
});

describe('through the alias mute', () => {
  const request = {
    rule: 'stopped',
    account: '111122223333',
    seconds: 3600,
    reason: 'a planned change',
    by: 'arn:aws:iam::111122223333:user/alice',
  };

  test('it mutes, and says what is muted', async () => {
    await expect(run({ mute: request }, ':mute')).resolves.toMatchObject({
      mutes: [{ rule: 'stopped', reason: 'a planned change', muted: 0 }],
      mute: { rule: 'stopped', by: request.by },
    });
    await run(delivered(alert()));
    expect(published()).toEqual([]);
    const answered = (await run({ mutes: true }, ':mute')) as { mutes: { id: string }[] };
    expect(answered).not.toHaveProperty('mute');
    const [id] = answered.mutes.map((each) => each.id);
    await expect(run({ unmute: id }, ':mute')).resolves.toMatchObject({ mutes: [], mute: { id } });
    await run(delivered(alert({ eventId: 'another' })));
    expect(published()).toEqual([people, dispatch]);
  });

  test.each([
    ['an alert', delivered(alert())],
    ['the clock', minute],
    ['a mute of a week', { mute: { ...request, seconds: 7 * 86_400 } }],
    ['the end of a mute that is not there', { unmute: 'x' }],
  ])('%s is refused', async (_, event) => {
    await expect(run(event, ':mute')).rejects.toMatchObject({ name: muteRefused });
    expect(published()).toEqual([]);
  });

  test('what fails is no refusal', async () => {
    failing = new Set(['BatchGetItem']);
    await expect(run({ mute: request }, ':mute')).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('and without it nothing is muted', async () => {
    await expect(run({ mute: request })).rejects.toThrow('Expected a message');
    expect(items).toEqual({});
  });

  test('a mute in the table that is longer than a day mutes nothing', async () => {
    const mutes = [{ ...request, id: 'x', from: 0, until: Date.now() + 3_600_000 }];
    items = {
      state: { id: { S: 'state' }, state: { S: serialise(nothingKnown) }, version: { N: '1' } },
      mutes: { id: { S: 'mutes' }, mutes: { S: JSON.stringify(mutes) }, version: { N: '1' } },
    };
    await run(delivered(alert()));
    expect(published()).toEqual([people, dispatch]);
  });
});
