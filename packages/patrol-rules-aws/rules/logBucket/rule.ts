import {
  type Call,
  type Deed,
  defineCallRule,
  type Fields,
  guardDuty,
  mitre,
  names,
  number,
  stratus,
} from '@patrol/core';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  logBuckets: names('The buckets that hold logs, by their names.', {
    default:
      '*cloudtrail*, *audit*log*, *flow*log*, *log-archive*, *logarchive*, config-bucket-*, aws-controltower-*logs*, aws-accelerator-*logs*, aws-security-data-lake-*',
  }),
  minimumDays: number('How many days these buckets have to keep their objects at least.', {
    default: '30',
    minimum: 1,
    maximum: 36_500,
  }),
};
type BucketCall = Call<typeof parameters>;

/** No bucket that is worth something loses all its objects so soon. */
const rapidDays = 7;

export default defineCallRule({
  name: 'logBucket',
  title: 'Log bucket emptied or cut off',
  description:
    'Alerts when somebody deletes a bucket for logs, lets its lifecycle delete logs early, or takes from AWS services the permission to write to it. A lifecycle that deletes all objects of another bucket within 7 days is told with severity low.',
  severity: 'high',
  runbook:
    'Ask the actor why the logs should go. If nobody can say, remove the lifecycle rule at once (S3 applies it once a day), put the bucket policy back, treat the ' +
    'credentials that were used as stolen, and copy what is left of the logs to another account.',
  references: [
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
    mitre('T1485.001', 'Data Destruction: Lifecycle-Triggered Deletion'),
    guardDuty('S3LifecycleRapidExpiration'),
    stratus('defense-evasion.cloudtrail-lifecycle-rule'),
  ],
  parameters,
  calls: {
    's3.amazonaws.com': {
      PutBucketLifecycle(call) {
        const days = daysLeft(call);
        const bucket = bucketOf(call);
        const limit = isForLogs(call) ? call.parameters.minimumDays - 1 : rapidDays;
        if (days === undefined || days > limit) return undefined;
        return {
          severity: isForLogs(call) ? 'high' : 'low',
          deed: `${isForLogs(call) ? 'Logs' : 'All objects'} to be deleted after ${days} ${days === 1 ? 'day' : 'days'} in ${withNames('S3 bucket', bucket)}`,
          facts: known({ bucket, days }),
          target: target(call),
          undo: awsCommand('s3api delete-bucket-lifecycle', { bucket }),
        };
      },
      DeleteBucket: (call) => ofLogs(call, 'Log bucket deleted:'),
      DeleteBucketPolicy: (call) => ofLogs(call, 'AWS services may no longer write to log bucket'),
      async PutBucketPolicy(call) {
        const policy = call.request.value('bucketPolicy');
        if (!isForLogs(call)) return undefined;
        if (policy === undefined) return ofLogs(call, 'Policy changed of log bucket');
        const { letsServicesWrite } = await import('../../lib/s3/services.ts');
        return letsServicesWrite(policy)
          ? undefined
          : ofLogs(call, 'AWS services may no longer write to log bucket');
      },
    },
  },
});

const bucketOf = ({ request }: BucketCall): string | undefined => request.text('bucketName');

const target = (call: BucketCall): Deed['target'] => {
  const bucket = bucketOf(call);
  return ['AWS::S3::Bucket', bucket && `arn:${call.partition}:s3:::${bucket}`];
};

const isForLogs = (call: BucketCall): boolean =>
  call.parameters.logBuckets.find(bucketOf(call)) !== undefined;

const ofLogs = (call: BucketCall, what: string): Deed | undefined =>
  isForLogs(call) ? { deed: withNames(what, bucketOf(call)), target: target(call) } : undefined;

/** After how many days a lifecycle deletes objects at the earliest: of a bucket for logs any, of another one all. */
function daysLeft(call: BucketCall): number | undefined {
  const days = call.request
    .list('LifecycleConfiguration.Rule')
    .filter((rule) => rule.text('Status') === 'Enabled')
    .filter((rule) => isForLogs(call) || isForAll(rule))
    .flatMap((rule) => rule.number('Expiration.Days') ?? daysUntil(rule, call) ?? []);
  return days.length > 0 ? Math.min(...days) : undefined;
}

/** A rule may name a date instead of a number of days. */
function daysUntil(rule: Fields, { record }: BucketCall): number | undefined {
  const until = Date.parse(rule.text('Expiration.Date') ?? '') - Date.parse(record.eventTime ?? '');
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil(until / 86_400_000));
}

/** Whether a rule is for all objects. `*` is no wildcard to S3, but whoever writes it means all. */
const isForAll = (rule: Fields): boolean =>
  !rule.has('Filter.And') &&
  !rule.has('Filter.Tag') &&
  !rule.has('Filter.ObjectSizeGreaterThan') &&
  !rule.has('Filter.ObjectSizeLessThan') &&
  /^[*/]?$/.test(rule.text('Filter.Prefix') ?? rule.text('Prefix') ?? '');
