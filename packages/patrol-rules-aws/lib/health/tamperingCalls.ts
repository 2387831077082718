/** The calls that delete, change or disable a part of Patrol, and what the alert on each says. */
import { isObject, type Severity } from '@patrol/core';
import { textOf } from '../request.ts';
import { awsCommand, enableRule } from '../undo.ts';
import {
  isOwnBoundary,
  isOwnFilter,
  isOwnPolicy,
  isOwnQueuePolicy,
  isOwnRedrive,
  isOwnRolePolicy,
  isOwnStatement,
  isOwnTablePolicy,
  isOwnTopicPolicy,
  never,
} from './byTemplate.ts';
import type { DeliveredCall, PartParameter } from './pattern.ts';

/** What a call does, and what the alert on it says. */
export interface TamperingCall {
  /** The request parameter that names the resource, or several: a text or a list of texts. A path has dots. */
  readonly target: PartParameter;
  /** The parameter that names the resource where `target` is missing. */
  readonly or?: PartParameter;
  /** What kind of name that is, where it is not one that tells of itself that it is Patrol's. */
  readonly kind?: 'topic' | 'key' | 'bus' | 'api' | 'secret' | 'announcement';
  /** The title of the alert, with the resource for `%`. */
  readonly says: string;
  readonly harm: string;
  readonly severity?: Severity;
  /** The type of the resource. Where it is left out, the call says it. */
  readonly type?: string;
  /** The command that undoes it. */
  readonly undo?: (done: Done) => readonly string[] | undefined;
  /** Whether this call does no harm. */
  readonly isHarmless?: (request: Request) => boolean;
  /** Whether a deployment of Patrol makes this call. When left out, a deployment may always make it. */
  readonly isDeployment?: (request: Request, target: string) => boolean;
  /** Whether patrol-deploy makes this call: it announces what it does. */
  readonly isOfDeployer?: (request: Request) => boolean | 'perhaps';
  /** Whether stack sets make this call in the accounts that they deploy to. What is done to the stack set is told where it is managed. */
  readonly isOfStackSets?: true;
}

export type Request = Readonly<Record<string, unknown>>;

/** A call, for the command that undoes it. */
interface Done {
  /** The name of the resource; the first of several. */
  readonly name: string;
  readonly names: readonly string[];
  readonly request: Request;
  readonly region: string | undefined;
}

const blinds = 'The rule may no longer see what it should, or no longer say it.';
const silences = 'Alerts may no longer reach anybody.';
const hides = 'What goes wrong with the rule may no longer be noticed.';
const loses = 'The events that the rule could not evaluate, or that did not reach it, are lost.';
const deafens = 'What GitHub tells may no longer reach the rule.';
const forgets =
  'The rule cannot remember what it told. A notifier without its table still tells, and mutes nothing.';
const unread = 'What the rule has done can no longer be read.';

const attribute =
  (...harmful: readonly string[]): Required<TamperingCall>['isHarmless'] =>
  ({ attributeName: name }) =>
    typeof name === 'string' && !harmful.includes(name);

