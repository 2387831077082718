import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const alarms = (eventName: string, requestParameters: unknown, fields = {}) =>
  apiCallRecord('monitoring.amazonaws.com', eventName, { requestParameters, ...fields });
const events = (eventName: string, requestParameters: unknown, fields = {}) =>
  apiCallRecord('events.amazonaws.com', eventName, { requestParameters, ...fields });
const telemetry = (eventName: string, requestParameters: unknown = null, fields = {}) =>
  apiCallRecord('observabilityadmin.amazonaws.com', eventName, { requestParameters, ...fields });
const security = { alarmNames: ['cpu-high', 'security-root-login'] };
const ordinary = { alarmNames: ['cpu-high'] };
const by = 'by IAM user alice';
const scaling = {
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable/AutoScaling-ManageAlarms',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        arn: 'arn:aws:iam::111122223333:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable',
      },
    },
  },
};

describeRule(rule, {
  alerts: {
    'security alarms that a stack mutes, which is somebody’s doing': [
      alarms(
        'PutAlarmMuteRule',
        { muteTargets: security },
        {
          userIdentity: identities.serviceForUser,
        },
      ),
      { severity: 'low', title: expect.stringContaining('through cloudformation.amazonaws.com') },
    ],
    'an alarm for security that is deleted': [
      alarms('DeleteAlarms', security),
      {
        title: `CloudWatch alarms cpu-high, security-root-login deleted ${by}`,
        severity: 'medium',
      },
    ],
    'an alarm that the operator protects': [
      alarms('DeleteAlarms', ordinary),
      { title: `CloudWatch alarms cpu-high deleted ${by}`, severity: 'medium' },
      { parameters: { protectedNames: 'cpu-*' } },
    ],
    'a denied attempt that names no alarm': [
      alarms('DeleteAlarms', null, denied('cloudwatch:DeleteAlarms', 'alarm:x')),
      { title: `Denied attempt: CloudWatch alarms deleted ${by}`, severity: 'low' },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'an alarm that somebody deletes in the console, in an older record': [
      alarms('DeleteAlarms', security, {
        userIdentity: { ...identities.userInConsole, invokedBy: 'signin.amazonaws.com' },
      }),
      {
        title:
          'CloudWatch alarms cpu-high, security-root-login deleted by IAM user bob, through signin.amazonaws.com',
      },
    ],
    'an alarm for security without actions': [
      alarms('DisableAlarmActions', { alarmNames: ['CIS-3.3-root'] }),
      {
        title: `CloudWatch alarms CIS-3.3-root without actions ${by}`,
        severity: 'medium',
        undo: 'aws cloudwatch enable-alarm-actions --alarm-names CIS-3.3-root --region eu-west-1',
      },
    ],
    'any alarm without actions': [
      alarms('DisableAlarmActions', ordinary),
      { title: `CloudWatch alarms cpu-high without actions ${by}`, severity: 'low' },
    ],
    'an alarm for security that is muted': [
      alarms('PutAlarmMuteRule', { name: 'quiet', muteTargets: security }),
      { title: `CloudWatch alarms cpu-high, security-root-login muted ${by}`, severity: 'medium' },
    ],
    'any alarm that is muted': [
      alarms('PutAlarmMuteRule', { name: 'quiet', muteTargets: ordinary }),
      { title: `CloudWatch alarms cpu-high muted ${by}`, severity: 'low' },
    ],
    'a rule for security that is disabled': [
      events('DisableRule', { name: 'guardduty-findings', eventBusName: 'default' }),
      {
        title: `EventBridge rule guardduty-findings disabled ${by}`,
        severity: 'medium',
        targets: [{ type: 'AWS::Events::Rule', id: 'guardduty-findings' }],
        undo: 'aws events enable-rule --name guardduty-findings --event-bus-name default --region eu-west-1',
      },
    ],
    'any rule that is disabled': [
      events('DisableRule', { name: 'nightly' }),
      {
        title: `EventBridge rule nightly disabled ${by}`,
        severity: 'low',
        undo: 'aws events enable-rule --name nightly --region eu-west-1',
      },
    ],
    'a rule for security that is deleted': [
      events('DeleteRule', { name: 'guardduty-findings' }),
      { title: `EventBridge rule guardduty-findings deleted ${by}`, severity: 'medium' },
    ],
    'a rule for security that loses a target': [
      events('RemoveTargets', { rule: 'guardduty-findings', ids: ['1'] }),
      {
        title: `EventBridge rule guardduty-findings without some of its targets ${by}`,
        severity: 'medium',
      },
    ],
    'telemetry that is no longer evaluated': [
      telemetry('StopTelemetryEvaluation'),
      { title: `Telemetry no longer evaluated ${by}`, severity: 'medium' },
    ],
    'telemetry of the organisation that is no longer evaluated': [
      telemetry('StopTelemetryEvaluationForOrganization'),
      { title: `Telemetry no longer evaluated in the organisation ${by}` },
    ],
    'a telemetry rule that is deleted': [
      telemetry('DeleteTelemetryRule', { ruleIdentifier: 'flow-logs' }),
      { title: `Telemetry no longer switched on by rule flow-logs ${by}` },
    ],
    'a telemetry rule of the organisation that is deleted': [
      telemetry('DeleteTelemetryRuleForOrganization', { ruleIdentifier: 'flow-logs' }),
      { title: `Telemetry no longer switched on by organisation rule flow-logs ${by}` },
    ],
  },
  quiet: {
    'any alarm that is deleted': [alarms('DeleteAlarms', ordinary)],
    'alarms that scaling deletes': [alarms('DeleteAlarms', security, scaling)],
    'alarms without actions by scaling': [alarms('DisableAlarmActions', security, scaling)],
    'alarms that a service mutes': [alarms('PutAlarmMuteRule', { muteTargets: security }, scaling)],
    'a rule that a service disables': [
      events('DisableRule', { name: 'nightly' }, { userIdentity: identities.service }),
    ],
    'any rule that is deleted': [events('DeleteRule', { name: 'nightly' })],
    'any rule that loses a target': [events('RemoveTargets', { rule: 'nightly', ids: ['1'] })],
    'a telemetry rule that does not exist': [
      telemetry('DeleteTelemetryRule', null, { errorCode: 'ResourceNotFoundException' }),
    ],
  },
});
