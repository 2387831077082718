/**
 * The HTTP side of a webhook: deliveries as their sender sends them, in the form in which API Gateway and function URLs give
 * them to a function (payload format 2.0).
 */
import { randomUUID } from 'node:crypto';
import { github, isObject, type Sender, type Spot, type WebhookDelivery } from '@patrol/core';
import { eventOf, said } from '@patrol/core/evaluation';
import { signatureOf } from '@patrol/core/lambda/webhook';
import type { HttpAnswer } from '../notes/objects.ts';
import { fields } from '../template/functions.ts';
import { jsonIn, picked, type Texts } from '../text/records.ts';

/** An HTTP request as a function gets it. */
export interface HttpRequest {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** Whether a value is an HTTP request in the payload format 2.0. */
export const isHttpRequest = (value: unknown): value is HttpRequest =>
  isObject(value) &&
  isObject(value['headers']) &&
  isObject(value['requestContext']) &&
  isObject(value['requestContext']['http']) &&
  ['string', 'undefined'].includes(typeof value['body']);

const bytesOf = ({ body = '', isBase64Encoded }: HttpRequest): Buffer =>
  Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');

/** Names of headers have no case. */
const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function header({ headers }: HttpRequest, name: string): string {
  const found = Object.entries(headers).find(([key]) => isSame(key, name))?.[1];
  return typeof found === 'string' ? found : '';
}

/** The delivery in a request of a sender; `undefined` when the request names no event, or its body cannot be read. */
export function deliveryOf(
  request: HttpRequest,
  sender: Sender = github,
): (WebhookDelivery & Readonly<Record<string, unknown>>) | undefined {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(header(request, 'content-type'));
  const body = bytesOf(request).toString('utf8');
  const field = isForm && sender.form;
  const payload = jsonIn(field ? (new URLSearchParams(body).get(field) ?? '') : body);
  if (!isObject(payload)) return undefined;
  const given = { header: (name: string) => header(request, name), payload };
  const name = eventOf(sender, given);
  const id = sender.id && said(given, sender.id);
  return name === '' ? undefined : { name, ...(id && { id }), payload };
}

/** The headers that sign a body. */
function signing(sender: Sender, body: Uint8Array, secret: string): Texts {
  const timestamp = sender.timestamp ? String(Math.floor(Date.now() / 1000)) : '';
  return {
    ...(sender.timestamp && { [sender.timestamp.header.toLowerCase()]: timestamp }),
    [sender.signature.header.toLowerCase()]: signatureOf(sender, { body, timestamp }, secret),
  };
}

/** A header that says something, where a sender says it in a header. */
const saying = (spot: Spot | undefined, value: string): Texts =>
  spot && 'header' in spot ? { [spot.header.toLowerCase()]: value } : {};

/** The request that a sender would send for a delivery, signed with a secret. */
export function signedRequest(
  { name, id = randomUUID(), payload }: WebhookDelivery,
  secret: string,
  sender: Sender = github,
): HttpRequest {
  const body = JSON.stringify(payload);
  const now = new Date();
  const marks = Object.entries(sender.marks).map(([mark, value]) => [
    mark.toLowerCase(),
    `${value}1`,
  ]);
  const { 'user-agent': userAgent = 'webhook', ...marked } = Object.fromEntries(marks);
  const domainName = 'sandbox.execute-api.us-east-1.amazonaws.com';
  return {
    version: '2.0',
    routeKey: 'POST /',
    rawPath: '/',
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'content-length': String(Buffer.byteLength(body)),
      'content-type': 'application/json',
      host: domainName,
      'user-agent': userAgent,
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...marked,
      ...saying(sender.id, id),
      ...saying(sender.event?.[0], name),
      ...signing(sender, Buffer.from(body), secret),
    },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'sandbox',
      domainName,
      domainPrefix: 'sandbox',
      http: { method: 'POST', path: '/', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent },
      requestId: randomUUID(),
      routeKey: 'POST /',
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    body,
    isBase64Encoded: false,
  } as HttpRequest;
}

/** Whether a request carries a signature, right or wrong. */
export const isSigned = (request: HttpRequest, sender: Sender = github): boolean =>
  header(request, sender.signature.header) !== '';

/** Signs a request again, now and with another secret. A request without a signature stays without one. */
export function signedAnew(
  request: HttpRequest,
  secret: string,
  sender: Sender = github,
): HttpRequest {
  if (!isSigned(request, sender)) return request;
  const signed = signing(sender, bytesOf(request), secret);
  const others = picked(request.headers, (name) => !Object.hasOwn(signed, name.toLowerCase()));
  return { ...request, headers: { ...others, ...signed } };
}

/**
 * The HTTP answer that API Gateway makes of a function's result. Without a `statusCode`, the result is the body of a 200
 * ("Create AWS Lambda proxy integrations for HTTP APIs").
 */
export function httpAnswer(result: unknown): HttpAnswer {
  const { statusCode, headers, body, isBase64Encoded } = isObject(result) ? result : {};
  if (typeof statusCode !== 'number') {
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof result === 'string' ? result : JSON.stringify(result ?? null),
    };
  }
  const text = typeof body === 'string' ? body : '';
  return {
    statusCode,
    headers: Object.fromEntries(
      Object.entries(fields(headers)).map(([name, value]) => [name.toLowerCase(), String(value)]),
    ),
    body: isBase64Encoded === true ? Buffer.from(text, 'base64').toString('utf8') : text,
  };
}
