import { describe, expect, test } from 'vitest';
import { evaluate, Options, Unknown } from './functions.ts';
import { scopeOf } from './scope.ts';

const ref = (Ref: string): unknown => ({ Ref });
const equals = (one: unknown, other: unknown): unknown => ({ 'Fn::Equals': [one, other] });
const split = (text: unknown): unknown => ({ 'Fn::Split': [',', text] });
const select = (index: number, list: unknown): unknown => ({ 'Fn::Select': [index, list] });
const template = {
  Parameters: {
    Email: { Default: '' },
    Id: {},
    Hidden: { NoEcho: true, Default: '' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: 'name' },
  },
  Conditions: {
    None: equals(ref('Email'), ''),
    Given: { 'Fn::Not': [equals(ref('Email'), '')] },
    Both: { 'Fn::And': [{ Condition: 'Given' }, equals(ref('Id'), 'o-1')] },
    Either: { 'Fn::Or': [{ Condition: 'Given' }, equals(ref('Id'), 'o-1')] },
    Secret: equals(ref('Hidden'), ''),
    Here: equals(ref('AWS::Region'), 'us-east-1'),
    Itself: { 'Fn::Not': [{ Condition: 'Itself' }] },
    SecondNone: equals(select(1, split('x,y')), ref('Second')),
    Stored: equals(ref('Stored'), 'name'),
  },
};

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
    ['Itself', {}, undefined],
    ['SecondNone', { Second: 'y' }, true],
    ['SecondNone', { Second: 'x' }, false],
    // The parameter has the name of what holds the value.
    ['Stored', { Stored: 'name' }, undefined],
  ])('%s with %o', (condition, values, holds) => {
    expect(scopeOf(template, { values, defaults: true }).decide(condition)).toBe(holds);
  });

  test('without defaults a parameter may have any value', () => {
    const { decide } = scopeOf(template, { values: {}, defaults: false });
    expect(['None', 'Given', 'Both'].map(decide)).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    ['None', true, 'Email is empty'],
    ['Given', true, 'Email is not empty'],
    ['Given', false, 'Email is empty'],
    ['Both', true, '(Email is not empty and Id is o-1)'],
    ['Both', false, '(Email is empty or Id is not o-1)'],
    ['Either', false, '(Email is empty and Id is not o-1)'],
    ['Here', true, 'AWS::Region is us-east-1'],
    ['Itself', true, 'not Itself'],
    ['NoSuch', false, 'not NoSuch'],
  ])('%s is %s when %s', (condition, holds, words) => {
    const scope = scopeOf(template, { values: { Id: 'o-1' }, defaults: true });
    expect(scope.words(condition, holds)).toBe(words);
  });

  test('conditions that are made of each other again and again are read once', () => {
    const both = (name: string): unknown => ({
      'Fn::And': [{ Condition: name }, { Condition: name }],
    });
    const Conditions = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`C${index}`, both(`C${index + 1}`)]),
    );
    const { decide, words } = scopeOf(
      { Conditions: { ...Conditions, C60: equals('a', 'a') } },
      { values: {}, defaults: true },
    );
    expect(decide('C0')).toBe(true);
    expect(words('C59', true)).toBe('(a is a and a is a)');
    expect(words('C57', false)).toContain('not C60');
    expect(words('C0', true).length).toBeLessThan(200);
  });

  test('choices are made where they can be', () => {
    const scope = scopeOf(template, { values: { Email: 'a' }, defaults: true });
    const value = {
      A: { 'Fn::If': ['Given', ref('One'), ref('Other')] },
      B: { 'Fn::If': ['None', 'x', ref('AWS::NoValue')] },
      C: [{ 'Fn::If': ['None', 'x', ref('AWS::NoValue')] }, 'y'],
      D: { 'Fn::If': ['Here', 'x', 'y'] },
    };
    expect(evaluate(value, scope)).toEqual({
      A: new Unknown('${One}'),
      C: ['y'],
      D: new Options([
        { when: 'AWS::Region is us-east-1', value: 'x' },
        { when: 'AWS::Region is not us-east-1', value: 'y' },
      ]),
    });
  });
});
