import { describeRule } from '@patrol/core/testing';
import { bucketCallRecord, deniedByS3 } from '../../testing/bucket.ts';
import rule from './rule.ts';

const by = 'by IAM user alice';

describeRule(rule, {
  alerts: {
    ...Object.fromEntries(
      (
        [
          ['PutBucketAcl', 'ACL of S3 bucket changed'],
          ['PutBucketPolicy', 'Policy of S3 bucket changed'],
          ['DeleteBucketPolicy', 'Policy of S3 bucket deleted'],
          ['PutBucketCors', 'CORS of S3 bucket changed'],
          ['DeleteBucketCors', 'CORS of S3 bucket deleted'],
          ['PutBucketLifecycle', 'Lifecycle of S3 bucket changed'],
          ['DeleteBucketLifecycle', 'Lifecycle of S3 bucket deleted'],
          ['PutBucketReplication', 'Replication of S3 bucket changed'],
          ['DeleteBucketReplication', 'Replication of S3 bucket deleted'],
        ] as const
      ).map(([eventName, what]) => [
        eventName,
        [
          bucketCallRecord(eventName),
          {
            title: `${what}: photos ${by}`,
            severity: 'low',
            targets: [{ type: 'AWS::S3::Bucket', id: 'arn:aws:s3:::photos' }],
          },
        ],
      ]),
    ),
    'where a bucket is replicated to': [
      bucketCallRecord('PutBucketReplication', {
        ReplicationConfiguration: {
          Role: 'arn:aws:iam::111122223333:role/replicate',
          Rule: { Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::elsewhere' } },
        },
      }),
      {
        title: `Replication of S3 bucket changed: photos ${by}`,
        facts: { replicatedTo: 'arn:aws:s3:::elsewhere' },
      },
    ],
    'from where a bucket may be read by scripts': [
      bucketCallRecord('PutBucketCors', {
        CORSConfiguration: {
          CORSRule: [{ AllowedOrigin: '*' }, { AllowedOrigin: ['a.example', 'b.example'] }],
        },
      }),
      {
        title: `CORS of S3 bucket changed: photos ${by}`,
        facts: { origins: '*, a.example, b.example' },
      },
    ],
  },
  quiet: {
    'a denied attempt': [bucketCallRecord('PutBucketCors', {}, deniedByS3('s3:PutBucketCORS'))],
    'a bucket that does not exist': [
      bucketCallRecord('DeleteBucketCors', {}, { errorCode: 'NoSuchBucket' }),
    ],
  },
});
