import { denied, describeRule, type Fields, identities } from '@patrol/core/testing';
import { by } from '../../testing/people.ts';
import { expect } from 'vitest';
import { call } from '../../testing/call.ts';
import rule from './rule.ts';

const run = (instanceType: string | undefined, maxCount = 1, fields: Fields = {}): unknown =>
  call(
    'ec2',
    'RunInstances',
    {
      instancesSet: { items: [{ imageId: 'ami-1', minCount: 1, maxCount }] },
      ...(instanceType === undefined
        ? { launchTemplate: { launchTemplateName: 'web' } }
        : { instanceType }),
      blockDeviceMapping: {},
      monitoring: { enabled: false },
    },
    fields,
  );

const unauthorized = {
  errorCode: 'Client.UnauthorizedOperation',
  errorMessage: 'You are not authorized to perform this operation.',
};

const protecting = (requestParameters: Fields, fields: Fields = {}): unknown =>
  call('ec2', 'ModifyInstanceAttribute', { instanceId: 'i-1', ...requestParameters }, fields);

const template = (InstanceType: string): unknown =>
  call('ec2', 'CreateLaunchTemplate', {
    CreateLaunchTemplateRequest: {
      LaunchTemplateName: 'web',
      LaunchTemplateData: { InstanceType, ImageId: 'ami-1' },
    },
  });

const spot = (instanceType: string): unknown =>
  call('ec2', 'RequestSpotInstances', {
    instanceCount: 2,
    launchSpecification: { instanceType, imageId: 'ami-1' },
  });

const group = (maxSize: number, overrides: readonly string[] = []): unknown =>
  call('autoscaling', 'CreateAutoScalingGroup', {
    autoScalingGroupName: 'web',
    minSize: 1,
    maxSize,
    mixedInstancesPolicy: {
      launchTemplate: { overrides: overrides.map((instanceType) => ({ instanceType })) },
    },
  });

const configuration = (instanceType: string): unknown =>
  call('autoscaling', 'CreateLaunchConfiguration', {
    launchConfigurationName: 'web',
    instanceType,
  });

const tasks = (count: number): unknown =>
  call('ecs', 'RunTask', { cluster: 'web', taskDefinition: 'job', count });

const service = (desiredCount: number): unknown =>
  call('ecs', 'CreateService', { cluster: 'web', serviceName: 'job', desiredCount });

const notebook = (instanceType: string): unknown =>
  call('sagemaker', 'CreateNotebookInstance', { notebookInstanceName: 'lab', instanceType });

const lightsail = (fields: Fields = {}): unknown =>
  call(
    'lightsail',
    'CreateInstances',
    { instanceNames: ['one'], bundleId: 'large_3_0', availabilityZone: 'eu-west-1a' },
    fields,
  );

describeRule(rule, {
  alerts: {
    'an unusual type': [
      run('p2.xlarge'),
      {
        title: 'EC2 instances launched: unusual type p2.xlarge by IAM user alice',
        severity: 'high',
        facts: { types: 'p2.xlarge', count: 1 },
      },
    ],
    'an unusual type that was denied, whoever asked for it': [
      run('p2.xlarge', 10, { ...unauthorized, userIdentity: identities.assumedRole }),
      { title: expect.stringContaining('unusual type p2.xlarge'), severity: 'medium' },
    ],
    'an unusual type of a deployment': [
      run('g5.xlarge', 1, by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'an unusual type in a launch template': [
      run(undefined, 1, {
        responseElements: { instancesSet: { items: [{ instanceType: 'trn1.32xlarge' }] } },
      }),
      { title: 'EC2 instances launched: unusual type trn1.32xlarge by IAM user alice' },
    ],
    'many at once': [
      run('t3.micro', 21),
      { title: 'EC2 instances launched: 21 at once by IAM user alice', facts: { count: 21 } },
    ],
    both: [
      run('c5.metal', 21),
      { title: 'EC2 instances launched: unusual type c5.metal, 21 at once by IAM user alice' },
    ],
    'what the operator calls many': [
      run('t3.micro', 2),
      { title: 'EC2 instances launched: 2 at once by IAM user alice' },
      { parameters: { maximumCount: '1' } },
    ],
    'spot instances': [
      spot('g4dn.xlarge'),
      { title: 'EC2 spot instances launched: unusual type g4dn.xlarge by IAM user alice' },
    ],
    'a launch template': [
      template('p5.48xlarge'),
      { title: 'EC2 launch template launched: unusual type p5.48xlarge by IAM user alice' },
    ],
    'an Auto Scaling group that is large': [
      group(999),
      { title: 'Auto Scaling group launched: 999 at once by IAM user alice' },
    ],
    'an Auto Scaling group of unusual types': [
      group(2, ['t3.micro', 'g5.xlarge']),
      { title: 'Auto Scaling group launched: unusual type g5.xlarge by IAM user alice' },
    ],
    'a launch configuration': [
      configuration('x1.32xlarge'),
      { title: 'Launch configuration launched: unusual type x1.32xlarge by IAM user alice' },
    ],
    'many tasks': [tasks(50), { title: 'ECS tasks launched: 50 at once by IAM user alice' }],
    'a large service': [
      service(50),
      { title: 'ECS service launched: 50 at once by IAM user alice' },
    ],
    'an unusual notebook': [
      notebook('ml.p3.2xlarge'),
      {
        title: 'SageMaker notebook instance launched: unusual type ml.p3.2xlarge by IAM user alice',
      },
    ],
    Lightsail: [
      lightsail(),
      {
        title: 'Lightsail instances launched by IAM user alice',
        severity: 'medium',
        facts: { names: 'one', bundle: 'large_3_0' },
      },
    ],
    'Lightsail by a deployment': [
      lightsail(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'Lightsail denied': [
      call('lightsail', 'CreateInstances', null, denied('lightsail:CreateInstances', '*')),
      { title: expect.any(String), severity: 'low' },
    ],
    'protection from termination': [
      protecting({ disableApiTermination: { value: true } }),
      {
        title: 'EC2 instance i-1 protected from termination by IAM user alice',
        severity: 'medium',
        undo: 'aws ec2 modify-instance-attribute --instance-id i-1 --no-disable-api-termination --region eu-west-1',
      },
    ],
    'protection from termination in the older form': [
      protecting({ attribute: 'disableApiTermination', value: 'true' }),
      { title: 'EC2 instance i-1 protected from termination by IAM user alice' },
    ],
    'protection by a deployment': [
      protecting({ disableApiTermination: { value: true } }, by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
  },
  quiet: {
    'a usual type': [run('t3.micro')],
    'a usual type that was denied': [run('t3.micro', 1, unauthorized)],
    'a usual type in a launch template': [
      run(undefined, 1, {
        responseElements: { instancesSet: { items: [{ instanceType: 'm7i.large' }] } },
      }),
    ],
    'as many as the operator allows': [run('t3.micro', 20)],
    'what Auto Scaling launches': [
      run('p2.xlarge', 1, {
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling',
          accountId: '111122223333',
          invokedBy: 'autoscaling.amazonaws.com',
        },
      }),
    ],
    'usual spot instances': [spot('c5.large')],
    'a usual launch template': [template('t3.micro')],
    'a usual Auto Scaling group': [group(4, ['t3.micro'])],
    'a usual launch configuration': [configuration('t3.micro')],
    'a few tasks': [tasks(2)],
    'a small service': [service(2)],
    'a usual notebook': [notebook('ml.t3.medium')],
    'protection that is lifted': [protecting({ disableApiTermination: { value: false } })],
    'another attribute': [protecting({ userData: '<sensitiveDataRemoved>' })],
  },
});
