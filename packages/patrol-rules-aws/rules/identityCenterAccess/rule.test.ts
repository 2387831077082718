import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import { allow, document } from '../../testing/policies.ts';
import rule from './rule.ts';

const instanceArn = 'arn:aws:sso:::instance/ssoins-0123456789abcdef';
const permissionSetArn = 'arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef';
const call = (eventName: string, request: object | null, fields = {}): unknown =>
  apiCallRecord('sso.amazonaws.com', eventName, {
    requestParameters: request && { instanceArn, permissionSetArn, ...request },
    ...fields,
  });
const assigned = (targetId: string, fields = {}): unknown =>
  call(
    'CreateAccountAssignment',
    {
      targetId,
      targetType: 'AWS_ACCOUNT',
      principalType: 'GROUP',
      principalId: '906752a1-example',
    },
    fields,
  );
const attached = (name: string): unknown =>
  call('AttachManagedPolicyToPermissionSet', {
    managedPolicyArn: `arn:aws:iam::aws:policy/${name}`,
  });
const inline = (...actions: readonly string[]): unknown =>
  call('PutInlinePolicyToPermissionSet', { inlinePolicy: document(allow(actions)) });

describeRule(rule, {
  alerts: {
    'access to the account of Identity Center': [
      assigned('111122223333'),
      {
        title: 'Access by Identity Center assigned in account 111122223333 by IAM user alice',
        severity: 'high',
        facts: { account: '111122223333', permissionSet: permissionSetArn },
        targets: [{ type: 'AWS::SSO::PermissionSet', id: permissionSetArn }],
        undo: `aws sso-admin delete-account-assignment --instance-arn ${instanceArn} --target-id 111122223333 --target-type AWS_ACCOUNT --permission-set-arn ${permissionSetArn} --principal-type GROUP --principal-id 906752a1-example --region eu-west-1`,
      },
    ],
    'access to another account': [
      assigned('444455556666'),
      {
        title: 'Access by Identity Center assigned in account 444455556666 by IAM user alice',
        severity: 'low',
      },
    ],
    'a privileged permission set': [
      assigned('444455556666'),
      { title: expect.stringContaining('444455556666'), severity: 'high' },
      { parameters: { privilegedPermissionSets: '*/ps-0123456789abcdef' } },
    ],
    'a policy of administrators': [
      attached('AdministratorAccess'),
      {
        title:
          'Administrator policy AdministratorAccess attached to a permission set by IAM user alice',
        severity: 'critical',
        undo: `aws sso-admin detach-managed-policy-from-permission-set --instance-arn ${instanceArn} --permission-set-arn ${permissionSetArn} --managed-policy-arn arn:aws:iam::aws:policy/AdministratorAccess --region eu-west-1`,
      },
    ],
    'a powerful policy': [
      attached('PowerUserAccess'),
      { title: expect.stringContaining('Powerful policy PowerUserAccess'), severity: 'high' },
    ],
    'a policy that each account has': [
      call('AttachCustomerManagedPolicyReferenceToPermissionSet', {
        customerManagedPolicyReference: { name: 'app', path: '/' },
      }),
      {
        title: 'Policy of the accounts attached to a permission set by IAM user alice',
        severity: 'low',
        facts: { policy: 'app', path: '/' },
      },
    ],
    'an inline policy of administrators': [
      inline('*'),
      {
        title:
          'Inline policy of a permission set written that makes administrators by IAM user alice',
        severity: 'critical',
      },
    ],
    'an inline policy of administrators, by what it leaves out': [
      call('PutInlinePolicyToPermissionSet', {
        inlinePolicy: document({ Effect: 'Allow', NotAction: 'aws-portal:*', Resource: '*' }),
      }),
      {
        title: expect.stringContaining('makes administrators'),
        severity: 'critical',
        summary: expect.stringContaining(
          'It grants every action but aws-portal:* on every resource.',
        ),
      },
    ],
    'an inline policy that gives permissions': [
      inline('s3:GetObject', 'iam:CreateAccessKey'),
      {
        title:
          'Inline policy of a permission set written that grants permissions over permissions by IAM user alice',
        severity: 'high',
        facts: { permissionSet: permissionSetArn, actions: 'iam:CreateAccessKey' },
      },
    ],
    'an inline policy that the record does not hold': [
      call('PutInlinePolicyToPermissionSet', {}),
      { title: expect.stringContaining('written by IAM user alice'), severity: 'medium' },
    ],
    'the boundary removed': [
      call('DeletePermissionsBoundaryFromPermissionSet', {}),
      {
        title: 'Permissions boundary removed from a permission set by IAM user alice',
        severity: 'high',
      },
    ],
  },
  quiet: {
    'a policy that only reads': [attached('ReadOnlyAccess')],
    'an inline policy that gives no permissions': [inline('s3:GetObject', 'iam:Get*')],
    'an assignment that an AWS service makes by itself': [
      assigned('444455556666', { userIdentity: identities.service }),
    ],
    'a denied attempt': [
      call(
        'DeletePermissionsBoundaryFromPermissionSet',
        null,
        denied('sso:DeletePermissionsBoundaryFromPermissionSet', instanceArn),
      ),
    ],
  },
  refuses: {
    'an inline policy that is not JSON': [
      call('PutInlinePolicyToPermissionSet', { inlinePolicy: '{' }),
      'is not JSON',
    ],
  },
});
