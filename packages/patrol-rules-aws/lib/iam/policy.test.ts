import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
// Core's own test helpers: they are not published.
import { mutated } from '../../../core/src/mutate.fake.ts';
import {
  accessTo,
  grantsOn,
  isActionAmong,
  isAdministrator,
  parsePolicy,
  PolicyError,
  publicStatements,
} from './policy.ts';

type Json = Readonly<Record<string, unknown>>;

const of = (...Statement: readonly Json[]): ReturnType<typeof parsePolicy> =>
  parsePolicy({ Version: '2012-10-17', Statement });
const allow = (Action: unknown, more: Json = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});
const deny = (Action: unknown, more: Json = {}): Json => ({
  ...allow(Action, more),
  Effect: 'Deny',
});
const given = (policy: ReturnType<typeof parsePolicy>, service: string): readonly string[] =>
  grantsOn(policy, service).flatMap(({ actions }) => actions);

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
    const [statement] = of(
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

describe('what a policy gives on a service', () => {
  test.each<[string, readonly Json[], readonly string[]]>([
    ['an action', [allow('iam:PassRole')], ['iam:PassRole']],
    ['several', [allow(['iam:PassRole', 's3:Get*', 'iam:Get*'])], ['iam:PassRole', 'iam:Get*']],
    ['an action in other letters', [allow('IAM:PUTUSERPOLICY')], ['iam:PUTUSERPOLICY']],
    ['everything', [allow('*')], ['iam:*']],
    ['everything, with a colon', [allow('*:*')], ['iam:*']],
    ['a wildcard in the service', [allow('i*:Put?ser*')], ['iam:Put?ser*']],
    ['a wildcard that begins in the service', [allow('*User')], ['iam:*User']],
    ['a wildcard for one character', [allow('?am:Create*')], ['iam:Create*']],
    ['two colons, which no action has', [allow('*:*:*')], []],
    ['another service', [allow(['s3:*', 'iamx:*', 'ia:*'])], []],
    [
      'NotAction of another service',
      [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }],
      ['iam:*'],
    ],
    [
      'NotAction of a part of it',
      [{ Effect: 'Allow', NotAction: ['iam:Delete*'], Resource: '*' }],
      ['iam:*'],
    ],
    [
      'NotAction of all of it',
      [{ Effect: 'Allow', NotAction: ['IAM:*', 'sts:*'], Resource: '*' }],
      [],
    ],
    ['NotAction of everything', [{ Effect: 'Allow', NotAction: '*', Resource: '*' }], []],
    ['a Deny alone', [deny('iam:*')], []],
    ...[
      allow(['*', '*:*', 'i*:*', '?am:*', '*m:PassRole'], { Resource: 'arn:aws:s3:::a/*' }),
      allow('*', { Resource: ['arn:aws:s3:::a', 'arn:*:sqs:eu-west-1:111122223333:q'] }),
      allow('*', { Resource: 'arn:aws:s3:::${aws:username}' }),
      { Effect: 'Allow', NotAction: 's3:*', Resource: 'arn:aws:s3:::a' },
    ].map((statement): [string, readonly Json[], readonly string[]] => [
      `resources of other services: ${JSON.stringify(statement)}`,
      [statement],
      [],
    ]),
    [
      'what names the service, on resources of other ones',
      [allow(['iam:*', '*', 'IAM:Get*'], { Resource: 'arn:aws:s3:::a' })],
      ['iam:*', 'iam:Get*'],
    ],
    ...['*', 'arn:*', 'arn:aws:*:::a', 'arn:aws:i?m::1:role/a', 'arn:aws:${aws:x}:::a'].map(
      (Resource): [string, readonly Json[], readonly string[]] => [
        `everything on a bucket and on ${Resource}`,
        [allow('*', { Resource: ['arn:aws:s3:::a', Resource] })],
        ['iam:*'],
      ],
    ),
    [
      'everything but a bucket',
      [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::a' }],
      ['iam:*'],
    ],
    ['what a Deny takes away', [allow('*'), deny('iam:*')], []],
    [
      'what a Deny with NotAction takes away',
      [allow('iam:*'), { Effect: 'Deny', NotAction: 's3:*', Resource: '*' }],
      [],
    ],
    ['what a Deny takes away in part', [allow('iam:*'), deny('iam:Delete*')], ['iam:*']],
    [
      'what a Deny takes away of some actions',
      [allow(['iam:DeleteUser', 'iam:GetUser']), deny('iam:Delete*')],
      ['iam:GetUser'],
    ],
    [
      'what a Deny takes away from other resources',
      [allow('iam:*'), deny('iam:*', { Resource: 'arn:aws:iam::*:user/*' })],
      ['iam:*'],
    ],
    [
      'what a Deny takes away from its resources',
      [
        allow('iam:*', { Resource: 'arn:aws:iam::*:user/a*' }),
        deny('iam:*', { Resource: 'arn:aws:iam::*:user/*' }),
      ],
      [],
    ],
    [
      'what a Deny takes away from all but its resources',
      [
        allow('iam:*', { Resource: 'arn:aws:iam::111122223333:user/a*' }),
        { Effect: 'Deny', Action: 'iam:*', NotResource: 'arn:aws:iam::111122223333:role/*' },
      ],
      [],
    ],
    [
      'what a Deny takes away under a condition',
      [
        allow('iam:*'),
        deny('iam:*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }),
      ],
      ['iam:*'],
    ],
    [
      'what a Deny takes away from a variable',
      [
        allow('iam:*', { Resource: 'arn:aws:iam::1:user/bob' }),
        deny('iam:*', { Resource: 'arn:aws:iam::1:user/${aws:username}' }),
      ],
      ['iam:*'],
    ],
    ['no statement', [], []],
    ['an empty list of actions', [allow([])], []],
  ])('%s', (_title, statements, expected) => {
    expect(given(of(...statements), 'iam')).toEqual(expected);
  });

  test('says what stands beside the actions', () => {
    const policy = of({
      Sid: 'One',
      Effect: 'Allow',
      NotAction: 's3:*',
      NotResource: ['arn:aws:s3:::a'],
      Condition: { StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-west-2'] } },
    });
    expect(grantsOn(policy, 'iam')).toEqual([
      {
        sid: 'One',
        actions: ['iam:*'],
        exceptActions: ['s3:*'],
        resources: ['*'],
        exceptResources: ['arn:aws:s3:::a'],
        conditions: ['StringEquals aws:RequestedRegion = eu-west-1, eu-west-2'],
      },
    ]);
  });

  test.each<[string, readonly string[], boolean]>([
    ['iam:PassRole', ['iam:passrole'], true],
    ['iam:Get*', ['IAM:Get*'], true],
    ['iam:GetUser', ['iam:Get*', 's3:*'], true],
    ['iam:G*', ['iam:Get*'], false],
    ['iam:*', ['iam:Get*', 'iam:Put*'], false],
    ['iam:*', ['*'], true],
    ['iam:Get?ser', ['iam:Get????'], true],
    ['iam:?*', ['iam:*?'], true],
    ['iam:PassRole', [], false],
  ])('%s among %j: %j', (action, among, expected) => {
    expect(isActionAmong(action, among)).toBe(expected);
  });

  test.each<[readonly Json[], boolean]>([
    [[allow('*')], true],
    [[allow('*:*')], true],
    [[{ Effect: 'Allow', NotAction: [], NotResource: [] }], true],
    [[allow('*', { Resource: ['arn:aws:s3:::a', '*'] })], true],
    [[allow('iam:*')], false],
    [[allow('*', { Resource: 'arn:aws:s3:::a' })], false],
    [[allow('*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })], false],
    [[allow('*'), deny('iam:*')], false],
    [[{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }], false],
  ])('administrator %j: %j', (statements, expected) => {
    expect(isAdministrator(of(...statements))).toBe(expected);
  });
});

describe('what a policy gives on a resource', () => {
  const bucket = 'arn:aws:s3:::payroll';
  test.each<[string, readonly Json[], readonly string[]]>([
    ['the resource itself', [allow('s3:GetObject', { Resource: bucket })], ['s3:GetObject']],
    ['everything', [allow('*')], ['*']],
    ['a wildcard', [allow('s3:*', { Resource: 'arn:aws:s3:::pay*' })], ['s3:*']],
    [
      'a wildcard for one character',
      [allow('s3:*', { Resource: 'arn:aws:s3:::payrol?' })],
      ['s3:*'],
    ],
    ['a variable', [allow('s3:*', { Resource: 'arn:aws:s3:::${aws:username}' })], ['s3:*']],
    [
      'a variable with a default',
      [allow('s3:*', { Resource: "arn:aws:s3:::pay${aws:PrincipalTag/team, 'none'}" })],
      ['s3:*'],
    ],
    [
      'a variable elsewhere',
      [allow('s3:*', { Resource: 'arn:aws:s3:::home-${aws:username}' })],
      [],
    ],
    ['an escaped wildcard', [allow('s3:*', { Resource: 'arn:aws:s3:::pay${*}' })], []],
    ['another resource', [allow('s3:*', { Resource: 'arn:aws:s3:::payroll2' })], []],
    ['a resource in other letters', [allow('s3:*', { Resource: 'arn:aws:s3:::Payroll' })], []],
    [
      'NotResource of another one',
      [{ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::other' }],
      ['s3:*'],
    ],
    [
      'NotResource of it',
      [{ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::pay*' }],
      [],
    ],
    [
      'NotResource of a variable',
      [{ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::${aws:username}' }],
      ['s3:*'],
    ],
    ['NotAction', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], ['*']],
    ['a Deny alone', [deny('s3:*', { Resource: bucket })], []],
    ['a Deny of it', [allow('s3:*'), deny('s3:*', { Resource: bucket })], []],
    [
      'a Deny of all but it',
      [allow('s3:*'), { Effect: 'Deny', Action: 's3:*', NotResource: bucket }],
      ['s3:*'],
    ],
    [
      'a Deny of all but another',
      [allow('s3:*'), { Effect: 'Deny', Action: 's3:*', NotResource: 'arn:aws:s3:::x' }],
      [],
    ],
    [
      'a Deny of some of its actions',
      [allow(['s3:GetObject', 's3:PutObject']), deny('s3:Put*', { Resource: bucket })],
      ['s3:GetObject'],
    ],
    [
      'a Deny under a condition',
      [allow('s3:*'), deny('s3:*', { Condition: { Null: { 'aws:x': 'true' } } })],
      ['s3:*'],
    ],
    [
      'a Deny of some principal, in a policy of a resource',
      [allow('s3:*'), deny('s3:*', { Principal: { AWS: '111122223333' } })],
      ['s3:*'],
    ],
  ])('%s', (_title, statements, expected) => {
    expect(accessTo(of(...statements), bucket).flatMap(({ actions }) => actions)).toEqual(expected);
  });

  test('a variable is text in the old version of the language', () => {
    const Statement = allow('s3:*', { Resource: 'arn:aws:s3:::${aws:username}' });
    expect(accessTo(parsePolicy({ Version: '2008-10-17', Statement }), bucket)).toEqual([]);
    expect(accessTo(parsePolicy({ Statement }), bucket)).toEqual([]);
  });

  test.each<[string, readonly Json[], string, readonly string[]]>([
    ['actions of other services', [allow(['ec2:Describe*', 'S3:List*'])], bucket, ['S3:List*']],
    [
      'NotAction of its service',
      [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }],
      bucket,
      [],
    ],
    ['a Deny of its service', [allow('*'), deny('s3:*')], bucket, []],
    [
      'a Deny of its service, where its name stands',
      [allow('*', { Resource: 'arn:aws:s3:::pay*' }), deny('s3:*')],
      bucket,
      [],
    ],
    [
      'whatever is given where its name stands',
      [allow('new:Action', { Resource: bucket })],
      bucket,
      ['new:Action'],
    ],
    [
      'a role, which STS is about as well',
      [allow(['sts:AssumeRole', 'sts:GetCallerIdentity', 'ec2:RunInstances', '*']), deny('iam:*')],
      'arn:aws:iam::111122223333:role/a',
      ['sts:AssumeRole', '*'],
    ],
    ['any service', [allow('ec2:Describe*')], 'arn:aws:*:::payroll', ['ec2:Describe*']],
  ])('by their services: %s', (_title, statements, arn, expected) => {
    expect(accessTo(of(...statements), arn).flatMap(({ actions }) => actions)).toEqual(expected);
  });
});

describe('what is public', () => {
  const bucket = (more: Json): ReturnType<typeof parsePolicy> =>
    of({
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::a/*',
      ...more,
    });
  const when = (Condition: Json): Json => ({ Condition });

  test.each<[string, Json, readonly string[]]>([
    ['everybody', {}, ['everybody']],
    ['everybody in AWS, which is everybody', { Principal: { AWS: '*' } }, ['everybody']],
    [
      'everybody in a list',
      { Principal: { AWS: ['arn:aws:iam::111122223333:root', '*'] } },
      ['everybody'],
    ],
    [
      'a wildcard in an account',
      { Principal: { AWS: 'arn:aws:iam::*:root' } },
      ['arn:aws:iam::*:root'],
    ],
    [
      'a public identity provider',
      { Principal: { Federated: 'graph.facebook.com' } },
      ['graph.facebook.com'],
    ],
    [
      'NotPrincipal',
      { Principal: undefined, NotPrincipal: { AWS: '111122223333' } },
      ['everybody but 111122223333'],
    ],
    [
      'a condition on something else',
      when({ Bool: { 'aws:SecureTransport': 'true' } }),
      ['everybody'],
    ],
    ['a referer', when({ StringLike: { 'aws:Referer': 'https://example.com/*' } }), ['everybody']],
    ['a very broad range', when({ IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } }), ['everybody']],
    [
      'all addresses',
      when({ IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '::/0'] } }),
      ['everybody'],
    ],
    [
      'all but some addresses',
      when({ NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }),
      ['everybody'],
    ],
    ['a wildcard', when({ StringLike: { 'aws:SourceVpc': 'vpc-*' } }), ['everybody']],
    [
      'a wildcard among fixed values',
      when({
        ArnLike: { 'aws:SourceArn': ['arn:aws:sns:eu-west-1:111122223333:t', 'arn:aws:sns:*:*:t'] },
      }),
      ['everybody'],
    ],
    [
      'a variable',
      when({ StringEquals: { 'aws:SourceVpc': '${aws:PrincipalTag/vpc}' } }),
      ['everybody'],
    ],
    [
      'a condition that also holds without the key',
      when({ StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } }),
      ['everybody'],
    ],
    [
      'one that holds for no value',
      when({ 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }),
      ['everybody'],
    ],
    [
      'a negated one',
      when({ StringNotEquals: { 'aws:PrincipalAccount': '444455556666' } }),
      ['everybody'],
    ],
    ['all user ids', when({ StringLike: { 'aws:userid': '*:*' } }), ['everybody']],
    [
      'an account of an access point that is not fixed',
      when({ ArnLike: { 's3:DataAccessPointArn': 'arn:aws:s3:*:*:accesspoint/a' } }),
      ['everybody'],
    ],
  ])('public: %s', (_title, more, principals) => {
    const [open, ...others] = publicStatements(bucket(more));
    expect(others).toEqual([]);
    expect(open).toMatchObject({
      principals,
      actions: ['s3:GetObject'],
      resources: ['arn:aws:s3:::a/*'],
    });
    expect(open?.why).toContain(principals[0]);
  });

  test.each<[string, Json]>([
    ['a Deny', { Effect: 'Deny' }],
    ['an account', { Principal: { AWS: '111122223333' } }],
    ['a service', { Principal: { Service: 'cloudtrail.amazonaws.com' } }],
    ['a canonical user', { Principal: { CanonicalUser: 'a'.repeat(64) } }],
    [
      'an identity provider of an account',
      { Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/p' } },
    ],
    [
      'a range',
      when({ IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'] } }),
    ],
    ['an organisation', when({ StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } })],
    ['a key in other letters', when({ stringequals: { 'AWS:principalorgid': 'o-a1b2c3d4e5' } })],
    [
      'paths of an organisation',
      when({
        'ForAnyValue:StringLike': {
          'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*',
        },
      }),
    ],
    ['a VPC', when({ StringEquals: { 'aws:SourceVpc': 'vpc-91237329' } })],
    [
      'a VPC endpoint, among other conditions',
      when({
        Bool: { 'aws:SecureTransport': 'true' },
        StringEquals: { 'aws:SourceVpce': ['vpce-1a2b3c4d'] },
      }),
    ],
    ['a role', when({ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/r' } })],
    ['a source', when({ StringEquals: { 'aws:SourceAccount': '111122223333' } })],
    ['any session of a role', when({ StringLike: { 'aws:userid': 'AROAEXAMPLEDEVELOPER:*' } })],
    [
      'access points of an account',
      when({
        ArnLike: { 's3:DataAccessPointArn': 'arn:aws:s3:us-west-2:111122223333:accesspoint/*' },
      }),
    ],
  ])('not public: %s', (_title, more) => {
    expect(publicStatements(bucket(more))).toEqual([]);
  });

  const all = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };
  test.each<[string, Json, boolean]>([
    ['everything', {}, false],
    ['other actions', { Action: 's3:Put*' }, true],
    ['other resources', { Resource: 'arn:aws:s3:::b/*' }, true],
    ['some principals', { Principal: { AWS: '444455556666' } }, true],
    [
      'all but a principal',
      { Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } },
      false,
    ],
    [
      'all but an organisation',
      when({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }),
      false,
    ],
    [
      'all but a network or a service of AWS',
      when({
        NotIpAddressIfExists: { 'aws:SourceIp': '192.0.2.0/24' },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      }),
      false,
    ],
    [
      'signed requests only, of all but services',
      when({ Bool: { 'aws:PrincipalIsAWSService': 'false' } }),
      true,
    ],
    ['all but everywhere', when({ NotIpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }), true],
    ['what is not encrypted', when({ Bool: { 'aws:SecureTransport': 'false' } }), true],
    ['one organisation', when({ StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }), true],
    [
      'requests of any value',
      when({ 'ForAnyValue:StringNotLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' } }),
      true,
    ],
  ])('a Deny of %s leaves it public: %j', (_title, more, isPublic) => {
    const policy = of(
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::a/*',
      },
      { ...all, ...more },
    );
    expect(publicStatements(policy)).toHaveLength(isPublic ? 1 : 0);
  });

  test('a statement of a resource has principals', () => {
    expect(() => publicStatements(of(allow('s3:*')))).toThrow(
      "expected Principal or NotPrincipal in Statement 1 of a resource's policy, found neither",
    );
  });
});

describe('over arbitrary patterns', () => {
  const letters = ['a', 'b'];
  /** All texts of up to five letters, and one letter that no pattern has. */
  const texts = ((): readonly string[] => {
    const all = [''];
    for (const text of all) {
      if (text.length < 5) all.push(...[...letters, 'z'].map((letter) => text + letter));
    }
    return all;
  })();
  const pattern = fc
    .array(fc.constantFrom(...letters, '*', '?', '*'), { maxLength: 6 })
    .map((symbols) => symbols.join(''));
  const matching = (glob: string): ReadonlySet<string> => {
    const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
    return new Set(texts.filter((text) => expression.test(text)));
  };
  const access = (resource: string, arn: string): boolean =>
    accessTo(of(allow('s3:*', { Resource: resource })), arn).length > 0;

  test('two patterns overlap exactly when a text matches both', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        const [ofA, ofB] = [matching(a), matching(b)];
        // Two patterns of up to six symbols that overlap at all do so in a text of at most ten.
        const short = [...ofA].some((text) => ofB.has(text));
        if (short) {
          expect(access(a, b)).toBe(true);
        }
        if (a.length + b.length <= 5) expect(access(a, b)).toBe(short);
      }),
      { numRuns: 1500 },
    );
  });

  test('a pattern that is said to cover another matches all that it matches', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        const all = [...matching(b)].every((text) => matching(a).has(text));
        if (isActionAmong(b, [a])) expect(all).toBe(true);
        // Without `?` the answer is exact.
        if (!a.includes('?') && b.length <= 4) expect(isActionAmong(b, [a])).toBe(all);
      }),
      { numRuns: 1500 },
    );
  });

  test('what is left of a pattern on a service matches what it matched there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', ':', '*', '?'), { maxLength: 8 }).map((s) => s.join('')),
        (glob) => {
          const left = given(of(allow(glob)), 'a').map(
            (text) => new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`),
          );
          const whole = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
          for (const text of texts) {
            const action = `a:${text}`;
            expect(left.some((expression) => expression.test(action))).toBe(whole.test(action));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('the longest documents that are read are compared in little time', () => {
    const long = 'a*'.repeat(5_000);
    const many = Array.from({ length: 1_500 }, (_, index) => `s3:a${index}*`);
    const everybody = { Principal: '*' };
    for (const statements of [
      [allow('s3:*', { Resource: `${long}b` }), deny('s3:*', { Resource: `${long}c` })],
      [allow(many, { Resource: many }), ...many.map((one) => deny(one, { Resource: 'x*' }))],
    ]) {
      const policy = of(...statements.map((statement) => ({ ...statement, ...everybody })));
      accessTo(policy, `${'a'.repeat(2_000)}c`);
      grantsOn(policy, 's3');
      publicStatements(policy);
    }
    const colons = { IpAddress: { 'aws:SourceIp': `${':'.repeat(100_000)}x` } };
    expect(publicStatements(of(allow('s3:*', { ...everybody, Condition: colons })))).toHaveLength(
      1,
    );
  });
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
