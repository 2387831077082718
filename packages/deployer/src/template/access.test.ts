/** Ways to give access in a template, each of which has to be told. */
import { describe, expect, test } from 'vitest';
import { document, policy, ref, told } from '../testing/access.ts';
import type { Grant } from './grants.ts';

const text = JSON.stringify(document);
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
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
