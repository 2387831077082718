import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { bucketCallRecord } from '../../testing/bucket.ts';
import { allow } from '../../testing/policies.ts';
import rule from './rule.ts';

const foreign = '444455556666';
const policy = (...Statement: readonly object[]) =>
  bucketCallRecord('PutBucketPolicy', {
    policy: '',
    bucketPolicy: { Version: '2012-10-17', Statement },
  });
const to = (Principal: unknown, more: object = {}) => allow('s3:GetObject', { Principal, ...more });
const replication = (...Rule: readonly object[]) =>
  bucketCallRecord('PutBucketReplication', {
    replication: '',
    ReplicationConfiguration: { Role: 'arn:aws:iam::111122223333:role/Replicate', Rule },
  });
const rule1 = (Destination: object, Status = 'Enabled') => ({ Status, Destination });
const inventory = (S3BucketDestination: object) =>
  bucketCallRecord('PutBucketInventoryConfiguration', {
    inventory: '',
    id: 'all',
    InventoryConfiguration: { Destination: { S3BucketDestination }, IsEnabled: true, Id: 'all' },
  });
const backup = { Bucket: 'arn:aws:s3:::backup' };
const copied = 'Objects of S3 bucket photos copied to bucket backup';
const opened = `S3 bucket photos opened to account ${foreign} by IAM user alice`;

describeRule(rule, {
  alerts: {
    'a policy that lets in another account': [
      policy(to({ AWS: `arn:aws:iam::${foreign}:root` })),
      {
        title: opened,
        severity: 'high',
        facts: { letsIn: `account ${foreign}`, actions: 's3:GetObject' },
        targets: [{ type: 'AWS::S3::Bucket', id: 'arn:aws:s3:::photos' }],
        suppression: { parameter: 'trustedAccounts', item: foreign },
      },
    ],
    'a policy that lets in another organisation': [
      policy(to('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } })),
      {
        title:
          'S3 bucket photos opened to every account of organisation o-a1b2c3d4e5 by IAM user alice',
        summary: expect.stringContaining('name it in trustedOrganizations'),
        severity: 'low',
      },
    ],
    'an account beside one that is trusted': [
      policy(to({ AWS: [foreign, '777788889999'] })),
      { title: 'S3 bucket photos opened to account 777788889999 by IAM user alice' },
      { parameters: { trustedAccounts: foreign } },
    ],
    'replication to another account': [
      replication(rule1({ ...backup, Account: foreign })),
      {
        title: `${copied} of account ${foreign} by IAM user alice`,
        severity: 'high',
        facts: { destination: 'backup' },
        suppression: { parameter: 'copyBuckets', item: 'backup' },
      },
    ],
    'replication of which the record does not tell whose bucket it goes to': [
      replication(rule1(backup)),
      { title: `${copied} by IAM user alice`, severity: 'low' },
    ],
    'replication to a bucket that is not meant for it': [
      replication(rule1(backup)),
      { title: `${copied} by IAM user alice`, severity: 'high' },
      { parameters: { copyBuckets: 'archive-*' } },
    ],
    'one of several rules of replication': [
      replication(
        rule1({ Bucket: 'arn:aws:s3:::archive-1' }),
        rule1({ ...backup, Account: foreign }),
      ),
      { title: `${copied} of account ${foreign} by IAM user alice`, severity: 'high' },
      { parameters: { copyBuckets: 'archive-*' } },
    ],
    'an inventory for another account': [
      inventory({ ...backup, AccountId: foreign }),
      {
        title: `Lists of objects of S3 bucket photos copied to bucket backup of account ${foreign} by IAM user alice`,
        severity: 'medium',
      },
    ],
    'an inventory of which the record does not tell whose bucket it goes to': [
      inventory(backup),
      {
        title: 'Lists of objects of S3 bucket photos copied to bucket backup by IAM user alice',
        severity: 'low',
      },
    ],
  },
  quiet: {
    'a policy for the own account': [policy(to({ AWS: 'arn:aws:iam::111122223333:root' }))],
    'a policy for a service': [policy(to({ Service: 'cloudtrail.amazonaws.com' }))],
    'a public policy, which publicBucketACL tells': [policy(to('*'))],
    'a policy for an organisation that is trusted': [
      policy(to('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } })),
      { parameters: { trustedOrganizations: 'o-a1b2c3d4e5' } },
    ],
    'replication within the account': [replication(rule1({ ...backup, Account: '111122223333' }))],
    'replication that is disabled': [
      replication(rule1({ ...backup, Account: foreign }, 'Disabled')),
    ],
    'an inventory within the account': [inventory({ ...backup, AccountId: '111122223333' })],
  },
  suppressed: {
    'an account that is trusted': [
      policy(to({ AWS: foreign })),
      foreign,
      { parameters: { trustedAccounts: foreign } },
    ],
    'a bucket that copies may go to': [
      replication(rule1(backup)),
      'backup',
      { parameters: { copyBuckets: 'backup' } },
    ],
    'a bucket of another account that copies may go to': [
      replication(rule1({ ...backup, Account: foreign })),
      'backup',
      { parameters: { copyBuckets: 'backup' } },
    ],
  },
  refuses: {
    'a policy that cannot be read': [
      bucketCallRecord('PutBucketPolicy', { bucketPolicy: 'none' }),
      /the policy document is not JSON/,
    ],
  },
});
