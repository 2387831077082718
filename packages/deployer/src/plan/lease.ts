/** The lease of a fleet: what is written of it, and what follows from what is found. Pure. */
import { isObject } from '@patrol/core';
import type { StoredText } from '../cloud/cloud.ts';
import type { LeaseHolder } from '../notes/parts.ts';
import { fields } from '../template/functions.ts';
import { compact, jsonIn } from '../text/records.ts';

/** After so many milliseconds without a renewal another run may take a lease over. */
export const leaseTime = 300_000;

/** No lease lasts longer without a renewal, whatever is written in it. */
const longestTime = 900_000;

/** A run that works renews its lease this often. */
export const renewalTime = 60_000;

/** S3 tells its times in whole seconds: two of them are this much apart at most when they look as if they were one. */
const grain = 2000;

/** A fleet, as its lease is known by. */
export interface Leased {
  readonly fleet: string;
  readonly environment: string;
}

/**
 * What is written for a lease.
 *
 * @param renewals how often it was renewed. Every text has to differ from the one before: the tag by which S3 compares them
 *   comes from the text, and whoever takes over must not miss a renewal.
 */
export const leaseText = (
  { fleet, environment }: Leased,
  holder: LeaseHolder,
  renewals: number,
  released = false,
): string => {
  const about = 'Says which run of `patrol-deploy apply` may change this fleet.';
  const lifetimeSeconds = leaseTime / 1000;
  const lease = { about, fleet, environment, holder, renewals, lifetimeSeconds, released };
  return `${JSON.stringify(lease, undefined, 2)}\n`;
};

/** How a lease is found. */
export type FoundLease =
  /** Nobody holds it. `age`: how long ago somebody did; `undefined` when nobody ever has. */
  | { readonly is: 'free'; readonly replaced?: string; readonly age?: number }
  /** Somebody held it and stopped renewing it. */
  | {
      readonly is: 'stale';
      readonly replaced: string;
      readonly age: number;
      readonly holder: LeaseHolder;
    }
  /** Somebody holds it for `left` more milliseconds, unless it is renewed. */
  | { readonly is: 'held'; readonly left: number; readonly holder: LeaseHolder };

/** Reads a lease. One that cannot be read counts as held by somebody unknown, until it is old. */
export function foundLease(found: StoredText | undefined): FoundLease {
  if (!found) return { is: 'free' };
  const { age, tag: replaced } = found;
  const written = fields(jsonIn(found.text));
  if (written['released'] === true) return { is: 'free', replaced, age };
  const seconds = written['lifetimeSeconds'];
  const time = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : leaseTime;
  const left = Math.min(time, longestTime) - age;
  const holder = holderOf(written['holder']);
  return left > 0 ? { is: 'held', left, holder } : { is: 'stale', replaced, age, holder };
}

/**
 * Whether somebody else may have changed the fleet after it was looked at: then what was shown need not be what stands.
 *
 * @param since how long ago the look at it began, in milliseconds.
 */
export const mayHaveChanged = ({ age }: { readonly age?: number }, since: number): boolean =>
  age !== undefined && age <= since + grain;

/** Takes of a holder what has the form that it must have: whoever may write to the bucket can write anything. */
function holderOf(value: unknown): LeaseHolder {
  if (!isObject(value)) return {};
  const text = (name: keyof LeaseHolder): string | undefined => {
    const found = value[name];
    return typeof found === 'string' && found !== '' ? found : undefined;
  };
  const { pid } = value;
  const isPid = typeof pid === 'number' && Number.isSafeInteger(pid) && pid >= 0;
  const since = Date.parse(text('since') ?? '');
  return compact({
    run: text('run'),
    caller: text('caller'),
    host: text('host'),
    job: text('job'),
    pid: isPid ? pid : undefined,
    since: Number.isNaN(since) ? undefined : new Date(since).toISOString(),
  });
}

/** `arn:… on build-7 (process 4242), https://ci.example.com/jobs/1, since 2026-11-23T09:00:00Z`. */
export function holderWords({ caller, host, pid, job, since }: LeaseHolder): string {
  const process = pid === undefined ? '' : ` (process ${pid})`;
  const machine = host === undefined ? process : ` on ${host}${process}`;
  const begun = since && `since ${timeWords(Date.parse(since))}`;
  return [`${caller ?? 'somebody unknown'}${machine}`, job, begun].filter(Boolean).join(', ');
}

/** `2026-11-23T09:00:00Z`. */
export const timeWords = (time: number): string =>
  new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
