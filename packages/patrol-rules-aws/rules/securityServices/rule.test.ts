import { apiCallRecord, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const of =
  (service: string) =>
  (eventName: string, requestParameters: unknown = null) =>
    apiCallRecord(`${service}.amazonaws.com`, eventName, { requestParameters });
const hub = of('securityhub');
const inspector = of('inspector2');
const macie = of('macie2');
const analyzer = of('access-analyzer');
const accounts = { AccountIds: ['444455556666'] };
const by = 'by IAM user alice';

const automation = (findingFieldsUpdate: object, more = {}) => ({
  ruleName: 'quiet',
  actions: [{ type: 'FINDING_FIELDS_UPDATE', findingFieldsUpdate }],
  ...more,
});
const hidden = `Security Hub findings hidden by automation rule quiet ${by}`;

describeRule(rule, {
  alerts: {
    'Security Hub that is switched off': [
      hub('DisableSecurityHub'),
      { title: `Security Hub switched off ${by}`, severity: 'high' },
    ],
    'the new Security Hub that is switched off': [
      hub('DisableSecurityHubV2'),
      { title: `Security Hub switched off ${by}` },
    ],
    'standards that are switched off': [
      hub('BatchDisableStandards', { StandardsSubscriptionArns: ['arn:cis'] }),
      { title: `Security Hub standards switched off: arn:cis ${by}` },
    ],
    'a member that leaves': [
      hub('DisassociateFromAdministratorAccount'),
      { title: `Security Hub detached from its administrator ${by}` },
    ],
    'a member that leaves by the old name': [
      hub('DisassociateFromMasterAccount'),
      { title: `Security Hub detached from its administrator ${by}` },
    ],
    'members that are detached': [
      hub('DisassociateMembers', accounts),
      { title: `Security Hub accounts detached: 444455556666 ${by}` },
    ],
    'members that are removed': [
      hub('DeleteMembers', accounts),
      { title: `Security Hub accounts removed from its members: 444455556666 ${by}` },
    ],
    'an administrator that is removed': [
      hub('DisableOrganizationAdminAccount', { AdminAccountId: '444455556666' }),
      { title: `Security Hub administrator removed: 444455556666 ${by}` },
    ],
    'an insight that is deleted': [
      hub('DeleteInsight', { InsightArn: 'arn:insight' }),
      { title: `Security Hub insight deleted: arn:insight ${by}`, severity: 'low' },
    ],
    'controls that are no longer switched on': [
      hub('UpdateSecurityHubConfiguration', { AutoEnableControls: false }),
      { title: `Security Hub no longer switches on new controls ${by}`, severity: 'medium' },
    ],
    'an automation rule that suppresses': [
      hub('CreateAutomationRule', automation({ workflow: { status: 'SUPPRESSED' } })),
      { title: hidden, severity: 'high' },
    ],
    'an automation rule that lowers the severity': [
      hub('CreateAutomationRule', automation({ severity: { label: 'INFORMATIONAL' } })),
      { title: hidden },
    ],
    'a new automation rule that suppresses': [
      hub('CreateAutomationRuleV2', automation({ statusId: 3 })),
      { title: hidden },
    ],
    'an automation rule that lowers the severity from now on': [
      hub('UpdateAutomationRuleV2', automation({ severityId: 1 }, { ruleStatus: 'ENABLED' })),
      { title: hidden },
    ],
    'one of several automation rules that suppresses from now on': [
      hub('BatchUpdateAutomationRules', {
        updateAutomationRulesRequestItems: [
          automation({ workflow: { status: 'RESOLVED' } }, { ruleName: null, ruleArn: 'arn:1' }),
          automation({ note: { text: 'seen' } }, { ruleArn: 'arn:2' }),
        ],
      }),
      { title: `Security Hub findings hidden by automation rule arn:1 ${by}` },
    ],
    'findings that are suppressed': [
      hub('BatchUpdateFindings', {
        FindingIdentifiers: [{ Id: 'f1' }, { Id: 'f2' }],
        Workflow: { Status: 'SUPPRESSED' },
        Note: { Text: 'known', UpdatedBy: 'alice' },
      }),
      {
        title: `Security Hub findings suppressed ${by}`,
        severity: 'medium',
        facts: { number: 2, reason: 'known' },
      },
    ],
    'findings that are suppressed in the new way': [
      hub('BatchUpdateFindingsV2', { MetadataUids: ['f1'], StatusId: 3 }),
      { title: `Security Hub findings suppressed ${by}`, facts: { number: 1 } },
    ],
    'Inspector that is switched off': [
      inspector('Disable', { accountIds: ['111122223333'], resourceTypes: ['EC2', 'ECR'] }),
      { title: `Inspector switched off: EC2, ECR ${by}`, severity: 'high' },
    ],
    'Inspector that is switched off for everything': [
      inspector('Disable', {}),
      { title: `Inspector switched off ${by}` },
    ],
    'an administrator of Inspector that is removed': [
      inspector('DisableDelegatedAdminAccount', { delegatedAdminAccountId: '444455556666' }),
      { title: `Inspector administrator removed: 444455556666 ${by}` },
    ],
    'a filter of Inspector that hides': [
      inspector('CreateFilter', { name: 'noise', action: 'SUPPRESS' }),
      { title: `Inspector findings hidden by filter noise ${by}`, severity: 'medium' },
    ],
    'Macie that is switched off': [
      macie('DisableMacie'),
      { title: `Macie switched off ${by}`, severity: 'high' },
    ],
    'Macie that is paused': [
      macie('UpdateMacieSession', { status: 'PAUSED' }),
      { title: `Macie paused ${by}` },
    ],
    'a member of Macie that leaves': [
      macie('DisassociateFromAdministratorAccount'),
      { title: `Macie detached from its administrator ${by}` },
    ],
    'an administrator of Macie that is removed': [
      macie('DisableOrganizationAdminAccount', { adminAccountId: '444455556666' }),
      { title: `Macie administrator removed: 444455556666 ${by}` },
    ],
    'a filter of Macie that hides': [
      macie('CreateFindingsFilter', { name: 'noise', action: 'ARCHIVE' }),
      { title: `Macie findings hidden by filter noise ${by}` },
    ],
    'an analyzer that is deleted': [
      analyzer('DeleteAnalyzer', { analyzerName: 'organization' }),
      { title: `Access Analyzer deleted: organization ${by}`, severity: 'high' },
    ],
    'an archive rule': [
      analyzer('CreateArchiveRule', { analyzerName: 'organization', ruleName: 'noise' }),
      {
        title: `Access Analyzer findings hidden by filter noise ${by}`,
        severity: 'medium',
        undo: 'aws accessanalyzer delete-archive-rule --analyzer-name organization --rule-name noise --region eu-west-1',
      },
    ],
    'a graph of Detective that is deleted': [
      of('detective')('DeleteGraph', { GraphArn: 'arn:graph' }),
      { title: `Detective graph deleted: arn:graph ${by}` },
    ],
    'a membership that is cancelled': [
      of('security-ir')('CancelMembership', { membershipId: 'm-1' }),
      { title: `Security Incident Response cancelled: m-1 ${by}` },
    ],
  },
  quiet: {
    'controls that are switched on': [
      hub('UpdateSecurityHubConfiguration', { AutoEnableControls: true }),
    ],
    'an automation rule that raises the severity': [
      hub('CreateAutomationRule', automation({ severity: { label: 'CRITICAL' } })),
    ],
    'an automation rule that is not in use': [
      hub(
        'CreateAutomationRule',
        automation({ workflow: { status: 'SUPPRESSED' } }, { ruleStatus: 'DISABLED' }),
      ),
    ],
    'a new automation rule that comments': [
      hub('CreateAutomationRuleV2', automation({ comment: 'seen', statusId: 2 })),
    ],
    'an automation rule that raises the severity from now on': [
      hub('UpdateAutomationRuleV2', automation({ severityId: 5 })),
    ],
    'automation rules that notify': [
      hub('BatchUpdateAutomationRules', {
        updateAutomationRulesRequestItems: [automation({ workflow: { status: 'NOTIFIED' } })],
      }),
    ],
    'findings that are worked on': [
      hub('BatchUpdateFindings', { Workflow: { Status: 'NOTIFIED' } }),
    ],
    'findings that are worked on in the new way': [hub('BatchUpdateFindingsV2', { StatusId: 2 })],
    'a filter of Inspector that only selects': [inspector('CreateFilter', { action: 'NONE' })],
    'Macie that goes on': [macie('UpdateMacieSession', { status: 'ENABLED' })],
    'a filter of Macie that only selects': [macie('CreateFindingsFilter', { action: 'NOOP' })],
  },
});
