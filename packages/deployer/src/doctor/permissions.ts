/**
 * What whoever deploys may do: the least that the deployer's own calls, and CloudFormation's in its caller's name, need.
 * Pure. `permissions.test.ts` holds it against every call of `aws/` and every type of resource of a stack.
 */
import { muteAlias } from '@patrol/core/contracts';
import { rulesQuota } from '../cloud/bus.ts';
import type { Place } from '../cloud/cloud.ts';

/** Actions, and the resources that they are needed on; `{p}`, `{r}` and `{a}` stand for partition, region and account. */
interface Grant {
  readonly actions: readonly string[];
  readonly on: readonly string[];
  readonly when: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/** What is needed of a service on some resources: gives grants of actions, which have spaces between their names. */
const on =
  (service: string, ...resources: readonly string[]) =>
  (names: string, when?: Grant['when']): Grant => ({
    actions: names.split(/\s+/).map((name) => `${service}:${name}`),
    on: resources,
    when,
  });

const any = (service: string, names: string): Grant => on(service, '*')(names);
const stacks = on('cloudformation', 'arn:{p}:cloudformation:{r}:{a}:stack/patrol-*/*');
// One statement for both: a policy holds 6,144 characters, and no action is about functions and layers.
const functions = on(
  'lambda',
  ...['function', 'layer'].map((kind) => `arn:{p}:lambda:{r}:{a}:${kind}:patrol-*`),
);
const roles = on('iam', 'arn:{p}:iam::{a}:role/patrol-*');
const logGroup = 'arn:{p}:logs:{r}:{a}:log-group:/aws/lambda/patrol-*';
const logGroups = on('logs', logGroup);
const topics = on('sns', 'arn:{p}:sns:{r}:{a}:patrol-*');
const queues = on('sqs', 'arn:{p}:sqs:{r}:{a}:patrol-*');
const rules = on('events', 'arn:{p}:events:{r}:{a}:rule/patrol-*');
const alarms = on('cloudwatch', 'arn:{p}:cloudwatch:{r}:{a}:alarm:patrol-*');
const tables = on('dynamodb', 'arn:{p}:dynamodb:{r}:{a}:table/patrol-*');
const quota = on('servicequotas', `arn:{p}:servicequotas:{r}:{a}:events/${rulesQuota.QuotaCode}`);
const callers = on('iam', 'arn:{p}:iam::{a}:role/*', 'arn:{p}:iam::{a}:user/*');
const stackSets = on(
  'cloudformation',
  'arn:{p}:cloudformation:*:{a}:stackset/patrol-*:*',
  'arn:{p}:cloudformation:*:{a}:stackset-target/patrol-*:*',
  'arn:{p}:cloudformation:*::type/resource/*',
);
// The names of APIs are random.
const apis = on(
  'apigateway',
  ...['/apis', '/apis/*', '/tags/*'].map((path) => `arn:{p}:apigateway:{r}::${path}`),
);
// CloudFormation names secrets by their logical id alone.
const webhookSecrets = on(
  'secretsmanager',
  'arn:{p}:secretsmanager:{r}:{a}:secret:Webhook*Secret-*',
);
const ownSecrets = on('secretsmanager', 'arn:{p}:secretsmanager:{r}:{a}:secret:patrol/*');
const announcement = on('ssm', 'arn:{p}:ssm:{r}:{a}:parameter/patrol/announcement');
const buckets = on('s3', 'arn:{p}:s3:::patrol-*');
const objects = on('s3', 'arn:{p}:s3:::patrol-*/patrol/*');

/**
 * What CloudFormation does with each type of resource, in the name of whoever deploys: the handlers of the type's schema in
 * the CloudFormation registry, for the properties that the templates set.
 */
export const resourcePermissions: Readonly<Record<string, Grant | readonly Grant[]>> = {
  'AWS::ApiGatewayV2::Api': apis('DELETE GET PATCH POST PUT'),
  'AWS::ApiGatewayV2::Integration': [],
  'AWS::ApiGatewayV2::Route': [],
  'AWS::ApiGatewayV2::Stage': [],
  'AWS::CloudWatch::Alarm': alarms(`DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm
      TagResource UntagResource`),
  'AWS::DynamoDB::Table':
    tables(`CreateTable DeleteResourcePolicy DeleteTable DescribeContinuousBackups
      DescribeContributorInsights DescribeKinesisStreamingDestination DescribeTable
      DescribeTimeToLive GetResourcePolicy ListTagsOfResource PutResourcePolicy TagResource
      UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive`),
  'AWS::Events::Rule':
    rules(`DeleteRule DescribeRule ListTagsForResource ListTargetsByRule PutRule PutTargets
      RemoveTargets TagResource UntagResource`),
  'AWS::IAM::Policy': roles('DeleteRolePolicy GetRolePolicy PutRolePolicy'),
  'AWS::IAM::Role':
    roles(`CreateRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies
      ListRolePolicies PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole
      UpdateRoleDescription`),
  'AWS::Lambda::Alias': functions(
    'CreateAlias DeleteAlias GetAlias GetProvisionedConcurrencyConfig UpdateAlias',
  ),
  'AWS::Lambda::EventInvokeConfig':
    functions(`DeleteFunctionEventInvokeConfig GetFunctionEventInvokeConfig
      PutFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig`),
  'AWS::Lambda::Function': [
    functions(`CreateFunction DeleteFunction GetFunction GetFunctionCodeSigningConfig
      GetFunctionConfiguration GetFunctionRecursionConfig GetRuntimeManagementConfig ListTags
      TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration`),
    roles('PassRole', { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }),
    objects('GetObject GetObjectVersion'),
  ],
  'AWS::Lambda::LayerVersion': [
    functions('DeleteLayerVersion GetLayerVersion PublishLayerVersion'),
    objects('GetObject GetObjectVersion'),
  ],
  'AWS::Lambda::Permission': functions('AddPermission GetPolicy RemovePermission'),
  'AWS::Logs::LogGroup': [
    logGroups(`CreateLogGroup DeleteLogGroup DeleteRetentionPolicy GetDataProtectionPolicy
      ListTagsForResource PutRetentionPolicy TagResource UntagResource`),
    any('logs', 'DescribeIndexPolicies DescribeLogGroups'),
  ],
  'AWS::Logs::MetricFilter': logGroups('DeleteMetricFilter DescribeMetricFilters PutMetricFilter'),
  'AWS::S3::Bucket':
    buckets(`CreateBucket DeleteBucket GetBucketOwnershipControls GetBucketPublicAccessBlock
      GetBucketTagging GetBucketVersioning GetEncryptionConfiguration
      GetLifecycleConfiguration PutBucketOwnershipControls PutBucketPublicAccessBlock
      PutBucketTagging PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration`),
  'AWS::S3::BucketPolicy': buckets('DeleteBucketPolicy GetBucketPolicy PutBucketPolicy'),
  'AWS::SNS::Subscription':
    topics(`GetSubscriptionAttributes ListSubscriptionsByTopic SetSubscriptionAttributes Subscribe
      Unsubscribe`),
  'AWS::SNS::Topic': topics(`CreateTopic DeleteTopic GetDataProtectionPolicy GetTopicAttributes
      ListSubscriptionsByTopic ListTagsForResource SetTopicAttributes TagResource UntagResource`),
  'AWS::SNS::TopicPolicy': topics('GetTopicAttributes SetTopicAttributes'),
  'AWS::SQS::Queue':
    queues(`CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes
      TagQueue UntagQueue`),
  'AWS::SQS::QueuePolicy': queues('GetQueueAttributes SetQueueAttributes'),
  'AWS::SecretsManager::Secret': [
    webhookSecrets(`CreateSecret DeleteSecret DescribeSecret TagResource UntagResource
      UpdateSecret`),
    any('secretsmanager', 'GetRandomPassword'),
  ],
};

/** What is asked about a bucket before something is uploaded to it. */
const lookingAtBuckets =
  'GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketVersioning GetEncryptionConfiguration ListBucket';

/** The deployer's own calls that deploy. */
const deploying: readonly Grant[] = [
  stacks(`ContinueUpdateRollback CreateChangeSet DeleteChangeSet DeleteStack DescribeChangeSet
      DescribeStackEvents DescribeStacks ExecuteChangeSet GetTemplate ListChangeSets
      ListStackResources RollbackStack TagResource UntagResource UpdateTerminationProtection`),
  any('cloudformation', 'ListStacks'),
  buckets(`CreateBucket ${lookingAtBuckets} PutBucketOwnershipControls PutBucketPolicy
      PutBucketPublicAccessBlock PutBucketVersioning PutEncryptionConfiguration`),
  objects('GetObject GetObjectVersion PutObject'),
  ownSecrets('CreateSecret DescribeSecret PutSecretValue TagResource'),
  announcement('PutParameter'),
  // Whether anybody hears the alerts; a topic that is given has any name. A fleet is read from the list of all stacks.
  // What is left of a fleet is looked for in every region that the account has enabled.
  any('account', 'ListRegions'),
  // Whether the event bus has room for the rules.
  any('events', 'ListRules'),
  quota('GetServiceQuota'),
  // What was changed outside CloudFormation.
  any('lambda', 'ListFunctions'),
  any('cloudwatch', 'DescribeAlarms'),
  any('cloudformation', 'DescribeStacks'),
  any('sns', 'ListSubscriptions ListSubscriptionsByTopic'),
];

/**
 * What a plan of a fleet asks, also of an organisation. It changes nothing, and reads no secret and no event: nor the environment
 * of functions, so that the plan says that it does not see what was changed outside CloudFormation.
 */
const planning: readonly Grant[] = [
  stacks('GetTemplate'),
  any('cloudformation', 'DescribeStacks ListStackSets'),
  stackSets(`DescribeStackSet ListStackInstances ListStackSetAutoDeploymentTargets
      ListStackSetOperationResults ListStackSetOperations`),
  any('account', 'ListRegions'),
  any('events', 'ListRules'),
  quota('GetServiceQuota'),
  any('sns', 'ListSubscriptions ListSubscriptionsByTopic'),
  any(
    'organizations',
    'DescribeOrganization ListAccounts ListAccountsForParent ListOrganizationalUnitsForParent',
  ),
  // No role of another account: those that deploy there have names like these.
];

/** The deployer's own calls that look at what stands, and use it. */
const operating: readonly Grant[] = [
  stacks('DescribeStackEvents GetTemplate ListStackResources'),
  // Lists of a region, and trails and topics of any name.
  any('cloudformation', 'DescribeStacks ListStacks'),
  any('cloudtrail', 'DescribeTrails GetEventSelectors GetTrailStatus'),
  any('cloudwatch', 'DescribeAlarms'),
  any('events', 'ListRules TestEventPattern'),
  rules('DescribeRule ListTargetsByRule'),
  any('sns', 'GetSubscriptionAttributes ListSubscriptionsByTopic'),
  quota('GetServiceQuota'),
  on('logs', logGroup, `${logGroup}:*`)('FilterLogEvents'),
  any('lambda', 'ListFunctions'),
  functions('GetFunction GetPolicy'),
  // Not the notifier: whoever may run it mutes, or tells people of anything.
  on('lambda', 'arn:{p}:lambda:{r}:{a}:function:patrol-*-Function-*')('InvokeFunction'),
  webhookSecrets('DescribeSecret GetSecretValue'),
  // Events that no rule could handle.
  queues('ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage'),
  buckets(lookingAtBuckets),
  callers('GetRole SimulatePrincipalPolicy'),
];

/** What deploying to an organisation or to listed accounts needs on top. */
const organizing: readonly Grant[] = [
  stackSets(`CreateStackInstances DeleteStackInstances DeleteStackSet DescribeStackSet
      DescribeStackSetOperation ListStackInstances ListStackSetAutoDeploymentTargets
      ListStackSetOperationResults ListStackSetOperations TagResource UntagResource
      UpdateStackSet`),
  any('cloudformation', 'CreateStackSet ListStackSets'),
  any(
    'organizations',
    'DescribeOrganization ListAccounts ListAccountsForParent ListOrganizationalUnitsForParent',
  ),
  // Of accounts that are listed: the role that is assumed there needs the policy `deploy` of its own.
  on('sts', 'arn:{p}:iam::*:role/patrol-*')('AssumeRole'),
];

/** What muting needs: of the notifier it allows the alias `mute` alone. */
const muting: readonly Grant[] = [
  any('cloudformation', 'DescribeStacks'),
  on('lambda', `arn:{p}:lambda:{r}:{a}:function:patrol-*:${muteAlias}`)('InvokeFunction'),
];

/** The policies, by what they allow. */
export const policyNames = ['deploy', 'operate', 'organization', 'mute', 'plan'] as const;
/** One of the policies. */
export type PolicyName = (typeof policyNames)[number];

const grants: Readonly<Record<PolicyName, readonly Grant[]>> = {
  deploy: [...deploying, ...Object.values(resourcePermissions).flat()],
  operate: operating,
  organization: organizing,
  mute: muting,
  plan: planning,
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
  const statements = Map.groupBy(grants[name], (grant) => JSON.stringify([grant.on, grant.when]));
  const place = (arn: string): string =>
    arn.replaceAll('{p}', partition).replaceAll('{r}', region).replaceAll('{a}', account);
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].map((same) => ({
      Effect: 'Allow',
      Action: [...new Set(same.flatMap(({ actions }) => actions))].toSorted((a, b) =>
        a.localeCompare(b),
      ),
      Resource: same[0]?.on.map(place) ?? [],
      ...(same[0]?.when && { Condition: same[0].when }),
    })),
  };
}
