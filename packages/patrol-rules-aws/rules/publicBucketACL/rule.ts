import { apiCall, cis, defineRule, mitre } from '@patrol/core';
import { lookUp, namesIn } from '../../lib/request.ts';
import { bucketCall, bucketFilter, type BucketRequest } from '../../lib/s3/bucket.ts';
import type { Reader } from '../../lib/s3/public/readers.ts';

/** The calls that make a bucket public, or remove what prevents that, each with the function that reads it. */
const calls = {
  CreateAccessPoint: 'newAccessPoint',
  CreateBucket: 'newBucket',
  CreateMultiRegionAccessPoint: 'newAccessPoint',
  DeleteAccountPublicAccessBlock: 'removedBlock',
  DeleteBucketOwnershipControls: 'removedOwnership',
  DeleteBucketPublicAccessBlock: 'removedBlock',
  PutAccessPointPolicy: 'setAccessPointPolicy',
  PutAccountPublicAccessBlock: 'setBlock',
  PutBucketAcl: 'setAcl',
  PutBucketOwnershipControls: 'setOwnership',
  PutBucketPolicy: 'setPolicy',
  PutBucketPublicAccessBlock: 'setBlock',
  PutMultiRegionAccessPointPolicy: 'setAccessPointPolicy',
  // A data event: delivered where a trail records those of the bucket.
  PutObjectAcl: 'setAcl',
} as const satisfies Readonly<Record<string, Reader>>;

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
    cis(8, 'CORS, lifecycle and replication'),
    mitre('T1530', 'Data from Cloud Storage'),
    mitre('T1562', 'Impair Defenses'),
  ],
  triggers: [apiCall<BucketRequest>('s3.amazonaws.com', namesIn(calls))],
  parameters: { bucketFilter },
  async evaluate({ detail }, { parameters }) {
    const reader = lookUp(calls, detail.eventName);
    if (reader === undefined) return undefined;
    const { readers } = await import('../../lib/s3/public/readers.ts');
    const { found, ...call } = bucketCall(detail, parameters.bucketFilter);
    const finding = readers[reader]({ record: detail, ...call });
    return finding && found(finding);
  },
});