const roleChange = {
  target: 'roleName',
  type: 'AWS::IAM::Role',
  says: 'Permissions of role % changed',
  harm: blinds,
} as const;
const stack = { target: 'stackName', type: 'AWS::CloudFormation::Stack', harm: blinds } as const;
/** The type of what is announced under another name than a stack. */
export const stackSetType = 'AWS::CloudFormation::StackSet';
const stackSet = {
  target: 'stackSetName',
  type: stackSetType,
  harm: blinds,
  severity: 'high',
} as const;
const eventRule = { type: 'AWS::Events::Rule', harm: blinds } as const;
const aFunction = { target: 'functionName', type: 'AWS::Lambda::Function', harm: blinds } as const;
/** A notifier mutes through an alias. The functions of rules have none. */
const anAlias = {
  ...aFunction,
  harm: 'Through its alias the notifier mutes. It may mute no more, or run other code.',
  severity: 'high',
} as const;
const invokeConfig = {
  ...aFunction,
  says: 'Retries and failure queue of function % changed',
  harm: hides,
  severity: 'high',
} as const;
const resourcePolicy = { target: 'resourceArn', isDeployment: never } as const;
const aTopic = {
  target: 'topicArn',
  kind: 'topic',
  type: 'AWS::SNS::Topic',
  harm: silences,
} as const;
const aSubscription = { ...aTopic, target: 'subscriptionArn' } as const;
const alarms = {
  target: 'alarmNames',
  type: 'AWS::CloudWatch::Alarm',
  harm: hides,
  severity: 'high',
} as const;
const anAlarm = { ...alarms, target: 'alarmName' } as const;
const aQueue = {
  target: 'queueUrl',
  type: 'AWS::SQS::Queue',
  harm: hides,
  severity: 'high',
} as const;
const aLog = {
  target: 'logGroupName',
  type: 'AWS::Logs::LogGroup',
  harm: unread,
  severity: 'high',
} as const;
const aTable = {
  target: 'tableName',
  type: 'AWS::DynamoDB::Table',
  harm: forgets,
  severity: 'high',
} as const;
const anApi = {
  target: 'apiId',
  kind: 'api',
  type: 'AWS::ApiGatewayV2::Api',
  harm: deafens,
} as const;
const aSecret = {
  target: 'secretId',
  kind: 'secret',
  type: 'AWS::SecretsManager::Secret',
  harm: blinds,
} as const;
/** They are kept for whoever looks at how a deployment ended. patrol-deploy never deletes them. */
const announcements = {
  kind: 'announcement',
  type: 'AWS::SSM::Parameter',
  says: 'Announcements of deployments (%) deleted',
  harm: 'What was announced is quiet, and patrolHealth can no longer tell how it ended.',
  severity: 'high',
  isDeployment: never,
} as const;
const aKey = {
  target: 'keyId',
  kind: 'key',
  type: 'AWS::KMS::Key',
  harm: silences,
  isDeployment: never,
} as const;

/** Values of a queue's attributes that keep nothing from getting into the queue, or from staying there for 14 days. */
const harmlessAttributes: Readonly<Record<string, (value: string) => boolean>> = {
  DelaySeconds: (value) => Number(value) === 0,
  KmsMasterKeyId: (value) => value === '',
  // An event of EventBridge has at most 256 KB.
  MaximumMessageSize: (value) => Number(value) >= 262_144,
  MessageRetentionPeriod: (value) => Number(value) >= 1_209_600,
  Policy: () => false,
  RedriveAllowPolicy: (value) => value === '',
  RedrivePolicy: (value) => value === '',
};

/** Whether attributes do no harm to a queue: a policy, or a queue for what nobody takes, only where it is one of Patrol. */
const areHarmless = (
  { attributes }: Request,
  isOwn: Readonly<Record<string, (value: unknown) => boolean>> = {},
): boolean =>
  isObject(attributes) &&
  Object.entries(attributes).every(
    ([name, value]) =>
      (Object.hasOwn(isOwn, name) && isOwn[name]?.(value) === true) ||
      !Object.hasOwn(harmlessAttributes, name) ||
      (typeof value === 'string' && harmlessAttributes[name]?.(value) === true),
  );

/** How patrol-deploy names its change sets. */
const isOwnChangeSet = ({ changeSetName }: Request): boolean =>
  /^(arn:\S+:changeSet\/)?patrol-/.test(textOf(changeSetName) ?? '');

/**
 * The calls, by service and name. Lambda puts the version of its API behind most names ("Logging AWS Lambda API calls using
 * AWS CloudTrail"); here the version is left out.
 */
