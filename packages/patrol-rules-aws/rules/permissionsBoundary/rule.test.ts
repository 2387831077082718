import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('iam.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    ...fields,
  });
const boundary = 'arn:aws:iam::111122223333:policy/boundary';
const everything = 'arn:aws:iam::aws:policy/AdministratorAccess';

describeRule(rule, {
  alerts: {
    'the boundary of somebody else removed': [
      call('DeleteUserPermissionsBoundary', { userName: 'mallory' }),
      {
        title: 'Permissions boundary removed from user mallory by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::IAM::User', id: 'mallory' }],
      },
    ],
    'the boundary of the caller removed': [
      call('DeleteUserPermissionsBoundary', { userName: 'alice' }),
      {
        title: 'Permissions boundary removed from its own user alice by IAM user alice',
        severity: 'critical',
      },
    ],
    'the boundary of a role removed': [
      call('DeleteRolePermissionsBoundary', { roleName: 'Deploy' }),
      { title: expect.stringContaining('removed from role Deploy'), severity: 'high' },
    ],
    'the boundary of the role that calls': [
      call(
        'DeleteRolePermissionsBoundary',
        { roleName: 'Developer' },
        { userIdentity: identities.assumedRole },
      ),
      { title: expect.stringContaining('its own role Developer'), severity: 'critical' },
    ],
    'a user with the name of a role is not that role': [
      call('DeleteRolePermissionsBoundary', { roleName: 'alice' }),
      { title: expect.stringContaining('removed from role alice'), severity: 'high' },
    ],
    'a boundary removed by a stack': [
      call(
        'DeleteRolePermissionsBoundary',
        { roleName: 'Deploy' },
        { userIdentity: identities.serviceForUser },
      ),
      { title: expect.stringContaining('role Deploy'), severity: 'low' },
    ],
    'a boundary set': [
      call('PutRolePermissionsBoundary', { roleName: 'Deploy', permissionsBoundary: boundary }),
      {
        title: 'Permissions boundary set for role Deploy by IAM user alice',
        severity: 'low',
        facts: { role: 'Deploy', boundary },
      },
    ],
    'a boundary that bounds nothing': [
      call('PutUserPermissionsBoundary', { userName: 'bob', permissionsBoundary: everything }),
      {
        title: 'Permissions boundary set for user bob by IAM user alice',
        summary: expect.stringContaining('limits hardly anything'),
        severity: 'high',
      },
    ],
    'another boundary of the caller': [
      call('PutUserPermissionsBoundary', { userName: 'alice', permissionsBoundary: boundary }),
      { title: expect.stringContaining('its own user alice'), severity: 'high' },
    ],
  },
  quiet: {
    'a denied attempt': [
      call(
        'DeleteRolePermissionsBoundary',
        null,
        denied('iam:DeleteRolePermissionsBoundary', 'role Deploy'),
      ),
    ],
  },
});
