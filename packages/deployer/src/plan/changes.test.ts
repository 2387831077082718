import { describe, expect, test } from 'vitest';
import { creationOf, shownChanges } from './changes.ts';
import type { ResourceChange } from '../cloud/cloud.ts';

const policy = (resource: unknown): unknown => ({
  PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'a:B', Resource: resource }] },
});
const template = {
  parameters: { key: { NoEcho: true }, open: {} },
  resources: {
    Hidden: {
      Type: 'AWS::SQS::Queue',
      Properties: { Key: { 'Fn::Sub': 'k=${key}' }, Open: { Ref: 'open' } },
    },
    Policy: { Type: 'AWS::IAM::Policy', Condition: 'C', Properties: policy({ Ref: 'open' }) },
  },
};
const change: ResourceChange = {
  action: 'Modify',
  resource: 'Hidden',
  type: 'AWS::SQS::Queue',
  replacement: 'True',
  properties: [
    { name: 'Key.Part', before: '"k=old secret"', after: '"k=new secret"' },
    { name: 'Open', before: '"1"', after: '"2"' },
  ],
  before: '{"Properties":{"Key":"k=old secret"}}',
  after: '{"Properties":{"Key":"k=new secret"}}',
};

describe('what is shown of a change set', () => {
  test('hides what a hidden parameter is put into, and keeps the rest', () => {
    const shown = shownChanges([change], template as never);
    expect(shown.changes).toEqual([
      {
        action: 'Modify',
        resource: 'Hidden',
        type: 'AWS::SQS::Queue',
        replacement: 'True',
        properties: [
          { name: 'Key.Part', before: '****', after: '****' },
          { name: 'Open', before: '"1"', after: '"2"' },
        ],
      },
    ]);
    expect(JSON.stringify(shown)).not.toContain('secret');
  });

  test('tells nothing from before when a hidden parameter is gone: where it stood is not known', () => {
    const current = { parameters: { gone: '****', key: '****' } };
    const shown = shownChanges([change], template as never, current);
    expect(shown.changes[0]?.properties[1]).toEqual({ name: 'Open', before: '****', after: '"2"' });
    expect(shown).toMatchObject({ statements: [], untold: [] });
    const role = { ...change, resource: 'Role', type: 'AWS::IAM::Role' };
    expect(shownChanges([role], template as never, current)).toMatchObject({
      statements: [],
      untold: [
        { resource: 'Role', type: 'AWS::IAM::Role', why: expect.stringContaining('hidden') },
      ],
    });
  });

  test('tells what becomes of permissions', () => {
    const widened = {
      action: 'Modify',
      resource: 'Policy',
      type: 'AWS::IAM::Policy',
      properties: [],
      before: JSON.stringify({ Properties: policy('x') }),
      after: JSON.stringify({ Properties: policy('*') }),
    };
    expect(shownChanges([widened], template as never).statements).toMatchObject([
      { change: 'remove', says: { Resource: 'x' } },
      { change: 'add', says: { Resource: '*' } },
    ]);
  });
});

describe('a role that a resource of a change set uses', () => {
  const role = 'arn:aws:iam::111122223333:role/patrol-Role-AB12';
  const added = (Role: string): ResourceChange => ({
    action: 'Add',
    resource: 'Function',
    type: 'AWS::Lambda::Function',
    properties: [],
    after: JSON.stringify({ Properties: { Role } }),
  });
  const withRole = (Role: unknown): unknown => ({
    parameters: {},
    resources: {
      Role: { Type: 'AWS::IAM::Role' },
      Function: { Type: 'AWS::Lambda::Function', Properties: { Role } },
    },
  });

  test('is told by itself where the template makes it', () => {
    const own = withRole({ 'Fn::GetAtt': ['Role', 'Arn'] }) as never;
    expect(shownChanges([added(role)], own).statements).toEqual([]);
  });

  test('is told where it is somebody else’s', () => {
    const says = { Role: role };
    for (const foreign of [role, { Ref: 'Parameter' }, { 'Fn::ImportValue': 'admin' }]) {
      expect(shownChanges([added(role)], withRole(foreign) as never).statements).toEqual([
        { change: 'add', resource: 'Function', effect: 'Allow', says },
      ]);
    }
  });
});

test('of a change that changes tags alone nothing is untold, unless a template stands behind it', () => {
  const retagged = (type: string): ResourceChange => ({
    action: 'Modify',
    resource: type,
    type,
    properties: [],
    before: JSON.stringify({ Properties: { A: 1, Tags: [{ Key: 'a', Value: '1' }] } }),
    after: JSON.stringify({ Properties: { A: 1, Tags: [{ Key: 'a', Value: '2' }] } }),
  });
  const types = ['AWS::Glue::Job', 'AWS::CloudFormation::Stack', 'Custom::Thing'];
  const none = { parameters: {}, resources: {} };
  const { untold } = shownChanges(types.map(retagged), none);
  expect(untold.map(({ type }) => type)).toEqual(['AWS::CloudFormation::Stack', 'Custom::Thing']);
});

test('a creation is told from the template, with the values that are known and not hidden', () => {
  const text = JSON.stringify({
    Conditions: { C: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'x'] } },
  });
  const whole = { ...template, text } as never;
  const { changes, statements } = creationOf(whole, { open: 'o', key: 'secret' });
  expect(changes).toEqual([
    { action: 'Add', resource: 'Hidden', type: 'AWS::SQS::Queue', properties: [] },
    {
      action: 'Add',
      resource: 'Policy',
      type: 'AWS::IAM::Policy',
      condition: 'C',
      properties: [],
    },
  ]);
  expect(statements).toMatchObject([
    { change: 'add', resource: 'Policy', says: { Resource: 'o' } },
  ]);
});

test('of a creation nothing is told that its conditions leave out', () => {
  const text = JSON.stringify({ Conditions: { C: { 'Fn::Equals': [{ Ref: 'open' }, ''] } } });
  const whole = { ...template, text } as never;
  expect(creationOf(whole, { open: 'o' })).toMatchObject({
    changes: [{ resource: 'Hidden', type: 'AWS::SQS::Queue' }],
    statements: [],
  });
  expect(creationOf(whole, { open: '' }).changes[1]).toMatchObject({ type: 'AWS::IAM::Policy' });
});
