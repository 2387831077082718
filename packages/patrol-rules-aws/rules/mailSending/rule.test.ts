import { apiCallRecord, denied, describeRule, type Fields } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by } from '../../testing/people.ts';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('ses.amazonaws.com', eventName, { requestParameters, ...fields });

const details = (more: Fields, fields: Fields = {}): unknown =>
  call(
    'PutAccountDetails',
    {
      mailType: 'TRANSACTIONAL',
      websiteURL: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      useCaseDescription: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      ...more,
    },
    fields,
  );

const identity = (fields: Fields = {}): unknown =>
  call('CreateEmailIdentity', { emailIdentity: 'bob@example.com' }, fields);

const added = { title: 'Identity of SES added: example.com by IAM user alice' };

describeRule(rule, {
  alerts: {
    'sending turned on': [
      call('UpdateAccountSendingEnabled', { enabled: true }),
      {
        title: 'Mail sending of SES turned on by IAM user alice',
        severity: 'high',
        undo: 'aws sesv2 put-account-sending-attributes --no-sending-enabled --region eu-west-1',
      },
    ],
    'sending turned on by the newer API, by a deployment': [
      call('PutAccountSendingAttributes', { sendingEnabled: true }, by.deployment),
      {
        title: 'Mail sending of SES turned on by role Developer (session mallory)',
        severity: 'low',
      },
    ],
    'sending turned off': [
      call('PutAccountSendingAttributes', { sendingEnabled: false }),
      { title: 'Mail sending of SES turned off by IAM user alice', severity: 'low' },
    ],
    'production access': [
      details({ productionAccessEnabled: true }),
      {
        title: 'Production access of SES asked for by IAM user alice',
        severity: 'high',
        facts: { mailType: 'TRANSACTIONAL' },
      },
    ],
    'production access, where the record does not tell': [
      details({}, by.console),
      {
        title: 'Production access of SES asked for by role Developer (session mallory)',
        severity: 'high',
      },
    ],
    'details only': [
      details({ productionAccessEnabled: false }),
      { title: 'Account details of SES changed by IAM user alice' },
    ],
    'an address, with an access key': [
      identity(),
      {
        title: 'Identity of SES added: bob@example.com by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::SES::EmailIdentity', id: 'bob@example.com' }],
      },
    ],
    'an address of somebody who signed in': [
      identity(by.user),
      { title: expect.any(String), severity: 'medium' },
    ],
    'an address of a deployment': [
      identity(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'an address, by the older API': [
      call('VerifyEmailIdentity', { emailAddress: 'bob@example.com' }),
      { title: 'Identity of SES added: bob@example.com by IAM user alice' },
    ],
    'a domain, by the older API': [call('VerifyDomainIdentity', { domain: 'example.com' }), added],
    'a domain with DKIM, by the older API': [
      call('VerifyDomainDkim', { domain: 'example.com' }),
      added,
    ],
    'an address that is deleted': [
      call('DeleteEmailIdentity', { emailIdentity: 'example.com' }),
      { title: 'Identity of SES deleted: example.com by IAM user alice' },
    ],
    'an address that is deleted by the older API': [
      call('DeleteIdentity', { identity: 'example.com' }),
      { title: 'Identity of SES deleted: example.com by IAM user alice' },
    ],
  },
  quiet: {
    'a denied attempt': [call('CreateEmailIdentity', null, denied('ses:CreateEmailIdentity', '*'))],
  },
});
