import { describeRule, identities } from '@patrol/core/testing';
import { bucketCallRecord } from '../../testing/bucket.ts';
import rule from './rule.ts';

const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
const versioning = (VersioningConfiguration: object, fields = {}) =>
  bucketCallRecord('PutBucketVersioning', { versioning: '', VersioningConfiguration }, fields);
const lock = (Rule: unknown, fields = {}) =>
  bucketCallRecord(
    'PutBucketObjectLockConfiguration',
    { ObjectLockConfiguration: { xmlns, ObjectLockEnabled: 'Enabled', Rule } },
    fields,
  );
const encryption = (Rule: unknown, fields = {}) =>
  bucketCallRecord(
    'PutBucketEncryption',
    { encryption: '', ServerSideEncryptionConfiguration: { xmlns, Rule } },
    fields,
  );
const kms = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } };
const suspended = 'Versioning of S3 bucket photos suspended by IAM user alice';
const byService = { userIdentity: identities.serviceForUser };

describeRule(rule, {
  alerts: {
    'versioning that is suspended': [
      versioning({ xmlns, Status: 'Suspended' }),
      {
        title: suspended,
        severity: 'medium',
        targets: [{ type: 'AWS::S3::Bucket', id: 'arn:aws:s3:::photos' }],
        suppression: { parameter: 'bucketFilter', item: 'photos' },
        undo: 'aws s3api put-bucket-versioning --bucket photos --versioning-configuration Status=Enabled',
      },
    ],
    'versioning that CloudFormation suspends': [
      versioning({ Status: 'Suspended' }, byService),
      { title: `${suspended}, through cloudformation.amazonaws.com`, severity: 'low' },
    ],
    'MFA delete that is turned off': [
      versioning({ Status: 'Enabled', MfaDelete: 'Disabled' }),
      { title: 'MFA delete of S3 bucket photos turned off by IAM user alice' },
    ],
    'a lock without retention': [
      lock(undefined),
      {
        title: 'Default retention of S3 bucket photos removed by IAM user alice',
        severity: 'high',
      },
    ],
    'a lock without retention, by CloudFormation': [
      lock('', byService),
      {
        title:
          'Default retention of S3 bucket photos removed by IAM user alice, through cloudformation.amazonaws.com',
        severity: 'low',
      },
    ],
    'replication that is deleted': [
      bucketCallRecord('DeleteBucketReplication', { replication: '' }),
      { title: 'Replication of S3 bucket photos deleted by IAM user alice', severity: 'medium' },
    ],
    'keys of customers that are let in': [
      encryption({ ...kms, BlockedEncryptionTypes: { EncryptionType: 'NONE' } }),
      {
        title: 'SSE-C encryption allowed in S3 bucket photos by IAM user alice',
        severity: 'high',
        facts: { blocked: 'NONE' },
      },
    ],
    'keys of customers that CloudFormation lets in': [
      encryption({ ...kms, BlockedEncryptionTypes: { EncryptionType: ['NONE'] } }, byService),
      {
        title:
          'SSE-C encryption allowed in S3 bucket photos by IAM user alice, through cloudformation.amazonaws.com',
        severity: 'low',
      },
    ],
  },
  quiet: {
    'versioning that is turned on': [versioning({ Status: 'Enabled' })],
    'MFA delete that is turned on': [versioning({ Status: 'Enabled', MfaDelete: 'Enabled' })],
    'a lock with retention': [lock({ DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } })],
    'encryption that says nothing about keys of customers': [encryption(kms)],
    'keys of customers that are kept out': [
      encryption({ ...kms, BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } }),
    ],
    'a denied attempt': [versioning({ Status: 'Suspended' }, { errorCode: 'AccessDenied' })],
  },
  suppressed: {
    'a bucket that the filter names': [
      versioning({ Status: 'Suspended' }),
      'photos',
      { parameters: { bucketFilter: 'photos' } },
    ],
  },
});
