import { expect, test } from 'vitest';
import { evaluate, Options, references, type Scope, textOf, Unknown } from './functions.ts';
import { scopeOf } from './scope.ts';

const sections = {
  Parameters: {
    Name: {},
    Names: { Type: 'CommaDelimitedList' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>' },
    Secret: { NoEcho: true, Default: 'open' },
    Count: { Type: 'Number', Default: 3 },
  },
  Conditions: { C: { 'Fn::Equals': [{ Ref: 'Name' }, 'n'] } },
  Mappings: {
    M: { 'eu-west-1': { Bucket: 'b1', Key: 'k' }, 'us-east-1': { Bucket: 'b2', Key: 'k' } },
  },
};
const known: Scope = scopeOf(sections, {
  values: { Name: 'n', Names: 'a, b', Stored: '/path' },
  defaults: true,
});
const unknown: Scope = scopeOf(sections, { values: {}, defaults: false });
const ref = (Ref: string): unknown => ({ Ref });

test.each<[unknown, unknown, string]>([
  [ref('Name'), 'n', '${Name}'],
  [ref('Names'), ['a', 'b'], '${Names}'],
  [ref('Stored'), new Unknown('{{resolve:ssm:/path}}'), '${Stored}'],
  [ref('Count'), '3', '${Count}'],
  [ref('Topic'), new Unknown('${Topic}'), '${Topic}'],
  [ref('AWS::NoValue'), undefined, 'undefined'],
  [{ 'Fn::GetAtt': ['Role', 'Arn'] }, new Unknown('${Role.Arn}'), '${Role.Arn}'],
  [{ 'Fn::GetAtt': 'Role.Arn' }, new Unknown('${Role.Arn}'), '${Role.Arn}'],
  [{ 'Fn::Sub': 'x-${Name}' }, 'x-n', 'x-${Name}'],
  [{ 'Fn::Sub': 'x-${!Name}' }, 'x-${Name}', 'x-${Name}'],
  [{ 'Fn::Sub': ['x-${It}-${Name}', { It: ref('Count') }] }, 'x-3-n', 'x-${Count}-${Name}'],
  [{ 'Fn::Sub': '${Role.Arn}' }, new Unknown('${Role.Arn}'), '${Role.Arn}'],
  [{ 'Fn::Join': ['-', ['a', ref('Name')]] }, 'a-n', 'a-${Name}'],
  [{ 'Fn::Join': ['-', ref('Names')] }, 'a-b', '${Names}'],
  [{ 'Fn::If': ['C', 'one', 'other'] }, 'one', 'one or other'],
  [{ 'Fn::If': ['C', ref('AWS::NoValue'), 'other'] }, undefined, 'other'],
  [{ 'Fn::FindInMap': ['M', 'eu-west-1', 'Bucket'] }, 'b1', 'b1'],
  [
    { 'Fn::FindInMap': ['M', 'x', 'Bucket'] },
    new Unknown('${FindInMap M x Bucket}'),
    '${FindInMap M x Bucket}',
  ],
  [{ 'Fn::Select': [1, ref('Names')] }, 'b', '${Select 1 of ${Names}}'],
  [{ 'Fn::Select': ['0', ['a', ref('Name')]] }, 'a', 'a'],
  [{ 'Fn::Split': ['/', 'a/b'] }, ['a', 'b'], 'a, b'],
  [{ 'Fn::Split': [',', ref('Name')] }, ['n'], '${Name}'],
  [{ 'Fn::ToJsonString': { A: ref('Name') } }, { A: 'n' }, 'A=${Name}'],
  [{ 'Fn::Base64': ref('Name') }, 'n', '${Name}'],
  [{ 'Fn::ImportValue': 'shared' }, new Unknown('${ImportValue shared}'), '${ImportValue shared}'],
  [{ 'Fn::Transform': { Name: 'M' } }, new Unknown('${Transform Name=M}'), '${Transform Name=M}'],
  // Only a function where it stands alone.
  [{ Ref: 'Name', Effect: 'Allow' }, { Ref: 'Name', Effect: 'Allow' }, 'Effect=Allow Ref=Name'],
])('%o', (value, whenKnown, asText) => {
  expect(evaluate(value, known)).toEqual(whenKnown);
  expect(textOf(evaluate(value, unknown))).toBe(asText);
});

test('where a key of a map is not known, every value is one that it may be', () => {
  const looked = { 'Fn::FindInMap': ['M', ref('AWS::Region'), 'Bucket'] };
  expect(evaluate(looked, known)).toEqual(
    new Options([
      { when: '${AWS::Region} is eu-west-1', value: 'b1' },
      { when: '${AWS::Region} is us-east-1', value: 'b2' },
    ]),
  );
  const same = { 'Fn::FindInMap': ['M', ref('AWS::Region'), 'Key'] };
  expect(textOf(evaluate(same, known))).toBe('k');
});

test('a hidden value is not told, and a hidden parameter’s default is: the template has it for everybody', () => {
  const given = scopeOf(sections, { values: { Secret: 'secret' }, defaults: true });
  expect(textOf(evaluate({ 'Fn::Sub': 'is ${Secret}' }, given))).toBe('is ****');
  expect(evaluate(ref('Secret'), known)).toBe('open');
});

test.each<[unknown, readonly string[]]>([
  [ref('Name'), ['Name']],
  [{ A: [{ B: ref('Name') }, ref('AWS::Region')] }, ['Name', 'AWS::Region']],
  [{ 'Fn::GetAtt': ['Role', 'Arn'] }, ['Role.Arn']],
  [{ 'Fn::GetAtt': 'Role.Arn' }, ['Role.Arn']],
  [{ 'Fn::Sub': '${Name} ${Role.Arn} ${!Literal}' }, ['Name', 'Role.Arn']],
  [{ 'Fn::Sub': ['${Name} ${Own}', { Own: ref('Count') }] }, ['Name', 'Count']],
  [{ 'Fn::If': ['C', ref('Name'), 'Names'] }, ['Name']],
  // Only a function where it stands alone.
  [{ Ref: 'Name', Effect: 'Allow' }, []],
])('%j refers to %j', (value, names) => {
  expect(references(value)).toEqual(names);
});
