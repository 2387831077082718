/** What snapshots, images and backups are given away by. The rule snapshotShared loads this module as a chunk. */
import { type Call, type CallReader, type Deed, fieldsOf } from '@patrol/core';
import { shared } from './access/opened.ts';
import type { trust } from './access/trust.ts';
import { requestOf } from './ec2.ts';
import { known } from './facts.ts';
import { awsCommand } from './undo.ts';
import { withNames } from './words.ts';

type P = typeof trust;

const readable = 'Whoever has it can read all data that it holds.';

/** Whom a call may add to a permission of EC2, each with the option of the AWS CLI that takes it out. */
const options = {
  userId: 'user-ids',
  group: 'group-names',
  organizationArn: 'organization-arns',
  organizationalUnitArn: 'organizational-unit-arns',
};

/** The readers of the calls, by name. */
export const readers = {
  ModifySnapshotAttribute: changed('EBS snapshot', 'AWS::EC2::Snapshot', 'createVolumePermission', [
    'snapshotId',
    'ec2 modify-snapshot-attribute',
    'snapshot-id',
  ]),
  ModifyImageAttribute: changed('AMI', 'AWS::EC2::Image', 'launchPermission', [
    'imageId',
    'ec2 modify-image-attribute',
    'image-id',
  ]),
  SharedSnapshotVolumeCreated: used,
  SharedSnapshotCopyInitiated: used,
  CreateInstanceExportTask: exported(
    'EC2 instance',
    'AWS::EC2::Instance',
    'instanceId',
    'exportToS3.s3Bucket',
  ),
  // The shapes of these two are those of the API's model: no records were at hand.
  ExportImage: exported('AMI', 'AWS::EC2::Image', 'imageId', 's3ExportLocation.s3Bucket'),
  CreateStoreImageTask: exported('AMI', 'AWS::EC2::Image', 'imageId', 'bucket'),
  ModifyDBSnapshotAttribute: changed('Database snapshot', 'AWS::RDS::DBSnapshot', 'restore', [
    'dBSnapshotIdentifier',
    'rds modify-db-snapshot-attribute',
    'db-snapshot-identifier',
  ]),
  ModifyDBClusterSnapshotAttribute: changed(
    'Database snapshot',
    'AWS::RDS::DBClusterSnapshot',
    'restore',
    [
      'dBClusterSnapshotIdentifier',
      'rds modify-db-cluster-snapshot-attribute',
      'db-cluster-snapshot-identifier',
    ],
  ),
  StartExportTask: exported('Database', 'AWS::RDS::DBSnapshot', 'sourceArn', 's3BucketName'),
  AuthorizeSnapshotAccess: given(
    'Redshift snapshot shared with',
    'AWS::Redshift::Cluster',
    'snapshotClusterIdentifier',
    ({ request }) => request.text('accountWithRestoreAccess'),
  ),
  ExportTableToPointInTime: given(
    'DynamoDB table exported to a bucket of',
    'AWS::DynamoDB::Table',
    'tableArn',
    ({ request }) => request.text('s3BucketOwner'),
  ),
  StartCopyJob: given(
    'Backup copied to a vault of',
    'AWS::Backup::RecoveryPoint',
    'recoveryPointArn',
    ({ request }) => request.text('destinationBackupVaultArn')?.split(':')[4],
  ),
} satisfies Readonly<Record<string, CallReader<P>>>;

/** A call that changes who may use a snapshot or an image. */
function changed(
  what: string,
  type: string,
  permission: string,
  [field, command, idOption]: readonly [string, string, string],
): CallReader<P> {
  return (call) => {
    const { request, region } = call;
    const id = request.text(field);
    const values = request.texts('valuesToAdd');
    const added = Object.entries(options).flatMap(([name, option]) => {
      const ids = request.list(`${permission}.add`).flatMap((each) => each.text(name) ?? []);
      return ids.length > 0 ? [[option, ids] as const] : [];
    });
    return shared([...values, ...added.flatMap(([, ids]) => ids)], permission, call, (who) => ({
      deed: `${withNames(what, id)} shared with ${who}`,
      meaning: readable,
      target: [type, id],
      undo: awsCommand(command, {
        [idOption]: id,
        ...(values.length > 0
          ? { 'attribute-name': permission, 'values-to-remove': values }
          : { attribute: permission, 'operation-type': 'remove', ...Object.fromEntries(added) }),
        region,
      }),
    }));
  };
}

/** A call that gives a copy, or the right to make one, to an account. */
function given(
  what: string,
  type: string,
  field: string,
  accountOf: (call: Call<P>) => string | undefined,
): CallReader<P> {
  return (call) => {
    const account = accountOf(call);
    return shared(account === undefined ? [] : [account], 'a copy', call, (who) => ({
      deed: `${what} ${who}`,
      meaning: readable,
      target: [type, call.request.text(field)],
    }));
  };
}

/** A call that writes a copy to a bucket. The record does not tell whose bucket that is. */
function exported(what: string, type: string, field: string, bucketField: string): CallReader<P> {
  return (call) => {
    const request = requestOf(call);
    const id = request.text(field);
    return {
      severity: 'medium',
      deed: `${what} exported to ${withNames('S3 bucket', request.text(bucketField))}`,
      meaning: 'The record does not tell whose bucket that is.',
      facts: known({ source: id }),
      target: [type, id],
    };
  };
}

/** An event of EC2's own: somebody of another account used a snapshot. It does not say who. */
function used({ name, record, parameters }: Call<P>): Deed {
  const snapshot = fieldsOf(record).text('serviceEventDetails.snapshotId');
  const did = name.endsWith('CopyInitiated') ? 'copied it' : 'made a volume of it';
  return {
    severity: parameters.trustedAccounts.items.length > 0 ? 'low' : 'high',
    deed: `${withNames('Shared EBS snapshot', snapshot)} used in another account`,
    meaning: `An account that it is shared with ${did}. The record does not tell which one.`,
    target: ['AWS::EC2::Snapshot', snapshot],
  };
}
