import { expect } from 'vitest';
import {
  apiCallRecord,
  denied,
  describeRule,
  identities,
  signInRecord,
} from '@patrol/core/testing';
import { allow, document } from '../../testing/policies.ts';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('sts.amazonaws.com', eventName, { requestParameters, ...fields });
const link = (identity: object): unknown =>
  signInRecord(
    { ...identity },
    { eventName: 'GetSigninToken', responseElements: { GetSigninToken: 'Success' } },
  );
const reserved = {
  ...identities.assumedRole,
  sessionContext: { sessionIssuer: { userName: 'AWSReservedSSO_Developer_0123456789abcdef' } },
};

describeRule(rule, {
  alerts: {
    'a federation token that may do all': [
      call(
        'GetFederationToken',
        { name: 'mallory', policy: document(allow('*')) },
        { responseElements: { credentials: { expiration: 'Nov 30, 2026, 8:43:17 PM' } } },
      ),
      {
        title: 'Federation token with every permission of the user asked for by IAM user alice',
        severity: 'critical',
        facts: { name: 'mallory', expires: 'Nov 30, 2026, 8:43:17 PM' },
      },
    ],
    'one that may do all by a policy of AWS': [
      call('GetFederationToken', {
        name: 'mallory',
        policyArns: [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
      }),
      { title: expect.stringContaining('every permission'), severity: 'critical' },
    ],
    'one that may do all but a little': [
      call('GetFederationToken', {
        name: 'mallory',
        policy: document({ Effect: 'Allow', NotAction: 's3:DeleteBucket', Resource: '*' }),
      }),
      {
        title: 'Federation token with every permission of the user asked for by IAM user alice',
        severity: 'critical',
        summary: expect.stringContaining('may do every action but s3:DeleteBucket that the user'),
      },
    ],
    'one that may do little': [
      call('GetFederationToken', { name: 'bob', policy: document(allow('s3:GetObject')) }),
      { title: 'Federation token asked for by IAM user alice', severity: 'high' },
    ],
    'one without a policy': [
      call('GetFederationToken', { name: 'bob' }),
      { title: 'Federation token asked for by IAM user alice', severity: 'high' },
    ],
    'a session token without MFA': [
      call('GetSessionToken', { durationSeconds: 900 }),
      { title: 'Session token asked for without MFA by IAM user alice', severity: 'low' },
    ],
    'a link to the console from a federation token': [
      link(identities.federatedUser),
      {
        title:
          'Sign-in link to the console made from a federation token by federated user bob (token issued by alice)',
        severity: 'high',
      },
    ],
    'a link to the console from the session of a role': [
      link(identities.assumedRole),
      {
        title:
          'Sign-in link to the console made from a session by role Developer (session mallory)',
        severity: 'low',
      },
    ],
  },
  quiet: {
    'a session token with MFA': [
      call('GetSessionToken', { serialNumber: 'arn:aws:iam::111122223333:mfa/alice' }),
    ],
    'a session token for a service': [
      call('GetSessionToken', null, { userIdentity: identities.serviceForUser }),
    ],
    'the access portal of Identity Center': [link(reserved)],
    'a denied attempt': [
      call(
        'GetFederationToken',
        null,
        denied('sts:GetFederationToken', 'arn:aws:sts::111122223333:federated-user/bob'),
      ),
    ],
  },
});
