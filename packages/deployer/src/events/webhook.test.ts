import { createHmac } from 'node:crypto';
import { hmac, slack } from '@patrol/core';
import { expect, test } from 'vitest';
import {
  deliveryOf,
  httpAnswer,
  type HttpRequest,
  isHttpRequest,
  isSigned,
  signedAnew,
  signedRequest,
} from './webhook.ts';

const payload = { action: 'created', repository: { name: 'für' } };
const signed = (): HttpRequest => signedRequest({ name: 'fork', id: 'guid-1', payload }, 'secret');

test('a delivery becomes the request that GitHub makes, signed over its bytes', () => {
  const request = signed();
  expect(isHttpRequest(request)).toBe(true);
  expect(request.headers).toMatchObject({
    'content-type': 'application/json',
    'x-github-event': 'fork',
    'x-github-delivery': 'guid-1',
    'x-hub-signature-256': `sha256=${createHmac('sha256', 'secret').update(JSON.stringify(payload)).digest('hex')}`,
  });
  expect(request.requestContext).toMatchObject({ http: { method: 'POST' } });
  expect(deliveryOf(request)).toEqual({ name: 'fork', id: 'guid-1', payload });
});

// "Validating webhook deliveries", GitHub's own example.
test('signs as GitHub’s documentation has it', () => {
  const request = { ...signed(), body: 'Hello, World!' };
  expect(signedAnew(request, "It's a Secret to Everybody").headers['x-hub-signature-256']).toBe(
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  );
});

test('a request that was signed is signed anew, one that was not stays so', () => {
  const { headers, ...rest } = signed();
  const theirs = {
    ...rest,
    headers: { 'X-Hub-Signature-256': 'sha256=00', 'X-GitHub-Event': 'a' },
  };
  expect(isSigned(theirs)).toBe(true);
  expect(signedAnew(theirs, 'secret').headers).toEqual({
    'X-GitHub-Event': 'a',
    'x-hub-signature-256': headers['x-hub-signature-256'],
  });
  const unsigned = { ...rest, headers: {} };
  expect(isSigned(unsigned)).toBe(false);
  expect(signedAnew(unsigned, 'secret')).toBe(unsigned);
});

const bell = hmac(
  'Bell',
  { header: 'X-Bell', prefix: 'v1,', algorithm: 'sha1', encoding: 'base64' },
  { event: [{ header: 'X-Bell-Event' }] },
);

test.each([
  [slack, { type: 'event_callback', event_id: 'Ev1', event: { type: 'fork' } }, 'Ev1'],
  [bell, payload, undefined],
])('a delivery of $name is signed as it signs', (sender, sent, id) => {
  const name = 'fork';
  const { headers, body = '' } = signedRequest({ name, payload: sent }, 'secret', sender);
  const at = String(headers['x-slack-request-timestamp']);
  const expected =
    sender === slack
      ? `v0=${createHmac('sha256', 'secret').update(`v0:${at}:${body}`).digest('hex')}`
      : `v1,${createHmac('sha1', 'secret').update(body).digest('base64')}`;
  expect(headers[sender.signature.header.toLowerCase()]).toBe(expected);
  expect(headers['x-hub-signature-256']).toBeUndefined();
  const request = signedRequest({ name, payload: sent }, 'secret', sender);
  expect(deliveryOf(request, sender)).toEqual({ name, ...(id && { id }), payload: sent });
});

test('a request that was kept is signed anew with the time of now', () => {
  const old = { 'X-Slack-Request-Timestamp': '1531420618', 'X-Slack-Signature': 'v0=00' };
  const { headers } = signedAnew({ ...signed(), headers: old }, 'secret', slack);
  expect(Object.keys(headers).toSorted()).toEqual([
    'x-slack-request-timestamp',
    'x-slack-signature',
  ]);
  expect(Number(headers['x-slack-request-timestamp'])).toBeGreaterThan(1_700_000_000);
});

test('bytes in Base64 are signed as bytes', () => {
  const bytes = Buffer.from([0xff, 0x00]);
  const request = { ...signed(), body: bytes.toString('base64'), isBase64Encoded: true };
  expect(signedAnew(request, 's').headers['x-hub-signature-256']).toBe(
    `sha256=${createHmac('sha256', 's').update(bytes).digest('hex')}`,
  );
});

const request = (headers: Record<string, string>, body: string): HttpRequest => ({
  headers,
  requestContext: { http: {} },
  body,
});
const form = { 'Content-Type': 'application/x-www-form-urlencoded', 'X-GitHub-Event': 'fork' };
test.each<[string, HttpRequest, unknown]>([
  ['a form', request(form, 'payload=%7B%22a%22%3A1%7D'), { name: 'fork', payload: { a: 1 } }],
  ['a form without a payload', request(form, 'x=1'), undefined],
  ['no event', request({}, '{}'), undefined],
  ['no JSON', request({ 'x-github-event': 'fork' }, '{'), undefined],
  ['no object', request({ 'x-github-event': 'fork' }, '[]'), undefined],
])('the delivery of %s', (_, given, expected) => {
  expect(deliveryOf(given)).toEqual(expected);
});

test.each<[unknown, unknown]>([
  [
    { statusCode: 202, headers: { 'X-A': 1 }, body: 'b' },
    { statusCode: 202, headers: { 'x-a': '1' }, body: 'b' },
  ],
  [
    { statusCode: 200, body: Buffer.from('ü').toString('base64'), isBase64Encoded: true },
    { statusCode: 200, headers: {}, body: 'ü' },
  ],
  [{ alerts: 1 }, { statusCode: 200, body: '{"alerts":1}' }],
  ['text', { statusCode: 200, body: 'text' }],
  [undefined, { statusCode: 200, body: 'null' }],
])('API Gateway makes an answer of %j', (result, expected) => {
  expect(httpAnswer(result)).toMatchObject(expected as object);
});
