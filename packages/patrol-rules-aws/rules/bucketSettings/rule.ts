import { type CallReader, cis, defineCallRule } from '@patrol/core';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

export default defineCallRule({
  name: 'bucketSettings',
  title: 'S3 bucket settings changed',
  description:
    'Tells every change of the policy, ACL, CORS, lifecycle or replication of an S3 bucket, as the CIS benchmark asks for. Whether it is dangerous, other rules say: publicBucketACL and logBucket.',
  severity: 'low',
  runbook:
    'Compare the bucket with what your templates say. Where nobody can say what the change is for, put the setting back and treat the credentials that were used as stolen.',
  references: [cis(8)],
  parameters: {},
  calls: {
    's3.amazonaws.com': {
      PutBucketAcl: changed('ACL of S3 bucket changed:'),
      PutBucketPolicy: changed('Policy of S3 bucket changed:'),
      DeleteBucketPolicy: changed('Policy of S3 bucket deleted:'),
      PutBucketCors: changed('CORS of S3 bucket changed:'),
      DeleteBucketCors: changed('CORS of S3 bucket deleted:'),
      PutBucketLifecycle: changed('Lifecycle of S3 bucket changed:'),
      DeleteBucketLifecycle: changed('Lifecycle of S3 bucket deleted:'),
      PutBucketReplication: changed('Replication of S3 bucket changed:'),
      DeleteBucketReplication: changed('Replication of S3 bucket deleted:'),
    },
  },
});

function changed(what: string): CallReader {
  return ({ request, partition }) => {
    const bucket = request.text('bucketName');
    return {
      deed: withNames(what, bucket),
      facts: known({
        replicatedTo: request
          .list('ReplicationConfiguration.Rule')
          .flatMap((rule) => rule.text('Destination.Bucket') ?? []),
        origins: request
          .list('CORSConfiguration.CORSRule')
          .flatMap((rule) => rule.texts('AllowedOrigin')),
      }),
      target: ['AWS::S3::Bucket', bucket && `arn:${partition}:s3:::${bucket}`],
    };
  };
}
