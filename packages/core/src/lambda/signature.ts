/** The HMAC of a webhook's deliveries: made by senders, checked by receivers. */
// Octokit's webhooks-methods sign texts, and GitHub's way only; a signature is over bytes, which need not be a text.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Sender } from '../sender.ts';

/** What a sender signs. */
export interface Signed {
  /** The body as it is sent. */
  readonly body: Uint8Array;
  /** The header with the time; empty where the sender has none. */
  readonly timestamp: string;
}

function digest({ signature }: Sender, { body, timestamp }: Signed, secret: string): Buffer {
  const hash = createHmac(signature.algorithm, secret);
  for (const part of signature.signs.split(/(\{body\}|\{timestamp\})/)) {
    hash.update(part === '{body}' ? body : part === '{timestamp}' ? timestamp : part);
  }
  return hash.digest();
}

/** The value of the header with the signature. */
export const signatureOf = (sender: Sender, signed: Signed, secret: string): string =>
  sender.signature.prefix + digest(sender, signed, secret).toString(sender.signature.encoding);

/** Reads a signature out of its header; `undefined` when it has another form. */
export function readSignature({ signature }: Sender, header: string): Buffer | undefined {
  const { prefix, encoding, algorithm } = signature;
  const text = header.slice(prefix.length);
  const bytes = Buffer.from(text, encoding);
  // Buffer passes over what it cannot read.
  const isWhole =
    encoding === 'hex'
      ? bytes.toString('hex') === text.toLowerCase()
      : bytes.toString('base64') === text;
  return header.startsWith(prefix) && isWhole && bytes.length === lengths[algorithm]
    ? bytes
    : undefined;
}

/** The lengths of signatures, in bytes. */
const lengths = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const;

/** Whether a signature is the one that a secret gives. */
export const isSignature = (
  sender: Sender,
  signed: Signed,
  signature: Buffer,
  secret: string,
): boolean => timingSafeEqual(digest(sender, signed, secret), signature);
