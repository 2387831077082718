import type { Resource } from './merge.ts';

/** A queue for what could not be delivered: encrypted, kept for the longest time that SQS allows (14 days). */
export const queue = (): Resource => ({
  Type: 'AWS::SQS::Queue',
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
  Properties: { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 },
});
