/**
 * `@patrol/core/lambda/webhook`: the receiver of a GitHub webhook. A chunk of its own, in the functions of rules with a
 * webhook only.
 *
 * @module
 */
// Octokit's webhooks-methods verify texts; the signature is over bytes, which need not be a text.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookDelivery } from '../arrival.ts';
import { isObject } from '../cloudtrail.ts';
import { testField } from '../contracts/test-field.ts';
import { webhookSecretVariable } from '../environment.ts';
import type { SecretReference } from '../parameter.ts';
import type { AnyRule } from '../rule.ts';
import { webhookEventsTaken } from '../trigger.ts';
import { clean } from '../unseen.ts';
import { log } from './log.ts';

/** What API Gateway is given to answer (HTTP APIs, payload format 2.0). */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Evaluates an event and publishes its alerts, but for those whose `dedupKey` was told before; notes the others as told.
 *
 * @returns how many were published.
 */
export type Tell = (event: unknown, told?: Set<string>) => Promise<{ readonly alerts: number }>;

/** Answers a request. */
export type Receive = (request: unknown) => Promise<HttpResponse>;

/**
 * The largest body that is read, in bytes. Lambda takes 6 MB for the whole request, in which the body is a JSON string;
 * payloads about repositories, members and organisations have some tens of kilobytes.
 */
export const bodyLimit: number = 4 * 1024 * 1024;

/** How many deliveries are remembered, and how many findings. GitHub sends one again when somebody asks for it, within three days. */
const remembered = 1000;

/** A secret that was changed is noticed by a signature that is wrong; it is read again at most this often, in milliseconds. */
const rereadAfter = 60_000;

/** A secret that was changed because it leaked is used no longer than this, in milliseconds. */
const usedFor = 300_000;

/** A request that is refused, with what the sender is told. */
class Refused extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * Makes the receiver of a rule's webhook. What an outsider can send is answered with a 4xx and noted in the log, without a
 * word of the body; nothing is parsed before its signature was found right.
 *
 * The receiver throws what `tell` throws, so that a delivery that could not be evaluated or published is an error of the
 * function: its alarm rings, and GitHub, which got a 5xx, keeps the delivery for three days to be sent again.
 *
 * @param tell evaluates a delivery and publishes its alerts.
 * @param readSecret reads the secret that GitHub signs with, whose ARN the environment names.
 * @param now the clock, in milliseconds.
 */
export function receiver(
  rule: AnyRule,
  tell: Tell,
  readSecret: (reference: SecretReference) => Promise<string>,
  environment: Readonly<Record<string, string | undefined>>,
  now: () => number = Date.now,
): Receive {
  const events = webhookEventsTaken(rule.triggers);
  const isSigned = verifier(() => readSecret(secretReference(environment)), now);
  const [seen, told] = [new Set<string>(), new Set<string>()];

  const receive = async (request: Readonly<Record<string, unknown>>): Promise<HttpResponse> => {
    const raw = rawBody(request);
    if (!(await isSigned(raw, header(request, 'x-hub-signature-256')))) {
      throw new Refused(401, 'The signature in X-Hub-Signature-256 is missing or wrong.');
    }
    const payload = parse(raw, header(request, 'content-type'));
    const name = header(request, 'x-github-event');
    if (!name) throw new Refused(400, 'X-GitHub-Event is missing.');
    if (name === 'ping') return answer(200, { message: 'pong' });
    if (!events.includes(name)) return answer(202, { message: `${rule.name} needs no ${name}.` });
    const id = header(request, 'x-github-delivery');
    if (id && seen.has(id)) return answer(202, { message: 'This delivery was received before.' });
    const delivery: WebhookDelivery = {
      name,
      ...(id ? { id } : {}),
      receivedAt: new Date(now()).toISOString(),
      payload,
    };
    // GitHub may tell of one act by deliveries of several events.
    const test = request[testField];
    const { alerts } = await tell(
      test === undefined ? delivery : { ...delivery, [testField]: test },
      told,
    );
    forget(told);
    // Only now: a delivery that could not be published is not to be taken for one that was.
    if (id) forget(seen.add(id));
    return answer(200, { alerts });
  };

  return async (request) => {
    const given = isObject(request) ? request : {};
    try {
      return await receive(given);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, message, headers } = error;
      const sourceAddress = clean(text(http(given)['sourceIp']), 64);
      const noted = {
        rule: rule.name,
        verdict: 'refused',
        status,
        because: message,
        sourceAddress,
      };
      // The template counts those that look like GitHub's.
      log('WARN', { ...noted, fromGitHub: looksLikeGitHubs(given) });
      return answer(status, { message }, headers);
    }
  };
}

