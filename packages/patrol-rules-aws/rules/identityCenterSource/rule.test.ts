import { apiCallRecord, denied, describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const instanceArn = 'arn:aws:sso:::instance/ssoins-0123456789abcdef';
const identityStoreId = 'd-0123456789';
const call = (
  service: 'sso' | 'sso-directory' | 'identitystore',
  eventName: string,
  requestParameters: unknown,
  fields = {},
): unknown =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, { requestParameters, ...fields });
const by = 'by IAM user alice';
const member = { identityStoreId, groupId: 'g-1', member: { memberId: 'u-1' } };
const powerful = { parameters: { privilegedGroups: 'g-1' } };

describeRule(rule, {
  alerts: {
    'how users sign in': [
      call('sso', 'UpdateSsoConfiguration', {
        instanceArn,
        configurationType: 'APP_AUTHENTICATION_CONFIGURATION',
      }),
      {
        title: `Sign-in settings of Identity Center changed ${by}`,
        severity: 'high',
        facts: { configurationType: 'APP_AUTHENTICATION_CONFIGURATION' },
        targets: [{ type: 'AWS::SSO::Instance', id: instanceArn }],
      },
    ],
    'how long sessions last': [
      call('sso', 'UpdateSsoConfiguration', {
        instanceArn,
        configurationType: 'SESSION',
        ssoConfiguration: { sessionConfiguration: { maxAuthenticationAge: 'PT8H' } },
      }),
      {
        title: `Session settings of Identity Center changed ${by}`,
        severity: 'low',
        facts: { session: 'PT8H' },
      },
    ],
    'a trusted token issuer': [
      call('sso', 'CreateTrustedTokenIssuer', {
        instanceArn,
        name: 'issuer',
        trustedTokenIssuerConfiguration: {
          oidcJwtConfiguration: { issuerUrl: 'https://login.example.com' },
        },
      }),
      {
        title: `Trusted token issuer of Identity Center added ${by}`,
        severity: 'high',
        facts: { issuer: 'https://login.example.com', name: 'issuer' },
      },
    ],
    'attributes for access control': [
      call('sso', 'UpdateInstanceAccessControlAttributeConfiguration', { instanceArn }),
      {
        title: `Attributes for access control of Identity Center changed ${by}`,
        severity: 'medium',
      },
    ],
    'Identity Center deleted': [
      call('sso', 'DeleteInstance', { instanceArn }),
      { title: `Identity Center deleted ${by}`, severity: 'high' },
    ],
    'an identity provider': [
      call('sso-directory', 'EnableExternalIdPConfigurationForDirectory', {
        directoryId: identityStoreId,
      }),
      {
        title: `Identity provider of Identity Center switched on ${by}`,
        severity: 'high',
        facts: { directory: identityStoreId },
      },
    ],
    'no identity provider any more': [
      call('sso-directory', 'DisableExternalIdPConfigurationForDirectory', {
        directoryId: identityStoreId,
      }),
      { title: `Identity provider of Identity Center switched off ${by}`, severity: 'high' },
    ],
    'a member of a group, in the console': [
      call('sso-directory', 'AddMemberToGroup', member),
      {
        title: `Member added to a group of Identity Center ${by}`,
        severity: 'low',
        facts: { group: 'g-1', member: 'u-1', directory: identityStoreId },
        targets: [{ type: 'AWS::IdentityStore::Group', id: 'g-1' }],
      },
    ],
    'a member of a privileged group, in the console': [
      call('sso-directory', 'AddMemberToGroup', member),
      { title: expect.stringContaining('privileged group'), severity: 'high' },
      powerful,
    ],
    'a member of a privileged group': [
      call('identitystore', 'CreateGroupMembership', {
        identityStoreId,
        groupId: 'g-1',
        memberId: { userId: 'u-1' },
      }),
      {
        title: `Member added to a privileged group of Identity Center ${by}`,
        severity: 'high',
        facts: { member: 'u-1' },
      },
      powerful,
    ],
    'a user, in the console': [
      call(
        'sso-directory',
        'CreateUser',
        { identityStoreId },
        {
          responseElements: { user: { userId: 'u-1' } },
        },
      ),
      {
        title: `User of Identity Center created ${by}`,
        severity: 'low',
        facts: { user: 'u-1' },
      },
    ],
    'a user': [
      call(
        'identitystore',
        'CreateUser',
        { identityStoreId },
        {
          responseElements: { userId: 'u-1' },
        },
      ),
      { title: `User of Identity Center created ${by}`, severity: 'low', facts: { user: 'u-1' } },
    ],
  },
  quiet: {
    'a denied attempt': [
      call('sso', 'DeleteInstance', null, denied('sso:DeleteInstance', instanceArn)),
    ],
  },
  refuses: {
    'a user of another service': [
      apiCallRecord('transfer.amazonaws.com', 'CreateUser'),
      'would never receive this event',
    ],
  },
});
