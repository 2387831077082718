import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../contracts/alert.ts';
import { alert as anAlert } from '../lambda/alert.fake.ts';
import { severities } from '../rule.ts';
import { notify, type Notifier, tick } from './notify.ts';
import { nothingKnown } from './state.ts';
import {
  beginning,
  type Deed,
  type Faults,
  firstTick,
  live,
  type Outcome,
  type Sent,
} from './notify.fake.ts';

const none: Faults = { death: 0, table: 0, late: 20, clock: 0 };
const minute = 60_000;

/** The alert with a number, of a group of a rule. */
const numbered = (
  id: number,
  fields: { group?: number; rule?: number; severity?: Alert['severity']; kind?: number } = {},
): Alert => {
  const { group = 0, rule = 0, severity = 'high', kind = 0 } = fields;
  return anAlert({
    rule: `rule${rule}`,
    severity,
    dedupKey: `rule${rule}:${id}`,
    groupKey: `rule${rule}:111122223333:user${group}:`,
    targets: [{ type: `AWS::Test::Kind${kind}`, id: `target${id}` }],
  });
};

const toPeople = ({ sent }: Outcome): readonly Sent[] => sent.filter(({ to }) => to === 'people');

/** How often each alert was told. */
const timesTold = (outcome: Outcome): ReadonlyMap<string, number> => {
  const times = new Map<string, number>();
  for (const { dedupKey } of toPeople(outcome).flatMap(({ tells }) => tells)) {
    times.set(dedupKey, (times.get(dedupKey) ?? 0) + 1);
  }
  return times;
};

/** Which alerts a destination knows by the messages that it got. */
function knownTo({ sent }: Outcome, destination: string): ReadonlySet<string> {
  // What was late tells the same as its first message.
  const tells = new Map(
    sent
      .filter((each) => each.tells.length > 0)
      .map((each) => [each.alert.dedupKey, each.tells] as const),
  );
  return new Set(
    sent
      .filter(({ to }) => to === destination)
      .flatMap(({ alert }) => tells.get(alert.dedupKey) ?? [])
      .map(({ dedupKey }) => dedupKey),
  );
}

/** The most messages that people got within some milliseconds. */
const mostWithin = (sent: readonly Sent[], milliseconds: number): number =>
  Math.max(
    0,
    ...sent.map(
      ({ at: from }) => sent.filter(({ at }) => at >= from && at < from + milliseconds).length,
    ),
  );

const keysOf = (deeds: readonly Deed[]): readonly string[] => [
  ...new Set(deeds.flatMap((deed) => ('deliver' in deed ? [deed.deliver.dedupKey] : []))),
];

const delivered = (at: number, deliver: Alert): Deed => ({ at, deliver });

const many = <T>(count: number, of: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => of(index));

/**
 * Alerts of a few groups, rules and severities, some of them more than once: spread over six minutes, or all about when the
 * first tick is.
 */
const deliveries: fc.Arbitrary<readonly Deed[]> = fc
  .tuple(
    fc.constantFrom([0, 6 * minute], [firstTick - 1000, 4000]),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        again: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 2 }),
        group: fc.nat(12),
        rule: fc.nat(8),
        severity: fc.constantFrom(...severities),
        kind: fc.nat(2),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  )
  .map(([[from = 0, within = 0], all]) =>
    all.flatMap(({ at, again, ...fields }, id) =>
      [at, ...again].map((time) => delivered(from + time * within, numbered(id, fields))),
    ),
  );

const seeds = fc.integer();

/** How late a call is at most, in milliseconds. */
const delays = fc.constantFrom(20, 300, 1000);

