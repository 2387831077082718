import { expect, test } from 'vitest';
import { columnsOf, fit, jsonText, plain, printable } from './printable.ts';

test('printable shows what would move the cursor', () => {
  expect(printable('a\u001B[2Jb\r\n\tc\u0007\u009B€')).toBe('a\\x1b[2Jb\n\tc\\x07\\x9b€');
});

/** Those of Unicode's Bidi_Control, the separators of lines and paragraphs, and controls above ASCII. */
const others = [
  '\u007f',
  '\u0080',
  '\u0085',
  '\u009f',
  '\u061c',
  '\u200e',
  '\u200f',
  '\u2028',
  '\u2029',
  '\u202a',
  '\u202b',
  '\u202c',
  '\u202d',
  '\u202e',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
];

test.each(others)('printable shows what would turn the text around: %j', (character) => {
  const code = character.charCodeAt(0).toString(16);
  const name = code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code}`;
  expect(printable(`a${character}b`)).toBe(`a${name}b`);
  expect(plain(`a${character}b`)).toBe(`a${name}b`);
});

test('what is beside them stays', () => {
  const text = 'ä \u00a0 \u061b \u2027 \u202f 日本 🦊 ❤\ufe0f';
  expect(printable(text)).toBe(text);
});

test('characters without a width are shown', () => {
  expect(printable('ma\u200bin\u00ad\u{e0041}')).toBe('ma\\u200bin\\xad\\u{e0041}');
});

test('JSON is escaped where it would not be, and says the same', () => {
  const value = { [`k${others.join('')}`]: `v${others.join('')} ä\n` };
  const text = jsonText(value);
  expect(text).toMatch(/^[ -~ä]*$/);
  expect(text).toContain('v\\u007f\\u0080');
  expect(JSON.parse(text)).toEqual(value);
  expect(JSON.parse(jsonText(value, 2))).toEqual(value);
});

test('plain is one line of it', () => {
  expect(plain('no\u001b[31m\r\n  way')).toBe('no\\x1b[31m way');
});

test('a line is cut by the columns that it takes', () => {
  expect(fit('ten chars.', 10)).toBe('ten chars.');
  expect(fit('eleven char', 10)).toBe('eleven ch…');
  expect(fit('漢字漢字', 5)).toBe('漢字…');
  expect(fit('a\tb\nc', 10)).toBe('a b c');
  expect([fit('ab', 1), fit('ab', 0)]).toEqual(['…', '']);
  expect([columnsOf('→ ⠋ … ─'), columnsOf('é'), columnsOf('😀')]).toEqual([7, 1, 2]);
});
