import { mitre } from '@patrol/core';
import { defineActRule, list, text, whole } from '../../lib/acts.ts';

export default defineActRule({
  name: 'webhookDeleted',
  title: "Patrol's webhook deleted",
  description:
    "Alerts when this rule's own webhook is deleted at GitHub: from then on GitHub tells it nothing.",
  severity: 'critical',
  runbook:
    'Ask whoever deleted it. Register it again (patrol-deploy hook github/webhookDeleted --org NAME), check that the webhooks of ' +
    'the other rules still exist (settings of the organisation, Webhooks), and read the audit log for what was done before and after. ' +
    'GitHub tells a webhook of its own deletion only.',
  references: [
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
    mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools'),
  ],
  parameters: {},
  acts: {
    'meta.deleted': ({ organization, payload: { hook, hook_id: id } }) => ({
      deed: `Webhook deleted${organization && ` of ${organization}`}: ${whole(id) ?? 'without an id'}`,
      meaning: 'GitHub no longer sends events through it.',
      target: ['GitHub::Webhook', String(whole(id) ?? '')],
      facts: { url: text(hook?.config?.url), events: list(hook?.events).map(text).join(', ') },
    }),
  },
});
