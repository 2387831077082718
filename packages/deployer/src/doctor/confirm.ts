/** What helps where nobody has confirmed a subscription to a topic. Pure. */
import { splitArn } from '@patrol/core';
import { awsCommand, type RunScope } from '../text/command.ts';

/** What to do, by the addresses that have not confirmed. SNS takes a link for two days, and sends another when it is asked to. */
export function toConfirm(topic: string, pending: readonly string[], scope: RunScope): string {
  if (pending.length === 0) {
    return 'Subscribe somebody to the topic. They must confirm the subscription.';
  }
  const email = pending.find((endpoint) => endpoint.includes('@')) ?? 'ADDRESS';
  const address = ['--protocol', 'email', '--notification-endpoint', email];
  const again = awsCommand(['sns', 'subscribe', '--topic-arn', topic, ...address], {
    ...scope,
    region: splitArn(topic).region,
  });
  return `${pending.join(', ')}: open the link in the message "AWS Notification - Subscription Confirmation". The link works for two days. To get another: \`${again}\``;
}
