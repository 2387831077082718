/** {@link Cloud} on the AWS SDK. */
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { SNS, type Subscription as ListedSubscription } from '@aws-sdk/client-sns';
import { STS } from '@aws-sdk/client-sts';
import { splitArn } from '@patrol/core';
import type { Alarm, Subscription } from '../../notes/objects.ts';
import { compact } from '../../text/records.ts';
import type { Cloud, Place } from '../cloud.ts';
import { awsArtifacts } from './artifacts.ts';
import { callsOf, collected } from './calls.ts';
import type { Connect, Connection } from './client.ts';
import { connect } from './connection.ts';
import { paced } from './pace.ts';
import { awsSecrets, readSecret } from './secrets.ts';
import { awsStacks } from './stacks.ts';

/** Connects to AWS. */
export const awsCloud: Connect<Cloud> = async (options, environment) => {
  const connection = await connect(options, environment);
  let known: Promise<Place> | undefined;
  const place = (): Promise<Place> => (known ??= identify(connection));
  return {
    place,
    ...paced(awsStacks(connection)),
    ...awsArtifacts(connection, async () => (await place()).account),
    ...awsSecrets(connection),
    readSecret: (arn) => readSecret(connection, arn),
    alarms: (names) => describeAlarms(connection, names),
    subscriptions: (TopicArn) =>
      callsOf('sns')('ListSubscriptionsByTopic', () => {
        const client = new SNS({ ...connection, region: splitArn(TopicArn).region });
        return subscriptionsOn(client.paginateListSubscriptionsByTopic({ TopicArn }));
      }),
    allSubscriptions: () =>
      callsOf('sns')('ListSubscriptions', () =>
        subscriptionsOn(new SNS(connection).paginateListSubscriptions()),
      ),
  };
};

const identify = (connection: Connection): Promise<Place> =>
  callsOf('sts')('GetCallerIdentity', async () => {
    // Wrong credentials or an endpoint that is not there show here: no use in trying ten times.
    const client = new STS({ ...connection, maxAttempts: 3 });
    const { Account: account = '', Arn = '' } = await client.getCallerIdentity();
    return { account, region: connection.region, partition: splitArn(Arn).partition };
  });

const describeAlarms = (
  connection: Connection,
  names: readonly string[],
): Promise<readonly Alarm[]> =>
  callsOf('cloudwatch')('DescribeAlarms', () =>
    collected(
      new CloudWatch(connection).paginateDescribeAlarms({ AlarmNames: [...names] }),
      ({ MetricAlarms = [] }) =>
        MetricAlarms.map(({ AlarmName: name = '', StateValue: state = '', StateReason }): Alarm =>
          compact({ name, state, reason: StateReason || undefined }),
        ),
    ),
  );

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
