import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { UsageError } from '../text/errors.ts';
import { FakeWorld, type Run } from '../testing/world.ts';
import { filterOf, since } from './logs.ts';

const group = '/aws/lambda/patrol-demo-watch-production';
const now = Date.UTC(2026, 0, 2, 12);
const minute = 60_000;

/** A world with the deployed rule, and its log. */
async function deployed(): Promise<FakeWorld> {
  const world = new FakeWorld({ outputs: { LogGroupName: group } });
  world.cloud.stacks.time = now;
  const code = ['--yes', '--alert-email', 'a@example.com', '--param', 'actions=X'];
  expect((await world.run('demo/watch', ...code)).code).toBe(0);
  world.cloud.stacks.time = now;
  return world;
}

const alert = { timestamp: '-', level: 'INFO', rule: 'watch', eventId: 'e1', verdict: 'alert' };
const ofMinute = (n: number): number => now - n * minute;

function fill({ logs }: FakeWorld): void {
  logs.add(group, ofMinute(90), { ...alert, title: 'Too old' });
  logs.add(group, ofMinute(9), {
    time: 't',
    type: 'platform.start',
    record: { requestId: 'r', version: '$LATEST' },
  });
  logs.add(group, ofMinute(8), { ...alert, title: 'Somebody stopped\u001b[2J it' });
  logs.add(group, ofMinute(7), { ...alert, verdict: 'quiet', because: 'not among them' });
  logs.add(group, ofMinute(6), {
    timestamp: 't',
    level: 'ERROR',
    requestId: 'r',
    message: {
      errorType: 'EvaluationError',
      errorMessage: 'Cannot read it.',
      stackTrace: ['EvaluationError: Cannot read it.', '    at evaluate (index.mjs:1:2)'],
    },
  });
  logs.add(group, ofMinute(5), {
    time: 't',
    type: 'platform.report',
    record: {
      requestId: 'r',
      metrics: { durationMs: 30_000.4, memorySizeMB: 256, maxMemoryUsedMB: 99 },
      status: 'timeout',
    },
  });
  logs.add(group, ofMinute(4), 'no JSON at all\n');
}

