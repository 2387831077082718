import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invoke, type Invocation, type Invoked } from './runtime.ts';

const root = mkdtempSync(join(tmpdir(), 'patrol-runtime-'));
let folders = 0;
beforeAll(() => {
  process.env['OPERATORS_SECRET'] = 'hunter2';
});
afterAll(() => {
  delete process.env['OPERATORS_SECRET'];
  rmSync(root, { recursive: true });
});

function run(index: string, options: Partial<Invocation> = {}): Promise<Invoked> {
  folders += 1;
  const folder = mkdtempSync(join(root, `${folders}-`));
  writeFileSync(join(folder, 'index.mjs'), index);
  return invoke({
    folder,
    environment: {
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: folder,
      GREETING: 'hello',
      ...options.environment,
    },
    event: { n: 1 },
    timeout: 20,
    initTimeout: 20,
    ...(options.client ? { client: options.client } : {}),
    ...(options.timeout ? { timeout: options.timeout } : {}),
    ...(options.initTimeout ? { initTimeout: options.initTimeout } : {}),
  });
}

const messages = ({ logs }: Invoked): unknown[] => logs.map((line) => JSON.parse(line).message);

describe.concurrent('invoke', () => {
  test('gives the event, a context and nothing of the environment here', async () => {
    const invoked = await run(`export const handler = async (event, context) => {
      console.log('%j', { event, keys: Object.keys(process.env), greeting: process.env.GREETING });
      console.warn(context.getRemainingTimeInMillis() > 10_000, context.invokedFunctionArn);
    };`);
    expect(invoked.error).toBeUndefined();
    expect(invoked.durationMs).toBeGreaterThan(0);
    const [first, second] = invoked.logs.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ level: 'INFO', requestId: expect.stringMatching(/./) });
    const seen = JSON.parse(first.message);
    expect(seen).toMatchObject({ event: { n: 1 }, greeting: 'hello' });
    expect(seen.keys.toSorted()).toEqual(
      ['AWS_LAMBDA_RUNTIME_API', 'GREETING', 'LAMBDA_TASK_ROOT', '_HANDLER'].toSorted(),
    );
    expect(second).toMatchObject({
      level: 'WARN',
      message: 'true arn:aws:lambda:us-east-1:111122223333:function:patrol-sandbox',
    });
  });

  test.each<[string, string, RegExp]>([
    [
      'throws',
      `export const handler = () => { throw new TypeError('no way') };`,
      /^TypeError: no way$/,
    ],
    ['throws a text', `export const handler = async () => { throw 'x' };`, /^Error: x$/],
    [
      'gives what JSON cannot hold',
      `export const handler = async () => 1n;`,
      /^TypeError: .*BigInt/,
    ],
    [
      'rejects elsewhere',
      `export const handler = () => new Promise(() => { setTimeout(() => {}, 9e4); Promise.reject(new Error('late')) });`,
      /^Runtime.UnhandledPromiseRejection: late$/,
    ],
    [
      'throws elsewhere',
      `export const handler = () => new Promise(() => setTimeout(() => { throw new Error('late') }));`,
      /^Runtime.UncaughtException: late$/,
    ],
    [
      'never answers',
      `export const handler = () => new Promise(() => {});`,
      /exit code 13 before it answered$/,
    ],
    [
      'ends its process',
      `export const handler = () => process.exit(0);`,
      /^its process ended with exit code 0 before it answered$/,
    ],
    [
      'is ended',
      `export const handler = () => process.kill(process.pid, 'SIGTERM');`,
      /was ended by SIGTERM/,
    ],
    [
      'answers too much',
      `export const handler = () => 'x'.repeat(7e6);`,
      /larger than the 6291556 bytes/,
    ],
    [
      'throws at start',
      `throw new Error('bad parameter');`,
      /^did not start: Error: bad parameter$/,
    ],
    [
      'ends at start',
      `process.exit(3);`,
      /^its process ended with exit code 3 before it took the event$/,
    ],
    ['is not JavaScript', `this is not`, /^did not start: SyntaxError/],
    [
      'exports no handler',
      `export const other = 1;`,
      /^did not start: Runtime.HandlerNotFound: index.handler is undefined/,
    ],
    [
      'has a name that no header can hold',
      `export const handler = () => { const error = new Error('x'); error.name = 'Ü\\n'; throw error };`,
      /^Ü\n: x$/,
    ],
  ])('tells of a function that %s', async (_, index, error) => {
    expect((await run(index)).error).toMatch(error);
  });

  test('a missing module is told of', async () => {
    const { error } = await run('', { environment: { _HANDLER: 'main.handler' } });
    expect(error).toBe("did not start: Runtime.ImportModuleError: Cannot find module 'main'");
  });

  test('ends a function that takes too long, and keeps its log', async () => {
    const invoked = await run(
      `export const handler = () => { console.log('before'); for (;;); };`,
      { timeout: 1 },
    );
    expect(invoked.error).toBe('timed out after 1 s');
    expect(invoked.durationMs).toBeGreaterThan(900);
    expect(messages(invoked)).toEqual(['before']);
  });

  test('ends a function that takes too long to start', async () => {
    const invoked = await run('for (;;);', { initTimeout: 0.5 });
    expect(invoked).toEqual({ error: 'did not start within 0.5 s', durationMs: null, logs: [] });
  });

  test('keeps a function that writes without end within bounds', async () => {
    const { logs } = await run(
      `process.stderr.write(Buffer.from([0x80, 0xff, 10, 0xe2, 0x82]));
       process.stdout.write('€'.repeat(1e6) + '\\n');
       export const handler = () => process.stdout.write('end');`,
    );
    expect(logs).toContain('\uFFFD\uFFFD');
    expect(logs.join('\n').length).toBeLessThan(1_100_000);
    expect(logs.at(-1)).toMatch(/^\(19\d{5} more bytes of log are not shown\)$/);
  });

  test('the stack of an error is in the log', async () => {
    const [message] = messages(
      await run(`export const handler = () => { throw new RangeError('far') };`),
    );
    expect(message).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'far',
      stackTrace: expect.arrayContaining([expect.stringContaining('index.mjs:1')]),
    });
  });

  test('a client that cannot be started is told of', async () => {
    const { error } = await run('', { client: { command: '/no/such/client', args: [] } });
    expect(error).toMatch(/^could not be started: .*ENOENT/);
  });

  test('another client can take the place of ours', async () => {
    const client = `
      const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/';
      console.log((await fetch(base + 'nonsense')).status);
      const next = await fetch(base + 'invocation/next');
      console.log(Object.keys(await next.json()), Number(next.headers.get('lambda-runtime-deadline-ms')) > Date.now());
      const id = next.headers.get('lambda-runtime-aws-request-id');
      const answer = await fetch(base + 'invocation/' + id + '/response', { method: 'POST', body: '{}' });
      console.log(answer.status);
      await fetch(base + 'invocation/next');`;
    const { error, logs } = await run('', {
      client: { command: process.execPath, args: ['--input-type=module', '-e', client] },
    });
    expect(error).toBeUndefined();
    expect(logs.slice(0, 2)).toEqual(['404', "[ 'n' ] true"]);
  });
});
