/**
 * What whoever deploys may do: the least that the deployer's own calls, and CloudFormation's in its caller's name, need.
 * Pure. `permissions.test.ts` holds it against every call of `aws/` and every type of resource of a stack.
 */

/** Actions, and the resources that they are needed on; `{p}`, `{r}` and `{a}` stand for partition, region and account. */
interface Grant {
  readonly actions: readonly string[];
  readonly on: readonly string[];
  readonly when?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const any = ['*'];
const stacks = ['arn:{p}:cloudformation:{r}:{a}:stack/patrol-*/*'];
const functions = ['arn:{p}:lambda:{r}:{a}:function:patrol-*'];
const roles = ['arn:{p}:iam::{a}:role/patrol-*'];
const logGroups = ['arn:{p}:logs:{r}:{a}:log-group:/aws/lambda/patrol-*'];
const topics = ['arn:{p}:sns:{r}:{a}:patrol-*'];
const queues = ['arn:{p}:sqs:{r}:{a}:patrol-*'];
const rules = ['arn:{p}:events:{r}:{a}:rule/patrol-*'];
const alarms = ['arn:{p}:cloudwatch:{r}:{a}:alarm:patrol-*'];
const tables = ['arn:{p}:dynamodb:{r}:{a}:table/patrol-*'];
// The names of APIs are random.
const apis = ['arn:{p}:apigateway:{r}::/apis', 'arn:{p}:apigateway:{r}::/apis/*'];
const tagsOfApis = ['arn:{p}:apigateway:{r}::/tags/*'];
// CloudFormation names secrets by their logical id alone.
const webhookSecrets = ['arn:{p}:secretsmanager:{r}:{a}:secret:Webhook*Secret-*'];
const ownSecrets = ['arn:{p}:secretsmanager:{r}:{a}:secret:patrol/*'];
const buckets = ['arn:{p}:s3:::patrol-*'];
const objects = ['arn:{p}:s3:::patrol-*/patrol/*'];

/**
 * What CloudFormation does with each type of resource, in the name of whoever deploys: the handlers of the type's schema in
 * the CloudFormation registry, for the properties that the templates set.
 */
export const resourcePermissions: Readonly<Record<string, readonly Grant[]>> = {
  'AWS::ApiGatewayV2::Api': [
    {
      actions: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].map((verb) => `apigateway:${verb}`),
      on: [...apis, ...tagsOfApis],
    },
  ],
  'AWS::ApiGatewayV2::Integration': [],
  'AWS::ApiGatewayV2::Route': [],
  'AWS::ApiGatewayV2::Stage': [],
  'AWS::CloudWatch::Alarm': [
    {
      actions: [
        'cloudwatch:DeleteAlarms',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:ListTagsForResource',
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:TagResource',
        'cloudwatch:UntagResource',
      ],
      on: alarms,
    },
  ],
  'AWS::DynamoDB::Table': [
    {
      actions: [
        'dynamodb:CreateTable',
        'dynamodb:DeleteTable',
        'dynamodb:DescribeContinuousBackups',
        'dynamodb:DescribeContributorInsights',
        'dynamodb:DescribeKinesisStreamingDestination',
        'dynamodb:DescribeTable',
        'dynamodb:DescribeTimeToLive',
        'dynamodb:GetResourcePolicy',
        'dynamodb:ListTagsOfResource',
        'dynamodb:TagResource',
        'dynamodb:UntagResource',
        'dynamodb:UpdateContinuousBackups',
        'dynamodb:UpdateTable',
      ],
      on: tables,
    },
  ],
  'AWS::Events::Rule': [
    {
      actions: [
        'events:DeleteRule',
        'events:DescribeRule',
        'events:ListTagsForResource',
        'events:ListTargetsByRule',
        'events:PutRule',
        'events:PutTargets',
        'events:RemoveTargets',
        'events:TagResource',
        'events:UntagResource',
      ],
      on: rules,
    },
  ],
  'AWS::IAM::Policy': [
    {
      actions: ['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePolicy'],
      on: roles,
    },
  ],
  'AWS::IAM::Role': [
    {
      actions: [
        'iam:CreateRole',
        'iam:DeleteRole',
        'iam:DeleteRolePolicy',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListRolePolicies',
        'iam:PutRolePolicy',
        'iam:TagRole',
        'iam:UntagRole',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
        'iam:UpdateRoleDescription',
      ],
      on: roles,
    },
  ],
  'AWS::Lambda::EventInvokeConfig': [
    {
      actions: [
        'lambda:DeleteFunctionEventInvokeConfig',
        'lambda:GetFunctionEventInvokeConfig',
        'lambda:PutFunctionEventInvokeConfig',
        'lambda:UpdateFunctionEventInvokeConfig',
      ],
      on: functions,
    },
  ],
  'AWS::Lambda::Function': [
    {
      actions: [
        'lambda:CreateFunction',
        'lambda:DeleteFunction',
        'lambda:GetFunction',
        'lambda:GetFunctionCodeSigningConfig',
        'lambda:GetFunctionConfiguration',
        'lambda:GetFunctionRecursionConfig',
        'lambda:GetRuntimeManagementConfig',
        'lambda:ListTags',
        'lambda:TagResource',
        'lambda:UntagResource',
        'lambda:UpdateFunctionCode',
        'lambda:UpdateFunctionConfiguration',
      ],
      on: functions,
    },
    {
      actions: ['iam:PassRole'],
      on: roles,
      when: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
    { actions: ['s3:GetObject', 's3:GetObjectVersion'], on: objects },
  ],
  'AWS::Lambda::Permission': [
    {
      actions: ['lambda:AddPermission', 'lambda:GetPolicy', 'lambda:RemovePermission'],
      on: functions,
    },
  ],
  'AWS::Logs::LogGroup': [
    {
      actions: [
        'logs:CreateLogGroup',
        'logs:DeleteLogGroup',
        'logs:DeleteRetentionPolicy',
        'logs:GetDataProtectionPolicy',
        'logs:ListTagsForResource',
        'logs:PutRetentionPolicy',
        'logs:TagResource',
        'logs:UntagResource',
      ],
      on: logGroups,
    },
    { actions: ['logs:DescribeIndexPolicies', 'logs:DescribeLogGroups'], on: any },
  ],
  'AWS::Logs::MetricFilter': [
    {
      actions: ['logs:DeleteMetricFilter', 'logs:DescribeMetricFilters', 'logs:PutMetricFilter'],
      on: logGroups,
    },
  ],
  'AWS::S3::Bucket': [
    {
      actions: [
        's3:CreateBucket',
        's3:DeleteBucket',
        's3:GetBucketOwnershipControls',
        's3:GetBucketPublicAccessBlock',
        's3:GetBucketTagging',
        's3:GetBucketVersioning',
        's3:GetEncryptionConfiguration',
        's3:GetLifecycleConfiguration',
        's3:PutBucketOwnershipControls',
        's3:PutBucketPublicAccessBlock',
        's3:PutBucketTagging',
        's3:PutBucketVersioning',
        's3:PutEncryptionConfiguration',
        's3:PutLifecycleConfiguration',
      ],
      on: buckets,
    },
  ],
  'AWS::S3::BucketPolicy': [
    {
      actions: ['s3:DeleteBucketPolicy', 's3:GetBucketPolicy', 's3:PutBucketPolicy'],
      on: buckets,
    },
  ],
  'AWS::SNS::Subscription': [
    {
      actions: [
        'sns:GetSubscriptionAttributes',
        'sns:ListSubscriptionsByTopic',
        'sns:SetSubscriptionAttributes',
        'sns:Subscribe',
        'sns:Unsubscribe',
      ],
      on: topics,
    },
  ],
  'AWS::SNS::Topic': [
    {
      actions: [
        'sns:CreateTopic',
        'sns:DeleteTopic',
        'sns:GetDataProtectionPolicy',
        'sns:GetTopicAttributes',
        'sns:ListSubscriptionsByTopic',
        'sns:ListTagsForResource',
        'sns:SetTopicAttributes',
        'sns:TagResource',
        'sns:UntagResource',
      ],
      on: topics,
    },
  ],
  'AWS::SNS::TopicPolicy': [
    { actions: ['sns:GetTopicAttributes', 'sns:SetTopicAttributes'], on: topics },
  ],
  'AWS::SQS::Queue': [
    {
      actions: [
        'sqs:CreateQueue',
        'sqs:DeleteQueue',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ListQueueTags',
        'sqs:SetQueueAttributes',
        'sqs:TagQueue',
        'sqs:UntagQueue',
      ],
      on: queues,
    },
  ],
  'AWS::SQS::QueuePolicy': [
    { actions: ['sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'], on: queues },
  ],
  'AWS::SecretsManager::Secret': [
    {
      actions: [
        'secretsmanager:CreateSecret',
        'secretsmanager:DeleteSecret',
        'secretsmanager:DescribeSecret',
        'secretsmanager:TagResource',
        'secretsmanager:UntagResource',
        'secretsmanager:UpdateSecret',
      ],
      on: webhookSecrets,
    },
    { actions: ['secretsmanager:GetRandomPassword'], on: any },
  ],
};

/** The deployer's own calls that deploy. */
const deploying: readonly Grant[] = [
  {
    actions: [
      'cloudformation:ContinueUpdateRollback',
      'cloudformation:CreateChangeSet',
      'cloudformation:DeleteChangeSet',
      'cloudformation:DeleteStack',
      'cloudformation:DescribeChangeSet',
      'cloudformation:DescribeStackEvents',
      'cloudformation:DescribeStacks',
      'cloudformation:ExecuteChangeSet',
      'cloudformation:GetTemplate',
      'cloudformation:ListChangeSets',
      'cloudformation:ListStackResources',
      'cloudformation:RollbackStack',
      'cloudformation:TagResource',
      'cloudformation:UntagResource',
      'cloudformation:UpdateTerminationProtection',
    ],
    on: stacks,
  },
  { actions: ['cloudformation:ListStacks'], on: any },
  {
    actions: [
      's3:CreateBucket',
      's3:GetBucketOwnershipControls',
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketVersioning',
      's3:GetEncryptionConfiguration',
      's3:ListBucket',
      's3:PutBucketOwnershipControls',
      's3:PutBucketPolicy',
      's3:PutBucketPublicAccessBlock',
      's3:PutBucketVersioning',
      's3:PutEncryptionConfiguration',
    ],
    on: buckets,
  },
  { actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'], on: objects },
  {
    actions: [
      'secretsmanager:CreateSecret',
      'secretsmanager:DescribeSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:TagResource',
    ],
    on: ownSecrets,
  },
  // Whether anybody hears the alerts; a topic that is given has any name. A fleet is read from the list of all stacks.
  // What is left of a fleet is looked for in every region that the account has enabled.
  {
    actions: [
      'account:ListRegions',
      'cloudformation:DescribeStacks',
      'sns:ListSubscriptions',
      'sns:ListSubscriptionsByTopic',
    ],
    on: any,
  },
];

/** The deployer's own calls that look at what stands, and use it. */
const operating: readonly Grant[] = [
  {
    actions: [
      'cloudformation:DescribeStackEvents',
      'cloudformation:GetTemplate',
      'cloudformation:ListStackResources',
    ],
    on: stacks,
  },
  // Lists of a region, and trails and topics of any name.
  {
    actions: [
      'cloudformation:DescribeStacks',
      'cloudformation:ListStacks',
      'cloudtrail:DescribeTrails',
      'cloudtrail:GetEventSelectors',
      'cloudtrail:GetTrailStatus',
      'cloudwatch:DescribeAlarms',
      'events:ListRules',
      'sns:ListSubscriptionsByTopic',
    ],
    on: any,
  },
  {
    actions: ['servicequotas:GetServiceQuota'],
    on: ['arn:{p}:servicequotas:{r}:{a}:events/L-244521F2'],
  },
  { actions: ['logs:FilterLogEvents'], on: logGroups.flatMap((arn) => [arn, `${arn}:*`]) },
  { actions: ['lambda:InvokeFunction'], on: functions },
  { actions: ['secretsmanager:GetSecretValue'], on: webhookSecrets },
  {
    actions: [
      's3:GetBucketOwnershipControls',
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketVersioning',
      's3:GetEncryptionConfiguration',
      's3:ListBucket',
    ],
    on: buckets,
  },
  {
    actions: ['iam:GetRole', 'iam:SimulatePrincipalPolicy'],
    on: ['arn:{p}:iam::{a}:role/*', 'arn:{p}:iam::{a}:user/*'],
  },
];

/** What deploying to an organisation or to listed accounts needs on top. */
const organizing: readonly Grant[] = [
  {
    actions: [
      'cloudformation:CreateStackInstances',
      'cloudformation:DeleteStackInstances',
      'cloudformation:DeleteStackSet',
      'cloudformation:DescribeStackSet',
      'cloudformation:DescribeStackSetOperation',
      'cloudformation:ListStackInstances',
      'cloudformation:ListStackSetAutoDeploymentTargets',
      'cloudformation:ListStackSetOperationResults',
      'cloudformation:ListStackSetOperations',
      'cloudformation:TagResource',
      'cloudformation:UntagResource',
      'cloudformation:UpdateStackSet',
    ],
    on: [
      'arn:{p}:cloudformation:*:{a}:stackset/patrol-*:*',
      'arn:{p}:cloudformation:*:{a}:stackset-target/patrol-*:*',
      'arn:{p}:cloudformation:*::type/resource/*',
    ],
  },
  {
    actions: [
      'cloudformation:CreateStackSet',
      'cloudformation:ListStackSets',
      'organizations:DescribeOrganization',
      'organizations:ListAccountsForParent',
      'organizations:ListOrganizationalUnitsForParent',
    ],
    on: any,
  },
  // Of accounts that are listed: the role that is assumed there needs the policy `deploy` of its own.
  { actions: ['sts:AssumeRole'], on: ['arn:{p}:iam::*:role/patrol-*'] },
];

/** The policies, by what they allow. */
export const policyNames = ['deploy', 'operate', 'organization'] as const;
/** One of the policies. */
export type PolicyName = (typeof policyNames)[number];

const grants: Readonly<Record<PolicyName, readonly Grant[]>> = {
  deploy: [...deploying, ...Object.values(resourcePermissions).flat()],
  operate: operating,
  organization: organizing,
};

/** Where a policy is to hold. `*` holds anywhere. */
export interface Scope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** A statement of an IAM policy. */
interface PolicyStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Grant['when'];
}

/** An IAM policy. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** A policy: what is allowed on the same resources is one statement. */
export function policy(name: PolicyName, { partition, region, account }: Scope): PolicyDocument {
  const statements = new Map<string, { grant: Grant; actions: Set<string> }>();
  for (const grant of grants[name]) {
    const key = JSON.stringify([grant.on, grant.when]);
    const known = statements.get(key) ?? { grant, actions: new Set<string>() };
    for (const action of grant.actions) known.actions.add(action);
    statements.set(key, known);
  }
  const place = (arn: string): string =>
    arn.replaceAll('{p}', partition).replaceAll('{r}', region).replaceAll('{a}', account);
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].map(({ grant, actions }) => ({
      Effect: 'Allow',
      Action: [...actions].toSorted((a, b) => a.localeCompare(b)),
      Resource: grant.on.map(place),
      ...(grant.when ? { Condition: grant.when } : {}),
    })),
  };
}

/** The partition that a region belongs to. */
export const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
