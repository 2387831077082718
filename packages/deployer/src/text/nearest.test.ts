import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const names = ['deploy', 'delete', 'diff', 'aws/cloudTrail'];

test.each([
  ['deply', 'deploy'],
  ['DIFF', 'diff'],
  ['aws/cloudTrial', 'aws/cloudTrail'],
  ['aws/CLOUDTRAIL', 'aws/cloudTrail'],
  ['something', undefined],
  ['d'.repeat(200), undefined],
])('%s: %s', (word, found) => {
  expect(nearest(word, names)).toBe(found);
});

test('the word itself is no suggestion', () => {
  expect(nearest('diff', ['diff'])).toBeUndefined();
  expect(nearest('diff', ['diff', 'Diff'])).toBe('Diff');
});
