/** A cluster of EKS by a pipeline, and what its nodes and controllers do from then on. */
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

const issuer = `oidc.eks.${region}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`;
const provider = `arn:aws:iam::${account}:oidc-provider/${issuer}`;

/** The trust policy of a role for one service account of the cluster. */
const trustOfPod = (serviceAccount: string): string =>
  policy({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${issuer}:aud`]: 'sts.amazonaws.com',
        [`${issuer}:sub`]: `system:serviceaccount:kube-system:${serviceAccount}`,
      },
    },
  });

const cluster: readonly Act[] = [
  roleFor('eks', 'app-cluster'),
  attach('app-cluster', 'AmazonEKSClusterPolicy'),
  roleFor('ec2', 'app-nodes'),
  attach('app-nodes', 'AmazonEKSWorkerNodePolicy'),
  attach('app-nodes', 'AmazonEKS_CNI_Policy'),
  attach('app-nodes', 'AmazonEC2ContainerRegistryReadOnly'),
  [
    'eks',
    'CreateCluster',
    {
      name: 'app',
      version: '1.34',
      roleArn: roleArn('app-cluster'),
      resourcesVpcConfig: {
        subnetIds: ['subnet-0a1', 'subnet-0a2'],
        endpointPublicAccess: false,
        endpointPrivateAccess: true,
      },
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
      encryptionConfig: [{ resources: ['secrets'] }],
      logging: { clusterLogging: [{ types: ['audit', 'api'], enabled: true }] },
    },
    { cluster: { name: 'app', arn: `arn:aws:eks:${region}:${account}:cluster/app` } },
  ],
  ['eks', 'DescribeCluster', { name: 'app' }],
  [
    'eks',
    'CreateAccessEntry',
    {
      name: 'app',
      principalArn: roleArn('Deploy'),
      type: 'STANDARD',
    },
  ],
  [
    'eks',
    'AssociateAccessPolicy',
    {
      name: 'app',
      principalArn: `arn%3Aaws%3Aiam%3A%3A${account}%3Arole%2FDeploy`,
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy',
      accessScope: { type: 'namespace', namespaces: ['app'] },
    },
  ],
  [
    'iam',
    'CreateOpenIDConnectProvider',
    {
      url: `https://${issuer}`,
      clientIDList: ['sts.amazonaws.com'],
      thumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
    },
    { openIDConnectProviderArn: provider },
  ],
  [
    'eks',
    'CreateNodegroup',
    {
      clusterName: 'app',
      nodegroupName: 'main',
      nodeRole: roleArn('app-nodes'),
      scalingConfig: { minSize: 3, maxSize: 12, desiredSize: 3 },
      instanceTypes: ['m7g.xlarge'],
      subnets: ['subnet-0a1', 'subnet-0a2'],
    },
  ],
  ...['vpc-cni', 'coredns', 'kube-proxy', 'aws-ebs-csi-driver'].map((addonName): Act => [
    'eks',
    'CreateAddon',
    { name: 'app', addonName },
  ]),
  ...['aws-node', 'ebs-csi-controller-sa'].map((name): Act => [
    'iam',
    'CreateRole',
    { roleName: `app-${name}`, assumeRolePolicyDocument: trustOfPod(name) },
  ]),
  attach('app-ebs-csi-controller-sa', 'service-role/AmazonEBSCSIDriverPolicy'),
  [
    'iam',
    'CreateRole',
    {
      roleName: 'app-karpenter',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      }),
    },
  ],
  [
    'iam',
    'PutRolePolicy',
    {
      roleName: 'app-karpenter',
      policyName: 'controller',
      policyDocument: policy(
        {
          Effect: 'Allow',
          Action: ['ec2:RunInstances', 'ec2:CreateFleet', 'ec2:CreateLaunchTemplate'],
          Resource: [`arn:aws:ec2:${region}:*:fleet/*`, `arn:aws:ec2:${region}:*:instance/*`],
          Condition: { StringEquals: { 'aws:RequestTag/kubernetes.io/cluster/app': 'owned' } },
        },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: roleArn('app-nodes'),
          Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
        },
      ),
    },
  ],
  [
    'eks',
    'CreatePodIdentityAssociation',
    {
      clusterName: 'app',
      namespace: 'kube-system',
      serviceAccount: 'karpenter',
      roleArn: roleArn('app-karpenter'),
    },
  ],
];

