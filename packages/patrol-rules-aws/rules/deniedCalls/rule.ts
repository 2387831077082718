import {
  actor,
  type ApiCallEvent,
  choice,
  cis,
  defineRule,
  event,
  mitre,
  names,
  signInTypes,
  type EventTrigger,
} from '@patrol/core';
import { isByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';

/** Services that give access or secrets by calls which count as reads: being denied those is told by itself. */
const givers: ReadonlySet<string> = new Set(['kms', 'secretsmanager', 'ssm', 'sts']);

export default defineRule({
  name: 'deniedCalls',
  title: 'Call denied',
  description:
    'Alerts when somebody is denied a call. Calls that attackers try and others seldom make have severity medium: those for credentials, permissions, logs, keys and sharing. Others have severity low. Each day and region has at most one alert about a user, role or AWS service for everything that it may not read, one for each service in which it may not change something, and one for each of the sensitive calls.',
  severity: 'low',
  runbook:
    'A denied call did no harm. Several in a row, or one by a user or role that has never made such calls, show that somebody ' +
    'tries what stolen credentials can do. Further denied calls of the same kind are not told for a day: look them up in CloudTrail. ' +
    'Look there also for calls of the same caller that succeeded. Ask the actor. If nobody can say, deactivate the credentials. If it is your own automation, correct its ' +
    'permissions or name it in ignoredActors.',
  references: [
    cis(1),
    mitre('T1580', 'Cloud Infrastructure Discovery'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  // Denied attempts are the only thing that this rule is about.
  alertsOnDenied: true,
  onceWithin: 86_400,
  triggers: [
    event({
      source: [{ prefix: 'aws.' }],
      'detail-type': [
        'AWS API Call via CloudTrail',
        'AWS Service Event via CloudTrail',
        ...signInTypes,
      ],
      detail: {
        eventName: [{ exists: true }],
        errorCode: [
          { prefix: 'AccessDenied' },
          { wildcard: '*Unauthorized*' },
          { wildcard: '*AccessDenied*' },
          { wildcard: '*NotAuthorized*' },
          { wildcard: '*AuthFailure*' },
        ],
      },
    }) as EventTrigger<ApiCallEvent>,
  ],
  parameters: {
    watchedCalls: names(
      'The calls whose denial has severity medium: the service and the name of the call. * is for all calls.',
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
    otherCalls: choice(
      'Whether other calls are alerted on as well when they are denied, with severity low.',
      ['alert', 'quiet'],
      { default: 'alert' },
    ),
  },
  evaluate({ detail }, { parameters }) {
    const { errorCode, errorMessage, eventName, eventSource, readOnly, userIdentity } = detail;
    const service = eventSource.replace(/\.amazonaws\.com(\.cn)?$/, '');
    const call = `${service}:${eventName}`;
    const item = parameters.watchedCalls.find(call);
    // What a service does for somebody, or by itself, nobody tries.
    const isTried = item !== undefined && !isByService({ record: detail });
    if (!isTried && parameters.otherCalls === 'quiet') return undefined;
    const { description: who, principal, type } = actor(userIdentity);
    const [, resource] =
      /\bon resource: (.+?)(?: because| with an explicit deny|$)/s.exec(
        String(errorMessage ?? ''),
      ) ?? [];
    // Whoever tries out everything is told a few times, and a new kind of call all the same. Names of calls would let the
    // caller make messages at will.
    const kind = readOnly === true && !givers.has(service) ? 'read' : service;
    const group = item === undefined || item === '*' ? kind : item;
    return {
      title: `${isTried ? 'Sensitive call' : 'Call'} ${call} by ${who}`,
      summary: `${who} called ${call}.`,
      severity: isTried ? 'high' : 'low',
      facts: known({
        call,
        watchedBy: isTried ? item : undefined,
        errorCode: typeof errorCode === 'string' ? errorCode : undefined,
        resource,
      }),
      group,
      once: `${isTried ? 'tried ' : ''}${group} by ${principal ?? type}`,
    };
  },
});
