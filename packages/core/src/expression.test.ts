import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpression, type ExpressionOptions, mostPlaces } from './expression.ts';

/** What JavaScript makes of an expression. */
function native(source: string, { ignoreCase, anywhere }: ExpressionOptions): RegExp {
  return new RegExp(anywhere ? source : `^(?:${source})$`, ignoreCase ? 'i' : '');
}

/** Why an expression is refused. */
function refusal(source: string): string {
  try {
    compileExpression(source);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${source} is taken.`);
}

const letters = [
  'a',
  'b',
  'B',
  '_',
  '1',
  '-',
  '.',
  ' ',
  '\n',
  '\u2028',
  'ſ',
  'K',
  'µ',
  'Σ',
  'ς',
  '😀',
  '{',
  '}',
  ']',
  ',',
];

const atom = fc.constantFrom(
  'a',
  'b',
  'B',
  '1',
  '-',
  ' ',
  ',',
  '{',
  '}',
  ']',
  '😀',
  'µ',
  'σ',
  'k',
  's',
  '\n',
  '/',
  '{,2}',
  '{a',
  '.',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '\\n',
  '\\x61',
  '\\u0061',
  '\\-',
  '\\.',
  '\\\\',
  '\\]',
  '\\_',
  '[ab]',
  '[^a]',
  '[a-]',
  '[]',
  '[^]',
  '[\\w-]',
  '[^\\s\\d]',
  '[\\b]',
  '[\\]a]',
  '[σ]',
  '[😀]',
  '[a-zA-Z]',
  '[(|)*]',
);
const edge = fc.constantFrom('^', '$', '\\b', '\\B');
const times = fc.constantFrom(
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '{0}',
  '{1}',
  '{2}',
  '{0,2}',
  '{1,}',
  '{2,3}?',
  '{0,}',
);
const open = fc.constantFrom('(', '(?:', '(?<name>');
const look = fc.constantFrom('(?=', '(?!', '(?<=', '(?<!');

/** Expressions of all that is known, nested. */
const { either: expression } = fc.letrec<{ either: string; piece: string }>((tie) => ({
  either: fc
    .array(
      fc.array(tie('piece'), { maxLength: 3 }).map((pieces) => pieces.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((sides) => sides.join('|')),
  piece: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 4, arbitrary: fc.tuple(atom, times).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: edge },
    {
      weight: 2,
      arbitrary: fc
        .tuple(open, tie('either'), times)
        .map(([opening, inner, many]) => `${opening}${inner})${many}`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(look, tie('either')).map(([opening, inner]) => `${opening}${inner})`),
    },
  ),
}));

const value = fc
  .array(fc.constantFrom(...letters), { maxLength: 5 })
  .map((parts) => parts.join(''));

describe('an expression', () => {
  test('matches what JavaScript says that it matches', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(
        expression,
        fc.array(value, { minLength: 1, maxLength: 5 }),
        fc.record({ ignoreCase: fc.boolean(), anywhere: fc.boolean() }),
        (source, values, options) => {
          let expected;
          try {
            expected = native(source.replaceAll('?<name>', ''), options);
          } catch {
            // Such as `a{2}{1}`, by what two pieces are side by side.
            expect(() => compileExpression(source)).toThrow('is not a regular expression');
            return;
          }
          const { matches } = compileExpression(source, options);
          for (const each of values) {
            const answer = expected.test(each);
            expect([source, options, each, matches(each)]).toEqual([source, options, each, answer]);
            seen[answer ? 'yes' : 'no'] += 1;
          }
        },
      ),
      // Always the same ones, since JavaScript takes too long for some others.
      { numRuns: 1500, seed: 20261127 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(1000);
  });

  test('is taken or refused as JavaScript does, but for what is not matched here', () => {
    const piece = fc.constantFrom(...'ab()[]{}*+?|\\.^$-1,:=!<>'.split(''), '(?', '{1,2}', '\\d');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const source = pieces.join('');
        let refused = '';
        try {
          compileExpression(source);
        } catch (error) {
          refused = (error as Error).message;
        }
        let isNative = true;
        try {
          native(source, { anywhere: true });
        } catch {
          isNative = false;
        }
        if (!isNative)
          expect([source, refused]).toEqual([source, expect.stringMatching(/^is not|^cannot/)]);
        // JavaScript reads some slips of the pen as if they were meant.
        else
          expect([source, refused]).toEqual([
            source,
            expect.stringMatching(/^$|has no meaning|refers back|to repeat|known group/),
          ]);
      }),
      { numRuns: 2000 },
    );
  });

  // JavaScript would still be busy with each of these when the sun has burnt out, or after minutes for the last three.
  test.each([
    ['(a+)+b', {}],
    ['(a|a)*b', {}],
    ['(a|aa)+b', {}],
    ['^(\\w+\\s?)*$', {}],
    ['(a*)*b', { anywhere: true }],
    ['((a+)+)+b', { anywhere: true, ignoreCase: true }],
    ['(a?){200}a{200}b', {}],
    ['(?=(a+)+b)a', { anywhere: true }],
    ['(?<=(a+)+b)', { anywhere: true }],
    ['(?:(?=(a|a)*b)a|a)*b', {}],
    ['a*a*a*a*a*a*a*b', {}],
    ['.*a.*a.*a.*a.*a.*b', {}],
    ['(.*,){9}P', { anywhere: true }],
  ] as const)('%s has its answer for the worst value', (source, options) => {
    const { matches, places } = compileExpression(source, options);
    expect(places).toBeLessThanOrEqual(mostPlaces);
    expect(matches(`${'a'.repeat(1023)}!`)).toBe(false);
    expect(matches('a'.repeat(1024))).toBe(source.startsWith('^'));
  });

  test('says nothing of one value about another', () => {
    const { matches } = compileExpression('(?=a).|b');
    expect(['a', 'b', 'c', 'a', 'b'].map(matches)).toEqual([true, true, false, true, true]);
  });

  test.each([
    ['(', 1, '( is not closed. Write ) at its end, or \\( for the character.'],
    ['ab(?:c', 3, '(?: is not closed. Write ) at its end, or \\( for the character.'],
    ['a)|(?:b', 2, 'the ) closes no group. Write \\) for the character.'],
    ['x[a', 2, 'the class is not closed. Write ] at its end, or \\[ for the character.'],
    ['[z-a]', 1, 'a range in [z-a] ends before it begins. Write the lower character first.'],
    ['a**', 3, 'there is nothing for * to repeat. Write \\* for the characters.'],
    ['^+', 2, 'there is nothing for + to repeat. Write \\+ for the characters.'],
    ['(?=a)*', 6, 'there is nothing for * to repeat. Write \\* for the characters.'],
    ['a|{2}', 3, 'there is nothing for {2} to repeat. Write \\{2} for the characters.'],
    ['a{3,2}', 2, 'the second number of {3,2} is lower. Write the lower number first.'],
    ['(?i:a)', 1, 'no known group begins. Expected (, (?:, (?<name>, (?=, (?!, (?<= or (?<!.'],
    [
      'a\\p{L}',
      2,
      '\\p has no meaning. Write the character without \\, or a class such as [A-Za-z].',
    ],
    [
      '[\\q]',
      2,
      '\\q has no meaning. Write the character without \\, or a class such as [A-Za-z].',
    ],
    ['a\\', 2, 'nothing follows the \\. Write \\\\ for the character.'],
    [`${'('.repeat(51)}a${')'.repeat(51)}`, 51, 'more than 50 groups are open. Use fewer.'],
  ])('that cannot be read says what is wrong, and where: %s', (source, at, text) => {
    expect(refusal(source)).toBe(`is not a regular expression: at character ${at}, ${text}`);
  });

  test.each([
    ['(a)\\1', 4, '\\1'],
    ['(?<n>a)\\k<n>', 8, '\\k<n>'],
    ['[ab]\\12', 5, '\\12'],
  ])('that refers back to a group is refused: %s', (source, at, what) => {
    expect(refusal(source)).toBe(
      `cannot be matched in linear time: at character ${at}, ${what} refers back to a group. Write out what can stand there.`,
    );
  });

  test.each([
    'a{1000}',
    '(a|b){1,500}',
    '(a{40}){40}',
    '((((a{9}){9}){9}){9}){9}',
    'a{99999999999999999999}',
    '(?:){0,99999999}',
    '(?=a{600})(?<=a{600})',
    'a'.repeat(1000),
  ])('that is too long with its repeats written out is refused: %s', (source) => {
    expect(refusal(source)).toBe(
      'is too long: at most 1000 characters are allowed, with all repeats written out. Use smaller numbers in {}, or * and +.',
    );
  });

  test.each(['a{900}', '((((){9999999}){9999999}){9999999}){9999999}', 'a'.repeat(990)])(
    'that is not too long is taken: %s',
    (source) => {
      expect(compileExpression(source).places).toBeLessThanOrEqual(mostPlaces);
    },
  );
});
