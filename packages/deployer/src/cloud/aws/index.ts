/** {@link Cloud} on the AWS SDK. */
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { type QueueAttributeName, SQS } from '@aws-sdk/client-sqs';
import { SNS, type Subscription as ListedSubscription } from '@aws-sdk/client-sns';
import { splitArn } from '@patrol/core';
import type { Alarm, Subscription } from '../../notes/objects.ts';
import { compact } from '../../text/records.ts';
import type { Cloud, Place } from '../cloud.ts';
import { awsArtifacts } from './artifacts.ts';
import { collected, type Connect, type Connection, withCloudErrors } from './sdk.ts';
import { callerIdentity, connect } from './connection.ts';
import { paced } from './pace.ts';
import { announce, awsSecrets, readSecret } from './secrets.ts';
import { awsStacks } from './stacks.ts';

/** Connects to AWS. */
export const awsCloud: Connect<Cloud> = async (options, environment) => {
  const connection = await connect(options, environment);
  let known: Promise<Place> | undefined;
  const place = (): Promise<Place> => (known ??= identify(connection));
  return {
    place,
    ...paced(awsStacks(connection, options.express)),
    ...awsArtifacts(connection, async () => (await place()).account, options.kmsKey),
    ...awsSecrets(connection),
    announce: (name, text) => announce(connection, name, text),
    readSecret: (arn) => readSecret(connection, arn),
    alarms: (names) => describeAlarms(connection, names),
    queued: (url) => messagesIn(connection, url),
    subscriptions: (TopicArn) => {
      const client = sns({ ...connection, region: splitArn(TopicArn).region });
      return subscriptionsOn(client.paginateListSubscriptionsByTopic({ TopicArn }));
    },
    cancellable: (TopicArn) => cancellable(connection, TopicArn),
    allSubscriptions: () => subscriptionsOn(sns(connection).paginateListSubscriptions()),
  };
};

const sns = (connection: Connection): SNS => withCloudErrors('sns', new SNS(connection));

async function identify(connection: Connection): Promise<Place> {
  const { Account: account = '', Arn = '' } = await callerIdentity(connection);
  return { account, region: connection.region, partition: splitArn(Arn).partition };
}

function describeAlarms(connection: Connection, names: readonly string[]) {
  const client = withCloudErrors('cloudwatch', new CloudWatch(connection));
  return collected(client.paginateDescribeAlarms({ AlarmNames: [...names] }), (page) =>
    page.MetricAlarms?.map(({ AlarmName: name = '', StateValue: state = '', StateReason }): Alarm =>
      compact({ name, state, reason: StateReason || undefined }),
    ),
  );
}

/** SQS has three counts: messages that wait, messages that are being read, and messages that are delayed. */
const counts: readonly QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

async function messagesIn(connection: Connection, QueueUrl: string): Promise<number> {
  // Behind an endpoint of one's own, the host in the URL of a queue is another one.
  const client = withCloudErrors('sqs', new SQS({ ...connection, useQueueUrlAsEndpoint: false }));
  const found = await client.getQueueAttributes({ QueueUrl, AttributeNames: [...counts] });
  return counts.reduce((sum, count) => sum + Number(found.Attributes?.[count] ?? 0), 0);
}

async function cancellable(connection: Connection, TopicArn: string): Promise<readonly string[]> {
  const client = sns({ ...connection, region: splitArn(TopicArn).region });
  const listed = await collected(
    client.paginateListSubscriptionsByTopic({ TopicArn }),
    ({ Subscriptions = [] }) => Subscriptions,
  );
  const mails = listed.filter(
    (each) => each.Protocol?.startsWith('email') && each.SubscriptionArn?.startsWith('arn:'),
  );
  const found = await Promise.all(
    mails.map(async ({ SubscriptionArn, Endpoint = '' }) => {
      const { Attributes } = await client.getSubscriptionAttributes({ SubscriptionArn });
      return Attributes?.['ConfirmationWasAuthenticated'] === 'true' ? [] : [Endpoint];
    }),
  );
  return found.flat();
}

/** The subscriptions that pages list. */
const subscriptionsOn = (
  pages: AsyncIterable<{ readonly Subscriptions?: readonly ListedSubscription[] | undefined }>,
): Promise<readonly Subscription[]> =>
  collected(pages, ({ Subscriptions = [] }) =>
    Subscriptions.map((each) => ({
      topic: each.TopicArn ?? '',
      protocol: each.Protocol ?? '',
      endpoint: each.Endpoint ?? '',
      // Until it is confirmed, SNS gives `PendingConfirmation` for its ARN.
      confirmed: each.SubscriptionArn?.startsWith('arn:') === true,
    })),
  );
