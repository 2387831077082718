import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireContract } from '../testing/notes.ts';
import {
  alerting,
  fakeArtifact,
  type FakeRule,
  type FakeStreams,
  fakeStreams,
  record,
  removeFakes,
} from '../testing/artifact.ts';
import { fakeLive } from '../testing/world.ts';
import { replay, type ReplayOptions } from './replay.ts';

const cwd = mkdtempSync(join(tmpdir(), 'patrol-replay-'));
const lines = (...values: readonly unknown[]): string =>
  values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n');
beforeAll(() => {
  mkdirSync(join(cwd, 'logs'));
  const put = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(cwd, 'logs', name), content);
  put(
    '1.json',
    JSON.stringify({ Records: [record('GetTrail', 'a1'), record('StopTrail', 'a2')] }, null, 2),
  );
  put(
    '2.ndjson.gz',
    gzipSync(
      lines(
        record('StopLogging', 'b1'),
        'not json',
        record('StartLogging', 'b3'),
        record('StopTrail', 'b4'),
      ),
    ),
  );
  put('3.json', JSON.stringify({ digestStartTime: 'x', digestS3Object: 'y' }));
  put('notes.txt', 'hello');
});
afterAll(() => {
  removeFakes();
  rmSync(cwd, { recursive: true });
});

interface Replayed {
  readonly code: number;
  readonly written: FakeStreams['written'];
}

async function run(
  fake: FakeRule,
  options: Partial<ReplayOptions> = {},
  streams: FakeStreams = fakeStreams(),
): Promise<Replayed> {
  const artifact = fakeArtifact(fake);
  const code = await replay(
    { artifact, paths: [], parameters: {}, json: true, cwd, ...options },
    streams,
  );
  return { code, written: streams.written };
}

/** The lines before the result, which says as much as the exit code. */
function parsed({ written, code }: Replayed): Record<string, unknown>[] {
  requireContract(['replay'], written.stdout);
  const all = written.stdout
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  expect(all.pop()).toMatchObject({ type: 'result', ok: code === 0 });
  return all;
}

