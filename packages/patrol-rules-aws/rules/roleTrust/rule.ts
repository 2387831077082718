import { type Call, type Deed, defineCallRule, guardDuty, mitre, stratus } from '@patrol/core';
import { trust } from '../../lib/access/trust.ts';
import { isServiceItself } from '../../lib/actor.ts';
import { awsCommand } from '../../lib/undo.ts';
import { isVendingItsRole, vendingRoles } from '../../lib/vending.ts';

const parameters = { ...trust, vendingRoles };

export default defineCallRule({
  name: 'roleTrust',
  title: 'Role opened to others',
  description:
    'Alerts when the trust policy of a role lets in another account or everybody, or every identity of a provider such as GitHub Actions because it does not say whose. Roles that account vending makes for itself are of low severity, unless they let in everybody. Account vending is known by the names of its roles only (vendingRoles).',
  severity: 'high',
  runbook:
    'Ask the actor who needs the role. If nobody can say, put the trust policy back as it was (or delete the new role), revoke ' +
    'the sessions of the role (IAM console, role, Revoke sessions), and look in CloudTrail for AssumeRole of this role. Put ' +
    'accounts that may use your roles into trustedAccounts, and limit what providers let in by a condition on the subject.',
  references: [
    mitre('T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    mitre('T1199', 'Trusted Relationship'),
    stratus('persistence.iam-backdoor-role'),
    stratus('persistence.iam-create-backdoor-role'),
    guardDuty('IAMRoleTrustPolicyModified'),
  ],
  parameters,
  calls: {
    'iam.amazonaws.com': {
      async CreateRole(call) {
        const undo = awsCommand('iam delete-role', { 'role-name': call.request.text('roleName') });
        return (await lets(call, 'assumeRolePolicyDocument')).map((deed) => ({ ...deed, undo }));
      },
      UpdateAssumeRolePolicy: (call) => lets(call, 'policyDocument'),
    },
  },
});

/** Whom the trust policy in a field of the request lets in. */
async function lets(call: Call<typeof parameters>, field: string): Promise<readonly Deed[]> {
  const { request, response } = call;
  // Organizations makes a role in each new account that trusts the management account.
  if (isServiceItself(call)) return [];
  const role = request.text('roleName');
  const what = role === undefined ? 'a role' : `role ${role}`;
  const target = ['AWS::IAM::Role', response.text('role.arn') ?? role] as const;
  if (!request.has(field)) {
    return [{ deed: `Trust policy of ${what} written, which the record does not hold`, target }];
  }
  const { opened } = await import('../../lib/access/opened.ts');
  const found = await opened(request.value(field), call, (who) => ({
    deed: `Trust policy of ${what} lets in ${who}`,
    target,
  }));
  // Vending lets in the accounts that manage and audit, and never everybody.
  return isVendingItsRole(call, role)
    ? found.map((deed) => (deed.severity === 'critical' ? deed : { ...deed, severity: 'low' }))
    : found;
}
