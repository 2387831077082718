import { describe, expect, test } from 'vitest';
import { chosen, conditionsIn } from './conditions.ts';

const ref = (Ref: string): unknown => ({ Ref });
const equals = (one: unknown, other: unknown): unknown => ({ 'Fn::Equals': [one, other] });
const text = JSON.stringify({
  Parameters: { Email: { Default: '' }, Id: {}, Hidden: { NoEcho: true, Default: '' } },
  Conditions: {
    None: equals(ref('Email'), ''),
    Given: { 'Fn::Not': [equals(ref('Email'), '')] },
    Both: { 'Fn::And': [{ Condition: 'Given' }, equals(ref('Id'), 'o-1')] },
    Either: { 'Fn::Or': [{ Condition: 'Given' }, equals(ref('Id'), 'o-1')] },
    Secret: equals(ref('Hidden'), ''),
    Here: equals(ref('AWS::Region'), 'us-east-1'),
  },
});

describe('conditions', () => {
  test.each([
    ['None', {}, true],
    ['None', { Email: 'a' }, false],
    ['Given', { Email: 'a' }, true],
    ['Both', { Email: 'a', Id: 'o-1' }, true],
    ['Both', { Email: 'a', Id: 'o-2' }, false],
    ['Both', { Email: '' }, false],
    ['Both', { Email: 'a' }, undefined],
    ['Either', { Email: 'a' }, true],
    ['Either', { Id: 'o-1' }, true],
    ['Either', {}, undefined],
    ['Either', { Id: 'o-2' }, false],
    ['Secret', {}, undefined],
    ['Here', {}, undefined],
    ['NoSuch', {}, undefined],
  ])('%s with %o', (condition, values, holds) => {
    expect(conditionsIn(text, values)(condition)).toBe(holds);
  });

  test('choices are made where they can be', () => {
    const decide = conditionsIn(text, { Email: 'a' });
    const value = {
      A: { 'Fn::If': ['Given', ref('One'), ref('Other')] },
      B: { 'Fn::If': ['None', 'x', ref('AWS::NoValue')] },
      C: [{ 'Fn::If': ['None', 'x', ref('AWS::NoValue')] }, 'y'],
      D: { 'Fn::If': ['Here', 'x', 'y'] },
    };
    expect(chosen(value, decide)).toEqual({
      A: ref('One'),
      C: ['y'],
      D: { 'Fn::If': ['Here', 'x', 'y'] },
    });
  });
});
