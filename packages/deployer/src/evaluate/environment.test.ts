import { describe, expect, test } from 'vitest';
import { lambdaEnvironment, resolveEnvironment } from './environment.ts';

const topic = 'arn:aws:sns:us-east-1:111122223333:patrol-sandbox-Topic';

const template = (variables: unknown, rest: object = {}): { text: string } => ({
  text: JSON.stringify({
    Parameters: {
      CodeS3Key: { Type: 'String' },
      AlertEmail: { Type: 'String', Default: '' },
      AlertTopicArn: { Type: 'String', Default: '' },
      LogRetentionInDays: { Type: 'Number', Default: 90 },
      roles: { Type: 'String' },
      list: { Type: 'CommaDelimitedList', Default: 'a,b' },
    },
    Conditions: {
      Own: { 'Fn::Equals': [{ Ref: 'AlertTopicArn' }, ''] },
      Mailed: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AlertEmail' }, ''] }] },
      Both: { 'Fn::And': [{ Condition: 'Own' }, { Condition: 'Mailed' }] },
      Neither: { 'Fn::Not': [{ 'Fn::Or': [{ Condition: 'Own' }, { Condition: 'Mailed' }] }] },
      Loop: { 'Fn::Not': [{ Condition: 'Loop' }] },
      Odd: { 'Fn::Contains': ['a', 'b'] },
    },
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic' },
      Queue: { Type: 'AWS::SQS::Queue' },
      Role: { Type: 'AWS::IAM::Role' },
      Table: { Type: 'AWS::DynamoDB::Table' },
      Secret: { Type: 'AWS::SecretsManager::Secret' },
      Api: { Type: 'AWS::ApiGatewayV2::Api' },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: variables } },
      },
    },
    ...rest,
  }),
});

const variable = (value: unknown): string | undefined =>
  resolveEnvironment(template({ X: value }), { roles: 'Admin, Break*' })['X'];

describe('resolveEnvironment', () => {
  test.each<[unknown, string | undefined]>([
    ['text', 'text'],
    [5, '5'],
    [true, 'true'],
    [{ Ref: 'roles' }, 'Admin, Break*'],
    [{ Ref: 'LogRetentionInDays' }, '90'],
    [{ Ref: 'CodeS3Key' }, 'code.zip'],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'AWS::NoValue' }, undefined],
    [{ Ref: 'Topic' }, topic],
    [{ 'Fn::GetAtt': ['Topic', 'TopicArn'] }, topic],
    [{ 'Fn::GetAtt': 'Topic.TopicName' }, 'patrol-sandbox-Topic'],
    [{ Ref: 'Queue' }, 'https://sqs.us-east-1.amazonaws.com/111122223333/patrol-sandbox-Queue'],
    [{ Ref: 'Table' }, 'patrol-sandbox-Table'],
    [
      { 'Fn::GetAtt': ['Table', 'Arn'] },
      'arn:aws:dynamodb:us-east-1:111122223333:table/patrol-sandbox-Table',
    ],
    // As Secrets Manager names them, with six characters at the end.
    [
      { Ref: 'Secret' },
      'arn:aws:secretsmanager:us-east-1:111122223333:secret:patrol-sandbox-Secret-000000',
    ],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::111122223333:role/patrol-sandbox-Role'],
    [{ 'Fn::If': ['Own', { Ref: 'Topic' }, { Ref: 'AlertTopicArn' }] }, topic],
    [{ 'Fn::If': ['Both', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['Neither', 'yes', { Ref: 'AWS::NoValue' }] }, undefined],
    [
      { 'Fn::Sub': 'arn:${AWS::Partition}:x:${Topic}:${Queue.Arn}:${!Literal}' },
      `arn:aws:x:${topic}:arn:aws:sqs:us-east-1:111122223333:patrol-sandbox-Queue:\${Literal}`,
    ],
    [
      { 'Fn::Sub': ['${a}-${roles}', { a: { Ref: 'AWS::AccountId' } }] },
      '111122223333-Admin, Break*',
    ],
    [{ 'Fn::Join': ['+', ['a', { Ref: 'roles' }, { Ref: 'AWS::NoValue' }]] }, 'a+Admin, Break*'],
    [{ 'Fn::Join': ['|', { Ref: 'list' }] }, 'a|b'],
  ])('%j is %j', (value, expected) => {
    expect(variable(value)).toBe(expected);
  });

  test.each<[unknown, RegExp]>([
    [{ 'Fn::ImportValue': 'x' }, /X of the template: expected Ref, .* found Fn::ImportValue/],
    // Other ways to write a value, which only people may be shown as it was.
    [{ 'Fn::Base64': { Ref: 'roles' } }, /expected Ref, .* found Fn::Base64/],
    [{ 'Fn::ToJsonString': { a: 1 } }, /expected Ref, .* found Fn::ToJsonString/],
    [{ 'Fn::Sub': 'x${AWS::NoValue}' }, /expected a value that is known .* found x/],
    [{ 'Fn::Sub': { a: 1 } }, /expected a value that is known .* found a=1/],
    [{ 'Fn::Select': [0, { 'Fn::Split': [{ Ref: 'roles' }, 'a,b'] }] }, /found a,b/],
    [{ 'Fn::Join': [',', { Ref: 'roles' }] }, /found Admin, Break\*/],
    [{ 'Fn::Join': [',', ['a', { Ref: 'Elsewhere' }]] }, /found "Elsewhere"/],
    [{ Ref: 'Unknown' }, /expected the name of a parameter or a resource .* found "Unknown"/],
    [
      { 'Fn::GetAtt': ['Api', 'Arn'] },
      /expected the ARN of one of .* found AWS::ApiGatewayV2::Api/,
    ],
    [{ 'Fn::GetAtt': ['Topic', 'Color'] }, /expected the attribute .* found Color/],
    [{ 'Fn::If': ['Loop', 1, 2] }, /condition .* that does not refer to itself/],
    [{ 'Fn::If': ['Nothing', 1, 2] }, /condition/],
    [{ 'Fn::If': ['Odd', 1, 2] }, /found Fn::Contains/],
    [{ Ref: 'list' }, /Environment\.Variables\.X .* expected a text, found \["a","b"\]/],
    [{ a: 1 }, /expected a text/],
  ])('%j is refused', (value, message) => {
    expect(() => variable(value)).toThrow(message);
  });

  test('a value of a parameter that the template does not have is refused', () => {
    expect(() => resolveEnvironment(template({ X: { Ref: 'more' } }), { more: 'x' })).toThrow(
      /found "more"/,
    );
  });

  test.each([
    [{ 'Fn::If': ['Loop', { Variables: { X: '1' } }, {}] }, /evaluate Environment of the template/],
    [{ Variables: { Ref: 'Elsewhere' } }, /evaluate Environment\.Variables of .* "Elsewhere"/],
    [{ Variables: ['X'] }, /Environment\.Variables of .* expected an object, found \["X"\]/],
  ])('variables that nobody knows are refused: %j', (Environment, message) => {
    const { Resources, ...rest } = JSON.parse(template({}).text);
    const text = JSON.stringify({
      ...rest,
      Resources: { ...Resources, Function: { ...Resources.Function, Properties: { Environment } } },
    });
    expect(() => resolveEnvironment({ text }, {})).toThrow(message);
  });

  test('a parameter without a value is refused by its name', () => {
    expect(() => resolveEnvironment(template({ X: { Ref: 'roles' } }), {})).toThrow(
      /parameter roles, found none/,
    );
  });

  test('a template without a function is refused', () => {
    expect(() => resolveEnvironment(template({}, { Resources: {} }), {})).toThrow(
      /no resource Function/,
    );
  });
});

