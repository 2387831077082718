/** A service of ECS on Fargate by a pipeline, its release, and what ECS does for it. */
import type { Fields } from '@patrol/core/testing';
import {
  account,
  type Act,
  attach,
  authorize,
  comesIn,
  itself,
  madeBy,
  pipeline,
  policy,
  region,
  roleArn,
  roleFor,
  session,
  via,
} from './record.ts';

const secret = (name: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
const parameter = (name: string): string =>
  `arn:aws:ssm:${region}:${account}:parameter/shop/${name}`;

const taskDefinition: Act = [
  'ecs',
  'RegisterTaskDefinition',
  {
    family: 'shop',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '512',
    memory: '1024',
    taskRoleArn: roleArn('shop-task'),
    executionRoleArn: roleArn('shop-execution'),
    containerDefinitions: [
      {
        name: 'shop',
        image: `${account}.dkr.ecr.${region}.amazonaws.com/shop:2f1e`,
        essential: true,
        privileged: false,
        portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
        secrets: [{ name: 'DATABASE', valueFrom: secret('shop/database-AbCdEf') }],
        logConfiguration: { logDriver: 'awslogs' },
      },
    ],
  },
];

/** The first deployment, by CloudFormation. */
const resources: readonly Act[] = [
  roleFor('ecs-tasks', 'shop-execution'),
  attach('shop-execution', 'service-role/AmazonECSTaskExecutionRolePolicy'),
  [
    'iam',
    'PutRolePolicy',
    {
      roleName: 'shop-execution',
      policyName: 'secrets',
      policyDocument: policy({
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'ssm:GetParameters'],
        Resource: [secret('shop/*'), parameter('*')],
      }),
    },
  ],
  roleFor('ecs-tasks', 'shop-task'),
  [
    'iam',
    'PutRolePolicy',
    {
      roleName: 'shop-task',
      policyName: 'exec',
      policyDocument: policy({
        Effect: 'Allow',
        Action: [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        Resource: '*',
      }),
    },
  ],
  ['iam', 'CreateServiceLinkedRole', { aWSServiceName: 'ecs.amazonaws.com' }],
  ['ecs', 'CreateCluster', { clusterName: 'shop', capacityProviders: ['FARGATE'] }],
  ['logs', 'CreateLogGroup', { logGroupName: '/ecs/shop' }],
  ['logs', 'PutRetentionPolicy', { logGroupName: '/ecs/shop', retentionInDays: 90 }],
  taskDefinition,
  [
    'elasticloadbalancing',
    'CreateLoadBalancer',
    { name: 'shop', type: 'application', scheme: 'internet-facing', securityGroups: ['sg-0c1'] },
  ],
  ['elasticloadbalancing', 'CreateListener', { port: 443, protocol: 'HTTPS' }],
  authorize('Ingress', 'sg-0c2', {
    ipProtocol: 'tcp',
    fromPort: 8080,
    toPort: 8080,
    groups: { items: [{ groupId: 'sg-0c1', userId: account }] },
  }),
  [
    'ecs',
    'CreateService',
    {
      cluster: 'shop',
      serviceName: 'shop',
      taskDefinition: 'shop:1',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-0a2'],
          securityGroups: ['sg-0c2'],
          assignPublicIp: 'DISABLED',
        },
      },
      enableExecuteCommand: false,
    },
  ],
  [
    'autoscaling',
    'RegisterScalableTarget',
    {
      serviceNamespace: 'ecs',
      resourceId: 'service/shop/shop',
      scalableDimension: 'ecs:service:DesiredCount',
      minCapacity: 2,
      maxCapacity: 10,
    },
  ],
  [
    'autoscaling',
    'PutScalingPolicy',
    { policyName: 'cpu', serviceNamespace: 'ecs', resourceId: 'service/shop/shop' },
  ],
];

