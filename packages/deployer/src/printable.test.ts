import { expect, test } from 'vitest';
import { plain, printable } from './printable.ts';

test('printable shows what would move the cursor', () => {
  expect(printable('a\u001B[2Jb\r\n\tc\u0007\u009B€')).toBe('a\\x1b[2Jb\n\tc\\x07\\x9b€');
});

test('plain is one line of it', () => {
  expect(plain('no\u001b[31m\r\n  way')).toBe('no\\x1b[31m way');
});
