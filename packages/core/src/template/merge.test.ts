import { expect, test } from 'vitest';
import { merge } from './merge.ts';

const resource = { Type: 'AWS::SQS::Queue', Properties: {} };

test('joins sections in the order of the parts, and leaves out what nobody fills', () => {
  const merged = merge(
    { Resources: { B: resource } },
    {},
    { Resources: { A: resource }, Outputs: { O: { Value: 1 } } },
    {
      Conditions: { C: true },
      Metadata: { M: 1 },
      Rules: { R: 1 },
      Parameters: { P: { Type: 'String' } },
    },
  );
  expect(merged).toEqual({
    Metadata: { M: 1 },
    Parameters: { P: { Type: 'String' } },
    Rules: { R: 1 },
    Conditions: { C: true },
    Resources: { B: resource, A: resource },
    Outputs: { O: { Value: 1 } },
  });
  expect(Object.keys(merged.Resources ?? {})).toEqual(['B', 'A']);
  expect(merge()).toEqual({});
});

test.each(['Metadata', 'Parameters', 'Rules', 'Conditions', 'Resources', 'Outputs'] as const)(
  'refuses two of one name in %s',
  (section) => {
    const part = { [section]: { Same: resource } };
    expect(() => merge(part, part)).toThrow(`${section}.Same is defined twice.`);
  },
);

test('takes one name in two sections, and names of Object', () => {
  expect(() =>
    merge({ Resources: { Same: resource } }, { Outputs: { Same: { Value: 1 } } }),
  ).not.toThrow();
  expect(merge({ Outputs: { constructor: { Value: 1 } } }).Outputs).toEqual({
    constructor: { Value: 1 },
  });
});

test('changes none of its parts', () => {
  const first = Object.freeze({ Resources: Object.freeze({ A: resource }) });
  merge(first, { Resources: { B: resource } });
  expect(Object.keys(first.Resources)).toEqual(['A']);
});
