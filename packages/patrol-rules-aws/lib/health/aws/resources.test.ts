import { expect, test } from 'vitest';
import { comparable, differences } from '../compare/properties.ts';
import type { DeployedStack } from '../compare/template.ts';
import type { Reads } from './reads.ts';
import { resourcesReader } from './resources.ts';

const name = 'patrol-aws-cloudTrail-production';
const arnOf = (service: string, rest: string): string =>
  `arn:aws:${service}:eu-west-1:111122223333:${rest}`;
const functionName = `${name}-Function-1A2B3C4D5E6F`;
const functionArn = arnOf('lambda', `function:${functionName}`);
const rule = `${name}-EventRule-1A2B3C4D5E6F`;
const queueUrl = `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}-DeadLetterQueue-1A2B`;
const queueArn = arnOf('sqs', `${name}-DeadLetterQueue-1A2B`);
const topic = arnOf('sns', `${name}-SourceTopic-1A2B3C4D5E6F`);
const getAtt = (id: string, attribute: string): object => ({ 'Fn::GetAtt': [id, attribute] });
const sendMessage = {
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: getAtt('Queue', 'Arn'),
  Condition: { ArnEquals: { 'aws:SourceArn': [getAtt('EventRule', 'Arn')] } },
};

const resources: Readonly<Record<string, readonly [string, string, object]>> = {
  EventRule: [
    'AWS::Events::Rule',
    rule,
    {
      EventPattern: { source: ['aws.ec2'] },
      State: 'ENABLED',
      Targets: [
        {
          Id: 'Function',
          Arn: getAtt('Function', 'Arn'),
          DeadLetterConfig: { Arn: getAtt('Queue', 'Arn') },
        },
      ],
    },
  ],
  Function: [
    'AWS::Lambda::Function',
    functionName,
    { Code: { S3Key: `patrol/aws/cloudTrail/${'ab'.repeat(32)}.zip` }, Timeout: 30 },
  ],
  Permission: [
    'AWS::Lambda::Permission',
    `${name}-EventRulePermission-1A2B`,
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: 'Function' },
      Principal: 'events.amazonaws.com',
      SourceArn: getAtt('EventRule', 'Arn'),
    },
  ],
  Queue: ['AWS::SQS::Queue', queueUrl, { MessageRetentionPeriod: 1_209_600 }],
  QueuePolicy: [
    'AWS::SQS::QueuePolicy',
    'any',
    { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Statement: [sendMessage] } },
  ],
  Topic: ['AWS::SNS::Topic', topic, { DisplayName: 'Patrol' }],
  TopicPolicy: [
    'AWS::SNS::TopicPolicy',
    'any',
    {
      Topics: [{ Ref: 'Topic' }],
      PolicyDocument: {
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: 'x' }],
      },
    },
  ],
  Route: [
    'AWS::ApiGatewayV2::Route',
    'r1',
    {
      ApiId: 'api',
      RouteKey: 'POST /',
      AuthorizationType: 'NONE',
      Target: { 'Fn::Sub': 'integrations/${Integration}' },
    },
  ],
  Integration: [
    'AWS::ApiGatewayV2::Integration',
    'i1',
    { ApiId: 'api', IntegrationUri: getAtt('Function', 'Arn') },
  ],
  Stage: [
    'AWS::ApiGatewayV2::Stage',
    '$default',
    { ApiId: 'api', DefaultRouteSettings: { ThrottlingRateLimit: 10 } },
  ],
  Alarm: ['AWS::CloudWatch::Alarm', `${name}-ErrorsAlarm-1A2B`, { Threshold: 1 }],
};
const template = {
  Resources: Object.fromEntries(
    Object.entries(resources).map(([id, [Type, , Properties]]) => [id, { Type, Properties }]),
  ),
};
const stack: DeployedStack = {
  id: arnOf('cloudformation', `stack/${name}/0f5d`),
  name,
  parameters: {},
  resources: Object.fromEntries(
    Object.entries(resources).map(([logicalId, [type, id]]) => [logicalId, { type, id }]),
  ),
};

