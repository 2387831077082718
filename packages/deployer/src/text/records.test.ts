import { expect, it } from 'vitest';
import { compact } from './records.ts';

interface Found {
  readonly name: string;
  readonly reason?: string;
  readonly count?: number;
  readonly parts?: readonly unknown[];
}

it('leaves out what is undefined, and nothing else that is empty', () => {
  const found: Found = compact({ name: '', reason: undefined, count: 0, parts: [undefined] });
  expect(Object.entries(found)).toEqual([
    ['name', ''],
    ['count', 0],
    ['parts', [undefined]],
  ]);
});

it('takes only what the type of the record has', () => {
  // @ts-expect-error The member is misspelled.
  const misspelled: Found = compact({ name: '', raeson: '' });
  // @ts-expect-error The name may not be left out.
  const nameless: Found = compact({ name: undefined });
  // @ts-expect-error Nothing says what the record is to be.
  const unknown = compact({ name: '' });
  expect([misspelled, nameless, unknown]).toHaveLength(3);
});
