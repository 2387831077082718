import type { ParameterSpec } from '@patrol/core/evaluation';
import type { RuleManifest } from '@patrol/core/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Stack } from '../cloud/cloud.ts';
import type { Ground } from '../destinations/values.ts';
import { keptValue, lostValues, undecided } from './kept.ts';

const spec = (standard?: string, formerly?: readonly string[]): ParameterSpec => ({
  kind: 'text',
  description: 'A text.',
  ...(standard === undefined ? { example: 'x' } : { default: standard }),
  ...(formerly ? { formerly } : {}),
});

type Texts = Readonly<Record<string, string>>;
type Known = Pick<Ground, 'rule' | 'template' | 'current' | 'defaults'>;

const ground = (
  parameters: Readonly<Record<string, ParameterSpec>>,
  stack: Texts | undefined,
  defaults?: Texts,
): Known => ({
  rule: { name: 'watch', parameters } as unknown as RuleManifest,
  template: {
    text: '',
    resources: {},
    parameters: {
      KeepFor: { Default: 30 },
      ...Object.fromEntries(Object.keys(parameters).map((name) => [name, {}])),
    },
  },
  current: stack && ({ parameters: stack } as unknown as Stack),
  ...(defaults ? { defaults } : {}),
});

test.each<readonly [string, ParameterSpec, Texts | undefined, Texts | undefined, unknown]>([
  ['nothing stands', spec('new'), undefined, undefined, undefined],
  ['the stack has no value', spec('new'), {}, { limit: 'old' }, undefined],
  [
    'it is the old default',
    spec('new'),
    { limit: 'old' },
    { limit: 'old' },
    { name: 'limit', text: 'new', from: 'default', was: 'old' },
  ],
  [
    'the default is the same',
    spec('old'),
    { limit: 'old' },
    { limit: 'old' },
    { name: 'limit', text: 'old', from: 'stack' },
  ],
  [
    'it is another value',
    spec('new'),
    { limit: 'own' },
    { limit: 'old' },
    { name: 'limit', text: 'own', from: 'stack' },
  ],
  [
    'nobody knows the old default',
    spec('new'),
    { limit: 'old' },
    undefined,
    { name: 'limit', text: 'old', from: 'stack' },
  ],
  [
    'there was no default',
    spec('new'),
    { limit: 'old' },
    {},
    { name: 'limit', text: 'old', from: 'stack' },
  ],
  [
    'there is no default any more',
    spec(),
    { limit: 'old' },
    { limit: 'old' },
    { name: 'limit', text: 'old', from: 'stack' },
  ],
  [
    'the default is empty now',
    spec(''),
    { limit: 'old' },
    { limit: 'old' },
    { name: 'limit', text: '', from: 'default', was: 'old' },
  ],
  [
    'the default was empty',
    spec('new'),
    { limit: '' },
    { limit: '' },
    { name: 'limit', text: 'new', from: 'default', was: '' },
  ],
  [
    'it has a former name',
    spec('new', ['most']),
    { most: 'own' },
    { most: 'old' },
    { name: 'most', text: 'own', from: 'stack' },
  ],
  [
    'it is the old default of a former name',
    spec('new', ['most']),
    { most: 'old' },
    { most: 'old' },
    { name: 'most', text: 'new', from: 'default', was: 'old' },
  ],
  [
    'another parameter had that default',
    spec('new'),
    { limit: 'old' },
    { other: 'old' },
    { name: 'limit', text: 'old', from: 'stack' },
  ],
  [
    'it has both names',
    spec('new', ['most']),
    { most: 'a', limit: 'b' },
    {},
    { name: 'limit', text: 'b', from: 'stack' },
  ],
])('what a stack keeps when %s', (_, limit, stack, defaults, expected) => {
  expect(keptValue(ground({ limit }, stack, defaults), 'limit', limit)).toEqual(expected);
});

test('a number among the defaults is the text that CloudFormation echoes', () => {
  const known = ground({}, { KeepFor: '90' }, { KeepFor: '90' });
  expect(keptValue(known, 'KeepFor')).toEqual({
    name: 'KeepFor',
    text: '30',
    from: 'default',
    was: '90',
  });
  expect(keptValue(ground({}, { KeepFor: '30' }, { KeepFor: '90' }), 'KeepFor')).toMatchObject({
    from: 'stack',
  });
});

test('a value may be an old default when it is not given, not hidden, and not the default of today', () => {
  const parameters = {
    same: spec('a'),
    other: spec('a'),
    given: spec('a'),
    givenByFormerName: spec('a', ['before']),
    hidden: spec('a'),
    required: spec(),
  };
  const stack = {
    same: 'a',
    other: 'b',
    given: 'b',
    before: 'b',
    hidden: '****',
    required: 'b',
    KeepFor: '7',
  };
  expect(undecided(ground(parameters, stack), { given: 'b', before: 'c' })).toEqual([
    { name: 'other', value: 'b', default: 'a' },
    { name: 'KeepFor', value: '7', default: '30' },
  ]);
});

test('lost is what has no parameter, under no name, and is neither empty nor a default', () => {
  const known = ground({ limit: spec('a', ['most', 'atMost']) }, undefined);
  const stack = { limit: 'x', KeepFor: '7', most: 'y', gone: 'z', empty: '', standard: 'd' };
  expect(lostValues(known, stack, { standard: 'd', gone: 'd' })).toEqual([
    { name: 'most', value: 'y' },
    { name: 'gone', value: 'z' },
  ]);
  // A former name is taken where today's is not there: of several the first.
  expect(lostValues(known, { most: 'y', atMost: 'x' }, {})).toEqual([
    { name: 'atMost', value: 'x' },
  ]);
  expect(lostValues(known, { gone: 'd' }, undefined)).toEqual([{ name: 'gone', value: 'd' }]);
});

test('every value of a stack is kept, follows a default, or is told as lost', () => {
  const names = ['limit', 'most', 'atMost', 'note', 'gone', 'KeepFor'];
  const texts = fc.dictionary(fc.constantFrom(...names), fc.constantFrom('', 'a', 'b'));
  const parameters = { limit: spec('a', ['most', 'atMost']), note: spec() };
  fc.assert(
    fc.property(texts, texts, (stack, defaults) => {
      const known = ground(parameters, stack, defaults);
      const kept = [
        keptValue(known, 'limit', parameters.limit),
        keptValue(known, 'note', parameters.note),
        keptValue(known, 'KeepFor'),
      ].filter((each) => each !== undefined);
      for (const { name, text, was } of kept) expect(was ?? text).toBe(stack[name]);
      const lost = lostValues(known, stack, defaults).map(({ name }) => name);
      for (const [name, value] of Object.entries(stack)) {
        const isKept = kept.some((each) => each.name === name);
        const isDefault = Object.hasOwn(defaults, name) && defaults[name] === value;
        expect([name, isKept || value === '' || isDefault]).toEqual([name, !lost.includes(name)]);
      }
    }),
  );
});
