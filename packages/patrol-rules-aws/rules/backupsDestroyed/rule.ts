import { type CallReader, defineCallRule, mitre, type Severity, stratus } from '@patrol/core';
import { isServiceWork, unlessByService } from '../../lib/actor.ts';
import { requestOf } from '../../lib/ec2.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

export default defineCallRule({
  name: 'backupsDestroyed',
  title: 'Backup destroyed or unlocked',
  description:
    'Alerts when somebody deletes backups, snapshots or AMIs, lifts what protects them from deletion, or turns automatic backups off. ' +
    'Single EBS snapshots and AMIs have severity low. ' +
    'Backups that an AWS service deletes are not alerted on.',
  severity: 'high',
  runbook:
    'Whoever wants a ransom destroys backups first. Ask the actor whether this was planned. If nobody can say, treat the credentials that were used as stolen and stop them, then turn the protection and the backups on again. ' +
    'Look in the Recycle Bin: snapshots and AMIs that a retention rule covers can be restored from there.',
  references: [
    mitre('T1490', 'Inhibit System Recovery'),
    mitre('T1485', 'Data Destruction'),
    stratus('impact.ec2-deregister-ami'),
  ],
  parameters: {},
  calls: {
    'backup.amazonaws.com': {
      DeleteBackupVault: vault('AWS Backup vault', 'deleted', 'medium'),
      DeleteRecoveryPoint: vault('Recovery point of AWS Backup vault', 'deleted', 'medium'),
      DisassociateRecoveryPoint: vault('Recovery point of AWS Backup vault', 'released', 'medium'),
      DeleteBackupVaultLockConfiguration: vault('Lock of AWS Backup vault', 'removed', 'high'),
      DeleteBackupVaultAccessPolicy: vault('Policy of AWS Backup vault', 'deleted', 'medium'),
      DisassociateBackupVaultMpaApprovalTeam: vault(
        'Approval team of AWS Backup vault',
        'removed',
        'high',
      ),
      RevokeRestoreAccessBackupVault: vault(
        'Restore access to AWS Backup vault',
        'revoked',
        'medium',
      ),
      DeleteBackupPlan: gone(
        'AWS Backup plan',
        'AWS::Backup::BackupPlan',
        'backupPlanId',
        'medium',
      ),
      UpdateRegionSettings({ request }) {
        const off = Object.entries(request.value('resourceTypeOptInPreference') ?? {})
          .filter(([, isOn]) => isOn === false)
          .map(([type]) => type);
        return off.length > 0
          ? {
              severity: 'medium',
              deed: `${withNames('Backups of resources of type', ...off)} turned off`,
              facts: known({ off }),
            }
          : undefined;
      },
    },
    'mpa.amazonaws.com': {
      StartActiveApprovalTeamDeletion: gone(
        'Approval team',
        'AWS::MPA::ApprovalTeam',
        'arn',
        'high',
        'scheduled for deletion',
      ),
    },
    'ec2.amazonaws.com': {
      DeleteSnapshot: gone('EBS snapshot', 'AWS::EC2::Snapshot', 'snapshotId', 'low'),
      UnlockSnapshot: gone('EBS snapshot', 'AWS::EC2::Snapshot', 'snapshotId', 'high', 'unlocked'),
      DeregisterImage: (call) =>
        gone(
          'AMI',
          'AWS::EC2::Image',
          'imageId',
          requestOf(call).flag('deleteAssociatedSnapshots') === true ? 'medium' : 'low',
          'deregistered',
        )(call),
      DisableImageDeregistrationProtection: gone(
        'Deregistration protection of AMI',
        'AWS::EC2::Image',
        'imageId',
        'medium',
        'turned off',
      ),
    },
    'rbin.amazonaws.com': {
      DeleteRule: gone(
        'Retention rule of the Recycle Bin',
        'AWS::Rbin::Rule',
        'identifier',
        'high',
      ),
      UnlockRule: gone(
        'Retention rule of the Recycle Bin',
        'AWS::Rbin::Rule',
        'identifier',
        'high',
        'unlocked',
      ),
    },
    'rds.amazonaws.com': {
      DeleteDBSnapshot: gone(
        'Database snapshot',
        'AWS::RDS::DBSnapshot',
        'dBSnapshotIdentifier',
        'medium',
      ),
      DeleteDBClusterSnapshot: gone(
        'Database snapshot',
        'AWS::RDS::DBClusterSnapshot',
        'dBClusterSnapshotIdentifier',
        'medium',
      ),
      DeleteDBInstanceAutomatedBackup: gone(
        'Automated backups of database',
        'AWS::RDS::DBInstance',
        'dbiResourceId',
        'high',
      ),
      DeleteDBClusterAutomatedBackup: gone(
        'Automated backups of database',
        'AWS::RDS::DBCluster',
        'dbClusterResourceId',
        'high',
      ),
      ModifyDBInstance: notKept('AWS::RDS::DBInstance', 'dBInstanceIdentifier'),
      ModifyDBCluster: notKept('AWS::RDS::DBCluster', 'dBClusterIdentifier'),
    },
    'redshift.amazonaws.com': {
      DeleteClusterSnapshot: gone(
        'Redshift snapshot',
        'AWS::Redshift::Cluster',
        'snapshotIdentifier',
        'medium',
      ),
    },
    'dynamodb.amazonaws.com': {
      DeleteBackup: gone('DynamoDB backup', 'AWS::DynamoDB::Table', 'backupArn', 'medium'),
      UpdateContinuousBackups: ({ request, record }) =>
        request.flag('pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled') === false
          ? {
              severity: unlessByService({ record }, 'high'),
              deed: `${withNames('Point-in-time recovery of DynamoDB table', request.text('tableName'))} turned off`,
              meaning: 'The table can no longer be restored to how it was before.',
              target: ['AWS::DynamoDB::Table', request.text('tableName')],
            }
          : undefined,
    },
  },
});

/** Something that is quiet when a service does it: services delete what they made when its time is over. */
function gone(
  what: string,
  type: string,
  field: string,
  severity: Severity,
  did = 'deleted',
): CallReader {
  return (call) => {
    const id = requestOf(call).text(field);
    return isServiceWork(call)
      ? undefined
      : {
          severity: unlessByService(call, severity),
          deed: `${withNames(what, id)} ${did}`,
          facts: known({ recoveryPoint: call.request.text('recoveryPointArn') }),
          target: [type, id],
        };
  };
}

function vault(what: string, did: string, severity: Severity): CallReader {
  return gone(what, 'AWS::Backup::BackupVault', 'backupVaultName', severity, did);
}

function notKept(type: string, field: string): CallReader {
  return ({ request, record }) =>
    request.number('backupRetentionPeriod') === 0
      ? {
          severity: unlessByService({ record }, 'high'),
          deed: `${withNames('Automated backups of database', request.text(field))} turned off`,
          meaning: 'The backups that it has are deleted.',
          target: [type, request.text(field)],
        }
      : undefined;
}
