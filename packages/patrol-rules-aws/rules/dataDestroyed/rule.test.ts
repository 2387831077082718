import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const call = (service: string, eventName: string, requestParameters: object, fields = {}) =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, { requestParameters, ...fields });
const instance = { dBInstanceIdentifier: 'orders' };
const cluster = { dBClusterIdentifier: 'orders' };
const lost = { skipFinalSnapshot: true, deleteAutomatedBackups: true };
const byService = { userIdentity: identities.serviceForUser };
const scaling = {
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForApplicationAutoScaling_RDSCluster/s',
    accountId: '111122223333',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        arn: 'arn:aws:iam::111122223333:role/aws-service-role/rds.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_RDSCluster',
        userName: 'AWSServiceRoleForApplicationAutoScaling_RDSCluster',
      },
    },
  },
};
const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf';

describeRule(rule, {
  alerts: {
    'an instance without a final snapshot': [
      call('rds', 'DeleteDBInstance', { ...instance, ...lost }),
      {
        title: 'Database instance orders deleted without a snapshot by IAM user alice',
        summary:
          'IAM user alice called rds:DeleteDBInstance. Its automated backups are deleted as well.',
        severity: 'high',
        targets: [{ type: 'AWS::RDS::DBInstance', id: 'orders' }],
      },
    ],
    'an instance with a final snapshot': [
      call('rds', 'DeleteDBInstance', { ...instance, skipFinalSnapshot: false }),
      { title: 'Database instance orders deleted by IAM user alice', severity: 'low' },
    ],
    'an instance of a cluster': [
      call(
        'rds',
        'DeleteDBInstance',
        { ...instance, ...lost },
        { responseElements: { ...instance, dBClusterIdentifier: 'shop' } },
      ),
      { title: 'Database instance orders deleted by IAM user alice', severity: 'low' },
    ],
    'a read replica': [
      call(
        'rds',
        'DeleteDBInstance',
        { ...instance, ...lost },
        { responseElements: { readReplicaSourceDBInstanceIdentifier: 'shop' } },
      ),
      { title: 'Database instance orders deleted by IAM user alice', severity: 'low' },
    ],
    'a cluster without a final snapshot': [
      call(
        'rds',
        'DeleteDBCluster',
        { ...cluster, skipFinalSnapshot: true },
        { responseElements: cluster },
      ),
      {
        title: 'Database cluster orders deleted without a snapshot by IAM user alice',
        severity: 'high',
      },
    ],
    'a cluster that CloudFormation deletes': [
      call('rds', 'DeleteDBCluster', { ...cluster, skipFinalSnapshot: true }, byService),
      {
        title:
          'Database cluster orders deleted without a snapshot by IAM user alice, through cloudformation.amazonaws.com',
        severity: 'low',
      },
    ],
    'a global cluster': [
      call('rds', 'DeleteGlobalCluster', { globalClusterIdentifier: 'orders' }),
      { title: 'Global database cluster orders deleted by IAM user alice', severity: 'medium' },
    ],
    'an instance without deletion protection': [
      call('rds', 'ModifyDBInstance', { ...instance, deletionProtection: false }),
      {
        title: 'Deletion protection of database instance orders turned off by IAM user alice',
        severity: 'medium',
        undo: 'aws rds modify-db-instance --db-instance-identifier orders --deletion-protection --region eu-west-1',
      },
    ],
    'a cluster without deletion protection': [
      call('rds', 'ModifyDBCluster', { ...cluster, deletionProtection: false }),
      {
        title: 'Deletion protection of database cluster orders turned off by IAM user alice',
        undo: 'aws rds modify-db-cluster --db-cluster-identifier orders --deletion-protection --region eu-west-1',
      },
    ],
    'a Redshift cluster without a final snapshot': [
      call('redshift', 'DeleteCluster', {
        clusterIdentifier: 'shop',
        skipFinalClusterSnapshot: true,
      }),
      {
        title: 'Redshift cluster shop deleted without a snapshot by IAM user alice',
        severity: 'high',
      },
    ],
    'a table': [
      call('dynamodb', 'DeleteTable', { tableName: 'orders' }),
      { title: 'DynamoDB table orders deleted by IAM user alice', severity: 'medium' },
    ],
    'a table without deletion protection': [
      call('dynamodb', 'UpdateTable', { tableName: 'orders', deletionProtectionEnabled: false }),
      {
        title: 'Deletion protection of DynamoDB table orders turned off by IAM user alice',
        undo: 'aws dynamodb update-table --table-name orders --deletion-protection-enabled --region eu-west-1',
      },
    ],
    'a file system': [
      call('elasticfilesystem', 'DeleteFileSystem', { fileSystemId: 'fs-0a1b2c3d' }),
      { title: 'File system fs-0a1b2c3d deleted by IAM user alice', severity: 'medium' },
    ],
    'a secret that cannot be restored': [
      call('secretsmanager', 'DeleteSecret', {
        secretId: secret,
        forceDeleteWithoutRecovery: true,
      }),
      { title: `Secret ${secret} deleted for good by IAM user alice`, severity: 'medium' },
    ],
    'a secret that CloudFormation deletes': [
      call(
        'secretsmanager',
        'DeleteSecret',
        { secretId: secret, forceDeleteWithoutRecovery: true },
        byService,
      ),
      {
        title: `Secret ${secret} deleted for good by IAM user alice, through cloudformation.amazonaws.com`,
        severity: 'low',
      },
    ],
  },
  quiet: {
    'a replica that Application Auto Scaling takes away': [
      call('rds', 'DeleteDBInstance', { ...instance, ...lost }, scaling),
    ],
    'a secret that can be restored for a week': [
      call('secretsmanager', 'DeleteSecret', { secretId: secret, recoveryWindowInDays: 7 }),
    ],
    'a larger instance': [call('rds', 'ModifyDBInstance', { ...instance, allocatedStorage: 40 })],
    'a cluster that is protected': [
      call('rds', 'ModifyDBCluster', { ...cluster, deletionProtection: true }),
    ],
    'a table with more capacity': [
      call('dynamodb', 'UpdateTable', { tableName: 'orders', billingMode: 'PAY_PER_REQUEST' }),
    ],
    'a denied attempt': [
      call('rds', 'DeleteDBCluster', { ...cluster }, { errorCode: 'AccessDenied' }),
    ],
  },
});
