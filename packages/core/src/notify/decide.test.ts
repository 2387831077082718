import { describe, expect, test } from 'vitest';
import type { Alert } from '../contracts/alert.ts';
import { alert as anAlert } from '../lambda/alert.fake.ts';
import { claimed, decide } from './decide.ts';
import { fold } from './fold.ts';
import { bounds, nothingKnown, parseState, serialise, settled, type State } from './state.ts';

const now = 1_800_000_000_000;

const numbered = (id: number, severity: Alert['severity'] = 'high'): Alert =>
  anAlert({ severity, dedupKey: `stopped:${id}`, groupKey: `stopped:111122223333:user${id}:` });

/** A state in which so many messages were sent, the last of them some seconds ago. */
const after = (messages: number, seconds = 2): State => ({
  ...nothingKnown,
  sent: Array.from({ length: messages }, () => now - seconds * 1000),
});

describe('at once', () => {
  test.each<[number, Alert['severity'], 'tell' | 'hold']>([
    [3, 'high', 'tell'],
    [4, 'high', 'hold'],
    [4, 'critical', 'tell'],
    [6, 'critical', 'tell'],
    [7, 'critical', 'hold'],
  ])('after %i messages something %s is told or held: %s', (messages, severity, expected) => {
    expect(decide(after(messages), numbered(1, severity), now, false).do).toBe(expected);
  });

  test('what has no room is due at the next tick, what is no news when the slot ends', () => {
    expect(decide(after(9), numbered(1), now, false)).toEqual({ do: 'hold', seconds: 0 });
    const told = settled(nothingKnown, [{ alert: numbered(1), as: 'told' }], now);
    const again = { ...numbered(1), dedupKey: 'stopped:2' };
    const decision = decide(told, again, now + 1000, false);
    expect(decision).toEqual({
      do: 'hold',
      seconds: Math.ceil((bounds.slot - ((now + 1000) % bounds.slot)) / 1000),
    });
    // A group that was silent for an hour begins anew.
    expect(decide(told, again, now + bounds.groupEnds, false).do).toBe('tell');
  });

  test('two messages a second, however many actors there are', () => {
    expect(decide(after(2, 0), numbered(1), now, false).do).toBe('hold');
    expect(decide(after(2, 1), numbered(1), now, false).do).toBe('tell');
  });

  test('a clock that was wrong keeps nothing back', () => {
    const future = now + 30 * 86_400_000;
    const state: State = {
      ...claimed(nothingKnown, [numbered(1)], [future, future], future),
      sent: Array.from({ length: 10 }, () => future),
    };
    expect(decide(state, numbered(1), now, false).do).toBe('tell');
  });
});

test('what somebody else tells at this moment stays in the queue until that is over', () => {
  const state = claimed(nothingKnown, [numbered(1)], [now], now);
  expect(fold(state, [numbered(1)], now + 1000, 5)).toEqual({ messages: [], repeats: [] });
  expect(fold(state, [numbered(1)], now + bounds.lease, 5).messages).toHaveLength(1);
});

test.each([
  [1, 1],
  [2, 2],
  [5, 5],
])('in room for %i the alerts of 40 actors and 7 rules are %i messages', (room, expected) => {
  const alerts = Array.from({ length: 40 }, (_, id) => ({
    ...numbered(id, id === 17 ? 'critical' : 'low'),
    rule: `rule${id % 7}`,
  }));
  const { messages } = fold(nothingKnown, alerts, now, room);
  expect(messages).toHaveLength(expected);
  expect(messages[0]?.alert.severity).toBe('critical');
  expect(messages.flatMap(({ tells }) => tells)).toHaveLength(40);
});

test.each([
  ['tests alone', true, 'critical'],
  ['a critical test and what happened', false, 'low'],
] as const)('a list of %s says whether it is a test', (_, test, severity) => {
  const alerts = [
    { ...numbered(1, 'critical'), test: true },
    { ...numbered(2, 'low'), test },
  ];
  const [list] = fold(nothingKnown, alerts, now, 1).messages;
  expect(list?.alert).toMatchObject({ test, severity, facts: { alerts: 2 } });
});

describe('a list says why it is one, and what its most severe alert says', () => {
  const told = settled(nothingKnown, [{ alert: numbered(1), as: 'told' }], now);
  const again = { ...numbered(1), eventId: 'again', summary: 'Again.' };
  const worse = { ...numbered(1, 'critical'), eventId: 'worse', summary: 'Worse.' };
  const other = { ...numbered(2), summary: 'Another.' };
  test.each([
    [
      'one more',
      [again],
      'People were told of the same kind of deed by the same actor before. Again.',
    ],
    [
      'several of a group',
      [again, worse],
      'These alerts are about the same kind of deed by the same actor. The most severe of them: Worse.',
    ],
    [
      'several groups',
      [other, worse],
      'So many alerts came at once that they are told together. The most severe of them: Worse.',
    ],
  ])('%s', (_, alerts, expected) => {
    expect(fold(told, alerts, now + 1000, 1).messages).toMatchObject([
      { alert: { summary: expected } },
    ]);
  });
});

describe('the state', () => {
  test('counts each alert once', () => {
    const once = settled(nothingKnown, [{ alert: numbered(1), as: 'told' }], now);
    const twice = settled(once, [{ alert: numbered(1), as: 'listed' }], now + 1000);
    expect(Object.values(twice.groups)).toMatchObject([{ told: 1, listed: 0 }]);
  });

  test('says nothing of what it is about, and has an end', () => {
    const many = Array.from({ length: 9000 }, (_, id) => ({
      alert: numbered(id, 'critical'),
      as: 'told' as const,
    }));
    const text = serialise(settled(nothingKnown, many, now));
    // DynamoDB takes 400 KB.
    expect(text.length).toBeLessThan(350_000);
    for (const word of ['stopped', '111122223333', 'alice', 'CloudTrail', 'main']) {
      expect(text).not.toContain(word);
    }
  });

  test.each([
    ['', undefined],
    ['null', undefined],
    ['[]', undefined],
    ['{"groups":{},"seen":{"a":"x"},"claims":[],"sent":[],"muted":{}}', undefined],
    ['{"groups":{"a":{}},"seen":{},"claims":[],"sent":[],"muted":{}}', undefined],
    ['{"groups":{},"seen":{},"claims":[{"until":1}],"sent":[],"muted":{}}', undefined],
    ['{"groups":{},"seen":{},"claims":[],"sent":[null],"muted":{}}', undefined],
    [serialise(nothingKnown), nothingKnown],
  ])('is read from %s as %s', (text, expected) => {
    expect(parseState(text)).toEqual(expected);
  });

  test('is the same when it was written and read', () => {
    const state = claimed(
      settled(nothingKnown, [{ alert: numbered(1, 'critical'), as: 'listed' }], now),
      [numbered(2)],
      [now],
      now,
    );
    expect(parseState(serialise(state))).toEqual(state);
  });
});
