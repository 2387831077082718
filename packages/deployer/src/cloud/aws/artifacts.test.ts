import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Asked } from '../../../../core/src/lambda/server.fake.ts';
import { fakeOperator, identity } from '../../testing/operator.ts';
import { type Cloud, explain } from '../cloud.ts';
import { awsCloud } from './index.ts';

/** What S3 answers, in turn. */
let answers: Answer[] = [];
/** What it answers to each request, where several are made at once. */
let answerTo: ((asked: Asked) => Answer) | undefined;
const { asked } = fakeOperator((request) =>
  request.service === 'sts' ? identity() : (answerTo?.(request) ?? answers.shift()),
);
beforeEach(() => {
  answers = [];
  answerTo = undefined;
});

const at = { bucket: 'patrol-leases-111122223333', key: 'patrol/leases/security/production.json' };
const cloud = (): Promise<Cloud> => awsCloud({ region: 'eu-west-1' }, process.env);
const toS3 = (): readonly Asked[] => asked.filter(({ service }) => service === 's3');
const refusal = (status: number, code: string, headers = {}): Answer => [
  status,
  `<Error><Code>${code}</Code><Message>No.</Message></Error>`,
  headers,
];

describe('reading a text', () => {
  const modified = 'Mon, 23 Nov 2026 09:00:00 GMT';

  test('its age is by the clock of S3, whatever time it is here', async () => {
    const date = 'Mon, 23 Nov 2026 09:01:30 GMT';
    answers = [[200, 'text', { etag: '"abc"', 'last-modified': modified, date }]];
    expect(await (await cloud()).readText(at)).toEqual({ text: 'text', tag: '"abc"', age: 90_000 });
    expect(toS3()).toMatchObject([
      {
        method: 'GET',
        path: expect.stringMatching(`^/${at.bucket}/${at.key}`),
        headers: { 'x-amz-expected-bucket-owner': '111122223333' },
      },
    ]);
  });

  test('one that is newer than the answer is of now', async () => {
    const date = 'Mon, 23 Nov 2026 08:59:59 GMT';
    answers = [[200, 'text', { etag: '"abc"', 'last-modified': modified, date }]];
    expect(await (await cloud()).readText(at)).toMatchObject({ age: 0 });
  });

  test.each(['NoSuchKey', 'NoSuchBucket'])('%s: there is none', async (code) => {
    answers = [refusal(404, code)];
    expect(await (await cloud()).readText(at)).toBeUndefined();
  });

  test('what may not be read is an error', async () => {
    answers = [refusal(403, 'AccessDenied')];
    await expect((await cloud()).readText(at)).rejects.toMatchObject({
      failure: 'denied',
      call: 's3:GetObject',
    });
  });

  test('a bucket in another region is asked there', async () => {
    answers = [
      refusal(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'us-east-1' }),
      refusal(404, 'NoSuchKey'),
    ];
    expect(await (await cloud()).readText(at)).toBeUndefined();
    expect(toS3().map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
  });
});

describe('writing a text', () => {
  test('in the place of nothing, or of what has the tag', async () => {
    answers = [
      [200, '', { etag: '"one"' }],
      [200, '', { etag: '"two"' }],
    ];
    const s3 = await cloud();
    expect(await s3.writeText(at, 'first', undefined)).toBe('"one"');
    expect(await s3.writeText(at, 'second', '"one"')).toBe('"two"');
    const [first, second] = toS3();
    expect(first).toMatchObject({
      method: 'PUT',
      body: expect.stringContaining('first'),
      headers: { 'if-none-match': '*', 'x-amz-expected-bucket-owner': '111122223333' },
    });
    expect(first?.headers).not.toHaveProperty('if-match');
    expect(second).toMatchObject({ headers: { 'if-match': '"one"' } });
    expect(second?.headers).not.toHaveProperty('if-none-match');
  });

  test.each([
    [412, 'PreconditionFailed'],
    [409, 'ConditionalRequestConflict'],
    [404, 'NoSuchKey'],
  ])('%i %s: somebody else was first', async (status, code) => {
    answers = [refusal(status, code)];
    expect(await (await cloud()).writeText(at, 'text', '"one"')).toBeUndefined();
  });

  test.each([
    [404, 'NoSuchBucket', 'missing'],
    [403, 'AccessDenied', 'denied'],
    [409, 'OperationAborted', 'conflict'],
  ])('%i %s is an error', async (status, code, failure) => {
    answers = [refusal(status, code)];
    await expect((await cloud()).writeText(at, 'text', undefined)).rejects.toMatchObject({
      failure,
      call: 's3:PutObject',
    });
  });
});

test.each([
  ['encryption', 's3:PutEncryptionConfiguration'],
  ['private', 's3:PutBucketPublicAccessBlock'],
  ['versioning', 's3:PutBucketVersioning'],
] as const)(
  'a refused setting (%s) names the permission that IAM has for it',
  async (set, call) => {
    answers = [refusal(403, 'AccessDenied')];
    await expect((await cloud()).setOnBucket(at.bucket, { set })).rejects.toMatchObject({
      failure: 'denied',
      call,
    });
  },
);

describe('a bucket and a key of the operator', () => {
  test('the key encrypts what is stored, and nothing does by default', async () => {
    answers = [
      [200, ''],
      [200, ''],
    ];
    const kmsKey = 'alias/deployments';
    const s3 = await awsCloud({ region: 'eu-west-1', kmsKey }, process.env);
    await s3.put(at, Buffer.from('zip'), 'ab'.repeat(32));
    await (await cloud()).put(at, Buffer.from('zip'), 'ab'.repeat(32));
    const [encrypted, plain] = toS3();
    expect(encrypted?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': kmsKey,
      'x-amz-expected-bucket-owner': '111122223333',
    });
    expect(plain?.headers).not.toHaveProperty('x-amz-server-side-encryption');
  });

  test('S3 says where a bucket is', async () => {
    answerTo = ({ method }) =>
      method === 'HEAD' ? [200, '', { 'x-amz-bucket-region': 'ap-south-1' }] : [404, ''];
    expect(await (await cloud()).bucket(at.bucket)).toMatchObject({ region: 'ap-south-1' });
  });
});

// Last: of several requests that are made at once, some are answered after the test.
describe('a refused look at the protection of a bucket', () => {
  test.each([
    ['encryption', 's3:GetEncryptionConfiguration'],
    ['versioning', 's3:GetBucketVersioning'],
    ['publicAccessBlock', 's3:GetBucketPublicAccessBlock'],
    ['ownershipControls', 's3:GetBucketOwnershipControls'],
    ['policy', 's3:GetBucketPolicy'],
  ])('names the permission for ?%s', async (query, call) => {
    answerTo = ({ path }) =>
      new URL(path, 'http://s3').searchParams.has(query) ? refusal(403, 'AccessDenied') : [200, ''];
    await expect((await cloud()).bucket(at.bucket)).rejects.toMatchObject({
      failure: 'denied',
      call,
    });
  });

  test.each(['HEAD', 'GET'])('says where the bucket is when S3 only redirects: %s', async (of) => {
    answerTo = ({ method }) =>
      method === of
        ? refusal(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'ap-south-1' })
        : [200, ''];
    const error = await (await cloud()).bucket(at.bucket).catch(explain);
    expect(error).toContain('The bucket is in the region ap-south-1.');
    expect(error).toMatch(of === 'HEAD' ? /^s3:ListBucket failed/ : /^s3:Get\w+ failed/);
  });
});
