import { apiCallRecord, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const control = 'arn:aws:controltower:eu-west-1::control/AWS-GR_ENCRYPTED_VOLUMES';
const zone = 'arn:aws:controltower:eu-west-1:111122223333:landingzone/EXAMPLE';
const call = (eventName: string, requestParameters: unknown, fields = {}) =>
  apiCallRecord('controltower.amazonaws.com', eventName, { requestParameters, ...fields });
const by = 'by IAM user alice';

describeRule(rule, {
  alerts: {
    'a control that is disabled': [
      call('DisableControl', { controlIdentifier: control, targetIdentifier: 'arn:ou' }),
      {
        title: `Control Tower control ${control} disabled ${by}`,
        severity: 'high',
        facts: { unit: 'arn:ou' },
        targets: [{ type: 'AWS::ControlTower::EnabledControl', id: control }],
      },
    ],
    'a control that is disabled by the name of where it is enabled': [
      call('DisableControl', { enabledControlIdentifier: 'arn:enabled' }),
      { title: `Control Tower control arn:enabled disabled ${by}` },
    ],
    'a guardrail that was disabled in the console': [
      call('DisableGuardrail', null, {
        eventType: 'AwsServiceEvent',
        userIdentity: { accountId: '111122223333', invokedBy: 'AWS Internal' },
        serviceEventDetails: {
          disableGuardrailStatus: {
            organizationalUnits: [
              { organizationalUnitName: 'Sandbox', organizationalUnitId: 'ou-1' },
            ],
            guardrails: [{ guardrailId: 'AWS-GR_ENCRYPTED_VOLUMES' }],
            state: 'SUCCEEDED',
          },
        },
      }),
      {
        title:
          'Control Tower control AWS-GR_ENCRYPTED_VOLUMES disabled by AWS service AWS Internal',
        facts: { unit: 'ou-1' },
      },
    ],
    'a baseline that is disabled': [
      call('DisableBaseline', { enabledBaselineIdentifier: 'arn:baseline' }),
      { title: `Control Tower baseline arn:baseline disabled ${by}`, severity: 'high' },
    ],
    'a landing zone that is reset': [
      call('ResetLandingZone', { landingZoneIdentifier: zone }),
      { title: `Control Tower landing zone ${zone} reset ${by}`, severity: 'medium' },
    ],
    'a landing zone that is deleted': [
      call('DeleteLandingZone', { landingZoneIdentifier: zone }),
      { title: `Control Tower landing zone ${zone} deleted ${by}`, severity: 'critical' },
    ],
  },
  quiet: {
    'a control that is not enabled': [
      call(
        'DisableControl',
        { controlIdentifier: control },
        { errorCode: 'ResourceNotFoundException' },
      ),
    ],
    'a guardrail that could not be disabled': [
      call('DisableGuardrail', null, {
        eventType: 'AwsServiceEvent',
        userIdentity: { invokedBy: 'AWS Internal' },
        serviceEventDetails: { disableGuardrailStatus: { state: 'FAILED' } },
      }),
    ],
  },
});
