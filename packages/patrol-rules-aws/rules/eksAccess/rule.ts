import { defineCallRule, mitre } from '@patrol/core';
import { isByPerson, isServiceWork, unlessAutomated } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

const cluster = 'AWS::EKS::Cluster';

export default defineCallRule({
  name: 'eksAccess',
  title: 'EKS cluster opened',
  description:
    'Alerts when somebody gives access to a Kubernetes cluster of EKS, opens its API to the world, or turns off its logs. ' +
    'Access that a role gives, as deployments do, is low, and quiet where it makes nobody an administrator.',
  severity: 'high',
  runbook:
    'Ask the actor why. If nobody can say, take the access back with the command in the alert, and look in the audit log of the cluster at what was done with it.',
  references: [
    mitre('T1098.006', 'Account Manipulation: Additional Container Cluster Roles'),
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
  ],
  parameters: {},
  calls: {
    'eks.amazonaws.com': {
      AssociateAccessPolicy(call) {
        const { request, region } = call;
        // Records have it URL-encoded, as it stands in the path of the request.
        const principal = decoded(request.text('principalArn'));
        const policy = decoded(request.text('policyArn'));
        const isAdmin = /\/AmazonEKS(ClusterAdmin|Admin)Policy$/.test(policy ?? '');
        if (isServiceWork(call) || (!isAdmin && !isByPerson(call))) return undefined;
        return {
          severity: isAdmin ? unlessAutomated(call, 'high') : 'low',
          deed: `${isAdmin ? 'Administrator access' : 'Access'} given to ${withNames('EKS cluster', request.text('name'))}`,
          meaning: `${principal ?? 'Somebody whom the record does not name'} has it now.`,
          facts: known({
            principal,
            policy,
            scope: request.text('accessScope.type'),
            namespaces: request.texts('accessScope.namespaces'),
          }),
          target: [cluster, request.text('name')],
          undo: awsCommand('eks disassociate-access-policy', {
            'cluster-name': request.text('name'),
            'principal-arn': principal,
            'policy-arn': policy,
            region,
          }),
        };
      },
      CreateAccessEntry(call) {
        const { request, region } = call;
        const principal = decoded(request.text('principalArn'));
        return isByPerson(call)
          ? {
              severity: 'low',
              deed: `Access entry made in ${withNames('EKS cluster', request.text('name'))}`,
              meaning: `What ${principal ?? 'it'} may do depends on its policies and on the roles of its Kubernetes groups.`,
              facts: known({
                principal,
                kubernetesGroups: request.texts('kubernetesGroups'),
                type: request.text('type'),
              }),
              target: [cluster, request.text('name')],
              undo: awsCommand('eks delete-access-entry', {
                'cluster-name': request.text('name'),
                'principal-arn': principal,
                region,
              }),
            }
          : undefined;
      },
      UpdateClusterConfig(call) {
        const { request } = call;
        const cidrs = request.texts('resourcesVpcConfig.publicAccessCidrs');
        const isOpened = cidrs.some((cidr) => cidr.endsWith('/0'));
        const disabled = request
          .list('logging.clusterLogging')
          .filter((each) => each.flag('enabled') === false)
          .flatMap((each) => each.texts('types'));
        const target = [cluster, request.text('name')] as const;
        return [
          ...(isOpened
            ? [
                {
                  deed: `API opened to the world of ${withNames('EKS cluster', request.text('name'))}`,
                  meaning: 'Who gets in depends on credentials alone from now on.',
                  facts: known({ publicAccessCidrs: cidrs }),
                  target,
                },
              ]
            : []),
          ...(disabled.length > 0
            ? [
                {
                  // The console sends those that were off before as well.
                  severity: disabled.includes('audit') ? ('high' as const) : ('low' as const),
                  deed: `Logs turned off of ${withNames('EKS cluster', request.text('name'))}`,
                  facts: known({ logs: disabled }),
                  target,
                },
              ]
            : []),
        ];
      },
      CreatePodIdentityAssociation: (call) =>
        isByPerson(call)
          ? {
              severity: 'medium',
              deed: `Role given to pods of ${withNames('EKS cluster', call.request.text('name'))}`,
              meaning:
                'Whoever can start a pod with the service account has the permissions of the role.',
              facts: known({
                role: call.request.text('roleArn'),
                targetRole: call.request.text('targetRoleArn'),
                namespace: call.request.text('namespace'),
                serviceAccount: call.request.text('serviceAccount'),
              }),
              target: ['AWS::IAM::Role', call.request.text('roleArn')],
            }
          : undefined,
    },
  },
});

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}