describe.concurrent('with --json', () => {
  test('each alert and each error is a line, in order, and the summary is the last', async () => {
    const replayed = await run({}, { paths: ['logs'] });
    expect(replayed.code).toBe(1);
    expect(replayed.written.stdout.split('\n')[0]).toBe(
      `{"type":"alert","rule":"rule","file":"logs/1.json","line":2,"eventId":"a2","time":"2026-01-02T03:04:05Z",` +
        `"severity":"high","title":"StopTrail","summary":"By mallory"}`,
    );
    const printed = parsed(replayed);
    expect(printed.slice(1)).toMatchObject([
      { type: 'alert', file: 'logs/2.ndjson.gz', line: 1, eventId: 'b1', title: 'StopLogging' },
      {
        type: 'error',
        file: 'logs/2.ndjson.gz',
        line: 2,
        eventId: null,
        message: expect.stringContaining('Expected JSON'),
      },
      { type: 'alert', file: 'logs/2.ndjson.gz', line: 4, eventId: 'b4' },
      { type: 'summary', events: 6, delivered: 3, alerts: 3, errors: 1 },
    ]);
    expect(Object.keys(printed[2] ?? {})).toEqual(['type', 'file', 'line', 'eventId', 'message']);
    expect(Object.keys(printed.at(-1) ?? {})).toEqual([
      'type',
      'events',
      'delivered',
      'alerts',
      'suppressed',
      'needs',
      'errors',
      'bytes',
      'seconds',
    ]);
    expect(replayed.written.stderr).toMatch(/^Skipped 1 file: /);
  });

  test('standard input, by name or when it is piped; nothing found is exit code 0', async () => {
    for (const paths of [['-'], []]) {
      const text = lines(record('StartLogging'), { name: 'push', payload: {} });
      const replayed = await run({}, { paths }, fakeStreams(text));
      expect(replayed).toMatchObject({ code: 0, written: { stderr: '' } });
      expect(parsed(replayed)).toEqual([
        {
          type: 'summary',
          events: 2,
          delivered: 0,
          alerts: 0,
          suppressed: 0,
          needs: 0,
          errors: 0,
          bytes: text.length,
          seconds: expect.any(Number),
        },
      ]);
    }
  });

  test('copies of an event count each', async () => {
    const replayed = await run({}, { paths: ['logs/1.json', 'logs/1.json'] });
    expect(parsed(replayed).at(-1)).toMatchObject({ events: 4, alerts: 2 });
    expect(replayed.code).toBe(0);
  });

  test('an event that cannot be evaluated is an error with its id', async () => {
    const index = `export const evaluate = async ({ detail }) => {
      console.log('noise');
      if (detail.eventID === 'x') throw new Error('what is this');
      return { alerts: [] };
    };`;
    const replayed = await run(
      { index },
      {},
      fakeStreams(lines(record('StopIt', 'w'), record('StopIt', 'x'))),
    );
    expect(parsed(replayed)).toMatchObject([
      { type: 'error', file: '-', line: 2, eventId: 'x', message: 'what is this' },
      { type: 'summary', delivered: 2, alerts: 0, errors: 1 },
    ]);
    expect(replayed.code).toBe(1);
  });

  test('a rule that hangs and one that dies take one event with them', async () => {
    const index = `${alerting.replaceAll('evaluate = async', 'inner = async')}
      export const evaluate = async (event) => {
        if (event.detail.eventID === 'hang') for (;;);
        if (event.detail.eventID === 'exit') process.exit();
        return inner(event);
      };`.replace('await evaluate(event)', 'await inner(event)');
    const text = lines(...['a', 'hang', 'b', 'exit', 'c'].map((id) => record('StopIt', id)));
    const replayed = await run({ index }, { patience: 1 }, fakeStreams(text));
    expect(parsed(replayed)).toMatchObject([
      { type: 'alert', eventId: 'a' },
      { type: 'error', line: 2, eventId: 'hang', message: 'rule did not answer within 1 s' },
      { type: 'alert', eventId: 'b' },
      {
        type: 'error',
        line: 4,
        eventId: 'exit',
        message: 'rule ended its own process with exit code 0',
      },
      { type: 'alert', eventId: 'c' },
      { type: 'summary', delivered: 5, alerts: 3, errors: 2 },
    ]);
  });

  test('more events than fit into a batch keep their order', async () => {
    const text = lines(
      ...Array.from({ length: 2000 }, (_, index) =>
        index % 7 ? record('StopIt', `e${index}`) : 'x',
      ),
    );
    const replayed = await run({}, {}, fakeStreams(text));
    const printed = parsed(replayed);
    expect(printed.slice(0, -1).map(({ line }) => line)).toEqual(
      Array.from({ length: 2000 }, (_, index) => index + 1),
    );
    expect(printed.at(-1)).toMatchObject({
      events: 2000,
      delivered: 1714,
      alerts: 1714,
      errors: 286,
    });
  });

  test('the rule gets its parameters, and examples are told', async () => {
    const index = `export const evaluate = async () => ({ alerts: [{ severity: 'low', title: process.env.word + process.env.HOME, summary: '' }] });`;
    const parameters = { word: { kind: 'text', description: 'A word.', example: 'hi' } } as const;
    const replayed = await run(
      { index, parameters },
      {},
      fakeStreams(JSON.stringify(record('StopIt'))),
    );
    expect(parsed(replayed)[0]).toMatchObject({ title: 'hiundefined' });
    expect(replayed.written.stderr).toContain('With the example value of word (hi)');
  });

  test('a reader that goes away ends the replay early and quietly', async () => {
    let taken = 0;
    const stdout = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        taken += 1;
        done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
      },
    });
    let read = 0;
    const stdin = Readable.from(
      (function* endless() {
        for (;;) {
          read += 1;
          yield Buffer.from(`${JSON.stringify(record('StopIt'))}\n`.repeat(10));
        }
      })(),
    );
    const artifact = fakeArtifact();
    const streams = { ...fakeStreams(), stdin, stdout };
    expect(await replay({ artifact, paths: ['-'], parameters: {}, json: true, cwd }, streams)).toBe(
      0,
    );
    expect(taken).toBe(1);
    expect(read).toBeLessThan(1000);
  });

  test('a file that cannot be read is an error, and the replay goes on', async () => {
    // What the root user may not open either: a socket.
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(cwd, 'socket.json'), resolve));
    const replayed = await run({}, { paths: ['socket.json', 'logs/1.json'] });
    server.close();
    expect(parsed(replayed)).toMatchObject([
      {
        type: 'error',
        file: 'socket.json',
        line: 1,
        message: expect.stringMatching(/^The file cannot be read: ENXIO/),
      },
      { type: 'alert' },
      { type: 'summary', events: 2, errors: 1 },
    ]);
  });
});

