import { expect, test } from 'vitest';
import { namesOf } from './names.ts';

test('the same names are the same file, in whatever order they are written', () => {
  const one = namesOf({ accountNames: { '1': 'a', '2': 'b' }, networks: { x: 'x', w: 'w' } });
  const other = namesOf({ accountNames: { '2': 'b' }, networks: { w: 'w', x: 'x' } }, { '1': 'a' });
  expect(other).toEqual(one);
  expect(namesOf({ accountNames: { '1': 'b' } }).sha256).not.toBe(one.sha256);
});

test('those of the file go before those of AWS Organizations', () => {
  const { text } = namesOf({ accountNames: { '1': 'mine' } }, { '1': 'theirs', '2': 'b' });
  expect(JSON.parse(text)).toEqual({ accounts: { '1': 'mine', '2': 'b' }, networks: {} });
});

test('no names are no file', () => {
  expect(namesOf({})).toEqual({ sha256: '', text: '' });
  expect(namesOf({ accountNames: {}, networks: {} })).toEqual({ sha256: '', text: '' });
});
