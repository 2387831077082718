import { expect, test } from 'vitest';
import { escapeUnseen, unseen } from './unseen.ts';

test('whatever turns text around, ends a line or controls a terminal is escaped, and nothing else above ASCII', () => {
  const found: string[] = [];
  for (let code = 0x7f; code <= 0xffff; code += 1) {
    const character = String.fromCharCode(code);
    if (escapeUnseen(character) !== character) found.push(character);
  }
  // Unicode's own lists: control characters, separators of lines and paragraphs, and Bidi_Control.
  const listed = Array.from({ length: 0x10000 - 0x7f }, (_, index) =>
    String.fromCharCode(index + 0x7f),
  ).filter((character) => /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(character));
  expect(found).toEqual(listed);
});

test('JSON says the same afterwards', () => {
  const value = { 'a\u009b': 'b\u2028\u202e\u0085' };
  expect(escapeUnseen(JSON.stringify(value))).toBe('{"a\\u009b":"b\\u2028\\u202e\\u0085"}');
  expect(JSON.parse(escapeUnseen(JSON.stringify(value)))).toEqual(value);
  expect(JSON.stringify(value)).toMatch(unseen);
});
