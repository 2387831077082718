import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const enabled = (fields = {}): unknown =>
  apiCallRecord('iam.amazonaws.com', 'EnableOutboundWebIdentityFederation', {
    awsRegion: 'us-east-1',
    responseElements: { issuerIdentifier: 'https://a1b2.tokens.sts.global.api.aws' },
    ...fields,
  });
const token = (audience: readonly string[], userIdentity: unknown): unknown =>
  apiCallRecord('sts.amazonaws.com', 'GetWebIdentityToken', {
    requestParameters: { audience, durationSeconds: 300, signingAlgorithm: 'RS256' },
    userIdentity,
    readOnly: true,
  });
const { assumedRole, userWithKeys } = identities;
const mine = 'https://api.example.com';
const other = 'https://mallory.example.com';
const expecting = { parameters: { expectedAudiences: 'https://api.example.com' } };

describeRule(rule, {
  alerts: {
    'the federation switched on': [
      enabled(),
      {
        title: 'Outbound web identity federation switched on by IAM user alice',
        severity: 'medium',
        facts: { issuer: 'https://a1b2.tokens.sts.global.api.aws' },
        undo: 'aws iam disable-outbound-web-identity-federation',
      },
    ],
    'a token of a user': [
      token([mine], userWithKeys),
      {
        title: 'Token for a service outside AWS asked for by IAM user alice',
        severity: 'low',
        facts: { audiences: mine },
      },
    ],
    'a token for another service than the expected ones': [
      token([mine, other], assumedRole),
      {
        title: 'Token for a service outside AWS asked for by role Developer (session mallory)',
        severity: 'medium',
      },
      expecting,
    ],
  },
  quiet: {
    'a token of a role, where no service is named': [token([other], assumedRole)],
    'a token for an expected service': [token([mine], assumedRole), expecting],
    'a denied attempt': [enabled(denied('iam:EnableOutboundWebIdentityFederation', '*'))],
  },
});
