import { ruleTemplate } from '@patrol/core/template';
import { describe, expect, test } from 'vitest';
import { deployed, stackIn } from '../../../../core/src/template/deployed.fake.ts';
import hooked from '../../../../patrol-rules-github/rules/madePublic/rule.ts';
import cloudTrail from '../../../rules/cloudTrail/rule.ts';
import patrolHealth from '../../../rules/patrolHealth/rule.ts';
import serviceLimits from '../../../rules/serviceLimits/rule.ts';
import { comparable, differences, type Properties } from './properties.ts';
import { type DeployedStack, propertiesIn, unknown } from './template.ts';

const id = `arn:${stackIn.partition}:cloudformation:${stackIn.region}:${stackIn.account}:stack/${stackIn.name}/0f5d`;
const sha = 'ab'.repeat(32);
const values = {
  CodeS3Bucket: 'patrol-artifacts',
  CodeS3Key: `patrol/aws/any/${sha}.zip`,
  CodeS3ObjectVersion: 'v1',
  AlertEmail: 'security@example.com',
  AlertTopicArn: '',
  PublisherAccounts: '111122223333,444455556666',
};

/** The other reader leaves types out of ARNs, and has a region in all of them and names of attributes in names. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/:(?:function:|rule\/|role\/|table\/)/g, ':')
      .replaceAll(/\.(?:QueueName|TopicName)"/g, '"')
      .replaceAll(':iam::', `:iam:${stackIn.region}:`),
  );

describe.each([cloudTrail, patrolHealth, serviceLimits, hooked])(
  'the template of $name',
  (rule) => {
    const template = ruleTemplate(rule);
    const all = deployed(template, values);
    const defaults = Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [
      name,
      typeof Default === 'number' ? `${Default}` : typeof Default === 'string' ? Default : '',
    ]);
    const types = (logicalId: string): string => template.Resources?.[logicalId]?.Type ?? '';
    const ids = Object.keys(all.resources);
    const stack: DeployedStack = {
      id,
      name: stackIn.name,
      parameters: { ...Object.fromEntries(defaults), ...values },
      resources: Object.fromEntries(
        ids.map((logicalId) => [
          logicalId,
          {
            type: types(logicalId),
            id: /Topic$|Secret$/.test(types(logicalId)) ? all.arn(logicalId) : logicalId,
          },
        ]),
      ),
    };
    const compared = ids.filter((logicalId) => Object.hasOwn(comparable, types(logicalId)));

    test('says of each resource what another reader makes of it', () => {
      expect(compared.length).toBeGreaterThan(8);
      for (const logicalId of compared) {
        const found = propertiesIn(JSON.parse(JSON.stringify(template)), logicalId, stack);
        expect([logicalId, plain(found)]).toEqual([logicalId, plain(all.resources[logicalId])]);
      }
    });

    test('leaves nothing open that is compared', () => {
      for (const logicalId of compared) {
        const found = propertiesIn(template, logicalId, stack);
        const open = Object.entries(found ?? {}).filter(([, value]) => value === unknown);
        expect([logicalId, open]).toEqual([logicalId, []]);
      }
    });
  },
);

describe('a template', () => {
  const of = (properties: unknown, more: object = {}): unknown =>
    propertiesIn({ Resources: { It: { Properties: properties } }, ...more }, 'It', {
      id,
      name: stackIn.name,
      parameters: { Given: 'yes' },
      resources: {},
    });
  test.each([
    ['a function that is not known', { A: { 'Fn::GetAZs': '' } }],
    ['a resource that is not there', { A: { Ref: 'Gone' } }],
    ['an attribute that is not known', { A: { 'Fn::GetAtt': ['Gone', 'Arn'] } }],
    ['a text with one of them', { A: { 'Fn::Sub': 'x-${Gone}' } }],
    ['a condition that is not there', { A: { 'Fn::If': ['Gone', 1, 2] } }],
  ])('with %s leaves that open', (_, properties) => {
    expect(of(properties)).toEqual({ A: unknown });
  });
  test('has values by its conditions', () => {
    const Conditions = {
      Is: { 'Fn::Equals': [{ Ref: 'Given' }, 'yes'] },
      Not: { 'Fn::Not': [{ Condition: 'Is' }] },
      Both: { 'Fn::And': [{ Condition: 'Is' }, { Condition: 'Not' }] },
      Any: { 'Fn::Or': [{ Condition: 'Is' }, { Condition: 'Not' }] },
    };
    const values = Object.keys(Conditions).map((name) => ({ 'Fn::If': [name, 1, 2] }));
    expect(of({ values }, { Conditions })).toEqual({ values: [1, 2, 2, 1] });
  });
  test('leaves out what is no value', () => {
    expect(of({ A: { Ref: 'AWS::NoValue' }, B: 1 })).toEqual({ B: 1 });
  });
  test('that is no template has no resources', () => {
    expect(propertiesIn('text', 'It', { id, name: '', parameters: {}, resources: {} })).toBe(
      undefined,
    );
  });
});

const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:patrol';
const may = (more: object = {}): object => ({
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'lambda:InvokeFunction',
  Condition: { ArnLike: { 'AWS:SourceArn': 'arn:rule' } },
  ...more,
});
const policy = (...statements: readonly object[]): object => ({ Statement: statements });
const target = { Id: 'Function', Arn: arn, DeadLetterConfig: { Arn: 'arn:queue' } };

describe('a resource that is as its template says', () => {
  test.each<[string, Properties, Properties]>([
    [
      'AWS::Events::Rule',
      { EventPattern: { source: ['aws.ec2'] }, State: 'ENABLED', Targets: [target] },
      {
        EventPattern: { source: ['aws.ec2'] },
        State: 'ENABLED',
        Targets: [{ DeadLetterConfig: { Arn: 'arn:queue' }, Arn: arn, Id: 'Function' }],
        Name: 'any',
      },
    ],
    ['AWS::Events::Rule', { State: 'ENABLED' }, { State: 'DISABLED', Targets: [] }],
    [
      'AWS::Lambda::Function',
      {
        CodeSha256: sha,
        Timeout: 30,
        MemorySize: '256',
        Environment: { Variables: { A: '****' } },
      },
      {
        CodeSha256: sha,
        Timeout: 60,
        MemorySize: 256,
        Environment: { Variables: { A: 'secret' } },
      },
    ],
    // A stack whose code has another key than patrol-deploy gives it.
    ['AWS::Lambda::Function', {}, { CodeSha256: sha, Layers: [] }],
    [
      'AWS::Lambda::Permission',
      { Policy: policy(may()) },
      { Policy: policy(may({ Sid: 'a' }), may({ Sid: 'b', Principal: { AWS: '444455556666' } })) },
    ],
    [
      'AWS::Lambda::EventInvokeConfig',
      { DestinationConfig: { OnFailure: { Destination: 'arn:queue' } }, MaximumRetryAttempts: 2 },
      {
        DestinationConfig: { OnFailure: { Destination: 'arn:queue' }, OnSuccess: {} },
        MaximumRetryAttempts: 2,
      },
    ],
    [
      'AWS::SQS::Queue',
      { MessageRetentionPeriod: 1_209_600 },
      { MessageRetentionPeriod: '1209600', MaximumMessageSize: '1048576', DelaySeconds: '0' },
    ],
    [
      'AWS::SQS::QueuePolicy',
      { PolicyDocument: policy(may({ Principal: { AWS: '111122223333' } })) },
      {
        PolicyDocument: policy(
          may({
            Principal: { AWS: 'arn:aws:iam::111122223333:root' },
            Action: ['lambda:InvokeFunction'],
          }),
        ),
      },
    ],
    ['AWS::SNS::Topic', {}, { PolicyDocument: policy(may()), KmsMasterKeyId: '' }],
    [
      'AWS::SNS::Topic',
      { PolicyDocument: policy(may({ Effect: 'Deny' })) },
      { PolicyDocument: policy(may({ Effect: 'Deny' })) },
    ],
    [
      'AWS::ApiGatewayV2::Stage',
      { DefaultRouteSettings: { ThrottlingRateLimit: 10 } },
      {
        DefaultRouteSettings: { ThrottlingRateLimit: 10, DetailedMetricsEnabled: false },
        RouteSettings: {},
      },
    ],
    [
      'AWS::CloudWatch::Alarm',
      { AlarmActions: ['arn:topic'], Threshold: 1, Dimensions: [] },
      { AlarmActions: ['arn:topic'], Threshold: 1, TreatMissingData: 'missing' },
    ],
  ])('%s', (type, wanted, found) => {
    const known = comparable[type];
    expect(known && differences(known, wanted, found)).toEqual([]);
  });
});

describe('a resource that is not', () => {
  test.each<[string, string, Properties, Properties]>([
    [
      'AWS::Events::Rule',
      'EventPattern',
      { EventPattern: { source: ['aws.ec2'] } },
      { EventPattern: { source: ['aws.ec2'], detail: { eventName: ['none'] } } },
    ],
    ['AWS::Events::Rule', 'EventPattern', { EventPattern: { a: [1] } }, {}],
    [
      'AWS::Events::Rule',
      'ScheduleExpression',
      { ScheduleExpression: 'rate(15 minutes)' },
      { ScheduleExpression: 'rate(365 days)' },
    ],
    [
      'AWS::Events::Rule',
      'State',
      { State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' },
      { State: 'ENABLED' },
    ],
    [
      'AWS::Events::Rule',
      'Targets',
      { Targets: [target] },
      { Targets: [{ ...target, Input: '{}' }] },
    ],
    [
      'AWS::Events::Rule',
      'Targets',
      { Targets: [target] },
      { Targets: [{ ...target, Arn: 'arn:other' }] },
    ],
    ['AWS::Lambda::Function', 'CodeSha256', { CodeSha256: sha }, { CodeSha256: 'cd'.repeat(32) }],
    [
      'AWS::Lambda::Function',
      'Environment',
      { Environment: { Variables: { A: '1' } } },
      { Environment: { Variables: { A: '1', NODE_OPTIONS: '--require x' } } },
    ],
    ['AWS::Lambda::Function', 'Layers', {}, { Layers: [{ Arn: 'arn:layer' }] }],
    ['AWS::Lambda::Function', 'Timeout', { Timeout: 30 }, { Timeout: 1 }],
    ['AWS::Lambda::Function', 'VpcConfig', {}, { VpcConfig: ['subnet-1'] }],
    ['AWS::Lambda::Permission', 'Policy', { Policy: policy(may()) }, { Policy: policy() }],
    [
      'AWS::Lambda::Permission',
      'Policy',
      { Policy: policy(may()) },
      { Policy: policy(may(), { Effect: 'Deny', Principal: '*', Action: 'lambda:*' }) },
    ],
    [
      'AWS::Lambda::EventInvokeConfig',
      'DestinationConfig',
      { DestinationConfig: { OnFailure: { Destination: 'arn:queue' } } },
      { DestinationConfig: { OnFailure: {} } },
    ],
    [
      'AWS::Lambda::EventInvokeConfig',
      'MaximumEventAgeInSeconds',
      { MaximumEventAgeInSeconds: 21_600 },
      { MaximumEventAgeInSeconds: 60 },
    ],
    ['AWS::SQS::Queue', 'DelaySeconds', {}, { DelaySeconds: '900' }],
    ['AWS::SQS::Queue', 'MaximumMessageSize', {}, { MaximumMessageSize: '1024' }],
    [
      'AWS::SQS::Queue',
      'MessageRetentionPeriod',
      { MessageRetentionPeriod: 1_209_600 },
      { MessageRetentionPeriod: '60' },
    ],
    ['AWS::SQS::QueuePolicy', 'PolicyDocument', { PolicyDocument: policy(may()) }, {}],
    ['AWS::SNS::Topic', 'KmsMasterKeyId', {}, { KmsMasterKeyId: 'alias/mine' }],
    [
      'AWS::SNS::Topic',
      'PolicyDocument',
      {},
      { PolicyDocument: policy(may(), may({ Effect: 'Deny', Principal: '*' })) },
    ],
    [
      'AWS::ApiGatewayV2::Route',
      'AuthorizationType',
      { AuthorizationType: 'NONE' },
      { AuthorizationType: 'AWS_IAM' },
    ],
    [
      'AWS::ApiGatewayV2::Integration',
      'IntegrationUri',
      { IntegrationUri: arn },
      { IntegrationUri: 'arn:other' },
    ],
    [
      'AWS::ApiGatewayV2::Stage',
      'DefaultRouteSettings',
      { DefaultRouteSettings: { ThrottlingRateLimit: 10 } },
      { DefaultRouteSettings: { ThrottlingRateLimit: 0 } },
    ],
    [
      'AWS::ApiGatewayV2::Stage',
      'RouteSettings',
      {},
      { RouteSettings: { 'POST /': { ThrottlingRateLimit: 0 } } },
    ],
    ['AWS::CloudWatch::Alarm', 'AlarmActions', { AlarmActions: ['arn:topic'] }, {}],
    ['AWS::CloudWatch::Alarm', 'Threshold', { Threshold: 1 }, { Threshold: 1_000_000 }],
  ])('%s: %s', (type, property, wanted, found) => {
    const known = comparable[type];
    expect(known && differences(known, wanted, found)).toEqual([property]);
  });
});
