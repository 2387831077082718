import { type Call, cis, type Deed, defineCallRule, mitre } from '@patrol/core';
import { unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { policyName } from '../../lib/iam/adminPolicies.ts';
import { awsCommand } from '../../lib/undo.ts';
import { capital } from '../../lib/words.ts';

/** What the calls do to a policy. Those about a user, group or role end in its kind and `Policy`. */
const verbs = {
  Attach: 'attached to',
  Detach: 'detached from',
  Put: 'written for',
  Delete: 'deleted from',
};

export default defineCallRule({
  name: 'iamPolicyChanged',
  title: 'IAM policy changed',
  description:
    'Alerts on each change of an IAM policy: created, written, attached, detached or deleted. An older version that is made the default one is of medium severity.',
  severity: 'low',
  runbook:
    'Deployments change policies every day. Look at changes that no deployment explains: who made them, and what the policy ' +
    'grants now. Put back what nobody can explain.',
  references: [
    cis(4),
    mitre('T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    mitre('T1484', 'Domain or Tenant Policy Modification'),
  ],
  parameters: {},
  calls: {
    'iam.amazonaws.com': {
      ...ofHolders('Attach'),
      ...ofHolders('Detach'),
      ...ofHolders('Put'),
      ...ofHolders('Delete'),
      CreatePolicy: (call) => managed(call, 'IAM policy created'),
      DeletePolicy: (call) => managed(call, 'IAM policy deleted'),
      CreatePolicyVersion: (call) => managed(call, 'IAM policy version created'),
      DeletePolicyVersion: (call) => managed(call, 'IAM policy version deleted'),
      // The document is not in the event: an older version may grant what the newer one no longer does.
      SetDefaultPolicyVersion: (call) => ({
        ...managed(call, 'IAM policy version made the default'),
        meaning: 'The policy now grants what this version says. Read it in IAM.',
        severity: unlessByService(call, 'medium'),
      }),
    },
  },
});

type AnyCall = Omit<Call, 'parameters'>;

/** The readers of the calls that do something to a policy of a user, a group or a role. */
function ofHolders<V extends keyof typeof verbs>(
  verb: V,
): Readonly<Record<`${V}${'User' | 'Group' | 'Role'}Policy`, (call: AnyCall) => Deed>> {
  const readers = (['user', 'group', 'role'] as const).map(
    (kind) =>
      [
        `${verb}${capital(kind)}Policy`,
        ({ request }: AnyCall): Deed => {
          const holder = request.text(`${kind}Name`);
          const arn = request.text('policyArn');
          const opposite = { Attach: 'detach', Detach: 'attach', Put: '', Delete: '' }[verb];
          return {
            deed: `${/Put|Delete/.test(verb) ? 'Inline' : 'IAM'} policy ${verbs[verb]} ${kind} ${holder ?? 'without a name'}`,
            facts: known({
              policy: request.text('policyName') ?? policyName(arn),
              policyArn: arn,
              [kind]: holder,
            }),
            target: [
              kind === 'user'
                ? 'AWS::IAM::User'
                : kind === 'role'
                  ? 'AWS::IAM::Role'
                  : 'AWS::IAM::Group',
              holder,
            ],
            undo: opposite
              ? awsCommand(`iam ${opposite}-${kind}-policy`, {
                  [`${kind}-name`]: holder,
                  'policy-arn': arn,
                })
              : undefined,
          };
        },
      ] as const,
  );
  return Object.fromEntries(readers) as ReturnType<typeof ofHolders<V>>;
}

/** The finding about a managed policy or one of its versions. */
function managed({ request, response }: AnyCall, deed: string): Deed {
  const arn = request.text('policyArn') ?? response.text('policy.arn');
  const name = request.text('policyName') ?? policyName(arn);
  return {
    deed: name === undefined ? deed : `${deed}: ${name}`,
    facts: known({
      policyArn: arn,
      policy: name,
      version: request.text('versionId') ?? response.text('policyVersion.versionId'),
    }),
    target: ['AWS::IAM::ManagedPolicy', arn ?? name],
  };
}
