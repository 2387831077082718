import { fullDiff } from '@aws-cdk/cloudformation-diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResourceChange } from '../cloud/cloud.ts';
import { bodyOf, templateAccess } from './access.ts';
import { accessChanges } from './difference.ts';
import type { StatementChange } from './grants.ts';

const change = (type: string, before: unknown, after: unknown): ResourceChange => ({
  action: before === undefined ? 'Add' : after === undefined ? 'Remove' : 'Modify',
  resource: 'X',
  type,
  properties: [],
  ...(before === undefined ? {} : { before: JSON.stringify({ Properties: before }) }),
  ...(after === undefined ? {} : { after: JSON.stringify({ Properties: after }) }),
});
const statementChanges = (changes: readonly ResourceChange[]): readonly StatementChange[] =>
  accessChanges(changes).statements;
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
    Resource: [
      { 'Fn::If': ['Own', { Ref: 'Topic' }, { Ref: 'TopicArn' }] },
      { 'Fn::If': ['Own', { Ref: 'AWS::NoValue' }, 'arn:z'] },
      { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Bucket}/*' },
    ],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const resources = {
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        PolicyDocument: {
          Statement: [{ 'Fn::If': ['Secure', statement, { Ref: 'AWS::NoValue' }] }],
        },
      },
    },
  };
  const template = { text: '{}', parameters: { TopicArn: {}, Bucket: {} }, resources };
  const known = { values: { TopicArn: 'arn:t', Bucket: 'b' }, defaults: false };
  expect(templateAccess(bodyOf(template, known)).grants).toMatchObject([
    {
      effect: 'Deny',
      says: {
        NotAction: '*',
        Resource: '${Topic} or arn:t, arn:${AWS::Partition}:s3:::b/*, arn:z',
        Condition: 'Bool=(aws:SecureTransport=false)',
      },
      when: ['Secure'],
    },
  ]);
});

test('what is not told of permissions is known as that', () => {
  const isUntold = (each: ResourceChange): boolean => accessChanges([each]).untold.length > 0;
  const { before, after, ...bare } = change('AWS::IAM::Role', {}, {});
  expect(isUntold({ ...bare, before: '{', after: '{}' })).toBe(true);
  expect(isUntold({ ...bare, before: '{}', after: '{}' })).toBe(false);
  expect(isUntold({ ...bare, action: 'Add', after: '{}' })).toBe(false);
  expect(isUntold({ ...bare, action: 'Remove', before: '{}' })).toBe(false);
  expect(isUntold({ ...bare, action: 'Add' })).toBe(true);
  expect(isUntold({ ...bare, type: 'AWS::SNS::Topic' })).toBe(false);
  expect([before, after]).toEqual(['{"Properties":{}}', '{"Properties":{}}']);
});

describe('beside the reading of the AWS CDK', () => {
  const word = fc.constantFrom('a:Get', 'a:Put', 'b:*', '*');
  // In the policy of a resource it writes the resource's name for `*`.
  const arn = fc.constantFrom('arn:x', 'arn:y', 'arn:z/*');
  const words = (one: fc.Arbitrary<string>): fc.Arbitrary<string | string[]> =>
    fc.oneof(one, fc.uniqueArray(one, { minLength: 1, maxLength: 3 }));
  const statement = (of: Readonly<Record<string, string>>): fc.Arbitrary<unknown> =>
    fc
      .record({
        effect: fc.constantFrom('Allow', 'Deny'),
        actions: fc.tuple(fc.constantFrom('Action', 'NotAction'), words(word)),
        resources: fc.tuple(fc.constantFrom('Resource', 'NotResource'), words(arn)),
      })
      .map(({ effect, actions, resources }) => ({
        Effect: effect,
        ...of,
        ...Object.fromEntries([actions, resources]),
      }));
  const document = (of: Readonly<Record<string, string>>): fc.Arbitrary<unknown> =>
    fc.array(statement(of), { maxLength: 4 }).map((Statement) => ({ Statement }));
  const anybody = { Principal: '*' };
  /** Resources with policies, as each type has them. */
  const carrying = fc.oneof(
    fc.tuple(
      fc.constantFrom('AWS::IAM::Policy', 'AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy'),
      document(anybody).map((PolicyDocument) => ({
        PolicyDocument,
        Roles: ['r'],
        Queues: ['q'],
        Bucket: 'b',
      })),
    ),
    fc.tuple(
      fc.constant('AWS::KMS::Key'),
      document(anybody).map((KeyPolicy) => ({ KeyPolicy })),
    ),
    fc.tuple(
      fc.constant('AWS::IAM::Role'),
      fc
        .tuple(document(anybody), document({}))
        .map(([AssumeRolePolicyDocument, PolicyDocument]) => ({
          AssumeRolePolicyDocument,
          Policies: [{ PolicyName: 'p', PolicyDocument }],
        })),
    ),
  );
  /** A statement by what both tell of it. */
  const told = (effect: string, actions: string, resources: string): string =>
    [effect, actions, resources].join(' | ');

  test('finds every change that it finds', () => {
    const pairs = carrying.chain(([type, before]) =>
      carrying.filter(([other]) => other === type).map(([, after]) => ({ type, before, after })),
    );
    fc.assert(
      fc.property(pairs, ({ type, before, after }) => {
        const side = (Properties: unknown): unknown => ({
          Resources: { X: { Type: type, Properties } },
        });
        const { statements } = fullDiff(
          side(before) as Record<string, unknown>,
          side(after) as Record<string, unknown>,
        ).iamChanges;
        const theirs = (found: typeof statements.additions): readonly string[] =>
          found.map(({ effect, actions, resources }) =>
            told(
              effect,
              `${actions.not ? 'not ' : ''}${actions.values.toSorted().join(', ')}`,
              `${resources.not ? 'not ' : ''}${resources.values.toSorted().join(', ')}`,
            ),
          );
        const all = statementChanges([change(type, before, after)]);
        const ours = (which: 'add' | 'remove'): readonly string[] =>
          all
            .filter((each) => each.change === which)
            .map(({ effect, says: { Action, NotAction, Resource, NotResource } }) =>
              told(effect, Action ?? `not ${NotAction}`, Resource ?? `not ${NotResource}`),
            );
        expect(ours('add')).toEqual(expect.arrayContaining([...theirs(statements.additions)]));
        expect(ours('remove')).toEqual(expect.arrayContaining([...theirs(statements.removals)]));
      }),
    );
  });

  test('finds what it passes over: types and places of policies that it does not know', () => {
    const open = { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };
    const passedOver: readonly (readonly [string, unknown])[] = [
      ['AWS::IAM::RolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: open }],
      ['AWS::IAM::ManagedPolicy', { PolicyDocument: open }],
      ['AWS::DynamoDB::Table', { ResourcePolicy: { PolicyDocument: open } }],
    ];
    for (const [type, properties] of passedOver) {
      const resource = { Type: type, Properties: properties };
      const { iamChanges } = fullDiff({ Resources: {} }, { Resources: { X: resource } });
      expect([type, iamChanges.hasChanges]).toEqual([type, false]);
      expect(statementChanges([change(type, undefined, properties)])).toHaveLength(1);
    }
  });
});
