/** The files that talk to AWS, with the real AWS SDK and a server of our own in place of AWS. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { dispatchTopicVariable, memoryTableVariable, topicVariable } from '../environment.ts';
import { stopped } from '../rule.fake.ts';
import { envelope } from './envelope.fake.ts';
import { tellNew } from './memory.ts';
import type { PublishInput } from './message.ts';
import { readSecret } from './secret.ts';
import { publish, send } from './sns.ts';

interface Request {
  readonly region: string | undefined;
  readonly service: string | undefined;
  readonly target: string | undefined;
  readonly body: string;
}

let server: Server;
let requests: Request[] = [];
/** What the server answers. */
let answer: { readonly status: number; readonly type: string; readonly body: string };

beforeAll(async () => {
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    // Credential=KEY/DATE/REGION/SERVICE/aws4_request
    const [, region, service] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    requests.push({ region, service, target: request.headers['x-amz-target']?.toString(), body });
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  };
  server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  vi.stubEnv('AWS_REGION', 'eu-west-1');
});
afterAll(() => {
  server.close();
  vi.unstubAllEnvs();
});
beforeEach(() => {
  requests = [];
});

const input: PublishInput = {
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:alerts',
  Subject: 'A subject',
  Message: '{"default":"x","email":"y"}',
  MessageStructure: 'json',
  MessageAttributes: { rule: { DataType: 'String', StringValue: 'stopped' } },
};

const published = {
  status: 200,
  type: 'text/xml',
  body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m1</MessageId></PublishResult></PublishResponse>',
};

test("publishes in the given region, not in the function's (M4, G2)", async () => {
  answer = published;
  expect(await publish(input, 'us-east-1')).toEqual({ messageId: 'm1' });
  await publish(input, 'ap-southeast-2');
  await publish(input, 'us-east-1');
  expect(requests.map(({ service, region }) => [service, region])).toEqual([
    ['sns', 'us-east-1'],
    ['sns', 'ap-southeast-2'],
    ['sns', 'us-east-1'],
  ]);
  expect(Object.fromEntries(new URLSearchParams(requests[0]?.body))).toMatchObject({
    Action: 'Publish',
    TopicArn: input.TopicArn,
    Subject: 'A subject',
    Message: input.Message,
    MessageStructure: 'json',
    'MessageAttributes.entry.1.Name': 'rule',
    'MessageAttributes.entry.1.Value.StringValue': 'stopped',
  });
});

test('a message that SNS refuses throws', async () => {
  answer = {
    status: 400,
    type: 'text/xml',
    body: '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>Invalid parameter: Subject</Message></Error></ErrorResponse>',
  };
  await expect(publish(input, 'us-east-1')).rejects.toThrow('Invalid parameter: Subject');
});

const json = (status: number, value: unknown): typeof answer => ({
  status,
  type: 'application/x-amz-json-1.1',
  body: JSON.stringify(value),
});

test('reads a secret of either service, where it lies', async () => {
  answer = json(200, { SecretString: 'one', Parameter: { Value: 'two' } });
  const stored = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:token-AbCdEf';
  expect(await readSecret({ service: 'secretsmanager', arn: stored, region: 'us-west-2' })).toBe(
    'one',
  );
  const parameter = 'arn:aws:ssm:us-east-2:111122223333:parameter/token';
  expect(await readSecret({ service: 'ssm', arn: parameter, region: 'us-east-2' })).toBe('two');
  expect(
    requests.map(({ service, region, target, body }) => [
      service,
      region,
      target,
      JSON.parse(body) as unknown,
    ]),
  ).toEqual([
    ['secretsmanager', 'us-west-2', 'secretsmanager.GetSecretValue', { SecretId: stored }],
    ['ssm', 'us-east-2', 'AmazonSSM.GetParameter', { Name: parameter, WithDecryption: true }],
  ]);
});

test('a secret that is no text, or that may not be read, throws', async () => {
  const arn = 'arn:aws:ssm:us-east-2:111122223333:parameter/token';
  for (const value of [{}, { Parameter: {} }, { Parameter: { Value: '' } }]) {
    answer = json(200, value);
    await expect(readSecret({ service: 'ssm', arn, region: 'us-east-2' })).rejects.toThrow(
      `The secret ${arn} holds no text`,
    );
  }
  answer = json(400, { __type: 'AccessDeniedException', message: 'not authorized' });
  await expect(readSecret({ service: 'ssm', arn, region: 'us-east-2' })).rejects.toThrow(
    'not authorized',
  );
});

test('sends an alert to both topics, each in its region and account (M4)', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  answer = published;
  await send(envelope(), {
    [topicVariable]: input.TopicArn,
    [dispatchTopicVariable]: 'arn:aws:sns:ap-southeast-2:444455556666:dispatch',
  });
  expect(written).toHaveBeenCalledTimes(2);
  written.mockRestore();
  const sent = requests
    .map(({ region, body }) => ({ region, ...Object.fromEntries(new URLSearchParams(body)) }))
    .toSorted((a, b) => String(a.region).localeCompare(String(b.region)));
  expect(sent).toMatchObject([
    {
      region: 'ap-southeast-2',
      TopicArn: 'arn:aws:sns:ap-southeast-2:444455556666:dispatch',
      Message: expect.stringMatching(/^\{"type":"high-priority",/),
    },
    { region: 'us-east-1', TopicArn: input.TopicArn, MessageStructure: 'json' },
  ]);
  expect(sent[0]).not.toHaveProperty('MessageStructure');
});

test('remembers in a table what was told, with the two calls that its role allows', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const now = Date.parse('2026-03-04T05:00:00Z');
  answer = json(200, { Item: { id: { S: 'stopped' }, told: { S: `[["a",${now}]]` } } });
  const sent: string[] = [];
  const results = await tellNew(
    { ...stopped, remindAfter: 86_400 },
    ['a', 'b'].map((dedupKey) => envelope({ dedupKey })),
    async ({ dedupKey }) => {
      sent.push(dedupKey);
    },
    { [memoryTableVariable]: 'weak-Memory-1ABC' },
    undefined,
    () => now + 1000,
  );
  written.mockRestore();
  expect(results).toEqual([{ status: 'fulfilled', value: undefined }]);
  expect(sent).toEqual(['b']);
  expect(
    requests.map(({ service, region, target, body }) => [
      service,
      region,
      target,
      JSON.parse(body) as unknown,
    ]),
  ).toEqual([
    [
      'dynamodb',
      'eu-west-1',
      'DynamoDB_20120810.GetItem',
      { TableName: 'weak-Memory-1ABC', Key: { id: { S: 'stopped' } }, ConsistentRead: true },
    ],
    [
      'dynamodb',
      'eu-west-1',
      'DynamoDB_20120810.PutItem',
      {
        TableName: 'weak-Memory-1ABC',
        Item: { id: { S: 'stopped' }, told: { S: `[["a",${now}],["b",${now + 1000}]]` } },
      },
    ],
  ]);
});
