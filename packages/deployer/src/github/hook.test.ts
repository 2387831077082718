import { describe, expect, test } from 'vitest';
import type { Hook, HookDelivery } from './github.ts';
import { answerWords, failedDeliveries, pingAdvice, planHook } from './hook.ts';

const wanted = { url: 'https://abc.example.com/', events: ['public', 'fork'], secretArn: 'arn:s' };
const hook = (changes: Partial<Hook> = {}): Hook => ({
  id: 1,
  url: wanted.url,
  contentType: 'json',
  verifiesTls: true,
  hasSecret: true,
  active: true,
  events: ['fork', 'public'],
  ...changes,
});

describe('planHook', () => {
  test('creates where there is none with the URL', () => {
    expect(planHook(wanted, [hook({ url: 'https://other.example.com/' })])).toMatchObject({
      do: 'create',
      differences: [
        { what: 'events', after: 'fork, public' },
        { what: 'secret', after: 'the value of arn:s' },
      ],
      others: [],
    });
  });

  test('one that is right has to be tried: GitHub does not tell its secret', () => {
    const current = hook({ url: 'https://ABC.example.com' });
    expect(planHook(wanted, [current])).toMatchObject({ do: 'try', differences: [], current });
  });

  test.each<[Partial<Hook>, object]>([
    [{ events: ['push', 'fork'] }, { what: 'events', before: 'fork, push', after: 'fork, public' }],
    [{ events: ['*'] }, { what: 'events', before: '*', after: 'fork, public' }],
    [{ contentType: 'form' }, { what: 'content type', before: 'form', after: 'json' }],
    [{ verifiesTls: false }, { before: 'not verified', after: 'verified' }],
    [{ active: false }, { before: 'inactive', after: 'active' }],
  ])('updates one with %j, and gives its secret again', (changes, difference) => {
    const plan = planHook(wanted, [hook(changes)]);
    expect(plan.do).toBe('update');
    expect(plan.differences).toMatchObject([difference, { what: 'secret' }]);
  });

  test('updates one that signs nothing', () => {
    expect(planHook(wanted, [hook({ hasSecret: false })])).toMatchObject({
      do: 'update',
      because: 'it has no secret, so it does not sign deliveries',
      differences: [{ what: 'secret' }],
    });
  });

  test('further ones with the same URL are told', () => {
    const twice = [hook(), hook({ id: 2 }), hook({ id: 3, url: 'https://x.yz/' })];
    expect(planHook(wanted, twice).others.map(({ id }) => id)).toEqual([2]);
  });
});

const attempt = (id: number, guid: string, statusCode: number, event = 'fork'): HookDelivery => ({
  id,
  guid,
  event,
  statusCode,
  status: 'x',
  deliveredAt: new Date(id),
});

test('of what failed, the latest attempt is repeated, oldest first; what arrived in the end is not', () => {
  const deliveries = [
    attempt(9, 'c', 503),
    attempt(8, 'b', 200),
    attempt(7, 'a', 0),
    attempt(6, 'ping', 500, 'ping'),
    attempt(5, 'not needed', 500, 'push'),
    attempt(4, 'b', 401),
    attempt(3, 'a', 503),
    attempt(2, 'd', 202),
  ];
  expect(failedDeliveries(deliveries, ['fork']).map(({ id }) => id)).toEqual([7, 9]);
});

test.each([
  [401, 'another secret'],
  [404, 'Deploy the rule again'],
  [0, 'could not reach'],
  [503, "function's log"],
])('what to do about a ping that was answered %s', (statusCode, words) => {
  expect(pingAdvice(attempt(1, 'p', statusCode, 'ping'))).toContain(words);
});

test('an answer in words', () => {
  expect(answerWords(attempt(1, 'a', 200))).toBe('answered with 200 (x)');
  expect(answerWords(attempt(1, 'a', 0))).toBe('not answered (x)');
});