/** A rule that asks: which user, of ports that stand-ins can take the place of. */
const asking = (ask: string): string => `
  const real = { iam: { ask: ${ask} } };
  export const evaluate = async (event, clients = real) => {
    if (event.detail.eventID === 'known') return { alerts: [], suppressed: [] };
    const answer = await clients.iam.ask(event.detail.userIdentity.userName);
    return { alerts: [{ severity: 'low', title: String(answer), summary: '', eventId: event.detail.eventID, eventTime: null }] };
  };`;

describe.concurrent('a rule that asks', () => {
  const text = lines(record('StopIt', 'known'), record('StopIt', 'x'), 'no json');

  test('without --live, what needs an answer is neither an alert nor an error', async () => {
    const index = asking(`() => { throw new Error('AWS was asked') }`);
    const replayed = await run({ index, asks: true }, {}, fakeStreams(text));
    expect(replayed.written.stdout.split('\n')[0]).toBe(
      '{"type":"needs","file":"-","line":2,"eventId":"x","what":"iam.ask(\\"mallory\\")"}',
    );
    expect(parsed(replayed).slice(1)).toMatchObject([
      { type: 'error', line: 3 },
      { type: 'summary', delivered: 2, alerts: 0, needs: 1, errors: 1 },
    ]);
    expect(replayed.code).toBe(1);
    const alone = await run({ index, asks: true }, {}, fakeStreams(lines(record('StopIt', 'x'))));
    expect(parsed(alone).at(-1)).toMatchObject({ needs: 1, errors: 0 });
    expect(alone.code).toBe(1);
  });

  test('a rule that does not ask gets no stand-ins', async () => {
    const index = `export const evaluate = async (...given) => ({ alerts: [{ severity: 'low', title: 'given ' + given.length, summary: '' }] });`;
    const replayed = await run({ index }, {}, fakeStreams(lines(record('StopIt'))));
    expect(parsed(replayed)[0]).toMatchObject({ title: 'given 1' });
  });

  test('with --live it asks with the operator’s credentials, and no secret is shown', async () => {
    const index = asking(`async (name) => {
      const answer = await fetch(process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
        body: JSON.stringify({ SecretId: process.env.token }),
      });
      const { SecretString } = await answer.json();
      console.log('has', SecretString);
      if (name === 'mallory') throw new Error('refused ' + SecretString + ' of ' + process.env.AWS_SECRET_ACCESS_KEY);
      return [process.env.AWS_ACCESS_KEY_ID, process.env.AWS_REGION, process.env.AWS_ENDPOINT_URL].join(' ');
    }`);
    const parameters = {
      token: {
        kind: 'secret',
        description: 'A token.',
        default: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token-AbCdEf',
      },
    } as const;
    const other = { ...record('StopIt', 'y'), userIdentity: { userName: 'alice' } };
    const replayed = await run(
      { index, asks: true, permissions: [{ Action: ['iam:GetUser'], Resource: '*' }], parameters },
      { live: fakeLive },
      fakeStreams(lines(record('StopIt', 'x'), other)),
    );
    expect(parsed(replayed)).toMatchObject([
      { type: 'error', eventId: 'x', message: 'refused [secret] of [secret]' },
      { type: 'alert', eventId: 'y', title: 'AKIAOPERATOR eu-west-1 http://127.0.0.1:9' },
      { type: 'summary', needs: 0, errors: 1 },
    ]);
    expect(replayed.written.stderr).toContain('has [secret]');
  });

  test('with --live, what is muted shows no secret either', async () => {
    const index = `export const evaluate = async () => ({
      alerts: [],
      suppressed: [{ title: 'Token ' + process.env.AWS_SECRET_ACCESS_KEY, by: 'x' }],
    });`;
    const permissions = [{ Action: ['iam:GetUser'], Resource: '*' }];
    const text = lines(record('StopIt', 'x'));
    const options = { live: fakeLive };
    const replayed = await run({ index, asks: true, permissions }, options, fakeStreams(text));
    expect(parsed(replayed)[0]).toMatchObject({ type: 'suppressed', title: 'Token [secret]' });
  });

  test('with --live, a rule without permissions gets no credentials', async () => {
    const index = asking(
      `async () => [process.env.AWS_ACCESS_KEY_ID, process.env.AWS_SESSION_TOKEN].join(' ')`,
    );
    const text = lines(record('StopIt', 'x'));
    const replayed = await run({ index, asks: true }, { live: fakeLive }, fakeStreams(text));
    expect(parsed(replayed)[0]).toMatchObject({ title: 'AKIAIOSFODNN7EXAMPLE sandbox' });
  });

  test('what would be done outside is not done, and that is told', async () => {
    const index = asking(`async () => JSON.stringify(process.env.ping)`);
    const parameters = {
      ping: { kind: 'text', description: 'A URL.', default: '', actsOutside: true },
    } as const;
    const replayed = await run(
      { index, asks: true, parameters },
      { live: fakeLive, parameters: { ping: 'https://beats.example/1' } },
      fakeStreams(lines(record('StopIt', 'x'))),
    );
    expect(parsed(replayed)[0]).toMatchObject({ title: '""' });
    expect(replayed.written.stderr).toBe(
      'Left empty: ping. It would make the rule act outside the sandbox.\n',
    );
  });

  test('nothing can be published while it decides', async () => {
    const index = asking(`async () => {
      const body = new URLSearchParams({ Action: 'Publish', TopicArn: process.env.ALERT_TOPIC_ARN, Message: 'm' });
      return (await fetch(process.env.AWS_ENDPOINT_URL_SNS, { method: 'POST', body })).status;
    }`);
    const replayed = await run(
      { index, asks: true },
      { live: fakeLive },
      fakeStreams(lines(record('StopIt', 'x'))),
    );
    expect(parsed(replayed)[0]).toMatchObject({ type: 'alert', title: '404' });
  });
});

