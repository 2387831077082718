import {
  type Call,
  type CallReader,
  type Deed,
  defineCallRule,
  guardDuty,
  mitre,
  names,
  number,
  type Severity,
  stratus,
} from '@patrol/core';
import { isServiceWork, unlessAutomated } from '../../lib/actor.ts';
import { requestOf } from '../../lib/ec2.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  instanceTypes: names('Unusual instance types, without the `ml.` of SageMaker.', {
    default: 'p*,g*,trn*,inf*,dl*,f*,x*,u-*,u7*,hpc*,*.metal*,*.24xlarge,*.32xlarge,*.48xlarge',
  }),
  maximumCount: number('How many instances or tasks one call may ask for.', {
    default: '20',
    minimum: 1,
    maximum: 100_000,
  }),
};

type P = typeof parameters;

export default defineCallRule({
  name: 'unusualLaunch',
  title: 'Unusual machines launched',
  description:
    'Alerts when somebody launches machines of an unusual type or many at once, or tries to: in EC2, Auto Scaling, ECS, SageMaker and Lightsail. ' +
    'It also alerts when somebody protects an instance from termination.',
  severity: 'high',
  runbook:
    'Ask the actor what the machines are for. If nobody can say, terminate them, look for others in all regions, and treat the credentials as stolen.',
  references: [
    mitre('T1496.001', 'Resource Hijacking: Compute Hijacking'),
    mitre('T1578.002', 'Modify Cloud Compute Infrastructure: Create Cloud Instance'),
    stratus('execution.ec2-launch-unusual-instances'),
    guardDuty('EC2TerminationProtectionEnabled'),
  ],
  // Who lacks the permission or the quota tries others next.
  alertsOnDenied: true,
  parameters,
  calls: {
    'ec2.amazonaws.com': {
      RunInstances: launched('EC2 instances', (call) => ({
        types: [
          ...call.request.texts('instanceType'),
          // The type may stand in a launch template: the answer has it.
          ...call.response.list('instancesSet').flatMap((each) => each.text('instanceType') ?? []),
        ],
        count: call.request.list('instancesSet').map((each) => each.number('maxCount') ?? 0)[0],
      })),
      RequestSpotInstances: launched('EC2 spot instances', (call) => ({
        types: call.request.texts('launchSpecification.instanceType'),
        count: call.request.number('instanceCount'),
      })),
      CreateLaunchTemplate: launched('EC2 launch template', (call) => ({
        types: requestOf(call).texts('launchTemplateData.instanceType'),
      })),
      ModifyInstanceAttribute(call) {
        const protects =
          call.request.flag('disableApiTermination.value') ??
          (call.request.text('attribute') === 'disableApiTermination'
            ? call.request.flag('value')
            : undefined);
        const id = call.request.text('instanceId');
        return protects
          ? {
              severity: unlessAutomated(call, 'medium'),
              deed: `${withNames('EC2 instance', id)} protected from termination`,
              target: ['AWS::EC2::Instance', id],
              undo: awsCommand('ec2 modify-instance-attribute', {
                'instance-id': id,
                'no-disable-api-termination': true,
                region: call.region,
              }),
            }
          : undefined;
      },
    },
    'autoscaling.amazonaws.com': {
      CreateAutoScalingGroup: launched('Auto Scaling group', ({ request }) => ({
        types: request
          .list('mixedInstancesPolicy.launchTemplate.overrides')
          .flatMap((each) => each.text('instanceType') ?? []),
        count: request.number('maxSize'),
      })),
      CreateLaunchConfiguration: launched('Launch configuration', ({ request }) => ({
        types: request.texts('instanceType'),
      })),
    },
    'ecs.amazonaws.com': {
      RunTask: launched('ECS tasks', ({ request }) => ({
        types: [],
        count: request.number('count'),
      })),
      CreateService: launched('ECS service', ({ request }) => ({
        types: [],
        count: request.number('desiredCount'),
      })),
    },
    'sagemaker.amazonaws.com': {
      CreateNotebookInstance: launched('SageMaker notebook instance', ({ request }) => ({
        types: request.texts('instanceType'),
      })),
    },
    'lightsail.amazonaws.com': {
      // Few use Lightsail, and those who took over an account like it: its quotas are its own.
      CreateInstances: (call) => ({
        severity: severityOf(call, 'medium'),
        deed: 'Lightsail instances launched',
        facts: known({
          names: call.request.texts('instanceNames'),
          bundle: call.request.text('bundleId'),
        }),
        target: ['AWS::Lightsail::Instance', call.request.texts('instanceNames')[0]],
      }),
    },
  },
});

/** A deployment may launch anything, but it is not denied. */
const severityOf = (call: Call<P>, severity: Severity): Severity =>
  call.record.errorCode === undefined ? unlessAutomated(call, severity) : severity;

interface Launch {
  readonly types: readonly string[];
  readonly count?: number | undefined;
}

function launched(what: string, launchOf: (call: Call<P>) => Launch): CallReader<P> {
  return (call): Deed | undefined => {
    // Auto Scaling and the like launch what somebody described: that call is looked at.
    if (isServiceWork(call)) return undefined;
    const { types, count = 0 } = launchOf(call);
    const { instanceTypes, maximumCount } = call.parameters;
    const unusual = [...new Set(types)].filter((type) =>
      instanceTypes.find(type.replace(/^ml\./, '')),
    );
    const isMany = count > maximumCount;
    if (unusual.length === 0 && !isMany) return undefined;
    return {
      severity: severityOf(call, 'high'),
      deed: `${what} launched: ${[
        ...(unusual.length > 0 ? [`unusual type ${unusual.join(', ')}`] : []),
        ...(isMany ? [`${count} at once`] : []),
      ].join(', ')}`,
      facts: known({ types: [...new Set(types)], count: count || undefined }),
    };
  };
}
