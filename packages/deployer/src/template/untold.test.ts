/** Parts of a template that nobody can read before a deployment, each of which has to be told. */
import { describe, expect, test } from 'vitest';
import { creationOf } from '../plan/changes.ts';
import { document, policy, ref, told } from '../testing/access.ts';
import type { Untold } from './grants.ts';

describe('what cannot be read is told as that', () => {
  test.each<[string, Readonly<Record<string, unknown>>, Untold]>([
    [
      'a nested stack',
      {
        X: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: { TemplateURL: 'https://mallory.example' },
        },
      },
      {
        resource: 'X',
        type: 'AWS::CloudFormation::Stack',
        why: 'it is a nested stack, and Patrol does not read its template',
      },
    ],
    [
      'a stack set',
      { X: { Type: 'AWS::CloudFormation::StackSet', Properties: {} } },
      {
        resource: 'X',
        type: 'AWS::CloudFormation::StackSet',
        why: expect.stringContaining('other accounts') as string,
      },
    ],
    [
      'a custom resource',
      { X: { Type: 'Custom::Thing', Properties: { ServiceToken: 'arn' } } },
      {
        resource: 'X',
        type: 'Custom::Thing',
        why: expect.stringContaining('custom resource') as string,
      },
    ],
    [
      'a module',
      { X: { Type: 'Mallory::Any::Thing::MODULE' } },
      {
        resource: 'X',
        type: 'Mallory::Any::Thing::MODULE',
        why: expect.stringContaining('module') as string,
      },
    ],
    [
      'a type of somebody else',
      { X: { Type: 'Mallory::Any::Thing' } },
      {
        resource: 'X',
        type: 'Mallory::Any::Thing',
        why: expect.stringContaining('not one of AWS') as string,
      },
    ],
    [
      'a type that Patrol does not know',
      { X: { Type: 'AWS::Glue::Job', Properties: {} } },
      {
        resource: 'X',
        type: 'AWS::Glue::Job',
        why: expect.stringContaining('does not read') as string,
      },
    ],
    [
      'a policy that only a deployment knows',
      { X: policy({ 'Fn::GetAtt': ['Other', 'Policy'] }) as never },
      {
        resource: 'X',
        type: 'AWS::IAM::Policy',
        why: 'its PolicyDocument is ${Other.Policy}, which cannot be read here',
      },
    ],
    [
      'a statement that only a deployment knows',
      { X: policy({ Statement: [{ 'Fn::GetAtt': ['Other', 'Statement'] }] }) as never },
      {
        resource: 'X',
        type: 'AWS::IAM::Policy',
        why: 'its Statement is ${Other.Statement}, which cannot be read here',
      },
    ],
    [
      'a text that is no policy yet',
      { X: policy({ 'Fn::Sub': '{"Statement":[${Other.Statements}]}' }) as never },
      { resource: 'X', type: 'AWS::IAM::Policy', why: 'its PolicyDocument is not JSON' },
    ],
    [
      'a text with a name twice',
      { X: policy('{"Statement":[],"Statement":[{"Effect":"Allow","Action":"*"}]}') as never },
      {
        resource: 'X',
        type: 'AWS::IAM::Policy',
        why: expect.stringContaining('"Statement" twice') as string,
      },
    ],
    [
      'a statement with an element twice',
      { X: policy({ Statement: { Effect: 'Deny', effect: 'Allow', Action: '*' } }) as never },
      { resource: 'X', type: 'AWS::IAM::Policy', why: expect.stringContaining('twice') as string },
    ],
    [
      'routes that are imported',
      { X: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Body: {} } } },
      {
        resource: 'X',
        type: 'AWS::ApiGatewayV2::Api',
        why: 'its Body creates resources that Patrol does not read',
      },
    ],
    [
      'a macro within',
      { X: { Type: 'AWS::SQS::Queue', Properties: { A: [{ 'Fn::Transform': { Name: 'M' } }] } } },
      { resource: 'X', type: 'AWS::SQS::Queue', why: expect.stringContaining('macro') as string },
    ],
    [
      'resources of a loop',
      { 'Fn::ForEach::Roles': ['Id', ['a'], {}] },
      {
        resource: 'Fn::ForEach::Roles',
        type: 'Resources',
        why: expect.stringContaining('macro') as string,
      },
    ],
    [
      'resources out of another file',
      { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://mallory' } } },
      {
        resource: 'Fn::Transform',
        type: 'Resources',
        why: expect.stringContaining('macro') as string,
      },
    ],
    [
      'properties that are not there yet',
      { X: { Type: 'AWS::IAM::Role', Properties: { 'Fn::GetAtt': ['Other', 'All'] } } },
      {
        resource: 'X',
        type: 'AWS::IAM::Role',
        why: 'its properties are known only after it is created',
      },
    ],
  ])('%s', (_, resources, untold) => {
    expect(told(resources).untold).toContainEqual(untold);
  });

  test('a macro of the whole, and a name that the template has twice', () => {
    expect(
      told({}, { Transform: ['AWS::Serverless-2016-10-31', { Name: 'Mine' }] }).untold,
    ).toMatchObject([
      { resource: 'Transform', type: 'AWS::Serverless-2016-10-31' },
      { resource: 'Transform', type: 'Mine' },
    ]);
    const twice = '{"Resources":{"X":{"Type":"AWS::SQS::Queue"},"X":{"Type":"AWS::SQS::Queue"}}}';
    const template = { text: twice, parameters: {}, resources: { X: { Type: 'AWS::SQS::Queue' } } };
    expect(creationOf(template, {}).untold).toMatchObject([{ resource: 'X', type: 'Template' }]);
  });

  test('what a condition leaves out is not told, and an open one is told in words, whatever its name', () => {
    const sections = {
      Parameters: { Email: { Type: 'String', Default: '' } },
      Conditions: {
        Given: { 'Fn::Not': [{ 'Fn::Equals': [ref('Email'), ''] }] },
        Never: { 'Fn::Not': [{ 'Fn::Equals': [ref('AWS::Region'), 'nowhere'] }] },
        Always: { 'Fn::Equals': ['a', 'a'] },
      },
    };
    const made = (Condition: string): unknown => ({ ...(policy(document) as object), Condition });
    const resources = { A: made('Given'), B: made('Never'), C: made('Always') };
    expect(told(resources, sections, { Email: '' }).grants).toMatchObject([
      { resource: 'B', when: ['AWS::Region is not nowhere'] },
      { resource: 'C' },
    ]);
    expect(told(resources, sections, { Email: 'a@b.cc' }).grants[0]).toMatchObject({
      resource: 'A',
    });
    expect(told({ C: made('Always') }, sections).grants[0]).not.toHaveProperty('when');
  });
});
