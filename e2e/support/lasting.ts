/** What stacks hold that nobody can make again: confirmed subscriptions, kept messages, addresses and secrets that others know. */
import {
  CloudFormationClient,
  paginateDescribeStacks,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { paginateListSubscriptions, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Keys } from './cloud.ts';

/** A region of an account, as the clients of the SDK are told of it. */
export interface Region {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: Keys;
}

/** A resource that has to outlast every update. */
export interface Lasting {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** AWS's own: another one is another resource. */
  readonly id: string;
}

/** The types of which a new resource is no replacement for the old one. */
export const lastingTypes = [
  'AWS::ApiGatewayV2::Api',
  'AWS::DynamoDB::Table',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
] as const;

const nameOf = ({ stack, logicalId, type, id }: Lasting): string =>
  `${logicalId} of ${stack} (${type}): ${id}`;

/** Those that are not there any more. */
export const lost = (before: readonly Lasting[], after: readonly Lasting[]): readonly string[] => {
  const there = new Set(after.map(nameOf));
  return before.map(nameOf).filter((name) => !there.has(name));
};

/** Those of all stacks whose names match, in the order of stacks and logical ids. */
export async function lastingOf(where: Region, names: RegExp): Promise<readonly Lasting[]> {
  const client = new CloudFormationClient(where);
  const found: Lasting[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    for (const { StackName: stack = '' } of Stacks) {
      if (!names.test(stack)) continue;
      const pages = paginateListStackResources({ client }, { StackName: stack });
      for await (const { StackResourceSummaries = [] } of pages) {
        for (const { ResourceType: type = '', ...resource } of StackResourceSummaries) {
          if (!lastingTypes.some((lasting) => lasting === type)) continue;
          const { LogicalResourceId: logicalId = '', PhysicalResourceId: id = '' } = resource;
          found.push({ stack, logicalId, type, id });
        }
      }
    }
  }
  const place = ({ stack, logicalId }: Lasting): string => `${stack}/${logicalId}`;
  return found.toSorted((one, other) => place(one).localeCompare(place(other)));
}

/** A notifier's subscription to the topic of the machines, which nobody confirms. */
const ofNotifier = /^arn:aws:lambda:\S+ -> \S+-(machines|MachinesTopic-\w+): /;

/** The ARNs of all subscriptions but those of notifiers, confirmed or not, with what they subscribe to which topic. */
export async function subscriptionsIn(where: Region): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { Subscriptions = [] } of paginateListSubscriptions(
    { client: new SNSClient(where) },
    {},
  )) {
    for (const { SubscriptionArn, TopicArn, Endpoint } of Subscriptions) {
      found.push(`${Endpoint} -> ${TopicArn}: ${SubscriptionArn}`);
    }
  }
  return found.filter((each) => !ofNotifier.test(each)).toSorted();
}

const queuesAmong = (lasting: readonly Lasting[]): readonly Lasting[] =>
  lasting.filter(({ type }) => type === 'AWS::SQS::Queue');

const messageFor = (queue: Lasting): string => `kept in ${nameOf(queue)}`;

/** Puts a message of its own into every queue, as an event that could not be evaluated. */
export async function fillQueues(where: Region, lasting: readonly Lasting[]): Promise<void> {
  const sqs = new SQSClient(where);
  for (const queue of queuesAmong(lasting)) {
    await sqs.send(new SendMessageCommand({ QueueUrl: queue.id, MessageBody: messageFor(queue) }));
  }
}

/** The queues that no longer give the message that was put into them. */
export async function emptiedQueues(
  where: Region,
  lasting: readonly Lasting[],
): Promise<readonly string[]> {
  const sqs = new SQSClient(where);
  const emptied: string[] = [];
  for (const queue of queuesAmong(lasting)) {
    const { Messages = [] } = await sqs
      .send(new ReceiveMessageCommand({ QueueUrl: queue.id, MaxNumberOfMessages: 10 }))
      // A queue that is gone.
      .catch(() => ({ Messages: [] }));
    if (!Messages.some(({ Body }) => Body === messageFor(queue))) emptied.push(nameOf(queue));
  }
  return emptied;
}
