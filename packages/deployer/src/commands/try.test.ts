import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  alerting,
  fakeArtifact,
  type FakeRule,
  type FakeStreams,
  fakeStreams,
  publisher,
  record,
  removeFakes,
} from '../sandbox/artifact.fake.ts';
import { tryRule, type TryOptions } from './try.ts';

const cwd = mkdtempSync(join(tmpdir(), 'patrol-try-'));
const put = (name: string, value: unknown): void =>
  writeFileSync(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value));
beforeAll(() => {
  put('start.json', record('StartLogging'));
  put('get.json', record('GetTrail'));
  put('log.json', { Records: [record('StopTrail', 'from-log')] });
  put('two.json', [record('StopTrail'), record('StopTrail')]);
  put('bad.json', '{');
  put('other.json', { hello: 1 });
  put('digest.json', { digestStartTime: 'x' });
  put('webhook.json', { name: 'push', payload: {} });
});
afterAll(() => {
  removeFakes();
  rmSync(cwd, { recursive: true });
});

interface Tried extends FakeStreams {
  readonly code: number;
}

async function attempt(
  fake: FakeRule,
  options: Partial<TryOptions> = {},
  streams: FakeStreams = fakeStreams(),
): Promise<Tried> {
  const artifact = fakeArtifact(fake);
  const code = await tryRule({ artifact, parameters: {}, json: false, cwd, ...options }, streams);
  return Object.assign(streams, { code });
}

const inJson = async (
  fake: FakeRule,
  options: Partial<TryOptions> = {},
  streams?: FakeStreams,
): Promise<{ code: number; printed: Record<string, unknown> }> => {
  const { code, written } = await attempt(fake, { json: true, ...options }, streams);
  expect(written.stdout.trimEnd().split('\n')).toHaveLength(1);
  return { code, printed: JSON.parse(written.stdout) };
};

