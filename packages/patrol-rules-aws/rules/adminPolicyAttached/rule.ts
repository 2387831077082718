import {
  type Call,
  type Deed,
  defineCallRule,
  guardDuty,
  mitre,
  names,
  stratus,
} from '@patrol/core';
import { isByService, isServiceItself, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import {
  administratorPolicies,
  policyName,
  powerfulPolicies,
} from '../../lib/iam/adminPolicies.ts';
import { awsCommand } from '../../lib/undo.ts';
import { isVending, isVendingItsRole, vendingRoles } from '../../lib/vending.ts';

const parameters = {
  administratorPolicies,
  powerfulPolicies,
  vendingRoles,
  privilegedNames: names(
    'The groups that make their users powerful, and the roles that make EC2 instances powerful.',
    { default: '*admin*, *poweruser*', ignoreCase: true },
  ),
};

export default defineCallRule({
  name: 'adminPolicyAttached',
  title: 'Administrator made',
  description:
    'Alerts when somebody gives an IAM user, group or role a managed policy of administrators, puts a user into a group of administrators, or gives an EC2 instance profile a role of administrators. Account vending may make its own roles administrators, and may give any role another powerful policy: both are of low severity. Account vending is known by the names of its roles only (vendingRoles).',
  severity: 'critical',
  runbook:
    'Ask the actor why the permissions are needed. If nobody can say, take them back, treat the credentials of the actor and of ' +
    'whoever got the permissions as stolen, and look in CloudTrail at what both have done since.',
  references: [
    mitre('T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    stratus('persistence.iam-create-admin-user'),
    guardDuty('AdminPolicyAttachedToUser'),
    guardDuty('AdminPolicyAttachedToRole'),
    guardDuty('SESFullAccessPolicyAttachedToUser'),
    guardDuty('SESFullAccessPolicyAttachedToRole'),
  ],
  parameters,
  calls: {
    'iam.amazonaws.com': {
      AttachUserPolicy: (call) => attached(call, 'user'),
      AttachGroupPolicy: (call) => attached(call, 'group'),
      AttachRolePolicy: (call) => attached(call, 'role'),
      AddUserToGroup: (call) =>
        joined(call, call.request.text('groupName'), {
          deed: `User ${call.request.text('userName') ?? 'without a name'} put into a group of administrators`,
          target: ['AWS::IAM::User', call.request.text('userName')],
          undo: awsCommand('iam remove-user-from-group', {
            'user-name': call.request.text('userName'),
            'group-name': call.request.text('groupName'),
          }),
        }),
      AddRoleToInstanceProfile: (call) =>
        joined(call, call.request.text('roleName'), {
          deed: 'EC2 instance profile given a role of administrators',
          target: ['AWS::IAM::InstanceProfile', call.request.text('instanceProfileName')],
          undo: awsCommand('iam remove-role-from-instance-profile', {
            'instance-profile-name': call.request.text('instanceProfileName'),
            'role-name': call.request.text('roleName'),
          }),
        }),
    },
  },
});

type Attaching = Call<typeof parameters>;

/** `cdk bootstrap` gives this role of CloudFormation the policy of administrators. */
const isOfCdk = (call: Attaching, role: string | undefined): boolean =>
  isByService(call) && /^cdk-\w{1,10}-cfn-exec-role-\d{12}-[a-z\d-]+$/.test(role ?? '');

function attached(call: Attaching, kind: 'user' | 'group' | 'role'): Deed | undefined {
  const { request, parameters: lists } = call;
  const arn = request.text('policyArn');
  const holder = request.text(`${kind}Name`);
  const isAdministrator = lists.administratorPolicies.find(arn, policyName(arn)) !== undefined;
  const isPowerful = lists.powerfulPolicies.find(arn, policyName(arn)) !== undefined;
  // Identity Center and others give their own roles what they were told to.
  if (!(isAdministrator || isPowerful) || isServiceItself(call)) return undefined;
  const severity = isAdministrator ? 'critical' : kind === 'role' ? 'medium' : 'high';
  return {
    deed: `${isAdministrator ? 'Administrator' : 'Powerful'} policy ${policyName(arn) ?? ''} attached to ${kind} ${holder ?? 'without a name'}`,
    severity: isAdministrator
      ? isOfCdk(call, holder) || (kind === 'role' && isVendingItsRole(call, holder))
        ? 'low'
        : isByService(call)
          ? 'high'
          : severity
      : kind === 'role' && isVending(call)
        ? 'low'
        : unlessByService(call, severity),
    facts: known({ policyArn: arn, [kind]: holder }),
    target: [
      kind === 'user' ? 'AWS::IAM::User' : kind === 'role' ? 'AWS::IAM::Role' : 'AWS::IAM::Group',
      holder,
    ],
    undo: awsCommand(`iam detach-${kind}-policy`, { [`${kind}-name`]: holder, 'policy-arn': arn }),
  };
}

/** The finding about a member of something that a privileged name says to be powerful. */
function joined(call: Attaching, name: string | undefined, deed: Deed): Deed | undefined {
  const item = call.parameters.privilegedNames.find(name);
  if (item === undefined || isServiceItself(call)) return undefined;
  return {
    ...deed,
    deed: `${deed.deed}: ${name}`,
    severity: unlessByService(call, 'high'),
    facts: known({
      name,
      matches: item,
      user: call.request.text('userName'),
      instanceProfile: call.request.text('instanceProfileName'),
    }),
  };
}