describe.concurrent('other sources', () => {
  const index = `export const evaluate = async (event) => ({
    alerts: [{ severity: 'low', title: event.name ?? event.Records[0].Sns.Message, summary: '', eventId: null, eventTime: null }],
  });`;

  test('deliveries reach a rule on webhooks, by the names of its events', async () => {
    const triggers = [{ kind: 'webhook', events: ['fork'] }] as const;
    const text = lines(
      { name: 'fork', id: 'guid', payload: {} },
      { name: 'push', payload: {} },
      { name: 'fork', examples: [{}, {}] },
      record('StopIt'),
    );
    const replayed = await run({ index, triggers }, {}, fakeStreams(text));
    expect(parsed(replayed)).toMatchObject([
      { type: 'alert', line: 1, title: 'fork' },
      { type: 'alert', line: 3 },
      { type: 'alert', line: 4 },
      { type: 'summary', events: 5, delivered: 3, alerts: 3 },
    ]);
  });

  test('messages of SNS reach a rule on a topic', async () => {
    const triggers = [{ kind: 'sns', services: [] }] as const;
    const text = lines({ Records: [{ Sns: { Message: 'a' } }, { Sns: { Message: 'b' } }] });
    const replayed = await run({ index, triggers }, {}, fakeStreams(text));
    expect(parsed(replayed)).toMatchObject([{ title: 'a' }, { title: 'b' }, { delivered: 2 }]);
  });
});

