/** Whether anybody is subscribed to the topics that stacks name. */
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import { splitArn } from '@patrol/core';
import type { SeenTopic } from '../seen.ts';
import { ask, connection } from './ask.ts';

/** Asks about each topic in its own region. It stops at the first confirmed subscription. */
export async function lookAtTopics(
  uses: ReadonlyMap<string, SeenTopic['uses']>,
): Promise<readonly SeenTopic[]> {
  const topics: SeenTopic[] = [];
  for (const [arn, use] of uses) {
    const answer = await ask('sns:ListSubscriptionsByTopic', arn, async () => {
      const client = new SNSClient({ ...connection, region: splitArn(arn).region });
      let pending = 0;
      for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn: arn })) {
        for (const { SubscriptionArn = '' } of page.Subscriptions ?? []) {
          // Instead of an ARN there may be `PendingConfirmation` or, for some days, `Deleted`.
          if (SubscriptionArn.startsWith('arn:')) return { isSubscribed: true, pending };
          if (SubscriptionArn === 'PendingConfirmation') pending += 1;
        }
      }
      return { isSubscribed: false, pending };
    });
    topics.push({ arn, uses: use, answer });
  }
  return topics;
}
