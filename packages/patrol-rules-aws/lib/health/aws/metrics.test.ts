import { describe, expect, test } from 'vitest';
import { ofMetric } from '../metrics.ts';
import { unaccountedIn } from './metrics.ts';
import type { Counted } from './reads.ts';

const stack = 'patrol-base-security-production';
const topic = `${stack}-machines`;
const now = Date.parse('2026-11-20T12:00:00Z');

/** Counts what happened so many minutes ago, as CloudWatch does. */
function counting(published: readonly number[], accounted: readonly number[]) {
  const asked: string[] = [];
  const sums = async (metrics: readonly Counted[], until: number): Promise<readonly number[]> =>
    metrics.map(({ namespace, metric, dimension, within }) => {
      asked.push(`${namespace} ${metric} ${dimension?.join(' ') ?? ''}`.trim());
      const minutes = namespace === 'AWS/SNS' ? published : accounted;
      const times = minutes.map((ago) => now - ago * 60_000);
      return times.filter((at) => at >= until - within * 1000 && at < until).length;
    });
  return { sums, asked };
}

const missing = async (
  published: readonly number[],
  accounted: readonly number[],
  updated = 0,
): Promise<number> => {
  const stacks = [{ name: stack, rule: 'security', updated, topic }];
  const [found] = await unaccountedIn(stacks, counting(published, accounted), now);
  return found?.count ?? 0;
};

describe('what a notifier did not account for', () => {
  test.each<[string, readonly number[], readonly number[], number]>([
    ['nothing was published', [], [], 0],
    ['all was accounted for', [100, 60, 40], [99, 60, 38], 0],
    ['what was delivered twice', [60], [60, 59], 0],
    ['what may still come', [10], [], 0],
    ['what was missing at one look only', [20], [], 0],
    ['what came late, and came', [40], [2], 0],
    ['one that is missing at two looks', [100, 40], [100], 1],
    ['all of them', [170, 100, 40], [], 3],
    // It was told two hours ago, and every day again while it lasts.
    ['what is long past', [220], [], 0],
  ])('%s', async (_, published, accounted, count) => {
    expect(await missing(published, accounted)).toBe(count);
  });

  test('counts from when the stack was last changed: before that there may have been no notifier', async () => {
    const ago = (minutes: number): number => now - minutes * 60_000;
    expect(await missing([100, 40], [], ago(90))).toBe(1);
    expect(await missing([100, 40], [], ago(30))).toBe(0);
    expect(await missing([100, 40], [], ago(1))).toBe(0);
  });

  test('reads one metric where nothing was published, and another where something was', async () => {
    const read = async (...given: Parameters<typeof counting>): Promise<readonly string[]> => {
      const { sums, asked } = counting(...given);
      await unaccountedIn([{ name: stack, rule: 'security', updated: 0, topic }], { sums }, now);
      return asked;
    };
    const published = `AWS/SNS NumberOfMessagesPublished TopicName ${topic}`;
    const accounted = `Patrol ${stack}-NotifierAccounted`;
    expect(await read([], [])).toEqual([published]);
    expect(await read([60], [60])).toEqual([published, accounted]);
    expect(await read([60], [])).toEqual([published, accounted, published, accounted]);
  });

  test('is critical, and says how many', async () => {
    const stacks = [{ name: stack, rule: 'security', updated: 0, topic }];
    const found = await unaccountedIn(stacks, counting([60, 50], []), now);
    expect(found.map(ofMetric)).toMatchObject([
      {
        severity: 'critical',
        title: `Topic ${topic} got 2 alerts that the notifier did not account for`,
        group: 'unaccounted',
      },
    ]);
  });
});
