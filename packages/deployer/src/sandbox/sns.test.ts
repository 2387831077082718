import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AwsEndpoint, startAws } from './aws.ts';

const topic = 'arn:aws:sns:us-east-1:111122223333:alerts';
let sns: AwsEndpoint;
let client: SNSClient;
beforeAll(async () => {
  sns = await startAws({ topics: ['arn:aws:sns:eu-west-1:444455556666:dispatch', topic] });
  client = new SNSClient({
    endpoint: sns.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterAll(() => sns.close());

const publish = (input: Partial<PublishCommandInput>): Promise<unknown> =>
  client.send(new PublishCommand({ TopicArn: topic, Message: 'm', ...input }));
const attribute = (
  name: string,
  DataType: string,
  StringValue: string,
): Partial<PublishCommandInput> => ({
  MessageAttributes: { [name]: { DataType, StringValue } },
});

describe('the AWS SDK', () => {
  test('publishes, and the message is remembered as it was', async () => {
    const Message = JSON.stringify({ default: '{"ü":1}', email: 'Line 1\nLine 2 & <3>' });
    await expect(
      publish({
        Subject: 'Hello',
        Message,
        MessageStructure: 'json',
        ...attribute('rule', 'String', 'x y'),
      }),
    ).resolves.toMatchObject({ MessageId: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(sns.messages.at(-1)).toEqual({
      topic,
      subject: 'Hello',
      message: Message,
      structure: 'json',
      attributes: { rule: 'x y' },
    });
  });

  test.each<[string, Partial<PublishCommandInput>]>([
    ['a subject of 99 characters', { Subject: 'a'.repeat(99) }],
    ['no subject', {}],
    ['262,144 bytes', { Message: 'ü'.repeat(131_072) }],
    ['all escaped bytes', { Message: '%'.repeat(262_144) }],
    [
      'attributes within the size',
      { Message: 'x'.repeat(262_144 - 'nameStringv'.length), ...attribute('name', 'String', 'v') },
    ],
    ['a list', attribute('a', 'String.Array', '["a",1,null]')],
    [
      'bytes',
      { MessageAttributes: { b: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) } } },
    ],
  ])('may publish %s', async (_, input) => {
    await expect(publish(input)).resolves.toHaveProperty('MessageId');
  });

  test.each<[string, Partial<PublishCommandInput>, string, RegExp]>([
    [
      'a subject of 100 characters',
      { Subject: 'a'.repeat(100) },
      'InvalidParameterException',
      /Subject/,
    ],
    ['an empty subject', { Subject: '' }, 'InvalidParameterException', /Subject/],
    ['a line break in the subject', { Subject: 'a\nb' }, 'InvalidParameterException', /Subject/],
    ['a subject that is not ASCII', { Subject: 'für' }, 'InvalidParameterException', /Subject/],
    [
      'a subject that begins with a blank',
      { Subject: ' a' },
      'InvalidParameterException',
      /Subject/,
    ],
    ['an empty message', { Message: '' }, 'InvalidParameterException', /Empty message/],
    [
      '262,145 bytes',
      { Message: 'x'.repeat(262_145) },
      'InvalidParameterException',
      /Message too long/,
    ],
    [
      'a megabyte',
      { Message: '%'.repeat(1_000_000) },
      'InvalidParameterException',
      /Message too long/,
    ],
    [
      'attributes beyond the size',
      { Message: 'x'.repeat(262_144), ...attribute('name', 'String', 'v') },
      'InvalidParameterException',
      /too long/,
    ],
    [
      'JSON that is none',
      { Message: '{', MessageStructure: 'json' },
      'InvalidParameterException',
      /failed to parse/,
    ],
    [
      'JSON without default',
      { Message: '{"email":"x"}', MessageStructure: 'json' },
      'InvalidParameterException',
      /No default entry/,
    ],
    [
      'JSON with another default',
      { Message: '{"default":{}}', MessageStructure: 'json' },
      'InvalidParameterException',
      /No default entry/,
    ],
    [
      'another structure',
      { MessageStructure: 'xml' },
      'InvalidParameterException',
      /MessageStructure/,
    ],
    ['no topic', { TopicArn: undefined }, 'InvalidParameterException', /TopicArn/],
    ['another topic', { TopicArn: `${topic}x` }, 'NotFoundException', /does not exist/],
    [
      'an empty attribute',
      attribute('a', 'String', ''),
      'InvalidParameterValueException',
      /'a' must contain/,
    ],
    ['a bad type', attribute('a', 'Text', 'x'), 'InvalidParameterValueException', /type/],
    ['a bad name', attribute('a b', 'String', 'x'), 'InvalidParameterValueException', /name/],
    [
      'a reserved name',
      attribute('AWS.x', 'String', 'x'),
      'InvalidParameterValueException',
      /name/,
    ],
    ['a bad number', attribute('a', 'Number', 'x'), 'InvalidParameterValueException', /number/],
    [
      'a bad list',
      attribute('a', 'String.Array', '[{}]'),
      'InvalidParameterValueException',
      /array/,
    ],
  ])('may not publish %s', async (_, input, name, message) => {
    const [messages, refusals] = [sns.messages.length, sns.refusals.length];
    await expect(publish(input)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
    expect(sns.messages).toHaveLength(messages);
    expect(sns.refusals).toHaveLength(refusals + 1);
    expect(sns.refusals.at(-1)).toMatch(/^sns Publish was refused: /);
  });
});

test('a request that is larger than any message is refused without being kept', async () => {
  const body = new URLSearchParams({ Action: 'Publish', Message: 'x'.repeat(5_000_000) });
  const answer = await fetch(sns.url, { method: 'POST', body });
  expect(await answer.text()).toContain('Message too long');
});
