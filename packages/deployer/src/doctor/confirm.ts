/** What helps where nobody has confirmed a subscription to a topic. Pure. */
import { splitArn } from '@patrol/core';
import { resending } from '../destinations/fleet.ts';
import { awsCommand, type RunScope } from '../text/command.ts';

/** How a subscription is confirmed so that the link in a message does not end it. */
export function toProtect(topic: string, scope: RunScope): string {
  const token = ['--token', 'TOKEN', '--authenticate-on-unsubscribe', 'true'];
  const confirm = awsCommand(['sns', 'confirm-subscription', '--topic-arn', topic, ...token], {
    ...scope,
    region: splitArn(topic).region,
  });
  return `Confirm them with \`${confirm}\`. TOKEN is in the link of the message "AWS Notification - Subscription Confirmation" and works for two days. After that, unsubscribe the address and subscribe it again.`;
}

/** What to do, by the addresses that have not confirmed. SNS takes a link for two days, and sends another when it is asked to. */
export function toConfirm(topic: string, pending: readonly string[], scope: RunScope): string {
  if (pending.length === 0) {
    return 'Subscribe somebody to the topic. They must confirm the subscription.';
  }
  const email = pending.find((endpoint) => endpoint.includes('@')) ?? 'ADDRESS';
  const again = resending(topic, email, { ...scope, region: splitArn(topic).region });
  return `${pending.join(', ')}: open the link in the message "AWS Notification - Subscription Confirmation". The link works for two days. To get another: \`${again}\``;
}
