import { defineCallRule, mitre } from '@patrol/core';
import { guardDutyChanges } from '../../lib/guardDuty/changes.ts';
import { later } from '../../lib/later.ts';

export default defineCallRule({
  name: 'guardDuty',
  title: 'GuardDuty switched off or blinded',
  description:
    'Alerts when somebody switches off GuardDuty or one of its protection plans, detaches accounts from it, or makes it ignore what it finds.',
  severity: 'critical',
  runbook:
    'Ask the actor whether this was planned. If it was not, switch GuardDuty on again, attach the accounts again, and delete the filter or the trusted list. ' +
    'Treat the credentials that were used as stolen, and look in CloudTrail at what was done meanwhile: GuardDuty does not look at it afterwards.',
  references: [mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools')],
  parameters: {},
  calls: {
    'guardduty.amazonaws.com': later(
      guardDutyChanges,
      async () => (await import('../../lib/guardDuty/deeds.ts')).deeds,
    ),
  },
});
