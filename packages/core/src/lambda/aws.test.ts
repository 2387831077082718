/** The files that talk to AWS, with the real AWS SDK and a server of our own in place of AWS. */
import { describe, expect, test, vi } from 'vitest';
import { dispatchTopicVariable, memoryTableVariable, topicVariable } from '../environment.ts';
import { stopped } from '../rule.fake.ts';
import { deployed } from '../template/deployed.fake.ts';
import { ruleTemplate } from '../template/index.ts';
import { reminding, sparing } from '../template/rules.fake.ts';
import { alert } from './alert.fake.ts';
import { tellNew } from './memory.ts';
import { untold } from './once.ts';
import type { PublishInput } from './message.ts';
import { readSecret } from './secret.ts';
import { type Answer, fakeAws, refused, xml } from '../testing/server.ts';
import { publish, send } from './sns.ts';

/** What AWS answers. */
let answer: Answer;
const { asked } = fakeAws(() => answer, { AWS_REGION: 'eu-west-1' });

/** What was asked in JSON: where, with which call, and what. */
const asJson = (): readonly unknown[] =>
  asked.map(({ service, region, headers, body }) => [
    service,
    region,
    headers['x-amz-target'],
    JSON.parse(body),
  ]);

const input: PublishInput = {
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:alerts',
  Subject: 'A subject',
  Message: '{"default":"x","email":"y"}',
  MessageStructure: 'json',
  MessageAttributes: { rule: { DataType: 'String', StringValue: 'stopped' } },
};

const published = xml('Publish', '<MessageId>m1</MessageId>');

