import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields = {}) =>
  apiCallRecord('config.amazonaws.com', eventName, { requestParameters, ...fields });
const recorder = (recordingGroup?: object) =>
  call('PutConfigurationRecorder', {
    configurationRecorder: {
      name: 'default',
      roleARN: 'arn:aws:iam::111122223333:role/config',
      ...(recordingGroup && { recordingGroup }),
    },
  });
const narrow = 'AWS Config recorder default records some types of resources only by IAM user alice';
const byService = { userIdentity: identities.serviceForUser };

describeRule(rule, {
  alerts: {
    'a rule that a stack deletes, which is somebody’s doing': [
      call('DeleteConfigRule', { configRuleName: 'encrypted-volumes' }, byService),
      { severity: 'low', title: expect.stringContaining('through cloudformation.amazonaws.com') },
    ],
    'a recorder that is stopped': [
      call('StopConfigurationRecorder', { configurationRecorderName: 'default' }),
      {
        title: 'AWS Config recorder default stopped by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::Config::ConfigurationRecorder', id: 'default' }],
        undo: 'aws configservice start-configuration-recorder --configuration-recorder-name default --region eu-west-1',
      },
    ],
    'a recorder that is stopped through a service': [
      call('StopConfigurationRecorder', { configurationRecorderName: 'default' }, byService),
      { title: expect.stringContaining('AWS Config recorder default stopped by IAM user alice') },
    ],
    'a recorder that is deleted': [
      call('DeleteConfigurationRecorder', { configurationRecorderName: 'default' }),
      { title: 'AWS Config recorder default deleted by IAM user alice', severity: 'high' },
    ],
    'the recorder of a service that is deleted': [
      call('DeleteServiceLinkedConfigurationRecorder', {
        servicePrincipal: 'config-conforms.amazonaws.com',
      }),
      {
        title:
          'AWS Config recorder of service config-conforms.amazonaws.com deleted by IAM user alice',
      },
    ],
    'a recorder that leaves types out': [
      recorder({
        allSupported: false,
        exclusionByResourceTypes: { resourceTypes: ['AWS::IAM::User'] },
        recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
      }),
      { title: narrow, severity: 'high', facts: { excluded: 'AWS::IAM::User' } },
    ],
    'a recorder of few types': [
      recorder({ allSupported: false, resourceTypes: ['AWS::EC2::Instance'] }),
      { title: narrow, facts: { only: 'AWS::EC2::Instance' } },
    ],
    'a recorder of few types that says nothing of all': [
      recorder({ resourceTypes: ['AWS::EC2::Instance'] }),
      { title: narrow, severity: 'high' },
    ],
    'a recorder of no type': [recorder({ allSupported: false }), { title: narrow }],
    'a recorder of all types': [
      recorder({ allSupported: true, includeGlobalResourceTypes: true }),
      { title: 'AWS Config recorder default set by IAM user alice', severity: 'low' },
    ],
    'a recorder of the default': [
      recorder(),
      { title: 'AWS Config recorder default set by IAM user alice', severity: 'low' },
    ],
    'types that are no longer recorded': [
      call('DisassociateResourceTypes', {
        configurationRecorderArn:
          'arn:aws:config:eu-west-1:111122223333:configuration-recorder/a/b',
        resourceTypes: ['AWS::IAM::User', 'AWS::IAM::Role'],
      }),
      {
        title:
          'AWS Config no longer records types AWS::IAM::User, AWS::IAM::Role by IAM user alice',
        severity: 'high',
      },
    ],
    'a delivery channel that is deleted': [
      call('DeleteDeliveryChannel', { deliveryChannelName: 'default' }),
      { title: 'AWS Config delivery channel default deleted by IAM user alice', severity: 'high' },
    ],
    'a delivery channel that is set': [
      call('PutDeliveryChannel', {
        deliveryChannel: { name: 'default', s3BucketName: 'config-bucket' },
      }),
      { title: 'AWS Config delivers to bucket config-bucket by IAM user alice', severity: 'low' },
    ],
    'a rule that is deleted': [
      call('DeleteConfigRule', { configRuleName: 'encrypted-volumes' }),
      {
        title: 'AWS Config rule encrypted-volumes deleted by IAM user alice',
        severity: 'medium',
        targets: [{ type: 'AWS::Config::ConfigRule', id: 'encrypted-volumes' }],
      },
    ],
    'a conformance pack that is deleted': [
      call('DeleteConformancePack', { conformancePackName: 'cis' }),
      { title: 'AWS Config conformance pack cis deleted by IAM user alice' },
    ],
    'a rule of the organisation that is deleted': [
      call('DeleteOrganizationConfigRule', { organizationConfigRuleName: 'mfa' }),
      { title: 'AWS Config rule of the organisation mfa deleted by IAM user alice' },
    ],
    'a conformance pack of the organisation that is deleted': [
      call('DeleteOrganizationConformancePack', { organizationConformancePackName: 'cis' }),
      { title: 'AWS Config conformance pack of the organisation cis deleted by IAM user alice' },
    ],
    'a remediation that is deleted': [
      call('DeleteRemediationConfiguration', { configRuleName: 'mfa' }),
      { title: 'AWS Config remediation of rule mfa deleted by IAM user alice' },
    ],
    'an aggregation that is deleted': [
      call('DeleteAggregationAuthorization', {
        authorizedAccountId: '444455556666',
        authorizedAwsRegion: 'eu-west-1',
      }),
      { title: 'AWS Config aggregation into account 444455556666 deleted by IAM user alice' },
    ],
  },
  quiet: {
    'a rule that a service deletes in its own role': [
      call(
        'DeleteConfigRule',
        { configRuleName: 'securityhub-mfa' },
        {
          userIdentity: {
            type: 'AssumedRole',
            arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForSecurityHub/securityhub',
            sessionContext: {
              sessionIssuer: {
                type: 'Role',
                arn: 'arn:aws:iam::111122223333:role/aws-service-role/securityhub.amazonaws.com/AWSServiceRoleForSecurityHub',
                userName: 'AWSServiceRoleForSecurityHub',
              },
            },
          },
        },
      ),
    ],
    'a recorder that its service deletes': [
      call(
        'DeleteServiceLinkedConfigurationRecorder',
        { servicePrincipal: 'config-conforms.amazonaws.com' },
        { userIdentity: identities.service },
      ),
    ],
    'a recorder that does not exist': [
      call(
        'StopConfigurationRecorder',
        { configurationRecorderName: 'default' },
        { errorCode: 'NoSuchConfigurationRecorderException' },
      ),
    ],
  },
});
