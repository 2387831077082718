/** {@link Cloud} on the AWS SDK. */
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import {
  type Subscription as ListedSubscription,
  paginateListSubscriptions,
  paginateListSubscriptionsByTopic,
  SNSClient,
} from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { splitArn } from '@patrol/core';
import { awsArtifacts } from './artifacts.ts';
import type { Connection } from './client.ts';
import { connect } from './connection.ts';
import { cloudError } from './errors.ts';
import { paced } from './pace.ts';
import { awsSecrets, readSecret } from './secrets.ts';
import { awsStacks } from './stacks.ts';
import type { Cloud, Place } from '../cloud.ts';
import type { Alarm, Subscription } from '../../notes/objects.ts';
import type { CloudOptions } from '../options.ts';

/**
 * Connects to AWS. Makes no call yet.
 *
 * @throws OperatorError when no region is set.
 */
export async function awsCloud(
  options: CloudOptions,
  environment: Record<string, string | undefined>,
): Promise<Cloud> {
  const connection = await connect(options, environment);
  let known: Promise<Place> | undefined;
  const place = (): Promise<Place> => (known ??= identify(connection));
  const account = async (): Promise<string> => (await place()).account;
  return {
    place,
    ...paced(awsStacks(connection)),
    ...awsArtifacts(connection, account),
    ...awsSecrets(connection),
    readSecret: (arn) => readSecret(connection, arn),
    alarms: (names) => describeAlarms(connection, names),
    subscriptions: (topicArn) => listSubscriptions(connection, topicArn),
    allSubscriptions: () =>
      subscriptionsOf(
        'sns:ListSubscriptions',
        paginateListSubscriptions({ client: new SNSClient(connection) }, {}),
      ),
  };
}

async function identify(connection: Connection): Promise<Place> {
  // Wrong credentials or an endpoint that is not there show here: no use in trying ten times.
  const client = new STSClient({ ...connection, maxAttempts: 3 });
  try {
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account, region: connection.region, partition: splitArn(Arn).partition };
  } catch (error) {
    throw cloudError('sts:GetCallerIdentity', error);
  }
}

async function describeAlarms(
  connection: Connection,
  names: readonly string[],
): Promise<readonly Alarm[]> {
  const client = new CloudWatchClient(connection);
  const alarms: Alarm[] = [];
  try {
    for await (const page of paginateDescribeAlarms({ client }, { AlarmNames: [...names] })) {
      for (const { AlarmName = '', StateValue = '', StateReason } of page.MetricAlarms ?? []) {
        const reason = StateReason ? { reason: StateReason } : {};
        alarms.push({ name: AlarmName, state: StateValue, ...reason });
      }
    }
  } catch (error) {
    throw cloudError('cloudwatch:DescribeAlarms', error);
  }
  return alarms;
}

async function listSubscriptions(
  connection: Connection,
  topicArn: string,
): Promise<readonly Subscription[]> {
  const client = new SNSClient({ ...connection, region: splitArn(topicArn).region });
  return subscriptionsOf(
    'sns:ListSubscriptionsByTopic',
    paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn }),
  );
}

/** Those of a list, page by page. */
async function subscriptionsOf(
  call: string,
  pages: AsyncIterable<{ readonly Subscriptions?: readonly ListedSubscription[] | undefined }>,
): Promise<readonly Subscription[]> {
  const subscriptions: Subscription[] = [];
  try {
    for await (const page of pages) {
      for (const each of page.Subscriptions ?? []) {
        const { TopicArn: topic = '', Protocol: protocol = '', Endpoint: endpoint = '' } = each;
        // Until it is confirmed, SNS gives `PendingConfirmation` for its ARN.
        const confirmed = each.SubscriptionArn?.startsWith('arn:') === true;
        subscriptions.push({ topic, protocol, endpoint, confirmed });
      }
    }
  } catch (error) {
    throw cloudError(call, error);
  }
  return subscriptions;
}