test("publishes in the given region, not in the function's", async () => {
  answer = published;
  expect(await publish(input, 'us-east-1')).toEqual({ messageId: 'm1' });
  await publish(input, 'ap-southeast-2');
  await publish(input, 'us-east-1');
  expect(asked.map(({ service, region }) => [service, region])).toEqual([
    ['sns', 'us-east-1'],
    ['sns', 'ap-southeast-2'],
    ['sns', 'us-east-1'],
  ]);
  expect(asked[0]?.form).toMatchObject({
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
  answer = refused('InvalidParameter', 'Invalid parameter: Subject');
  await expect(publish(input, 'us-east-1')).rejects.toThrow('Invalid parameter: Subject');
});

test('reads a secret of either service, where it lies', async () => {
  answer = [200, { SecretString: 'one', Parameter: { Value: 'two' } }];
  const stored = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:token-AbCdEf';
  expect(await readSecret({ service: 'secretsmanager', arn: stored, region: 'us-west-2' })).toBe(
    'one',
  );
  const parameter = 'arn:aws:ssm:us-east-2:111122223333:parameter/token';
  expect(await readSecret({ service: 'ssm', arn: parameter, region: 'us-east-2' })).toBe('two');
  expect(asJson()).toEqual([
    ['secretsmanager', 'us-west-2', 'secretsmanager.GetSecretValue', { SecretId: stored }],
    ['ssm', 'us-east-2', 'AmazonSSM.GetParameter', { Name: parameter, WithDecryption: true }],
  ]);
});

test('a secret that is no text, or that may not be read, throws', async () => {
  const arn = 'arn:aws:ssm:us-east-2:111122223333:parameter/token';
  for (const value of [{}, { Parameter: {} }, { Parameter: { Value: '' } }]) {
    answer = [200, value];
    await expect(readSecret({ service: 'ssm', arn, region: 'us-east-2' })).rejects.toThrow(
      `The secret ${arn} holds no text`,
    );
  }
  answer = [400, { __type: 'AccessDeniedException', message: 'not authorized' }];
  await expect(readSecret({ service: 'ssm', arn, region: 'us-east-2' })).rejects.toThrow(
    'not authorized',
  );
});

test('sends an alert to both topics, each in its region and account', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  answer = published;
  await send(alert(), {
    [topicVariable]: input.TopicArn,
    [dispatchTopicVariable]: 'arn:aws:sns:ap-southeast-2:444455556666:dispatch',
  });
  expect(written).toHaveBeenCalledTimes(2);
  written.mockRestore();
  const sent = asked
    .map(({ region, form }) => ({ region, ...form }))
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

test('remembers in the table of its stack what was told, with the two calls that its role allows', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const now = Date.parse('2026-03-04T05:00:00Z');
  answer = [200, { Item: { id: { S: 'stopped' }, told: { S: `[["a",${now}]]` } } }];
  const sent: string[] = [];
  const results = await tellNew(
    { ...stopped, remindAfter: 86_400 },
    ['a', 'b'].map((dedupKey) => alert({ dedupKey })),
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
  expect(asJson()).toEqual([
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
  const { resources, may, arn } = deployed(ruleTemplate(reminding));
  const key: Readonly<Record<string, object>> = JSON.parse(asked[0]?.body ?? '').Key;
  expect(resources['Memory']).toMatchObject({
    KeySchema: Object.keys(key).map((AttributeName) => ({ AttributeName, KeyType: 'HASH' })),
    AttributeDefinitions: Object.entries(key).map(([AttributeName, value]) => ({
      AttributeName,
      AttributeType: Object.keys(value)[0],
    })),
  });
  for (const { headers } of asked) {
    const [, call] = String(headers['x-amz-target']).split('.');
    expect(may({ by: { role: 'Role' }, action: `dynamodb:${call}`, on: arn('Memory') })).toBe(true);
  }
});

describe('what is told once', () => {
  const now = Date.parse('2026-03-04T05:00:00Z');
  const claimer = alert({ dedupKey: 'key', eventId: 'e2' });
  const isSent = async (variables = { [memoryTableVariable]: 'sparing-Memory-1ABC' }) => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const fresh = await untold(sparing, [claimer], ['key'], variables, undefined, () => now);
    const logged = written.mock.calls.join('');
    written.mockRestore();
    return [fresh.length === 1, logged] as const;
  };

  test('is claimed by one conditional call, which its role allows, in the table of its stack', async () => {
    answer = [200, {}];
    expect(await isSent()).toEqual([true, '']);
    const id = { S: '2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683' };
    expect(asJson()).toEqual([
      [
        'dynamodb',
        'eu-west-1',
        'DynamoDB_20120810.PutItem',
        {
          TableName: 'sparing-Memory-1ABC',
          Item: { id, toldBy: { S: 'e2' }, forgetAt: { N: String(now / 1000 + 3600) } },
          ConditionExpression: 'attribute_not_exists(id) OR toldBy = :event OR forgetAt <= :now',
          ExpressionAttributeValues: { ':event': { S: 'e2' }, ':now': { N: String(now / 1000) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      ],
    ]);
    const { resources, may, arn } = deployed(ruleTemplate(sparing));
    expect(resources['Memory']).toMatchObject({
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'forgetAt', Enabled: true },
    });
    const mayDo = (call: string): boolean =>
      may({ by: { role: 'Role' }, action: `dynamodb:${call}`, on: arn('Memory') });
    expect(['PutItem', 'GetItem', 'DeleteItem'].map(mayDo)).toEqual([true, false, false]);
  });

  test.each<[string, unknown, boolean, string]>([
    [
      'by another event',
      { toldBy: { S: 'e1' }, forgetAt: { N: String(now / 1000 + 60) } },
      false,
      '"toldBy":"e1","until":"2026-03-04T05:01:00.000Z"',
    ],
    ['in a form that nobody writes', { toldBy: { N: '1' } }, true, 'not remembered'],
    ['by whom it does not say', undefined, true, 'not remembered'],
  ])('and was claimed %s', async (_what, Item, sends, logged) => {
    const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
    answer = [400, { __type, message: 'The conditional request failed', Item }];
    expect(await isSent()).toEqual([sends, expect.stringContaining(logged)]);
    expect(asked).toHaveLength(1);
  });

  test.each<[string, Answer, string]>([
    [
      'there is no table',
      [400, { __type: 'ResourceNotFoundException', message: 'Requested resource not found' }],
      'Requested resource not found',
    ],
    [
      'the function may not write',
      [400, { __type: 'AccessDeniedException', message: 'not authorized' }],
      'not authorized',
    ],
    ['the answer cannot be read', [200, '<html>'], 'not remembered'],
  ])('is sent where %s', async (_what, given, logged) => {
    answer = given;
    expect(await isSent()).toEqual([true, expect.stringContaining(logged)]);
  });

  test('is sent where the table is throttled, without waiting for all retries', async () => {
    answer = [400, { __type: 'ProvisionedThroughputExceededException', message: 'Too fast' }];
    expect(await isSent()).toEqual([true, expect.stringMatching(/Too fast|no answer within/)]);
  });

  test('is sent where no table is named', async () => {
    expect(await isSent({ [memoryTableVariable]: '' })).toEqual([
      true,
      expect.stringContaining('expected the name of the table'),
    ]);
    expect(asked).toEqual([]);
  });
});
