/** A rule for tests, and the event on which it alerts. */
import type { About } from './arrival.ts';
import type { EventBridgeEvent } from './cloudtrail.ts';
import { names } from './parameter.ts';
import { type AnyRule, defineRule } from './rule.ts';
import { apiCall } from './trigger.ts';

/** Alerts on the calls of CloudTrail that its parameter names. */
export const stopped: AnyRule = defineRule({
  name: 'stopped',
  title: 'CloudTrail stopped',
  description: 'Alerts when somebody stops a trail.',
  severity: 'high',
  runbook: 'Ask the actor.',
  triggers: [
    apiCall<{ name?: string }>('cloudtrail.amazonaws.com', ['StopLogging', 'DeleteTrail']),
  ],
  parameters: { actions: names('The calls.', { default: 'StopLogging, DeleteTrail' }) },
  evaluate({ detail }, { parameters }) {
    if (parameters.actions.find(detail.eventName) === undefined) return undefined;
    return {
      title: `${detail.eventName} on ${detail.requestParameters?.name ?? 'a trail'}`,
      summary: `Somebody called ${detail.eventName}.`,
      facts: { action: detail.eventName },
      group: detail.eventName,
    };
  },
});

/** A CloudTrail record of a StopLogging by alice. */
export const record: Readonly<Record<string, unknown>> = {
  eventVersion: '1.08',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLE',
    arn: 'arn:aws:iam::111122223333:user/alice',
    accountId: '111122223333',
    accessKeyId: 'AKIAEXAMPLE',
    userName: 'alice',
  },
  eventTime: '2026-03-04T05:06:07Z',
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '192.0.2.17',
  userAgent: 'aws-cli/2.0',
  requestParameters: { name: 'main' },
  responseElements: null,
  eventID: '6f1b6b1e-0000-4000-8000-000000000001',
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: '111122223333',
};

/** The same as EventBridge delivers it, with other fields of the record. */
export const eventOf = (detail: Readonly<Record<string, unknown>> = {}): EventBridgeEvent => ({
  version: '0',
  id: 'c5a1b2d3-0000-4000-8000-000000000002',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.cloudtrail',
  account: '111122223333',
  time: '2026-03-04T05:06:08Z',
  region: 'eu-west-1',
  resources: [],
  detail: { ...record, ...detail },
});

/** What the event says of itself. */
export const about: About = {
  account: '111122223333',
  region: 'eu-west-1',
  actor: {
    type: 'IAMUser',
    description: 'IAM user alice',
    name: 'alice',
    arn: 'arn:aws:iam::111122223333:user/alice',
    accountId: '111122223333',
    principal: 'arn:aws:iam::111122223333:user/alice',
  },
  sourceAddress: '192.0.2.17',
  userAgent: 'aws-cli/2.0',
  eventName: 'StopLogging',
  eventTime: '2026-03-04T05:06:07Z',
  eventId: '6f1b6b1e-0000-4000-8000-000000000001',
};

/** The key that receivers recognise its alert by. */
export const dedupKey = 'stopped:111122223333:eu-west-1:6f1b6b1e-0000-4000-8000-000000000001';

/** The key of the alerts that belong with it. */
export const groupKey = 'stopped:111122223333:arn:aws:iam::111122223333:user/alice:StopLogging';
