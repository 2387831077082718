/** Ways to let others in by a template, each of which has to be told. */
import { describe, expect, test } from 'vitest';
import { admin, ref, told } from '../testing/access.ts';
import type { Grant } from './grants.ts';

describe('an open door is told', () => {
  test.each<[string, unknown, Grant['says']]>([
    [
      'a URL of a function that asks nobody',
      { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE', TargetFunctionArn: 'f' } },
      {
        Principal: '*',
        Action: 'lambda:InvokeFunctionUrl',
        Resource: 'f',
        Condition: 'AuthType=NONE',
      },
    ],
    [
      'a URL of a function that may ask nobody',
      { Type: 'AWS::Lambda::Url', Properties: { AuthType: ref('Auth'), TargetFunctionArn: 'f' } },
      {
        Principal: '*',
        Action: 'lambda:InvokeFunctionUrl',
        Resource: 'f',
        Condition: 'AuthType=${Auth}',
      },
    ],
    [
      'a route that asks nobody',
      { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: 'a', RouteKey: 'ANY /' } },
      { Principal: '*', Action: 'ANY /', Resource: 'a' },
    ],
    [
      'a permission for everybody',
      {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Principal: '*',
          Action: 'lambda:*',
          FunctionName: 'f',
          FunctionUrlAuthType: 'NONE',
        },
      },
      { Principal: '*', Action: 'lambda:*', Resource: 'f', Condition: 'FunctionUrlAuthType=NONE' },
    ],
    [
      'a bucket',
      { Type: 'AWS::S3::Bucket', Properties: { AccessControl: 'PublicReadWrite' } },
      { AccessControl: 'PublicReadWrite' },
    ],
    [
      'a policy of a bucket',
      {
        Type: 'AWS::S3::BucketPolicy',
        Properties: { Bucket: 'b', PolicyDocument: { Statement: [{ ...admin, Principal: '*' }] } },
      },
      { Principal: '*', Action: '*', Resource: '*' },
    ],
    [
      'a network',
      {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: { SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }] },
      },
      { SecurityGroupIngress: 'CidrIp=0.0.0.0/0 IpProtocol=-1' },
    ],
    [
      'a share with another account',
      {
        Type: 'AWS::RAM::ResourceShare',
        Properties: { Name: 'n', Principals: ['444455556666'], ResourceArns: ['arn:x'] },
      },
      { Name: 'n', Principals: '444455556666', ResourceArns: 'arn:x' },
    ],
    [
      'an identity provider',
      {
        Type: 'AWS::IAM::OIDCProvider',
        Properties: { Url: 'https://mallory.example', ClientIdList: ['c'] },
      },
      { Url: 'https://mallory.example', ClientIdList: 'c' },
    ],
    [
      'a subscription to a topic',
      {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: 't', Protocol: 'email', Endpoint: 'mallory@example.com' },
      },
      { Endpoint: 'mallory@example.com', Protocol: 'email', TopicArn: 't' },
    ],
    [
      'a subscription in a topic',
      {
        Type: 'AWS::SNS::Topic',
        Properties: { Subscription: [{ Protocol: 'email', Endpoint: 'mallory@example.com' }] },
      },
      { Subscription: 'Endpoint=mallory@example.com Protocol=email' },
    ],
    [
      'an event bus',
      {
        Type: 'AWS::Events::EventBusPolicy',
        Properties: { StatementId: 's', Principal: '*', Action: 'events:PutEvents' },
      },
      { Principal: '*', Action: 'events:PutEvents' },
    ],
  ])('%s', (_, resource, says) => {
    const { grants, untold } = told({ X: resource });
    expect(grants.map((grant) => grant.says)).toEqual([says]);
    expect(untold).toEqual([]);
  });

  test('and a closed one is not', () => {
    const closed = {
      Url: {
        Type: 'AWS::Lambda::Url',
        Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: 'f' },
      },
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          AccessControl: 'Private',
          PublicAccessBlockConfiguration: { BlockPublicPolicy: true },
        },
      },
      Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { AuthorizationType: 'AWS_IAM' } },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { ArchivePolicy: ref('X') } },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: { RedrivePolicy: { deadLetterTargetArn: 'q' } },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { EventPattern: { detail: { effect: ['Allow'], action: ['*'] } } },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Environment: { Variables: { ignoredPolicy: ref('ignoredPolicy') } },
        },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r' } },
    };
    expect(told(closed)).toEqual({ grants: [], untold: [] });
  });
});
