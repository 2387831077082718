import type { Deed } from '@patrol/core';
import { readParameters } from '@patrol/core/evaluation';
import { mutated } from '@patrol/build/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allow, deny, document } from '../../testing/policies.ts';
import { PolicyError } from '../iam/policy.ts';
import { opened } from './opened.ts';
import { about, isOutsider, type Opening, openings, permission, type Trust } from './openings.ts';
import { trust } from './trust.ts';

type Json = Readonly<Record<string, unknown>>;

const own = '111122223333';
const foreign = '444455556666';
const trusting = (given: Readonly<Record<string, string>> = {}): Trust => ({
  account: own,
  ...readParameters(trust, (name) => given[name]),
});
const open = (...statements: readonly Json[]): readonly Opening[] =>
  openings(document(...statements), trusting());
const to = (Principal: unknown, more: Json = {}): Json =>
  allow('sns:Publish', { Principal, ...more });
const aws = (id: string | readonly string[], more: Json = {}): Json => to({ AWS: id }, more);
const when = (Condition: Json, more: Json = {}): Json => ({ Condition, ...more });
const everybodyWhen = (Condition: Json): Json => to('*', { Condition });
const role = (account: string, name = 'reader') => `arn:aws:iam::${account}:role/${name}`;
const github = (Condition?: Json) =>
  to(
    { Federated: `arn:aws:iam::${own}:oidc-provider/token.actions.githubusercontent.com` },
    Condition && { Condition },
  );
const subject = (...values: readonly string[]): Json =>
  github({
    StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
    StringLike: { 'token.actions.githubusercontent.com:sub': values },
  });
const provider = (issuer: string, Condition?: Json): Json =>
  to({ Federated: `arn:aws:iam::${own}:oidc-provider/${issuer}` }, Condition && { Condition });
const service = (Condition?: Json, name = 'sns.amazonaws.com'): Json =>
  to({ Service: name }, Condition && { Condition });
const organization = 'o-a1b2c3d4e5';

/** `kind: who`, with `~` for what is narrowed. */
const short = ({ kind, who, isNarrowed }: Opening): string =>
  `${kind}${isNarrowed ? '~' : ''}: ${who}`;

