import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
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
const key = {
  accessKey: { accessKeyId: 'AKIAEXAMPLE111122225', status: 'Active', userName: 'bob' },
};
const bedrock = {
  serviceSpecificCredential: {
    serviceSpecificCredentialId: 'ACCAEXAMPLE111122223',
    serviceName: 'bedrock.amazonaws.com',
    userName: 'BedrockAPIKey-a1b2',
  },
};
const by = (userIdentity: unknown): object => ({ userIdentity });

describeRule(rule, {
  alerts: {
    'an access key for somebody else': [
      call('CreateAccessKey', { userName: 'bob' }, key),
      {
        title: 'Access key created for user bob by IAM user alice',
        severity: 'high',
        facts: { user: 'bob', madeFor: 'another user', accessKey: 'AKIAEXAMPLE111122225' },
        targets: [{ type: 'AWS::IAM::User', id: 'bob' }],
        undo: 'aws iam delete-access-key --user-name bob --access-key-id AKIAEXAMPLE111122225',
      },
    ],
    'an access key for oneself': [
      call('CreateAccessKey', null, { accessKey: { accessKeyId: 'AKIAEXAMPLE111122225' } }),
      {
        title: 'Access key created for user alice by IAM user alice',
        severity: 'low',
        facts: { user: 'alice', madeFor: 'the caller' },
      },
    ],
    'one that names the caller in another case': [
      call('CreateAccessKey', { userName: 'Alice' }, key),
      { title: 'Access key created for user Alice by IAM user alice', severity: 'low' },
    ],
    'one for the user of a key of Bedrock': [
      call('CreateAccessKey', { userName: 'BedrockAPIKey-a1b2' }, key),
      { title: expect.stringContaining('BedrockAPIKey-a1b2'), severity: 'critical' },
    ],
    'one of a stack': [
      call('CreateAccessKey', { userName: 'mailer' }, key, by(identities.serviceForUser)),
      { title: expect.stringContaining('user mailer'), severity: 'low' },
    ],
    'one that was denied, whose user is in the message only': [
      call('CreateAccessKey', null, null, denied('iam:CreateAccessKey', 'user bob because no')),
      {
        title: 'Denied attempt: Access key created for user bob by IAM user alice',
        severity: 'medium',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a password for somebody else': [
      call('CreateLoginProfile', { userName: 'bob', passwordResetRequired: false }),
      {
        title: 'Console password created for user bob by IAM user alice',
        severity: 'high',
        undo: 'aws iam delete-login-profile --user-name bob',
      },
    ],
    'a first password for oneself: a key becomes a way into the console': [
      call('CreateLoginProfile', { userName: 'alice' }),
      { title: 'Console password created for user alice by IAM user alice', severity: 'high' },
    ],
    'another password for somebody else': [
      call('UpdateLoginProfile', { userName: 'bob' }),
      { title: 'Console password changed for user bob by IAM user alice', undo: null },
    ],
    'a password that is changed by an access key': [
      call('ChangePassword', null),
      {
        title: 'Console password changed with an access key for user alice by IAM user alice',
        severity: 'medium',
      },
    ],
    'a key of Bedrock that never expires': [
      call(
        'CreateServiceSpecificCredential',
        { userName: 'BedrockAPIKey-a1b2', serviceName: 'bedrock.amazonaws.com' },
        bedrock,
      ),
      {
        title: 'Bedrock API key created for user BedrockAPIKey-a1b2 by IAM user alice',
        summary: expect.stringContaining('It never expires.'),
        severity: 'high',
        facts: { service: 'bedrock.amazonaws.com', expiresAfterDays: 'never' },
        undo: 'aws iam delete-service-specific-credential --user-name BedrockAPIKey-a1b2 --service-specific-credential-id ACCAEXAMPLE111122223',
      },
    ],
    'a credential of another service for somebody else': [
      call('CreateServiceSpecificCredential', {
        userName: 'bob',
        serviceName: 'codecommit.amazonaws.com',
        credentialAgeDays: 30,
      }),
      {
        title: 'Service-specific credential created for user bob by IAM user alice',
        summary: expect.stringContaining('It expires after 30 days.'),
        severity: 'medium',
      },
    ],
    'such a credential for oneself': [
      call('CreateServiceSpecificCredential', { serviceName: 'cassandra.amazonaws.com' }),
      { title: expect.stringContaining('user alice'), severity: 'low' },
    ],
    'such a credential made anew': [
      call('ResetServiceSpecificCredential', {
        userName: 'bob',
        serviceSpecificCredentialId: 'ACCAEXAMPLE111122223',
      }),
      {
        title: 'Service-specific credential reset for user bob by IAM user alice',
        severity: 'medium',
        facts: { credential: 'ACCAEXAMPLE111122223' },
      },
    ],
    'an SSH key for somebody else': [
      call(
        'UploadSSHPublicKey',
        { userName: 'bob', sSHPublicKeyBody: 'ssh-rsa AAAA' },
        { sSHPublicKey: { userName: 'bob', sSHPublicKeyId: 'APKAEXAMPLE111122223' } },
      ),
      {
        title: 'SSH key added to user bob by IAM user alice',
        severity: 'medium',
        undo: 'aws iam delete-ssh-public-key --user-name bob --ssh-public-key-id APKAEXAMPLE111122223',
      },
    ],
    'a signing certificate for somebody else': [
      call(
        'UploadSigningCertificate',
        { userName: 'bob', certificateBody: '-----BEGIN CERTIFICATE-----' },
        { certificate: { certificateId: 'CERTEXAMPLE1' } },
      ),
      { title: 'Signing certificate added to user bob by IAM user alice', severity: 'medium' },
    ],
  },
  quiet: {
    'a password that a user changes in the console': [
      call('ChangePassword', null, null, by(identities.userInConsole)),
    ],
    'an SSH key of one’s own': [call('UploadSSHPublicKey', { userName: 'alice' })],
    'a signing certificate of one’s own': [call('UploadSigningCertificate', null)],
    'an access key of the root user, which other rules watch': [
      call('CreateAccessKey', null, null, by(identities.root)),
    ],
    'what an AWS service does by itself': [
      call('CreateServiceSpecificCredential', { userName: 'bob' }, null, by(identities.service)),
    ],
    'a denied attempt': [
      call('CreateAccessKey', null, null, denied('iam:CreateAccessKey', 'user bob')),
    ],
  },
});
