import { describeHostile } from '@patrol/build/testing';
import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';
import sample from './sample.json' with { type: 'json' };

const deleted = (fields: object = {}): object =>
  apiCallRecord('s3.amazonaws.com', 'DeleteBucket', {
    requestParameters: { bucketName: 'photos' },
    ...fields,
  });

describeRule(rule, {
  alerts: {
    'a bucket': [deleted(), { title: 'Bucket photos deleted by alice' }],
    'a bucket that a service deleted': [
      deleted({ userIdentity: identities.service }),
      { title: 'Bucket photos deleted by somebody' },
    ],
  },
  quiet: { 'a call that failed': [deleted({ errorCode: 'NoSuchBucket' })] },
  suppressed: {
    'a bucket that may go': [deleted(), 'photos', { parameters: { ignored: 'photos' } }],
  },
});

describeHostile(rule, [sample, deleted()], { alerting: 0.1 });
