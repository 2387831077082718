import {
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import type { Live, LiveRequest } from '../cloud/live.ts';
import { type AwsEndpoint, startAws } from './aws.ts';

const arn = (name: string): string =>
  `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}`;
const own = arn('patrol-sandbox-WebhookSecret-000000');
const parameterArn = 'arn:aws:ssm:us-east-1:111122223333:parameter/token';
const topic = 'arn:aws:sns:us-east-1:111122223333:alerts';
const table = 'patrol-sandbox-Memory';

const asked: LiveRequest[] = [];
const live: Live = {
  environment: {},
  readSecret: async (name) => {
    if (name.includes('denied')) throw new CloudError('denied', 'x:GetSecretValue', 'No');
    if (name.includes('missing')) throw new CloudError('missing', 'x:GetSecretValue', 'None');
    return `text of ${name}`;
  },
  ask: async (request) => {
    asked.push(request);
    if (request.service !== 'sns')
      return { status: 200, type: 'application/x-amz-json-1.1', body: '{"Name":"of AWS"}' };
    return {
      status: 200,
      type: 'text/xml',
      body: `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult><Subscriptions><member><Endpoint>a@b.cc</Endpoint></member></Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
    };
  },
};

let offline: AwsEndpoint;
let online: AwsEndpoint;
beforeAll(async () => {
  const options = { topics: [topic], secrets: { [own]: 'made up' }, tables: [table] };
  offline = await startAws(options);
  online = await startAws({
    ...options,
    live: {
      aws: live,
      secrets: ['given', 'denied', 'missing'].map(arn).concat(parameterArn),
      actions: [
        'sns:ListSubscriptionsByTopic',
        'sns:Subscribe',
        'iam:GetRole',
        'ssm:GetParameterHistory',
        'ssm:PutParameter',
        'secretsmanager:DescribeSecret',
        'dynamodb:DescribeTable',
      ],
    },
  });
});
afterAll(() => {
  offline.close();
  online.close();
});

const client = ({ url: endpoint }: AwsEndpoint): Record<string, unknown> => ({
  endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
});
const secret = async (of: AwsEndpoint, SecretId: string): Promise<string | undefined> =>
  (await new SecretsManagerClient(client(of)).send(new GetSecretValueCommand({ SecretId })))
    .SecretString;
const parameter = async (of: AwsEndpoint, Name: string): Promise<string | undefined> =>
  (await new SSMClient(client(of)).send(new GetParameterCommand({ Name, WithDecryption: true })))
    .Parameter?.Value;

describe('secrets', () => {
  test('the stack’s own is told, with the operator’s credentials or without', async () => {
    expect(await secret(offline, own)).toBe('made up');
    expect(await secret(online, own)).toBe('made up');
    expect(online.secretsRead).not.toContain('made up');
  });

  test('those that the rule’s parameters name are AWS’s: read there with --live, and remembered so that they are not shown', async () => {
    await expect(secret(offline, arn('given'))).rejects.toThrow(/With --live a rule asks AWS/);
    expect(offline.refusals.at(-1)).toMatch(
      /^secretsmanager GetSecretValue was refused: AccessDenied/,
    );
    expect(await secret(online, arn('given'))).toBe(`text of ${arn('given')}`);
    await expect(parameter(offline, parameterArn)).rejects.toThrow(/sandbox/);
    expect(await parameter(online, parameterArn)).toBe(`text of ${parameterArn}`);
    expect(online.secretsRead).toEqual([`text of ${arn('given')}`, `text of ${parameterArn}`]);
  });

  test('others are not told to a function, whoever may read them', async () => {
    const told = [...online.secretsRead];
    await expect(secret(online, arn('other'))).rejects.toThrow(/that its parameters name/);
    await expect(secret(online, 'given')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(parameter(online, 'token')).rejects.toThrow(/that its parameters name/);
    expect(online.refusals.at(-1)).toMatch(/^ssm GetParameter was refused: AccessDenied/);
    expect(online.secretsRead).toEqual(told);
  });

  test('what AWS refuses the operator, the function hears', async () => {
    await expect(secret(online, arn('denied'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(secret(online, arn('missing'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect(online.refusals.at(-1)).toContain('x:GetSecretValue failed: None.');
  });

  test('nothing is written', async () => {
    const put = new PutSecretValueCommand({ SecretId: own, SecretString: 'x' });
    await expect(new SecretsManagerClient(client(online)).send(put)).rejects.toThrow(
      /nothing is written/,
    );
  });
});

describe('the table', () => {
  test('gives back what was put into it', async () => {
    const dynamo = new DynamoDBClient(client(offline));
    const get = new GetItemCommand({
      TableName: table,
      Key: { id: { S: 'rule' } },
      ConsistentRead: true,
    });
    expect((await dynamo.send(get)).Item).toBeUndefined();
    const item = { id: { S: 'rule' }, told: { S: '[]' } };
    await dynamo.send(new PutItemCommand({ TableName: table, Item: item }));
    expect((await dynamo.send(get)).Item).toEqual(item);
    // Each run has a table of its own.
    expect((await new DynamoDBClient(client(online)).send(get)).Item).toBeUndefined();
  });

  test('writes on a condition, and a condition that does not hold is an answer, not a refusal', async () => {
    const dynamo = new DynamoDBClient(client(offline));
    const put = (text: string, number: number): Promise<unknown> =>
      dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: { id: { S: 'claim' }, by: { S: text }, at: { N: String(number) } },
          ConditionExpression: 'attribute_not_exists(id) OR by = :by OR at <= :now',
          ExpressionAttributeValues: { ':by': { S: text }, ':now': { N: String(number - 10) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    const refusals = offline.refusals.length;
    await put('a', 100);
    await expect(put('b', 109)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { id: { S: 'claim' }, by: { S: 'a' }, at: { N: '100' } },
    });
    // As numbers 9 is less than 100, as texts it is not.
    await expect(put('b', 19)).rejects.toThrow('The conditional request failed');
    await put('a', 109);
    await put('b', 119);
    expect(offline.refusals).toHaveLength(refusals);
  });

  test.each<[string, PutItemCommand | DeleteItemCommand, RegExp]>([
    [
      'another table',
      new PutItemCommand({ TableName: 'other', Item: { id: { S: 'x' } } }),
      /resource not found/,
    ],
    ['an item without its key', new PutItemCommand({ TableName: table, Item: {} }), /the key id/],
    [
      'a condition, which it does not know',
      new PutItemCommand({
        TableName: table,
        Item: { id: { S: 'x' } },
        ConditionExpression: 'attribute_exists(id)',
      }),
      /does not know the condition attribute_exists\(id\)/,
    ],
    [
      'another operation',
      new DeleteItemCommand({ TableName: table, Key: { id: { S: 'x' } } }),
      /not DeleteItem/,
    ],
  ])('refuses %s', async (_, command, message) => {
    const dynamo = new DynamoDBClient(client(offline));
    await expect(dynamo.send(command as PutItemCommand)).rejects.toThrow(message);
    expect(offline.refusals.at(-1)).toMatch(/^dynamodb \w+Item was refused/);
  });
});

describe('SNS', () => {
  const list = new ListSubscriptionsByTopicCommand({ TopicArn: topic });

  test('is asked as the operator with --live, and answers for itself', async () => {
    await expect(new SNSClient(client(offline)).send(list)).rejects.toThrow(/sandbox/);
    const { Subscriptions } = await new SNSClient(client(online)).send(list);
    expect(Subscriptions).toEqual([{ Endpoint: 'a@b.cc' }]);
    expect(asked).toEqual([
      {
        service: 'sns',
        region: 'eu-west-1',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: expect.stringContaining('Action=ListSubscriptionsByTopic'),
      },
    ]);
  });

  test('is not asked what the rule’s permissions do not name', async () => {
    const of = new GetTopicAttributesCommand({ TopicArn: topic });
    await expect(new SNSClient(client(online)).send(of)).rejects.toThrow(/permissions name/);
    expect(asked).toHaveLength(1);
  });

  test('is told nothing', async () => {
    const subscribe = new SubscribeCommand({ TopicArn: topic, Protocol: 'email', Endpoint: 'x' });
    await expect(new SNSClient(client(online)).send(subscribe)).rejects.toThrow(
      /nothing is written/,
    );
    expect(asked).toHaveLength(1);
  });
});

describe('what a rule with --live asks of its permissions besides', () => {
  const ask = (endpoint: AwsEndpoint): readonly (() => Promise<unknown>)[] => [
    () => new SSMClient(client(endpoint)).send(new GetParameterHistoryCommand({ Name: '/a' })),
    () =>
      new SecretsManagerClient(client(endpoint)).send(
        new DescribeSecretCommand({ SecretId: 'theirs' }),
      ),
    () =>
      new DynamoDBClient(client(endpoint)).send(new DescribeTableCommand({ TableName: 'theirs' })),
  ];

  test('is answered by AWS, and is no refusal', async () => {
    const [before, refusals] = [asked.length, online.refusals.length];
    for (const send of ask(online)) await expect(send()).resolves.toBeDefined();
    expect(asked.slice(before).map(({ service, headers }) => [service, headers])).toEqual([
      ['ssm', headersOf('AmazonSSM.GetParameterHistory', '1.1')],
      ['secretsmanager', headersOf('secretsmanager.DescribeSecret', '1.1')],
      ['dynamodb', headersOf('DynamoDB_20120810.DescribeTable', '1.0')],
    ]);
    expect(online.refusals).toHaveLength(refusals);
  });

  test('is refused without --live', async () => {
    for (const send of ask(offline)) await expect(send()).rejects.toThrow(/sandbox|not found/);
  });

  test.each([
    ['a write', new PutParameterCommand({ Name: '/a', Value: 'b' })],
    [
      'what is decrypted, and so could not be redacted',
      new GetParameterHistoryCommand({ Name: '/a', WithDecryption: true }),
    ],
  ])('is refused for %s', async (_, command) => {
    const before = asked.length;
    const ssm = new SSMClient(client(online));
    await expect(ssm.send(command as PutParameterCommand)).rejects.toThrow(/nothing is written/);
    expect(asked).toHaveLength(before);
  });

  const headersOf = (target: string, version: string): Record<string, string> => ({
    'content-type': `application/x-amz-json-${version}`,
    'x-amz-target': target,
  });
});

describe('who does not know the way', () => {
  const host = (): string => new URL(online.url).origin;
  const wrongPaths = [
    '',
    '/',
    `/${'A'.repeat(32)}`,
    `/${'A'.repeat(32)}/`,
    // Not below it, but beginning like it.
    'way',
  ];

  test('there is one for each endpoint, of 24 random bytes', () => {
    const ways = [offline, online].map(({ url }) => new URL(url).pathname);
    expect(new Set(ways).size).toBe(2);
    for (const way of ways) expect(way).toMatch(/^\/[\w-]{32}$/);
  });

  test.each(wrongPaths)(
    'is answered nothing, and the function is not blamed for it: %j',
    async (path) => {
      const { refusals, messages, secretsRead } = online;
      const before = [refusals.length, messages.length, secretsRead.length, asked.length];
      const endpoint = path === 'way' ? `${online.url}x` : `${host()}${path}`;
      const there = { ...client(online), endpoint };
      for (const send of [
        () => new SecretsManagerClient(there).send(new GetSecretValueCommand({ SecretId: own })),
        () =>
          new SecretsManagerClient(there).send(
            new GetSecretValueCommand({ SecretId: arn('given') }),
          ),
        () => new SNSClient(there).send(new PublishCommand({ TopicArn: topic, Message: 'm' })),
        () => new SNSClient(there).send(new ListSubscriptionsByTopicCommand({ TopicArn: topic })),
      ]) {
        await expect(send()).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
      }
      const after = [refusals.length, messages.length, secretsRead.length, asked.length];
      expect(after).toEqual(before);
    },
  );

  test('the SDK finds it through the environment, as in a function', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', offline.url);
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', offline.url);
    const { endpoint, ...rest } = client(offline);
    expect(endpoint).toBe(offline.url);
    const read = new GetSecretValueCommand({ SecretId: own });
    expect((await new SecretsManagerClient(rest).send(read)).SecretString).toBe('made up');
    await new SNSClient(rest).send(new PublishCommand({ TopicArn: topic, Message: 'm' }));
    expect(offline.messages.at(-1)).toMatchObject({ topic, message: 'm' });
    vi.unstubAllEnvs();
  });
});

describe('whatever else is asked for', () => {
  const call = (init: RequestInit): Promise<Response> => fetch(`${offline.url}/path`, init);

  test('is refused as the JSON protocols have it', async () => {
    const answer = await call({
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.ListSecrets',
        authorization:
          'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/secretsmanager/aws4_request',
      },
      body: '{}',
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ __type: 'AccessDenied' });
    expect(offline.refusals.at(-1)).toMatch(
      /^secretsmanager ListSecrets was refused: AccessDenied/,
    );
  });

  test.each<[string, RequestInit, RegExp]>([
    [
      'another action of SNS',
      { method: 'POST', body: new URLSearchParams({ Action: 'ListTopics' }) },
      /ListTopics/,
    ],
    ['REST', { method: 'GET' }, /GET \/path/],
    ['garbage', { method: 'PUT', body: '\u0000<&>' }, /PUT \/path/],
  ])('is refused as XML: %s', async (_, init, refusal) => {
    const answer = await call(init);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
    expect(offline.refusals.at(-1)).toMatch(refusal);
  });

  test('a body that is no JSON is refused where JSON is due', async () => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    };
    const answer = await call({ method: 'POST', headers, body: 'x' });
    expect(await answer.json()).toMatchObject({ __type: 'SerializationException' });
  });
});
