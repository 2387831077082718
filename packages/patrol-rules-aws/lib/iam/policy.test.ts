import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mutated } from '@patrol/build/testing';
import { allow, deny, policyOf } from '../../testing/policies.ts';
import { accessTo } from './accessTo.ts';
import { grantsOn, isAdministrator } from './grants.ts';
import { parsePolicy, PolicyError } from './policy.ts';
import { publicStatements } from '../access/public.ts';

describe('reading', () => {
  const text =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}';
  const read = {
    version: undefined,
    statements: [{ effect: 'Allow', actions: { except: false, patterns: [{ text: 'iam:*' }] } }],
  };
  test.each<[string, unknown]>([
    ['text', text],
    ['text that is URL-encoded', encodeURIComponent(text)],
    ['an object', JSON.parse(text)],
    ['a list of statements', { Statement: [JSON.parse(text).Statement] }],
    ['element names in other letters', JSON.parse(text.replace('"Statement"', '"statement"'))],
  ])('reads %s', (_title, document) => {
    const { statements } = parsePolicy(document);
    expect(statements).toMatchObject(read.statements);
  });

  test('reads every document that has each name once, whatever stands in its texts', () => {
    const word = fc.oneof(fc.constantFrom('"', '\\', ':', '":', 'a', '__proto__'), fc.string());
    fc.assert(
      fc.property(
        fc.array(word),
        fc.jsonValue({ maxDepth: 3 }),
        fc.nat(4),
        (Resource, Id, indent) => {
          const document = JSON.stringify(
            { Id, Statement: [allow('a:b', { Resource }), allow('a:b')] },
            null,
            indent,
          );
          expect(parsePolicy(document).statements).toHaveLength(2);
        },
      ),
    );
  });

  test('reads what is nested deeply or padded in little time', () => {
    const depth = 40_000;
    for (const Id of [`${'['.repeat(depth)}${']'.repeat(depth)}`, `"${'x'.repeat(120_000)}"`]) {
      expect(parsePolicy(`{"Id":${Id},"Statement":[]}`).statements).toEqual([]);
    }
    expect(parsePolicy(`{"Id":"a"${' '.repeat(120_000)},"Statement":[]}`).statements).toEqual([]);
  });

  test.each<[unknown, string]>([
    [undefined, 'expected a policy document, found nothing'],
    [[], 'expected a policy document, found a list'],
    [7, 'expected a policy document, found a number'],
    ['', 'the policy document is not JSON: '],
    ['{"Statement":', 'the policy document is not JSON: '],
    ['%7B%', 'the policy document is not JSON: '],
    ['null', 'expected a policy document, found nothing'],
    ['"x"', 'expected a policy document, found "x"'],
    [{}, 'expected a Statement in the policy, found none'],
    [{ Statement: [1] }, 'expected an object as Statement 1, found a number'],
    [
      { Statement: {}, statement: {} },
      'expected one Statement in the policy, found Statement and statement',
    ],
    [
      { Statement: [allow('a:b'), { Effect: 'Maybe' }] },
      'expected Allow or Deny as the Effect of Statement 2, found "Maybe"',
    ],
    [
      { Statement: { Effect: 'Allow' } },
      'expected Action or NotAction in Statement 1, found neither',
    ],
    [
      { Statement: allow('a:b', { NotAction: 'a:c' }) },
      'expected Action or NotAction in Statement 1, found both',
    ],
    [
      { Statement: allow({ a: 1 }) },
      'expected a text or a list of texts as Action of Statement 1, found an object',
    ],
    [
      { Statement: allow([['a:b']]) },
      'expected a text or a list of texts as Action of Statement 1, found a list',
    ],
    [
      { Statement: allow('a:b', { Principal: { AWS: {} } }) },
      'expected a text or a list of texts as Principal AWS of Statement 1, found an object',
    ],
    [
      { Statement: allow('a:b', { Condition: 'x' }) },
      'expected an object as the Condition of Statement 1, found "x"',
    ],
    [
      { Statement: allow('a:b', { Condition: { Bool: 'x' } }) },
      'expected an object under Bool of Statement 1, found "x"',
    ],
    ...[
      '{"Statement":{"Effect":"Allow","Action":"iam:*","Action":"s3:Get*","Resource":"*"}}',
      '{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}',
      '{"Statement":{"Effect":"Allow","Action":"iam:*","\\u0041ction" : "s3:Get*","Resource":"*"}}',
      '{"Statement":[],"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
      '{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a":"b"},"Bool":{"a":"c"}}}}',
      '{"__proto__":1,"__proto__":2,"Statement":[]}',
    ].flatMap((twice): [unknown, string][] =>
      [twice, encodeURIComponent(twice)].map((document) => [
        document,
        'expected every name once in each object of the policy, found one that is there again: which of the two counts is not known',
      ]),
    ),
    [' '.repeat(131_073), 'expected a policy document of at most 131072 characters, found 131073'],
    [
      { Statement: allow('a'.repeat(50_000)) },
      'expected at most 40960 characters of actions and resources in the policy, found 50001',
    ],
  ])('refuses %j', (document, message) => {
    expect(() => parsePolicy(document)).toThrow(PolicyError);
    expect(() => parsePolicy(document)).toThrow(message);
  });

  test('reads conditions with their qualifier and suffix', () => {
    const [statement] = policyOf(
      allow('s3:*', {
        Condition: {
          'ForAnyValue:StringLikeIfExists': { 'aws:PrincipalOrgPaths': ['o-a/*', 'o-b/*'] },
          Bool: { 'aws:SecureTransport': true },
          NumericLessThan: { 'aws:MultiFactorAuthAge': 3600 },
        },
      }),
    ).statements;
    expect(statement?.conditions).toEqual([
      {
        operator: 'StringLike',
        qualifier: 'ForAnyValue',
        ifExists: true,
        key: 'aws:PrincipalOrgPaths',
        values: ['o-a/*', 'o-b/*'],
      },
      { operator: 'Bool', ifExists: false, key: 'aws:SecureTransport', values: ['true'] },
      {
        operator: 'NumericLessThan',
        ifExists: false,
        key: 'aws:MultiFactorAuthAge',
        values: ['3600'],
      },
    ]);
  });
});

