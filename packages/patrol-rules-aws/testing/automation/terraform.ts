/** `terraform apply`: a network, a bucket, roles, functions, a database, a key and what goes with them; then the next run. */
import type { Fields } from '@patrol/core/testing';
import {
  account,
  type Act,
  allBlocked,
  attach,
  authorize,
  comesIn,
  madeBy,
  permissions,
  pipeline,
  policy,
  region,
  roleArn,
  roleFor,
  trustOf,
} from './record.ts';

const bucketName = 'example-app-uploads';
const keyId = '1f2e3d4c-0000-4000-8000-example00001';
const keyArn = `arn:aws:kms:${region}:${account}:key/${keyId}`;
const own = `arn:aws:iam::${account}:root`;
const functionArn = `arn:aws:lambda:${region}:${account}:function:app-worker`;

const bucket = (name: string, request: Fields): Act => [
  's3',
  name,
  { bucketName, Host: `${bucketName}.s3.${region}.amazonaws.com`, ...request },
];

/** The provider keeps its state in a bucket, and a lock beside it. */
const state = (): readonly Act[] => [
  ['sts', 'GetCallerIdentity', null],
  [
    's3',
    'GetObject',
    { bucketName: 'example-terraform-state', key: 'app/terraform.tfstate' },
    null,
    { managementEvent: false, eventCategory: 'Data' },
  ],
  [
    's3',
    'PutObject',
    {
      bucketName: 'example-terraform-state',
      key: 'app/terraform.tfstate.tflock',
      'x-amz-server-side-encryption': 'aws:kms',
    },
    null,
    { managementEvent: false, eventCategory: 'Data' },
  ],
];

const network: readonly Act[] = [
  [
    'ec2',
    'CreateVpc',
    { cidrBlock: '10.0.0.0/16', instanceTenancy: 'default' },
    { vpc: { vpcId: 'vpc-0a1' } },
  ],
  ['ec2', 'ModifyVpcAttribute', { vpcId: 'vpc-0a1', enableDnsHostnames: { value: true } }],
  ['ec2', 'DescribeVpcs', { vpcSet: { items: [{ vpcId: 'vpc-0a1' }] } }],
  [
    'ec2',
    'CreateSubnet',
    { vpcId: 'vpc-0a1', cidrBlock: '10.0.1.0/24' },
    { subnet: { subnetId: 'subnet-0a1' } },
  ],
  [
    'ec2',
    'ModifySubnetAttribute',
    { subnetId: 'subnet-0a1', mapPublicIpOnLaunch: { value: true } },
  ],
  ['ec2', 'CreateInternetGateway', {}, { internetGateway: { internetGatewayId: 'igw-0a1' } }],
  ['ec2', 'AttachInternetGateway', { internetGatewayId: 'igw-0a1', vpcId: 'vpc-0a1' }],
  ['ec2', 'CreateRouteTable', { vpcId: 'vpc-0a1' }, { routeTable: { routeTableId: 'rtb-0a1' } }],
  [
    'ec2',
    'CreateRoute',
    { routeTableId: 'rtb-0a1', destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-0a1' },
    { _return: true },
  ],
  ['ec2', 'AssociateRouteTable', { routeTableId: 'rtb-0a1', subnetId: 'subnet-0a1' }],
  [
    'ec2',
    'AllocateAddress',
    { domain: 'vpc' },
    { allocationId: 'eipalloc-0a1', publicIp: '192.0.2.80' },
  ],
  [
    'ec2',
    'CreateNatGateway',
    {
      CreateNatGatewayRequest: {
        SubnetId: 'subnet-0a1',
        AllocationId: 'eipalloc-0a1',
        ConnectivityType: 'public',
      },
    },
  ],
  [
    'ec2',
    'CreateVpcEndpoint',
    {
      CreateVpcEndpointRequest: {
        VpcId: 'vpc-0a1',
        ServiceName: `com.amazonaws.${region}.s3`,
        VpcEndpointType: 'Gateway',
        RouteTableId: { tag: 1, content: 'rtb-0a1' },
      },
    },
  ],
  [
    'ec2',
    'CreateNetworkAclEntry',
    {
      networkAclId: 'acl-0a1',
      ruleNumber: 100,
      egress: false,
      ruleAction: 'allow',
      cidrBlock: '0.0.0.0/0',
      aclProtocol: '6',
      portRange: { from: 443, to: 443 },
    },
  ],
  roleFor('vpc-flow-logs', 'app-flow-logs', { path: '/' }),
  ['logs', 'CreateLogGroup', { logGroupName: '/vpc/app' }],
  ['logs', 'PutRetentionPolicy', { logGroupName: '/vpc/app', retentionInDays: 365 }],
  [
    'ec2',
    'CreateFlowLogs',
    {
      CreateFlowLogsRequest: {
        ResourceId: { tag: 1, content: 'vpc-0a1' },
        ResourceType: 'VPC',
        TrafficType: 'ALL',
        LogDestinationType: 'cloud-watch-logs',
        LogGroupName: '/vpc/app',
      },
    },
  ],
  [
    'ec2',
    'CreateSecurityGroup',
    { groupName: 'app-alb', groupDescription: 'The load balancer', vpcId: 'vpc-0a1' },
    { groupId: 'sg-0a1', _return: true },
  ],
  [
    'ec2',
    'RevokeSecurityGroupEgress',
    {
      groupId: 'sg-0a1',
      ipPermissions: permissions({
        ipProtocol: '-1',
        fromPort: 0,
        toPort: 0,
        ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
      }),
    },
  ],
  ...[443, 80].map((port): Act =>
    authorize('Ingress', 'sg-0a1', {
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: 'The web' }] },
      ipv6Ranges: { items: [{ cidrIpv6: '::/0', description: 'The web' }] },
    }),
  ),
  authorize('Egress', 'sg-0a1', {
    ipProtocol: '-1',
    ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
  }),
  [
    'ec2',
    'CreateSecurityGroup',
    { groupName: 'app-db', groupDescription: 'The database', vpcId: 'vpc-0a1' },
    { groupId: 'sg-0a2', _return: true },
  ],
  authorize('Ingress', 'sg-0a2', {
    ipProtocol: 'tcp',
    fromPort: 5432,
    toPort: 5432,
    groups: { items: [{ groupId: 'sg-0a1', userId: account }] },
  }),
];

