import { apiCall, defineRule, isObject, mitre, names } from '@patrol/core';
import { bucketCall, bucketFilter, type BucketRequest } from '../../lib/s3/bucket.ts';
import { field, shown, texts } from '../../lib/request.ts';

export default defineRule({
  name: 'removeS3AccessLogging',
  title: 'S3 access logging removed',
  description:
    'Alerts when somebody turns off the server access logging of an S3 bucket and, where logBuckets names the buckets for logs, when the logs of a bucket go to another one.',
  severity: 'medium',
  runbook:
    'Ask the actor why the requests to the bucket should not be recorded, or why their record goes elsewhere. If nobody can say, turn the logging on again, ' +
    'treat the credentials that were used as stolen, and look for what was read or deleted in the bucket since: CloudTrail has it where data events are on.',
  references: [mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs')],
  triggers: [apiCall<BucketRequest>('s3.amazonaws.com', ['PutBucketLogging'])],
  parameters: {
    bucketFilter,
    logBuckets: names(
      'The buckets that access logs may go to: logs that are turned to another one are alerted on. When empty, they may go to any.',
      { default: '' },
    ),
  },
  evaluate({ detail }, { parameters }) {
    const { who, where, found } = bucketCall(detail, parameters.bucketFilter);
    const status = field(detail.requestParameters, 'BucketLoggingStatus');
    if (status === undefined) {
      return found({
        title: `Access logging of ${where} turned off or changed by ${who}`,
        summary: `The server access logging of ${where} was turned off or changed by ${who}: the record does not hold the new setting.`,
      });
    }
    const target = logTarget(status);
    if (target === undefined) {
      return found({
        title: `Access logging of ${where} turned off by ${who}`,
        summary: `The server access logging of ${where} was turned off by ${who}.`,
      });
    }
    // Records of S3 do not hold the old setting. Most of these calls turn logging on for the first time.
    if (parameters.logBuckets.items.length === 0) return undefined;
    return found({
      title: `Access logs of ${where} now go to ${target}, by ${who}`,
      summary:
        `The server access logs of ${where} were directed to the bucket ${target} by ${who}. ` +
        'The record does not say whether they went elsewhere before.',
      facts: { target },
      suppressedBy: parameters.logBuckets.find(target),
    });
  },
});

/**
 * The bucket that gets the logs; `undefined` when logging is off: "To disable logging, you use an empty BucketLoggingStatus
 * request element" (API reference of S3, PutBucketLogging). Records of S3 give an empty element as an empty text, or as an
 * object with only its namespace.
 *
 * @throws when the status cannot be read.
 */
function logTarget(status: unknown): string | undefined {
  const enabled = field(status, 'LoggingEnabled') ?? '';
  const [target] = texts(field(enabled, 'TargetBucket'));
  if (target !== undefined) return target;
  if (status === '' || (isObject(status) && enabled === '')) return undefined;
  throw new Error(
    `expected a BucketLoggingStatus that is empty or names a TargetBucket, found ${shown(status)}`,
  );
}
