import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topicVariable } from '../environment.ts';
import { eventOf, stopped } from '../rule.fake.ts';
import { type AnyRule, defineRule, type Finding } from '../rule.ts';
import { alert } from './alert.fake.ts';
import { start, type World } from './index.ts';
import { type Claim, type Claims, untold } from './once.ts';
import { keptOutput } from './output.fake.ts';

const hour = 3600;
const began = Date.parse('2026-03-04T05:00:00Z');
const output = keptOutput();
const lines = (): readonly Record<string, unknown>[] =>
  output.text
    .split('\n')
    .filter(Boolean)
    .map((line): Record<string, unknown> => JSON.parse(line));

const rule: AnyRule = { ...stopped, name: 'sparing', onceWithin: hour };

/** The table of a stack, with what DynamoDB's condition decides, in one step. */
class Table implements Claims {
  readonly items = new Map<string, unknown>();

  async claim(id: string, claim: Claim, now: number): Promise<unknown> {
    const old = this.items.get(id) as Claim | undefined;
    if (old !== undefined && old.toldBy !== claim.toldBy && !(old.forgetAt <= now)) return old;
    this.items.set(id, claim);
    return undefined;
  }
}

describe('one alert after the other', () => {
  /** Whether an alert of an event is sent, some seconds after the beginning. */
  async function isSent(
    claims: Claims,
    eventId: string | null,
    { dedupKey = 'key', after = 0, limit = 1000 } = {},
  ): Promise<boolean> {
    const given = [alert({ dedupKey, eventId, title: `of ${eventId}` })];
    const now = (): number => began + after * 1000;
    return (await untold(rule, given, [dedupKey], {}, claims, now, limit)).length === 1;
  }

  test('the first event is told, another within the time is not, and is logged with the first', async () => {
    const table = new Table();
    expect(await isSent(table, 'one')).toBe(true);
    expect(lines()).toEqual([]);
    expect(await isSent(table, 'two', { after: hour - 1 })).toBe(false);
    expect(lines()).toMatchObject([
      {
        level: 'INFO',
        rule: 'sparing',
        eventId: 'two',
        verdict: 'already told',
        title: 'of two',
        toldBy: 'one',
        until: '2026-03-04T06:00:00.000Z',
      },
    ]);
  });

  test('after the time the next event is told', async () => {
    const table = new Table();
    await isSent(table, 'one');
    expect(await isSent(table, 'two', { after: hour })).toBe(true);
    expect(await isSent(table, 'three', { after: hour + 1 })).toBe(false);
  });

  test('the same event is told again: it may have failed after its claim', async () => {
    const table = new Table();
    await isSent(table, 'one');
    expect(await isSent(table, 'one', { after: 60 })).toBe(true);
    expect(await isSent(table, 'one', { after: 9 * hour })).toBe(true);
  });

  test('something else is told', async () => {
    const table = new Table();
    await isSent(table, 'one');
    expect(await isSent(table, 'two', { dedupKey: 'other' })).toBe(true);
  });

  test('an event without an id is told: nobody could tell it from one that is tried again', async () => {
    const table = new Table();
    expect(await isSent(table, null)).toBe(true);
    expect(table.items.size).toBe(0);
  });

  test('the names of items tell nothing, and have one length', async () => {
    const table = new Table();
    await isSent(table, 'one', { dedupKey: `${'x'.repeat(5000)}\u0000` });
    expect([...table.items.keys()].join()).toMatch(/^[0-9a-f]{64}$/);
  });

  test('only what is told once is looked up', async () => {
    const table = new Table();
    const given = ['a', 'b', 'a'].map((dedupKey) => alert({ dedupKey, eventId: 'one' }));
    expect(await untold(rule, given, ['b'], {}, table)).toEqual(given);
    expect(table.items.size).toBe(1);
  });

  const claimed = (value: unknown): Claims => ({ claim: async () => value });
  test.each<[string, Claims, string]>([
    [
      'the table is missing',
      { claim: () => Promise.reject(new Error('Requested resource not found')) },
      'Requested resource not found',
    ],
    ['the table does not answer', { claim: () => new Promise(() => {}) }, 'no answer within 5 ms'],
    ['a claim is no object', claimed('x'), 'found "x"'],
    ['a claim has no event', claimed({ forgetAt: began / 1000 + 60 }), 'found {"forgetAt":'],
    ['a claim has an empty event', claimed({ toldBy: '', forgetAt: began / 1000 + 60 }), 'found'],
    ['a claim has no time', claimed({ toldBy: 'one', forgetAt: Number.NaN }), '"forgetAt":null'],
    ['a claim is over', claimed({ toldBy: 'one', forgetAt: began / 1000 }), 'found'],
    ['a claim never ends', claimed({ toldBy: 'one', forgetAt: 9e12 }), 'found'],
  ])('where %s, the alert is sent, and that is logged', async (_what, claims, message) => {
    expect(await isSent(claims, 'two', { limit: 5 })).toBe(true);
    expect(lines()).toMatchObject([
      {
        level: 'WARN',
        rule: 'sparing',
        eventId: 'two',
        verdict: 'not remembered',
        title: 'of two',
      },
    ]);
    expect(lines()[0]?.['because']).toContain(message);
  });

  test('a claim by a clock that goes ahead counts', async () => {
    const table = new Table();
    await isSent(table, 'one', { after: 50 });
    expect(await isSent(table, 'two')).toBe(false);
  });

  test('what takes too long is given up', async () => {
    let given: AbortSignal | undefined;
    const claims: Claims = {
      claim: (_id, _claim, _now, signal) => {
        given = signal;
        return new Promise(() => {});
      },
    };
    await isSent(claims, 'one', { limit: 5 });
    expect(given?.aborted).toBe(true);
  });
});

