/** The calls that delete, change or disable a part of Patrol, and what the alert on each says. */
import { isObject, type Severity } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import { textOf } from '../request.ts';
import { awsCommand, enableRule } from '../undo.ts';
import type { DeliveredCall, PartParameter } from './pattern.ts';

/** What a call does, and what the alert on it says. */
export interface TamperingCall {
  /** The request parameter that names the resource, or several: a text or a list of texts. A path has dots. */
  readonly target: PartParameter;
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
const stack = { target: 'stackName', type: 'AWS::CloudFormation::Stack' } as const;
const eventRule = { type: 'AWS::Events::Rule', harm: blinds } as const;
const aFunction = { target: 'functionName', type: 'AWS::Lambda::Function', harm: blinds } as const;
const invokeConfig = {
  ...aFunction,
  says: 'Retries and failure queue of function % changed',
  harm: hides,
  severity: 'high',
} as const;
const aTopic = { target: 'topicArn', type: 'AWS::SNS::Topic', harm: silences } as const;
const alarms = { target: 'alarmNames', type: 'AWS::CloudWatch::Alarm', harm: hides } as const;
const aQueue = { target: 'queueUrl', type: 'AWS::SQS::Queue', harm: hides } as const;

/** For calls that no template of Patrol leads to. */
const never = (): boolean => false;

const isOwnPolicy: Required<TamperingCall>['isDeployment'] = ({ policyName }) =>
  Object.values<unknown>(stackNames.policies).includes(policyName);

/** Whether a policy only allows, as the policies in Patrol's templates do. One that cannot be read does not count. */
function allows({ policyDocument }: Request): boolean {
  try {
    const { Statement } = JSON.parse(String(policyDocument)) as { Statement?: unknown };
    return [Statement]
      .flat()
      .every((statement) => isObject(statement) && statement['Effect'] === 'Allow');
  } catch {
    return false;
  }
}

/** Patrol gives policies to the topics that run a rule, and none to the topics of alerts. It gives no topic a key. */
const isSourcePolicy: Required<TamperingCall>['isDeployment'] = ({ attributeName }, target) =>
  attributeName === 'Policy' && /^patrol-.+-SourceTopic\d*-[A-Za-z0-9]+$/.test(target);

/**
 * The calls, by service and name. Lambda puts the version of its API behind most names ("Logging AWS Lambda API calls using
 * AWS CloudTrail"); here the version is left out.
 */
export const tamperingCalls: ReadonlyMap<string, TamperingCall> = new Map(
  Object.entries({
    'cloudformation.DeleteStack': { ...stack, says: 'Stack % deleted', harm: blinds },
    'cloudformation.UpdateStack': {
      // patrol-deploy uses change sets.
      ...stack,
      says: 'Stack % changed without patrol-deploy',
      harm: blinds,
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

    'lambda.DeleteFunction': { ...aFunction, says: 'Function % deleted' },
    'lambda.PutFunctionConcurrency': {
      ...aFunction,
      says: 'Function % given a reserved concurrency of 0',
      isHarmless: ({ reservedConcurrentExecutions: reserved }) => Number(reserved) > 0,
      // Patrol reserves no concurrency.
      undo: ({ name, region }) =>
        awsCommand('lambda delete-function-concurrency', { 'function-name': name, region }),
    },
    'lambda.RemovePermission': {
      ...aFunction,
      says: 'Permission to invoke function % removed',
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
    'lambda.DeleteFunctionEventInvokeConfig': invokeConfig,
    'lambda.PutFunctionEventInvokeConfig': invokeConfig,
    'lambda.UpdateFunctionEventInvokeConfig': invokeConfig,

    'dynamodb.DeleteTable': {
      target: 'tableName',
      type: 'AWS::DynamoDB::Table',
      says: 'Table % deleted',
      harm: 'The rule fails, since it cannot remember what it told.',
      severity: 'high',
    },

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
      isDeployment: never,
      // Patrol sets no permissions boundary.
      undo: ({ name }) => awsCommand('iam delete-role-permissions-boundary', { 'role-name': name }),
    },
    'iam.PutRolePolicy': {
      ...roleChange,
      isDeployment: (request, target) => isOwnPolicy(request, target) && allows(request),
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

    'sns.DeleteTopic': { ...aTopic, says: 'Topic % deleted' },
    'sns.PutDataProtectionPolicy': {
      ...aTopic,
      target: 'resourceArn',
      says: 'Data protection policy of topic % changed',
    },
    'sns.RemovePermission': { ...aTopic, says: 'Permission to publish to topic % removed' },
    'sns.SetSubscriptionAttributes': {
      ...aTopic,
      target: 'subscriptionArn',
      says: 'Filter of a subscription to topic % changed',
      severity: 'high',
      isHarmless: attribute('FilterPolicy', 'FilterPolicyScope'),
    },
    'sns.SetTopicAttributes': {
      ...aTopic,
      says: 'Policy or key of topic % changed',
      isHarmless: attribute('Policy', 'KmsMasterKeyId'),
      isDeployment: isSourcePolicy,
    },
    'sns.Unsubscribe': {
      ...aTopic,
      target: 'subscriptionArn',
      says: 'Subscription to topic % removed',
    },

    'monitoring.DeleteAlarms': { ...alarms, says: 'Alarm % deleted', severity: 'high' },
    'monitoring.DisableAlarmActions': {
      ...alarms,
      says: 'Actions of alarm % disabled',
      severity: 'high',
      undo: ({ names, region }) =>
        awsCommand('cloudwatch enable-alarm-actions', { 'alarm-names': names, region }),
    },
    'monitoring.PutAlarmMuteRule': {
      ...alarms,
      target: 'muteTargets.alarmNames',
      says: 'Alarm % muted',
      severity: 'high',
      isDeployment: never,
      undo: ({ request, region }) =>
        awsCommand('cloudwatch delete-alarm-mute-rule', {
          'alarm-mute-rule-name': textOf(request['name']),
          region,
        }),
    },
    'monitoring.PutMetricAlarm': {
      ...alarms,
      target: 'alarmName',
      says: 'Alarm % changed',
      severity: 'high',
    },
    'monitoring.SetAlarmState': {
      ...alarms,
      target: 'alarmName',
      says: 'State of alarm % set by hand',
      severity: 'high',
      // Somebody who sets an alarm to ALARM tests it.
      isHarmless: ({ stateValue }) => stateValue === 'ALARM',
    },
    'logs.DeleteLogGroup': {
      target: 'logGroupName',
      type: 'AWS::Logs::LogGroup',
      says: 'Log % deleted',
      harm: 'What the rule has done can no longer be read.',
      severity: 'high',
    },
    'sqs.DeleteQueue': { ...aQueue, says: 'Queue % deleted', severity: 'high' },
    'sqs.PurgeQueue': {
      ...aQueue,
      says: 'Queue % emptied',
      harm: 'The events that the rule could not evaluate, or that did not reach it, are lost.',
      severity: 'high',
    },
    'sqs.SetQueueAttributes': {
      ...aQueue,
      says: 'Policy, key or retention of queue % changed',
      severity: 'high',
      isHarmless: ({ attributes }) =>
        isObject(attributes) &&
        !['Policy', 'KmsMasterKeyId', 'MessageRetentionPeriod'].some((name) =>
          Object.hasOwn(attributes, name),
        ),
    },
  } satisfies Readonly<Record<DeliveredCall, TamperingCall>>),
);
