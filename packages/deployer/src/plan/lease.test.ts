import { describe, expect, test } from 'vitest';
import {
  foundLease,
  holderWords,
  leaseText,
  leaseTime,
  mayHaveChanged,
  renewalTime,
} from './lease.ts';

const of = { fleet: 'security', environment: 'production' };
const holder = {
  run: 'patrol-1',
  caller: 'arn:aws:sts::111122223333:assumed-role/Deployer/alice',
  host: 'build-7',
  pid: 4242,
  job: 'https://ci.example.com/jobs/1',
  since: '2026-11-23T09:00:00.000Z',
};
const found = (text: string, age: number) => foundLease({ text, tag: '"tag"', age });
const text = leaseText(of, holder, 0);

describe('a lease that is found', () => {
  test('is held by who wrote it, as long as it lasts', () => {
    expect(found(text, 1000)).toEqual({ is: 'held', holder, left: leaseTime - 1000 });
    expect(found(text, leaseTime - 1)).toMatchObject({ is: 'held', left: 1 });
  });

  test('is stale when it was not renewed in time', () => {
    const stale = { is: 'stale', holder, replaced: '"tag"', age: leaseTime };
    expect(found(text, leaseTime)).toEqual(stale);
  });

  test('is free when it was released, or when there is none', () => {
    const released = leaseText(of, holder, 3, true);
    expect(found(released, 1000)).toEqual({ is: 'free', replaced: '"tag"', age: 1000 });
    expect(foundLease(undefined)).toEqual({ is: 'free' });
  });

  test('lasts as long as it says, but no longer than a quarter of an hour', () => {
    const lasting = (seconds: unknown): string =>
      JSON.stringify({ ...JSON.parse(text), lifetimeSeconds: seconds });
    expect(found(lasting(10), 9000)).toMatchObject({ is: 'held', left: 1000 });
    expect(found(lasting(10), 10_000)).toMatchObject({ is: 'stale' });
    expect(found(lasting(1e9), 899_000)).toMatchObject({ is: 'held', left: 1000 });
    expect(found(lasting(1e9), 900_000)).toMatchObject({ is: 'stale' });
    for (const odd of [-1, 'long', null]) {
      expect(found(lasting(odd), 0)).toMatchObject({ is: 'held', left: leaseTime });
    }
  });

  test.each(['', 'no JSON', '[]', '{}', '{"holder":{"run":1,"pid":-1,"since":"then","host":""}}'])(
    '%j is held by somebody unknown until it is old',
    (odd) => {
      expect(found(odd, 1000)).toEqual({ is: 'held', holder: {}, left: leaseTime - 1000 });
      expect(found(odd, leaseTime)).toMatchObject({ is: 'stale', holder: {} });
    },
  );
});

test('every renewal is another text, and so has another tag', () => {
  const texts = [0, 1, 2].map((renewals) => leaseText(of, holder, renewals));
  expect(new Set(texts).size).toBe(3);
});

test('a run that works renews its lease several times before it ends', () => {
  expect(renewalTime * 3).toBeLessThan(leaseTime);
});

test('who held the lease since the fleet was looked at may have changed it', () => {
  expect(mayHaveChanged({}, 60_000)).toBe(false);
  expect(mayHaveChanged({ age: 59_000 }, 60_000)).toBe(true);
  // Whole seconds hide what comes first.
  expect(mayHaveChanged({ age: 61_000 }, 60_000)).toBe(true);
  expect(mayHaveChanged({ age: 63_000 }, 60_000)).toBe(false);
});

test('who holds it, in words', () => {
  expect(holderWords(holder)).toBe(
    'arn:aws:sts::111122223333:assumed-role/Deployer/alice on build-7 (process 4242), https://ci.example.com/jobs/1, since 2026-11-23T09:00:00Z',
  );
  expect(holderWords({ host: 'build-7' })).toBe('somebody unknown on build-7');
  expect(holderWords({})).toBe('somebody unknown');
});