describe('who gets in', () => {
  const canonical = 'ab'.repeat(32);
  test.each<[string, readonly Json[], readonly string[]]>([
    // Principals.
    ['everybody', [to('*')], ['public: everybody']],
    ['everybody in AWS', [aws('*')], ['public: everybody']],
    ['all services', [service(undefined, '*')], ['public: every AWS service']],
    [
      'all but one',
      [allow('a:b', { NotPrincipal: { AWS: own } })],
      [`public: everybody but ${own}`],
    ],
    ['an account', [aws(foreign)], [`account: account ${foreign}`]],
    [
      'the root of an account',
      [aws(`arn:aws:iam::${foreign}:root`)],
      [`account: account ${foreign}`],
    ],
    ['a role', [aws(role(foreign))], [`account: ${role(foreign)}`]],
    [
      'a session in another partition',
      [aws(`arn:aws-cn:sts::${foreign}:assumed-role/r/s`)],
      [`account: arn:aws-cn:sts::${foreign}:assumed-role/r/s`],
    ],
    [
      'a canonical user',
      [to({ CanonicalUser: canonical })],
      [`account: canonical user ${canonical}`],
    ],
    ['a principal that was deleted', [aws('AROAEXAMPLE')], ['account: AROAEXAMPLE']],
    [
      'several, the widest first',
      [aws([role(own), foreign]), service(), to('*')],
      [
        'public: everybody',
        `account: account ${foreign}`,
        'service: sns.amazonaws.com for any account',
      ],
    ],
    ['the same twice', [aws([foreign, foreign]), aws(foreign)], [`account: account ${foreign}`]],
    [
      'load balancers, which write their logs by an account',
      [aws('arn:aws:iam::127311923021:root')],
      ['service: Elastic Load Balancing (127311923021) for any account'],
    ],
    [
      'CloudFront by an identity',
      [aws('arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE')],
      ['service: the CloudFront origin access identity E1EXAMPLE for any account'],
    ],
    [
      'CloudFront by the canonical id of an identity',
      [to({ CanonicalUser: 'ab'.repeat(48) })],
      [`service: the CloudFront origin access identity ${'ab'.repeat(48)} for any account`],
    ],
    // Conditions that let in others.
    [
      'an account by a condition',
      [everybodyWhen({ StringEquals: { 'aws:PrincipalAccount': [own, foreign] } })],
      [`account: account ${foreign}`],
    ],
    [
      'roles of an account by a condition',
      [everybodyWhen({ ArnLike: { 'aws:PrincipalArn': role(foreign, '*') } })],
      [`account: ${role(foreign, '*')}`],
    ],
    [
      'an organisation',
      [everybodyWhen({ StringEquals: { 'aws:PrincipalOrgID': organization } })],
      [`organization: every account of organisation ${organization}`],
    ],
    [
      'a part of an organisation',
      [
        everybodyWhen({
          'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${organization}/r-ab12/*` },
        }),
      ],
      [`organization: every account of organisation ${organization}`],
    ],
    [
      'an account and a network',
      [
        everybodyWhen({
          StringEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d', 'aws:PrincipalAccount': foreign },
        }),
      ],
      [`account~: account ${foreign}`],
    ],
    [
      'an organisation, by a Deny of all others',
      [
        to('*'),
        deny('*', {
          Principal: '*',
          Condition: { StringNotEquals: { 'aws:PrincipalOrgID': organization } },
        }),
      ],
      [`organization: every account of organisation ${organization}`],
    ],
    [
      'an account, by a Deny of all others',
      [to('*'), deny('*', { NotPrincipal: { AWS: [own, foreign] } })],
      [`account: account ${foreign}`],
    ],
    [
      'addresses',
      [everybodyWhen({ IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } })],
      ['network: everybody who comes from 192.0.2.0/24'],
    ],
    [
      'all addresses, range by range',
      [
        everybodyWhen({
          IpAddress: { 'aws:SourceIp': Array.from({ length: 256 }, (_, at) => `${at}.0.0.0/8`) },
        }),
      ],
      ['public: everybody'],
    ],
    [
      'the mount targets of a file system',
      [everybodyWhen({ Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } })],
      ["network: everybody who comes from the file system's mount targets"],
    ],
    [
      'a role, by its id',
      [everybodyWhen({ StringLike: { 'aws:userid': 'AROAEXAMPLEDEVELOPER:*' } })],
      ['account: AROAEXAMPLEDEVELOPER:*'],
    ],
    // Conditions that narrow nothing.
    [
      'IfExists',
      [everybodyWhen({ StringEqualsIfExists: { 'aws:PrincipalOrgID': organization } })],
      ['public: everybody'],
    ],
    [
      'ForAllValues',
      [everybodyWhen({ 'ForAllValues:StringEquals': { 'aws:PrincipalAccount': own } })],
      ['public: everybody'],
    ],
    [
      'the key, whatever its value',
      [everybodyWhen({ Null: { 'aws:PrincipalOrgID': 'false' } })],
      ['public: everybody'],
    ],
    [
      'the absence of the key',
      [
        everybodyWhen({
          Null: { 'aws:PrincipalAccount': 'true' },
          StringEqualsIfExists: { 'aws:PrincipalAccount': own },
        }),
      ],
      ['public: everybody'],
    ],
    [
      'a tag, which everybody can give himself',
      [everybodyWhen({ StringEquals: { 'aws:PrincipalTag/team': 'a' } })],
      ['public: everybody'],
    ],
    [
      'an account whose ARN is written so that others match it',
      [everybodyWhen({ StringLike: { 'aws:PrincipalArn': `arn:aws:iam*::${own}:role/*` } })],
      ['public: everybody'],
    ],
    [
      'an account that is its own',
      [everybodyWhen({ StringEquals: { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' } })],
      ['public: everybody'],
    ],
    [
      'a secret',
      [everybodyWhen({ StringEquals: { 'sts:ExternalId': '7f3a' } })],
      ['public~: everybody'],
    ],
    [
      'a secret for an account, which stays another account',
      [aws(foreign, when({ StringEquals: { 'sts:ExternalId': '7f3a' } }))],
      [`account~: account ${foreign}`],
    ],
    [
      'a secret that is any',
      [aws(foreign, when({ StringLike: { 'sts:ExternalId': '*' } }))],
      [`account: account ${foreign}`],
    ],
    // Denies that take nothing back.
    [
      'a Deny of other actions',
      [to('*'), deny('sns:Subscribe', { Principal: '*' })],
      ['public: everybody'],
    ],
    [
      'a Deny of other resources',
      [to('*'), deny('*', { Principal: '*', Resource: 'arn:aws:sns:*:*:a' })],
      ['public: everybody'],
    ],
    [
      'a Deny for an account',
      [to('*'), deny('*', { Principal: { AWS: foreign } })],
      ['public: everybody'],
    ],
    [
      'a Deny for services',
      [to('*'), deny('*', { Principal: { Service: '*' } })],
      ['public: everybody'],
    ],
    [
      'a Deny of one role',
      [aws(foreign), deny('*', { Principal: { AWS: role(foreign) } })],
      [`account: account ${foreign}`],
    ],
    [
      'a Deny on a condition without values',
      [
        to('*'),
        deny('*', {
          Principal: '*',
          Condition: { BoolIfExists: { 'aws:PrincipalIsAWSService': [] } },
        }),
      ],
      ['public: everybody'],
    ],
    [
      'a Deny of what is not encrypted',
      [
        to('*'),
        deny('*', { Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ],
      ['public: everybody'],
    ],
    [
      'a Deny of all others on a condition',
      [
        to('*'),
        deny('*', {
          NotPrincipal: { AWS: own },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ],
      ['public: everybody'],
    ],
    // Services.
    ['a service', [service()], ['service: sns.amazonaws.com for any account']],
    [
      'a service that comes by a network',
      [service({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } })],
      ['service~: sns.amazonaws.com for any account'],
    ],
    [
      'a service for another account',
      [service({ StringEquals: { 'aws:SourceAccount': foreign } })],
      [`account: account ${foreign} through an AWS service`],
    ],
    [
      'a service for a topic of another account',
      [service({ ArnLike: { 'aws:SourceArn': `arn:aws:sns:eu-west-1:${foreign}:t` } })],
      [`account: arn:aws:sns:eu-west-1:${foreign}:t through an AWS service`],
    ],
    [
      'a service for any topic',
      [service({ ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:*' } })],
      ['service: sns.amazonaws.com for any account'],
    ],
    [
      'a service for another organisation',
      [service({ StringEquals: { 'aws:SourceOrgID': organization } })],
      [`organization: every account of organisation ${organization} through an AWS service`],
    ],
    [
      'everybody, for a topic of another account',
      [everybodyWhen({ ArnEquals: { 'aws:SourceArn': `arn:aws:sns:eu-west-1:${foreign}:t` } })],
      [`account: arn:aws:sns:eu-west-1:${foreign}:t through an AWS service`],
    ],
    [
      'everybody who is a service',
      [everybodyWhen({ StringEquals: { 'aws:PrincipalServiceName': 'sns.amazonaws.com' } })],
      ['service: sns.amazonaws.com for any account'],
    ],
    // Identity providers.
    ['GitHub', [github()], ['federated: every identity of token.actions.githubusercontent.com']],
    [
      'any subject',
      [subject('*')],
      ['federated: every identity of token.actions.githubusercontent.com'],
    ],
    [
      'any owner',
      [subject('repo:*')],
      ['federated: every identity of token.actions.githubusercontent.com'],
    ],
    [
      'owners whose names begin alike',
      [subject('repo:acme*/app:*')],
      ['federated: every identity of token.actions.githubusercontent.com'],
    ],
    [
      'one of several subjects',
      [subject('repo:acme/app:*', 'repo:*/app:*')],
      ['federated: every identity of token.actions.githubusercontent.com'],
    ],
    [
      'any branch of that name',
      [subject('ref:refs/heads/main')],
      ['federated: every identity of token.actions.githubusercontent.com'],
    ],
    [
      'a subject that is only looked at where there is one',
      [
        github({
          StringLikeIfExists: { 'token.actions.githubusercontent.com:sub': 'repo:acme/app:*' },
        }),
      ],
      ['federated: every identity of token.actions.githubusercontent.com'],
    ],
    [
      'a cluster, by its audience',
      [
        provider('oidc.eks.eu-west-1.amazonaws.com/id/ABC', {
          StringEquals: { 'oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud': 'sts.amazonaws.com' },
        }),
      ],
      ['federated: every identity of oidc.eks.eu-west-1.amazonaws.com/id/ABC'],
    ],
    [
      'any namespace of a cluster',
      [
        provider('oidc.example/id/A', {
          StringLike: { 'oidc.example/id/A:sub': 'system:serviceaccount:*:app' },
        }),
      ],
      ['federated: every identity of oidc.example/id/A'],
    ],
    [
      'any group of GitLab',
      [
        provider('gitlab.com', {
          StringLike: { 'gitlab.com:sub': 'project_path:*:ref_type:branch:ref:main' },
        }),
      ],
      ['federated: every identity of gitlab.com'],
    ],
    [
      'any pool of Cognito',
      [to({ Federated: 'cognito-identity.amazonaws.com' })],
      ['federated: every identity of cognito-identity.amazonaws.com'],
    ],
    [
      "another account's provider",
      [to({ Federated: `arn:aws:iam::${foreign}:saml-provider/p` })],
      [`account: arn:aws:iam::${foreign}:saml-provider/p`],
    ],
  ])('%s', (_title, statements, expected) => {
    expect(open(...statements).map(short)).toEqual(expected);
  });

  test.each<[string, readonly Json[]]>([
    ['a Deny', [deny('*', { Principal: '*' })]],
    ['the own account', [aws([own, `arn:aws:iam::${own}:root`, role(own)])]],
    [
      'everybody of the own account',
      [everybodyWhen({ StringEquals: { 'kms:CallerAccount': own } })],
    ],
    [
      'roles of the own account',
      [everybodyWhen({ StringLike: { 'aws:PrincipalArn': role(own, '*') } })],
    ],
    ['the root of the own account', [everybodyWhen({ StringEquals: { 'aws:userid': own } })]],
    [
      'IfExists, with the key asked for',
      [
        everybodyWhen({
          StringEqualsIfExists: { 'aws:PrincipalAccount': own },
          Null: { 'AWS:PrincipalAccount': false },
        }),
      ],
    ],
    [
      'the organisation of the resource',
      [everybodyWhen({ StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } })],
    ],
    [
      'the organisation of the resource, the other way round',
      [aws(foreign, when({ StringEquals: { 'aws:ResourceOrgID': '${aws:PrincipalOrgID}' } }))],
    ],
    [
      'the owner of a topic, as SNS writes it',
      [everybodyWhen({ StringEquals: { 'AWS:SourceOwner': own } })],
    ],
    [
      'the own account, by a Deny of all others',
      [
        to('*'),
        deny(['sns:Publish', 'sns:Subscribe'], {
          Principal: '*',
          Condition: { StringNotEquals: { 'aws:PrincipalAccount': own } },
        }),
      ],
    ],
    [
      'another account, by a Deny of all others',
      [aws(foreign), deny('*', { NotPrincipal: { AWS: own } })],
    ],
    [
      'another account, by a Deny of it',
      [aws(role(foreign)), deny('sns:*', { Principal: { AWS: foreign } })],
    ],
    ['everybody, by a Deny', [to('*'), deny('*', { Principal: '*' })]],
    [
      'everybody, by two Denies',
      [
        to('*', { Action: ['sns:Publish', 'sns:Subscribe'] }),
        deny('sns:Publish', { Principal: '*' }),
        deny('sns:Subscribe', { Principal: { AWS: '*' } }),
      ],
    ],
    [
      'the own account, by two Denies of all others',
      [
        to('*', { Action: ['sns:Publish', 'sns:Subscribe'] }),
        ...['sns:Publish', 'sns:Subscribe'].map((action) =>
          deny(action, {
            Principal: '*',
            Condition: { StringNotEquals: { 'aws:PrincipalAccount': own } },
          }),
        ),
      ],
    ],
    [
      'roles of the own account, whose ARN is compared part by part',
      [everybodyWhen({ ArnLike: { 'aws:PrincipalArn': `arn:*:iam::${own}:role/*` } })],
    ],
    ['a service for the own account', [service({ StringEquals: { 'aws:SourceAccount': own } })]],
    [
      'a service for own resources',
      [service({ ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${own}:*` } })],
    ],
    [
      'a service for a bucket',
      [service({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:*:*:photos' } })],
    ],
    [
      'CloudTrail, by what it encrypts',
      [
        service(
          {
            StringLike: {
              'kms:EncryptionContext:aws:cloudtrail:arn': `arn:aws:cloudtrail:*:${own}:trail/*`,
            },
          },
          'cloudtrail.amazonaws.com',
        ),
      ],
    ],
    ['a repository', [subject('repo:acme/app:ref:refs/heads/main', 'repo:acme/*')]],
    [
      'an owner in a subject of his own making',
      [subject('environment:prod:repository_owner:acme:*')],
    ],
    [
      'an owner, by a claim',
      [
        github({
          StringEquals: { 'token.actions.githubusercontent.com:repository_owner_id': '1234' },
        }),
      ],
    ],
    [
      'a group of GitLab',
      [provider('gitlab.com', { StringLike: { 'gitlab.com:sub': 'project_path:acme/*' } })],
    ],
    [
      'a service account of a cluster',
      [
        provider('oidc.example/id/A', {
          StringLike: { 'oidc.example/id/A:sub': 'system:serviceaccount:app:*' },
        }),
      ],
    ],
    [
      'a workspace',
      [
        provider('app.terraform.io', {
          StringLike: {
            'app.terraform.io:sub': 'organization:acme:project:*:workspace:*:run_phase:*',
          },
        }),
      ],
    ],
    [
      'a pool of Cognito',
      [
        to(
          { Federated: 'cognito-identity.amazonaws.com' },
          when({ StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:1' } }),
        ),
      ],
    ],
    ['SAML', [to({ Federated: `arn:aws:iam::${own}:saml-provider/p` })]],
  ])('nobody from outside: %s', (_title, statements) => {
    expect(open(...statements)).toEqual([]);
  });

  test('reads objects and URL-encoded text as it reads JSON', () => {
    const text = document(aws(foreign));
    for (const given of [text, encodeURIComponent(text), JSON.parse(text)]) {
      expect(openings(given, trusting()).map(short)).toEqual([`account: account ${foreign}`]);
    }
  });

  test('says what a statement gives, and why', () => {
    const Condition = { StringEquals: { 'sts:ExternalId': '7f3a' } };
    expect(open({ ...aws(role(foreign)), Sid: 'Vendor', Condition })).toEqual([
      {
        kind: 'account',
        who: role(foreign),
        principal: role(foreign),
        account: foreign,
        sid: 'Vendor',
        actions: ['sns:Publish'],
        resources: ['*'],
        conditions: ['StringEquals sts:ExternalId = 7f3a'],
        isNarrowed: true,
        why: `It allows ${role(foreign)} of account ${foreign}, which is neither this account nor a trusted one.`,
        severity: 'medium',
      },
    ]);
  });

  test.each<[string, Json, Opening['severity']]>([
    ['everybody', to('*'), 'critical'],
    ['everybody with a secret', everybodyWhen({ StringEquals: { 'sts:ExternalId': 'a' } }), 'high'],
    ['another account', aws(foreign), 'high'],
    ['any repository', github(), 'critical'],
    ['any identity of an own provider', provider('oidc.example'), 'medium'],
    ['a service', service(), 'low'],
    ['a network', everybodyWhen({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } }), 'low'],
  ])('severity of %s', (_title, statement, severity) => {
    expect(open(statement).map((opening) => opening.severity)).toEqual([severity]);
  });

  test.each<[string, unknown, string]>([
    ['no document', undefined, 'expected a policy document, found nothing'],
    [
      'a policy of permissions',
      document(allow('s3:*')),
      "expected Principal or NotPrincipal in Statement 1 of a resource's policy, found neither",
    ],
    [
      'a principal without a name',
      document(to('')),
      "expected a principal in Statement 1 of a resource's policy, found an empty text",
    ],
    [
      'an unknown kind of principal',
      document(to({ Aws: foreign }), to({ Robot: 'r' })),
      'expected AWS, Service, Federated or CanonicalUser as the kind of a principal in Statement 2 of a resource\'s policy, found "Robot"',
    ],
  ])('refuses %s', (_title, given, message) => {
    expect(() => openings(given, trusting())).toThrow(new PolicyError(message));
  });
});

describe('trust', () => {
  const canonical = 'ab'.repeat(32);
  test.each<[string, Json, Readonly<Record<string, string>>]>([
    [
      'accounts',
      aws([foreign, role('777788889999')]),
      { trustedAccounts: `${foreign}, 777788889999` },
    ],
    ['canonical users', to({ CanonicalUser: canonical }), { trustedAccounts: canonical }],
    [
      'organisations',
      everybodyWhen({ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${organization}/*` } }),
      { trustedOrganizations: organization },
    ],
    [
      'accounts of a trusted organisation',
      aws(foreign, when({ StringEquals: { 'aws:PrincipalOrgID': organization } })),
      { trustedOrganizations: organization },
    ],
  ])('%s', (_title, statement, given) => {
    expect(openings(document(statement), trusting(given))).toEqual([]);
    expect(openings(document(statement), trusting())).not.toEqual([]);
  });

  test('an account is trusted whole, never by a part of its id', () => {
    expect(() => trusting({ trustedAccounts: '4444*' })).toThrow('expected the 12 digits');
    expect(() => trusting({ trustedOrganizations: '*' })).toThrow('trustedOrganizations');
    expect(openings(document(aws(foreign)), { ...trusting(), account: undefined })).toHaveLength(1);
  });
});

describe('a finding', () => {
  const deeds = (...statements: readonly Json[]): Promise<readonly Deed[]> =>
    opened(document(...statements), { account: own, parameters: trusting() }, (who) => ({
      deed: who,
    }));

  test('names all of them, and what would mute it', async () => {
    const statements = [aws(role(foreign)), aws(foreign, { Action: 'sns:Subscribe' })];
    expect(about(open(...statements))).toEqual({
      who: `${role(foreign)}, account ${foreign}`,
      actions: 'sns:Publish, sns:Subscribe',
      why: `It allows ${role(foreign)} of account ${foreign}, which is neither this account nor a trusted one. It allows account ${foreign}, which is neither this account nor a trusted one.`,
      severity: 'high',
      facts: {
        letsIn: `${role(foreign)}, account ${foreign}`,
        kinds: 'account',
        actions: 'sns:Publish, sns:Subscribe',
      },
    });
    expect(await deeds(...statements)).toMatchObject([
      { suppression: { parameter: 'trustedAccounts', item: foreign } },
    ]);
  });

  test('has no item that would mute others with it', async () => {
    expect(await deeds(aws(foreign), to('*'))).toMatchObject([
      { severity: 'critical', suppression: undefined },
    ]);
    expect(await deeds(aws([foreign, '777788889999']))).toMatchObject([{ suppression: undefined }]);
  });

  test('stays short', () => {
    const accounts = Array.from({ length: 50 }, (_, at) => String(200_000_000_000 + at));
    const { who, facts } = about(open(aws(accounts)));
    expect(who).toMatch(/^(account \d{12}, ){4}account \d{12} and 45 more$/);
    expect(facts?.['letsIn']).toMatch(/ and 30 more$/);
  });

  test('leaves out services and networks where they do not matter', () => {
    const found = open(
      service(),
      everybodyWhen({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } }),
      aws(foreign),
    );
    expect(found.filter(isOutsider).map(short)).toEqual([`account: account ${foreign}`]);
  });
});

describe('a permission without a document', () => {
  const actions = 'lambda:InvokeFunction';
  test.each<[string, Parameters<typeof permission>[0], readonly string[]]>([
    ['everybody', { principals: '*', actions }, ['public: everybody']],
    ['accounts', { principals: [own, foreign], actions }, [`account: account ${foreign}`]],
    [
      'an organisation',
      { principals: '*', actions, organization },
      [`organization: every account of organisation ${organization}`],
    ],
    [
      'a service',
      { principals: 's3.amazonaws.com', actions },
      ['service: s3.amazonaws.com for any account'],
    ],
    [
      'a service for an account',
      { principals: 's3.amazonaws.com', actions, sourceAccount: own },
      [],
    ],
    [
      'a service for a resource of another account',
      { principals: 'sns.amazonaws.com', actions, sourceArn: `arn:aws:sns:eu-west-1:${foreign}:t` },
      [`account: arn:aws:sns:eu-west-1:${foreign}:t through an AWS service`],
    ],
    [
      'more conditions',
      {
        principals: 'alexa-appkit.amazon.com',
        actions,
        conditions: { StringEquals: { 'lambda:EventSourceToken': 'amzn1.ask.skill.1' } },
      },
      ['service~: alexa-appkit.amazon.com for any account'],
    ],
    ['nothing', { principals: undefined, actions: null }, []],
  ])('%s', (_title, given, expected) => {
    expect(openings(permission(given), trusting()).map(short)).toEqual(expected);
  });
});

describe('hostile documents', () => {
  const word = fc.oneof(
    fc.constantFrom(
      '*',
      '',
      own,
      foreign,
      role(foreign),
      'arn:',
      'arn:aws:iam::*:root',
      '${aws:ResourceOrgID}',
      organization,
      '__proto__',
      'constructor',
      '0.0.0.0/0',
      '::/0',
      'true',
      'repo:*',
      'a'.repeat(5000),
    ),
    fc.string(),
  );
  const texts = fc.oneof(word, fc.array(word, { maxLength: 4 }));
  const condition = fc.dictionary(
    fc.constantFrom(
      'StringLike',
      'ForAllValues:StringEqualsIfExists',
      'Null',
      'Bool',
      'IpAddress',
      'x',
      '__proto__',
    ),
    fc.dictionary(
      fc.constantFrom(
        'aws:PrincipalArn',
        'aws:SourceIp',
        'aws:SourceArn',
        'aws:userid',
        'sts:ExternalId',
        'constructor',

        'aws:PrincipalOrgPaths',
        'token.actions.githubusercontent.com:sub',
        'kms:EncryptionContext:a',
      ),
      texts,
      { maxKeys: 3 },
    ),
    { maxKeys: 3 },
  );
  const principal = fc.oneof(
    texts,
    fc.dictionary(
      fc.constantFrom('AWS', 'Service', 'Federated', 'CanonicalUser', 'toString'),
      texts,
    ),
  );
  const statement = fc.record(
    {
      Effect: fc.constantFrom('Allow', 'Deny'),
      Principal: principal,
      Action: texts,
      Resource: texts,
      Condition: condition,
    },
    { requiredKeys: ['Effect', 'Principal', 'Action'] },
  );

  test('of the greatest length are read in little time', { timeout: 60_000 }, () => {
    const many = (count: number, make: (at: number) => Json): readonly Json[] =>
      Array.from({ length: count }, (_, at) => make(at));
    const accounts = Array.from({ length: 4000 }, (_, at) => String(400_000_000_000 + at));
    const addresses = Array.from({ length: 8000 }, (_, at) => `1.${at >> 8}.${at & 255}.1`);
    for (const [statements, count] of [
      [many(1000, (at) => (at % 2 ? to('*') : deny(`a:${at}`, { Principal: '*' }))), 1],
      [[aws(accounts), deny('b', { Principal: { AWS: accounts } })], 4000],
      [[everybodyWhen({ IpAddress: { 'aws:SourceIp': addresses } })], 1],
      [
        [
          ...many(500, () => to('*')),
          deny('*', {
            Principal: '*',
            Condition: { StringNotEquals: { 'aws:PrincipalAccount': accounts } },
          }),
        ],
        50,
      ],
    ] as const) {
      expect(openings({ Statement: statements }, trusting())).toHaveLength(count);
    }
  });

  test('are read or refused in words', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), (statements) => {
        try {
          for (const { who, why } of openings(document(...statements), trusting())) {
            expect(why).toContain('It allows ');
            expect(who).not.toBe('');
          }
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('whose parts were exchanged are read or refused in words', () => {
    const samples = [
      document(aws(role(foreign)), deny('*', { NotPrincipal: { AWS: own } })),
      document(subject('repo:acme/*')),
      document(everybodyWhen({ IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '::/0'] } })),
    ].map((text): unknown => JSON.parse(text));
    fc.assert(
      fc.property(mutated(samples), (given) => {
        try {
          openings(given, trusting());
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('say the same of an Allow, whatever else is allowed beside it', () => {
    fc.assert(
      fc.property(statement, statement, (one, other) => {
        const allowing = [one, other].map((given) => ({ ...given, Effect: 'Allow' }));
        try {
          const both = open(...allowing).map(short);
          const alone = allowing.flatMap((given) => open(given).map(short));
          expect(new Set(both)).toEqual(new Set(alone));
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
        }
      }),
    );
  });
});
