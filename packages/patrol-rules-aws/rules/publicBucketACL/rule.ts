import { apiCall, cis, defineRule, mitre } from '@patrol/core';
import { bucketCall, bucketFilter, type BucketRequest } from '../../lib/s3/bucket.ts';

/** The calls by which a bucket becomes public, or loses what keeps it from that. */
export const calls = [
  'CreateAccessPoint',
  'CreateBucket',
  'CreateMultiRegionAccessPoint',
  'DeleteAccountPublicAccessBlock',
  'DeleteBucketOwnershipControls',
  'DeleteBucketPublicAccessBlock',
  'PutAccessPointPolicy',
  'PutAccountPublicAccessBlock',
  'PutBucketAcl',
  'PutBucketOwnershipControls',
  'PutBucketPolicy',
  'PutBucketPublicAccessBlock',
  'PutMultiRegionAccessPointPolicy',
  // A data event: delivered where a trail records those of the bucket.
  'PutObjectAcl',
] as const;

export default defineRule({
  name: 'publicBucketACL',
  title: 'S3 bucket made public',
  description:
    'Alerts when an S3 bucket is made public, by its ACL, its policy, the policy of an access point or the ACL of an object, and when somebody removes what keeps buckets from that: public access blocks, and the setting that disables ACLs.',
  severity: 'high',
  runbook:
    'Ask the actor whether the bucket was meant to be public. If it was not, turn on all four settings of its public access block (and that of the account, if ' +
    'that was removed), then take the grant out of the ACL or the policy. Find out from CloudTrail data events or server access logs what was read or written ' +
    'while it was open, and treat the credentials that were used as stolen if nobody can explain the change.',
  references: [
    cis(8),
    mitre('T1530', 'Data from Cloud Storage'),
    mitre('T1562', 'Impair Defenses'),
  ],
  triggers: [apiCall<BucketRequest>('s3.amazonaws.com', calls)],
  parameters: { bucketFilter },
  async evaluate({ detail }, { parameters }) {
    const { readings } = await import('../../lib/s3/public/readers.ts');
    const { found, ...call } = bucketCall(detail, parameters.bucketFilter);
    const finding = readings.get(detail.eventName)?.({ record: detail, ...call });
    return finding && found(finding);
  },
});
