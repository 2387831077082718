/** The AWS account of the end-to-end tests, in ministack, and `patrol-deploy` on it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { announcementName } from '@patrol/core/contracts';
import { inject, onTestFinished } from 'vitest';
import { path, run, type Ran, until } from './tools.ts';

/** ministack takes the account's id from the access key's. */
const account = '111122223333';
const region = 'us-east-1';

/** Keys of an account. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The keys of an account's root user. */
export const keysOf = (accessKeyId: string): Keys => ({ accessKeyId, secretAccessKey: 'example' });

/** What tells ministack the account of a request that AWS would take unsigned. */
export const credentialOf = (
  of: string,
  service = 'execute-api',
): Readonly<Record<string, string>> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${of}/20260131/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

/** The environment of somebody who works on the account, and nothing else of this machine's AWS configuration. */
export const operator = (keys: Keys = keysOf(account)): NodeJS.ProcessEnv => ({
  PATH: path,
  HOME: process.env['HOME'],
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  AWS_SESSION_TOKEN: keys.sessionToken,
  AWS_REGION: region,
  AWS_ENDPOINT_URL: inject('endpoint'),
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** What a client of the SDK is made with. */
export const settings = (keys: Keys = keysOf(account)) => ({
  region,
  endpoint: inject('endpoint'),
  credentials: keys,
});

/** Runs `patrol-deploy` of this repository. */
export const patrolDeploy = (...args: readonly string[]): Promise<Ran> =>
  run('patrol-deploy', args, { env: operator() });

/** Runs it in another folder. */
export const patrolDeployIn = (cwd: string, ...args: readonly string[]): Promise<Ran> =>
  run('patrol-deploy', args, { env: operator(), cwd });

/** The stack of a name; `undefined` when there is none. */
export const stack = async (StackName: string, keys?: Keys): Promise<Stack | undefined> => {
  try {
    const { Stacks } = await new CloudFormationClient(settings(keys)).send(
      new DescribeStacksCommand({ StackName }),
    );
    return Stacks?.[0];
  } catch {
    return undefined;
  }
};

/** An output of a stack. */
export async function stackOutput(stackName: string, key: string, keys?: Keys): Promise<string> {
  const outputs = (await stack(stackName, keys))?.Outputs ?? [];
  const value = outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  if (!value)
    throw new Error(`${stackName} has no output ${key}; it has ${JSON.stringify(outputs)}.`);
  return value;
}

/** A subscriber of a topic: a queue of its own. */
export interface Subscriber {
  /** The next message, as SNS puts it into a queue. */
  next(): Promise<{
    Subject: string;
    Message: string;
    Timestamp: string;
    MessageAttributes: Record<string, { Value: string }>;
  }>;
  /** Fails if a message is there after two seconds. */
  nothing(): Promise<void>;
}

/** Subscribes a new queue to a topic. */
export async function subscribe(topicArn: string, name: string): Promise<Subscriber> {
  const sqs = new SQSClient(settings());
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await new SNSClient(settings()).send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.['QueueArn'],
    }),
  );
  const receive = (): Promise<string | undefined> => receiveFrom(QueueUrl ?? '');
  return {
    next: async () => JSON.parse(await until(`a message in ${name}`, receive)),
    nothing: async () => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const found = await receive();
      if (found !== undefined) throw new Error(`Expected no message in ${name}, found ${found}`);
    },
  };
}

/** Makes a topic that no stack owns. */
export async function createTopic(Name: string): Promise<string> {
  const { TopicArn } = await new SNSClient(settings()).send(new CreateTopicCommand({ Name }));
  return TopicArn ?? '';
}

/** Deletes a topic behind the back of its stack. */
export async function deleteTopic(TopicArn: string): Promise<void> {
  await new SNSClient(settings()).send(new DeleteTopicCommand({ TopicArn }));
}

/** Publishes a text to a topic. */
export async function publish(TopicArn: string, Message: string): Promise<void> {
  await new SNSClient(settings()).send(new PublishCommand({ TopicArn, Message }));
}

