import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allow, deny, policyOf } from '../../testing/policies.ts';
import { accessTo } from './accessTo.ts';
import { arnsOverlap } from './arn.ts';
import { grantsOn, isActionAmong, isAdministrator } from './grants.ts';
import { parseGlob } from './glob.ts';
import { parsePolicy, type Policy } from './policy.ts';

type Json = Readonly<Record<string, unknown>>;

const given = (policy: Policy, service: string): readonly string[] =>
  grantsOn(policy, service).flatMap(({ actions }) => actions);

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
    expect(given(policyOf(...statements), 'iam')).toEqual(expected);
  });

  test('says what stands beside the actions', () => {
    const policy = policyOf({
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
    expect(isAdministrator(policyOf(...statements))).toBe(expected);
  });
});

describe('what a policy gives on a resource', () => {
  const bucket = 'arn:aws:s3:::payroll';
  const role = 'arn:aws:iam::111122223333:role/BreakGlass';
  test.each<[string, readonly Json[], readonly string[]]>([
    ['the resource itself', [allow('s3:ListBucket', { Resource: bucket })], ['s3:ListBucket']],
    [
      'actions of objects, which cannot be about a bucket',
      [allow(['s3:GetObject', 's3:Put*Object'], { Resource: bucket })],
      [],
    ],
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
      [allow(['s3:ListBucket', 's3:PutBucketAcl']), deny('s3:Put*', { Resource: bucket })],
      ['s3:ListBucket'],
    ],
    [
      'a Deny of all actions that are about it',
      [allow('s3:List*'), deny(['s3:ListBucket*', 's3:ListTagsForResource'])],
      [],
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
    expect(accessTo(policyOf(...statements), bucket).flatMap(({ actions }) => actions)).toEqual(
      expected,
    );
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
    ['actions without a resource', [allow(['s3:ListAllMyBuckets', 's3:ListAll*'])], bucket, []],
    ['actions about another kind', [allow(['iam:CreateUser', 'iam:ListU*'])], role, []],
    [
      'actions that the reference does not have',
      [allow(['s3:WalkBucket', 's3:Walk*', 'new:Action'])],
      bucket,
      ['s3:WalkBucket', 's3:Walk*'],
    ],
    [
      'a known action about another kind, where its name stands',
      [allow('ec2:RunInstances', { Resource: bucket })],
      bucket,
      [],
    ],
    [
      'NotAction that leaves nothing about it',
      [
        {
          Effect: 'Allow',
          NotAction: ['s3:*B*', 's3:*Configuration', 's3:*Resource', 's3:*Replication'],
          Resource: '*',
        },
      ],
      bucket,
      [],
    ],
    [
      'objects',
      [allow(['s3:ListBucket', 's3:GetObject'])],
      'arn:aws:s3:::payroll/*',
      ['s3:GetObject'],
    ],
    [
      'buckets and objects by one wildcard',
      [allow(['s3:ListBucket', 's3:GetObject', 's3:ListAllMyBuckets'])],
      'arn:aws:s3:::pay*',
      ['s3:ListBucket', 's3:GetObject'],
    ],
    [
      'an instance, which Systems Manager is about as well',
      [allow(['ssm:CreateAssociation', 'ssm:SendCommand', 'ssm:GetParameter', 'ssm:*'])],
      'arn:aws:ec2:us-east-1:111122223333:instance/i-0abc',
      ['ssm:CreateAssociation', 'ssm:SendCommand', 'ssm:*'],
    ],
    [
      'a kind that Systems Manager is not about',
      [allow('ssm:*')],
      'arn:aws:ec2:us-east-1:111122223333:key-pair/a',
      [],
    ],
    [
      'a kind that the reference does not have',
      [allow(['iam:CreateUser', 'ec2:RunInstances'])],
      'arn:aws:iam::111122223333:new-kind/a',
      ['iam:CreateUser'],
    ],
  ])('by what they are about: %s', (_title, statements, arn, expected) => {
    expect(accessTo(policyOf(...statements), arn).flatMap(({ actions }) => actions)).toEqual(
      expected,
    );
  });
});

describe('resources, part by part', () => {
  const role = 'arn:aws:iam::111122223333:role/BreakGlass*';
  test.each<[string, string, boolean]>([
    ['arn:aws:iam::*:role/Auditor', role, false],
    ['arn:aws:iam::*:role/Break*', role, true],
    ['arn:*:iam::*:role/BreakGlass', role, true],
    ['arn:*:logs:*:*:log-group:/aws/lambda/*', 'arn:aws:s3:::payroll', false],
    ['arn:aws:s3:::pay*', 'arn:aws:s3:::payroll/a:b', true],
    ['arn:aws:s3:*', 'arn:aws:s3:::payroll', true],
    ['arn:aws:s*', 'arn:aws:s3:::payroll', true],
    ['arn:*:payroll*', 'arn:aws:s3:::payroll', false],
    ['arn:*', 'arn:aws:s3:::payroll', true],
    ['*', role, true],
    ['arn:aws:iam::??????:role/*', role, false],
    ['arn:aws:iam::????????????:role/*', role, true],
  ])('%s and %s: %j', (a, b, expected) => {
    expect(arnsOverlap(parseGlob(a).glob, parseGlob(b).glob)).toBe(expected);
    expect(arnsOverlap(parseGlob(b).glob, parseGlob(a).glob)).toBe(expected);
  });

  test.each<[string, boolean]>([
    ['arn:*:111122223333:*', false],
    ['arn:aws:*:*:*:role/Break*', true],
    ['arn:aws:iam:*', true],
    ['*', true],
  ])('a Deny of %s takes a role away: %j', (resource, expected) => {
    const policy = policyOf(allow('iam:*'), deny('iam:*', { Resource: resource }));
    const left = accessTo(policy, 'arn:aws:iam::111122223333:role/BreakGlass');
    expect(left.length === 0).toBe(expected);
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
    accessTo(policyOf(allow('s3:*', { Resource: resource })), arn).length > 0;

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
          const left = given(policyOf(allow(glob)), 'a').map(
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
});