describe.concurrent('with --json', () => {
  test('an alert on the own sample', async () => {
    const { code, printed } = await inJson({});
    expect(code).toBe(0);
    expect(Object.keys(printed)).toEqual(['rule', 'delivered', 'messages', 'logs', 'durationMs']);
    expect(printed).toMatchObject({
      rule: 'rule',
      delivered: true,
      messages: [
        {
          subject: 'StopLogging',
          email: 'Dear reader,\nBy mallory',
          json: { title: 'StopLogging', event: { detail: { eventID: 'e-1' } } },
          attributes: {},
        },
      ],
      logs: [expect.stringContaining('published 1')],
      durationMs: expect.any(Number),
    });
  });

  test('an event of a file: a log file with one record', async () => {
    const { printed } = await inJson({}, { event: 'log.json' });
    expect(printed).toMatchObject({ messages: [{ json: { eventId: 'from-log' } }] });
  });

  test('an event on standard input', async () => {
    const stdin = `\uFEFF${JSON.stringify({ source: 'aws.cloudtrail', 'detail-type': 'x', detail: { eventName: 'StopIt', userIdentity: {} } })}`;
    const { printed } = await inJson({}, { event: '-' }, fakeStreams(stdin));
    expect(printed).toMatchObject({ messages: [{ subject: 'StopIt' }] });
  });

  test.each([
    ['start.json', /^EventBridge would not deliver this event: .*detail\.eventName/],
    ['get.json', /GetTrail.*ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS/],
  ])('an event that would not be delivered does not run the function: %s', async (event, error) => {
    const { code, printed } = await inJson({ index: 'process.exit(9)' }, { event });
    expect(code).toBe(1);
    expect(printed).toEqual({
      rule: 'rule',
      delivered: false,
      messages: [],
      logs: [],
      durationMs: null,
      error: expect.stringMatching(error),
    });
  });

  test.each<[string, FakeRule, RegExp]>([
    [
      'throws',
      { index: `export const handler = () => { throw new Error('oh') }` },
      /^The function rule failed: Error: oh$/,
    ],
    ['does not start', { index: `throw new Error('oh')` }, /failed: did not start: Error: oh/],
    [
      'takes too long',
      { index: `export const handler = () => { for (;;); }`, timeout: 1 },
      /failed: timed out after 1 s/,
    ],
    [
      'publishes what SNS refuses',
      {
        index: `${publisher} export const handler = () => publish({ Subject: 'x'.repeat(100), Message: 'm' });`,
      },
      /failed: Error: .*\nPublish was refused: InvalidParameter: Invalid parameter: Subject Reason: 100 characters/s,
    ],
    [
      'asks AWS for more, and goes on',
      {
        index: `export const handler = () => fetch(process.env.AWS_ENDPOINT_URL + '/bucket/key').then(() => {});`,
      },
      /^GET \/bucket\/key was refused: AccessDenied: The sandbox has nothing of AWS but the Publish of SNS/,
    ],
  ])('a function that %s', async (_, fake, error) => {
    const { code, printed } = await inJson(fake);
    expect(code).toBe(1);
    expect(printed).toMatchObject({ delivered: true, error: expect.stringMatching(error) });
  });

  test('messages before a failure are shown', async () => {
    const index = `${publisher} export const handler = async () => { await publish({ Message: 'first' }); throw new Error('x'); };`;
    expect(await inJson({ index })).toMatchObject({
      code: 1,
      printed: { messages: [{ subject: null, email: 'first', json: 'first', attributes: {} }] },
    });
  });

  test('parameters reach the function: given, by default, by example', async () => {
    const index = `export const handler = () => { console.log(process.env.a, process.env.b, process.env.c); };`;
    const parameters = {
      a: { kind: 'text', description: 'A.', default: '1' },
      b: { kind: 'text', description: 'B.', default: '2' },
      c: { kind: 'text', description: 'C.', example: '3' },
    } as const;
    const { printed } = await inJson({ index, parameters }, { parameters: { b: 'x y' } });
    expect(printed).toMatchObject({ logs: [expect.stringContaining('"1 x y 3"')] });
  });

  test('a rule with a clock only gets a made-up Scheduled Event', async () => {
    const index = `export const handler = (event) => { console.log(event['detail-type']); };`;
    const triggers = [
      { kind: 'schedule', expression: 'rate(1 hour)', everySeconds: 3600 },
    ] as const;
    const { code, printed } = await inJson({ index, triggers, sample: 'unused' });
    expect(code).toBe(0);
    expect(printed).toMatchObject({ logs: [expect.stringContaining('Scheduled Event')] });
  });
});

