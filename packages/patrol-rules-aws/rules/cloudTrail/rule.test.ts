import * as sdk from '@aws-sdk/client-cloudtrail';
import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import rule, { writeCalls } from './rule.ts';

const trail = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/organization';
const store = 'arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/EXAMPLE';
const call = (eventName: string, fields = {}): unknown =>
  apiCallRecord('cloudtrail.amazonaws.com', eventName, {
    requestParameters: { name: trail },
    ...fields,
  });

describeRule(rule, {
  alerts: {
    'a trail that was stopped': [
      call('StopLogging'),
      {
        title: `CloudTrail: StopLogging on ${trail} by IAM user alice`,
        severity: 'critical',
        account: '111122223333',
        region: 'eu-west-1',
        eventName: 'StopLogging',
        facts: { action: 'StopLogging', target: trail },
        targets: [{ type: 'AWS::CloudTrail::Trail', id: trail }],
        groupKey: 'cloudTrail:111122223333:arn:aws:iam::111122223333:user/alice:StopLogging',
        before: null,
        undo: `aws cloudtrail start-logging --name ${trail} --region eu-west-1`,
        suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:user/alice' },
      },
    ],
    'a trail deleted by the root user': [
      call('DeleteTrail', { userIdentity: identities.root }),
      {
        title: `CloudTrail: DeleteTrail on ${trail} by the root user of 111122223333`,
        undo: null,
      },
    ],
    'event selectors that were changed through a role': [
      call('PutEventSelectors', {
        userIdentity: identities.assumedRole,
        requestParameters: { trailName: 'organization' },
      }),
      {
        title: 'CloudTrail: PutEventSelectors on organization by role Developer (session mallory)',
        groupKey:
          'cloudTrail:111122223333:arn:aws:iam::111122223333:role/Developer:PutEventSelectors',
        undo: null,
      },
    ],
    'an event data store that was deleted': [
      call('DeleteEventDataStore', { requestParameters: { eventDataStore: store } }),
      {
        title: `CloudTrail: DeleteEventDataStore on ${store} by IAM user alice`,
        targets: [{ type: 'AWS::CloudTrail::EventDataStore', id: store }],
        undo: `aws cloudtrail restore-event-data-store --event-data-store ${store} --region eu-west-1`,
      },
    ],
    'an event data store that takes no more events': [
      call('StopEventDataStoreIngestion', { requestParameters: { eventDataStore: store } }),
      {
        title: `CloudTrail: StopEventDataStoreIngestion on ${store} by IAM user alice`,
        undo: `aws cloudtrail start-event-data-store-ingestion --event-data-store ${store} --region eu-west-1`,
      },
    ],
    'an administrator of the organization that is one no more': [
      call('DeregisterOrganizationDelegatedAdmin', {
        requestParameters: { delegatedAdminAccountId: '444455556666' },
      }),
      {
        title: 'CloudTrail: DeregisterOrganizationDelegatedAdmin on 444455556666 by IAM user alice',
        targets: [{ type: 'AWS::Organizations::Account', id: '444455556666' }],
        undo: 'aws cloudtrail register-organization-delegated-admin --member-account-id 444455556666 --region eu-west-1',
      },
    ],
    'an administrator of the organization that is one now': [
      call('RegisterOrganizationDelegatedAdmin', {
        requestParameters: { memberAccountId: '444455556666' },
      }),
      {
        title: 'CloudTrail: RegisterOrganizationDelegatedAdmin on 444455556666 by IAM user alice',
        undo: 'aws cloudtrail deregister-organization-delegated-admin --delegated-admin-account-id 444455556666 --region eu-west-1',
      },
      { parameters: { disallowedActions: '*' } },
    ],
    'a channel, which has a name as trails have': [
      call('CreateChannel', { requestParameters: { name: 'audit' } }),
      {
        title: 'CloudTrail: CreateChannel on audit by IAM user alice',
        targets: [{ type: 'AWS::CloudTrail::Channel', id: 'audit' }],
        undo: null,
      },
      { parameters: { disallowedActions: '*' } },
    ],
    'a session that names no issuer': [
      call('StopLogging', { userIdentity: identities.assumedRoleWithoutIssuer }),
      { title: `CloudTrail: StopLogging on ${trail} by role Developer (session mallory)` },
    ],
    'a call without parameters by nobody known': [
      call('StopLogging', { requestParameters: null, userIdentity: identities.none }),
      { title: 'CloudTrail: StopLogging by an unknown principal', targets: [], undo: null },
    ],
    'a call that only the operator names': [
      call('AddTags'),
      { title: `CloudTrail: AddTags on ${trail} by IAM user alice` },
      { parameters: { disallowedActions: ' AddTags, ,RemoveTags, ' } },
    ],
    'any call, when the operator names all': [
      call('StartQuery', { requestParameters: null }),
      { title: 'CloudTrail: StartQuery by IAM user alice' },
      { parameters: { disallowedActions: '*' } },
    ],
    'a denied attempt, when the operator wants to know': [
      call('StopLogging', denied('cloudtrail:StopLogging', trail)),
      {
        title: 'Denied attempt: CloudTrail: StopLogging by IAM user alice',
        severity: 'high',
        outcome: 'denied',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'a call that is not disallowed': [call('AddTags')],
    'a call of a name that is only like a disallowed one': [
      call('UpdateDashboard'),
      { parameters: { disallowedActions: 'UpdateTrail' } },
    ],
    'a denied attempt': [call('StopLogging', denied('cloudtrail:StopLogging', trail))],
    'an attempt on a trail that does not exist': [
      call('StopLogging', { errorCode: 'TrailNotFoundException', errorMessage: 'Unknown trail' }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
});

test('every call of CloudTrail that changes something can be named', () => {
  const calls = Object.keys(sdk)
    .filter((name) => /^[A-Z]\w*Command$/.test(name))
    .map((name) => name.replace(/Command$/, ''))
    .filter((name) => !/^(Get|List|Describe|Lookup|Search)/.test(name));
  expect([...writeCalls].toSorted()).toEqual(calls.toSorted());
});
