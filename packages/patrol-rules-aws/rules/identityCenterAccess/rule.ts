import { type Call, type Deed, defineCallRule, mitre, names } from '@patrol/core';
import { isServiceItself, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import {
  administratorPolicies,
  policyName,
  powerfulPolicies,
} from '../../lib/iam/adminPolicies.ts';
import { awsCommand } from '../../lib/undo.ts';

const parameters = {
  administratorPolicies,
  powerfulPolicies,
  privilegedPermissionSets: names(
    'The permission sets of administrators, by their ARNs. Each assignment of them is alerted on with high severity.',
    {
      default: '',
      example: 'arn:aws:sso:::permissionSet/ssoins-66846d02039d7f57/ps-cc3ba8d6d6642c51',
    },
  ),
};

export default defineCallRule({
  name: 'identityCenterAccess',
  title: 'Access by Identity Center granted',
  description:
    'Alerts when somebody gives a permission set of Identity Center the permissions of an administrator or takes its boundary away, and when somebody assigns a permission set. Only assignments in the account of Identity Center itself, and of privileged permission sets, are above low severity.',
  severity: 'high',
  runbook:
    'Ask the actor who needs the access. If nobody can say, delete the assignment or take the policy from the permission set, ' +
    'end the sessions of those who have it (IAM Identity Center, Active sessions), and look in CloudTrail at what they did.',
  references: [mitre('T1098.003', 'Account Manipulation: Additional Cloud Roles')],
  parameters,
  calls: {
    'sso.amazonaws.com': {
      CreateAccountAssignment(call) {
        const { account, parameters: lists, region, request } = call;
        if (isServiceItself(call)) return undefined;
        const target = request.text('targetId');
        const set = request.text('permissionSetArn');
        const isCentral = target !== undefined && target === account;
        const isPrivileged = lists.privilegedPermissionSets.find(set) !== undefined;
        return {
          deed: `Access by Identity Center assigned in account ${target ?? 'without a number'}`,
          meaning: isCentral
            ? 'Identity Center itself is in this account, which should be the management account or one like it.'
            : undefined,
          severity: isCentral || isPrivileged ? 'high' : 'low',
          facts: known({
            account: target,
            permissionSet: set,
            principalType: request.text('principalType'),
            principal: request.text('principalId'),
          }),
          target: ['AWS::SSO::PermissionSet', set],
          undo: awsCommand('sso-admin delete-account-assignment', {
            'instance-arn': request.text('instanceArn'),
            'target-id': target,
            'target-type': request.text('targetType'),
            'permission-set-arn': set,
            'principal-type': request.text('principalType'),
            'principal-id': request.text('principalId'),
            region,
          }),
        };
      },
      AttachManagedPolicyToPermissionSet(call) {
        const { parameters: lists, region, request } = call;
        const arn = request.text('managedPolicyArn');
        const isAdministrator = lists.administratorPolicies.find(arn, policyName(arn));
        if (!isAdministrator && !lists.powerfulPolicies.find(arn, policyName(arn)))
          return undefined;
        return about(
          call,
          `${isAdministrator ? 'Administrator' : 'Powerful'} policy ${policyName(arn) ?? ''} attached to a permission set`,
          {
            severity: isAdministrator ? 'critical' : 'high',
            facts: known({ policyArn: arn }),
            undo: awsCommand('sso-admin detach-managed-policy-from-permission-set', {
              'instance-arn': request.text('instanceArn'),
              'permission-set-arn': request.text('permissionSetArn'),
              'managed-policy-arn': arn,
              region,
            }),
          },
        );
      },
      // Each account has a policy of its own under that name: what it grants is written there.
      AttachCustomerManagedPolicyReferenceToPermissionSet: (call) =>
        about(call, 'Policy of the accounts attached to a permission set', {
          severity: 'low',
          facts: known({
            policy: call.request.text('customerManagedPolicyReference.name'),
            path: call.request.text('customerManagedPolicyReference.path'),
          }),
        }),
      async PutInlinePolicyToPermissionSet(call) {
        const what = 'Inline policy of a permission set written';
        const document = call.request.text('inlinePolicy');
        if (document === undefined) return about(call, what, { severity: 'medium' });
        const { allActions, powersOf } = await import('../../lib/iam/administrators.ts');
        const { administratorBut, actions } = powersOf(document);
        if (administratorBut) {
          return about(call, `${what} that makes administrators`, {
            severity: 'critical',
            meaning: `It grants ${allActions(administratorBut)} on every resource.`,
          });
        }
        return actions.length === 0
          ? undefined
          : about(call, `${what} that grants permissions over permissions`, {
              severity: 'high',
              facts: known({ actions: actions.slice(0, 20) }),
            });
      },
      DeletePermissionsBoundaryFromPermissionSet: (call) =>
        about(call, 'Permissions boundary removed from a permission set', {
          severity: 'high',
          meaning: 'Its policies now grant all that they say.',
        }),
    },
  },
});

/** The finding about a permission set. */
function about(
  call: Call<typeof parameters>,
  deed: string,
  { severity = 'high', facts, ...more }: Partial<Deed>,
): Deed {
  const set = call.request.text('permissionSetArn');
  return {
    deed,
    ...more,
    severity: unlessByService(call, severity),
    facts: { ...known({ permissionSet: set }), ...facts },
    target: ['AWS::SSO::PermissionSet', set],
  };
}
