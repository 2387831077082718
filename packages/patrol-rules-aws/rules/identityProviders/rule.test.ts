import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by, inRole } from '../../testing/people.ts';
import rule from './rule.ts';

const call = (
  eventName: string,
  requestParameters: unknown,
  responseElements: unknown = null,
  fields = {},
): unknown =>
  apiCallRecord('iam.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    responseElements,
    ...fields,
  });
const saml = 'arn:aws:iam::111122223333:saml-provider/corporate';
const oidc = 'arn:aws:iam::111122223333:oidc-provider/login.example.com';
const oidcOf = (url: string): unknown =>
  call('CreateOpenIDConnectProvider', { url, clientIDList: ['sts.amazonaws.com'] });

describeRule(rule, {
  alerts: {
    'a SAML provider added': [
      call(
        'CreateSAMLProvider',
        { name: 'corporate', sAMLMetadataDocument: '<xml/>' },
        { sAMLProviderArn: saml },
      ),
      {
        title: `SAML provider added: ${saml} by IAM user alice`,
        severity: 'high',
        targets: [{ type: 'AWS::IAM::SAMLProvider', id: saml }],
        undo: `aws iam delete-saml-provider --saml-provider-arn ${saml}`,
      },
    ],
    'its metadata changed': [
      call('UpdateSAMLProvider', { sAMLProviderArn: saml, sAMLMetadataDocument: '<xml/>' }),
      { title: `SAML provider changed: ${saml} by IAM user alice`, severity: 'high' },
    ],
    'a SAML provider deleted': [
      call('DeleteSAMLProvider', { sAMLProviderArn: saml }),
      { title: `SAML provider deleted: ${saml} by IAM user alice`, severity: 'medium' },
    ],
    'an OpenID Connect provider added': [
      call(
        'CreateOpenIDConnectProvider',
        { url: 'https://login.example.com', clientIDList: ['sts.amazonaws.com'] },
        { openIDConnectProviderArn: oidc },
      ),
      {
        title: `OpenID Connect provider added: ${oidc} by IAM user alice`,
        severity: 'high',
        facts: { provider: oidc, url: 'https://login.example.com', clients: 'sts.amazonaws.com' },
        undo: `aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${oidc}`,
      },
    ],
    'a provider that account vending adds': [
      call(
        'CreateOpenIDConnectProvider',
        { url: 'https://token.actions.githubusercontent.com' },
        null,
        inRole('AWSAFTExecution'),
      ),
      { title: expect.stringContaining('githubusercontent'), severity: 'low' },
    ],
    'a provider that a deployment adds': [
      call(
        'CreateOpenIDConnectProvider',
        { url: 'https://token.actions.githubusercontent.com' },
        null,
        by.deployment,
      ),
      { title: expect.stringContaining('githubusercontent'), severity: 'high' },
    ],
    'the provider of an EKS cluster': [
      oidcOf('https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF'),
      { title: expect.stringContaining('oidc.eks'), severity: 'low' },
    ],
    'a provider that only looks like one': [
      oidcOf('https://oidc.eks.eu-west-1.amazonaws.com.example.com/id/0123'),
      { title: expect.stringContaining('example.com'), severity: 'high' },
    ],
    'a provider of a stack': [
      call('CreateOpenIDConnectProvider', { url: 'https://login.example.com' }, null, {
        userIdentity: identities.serviceForUser,
      }),
      { title: expect.stringContaining('through cloudformation'), severity: 'low' },
    ],
    'other certificates': [
      call('UpdateOpenIDConnectProviderThumbprint', {
        openIDConnectProviderArn: oidc,
        thumbprintList: ['00'],
      }),
      {
        title: `Certificates of an OpenID Connect provider changed: ${oidc} by IAM user alice`,
        severity: 'medium',
      },
    ],
    'another client': [
      call('AddClientIDToOpenIDConnectProvider', {
        openIDConnectProviderArn: oidc,
        clientID: 'mallory',
      }),
      {
        title: `Client of an OpenID Connect provider added: ${oidc} by IAM user alice`,
        severity: 'high',
        facts: { client: 'mallory' },
        undo: `aws iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn ${oidc} --client-id mallory`,
      },
    ],
  },
  quiet: {
    'the provider that Identity Center has in each account': [
      call('CreateSAMLProvider', { name: 'AWSSSO_0123456789abcdef_DO_NOT_DELETE' }, null, {
        userIdentity: identities.service,
      }),
    ],
    'a denied attempt': [
      call('CreateSAMLProvider', null, null, denied('iam:CreateSAMLProvider', saml)),
    ],
  },
});
