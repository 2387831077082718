import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../contracts/alert.ts';
import { type AnyRule, defineRule } from '../rule.ts';
import { stopped } from '../rule.fake.ts';
import { schedule } from '../trigger.ts';
import { anyText, alert as anAlert } from './alert.fake.ts';
import { due, remembered, type Store, tellNew, type Told } from './memory.ts';
import { keptOutput } from './output.fake.ts';
import { SendError } from './sns.ts';

const day = 86_400;
const start = Date.parse('2026-03-04T05:00:00Z');
const hours = (count: number): number => start + count * 3_600_000;
const alert = (dedupKey: string, title = dedupKey, fields: Partial<Alert> = {}): Alert =>
  anAlert({ dedupKey, title, ...fields });
const keys = (alerts: readonly Alert[]): readonly string[] =>
  alerts.map(({ dedupKey }) => dedupKey);

const rule: AnyRule = defineRule({
  ...stopped,
  name: 'weak',
  remindAfter: day,
  triggers: [schedule('rate(5 minutes)')],
  parameters: {},
  evaluate: () => undefined,
});

const output = keptOutput();

/** A store in memory. */
function storeOf(text?: string): Store & { readonly texts: string[] } {
  const texts = text === undefined ? [] : [text];
  return {
    texts,
    read: async () => texts.at(-1),
    write: async (next) => {
      texts.push(next);
    },
  };
}

/** Tells alerts with a store, and gives the keys of those that were sent. */
async function tell(
  alerts: readonly Alert[],
  store: Store,
  now: number,
  failing: (alert: Alert) => boolean = () => false,
): Promise<Readonly<Record<'sent' | 'told' | 'errors', readonly string[]>>> {
  const sent: string[] = [];
  const told: string[] = [];
  const send = async (given: Alert): Promise<void> => {
    if (failing(given)) throw new Error(`SNS refuses ${given.dedupKey}`);
    sent.push(given.dedupKey);
    // A list has its findings as facts, after their number.
    const { findings, ...listed } = given.facts;
    told.push(...(findings === undefined ? [given.dedupKey] : Object.keys(listed)));
  };
  const results = await tellNew(rule, alerts, send, {}, store, () => now);
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? [String(result.reason)] : [],
  );
  return { sent, told, errors };
}

describe('due', () => {
  const told: Told = new Map([
    ['new', hours(-1)],
    ['old', hours(-24)],
    ['early', hours(-24) + 110_000],
    ['not yet', hours(-24) + 130_000],
    ['future', hours(1)],
  ]);

  test.each([
    ['unknown', true],
    ['new', false],
    ['old', true],
    ['early', true],
    ['not yet', false],
    // Nothing can have been told at a time that has not come yet.
    ['future', true],
  ])('%s: %j', (key, expected) => {
    const { fresh, known } = due([alert(key)], told, start, day);
    expect([keys(fresh), keys(known)]).toEqual(expected ? [[key], []] : [[], [key]]);
  });

  test('a short time is not shortened to nothing', () => {
    const before: Told = new Map([['a', start]]);
    const at = (seconds: number): number =>
      due([alert('a')], before, start + seconds * 1000, 60).fresh.length;
    expect([at(0), at(29), at(30), at(60)]).toEqual([0, 0, 1, 1]);
  });

  test('keys like names of methods are keys', () => {
    const given = ['__proto__', 'constructor', 'toString', ''].map((key) => alert(key));
    expect(due(given, new Map(), start, day).fresh).toHaveLength(4);
  });
});

describe('remembered', () => {
  test('is what was found and told, now or before', () => {
    const told: Told = new Map([
      ['known', hours(-1)],
      ['gone', hours(-2)],
      ['due', hours(-30)],
      ['failed again', hours(-30)],
    ]);
    const found = ['known', 'due', 'failed again', 'new', 'failed'].map((key) => alert(key));
    const fresh = found.slice(1);
    const failed = found.filter(({ dedupKey }) => dedupKey.startsWith('failed'));
    expect([...remembered(found, told, start, fresh, failed)]).toEqual([
      ['known', hours(-1)],
      ['due', start],
      ['failed again', hours(-30)],
      ['new', start],
    ]);
  });

  test('a finding in two alerts was told when both were', () => {
    const [first, second] = [alert('a', 'first'), alert('a', 'second')];
    const after = (failed: readonly Alert[]): Told =>
      remembered([first, second], new Map(), start, [first, second], failed);
    expect(after([second]).size).toBe(0);
    expect(after([]).get('a')).toBe(start);
  });
});

