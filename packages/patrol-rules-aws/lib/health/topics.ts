/** Says what is wrong with the topics that the stacks of Patrol name. */
import { splitArn } from '@patrol/core';
import type { HealthFinding, Ignored } from './finding.ts';
import type { SeenTopic } from './seen.ts';

/** The operator ignores a topic by its ARN, or by all of the stacks that name it. */
export function ignoredTopic({ arn, uses }: SeenTopic, ignored: Ignored): string | undefined {
  const byStack = uses.map(({ stack }) => ignored(stack));
  return ignored(arn) ?? (byStack.includes(undefined) ? undefined : byStack[0]);
}

export function ofTopic({ arn, uses, answer }: SeenTopic): HealthFinding | undefined {
  const what = [...new Set(uses.map((use) => use.what))].join(' and ');
  const stacks = uses.map(({ stack }) => stack).join(', ');
  const finding = (title: string, why: string): HealthFinding => ({
    key: `topic:${arn}`,
    severity: 'critical',
    title,
    summary: `The topic ${arn} ${what} of ${stacks}. ${why}`,
    facts: { topic: arn, stacks },
    targets: [{ type: 'AWS::SNS::Topic', id: arn }],
    group: 'topic',
  });
  if (!('value' in answer)) {
    return answer.isMissing
      ? finding(`Topic ${arn} is not there`, 'What is sent to it is lost.')
      : undefined;
  }
  const { isSubscribed, pending } = answer.value;
  if (isSubscribed) return undefined;
  const subscribe = `\`aws sns subscribe --topic-arn ${arn} --protocol email --notification-endpoint ADDRESS --region ${splitArn(arn).region}\``;
  return finding(
    `Nobody is subscribed to ${arn}`,
    pending > 0
      ? `No subscription is confirmed; ${pending} wait for it: SNS sent them a message with the subject "AWS Notification - Subscription Confirmation", whose link works for two days. ${subscribe} sends it again.`
      : `It has no subscription. ${subscribe} subscribes an address.`,
  );
}
