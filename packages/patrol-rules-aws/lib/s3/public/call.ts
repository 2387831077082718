/** What the readers of calls on S3 buckets have in common. */
import type { Finding } from '@patrol/core';
import type { BucketRecord } from '../bucket.ts';

/** A call, with what sentences say of it. */
export interface Call {
  readonly record: BucketRecord;
  readonly who: string;
  /** `S3 bucket photos`. */
  readonly where: string;
  /** The name of the bucket; `undefined` where the record does not say. */
  readonly bucket: string | undefined;
}

/** The finding for a new value that the record leaves out. CloudTrail does not record everything, and a denied call may have no parameters. */
export const notRecorded = (what: string, { where, who }: Call): Finding => ({
  title: `${what} of ${where} changed by ${who}; the record does not say to what`,
  summary: `${what} of ${where} was changed by ${who}. The record does not hold the new one, so it is not known whether it is public: look at it.`,
});

/** A sentence that names the setting which would keep a change from taking effect. */
export const unlessBlocked = (settings: string): string =>
  `It takes effect unless ${settings} is on in the public access block of the bucket or of the account.`;