export const tamperingCalls: ReadonlyMap<string, TamperingCall> = new Map(
  Object.entries({
    'cloudformation.DeleteStack': {
      ...stack,
      says: 'Stack % deleted',
      isOfDeployer: () => 'perhaps',
    },
    'cloudformation.UpdateStack': {
      // patrol-deploy uses change sets.
      ...stack,
      says: 'Stack % changed without patrol-deploy',
      severity: 'high',
      isOfStackSets: true,
    },
    'cloudformation.CreateChangeSet': {
      // What one of patrol-deploy's does is told when it is executed.
      ...stack,
      says: 'Change set for stack % made without patrol-deploy',
      harm: 'Whoever executes it changes the stack.',
      severity: 'medium',
      isHarmless: isOwnChangeSet,
      isOfStackSets: true,
    },
    'cloudformation.ExecuteChangeSet': {
      ...stack,
      or: 'changeSetName',
      says: 'Stack % changed by a change set',
      severity: 'high',
      isOfStackSets: true,
      isOfDeployer: isOwnChangeSet,
    },
    'cloudformation.CancelUpdateStack': {
      ...stack,
      says: 'Update of stack % cancelled',
      harm: 'CloudFormation goes back to what the stack was before.',
      severity: 'medium',
    },
    'cloudformation.ContinueUpdateRollback': {
      ...stack,
      says: 'Rollback of stack % continued',
      harm: 'CloudFormation may leave resources out that the template has.',
      severity: 'medium',
      isOfDeployer: () => 'perhaps',
    },
    'cloudformation.RollbackStack': {
      ...stack,
      says: 'Stack % rolled back',
      harm: 'The rule may be older than was meant.',
      severity: 'medium',
      isOfDeployer: () => 'perhaps',
    },
    'cloudformation.SetStackPolicy': {
      ...stack,
      says: 'Policy of stack % changed',
      harm: 'Deployments may no longer put back what is changed.',
      severity: 'high',
    },
    'cloudformation.CreateStackRefactor': {
      ...stack,
      target: 'stackDefinitions.stackName',
      says: 'Resources of stack % prepared for a move to another stack',
      severity: 'high',
    },
    'cloudformation.UpdateTerminationProtection': {
      ...stack,
      says: 'Termination protection of stack % switched off',
      harm: 'The stack can now be deleted.',
      severity: 'high',
      isHarmless: ({ enableTerminationProtection }) => enableTerminationProtection === true,
      undo: ({ name, region }) =>
        awsCommand('cloudformation update-termination-protection', {
          'stack-name': name,
          'enable-termination-protection': true,
          region,
        }),
    },
    'cloudformation.CreateStackInstances': {
      ...stackSet,
      isOfDeployer: () => 'perhaps',
      says: 'Instances of stack set % added',
      harm: 'More accounts or regions have the rule, perhaps with other parameters.',
      severity: 'low',
    },
    'cloudformation.DeleteStackInstances': {
      ...stackSet,
      isOfDeployer: () => 'perhaps',
      says: 'Instances of stack set % deleted',
      harm: 'The rule no longer runs in these accounts and regions.',
      severity: 'critical',
    },
    'cloudformation.DeleteStackSet': {
      ...stackSet,
      isOfDeployer: () => 'perhaps',
      says: 'Stack set % deleted',
    },
    'cloudformation.ImportStacksToStackSet': {
      ...stackSet,
      says: 'Stacks put into stack set %',
      harm: 'The stack set now changes these stacks.',
      severity: 'medium',
    },
    'cloudformation.StopStackSetOperation': {
      ...stackSet,
      says: 'Operation on stack set % stopped',
      harm: 'Some accounts and regions may not have what was to be deployed.',
      severity: 'medium',
    },
    'cloudformation.UpdateStackInstances': {
      ...stackSet,
      says: 'Parameters of instances of stack set % changed',
    },
    'cloudformation.UpdateStackSet': {
      ...stackSet,
      isOfDeployer: () => 'perhaps',
      says: 'Stack set % changed',
    },
    'cloudcontrolapi.DeleteResource': { target: 'identifier', says: '% deleted', harm: blinds },
    'cloudcontrolapi.UpdateResource': { target: 'identifier', says: '% changed', harm: blinds },

    'events.DeleteRule': { ...eventRule, target: 'name', says: 'EventBridge rule % deleted' },
    'events.DisableRule': {
      ...eventRule,
      target: 'name',
      says: 'EventBridge rule % disabled',
      undo: ({ name, region }) => enableRule(name, region),
    },
    'events.PutRule': { ...eventRule, target: 'name', says: 'EventBridge rule % changed' },
    'events.PutTargets': {
      ...eventRule,
      target: 'rule',
      says: 'Targets of EventBridge rule % changed',
    },
    'events.RemoveTargets': {
      ...eventRule,
      target: 'rule',
      says: 'Targets of EventBridge rule % removed',
    },
    'events.UpdateEventBus': {
      target: 'name',
      kind: 'bus',
      type: 'AWS::Events::EventBus',
      says: 'Event bus % changed',
      harm: 'All rules get their events from it. With a key that EventBridge may not use they get none.',
      severity: 'high',
      isHarmless: ({ kmsKeyIdentifier: key }) => key === undefined || key === '',
      isDeployment: never,
    },

    'lambda.AddPermission': {
      ...aFunction,
      says: 'Permission to invoke function % added',
      harm: 'Somebody else may run the rule, with events of their own or until it is throttled.',
      severity: 'high',
      isDeployment: isOwnStatement,
      undo: ({ name, request, region }) =>
        awsCommand('lambda remove-permission', {
          'function-name': name,
          'statement-id': textOf(request['statementId']),
          region,
        }),
    },
    'lambda.CreateEventSourceMapping': {
      ...aFunction,
      says: 'Function % given another source of events',
      harm: 'The rule may be kept busy with events that are not meant for it.',
      severity: 'high',
      isDeployment: never,
    },
    'lambda.CreateFunctionUrlConfig': {
      ...aFunction,
      says: 'Function % given a URL',
      harm: 'Somebody else may run the rule, with events of their own or until it is throttled.',
      severity: 'high',
      isDeployment: never,
      undo: ({ name, region }) =>
        awsCommand('lambda delete-function-url-config', { 'function-name': name, region }),
    },
    'lambda.DeleteFunction': { ...aFunction, says: 'Function % deleted' },
    'lambda.DeleteResourcePolicy': {
      ...aFunction,
      ...resourcePolicy,
      says: 'Permissions to invoke function % removed',
    },
    'lambda.PutFunctionCodeSigningConfig': {
      ...aFunction,
      says: 'Code signing of function % changed',
      harm: 'Deployments may no longer put back the code.',
      severity: 'high',
      isDeployment: never,
    },
    'lambda.PutFunctionConcurrency': {
      ...aFunction,
      says: 'Function % given a reserved concurrency of 0',
      isHarmless: ({ reservedConcurrentExecutions: reserved }) => Number(reserved) > 0,
      // Patrol reserves no concurrency.
      undo: ({ name, region }) =>
        awsCommand('lambda delete-function-concurrency', { 'function-name': name, region }),
    },
    'lambda.PutFunctionScalingConfig': {
      ...aFunction,
      says: 'Scaling of function % changed',
      severity: 'high',
      isDeployment: never,
    },
    'lambda.PutResourcePolicy': {
      ...aFunction,
      ...resourcePolicy,
      says: 'Permissions to invoke function % replaced',
    },
    'lambda.PutRuntimeManagementConfig': {
      ...aFunction,
      says: 'Runtime of function % changed',
      severity: 'high',
      isHarmless: ({ updateRuntimeOn }) => updateRuntimeOn === 'Auto',
      isDeployment: never,
    },
    'lambda.RemovePermission': {
      ...aFunction,
      says: 'Permission to invoke function % removed',
      isDeployment: isOwnStatement,
    },
    'lambda.UpdateFunctionCode': {
      ...aFunction,
      says: 'Code of function % changed',
      isHarmless: ({ dryRun }) => dryRun === true,
    },
    'lambda.UpdateFunctionConfiguration': {
      ...aFunction,
      says: 'Configuration of function % changed',
    },
    'lambda.DeleteAlias': { ...anAlias, says: 'Alias of function % deleted' },
    'lambda.UpdateAlias': { ...anAlias, says: 'Alias of function % changed' },
    'lambda.DeleteFunctionEventInvokeConfig': invokeConfig,
    'lambda.PutFunctionEventInvokeConfig': invokeConfig,
    'lambda.UpdateFunctionEventInvokeConfig': invokeConfig,

    'dynamodb.DeleteResourcePolicy': {
      ...aTable,
      ...resourcePolicy,
      says: 'Policy of table % removed',
    },
    'dynamodb.DeleteTable': { ...aTable, says: 'Table % deleted' },
    'dynamodb.UpdateTable': {
      ...aTable,
      says: 'Table % changed',
      harm: 'With less capacity or another key the rule cannot remember what it told.',
    },
    'dynamodb.PutResourcePolicy': {
      ...aTable,
      ...resourcePolicy,
      says: 'Policy of table % changed',
      isDeployment: isOwnTablePolicy,
    },
    'dynamodb.UpdateTimeToLive': { ...aTable, says: 'Expiry of the items of table % changed' },

    'iam.AttachRolePolicy': {
      ...roleChange,
      isDeployment: never,
      undo: ({ name, request }) =>
        awsCommand('iam detach-role-policy', {
          'role-name': name,
          'policy-arn': textOf(request['policyArn']),
        }),
    },
    'iam.DeleteRole': { ...roleChange, says: 'Role % deleted' },
    'iam.DeleteRolePolicy': { ...roleChange, isDeployment: isOwnPolicy },
    'iam.PutRolePermissionsBoundary': {
      ...roleChange,
      isDeployment: isOwnBoundary,
      // No record holds the earlier boundary, if there was one.
      undo: ({ name }) => awsCommand('iam delete-role-permissions-boundary', { 'role-name': name }),
    },
    'iam.PutRolePolicy': {
      ...roleChange,
      isDeployment: isOwnRolePolicy,
      // No record holds the earlier text of a policy of Patrol.
      undo: ({ name, request }) =>
        isOwnPolicy(request, name)
          ? undefined
          : awsCommand('iam delete-role-policy', {
              'role-name': name,
              'policy-name': textOf(request['policyName']),
            }),
    },
    'iam.UpdateAssumeRolePolicy': roleChange,

    'sns.AddPermission': {
      ...aTopic,
      says: 'Permission on topic % added',
      harm: 'Somebody else may send alerts that look like those of Patrol, or read them.',
      severity: 'high',
      isDeployment: never,
    },
    'sns.DeleteTopic': { ...aTopic, says: 'Topic % deleted' },
    'sns.PutDataProtectionPolicy': {
      ...aTopic,
      ...resourcePolicy,
      says: 'Data protection policy of topic % changed',
    },
    'sns.RemovePermission': {
      ...aTopic,
      says: 'Permission to publish to topic % removed',
      isDeployment: never,
    },
    'sns.SetSubscriptionAttributes': {
      ...aSubscription,
      says: 'Filter or delivery of a subscription to topic % changed',
      severity: 'high',
      isHarmless: attribute(
        'DeliveryPolicy',
        'FilterPolicy',
        'FilterPolicyScope',
        'RawMessageDelivery',
        'RedrivePolicy',
      ),
    },
    'sns.SetTopicAttributes': {
      ...aTopic,
      says: 'Policy or key of topic % changed',
      isHarmless: attribute('DeliveryPolicy', 'KmsMasterKeyId', 'Policy'),
      isDeployment: isOwnTopicPolicy,
    },
    'sns.Subscribe': {
      ...aTopic,
      says: 'Subscription to topic % added',
      harm: 'Somebody else may read the alerts.',
      severity: 'high',
    },
    'sns.Unsubscribe': { ...aSubscription, says: 'Subscription to topic % removed' },

    'monitoring.DeleteAlarms': { ...alarms, says: 'Alarm % deleted' },
    'monitoring.DisableAlarmActions': {
      ...alarms,
      says: 'Actions of alarm % disabled',
      undo: ({ names, region }) =>
        awsCommand('cloudwatch enable-alarm-actions', { 'alarm-names': names, region }),
    },
    'monitoring.PutAlarmMuteRule': {
      ...alarms,
      target: 'muteTargets.alarmNames',
      says: 'Alarm % muted',
      isDeployment: never,
      undo: ({ request, region }) =>
        awsCommand('cloudwatch delete-alarm-mute-rule', {
          'alarm-mute-rule-name': textOf(request['name']),
          region,
        }),
    },
    'monitoring.PutCompositeAlarm': {
      ...anAlarm,
      says: 'Alarm % replaced',
      isDeployment: never,
    },
    'monitoring.PutLogAlarm': { ...anAlarm, says: 'Alarm % replaced', isDeployment: never },
    'monitoring.PutMetricAlarm': { ...anAlarm, says: 'Alarm % changed' },
    'monitoring.SetAlarmState': {
      ...anAlarm,
      says: 'State of alarm % set by hand',
      // Somebody who sets an alarm to ALARM tests it.
      isHarmless: ({ stateValue }) => stateValue === 'ALARM',
    },

    'logs.AssociateKmsKey': {
      ...aLog,
      or: 'resourceIdentifier',
      says: 'Log % given a key',
      harm: 'Without that key nothing can be written to the log, or read from it.',
      isDeployment: never,
    },
    'logs.DeleteLogGroup': { ...aLog, says: 'Log % deleted' },
    'logs.DeleteLogStream': { ...aLog, says: 'Part of log % deleted' },
    'logs.DeleteMetricFilter': {
      ...aLog,
      says: 'Metric filter of log % deleted',
      harm: hides,
      isDeployment: isOwnFilter,
    },
    'logs.DeleteSubscriptionFilter': {
      ...aLog,
      says: 'Subscription filter of log % deleted',
      harm: 'What the rule has done no longer goes to where the log was sent.',
      severity: 'medium',
    },
    'logs.PutDataProtectionPolicy': {
      ...aLog,
      target: 'logGroupIdentifier',
      says: 'Data protection policy of log % changed',
      isDeployment: never,
    },
    'logs.PutMetricFilter': {
      ...aLog,
      says: 'Metric filter of log % changed',
      harm: hides,
      isDeployment: isOwnFilter,
    },
    'logs.PutResourcePolicy': {
      ...aLog,
      ...resourcePolicy,
      says: 'Policy of log % changed',
    },
    'logs.PutRetentionPolicy': {
      ...aLog,
      says: 'Retention of log % changed',
      harm: 'What the rule has done can be read for as long only. Earlier entries are deleted.',
    },
    'logs.PutSubscriptionFilter': {
      ...aLog,
      says: 'Subscription filter of log % changed',
      harm: 'Somebody else may get what the rule logs.',
      severity: 'medium',
      isDeployment: never,
    },
    'logs.PutTransformer': {
      ...aLog,
      target: 'logGroupIdentifier',
      says: 'Transformer of log % changed',
      isDeployment: never,
    },

    'sqs.AddPermission': {
      ...aQueue,
      says: 'Permission on queue % added',
      harm: loses,
      isDeployment: never,
    },
    'sqs.DeleteQueue': { ...aQueue, says: 'Queue % deleted' },
    'sqs.PurgeQueue': { ...aQueue, says: 'Queue % emptied', harm: loses },
    'sqs.RemovePermission': {
      ...aQueue,
      says: 'Permission to write to queue % removed',
      harm: loses,
      isDeployment: never,
    },
    'sqs.SetQueueAttributes': {
      ...aQueue,
      says: 'Policy, key or limits of queue % changed',
      harm: loses,
      isHarmless: (request) => areHarmless(request),
      isDeployment: (request, queue) =>
        areHarmless(request, {
          Policy: (policy) => isOwnQueuePolicy(policy, queue),
          RedrivePolicy: (policy) => isOwnRedrive(policy, queue),
        }),
    },
    'sqs.StartMessageMoveTask': {
      ...aQueue,
      target: 'sourceArn',
      says: 'Messages of queue % moved',
      // This is how what was lost is sent again.
      harm: 'The events that the rule could not evaluate are in another queue now.',
      severity: 'low',
    },

    'apigateway.DeleteApi': { ...anApi, says: 'API % deleted' },
    'apigateway.DeleteIntegration': { ...anApi, says: 'Integration of API % deleted' },
    'apigateway.DeleteRoute': { ...anApi, says: 'Route of API % deleted' },
    'apigateway.DeleteStage': { ...anApi, says: 'Stage of API % deleted' },
    'apigateway.ReimportApi': { ...anApi, says: 'API % replaced' },
    'apigateway.UpdateApi': { ...anApi, says: 'API % changed' },
    'apigateway.UpdateIntegration': { ...anApi, says: 'Integration of API % changed' },
    'apigateway.UpdateRoute': { ...anApi, says: 'Route of API % changed' },
    'apigateway.UpdateStage': { ...anApi, says: 'Stage of API % changed' },

    'secretsmanager.DeleteSecret': {
      ...aSecret,
      says: 'Secret % deleted',
      undo: ({ name, region }) =>
        awsCommand('secretsmanager restore-secret', { 'secret-id': name, region }),
    },
    'secretsmanager.PutResourcePolicy': {
      ...aSecret,
      says: 'Policy of secret % changed',
      isDeployment: never,
    },
    'secretsmanager.PutSecretValue': {
      ...aSecret,
      says: 'Value of secret % changed',
      isDeployment: never,
      isOfDeployer: () => 'perhaps',
    },
    'secretsmanager.RotateSecret': {
      ...aSecret,
      says: 'Secret % given a rotation',
      isDeployment: never,
    },
    'secretsmanager.UpdateSecret': { ...aSecret, says: 'Secret % changed' },
    'secretsmanager.UpdateSecretVersionStage': {
      ...aSecret,
      says: 'Value of secret % changed',
      isDeployment: never,
    },

    'ssm.DeleteParameter': { ...announcements, target: 'name' },
    'ssm.DeleteParameters': { ...announcements, target: 'names' },

    'kms.DeleteImportedKeyMaterial': { ...aKey, says: 'Material of key % deleted' },
    'kms.DisableKey': {
      ...aKey,
      says: 'Key % disabled',
      undo: ({ name, region }) => awsCommand('kms enable-key', { 'key-id': name, region }),
    },
    'kms.PutKeyPolicy': { ...aKey, says: 'Policy of key % changed' },
    'kms.RevokeGrant': { ...aKey, says: 'Grant of key % revoked', severity: 'high' },
    'kms.ScheduleKeyDeletion': {
      ...aKey,
      says: 'Key % scheduled for deletion',
      undo: ({ name, region }) => awsCommand('kms cancel-key-deletion', { 'key-id': name, region }),
    },
  } satisfies Readonly<Record<DeliveredCall, TamperingCall>>),
);
