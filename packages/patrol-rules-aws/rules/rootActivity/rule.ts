import {
  type ApiCallEvent,
  actor,
  cis,
  type CloudTrailRecord,
  defineRule,
  event,
  fieldsOf,
  mitre,
  signInTypes,
} from '@patrol/core';
import { isByAccessKey } from '../../lib/actor.ts';

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

/**
 * What stands for a session of the root user. A console session begins at the time of its sign-in and has many access keys. A
 * call with a long-lived access key has no session.
 */
function sessionOf({ eventTime, responseElements, userIdentity }: CloudTrailRecord): string {
  const identity = fieldsOf(userIdentity);
  const isSignIn = fieldsOf(responseElements).text('ConsoleLogin') === 'Success';
  return (
    identity.text('sessionContext.attributes.creationDate') ??
    (isSignIn ? eventTime : identity.text('accessKeyId')) ??
    'none'
  );
}

export default defineRule({
  name: 'rootActivity',
  title: 'Root user active',
  description:
    'Alerts on every call by which the root user of an account changes something, and with the highest severity when it makes credentials for itself. What else it does is told once a day for each session and region: signing in, calls that only read, and calls that are denied. A session that somebody opened from another account (AssumeRoot) is told once a day with low severity, whatever it does. Only the credentials that it makes are always told, with the highest severity.',
  severity: 'high',
  runbook:
    'The root user should not be needed for daily work. Ask whoever holds its password and its MFA device whether it was them. ' +
    'If it was not, change the password, delete access keys and MFA devices that you do not know, undo the change, and look in CloudTrail at everything the root user has done since it signed in. ' +
    'Calls that only read are told once a session: CloudTrail has the others.',
  references: [cis(3), mitre('T1078.004', 'Valid Accounts: Cloud Accounts')],
  // What was denied changed nothing, and shows all the same that the root user is used.
  alertsOnDenied: true,
  onceWithin: 86_400,
  triggers: [
    event<CloudTrailRecord>({
      source: [{ prefix: 'aws.' }],
      'detail-type': ['AWS API Call via CloudTrail', ...signInTypes],
      detail: {
        eventType: [{ 'anything-but': ['AwsServiceEvent'] }],
        // What a service does for the root user is not the root user's own doing.
        userIdentity: { type: ['Root'], invokedBy: [{ exists: false }] },
      },
    }),
  ],
  parameters: {},
  evaluate({ detail }: ApiCallEvent) {
    const service = detail.eventSource.replace(/\.amazonaws\.com(\.cn)?$/, '');
    const call = `${service}:${detail.eventName}`;
    const { description, accountId } = actor(detail.userIdentity);
    const identity = fieldsOf(detail.userIdentity);
    const about = {
      summary: `${description.charAt(0).toUpperCase()}${description.slice(1)} called ${call}.`,
      facts: { action: call },
      targets: [{ type: 'AWS::Organizations::Account', id: accountId }],
    };
    const isFromElsewhere = identity.has('sessionContext.assumedRoot');
    const where = isFromElsewhere ? ' in a session opened from elsewhere' : '';
    const request = fieldsOf(detail.requestParameters);
    const isOwn =
      service === 'iam' && credentials.has(detail.eventName) && !request.has('userName');
    // A session from elsewhere that takes credentials away tidies up. One that makes a password hands the root user over.
    const isMade = isOwn && detail.eventName.startsWith('Create');
    // rootLogin tells each sign-in.
    if ((isFromElsewhere && !isMade) || service === 'signin' || detail.readOnly === true) {
      const group = isFromElsewhere ? 'elsewhere' : 'use';
      return {
        ...about,
        title: `Root user active${where}: ${call} by ${description}`,
        summary: `${about.summary} Such calls of this session are told once a day.`,
        severity: isFromElsewhere ? 'low' : isByAccessKey({ record: detail }) ? 'high' : 'medium',
        group,
        once: `${group}:${sessionOf(detail)}`,
      };
    }
    const group = isOwn ? 'credentials' : 'change';
    return {
      ...about,
      title: `Root user ${isOwn ? 'changed its own credentials' : 'changed something'}${where}: ${call} by ${description}`,
      ...(isOwn ? { severity: 'critical' as const } : {}),
      group,
      // A denied call changed nothing.
      once: detail.errorCode === undefined ? undefined : `${group}:${sessionOf(detail)}`,
    };
  },
});
