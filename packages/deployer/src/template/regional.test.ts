import { expect, test } from 'vitest';
import { regionalTemplate } from './regional.ts';
import type { Template } from './template.ts';

const byRegion = { Topic: { 'eu-west-1': 'one', 'us-east-1': 'other' } };
const lookedUp = { 'Fn::FindInMap': ['Regional', { Ref: 'AWS::Region' }, 'Topic'] };

/** The sections of a template that holds a value, for a stack set. */
function regional(value: unknown, more: object = {}): Readonly<Record<string, unknown>> {
  const parameters: Template['parameters'] = { Topic: { Type: 'String' } };
  const resources = { Queue: { Type: 'AWS::SQS::Queue', Properties: { Value: value } } };
  const text = JSON.stringify({ Parameters: parameters, Resources: resources, ...more });
  return JSON.parse(regionalTemplate({ text, parameters, resources }, byRegion).text);
}

const valueIn = (value: unknown): unknown =>
  expect.objectContaining({
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { Value: value } } },
  });

test.each([
  [{ Ref: 'Topic' }, lookedUp],
  [{ 'Fn::Join': [':', ['a', { Ref: 'Topic' }]] }, { 'Fn::Join': [':', ['a', lookedUp]] }],
  // A name of the text's own, whatever it is called.
  [
    { 'Fn::Sub': ['${Topic}', { Topic: { Ref: 'Topic' } }] },
    { 'Fn::Sub': ['${Topic}', { Topic: lookedUp }] },
  ],
  [{ 'Fn::Sub': '${!Topic} ${Other}' }, { 'Fn::Sub': '${!Topic} ${Other}' }],
  // An attribute of a resource is no parameter.
  [{ 'Fn::GetAtt': ['Topic', 'Arn'] }, { 'Fn::GetAtt': ['Topic', 'Arn'] }],
])('%j looks its value up where it has to: %j', (value, expected) => {
  expect(regional(value)).toEqual(valueIn(expected));
});

test.each([['${Topic}'], ['a${Other}${Topic}'], [['${Topic}${Own}', { Own: 'x' }]]])(
  'the text %j cannot look a value up',
  (text) => {
    expect(() => regional({ 'Fn::Sub': text })).toThrow('substitutes ${Topic}');
  },
);

test('rules that ask about other parameters stay', () => {
  const ruleOn = (name: string): object => ({
    Rules: { R: { Assertions: [{ Assert: { 'Fn::Equals': [{ Ref: name }, ''] } }] } },
  });
  expect(regional('x', ruleOn('Other'))).toMatchObject(ruleOn('Other'));
  expect(regional('x', ruleOn('Topic'))).not.toHaveProperty('Rules');
});
