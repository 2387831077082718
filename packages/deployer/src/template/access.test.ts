/** Ways to give access in a template, each of which has to be told. */
import { describe, expect, test } from 'vitest';
import { creationOf } from '../plan/changes.ts';
import type { Template } from './template.ts';
import type { Access, Grant, Untold } from './grants.ts';

const admin = { Effect: 'Allow', Action: '*', Resource: '*' };
const document = { Version: '2012-10-17', Statement: [admin] };
const text = JSON.stringify(document);
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
const ref = (Ref: string): unknown => ({ Ref });
const policy = (PolicyDocument: unknown): unknown => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyName: 'p', Roles: [ref('Role')], PolicyDocument },
});

/** What is told of a creation with some resources. */
function told(
  resources: Readonly<Record<string, unknown>>,
  sections: Readonly<Record<string, unknown>> = {},
  values: Readonly<Record<string, string>> = {},
): Access {
  const { Parameters: parameters = {} } = sections;
  const whole = { ...sections, Resources: resources };
  const template = { text: JSON.stringify(whole), parameters, resources } as unknown as Template;
  const { statements, untold } = creationOf(template, values);
  return { grants: statements, untold };
}

const all: Partial<Grant> = { effect: 'Allow', says: { Action: '*', Resource: '*' } };
const attached: Partial<Grant> = { ...all, attachedTo: [{ kind: 'role', name: '${Role}' }] };