/** A release: an image, a task definition, the service. */
const release: readonly Act[] = [
  ['ecr', 'GetAuthorizationToken', {}],
  ['ecr', 'InitiateLayerUpload', { repositoryName: 'shop' }],
  ['ecr', 'CompleteLayerUpload', { repositoryName: 'shop', layerDigests: ['sha256:2f1e'] }],
  ['ecr', 'PutImage', { repositoryName: 'shop', imageTag: '2f1e' }],
  ['ecs', 'DescribeTaskDefinition', { taskDefinition: 'shop' }],
  taskDefinition,
  [
    'ecs',
    'UpdateService',
    { cluster: 'shop', service: 'shop', taskDefinition: 'shop:2', forceNewDeployment: false },
  ],
  [
    'ecs',
    'RunTask',
    {
      cluster: 'shop',
      taskDefinition: 'shop-migrate:2',
      launchType: 'FARGATE',
      count: 1,
      overrides: { containerOverrides: [{ name: 'migrate', command: ['migrate', 'up'] }] },
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-0a2'],
          securityGroups: ['sg-0c2'],
          assignPublicIp: 'DISABLED',
        },
      },
    },
  ],
  ['ecs', 'DescribeServices', { cluster: 'shop', services: ['shop'] }],
  ['ecs', 'DeregisterTaskDefinition', { taskDefinition: 'shop:1' }],
];

const inTask = (name: string): Fields => ({
  userIdentity: session(name, '0123456789abcdef0123456789abcdef'),
  sourceIPAddress: '192.0.2.90',
  userAgent: 'aws-sdk-go-v2/1.39.6 ua/2.1 os/linux lang/go#1.25 md/Fargate',
});

/** The deployment, a release, and what ECS does while its tasks start. */
export const ecsDeployment = (): readonly Fields[] => [
  ...comesIn(),
  ...madeBy(pipeline.cli, [
    [
      'cloudformation',
      'CreateStack',
      { stackName: 'shop', capabilities: ['CAPABILITY_IAM'], parameters: [] },
      { stackId: `arn:aws:cloudformation:${region}:${account}:stack/shop/0f1e` },
    ],
  ]),
  ...madeBy(pipeline.stack, resources),
  ...madeBy(pipeline.cli, release),
  ...madeBy(itself('ecs-tasks'), [
    [
      'sts',
      'AssumeRole',
      { roleArn: roleArn('shop-execution'), roleSessionName: '0123456789abcdef' },
    ],
    ['sts', 'AssumeRole', { roleArn: roleArn('shop-task'), roleSessionName: '0123456789abcdef' }],
  ]),
  ...madeBy(
    via(
      'ecs',
      session('AWSServiceRoleForECS', 'ecs-service-scheduler', {
        path: '/aws-service-role/ecs.amazonaws.com/',
      }),
    ),
    [
      [
        'ec2',
        'CreateNetworkInterface',
        { subnetId: 'subnet-0a2', groupSet: { items: [{ groupId: 'sg-0c2' }] } },
      ],
      ['elasticloadbalancing', 'RegisterTargets', { targets: [{ id: '10.0.2.17', port: 8080 }] }],
      ['ec2', 'DeleteNetworkInterface', { networkInterfaceId: 'eni-0c1' }],
    ],
  ),
  // The agent reads the secrets of a task, ten parameters at once.
  ...madeBy(inTask('shop-execution'), [
    ['secretsmanager', 'GetSecretValue', { secretId: secret('shop/database-AbCdEf') }],
    [
      'ssm',
      'GetParameters',
      {
        names: Array.from({ length: 10 }, (_, index) => `/shop/${index}`),
        withDecryption: true,
      },
    ],
    ['ecr', 'GetAuthorizationToken', {}],
  ]),
  // An application reads what it needs when it starts.
  ...madeBy(inTask('shop-task'), [
    ['ssm', 'GetParametersByPath', { path: '/shop', recursive: true, withDecryption: true }],
    [
      'kms',
      'Decrypt',
      {
        encryptionContext: { PARAMETER_ARN: parameter('0') },
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      },
    ],
  ]),
];
