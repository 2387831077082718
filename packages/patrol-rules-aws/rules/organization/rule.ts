import { cis, defineCallRule, guardDuty, mitre, stratus } from '@patrol/core';
import { later } from '../../lib/later.ts';
import { organizationChanges } from '../../lib/organization/changes.ts';
import { vendingRoles } from '../../lib/vending.ts';

export default defineCallRule({
  name: 'organization',
  title: 'Organisation changed',
  description:
    'Alerts when an account leaves the organisation or tries to, when policies or services that guard its accounts are taken away, and when accounts or the billing change hands. Tells every other change of the organisation as well, with severity low.',
  severity: 'high',
  runbook:
    'Ask whoever runs the organisation whether this was planned. If it was not, attach the policy again, move the account back, or invite it again, and treat the ' +
    'credentials that were used as stolen. Policies do not guard an account that has left: secure its root user first.',
  references: [
    cis(15),
    mitre('T1666', 'Modify Cloud Resource Hierarchy'),
    mitre('T1484', 'Domain or Tenant Policy Modification'),
    stratus('defense-evasion.organizations-leave'),
    guardDuty('OrganizationLeaveAttempt'),
    guardDuty('OrganizationPolicyDisabled'),
  ],
  alertsOnDenied: true,
  parameters: { vendingRoles },
  calls: {
    'organizations.amazonaws.com': later(
      organizationChanges,
      async () => (await import('../../lib/organization/deeds.ts')).deeds,
    ),
  },
});
