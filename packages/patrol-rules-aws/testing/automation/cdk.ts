/** `cdk bootstrap` of an account, and `cdk deploy` of an application with it. */
import type { Fields } from '@patrol/core/testing';
import {
  account,
  type Act,
  allBlocked,
  attach,
  comesIn,
  madeBy,
  pipeline,
  policy,
  region,
  roleArn,
  roleFor,
  session,
  trustOf,
  via,
} from './record.ts';

const qualifier = `${account}-${region}`;
const roleName = (kind: string): string => `cdk-hnb659fds-${kind}-role-${qualifier}`;
const arnOf = (kind: string): string => roleArn(roleName(kind));
const bucketName = `cdk-hnb659fds-assets-${qualifier}`;
const own = `arn:aws:iam::${account}:root`;

const changeSet = (stackName: string, changeSetType: string): readonly Act[] => [
  ['cloudformation', 'DescribeStacks', { stackName }],
  ['cloudformation', 'GetTemplate', { stackName, templateStage: 'Original' }],
  [
    'cloudformation',
    'CreateChangeSet',
    {
      stackName,
      changeSetName: 'cdk-deploy-change-set',
      changeSetType,
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      ...(stackName === 'CDKToolkit' ? {} : { roleARN: arnOf('cfn-exec') }),
    },
    { id: `arn:aws:cloudformation:${region}:${account}:changeSet/cdk-deploy-change-set/1` },
  ],
  ['cloudformation', 'DescribeChangeSet', { stackName, changeSetName: 'cdk-deploy-change-set' }],
  ['cloudformation', 'ExecuteChangeSet', { stackName, changeSetName: 'cdk-deploy-change-set' }],
  ['cloudformation', 'DescribeStackEvents', { stackName }],
];

/** A role that the caller's own account may assume. */
const madeRole = (kind: string, trust: string): Act => [
  'iam',
  'CreateRole',
  { roleName: roleName(kind), assumeRolePolicyDocument: trust, path: '/' },
  { role: { roleName: roleName(kind), arn: arnOf(kind), path: '/' } },
];

const ownAccount = policy({
  Effect: 'Allow',
  Principal: { AWS: own },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
});

const inline = (kind: string, ...statements: readonly Fields[]): Act => [
  'iam',
  'PutRolePolicy',
  {
    roleName: roleName(kind),
    policyName: `${roleName(kind)}-default`,
    policyDocument: policy(...statements),
  },
];

const bucket = (name: string, request: Fields): Act => [
  's3',
  name,
  { bucketName, Host: `${bucketName}.s3.${region}.amazonaws.com`, ...request },
];

