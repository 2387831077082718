import {
  alertFormVariable,
  dispatchFormVariable,
  dispatchTopicVariable,
  dispatchTypeVariable,
  dispatchUsersVariable,
  memoryTableVariable,
  topicVariable,
  webhookSecretVariable,
} from '../environment.ts';
import { allParameters, type AnyRule } from '../rule.ts';
import { getAtt, ref, sub, when } from './intrinsics.ts';
import { remembers } from './memory.ts';
import { merge, type Part, type Resource } from './merge.ts';
import { withNames } from './names.ts';
import { failureQueueArn, ownsQueues, queue } from './queue.ts';
import { ownsTopic, topicArn } from './topic.ts';
import { isAsynchronous, namedTriggers } from './trigger.ts';
import { webhookSecretArn } from './webhook.ts';

/** The function's limits where the rule does not say. */
export const defaults = { memorySize: 256, timeout: 30 } as const;

/** The entry of every rule's zip. */
export const entry = 'index.handler';

/** What runs the code of every function. */
export const runtime = {
  Runtime: 'nodejs24.x',
  Architectures: ['arm64'],
  Handler: entry,
} as const;

/** The log of a function. It goes with the stack. */
export const logGroup = (name: string, RetentionInDays: unknown): Resource => ({
  Type: 'AWS::Logs::LogGroup',
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
  Properties: { LogGroupName: sub(`/aws/lambda/${name}`), RetentionInDays },
});

/** The stored code of the rule. */
export const storedCode = {
  S3Bucket: ref('CodeS3Bucket'),
  S3Key: ref('CodeS3Key'),
  S3ObjectVersion: when('IsGivenCodeVersion', ref('CodeS3ObjectVersion'), ref('AWS::NoValue')),
} as const;

/** The function, its log, and the queue that keeps what it could not evaluate. */
export const lambda = (rule: AnyRule): Part =>
  merge(functionAndLog(rule), isAsynchronous(rule) ? retries : {});

const functionAndLog = (rule: AnyRule): Part => ({
  Resources: {
    LogGroup: logGroup('${AWS::StackName}', ref('LogRetentionInDays')),
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Description: rule.description.slice(0, 256),
        ...runtime,
        Code: storedCode,
        Role: getAtt('Role', 'Arn'),
        MemorySize: rule.memorySize ?? defaults.memorySize,
        Timeout: rule.timeout ?? defaults.timeout,
        LoggingConfig: { LogFormat: 'JSON', LogGroup: ref('LogGroup') },
        // What it sends to the topic of the machines before the notifier listens would reach nobody. A `DependsOn` may not
        // name what is there under a condition alone.
        Tags: when(
          ownsTopic,
          [{ Key: 'patrol:notifier', Value: ref('NotifierSubscription') }],
          ref('AWS::NoValue'),
        ),
        Layers: withNames.layers,
        Environment: {
          Variables: {
            [topicVariable]: topicArn,
            [alertFormVariable]: when(ownsTopic, 'text', ref('AlertForm')),
            [dispatchTopicVariable]: when(ownsTopic, '', ref('DispatchSnsArn')),
            [dispatchFormVariable]: ref('DispatchForm'),
            [dispatchTypeVariable]: ref('DispatchType'),
            [dispatchUsersVariable]: ref('DispatchUsers'),
            ...withNames.environment,
            ...webhookSecret(rule),
            ...(remembers(rule) ? { [memoryTableVariable]: ref('Memory') } : {}),
            ...Object.fromEntries(
              Object.keys(allParameters(rule)).map((name) => [name, ref(name)]),
            ),
          },
        },
      },
    },
  },
  Outputs: {
    FunctionName: { Description: 'The function of the rule.', Value: ref('Function') },
    LogGroupName: { Description: 'The log of the function.', Value: ref('LogGroup') },
  },
});

/** Where GitHub's secret lies, for rules on webhooks. */
const webhookSecret = (rule: AnyRule): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    namedTriggers(rule)
      .filter(({ trigger }) => trigger.kind === 'webhook')
      .map(({ id }) => [webhookSecretVariable, webhookSecretArn(id)]),
  );

/** What Lambda does with events that were handed over asynchronously and that a function failed on. */
export const triedAgain = (id: string, Destination: unknown): Resource => ({
  Type: 'AWS::Lambda::EventInvokeConfig',
  Properties: {
    FunctionName: ref(id),
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 21_600,
    DestinationConfig: { OnFailure: { Destination } },
  },
});

const retries: Part = {
  Resources: {
    FailureQueue: { ...queue(), Condition: ownsQueues },
    Retries: triedAgain('Function', failureQueueArn),
  },
  Outputs: {
    FailureQueueUrl: {
      Condition: ownsQueues,
      Description: 'The queue that keeps the events that the function could not evaluate.',
      Value: ref('FailureQueue'),
    },
  },
};
