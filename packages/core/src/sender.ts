/**
 * Who sends the deliveries of a webhook: how they are signed, where they say what they tell of, and how the sender tries the
 * endpoint. All of it is data, so that the receiver, `rules.json` and `patrol-deploy try` read the same.
 */
import { isObject } from './cloudtrail.ts';

/** Where a request says something: in a header, or in a field of its payload, by the names on the way to it. */
export type Spot = { readonly header: string } | { readonly field: readonly string[] };

/** Who sends deliveries. Headers are named as the sender's documents write them; their names have no case. */
export interface Sender {
  /** Its name in sentences, such as `GitHub`. */
  readonly name: string;
  /** The HMAC that proves who sent a request. */
  readonly signature: {
    /** The header that has it. */
    readonly header: string;
    /** What stands before it in the header, such as `sha256=`. */
    readonly prefix: string;
    readonly algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512';
    readonly encoding: 'hex' | 'base64';
    /** What is signed: `{body}` stands for the body as it was sent, `{timestamp}` for the header with the time. */
    readonly signs: string;
  };
  /** The header with the time of sending, in seconds since 1970, and how many seconds it may be off. */
  readonly timestamp?: { readonly header: string; readonly within: number };
  /** Where the name of the event stands; of several the first that has one. Without it each delivery has the name `delivery`. */
  readonly event?: readonly Spot[];
  /** Where the id stands that a delivery has again when it is sent again. */
  readonly id?: Spot;
  /** Where the name of whoever acted stands. */
  readonly actor?: Spot;
  /** The field of a form that may have the payload instead of the body. */
  readonly form?: string;
  /** The event by which the sender tries the endpoint, and the field of its payload that it wants to see again. */
  readonly handshake?: { readonly event: string; readonly echo?: string };
  /** Headers that show a request to be meant as the sender's, signed or not, with what they begin with. */
  readonly marks: Readonly<Record<string, string>>;
  /** The seconds after which it takes a delivery for failed; 10 when left out. */
  readonly waits?: number;
  /** Whether the sender makes the secret, and not the stack. */
  readonly ownSecret?: boolean;
}

/** GitHub ("Validating webhook deliveries", "Webhook events and payloads"). */
export const github: Sender = {
  name: 'GitHub',
  signature: {
    header: 'X-Hub-Signature-256',
    prefix: 'sha256=',
    algorithm: 'sha256',
    encoding: 'hex',
    signs: '{body}',
  },
  event: [{ header: 'X-GitHub-Event' }],
  id: { header: 'X-GitHub-Delivery' },
  form: 'payload',
  handshake: { event: 'ping' },
  marks: { 'User-Agent': 'GitHub-Hookshot/', 'X-GitHub-Hook-ID': '' },
};

/**
 * Slack's Events API ("Verifying requests from Slack", "HTTP request URLs"). A delivery's event is the type of its inner
 * event, such as `team_join`, and its payload the whole body.
 */
export const slack: Sender = {
  name: 'Slack',
  signature: {
    header: 'X-Slack-Signature',
    prefix: 'v0=',
    algorithm: 'sha256',
    encoding: 'hex',
    signs: 'v0:{timestamp}:{body}',
  },
  timestamp: { header: 'X-Slack-Request-Timestamp', within: 300 },
  event: [{ field: ['event', 'type'] }, { field: ['type'] }],
  id: { field: ['event_id'] },
  actor: { field: ['event', 'user'] },
  handshake: { event: 'url_verification', echo: 'challenge' },
  marks: { 'User-Agent': 'Slackbot' },
  waits: 3,
  ownSecret: true,
};

/**
 * Any other sender that signs with an HMAC.
 *
 * @param name its name in sentences.
 * @param signature the header with the signature; SHA-256 of the body in hexadecimal, with nothing before it, unless it says otherwise.
 * @param more where the rest stands. Without `marks`, a request that has a signature is taken for one of the sender's.
 *
 * @example
 * ```ts
 * const shop = hmac('Shop', { header: 'X-Shop-Signature', encoding: 'base64' }, { event: [{ header: 'X-Shop-Topic' }] });
 * shop.signature.signs; // → '{body}'
 * ```
 */
export const hmac = (
  name: string,
  signature: Pick<Sender['signature'], 'header'> & Partial<Sender['signature']>,
  more: Partial<Omit<Sender, 'name' | 'signature'>> = {},
): Sender => ({
  name,
  signature: { prefix: '', algorithm: 'sha256', encoding: 'hex', signs: '{body}', ...signature },
  marks: { [signature.header]: '' },
  ...more,
});

/** The name of each delivery of a sender that names no events. */
export const namelessEvent = 'delivery';

/** What a request says, as far as a sender's description asks for it. */
export interface Said {
  /** The value of a header; empty where there is none. */
  readonly header: (name: string) => string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What stands at a spot of a request; empty where nothing does. */
export function said({ header, payload }: Said, spot: Spot): string {
  if ('header' in spot) return header(spot.header);
  const found = spot.field.reduce<unknown>(
    (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    payload,
  );
  return typeof found === 'string' ? found : '';
}

/** The name of the event that a request tells of; empty where it says none. */
export const eventOf = ({ event }: Sender, request: Said): string =>
  event === undefined
    ? namelessEvent
    : (event.map((spot) => said(request, spot)).find((name) => name !== '') ?? '');
