import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nameList } from '../packages/build/src/names/list.ts';
import { listNames, type Model, type Sources, typesOf } from './awsNames.ts';

const model = (folder: string, endpointPrefix: string, ...operations: string[]): Model => ({
  folder,
  endpointPrefix,
  signingName: endpointPrefix,
  operations,
});

const made = (sources: Partial<Sources>) =>
  listNames({
    made: '2026-11-27',
    from: ['botocore 1.0'],
    models: [],
    actions: new Map(),
    events: [],
    recorded: [],
    ...sources,
  });

describe('the eventSource of a model', () => {
  test.each<[string, Model, readonly string[]]>([
    ['is its endpoint', model('cloudwatch', 'monitoring', 'PutX'), ['monitoring.amazonaws.com']],
    [
      'is the name that signs where the endpoint is a host',
      { ...model('ecr', 'api.ecr', 'PutX'), signingName: 'ecr' },
      ['ecr.amazonaws.com'],
    ],
    [
      'is the name that signs where records say so',
      { ...model('ses', 'email', 'PutX'), signingName: 'ses' },
      ['ses.amazonaws.com'],
    ],
    [
      'may be either where nothing tells',
      { ...model('pinpoint', 'pinpoint', 'PutX'), signingName: 'mobiletargeting' },
      ['mobiletargeting.amazonaws.com', 'pinpoint.amazonaws.com'],
    ],
    [
      'may be documented as another',
      model('rds-data', 'rds-data', 'PutX'),
      ['rdsdata.amazonaws.com'],
    ],
  ])('%s', (_, given, expected) => {
    const { calls } = made({ models: [given] });
    expect(Object.keys(calls).filter((source) => calls[source] === 'PutX')).toEqual(expected);
  });
});

test('CloudTrail has its own names for calls of S3', () => {
  const { calls, renamed } = made({
    models: [
      model('s3', 's3', 'PutBucketLifecycleConfiguration', 'PutPublicAccessBlock', 'PutBucketAcl'),
    ],
  });
  const names = calls['s3.amazonaws.com']?.split(' ') ?? [];
  expect(names).toEqual(
    expect.arrayContaining([
      'PutAccountPublicAccessBlock',
      'PutBucketAcl',
      'PutBucketLifecycle',
      'PutBucketPublicAccessBlock',
    ]),
  );
  expect(names).not.toContain('PutBucketLifecycleConfiguration');
  expect(names).not.toContain('PutPublicAccessBlock');
  expect(renamed['s3.amazonaws.com']?.['PutBucketLifecycleConfiguration']).toBe(
    'PutBucketLifecycle',
  );
});

test('services without a model have the actions of IAM as calls, others do not', () => {
  const { calls } = made({
    models: [model('iam', 'iam', 'CreateRole')],
    actions: new Map([
      ['iam', ['CreateRole', 'PassRole']],
      ['sso-directory', ['AddMemberToGroup']],
    ]),
  });
  expect(calls['sso-directory.amazonaws.com']).toBe('AddMemberToGroup');
  expect(calls['iam.amazonaws.com']).toBe('CreateRole');
});

test('names of recorded events are listed, and known as recorded', () => {
  const recorded = [
    { eventSource: 'kms.amazonaws.com', eventName: 'RotateKey' },
    { eventSource: 'kms.amazonaws.com', eventName: 'RotateKey' },
  ];
  const { calls, recorded: known } = made({ models: [model('kms', 'kms', 'CreateKey')], recorded });
  expect(calls['kms.amazonaws.com']).toBe('CreateKey RotateKey');
  expect(known).toEqual({ 'kms.amazonaws.com': 'RotateKey' });
});

test('detail-types are those of AWS itself, without what CloudTrail hands on', () => {
  const { detailTypes } = made({
    events: [
      { source: 'aws.health', detailType: 'AWS Health Event' },
      { source: 'aws.health', detailType: 'AWS Health Abuse Event' },
      { source: 'aws.ec2', detailType: 'AWS API Call via CloudTrail' },
      { source: 'aws.partner/example.com/x', detailType: 'Anything' },
      { source: 'my.app', detailType: 'Anything' },
    ],
  });
  expect(detailTypes).toEqual({ 'aws.health': 'AWS Health Abuse Event|AWS Health Event' });
});

test('types offer the wildcard that finds all versions of a call', () => {
  const text = typesOf(
    made({
      models: [model('lambda', 'lambda', 'Invoke', 'CreateFunction')],
      recorded: [{ eventSource: 'lambda.amazonaws.com', eventName: 'CreateFunction20150331v2' }],
    }),
  );
  expect(text).toContain("readonly 'lambda.amazonaws.com': 'CreateFunction*' | 'Invoke*';");
});

test('the types of core are those of the list (`pnpm names` writes both)', () => {
  const file = new URL('../packages/core/src/listedCalls.ts', import.meta.url);
  expect(readFileSync(file, 'utf8') === typesOf(nameList())).toBe(true);
});