describe('whatever happens', () => {
  test('each alert is told once and within five minutes, by at most ten messages a minute and five a second', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, delays, seeds, async (deeds, late, seed) => {
        const outcome = await live(deeds, { ...none, late }, seed);
        const told = timesTold(outcome);
        for (const key of keysOf(deeds)) expect([key, told.get(key)]).toEqual([key, 1]);
        expect(outcome.left).toEqual([]);
        expect(outcome.failed).toEqual([]);
        const sent = toPeople(outcome);
        expect(mostWithin(sent, minute)).toBeLessThanOrEqual(10);
        expect(mostWithin(sent, 1000)).toBeLessThanOrEqual(5);
        for (const deed of deeds) {
          if (!('deliver' in deed)) continue;
          const { dedupKey } = deed.deliver;
          const message = sent.find(({ tells }) =>
            tells.some((each) => each.dedupKey === dedupKey),
          );
          expect((message?.at ?? Infinity) - deed.at).toBeLessThanOrEqual(5 * minute);
        }
        // What is counted is what was found.
        const counted = Object.values(outcome.state.groups).map(
          (group) => group.told + group.listed + group.muted,
        );
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(keysOf(deeds).length);
      }),
      { numRuns: 60 },
    );
  });

  const trouble = (within: number): fc.Arbitrary<readonly Deed[]> =>
    fc
      .array(
        fc.oneof(
          fc.record({
            at: fc.integer({ min: 0, max: within }),
            table: fc.constantFrom('gone', 'wiped', 'garbage', 'works'),
          }),
          fc.record({
            at: fc.integer({ min: 0, max: within }),
            refusing: fc.subarray(['people', 'chat']),
          }),
        ),
        { maxLength: 8 },
      )
      .map((deeds): readonly Deed[] => [
        ...(deeds as readonly Deed[]),
        { at: within, table: 'works' },
        { at: within, refusing: [] },
      ]);

  test('no alert is lost where processes die, the table fails, the topic refuses and clocks are wrong', async () => {
    await fc.assert(
      fc.asyncProperty(
        deliveries,
        trouble(10 * minute),
        fc.record({
          death: fc.constantFrom(0, 0.02, 0.2),
          table: fc.constantFrom(0, 0.1, 0.6),
          late: fc.constantFrom(20, 300, 2000),
          clock: fc.constantFrom(0, 500, 3 * 3_600_000),
        }),
        seeds,
        async (deeds, troubles, faults, seed) => {
          const outcome = await live([...deeds, ...troubles], faults, seed, ['people', 'chat']);
          const told = timesTold(outcome);
          const kept = new Set(outcome.failed.map(({ dedupKey }) => dedupKey));
          for (const key of keysOf(deeds)) {
            expect([key, told.has(key) || kept.has(key)]).toEqual([key, true]);
          }
          expect(outcome.left).toEqual([]);
          // Whoever comes second gets them as well.
          const chat = knownTo(outcome, 'chat');
          for (const key of told.keys()) {
            expect([key, chat.has(key) || kept.has(key)]).toEqual([key, true]);
          }
          // Only a process that died within the call of the queue, three times, leaves one to the failure queue.
          if (outcome.deaths === 0) expect(outcome.failed).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('without a table people get no more messages either', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, seeds, async (deeds, seed) => {
        const outcome = await live([{ at: 0, table: 'gone' }, ...deeds], none, seed);
        const told = timesTold(outcome);
        for (const key of keysOf(deeds)) expect(told.has(key)).toBe(true);
        const sent = toPeople(outcome);
        expect(sent[0]?.alert).toMatchObject({
          title: expect.stringContaining('without its table'),
        });
        expect(mostWithin(sent, minute)).toBeLessThanOrEqual(10);
        expect(mostWithin(sent, 1000)).toBeLessThanOrEqual(5);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a flood', () => {
  test('of 500 calls by one actor is one message at once and a list every three minutes', async () => {
    const deeds = many(500, (id) => delivered(1000 + id * 100, numbered(id)));
    const outcome = await live(deeds, none, 1);
    const [first, ...lists] = toPeople(outcome);
    expect(first?.at).toBeLessThan(1200);
    expect(first?.alert).toEqual(numbered(0));
    expect(lists.length).toBeLessThanOrEqual(2);
    expect(lists.flatMap(({ tells }) => tells)).toHaveLength(499);
    expect(lists.at(-1)?.alert.facts).toMatchObject({
      'found in all': 500,
      'told one by one': 1,
      'told in lists': 499,
      muted: 0,
    });
  });

  test('of 200 actors and 60 rules at once is a few messages, the critical ones first', async () => {
    const deeds = many(1200, (id) =>
      delivered(
        1000 + (id % 50),
        numbered(id, {
          group: id % 200,
          rule: id % 60,
          severity: id === 700 ? 'critical' : 'medium',
        }),
      ),
    );
    const outcome = await live(deeds, none, 1);
    const sent = toPeople(outcome);
    expect(sent.flatMap(({ tells }) => tells)).toHaveLength(1200);
    expect(mostWithin(sent, minute)).toBeLessThanOrEqual(10);
    const critical = sent.findIndex(({ tells }) =>
      tells.some(({ severity }) => severity === 'critical'),
    );
    expect(sent[critical]?.at).toBeLessThan(1000 + minute + 3000);
    expect(sent.length).toBeLessThanOrEqual(20);
  });

  test('does not keep a rise of severity or a new kind of target at critical', async () => {
    const flood = many(100, (id) => delivered(1000 + id * 100, numbered(id)));
    const news = [
      delivered(4050, numbered(900, { severity: 'critical' })),
      delivered(7050, numbered(901, { severity: 'critical', kind: 1 })),
    ];
    const sent = toPeople(await live([...flood, ...news], none, 1));
    for (const [at, id] of [
      [4050, 900],
      [7050, 901],
    ] as const) {
      const message = sent.find(({ alert }) => alert.dedupKey === `rule0:${id}`);
      expect((message?.at ?? Infinity) - at).toBeLessThan(1000);
    }
    // The same kind again is no news.
    const again = delivered(9000, numbered(902, { severity: 'critical', kind: 1 }));
    const more = toPeople(await live([...flood, ...news, again], none, 1));
    expect(more.some(({ alert }) => alert.dedupKey === 'rule0:902')).toBe(false);
  });

  test('of the same event ten times is told once', async () => {
    const deeds = many(10, (index) => delivered(index * 5000, numbered(1)));
    const { sent, puts } = await live(deeds, none, 1);
    expect(sent).toHaveLength(1);
    expect(puts).toBe(0);
  });
});

test('a reminder is told although the finding is known', async () => {
  const { puts, sent } = await live(
    [
      delivered(1000, anAlert({ eventId: 'run 1' })),
      delivered(2000, anAlert({ eventId: 'run 1' })),
      delivered(24 * 60 * minute, anAlert({ eventId: 'run 2' })),
    ],
    none,
    1,
  );
  expect(sent.map(({ alert }) => alert.eventId)).toEqual(['run 1', 'run 2']);
  expect(puts).toBe(0);
});

test('each destination gets each message once, and one that refuses gets it later', async () => {
  const outcome = await live(
    [
      { at: 0, refusing: ['chat'] },
      delivered(1000, numbered(1)),
      delivered(1500, numbered(2, { group: 1 })),
      { at: 2 * minute, refusing: [] },
    ],
    none,
    1,
    ['people', 'chat', 'dispatch'],
  );
  const got = (destination: string): readonly (readonly [string, number])[] =>
    outcome.sent
      .filter(({ to }) => to === destination)
      .map(({ alert, at }) => [alert.dedupKey, Math.floor(at / minute)] as const)
      .toSorted(([one], [other]) => one.localeCompare(other));
  expect(got('people')).toEqual([
    ['rule0:1', 0],
    ['rule0:2', 0],
  ]);
  expect(got('dispatch')).toEqual(got('people'));
  expect(got('chat').map(([key]) => key)).toEqual(['rule0:1', 'rule0:2']);
  expect(Math.min(...got('chat').map(([, at]) => at))).toBeGreaterThanOrEqual(2);
});

/** How many alerts messages tell, as they say themselves. */
const countIn = (sent: readonly Sent[]): number =>
  sent.reduce(
    (sum, { alert: { dedupKey, facts } }) =>
      sum + (dedupKey.includes(':list:') ? Number(facts['alerts']) : 1),
    0,
  );

describe('a destination that gets only some alerts', () => {
  test('gets each of them once, also late, in at most ten messages a minute', async () => {
    await fc.assert(
      fc.asyncProperty(
        deliveries,
        fc.record({ severity: fc.nat(3), rules: fc.subarray([...many(9, (id) => `rule${id}`)]) }),
        fc.array(fc.tuple(fc.nat(8 * minute), fc.boolean()), { maxLength: 4 }),
        fc.boolean(),
        seeds,
        async (deeds, filter, refusals, isMuting, seed) => {
          const takes = ({ severity, rule }: Alert): boolean =>
            severities.indexOf(severity) >= filter.severity && filter.rules.includes(rule);
          const muting = { rule: 'rule0', account: '111122223333', seconds: 3600 };
          const mute = { ...muting, reason: 'a test', by: 'somebody' };
          const outcome = await live(
            [
              ...(isMuting ? [{ at: 0, mute }] : []),
              ...deeds,
              ...refusals.map(([at, refuses]) => ({ at, refusing: refuses ? ['chat'] : [] })),
              { at: 8 * minute, refusing: [] },
            ],
            none,
            seed,
            ['people', 'chat'],
            (alert, destination) => destination !== 'chat' || takes(alert),
          );
          const found = deeds.flatMap((deed) => ('deliver' in deed ? [deed.deliver] : []));
          const own = new Map(found.filter(takes).map((alert) => [alert.dedupKey, alert]));
          const chat = outcome.sent.filter(({ to }) => to === 'chat');
          const muted = [...own.values()].filter(({ rule }) => isMuting && rule === 'rule0');
          // An alert that came before the mute was told.
          const told = new Set(toPeople(outcome).flatMap(({ tells }) => tells));
          const missed = muted.filter((alert) => !told.has(alert));
          expect(countIn(chat) + missed.length).toBe(own.size);
          expect(mostWithin(chat, minute)).toBeLessThanOrEqual(10);
          expect(mostWithin(chat, 1000)).toBeLessThanOrEqual(5);
          expect(outcome.left).toEqual([]);
          for (const { alert } of chat) expect([alert, takes(alert)]).toEqual([alert, true]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    [9, ['people', 'chat'], []],
    [10, ['people'], ['chat']],
  ])(
    'that got %i late messages in this minute: what is new goes to %j now',
    async (count, now, later) => {
      const state = { ...nothingKnown, late: many(count, () => beginning) };
      const sent: string[] = [];
      const waiting: unknown[] = [];
      const world = (held: readonly Alert[], to?: string): Notifier => ({
        table: {
          read: () => Promise.resolve({ state, version: 0, mutes: [], mutesVersion: 0 }),
          write: () => Promise.resolve(true),
          writeMutes: () => Promise.resolve(true),
          count: () => Promise.resolve(),
          list: () => Promise.resolve(),
          week: () => Promise.reject(new Error('Nobody asks.')),
        },
        queue: {
          put: (_, __, to) => Promise.resolve(void waiting.push(to)),
          receive: () => Promise.resolve(held.map((alert) => ({ alert, to, receipt: '' }))),
          remove: () => Promise.resolve(),
        },
        destinations: ['people', 'chat'],
        takes: () => true,
        publish: (_, to) => Promise.resolve(void sent.push(to)),
        now: () => beginning + 1000,
        pause: () => Promise.resolve(),
        warn: () => undefined,
      });
      await notify(numbered(1), world([]));
      expect([sent, waiting]).toEqual([now, later]);
      await tick(world([numbered(2)]));
      expect([sent, waiting]).toEqual([
        [...now, ...now],
        [...later, ...later],
      ]);
      sent.length = 0;
      await tick(world(many(3, numbered), 'chat'));
      expect(sent).toEqual(now.slice(1));
    },
  );

  test('is told at once of the rise of severity that concerns it', async () => {
    const { sent } = await live(
      [
        delivered(1000, numbered(1, { severity: 'medium' })),
        delivered(2000, numbered(2, { severity: 'critical' })),
      ],
      none,
      1,
      ['people', 'chat'],
      ({ severity }, destination) => destination === 'people' || severity === 'critical',
    );
    expect(sent.map(({ to, alert }) => [to, alert.dedupKey])).toEqual([
      ['people', 'rule0:1'],
      ['people', 'rule0:2'],
      ['chat', 'rule0:2'],
    ]);
    expect(sent[2]?.at).toBeLessThan(2500);
  });

  test('gets of a list its own part, with its counts and targets', async () => {
    const { sent } = await live(
      many(30, (id) =>
        delivered(firstTick - 1000, numbered(id, { group: id, rule: id % 2, severity: 'medium' })),
      ),
      none,
      1,
      ['people', 'chat', 'nobody'],
      ({ rule }, destination) =>
        destination === 'people' || (destination === 'chat' && rule === 'rule1'),
    );
    expect(sent.some(({ to }) => to === 'nobody')).toBe(false);
    const chat = sent.filter(({ to }) => to === 'chat');
    expect(countIn(chat)).toBe(15);
    const list = chat.at(-1)?.alert;
    expect(list?.targets.length).toBeGreaterThan(1);
    for (const { alert } of chat) {
      for (const { id } of alert.targets) expect(Number(id.slice('target'.length)) % 2).toBe(1);
      expect(Object.keys(alert.facts).join()).not.toMatch(/rule0|found in all/);
    }
  });
});

describe('a mute', () => {
  const request = {
    rule: 'rule0',
    account: '111122223333',
    seconds: 5 * 60,
    reason: 'a planned change',
    by: 'arn:aws:iam::111122223333:user/alice',
  };
  const titles = (outcome: Outcome): readonly string[] =>
    toPeople(outcome)
      .flatMap(({ tells }) => tells)
      .map(({ rule, dedupKey, title }) => (rule === 'notifier' ? title : dedupKey));
  const muted = {
    began: 'Muted until 2027-01-15T08:05:47.000Z: rule0, account 111122223333',
    ended: 'The mute of rule0, account 111122223333 has ended',
  };

  test('keeps alerts from people, counts them, and is told when it begins and ends', async () => {
    const outcome = await live(
      [
        { at: 0, mute: request },
        ...many(20, (id) => delivered(1000 + id * 1000, numbered(id))),
        // Another rule is told, and so is what comes when the mute is over.
        delivered(30_000, numbered(50, { rule: 1 })),
        delivered(6 * minute, numbered(51)),
      ],
      none,
      1,
    );
    expect(titles(outcome).toSorted()).toEqual(
      [muted.began, muted.ended, 'rule0:51', 'rule1:50'].toSorted(),
    );
    const notice = toPeople(outcome).find(({ alert }) => alert.eventName === 'MuteEnded');
    expect(notice?.alert.facts).toMatchObject({
      muted: 20,
      'said to be by': request.by,
      reason: 'a planned change',
    });
    expect(Object.values(outcome.state.groups).map((group) => group.muted)).toContain(20);
    expect(outcome.mutes).toEqual([]);
  });

  test('does not hide behind other mutes that begin at once', async () => {
    const rules = many(12, (id) => `rule${id}`);
    const outcome = await live(
      rules.map((rule): Deed => ({ at: 0, mute: { ...request, rule } })),
      none,
      1,
    );
    const began = toPeople(outcome).filter(({ alert }) => alert.eventName === 'MuteBegan');
    const said = began
      .map(({ alert }) => `${alert.title} ${Object.keys(alert.facts).join()}`)
      .join();
    for (const rule of rules) expect(said).toContain(`Z: ${rule}, account 111122223333`);
  });

  test('can be ended before its time', async () => {
    const outcome = await live(
      [{ at: 0, mute: request }, { at: minute, unmute: 0 }, delivered(minute + 1000, numbered(1))],
      none,
      1,
    );
    expect(titles(outcome)).toContain('rule0:1');
    expect(titles(outcome)).toContain(muted.ended);
  });

  test('without which the table says so', async () => {
    const { sent } = await live(
      [{ at: 0, mute: request }, { at: 1000, table: 'gone' }, delivered(2000, numbered(1))],
      none,
      1,
    );
    expect(sent.flatMap(({ tells }) => tells.map(({ dedupKey }) => dedupKey))).toContain('rule0:1');
  });

  test.each([
    ['no more than a rule', { account: '' }, 'an actor, a resource, an account or a region'],
    ['no rule', { rule: '' }, 'names a rule'],
    [
      'more than a day',
      { seconds: 25 * 3600 },
      '24 hours at most, and ends in the future; found 25 hours.',
    ],
    ['no end', { seconds: undefined }, 'found no end'],
    ['the past', { seconds: -3600 }, 'found -1 hours'],
    ['no reason', { reason: ' ' }, 'has a reason'],
    ['nobody who asks', { by: '' }, 'who asked for it'],
    ['what the notifier tells', { rule: 'notifier' }, 'cannot be muted'],
    ['all of patrolHealth in an account', { rule: 'patrolHealth' }, 'an actor or a resource'],
    ['all actors', { actor: '*' }, 'one actor, without *; found *'],
    ['all rules', { rule: 'rule*' }, 'one rule, without *'],
    ['all accounts', { account: '1111*' }, 'one account, without *'],
    [
      'a session, whose name the actor chooses',
      { actor: 'arn:aws:sts::111122223333:assumed-role/Deploy/bob' },
      'the role of a session',
    ],
  ])('with %s is refused', async (_, change, reason) => {
    const outcome = await live(
      [{ at: 0, mute: { ...request, ...change } }, delivered(1000, numbered(1))],
      none,
      1,
    );
    expect(outcome.refusals).toEqual([expect.stringContaining(reason)]);
    expect(titles(outcome)).toEqual(['rule0:1']);
  });

  test('names one resource: an alert about others as well is told', async () => {
    const both = anAlert({
      rule: 'rule0',
      targets: [
        { type: 'AWS::S3::Bucket', id: 'logs' },
        { type: 'AWS::S3::Bucket', id: 'pay' },
      ],
    });
    const outcome = await live(
      [{ at: 0, mute: { ...request, account: '', resource: 'logs' } }, delivered(1000, both)],
      none,
      1,
    );
    expect(titles(outcome)).toContain(both.dedupKey);
  });

  test('does not keep a test from people', async () => {
    const outcome = await live(
      [{ at: 0, mute: request }, delivered(1000, { ...numbered(1), test: true })],
      none,
      1,
    );
    expect(titles(outcome)).toContain('rule0:1');
  });

  describe('of an actor', () => {
    const role = (accountId: string): Alert['actor'] => ({
      type: 'AssumedRole',
      description: 'role Deploy (session bob)',
      name: 'Deploy',
      arn: `arn:aws:sts::${accountId}:assumed-role/Deploy/bob`,
      accountId,
      principal: `arn:aws:iam::${accountId}:role/teams/Deploy`,
    });
    const isTold = async (actor: string, by: Alert['actor']): Promise<boolean> => {
      const alert = { ...numbered(1), actor: by };
      const outcome = await live(
        [{ at: 0, mute: { ...request, account: '', actor } }, delivered(1000, alert)],
        none,
        1,
      );
      return titles(outcome).includes('rule0:1');
    };

    test.each(['arn:aws:iam::111122223333:role/teams/Deploy', 'role/Deploy'])(
      'named %s holds for each session of the role',
      async (actor) => {
        await expect(isTold(actor, role('111122223333'))).resolves.toBe(false);
        await expect(isTold(actor, role('444455556666'))).resolves.toBe(true);
        await expect(isTold(actor, null)).resolves.toBe(true);
      },
    );

    test.each(['role/teams/Deploy', 'Deploy', 'user/Deploy', 'role/'])(
      'named %s holds for no role',
      async (actor) => {
        await expect(isTold(actor, role('111122223333'))).resolves.toBe(true);
      },
    );
  });

  test('with an id that was told before is told all the same', async () => {
    const again = (minutes: number): Deed => ({
      at: minutes * minute,
      mute: { ...request, id: 'chosen', seconds: 60 },
    });
    const outcome = await live([again(0), again(5)], none, 1);
    const began = toPeople(outcome)
      .flatMap(({ tells }) => tells)
      .filter(({ eventName }) => eventName === 'MuteBegan');
    expect(began).toHaveLength(2);
  });

  test('of a day is over after a day', async () => {
    const day = 24 * 60;
    const outcome = await live(
      [
        { at: 0, mute: { ...request, seconds: day * 60 } },
        delivered((day - 1) * minute, numbered(1)),
        delivered((day + 1) * minute, numbered(2)),
      ],
      none,
      1,
    );
    expect(titles(outcome)).not.toContain('rule0:1');
    expect(titles(outcome)).toContain('rule0:2');
  });

  test('silences no more than its rule, whatever somebody asks for', async () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '*',
        'rule0',
        'rule*',
        'notifier',
        'patrolHealth',
        'role/*',
        '.*',
        '111122223333',
        'target1',
        '__proto__',
        'undefined',
      ),
      fc.string({ maxLength: 20 }),
      fc.constant(undefined),
      fc.constant(['rule0']),
    );
    const asked = fc.record(
      {
        id: hostile,
        rule: hostile,
        actor: hostile,
        resource: hostile,
        account: hostile,
        region: hostile,
        from: fc.constantFrom(0, NaN, beginning - 365 * 24 * 60 * minute, '0'),
        until: fc.constantFrom(undefined, Infinity, beginning + 365 * 24 * 60 * minute),
        seconds: fc.oneof(
          fc.constantFrom(NaN, Infinity, 8.64e15, -0, '3600'),
          fc.integer({ min: -60, max: 48 * 3600 }),
        ),
        reason: hostile,
        by: hostile,
      },
      { requiredKeys: ['seconds'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 12 }), seeds, async (requests, seed) => {
        const health = anAlert({ rule: 'patrolHealth', dedupKey: 'health', groupKey: 'health' });
        const outcome = await live(
          [
            ...requests.map((each): Deed => ({ at: 0, mute: each })),
            delivered(2000, { ...health, targets: [{ type: 'T', id: 'the topic' }] }),
            delivered(2000, { ...numbered(1), test: true, dedupKey: 'a test' }),
            delivered(2000, numbered(2, { rule: 7 })),
          ],
          none,
          seed,
        );
        const told = toPeople(outcome).flatMap(({ tells }) => tells);
        const keys = told.map(({ dedupKey }) => dedupKey);
        expect(keys).toEqual(expect.arrayContaining(['health', 'a test', 'rule7:2']));
        // Nobody is muted without people being told so.
        const began = told.filter(({ eventName }) => eventName === 'MuteBegan');
        expect(outcome.refusals.length + began.length).toBe(requests.length);
      }),
      { numRuns: 60 },
    );
  });
});