test('the longest documents that are read are compared in little time', () => {
  const long = 'a*'.repeat(5_000);
  const many = Array.from({ length: 1_500 }, (_, index) => `s3:a${index}*`);
  const everybody = { Principal: '*' };
  for (const statements of [
    [allow('s3:*', { Resource: `${long}b` }), deny('s3:*', { Resource: `${long}c` })],
    [allow(many, { Resource: many }), ...many.map((one) => deny(one, { Resource: 'x*' }))],
  ]) {
    const policy = policyOf(...statements.map((statement) => ({ ...statement, ...everybody })));
    accessTo(policy, `${'a'.repeat(2_000)}c`);
    grantsOn(policy, 's3');
    publicStatements(policy);
  }
  const colons = { IpAddress: { 'aws:SourceIp': `${':'.repeat(100_000)}x` } };
  expect(
    publicStatements(policyOf(allow('s3:*', { ...everybody, Condition: colons }))),
  ).toHaveLength(1);
});

test(
  '20,000 hostile documents are read or refused in words, in little time',
  { timeout: 120_000 },
  () => {
    const documents = [
      {
        Version: '2012-10-17',
        Id: 'a',
        Statement: [
          {
            Sid: 'One',
            ...allow(['s3:Get*', 'iam:PassRole'], {
              Resource: ['arn:aws:s3:::a/${aws:username}/*', '*'],
            }),
          },
          { Effect: 'Deny', NotAction: 's3:*', NotResource: ['arn:aws:s3:::a'], Principal: '*' },
          {
            ...allow('*'),
            Principal: { AWS: ['*', '111122223333'], Service: 'ec2.amazonaws.com' },
            Condition: {
              'ForAnyValue:StringLikeIfExists': { 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/*'] },
              IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
            },
          },
        ],
      },
      {
        Statement: { ...allow('i*:P?t*'), NotPrincipal: { AWS: 'arn:aws:iam::444455556666:root' } },
      },
    ];
    const counts = { read: 0, refused: 0 };
    fc.assert(
      fc.property(mutated(documents), fc.boolean(), fc.nat(2_000), (document, asText, length) => {
        try {
          const policy = parsePolicy(
            asText ? JSON.stringify(document)?.slice(0, 3_000 - length) : document,
          );
          counts.read += 1;
          isAdministrator(policy);
          for (const grant of [...grantsOn(policy, 'iam'), ...accessTo(policy, 'arn:aws:s3:::a')]) {
            expect(grant.actions.length).toBeGreaterThan(0);
          }
          for (const open of publicStatements(policy)) {
            expect(open.why).toMatch(/^It allows .+\.$/s);
          }
        } catch (error) {
          counts.refused += 1;
          expect(error).toBeInstanceOf(PolicyError);
          expect(String(error)).toMatch(/expected|is not JSON/);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(counts.read).toBeGreaterThan(4_000);
    expect(counts.refused).toBeGreaterThan(4_000);
  },
);
