import { type CallReader, defineCallRule, mitre } from '@patrol/core';
import { isServiceItself, unlessByService } from '../../lib/actor.ts';
import { withNames } from '../../lib/words.ts';
import { awsCommand } from '../../lib/undo.ts';

export default defineCallRule({
  name: 'dataDestroyed',
  title: 'Database, table or secret destroyed',
  description:
    'Alerts when somebody deletes a database, a DynamoDB table, a file system, or a secret that cannot be restored. ' +
    'It also alerts when the deletion protection of a database or table is turned off. ' +
    'Severity is low where a final snapshot is kept, and where CloudFormation deletes with a stack.',
  severity: 'high',
  runbook:
    'Ask the actor whether this was planned. If nobody can say, treat the credentials that were used as stolen and stop them first: more may follow. ' +
    'Then restore from the last backup: automated backups and recovery points outlive the database where they were not deleted with it.',
  references: [mitre('T1485', 'Data Destruction')],
  parameters: {},
  calls: {
    'rds.amazonaws.com': {
      DeleteDBInstance: databaseDeleted(
        'Database instance',
        'AWS::RDS::DBInstance',
        'dBInstanceIdentifier',
        'skipFinalSnapshot',
      ),
      DeleteDBCluster: databaseDeleted(
        'Database cluster',
        'AWS::RDS::DBCluster',
        'dBClusterIdentifier',
        'skipFinalSnapshot',
      ),
      DeleteGlobalCluster: (call) => ({
        severity: unlessByService(call, 'medium'),
        deed: `${withNames('Global database cluster', call.request.text('globalClusterIdentifier'))} deleted`,
        target: ['AWS::RDS::GlobalCluster', call.request.text('globalClusterIdentifier')],
      }),
      ModifyDBInstance: unprotected(
        'database instance',
        'AWS::RDS::DBInstance',
        'dBInstanceIdentifier',
        ['rds modify-db-instance', 'db-instance-identifier', 'deletion-protection'],
      ),
      ModifyDBCluster: unprotected(
        'database cluster',
        'AWS::RDS::DBCluster',
        'dBClusterIdentifier',
        ['rds modify-db-cluster', 'db-cluster-identifier', 'deletion-protection'],
      ),
    },
    'redshift.amazonaws.com': {
      DeleteCluster: databaseDeleted(
        'Redshift cluster',
        'AWS::Redshift::Cluster',
        'clusterIdentifier',
        'skipFinalClusterSnapshot',
      ),
    },
    'dynamodb.amazonaws.com': {
      DeleteTable: (call) => ({
        severity: unlessByService(call, 'medium'),
        deed: `${withNames('DynamoDB table', call.request.text('tableName'))} deleted`,
        meaning: 'Where point-in-time recovery was on, DynamoDB keeps a backup for 35 days.',
        target: ['AWS::DynamoDB::Table', call.request.text('tableName')],
      }),
      UpdateTable: unprotected('DynamoDB table', 'AWS::DynamoDB::Table', 'tableName', [
        'dynamodb update-table',
        'table-name',
        'deletion-protection-enabled',
      ]),
    },
    'elasticfilesystem.amazonaws.com': {
      DeleteFileSystem: (call) => ({
        severity: unlessByService(call, 'medium'),
        deed: `${withNames('File system', call.request.text('fileSystemId'))} deleted`,
        target: ['AWS::EFS::FileSystem', call.request.text('fileSystemId')],
      }),
    },
    'secretsmanager.amazonaws.com': {
      DeleteSecret: (call) =>
        call.request.flag('forceDeleteWithoutRecovery') === true
          ? {
              severity: unlessByService(call, 'medium'),
              deed: `${withNames('Secret', call.request.text('secretId'))} deleted for good`,
              meaning: 'It cannot be restored.',
              target: ['AWS::SecretsManager::Secret', call.request.text('secretId')],
            }
          : undefined,
    },
  },
});

function databaseDeleted(what: string, type: string, field: string, skip: string): CallReader {
  return (call) => {
    const { request, response, record } = call;
    // Application Auto Scaling takes replicas out of clusters.
    if (isServiceItself({ record })) return undefined;
    const id = request.text(field);
    const isCopy =
      field === 'dBInstanceIdentifier' &&
      (response.has('dBClusterIdentifier') ||
        response.has('readReplicaSourceDBInstanceIdentifier'));
    const isLost = request.flag(skip) === true && !isCopy;
    return {
      severity: unlessByService(call, isLost ? 'high' : 'low'),
      deed: `${withNames(what, id)} deleted${isLost ? ' without a snapshot' : ''}`,
      meaning: isCopy
        ? 'Its data is still in its cluster or in the instance that it is a replica of.'
        : isLost && request.flag('deleteAutomatedBackups') === true
          ? 'Its automated backups are deleted as well.'
          : undefined,
      target: [type, id],
    };
  };
}

function unprotected(
  what: string,
  type: string,
  field: string,
  [command, idOption, option]: readonly [string, string, string],
): CallReader {
  return (call) => {
    const id = call.request.text(field);
    const flag =
      call.request.flag('deletionProtection') ?? call.request.flag('deletionProtectionEnabled');
    return flag === false
      ? {
          severity: unlessByService(call, 'medium'),
          deed: `${withNames(`Deletion protection of ${what}`, id)} turned off`,
          target: [type, id],
          undo: awsCommand(command, { [idOption]: id, [option]: true, region: call.region }),
        }
      : undefined;
  };
}
