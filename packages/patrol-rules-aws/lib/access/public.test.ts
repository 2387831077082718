import { describe, expect, test } from 'vitest';
import { allow, policyOf } from '../../testing/policies.ts';
import type { Policy } from '../iam/policy.ts';
import { publicStatements } from './public.ts';

type Json = Readonly<Record<string, unknown>>;

describe('what is public', () => {
  const bucket = (more: Json): Policy =>
    policyOf({
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
    const policy = policyOf(
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
    expect(() => publicStatements(policyOf(allow('s3:*')))).toThrow(
      "expected Principal or NotPrincipal in Statement 1 of a resource's policy, found neither",
    );
  });
});
