import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by, inRole } from '../../testing/people.ts';
import rule from './rule.ts';

const { service, serviceForUser } = identities;
const call = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('iam.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    ...fields,
  });
const attach = (kind: 'User' | 'Group' | 'Role', holder: string, policy: string, fields = {}) =>
  call(
    `Attach${kind}Policy`,
    {
      [`${kind.toLowerCase()}Name`]: holder,
      policyArn: `arn:aws:iam::aws:policy/${policy}`,
    },
    fields,
  );
const byCloudFormation = { userIdentity: serviceForUser };

describeRule(rule, {
  alerts: {
    'an administrator': [
      attach('User', 'mallory', 'AdministratorAccess'),
      {
        title:
          'Administrator policy AdministratorAccess attached to user mallory by IAM user alice',
        severity: 'critical',
        facts: { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess', user: 'mallory' },
        targets: [{ type: 'AWS::IAM::User', id: 'mallory' }],
        undo: 'aws iam detach-user-policy --user-name mallory --policy-arn arn:aws:iam::aws:policy/AdministratorAccess',
      },
    ],
    'a role that may do all in IAM': [
      attach('Role', 'Deploy', 'IAMFullAccess'),
      { title: expect.stringContaining('attached to role Deploy'), severity: 'critical' },
    ],
    'a group of administrators': [
      attach('Group', 'everybody', 'AdministratorAccess'),
      { title: expect.stringContaining('attached to group everybody'), severity: 'critical' },
    ],
    'a policy of the operator’s own, by its ARN': [
      call('AttachRolePolicy', {
        roleName: 'Deploy',
        policyArn: 'arn:aws:iam::111122223333:policy/teams/Owners',
      }),
      { title: expect.stringContaining('Administrator policy Owners'), severity: 'critical' },
      { parameters: { administratorPolicies: 'arn:aws:iam::111122223333:policy/teams/*' } },
    ],
    'a user that may send all mail': [
      attach('User', 'mallory', 'AmazonSESFullAccess'),
      {
        title: 'Powerful policy AmazonSESFullAccess attached to user mallory by IAM user alice',
        severity: 'high',
      },
    ],
    'a role that may send all mail': [
      attach('Role', 'Mailer', 'AmazonSESFullAccess'),
      { title: expect.stringContaining('attached to role Mailer'), severity: 'medium' },
    ],
    'such a role in a stack': [
      attach('Role', 'Mailer', 'AmazonSESFullAccess', byCloudFormation),
      { title: expect.stringContaining('attached to role Mailer'), severity: 'low' },
    ],
    'an administrator in a stack': [
      attach('Role', 'Deploy', 'AdministratorAccess', byCloudFormation),
      { title: expect.stringContaining('through cloudformation'), severity: 'high' },
    ],
    'the role of cdk bootstrap': [
      attach(
        'Role',
        'cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1',
        'AdministratorAccess',
        byCloudFormation,
      ),
      { title: expect.stringContaining('cdk-hnb659fds'), severity: 'low' },
    ],
    'a role with the name of that of cdk bootstrap, attached by hand': [
      attach('Role', 'cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1', 'AdministratorAccess'),
      { title: expect.stringContaining('cdk-hnb659fds'), severity: 'critical' },
    ],
    'a role that account vending makes for itself': [
      attach(
        'Role',
        'aws-controltower-AdministratorExecutionRole',
        'AdministratorAccess',
        inRole('AWSControlTowerExecution'),
      ),
      { title: expect.stringContaining('aws-controltower-'), severity: 'low' },
    ],
    'another role that account vending makes an administrator': [
      attach('Role', 'Deploy', 'AdministratorAccess', inRole('AWSControlTowerExecution')),
      { title: expect.stringContaining('attached to role Deploy'), severity: 'critical' },
    ],
    'a user that account vending makes an administrator': [
      attach('User', 'aws-controltower-bob', 'AdministratorAccess', inRole('AWSAFTExecution')),
      { title: expect.stringContaining('attached to user'), severity: 'critical' },
    ],
    'a role named as if account vending had made it': [
      attach('Role', 'aws-controltower-Backdoor', 'AdministratorAccess', by.deployment),
      { title: expect.stringContaining('aws-controltower-Backdoor'), severity: 'critical' },
    ],
    'the same in the role that people of the management account take': [
      attach(
        'Role',
        'aws-controltower-Backdoor',
        'AdministratorAccess',
        inRole('OrganizationAccountAccessRole'),
      ),
      { title: expect.stringContaining('aws-controltower-Backdoor'), severity: 'critical' },
    ],
    'the same by somebody who took a role of vending in the console': [
      attach('Role', 'aws-controltower-Backdoor', 'AdministratorAccess', {
        ...inRole('AWSControlTowerExecution'),
        sessionCredentialFromConsole: 'true',
      }),
      { title: expect.stringContaining('aws-controltower-Backdoor'), severity: 'critical' },
    ],
    'a powerful role of a pipeline that account vending makes': [
      attach('Role', 'Deploy', 'AmazonSESFullAccess', inRole('AWSAFTExecution')),
      { title: expect.stringContaining('attached to role Deploy'), severity: 'low' },
    ],
    'a user in a group of administrators': [
      call('AddUserToGroup', { userName: 'mallory', groupName: 'Administrators' }),
      {
        title: 'User mallory put into a group of administrators: Administrators by IAM user alice',
        severity: 'high',
        facts: { name: 'Administrators', matches: '*admin*', user: 'mallory' },
        undo: 'aws iam remove-user-from-group --user-name mallory --group-name Administrators',
      },
    ],
    'an instance profile with a role of administrators': [
      call('AddRoleToInstanceProfile', { instanceProfileName: 'web', roleName: 'BreakGlassAdmin' }),
      {
        title:
          'EC2 instance profile given a role of administrators: BreakGlassAdmin by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::IAM::InstanceProfile', id: 'web' }],
      },
    ],
  },
  quiet: {
    'another policy of AWS': [attach('Role', 'web', 'AmazonSSMManagedInstanceCore')],
    'another group': [call('AddUserToGroup', { userName: 'bob', groupName: 'developers' })],
    'another role': [
      call('AddRoleToInstanceProfile', { instanceProfileName: 'web', roleName: 'web' }),
    ],
    'what Identity Center gives its own roles': [
      attach('Role', 'AWSReservedSSO_Admin_0123456789abcdef', 'AdministratorAccess', {
        userIdentity: service,
      }),
    ],
    'a denied attempt': [
      call('AttachUserPolicy', null, denied('iam:AttachUserPolicy', 'user mallory')),
    ],
  },
});
