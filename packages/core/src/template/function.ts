import { topicVariable } from '../environment.ts';
import { allParameters, type AnyRule } from '../rule.ts';
import { getAtt, ref, sub } from './intrinsics.ts';
import type { Part } from './merge.ts';
import { queue } from './queue.ts';
import { topicArn } from './topic.ts';

/** The function's limits where the rule does not say. */
export const defaults = { memorySize: 256, timeout: 30 } as const;

/** The entry of every rule's zip. */
export const entry = 'index.handler';

/** The function, its log, and the queue that keeps what it could not evaluate. */
export const lambda = (rule: AnyRule): Part => ({
  Resources: {
    LogGroup: {
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: {
        LogGroupName: sub('/aws/lambda/${AWS::StackName}'),
        RetentionInDays: ref('LogRetentionInDays'),
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Description: rule.description.slice(0, 256),
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: entry,
        Code: { S3Bucket: ref('CodeS3Bucket'), S3Key: ref('CodeS3Key') },
        Role: getAtt('Role', 'Arn'),
        MemorySize: rule.memorySize ?? defaults.memorySize,
        Timeout: rule.timeout ?? defaults.timeout,
        LoggingConfig: { LogFormat: 'JSON', LogGroup: ref('LogGroup') },
        Environment: {
          Variables: {
            [topicVariable]: topicArn,
            ...Object.fromEntries(
              Object.keys(allParameters(rule)).map((name) => [name, ref(name)]),
            ),
          },
        },
      },
    },
    FailureQueue: queue(),
    Retries: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: ref('Function'),
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: getAtt('FailureQueue', 'Arn') } },
      },
    },
  },
  Outputs: {
    FunctionName: { Description: 'The function of the rule.', Value: ref('Function') },
    LogGroupName: { Description: 'The log of the function.', Value: ref('LogGroup') },
    FailureQueueUrl: {
      Description: 'The queue that keeps the events that the function could not evaluate.',
      Value: ref('FailureQueue'),
    },
  },
});
