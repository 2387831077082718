/** {@link Queues} on the AWS SDK. */
import { SQS } from '@aws-sdk/client-sqs';
import type { Queues } from '../queues.ts';
import { connect } from './connection.ts';
import { type Connect, textsOf, withCloudErrors } from './sdk.ts';

/** Connects to SQS. */
export const awsQueues: Connect<Queues> = async (options, environment) => {
  const connection = await connect(options, environment);
  // Behind an endpoint of one's own, the host in the URL of a queue is another one.
  const client = withCloudErrors('sqs', new SQS({ ...connection, useQueueUrlAsEndpoint: false }));
  return {
    receive: async (QueueUrl, VisibilityTimeout) => {
      const { Messages = [] } = await client.receiveMessage({
        QueueUrl,
        VisibilityTimeout,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
        // Without waiting, SQS asks some of its servers only, and may find nothing.
        WaitTimeSeconds: 1,
      });
      return Messages.map((each) => ({
        id: each.MessageId ?? '',
        handle: each.ReceiptHandle ?? '',
        body: each.Body ?? '',
        attributes: textsOf(Object.entries(each.MessageAttributes ?? {}), ([name, value]) => [
          name,
          value.StringValue,
        ]),
        sent: new Date(Number(each.Attributes?.SentTimestamp ?? 0)),
      }));
    },
    hide: (QueueUrl, ReceiptHandle, VisibilityTimeout) =>
      client.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
    remove: (QueueUrl, ReceiptHandle) => client.deleteMessage({ QueueUrl, ReceiptHandle }),
  };
};
