import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callsPerSecond, paced } from './pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('calls are made in their order, so many in a second, each with its own answer', async () => {
  const made: number[] = [];
  const calls = paced({
    double: async (number: number): Promise<number> => {
      made.push(number);
      if (number === 3) throw new Error('not three');
      return 2 * number;
    },
  });
  const answers = Promise.allSettled(
    Array.from({ length: 2 * callsPerSecond + 1 }, (_, index) => calls.double(index)),
  );
  await vi.advanceTimersByTimeAsync(900);
  expect(made).toEqual([0, 1, 2, 3, 4]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(made).toHaveLength(2 * callsPerSecond);
  await vi.advanceTimersByTimeAsync(1000);
  expect(
    (await answers).map((each) => ('value' in each ? each.value : each.reason.message)),
  ).toEqual([0, 2, 4, 'not three', 8, 10, 12, 14, 16, 18, 20]);
});

test('whenever calls come, none is made sooner after another than the limit allows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 2, maxLength: 20 }),
      async (pauses) => {
        const made: number[] = [];
        const calls = paced({ call: async () => void made.push(Date.now()) });
        const answers: unknown[] = [];
        for (const pause of pauses) {
          await vi.advanceTimersByTimeAsync(pause);
          answers.push(calls.call());
        }
        await vi.advanceTimersByTimeAsync((pauses.length + 1) * 1000);
        await Promise.all(answers);
        const gaps = made.slice(1).map((time, index) => time - (made[index] ?? 0));
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000 / callsPerSecond);
      },
    ),
  );
});
