import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import * as sdk from '@aws-sdk/client-organizations';
import { expect, test } from 'vitest';
import { organizationChanges } from '../../lib/organization/changes.ts';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown = null, fields = {}) =>
  apiCallRecord('organizations.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    ...fields,
  });
const by = 'by IAM user alice';
const account = { accountId: '444455556666' };
const statement = (Effect: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect, Action: '*', Resource: '*' } });
const policyOf = (type: string) => ({
  responseElements: { policy: { policySummary: { id: 'p-1', type } } },
});
const controlTower = {
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAWSControlTower/controltower',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        arn: 'arn:aws:iam::111122223333:role/aws-service-role/controltower.amazonaws.com/AWSServiceRoleForAWSControlTower',
        userName: 'AWSServiceRoleForAWSControlTower',
      },
    },
  },
};
const role = (userName: string) => ({
  userIdentity: {
    ...identities.assumedRole,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        arn: `arn:aws:iam::111122223333:role/${userName}`,
        userName,
      },
    },
  },
});

describeRule(rule, {
  alerts: {
    'an account that leaves': [
      call('LeaveOrganization'),
      {
        title: `Account 111122223333 left the organisation ${by}`,
        severity: 'critical',
        targets: [{ type: 'AWS::Organizations::Account', id: '111122223333' }],
      },
    ],
    'an account that tries to leave': [
      call('LeaveOrganization', null, denied('organizations:LeaveOrganization', '*')),
      {
        title: `Denied attempt: Account 111122223333 left the organisation ${by}`,
        severity: 'high',
        outcome: 'denied',
      },
    ],
    'an account that is removed': [
      call('RemoveAccountFromOrganization', account),
      { title: `Account 444455556666 removed from the organisation ${by}`, severity: 'critical' },
    ],
    'an account that is closed': [
      call('CloseAccount', account),
      { title: `Account 444455556666 closed ${by}`, severity: 'critical' },
    ],
    'an organisation that is deleted': [
      call('DeleteOrganization'),
      { title: `Organisation deleted ${by}`, severity: 'critical' },
    ],
    'service control policies that are switched off': [
      call('DisablePolicyType', { rootId: 'r-ab12', policyType: 'SERVICE_CONTROL_POLICY' }),
      {
        title: `Organisation policies switched off: SERVICE_CONTROL_POLICY ${by}`,
        severity: 'critical',
      },
    ],
    'other policies that are switched off': [
      call('DisablePolicyType', { rootId: 'r-ab12', policyType: 'BACKUP_POLICY' }),
      { title: `Organisation policies switched off: BACKUP_POLICY ${by}`, severity: 'high' },
    ],
    'a policy that is detached': [
      call('DetachPolicy', { policyId: 'p-1', targetId: 'ou-1' }),
      {
        title: `Organisation policy p-1 detached from ou-1 ${by}`,
        severity: 'high',
        targets: [{ type: 'AWS::Organizations::Policy', id: 'p-1' }],
        undo: 'aws organizations attach-policy --policy-id p-1 --target-id ou-1',
      },
    ],
    'a policy that is detached through CloudFormation': [
      call(
        'DetachPolicy',
        { policyId: 'p-1', targetId: 'ou-1' },
        {
          userIdentity: identities.serviceForUser,
        },
      ),
      {
        title: `Organisation policy p-1 detached from ou-1 ${by}, through cloudformation.amazonaws.com`,
        severity: 'high',
      },
    ],
    'a policy that Control Tower detaches': [
      call('DetachPolicy', { policyId: 'p-1', targetId: 'ou-1' }, controlTower),
      { title: expect.stringContaining('Organisation policy p-1 detached'), severity: 'low' },
    ],
    'the policy that allows everything, detached': [
      call('DetachPolicy', { policyId: 'p-FullAWSAccess', targetId: 'ou-1' }),
      { title: `Organisation policy p-FullAWSAccess detached from ou-1 ${by}`, severity: 'low' },
    ],
    'a policy that denies nothing any longer': [
      call(
        'UpdatePolicy',
        { policyId: 'p-1', content: statement('Allow') },
        policyOf('SERVICE_CONTROL_POLICY'),
      ),
      {
        title: `Organisation policy p-1 denies nothing any longer ${by}`,
        severity: 'high',
        facts: { type: 'SERVICE_CONTROL_POLICY', content: statement('Allow') },
      },
    ],
    'a policy that denies something else': [
      call(
        'UpdatePolicy',
        { policyId: 'p-1', content: statement('Deny') },
        policyOf('SERVICE_CONTROL_POLICY'),
      ),
      { title: `Organisation policy p-1 changed ${by}`, severity: 'medium' },
    ],
    'a policy of a kind that denies nothing': [
      call('UpdatePolicy', { policyId: 'p-1', content: '{"tags":{}}' }, policyOf('TAG_POLICY')),
      { title: `Organisation policy p-1 changed ${by}`, severity: 'medium' },
    ],
    'a policy that is renamed': [
      call('UpdatePolicy', { policyId: 'p-1', name: 'base' }, policyOf('SERVICE_CONTROL_POLICY')),
      { title: `Organisation policy p-1 changed ${by}`, severity: 'low' },
    ],
    'a policy that Control Tower changes': [
      call('UpdatePolicy', { policyId: 'p-1', content: statement('Allow') }, controlTower),
      { title: expect.stringContaining('Organisation policy p-1'), severity: 'low' },
    ],
    'an account that is moved to the root': [
      call('MoveAccount', {
        ...account,
        sourceParentId: 'ou-1',
        destinationParentId: 'r-ab12',
      }),
      {
        title: `Account 444455556666 moved to the root of the organisation ${by}`,
        severity: 'high',
        undo: 'aws organizations move-account --account-id 444455556666 --source-parent-id r-ab12 --destination-parent-id ou-1',
      },
    ],
    'an account that is moved out of the root': [
      call('MoveAccount', {
        ...account,
        sourceParentId: 'r-ab12',
        destinationParentId: 'ou-1',
      }),
      {
        title: `Account 444455556666 moved to another organisational unit ${by}`,
        severity: 'low',
        facts: { from: 'r-ab12', to: 'ou-1' },
      },
    ],
    'a service for security that may no longer work': [
      call('DisableAWSServiceAccess', { servicePrincipal: 'guardduty.amazonaws.com' }),
      {
        title: `Organisation: service guardduty.amazonaws.com may no longer work in the accounts of the organisation ${by}`,
        severity: 'high',
        undo: 'aws organizations enable-aws-service-access --service-principal guardduty.amazonaws.com',
      },
    ],
    'any service that may no longer work': [
      call('DisableAWSServiceAccess', { servicePrincipal: 'ram.amazonaws.com' }),
      {
        title: expect.stringContaining('ram.amazonaws.com may no longer work'),
        severity: 'medium',
      },
    ],
    'any service that may work': [
      call('EnableAWSServiceAccess', { servicePrincipal: 'ram.amazonaws.com' }),
      { title: expect.stringContaining('ram.amazonaws.com may work'), severity: 'low' },
    ],
    'a service that reaches into all accounts': [
      call('EnableAWSServiceAccess', {
        servicePrincipal: 'member.org.stacksets.cloudformation.amazonaws.com',
      }),
      { title: expect.stringContaining('stacksets'), severity: 'medium' },
    ],
    'a service for security that gets another administrator': [
      call('RegisterDelegatedAdministrator', {
        ...account,
        servicePrincipal: 'guardduty.amazonaws.com',
      }),
      {
        title: `Organisation: service guardduty.amazonaws.com administered by another account (account 444455556666) ${by}`,
        severity: 'high',
        undo: 'aws organizations deregister-delegated-administrator --service-principal guardduty.amazonaws.com --account-id 444455556666',
      },
    ],
    'a service for security that loses its administrator': [
      call('DeregisterDelegatedAdministrator', {
        ...account,
        servicePrincipal: 'securityhub.amazonaws.com',
      }),
      {
        title: expect.stringContaining('securityhub.amazonaws.com no longer administered'),
        severity: 'high',
      },
    ],
    'an administrator that a service registers': [
      call(
        'RegisterDelegatedAdministrator',
        { ...account, servicePrincipal: 'guardduty.amazonaws.com' },
        { userIdentity: identities.serviceForUser },
      ),
      { title: expect.stringContaining('administered by another account'), severity: 'low' },
    ],
    'a policy that delegates the organisation': [
      call('PutResourcePolicy', { content: statement('Allow') }),
      {
        title: `Organisation delegated to other accounts by a policy ${by}`,
        severity: 'medium',
      },
    ],
    'an account that is invited': [
      call('InviteAccountToOrganization', { target: { id: '444455556666', type: 'ACCOUNT' } }),
      { title: `Account 444455556666 invited into the organisation ${by}`, severity: 'medium' },
    ],
    'an account that account vending invites': [
      call(
        'InviteAccountToOrganization',
        { target: { id: '444455556666', type: 'ACCOUNT' } },
        role('Vending'),
      ),
      { title: expect.stringContaining('invited into the organisation'), severity: 'low' },
      { parameters: { vendingRoles: 'vend*' } },
    ],
    'an invitation that is accepted': [
      call('AcceptHandshake', { handshakeId: 'h-1' }),
      { title: `Invitation of the organisation accepted: h-1 ${by}`, severity: 'medium' },
    ],
    'billing that is offered to others': [
      call('InviteOrganizationToTransferResponsibility', {
        type: 'BILLING',
        target: { id: '444455556666', type: 'ACCOUNT' },
      }),
      { title: `Billing offered to 444455556666 ${by}`, severity: 'medium' },
    ],
    'a transfer that is changed': [
      call('UpdateResponsibilityTransfer', { id: 'rt-1', name: 'b' }),
      { title: `Transfer of the billing changed: rt-1 ${by}` },
    ],
    'a transfer that ends': [
      call('TerminateResponsibilityTransfer', { id: 'rt-1' }),
      { title: `Transfer of the billing ended: rt-1 ${by}` },
    ],
    ...Object.fromEntries(
      (
        [
          ['AttachPolicy', { policyId: 'p-1', targetId: 'ou-1' }, 'policy attached: p-1'],
          ['CancelHandshake', { handshakeId: 'h-1' }, 'invitation cancelled: h-1'],
          ['CreateAccount', { accountName: 'shop' }, 'account created: shop'],
          ['CreateGovCloudAccount', { accountName: 'shop' }, 'account created: shop'],
          ['CreateOrganization', { featureSet: 'ALL' }, 'created'],
          ['CreateOrganizationalUnit', { name: 'apps' }, 'unit created: apps'],
          ['CreatePolicy', { name: 'base' }, 'policy created: base'],
          ['DeclineHandshake', { handshakeId: 'h-1' }, 'invitation declined: h-1'],
          ['DeleteOrganizationalUnit', { organizationalUnitId: 'ou-1' }, 'unit deleted: ou-1'],
          ['DeletePolicy', { policyId: 'p-1' }, 'policy deleted: p-1'],
          ['DeleteResourcePolicy', null, 'no longer delegated to other accounts'],
          ['EnableAllFeatures', null, 'given all features'],
          ['EnablePolicyType', { policyType: 'TAG_POLICY' }, 'policies switched on: TAG_POLICY'],
          ['UpdateOrganizationalUnit', { organizationalUnitId: 'ou-1' }, 'unit changed: ou-1'],
        ] as const
      ).map(([eventName, request, what]) => [
        `the ordinary change ${eventName}`,
        [call(eventName, request), { title: `Organisation ${what} ${by}`, severity: 'low' }],
      ]),
    ),
  },
  quiet: {
    'an account that cannot leave': [
      call('LeaveOrganization', null, { errorCode: 'ConstraintViolationException' }),
    ],
    'a denied attempt, where the operator does not want to know': [
      call('DetachPolicy', null, denied('organizations:DetachPolicy', '*')),
      { parameters: { deniedAttempts: 'quiet' } },
    ],
  },
});

test('every call that changes an organisation is told, but those on tags', () => {
  const calls = Object.keys(sdk)
    .filter((name) => /^[A-Z]\w*Command$/.test(name))
    .map((name) => name.replace(/Command$/, ''))
    .filter((name) => !/^(List|Describe|TagResource|UntagResource)/.test(name));
  expect([...organizationChanges].toSorted()).toEqual(calls.toSorted());
});