/** Takes away what the deployments of other tests announced in the account. */
export async function forgetAnnouncements(): Promise<void> {
  const answered = await fetch(inject('endpoint'), {
    method: 'POST',
    headers: {
      ...credentialOf(account, 'ssm'),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.DeleteParameters',
    },
    body: JSON.stringify({ Names: [announcementName] }),
  });
  if (!answered.ok) throw new Error(await answered.text());
}

/** Makes a secret; gives its ARN. */
export async function createSecret(Name: string, SecretString: string): Promise<string> {
  const { ARN } = await new SecretsManagerClient(settings()).send(
    new CreateSecretCommand({ Name, SecretString }),
  );
  return ARN ?? '';
}

/** The value of a secret. */
export async function secretValue(SecretId: string): Promise<string> {
  const { SecretString } = await new SecretsManagerClient(settings()).send(
    new GetSecretValueCommand({ SecretId }),
  );
  return SecretString ?? '';
}

/** Invokes a function as EventBridge does: without waiting for it. */
async function invokeLater(FunctionName: string, event: unknown): Promise<void> {
  await new LambdaClient(settings()).send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(event) }),
  );
}

/** What a function did with an event. */
interface Did {
  readonly answer: { readonly alerts?: number };
  /** The lines of its log that are objects. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

/** Runs the function of a stack on an event as AWS delivers it, and waits for the end. */
export async function runOn(
  stackName: string,
  event: unknown,
  output = 'FunctionName',
): Promise<Did> {
  const { Payload, LogResult = '' } = await new LambdaClient(settings()).send(
    new InvokeCommand({
      FunctionName: await stackOutput(stackName, output),
      LogType: 'Tail',
      Payload: JSON.stringify(event),
    }),
  );
  const lines = Buffer.from(LogResult, 'base64').toString('utf8').split('\n');
  return {
    answer: JSON.parse(Payload?.transformToString() ?? ''),
    log: lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)),
  };
}

/** Runs the function of a stack as its schedule does, so many minutes after the hour. */
export async function runScheduled(stackName: string, minute: number): Promise<void> {
  await invokeLater(await stackOutput(stackName, 'FunctionName'), {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: new Date(Date.UTC(2026, 10, 23, 9, minute)).toISOString(),
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/${stackName}-Schedule`],
    detail: {},
  });
}

/** Keeps CloudFormation from making the function of a stack until what it gives is called, or the test is over. */
export function hold(stackName: string): () => void {
  const file = join(inject('held'), stackName);
  const release = (): void => rmSync(file, { force: true });
  onTestFinished(release);
  writeFileSync(file, '');
  return release;
}

/**
 * Makes a table or a topic slow, or has it refuse everything, until what it gives is called or the test is over.
 *
 * @param how the seconds that each answer takes, or `refused`.
 */
export function fault(name: string, how: number | 'refused'): () => void {
  const file = join(inject('faults'), name);
  const end = (): void => rmSync(file, { force: true });
  onTestFinished(end);
  writeFileSync(file, String(how));
  return end;
}

/** Where ministack takes what is sent to the URL of an HTTP API. */
export function webhookAddress(url: string): string {
  const [, api] = /^https?:\/\/([^./]+)\.execute-api\./.exec(url) ?? [];
  if (!api) throw new Error(`${url} is not the URL of an HTTP API.`);
  return `${inject('endpoint')}/_aws/execute-api/${api}/`;
}

/** Takes one message out of a queue; `undefined` when it is empty. */
export async function receiveFrom(QueueUrl: string): Promise<string | undefined> {
  const sqs = new SQSClient(settings());
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const [message] = Messages ?? [];
  if (!message) return undefined;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  return message.Body;
}

/** Plays AWS's part: puts an event on the default bus. */
export async function putEvent(event: {
  source: string;
  'detail-type': string;
  detail: unknown;
}): Promise<void> {
  const { FailedEntryCount, Entries } = await new EventBridgeClient(settings()).send(
    new PutEventsCommand({
      Entries: [
        {
          Source: event.source,
          DetailType: event['detail-type'],
          Detail: JSON.stringify(event.detail),
        },
      ],
    }),
  );
  if (FailedEntryCount) throw new Error(`PutEvents refused the event: ${JSON.stringify(Entries)}`);
}
