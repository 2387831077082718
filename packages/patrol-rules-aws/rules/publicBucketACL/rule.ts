import { cis, defineRule, event, mitre } from '@patrol/core';
import { bucketFilter, type BucketRecord } from '../../lib/s3/bucket.ts';
import { callsThatMayOpen, readerOf } from '../../lib/s3/public/calls.ts';

export default defineRule({
  name: 'publicBucketACL',
  title: 'S3 bucket made public',
  description:
    'Alerts when an S3 bucket or an object is made public: by an ACL, by the policy of the bucket or of an access point, or by writing an object with a public ACL. ' +
    'It also alerts when somebody removes what keeps buckets from that: public access blocks, S3 policies of the organisation, and the setting that disables ACLs. ' +
    'ACLs that a role or an AWS service enables outside the console, as deployments do, are of low severity. ' +
    'ACLs of objects are seen only where a trail records S3 data events, for which CloudTrail charges. ' +
    'Calls on Multi-Region Access Points are reported in us-west-2 only. Calls on policies of the organisation are reported in us-east-1 of its management account only.',
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
  triggers: [event<BucketRecord>(callsThatMayOpen)],
  parameters: { bucketFilter },
  async evaluate({ detail }, { parameters }) {
    const reader = readerOf(detail.eventName);
    if (reader === undefined) return undefined;
    const { readCall } = await import('../../lib/s3/public/readers.ts');
    return readCall(reader, detail, parameters.bucketFilter);
  },
});
