import { defineCallRule, guardDuty, mitre, stratus } from '@patrol/core';
import { trust } from '../../lib/access/trust.ts';
import { later } from '../../lib/later.ts';

const load = async () => (await import('../../lib/snapshots.ts')).readers;

export default defineCallRule({
  name: 'snapshotShared',
  title: 'Snapshot or image given away',
  description:
    'Alerts when somebody shares an EBS snapshot, an AMI or a database snapshot with everybody or with another account. ' +
    'It also alerts on copies of backups and tables to another account, and on exports of snapshots, instances and AMIs to S3. ' +
    'EC2 tells when a shared EBS snapshot is used, and so does the rule.',
  severity: 'high',
  runbook:
    'Ask the actor who the other account is. If nobody can say, take the permission back with the command in the alert. Take what the snapshot holds as read by others: ' +
    'change the passwords and keys in it. Treat the credentials that were used as stolen.',
  references: [
    mitre('T1537', 'Transfer Data to Cloud Account'),
    stratus('exfiltration.ec2-share-ebs-snapshot'),
    stratus('exfiltration.ec2-share-ami'),
    stratus('exfiltration.rds-share-snapshot'),
    guardDuty('EBSSnapshotExternalAccess'),
    guardDuty('AMIExternalAccess'),
    guardDuty('RDSSnapshotPubliclyShared'),
  ],
  parameters: trust,
  calls: {
    'ec2.amazonaws.com': later(
      [
        'ModifySnapshotAttribute',
        'ModifyImageAttribute',
        'SharedSnapshotVolumeCreated',
        'SharedSnapshotCopyInitiated',
        'CreateInstanceExportTask',
        'ExportImage',
        'CreateStoreImageTask',
      ],
      load,
    ),
    'rds.amazonaws.com': later(
      ['ModifyDBSnapshotAttribute', 'ModifyDBClusterSnapshotAttribute', 'StartExportTask'],
      load,
    ),
    'redshift.amazonaws.com': later(['AuthorizeSnapshotAccess'], load),
    'dynamodb.amazonaws.com': later(['ExportTableToPointInTime'], load),
    'backup.amazonaws.com': later(['StartCopyJob'], load),
  },
});
