import { expect, test } from 'vitest';
import { clean, escapeUnseen, isPrintable, unseen } from './unseen.ts';

test('whatever turns text around, ends a line, controls a terminal or has no width is escaped, and nothing else above ASCII', () => {
  const found: string[] = [];
  for (let code = 0x7f; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code);
    if (escapeUnseen(character) !== character) found.push(character);
  }
  // Unicode's own lists. U+FE0F makes emoji colourful.
  const listed = Array.from({ length: 0x110000 - 0x7f }, (_, index) =>
    String.fromCodePoint(index + 0x7f),
  ).filter(
    (character) =>
      character !== '\ufe0f' &&
      /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u.test(character),
  );
  expect(found).toEqual(listed);
});

test('JSON says the same afterwards', () => {
  const value = { 'a\u009b': 'b\u2028\u202e\u0085' };
  expect(escapeUnseen(JSON.stringify(value))).toBe('{"a\\u009b":"b\\u2028\\u202e\\u0085"}');
  expect(JSON.parse(escapeUnseen(JSON.stringify(value)))).toEqual(value);
  expect(JSON.stringify(value)).toMatch(unseen);
});

test('characters without a width are shown on a line, and cannot be copied from it', () => {
  expect(clean('ma\u200bin\u{e0041}\ttrail')).toBe('ma\\u200bin\\udb40\\udc41 trail');
  expect(isPrintable('ma\u200bin')).toBe(false);
  expect(isPrintable('ma in')).toBe(true);
});
