/** A new account: Control Tower makes it, and its baseline and the assignments of Identity Center follow. */
import type { Fields } from '@patrol/core/testing';
import {
  account as managementAccount,
  type Act,
  allBlocked,
  attach,
  itself,
  madeBy,
  pipeline,
  policy,
  region,
  session,
  trustOf,
  via,
} from './record.ts';

/** The account that is made, and the one that audits. */
const member = '222233334444';
const audit = '333344445555';

const instanceArn = 'arn:aws:sso:::instance/ssoins-0123456789abcdef';
const permissionSet = (name: string): string =>
  `arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-${name}`;

/** In the management account: the request for the account, in a pipeline. */
const request: readonly Act[] = [
  [
    'servicecatalog',
    'ProvisionProduct',
    {
      productId: 'prod-example',
      provisioningArtifactId: 'pa-example',
      provisionedProductName: 'payments-prod',
      provisionToken: '0f1e',
    },
    { recordDetail: { status: 'CREATED' } },
  ],
];

const organization: readonly Act[] = [
  [
    'organizations',
    'CreateAccount',
    {
      accountName: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      email: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      roleName: 'AWSControlTowerExecution',
    },
    { createAccountStatus: { id: 'car-example', state: 'IN_PROGRESS' } },
  ],
  ['organizations', 'DescribeCreateAccountStatus', { createAccountRequestId: 'car-example' }],
  [
    'organizations',
    'MoveAccount',
    { accountId: member, sourceParentId: 'r-exam', destinationParentId: 'ou-exam-12345678' },
  ],
  [
    'organizations',
    'TagResource',
    { resourceId: member, tags: [{ key: 'team', value: 'payments' }] },
  ],
  ['organizations', 'AttachPolicy', { policyId: 'p-example1', targetId: member }],
  ['organizations', 'CreateOrganizationalUnit', { parentId: 'r-exam', name: 'Payments' }],
  [
    'cloudformation',
    'CreateStackInstances',
    { stackSetName: 'AWSControlTowerBP-BASELINE-CONFIG', accounts: [member], regions: [region] },
  ],
];

/** The assignments, by the same pipeline with Terraform. */
const assignments: readonly Act[] = [
  ['sso', 'ListInstances', {}],
  [
    'sso',
    'CreatePermissionSet',
    { instanceArn, name: 'PaymentsDeveloper', sessionDuration: 'PT8H' },
    { permissionSet: { permissionSetArn: permissionSet('1111') } },
  ],
  [
    'sso',
    'AttachManagedPolicyToPermissionSet',
    {
      instanceArn,
      permissionSetArn: permissionSet('1111'),
      managedPolicyArn: 'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess',
    },
  ],
  [
    'sso',
    'PutInlinePolicyToPermissionSet',
    {
      instanceArn,
      permissionSetArn: permissionSet('1111'),
      inlinePolicy: policy({
        Effect: 'Allow',
        Action: ['logs:StartQuery', 'logs:GetQueryResults', 'cloudwatch:GetMetricData'],
        Resource: '*',
      }),
    },
  ],
  ...['1111', '2222'].map((name): Act => [
    'sso',
    'CreateAccountAssignment',
    {
      instanceArn,
      permissionSetArn: permissionSet(name),
      targetId: member,
      targetType: 'AWS_ACCOUNT',
      principalType: 'GROUP',
      principalId: '0123456789-aaaa-bbbb',
    },
  ]),
  [
    'sso',
    'ProvisionPermissionSet',
    {
      instanceArn,
      permissionSetArn: permissionSet('1111'),
      targetType: 'ALL_PROVISIONED_ACCOUNTS',
    },
  ],
];

const inMember: Fields = { recipientAccountId: member };

/** The role with which Control Tower works in the new account. */
const execution = session('AWSControlTowerExecution', '0f1e2d3c-1111', { in: member });

