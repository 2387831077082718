import type { AnyRule } from '../rule.ts';
import { ruleState, type Trigger } from '../trigger.ts';
import { getAtt, ref } from './intrinsics.ts';
import { merge, type Part } from './merge.ts';
import { queue } from './queue.ts';

/** A trigger of a rule with the logical id of its EventBridge rule. */
export interface NamedTrigger {
  readonly id: string;
  readonly trigger: Trigger;
}

/** The triggers of a rule: `EventRule`, `EventRule2`, …, `Schedule`, …: the first of each kind has no number. */
export function namedTriggers(rule: AnyRule): readonly NamedTrigger[] {
  const counts = new Map<string, number>();
  return rule.triggers.map((trigger: Trigger) => {
    const base = trigger.kind === 'event' ? 'EventRule' : 'Schedule';
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    return { id: count === 1 ? base : `${base}${count}`, trigger };
  });
}

/** The EventBridge rules, their common dead-letter queue, and the permissions to invoke the function. */
export function triggers(rule: AnyRule): Part {
  const named = namedTriggers(rule);
  return merge(
    {
      Resources: {
        DeadLetterQueue: queue(),
        DeadLetterQueuePolicy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [ref('DeadLetterQueue')],
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { Service: 'events.amazonaws.com' },
                  Action: 'sqs:SendMessage',
                  Resource: getAtt('DeadLetterQueue', 'Arn'),
                  Condition: {
                    ArnEquals: { 'aws:SourceArn': named.map(({ id }) => getAtt(id, 'Arn')) },
                  },
                },
              ],
            },
          },
        },
      },
      Outputs: {
        DeadLetterQueueUrl: {
          Description:
            'The queue that keeps the events that EventBridge could not deliver to the function.',
          Value: ref('DeadLetterQueue'),
        },
      },
    },
    ...named.map(({ id, trigger }) => eventRule(id, trigger, rule)),
  );
}

const eventRule = (id: string, trigger: Trigger, rule: AnyRule): Part => ({
  Resources: {
    [id]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: rule.description.slice(0, 512),
        ...(trigger.kind === 'event'
          ? { EventPattern: trigger.pattern, State: ruleState(trigger.pattern) }
          : { ScheduleExpression: trigger.expression, State: 'ENABLED' }),
        Targets: [
          {
            Id: 'Function',
            Arn: getAtt('Function', 'Arn'),
            DeadLetterConfig: { Arn: getAtt('DeadLetterQueue', 'Arn') },
            RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
          },
        ],
      },
    },
    [`${id}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: ref('Function'),
        Principal: 'events.amazonaws.com',
        SourceArn: getAtt(id, 'Arn'),
      },
    },
  },
});