/** What AWS answers about that stack. */
const answers = {
  rule: { EventPattern: '{ "source": ["aws.ec2"] }', State: 'ENABLED' },
  targets: {
    Targets: [{ Id: 'Function', Arn: functionArn, DeadLetterConfig: { Arn: queueArn } }],
  },
  configuration: {
    Timeout: 30,
    MemorySize: 256,
    CodeSha256: Buffer.from('ab'.repeat(32), 'hex').toString('base64'),
    VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: '' },
  },
  permissions: {
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Id: 'default',
      Statement: [
        {
          Sid: 'any',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: functionArn,
          Condition: { ArnLike: { 'AWS:SourceArn': arnOf('events', `rule/${rule}`) } },
        },
      ],
    }),
  },
  queue: {
    Attributes: {
      MessageRetentionPeriod: '1209600',
      Policy: JSON.stringify({
        Statement: {
          ...sendMessage,
          Resource: queueArn,
          Condition: { ArnEquals: { 'aws:SourceArn': arnOf('events', `rule/${rule}`) } },
        },
      }),
    },
  },
  topic: {
    Attributes: {
      Policy: JSON.stringify({
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: 'x' }],
      }),
    },
  },
  routes: {
    Items: [
      {
        RouteId: 'r1',
        RouteKey: 'POST /',
        AuthorizationType: 'NONE',
        Target: 'integrations/i1',
        ApiKeyRequired: false,
      },
    ],
  },
  integrations: { Items: [{ IntegrationId: 'i1', IntegrationUri: functionArn }] },
  stages: {
    Items: [{ StageName: '$default', DefaultRouteSettings: { ThrottlingRateLimit: 10 } }],
  },
  alarms: new Map([[`${name}-ErrorsAlarm-1A2B`, { Threshold: 1 }]]),
};

const read = async (more: Partial<Record<keyof typeof answers, unknown>> = {}) => {
  const reads = Object.fromEntries(
    Object.entries({ ...answers, ...more }).map(([call, answer]) => [call, async () => answer]),
  );
  const seen = await resourcesReader(reads as unknown as Reads)(template, stack);
  return seen.flatMap(({ type, name: called, wanted, answer }) => {
    if (!('value' in answer)) return [[type, called, answer.error]];
    const known = comparable[type];
    const found = known ? differences(known, wanted, answer.value) : ['not compared'];
    return found.length > 0 ? [[type, called, ...found]] : [];
  });
};

test('what AWS says of a stack that nobody changed is what its template says', async () => {
  expect(await read()).toEqual([]);
});

test.each<[keyof typeof answers, unknown, readonly string[]]>([
  [
    'rule',
    { EventPattern: '{"source":["none"]}', State: 'ENABLED' },
    ['AWS::Events::Rule', rule, 'EventPattern'],
  ],
  [
    'configuration',
    {
      ...answers.configuration,
      CodeSha256: Buffer.from('cd'.repeat(32), 'hex').toString('base64'),
    },
    ['AWS::Lambda::Function', functionName, 'CodeSha256'],
  ],
  [
    'configuration',
    { ...answers.configuration, Layers: [{ Arn: 'arn:aws:lambda:layer', CodeSize: 1 }] },
    ['AWS::Lambda::Function', functionName, 'Layers'],
  ],
  [
    'configuration',
    { ...answers.configuration, VpcConfig: { SubnetIds: ['subnet-1'] } },
    ['AWS::Lambda::Function', functionName, 'VpcConfig'],
  ],
  [
    'permissions',
    { Policy: answers.permissions.Policy.replace(rule, 'other') },
    ['AWS::Lambda::Permission', `${name}-EventRulePermission-1A2B`, 'Policy'],
  ],
  [
    'queue',
    { Attributes: { MessageRetentionPeriod: '1209600' } },
    ['AWS::SQS::QueuePolicy', `${name}-DeadLetterQueue-1A2B`, 'PolicyDocument'],
  ],
  ['topic', { Attributes: {} }, ['AWS::SNS::Topic', topic, 'PolicyDocument']],
  [
    'routes',
    { Items: [] },
    ['AWS::ApiGatewayV2::Route', 'api', 'NotFoundException: it is not listed'],
  ],
  [
    'integrations',
    { Items: [{ IntegrationId: 'i1', IntegrationUri: 'arn:other' }] },
    ['AWS::ApiGatewayV2::Integration', 'api', 'IntegrationUri'],
  ],
  [
    'alarms',
    new Map([[`${name}-ErrorsAlarm-1A2B`, { Threshold: 100 }]]),
    ['AWS::CloudWatch::Alarm', `${name}-ErrorsAlarm-1A2B`, 'Threshold'],
  ],
])('%s %j is otherwise', async (call, answer, expected) => {
  expect(await read({ [call]: answer })).toEqual([expected]);
});