describe('an administrator is told, who is made by', () => {
  test.each<[string, unknown, Partial<Grant>]>([
    ['a policy', policy(document), attached],
    ['a policy as a text', policy(text), attached],
    ['a policy as a text with names in it', policy({ 'Fn::Sub': text }), attached],
    [
      'a policy as a text with values put in',
      policy({ 'Fn::Sub': [text.replaceAll('"*"', '"${All}"'), { All: '*' }] }),
      attached,
    ],
    ['a policy as a text in parts', policy({ 'Fn::Join': ['', text.split(/(?=A)/)] }), attached],
    ['a policy as a text within a text', policy(JSON.stringify({ Policy: text })), attached],
    [
      'a policy with elements in other letters',
      policy({ statement: { effect: 'Allow', ACTION: '*', resource: '*' } }),
      attached,
    ],
    [
      'a policy of a choice that is open',
      policy({ 'Fn::If': ['Open', document, {}] }),
      { ...attached, when: ['AWS::Region is x'] },
    ],
    [
      'a policy out of a map',
      policy({ 'Fn::FindInMap': ['Documents', ref('AWS::Region'), 'It'] }),
      { ...attached, when: ['${AWS::Region} is eu-west-1'] },
    ],
    ['the default of a parameter', policy(ref('Document')), attached],
    [
      'a policy of the role',
      {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyName: 'p', PolicyDocument: text }] },
      },
      all,
    ],
    [
      'a policy that is made by itself',
      {
        Type: 'AWS::IAM::RolePolicy',
        Properties: { RoleName: ref('Role'), PolicyName: 'p', PolicyDocument: document },
      },
      attached,
    ],
    [
      'a managed policy that is made here',
      {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { Users: ['mallory'], Groups: ['everybody'], PolicyDocument: document },
      },
      {
        ...all,
        attachedTo: [
          { kind: 'user', name: 'mallory' },
          { kind: 'group', name: 'everybody' },
        ],
      },
    ],
    [
      'a managed policy of AWS',
      { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: [administrator] } },
      { effect: 'Allow', says: { Policy: administrator } },
    ],
    [
      'a managed policy in parts',
      {
        Type: 'AWS::IAM::User',
        Properties: {
          ManagedPolicyArns: [
            {
              'Fn::Join': [
                '',
                ['arn:', ref('AWS::Partition'), ':iam::aws:policy/Administrator', 'Access'],
              ],
            },
          ],
        },
      },
      {
        effect: 'Allow',
        says: { Policy: 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess' },
      },
    ],
    [
      'a list of managed policies in a parameter',
      { Type: 'AWS::IAM::Group', Properties: { ManagedPolicyArns: ref('Policies') } },
      { effect: 'Allow', says: { Policy: administrator } },
    ],
    [
      'another role that a function runs with',
      {
        Type: 'AWS::Lambda::Function',
        Properties: { Role: 'arn:aws:iam::111122223333:role/Admin' },
      },
      { effect: 'Allow', says: { Role: 'arn:aws:iam::111122223333:role/Admin' } },
    ],
    [
      'a role that something else makes',
      {
        Type: 'AWS::Lambda::Function',
        Properties: { Role: { 'Fn::GetAtt': ['Other', 'RoleArn'] } },
      },
      { effect: 'Allow', says: { Role: '${Other.RoleArn}' } },
    ],
    [
      'what is called a role and is something else of the template',
      {
        Type: 'AWS::Lambda::Function',
        Properties: { Role: { 'Fn::GetAtt': ['X', 'Arn'] } },
      },
      { effect: 'Allow', says: { Role: '${X.Arn}' } },
    ],
    [
      'a role that an event rule passes to its target',
      {
        Type: 'AWS::Events::Rule',
        Properties: { Targets: [{ Arn: 'a', Id: 'i', RoleArn: 'arn:admin' }] },
      },
      { effect: 'Allow', says: { Role: 'arn:admin' } },
    ],
    [
      'a group of administrators',
      {
        Type: 'AWS::IAM::UserToGroupAddition',
        Properties: { GroupName: 'Admins', Users: ['mallory', 'eve'] },
      },
      { effect: 'Allow', says: { GroupName: 'Admins', Users: 'eve, mallory' } },
    ],
    [
      'a user in a group',
      { Type: 'AWS::IAM::User', Properties: { Groups: ['Admins'] } },
      { effect: 'Allow', says: { Groups: 'Admins' } },
    ],
    [
      'a key of somebody else',
      { Type: 'AWS::IAM::AccessKey', Properties: { UserName: 'root-like' } },
      { effect: 'Allow', says: { UserName: 'root-like' } },
    ],
    [
      'a password',
      { Type: 'AWS::IAM::User', Properties: { LoginProfile: { Password: 'open' } } },
      { effect: 'Allow', says: { LoginProfile: 'a password for the console' } },
    ],
    [
      'an assignment of Identity Center',
      {
        Type: 'AWS::SSO::Assignment',
        Properties: {
          InstanceArn: 'i',
          PermissionSetArn: 'ps',
          PrincipalId: 'p-1',
          PrincipalType: 'USER',
          TargetId: '111122223333',
          TargetType: 'AWS_ACCOUNT',
        },
      },
      {
        effect: 'Allow',
        says: {
          InstanceArn: 'i',
          PermissionSetArn: 'ps',
          PrincipalId: 'p-1',
          PrincipalType: 'USER',
          TargetId: '111122223333',
          TargetType: 'AWS_ACCOUNT',
        },
      },
    ],
    [
      'a permission set with a policy as a text',
      { Type: 'AWS::SSO::PermissionSet', Properties: { InlinePolicy: text } },
      all,
    ],
    [
      'a permission set with managed policies',
      { Type: 'AWS::SSO::PermissionSet', Properties: { ManagedPolicies: [administrator] } },
      { effect: 'Allow', says: { Policy: administrator } },
    ],
    [
      'an access entry of a cluster',
      {
        Type: 'AWS::EKS::AccessEntry',
        Properties: {
          ClusterName: 'c',
          PrincipalArn: 'arn:mallory',
          KubernetesGroups: ['system:masters'],
          AccessPolicies: [{ PolicyArn: 'arn:admin', AccessScope: { Type: 'cluster' } }],
        },
      },
      {
        effect: 'Allow',
        says: {
          ClusterName: 'c',
          PrincipalArn: 'arn:mallory',
          KubernetesGroups: 'system:masters',
          AccessPolicies: 'AccessScope=(Type=cluster) PolicyArn=arn:admin',
        },
      },
    ],
    [
      'an instance profile',
      { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: ['Admin'] } },
      { effect: 'Allow', says: { Roles: 'Admin' } },
    ],
    [
      'outsiders with a certificate',
      { Type: 'AWS::RolesAnywhere::Profile', Properties: { RoleArns: ['arn:admin'], Name: 'n' } },
      { effect: 'Allow', says: { RoleArns: 'arn:admin' } },
    ],
  ])('%s', (_, resource, expected) => {
    const sections = {
      Parameters: {
        Document: { Type: 'String', Default: text, NoEcho: true },
        Policies: { Type: 'CommaDelimitedList', Default: administrator },
      },
      Conditions: { Open: { 'Fn::Equals': [ref('AWS::Region'), 'x'] } },
      Mappings: { Documents: { 'eu-west-1': { It: text }, 'us-east-1': { It: 'x' } } },
    };
    const { grants } = told({ X: resource, Role: { Type: 'AWS::IAM::Role' } }, sections);
    expect(grants).toContainEqual({ change: 'add', resource: 'X', ...expected });
  });
});

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

