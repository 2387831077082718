import {
  actor,
  type ApiCallEvent,
  cis,
  defineRule,
  event,
  mitre,
  names,
  type EventTrigger,
} from '@patrol/core';
import { isByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';

export default defineRule({
  name: 'deniedCalls',
  title: 'Sensitive call denied',
  description:
    'Alerts when somebody is denied a call that attackers try and others seldom make: for credentials, permissions, logs, keys and sharing.',
  severity: 'low',
  runbook:
    'A denied call did no harm. Several in a row, or one by a user or role that has never made such calls, show that somebody ' +
    'tries what stolen credentials can do. Ask the actor. If nobody can say, deactivate the credentials, and look in CloudTrail ' +
    'at which other calls they made, and which of them succeeded.',
  references: [
    cis(1, 'calls that watchedCalls does not name (* names all)'),
    mitre('T1580', 'Cloud Infrastructure Discovery'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  // Denied attempts are the only thing that this rule is about.
  alertsOnDenied: true,
  triggers: [
    event({
      source: [{ prefix: 'aws.' }],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        eventName: [{ exists: true }],
        // Services are denied by the thousand, where they write logs into a bucket that refuses them.
        userIdentity: { type: [{ 'anything-but': 'AWSService' }] },
        errorCode: [
          { prefix: 'AccessDenied' },
          { wildcard: '*Unauthorized*' },
          { wildcard: '*AccessDenied*' },
          { wildcard: '*NotAuthorized*' },
        ],
      },
    }) as EventTrigger<ApiCallEvent>,
  ],
  parameters: {
    watchedCalls: names(
      'The calls whose denial is alerted on: the service and the name of the call. * watches all calls.',
      {
        default: [
          'iam:CreateUser, iam:CreateAccessKey, iam:CreateLoginProfile, iam:UpdateLoginProfile, iam:UpdateAccessKey',
          'iam:CreateServiceSpecificCredential, iam:Attach*Policy, iam:Put*Policy, iam:CreatePolicyVersion',
          'iam:SetDefaultPolicyVersion, iam:AddUserToGroup, iam:UpdateAssumeRolePolicy, iam:Delete*PermissionsBoundary',
          'iam:DeactivateMFADevice, iam:Create*Provider, iam:UpdateSAMLProvider, sts:GetFederationToken, sts:AssumeRoot',
          'cloudtrail:StopLogging, cloudtrail:DeleteTrail, cloudtrail:UpdateTrail, cloudtrail:PutEventSelectors',
          'guardduty:DeleteDetector, guardduty:UpdateDetector, config:StopConfigurationRecorder',
          'securityhub:DisableSecurityHub, logs:DeleteLogGroup, ec2:DeleteFlowLogs',
          'ec2:ModifySnapshotAttribute, ec2:ModifyImageAttribute, rds:ModifyDB*SnapshotAttribute',
          's3:PutBucketPolicy, s3:DeleteBucketPolicy, kms:ScheduleKeyDeletion, kms:DisableKey, kms:PutKeyPolicy',
          'secretsmanager:BatchGetSecretValue, secretsmanager:PutResourcePolicy, lambda:AddPermission*',
          'lambda:UpdateFunctionCode*, ssm:SendCommand, ec2-instance-connect:SendSSHPublicKey',
          'rolesanywhere:CreateTrustAnchor, sso:CreateAccountAssignment, account:PutAlternateContact',
        ].join(', '),
        ignoreCase: true,
        form: {
          pattern: '\\*|[\\w.*-]+:[\\w*]+',
          words: 'a service and a call, such as iam:CreateUser, or * for all',
        },
      },
    ),
  },
  evaluate({ detail }, { parameters }) {
    const { errorCode, errorMessage, eventName, eventSource, userIdentity } = detail;
    const call = `${eventSource.replace(/\.amazonaws\.com(\.cn)?$/, '')}:${eventName}`;
    const item = parameters.watchedCalls.find(call);
    if (item === undefined || isByService({ record: detail })) return undefined;
    const who = actor(userIdentity).description;
    const [, resource] =
      /\bon resource: (.+?)(?: because| with an explicit deny|$)/s.exec(
        String(errorMessage ?? ''),
      ) ?? [];
    return {
      title: `Sensitive call ${call} by ${who}`,
      summary: `${who} called ${call}.`,
      facts: known({
        call,
        watchedBy: item,
        errorCode: typeof errorCode === 'string' ? errorCode : undefined,
        resource,
      }),
      // An item of the operator: a name of a call would let the caller make groups at will where all calls are watched.
      group: item,
    };
  },
});
