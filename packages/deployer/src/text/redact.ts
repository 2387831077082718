/** Keeps secrets out of what is shown. Pure. */
import { isObject } from '@patrol/core';
import { jsonIn } from './records.ts';

/**
 * Tokens and keys that show by their form what they are: those of GitHub, private keys, JSON Web Tokens. A key that is cut
 * off ends where the text within JSON that holds it does, at a quotation mark with or without a backslash: what comes
 * after it is no part of it.
 */
const forms =
  /\b(?:gh[a-z]_[A-Za-z0-9_]{16,}|github_pat_[A-Za-z0-9_]{16,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,})|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:(?!-----END )(?:[^"\\]|\\+[nrt/]))*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g;

/** What stands for a secret. */
const masked = '[secret]';

/** Shorter texts are no secrets, and stand in too much else. */
const shortest = 6;

/** Replaces secrets, in the forms in which texts may hold them, and whatever looks like a token or a key. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets
    .flatMap(parts)
    .filter((secret) => secret.length >= shortest)
    .flatMap(spellings)
    .toSorted((a, b) => b.length - a.length);
  return known
    .reduce((rest, secret) => rest.replaceAll(secret, masked), text)
    .replace(forms, masked);
}

/** Replaces secrets in all texts of a value, and in its keys: what is then written as JSON is JSON still. */
export function redactIn<T>(value: T, secrets: readonly string[]): T {
  const clean = (inner: unknown): unknown => {
    if (typeof inner === 'string') return redact(inner, secrets);
    if (Array.isArray(inner)) return inner.map(clean);
    if (!isObject(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, member]) => [redact(key, secrets), clean(member)]),
    );
  };
  return clean(value) as T;
}

/** A secret, and where it is a JSON object the texts in it, as the parts of an app's credentials. */
function parts(secret: string): readonly string[] {
  const value = jsonIn(secret);
  const texts = Object.values(isObject(value) ? value : {});
  return [secret, ...texts.filter((text) => typeof text === 'string')];
}

/** As it is, within JSON, in an address, and in Base64. */
const spellings = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
];