/** What Identity Center makes in the account for each assignment. */
const reserved = 'AWSReservedSSO_AdministratorAccess_0123456789abcdef';
const identityCenter: readonly Act[] = [
  [
    'iam',
    'CreateSAMLProvider',
    {
      name: 'AWSSSO_0123456789abcdef_DO_NOT_DELETE',
      sAMLMetadataDocument: '<md:EntityDescriptor/>',
    },
    {
      sAMLProviderArn: `arn:aws:iam::${member}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE`,
    },
  ],
  [
    'iam',
    'CreateRole',
    {
      roleName: reserved,
      path: `/aws-reserved/sso.amazonaws.com/${region}/`,
      maxSessionDuration: 28_800,
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: {
          Federated: `arn:aws:iam::${member}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE`,
        },
        Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
        Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
      }),
    },
  ],
  attach(reserved, 'AdministratorAccess'),
  [
    'iam',
    'PutRolePolicy',
    {
      roleName: reserved,
      policyName: 'AwsSSOInlinePolicy',
      policyDocument: policy({ Effect: 'Allow', Action: 'support:*', Resource: '*' }),
    },
  ],
];

/** The baseline of Control Tower in the account. */
const baseline: readonly Act[] = [
  [
    'iam',
    'CreateRole',
    {
      roleName: 'aws-controltower-ConfigRecorderRole',
      assumeRolePolicyDocument: trustOf('config'),
    },
  ],
  attach('aws-controltower-ConfigRecorderRole', 'service-role/AWS_ConfigRole'),
  [
    'iam',
    'CreateRole',
    {
      roleName: 'aws-controltower-AdministratorExecutionRole',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${audit}:role/aws-controltower-AuditAdministratorRole` },
        Action: 'sts:AssumeRole',
      }),
    },
  ],
  attach('aws-controltower-AdministratorExecutionRole', 'AdministratorAccess'),
  [
    'iam',
    'CreateRole',
    {
      roleName: 'aws-controltower-ReadOnlyExecutionRole',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${audit}:role/aws-controltower-AuditReadOnlyRole` },
        Action: 'sts:AssumeRole',
      }),
    },
  ],
  [
    'config',
    'PutConfigurationRecorder',
    {
      configurationRecorder: {
        name: 'aws-controltower-BaselineConfigRecorder',
        recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
        roleARN: `arn:aws:iam::${member}:role/aws-controltower-ConfigRecorderRole`,
      },
    },
  ],
  [
    'config',
    'PutDeliveryChannel',
    {
      deliveryChannel: {
        name: 'aws-controltower-BaselineConfigDeliveryChannel',
        s3BucketName: 'aws-controltower-logs',
      },
    },
  ],
  [
    'config',
    'StartConfigurationRecorder',
    { configurationRecorderName: 'aws-controltower-BaselineConfigRecorder' },
  ],
  [
    'config',
    'PutAggregationAuthorization',
    { authorizedAccountId: audit, authorizedAwsRegion: region },
  ],
  [
    'sns',
    'CreateTopic',
    { name: 'aws-controltower-SecurityNotifications' },
    { topicArn: `arn:aws:sns:${region}:${member}:aws-controltower-SecurityNotifications` },
  ],
  [
    'sns',
    'SetTopicAttributes',
    {
      topicArn: `arn:aws:sns:${region}:${member}:aws-controltower-SecurityNotifications`,
      attributeName: 'Policy',
      attributeValue: policy({
        Effect: 'Allow',
        Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
        Action: 'sns:Publish',
        Resource: `arn:aws:sns:${region}:${member}:aws-controltower-SecurityNotifications`,
      }),
    },
  ],
  [
    'logs',
    'CreateLogGroup',
    { logGroupName: '/aws/lambda/aws-controltower-NotificationForwarder' },
  ],
  [
    'logs',
    'PutRetentionPolicy',
    { logGroupName: '/aws/lambda/aws-controltower-NotificationForwarder', retentionInDays: 14 },
  ],
];

