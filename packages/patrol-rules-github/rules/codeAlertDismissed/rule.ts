import { mitre } from '@patrol/core';
import { defineActRule, text } from '../../lib/acts.ts';

export default defineActRule({
  name: 'codeAlertDismissed',
  title: 'Code alert dismissed',
  description:
    'Alerts when somebody dismisses an alert of code scanning or a serious one of Dependabot, and when somebody reports a vulnerability privately.',
  severity: 'medium',
  runbook:
    'Read the alert and the reason that was given. Open it again when the reason does not hold. A vulnerability that was reported ' +
    'privately waits for an answer in the security advisories of the repository.',
  references: [mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools')],
  parameters: {},
  acts: {
    'code_scanning_alert.closed_by_user': ({ where, payload: { alert } }) => ({
      deed: `Code scanning alert dismissed in ${where}: ${text(alert?.rule?.description) || text(alert?.rule?.id)}`,
      severity: alert?.rule?.severity === 'error' ? 'medium' : 'low',
      meaning: reason(alert?.dismissed_reason),
      facts: { rule: text(alert?.rule?.id), ruleSeverity: text(alert?.rule?.severity) },
    }),
    'dependabot_alert.dismissed': ({ where, payload: { alert } }) => {
      const severity = text(alert?.security_advisory?.severity);
      return severity === 'high' || severity === 'critical'
        ? {
            deed: `Dependabot alert dismissed in ${where}: ${text(alert?.security_advisory?.ghsa_id)}`,
            severity: 'low',
            meaning: reason(alert?.dismissed_reason),
            facts: {
              package: text(alert?.dependency?.package?.name),
              advisorySeverity: severity,
            },
          }
        : undefined;
    },
    'repository_advisory.reported': ({ where, payload: { repository_advisory: advisory } }) => ({
      deed: `Vulnerability reported privately in ${where}: ${text(advisory?.ghsa_id)}`,
      severity: 'low',
      meaning: 'It waits for an answer, and nobody outside can see it yet.',
      facts: { advisorySeverity: text(advisory?.severity) || 'unknown' },
    }),
  },
});

const reason = (given: unknown): string =>
  text(given) === '' ? 'No reason was given.' : `The reason given is "${text(given)}".`;
