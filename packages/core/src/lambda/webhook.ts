/**
 * `@patrol/core/lambda/webhook`: the receiver of a webhook. A chunk of its own, in the functions of rules with a webhook only.
 *
 * @module
 */
import type { WebhookDelivery } from '../arrival.ts';
import { isObject } from '../cloudtrail.ts';
import { testField } from '../contracts/test-field.ts';
import { webhookSecretVariable } from '../environment.ts';
import type { SecretReference } from '../parameter.ts';
import type { AnyRule } from '../rule.ts';
import { eventOf, said, type Said, type Sender } from '../sender.ts';
import { senderOf, webhookEventsTaken } from '../trigger.ts';
import { clean } from '../unseen.ts';
import { log } from './log.ts';
import { isSignature, readSignature, type Signed } from './signature.ts';

export { signatureOf, type Signed } from './signature.ts';

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

/**
 * How many deliveries are remembered, and how many findings. GitHub sends one again when somebody asks for it, within three
 * days; Slack does so up to three times within some minutes.
 */
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
 * function: its alarm rings, and the sender, which got a 5xx, sends the delivery again or keeps it for that (GitHub for three days).
 *
 * @param tell evaluates a delivery and publishes its alerts.
 * @param readSecret reads the secret that the sender signs with, whose ARN the environment names.
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
  const sender = senderOf(rule.triggers);
  const check = checker(sender, () => readSecret(secretReference(sender, environment)), now);
  const [seen, told] = [new Set<string>(), new Set<string>()];

  const receive = async (request: Readonly<Record<string, unknown>>): Promise<HttpResponse> => {
    const raw = rawBody(request);
    const header = headersOf(request);
    await check(raw, header);
    const payload = parse(sender, raw, header('content-type'));
    const given: Said = { header, payload };
    const name = eventOf(sender, given);
    if (!name) throw new Refused(400, `${placesOf(sender.event)} is missing.`);
    if (name === sender.handshake?.event) return answer(200, handshake(sender, payload));
    if (!events.includes(name)) return answer(202, { message: `${rule.name} needs no ${name}.` });
    const id = sender.id ? said(given, sender.id) : '';
    if (id && seen.has(id)) return answer(202, { message: 'This delivery was received before.' });
    const delivery: WebhookDelivery = {
      name,
      ...(id ? { id } : {}),
      receivedAt: new Date(now()).toISOString(),
      payload,
    };
    // One act may be told by deliveries of several events.
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
      // The template counts those that look like the sender's.
      log('WARN', { ...noted, fromSender: isMarked(sender, headersOf(given)) });
      return answer(status, { message }, headers);
    }
  };
}

/** Whether a request has what those of a sender have and those of scanners have not. */
const isMarked = ({ marks }: Sender, header: Said['header']): boolean =>
  Object.entries(marks).every(([name, start]) => {
    const value = header(name);
    return value !== '' && value.startsWith(start);
  });

/** What a sender that tries the endpoint is answered. */
const handshake = (
  { handshake: asked }: Sender,
  payload: Said['payload'],
): Readonly<Record<string, unknown>> =>
  asked?.echo === undefined ? { message: 'pong' } : { [asked.echo]: payload[asked.echo] ?? null };

/** The places in which the name of an event is looked for, in words. */
const placesOf = (spots: Sender['event'] = []): string =>
  spots.map((spot) => ('header' in spot ? spot.header : spot.field.join('.'))).join(' or ');

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

/** Checks that a request is signed as its sender signs, and not long ago. */
function checker(
  sender: Sender,
  read: () => Promise<string>,
  now: () => number,
): (body: Uint8Array, header: Said['header']) => Promise<void> {
  let secret: string | undefined;
  let readAt = -Infinity;
  const isRight = async (signed: Signed, signature: Buffer): Promise<boolean> => {
    const age = now() - readAt;
    if (secret !== undefined && age < usedFor) {
      if (isSignature(sender, signed, signature, secret)) return true;
      if (age < rereadAfter) return false;
    }
    readAt = now();
    secret = await read();
    return isSignature(sender, signed, signature, secret);
  };
  return async (body, header) => {
    const { header: place } = sender.signature;
    const signature = readSignature(sender, header(place));
    const timestamp = sender.timestamp ? header(sender.timestamp.header) : '';
    if (!signature || !(await isRight({ body, timestamp }, signature))) {
      throw new Refused(401, `The signature in ${place} is missing or wrong.`);
    }
    // A request that somebody recorded has a right signature for ever.
    if (sender.timestamp && !isRecent(timestamp, sender.timestamp.within, now())) {
      const { header: name, within } = sender.timestamp;
      throw new Refused(401, `The time in ${name} is more than ${within} seconds off.`);
    }
  };
}

const isRecent = (timestamp: string, within: number, now: number): boolean =>
  /^\d{1,12}$/.test(timestamp) && Math.abs(now / 1000 - Number(timestamp)) <= within;

/** The payload in a body: JSON, or the field of a form where the sender sends forms. */
function parse({ form }: Sender, raw: Buffer, contentType: string): Said['payload'] {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  const isForm = form !== undefined && type === 'application/x-www-form-urlencoded';
  if (type !== 'application/json' && !isForm) {
    const orForm = form && `, or application/x-www-form-urlencoded with the payload in ${form}`;
    throw new Refused(
      415,
      `Expected the content type application/json${orForm ?? ''}. It is a setting of the webhook.`,
    );
  }
  let payload: unknown;
  try {
    const body = new TextDecoder('utf-8', { fatal: true }).decode(raw);
    payload = JSON.parse(isForm ? (new URLSearchParams(body).get(form) ?? '') : body);
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
  { name }: Sender,
  environment: Readonly<Record<string, string | undefined>>,
): SecretReference {
  const arn = environment[webhookSecretVariable] ?? '';
  const [, , service, region] = arn.split(':');
  if (service !== 'secretsmanager' || !region) {
    throw new TypeError(
      `${webhookSecretVariable}: expected the ARN of the secret that ${name} signs with, found ${JSON.stringify(arn)}. The stack's template sets it.`,
    );
  }
  return { service, arn, region };
}

/** The values of a request's headers, whose names have no case. */
function headersOf(request: Readonly<Record<string, unknown>>): Said['header'] {
  const headers = isObject(request['headers']) ? request['headers'] : {};
  const values = new Map(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
  return (name) => text(values.get(name.toLowerCase()));
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