describe('what cannot be read is told as that', () => {
  test.each<[string, Readonly<Record<string, unknown>>, Untold]>([
    [
      'a nested stack',
      {
        X: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: { TemplateURL: 'https://mallory.example' },
        },
      },
      {
        resource: 'X',
        type: 'AWS::CloudFormation::Stack',
        why: 'it is a nested stack, and what is in its template is not read',
      },
    ],
    [
      'a stack set',
      { X: { Type: 'AWS::CloudFormation::StackSet', Properties: {} } },
      {
        resource: 'X',
        type: 'AWS::CloudFormation::StackSet',
        why: expect.stringContaining('other accounts') as string,
      },
    ],
    [
      'a custom resource',
      { X: { Type: 'Custom::Thing', Properties: { ServiceToken: 'arn' } } },
      {
        resource: 'X',
        type: 'Custom::Thing',
        why: expect.stringContaining('custom resource') as string,
      },
    ],
    [
      'a module',
      { X: { Type: 'Mallory::Any::Thing::MODULE' } },
      {
        resource: 'X',
        type: 'Mallory::Any::Thing::MODULE',
        why: expect.stringContaining('module') as string,
      },
    ],
    [
      'a type of somebody else',
      { X: { Type: 'Mallory::Any::Thing' } },
      {
        resource: 'X',
        type: 'Mallory::Any::Thing',
        why: expect.stringContaining('not one of AWS') as string,
      },
    ],
    [
      'a type that Patrol does not know',
      { X: { Type: 'AWS::Glue::Job', Properties: {} } },
      {
        resource: 'X',
        type: 'AWS::Glue::Job',
        why: expect.stringContaining('does not read') as string,
      },
    ],
    [
      'a policy that only a deployment knows',
      { X: policy({ 'Fn::GetAtt': ['Other', 'Policy'] }) as never },
      {
        resource: 'X',
        type: 'AWS::IAM::Policy',
        why: 'its PolicyDocument is ${Other.Policy}, which cannot be read here',
      },
    ],
    [
      'a statement that only a deployment knows',
      { X: policy({ Statement: [{ 'Fn::GetAtt': ['Other', 'Statement'] }] }) as never },
      {
        resource: 'X',
        type: 'AWS::IAM::Policy',
        why: 'its Statement is ${Other.Statement}, which cannot be read here',
      },
    ],
    [
      'a text that is no policy yet',
      { X: policy({ 'Fn::Sub': '{"Statement":[${Other.Statements}]}' }) as never },
      { resource: 'X', type: 'AWS::IAM::Policy', why: 'its PolicyDocument is not JSON' },
    ],
    [
      'a text with a name twice',
      { X: policy('{"Statement":[],"Statement":[{"Effect":"Allow","Action":"*"}]}') as never },
      {
        resource: 'X',
        type: 'AWS::IAM::Policy',
        why: expect.stringContaining('"Statement" twice') as string,
      },
    ],
    [
      'a statement with an element twice',
      { X: policy({ Statement: { Effect: 'Deny', effect: 'Allow', Action: '*' } }) as never },
      { resource: 'X', type: 'AWS::IAM::Policy', why: expect.stringContaining('twice') as string },
    ],
    [
      'routes that are imported',
      { X: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Body: {} } } },
      {
        resource: 'X',
        type: 'AWS::ApiGatewayV2::Api',
        why: 'its Body makes what is not read here',
      },
    ],
    [
      'a macro within',
      { X: { Type: 'AWS::SQS::Queue', Properties: { A: [{ 'Fn::Transform': { Name: 'M' } }] } } },
      { resource: 'X', type: 'AWS::SQS::Queue', why: expect.stringContaining('macro') as string },
    ],
    [
      'resources of a loop',
      { 'Fn::ForEach::Roles': ['Id', ['a'], {}] },
      {
        resource: 'Fn::ForEach::Roles',
        type: 'Resources',
        why: expect.stringContaining('macro') as string,
      },
    ],
    [
      'resources out of another file',
      { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://mallory' } } },
      {
        resource: 'Fn::Transform',
        type: 'Resources',
        why: expect.stringContaining('macro') as string,
      },
    ],
    [
      'properties that are not there yet',
      { X: { Type: 'AWS::IAM::Role', Properties: { 'Fn::GetAtt': ['Other', 'All'] } } },
      {
        resource: 'X',
        type: 'AWS::IAM::Role',
        why: 'its properties are known only once it is made',
      },
    ],
  ])('%s', (_, resources, untold) => {
    expect(told(resources).untold).toContainEqual(untold);
  });

  test('a macro of the whole, and a name that the template has twice', () => {
    expect(
      told({}, { Transform: ['AWS::Serverless-2016-10-31', { Name: 'Mine' }] }).untold,
    ).toMatchObject([
      { resource: 'Transform', type: 'AWS::Serverless-2016-10-31' },
      { resource: 'Transform', type: 'Mine' },
    ]);
    const twice = '{"Resources":{"X":{"Type":"AWS::SQS::Queue"},"X":{"Type":"AWS::SQS::Queue"}}}';
    const template = { text: twice, parameters: {}, resources: { X: { Type: 'AWS::SQS::Queue' } } };
    expect(creationOf(template, {}).untold).toMatchObject([{ resource: 'X', type: 'Template' }]);
  });

  test('what a condition leaves out is not told, and an open one is told in words, whatever its name', () => {
    const sections = {
      Parameters: { Email: { Type: 'String', Default: '' } },
      Conditions: {
        Given: { 'Fn::Not': [{ 'Fn::Equals': [ref('Email'), ''] }] },
        Never: { 'Fn::Not': [{ 'Fn::Equals': [ref('AWS::Region'), 'nowhere'] }] },
        Always: { 'Fn::Equals': ['a', 'a'] },
      },
    };
    const made = (Condition: string): unknown => ({ ...(policy(document) as object), Condition });
    const resources = { A: made('Given'), B: made('Never'), C: made('Always') };
    expect(told(resources, sections, { Email: '' }).grants).toMatchObject([
      { resource: 'B', when: ['AWS::Region is not nowhere'] },
      { resource: 'C' },
    ]);
    expect(told(resources, sections, { Email: 'a@b.cc' }).grants[0]).toMatchObject({
      resource: 'A',
    });
    expect(told({ C: made('Always') }, sections).grants[0]).not.toHaveProperty('when');
  });
});