describe('patrol-deploy logs', () => {
  test('shows time, level, verdict, title and reason; failures of the platform too, its routine not', async () => {
    using world = await deployed();
    fill(world);
    const { code, stdout } = await world.run('logs', 'demo/watch');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '2026-01-02T11:52:00Z  INFO   alert       Somebody stopped\\x1b[2J it  (eventId=e1)',
      '2026-01-02T11:53:00Z  INFO   quiet       not among them  (eventId=e1)',
      '2026-01-02T11:54:00Z  ERROR  failed      EvaluationError: Cannot read it.',
      '      at evaluate (index.mjs:1:2)',
      '2026-01-02T11:55:00Z  ERROR  platform.report  timeout after 30000 ms, with 99 of 256 MB used',
      '2026-01-02T11:56:00Z  INFO               no JSON at all',
      '',
    ]);
    expect(world.logs.asked[0]).toEqual({ group, from: ofMinute(60) });
    // Every page was read, the empty ones too.
    expect(world.logs.asked.map(({ page }) => page)).toEqual([undefined, '3', '6', '9']);
  });

  test('as NDJSON, with all lines as they are', async () => {
    using world = await deployed();
    fill(world);
    const { stdout } = await world.run('logs', 'demo/watch', '--json', '--since', '2h');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(8);
    expect(lines[0]).toEqual({
      type: 'log',
      time: '2026-01-02T10:30:00.000Z',
      stream: '2026/01/01/[$LATEST]0',
      line: { ...alert, title: 'Too old' },
    });
    expect(lines.at(-2)).toMatchObject({ line: 'no JSON at all' });
    expect(lines.at(-1)).toMatchObject({ type: 'result', ok: true, lines: 7 });
  });

  test.each([
    ['SOMEBODY', 1],
    ['/^no .* all/', 1],
    ['platform.start', 1],
  ])('--filter %s looks here', async (filter, count) => {
    using world = await deployed();
    fill(world);
    const { stdout } = await world.run('logs', 'demo/watch', '--filter', filter);
    expect(stdout.trimEnd().split('\n')).toHaveLength(count);
    expect(world.logs.asked[0]).not.toHaveProperty('pattern');
  });

  test('a pattern is looked for by CloudWatch', async () => {
    using world = await deployed();
    fill(world);
    await world.run('logs', 'demo/watch', '--filter', '{ $.verdict = "alert" }');
    expect(world.logs.asked[0]).toMatchObject({ pattern: '{ $.verdict = "alert" }' });
  });

  test('nothing found is said, with what to do', async () => {
    using world = await deployed();
    world.logs.add(group, ofMinute(90), 'old');
    const { code, stdout, stderr } = await world.run('logs', 'demo/watch', '--filter', 'x');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toBe(
      `${group} has no lines that match the filter since 2026-01-02T11:00:00.000Z. Use --since to go further back.\n`,
    );
  });

  test('throttling is waited out; a denial and a network that is down are told', async () => {
    using world = await deployed();
    fill(world);
    const call = 'logs:FilterLogEvents';
    world.logs.faults = [
      new CloudError('throttled', call, 'Rate exceeded'),
      new CloudError('throttled', call, 'Rate exceeded'),
    ];
    expect((await world.run('logs', 'demo/watch')).stdout).toContain('Somebody');
    world.logs.faults = [new CloudError('denied', call, 'No.')];
    const { code, stderr } = await world.run('logs', 'demo/watch');
    expect(code).toBe(1);
    expect(stderr).toContain('logs:FilterLogEvents failed: No. Ask for this permission');
    world.logs.faults = [new CloudError('unreachable', call, 'reset')];
    expect((await world.run('logs', 'demo/watch')).code).toBe(1);
  });

  test('--follow gives what comes later, also out of order, and each line once', async () => {
    using world = await deployed();
    fill(world);
    const { cloud, logs, controller } = world;
    const sleep = cloud.sleep;
    let polls = 0;
    cloud.sleep = async (milliseconds) => {
      polls += 1;
      if (polls === 1) {
        logs.add(group, now, 'new');
        logs.faults = [new CloudError('unreachable', 'logs:FilterLogEvents', 'reset')];
      }
      if (polls === 3) logs.add(group, now - 30_000, 'late');
      if (polls === 4) logs.add(group, now + 1000, 'newer');
      if (polls === 5) controller.abort();
      await sleep(milliseconds);
    };
    const { code, stdout } = await world.run('logs', 'demo/watch', '--follow');
    expect(code).toBe(0);
    const words = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).at(-1));
    expect(words.slice(-4)).toEqual(['all', 'new', 'late', 'newer']);
    expect(words).toHaveLength(9);
    // It does not begin from the start each time.
    expect(logs.asked.at(-1)?.from).toBeGreaterThan(ofMinute(3));
  });

  test('a rule that is not deployed', async () => {
    using world = new FakeWorld();
    const { code, stderr } = await world.run('logs', 'demo/watch');
    expect(code).toBe(1);
    expect(stderr).toContain('There is no stack patrol-demo-watch-production');
  });

  const refused: readonly (readonly [string[], string])[] = [
    [['--since', 'yesterday'], '--since expects'],
    [['--filter', '/(/'], '--filter expects'],
  ];
  test.each(refused)('%j is refused before AWS is asked', async (args, message) => {
    using world = await deployed();
    world.cloud.calls.length = 0;
    const run: Run = await world.run('logs', 'demo/watch', ...args);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
    expect(world.cloud.calls).toEqual([]);
  });
});

test('since when', () => {
  expect(since('90s', now)).toBe(now - 90_000);
  expect(since('2w', now)).toBe(now - 14 * 24 * 60 * minute);
  expect(since('2026-01-01', now)).toBe(Date.UTC(2026, 0, 1));
  expect(since('2026-01-02T10:30Z', now)).toBe(now - 90 * minute);
  expect(since('2026-01-02T10:30:00+01:00', now)).toBe(now - 150 * minute);
  for (const wrong of ['', '1', 'h', '-1h', '1y', '2027-01-01', '2026-13-01', '99999999999w']) {
    expect(() => since(wrong, now)).toThrow(UsageError);
  }
});

test('what is a pattern, an expression or a text', () => {
  expect(filterOf('[a, b]').pattern).toBe('[a, b]');
  expect(filterOf('{ $.a = 1 }').pattern).toBe('{ $.a = 1 }');
  expect(filterOf('/A/').matches('a')).toBe(false);
  expect(filterOf('/A/i').matches('a')).toBe(true);
  expect(filterOf('a/b').matches('xA/Bx')).toBe(true);
  expect(filterOf(undefined).matches('')).toBe(true);
});
