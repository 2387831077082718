import { actor, apiCall, defineRule, names } from '@patrol/core';

interface Request {
  readonly bucketName?: unknown;
}

export default defineRule({
  name: 'bucketDeleted',
  title: 'Bucket deleted',
  description: 'Alerts when somebody deletes an S3 bucket.',
  severity: 'medium',
  runbook: 'Ask the actor.',
  triggers: [apiCall<Request>('s3.amazonaws.com', ['DeleteBucket'])],
  parameters: {
    ignored: names('The buckets that may be deleted.', { default: '', suppresses: true }),
  },
  async evaluate({ detail }, { parameters }) {
    const s3 = await import('../../lib/s3/name.ts');
    const iam = await import('../../lib/iam/name.ts');
    const bucket = s3.nameOf(detail.requestParameters?.bucketName);
    const { arn } = actor(detail.userIdentity);
    return {
      title: `Bucket ${bucket} deleted by ${arn === null ? 'somebody' : iam.nameOf(arn)}`,
      summary: `Nobody can read the bucket ${bucket} any more.`,
      targets: [{ type: 'AWS::S3::Bucket', id: bucket }],
      group: detail.eventName,
      suppression: parameters.ignored.suppression(bucket),
      suppressedBy: parameters.ignored.find(bucket),
    };
  },
});
