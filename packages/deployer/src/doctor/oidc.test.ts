import { expect, test } from 'vitest';
import { trustPolicy } from './oidc.ts';

const place = { partition: 'aws', account: '111122223333' };

test.each([
  ['github:acme/security', 'repo:acme/security:ref:refs/heads/main'],
  ['github:acme/security:pull_request', 'repo:acme/security:pull_request'],
  ['github:acme/security:environment:production', 'repo:acme/security:environment:production'],
  [
    'github:acme/security:ref:refs/heads/release/1.x',
    'repo:acme/security:ref:refs/heads/release/1.x',
  ],
  // Repositories that are new since July 2026 have ids in their subjects.
  ['github:acme@123456/security@456789', 'repo:acme@123456/security@456789:ref:refs/heads/main'],
])('%s is trusted as exactly one subject', (typed, subject) => {
  expect(trustPolicy(typed, place)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: {
          Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': subject,
          },
        },
      },
    ],
  });
});

test.each([
  'acme/security',
  'github:acme',
  'github:acme/*',
  'github:*/security',
  'github:acme/security:*',
  'github:acme/security:ref:refs/heads/*',
  'github:acme/secur?ty',
  'github:${aws:username}/x',
  'github:acme/security:environment:',
  'github:acme/security:pull_request:more',
  'gitlab:acme/security',
  'github:acme/security\n',
])('%j is refused', (typed) => {
  expect(() => trustPolicy(typed, place)).toThrow('--oidc expects github:OWNER/REPO');
});
