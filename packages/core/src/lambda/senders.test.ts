import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { WebhookDelivery } from '../arrival.ts';
import { webhookSecretVariable } from '../environment.ts';
import { evaluator } from '../evaluate.ts';
import { type AnyRule, defineRule } from '../rule.ts';
import { stopped } from '../rule.fake.ts';
import { github, hmac, type Sender, slack } from '../sender.ts';
import { signatureOf } from './signature.ts';
import { webhook } from '../trigger.ts';
import { keptOutput } from './output.fake.ts';
import { receiver } from './webhook.ts';

const output = keptOutput();
const secret = 'e6b19c573432dcc6b075501d51b51bb8';
const sentAt = 1_531_420_618;

const ruleOn = (event: string, from: Sender): AnyRule =>
  defineRule({
    ...stopped,
    name: 'joined',
    triggers: [webhook<WebhookDelivery>([event], { from })],
    parameters: {},
    evaluate: ({ name }) => ({ title: name, summary: 'Somebody joined.' }),
  });

/** A receiver, its clock and what reached the rule. */
function receiving(rule: AnyRule) {
  const told: WebhookDelivery[] = [];
  const clock = { now: sentAt * 1000 };
  const receive = receiver(
    rule,
    async (event) => {
      told.push(event as WebhookDelivery);
      return { alerts: 1 };
    },
    async () => secret,
    { [webhookSecretVariable]: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf' },
    () => clock.now,
  );
  return { receive, told, clock };
}

const request = (
  body: string,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> => ({
  headers: { 'content-type': 'application/json', ...headers },
  requestContext: { http: { method: 'POST', path: '/', sourceIp: '192.0.2.1' } },
  body,
  isBase64Encoded: false,
});

const joined = JSON.stringify({
  type: 'event_callback',
  event_id: 'Ev0PV52K25',
  event: { type: 'team_join', user: 'U061F7AUR' },
});

/** A request as Slack signs it. The signature is made here by hand. */
const fromSlack = (
  body: string,
  {
    at = sentAt,
    signs = `v0:${at}:${body}`,
    more = {},
  }: { readonly at?: number; readonly signs?: string; readonly more?: object } = {},
): Readonly<Record<string, unknown>> =>
  request(body, {
    'X-Slack-Request-Timestamp': String(at),
    'X-Slack-Signature': `v0=${createHmac('sha256', secret).update(signs).digest('hex')}`,
    ...more,
  });

// The published examples of "Verifying requests from Slack" and "Validating webhook deliveries".
test.each([
  [
    github,
    "It's a Secret to Everybody",
    '',
    'Hello, World!',
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  ],
  [
    slack,
    '8f742231b10e8888abcd99yyyzzz85a5',
    '1531420618',
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  ],
])('$name signs as its documents say', (sender, key, timestamp, body, signature) => {
  expect(signatureOf(sender, { body: Buffer.from(body), timestamp }, key)).toBe(signature);
});

describe('Slack', () => {
  const rule = ruleOn('team_join', slack);

  test('tells of an event, once', async () => {
    const { receive, told } = receiving(rule);
    expect((await receive(fromSlack(joined))).statusCode).toBe(200);
    expect(told).toEqual([
      {
        name: 'team_join',
        id: 'Ev0PV52K25',
        receivedAt: '2018-07-12T18:36:58.000Z',
        payload: JSON.parse(joined),
      },
    ]);
    // It tries again three times when it gets no answer within three seconds.
    const again = fromSlack(joined, { at: sentAt + 60, more: { 'X-Slack-Retry-Num': '1' } });
    expect((await receive(again)).statusCode).toBe(202);
    expect(told).toHaveLength(1);
  });

  test('is answered its challenge, when the challenge is signed', async () => {
    const challenge = '{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY"}';
    const { receive, told } = receiving(rule);
    const { statusCode, body } = await receive(fromSlack(challenge));
    expect([statusCode, JSON.parse(body)]).toEqual([
      200,
      { challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY' },
    ]);
    expect((await receive(fromSlack(challenge, { signs: challenge }))).statusCode).toBe(401);
    expect(told).toEqual([]);
  });

  test.each([
    ['five minutes late', 300, 200],
    ['later', 301, 401],
    ['five minutes early', -300, 200],
    ['earlier', -301, 401],
  ])('that comes %s', async (_when, seconds, status) => {
    const { receive, clock } = receiving(rule);
    clock.now += seconds * 1000;
    expect((await receive(fromSlack(joined))).statusCode).toBe(status);
  });

  test.each(['', 'soon', '1531420618.5', '-1', '1e9'])(
    'with the time %j is refused, signed or not',
    async (at) => {
      const given = request(joined, {
        'X-Slack-Request-Timestamp': at,
        'X-Slack-Signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${joined}`).digest('hex')}`,
      });
      expect((await receiving(rule).receive(given)).statusCode).toBe(401);
    },
  );

  test('with another time than the signed one is forged', async () => {
    const { receive } = receiving(rule);
    const signs = `v0:${sentAt - 9000}:${joined}`;
    expect((await receive(fromSlack(joined, { signs }))).statusCode).toBe(401);
  });

  test('that is refused is noted as Slack by its user agent', async () => {
    const more = { 'User-Agent': 'Slackbot 1.0 (+https://api.slack.com/robots)' };
    await receiving(rule).receive(fromSlack(joined, { signs: 'x', more }));
    expect(JSON.parse(output.text)).toMatchObject({ verdict: 'refused', fromSender: true });
  });

  test('sends no forms, and no event without a type', async () => {
    const form = fromSlack(joined, {
      more: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect((await receiving(rule).receive(form)).statusCode).toBe(415);
    const { statusCode, body } = await receiving(rule).receive(fromSlack('{"event":{}}'));
    expect([statusCode, JSON.parse(body)]).toEqual([
      400,
      { message: 'event.type or type is missing.' },
    ]);
  });

  test('names who acted', async () => {
    const evaluate = evaluator(rule, { parameters: {}, clients: undefined });
    const { alerts } = await evaluate({ name: 'team_join', payload: JSON.parse(joined) });
    expect(alerts[0]).toMatchObject({
      actor: { name: 'U061F7AUR', description: 'Slack user U061F7AUR' },
      eventName: 'team_join',
    });
  });
});

describe('another sender', () => {
  const shop = hmac(
    'Shop',
    { header: 'X-Shop-Hmac', algorithm: 'sha512', encoding: 'base64', signs: '{timestamp}.{body}' },
    { timestamp: { header: 'X-Shop-Time', within: 60 }, event: [{ header: 'X-Shop-Topic' }] },
  );
  const signed = (body: string, algorithm = 'sha512') =>
    createHmac(algorithm, secret).update(`${sentAt}.${body}`).digest('base64');
  const sent = (signature: string, headers = {}) =>
    request('{"order":1}', {
      'x-shop-hmac': signature,
      'x-shop-time': String(sentAt),
      'x-shop-topic': 'orders/paid',
      ...headers,
    });

  test('is checked as it says', async () => {
    const { receive, told } = receiving(ruleOn('orders/paid', shop));
    expect((await receive(sent(signed('{"order":1}')))).statusCode).toBe(200);
    expect(told[0]).toEqual({
      name: 'orders/paid',
      receivedAt: '2018-07-12T18:36:58.000Z',
      payload: { order: 1 },
    });
    for (const forged of [signed('{"order":2}'), signed('{"order":1}', 'sha256'), '', 'AAAA']) {
      expect((await receive(sent(forged))).statusCode).toBe(401);
    }
    expect((await receive(sent(signed('{"order":1}'), { 'x-shop-topic': '' }))).statusCode).toBe(
      400,
    );
    expect(told).toHaveLength(1);
  });

  test('that names no events has one', async () => {
    const bell = hmac('Bell', { header: 'Signature', prefix: 'v1,' });
    const { receive, told } = receiving(ruleOn('delivery', bell));
    const right = `v1,${createHmac('sha256', secret).update('{}').digest('hex')}`;
    expect((await receive(request('{}', { signature: right }))).statusCode).toBe(200);
    expect((await receive(request('{}', { signature: right.slice(3) }))).statusCode).toBe(401);
    expect(told.map(({ name }) => name)).toEqual(['delivery']);
    expect(JSON.parse(output.text)).toMatchObject({ verdict: 'refused', fromSender: true });
  });
});
