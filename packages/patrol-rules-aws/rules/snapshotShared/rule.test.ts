import { apiCallRecord, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const foreign = '444455556666';
const snapshot = (change: object) =>
  apiCallRecord('ec2.amazonaws.com', 'ModifySnapshotAttribute', {
    requestParameters: {
      snapshotId: 'snap-0a1b2c3d',
      createVolumePermission: change,
      attributeType: 'CREATE_VOLUME_PERMISSION',
    },
  });
const image = (...items: readonly object[]) =>
  apiCallRecord('ec2.amazonaws.com', 'ModifyImageAttribute', {
    requestParameters: {
      imageId: 'ami-0a1b2c3d',
      launchPermission: { add: { items } },
      attributeType: 'launchPermission',
    },
  });
const database = (valuesToAdd: readonly string[]) =>
  apiCallRecord('rds.amazonaws.com', 'ModifyDBSnapshotAttribute', {
    requestParameters: { dBSnapshotIdentifier: 'orders', attributeName: 'restore', valuesToAdd },
  });
const cluster = (values: object) =>
  apiCallRecord('rds.amazonaws.com', 'ModifyDBClusterSnapshotAttribute', {
    requestParameters: {
      dBClusterSnapshotIdentifier: 'orders',
      attributeName: 'restore',
      ...values,
    },
  });
const used = (eventName: string) =>
  apiCallRecord('ec2.amazonaws.com', eventName, {
    eventType: 'AwsServiceEvent',
    userIdentity: { accountId: '111122223333', invokedBy: 'ec2.amazonaws.com' },
    serviceEventDetails: { snapshotId: 'snap-0a1b2c3d' },
  });
const redshift = (accountWithRestoreAccess: string) =>
  apiCallRecord('redshift.amazonaws.com', 'AuthorizeSnapshotAccess', {
    requestParameters: {
      snapshotIdentifier: 'orders',
      snapshotClusterIdentifier: 'shop',
      accountWithRestoreAccess,
    },
  });
const table = 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders';
const exported = (more: object) =>
  apiCallRecord('dynamodb.amazonaws.com', 'ExportTableToPointInTime', {
    requestParameters: { tableArn: table, s3Bucket: 'elsewhere', ...more },
  });
const copy = (account: string) =>
  apiCallRecord('backup.amazonaws.com', 'StartCopyJob', {
    requestParameters: {
      recoveryPointArn: 'arn:aws:ec2:eu-west-1::snapshot/snap-0a1b2c3d',
      sourceBackupVaultName: 'Default',
      destinationBackupVaultArn: `arn:aws:backup:eu-west-1:${account}:backup-vault:Default`,
    },
  });

describeRule(rule, {
  alerts: {
    'an EBS snapshot for another account': [
      snapshot({ add: { items: [{ userId: foreign }] } }),
      {
        title: `EBS snapshot snap-0a1b2c3d shared with account ${foreign} by IAM user alice`,
        severity: 'high',
        targets: [{ type: 'AWS::EC2::Snapshot', id: 'snap-0a1b2c3d' }],
        suppression: { parameter: 'trustedAccounts', item: foreign },
        undo: `aws ec2 modify-snapshot-attribute --snapshot-id snap-0a1b2c3d --attribute createVolumePermission --operation-type remove --user-ids ${foreign} --region eu-west-1`,
      },
    ],
    'an EBS snapshot for everybody': [
      snapshot({ add: { items: [{ group: 'all' }] } }),
      {
        title: 'EBS snapshot snap-0a1b2c3d shared with everybody by IAM user alice',
        severity: 'critical',
        undo: 'aws ec2 modify-snapshot-attribute --snapshot-id snap-0a1b2c3d --attribute createVolumePermission --operation-type remove --group-names all --region eu-west-1',
      },
    ],
    'an AMI for an account beside one that is trusted': [
      image({ userId: foreign }, { userId: '777788889999' }),
      {
        title: 'AMI ami-0a1b2c3d shared with account 777788889999 by IAM user alice',
        severity: 'high',
      },
      { parameters: { trustedAccounts: foreign } },
    ],
    'an AMI for an organisation': [
      image({ organizationArn: 'arn:aws:organizations::444455556666:organization/o-a1b2c3d4e5' }),
      {
        title:
          'AMI ami-0a1b2c3d shared with every account of organisation o-a1b2c3d4e5 by IAM user alice',
        severity: 'low',
      },
    ],
    'an AMI for another organisation than the one that is trusted': [
      image({ organizationArn: 'arn:aws:organizations::444455556666:organization/o-a1b2c3d4e5' }),
      {
        title:
          'AMI ami-0a1b2c3d shared with every account of organisation o-a1b2c3d4e5 by IAM user alice',
        severity: 'high',
      },
      { parameters: { trustedOrganizations: 'o-zzzzzzzzzz' } },
    ],
    'a database snapshot for another account': [
      database([foreign]),
      {
        title: `Database snapshot orders shared with account ${foreign} by IAM user alice`,
        severity: 'high',
        undo: `aws rds modify-db-snapshot-attribute --db-snapshot-identifier orders --attribute-name restore --values-to-remove ${foreign} --region eu-west-1`,
      },
    ],
    'a snapshot of a cluster for everybody': [
      cluster({ valuesToAdd: ['all'] }),
      {
        title: 'Database snapshot orders shared with everybody by IAM user alice',
        severity: 'critical',
      },
    ],
    'a Redshift snapshot for another account': [
      redshift(foreign),
      {
        title: `Redshift snapshot shared with account ${foreign} by IAM user alice`,
        targets: [{ type: 'AWS::Redshift::Cluster', id: 'shop' }],
      },
    ],
    'a volume of a shared snapshot': [
      used('SharedSnapshotVolumeCreated'),
      {
        title:
          'Shared EBS snapshot snap-0a1b2c3d used in another account by AWS service ec2.amazonaws.com',
        severity: 'high',
      },
    ],
    'a copy of a shared snapshot, where accounts are trusted': [
      used('SharedSnapshotCopyInitiated'),
      {
        title:
          'Shared EBS snapshot snap-0a1b2c3d used in another account by AWS service ec2.amazonaws.com',
        severity: 'low',
      },
      { parameters: { trustedAccounts: foreign } },
    ],
    'a database that is exported': [
      apiCallRecord('rds.amazonaws.com', 'StartExportTask', {
        requestParameters: {
          exportTaskIdentifier: 'all',
          sourceArn: 'arn:aws:rds:eu-west-1:111122223333:snapshot:orders',
          s3BucketName: 'elsewhere',
        },
      }),
      {
        title: 'Database exported to S3 bucket elsewhere by IAM user alice',
        severity: 'medium',
      },
    ],
    'an instance that is exported': [
      apiCallRecord('ec2.amazonaws.com', 'CreateInstanceExportTask', {
        requestParameters: {
          instanceId: 'i-0a1b2c3d',
          targetEnvironment: 'vmware',
          exportToS3: { s3Bucket: 'elsewhere', diskImageFormat: 'VMDK' },
        },
      }),
      {
        title: 'EC2 instance exported to S3 bucket elsewhere by IAM user alice',
        facts: { source: 'i-0a1b2c3d' },
        severity: 'medium',
      },
    ],
    'an AMI that is exported': [
      apiCallRecord('ec2.amazonaws.com', 'ExportImage', {
        requestParameters: {
          ExportImageRequest: {
            ImageId: 'ami-0a1b2c3d',
            DiskImageFormat: 'VMDK',
            S3ExportLocation: { S3Bucket: 'elsewhere' },
          },
        },
      }),
      {
        title: 'AMI exported to S3 bucket elsewhere by IAM user alice',
        facts: { source: 'ami-0a1b2c3d' },
        severity: 'medium',
      },
    ],
    'an AMI that is stored': [
      apiCallRecord('ec2.amazonaws.com', 'CreateStoreImageTask', {
        requestParameters: {
          CreateStoreImageTaskRequest: { ImageId: 'ami-0a1b2c3d', Bucket: 'elsewhere' },
        },
      }),
      {
        title: 'AMI exported to S3 bucket elsewhere by IAM user alice',
        facts: { source: 'ami-0a1b2c3d' },
      },
    ],
    'a table that is exported to another account': [
      exported({ s3BucketOwner: foreign }),
      {
        title: `DynamoDB table exported to a bucket of account ${foreign} by IAM user alice`,
        targets: [{ type: 'AWS::DynamoDB::Table', id: table }],
      },
    ],
    'a backup that is copied to another account': [
      copy(foreign),
      { title: `Backup copied to a vault of account ${foreign} by IAM user alice` },
    ],
  },
  quiet: {
    'an EBS snapshot that is no longer shared': [
      snapshot({ remove: { items: [{ userId: foreign }] } }),
    ],
    'an EBS snapshot for the own account': [
      snapshot({ add: { items: [{ userId: '111122223333' }] } }),
    ],
    'another attribute of an AMI': [
      apiCallRecord('ec2.amazonaws.com', 'ModifyImageAttribute', {
        requestParameters: { imageId: 'ami-0a1b2c3d', description: { value: 'web' } },
      }),
    ],
    'an AMI for an organisation that is trusted': [
      image({ organizationArn: 'arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5' }),
      { parameters: { trustedOrganizations: 'o-a1b2c3d4e5' } },
    ],
    'a snapshot of a cluster that is no longer shared': [cluster({ valuesToRemove: ['all'] })],
    'a database snapshot for nobody': [database([])],
    'a Redshift snapshot for the own account': [redshift('111122223333')],
    'a table that is exported to the own account': [exported({})],
    'a backup that is copied within the account': [copy('111122223333')],
  },
  suppressed: {
    'an account that is trusted': [
      snapshot({ add: { items: [{ userId: foreign }] } }),
      foreign,
      { parameters: { trustedAccounts: foreign } },
    ],
  },
});