const linked = (role: string, service: string): Fields =>
  session(role, service, { path: `/aws-service-role/${service}.amazonaws.com/` });

/** What EKS and Auto Scaling do for the cluster. */
const services: readonly (readonly [Fields, readonly Act[]])[] = [
  [itself('eks'), [['sts', 'AssumeRole', { roleArn: roleArn('app-cluster') }]]],
  [
    via('eks', linked('AWSServiceRoleForAmazonEKS', 'eks')),
    [
      [
        'ec2',
        'CreateSecurityGroup',
        { groupName: 'eks-cluster-sg-app', groupDescription: 'EKS', vpcId: 'vpc-0a1' },
        { groupId: 'sg-0b1' },
      ],
      authorize('Ingress', 'sg-0b1', {
        ipProtocol: '-1',
        groups: { items: [{ groupId: 'sg-0b1', userId: account }] },
      }),
      [
        'ec2',
        'CreateNetworkInterface',
        { subnetId: 'subnet-0a1', groupSet: { items: [{ groupId: 'sg-0b1' }] } },
      ],
    ],
  ],
  [
    via('eks-nodegroup', linked('AWSServiceRoleForAmazonEKSNodegroup', 'eks-nodegroup')),
    [
      [
        'ec2',
        'CreateLaunchTemplate',
        { CreateLaunchTemplateRequest: { LaunchTemplateName: 'eks-0b1' } },
      ],
      [
        'autoscaling',
        'CreateAutoScalingGroup',
        { autoScalingGroupName: 'eks-main-0b1', minSize: 3, maxSize: 12 },
      ],
    ],
  ],
  [
    via('autoscaling', linked('AWSServiceRoleForAutoScaling', 'autoscaling')),
    [
      [
        'ec2',
        'RunInstances',
        {
          instancesSet: { items: [{ minCount: 3, maxCount: 3 }] },
          launchTemplate: { launchTemplateId: 'lt-0b1', version: '1' },
        },
        { instancesSet: { items: [{ instanceId: 'i-0b1c2d3e4f5061728' }] } },
      ],
      [
        'ec2',
        'TerminateInstances',
        { instancesSet: { items: [{ instanceId: 'i-0b1c2d3e4f5061728' }] } },
      ],
    ],
  ],
];

const inCluster = (role: string, name: string, agent: string): Fields => ({
  userIdentity: session(role, name),
  sourceIPAddress: '192.0.2.81',
  userAgent: agent,
});

const node = session('app-nodes', 'i-0b1c2d3e4f5061728', {
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLEAPPNODES',
      arn: roleArn('app-nodes'),
      accountId: account,
      userName: 'app-nodes',
    },
    attributes: { creationDate: '2026-11-20T08:29:40Z', mfaAuthenticated: 'false' },
    ec2RoleDelivery: '2.0',
  },
});

