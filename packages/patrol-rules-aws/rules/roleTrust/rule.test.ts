import { apiCallRecord, denied, describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { document } from '../../testing/policies.ts';
import { by, inRole } from '../../testing/people.ts';
import rule from './rule.ts';

const lets = (Principal: unknown, more = {}): string =>
  document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal, ...more });
const call = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('iam.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    ...fields,
  });
const updated = (policyDocument: string, fields = {}): unknown =>
  call('UpdateAssumeRolePolicy', { roleName: 'Deploy', policyDocument }, fields);
const foreign = { AWS: 'arn:aws:iam::444455556666:root' };
const github = {
  Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
};
const subject = (sub: string): object => ({
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
    StringLike: { 'token.actions.githubusercontent.com:sub': sub },
  },
});
const eks = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF';

const vended = (fields: object): unknown =>
  call(
    'CreateRole',
    {
      roleName: 'aws-controltower-AdministratorExecutionRole',
      assumeRolePolicyDocument: lets(foreign),
    },
    fields,
  );

describeRule(rule, {
  alerts: {
    'a role that account vending makes for itself': [
      vended(inRole('AWSControlTowerExecution')),
      { title: expect.stringContaining('lets in account 444455556666'), severity: 'low' },
    ],
    'a role that account vending opens to everybody': [
      call(
        'CreateRole',
        { roleName: 'aws-controltower-Any', assumeRolePolicyDocument: lets('*') },
        inRole('AWSControlTowerExecution'),
      ),
      { title: expect.stringContaining('role aws-controltower-Any lets in'), severity: 'critical' },
    ],
    'a role that is only named so': [
      vended(by.deployment),
      { title: expect.stringContaining('lets in account 444455556666'), severity: 'high' },
    ],
    'another role that account vending opens': [
      updated(lets(foreign), inRole('AWSControlTowerExecution')),
      { title: expect.stringContaining('Trust policy of role Deploy'), severity: 'high' },
    ],
    'a role opened to another account': [
      updated(lets(foreign)),
      {
        title: 'Trust policy of role Deploy lets in account 444455556666 by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::IAM::Role', id: 'Deploy' }],
        suppression: { parameter: 'trustedAccounts', item: '444455556666' },
        undo: null,
      },
    ],
    'a new role that is open to another account': [
      call(
        'CreateRole',
        { roleName: 'backdoor', assumeRolePolicyDocument: lets(foreign) },
        { responseElements: { role: { arn: 'arn:aws:iam::111122223333:role/backdoor' } } },
      ),
      {
        title: 'Trust policy of role backdoor lets in account 444455556666 by IAM user alice',
        targets: [{ type: 'AWS::IAM::Role', id: 'arn:aws:iam::111122223333:role/backdoor' }],
        undo: 'aws iam delete-role --role-name backdoor',
      },
    ],
    'another account that has to give an external id': [
      updated(lets(foreign, { Condition: { StringEquals: { 'sts:ExternalId': 'a1b2c3' } } })),
      { title: expect.stringContaining('444455556666'), severity: 'medium' },
    ],
    'a role opened to everybody': [
      updated(lets({ AWS: '*' })),
      { title: expect.stringContaining('lets in everybody'), severity: 'critical' },
    ],
    'GitHub Actions without a subject': [
      updated(lets(github, { Action: 'sts:AssumeRoleWithWebIdentity' })),
      {
        title:
          'Trust policy of role Deploy lets in every identity of token.actions.githubusercontent.com by IAM user alice',
        severity: 'critical',
      },
    ],
    'GitHub Actions with a subject of every repository': [
      updated(lets(github, subject('repo:*'))),
      { title: expect.stringContaining('every identity of token.actions'), severity: 'critical' },
    ],
    'a document that the record does not hold': [
      call('UpdateAssumeRolePolicy', null, denied('iam:UpdateAssumeRolePolicy', 'role Deploy')),
      { title: expect.stringContaining('which the record does not hold'), severity: 'medium' },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'a trusted organisation': [
      updated(
        lets(
          { AWS: '*' },
          { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } },
        ),
      ),
      { parameters: { trustedOrganizations: 'o-a1b2c3d4e5' } },
    ],
    'the own account': [updated(lets({ AWS: 'arn:aws:iam::111122223333:role/Deploy' }))],
    'an AWS service': [updated(lets({ Service: 'ec2.amazonaws.com' }))],
    'GitHub Actions with one repository': [updated(lets(github, subject('repo:example/app:*')))],
    'a service account of a Kubernetes cluster': [
      updated(
        lets(
          { Federated: `arn:aws:iam::111122223333:oidc-provider/${eks}` },
          {
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: { StringEquals: { [`${eks}:sub`]: 'system:serviceaccount:default:app' } },
          },
        ),
      ),
    ],
    'the role that Organizations makes in a new account': [
      call(
        'CreateRole',
        { roleName: 'OrganizationAccountAccessRole', assumeRolePolicyDocument: lets(foreign) },
        {
          userIdentity: { type: 'AWSService', invokedBy: 'organizations.amazonaws.com' },
        },
      ),
    ],
    'a denied attempt': [updated(lets(foreign), { errorCode: 'AccessDenied' })],
  },
  suppressed: {
    'a trusted account': [
      updated(lets(foreign)),
      '444455556666',
      { parameters: { trustedAccounts: '444455556666' } },
    ],
  },
  refuses: { 'a document that is not JSON': [updated('{'), 'is not JSON'] },
});
