import * as sdk from '@aws-sdk/client-cloudtrail';
import { describeRule } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import { apiCallRecord, denied, identities } from '../../testing/records.ts';
import rule, { writeCalls } from './rule.ts';

const trail = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/organization';
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
      },
    ],
    'a trail deleted by the root user': [
      call('DeleteTrail', { userIdentity: identities.root }),
      { title: `CloudTrail: DeleteTrail on ${trail} by the root user of 111122223333` },
    ],
    'event selectors that were changed through a role': [
      call('PutEventSelectors', {
        userIdentity: identities.assumedRole,
        requestParameters: { trailName: 'organization' },
      }),
      {
        title: 'CloudTrail: PutEventSelectors on organization by role Developer (session mallory)',
      },
    ],
    'a session that names no issuer': [
      call('StopLogging', { userIdentity: identities.assumedRoleWithoutIssuer }),
      { title: `CloudTrail: StopLogging on ${trail} by role Developer (session mallory)` },
    ],
    'a call without parameters by nobody known': [
      call('StopLogging', { requestParameters: null, userIdentity: identities.none }),
      { title: 'CloudTrail: StopLogging by an unknown principal' },
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
      { title: 'Denied attempt: CloudTrail: StopLogging by IAM user alice', severity: 'high' },
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
