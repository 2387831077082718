import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const call = (
  eventName: string,
  requestParameters: unknown,
  responseElements: unknown = null,
  fields = {},
): unknown =>
  apiCallRecord('rolesanywhere.amazonaws.com', eventName, {
    requestParameters,
    responseElements,
    ...fields,
  });
const anchor = 'arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/a1b2';
const bundle = {
  sourceType: 'CERTIFICATE_BUNDLE',
  sourceData: { x509CertificateData: '-----BEGIN CERTIFICATE-----' },
};
const pca = {
  sourceType: 'AWS_ACM_PCA',
  sourceData: { acmPcaArn: 'arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/c1' },
};
const added = (source: object, fields = {}): unknown =>
  call(
    'CreateTrustAnchor',
    { name: 'anchor', enabled: true, source },
    { trustAnchor: { trustAnchorId: 'a1b2', trustAnchorArn: anchor, name: 'anchor' } },
    fields,
  );

describeRule(rule, {
  alerts: {
    'an authority of somebody’s own': [
      added(bundle),
      {
        title: 'Trust anchor of Roles Anywhere added by IAM user alice',
        summary: expect.stringContaining('outside AWS'),
        severity: 'high',
        facts: { name: 'anchor', source: 'CERTIFICATE_BUNDLE' },
        targets: [{ type: 'AWS::RolesAnywhere::TrustAnchor', id: anchor }],
        undo: 'aws rolesanywhere delete-trust-anchor --trust-anchor-id a1b2 --region eu-west-1',
      },
    ],
    'an authority of AWS Private CA': [
      added(pca),
      { title: 'Trust anchor of Roles Anywhere added by IAM user alice', severity: 'medium' },
    ],
    'one of a stack': [
      added(pca, { userIdentity: identities.serviceForUser }),
      { title: expect.stringContaining('through cloudformation'), severity: 'low' },
    ],
    'another authority for an anchor': [
      call('UpdateTrustAnchor', { trustAnchorId: 'a1b2', source: bundle }),
      {
        title: 'Trust anchor of Roles Anywhere changed by IAM user alice',
        severity: 'high',
        undo: null,
      },
    ],
    'a profile': [
      call(
        'CreateProfile',
        { name: 'profile', roleArns: ['arn:aws:iam::111122223333:role/Deploy'] },
        {
          profile: {
            profileId: 'p1',
            profileArn: 'arn:aws:rolesanywhere:eu-west-1:111122223333:profile/p1',
          },
        },
      ),
      {
        title: 'Profile of Roles Anywhere added by IAM user alice',
        severity: 'medium',
        facts: { profile: 'profile', roles: 'arn:aws:iam::111122223333:role/Deploy' },
        undo: 'aws rolesanywhere disable-profile --profile-id p1 --region eu-west-1',
      },
    ],
    'a revocation list added': [
      call('ImportCrl', { name: 'list', trustAnchorArn: anchor }),
      {
        title: 'Revocation list of Roles Anywhere added by IAM user alice',
        severity: 'low',
        targets: [{ type: 'AWS::RolesAnywhere::TrustAnchor', id: anchor }],
      },
    ],
    'a revocation list disabled': [
      call('DisableCrl', { crlId: 'c1' }),
      {
        title: 'Revocation list of Roles Anywhere disabled by IAM user alice',
        severity: 'high',
        undo: 'aws rolesanywhere enable-crl --crl-id c1 --region eu-west-1',
      },
    ],
  },
  quiet: {
    'another name for an anchor': [
      call('UpdateTrustAnchor', { trustAnchorId: 'a1b2', name: 'anchor-2' }),
    ],
    'a denied attempt': [
      call('CreateTrustAnchor', null, null, denied('rolesanywhere:CreateTrustAnchor', '*')),
    ],
  },
});
