/** What the rules on S3 buckets have in common: who changed which bucket, and which buckets the operator mutes. */
import {
  actor,
  type CloudTrailRecord,
  type Finding,
  type Matchers,
  type Parameter,
  patterns,
} from '@patrol/core';
import { field, listOf, texts, within } from '../request.ts';

/** The request parameters of a call of S3: its headers, its query and its body, side by side. */
export type BucketRequest = Readonly<Record<string, unknown>>;

/** A record of a call of S3. */
export type BucketRecord = CloudTrailRecord<BucketRequest>;

/** The buckets whose changes are not alerted on. */
export const bucketFilter: Parameter<Matchers> = patterns(
  'The buckets whose changes are not alerted on, by their names.',
  { default: '', suppresses: true },
);

/** Reads who changed which bucket, for sentences, and adds to a finding what all findings about the call have. */
export function bucketCall(
  record: BucketRecord,
  filter: Matchers,
): {
  readonly who: string;
  readonly where: string;
  readonly bucket: string | undefined;
  readonly found: (finding: Finding) => Finding;
} {
  const bucket = bucketOf(record);
  return {
    who: actor(record.userIdentity).description,
    where:
      bucket === undefined ? 'an S3 bucket that the record does not name' : `S3 bucket ${bucket}`,
    bucket,
    found: (finding) => ({
      ...finding,
      facts: { ...(bucket === undefined ? {} : { bucket }), ...finding.facts },
      targets: [
        ...(finding.targets ?? []),
        { type: 'AWS::S3::Bucket', id: bucket && `arn:${partitionOf(record)}:s3:::${bucket}` },
      ],
      group: record.eventName,
      suppression: filter.suppression(bucket),
      suppressedBy: filter.find(bucket) ?? finding.suppressedBy,
    }),
  };
}

/** The partition of the ARNs in a record, from the ARN of the caller. */
export const partitionOf = ({ userIdentity }: BucketRecord): string =>
  /^arn:([\w-]+):/.exec(String(userIdentity?.arn))?.[1] ?? 'aws';

/**
 * The bucket of a call; `undefined` when the record names none. The record of a denied call may name it in its message only.
 */
const bucketOf = ({
  requestParameters,
  resources,
  errorMessage,
}: BucketRecord): string | undefined =>
  texts(field(requestParameters, 'bucketName'))[0] ??
  // Calls on access points have it in their body.
  texts(within(requestParameters, (name) => name === 'bucket'))[0] ??
  texts(
    listOf(resources)
      .filter((resource) => field(resource, 'type') === 'AWS::S3::Bucket')
      .map((resource) => field(resource, 'ARN')),
  )
    .map(bucketOfArn)
    .find(Boolean) ??
  bucketOfArn(typeof errorMessage === 'string' ? errorMessage : '');

const bucketOfArn = (text: string): string | undefined =>
  /\barn:[\w-]+:s3:::([\w.-]+)/.exec(text)?.[1];
