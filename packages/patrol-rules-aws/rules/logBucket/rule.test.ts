import { denied, describeRule } from '@patrol/core/testing';
import { bucketCallRecord } from '../../testing/bucket.ts';
import { allow, deny } from '../../testing/policies.ts';
import rule from './rule.ts';

const bucketName = 'aws-cloudtrail-logs-organization';
const by = 'by IAM user alice';
const lifecycle = (Rule: unknown, name = bucketName) =>
  bucketCallRecord('PutBucketLifecycle', {
    lifecycle: '',
    bucketName: name,
    LifecycleConfiguration: { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/', Rule },
  });
const expiring = (Expiration: object, more = {}) => ({
  ID: 'clean-up',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  Expiration,
  ...more,
});
const policy = (Statement: readonly object[], name = bucketName) =>
  bucketCallRecord('PutBucketPolicy', {
    policy: '',
    bucketName: name,
    bucketPolicy: { Version: '2012-10-17', Statement },
  });
const trailMayWrite = allow('s3:PutObject', {
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Resource: `arn:aws:s3:::${bucketName}/*`,
});
const readers = allow('s3:GetObject', { Principal: { AWS: '111122223333' } });
const encryptedOnly = deny('s3:*', {
  Principal: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
const cutOff = {
  title: `AWS services may no longer write to log bucket ${bucketName} ${by}`,
  severity: 'high',
} as const;

describeRule(rule, {
  alerts: {
    'logs that are deleted after a day': [
      lifecycle(expiring({ Days: 1 })),
      {
        title: `Logs to be deleted after 1 day in S3 bucket ${bucketName} ${by}`,
        severity: 'high',
        facts: { bucket: bucketName, days: 1 },
        targets: [{ type: 'AWS::S3::Bucket', id: `arn:aws:s3:::${bucketName}` }],
        undo: `aws s3api delete-bucket-lifecycle --bucket ${bucketName}`,
      },
    ],
    'some logs that are deleted early, by one rule of several': [
      lifecycle([
        expiring({ Days: 365 }),
        expiring({ Days: 14 }, { Filter: { Prefix: 'AWSLogs/' } }),
      ]),
      { title: `Logs to be deleted after 14 days in S3 bucket ${bucketName} ${by}` },
    ],
    'logs that are deleted on a date': [
      lifecycle(expiring({ Date: '2026-11-22T00:00:00Z' })),
      { title: `Logs to be deleted after 2 days in S3 bucket ${bucketName} ${by}` },
    ],
    'logs that are deleted on a date in the past': [
      lifecycle(expiring({ Date: '2020-01-01T00:00:00Z' })),
      { title: `Logs to be deleted after 0 days in S3 bucket ${bucketName} ${by}` },
    ],
    'logs that are kept for less than the operator wants': [
      lifecycle(expiring({ Days: 90 })),
      { title: `Logs to be deleted after 90 days in S3 bucket ${bucketName} ${by}` },
      { parameters: { minimumDays: '365' } },
    ],
    'a bucket that the operator names': [
      lifecycle(expiring({ Days: 1 }), 'ledger'),
      { title: `Logs to be deleted after 1 day in S3 bucket ledger ${by}`, severity: 'high' },
      { parameters: { logBuckets: 'ledger' } },
    ],
    'all objects of another bucket that are deleted within a week': [
      lifecycle(expiring({ Days: 7 }), 'photos'),
      {
        title: `All objects to be deleted after 7 days in S3 bucket photos ${by}`,
        severity: 'low',
      },
    ],
    'all objects of another bucket, meant by an asterisk': [
      lifecycle(expiring({ Days: 1 }, { Filter: { Prefix: '*' } }), 'photos'),
      { title: `All objects to be deleted after 1 day in S3 bucket photos ${by}` },
    ],
    'all objects of another bucket, by a rule in the old form': [
      lifecycle({ Status: 'Enabled', Prefix: '', Expiration: { Days: 1 } }, 'photos'),
      { title: `All objects to be deleted after 1 day in S3 bucket photos ${by}` },
    ],
    'a log bucket that is deleted': [
      bucketCallRecord('DeleteBucket', { bucketName }),
      { title: `Log bucket deleted: ${bucketName} ${by}`, severity: 'high' },
    ],
    'a denied attempt': [
      bucketCallRecord(
        'DeleteBucket',
        {},
        {
          ...denied('s3:DeleteBucket', bucketName),
          requestParameters: { bucketName },
        },
      ),
      { title: `Denied attempt: Log bucket deleted: ${bucketName} ${by}`, severity: 'medium' },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a policy that is deleted': [bucketCallRecord('DeleteBucketPolicy', { bucketName }), cutOff],
    'a policy without the statement for the service': [policy([readers]), cutOff],
    'a policy in which the service may only read': [
      policy([allow('s3:GetBucketAcl', { Principal: { Service: 'cloudtrail.amazonaws.com' } })]),
      cutOff,
    ],
    'a policy that denies everybody': [
      policy([trailMayWrite, deny('s3:Put*', { Principal: '*' })]),
      cutOff,
    ],
    'a policy that denies the service': [
      policy([trailMayWrite, deny('*', { Principal: { Service: 'cloudtrail.amazonaws.com' } })]),
      cutOff,
    ],
    'a policy that the record does not hold': [
      bucketCallRecord('PutBucketPolicy', { bucketName, policy: '' }),
      { title: `Policy changed of log bucket ${bucketName} ${by}` },
    ],
  },
  quiet: {
    'logs that are kept': [lifecycle(expiring({ Days: 30 }))],
    'a rule that is switched off': [lifecycle(expiring({ Days: 1 }, { Status: 'Disabled' }))],
    'a rule that moves logs to cheaper storage': [
      lifecycle({
        Status: 'Enabled',
        Filter: '',
        Transition: { Days: 1, StorageClass: 'GLACIER' },
      }),
    ],
    'a lifecycle without rules': [lifecycle(undefined)],
    'objects of another bucket that stay longer than a week': [
      lifecycle(expiring({ Days: 8 }), 'photos'),
    ],
    'some objects of another bucket': [
      lifecycle(expiring({ Days: 1 }, { Filter: { Prefix: 'tmp/' } }), 'photos'),
    ],
    'marked objects of another bucket': [
      lifecycle(expiring({ Days: 1 }, { Filter: { Tag: { Key: 'tmp', Value: '1' } } }), 'photos'),
    ],
    'large objects of another bucket': [
      lifecycle(expiring({ Days: 1 }, { Filter: { ObjectSizeGreaterThan: 5 } }), 'photos'),
    ],
    'small objects of another bucket': [
      lifecycle(expiring({ Days: 1 }, { Filter: { ObjectSizeLessThan: 5 } }), 'photos'),
    ],
    'objects of another bucket by several criteria': [
      lifecycle(expiring({ Days: 1 }, { Filter: { And: { Prefix: '' } } }), 'photos'),
    ],
    'another bucket that is deleted': [bucketCallRecord('DeleteBucket')],
    'the policy of another bucket that is deleted': [bucketCallRecord('DeleteBucketPolicy')],
    'a policy that lets the service write': [policy([trailMayWrite, readers, encryptedOnly])],
    'a policy that denies somebody': [
      policy([trailMayWrite, deny('s3:*', { Principal: { AWS: '444455556666' } })]),
    ],
    'a policy that denies everybody to delete': [
      policy([trailMayWrite, deny('s3:Delete*', { Principal: '*' })]),
    ],
    'the policy of another bucket': [policy([readers], 'photos')],
  },
  refuses: {
    'a policy that cannot be read': [
      bucketCallRecord('PutBucketPolicy', { bucketName, bucketPolicy: 'none' }),
      /policy document is not JSON/,
    ],
  },
});
