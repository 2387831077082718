import { describe, expect, test } from 'vitest';
import { apiCall, event } from './trigger.ts';
import { names } from './parameter.ts';
import { defineRule } from './rule.ts';
import { describeRule, run } from './testing.ts';

const rule = defineRule({
  name: 'bucketDeleted',
  title: 'Bucket deleted',
  description: 'Alerts when a bucket is deleted.',
  severity: 'medium',
  runbook: 'Restore it.',
  triggers: [apiCall<{ readonly bucketName?: string }>('s3.amazonaws.com', ['DeleteBucket'])],
  parameters: { ignored: names('Buckets that may go.', { default: '', suppresses: true }) },
  evaluate({ detail }, { parameters }) {
    const bucket = detail.requestParameters?.bucketName;
    if (parameters.ignored.find(bucket)) return undefined;
    return { title: `Bucket ${bucket ?? 'unknown'} deleted`, summary: 'It is gone.' };
  },
});

const record = (fields: Readonly<Record<string, unknown>> = {}): unknown => ({
  eventVersion: '1.11',
  eventSource: 's3.amazonaws.com',
  eventName: 'DeleteBucket',
  eventType: 'AwsApiCall',
  requestParameters: { bucketName: 'logs' },
  ...fields,
});

describeRule(rule, {
  alerts: {
    'a bucket that went': [record(), { title: 'Bucket logs deleted', severity: 'medium' }],
  },
  quiet: { 'one that may go': [record(), { parameters: { ignored: 'logs' } }] },
});

describe('run', () => {
  test('refuses an event that the pattern does not deliver', async () => {
    await expect(run(rule, record({ eventName: 'CreateBucket' }))).rejects.toThrow(
      'bucketDeleted would never receive this event: it does not match the event pattern of the rule',
    );
  });

  test('refuses a read-only call that EventBridge holds back, unless the rule asks for it', async () => {
    const read = record({ eventName: 'GetBucketAcl' });
    const reads = defineRule({
      ...rule,
      triggers: [apiCall('s3.amazonaws.com', ['GetBucketAcl'])],
      evaluate: () => undefined,
    });
    await expect(run(reads, read)).resolves.toMatchObject({ because: 'nothing found' });
    const anything = defineRule({
      ...reads,
      triggers: [event({ source: ['aws.s3'] })],
    });
    await expect(run(anything, read)).rejects.toThrow(
      'EventBridge delivers GetBucketAcl, a read-only call',
    );
  });

  test('reads parameters as the operator types them, and refuses bad ones', async () => {
    await expect(run(rule, record(), { parameters: { ignored: '*' } })).rejects.toThrow(
      /ignored: "\*" would match everything/,
    );
  });
});

test('a table needs both sides', () => {
  const alerts = { x: [record(), { title: 'x' }] } as const;
  expect(() => describeRule(rule, { alerts, quiet: {} })).toThrow('no case under quiet');
  expect(() => describeRule(rule, { alerts: {}, quiet: { x: [record()] } })).toThrow(
    'no case under alerts',
  );
});