/** What the pipeline sets in the account through the role of vending. */
const customization: readonly Act[] = [
  [
    'account',
    'PutAlternateContact',
    {
      alternateContactType: 'SECURITY',
      emailAddress: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      name: 'Security',
    },
  ],
  ['account', 'EnableRegion', { regionName: 'eu-south-2' }],
  [
    'iam',
    'UpdateAccountPasswordPolicy',
    {
      minimumPasswordLength: 16,
      requireSymbols: true,
      passwordReusePrevention: 24,
      maxPasswordAge: 90,
    },
  ],
  ['iam', 'CreateAccountAlias', { accountAlias: 'payments-prod' }],
  [
    's3',
    'PutAccountPublicAccessBlock',
    {
      accountId: member,
      PublicAccessBlockConfiguration: allBlocked,
    },
  ],
  ['ec2', 'EnableEbsEncryptionByDefault', { EnableEbsEncryptionByDefaultRequest: {} }],
  [
    'ec2',
    'ModifyInstanceMetadataDefaults',
    { ModifyInstanceMetadataDefaultsRequest: { HttpTokens: 'required' } },
  ],
  [
    'ec2',
    'EnableSnapshotBlockPublicAccess',
    { EnableSnapshotBlockPublicAccessRequest: { State: 'block-all-sharing' } },
  ],
  // The default network goes.
  ['ec2', 'DetachInternetGateway', { internetGatewayId: 'igw-0d1', vpcId: 'vpc-0d1' }],
  ['ec2', 'DeleteInternetGateway', { internetGatewayId: 'igw-0d1' }],
  ['ec2', 'DeleteSubnet', { subnetId: 'subnet-0d1' }],
  ['ec2', 'DeleteVpc', { vpcId: 'vpc-0d1' }],
  [
    'securityhub',
    'BatchEnableStandards',
    {
      StandardsSubscriptionRequests: [
        {
          StandardsArn: `arn:aws:securityhub:${region}::standards/cis-aws-foundations-benchmark/v/3.0.0`,
        },
      ],
    },
  ],
  [
    'iam',
    'CreateOpenIDConnectProvider',
    { url: 'https://token.actions.githubusercontent.com', clientIDList: ['sts.amazonaws.com'] },
    {
      openIDConnectProviderArn: `arn:aws:iam::${member}:oidc-provider/token.actions.githubusercontent.com`,
    },
  ],
  [
    'iam',
    'CreateRole',
    {
      roleName: 'Deploy',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: {
          Federated: `arn:aws:iam::${member}:oidc-provider/token.actions.githubusercontent.com`,
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': 'repo:example/payments:environment:prod',
          },
        },
      }),
    },
  ],
  attach('Deploy', 'PowerUserAccess'),
];

const controlTower = via(
  'controltower',
  session('AWSControlTowerAdmin', 'AWSControlTower', { path: '/service-role/' }),
);

/** The whole run, in the management account and in the new one. */
export const accountVending = (): readonly Fields[] => [
  ...madeBy(pipeline.terraform, request),
  ...madeBy(controlTower, organization),
  ...madeBy({ ...itself('controltower'), eventType: 'AwsServiceEvent' }, [
    [
      'controltower',
      'CreateManagedAccount',
      null,
      null,
      { serviceEventDetails: { createManagedAccountStatus: { state: 'SUCCEEDED' } } },
    ],
  ]),
  ...madeBy({ ...itself('organizations'), ...inMember }, [
    [
      'iam',
      'CreateRole',
      {
        roleName: 'AWSControlTowerExecution',
        assumeRolePolicyDocument: policy({
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${managementAccount}:root` },
          Action: 'sts:AssumeRole',
        }),
      },
    ],
    attach('AWSControlTowerExecution', 'AdministratorAccess'),
  ]),
  ...madeBy({ ...via('cloudformation', execution), ...inMember }, baseline),
  ...madeBy(pipeline.terraform, assignments),
  ...madeBy(
    {
      ...via(
        'sso',
        session('AWSServiceRoleForSSO', 'SSO-PROVISIONING', {
          in: member,
          path: '/aws-service-role/sso.amazonaws.com/',
        }),
      ),
      ...inMember,
    },
    identityCenter,
  ),
  ...madeBy(
    {
      ...pipeline.terraform,
      userIdentity: session('AWSAFTExecution', 'AWSAFT-Session', { in: member }),
      ...inMember,
    },
    customization,
  ),
];
