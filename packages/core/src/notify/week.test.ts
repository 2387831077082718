import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../contracts/alert.ts';
import { alert, suppressedBy } from '../lambda/alert.fake.ts';
import { type Deed, type Faults, live, type Outcome } from './notify.fake.ts';
import { digestOf, itemsOf, keptOf, weekDue, weekOf, weeksDue } from './week.ts';

const none: Faults = { death: 0, table: 0, late: 20, clock: 0 };
const minute = 60_000;
const day = 24 * 60 * minute;

const suppressed = (id: number, item: string): Alert =>
  alert({ dedupKey: `suppressed:${id}`, eventId: `e${id}`, suppressed: suppressedBy(item) });
const canary = (rule: string, ...items: readonly string[]): Alert =>
  alert({
    rule,
    test: true,
    canary: true,
    suppressions: items.map((item) => ({ parameter: 'ignoredActors', item, until: '2100-01-31' })),
  });

const weekEnded = ({ sent }: Outcome): readonly Alert[] =>
  sent.map((each) => each.alert).filter(({ eventName }) => eventName === 'WeekEnded');

describe('a week', () => {
  const at = (text: string): number => Date.parse(text);

  test('begins on Monday, and is told from 08:00 UTC of the next', () => {
    expect(weekOf(at('2026-11-29T23:59:59Z')) + 1).toBe(weekOf(at('2026-11-30T00:00:00Z')));
    expect(weekDue(at('2026-11-30T08:00:00Z'))).toBe(weekOf(at('2026-11-29T12:00:00Z')));
    expect(weekDue(at('2026-11-30T07:59:59Z'))).toBe(weekOf(at('2026-11-22T12:00:00Z')));
  });

  test('that was told is not due again, and those that were missed are', () => {
    const now = at('2026-11-30T08:00:00Z');
    const last = weekDue(now);
    expect(weeksDue(last, now)).toEqual([]);
    expect(weeksDue(last - 2, now)).toEqual([last - 1, last]);
    expect(weeksDue(last - 100, now)).toHaveLength(4);
    // Weeks in which nothing was counted tell nothing.
    expect(weeksDue(undefined, now)).toHaveLength(4);
    // A clock that was wrong silences the notifier for no longer than it takes to be right again.
    expect(weeksDue(last + 50, now)).toHaveLength(4);
  });
});

describe('what people are told of a week', () => {
  const now = Date.parse('2026-11-30T08:00:00Z');
  const week = weekDue(now);
  const kept = (item: string, count: number) => ({
    ...keptOf(suppressed(0, item), suppressedBy(item), now - 5 * day),
    count,
  });

  test('is what each item kept, the most first, and which kept none', () => {
    const items = itemsOf(
      canary('stopped'),
      ['role/CI', 'role/Old'].map((item) => ({
        parameter: 'ignoredActors',
        item,
        until: '2100-01-31',
      })),
      now - day,
    );
    // The item is the same whatever its last day is.
    const digest = digestOf(
      week,
      { kept: [kept('role/Few', 1), kept('role/CI until 2100-01-31', 12)], items: [items] },
      now,
    );
    expect(digest).toMatchObject({
      rule: 'notifier',
      severity: 'low',
      title: 'Week of 2026-11-23: 13 alerts were kept from people',
      dedupKey: 'notifier:week:2026-11-23',
    });
    expect(Object.entries(digest?.facts ?? {})).toEqual([
      ['kept in all', 13],
      ['kept none', 1],
      ['stopped ignoredActors role/CI', '12, from 2026-11-25T08:00Z to 2026-11-25T08:00Z'],
      ['stopped ignoredActors role/Few', '1, from 2026-11-25T08:00Z to 2026-11-25T08:00Z'],
      ['stopped ignoredActors role/Old', 'none'],
    ]);
  });

  test('is nothing where there was nothing that keeps', () => {
    expect(digestOf(week, { kept: [], items: [] }, now)).toBeUndefined();
    const item = { parameter: 'ignoredActors', item: 'role/CI' };
    const over = itemsOf(canary('stopped'), [{ ...item, until: '2026-11-22' }], now);
    const gone = itemsOf(canary('stopped'), [{ ...item, until: '2100-01-31' }], now - 4 * day);
    expect(digestOf(week, { kept: [], items: [over, gone] }, now)).toBeUndefined();
  });

  test('is as short as a message may be', () => {
    const many = Array.from({ length: 200 }, (_, index) => kept(`role/${index}`, index + 1));
    const digest = digestOf(week, { kept: many, items: [] }, now);
    expect(Object.keys(digest?.facts ?? {})).toHaveLength(63);
    expect(digest?.facts).toMatchObject({ 'kept in all': 20_100, 'further rows': 140 });
  });
});

