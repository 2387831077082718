import { names, number, pairs, patterns } from '@patrol/core';
import { type ParameterSpec, parseParameter } from '@patrol/core/evaluation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds, textOf, valueOf, wrongItem } from './values.ts';

const spec: Readonly<Record<'names' | 'patterns' | 'pairs' | 'number', ParameterSpec>> = {
  names: names('N.', { default: '' }),
  patterns: patterns('P.', { default: '', suppresses: true }),
  pairs: pairs('P.', ['role', 'policy'], { default: '' }),
  number: number('N.', { default: '1' }),
};

describe('textOf', () => {
  test('joins lists with commas, and adds suppressions behind what is there', () => {
    expect(textOf(spec.names, ['a', ' b '])).toEqual({ text: 'a,b' });
    expect(textOf(spec.names, 'a, b', ['c'])).toEqual({ text: 'a,b,c' });
    expect(textOf(spec.patterns, '', ['a{1,3}'])).toEqual({ text: 'a{1,3}' });
    expect(textOf(spec.names, [])).toEqual({ text: '' });
  });

  test('leaves a text as it is when nothing is added', () => {
    expect(textOf(spec.names, 'a , b')).toEqual({ text: 'a , b' });
    expect(textOf(undefined, '30')).toEqual({ text: '30' });
    expect(textOf(undefined, ['111122223333', '444455556666'])).toEqual({
      text: '111122223333,444455556666',
    });
  });

  test('refuses what is not read as it is written', () => {
    expect(textOf(spec.number, ['1', '2'])).toEqual({ wrong: { code: 'oneValue' } });
    // Each is an expression; between them the comma would stand in brackets.
    expect(textOf(spec.patterns, ['a{', 'b}'])).toEqual({
      wrong: { code: 'brokenItem', item: 'a{' },
    });
  });
});

/** What the parameter itself refuses. */
const value = (why: RegExp) => ({ code: 'value', why: expect.stringMatching(why) });

test.each([
  [spec.names, 'a*', undefined],
  [spec.names, 'a,b', { code: 'comma', item: 'a,b', escapes: false }],
  [spec.patterns, 'a{1,3}', undefined],
  [spec.patterns, 'a,b', { code: 'comma', item: 'a,b', escapes: true }],
  [spec.patterns, 'a\\,b', undefined],
  [spec.patterns, '(', value(/is not a regular expression/)],
  [spec.patterns, '.*', value(/would mute most alerts/)],
  [spec.pairs, 'a', value(/is not a pair; expected role:policy/)],
])('an item of a list by itself', (each, item, wrong) => {
  expect(wrongItem(each, item)).toEqual(wrong);
});

test('holds tells whether an item stands in a value', () => {
  expect(holds(spec.names, 'a, b', 'b')).toBe(true);
  expect(holds(spec.names, ['a', 'b'], ' b ')).toBe(true);
  expect(holds(spec.names, ['ab'], 'b')).toBe(false);
});

describe('lists', () => {
  const piece = fc.constantFrom(...'a b c , { } ( ) [ ] \\ \\, . * : - ^ $'.split(' '));
  const item = fc
    .oneof(
      fc.array(piece, { minLength: 1, maxLength: 6 }).map((all) => all.join('')),
      fc.string(),
    )
    .filter((text) => text.trim() !== '');
  const kind = fc.constantFrom(spec.names, spec.patterns, spec.pairs);

  test('are read by the rule as the items that they are written as, or refused', () => {
    fc.assert(
      fc.property(kind, fc.array(item, { minLength: 1, maxLength: 4 }), (each, items) => {
        const text = textOf(each, items);
        if ('wrong' in text || items.some((one) => wrongItem(each, one) !== undefined)) return;
        expect(parseParameter(each, text.text)).toHaveProperty(
          'items',
          items.map((one) => one.trim()),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('are found again in a text only when they give the same text', () => {
    expect(valueOf(spec.names, 'a,b')).toEqual(['a', 'b']);
    expect(valueOf(spec.names, 'a, b')).toBe('a, b');
    expect(valueOf(spec.names, '')).toBe('');
    expect(valueOf(undefined, 'a,b')).toBe('a,b');
    fc.assert(
      fc.property(
        kind,
        fc.array(item).map((all) => all.join(',')),
        (each, text) => {
          expect(textOf(each, valueOf(each, text))).toEqual({ text });
        },
      ),
      { numRuns: 1000 },
    );
  });
});
