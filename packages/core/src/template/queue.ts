import { getAtt, ref, sub, when } from './intrinsics.ts';
import type { Resource } from './merge.ts';

/** A queue for what could not be delivered: encrypted, kept for the longest time that SQS allows (14 days). */
export const queue = (name?: unknown): Resource => ({
  Type: 'AWS::SQS::Queue',
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
  Properties: {
    ...(name === undefined ? {} : { QueueName: name }),
    SqsManagedSseEnabled: true,
    MessageRetentionPeriod: 1_209_600,
  },
});

/** Whether the stack has queues and alarms of its own, and whether it uses those that it is given. */
export const ownsQueues = 'OwnsQueues';
export const sharesQueues = 'SharesQueues';

/** The ARN of a queue, own or given. */
const queueArn = (id: 'FailureQueue' | 'DeadLetterQueue'): { 'Fn::If': unknown[] } =>
  when(ownsQueues, getAtt(id, 'Arn'), ref(`${id}Arn`));
export const failureQueueArn: { 'Fn::If': unknown[] } = queueArn('FailureQueue');
export const deadLetterQueueArn: { 'Fn::If': unknown[] } = queueArn('DeadLetterQueue');

/** Lets somebody put messages into a queue under a condition. */
export const maySend = (
  id: string,
  Principal: unknown,
  Condition: unknown,
  Effect: 'Allow' | 'Deny' = 'Allow',
): unknown => ({
  Effect,
  Principal,
  Action: 'sqs:SendMessage',
  Resource: getAtt(id, 'Arn'),
  Condition,
});

/** The policy of a queue. */
export const queuePolicy = (id: string, Statement: readonly unknown[]): Resource => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: { Queues: [ref(id)], PolicyDocument: { Version: '2012-10-17', Statement } },
});

/** What is named after a stack of Patrol in the own account: an ARN begins so, and goes on as it likes. */
export const ofPatrol = (service: string, region: string, before = ''): readonly unknown[] =>
  ['patrol-', 'StackSet-patrol-'].map((name) =>
    sub(`arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:${before}${name}*`),
  );
