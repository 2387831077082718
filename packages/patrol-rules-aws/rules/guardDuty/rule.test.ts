import { apiCallRecord, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const detectorId = '12abc34d567e8fa901bc2d34eexample';
const call = (eventName: string, requestParameters: object = {}, fields = {}) =>
  apiCallRecord('guardduty.amazonaws.com', eventName, {
    requestParameters: { detectorId, ...requestParameters },
    ...fields,
  });
const by = 'by IAM user alice';

describeRule(rule, {
  alerts: {
    'a detector that is deleted': [
      call('DeleteDetector'),
      {
        title: `GuardDuty detector ${detectorId} deleted ${by}`,
        severity: 'critical',
        targets: [{ type: 'AWS::GuardDuty::Detector', id: detectorId }],
      },
    ],
    'a detector that is switched off': [
      call('UpdateDetector', { enable: false }),
      {
        title: `GuardDuty detector ${detectorId} switched off ${by}`,
        severity: 'critical',
        undo: `aws guardduty update-detector --detector-id ${detectorId} --enable --region eu-west-1`,
      },
    ],
    'a protection plan that is switched off, and a part of another': [
      call('UpdateDetector', {
        enable: true,
        features: [
          { name: 'S3_DATA_EVENTS', status: 'DISABLED' },
          {
            name: 'RUNTIME_MONITORING',
            status: 'ENABLED',
            additionalConfiguration: [{ name: 'EC2_AGENT_MANAGEMENT', status: 'DISABLED' }],
          },
          { name: 'RDS_LOGIN_EVENTS', status: 'ENABLED' },
        ],
      }),
      {
        title: `GuardDuty protection plans S3_DATA_EVENTS, EC2_AGENT_MANAGEMENT switched off ${by}`,
        severity: 'high',
      },
    ],
    'a plan in the old form of the request': [
      call('UpdateDetector', { dataSources: { kubernetes: { auditLogs: { enable: false } } } }),
      { title: `GuardDuty protection plans EKS_AUDIT_LOGS switched off ${by}` },
    ],
    'plans of member accounts': [
      call('UpdateMemberDetectors', {
        accountIds: ['444455556666'],
        features: [{ name: 'EBS_MALWARE_PROTECTION', status: 'DISABLED' }],
      }),
      {
        title: `GuardDuty protection plans EBS_MALWARE_PROTECTION switched off ${by}`,
        facts: { plans: 'EBS_MALWARE_PROTECTION', accounts: '444455556666' },
      },
    ],
    'findings that are exported late': [
      call('UpdateDetector', { findingPublishingFrequency: 'SIX_HOURS' }),
      { title: `GuardDuty findings exported every six hours only ${by}`, severity: 'low' },
    ],
    'a member that leaves': [
      call('DisassociateFromAdministratorAccount'),
      { title: `GuardDuty detached from its administrator account ${by}`, severity: 'critical' },
    ],
    'a member that leaves by the old name': [
      call('DisassociateFromMasterAccount'),
      { title: `GuardDuty detached from its administrator account ${by}` },
    ],
    'members that are detached': [
      call('DisassociateMembers', { accountIds: ['444455556666'] }),
      {
        title: `GuardDuty: accounts 444455556666 detached from the administrator of GuardDuty ${by}`,
        severity: 'critical',
      },
    ],
    'members that are no longer monitored': [
      call('StopMonitoringMembers', { accountIds: ['444455556666'] }),
      { title: `GuardDuty: accounts 444455556666 no longer monitored by GuardDuty ${by}` },
    ],
    'members that are removed': [
      call('DeleteMembers', { accountIds: ['444455556666'] }),
      {
        title: `GuardDuty: accounts 444455556666 removed from the members of GuardDuty ${by}`,
        severity: 'high',
      },
    ],
    'an administrator of the organisation that is removed': [
      call('DisableOrganizationAdminAccount', { adminAccountId: '444455556666' }),
      { title: `GuardDuty administrator of the organisation 444455556666 removed ${by}` },
    ],
    'new accounts that get no GuardDuty': [
      call('UpdateOrganizationConfiguration', { autoEnableOrganizationMembers: 'NONE' }),
      { title: `GuardDuty no longer switched on for new accounts ${by}`, severity: 'high' },
    ],
    'new accounts that get no GuardDuty, in the old form of the request': [
      call('UpdateOrganizationConfiguration', { autoEnable: false }),
      { title: `GuardDuty no longer switched on for new accounts ${by}` },
    ],
    'new accounts that get less': [
      call('UpdateOrganizationConfiguration', {
        autoEnableOrganizationMembers: 'ALL',
        features: [{ name: 'S3_DATA_EVENTS', autoEnable: 'NONE' }],
      }),
      {
        title: `GuardDuty plans S3_DATA_EVENTS no longer switched on for new accounts ${by}`,
        severity: 'medium',
      },
    ],
    'findings that are no longer exported': [
      call('DeletePublishingDestination', { destinationId: 'd1' }),
      { title: `GuardDuty publishing destination d1 deleted ${by}`, severity: 'high' },
    ],
    'malware protection of fewer objects': [
      call('UpdateMalwareProtectionPlan', {
        malwareProtectionPlanId: 'm1',
        protectedResource: { s3Bucket: { objectPrefixes: ['tmp/'] } },
      }),
      { title: `GuardDuty malware protection plan m1 narrowed ${by}`, facts: { prefixes: 'tmp/' } },
    ],
    'malware that is no longer tagged': [
      call('UpdateMalwareProtectionPlan', { actions: { tagging: { status: 'DISABLED' } } }),
      { title: `GuardDuty malware protection plan narrowed ${by}`, severity: 'medium' },
    ],
    'malware protection that is deleted': [
      call('DeleteMalwareProtectionPlan', { malwareProtectionPlanId: 'm1' }),
      { title: `GuardDuty malware protection plan m1 deleted ${by}` },
    ],
    'a filter that archives findings': [
      call('CreateFilter', { name: 'noise', action: 'ARCHIVE' }),
      {
        title: `GuardDuty findings archived by filter noise ${by}`,
        severity: 'high',
        undo: `aws guardduty delete-filter --detector-id ${detectorId} --filter-name noise --region eu-west-1`,
      },
    ],
    'a filter that archives from now on': [
      call('UpdateFilter', { filterName: 'noise', action: 'ARCHIVE' }),
      { title: `GuardDuty findings archived by filter noise ${by}`, undo: null },
    ],
    'a trusted list that is in use': [
      call('CreateIPSet', { name: 'ours', activate: true, location: 's3://lists/ours.txt' }),
      {
        title: `GuardDuty trusts IP addresses of list ours ${by}`,
        severity: 'high',
        facts: { list: 's3://lists/ours.txt' },
      },
    ],
    'a trusted list that is switched on': [
      call('UpdateIPSet', { ipSetId: 'i1', activate: true }),
      { title: `GuardDuty trusts IP addresses of list i1 ${by}` },
    ],
    'a trusted list that is read from elsewhere': [
      call('UpdateIPSet', { ipSetId: 'i1', location: 's3://mallory/ours.txt' }),
      { title: `GuardDuty trusts IP addresses of list i1 ${by}` },
    ],
    'trusted entities': [
      call('CreateTrustedEntitySet', { name: 'ours', activate: true }),
      { title: `GuardDuty trusts entities of list ours ${by}` },
    ],
    'trusted entities that are switched on': [
      call('UpdateTrustedEntitySet', { trustedEntitySetId: 't1', activate: true }),
      { title: `GuardDuty trusts entities of list t1 ${by}` },
    ],
    'a detection rule that is no longer used': [
      call('DeleteCustomDetectionRuleAssociation', { ruleId: 'r1', associationId: 'a1' }),
      { title: `GuardDuty custom detection rule r1 no longer used ${by}`, severity: 'high' },
    ],
    'a detection rule that is no longer used in the organisation': [
      call('DeleteCustomDetectionRuleOrgConfiguration', { ruleId: 'r1', mode: 'LIVE' }),
      { title: `GuardDuty custom detection rule r1 no longer used ${by}` },
    ],
    'a detection rule in dry run': [
      call('UpdateCustomDetectionRuleAssociation', { ruleId: 'r1', mode: 'DRY_RUN' }),
      {
        title: `GuardDuty custom detection rule r1 set to dry run: it finds nothing ${by}`,
      },
    ],
    'a detection rule in dry run in the organisation': [
      call('UpdateCustomDetectionRuleOrgConfiguration', { ruleId: 'r1', mode: 'DRY_RUN' }),
      { title: `GuardDuty custom detection rule r1 set to dry run: it finds nothing ${by}` },
    ],
    'a detection rule that leaves accounts out': [
      call('UpdateCustomDetectionRuleOrgConfiguration', {
        ruleId: 'r1',
        mode: 'LIVE',
        excludeAccountIds: ['444455556666'],
      }),
      { title: `GuardDuty custom detection rule r1 no longer used for some accounts ${by}` },
    ],
  },
  quiet: {
    'a detector that is switched on': [call('UpdateDetector', { enable: true })],
    'a protection plan that is switched on': [
      call('UpdateDetector', { features: [{ name: 'S3_DATA_EVENTS', status: 'ENABLED' }] }),
    ],
    'findings that are exported at once': [
      call('UpdateDetector', { findingPublishingFrequency: 'FIFTEEN_MINUTES' }),
    ],
    'members that get a plan': [
      call('UpdateMemberDetectors', { dataSources: { s3Logs: { enable: true } } }),
    ],
    'new accounts that get GuardDuty': [
      call('UpdateOrganizationConfiguration', {
        autoEnableOrganizationMembers: 'ALL',
        features: [{ name: 'S3_DATA_EVENTS', autoEnable: 'ALL' }],
      }),
    ],
    'malware protection with another role': [
      call('UpdateMalwareProtectionPlan', { role: 'arn:aws:iam::111122223333:role/scan' }),
    ],
    'a filter that only marks': [call('CreateFilter', { name: 'noise', action: 'NOOP' })],
    'a filter that is described anew': [call('UpdateFilter', { filterName: 'noise' })],
    'a trusted list that is not in use': [call('CreateIPSet', { activate: false, location: 'l' })],
    'a trusted list that is switched off': [call('UpdateIPSet', { activate: false })],
    'a trusted list that is renamed': [call('UpdateIPSet', { name: 'ours' })],
    'trusted entities that are not in use': [
      call('CreateTrustedEntitySet', { activate: false, location: 'l' }),
    ],
    'trusted entities that are switched off': [call('UpdateTrustedEntitySet', { activate: false })],
    'a dry run that ends': [
      call('DeleteCustomDetectionRuleOrgConfiguration', { ruleId: 'r1', mode: 'DRY_RUN' }),
    ],
    'a detection rule that goes live': [
      call('UpdateCustomDetectionRuleAssociation', { ruleId: 'r1', mode: 'LIVE' }),
    ],
    'a detection rule that goes live in the organisation': [
      call('UpdateCustomDetectionRuleOrgConfiguration', { ruleId: 'r1', mode: 'LIVE' }),
    ],
    'a detector that does not exist': [
      call('DeleteDetector', {}, { errorCode: 'BadRequestException' }),
    ],
  },
});
