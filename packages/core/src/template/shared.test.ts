import { describe, expect, test } from 'vitest';
import { neverRings } from '../../../build/src/testing/alarm.ts';
import { referenceProblems, schemaProblems } from '../../../build/src/testing/schema.ts';
import { deployed, stackIn } from './deployed.fake.ts';
import { given } from './intrinsics.ts';
import { merge } from './merge.ts';
import { sharedQueueNames, sharedWatch } from './shared.ts';

const template = merge(
  {
    Parameters: { Topic: { Type: 'String', Default: '' } },
    Conditions: { HasWatch: given('Topic') },
  },
  sharedWatch({ alarms: { Ref: 'Topic' }, condition: 'HasWatch' }),
);
const topic = 'arn:aws:sns:eu-west-1:111122223333:alarms';
const stack = deployed(template, { Topic: topic });

describe('what the rules of an account and region share', () => {
  test('is what CloudFormation takes, and is not there without a topic for its alarms', () => {
    expect(schemaProblems(template)).toEqual([]);
    expect(referenceProblems(template)).toEqual([]);
    expect(deployed(template).resources).toEqual({});
  });

  test('is two queues by names that are known before, encrypted, kept for 14 days, and an alarm on each', () => {
    const queues = ['FailureQueue', 'DeadLetterQueue'] as const;
    const names = [sharedQueueNames.failures, sharedQueueNames.undelivered];
    for (const [index, id] of queues.entries()) {
      expect(stack.resources[id]).toEqual({
        QueueName: `${stackIn.name}-${names[index]}`,
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 1_209_600,
      });
      const alarm = stack.resources[`${id}Alarm`] ?? {};
      expect(alarm).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: `${id}.QueueName` }],
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 1,
        AlarmActions: [topic],
      });
      expect(neverRings(alarm)).toEqual([]);
      expect(String(alarm['AlarmDescription']).length).toBeLessThanOrEqual(1024);
    }
    expect(Object.keys(stack.resources).filter((id) => id.endsWith('Alarm'))).toHaveLength(2);
  });

  const account = `${stackIn.region}:${stackIn.account}`;
  const sends = (
    to: string,
    by: { readonly service: string } | { readonly account: string },
    context: Readonly<Record<string, string>>,
  ): boolean => stack.may({ by, action: 'sqs:SendMessage', on: stack.arn(to), context });

  test.each([
    ['a role of a rule', `role/patrol-aws-cloudTrail-default-Role-AbC123`, true],
    ['a role of a stack set', `role/StackSet-patrol-aws-cloudTrail-default-x-Role-AbC123`, true],
    ['another role', `role/admin`, false],
    ['a role that only mentions Patrol', `role/not-patrol-aws`, false],
    ['a role in a path', `role/x/patrol-aws-cloudTrail-default-Role-AbC123`, false],
    ['a user of that name', `user/patrol-aws`, false],
  ])('%s: what may write to the failure queue', (_, name, answer) => {
    const arn = `arn:aws:iam::${stackIn.account}:${name}`;
    const by = { account: stackIn.account };
    expect(sends('FailureQueue', by, { 'aws:PrincipalArn': arn })).toBe(answer);
    expect(sends('DeadLetterQueue', by, { 'aws:PrincipalArn': arn })).toBe(false);
    const elsewhere = arn.replace(stackIn.account, '444455556666');
    const other = { account: '444455556666' };
    expect(sends('FailureQueue', other, { 'aws:PrincipalArn': elsewhere })).toBe(false);
  });

  test.each([
    ['events.amazonaws.com', `arn:aws:events:${account}:rule/patrol-aws-cloudTrail-x`, true],
    ['events.amazonaws.com', `arn:aws:events:${account}:rule/StackSet-patrol-aws-x`, true],
    ['events.amazonaws.com', `arn:aws:events:${account}:rule/other`, false],
    ['events.amazonaws.com', 'arn:aws:events:eu-west-1:444455556666:rule/patrol-aws', false],
    ['sns.amazonaws.com', `arn:aws:sns:${account}:patrol-aws-backup-default-SourceTopic-x`, true],
    ['sns.amazonaws.com', `arn:aws:sns:${account}:alerts`, false],
    ['sns.amazonaws.com', `arn:aws:events:${account}:rule/patrol-aws-cloudTrail-x`, false],
    ['s3.amazonaws.com', `arn:aws:events:${account}:rule/patrol-aws-cloudTrail-x`, false],
  ])('%s for %s may write to the dead-letter queue: %s', (service, source, answer) => {
    expect(sends('DeadLetterQueue', { service }, { 'aws:SourceArn': source })).toBe(answer);
    expect(sends('FailureQueue', { service }, { 'aws:SourceArn': source })).toBe(false);
  });

  test('nobody outside is let in by an allowance of its own: each queue denies what it does not know', () => {
    for (const id of ['FailureQueuePolicy', 'DeadLetterQueuePolicy']) {
      expect(JSON.stringify(stack.resources[id])).toContain('"Effect":"Deny","Principal":"*"');
    }
  });
});