describe.concurrent('a rule that tells some things once', () => {
  /** Tells a session, by the name of its event, in an alert with the key `key`; writes without one. */
  const index = `export const evaluate = async ({ detail }) => {
    const { eventID, eventTime, eventName, session } = detail;
    const alert = { severity: 'low', title: eventName, summary: '', eventId: eventID, eventTime };
    return session
      ? { alerts: [{ ...alert, dedupKey: session }], once: [session], suppressed: [] }
      : { alerts: [{ ...alert, dedupKey: eventID }], suppressed: [] };
  };`;
  const at = (id: string, eventTime: string, session?: string): object => ({
    ...record('StopIt', id),
    eventTime: `2026-03-04T${eventTime}Z`,
    ...(session !== undefined && { session }),
  });
  const told = async (...records: readonly object[]): Promise<Replayed> =>
    run({ index, onceWithin: 3600 }, {}, fakeStreams(lines(...records)));
  const ids = (replayed: Replayed, type: string): unknown =>
    parsed(replayed).flatMap((line) => (line['type'] === type ? [line['eventId']] : []));

  test('tells them once within its time, by the times of the events', async () => {
    const replayed = await told(
      at('a', '10:00:00', 's'),
      at('b', '10:59:59', 's'),
      at('c', '10:30:00'),
      at('d', '10:30:00', 'other'),
      at('e', '11:00:00', 's'),
      at('f', '11:00:01', 's'),
    );
    expect(ids(replayed, 'alert')).toEqual(['a', 'c', 'd', 'e']);
    expect(parsed(replayed).filter(({ type }) => type === 'repeated')).toEqual([
      { type: 'repeated', file: '-', line: 2, eventId: 'b', title: 'StopIt', toldBy: 'a' },
      { type: 'repeated', file: '-', line: 6, eventId: 'f', title: 'StopIt', toldBy: 'e' },
    ]);
    expect(parsed(replayed).at(-1)).toMatchObject({ alerts: 4, repeated: 2 });
  });

  test('tells the same event again, as the function does when Lambda tries again', async () => {
    const replayed = await told(at('a', '10:00:00', 's'), at('a', '10:00:00', 's'));
    expect(ids(replayed, 'alert')).toEqual(['a', 'a']);
  });

  test('need not be given the files in the order of time', async () => {
    const replayed = await told(
      at('a', '10:00:00', 's'),
      at('b', '09:30:00', 's'),
      at('c', '08:00:00', 's'),
    );
    expect(ids(replayed, 'alert')).toEqual(['a', 'c']);
  });

  test('tells what does not say when it was', async () => {
    const replayed = await told(at('a', '10:00:00', 's'), at('b', 'late', 's'));
    expect(ids(replayed, 'alert')).toEqual(['a', 'b']);
  });

  test('counts them for people', async () => {
    const text = lines(at('a', '10:00:00', 's'), at('b', '10:00:01', 's'));
    const replayed = await run({ index, onceWithin: 3600 }, { json: false }, fakeStreams(text));
    expect(replayed.written.stdout).toContain('1 alert, 1 told before, 0 could not be evaluated.');
  });
});

test('what is muted is told with the item that mutes it, and is no failure', async () => {
  const index = `export const evaluate = async ({ detail }) => ({
    alerts: [], suppressed: [{ title: 'Policy changed', by: 'Admin:.*' }], because: 'suppressed',
  });`;
  const replayed = await run({ index }, {}, fakeStreams(lines(record('StopIt', 'x'))));
  expect(replayed.written.stdout.split('\n')[0]).toBe(
    '{"type":"suppressed","file":"-","line":1,"eventId":"x","title":"Policy changed","by":"Admin:.*"}',
  );
  expect(parsed(replayed).at(-1)).toMatchObject({ alerts: 0, suppressed: 1 });
  expect(replayed.code).toBe(0);
});

