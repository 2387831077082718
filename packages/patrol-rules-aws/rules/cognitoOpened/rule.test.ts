import { apiCallRecord, describeRule, type Fields } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by } from '../../testing/people.ts';
import rule from './rule.ts';

const pool = 'eu-west-1:0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f';

const identity = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('cognito-identity.amazonaws.com', eventName, { requestParameters, ...fields });

const guests = (allowUnauthenticatedIdentities: boolean, fields: Fields = {}): unknown =>
  identity(
    'UpdateIdentityPool',
    { identityPoolId: pool, identityPoolName: 'app', allowUnauthenticatedIdentities },
    fields,
  );

const created = (allowUnauthenticatedIdentities: boolean): unknown =>
  identity(
    'CreateIdentityPool',
    { identityPoolName: 'app', allowUnauthenticatedIdentities },
    { responseElements: { identityPoolId: pool } },
  );

const roles = (given: Fields, fields: Fields = {}): unknown =>
  identity('SetIdentityPoolRoles', { identityPoolId: pool, roles: given }, fields);

const client = (more: Fields, fields: Fields = {}): unknown =>
  apiCallRecord('cognito-idp.amazonaws.com', 'UpdateUserPoolClient', {
    requestParameters: { userPoolId: 'eu-west-1_a1b2c3', clientId: 'c-1', ...more },
    ...fields,
  });

const role = 'arn:aws:iam::111122223333:role/guest';
const callbackURLs = ['https://phish.example/'];

describeRule(rule, {
  alerts: {
    guests: [
      guests(true),
      {
        title: `Guests let in by Cognito identity pool ${pool} by IAM user alice`,
        severity: 'medium',
        targets: [{ type: 'AWS::Cognito::IdentityPool', id: pool }],
      },
    ],
    'guests in a new pool': [
      created(true),
      {
        title: `Guests let in by Cognito identity pool ${pool} by IAM user alice`,
        facts: { name: 'app' },
      },
    ],
    'guests by a deployment': [
      guests(true, by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'a role for guests': [
      roles({ unauthenticated: role }),
      {
        title: `Role for guests set in Cognito identity pool ${pool} by IAM user alice`,
        severity: 'medium',
        facts: { role },
      },
    ],
    'a role for guests by a deployment': [
      roles({ unauthenticated: role }, by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'other addresses': [
      client({ callbackURLs }),
      {
        title:
          'Sign-ins sent to other addresses in Cognito user pool eu-west-1_a1b2c3 by IAM user alice',
        severity: 'low',
        facts: { client: 'c-1', callbackUrls: 'https://phish.example/' },
      },
    ],
  },
  quiet: {
    'no guests': [guests(false)],
    'a new pool without guests': [created(false)],
    'a role for those who signed in': [roles({ authenticated: role })],
    'other addresses by a deployment': [client({ callbackURLs }, by.deployment)],
    'a client whose addresses stay': [client({ refreshTokenValidity: 30 })],
  },
});
