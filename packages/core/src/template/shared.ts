/** What the rules of an account and region share, so that each does not pay for alarms of its own. */
import type { AnyRule } from '../rule.ts';
import { waiting } from './alarm.ts';
import { given, ref, sub } from './intrinsics.ts';
import { type Part, type Resource, under } from './merge.ts';
import { maySend, ofPatrol, ownsQueues, queue, queuePolicy, sharesQueues } from './queue.ts';
import { isAsynchronous } from './trigger.ts';

const isEmpty = (name: string): unknown => ({ 'Fn::Equals': [ref(name), ''] });

const queueParameter = (what: string): Readonly<Record<string, unknown>> => ({
  Type: 'String',
  Default: '',
  AllowedPattern: '(arn:[^:]+:sqs:[^:]+:[0-9]{12}:[A-Za-z0-9_-]+)?',
  ConstraintDescription: 'must be empty or the ARN of an SQS queue',
  Description: `The ARN of a queue of this region that keeps the events that ${what}. If empty, the stack has its own queue and alarms.`,
});

/** The parameters for queues that rules share. Whoever gives them has alarms on them (`sharedWatch`). */
export function sharedQueues(rule: AnyRule): Part {
  if (!isAsynchronous(rule)) return {};
  return {
    Parameters: {
      FailureQueueArn: queueParameter('the function could not evaluate'),
      DeadLetterQueueArn: queueParameter('could not be delivered to the function'),
    },
    Rules: {
      BothQueues: {
        Assertions: [
          {
            Assert: {
              'Fn::Or': [
                { 'Fn::And': [given('FailureQueueArn'), given('DeadLetterQueueArn')] },
                { 'Fn::And': [isEmpty('FailureQueueArn'), isEmpty('DeadLetterQueueArn')] },
              ],
            },
            AssertDescription: 'Give both FailureQueueArn and DeadLetterQueueArn, or neither.',
          },
        ],
      },
    },
    Conditions: {
      // Both are given, or neither is. Said of both, so that cfn-lint knows it.
      [ownsQueues]: { 'Fn::Or': [isEmpty('FailureQueueArn'), isEmpty('DeadLetterQueueArn')] },
      ...(rule.watches ? { [sharesQueues]: given('FailureQueueArn') } : {}),
    },
  };
}

/** The names of the shared queues, behind the name of the stack that has them. */
export const sharedQueueNames = { failures: 'failures', undelivered: 'undelivered' } as const;

/** Where shared queues stand. */
export interface SharedWatch {
  /** The ARN of the topic that gets their alarms. */
  readonly alarms: unknown;
  /** The condition under which they are there. */
  readonly condition: string;
  /** What their names begin with; the name of the stack where it is left out. */
  readonly name?: string;
}

/**
 * The queues that the rules of an account and region share, and an alarm on each. They take messages from what is named
 * after a stack of Patrol alone: from its roles, in whose name Lambda writes, and from its EventBridge rules and topics.
 */
export function sharedWatch({ alarms, condition, name = '${AWS::StackName}' }: SharedWatch): Part {
  const roles = { 'aws:PrincipalArn': ofPatrol('iam', '', 'role/') };
  const events = ofPatrol('events', '${AWS::Region}', 'rule/');
  const topics = ofPatrol('sns', '${AWS::Region}');
  const from = (...arns: readonly unknown[]) => ({ 'aws:SourceArn': arns });
  const resources: Readonly<Record<string, Resource>> = {
    FailureQueue: queue(sub(`${name}-${sharedQueueNames.failures}`)),
    FailureQueuePolicy: queuePolicy('FailureQueue', [
      maySend('FailureQueue', '*', { ArnLike: roles }),
      maySend('FailureQueue', '*', { ArnNotLike: roles }, 'Deny'),
    ]),
    FailureQueueAlarm: waiting(
      'The failure queue that the rules share holds events that a function could not evaluate. requestContext.functionArn of each message names the function.',
      'FailureQueue',
      alarms,
    ),
    DeadLetterQueue: queue(sub(`${name}-${sharedQueueNames.undelivered}`)),
    DeadLetterQueuePolicy: queuePolicy('DeadLetterQueue', [
      maySend('DeadLetterQueue', { Service: 'events.amazonaws.com' }, { ArnLike: from(...events) }),
      maySend('DeadLetterQueue', { Service: 'sns.amazonaws.com' }, { ArnLike: from(...topics) }),
      maySend('DeadLetterQueue', '*', { ArnNotLike: from(...events, ...topics) }, 'Deny'),
    ]),
    DeadLetterQueueAlarm: waiting(
      'The dead-letter queue that the rules share holds events that EventBridge or SNS could not deliver to a function. The attribute RULE_ARN of each message, or TopicArn in it, names the rule.',
      'DeadLetterQueue',
      alarms,
    ),
  };
  return {
    Resources: under(condition, resources),
    Outputs: {
      FailureQueueUrl: {
        Condition: condition,
        Description: 'The queue that keeps the events that functions could not evaluate.',
        Value: ref('FailureQueue'),
      },
      DeadLetterQueueUrl: {
        Condition: condition,
        Description: 'The queue that keeps the events that could not be delivered to functions.',
        Value: ref('DeadLetterQueue'),
      },
    },
  };
}