/** What nodes and controllers do in the cluster. */
const life: readonly (readonly [Fields, readonly Act[]])[] = [
  [
    { userIdentity: node, sourceIPAddress: '192.0.2.82', userAgent: 'aws-sdk-go/1.55 kubelet' },
    [
      [
        'ec2',
        'DescribeInstances',
        { instancesSet: { items: [{ instanceId: 'i-0b1c2d3e4f5061728' }] } },
      ],
      ['ecr', 'GetAuthorizationToken', {}],
      ['ecr', 'BatchGetImage', { repositoryName: 'app', imageIds: [{ imageTag: 'v1' }] }],
    ],
  ],
  [
    inCluster('app-aws-node', 'botocore-session-1763627380', 'amazon-vpc-cni-k8s'),
    [
      [
        'ec2',
        'CreateNetworkInterface',
        { subnetId: 'subnet-0a1', groupSet: { items: [{ groupId: 'sg-0b1' }] } },
      ],
      [
        'ec2',
        'AttachNetworkInterface',
        { networkInterfaceId: 'eni-0b1', instanceId: 'i-0b1c2d3e4f5061728', deviceIndex: 1 },
      ],
      ['ec2', 'AssignPrivateIpAddresses', { networkInterfaceId: 'eni-0b1' }],
      [
        'ec2',
        'ModifyNetworkInterfaceAttribute',
        {
          networkInterfaceId: 'eni-0b1',
          attachment: { attachmentId: 'eni-attach-0b1', deleteOnTermination: true },
        },
      ],
    ],
  ],
  [
    inCluster('app-ebs-csi-controller-sa', '1763627380123456789', 'aws-ebs-csi-driver/v1.51'),
    [
      ['ec2', 'CreateVolume', { size: '20', volumeType: 'gp3', encrypted: true }],
      [
        'ec2',
        'AttachVolume',
        { volumeId: 'vol-0b1', instanceId: 'i-0b1c2d3e4f5061728', device: '/dev/xvdaa' },
      ],
      ['ec2', 'CreateSnapshot', { volumeId: 'vol-0b1' }, { snapshotId: 'snap-0b1' }],
      ['ec2', 'DetachVolume', { volumeId: 'vol-0b1' }],
      ['ec2', 'DeleteVolume', { volumeId: 'vol-0b1' }],
      ['ec2', 'DeleteSnapshot', { snapshotId: 'snap-0b1' }],
    ],
  ],
  [
    inCluster('app-load-balancers', '1763627380123456790', 'elbv2.k8s.aws/v2.15.0'),
    [
      [
        'ec2',
        'CreateSecurityGroup',
        { groupName: 'k8s-app-ingress', groupDescription: '[k8s] Managed', vpcId: 'vpc-0a1' },
        { groupId: 'sg-0b2' },
      ],
      authorize('Ingress', 'sg-0b2', {
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
      }),
      [
        'elasticloadbalancing',
        'CreateLoadBalancer',
        { name: 'k8s-app', type: 'application', scheme: 'internet-facing' },
      ],
      [
        'elasticloadbalancing',
        'RegisterTargets',
        { targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/k8s/1` },
      ],
    ],
  ],
  [
    inCluster('app-karpenter', 'eks-app-karpenter-0f1e', 'karpenter.sh-1.8'),
    [
      [
        'iam',
        'CreateInstanceProfile',
        { instanceProfileName: 'app_1234567890', path: '/karpenter/' },
      ],
      [
        'iam',
        'AddRoleToInstanceProfile',
        { instanceProfileName: 'app_1234567890', roleName: 'app-nodes' },
      ],
      [
        'ec2',
        'CreateLaunchTemplate',
        { CreateLaunchTemplateRequest: { LaunchTemplateName: 'karpenter.k8s.aws/1' } },
      ],
      [
        'ec2',
        'CreateFleet',
        {
          CreateFleetRequest: {
            Type: 'instant',
            LaunchTemplateConfigs: {
              LaunchTemplateSpecification: {
                LaunchTemplateName: 'karpenter.k8s.aws/1',
                Version: '$Latest',
              },
              Overrides: [
                { InstanceType: 'm7g.xlarge', tag: 1 },
                { InstanceType: 'c7g.2xlarge', tag: 2 },
              ],
              tag: 1,
            },
            TargetCapacitySpecification: {
              DefaultTargetCapacityType: 'spot',
              TotalTargetCapacity: 1,
            },
          },
        },
        { CreateFleetResponse: { fleetId: 'fleet-0b1' } },
      ],
      [
        'ec2',
        'TerminateInstances',
        { instancesSet: { items: [{ instanceId: 'i-0b9c2d3e4f5061728' }] } },
      ],
    ],
  ],
];

const all = (parts: readonly (readonly [Fields, readonly Act[]])[]): readonly Fields[] =>
  parts.flatMap(([who, acts]) => madeBy(who, acts));

/** The deployment, and a while of the cluster's life. */
export const eksDeployment = (): readonly Fields[] => [
  ...comesIn(),
  ...madeBy(pipeline.terraform, cluster),
  ...all(services),
  ...all(life),
];
