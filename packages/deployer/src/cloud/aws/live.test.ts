import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, refused } from '../../../../core/src/lambda/server.fake.ts';
import { awsCloud } from './index.ts';
import { redact } from '../../text/redact.ts';
import { secretsOf } from '../live.ts';
import { awsLive } from './live.ts';
import { fakeOperator } from '../../testing/operator.ts';

/** What AWS answers, in turn. */
let answers: Answer[] = [];
const { aws, asked } = fakeOperator(() => answers.shift());
beforeEach(() => {
  answers = [];
});

describe('what a function is given', () => {
  test('the operator’s keys, region and endpoints, and nothing else', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'session');
    vi.stubEnv('AWS_ENDPOINT_URL_IAM', 'http://localhost:9999');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', '');
    const live = await awsLive({ region: 'eu-west-1' }, process.env);
    expect(live.environment).toEqual({
      AWS_ACCESS_KEY_ID: 'OPERATOR',
      AWS_SECRET_ACCESS_KEY: 'secret-of-the-operator',
      AWS_SESSION_TOKEN: 'session',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: aws.url,
      AWS_ENDPOINT_URL_IAM: 'http://localhost:9999',
    });
    expect(redact('secret-of-the-operator session', secretsOf(live))).toBe('[secret] [secret]');
  });

  test('those of a profile, which its own process cannot read', async () => {
    const live = await awsLive({ profile: 'far' }, process.env);
    expect(live.environment).toMatchObject({
      AWS_ACCESS_KEY_ID: 'OFTHEPROFILE',
      AWS_SECRET_ACCESS_KEY: 'secret-of-the-profile',
      AWS_REGION: 'ap-south-1',
    });
    expect(live.environment).not.toHaveProperty('AWS_PROFILE');
  });

  test('no credentials at all are told of', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await expect(awsLive({ region: 'eu-west-1' }, process.env)).rejects.toMatchObject({
      name: 'CloudError',
      failure: 'credentials',
    });
  });
});

describe('AWS in the function’s name', () => {
  const form = 'Action=GetTopicAttributes&TopicArn=arn%3Ax&Version=2010-03-31';
  const request = {
    service: 'sns',
    region: 'eu-west-1',
    body: form,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  } as const;
  const xml = { 'content-type': 'text/xml' };

  test('is asked the same form, signed by the operator, in the region of the question', async () => {
    const live = await awsLive({ region: 'eu-west-1' }, process.env);
    const text = '<GetTopicAttributesResponse><x>ü</x></GetTopicAttributesResponse>';
    answers = [[200, text, xml]];
    expect(await live.ask({ ...request, region: 'us-east-1' })).toEqual({
      status: 200,
      type: 'text/xml',
      body: text,
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.body).toBe(form);
    expect(asked[0]?.headers.authorization).toMatch(
      /Credential=OPERATOR\/\d+\/us-east-1\/sns\/aws4_request/,
    );
    expect(asked[0]?.headers).toMatchObject({
      'content-length': String(form.length),
      'content-type': expect.stringContaining('application/x-www-form-urlencoded'),
    });
  });

  test.each([
    ['ssm', 'AmazonSSM.GetParameterHistory', '1.1'],
    ['secretsmanager', 'secretsmanager.DescribeSecret', '1.1'],
    ['dynamodb', 'DynamoDB_20120810.DescribeTable', '1.0'],
  ] as const)('%s is asked what the function asked: %s', async (service, target, version) => {
    const live = await awsLive({ region: 'eu-west-1' }, process.env);
    const type = `application/x-amz-json-${version}`;
    const refusal = '{"__type":"AccessDeniedException","message":"No."}';
    const headers = { 'content-type': type, 'x-amz-target': target };
    for (const [status, text] of [[200, '{"Name":"ü"}'] as const, [400, refusal] as const]) {
      answers = [[status, text, { 'content-type': type }]];
      const answer = await live.ask({
        service,
        region: 'us-east-1',
        body: '{"Name":"a"}',
        headers,
      });
      expect(answer).toEqual({ status, type, body: text });
      expect(asked.at(-1)).toMatchObject({ body: '{"Name":"a"}', headers });
      expect(asked.at(-1)?.headers.authorization).toContain(`/us-east-1/${service}/aws4_request`);
    }
  });

  test('answers for itself when it refuses; throttling is waited out', async () => {
    const live = await awsLive({ region: 'eu-west-1' }, process.env);
    const refusal = refused('AuthorizationError', 'm', 403);
    answers = [refusal];
    expect(await live.ask(request)).toMatchObject({ status: 403, body: refusal[1] });
    answers = [refused('Throttling', 'm'), [200, '<R/>']];
    expect(await live.ask(request)).toMatchObject({ status: 200, body: '<R/>' });
  });

  test('that cannot be reached is an error', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
    const live = await awsLive({ region: 'eu-west-1' }, process.env);
    await expect(live.ask(request)).rejects.toMatchObject({ name: 'CloudError' });
  });
});

describe('a secret', () => {
  const arn = 'arn:aws:secretsmanager:ap-south-1:111122223333:secret:hook-AbCdEf';
  const parameter = 'arn:aws:ssm:us-east-1:111122223333:parameter/token';

  test('is read where its ARN says it lies', async () => {
    const live = await awsLive({ region: 'eu-west-1' }, process.env);
    answers = [
      [200, '{"SecretString":"text"}'],
      [200, '{"Parameter":{"Value":"other"}}'],
    ];
    expect(await live.readSecret(arn)).toBe('text');
    expect(await live.readSecret(parameter)).toBe('other');
    expect(asked.map(({ body }) => JSON.parse(body))).toEqual([
      { SecretId: arn },
      { Name: parameter, WithDecryption: true },
    ]);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([
      expect.stringContaining('/ap-south-1/secretsmanager/'),
      expect.stringContaining('/us-east-1/ssm/'),
    ]);
  });

  test('that is not there, may not be read or holds no text is told of, by the cloud as well', async () => {
    const cloud = await awsCloud({ region: 'eu-west-1' }, process.env);
    answers = [
      [400, '{"__type":"ResourceNotFoundException","message":"None."}'],
      [400, '{"__type":"AccessDeniedException","Message":"No."}'],
      [400, '{"__type":"ParameterNotFound"}'],
      [200, '{"SecretBinary":"eA=="}'],
    ];
    const failed = async (of: string): Promise<unknown> =>
      cloud.readSecret(of).catch((error) => error);
    expect(await failed(arn)).toMatchObject({
      failure: 'missing',
      call: 'secretsmanager:GetSecretValue',
    });
    expect(await failed(arn)).toMatchObject({ failure: 'denied' });
    expect(await failed(parameter)).toMatchObject({ failure: 'missing', call: 'ssm:GetParameter' });
    expect(await failed(arn)).toMatchObject({ message: `The secret ${arn} contains no text.` });
  });
});
