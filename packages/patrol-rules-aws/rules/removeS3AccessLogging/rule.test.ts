import { describeRule } from '@patrol/core/testing';
import { describeActors } from '../../testing/actors.ts';
import { bucketCallRecord, deniedByS3 } from '../../testing/bucket.ts';
import { describeHostile } from '@patrol/build/testing';
import rule from './rule.ts';

const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
const status = (BucketLoggingStatus: unknown, fields = {}) =>
  bucketCallRecord('PutBucketLogging', { logging: '', BucketLoggingStatus }, fields);
const to = (TargetBucket: unknown, fields = {}) =>
  status({ xmlns, LoggingEnabled: { TargetBucket, TargetPrefix: 'photos/' } }, fields);
const off = 'Access logging of S3 bucket photos turned off by IAM user alice';

describeRule(rule, {
  alerts: {
    'a status with nothing but its namespace': [
      status({ xmlns }),
      {
        title: off,
        severity: 'medium',
        region: 'eu-west-1',
        facts: { bucket: 'photos' },
        targets: [{ type: 'AWS::S3::Bucket', id: 'arn:aws:s3:::photos' }],
        groupKey:
          'removeS3AccessLogging:111122223333:arn:aws:iam::111122223333:user/alice:PutBucketLogging',
        // Where the logs went is in no record.
        before: null,
        undo: null,
        suppression: { parameter: 'bucketFilter', item: 'photos' },
      },
    ],
    'an empty status': [status(''), { title: off }],
    'a status whose LoggingEnabled is empty': [
      status({ xmlns, LoggingEnabled: '' }),
      { title: off },
    ],
    'a record in the old shape': [
      bucketCallRecord('PutBucketLogging', {
        host: ['s3.eu-west-1.amazonaws.com'],
        logging: [''],
        BucketLoggingStatus: { 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', xmlns },
      }),
      { title: off },
    ],
    'a record without a status, which does not crash': [
      bucketCallRecord('PutBucketLogging', { logging: '' }),
      { title: 'Access logging of S3 bucket photos turned off or changed by IAM user alice' },
    ],
    'a bucket of the longest name': [
      status(
        { xmlns },
        { requestParameters: { bucketName: 'b'.repeat(63), BucketLoggingStatus: '' } },
      ),
      { title: `Access logging of S3 bucket ${'b'.repeat(63)} turned off by IAM user alice` },
    ],
    'logging that goes to a bucket that is not meant for it': [
      to('elsewhere'),
      {
        title: 'Access logs of S3 bucket photos now go to elsewhere, by IAM user alice',
        severity: 'medium',
        facts: { bucket: 'photos', target: 'elsewhere' },
      },
      { parameters: { logBuckets: 'access-logs' } },
    ],
    'a bucket whose name only holds a filtered one': [
      status({ xmlns }),
      { title: off },
      { parameters: { bucketFilter: 'photo, hotos' } },
    ],
    'a filter with a trailing comma': [
      status({ xmlns }),
      { title: off },
      { parameters: { bucketFilter: 'logs,' } },
    ],
    'a denied attempt that holds the parameters': [
      status({ xmlns }, deniedByS3('s3:PutBucketLogging')),
      { title: `Denied attempt: ${off}`, severity: 'low' },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a denied attempt that names the bucket in its message only': [
      status('', {
        ...deniedByS3('s3:PutBucketLogging'),
        requestParameters: null,
        resources: null,
      }),
      {
        title:
          'Denied attempt: Access logging of S3 bucket photos turned off or changed by IAM user alice',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a denied attempt that names no bucket': [
      status('', {
        errorCode: 'AccessDenied',
        errorMessage: 'Access Denied',
        requestParameters: null,
        resources: null,
      }),
      {
        title:
          'Denied attempt: Access logging of an S3 bucket that the record does not name turned off or changed by IAM user alice',
      },
      { parameters: { deniedAttempts: 'alert', bucketFilter: 'photos' } },
    ],
  },
  quiet: {
    'logging that is turned on, where no buckets for it are named': [to('access-logs')],
    'a denied attempt': [status({ xmlns }, deniedByS3('s3:PutBucketLogging'))],
    'a call that failed': [
      status({ xmlns }, { errorCode: 'NoSuchBucket', errorMessage: 'The bucket does not exist' }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  suppressed: {
    'a bucket that the filter names whole': [
      status({ xmlns }),
      'photos',
      { parameters: { bucketFilter: 'logs, photos' } },
    ],
    'a bucket that a regular expression matches whole': [
      status({ xmlns }),
      'ph[a-z]{4}',
      { parameters: { bucketFilter: 'ph[a-z]{4}' } },
    ],
    'logs that go to a bucket meant for them': [
      to('access-logs-eu'),
      'access-logs*',
      { parameters: { logBuckets: 'access-logs*' } },
    ],
  },
  refuses: {
    'a status that cannot be read': [
      status('LoggingEnabled'),
      /could not evaluate event .*expected a BucketLoggingStatus that is empty or names a TargetBucket, found "LoggingEnabled"/,
    ],
    'logging that is on without a target': [to({}), /names a TargetBucket/],
    'a filter that would mute everything': [
      status({ xmlns }),
      /bucketFilter: ".\*" would mute most alerts/,
      { parameters: { bucketFilter: '.*' } },
    ],
    'a filter that is no regular expression': [
      status({ xmlns }),
      /bucketFilter: "logs\(" is not a regular expression/,
      { parameters: { bucketFilter: 'logs(' } },
    ],
  },
});

describeActors(rule, (userIdentity) => status({ xmlns }, { userIdentity }));

describeHostile(rule, [status({ xmlns }), status(''), to('elsewhere'), to(['elsewhere'])]);
