import { cis, defineRule, mitre, names, patterns } from '@patrol/core';
import { policyCalls } from '../../lib/iam/calls.ts';
import type { Simulator } from '../../lib/iam/simulator.ts';

export default defineRule({
  name: 'principalPolicySimulator',
  title: 'Policy gives more than its author has',
  description:
    "Alerts when somebody writes an IAM policy that allows what the caller itself may not do, by IAM's policy simulator. " +
    'It asks about each resource as the policy writes it: a denial for only some of the resources that match does not show. ' +
    'An inline policy that a user or a role writes for itself always alerts: the simulator counts it already. For the same ' +
    'reason, the rule does not see what callers gain by a policy of their group or by a new version of a policy that they have.',
  severity: 'medium',
  runbook:
    'Find out whom the policy is for. Somebody who gives a policy to a principal that they control themselves gains what they ' +
    'did not have: if nobody can explain it, detach or delete the policy, treat the credentials of the actor as stolen, and look ' +
    'in CloudTrail at what the holders of the policy have done since. Leave out by principalRegex the roles that deploy ' +
    'policies for others, and give them a permissions boundary.',
  references: [
    cis(4, 'policies that are attached, detached or deleted'),
    mitre('T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  triggers: [policyCalls],
  parameters: {
    principalRegex: patterns(
      "The callers whose policies are compared, by their ARNs: a user's, a session's or its role's. Letter case makes no difference. Empty or none: all of them.",
      { anywhere: true, ignoreCase: true, default: '' },
    ),
    ignoredServices: names('The services whose actions are not compared, such as logs.', {
      default: '',
      suppresses: true,
      ignoreCase: true,
      form: { pattern: '[\\w*-]+', words: 'the prefix of a service, such as logs' },
    }),
    ignoredResources: names(
      'The resources on which actions are not compared, by their ARNs as they stand in policies.',
      { default: '', suppresses: true },
    ),
  },
  // The calls name the users and roles of this account whose permissions they ask for.
  permissions: [
    {
      Action: ['iam:SimulatePrincipalPolicy'],
      Resource: ['user', 'role'].map((kind) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${kind}/*`,
      })),
    },
  ],
  // One policy can take several dozen requests, and IAM may slow them down.
  timeout: 180,
  clients: (): Simulator => ({
    simulate: async (request) => (await import('../../lib/iam/client.ts')).simulate(request),
  }),
  async evaluate(event, { parameters, clients }) {
    const { compare } = await import('../../lib/iam/simulation.ts');
    return compare(event, parameters, clients);
  },
});
