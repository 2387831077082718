import {
  type ApiCallEvent,
  actor,
  cis,
  type CloudTrailRecord,
  defineRule,
  event,
  fieldsOf,
  mitre,
} from '@patrol/core';

/** The calls of IAM that give the root user credentials or take a second factor from it, where they name no user. */
const credentials: ReadonlySet<string> = new Set([
  'CreateAccessKey',
  'CreateLoginProfile',
  'CreateVirtualMFADevice',
  'DeactivateMFADevice',
  'EnableMFADevice',
  'UpdateAccessKey',
  'UploadSigningCertificate',
]);

export default defineRule({
  name: 'rootActivity',
  title: 'Root user changed something',
  description:
    'Alerts on every call by which the root user of an account changes something, and with the highest severity when it makes credentials for itself. Calls that only read are not alerted on, nor is what happens in a root session opened from elsewhere: rootLogin tells that it was opened.',
  severity: 'high',
  runbook:
    'The root user should not be needed for daily work. Ask whoever holds its password and its MFA device whether it was them. ' +
    'If it was not, change the password, delete access keys and MFA devices that you do not know, undo the change, and look in CloudTrail at everything the root user has done since it signed in.',
  references: [
    cis(3, 'calls that only read'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  triggers: [
    event<CloudTrailRecord>({
      source: [{ prefix: 'aws.' }],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        readOnly: [false],
        eventType: [{ 'anything-but': ['AwsServiceEvent'] }],
        // What a service does for the root user, and what a central root session does, is not the root user's own doing.
        userIdentity: {
          type: ['Root'],
          invokedBy: [{ exists: false }],
          sessionContext: { assumedRoot: [{ exists: false }] },
        },
      },
    }),
  ],
  parameters: {},
  evaluate({ detail }: ApiCallEvent) {
    const service = detail.eventSource.replace(/\.amazonaws\.com(\.cn)?$/, '');
    const call = `${service}:${detail.eventName}`;
    const { description, accountId } = actor(detail.userIdentity);
    const request = fieldsOf(detail.requestParameters);
    const isOwn =
      service === 'iam' && credentials.has(detail.eventName) && !request.has('userName');
    return {
      title: `Root user ${isOwn ? 'changed its own credentials' : 'changed something'}: ${call} by ${description}`,
      summary: `${description.charAt(0).toUpperCase()}${description.slice(1)} called ${call}.`,
      ...(isOwn ? { severity: 'critical' as const } : {}),
      facts: { action: call },
      targets: [{ type: 'AWS::Organizations::Account', id: accountId }],
      group: isOwn ? 'credentials' : 'change',
    };
  },
});