describe.concurrent('for people', () => {
  test('what is muted and what needs an answer have tables of their own, and are counted', async () => {
    const index = `export const evaluate = async ({ detail }, clients) => {
      if (detail.eventID === 'x') await clients.iam.ask('mallory');
      return { alerts: [], suppressed: [{ title: 'Policy changed', by: 'Admin:.*' }] };
    };`;
    const text = lines(record('StopIt', 'x'), record('StopIt', 'y'));
    const { written, code } = await run({ index, asks: true }, { json: false }, fakeStreams(text));
    expect(code).toBe(1);
    expect(written.stdout).toMatch(
      /^EVENT +MUTED BY +FINDING\n-:2 +Admin:\.\* +Policy changed\n\nEVENT +NEEDS TO QUERY\n-:1 +iam\.ask\("mallory"\)\n/,
    );
    expect(written.stdout).toContain(
      '2 matched fake/rule, 0 alerts, 1 muted, 1 undecided without --live, 0 could not be evaluated.',
    );
  });

  test('a table and a closing line; errors on the other stream', async () => {
    const { code, written } = await run({}, { paths: ['logs'], json: false });
    expect(code).toBe(1);
    expect(written.stdout).toMatch(/^TIME +SEVERITY +EVENT +ALERT\n/);
    expect(written.stdout).toMatch(
      /\n2026-01-02T03:04:05Z +high +logs\/2\.ndjson\.gz:1 +StopLogging\n/,
    );
    expect(written.stdout).toMatch(
      /\n6 events \(\d\.\d kB\) in \d\.\d s: 3 matched fake\/rule, 3 alerts, 1 could not be evaluated\.\n$/,
    );
    expect(written.stdout).not.toContain('\u001B');
    expect(written.stderr).toContain('logs/2.ndjson.gz:2: Expected JSON, found: ');
  });

  test('what an event holds neither moves the cursor nor turns the text around, in JSON either', async () => {
    const text = lines(record('Stop\u202EgniggoL\u009B'));
    const table = await run({}, { json: false }, fakeStreams(text));
    expect(table.written.stdout).toContain('Stop\\u202egniggoL\\x9b');
    const json = await run({}, {}, fakeStreams(text));
    expect(json.written.stdout).toContain('"title":"Stop\\u202egniggoL\\u009b"');
    expect(parsed(json)[0]).toMatchObject({ title: 'Stop\u202EgniggoL\u009B' });
    for (const { written } of [table, json]) expect(written.stdout).not.toMatch(/[\u202e\u009b]/);
  });

  test('without alerts there is no table', async () => {
    const { written } = await run({}, { json: false }, fakeStreams(lines(record('StartLogging'))));
    expect(written.stdout).toMatch(/^1 event \(/);
  });

  test('long tables and many errors are cut, and it is said how many are missing', async () => {
    const text = `${`${JSON.stringify(record('StopIt'))}\n`.repeat(1005)}${'x\n'.repeat(103)}`;
    const { written } = await run({}, { json: false }, fakeStreams(text));
    expect(written.stdout).toContain('… and 5 more; --json lists all.');
    expect(written.stderr).toContain('… and 3 more could not be evaluated; --json lists all.');
  });

  test('a terminal gets lines that fit, and a bar while it runs', async () => {
    const long = { ...record('Stop'.repeat(60)), userIdentity: { userName: 'mallory' } };
    const index = `export const evaluate = async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return { alerts: [{ severity: 'critical', title: 'Stop '.repeat(60) + '\\u001b[2J', summary: '', eventTime: '2026-01-02T03:04:05Z' }] };
    };`;
    const streams = fakeStreams(lines(long), { isTTY: true, columns: 90 });
    const text = Buffer.from(`${JSON.stringify(long)}\n`);
    const slow = { ...streams, stdin: Readable.from([text, text, text]) };
    const { written } = await run({ index }, { json: false }, slow);
    const widths = stripVTControlCharacters(written.stdout)
      .split('\n')
      .map((line) => line.length);
    expect(Math.max(...widths.slice(0, -2))).toBeLessThanOrEqual(90);
    expect(written.stdout).not.toContain('\u001B');
    expect(stripVTControlCharacters(written.stderr)).toMatch(/\r\S+ kB read, \d events?/);
    expect(written.stderr.endsWith('\r\u001B[2K')).toBe(true);
  });
});

describe.concurrent('a wrong call', () => {
  test.each<[string, Partial<ReplayOptions>, RegExp]>([
    ['a path that does not exist', { paths: ['missing'] }, /found "missing": ENOENT/],
    ['an unknown parameter', { parameters: { x: 'y' } }, /rule has no parameter x/],
  ])('%s', async (_, options, message) => {
    await expect(run({}, options)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });

  test('no path and a terminal to read from', async () => {
    const streams = fakeStreams();
    const stdin = Object.assign(Readable.from([]), { isTTY: true });
    await expect(run({}, {}, { ...streams, stdin })).rejects.toMatchObject({ exitCode: 2 });
  });

  test('a rule that does not start is an error of its package', async () => {
    await expect(run({ index: `throw new Error('broken')` })).rejects.toMatchObject({
      name: 'OperatorError',
      exitCode: 1,
      message: expect.stringContaining('does not start: broken'),
    });
  });
});
