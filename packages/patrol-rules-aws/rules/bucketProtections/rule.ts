import { type Call, type Deed, defineCallRule, guardDuty, mitre } from '@patrol/core';
import { isByService, unlessByService } from '../../lib/actor.ts';
import { bucketFilter } from '../../lib/s3/bucket.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';
import { awsCommand } from '../../lib/undo.ts';

const parameters = { bucketFilter };
type P = typeof parameters;

export default defineCallRule({
  name: 'bucketProtections',
  title: 'S3 protection against loss removed',
  description:
    'Alerts when somebody takes away what keeps the objects of an S3 bucket from being lost. ' +
    'That is versioning, MFA delete, the default retention of Object Lock, replication, or the block of SSE-C encryption. ' +
    'What CloudFormation does has severity low.',
  severity: 'medium',
  runbook:
    'This is what ransomware does before it deletes or encrypts objects. Ask the actor why. If nobody can say, turn the protection on again, treat the credentials that were used as stolen, ' +
    'and look for deleted and overwritten objects: CloudTrail has them where data events are on.',
  references: [
    mitre('T1490', 'Inhibit System Recovery'),
    mitre('T1486', 'Data Encrypted for Impact'),
    guardDuty('S3CustomerProvidedKeysEnabled'),
  ],
  parameters,
  calls: {
    's3.amazonaws.com': {
      PutBucketVersioning(call) {
        const versioning = call.request.at('VersioningConfiguration');
        if (versioning.text('Status') === 'Suspended') {
          return onBucket(call, 'Versioning of', 'suspended', {
            meaning: 'Objects that are overwritten or deleted from now on are lost.',
            undo: awsCommand('s3api put-bucket-versioning', {
              bucket: call.request.text('bucketName'),
              'versioning-configuration': 'Status=Enabled',
            }),
          });
        }
        return versioning.text('MfaDelete') === 'Disabled'
          ? onBucket(call, 'MFA delete of', 'turned off', {
              meaning: 'Versions of objects can be deleted without a second factor.',
            })
          : undefined;
      },
      // The shape of the request is that of the API reference: no record was at hand.
      PutBucketObjectLockConfiguration: (call) =>
        call.request.has('ObjectLockConfiguration.Rule.DefaultRetention')
          ? undefined
          : onBucket(call, 'Default retention of', 'removed', {
              severity: unlessByService(call, 'high'),
              meaning: 'New objects can be deleted at once.',
            }),
      DeleteBucketReplication: (call) =>
        onBucket(call, 'Replication of', 'deleted', {
          meaning: 'New objects and changes are no longer copied to another bucket.',
        }),
      PutBucketEncryption(call) {
        const blocked = call.request
          .list('ServerSideEncryptionConfiguration.Rule')
          .filter((rule) => rule.has('BlockedEncryptionTypes'))
          .map((rule) => rule.texts('BlockedEncryptionTypes.EncryptionType'));
        return blocked.some((types) => !types.includes('SSE-C'))
          ? onBucket(call, 'SSE-C encryption allowed in', '', {
              severity: unlessByService(call, 'high'),
              meaning: 'Whoever may write objects can encrypt them with a key that only they have.',
              facts: known({ blocked: blocked.flat() }),
            })
          : undefined;
      },
    },
  },
});

function onBucket(call: Call<P>, what: string, did: string, more: Partial<Deed>): Deed {
  const { request, partition, parameters: given } = call;
  const bucket = request.text('bucketName');
  return {
    deed: `${what} ${withNames('S3 bucket', bucket)} ${did}`.trim(),
    target: ['AWS::S3::Bucket', bucket && `arn:${partition}:s3:::${bucket}`],
    suppression: given.bucketFilter.suppression(bucket),
    suppressedBy: given.bucketFilter.find(bucket),
    ...(isByService(call) ? { severity: 'low' } : {}),
    ...more,
  };
}
