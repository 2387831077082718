import * as sdk from '@aws-sdk/client-cloudtrail';
import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import type { Severity } from '@patrol/core';
import { expect, test } from 'vitest';
import rule, { writeCalls } from './rule.ts';

const trail = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/organization';
const store = 'arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/EXAMPLE';
const call = (eventName: string, fields = {}): unknown =>
  apiCallRecord('cloudtrail.amazonaws.com', eventName, {
    requestParameters: { name: trail },
    ...fields,
  });

const basic = (...eventSelectors: object[]) => ({ eventSelectors });
const all = { readWriteType: 'All', includeManagementEvents: true };
const advanced = (...selectors: (readonly object[])[]) => ({
  advancedEventSelectors: selectors.map((fieldSelectors) => ({ fieldSelectors })),
});
const management = { field: 'eventCategory', equals: ['Management'] };
const data = [{ field: 'eventCategory', equals: ['Data'] }];
const noManagement = 'management events are no longer recorded';

/** What calls take away: what it is, the call, its request, how much it matters and how it is told. */
const losses: readonly (readonly [string, string, object, Severity, string])[] = [
  [
    'basic selectors without management events',
    'PutEventSelectors',
    basic({ ...all, includeManagementEvents: false }),
    'critical',
    noManagement,
  ],
  ['no selectors at all', 'PutEventSelectors', basic(), 'critical', noManagement],
  [
    'selectors of reads only',
    'PutEventSelectors',
    basic({ ...all, readWriteType: 'ReadOnly' }),
    'critical',
    'calls that change something are no longer recorded',
  ],
  [
    'selectors of writes only',
    'PutEventSelectors',
    basic({ ...all, readWriteType: 'WriteOnly' }),
    'high',
    'calls that only read are no longer recorded',
  ],
  [
    'selectors that together take reads and writes',
    'PutEventSelectors',
    basic({ ...all, readWriteType: 'WriteOnly' }, { ...all, readWriteType: 'ReadOnly' }),
    'low',
    '',
  ],
  [
    'selectors without KMS',
    'PutEventSelectors',
    basic({ ...all, excludeManagementEventSources: ['kms.amazonaws.com'] }),
    'medium',
    'management events of kms.amazonaws.com are not recorded',
  ],
  [
    'selectors that only record more',
    'PutEventSelectors',
    basic({ ...all, dataResources: [{ type: 'AWS::S3::Object', values: ['arn:aws:s3'] }] }),
    'low',
    '',
  ],
  [
    'advanced selectors of data events alone',
    'PutEventSelectors',
    advanced(data),
    'critical',
    noManagement,
  ],
  ['advanced selectors of both', 'PutEventSelectors', advanced([management], data), 'low', ''],
  [
    'advanced selectors of reads only',
    'PutEventSelectors',
    advanced([management, { field: 'readOnly', equals: ['true'] }]),
    'critical',
    'calls that change something are no longer recorded',
  ],
  [
    'advanced selectors without IAM',
    'PutEventSelectors',
    advanced([management, { field: 'eventSource', notEquals: ['iam.amazonaws.com'] }]),
    'critical',
    'management events of iam.amazonaws.com are not recorded',
  ],
  [
    'advanced selectors of one service',
    'PutEventSelectors',
    advanced([management, { field: 'eventSource', equals: ['ec2.amazonaws.com'] }]),
    'critical',
    'only selected management events are still recorded',
  ],
  [
    'advanced selectors by name',
    'PutEventSelectors',
    advanced([management, { field: 'eventName', startsWith: ['Get'] }]),
    'critical',
    'only selected management events are still recorded',
  ],
  [
    'a trail of one region',
    'UpdateTrail',
    { isMultiRegionTrail: false },
    'critical',
    'other regions are no longer recorded',
  ],
  [
    'a trail without IAM',
    'UpdateTrail',
    { includeGlobalServiceEvents: false },
    'critical',
    'calls of global services such as IAM are no longer recorded',
  ],
  [
    'a trail of one account',
    'UpdateTrail',
    { isOrganizationTrail: false },
    'critical',
    'the other accounts of the organisation are no longer recorded',
  ],
  [
    'a trail without validation',
    'UpdateTrail',
    { enableLogFileValidation: false },
    'high',
    'log files can be changed unseen (validation is off)',
  ],
  [
    'a trail into another bucket',
    'UpdateTrail',
    { s3BucketName: 'elsewhere' },
    'high',
    'log files go to bucket elsewhere',
  ],
  [
    'a trail without a log group',
    'UpdateTrail',
    { cloudWatchLogsLogGroupArn: '' },
    'high',
    'CloudWatch Logs no longer gets the events',
  ],
  [
    'a trail with the key of somebody else',
    'UpdateTrail',
    { kmsKeyId: 'arn:aws:kms:eu-west-1:444455556666:key/1' },
    'high',
    'log files are encrypted with a key of account 444455556666',
  ],
  [
    'a trail without a key',
    'UpdateTrail',
    { kmsKeyId: '' },
    'medium',
    'log files are no longer encrypted with a key of KMS',
  ],
  [
    'a trail that records more',
    'UpdateTrail',
    { isMultiRegionTrail: true, kmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/1' },
    'low',
    '',
  ],
  [
    'Insights that are off',
    'PutInsightSelectors',
    { insightSelectors: [] },
    'medium',
    'unusual activity is no longer looked for (Insights)',
  ],
  [
    'Insights that are on',
    'PutInsightSelectors',
    { insightSelectors: [{ insightType: 'ApiCallRateInsight' }] },
    'low',
    '',
  ],
  [
    'an event data store that may be deleted',
    'UpdateEventDataStore',
    { terminationProtectionEnabled: false },
    'high',
    'an event data store can be deleted (protection is off)',
  ],
  [
    'an event data store of one region',
    'UpdateEventDataStore',
    { multiRegionEnabled: false },
    'critical',
    'other regions are no longer recorded',
  ],
  [
    'an event data store that takes data events alone',
    'UpdateEventDataStore',
    advanced(data),
    'critical',
    noManagement,
  ],
  [
    'an event data store that keeps for a week',
    'UpdateEventDataStore',
    { retentionPeriod: 7 },
    'medium',
    'events are kept for 7 days',
  ],
  ['an event data store with another name', 'UpdateEventDataStore', {}, 'low', ''],
  ['events with less in them', 'PutEventConfiguration', { maxEventSize: 'Standard' }, 'medium', ''],
  ['a trail that is started', 'StartLogging', {}, 'low', ''],
  ['a new trail', 'CreateTrail', {}, 'low', ''],
  [
    'writes of IAM left out beside a selector that takes all reads',
    'PutEventSelectors',
    advanced(
      [management, { field: 'readOnly', equals: ['true'] }],
      [
        management,
        { field: 'readOnly', equals: ['false'] },
        { field: 'eventSource', notEquals: ['iam.amazonaws.com'] },
      ],
    ),
    'critical',
    'management events of iam.amazonaws.com are not recorded',
  ],
  [
    'two selectors, of which each takes what the other leaves out',
    'PutEventSelectors',
    advanced(
      [management, { field: 'eventSource', notEquals: ['iam.amazonaws.com'] }],
      [management, { field: 'eventSource', notEquals: ['kms.amazonaws.com'] }],
    ),
    'low',
    '',
  ],
];

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
        title:
          'CloudTrail: management events are no longer recorded: PutEventSelectors on organization by role Developer (session mallory)',
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
    ...Object.fromEntries(
      losses.map(([what, eventName, requestParameters, severity, lost]) => [
        what,
        [
          call(eventName, { requestParameters: { name: 'main', ...requestParameters } }),
          {
            severity,
            title: `CloudTrail: ${lost === '' ? '' : `${lost}: `}${eventName} on main by IAM user alice`,
            summary: `The disallowed action ${eventName} on main was called by IAM user alice.${lost === '' ? '' : ` ${lost.charAt(0).toUpperCase()}${lost.slice(1)}.`}`,
          },
        ] as const,
      ]),
    ),
    'an organisation that no longer lets CloudTrail in': [
      apiCallRecord('organizations.amazonaws.com', 'DisableAWSServiceAccess', {
        requestParameters: { servicePrincipal: 'cloudtrail.amazonaws.com' },
      }),
      {
        title:
          'CloudTrail: trails and event data stores of the organisation no longer record its accounts: DisableAWSServiceAccess by IAM user alice',
        severity: 'critical',
      },
    ],
    'a request that CloudTrail left out': [
      call('PutEventSelectors', { requestParameters: { omitted: true, originalSize: 102_401 } }),
      {
        title:
          'CloudTrail: what is still recorded is not known: PutEventSelectors by IAM user alice',
        severity: 'critical',
      },
    ],
    'a denied attempt, whose record has no request': [
      call('UpdateTrail', denied('cloudtrail:UpdateTrail', trail)),
      {
        title:
          'Denied attempt: CloudTrail: what is still recorded is not known: UpdateTrail by IAM user alice',
        severity: 'high',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a trail with a name that is meant to be read': [
      call('StopLogging', { requestParameters: { name: `main\nSeverity  low ${'x'.repeat(99)}` } }),
      {
        title: `CloudTrail: StopLogging on "main\\nSeverity  low ${'x'.repeat(60)}…" by IAM user alice`,
      },
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
