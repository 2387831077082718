import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { PublishInput } from './message.ts';

const clients = new Map<string, SNSClient>();

/**
 * Publishes one message in the region of its topic: SNS takes messages for a topic only there.
 *
 * @throws what the SDK throws when SNS refuses or cannot be reached after the SDK's own retries.
 */
export async function publish(input: PublishInput, region: string): Promise<{ messageId: string }> {
  const client = clients.get(region) ?? new SNSClient({ region, maxAttempts: 5 });
  clients.set(region, client);
  const { MessageId } = await client.send(new PublishCommand(input));
  return { messageId: MessageId ?? '' };
}