const storage: readonly Act[] = [
  [
    'kms',
    'CreateKey',
    {
      description: 'app',
      keyUsage: 'ENCRYPT_DECRYPT',
      customerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      origin: 'AWS_KMS',
      multiRegion: false,
      bypassPolicyLockoutSafetyCheck: false,
      policy: policy(
        { Sid: 'Enable', Effect: 'Allow', Principal: { AWS: own }, Action: 'kms:*', Resource: '*' },
        {
          Sid: 'Logs',
          Effect: 'Allow',
          Principal: { Service: `logs.${region}.amazonaws.com` },
          Action: [
            'kms:Encrypt*',
            'kms:Decrypt*',
            'kms:ReEncrypt*',
            'kms:GenerateDataKey*',
            'kms:Describe*',
          ],
          Resource: '*',
          Condition: {
            ArnLike: {
              'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:*`,
            },
          },
        },
      ),
    },
    { keyMetadata: { keyId, arn: keyArn } },
  ],
  ['kms', 'EnableKeyRotation', { keyId }],
  ['kms', 'CreateAlias', { aliasName: 'alias/app', targetKeyId: keyId }],
  [
    'kms',
    'PutKeyPolicy',
    {
      keyId,
      policyName: 'default',
      bypassPolicyLockoutSafetyCheck: false,
      policy: policy(
        { Sid: 'Enable', Effect: 'Allow', Principal: { AWS: own }, Action: 'kms:*', Resource: '*' },
        {
          Sid: 'Administrators',
          Effect: 'Allow',
          Principal: { AWS: roleArn('Deploy') },
          Action: ['kms:Create*', 'kms:Describe*', 'kms:Put*', 'kms:ScheduleKeyDeletion'],
          Resource: '*',
        },
      ),
    },
  ],
  bucket('CreateBucket', { CreateBucketConfiguration: { LocationConstraint: region } }),
  bucket('PutBucketTagging', { tagging: '' }),
  bucket('PutBucketPublicAccessBlock', {
    publicAccessBlock: '',
    PublicAccessBlockConfiguration: allBlocked,
  }),
  bucket('PutBucketOwnershipControls', {
    ownershipControls: '',
    OwnershipControls: { Rule: { ObjectOwnership: 'BucketOwnerPreferred' } },
  }),
  bucket('PutBucketAcl', { acl: '', 'x-amz-acl': 'private' }),
  bucket('PutBucketEncryption', {
    encryption: '',
    ServerSideEncryptionConfiguration: {
      Rule: {
        BucketKeyEnabled: true,
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn },
      },
    },
  }),
  bucket('PutBucketVersioning', { versioning: '', VersioningConfiguration: { Status: 'Enabled' } }),
  bucket('PutBucketLogging', {
    logging: '',
    BucketLoggingStatus: {
      LoggingEnabled: { TargetBucket: 'example-access-logs', TargetPrefix: `${bucketName}/` },
    },
  }),
  bucket('PutBucketLifecycle', {
    lifecycle: '',
    LifecycleConfiguration: {
      Rule: [
        {
          ID: 'old-versions',
          Status: 'Enabled',
          Filter: { Prefix: '' },
          NoncurrentVersionExpiration: { NoncurrentDays: 90 },
        },
        {
          ID: 'temporary',
          Status: 'Enabled',
          Filter: { Prefix: 'tmp/' },
          Expiration: { Days: 7 },
        },
      ],
    },
  }),
  bucket('PutBucketCors', {
    cors: '',
    CORSConfiguration: {
      CORSRule: { AllowedOrigin: 'https://app.example.com', AllowedMethod: ['GET', 'PUT'] },
    },
  }),
  bucket('PutBucketNotification', {
    notification: '',
    NotificationConfiguration: {
      CloudFunctionConfiguration: { CloudFunction: functionArn, Event: 's3:ObjectCreated:*' },
    },
  }),
  bucket('PutBucketPolicy', {
    policy: '',
    bucketPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 's3:*',
          Resource: [`arn:aws:s3:::${bucketName}`, `arn:aws:s3:::${bucketName}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Sid: 'Worker',
          Effect: 'Allow',
          Principal: { AWS: roleArn('app-worker') },
          Action: ['s3:GetObject', 's3:PutObject'],
          Resource: `arn:aws:s3:::${bucketName}/*`,
        },
      ],
    },
  }),
  [
    'rds',
    'CreateDBSubnetGroup',
    {
      dBSubnetGroupName: 'app',
      dBSubnetGroupDescription: 'app',
      subnetIds: ['subnet-0a2', 'subnet-0a3'],
    },
  ],
  [
    'rds',
    'CreateDBParameterGroup',
    { dBParameterGroupName: 'app', dBParameterGroupFamily: 'postgres17' },
  ],
  [
    'rds',
    'ModifyDBParameterGroup',
    {
      dBParameterGroupName: 'app',
      parameters: [{ parameterName: 'rds.force_ssl', parameterValue: '1' }],
    },
  ],
  [
    'rds',
    'CreateDBInstance',
    {
      dBInstanceIdentifier: 'app',
      dBInstanceClass: 'db.t4g.medium',
      engine: 'postgres',
      allocatedStorage: 20,
      storageEncrypted: true,
      kmsKeyId: keyArn,
      publiclyAccessible: false,
      deletionProtection: true,
      backupRetentionPeriod: 14,
      masterUsername: 'app',
      manageMasterUserPassword: true,
      dBSubnetGroupName: 'app',
      vpcSecurityGroupIds: ['sg-0a2'],
      enableCloudwatchLogsExports: ['postgresql'],
    },
    { dBInstanceArn: `arn:aws:rds:${region}:${account}:db:app`, publiclyAccessible: false },
  ],
];

const roles: readonly Act[] = [
  roleFor('lambda', 'app-worker', { path: '/' }),
  [
    'iam',
    'PutRolePolicy',
    {
      roleName: 'app-worker',
      policyName: 'data',
      policyDocument: policy(
        {
          Effect: 'Allow',
          Action: 's3:*',
          Resource: [`arn:aws:s3:::${bucketName}`, `arn:aws:s3:::${bucketName}/*`],
        },
        { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: keyArn },
        {
          Effect: 'Allow',
          Action: 'secretsmanager:GetSecretValue',
          Resource: `arn:aws:secretsmanager:${region}:${account}:secret:app/*`,
        },
      ),
    },
  ],
  attach('app-worker', 'service-role/AWSLambdaBasicExecutionRole'),
  attach('app-worker', 'service-role/AWSLambdaVPCAccessExecutionRole'),
  roleFor('ec2', 'app-instance', { path: '/' }),
  attach('app-instance', 'AmazonSSMManagedInstanceCore'),
  ['iam', 'CreateInstanceProfile', { instanceProfileName: 'app-instance', path: '/' }],
  [
    'iam',
    'AddRoleToInstanceProfile',
    { instanceProfileName: 'app-instance', roleName: 'app-instance' },
  ],
  [
    'iam',
    'CreatePolicy',
    {
      policyName: 'app-metrics',
      path: '/',
      policyDocument: policy({
        Effect: 'Allow',
        Action: ['cloudwatch:PutMetricData', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: '*',
      }),
    },
    { policy: { arn: `arn:aws:iam::${account}:policy/app-metrics` } },
  ],
  [
    'iam',
    'AttachRolePolicy',
    { roleName: 'app-instance', policyArn: `arn:aws:iam::${account}:policy/app-metrics` },
  ],
  [
    'iam',
    'CreateRole',
    {
      roleName: 'app-release',
      path: '/',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: {
          Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
          StringLike: {
            'token.actions.githubusercontent.com:sub': 'repo:example/app:ref:refs/heads/main',
          },
        },
      }),
    },
  ],
  [
    'iam',
    'PutRolePolicy',
    {
      roleName: 'app-release',
      policyName: 'release',
      policyDocument: policy(
        { Effect: 'Allow', Action: 'lambda:UpdateFunctionCode', Resource: functionArn },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: roleArn('app-worker'),
          Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
        },
      ),
    },
  ],
  ['iam', 'CreateServiceLinkedRole', { aWSServiceName: 'autoscaling.amazonaws.com' }],
];

const application: readonly Act[] = [
  [
    'secretsmanager',
    'CreateSecret',
    {
      name: 'app/api-token',
      clientRequestToken: '5f4e',
      kmsKeyId: keyArn,
      forceOverwriteReplicaSecret: false,
    },
    { arn: `arn:aws:secretsmanager:${region}:${account}:secret:app/api-token-AbCdEf` },
  ],
  [
    'secretsmanager',
    'PutSecretValue',
    {
      secretId: `arn:aws:secretsmanager:${region}:${account}:secret:app/api-token-AbCdEf`,
      clientRequestToken: '6a5b',
    },
  ],
  [
    'ssm',
    'PutParameter',
    {
      name: '/app/url',
      type: 'SecureString',
      value: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      overwrite: false,
    },
  ],
  [
    'lambda',
    'CreateFunction20150331',
    {
      functionName: 'app-worker',
      runtime: 'python3.14',
      role: roleArn('app-worker'),
      handler: 'worker.handler',
      code: {},
      environment: {},
      vpcConfig: { subnetIds: ['subnet-0a2'], securityGroupIds: ['sg-0a1'] },
      layers: [`arn:aws:lambda:${region}:${account}:layer:shared:4`],
      publish: true,
    },
    { functionArn },
  ],
  [
    'lambda',
    'AddPermission20150331v2',
    {
      functionName: 'app-worker',
      statementId: 'AllowBucket',
      action: 'lambda:InvokeFunction',
      principal: 's3.amazonaws.com',
      sourceArn: `arn:aws:s3:::${bucketName}`,
      sourceAccount: account,
    },
    {
      statement: JSON.stringify({
        Sid: 'AllowBucket',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: functionArn,
        Condition: {
          StringEquals: { 'AWS:SourceAccount': account },
          ArnLike: { 'AWS:SourceArn': `arn:aws:s3:::${bucketName}` },
        },
      }),
    },
  ],
  [
    'lambda',
    'CreateFunctionUrlConfig',
    { functionName: 'app-worker', authType: 'AWS_IAM', invokeMode: 'BUFFERED' },
    { functionUrl: 'https://abc.lambda-url.eu-west-1.on.aws/', authType: 'AWS_IAM' },
  ],
  [
    'events',
    'PutRule',
    {
      name: 'app-nightly',
      scheduleExpression: 'cron(0 3 * * ? *)',
      state: 'ENABLED',
      eventBusName: 'default',
    },
  ],
  ['events', 'PutTargets', { rule: 'app-nightly', targets: [{ id: 'worker', arn: functionArn }] }],
  [
    'ec2',
    'CreateLaunchTemplate',
    {
      CreateLaunchTemplateRequest: {
        LaunchTemplateName: 'app',
        LaunchTemplateData: {
          ImageId: 'ami-0a1',
          InstanceType: 't3.small',
          UserData: '<sensitiveDataRemoved>',
          IamInstanceProfile: { Name: 'app-instance' },
          MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
        },
      },
    },
  ],
  [
    'ec2',
    'RunInstances',
    {
      instancesSet: { items: [{ imageId: 'ami-0a1', minCount: 1, maxCount: 1 }] },
      instanceType: 't3.small',
      userData: '<sensitiveDataRemoved>',
      iamInstanceProfile: { name: 'app-instance' },
      subnetId: 'subnet-0a2',
      metadataOptions: { httpTokens: 'required' },
      clientToken: 'terraform-20261120083017',
    },
    { instancesSet: { items: [{ instanceId: 'i-0a1b2c3d4e5f60718' }] } },
  ],
  [
    'elasticloadbalancing',
    'CreateLoadBalancer',
    {
      name: 'app',
      type: 'application',
      scheme: 'internet-facing',
      subnets: ['subnet-0a1'],
      securityGroups: ['sg-0a1'],
    },
  ],
  [
    'elasticloadbalancing',
    'CreateTargetGroup',
    { name: 'app', port: 8080, protocol: 'HTTP', vpcId: 'vpc-0a1' },
  ],
  [
    'elasticloadbalancing',
    'CreateListener',
    {
      port: 443,
      protocol: 'HTTPS',
      loadBalancerArn: `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/app/1`,
    },
  ],
  [
    'elasticloadbalancing',
    'ModifyLoadBalancerAttributes',
    {
      loadBalancerArn: `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/app/1`,
      attributes: [
        { key: 'access_logs.s3.enabled', value: 'true' },
        { key: 'access_logs.s3.bucket', value: 'example-access-logs' },
        { key: 'deletion_protection.enabled', value: 'true' },
      ],
    },
  ],
  ['acm', 'RequestCertificate', { domainName: 'app.example.com', validationMethod: 'DNS' }],
  [
    'route53',
    'ChangeResourceRecordSets',
    {
      hostedZoneId: 'Z0EXAMPLE',
      changeBatch: {
        changes: [
          {
            action: 'UPSERT',
            resourceRecordSet: { name: '_acme.app.example.com', type: 'CNAME', tTL: 60 },
          },
        ],
      },
    },
  ],
  ['wafv2', 'CreateWebACL', { name: 'app', scope: 'REGIONAL', defaultAction: { allow: {} } }],
  [
    'wafv2',
    'AssociateWebACL',
    {
      webACLArn: `arn:aws:wafv2:${region}:${account}:regional/webacl/app/1`,
      resourceArn: `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/app/1`,
    },
  ],
  [
    'wafv2',
    'PutLoggingConfiguration',
    {
      loggingConfiguration: {
        resourceArn: `arn:aws:wafv2:${region}:${account}:regional/webacl/app/1`,
        logDestinationConfigs: [`arn:aws:logs:${region}:${account}:log-group:aws-waf-logs-app`],
      },
    },
  ],
  [
    'sns',
    'CreateTopic',
    { name: 'app-alarms', attributes: { KmsMasterKeyId: 'alias/app' } },
    { topicArn: `arn:aws:sns:${region}:${account}:app-alarms` },
  ],
  [
    'sns',
    'SetTopicAttributes',
    {
      topicArn: `arn:aws:sns:${region}:${account}:app-alarms`,
      attributeName: 'Policy',
      attributeValue: policy({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: `arn:aws:sns:${region}:${account}:app-alarms`,
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    },
  ],
  [
    'monitoring',
    'PutMetricAlarm',
    {
      alarmName: 'app-5xx',
      namespace: 'AWS/ApplicationELB',
      metricName: 'HTTPCode_Target_5XX_Count',
      actionsEnabled: true,
      alarmActions: [`arn:aws:sns:${region}:${account}:app-alarms`],
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 5,
      evaluationPeriods: 1,
      period: 300,
      statistic: 'Sum',
    },
  ],
  ['backup', 'CreateBackupPlan', { backupPlan: { backupPlanName: 'app', rules: [] } }],
];

/** What else applications have: logs that go on, mail, sign-in, copies, builds, and settings that a later run changes. */
const furnishing: readonly Act[] = [
  [
    'logs',
    'PutSubscriptionFilter',
    {
      logGroupName: '/vpc/app',
      filterName: 'errors',
      filterPattern: 'ERROR',
      destinationArn: functionArn,
    },
  ],
  [
    'logs',
    'PutResourcePolicy',
    {
      policyName: 'route53',
      policyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'route53.amazonaws.com' },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `arn:aws:logs:us-east-1:${account}:log-group:/aws/route53/*`,
      }),
    },
  ],
  [
    'logs',
    'CreateDelivery',
    {
      deliverySourceName: 'cdn',
      deliveryDestinationArn: `arn:aws:logs:us-east-1:${account}:delivery-destination:cdn`,
    },
  ],
  [
    'secretsmanager',
    'PutResourcePolicy',
    {
      secretId: `arn:aws:secretsmanager:${region}:${account}:secret:app/api-token-AbCdEf`,
      resourcePolicy: policy({
        Effect: 'Deny',
        Principal: '*',
        Action: 'secretsmanager:DeleteSecret',
        Resource: '*',
      }),
      blockPublicPolicy: true,
    },
  ],
  [
    'kms',
    'CreateGrant',
    {
      keyId: keyArn,
      granteePrincipal: `arn:aws:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
      operations: ['Encrypt', 'Decrypt', 'CreateGrant', 'GenerateDataKeyWithoutPlaintext'],
    },
  ],
  bucket('PutBucketReplication', {
    replication: '',
    ReplicationConfiguration: {
      Role: roleArn('app-replication'),
      Rule: {
        ID: 'all',
        Status: 'Enabled',
        Destination: { Bucket: 'arn:aws:s3:::example-app-uploads-copy' },
      },
    },
  }),
  bucket('PutBucketInventoryConfiguration', {
    inventory: '',
    id: 'weekly',
    InventoryConfiguration: {
      Id: 'weekly',
      IsEnabled: true,
      Destination: {
        S3BucketDestination: { Bucket: 'arn:aws:s3:::example-inventory', Format: 'CSV' },
      },
    },
  }),
  ['ses', 'CreateEmailIdentity', { emailIdentity: 'app.example.com' }],
  [
    'cognito-idp',
    'UpdateUserPoolClient',
    {
      userPoolId: `${region}_Example01`,
      clientId: 'app',
      explicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      callbackURLs: ['https://app.example.com/callback'],
    },
  ],
  [
    'cognito-identity',
    'CreateIdentityPool',
    { identityPoolName: 'app', allowUnauthenticatedIdentities: false },
  ],
  [
    'codebuild',
    'CreateWebhook',
    { projectName: 'app', filterGroups: [[{ type: 'EVENT', pattern: 'PUSH' }]] },
  ],
  [
    'codebuild',
    'UpdateProject',
    { name: 'app', environment: { image: 'aws/codebuild/standard:8.0', privilegedMode: false } },
  ],
  [
    'ssm',
    'CreateAssociation',
    {
      name: 'AWS-UpdateSSMAgent',
      targets: [{ key: 'tag:app', values: ['app'] }],
      scheduleExpression: 'rate(14 days)',
    },
  ],
  [
    'iam',
    'PutRolePermissionsBoundary',
    {
      roleName: 'app-worker',
      permissionsBoundary: `arn:aws:iam::${account}:policy/boundary`,
    },
  ],
  [
    'ec2',
    'ModifyInstanceAttribute',
    { instanceId: 'i-0a1b2c3d4e5f60718', groupSet: { items: [{ groupId: 'sg-0a1' }] } },
  ],
  [
    'ec2',
    'ModifyInstanceAttribute',
    { instanceId: 'i-0a1b2c3d4e5f60718', disableApiTermination: { value: true } },
  ],
  [
    'ec2',
    'ModifyInstanceMetadataOptions',
    {
      ModifyInstanceMetadataOptionsRequest: {
        InstanceId: 'i-0a1b2c3d4e5f60718',
        HttpTokens: 'required',
        HttpPutResponseHopLimit: 2,
      },
    },
  ],
  [
    'ec2',
    'AssociateIamInstanceProfile',
    {
      AssociateIamInstanceProfileRequest: {
        InstanceId: 'i-0a1b2c3d4e5f60718',
        IamInstanceProfile: { Name: 'app-instance' },
      },
    },
  ],
  [
    'ec2',
    'ReplaceRoute',
    { routeTableId: 'rtb-0a1', destinationCidrBlock: '10.9.0.0/16', transitGatewayId: 'tgw-0a1' },
  ],
  [
    'wafv2',
    'UpdateWebACL',
    {
      name: 'app',
      scope: 'REGIONAL',
      id: '1',
      defaultAction: { allow: {} },
      rules: [{ name: 'common', priority: 1, overrideAction: { none: {} } }],
      lockToken: '0f1e',
    },
  ],
  ['events', 'RemoveTargets', { rule: 'app-old', ids: ['worker'] }],
  ['events', 'DeleteRule', { name: 'app-old' }],
  ['monitoring', 'DeleteAlarms', { alarmNames: ['app-old'] }],
  ['logs', 'DeleteLogGroup', { logGroupName: '/aws/lambda/app-old' }],
  [
    'lambda',
    'UpdateEventSourceMapping20150331',
    { uUID: '0f1e2d3c', functionName: 'app-worker', batchSize: 20 },
  ],
  ['dynamodb', 'UpdateTable', { tableName: 'app', deletionProtectionEnabled: true }],
];

/** What the provider reads when it looks again at what it made. */
const refresh: readonly Act[] = [
  [
    'ec2',
    'DescribeInstances',
    { instancesSet: { items: [{ instanceId: 'i-0a1b2c3d4e5f60718' }] } },
  ],
  ...(['userData', 'disableApiTermination', 'instanceInitiatedShutdownBehavior'] as const).map(
    (attribute): Act => [
      'ec2',
      'DescribeInstanceAttribute',
      { instanceId: 'i-0a1b2c3d4e5f60718', attribute },
    ],
  ),
  [
    'ec2',
    'DescribeLaunchTemplateVersions',
    {
      DescribeLaunchTemplateVersionsRequest: {
        LaunchTemplateId: 'lt-0a1',
        LaunchTemplateVersion: 1,
      },
    },
  ],
  [
    'secretsmanager',
    'GetSecretValue',
    {
      secretId: `arn:aws:secretsmanager:${region}:${account}:secret:app/api-token-AbCdEf`,
      versionId: '6a5b',
    },
  ],
  ['ssm', 'GetParameter', { name: '/app/url', withDecryption: true }],
  ['lambda', 'GetFunction20150331v2', { functionName: 'app-worker' }],
  ['iam', 'GetRole', { roleName: 'app-worker' }],
  ['iam', 'GetRolePolicy', { roleName: 'app-worker', policyName: 'data' }],
  bucket('GetBucketPolicy', { policy: '' }),
  [
    's3',
    'GetBucketWebsite',
    { bucketName, website: '' },
    null,
    {
      errorCode: 'NoSuchWebsiteConfiguration',
      errorMessage: 'The specified bucket does not have a website configuration',
    },
  ],
  ['kms', 'GetKeyPolicy', { keyId, policyName: 'default' }],
];

/** The first `terraform apply`. */
export const terraformApply = (): readonly Fields[] => [
  ...comesIn(),
  ...madeBy(pipeline.terraform, [
    ...state(),
    ...network,
    ...storage,
    ...roles,
    ...application,
    ...furnishing,
    ...refresh,
  ]),
];

/** A later `terraform apply`, which changes a little of everything. */
export const terraformChange = (): readonly Fields[] => [
  ...comesIn(),
  ...madeBy(pipeline.terraform, [
    ...state(),
    ...refresh,
    [
      'lambda',
      'UpdateFunctionCode20150331v2',
      { functionName: 'app-worker', publish: true, dryRun: false },
      { functionArn },
    ],
    [
      'lambda',
      'UpdateFunctionConfiguration20150331v2',
      {
        functionName: 'app-worker',
        environment: {},
        layers: [`arn:aws:lambda:${region}:${account}:layer:shared:5`],
      },
      { functionArn },
    ],
    [
      'iam',
      'CreatePolicyVersion',
      {
        policyArn: `arn:aws:iam::${account}:policy/app-metrics`,
        setAsDefault: true,
        policyDocument: policy({
          Effect: 'Allow',
          Action: ['cloudwatch:PutMetricData', 'xray:PutTraceSegments'],
          Resource: '*',
        }),
      },
    ],
    [
      'iam',
      'DeletePolicyVersion',
      { policyArn: `arn:aws:iam::${account}:policy/app-metrics`, versionId: 'v1' },
    ],
    [
      'iam',
      'UpdateAssumeRolePolicy',
      { roleName: 'app-worker', policyDocument: trustOf('lambda') },
    ],
    [
      'iam',
      'DetachRolePolicy',
      {
        roleName: 'app-worker',
        policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole',
      },
    ],
    [
      'ec2',
      'RevokeSecurityGroupIngress',
      {
        groupId: 'sg-0a1',
        ipPermissions: permissions({
          ipProtocol: 'tcp',
          fromPort: 80,
          toPort: 80,
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
        }),
      },
    ],
    [
      'rds',
      'ModifyDBInstance',
      { dBInstanceIdentifier: 'app', dBInstanceClass: 'db.t4g.large', applyImmediately: true },
    ],
    [
      'rds',
      'CreateDBSnapshot',
      { dBInstanceIdentifier: 'app', dBSnapshotIdentifier: 'before-upgrade' },
    ],
    ['autoscaling', 'StartInstanceRefresh', { autoScalingGroupName: 'app' }],
    [
      'ec2',
      'TerminateInstances',
      { instancesSet: { items: [{ instanceId: 'i-0a1b2c3d4e5f60718' }] } },
    ],
    ['ec2', 'DeleteSecurityGroup', { groupId: 'sg-0a9' }],
    ['logs', 'PutRetentionPolicy', { logGroupName: '/vpc/app', retentionInDays: 400 }],
    [
      'cloudfront',
      'UpdateDistribution2020_05_31',
      {
        id: 'E1EXAMPLEDIST0',
        ifMatch: 'E2',
        distributionConfig: { enabled: true, priceClass: 'PriceClass_100' },
      },
    ],
    [
      'route53',
      'ChangeResourceRecordSets',
      {
        hostedZoneId: 'Z0EXAMPLE',
        changeBatch: {
          changes: [
            {
              action: 'UPSERT',
              resourceRecordSet: {
                name: 'app.example.com',
                type: 'A',
                aliasTarget: { dNSName: 'app-1.eu-west-1.elb.amazonaws.com' },
              },
            },
          ],
        },
      },
    ],
  ]),
];
