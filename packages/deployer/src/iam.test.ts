import { expect, test } from 'vitest';
import type { ResourceChange } from './cloud.ts';
import { isUntold, statementChanges } from './iam.ts';

const change = (type: string, before: unknown, after: unknown): ResourceChange => ({
  action: 'Modify',
  resource: 'X',
  type,
  properties: [],
  ...(before === undefined ? {} : { before: JSON.stringify({ Properties: before }) }),
  ...(after === undefined ? {} : { after: JSON.stringify({ Properties: after }) }),
});
const role = (...statements: readonly unknown[]): unknown => ({
  Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
});
const publish = { Effect: 'Allow', Action: ['sns:Publish'], Resource: 'arn:topic' };
const read = { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' };

test('tells what is added and taken off, and nothing of what stays or only looks different', () => {
  const reordered = { Resource: ['*'], Action: ['s3:ListBucket', 's3:GetObject'], Effect: 'Allow' };
  expect(
    statementChanges([change('AWS::IAM::Role', role(publish, read), role(reordered, publish))]),
  ).toEqual([]);
  const wider = { ...publish, Resource: '*' };
  expect(
    statementChanges([change('AWS::IAM::Role', role(publish, read), role(wider, read))]),
  ).toEqual([
    {
      change: 'remove',
      resource: 'X',
      effect: 'Allow',
      says: { Action: 'sns:Publish', Resource: 'arn:topic' },
    },
    {
      change: 'add',
      resource: 'X',
      effect: 'Allow',
      says: { Action: 'sns:Publish', Resource: '*' },
    },
  ]);
});

test('a statement that stands once more than before is told', () => {
  expect(
    statementChanges([change('AWS::IAM::Role', role(publish), role(publish, publish))]),
  ).toHaveLength(1);
});

test('who may assume a role, a queue’s policy, managed policies and permissions of Lambda count', () => {
  const trust = {
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { Service: 'lambda' }, Action: 'sts:AssumeRole' },
    },
    ManagedPolicyArns: ['arn:admin'],
  };
  expect(statementChanges([change('AWS::IAM::Role', undefined, trust)])).toEqual([
    {
      change: 'add',
      resource: 'X',
      effect: 'Allow',
      says: { Principal: 'Service=lambda', Action: 'sts:AssumeRole' },
    },
    { change: 'add', resource: 'X', effect: 'Allow', says: { Policy: 'arn:admin' } },
  ]);
  const permission = {
    Principal: 'events.amazonaws.com',
    Action: 'lambda:InvokeFunction',
    FunctionName: 'f',
    SourceArn: { 'Fn::GetAtt': ['EventRule', 'Arn'] },
  };
  expect(statementChanges([change('AWS::Lambda::Permission', permission, undefined)])).toEqual([
    {
      change: 'remove',
      resource: 'X',
      effect: 'Allow',
      says: {
        Principal: 'events.amazonaws.com',
        Action: 'lambda:InvokeFunction',
        Resource: 'f',
        Condition: 'SourceArn=${EventRule.Arn}',
      },
    },
  ]);
});

test('functions of a template are told by what they stand for', () => {
  const statement = {
    Effect: 'Deny',
    NotAction: '*',
    Resource: [{ Ref: 'TopicArn' }, { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Bucket}/*' }],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const changes = [
    change('AWS::S3::BucketPolicy', undefined, {
      PolicyDocument: { Statement: [{ 'Fn::If': ['Secure', statement, { Ref: 'AWS::NoValue' }] }] },
    }),
  ];
  const fill = (name: string): string | undefined => ({ TopicArn: 'arn:t', Bucket: 'b' })[name];
  expect(statementChanges(changes, fill)).toMatchObject([
    {
      effect: 'Deny',
      says: {
        NotAction: '*',
        Resource: 'arn:${AWS::Partition}:s3:::b/*, arn:t',
        Condition: 'Bool=(aws:SecureTransport=false)',
      },
    },
  ]);
});

test('what is not told of permissions is known as that', () => {
  const { before, after, ...bare } = change('AWS::IAM::Role', {}, {});
  expect(isUntold({ ...bare, before: '{', after: '{}' })).toBe(true);
  expect(isUntold({ ...bare, before: '{}', after: '{}' })).toBe(false);
  expect(isUntold({ ...bare, action: 'Add', after: '{}' })).toBe(false);
  expect(isUntold({ ...bare, action: 'Remove', before: '{}' })).toBe(false);
  expect(isUntold({ ...bare, action: 'Add' })).toBe(true);
  expect(isUntold({ ...bare, type: 'AWS::SNS::Topic' })).toBe(false);
  expect([before, after]).toEqual(['{"Properties":{}}', '{"Properties":{}}']);
});
