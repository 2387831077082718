import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Block, elapsed } from './block.ts';
import { columnsOf } from '../text/printable.ts';
import { event as someEvent, status as someStatus } from '../testing/report.ts';
import type { Note } from '../notes/tell.ts';

const room = { columns: 100, rows: 24 };
const shown = (block: Block, now: number, at = room): readonly string[] =>
  block.lines(now, at).map(({ text }) => text.replace(/^[⠀-⣿]/u, '*'));
const status = (more: Partial<typeof someStatus> = {}): Note => ({ ...someStatus, ...more });
const event = (resource: string, stack = 's'): Note => ({
  ...someEvent,
  stack,
  id: resource,
  resource,
});

describe('one stack', () => {
  test('how far it is, what it waits for, its last events; gone at the end', () => {
    const block = new Block();
    expect(block.isEmpty).toBe(true);
    block.take(status(), 1000);
    for (const name of ['A', 'B', 'C', 'D', 'E', 'F']) block.take(event(name), 2000);
    expect(shown(block, 66_000)).toEqual([
      '* s: 3 of 12 resources, 1 min 05 s',
      '  waiting for Function, Alarm',
      ...['B', 'C', 'D', 'E', 'F'].map(
        (name) => `  09:08:07  CREATE_COMPLETE  ${name} AWS::SQS::Queue`,
      ),
    ]);
    block.take({ type: 'ended', stack: 's', ok: true, status: 'CREATE_COMPLETE', seconds: 9 }, 0);
    expect(block.isEmpty).toBe(true);
  });

  test('more resources than were announced; none announced', () => {
    const block = new Block();
    block.take(status({ done: 14, waiting: [] }), 0);
    expect(shown(block, 0)).toEqual(['* s: 14 of 14 resources, 0 s']);
    const { total: _, ...unannounced } = someStatus;
    block.take(unannounced, 0);
    expect(shown(block, 0)[0]).toBe('* s: 3 resources, 0 s');
  });
});

describe('several stacks', () => {
  const account = '1';
  const west = { stack: 's', region: 'eu-west-1', account };
  const east = { stack: 's', region: 'us-east-1', account };

  test('a line for each that is in progress, by stack and region, and a count', () => {
    const block = new Block();
    block.take({ type: 'stacks', total: 5 }, 0);
    expect(shown(block, 0)).toEqual(['0 of 5 stacks done, 0 failed, 0 in progress, 5 to do, 0 s']);
    block.take({ type: 'begin', ...west }, 1000);
    block.take({ type: 'begin', ...east }, 2000);
    block.take({ type: 'progress', message: 'Uploading', ...east }, 2000);
    block.take(status({ ...west, waiting: ['Function'] }), 3000);
    expect(shown(block, 4000)).toEqual([
      '* s eu-west-1 1  3 of 12 resources, 3 s, waiting for Function',
      '* s us-east-1 1  Uploading, 2 s',
      '0 of 5 stacks done, 0 failed, 2 in progress, 3 to do, 4 s',
    ]);
    // Deleted before it is created anew: not done yet.
    block.take({ type: 'ended', ...west, ok: true, status: 'DELETE_COMPLETE', seconds: 1 }, 0);
    expect(shown(block, 4000)).toHaveLength(3);
    block.take({ type: 'finished', ...west, ok: true, did: 'create', message: '' }, 0);
    block.take({ type: 'finished', ...east, ok: false, did: 'create', message: '' }, 0);
    expect(block.lines(5000, room)).toEqual([
      { text: '1 of 5 stacks done, 1 failed, 0 in progress, 3 to do, 5 s', paint: 'red' },
    ]);
    expect(block.isEmpty).toBe(false);
    block.take({ type: 'result', ok: false, did: 'none', message: '' }, 0);
    expect(block.isEmpty).toBe(true);
  });

  test('in a narrow terminal names are shortened, not what is counted', () => {
    const block = new Block();
    const account = '111122223333';
    block.take({ type: 'stacks', total: 3 }, 0);
    for (const [stack, done] of [
      ['patrol-aws-cloudTrail-production', 3],
      ['patrol-aws-assumeRole-production', 11],
    ] as const) {
      block.take({ type: 'begin', stack, region: 'eu-west-1', account }, 0);
      block.take(status({ stack, region: 'eu-west-1', account, done }), 0);
    }
    expect(shown(block, 5000, { columns: 40, rows: 24 })).toEqual([
      '* aws-cloudT…  3 of 12 resources, 5 s,…',
      '* aws-assume…  11 of 12 resources, 5 s…',
      '0 of 3 stacks done, 0 failed, 2 in pro…',
    ]);
    expect(shown(block, 5000, { columns: 120, rows: 24 })[0]).toBe(
      '* patrol-aws-cloudTrail-production eu-west-1 111122223333  3 of 12 resources, 5 s, waiting for Function, Alarm',
    );
  });

  test('more than there are rows are counted', () => {
    const block = new Block();
    block.take({ type: 'stacks', total: 50 }, 0);
    for (let index = 0; index < 30; index += 1) {
      block.take({ type: 'begin', stack: `s${index}`, region: 'eu-west-1', account }, 0);
    }
    const lines = shown(block, 0, { columns: 100, rows: 8 });
    expect(lines).toHaveLength(7);
    expect(lines.slice(-2)).toEqual([
      '  and 25 more',
      '0 of 50 stacks done, 0 failed, 30 in progress, 20 to do, 0 s',
    ]);
  });
});

test('whatever a terminal measures and names hold, no line is too wide and none too many', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 120 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      (columns, rows, names, several) => {
        const block = new Block();
        if (several) block.take({ type: 'stacks', total: 3 }, 0);
        for (const name of names) {
          block.take(status({ stack: name, waiting: names }), 0);
          block.take(event(name, name), 0);
        }
        const lines = block.lines(5000, { columns, rows });
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
        for (const { text } of lines) {
          expect(columnsOf(text)).toBeLessThanOrEqual(Math.max(1, columns - 1));
          expect(text).not.toMatch(/\p{Cc}/u);
        }
      },
    ),
  );
});

test('elapsed time', () => {
  expect([0, 59_999, 60_000, 3_605_000].map(elapsed)).toEqual([
    '0 s',
    '59 s',
    '1 min 00 s',
    '60 min 05 s',
  ]);
});
