/** A rule that gives up too soon: this test has to fail. */
import { describeHostile } from '@patrol/build/testing';
import { wrapRecord } from '@patrol/core/evaluation';
import { apiCallRecord } from '@patrol/core/testing';
import rule from './rules/bucketDeleted/rule.ts';

const event = wrapRecord(
  apiCallRecord('s3.amazonaws.com', 'DeleteBucket', {
    requestParameters: { bucketName: 'photos' },
  }),
);

const evaluate: typeof rule.evaluate = (given, context) => {
  if (JSON.stringify(given) !== JSON.stringify(event)) throw new Error('never seen before');
  return rule.evaluate(given, context);
};

describeHostile({ ...rule, name: 'hasty', evaluate }, [event], { alerting: 0.1 });
