import { type CallReader, type Deed, defineCallRule, type Fields, mitre } from '@patrol/core';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

export default defineCallRule({
  name: 'securityServices',
  title: 'Security service off or silenced',
  description:
    'Alerts when somebody switches off Security Hub, Inspector, Macie, Access Analyzer, Detective or Security Incident Response, detaches accounts from them, or makes them hide findings.',
  severity: 'high',
  runbook:
    'Ask the actor whether this was planned. If it was not, switch the service on again, attach the accounts again, delete the rule or filter that hides findings, ' +
    'and set hidden findings back to new. Treat the credentials that were used as stolen.',
  references: [mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools')],
  parameters: {},
  calls: {
    'securityhub.amazonaws.com': {
      DisableSecurityHub: off('Security Hub switched off'),
      DisableSecurityHubV2: off('Security Hub switched off'),
      BatchDisableStandards: off(
        'Security Hub standards switched off:',
        'standardsSubscriptionArns',
      ),
      DisassociateFromAdministratorAccount: off('Security Hub detached from its administrator'),
      // CloudTrail still writes the old name where a program uses it.
      DisassociateFromMasterAccount: off('Security Hub detached from its administrator'),
      DisassociateMembers: off('Security Hub accounts detached:', 'accountIds'),
      DeleteMembers: off('Security Hub accounts removed from its members:', 'accountIds'),
      DisableOrganizationAdminAccount: off('Security Hub administrator removed:', 'adminAccountId'),
      DeleteInsight: off('Security Hub insight deleted:', 'insightArn', 'low'),
      UpdateSecurityHubConfiguration: ({ request }) =>
        request.flag('autoEnableControls') === false
          ? { severity: 'medium', deed: 'Security Hub no longer switches on new controls' }
          : undefined,
      CreateAutomationRule: ({ request }) => hides(request),
      CreateAutomationRuleV2: ({ request }) => hides(request),
      UpdateAutomationRuleV2: ({ request }) => hides(request),
      BatchUpdateAutomationRules: ({ request }) =>
        request.list('updateAutomationRulesRequestItems').flatMap((rule) => hides(rule) ?? []),
      BatchUpdateFindings: ({ request }) =>
        request.text('workflow.status') === 'SUPPRESSED' ? suppressed(request) : undefined,
      BatchUpdateFindingsV2: ({ request }) =>
        request.number('statusId') === suppressedInOcsf ? suppressed(request) : undefined,
    },
    'inspector2.amazonaws.com': {
      Disable: ({ request }) => ({
        deed: withNames('Inspector switched off:', ...request.texts('resourceTypes')),
        facts: known({ accounts: request.texts('accountIds') }),
      }),
      DisableDelegatedAdminAccount: off(
        'Inspector administrator removed:',
        'delegatedAdminAccountId',
      ),
      CreateFilter: ({ request }) =>
        request.text('action') === 'SUPPRESS'
          ? filter('Inspector', request.text('name'))
          : undefined,
    },
    'macie2.amazonaws.com': {
      DisableMacie: off('Macie switched off'),
      UpdateMacieSession: ({ request }) =>
        request.text('status') === 'PAUSED' ? { deed: 'Macie paused' } : undefined,
      DisassociateFromAdministratorAccount: off('Macie detached from its administrator'),
      DisableOrganizationAdminAccount: off('Macie administrator removed:', 'adminAccountId'),
      CreateFindingsFilter: ({ request }) =>
        request.text('action') === 'ARCHIVE' ? filter('Macie', request.text('name')) : undefined,
    },
    'access-analyzer.amazonaws.com': {
      DeleteAnalyzer: off('Access Analyzer deleted:', 'analyzerName'),
      CreateArchiveRule({ request, region }) {
        const options = {
          'analyzer-name': request.text('analyzerName'),
          'rule-name': request.text('ruleName'),
        };
        return {
          ...filter('Access Analyzer', request.text('ruleName')),
          undo: awsCommand('accessanalyzer delete-archive-rule', { ...options, region }),
        };
      },
    },
    'detective.amazonaws.com': { DeleteGraph: off('Detective graph deleted:', 'graphArn') },
    'security-ir.amazonaws.com': {
      CancelMembership: off('Security Incident Response cancelled:', 'membershipId'),
    },
  },
});

/** OCSF's number of the status "Suppressed". */
const suppressedInOcsf = 3;

/** A call that is always a finding: what it did, and the field that says to what. */
function off(what: string, field?: string, severity?: Deed['severity']): CallReader {
  return ({ request }) => ({
    ...(severity && { severity }),
    deed: withNames(what, ...(field === undefined ? [] : request.texts(field))),
  });
}

const filter = (service: string, name: string | undefined): Deed => ({
  severity: 'medium',
  deed: withNames(`${service} findings hidden by filter`, name),
  meaning: 'Findings that match it no longer reach anybody.',
});

const suppressed = (request: Fields): Deed => ({
  severity: 'medium',
  deed: 'Security Hub findings suppressed',
  facts: known({
    number: request.list('findingIdentifiers').length || request.list('metadataUids').length,
    reason: request.text('note.text') ?? request.text('comment'),
  }),
});

/** An automation rule that hides findings, or makes them matter less. OCSF's severities 1 and 2 are informational and low. */
function hides(rule: Fields): Deed | undefined {
  const isHidden = rule.list('actions').some((action) => {
    const update = action.at('findingFieldsUpdate');
    return (
      /^(SUPPRESSED|RESOLVED)$/.test(update.text('workflow.status') ?? '') ||
      /^(INFORMATIONAL|LOW)$/.test(update.text('severity.label') ?? '') ||
      (update.number('statusId') ?? 0) >= suppressedInOcsf ||
      (update.number('severityId') ?? 3) <= 2
    );
  });
  return isHidden && rule.text('ruleStatus') !== 'DISABLED'
    ? {
        deed: withNames(
          'Security Hub findings hidden by automation rule',
          rule.text('ruleName') ?? rule.text('ruleArn') ?? rule.text('identifier'),
        ),
        meaning: 'Findings that match it are suppressed, resolved, or made less severe.',
      }
    : undefined;
}