/** Whether a request has what those of GitHub have and those of scanners have not ("Delivery headers", GitHub's docs). */
const looksLikeGitHubs = (request: Readonly<Record<string, unknown>>): boolean =>
  header(request, 'user-agent').startsWith('GitHub-Hookshot/') &&
  header(request, 'x-github-hook-id') !== '';

/** The bytes of a request's body, as they were sent. */
function rawBody(request: Readonly<Record<string, unknown>>): Buffer {
  if (http(request)['method'] !== 'POST') {
    throw new Refused(405, 'Only POST is answered.', { allow: 'POST' });
  }
  const { body, isBase64Encoded } = request;
  if (typeof body !== 'string' || body === '') throw new Refused(400, 'The body is missing.');
  const tooLarge = `The body is larger than ${bodyLimit} bytes.`;
  // Four characters of Base64 are three bytes.
  if (body.length > 2 * bodyLimit) throw new Refused(413, tooLarge);
  const raw = Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');
  if (raw.length > bodyLimit) throw new Refused(413, tooLarge);
  return raw;
}

/** Tells whether bytes are signed as GitHub signs them ("Validating webhook deliveries"): HMAC-SHA256 in hexadecimal. */
function verifier(
  read: () => Promise<string>,
  now: () => number,
): (raw: Buffer, signature: string) => Promise<boolean> {
  let secret: string | undefined;
  let readAt = -Infinity;
  const isRight = (raw: Buffer, signature: Buffer, key: string): boolean =>
    timingSafeEqual(createHmac('sha256', key).update(raw).digest(), signature);
  return async (raw, text) => {
    const hex = /^sha256=([0-9a-f]{64})$/i.exec(text)?.[1];
    if (hex === undefined) return false;
    const signature = Buffer.from(hex, 'hex');
    const age = now() - readAt;
    if (secret !== undefined && age < usedFor) {
      if (isRight(raw, signature, secret)) return true;
      if (age < rereadAfter) return false;
    }
    readAt = now();
    secret = await read();
    return isRight(raw, signature, secret);
  };
}

/** The payload in a body, of either of the content types that GitHub offers. */
function parse(raw: Buffer, contentType: string): Readonly<Record<string, unknown>> {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/x-www-form-urlencoded') {
    throw new Refused(
      415,
      'Expected the content type application/json, or application/x-www-form-urlencoded with the payload in payload. It is a setting of the webhook.',
    );
  }
  let payload: unknown;
  try {
    const body = new TextDecoder('utf-8', { fatal: true }).decode(raw);
    payload = JSON.parse(
      type === 'application/json' ? body : (new URLSearchParams(body).get('payload') ?? ''),
    );
  } catch {
    // Below.
  }
  if (!isObject(payload)) throw new Refused(400, 'The payload is not a JSON object.');
  return payload;
}

/** Forgets the oldest: a set keeps the order in which its items came. */
function forget(known: Set<string>): void {
  for (const oldest of known) {
    if (known.size <= remembered) break;
    known.delete(oldest);
  }
}

function secretReference(
  environment: Readonly<Record<string, string | undefined>>,
): SecretReference {
  const arn = environment[webhookSecretVariable] ?? '';
  const [, , service, region] = arn.split(':');
  if (service !== 'secretsmanager' || !region) {
    throw new TypeError(
      `${webhookSecretVariable}: expected the ARN of the secret that GitHub signs with, found ${JSON.stringify(arn)}. The stack's template sets it.`,
    );
  }
  return { service, arn, region };
}

/** The value of a header; names of headers have no case. Empty where there is none. */
function header(request: Readonly<Record<string, unknown>>, name: string): string {
  const headers = isObject(request['headers']) ? request['headers'] : {};
  return text(Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]);
}

function http(request: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const context = isObject(request['requestContext']) ? request['requestContext'] : {};
  return isObject(context['http']) ? context['http'] : {};
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const answer = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