describe.concurrent('for people', () => {
  test('an alert: subject, e-mail, JSON, log, duration, and what to type next', async () => {
    const parameters = {
      roles: { kind: 'names', description: 'Roles.', example: 'Admin, Break*' },
      limit: { kind: 'number', description: 'Limit.', default: '5' },
    } as const;
    const { code, written } = await attempt({ parameters });
    expect(code).toBe(0);
    expect(written.stdout).toMatch(/^rule on the rule's own sample\n/);
    expect(written.stdout).toContain('With the example value of roles (Admin, Break*)');
    expect(written.stdout).toContain('  Subject: StopLogging\n\n  Dear reader,\n  By mallory\n');
    expect(written.stdout).toContain('    "title": "StopLogging",');
    expect(written.stdout).toMatch(/Log of the function\n {2}\{"timestamp"/);
    expect(written.stdout).toMatch(/The rule alerted: 1 message\. It ran for \d+ ms\./);
    expect(written.stdout).toMatch(
      /To deploy it:\n {2}pnpm patrol-deploy \S+\/rule --alert-email you@example\.com --param 'roles=Admin, Break\*'\n$/,
    );
    expect(written.stdout).not.toContain('\u001B');
  });

  test('the values that were given are deployed as well', async () => {
    const parameters = { limit: { kind: 'number', description: 'Limit.', default: '5' } } as const;
    const { written } = await attempt({ parameters }, { parameters: { limit: '6' } });
    expect(written.stdout).toMatch(/ --param limit=6\n$/);
  });

  test('a rule whose events occur in some regions only is deployed in the first of them', async () => {
    const { written } = await attempt({ regions: ['us-east-1', 'us-west-2'] });
    expect(written.stdout).toMatch(/\/rule --region us-east-1 --alert-email you@example\.com\n$/);
  });

  test('a quiet rule says why', async () => {
    const index = `export const handler = () => {
      process.stdout.write(JSON.stringify({ verdict: 'quiet', because: 'the call was denied' }) + '\\n');
    };`;
    const { code, written } = await attempt({ index });
    expect(code).toBe(0);
    expect(written.stdout).toContain('The rule stayed quiet: the call was denied.');
    expect(written.stdout).toContain('pnpm patrol-deploy');
  });

  test('a failure is told without an invitation to deploy', async () => {
    const { code, written } = await attempt({
      index: `export const handler = () => { throw new Error('oh') }`,
    });
    expect(code).toBe(1);
    expect(written.stdout).toContain('The function rule failed: Error: oh');
    expect(written.stdout).not.toContain('patrol-deploy');
  });

  test('what an event holds cannot move the cursor', async () => {
    const index = `export const handler = ({ detail }) => { process.stdout.write(detail.eventName); };`;
    const { written } = await attempt({ index, sample: record('Stop\u001B[2J\u009BLogging') });
    expect(written.stdout).toContain('Stop\\x1b[2J\\x9bLogging');
    expect(written.stdout).not.toContain('\u001B');
    expect(written.stdout).not.toContain('\u009B');
  });

  test('colours are for terminals', async () => {
    vi.stubEnv('NO_COLOR', undefined);
    const { written } = await attempt({}, {}, fakeStreams('', { isTTY: true }));
    expect(written.stdout).toContain('\u001B[1m');
  });
});

describe.concurrent('a wrong call', () => {
  test.each<[string, Partial<TryOptions>, RegExp]>([
    ['a file that is not there', { event: 'missing.json' }, /missing\.json cannot be read: ENOENT/],
    ['no JSON', { event: 'bad.json' }, /Expected one event as JSON in bad\.json, found: /],
    ['several events', { event: 'two.json' }, /Expected one event in two\.json, found 2\..*replay/],
    ['no event', { event: 'other.json' }, /in other\.json, found an object with hello/],
    ['a digest', { event: 'digest.json' }, /digest file/],
    ['a webhook', { event: 'webhook.json' }, /GitHub webhook/],
    ['an unknown parameter', { parameters: { x: 'y' } }, /rule has no parameter x/],
  ])('%s', async (_, options, message) => {
    await expect(attempt({}, options)).rejects.toMatchObject({
      name: 'UsageError',
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });
});

describe.concurrent('a package that is not built right', () => {
  test.each<[string, FakeRule, RegExp]>([
    ['no zip', { zip: Buffer.from('hello') }, /code\.zip cannot be unpacked: .*patrol-build/],
    [
      'a sample that is no event',
      { sample: 5 },
      /The sample event of rule cannot be used: .*found a number/,
    ],
    [
      'a variable that cannot be worked out',
      { variables: { X: { 'Fn::ImportValue': 'x' } } },
      /Fn::ImportValue/,
    ],
  ])('%s', async (_, fake, message) => {
    await expect(attempt(fake)).rejects.toMatchObject({
      name: 'OperatorError',
      exitCode: 1,
      message: expect.stringMatching(message),
    });
  });
});

test('another runtime client can run the function', async () => {
  const client = { command: process.execPath, args: ['-e', 'process.exit(5)'] };
  const { code, printed } = await inJson({ index: alerting }, { client });
  expect(code).toBe(1);
  expect(printed).toMatchObject({ error: expect.stringContaining('exit code 5') });
});
