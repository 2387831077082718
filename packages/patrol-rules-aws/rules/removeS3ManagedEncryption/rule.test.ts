import { describeRule } from '@patrol/core/testing';
import { describeActors } from '../../testing/actors.ts';
import { bucketCallRecord, deniedByS3 } from '../../testing/bucket.ts';
import { describeHostile } from '@patrol/build/testing';
import rule from './rule.ts';

const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
const reset = (fields = {}) =>
  bucketCallRecord('DeleteBucketEncryption', { encryption: '' }, fields);
const put = (configuration: unknown, fields = {}) =>
  bucketCallRecord(
    'PutBucketEncryption',
    { encryption: '', ServerSideEncryptionConfiguration: configuration },
    fields,
  );
const byDefault = (SSEAlgorithm: unknown, more = {}) => ({
  ApplyServerSideEncryptionByDefault: { SSEAlgorithm, ...more },
  BucketKeyEnabled: false,
});
const toS3 = 'Default encryption of S3 bucket photos set to SSE-S3, without KMS, by IAM user alice';
const key = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describeRule(rule, {
  alerts: {
    'a default encryption that was reset, said as a downgrade': [
      reset(),
      {
        title: 'Default encryption of S3 bucket photos reset to SSE-S3 by IAM user alice',
        severity: 'medium',
        summary:
          'The default encryption of S3 bucket photos was reset by IAM user alice. S3 now encrypts new objects with keys of its own (SSE-S3). The record does not say what it was before: if it was a KMS key, this is a downgrade; if it was SSE-S3, which every bucket has at first, nothing is lost.',
        facts: { bucket: 'photos', algorithm: 'AES256' },
        targets: [{ type: 'AWS::S3::Bucket', id: 'arn:aws:s3:::photos' }],
        groupKey:
          'removeS3ManagedEncryption:111122223333:arn:aws:iam::111122223333:user/alice:DeleteBucketEncryption',
        // Which key it was is in no record.
        before: null,
        undo: null,
        suppression: { parameter: 'bucketFilter', item: 'photos' },
      },
    ],
    'a bucket with dots in its name, in another partition': [
      reset({
        requestParameters: { bucketName: 'www.example.com', encryption: '' },
        resources: undefined,
        awsRegion: 'cn-north-1',
        userIdentity: {
          type: 'IAMUser',
          arn: 'arn:aws-cn:iam::111122223333:user/alice',
          userName: 'alice',
        },
      }),
      {
        title: 'Default encryption of S3 bucket www.example.com reset to SSE-S3 by IAM user alice',
        targets: [{ type: 'AWS::S3::Bucket', id: 'arn:aws-cn:s3:::www.example.com' }],
        suppression: { parameter: 'bucketFilter', item: 'www\\.example\\.com' },
      },
    ],
    'a default encryption that was set to S3’s own keys': [
      put({ xmlns, Rule: byDefault('AES256') }),
      {
        title: toS3,
        severity: 'low',
        summary:
          'The default encryption of S3 bucket photos was set to SSE-S3, which needs no KMS key, by IAM user alice. The record does not say what it was before: if it was a KMS key, this is a downgrade; if it was SSE-S3, which every bucket has at first, nothing is lost.',
        facts: { bucket: 'photos', algorithm: 'AES256' },
      },
    ],
    'the same as a list': [put({ xmlns, Rule: [byDefault('AES256')] }), { title: toS3 }],
    'the same with the names of the SDK': [put({ Rules: [byDefault('AES256')] }), { title: toS3 }],
    'a rule that names no algorithm': [
      put({ xmlns, Rule: { BlockedEncryptionTypes: { EncryptionType: 'SSE-C' } } }),
      { title: toS3 },
    ],
    'an algorithm that is neither': [
      put({ xmlns, Rule: byDefault('aws:fsx') }),
      {
        title:
          'Default encryption of S3 bucket photos set to aws:fsx, without KMS, by IAM user alice',
      },
    ],
    'a record that leaves the setting out': [
      bucketCallRecord('PutBucketEncryption', { encryption: '' }),
      { title: 'Default encryption of S3 bucket photos changed by IAM user alice' },
    ],
    'a bucket whose name only holds a filtered one': [
      reset({ requestParameters: { bucketName: 'prod-logs-secrets' } }),
      {
        title:
          'Default encryption of S3 bucket prod-logs-secrets reset to SSE-S3 by IAM user alice',
      },
      { parameters: { bucketFilter: 'logs' } },
    ],
    'a denied attempt': [
      reset(deniedByS3('s3:PutEncryptionConfiguration')),
      {
        title:
          'Denied attempt: Default encryption of S3 bucket photos reset to SSE-S3 by IAM user alice',
        severity: 'low',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a denied attempt whose parameters were left out': [
      put('', { ...deniedByS3('s3:PutEncryptionConfiguration'), requestParameters: null }),
      {
        title: 'Denied attempt: Default encryption of S3 bucket photos changed by IAM user alice',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'a KMS key': [put({ xmlns, Rule: byDefault('aws:kms', { KMSMasterKeyID: key }) })],
    'a KMS key, as a list': [put({ Rules: [byDefault('aws:kms', { KMSMasterKeyID: key })] })],
    'a KMS key and a second layer': [put({ xmlns, Rule: byDefault('aws:kms:dsse') })],
    'a denied attempt': [reset(deniedByS3('s3:PutEncryptionConfiguration'))],
    'a call that failed': [
      reset({ errorCode: 'NoSuchBucket', errorMessage: 'The bucket does not exist' }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  suppressed: {
    'a bucket that the filter names whole': [
      reset(),
      'photos',
      { parameters: { bucketFilter: 'photos' } },
    ],
    'a bucket that a regular expression matches whole': [
      put({ xmlns, Rule: byDefault('AES256') }),
      'pho.*',
      { parameters: { bucketFilter: 'logs-.*, pho.*' } },
    ],
  },
  refuses: {
    'a setting without rules': [put({ xmlns }), /expected .* with a Rule, found \{"xmlns"/],
    'a rule that cannot be read': [
      put({ xmlns, Rule: 'AES256' }),
      /expected a Rule with an SSEAlgorithm, found "AES256"/,
    ],
    'an algorithm that cannot be read': [
      put({ xmlns, Rule: byDefault({}) }),
      /expected a Rule with an SSEAlgorithm/,
    ],
  },
});

describeActors(rule, (userIdentity) => reset({ userIdentity }));

describeHostile(rule, [
  reset(),
  put({ xmlns, Rule: byDefault('AES256') }),
  put({ Rules: [byDefault('aws:kms', { KMSMasterKeyID: key })] }),
]);