test('the names of resources follow the name of the stack', () => {
  const variables = template({ X: { Ref: 'Table' }, Y: { Ref: 'AWS::StackName' } });
  expect(resolveEnvironment(variables, {}, 'other')).toEqual({ X: 'other-Table', Y: 'other' });
});

test('with the operator’s credentials, alerts and secrets still go to the sandbox', () => {
  const rule = {
    name: 'r',
    memorySize: 128,
    permissions: [{ Action: ['iam:GetRole'], Resource: '*' }],
    code: { handler: 'index.handler' },
  };
  const live = {
    AWS_ACCESS_KEY_ID: 'AKIAOPERATOR',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://localhost:4566',
    AWS_ENDPOINT_URL_SNS: 'http://localhost:4567',
  };
  const environment = lambdaEnvironment(rule, '/task', 'http://127.0.0.1:1', live);
  expect(environment).toMatchObject({
    AWS_ACCESS_KEY_ID: 'AKIAOPERATOR',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://localhost:4566',
    AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1',
    AWS_SHARED_CREDENTIALS_FILE: '/task/no-such-file',
  });
  // A session token of the sandbox beside keys of the operator would be refused.
  expect(environment).not.toHaveProperty('AWS_SESSION_TOKEN');
});

test('a rule without permissions gets no credentials of the operator, nor a way to AWS', () => {
  const rule = { name: 'r', memorySize: 128, permissions: [], code: { handler: 'index.handler' } };
  const live = { AWS_ACCESS_KEY_ID: 'AKIAOPERATOR', AWS_ENDPOINT_URL_S3: 'http://localhost:4566' };
  const endpoint = 'http://127.0.0.1:1';
  const environment = lambdaEnvironment(rule, '/task', endpoint, live);
  expect(environment).toEqual(lambdaEnvironment(rule, '/task', endpoint));
  expect(environment).toMatchObject({
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_ENDPOINT_URL: endpoint,
  });
});

test('an AWS SDK in the sandbox finds no credentials of the operator', () => {
  const environment = lambdaEnvironment(
    { name: 'r', memorySize: 128, permissions: [], code: { handler: 'index.handler' } },
    '/task',
    'http://127.0.0.1:1',
  );
  expect(environment).toMatchObject({
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_CONFIG_FILE: '/task/no-such-file',
    AWS_SHARED_CREDENTIALS_FILE: '/task/no-such-file',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
  });
  expect(environment).not.toHaveProperty('HOME');
});