describe('whatever happens', () => {
  /** Suppressed alerts of some items, and times at which everything stands still for days. */
  const deeds: fc.Arbitrary<readonly Deed[]> = fc
    .record({
      alerts: fc.array(
        fc.record({
          at: fc.integer({ min: 0, max: 6 * minute }),
          item: fc.nat(3),
          again: fc.boolean(),
        }),
        { minLength: 1, maxLength: 30 },
      ),
      jumps: fc.array(
        fc.record({
          at: fc.integer({ min: 0, max: 6 * minute }),
          jump: fc.integer({ min: day, max: 9 * day }),
        }),
        { maxLength: 3 },
      ),
    })
    .map(({ alerts, jumps }) => [
      ...alerts.flatMap(({ at, item, again }, id) =>
        [at, ...(again ? [at + 1] : [])].map((time) => ({
          at: time,
          deliver: suppressed(id, `role/${item}`),
        })),
      ),
      ...jumps,
      // Everything is told in the end.
      { at: 7 * minute, jump: 8 * day },
    ]);

  /** What each week has to be told as. */
  const expected = ({ weeks }: Outcome): readonly number[] =>
    [...weeks.values()].map((all) => all.reduce((sum, { count }) => sum + count, 0));
  const told = (outcome: Outcome): readonly number[] =>
    weekEnded(outcome).map(({ facts }) => Number(facts['kept in all']));
  const sorted = (counts: readonly number[]): readonly number[] =>
    counts.toSorted((one, other) => one - other);

  test('each week is told once, with all that was counted, and nobody is told of an alert', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, fc.integer(), async (all, seed) => {
        const outcome = await live(all, none, seed);
        expect(sorted(told(outcome))).toEqual(sorted(expected(outcome)));
        expect(outcome.sent).toHaveLength(outcome.weeks.size);
        const found = new Set(
          all.flatMap((deed) => ('deliver' in deed ? [deed.deliver.eventId] : [])),
        );
        // A second delivery counts again where another one of the same item came between.
        const counted = expected(outcome).reduce((sum, count) => sum + count, 0);
        expect(counted).toBeGreaterThanOrEqual(found.size);
        expect(counted).toBeLessThanOrEqual(all.filter((deed) => 'deliver' in deed).length);
      }),
      { numRuns: 30 },
    );
  });

  test('no week is told twice or left out where processes die, calls are late and clocks differ', async () => {
    const faults = { death: 0.05, table: 0.05, late: 300, clock: 2000 };
    await fc.assert(
      fc.asyncProperty(deeds, fc.integer(), async (all, seed) => {
        const outcome = await live(all, faults, seed);
        const keys = weekEnded(outcome).flatMap(({ dedupKey }) => dedupKey);
        expect(new Set(keys).size).toBe(outcome.weeks.size);
        // People get it twice only where a process died between telling and writing that down.
        expect(keys.length - outcome.weeks.size).toBeLessThanOrEqual(outcome.deaths);
        expect(new Set(told(outcome))).toEqual(new Set(expected(outcome)));
      }),
      { numRuns: 30 },
    );
  });

  test('a mute that is over is in the week in which it ended', async () => {
    const muted = alert({ actor: null, account: '111122223333', rule: 'stopped' });
    const outcome = await live(
      [
        {
          at: 0,
          mute: { rule: 'stopped', account: '111122223333', seconds: 600, reason: 'r', by: 'b' },
        },
        { at: 1000, deliver: muted },
        { at: 15 * minute, jump: 8 * day },
      ],
      none,
      1,
    );
    const [digest] = weekEnded(outcome);
    expect(Object.entries(digest?.facts ?? {})).toEqual([
      ['kept in all', 1],
      ['kept none', 0],
      [
        expect.stringMatching(/^mute \S+ of stopped, account 111122223333$/),
        expect.stringMatching(/^1, from /),
      ],
    ]);
    expect(weekEnded(outcome)).toHaveLength(1);
  });

  test('an item that keeps nothing is told, and a fleet without any is told nothing', async () => {
    const jump = { at: minute, jump: 8 * day };
    const listed = { at: 2 * minute, deliver: canary('stopped', 'role/Old') };
    const outcome = await live(
      [
        jump,
        listed,
        { at: 5 * minute, jump: 2 * day },
        { at: 6 * minute, jump: 5.5 * day },
        { ...listed, at: 5.5 * minute },
      ],
      none,
      1,
    );
    expect(weekEnded(outcome).length).toBeGreaterThan(0);
    for (const { facts } of weekEnded(outcome)) {
      expect(facts).toMatchObject({ 'kept in all': 0, 'stopped ignoredActors role/Old': 'none' });
    }
    expect(weekEnded(await live([jump], none, 1))).toEqual([]);
  });
});
