/**
 * The HTTP side of a webhook: deliveries as GitHub sends them ("Webhook events and payloads", "Validating webhook
 * deliveries"), in the form in which API Gateway and function URLs give them to a function (payload format 2.0).
 */
import { createHmac, randomUUID } from 'node:crypto';
import { isObject, type WebhookDelivery } from '@patrol/core';
import type { HttpAnswer } from '../notes/objects.ts';
import { fields } from '../template/functions.ts';
import { jsonIn, picked } from '../text/records.ts';

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
function header({ headers }: HttpRequest, name: string): string | undefined {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'string' ? found : undefined;
}

/** The delivery in a request; `undefined` when the request names no event, or its body cannot be read. */
export function deliveryOf(
  request: HttpRequest,
): (WebhookDelivery & Readonly<Record<string, unknown>>) | undefined {
  const name = header(request, 'x-github-event');
  const id = header(request, 'x-github-delivery');
  const type = header(request, 'content-type') ?? '';
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type);
  const body = bytesOf(request).toString('utf8');
  const payload = jsonIn(isForm ? (new URLSearchParams(body).get('payload') ?? '') : body);
  if (name === undefined || !isObject(payload)) return undefined;
  return { name, ...(id !== undefined && { id }), payload };
}

/** GitHub's signature of a body: HMAC-SHA256 in hexadecimal. */
const signature = (body: Uint8Array, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** The request that GitHub would send for a delivery, signed with a secret. */
export function signedRequest(
  { name, id = randomUUID(), payload }: WebhookDelivery,
  secret: string,
): HttpRequest {
  const body = JSON.stringify(payload);
  const now = new Date();
  const userAgent = 'GitHub-Hookshot/0000000';
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
      'x-github-delivery': id,
      'x-github-event': name,
      'x-github-hook-id': '1',
      'x-github-hook-installation-target-id': '1',
      'x-github-hook-installation-target-type': 'organization',
      'x-hub-signature-256': signature(Buffer.from(body), secret),
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

const signatureHeader = 'x-hub-signature-256';

/** Whether a request carries a signature, right or wrong. */
export const isSigned = (request: HttpRequest): boolean =>
  header(request, signatureHeader) !== undefined;

/** Signs a request again, with another secret. A request without a signature stays without one. */
export function signedAnew(request: HttpRequest, secret: string): HttpRequest {
  if (!isSigned(request)) return request;
  const others = picked(request.headers, (name) => name.toLowerCase() !== signatureHeader);
  const signed = { [signatureHeader]: signature(bytesOf(request), secret) };
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
