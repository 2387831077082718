/**
 * The forms that the messages of a topic may have. `text`: people by e-mail, and the alert as JSON for all others. `amazonQ`:
 * Amazon Q Developer in chat applications, which shows it in Slack and Teams. `pagerDuty`: PagerDuty's integration "Amazon
 * CloudWatch". `dispatch`: mapbox's Dispatch.
 */
export const forms = ['text', 'amazonQ', 'pagerDuty', 'dispatch'] as const;

/** The form of the messages of a topic. */
export type Form = (typeof forms)[number];