/** What happens to one attempt of Lambda to run the function. */
interface Attempt {
  /** What becomes of the claim: refused, written although the answer was lost, or answered with nonsense. */
  readonly table: 'works' | 'refuses' | 'writes and fails' | 'is broken';
  /** What becomes of the message: SNS refuses it or the function dies before, or the function dies after it. */
  readonly message: 'sent' | 'not sent' | 'sent and failed';
}

/** An event about one of a few things, and what happens to each attempt. Lambda tries thrice. */
interface Occurrence {
  readonly about: string;
  readonly attempts: readonly [Attempt, Attempt, Attempt];
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  table: fc.constantFrom<Attempt['table'][]>('works', 'refuses', 'writes and fails', 'is broken'),
  message: fc.constantFrom<Attempt['message'][]>('sent', 'not sent', 'sent and failed'),
});
const working: Attempt = { table: 'works', message: 'sent' };
const occurrences = (attempts: fc.Arbitrary<Attempt>): fc.Arbitrary<Occurrence[]> =>
  fc.array(
    fc.record({
      about: fc.constantFrom('a', 'b'),
      attempts: fc.tuple(attempts, attempts, attempts),
    }),
    { minLength: 1, maxLength: 5 },
  );

describe('many events at once, in two instances of the function', () => {
  const finding = (once: string): Finding => ({ title: once, summary: 'x', once });
  const sparing: AnyRule = defineRule({
    ...stopped,
    name: 'sparing',
    onceWithin: hour,
    parameters: {},
    evaluate: ({ detail }) => finding(String(detail.requestParameters?.name)),
  });

  /** Runs the real function on events that come at once, in the order that the scheduler gives. */
  async function happened(
    scheduler: fc.Scheduler,
    given: readonly Occurrence[],
  ): Promise<Readonly<Record<'sent' | 'kept', readonly string[]>>> {
    const table = new Table();
    const [sent, kept]: [string[], string[]] = [[], []];
    const step = (): Promise<unknown> => scheduler.schedule(Promise.resolve());

    const invoke = async (index: number, now: Attempt, about: string): Promise<void> => {
      const claims: Claims = {
        async claim(id, claim, at) {
          await step();
          if (now.table === 'refuses') throw new Error('throttled');
          if (now.table === 'is broken') return { toldBy: 7 };
          const other = await table.claim(id, claim, at);
          if (now.table === 'writes and fails') throw new Error('the answer was lost');
          await step();
          return other;
        },
      };
      const once: World['once'] = async () => ({
        untold: (of, alerts, keys, environment) =>
          untold(of, alerts, keys, environment, claims, () => began),
      });
      const publish: World['publish'] = async ({ Message }) => {
        await step();
        if (now.message === 'not sent') throw new Error('SNS is down');
        sent.push(JSON.parse(JSON.parse(Message).default).title);
        if (now.message === 'sent and failed') throw new Error('the answer was lost');
        return { messageId: 'm' };
      };
      // Each attempt may meet another instance: nothing is kept in one.
      const environment = {
        [topicVariable]: 'arn:aws:sns:eu-west-1:111122223333:alerts',
      };
      const { handler } = start(sparing, { environment, publish, once });
      await handler(eventOf({ eventID: `e${index}`, requestParameters: { name: about } }));
    };

    const deliver = async ({ about, attempts }: Occurrence, index: number): Promise<void> => {
      for (const now of attempts) {
        try {
          await step();
          return await invoke(index, now, about);
        } catch {
          // Lambda tries again.
        }
      }
      // The failure queue, whose alarm rings.
      kept.push(about);
    };
    await scheduler.waitFor(Promise.all(given.map(deliver)));
    return { sent, kept };
  }

  test('whatever fails and in whichever order, somebody hears of each thing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), occurrences(attempt), async (scheduler, given) => {
        const { sent, kept } = await happened(scheduler, given);
        for (const { about } of given) expect([...sent, ...kept]).toContain(about);
      }),
      { numRuns: 400 },
    );
  });

  test('where nothing fails each thing is told exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        occurrences(fc.constant(working)),
        async (scheduler, given) => {
          const { sent, kept } = await happened(scheduler, given);
          expect(kept).toEqual([]);
          expect(sent.toSorted()).toEqual([...new Set(given.map(({ about }) => about))].toSorted());
        },
      ),
      { numRuns: 200 },
    );
  });
});
