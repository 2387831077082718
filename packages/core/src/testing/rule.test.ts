import { describe, expect, test } from 'vitest';
import type { WebhookDelivery } from '../arrival.ts';
import { alert } from '../lambda/alert.fake.ts';
import { apiCall, event, sns, webhook } from '../trigger.ts';
import { names } from '../parameter.ts';
import { defineRule } from '../rule.ts';
import { describeRule, expectAlert, run } from './rule.ts';

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
    if (bucket === 'tmp') return undefined;
    return {
      title: `Bucket ${bucket ?? 'unknown'} deleted`,
      summary: 'It is gone.',
      suppressedBy: parameters.ignored.find(bucket),
    };
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
  quiet: { 'one that nobody needs': [record({ requestParameters: { bucketName: 'tmp' } })] },
  suppressed: {
    'one that may go': [record(), 'log*', { parameters: { ignored: 'x, log*' } }],
  },
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

  test('gives a rule what other sources deliver, and refuses what they do not', async () => {
    const forks = defineRule({
      name: 'forked',
      title: 'Forked',
      description: 'Alerts on forks.',
      severity: 'low',
      runbook: 'Look at it.',
      triggers: [
        webhook<WebhookDelivery<'fork', { readonly forkee: string }>>(['fork']),
        sns(['backup.amazonaws.com']),
      ],
      parameters: {},
      evaluate: (given) => ({
        title: 'payload' in given ? given.payload.forkee : given.Message,
        summary: 'Said so.',
      }),
    });
    const delivered = await run(forks, { name: 'fork', payload: { forkee: 'copy' } });
    expect(delivered.alerts).toMatchObject([{ title: 'copy' }]);
    const told = await run(forks, { Records: [{ Sns: { Message: 'hello' } }] });
    expect(told.alerts).toMatchObject([{ title: 'hello' }]);
    await expect(run(forks, { name: 'push', payload: {} })).rejects.toThrow(
      'the webhook sends fork only, and this is push',
    );
    await expect(run(forks, record())).rejects.toThrow(
      /never receive this event: the topic gives the rule messages .*; the webhook gives the rule deliveries/,
    );
  });

  test('says what was found and muted, and by what', async () => {
    await expect(run(rule, record(), { parameters: { ignored: 'logs' } })).resolves.toEqual({
      alerts: [],
      suppressed: [
        {
          title: 'Bucket logs deleted',
          by: 'logs',
          alert: expect.objectContaining({ title: 'Bucket logs deleted' }),
        },
      ],
      because: 'suppressed',
    });
  });

  test('reads parameters as the operator types them, and refuses bad ones', async () => {
    await expect(run(rule, record(), { parameters: { ignored: '*' } })).rejects.toThrow(
      /ignored: "\*" would mute most alerts/,
    );
  });
});

describe('an alert is what its contract says', () => {
  test.each([
    ['without a field', { undo: undefined }],
    ['with a value of another type', { severity: 'catastrophic' }],
    ['with a field that the contract does not know', { mood: 'bad' }],
    [
      'with such a field deep in it',
      { targets: [{ type: 'AWS::S3::Bucket', id: 'b', mood: 'bad' }] },
    ],
  ])('and not one %s', (_, fields) => {
    expectAlert(alert());
    expect(() => expectAlert({ ...alert(), ...fields })).toThrow('deeply equal');
  });
});

test('a table needs both sides', () => {
  const alerts = { x: [record(), { title: 'x' }] } as const;
  expect(() => describeRule(rule, { alerts, quiet: {} })).toThrow('no case under quiet');
  expect(() => describeRule(rule, { alerts: {}, quiet: { x: [record()] } })).toThrow(
    'no case under alerts',
  );
});