const toolkit: readonly Act[] = [
  bucket('CreateBucket', {
    'x-amz-object-ownership': 'BucketOwnerEnforced',
    CreateBucketConfiguration: { LocationConstraint: region },
  }),
  bucket('PutBucketEncryption', {
    encryption: '',
    ServerSideEncryptionConfiguration: {
      Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    },
  }),
  bucket('PutBucketPublicAccessBlock', {
    publicAccessBlock: '',
    PublicAccessBlockConfiguration: allBlocked,
  }),
  bucket('PutBucketVersioning', {
    versioning: '',
    VersioningConfiguration: { Status: 'Enabled' },
  }),
  bucket('PutBucketLifecycle', {
    lifecycle: '',
    LifecycleConfiguration: {
      Rule: {
        ID: 'CleanupOldVersions',
        Status: 'Enabled',
        Prefix: '',
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      },
    },
  }),
  bucket('PutBucketPolicy', {
    policy: '',
    bucketPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AllowSSLRequestsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [`arn:aws:s3:::${bucketName}`, `arn:aws:s3:::${bucketName}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  }),
  [
    'ecr',
    'CreateRepository',
    {
      repositoryName: `cdk-hnb659fds-container-assets-${qualifier}`,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
    },
  ],
  [
    'ecr',
    'SetRepositoryPolicy',
    {
      repositoryName: `cdk-hnb659fds-container-assets-${qualifier}`,
      force: false,
      policyText: policy({
        Sid: 'LambdaECRImageRetrievalPolicy',
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Condition: {
          StringLike: { 'aws:sourceArn': `arn:aws:lambda:${region}:${account}:function:*` },
        },
      }),
    },
  ],
  madeRole('cfn-exec', trustOf('cloudformation')),
  attach(roleName('cfn-exec'), 'AdministratorAccess'),
  madeRole('lookup', ownAccount),
  attach(roleName('lookup'), 'ReadOnlyAccess'),
  inline('lookup', {
    Sid: 'DontReadSecrets',
    Effect: 'Deny',
    Action: ['kms:Decrypt'],
    Resource: '*',
  }),
  madeRole('file-publishing', ownAccount),
  inline(
    'file-publishing',
    {
      Effect: 'Allow',
      Action: [
        's3:GetObject*',
        's3:GetBucket*',
        's3:GetEncryptionConfiguration',
        's3:List*',
        's3:DeleteObject*',
        's3:PutObject*',
        's3:Abort*',
      ],
      Resource: [`arn:aws:s3:::${bucketName}`, `arn:aws:s3:::${bucketName}/*`],
      Condition: { StringEquals: { 'aws:ResourceAccount': [account] } },
    },
    {
      Effect: 'Allow',
      Action: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:ReEncrypt*',
        'kms:GenerateDataKey*',
      ],
      Resource: `arn:aws:kms:${region}:${account}:key/AWS_MANAGED_KEY`,
    },
  ),
  madeRole('image-publishing', ownAccount),
  inline(
    'image-publishing',
    {
      Effect: 'Allow',
      Action: [
        'ecr:PutImage',
        'ecr:InitiateLayerUpload',
        'ecr:UploadLayerPart',
        'ecr:CompleteLayerUpload',
      ],
      Resource: `arn:aws:ecr:${region}:${account}:repository/cdk-hnb659fds-container-assets-${qualifier}`,
    },
    { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: '*' },
  ),
  madeRole('deploy', ownAccount),
  inline(
    'deploy',
    {
      Effect: 'Allow',
      Action: [
        'cloudformation:CreateChangeSet',
        'cloudformation:DeleteChangeSet',
        'cloudformation:DescribeChangeSet',
        'cloudformation:DescribeStacks',
        'cloudformation:ExecuteChangeSet',
        'cloudformation:CreateStack',
        'cloudformation:UpdateStack',
      ],
      Resource: '*',
    },
    { Effect: 'Allow', Action: 'iam:PassRole', Resource: arnOf('cfn-exec') },
    {
      Effect: 'Allow',
      Action: [
        'cloudformation:DescribeStackEvents',
        'cloudformation:GetTemplate',
        'cloudformation:DeleteStack',
        'sts:GetCallerIdentity',
      ],
      Resource: '*',
    },
    {
      Effect: 'Allow',
      Action: ['ssm:GetParameter', 'ssm:GetParameters'],
      Resource: `arn:aws:ssm:${region}:${account}:parameter/cdk-bootstrap/hnb659fds/version`,
    },
  ),
  [
    'ssm',
    'PutParameter',
    {
      name: '/cdk-bootstrap/hnb659fds/version',
      type: 'String',
      value: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    },
  ],
];

/** `cdk bootstrap`. */
export const bootstrap = (): readonly Fields[] => [
  ...comesIn(),
  ...madeBy(pipeline.sdk, changeSet('CDKToolkit', 'CREATE')),
  ...madeBy(pipeline.stack, toolkit),
];

const assumed = (kind: string): Act => [
  'sts',
  'AssumeRole',
  { roleArn: arnOf(kind), roleSessionName: 'aws-cdk-runner' },
  {
    assumedRoleUser: {
      arn: `arn:aws:sts::${account}:assumed-role/${roleName(kind)}/aws-cdk-runner`,
    },
  },
];

const functionArn = `arn:aws:lambda:${region}:${account}:function:app-Api`;
const table = `arn:aws:dynamodb:${region}:${account}:table/app-Orders`;

/** An application: a function behind an HTTP API, a table, a queue, a bucket that is emptied when the stack goes. */
const application: readonly Act[] = [
  roleFor('lambda', 'app-ApiServiceRole-1A2B3C'),
  attach('app-ApiServiceRole-1A2B3C', 'service-role/AWSLambdaBasicExecutionRole'),
  [
    'iam',
    'PutRolePolicy',
    {
      roleName: 'app-ApiServiceRole-1A2B3C',
      policyName: 'ApiServiceRoleDefaultPolicy',
      policyDocument: policy(
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:BatchGetItem',
            'dynamodb:Query',
            'dynamodb:GetItem',
            'dynamodb:PutItem',
          ],
          Resource: [table, `${table}/index/*`],
        },
        {
          Effect: 'Allow',
          Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
          Resource: '*',
        },
      ),
    },
  ],
  ['dynamodb', 'CreateTable', { tableName: 'app-Orders', billingMode: 'PAY_PER_REQUEST' }],
  [
    'dynamodb',
    'UpdateContinuousBackups',
    {
      tableName: 'app-Orders',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    },
  ],
  [
    'sqs',
    'CreateQueue',
    { queueName: 'app-Orders', attributes: { KmsMasterKeyId: 'alias/aws/sqs' } },
    { queueUrl: `https://sqs.${region}.amazonaws.com/${account}/app-Orders` },
  ],
  [
    'sns',
    'CreateTopic',
    { name: 'app-Events' },
    { topicArn: `arn:aws:sns:${region}:${account}:app-Events` },
  ],
  [
    'sqs',
    'SetQueueAttributes',
    {
      queueUrl: `https://sqs.${region}.amazonaws.com/${account}/app-Orders`,
      attributes: {
        Policy: policy({
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: `arn:aws:sqs:${region}:${account}:app-Orders`,
          Condition: {
            ArnEquals: { 'aws:SourceArn': `arn:aws:sns:${region}:${account}:app-Events` },
          },
        }),
      },
    },
  ],
  [
    'lambda',
    'CreateFunction20150331',
    {
      functionName: 'app-Api',
      runtime: 'nodejs24.x',
      role: roleArn('app-ApiServiceRole-1A2B3C'),
      handler: 'index.handler',
      code: { s3Bucket: bucketName, s3Key: '9f8e7d.zip' },
      environment: {},
      tracingConfig: { mode: 'Active' },
    },
    { functionArn },
  ],
  [
    'lambda',
    'CreateEventSourceMapping20150331',
    { functionName: 'app-Api', eventSourceArn: `arn:aws:sqs:${region}:${account}:app-Orders` },
  ],
  ['apigateway', 'CreateApi', { name: 'app', protocolType: 'HTTP' }, { apiId: 'a1b2c3' }],
  [
    'apigateway',
    'CreateIntegration',
    { apiId: 'a1b2c3', integrationType: 'AWS_PROXY', integrationUri: functionArn },
  ],
  ['apigateway', 'CreateRoute', { apiId: 'a1b2c3', routeKey: '$default' }],
  ['apigateway', 'CreateStage', { apiId: 'a1b2c3', stageName: '$default', autoDeploy: true }],
  [
    'lambda',
    'AddPermission20150331v2',
    {
      functionName: 'app-Api',
      statementId: 'app-ApiPermission-1A2B3C',
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:aws:execute-api:${region}:${account}:a1b2c3/*/*`,
    },
    {
      statement: JSON.stringify({
        Sid: 'app-ApiPermission-1A2B3C',
        Effect: 'Allow',
        Principal: { Service: 'apigateway.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: functionArn,
        Condition: {
          ArnLike: { 'AWS:SourceArn': `arn:aws:execute-api:${region}:${account}:a1b2c3/*/*` },
        },
      }),
    },
  ],
  [
    'cloudfront',
    'CreateDistribution2020_05_31',
    {
      distributionConfig: {
        callerReference: 'app',
        enabled: true,
        comment: '',
        origins: {
          quantity: 1,
          items: [
            {
              id: 'site',
              domainName: 'app-site.s3.eu-west-1.amazonaws.com',
              originAccessControlId: 'E1EXAMPLEOAC00',
              s3OriginConfig: { originAccessIdentity: '' },
            },
          ],
        },
        defaultCacheBehavior: { targetOriginId: 'site', viewerProtocolPolicy: 'redirect-to-https' },
      },
    },
    {
      distribution: {
        id: 'E1EXAMPLEDIST0',
        arn: `arn:aws:cloudfront::${account}:distribution/E1EXAMPLEDIST0`,
      },
    },
  ],
  [
    's3',
    'PutBucketPolicy',
    {
      bucketName: 'app-site',
      policy: '',
      bucketPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: roleArn('app-CustomS3AutoDelete-1A2B3C') },
            Action: ['s3:PutBucketPolicy', 's3:GetBucket*', 's3:List*', 's3:DeleteObject*'],
            Resource: ['arn:aws:s3:::app-site', 'arn:aws:s3:::app-site/*'],
          },
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Action: 's3:GetObject',
            Resource: 'arn:aws:s3:::app-site/*',
            Condition: {
              StringEquals: {
                'AWS:SourceArn': `arn:aws:cloudfront::${account}:distribution/E1EXAMPLEDIST0`,
              },
            },
          },
        ],
      },
    },
  ],
  ['logs', 'CreateLogGroup', { logGroupName: '/aws/lambda/app-Api' }],
  ['logs', 'PutRetentionPolicy', { logGroupName: '/aws/lambda/app-Api', retentionInDays: 30 }],
];

/** `cdk deploy`, with the roles of the bootstrap. */
export const deploy = (): readonly Fields[] => {
  const inRole = (kind: string): Fields => ({
    ...pipeline.sdk,
    userIdentity: session(roleName(kind), 'aws-cdk-runner'),
  });
  return [
    ...comesIn(),
    ...madeBy(pipeline.sdk, [assumed('lookup'), assumed('file-publishing'), assumed('deploy')]),
    ...madeBy(inRole('lookup'), [
      ['ec2', 'DescribeVpcs', { vpcSet: {}, filterSet: {} }],
      ['ssm', 'GetParameter', { name: '/cdk-bootstrap/hnb659fds/version' }],
    ]),
    ...madeBy(inRole('file-publishing'), [
      ['s3', 'GetBucketLocation', { bucketName }],
      ['s3', 'GetBucketEncryption', { bucketName }],
      [
        's3',
        'PutObject',
        { bucketName, key: '9f8e7d.zip', 'x-amz-server-side-encryption': 'AES256' },
        null,
        { managementEvent: false, eventCategory: 'Data' },
      ],
    ]),
    ...madeBy(inRole('deploy'), changeSet('app', 'CREATE')),
    ...madeBy(
      via('cloudformation', session(roleName('cfn-exec'), 'AWSCloudFormation')),
      application,
    ),
  ];
};
