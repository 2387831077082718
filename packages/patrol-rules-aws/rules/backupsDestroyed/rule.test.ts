import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const call = (service: string, eventName: string, requestParameters: object, fields = {}) =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, { requestParameters, ...fields });
const vault = (eventName: string, more: object = {}, fields = {}) =>
  call('backup', eventName, { backupVaultName: 'Default', ...more }, fields);
const recoveryPointArn = 'arn:aws:ec2:eu-west-1::snapshot/snap-0a1b2c3d';
const team = 'arn:aws:mpa:eu-west-1:111122223333:approval-team/0001';
const table = { tableName: 'orders' };
const recovery = (pointInTimeRecoveryEnabled: boolean) =>
  call('dynamodb', 'UpdateContinuousBackups', {
    ...table,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled },
  });
const by = (service: string) => ({
  userIdentity: { type: 'AWSService', invokedBy: `${service}.amazonaws.com` },
});
const alice = 'by IAM user alice';

describeRule(rule, {
  alerts: {
    'a vault': [
      vault('DeleteBackupVault'),
      {
        title: `AWS Backup vault Default deleted ${alice}`,
        severity: 'medium',
        targets: [{ type: 'AWS::Backup::BackupVault', id: 'Default' }],
      },
    ],
    'a recovery point': [
      vault('DeleteRecoveryPoint', { recoveryPointArn }),
      {
        title: `Recovery point of AWS Backup vault Default deleted ${alice}`,
        facts: { recoveryPoint: recoveryPointArn },
      },
    ],
    'a recovery point that is released': [
      vault('DisassociateRecoveryPoint', { recoveryPointArn }),
      { title: `Recovery point of AWS Backup vault Default released ${alice}` },
    ],
    'a vault without its lock': [
      vault('DeleteBackupVaultLockConfiguration'),
      { title: `Lock of AWS Backup vault Default removed ${alice}`, severity: 'high' },
    ],
    'a vault without its policy': [
      vault('DeleteBackupVaultAccessPolicy'),
      { title: `Policy of AWS Backup vault Default deleted ${alice}`, severity: 'medium' },
    ],
    'a vault without approvals': [
      vault('DisassociateBackupVaultMpaApprovalTeam'),
      { title: `Approval team of AWS Backup vault Default removed ${alice}`, severity: 'high' },
    ],
    'a vault from which nobody can restore': [
      vault('RevokeRestoreAccessBackupVault'),
      { title: `Restore access to AWS Backup vault Default revoked ${alice}` },
    ],
    'a plan': [
      call('backup', 'DeleteBackupPlan', { backupPlanId: 'plan-1' }),
      { title: `AWS Backup plan plan-1 deleted ${alice}`, severity: 'medium' },
    ],
    'types of resources that are no longer backed up': [
      call('backup', 'UpdateRegionSettings', {
        resourceTypeOptInPreference: { EBS: false, RDS: true, S3: false },
      }),
      {
        title: `Backups of resources of type EBS, S3 turned off ${alice}`,
        severity: 'medium',
        facts: { off: 'EBS, S3' },
      },
    ],
    'an approval team': [
      call('mpa', 'StartActiveApprovalTeamDeletion', { arn: team, pendingWindowDays: 3 }),
      { title: `Approval team ${team} scheduled for deletion ${alice}`, severity: 'high' },
    ],
    'an EBS snapshot': [
      call('ec2', 'DeleteSnapshot', { snapshotId: 'snap-0a1b2c3d', force: false }),
      { title: `EBS snapshot snap-0a1b2c3d deleted ${alice}`, severity: 'low' },
    ],
    'an EBS snapshot without its lock': [
      call('ec2', 'UnlockSnapshot', { UnlockSnapshotRequest: { SnapshotId: 'snap-0a1b2c3d' } }),
      { title: `EBS snapshot snap-0a1b2c3d unlocked ${alice}`, severity: 'high' },
    ],
    'an AMI': [
      call('ec2', 'DeregisterImage', { imageId: 'ami-0a1b2c3d' }),
      { title: `AMI ami-0a1b2c3d deregistered ${alice}`, severity: 'low' },
    ],
    'an AMI and its snapshots': [
      call('ec2', 'DeregisterImage', { imageId: 'ami-0a1b2c3d', deleteAssociatedSnapshots: true }),
      { title: `AMI ami-0a1b2c3d deregistered ${alice}`, severity: 'medium' },
    ],
    'an AMI without its protection': [
      call('ec2', 'DisableImageDeregistrationProtection', {
        DisableImageDeregistrationProtectionRequest: { ImageId: 'ami-0a1b2c3d' },
      }),
      { title: `Deregistration protection of AMI ami-0a1b2c3d turned off ${alice}` },
    ],
    'a rule of the Recycle Bin': [
      call('rbin', 'DeleteRule', { identifier: 'rule-1' }),
      { title: `Retention rule of the Recycle Bin rule-1 deleted ${alice}`, severity: 'high' },
    ],
    'a rule of the Recycle Bin that is unlocked': [
      call('rbin', 'UnlockRule', { identifier: 'rule-1' }),
      { title: `Retention rule of the Recycle Bin rule-1 unlocked ${alice}`, severity: 'high' },
    ],
    'a database snapshot': [
      call('rds', 'DeleteDBSnapshot', { dBSnapshotIdentifier: 'orders' }),
      { title: `Database snapshot orders deleted ${alice}`, severity: 'medium' },
    ],
    'a snapshot of a cluster': [
      call('rds', 'DeleteDBClusterSnapshot', { dBClusterSnapshotIdentifier: 'orders' }),
      { title: `Database snapshot orders deleted ${alice}`, severity: 'medium' },
    ],
    'the backups of an instance': [
      call('rds', 'DeleteDBInstanceAutomatedBackup', { dbiResourceId: 'db-1' }),
      { title: `Automated backups of database db-1 deleted ${alice}`, severity: 'high' },
    ],
    'the backups of a cluster': [
      call('rds', 'DeleteDBClusterAutomatedBackup', { dbClusterResourceId: 'cluster-1' }),
      { title: `Automated backups of database cluster-1 deleted ${alice}`, severity: 'high' },
    ],
    'an instance that keeps no backups': [
      call('rds', 'ModifyDBInstance', { dBInstanceIdentifier: 'orders', backupRetentionPeriod: 0 }),
      { title: `Automated backups of database orders turned off ${alice}`, severity: 'high' },
    ],
    'an instance that keeps no backups by CloudFormation': [
      call(
        'rds',
        'ModifyDBInstance',
        { dBInstanceIdentifier: 'orders', backupRetentionPeriod: 0 },
        { userIdentity: identities.serviceForUser },
      ),
      {
        title: `Automated backups of database orders turned off ${alice}, through cloudformation.amazonaws.com`,
        severity: 'low',
      },
    ],
    'a cluster that keeps no backups': [
      call('rds', 'ModifyDBCluster', { dBClusterIdentifier: 'orders', backupRetentionPeriod: 0 }),
      { title: `Automated backups of database orders turned off ${alice}` },
    ],
    'a Redshift snapshot': [
      call('redshift', 'DeleteClusterSnapshot', { snapshotIdentifier: 'shop' }),
      { title: `Redshift snapshot shop deleted ${alice}`, severity: 'medium' },
    ],
    'a backup of a table': [
      call('dynamodb', 'DeleteBackup', {
        backupArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/1',
      }),
      {
        title: `DynamoDB backup arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/1 deleted ${alice}`,
      },
    ],
    'a table without point-in-time recovery': [
      recovery(false),
      {
        title: `Point-in-time recovery of DynamoDB table orders turned off ${alice}`,
        severity: 'high',
      },
    ],
  },
  quiet: {
    'a recovery point whose time is over': [
      vault('DeleteRecoveryPoint', { recoveryPointArn }, by('backup')),
    ],
    'a snapshot whose time is over': [
      call('ec2', 'DeleteSnapshot', { snapshotId: 'snap-0a1b2c3d' }, by('dlm')),
    ],
    'an AMI that a service deregisters': [
      call('ec2', 'DeregisterImage', { imageId: 'ami-0a1b2c3d' }, by('imagebuilder')),
    ],
    'types of resources that are backed up': [
      call('backup', 'UpdateRegionSettings', { resourceTypeOptInPreference: { EBS: true } }),
    ],
    'an instance that keeps backups for a week': [
      call('rds', 'ModifyDBInstance', { dBInstanceIdentifier: 'orders', backupRetentionPeriod: 7 }),
    ],
    'a cluster with another window': [
      call('rds', 'ModifyDBCluster', {
        dBClusterIdentifier: 'orders',
        preferredBackupWindow: '04:00-04:30',
      }),
    ],
    'point-in-time recovery': [recovery(true)],
  },
});