describe('tellNew', () => {
  test('begins with nothing, and writes what it told', async () => {
    const store = storeOf();
    expect(await tell([alert('a'), alert('b')], store, start)).toMatchObject({
      sent: ['a', 'b'],
      errors: [],
    });
    expect(store.texts).toEqual([`[["a",${start}],["b",${start}]]`]);
  });

  test('writes nothing when nothing changed', async () => {
    const store = storeOf();
    await tell([], store, start);
    expect(store.texts).toEqual([]);
    await tell([alert('a')], store, start);
    await tell([alert('a')], store, hours(1));
    expect(store.texts).toHaveLength(1);
  });

  test('forgets what is no longer found', async () => {
    const store = storeOf();
    await tell([alert('a'), alert('b')], store, start);
    await tell([alert('b')], store, hours(1));
    expect(store.texts.at(-1)).toBe(`[["b",${start}]]`);
    await tell([], store, hours(2));
    expect(store.texts.at(-1)).toBe('[]');
    expect((await tell([alert('a')], store, hours(3))).sent).toEqual(['a']);
  });

  test('logs what it does not tell again, with the time of the telling', async () => {
    const store = storeOf();
    await tell([alert('a')], store, start);
    await tell([alert('a')], store, hours(1));
    expect(JSON.parse(output.text)).toMatchObject({
      level: 'INFO',
      rule: 'weak',
      verdict: 'already told',
      title: 'a',
      told: '2026-03-04T05:00:00.000Z',
    });
  });

  test.each(['{', '{}', '[1]', '[["a"]]', '[["a","b"]]', 'null', ''])(
    'sends everything and says so when it finds %j, and mends it',
    async (text) => {
      const store = storeOf(text);
      const { sent, errors } = await tell([alert('a')], store, start);
      expect(sent).toEqual(['a']);
      expect(errors).toEqual([expect.stringContaining('could not read what was told before')]);
      expect(store.texts.at(-1)).toBe(`[["a",${start}]]`);
    },
  );

  test('mends what it could not read when there is nothing to tell either', async () => {
    const store = storeOf('{');
    expect((await tell([], store, start)).errors).toHaveLength(1);
    expect(store.texts.at(-1)).toBe('[]');
  });

  test('counts each failure: alerts, reading and writing', async () => {
    const store: Store = {
      read: () => {
        throw new Error('no table');
      },
      write: () => Promise.reject(new Error('no right')),
    };
    const { sent, errors } = await tell(
      [alert('a'), alert('b')],
      store,
      start,
      ({ dedupKey }) => dedupKey === 'a',
    );
    expect(sent).toEqual(['b']);
    expect(errors).toEqual([
      'Error: SNS refuses a',
      'Error: could not read what was told before: no table',
      'Error: could not write down what was told: no right',
    ]);
  });

  test('without a table sends everything and says which variable is missing', async () => {
    const sent: string[] = [];
    const results = await tellNew(
      rule,
      [alert('a')],
      async ({ dedupKey }) => {
        sent.push(dedupKey);
      },
      {},
    );
    expect(sent).toEqual(['a']);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(results[1]).toMatchObject({
      reason: { message: expect.stringContaining('MEMORY_TABLE: expected the name of the table') },
    });
  });

  test('keeps what an item of DynamoDB holds, and tells the rest again', async () => {
    const store = storeOf();
    const many = Array.from({ length: 5000 }, (_, index) =>
      alert(`weak:111122223333:eu-west-1:a user with a rather long name and number ${index}`),
    );
    const huge = alert('x'.repeat(500_000));
    await tell([huge, ...many], store, start);
    const text = store.texts.at(-1) ?? '';
    expect(Buffer.byteLength(text)).toBeLessThan(400_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(390_000);
    const kept = (JSON.parse(text) as readonly unknown[]).length;
    const line = JSON.parse(output.text.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(line).toMatchObject({
      level: 'WARN',
      verdict: 'not remembered',
      findings: 5001 - kept,
    });
    const again = await tell([huge, ...many], store, hours(1));
    expect(again.told).toHaveLength(5001 - kept);
    expect(again.errors).toEqual([]);
  });

  test('an alert that only Dispatch did not take is told, and is a failure', async () => {
    const store = storeOf();
    const failed = new SendError([new Error('Dispatch is away')], true);
    const results = await tellNew(
      rule,
      [alert('a')],
      () => Promise.reject(failed),
      {},
      store,
      () => start,
    );
    expect(results).toEqual([{ status: 'rejected', reason: failed }]);
    expect((await tell([alert('a')], store, hours(1))).sent).toEqual([]);
  });

  test('what was told and could not be written down is not told again by the same instance', async () => {
    const inner = storeOf();
    let broken = true;
    const store: Store = {
      read: () => inner.read(),
      write: (text) => (broken ? Promise.reject(new Error('throttled')) : inner.write(text)),
    };
    const first = await tell([alert('a')], store, start);
    expect(first.sent).toEqual(['a']);
    expect(first.errors).toHaveLength(1);
    const again = await tell([alert('a'), alert('b')], store, hours(1));
    expect(again.sent).toEqual(['b']);
    expect(again.errors).toHaveLength(1);
    broken = false;
    expect(await tell([alert('a'), alert('b')], store, hours(2))).toMatchObject({
      sent: [],
      errors: [],
    });
    // Another instance reads it.
    const other: Store = { read: () => inner.read(), write: (text) => inner.write(text) };
    expect((await tell([alert('a'), alert('b')], other, hours(3))).sent).toEqual([]);
  });

  test('tells many findings as a list, and remembers each of those that could be told', async () => {
    const store = storeOf();
    const few = alert('weak:few', 'weak:few', { severity: 'low' });
    const many = Array.from({ length: 11 }, (_, index) => alert(`weak:${index}`));
    const first = await tell([few, ...many], store, start);
    expect(first.sent).toHaveLength(2);
    expect(first.told.toSorted()).toEqual(
      [few, ...many].map(({ dedupKey }) => dedupKey).toSorted(),
    );
    expect((await tell([few, ...many], store, hours(1))).sent).toEqual([]);
    const more = Array.from({ length: 11 }, (_, index) => alert(`more:${index}`));
    const failed = await tell([few, ...many, ...more], store, hours(2), () => true);
    expect(failed.errors).toHaveLength(1);
    expect((await tell([few, ...many, ...more], store, hours(3))).told).toHaveLength(11);
  });
});

test('whatever is found in however many runs: nothing is lost, nothing is told too often', async () => {
  const run = fc.record({
    pause: fc.integer({ min: 1, max: 30 * 60 }),
    found: fc.uniqueArray(fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__'), anyText(5)), {
      maxLength: 5,
    }),
    failing: fc.subarray(['a', 'b']),
    broken: fc.constantFrom('no', 'no', 'no', 'read', 'write'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(run, { maxLength: 30 }), async (runs) => {
      const inner = storeOf();
      // When each finding was last told, as far as the memory can know.
      let last = new Map<string, number>();
      let now = start;
      for (const { pause, found, failing, broken } of runs) {
        now += pause * 60_000;
        const store: Store = {
          read: () => (broken === 'read' ? Promise.reject(new Error('r')) : inner.read()),
          write: (text) =>
            broken === 'write' ? Promise.reject(new Error('w')) : inner.write(text),
        };
        const { sent, errors } = await tell(
          found.map((key) => alert(key)),
          store,
          now,
          ({ dedupKey }) => failing.some((key) => key === dedupKey),
        );
        const next = new Map<string, number>();
        for (const key of found) {
          const before = last.get(key);
          const isDue = before === undefined || now - before >= day * 1000 - 120_000;
          const fails = failing.some((name) => name === key);
          if ((isDue || broken === 'read') && !fails) expect(sent).toContain(key);
          else expect(sent).not.toContain(key);
          const at = sent.includes(key) ? now : broken === 'read' ? undefined : before;
          if (at !== undefined) next.set(key, at);
        }
        if (broken === 'read') expect(errors).not.toEqual([]);
        if (broken !== 'write') last = next;
      }
    }),
    { numRuns: 300 },
  );
});
