/**
 * What whoever deploys may do: the least that the deployer's own calls, and CloudFormation's in its caller's name, need.
 * Pure. `permissions.test.ts` holds it against every call of `aws/` and every type of resource of a stack.
 */
import type { Place } from '../cloud/cloud.ts';

/** Actions, and the resources that they are needed on; `{p}`, `{r}` and `{a}` stand for partition, region and account. */
interface Grant {
  readonly actions: readonly string[];
  readonly on: readonly string[];
  readonly when: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/** What is needed of a service on resources: its actions, with spaces between their names. */
const grant = (
  on: readonly string[],
  service: string,
  names: string,
  when?: Grant['when'],
): Grant => ({ actions: names.split(/\s+/).map((name) => `${service}:${name}`), on, when });

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
export const resourcePermissions: Readonly<Record<string, Grant | readonly Grant[]>> = {
  'AWS::ApiGatewayV2::Api': grant(
    [...apis, ...tagsOfApis],
    'apigateway',
    'DELETE GET PATCH POST PUT',
  ),
  'AWS::ApiGatewayV2::Integration': [],
  'AWS::ApiGatewayV2::Route': [],
  'AWS::ApiGatewayV2::Stage': [],
  'AWS::CloudWatch::Alarm': grant(
    alarms,
    'cloudwatch',
    `DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource`,
  ),
  'AWS::DynamoDB::Table': grant(
    tables,
    'dynamodb',
    `CreateTable DeleteTable DescribeContinuousBackups DescribeContributorInsights
      DescribeKinesisStreamingDestination DescribeTable DescribeTimeToLive GetResourcePolicy
      ListTagsOfResource TagResource UntagResource UpdateContinuousBackups UpdateTable`,
  ),
  'AWS::Events::Rule': grant(
    rules,
    'events',
    `DeleteRule DescribeRule ListTagsForResource ListTargetsByRule PutRule PutTargets
      RemoveTargets TagResource UntagResource`,
  ),
  'AWS::IAM::Policy': grant(roles, 'iam', 'DeleteRolePolicy GetRolePolicy PutRolePolicy'),
  'AWS::IAM::Role': grant(
    roles,
    'iam',
    `CreateRole DeleteRole DeleteRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies
      ListRolePolicies PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole
      UpdateRoleDescription`,
  ),
  'AWS::Lambda::EventInvokeConfig': grant(
    functions,
    'lambda',
    `DeleteFunctionEventInvokeConfig GetFunctionEventInvokeConfig
      PutFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig`,
  ),
  'AWS::Lambda::Function': [
    grant(
      functions,
      'lambda',
      `CreateFunction DeleteFunction GetFunction GetFunctionCodeSigningConfig
      GetFunctionConfiguration GetFunctionRecursionConfig GetRuntimeManagementConfig ListTags
      TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration`,
    ),
    grant(roles, 'iam', 'PassRole', {
      StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
    }),
    grant(objects, 's3', 'GetObject GetObjectVersion'),
  ],
  'AWS::Lambda::Permission': grant(functions, 'lambda', 'AddPermission GetPolicy RemovePermission'),
  'AWS::Logs::LogGroup': [
    grant(
      logGroups,
      'logs',
      `CreateLogGroup DeleteLogGroup DeleteRetentionPolicy GetDataProtectionPolicy
      ListTagsForResource PutRetentionPolicy TagResource UntagResource`,
    ),
    grant(any, 'logs', 'DescribeIndexPolicies DescribeLogGroups'),
  ],
  'AWS::Logs::MetricFilter': grant(
    logGroups,
    'logs',
    'DeleteMetricFilter DescribeMetricFilters PutMetricFilter',
  ),
  'AWS::S3::Bucket': grant(
    buckets,
    's3',
    `CreateBucket DeleteBucket GetBucketOwnershipControls GetBucketPublicAccessBlock
      GetBucketTagging GetBucketVersioning GetEncryptionConfiguration
      GetLifecycleConfiguration PutBucketOwnershipControls PutBucketPublicAccessBlock
      PutBucketTagging PutBucketVersioning PutEncryptionConfiguration
      PutLifecycleConfiguration`,
  ),
  'AWS::S3::BucketPolicy': grant(
    buckets,
    's3',
    'DeleteBucketPolicy GetBucketPolicy PutBucketPolicy',
  ),
  'AWS::SNS::Subscription': grant(
    topics,
    'sns',
    `GetSubscriptionAttributes ListSubscriptionsByTopic SetSubscriptionAttributes Subscribe
      Unsubscribe`,
  ),
  'AWS::SNS::Topic': grant(
    topics,
    'sns',
    `CreateTopic DeleteTopic GetDataProtectionPolicy GetTopicAttributes
      ListSubscriptionsByTopic ListTagsForResource SetTopicAttributes TagResource
      UntagResource`,
  ),
  'AWS::SNS::TopicPolicy': grant(topics, 'sns', 'GetTopicAttributes SetTopicAttributes'),
  'AWS::SQS::Queue': grant(
    queues,
    'sqs',
    `CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes
      TagQueue UntagQueue`,
  ),
  'AWS::SQS::QueuePolicy': grant(queues, 'sqs', 'GetQueueAttributes SetQueueAttributes'),
  'AWS::SecretsManager::Secret': [
    grant(
      webhookSecrets,
      'secretsmanager',
      'CreateSecret DeleteSecret DescribeSecret TagResource UntagResource UpdateSecret',
    ),
    grant(any, 'secretsmanager', 'GetRandomPassword'),
  ],
};

/** What is asked about a bucket before something is uploaded to it. */
const lookingAtBuckets =
  'GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketVersioning GetEncryptionConfiguration ListBucket';

/** The deployer's own calls that deploy. */
const deploying: readonly Grant[] = [
  grant(
    stacks,
    'cloudformation',
    `ContinueUpdateRollback CreateChangeSet DeleteChangeSet DeleteStack DescribeChangeSet
      DescribeStackEvents DescribeStacks ExecuteChangeSet GetTemplate ListChangeSets
      ListStackResources RollbackStack TagResource UntagResource UpdateTerminationProtection`,
  ),
  grant(any, 'cloudformation', 'ListStacks'),
  grant(
    buckets,
    's3',
    `CreateBucket ${lookingAtBuckets} PutBucketOwnershipControls PutBucketPolicy
      PutBucketPublicAccessBlock PutBucketVersioning PutEncryptionConfiguration`,
  ),
  grant(objects, 's3', 'GetObject GetObjectVersion PutObject'),
  grant(ownSecrets, 'secretsmanager', 'CreateSecret DescribeSecret PutSecretValue TagResource'),
  // Whether anybody hears the alerts; a topic that is given has any name. A fleet is read from the list of all stacks.
  // What is left of a fleet is looked for in every region that the account has enabled.
  grant(any, 'account', 'ListRegions'),
  grant(any, 'cloudformation', 'DescribeStacks'),
  grant(any, 'sns', 'ListSubscriptions ListSubscriptionsByTopic'),
];

/** The deployer's own calls that look at what stands, and use it. */
const operating: readonly Grant[] = [
  grant(stacks, 'cloudformation', 'DescribeStackEvents GetTemplate ListStackResources'),
  // Lists of a region, and trails and topics of any name.
  grant(any, 'cloudformation', 'DescribeStacks ListStacks'),
  grant(any, 'cloudtrail', 'DescribeTrails GetEventSelectors GetTrailStatus'),
  grant(any, 'cloudwatch', 'DescribeAlarms'),
  grant(any, 'events', 'ListRules'),
  grant(any, 'sns', 'ListSubscriptionsByTopic'),
  grant(['arn:{p}:servicequotas:{r}:{a}:events/L-244521F2'], 'servicequotas', 'GetServiceQuota'),
  grant(
    logGroups.flatMap((arn) => [arn, `${arn}:*`]),
    'logs',
    'FilterLogEvents',
  ),
  grant(functions, 'lambda', 'InvokeFunction'),
  grant(webhookSecrets, 'secretsmanager', 'GetSecretValue'),
  grant(buckets, 's3', lookingAtBuckets),
  grant(
    ['arn:{p}:iam::{a}:role/*', 'arn:{p}:iam::{a}:user/*'],
    'iam',
    'GetRole SimulatePrincipalPolicy',
  ),
];

/** What deploying to an organisation or to listed accounts needs on top. */
const organizing: readonly Grant[] = [
  grant(
    [
      'arn:{p}:cloudformation:*:{a}:stackset/patrol-*:*',
      'arn:{p}:cloudformation:*:{a}:stackset-target/patrol-*:*',
      'arn:{p}:cloudformation:*::type/resource/*',
    ],
    'cloudformation',
    `CreateStackInstances DeleteStackInstances DeleteStackSet DescribeStackSet
      DescribeStackSetOperation ListStackInstances ListStackSetAutoDeploymentTargets
      ListStackSetOperationResults ListStackSetOperations TagResource UntagResource
      UpdateStackSet`,
  ),
  grant(any, 'cloudformation', 'CreateStackSet ListStackSets'),
  grant(
    any,
    'organizations',
    'DescribeOrganization ListAccountsForParent ListOrganizationalUnitsForParent',
  ),
  // Of accounts that are listed: the role that is assumed there needs the policy `deploy` of its own.
  grant(['arn:{p}:iam::*:role/patrol-*'], 'sts', 'AssumeRole'),
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

/** An IAM policy. */
interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
    readonly Condition?: Grant['when'];
  }[];
}

/**
 * A policy: what is allowed on the same resources is one statement.
 *
 * @param place where it is to hold; a region or account of `*` is any.
 */
export function policy(name: PolicyName, { partition, region, account }: Place): PolicyDocument {
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
