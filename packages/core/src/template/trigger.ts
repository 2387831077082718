import type { AnyRule } from '../rule.ts';
import { ruleState, senderOf, type Trigger } from '../trigger.ts';
import { getAtt, ref } from './intrinsics.ts';
import { merge, type Part } from './merge.ts';
import { mayInvoke } from './permission.ts';
import { deadLetterQueueArn, maySend, ownsQueues, queue, queuePolicy } from './queue.ts';
import { publishers, sourceTopic } from './source.ts';
import { endpoint } from './webhook.ts';

/** A trigger of a rule with the logical id of what delivers its events. */
export interface NamedTrigger {
  readonly id: string;
  readonly trigger: Trigger;
}

const bases: Readonly<Record<Trigger['kind'], string>> = {
  event: 'EventRule',
  schedule: 'Schedule',
  sns: 'SourceTopic',
  webhook: 'Webhook',
};

/**
 * The triggers of a rule: `EventRule`, `EventRule2`, …, `Schedule`, …: the first of each kind has no number. A rule has
 * one endpoint for webhooks however many it declares: each delivery names its event.
 */
export function namedTriggers(rule: AnyRule): readonly NamedTrigger[] {
  const counts = new Map<string, number>();
  return rule.triggers.flatMap((trigger: Trigger) => {
    const base = bases[trigger.kind];
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    if (trigger.kind === 'webhook' && count > 1) return [];
    return { id: count === 1 ? base : `${base}${count}`, trigger };
  });
}

/** Whether EventBridge delivers a trigger's events. */
const isOnBus = ({ kind }: Trigger): boolean => kind === 'event' || kind === 'schedule';

/**
 * Whether a rule's function is invoked asynchronously: Lambda then tries again and has to keep what failed. A webhook's
 * delivery is answered at once, and whoever sent it hears of the failure.
 */
export const isAsynchronous = (rule: AnyRule): boolean =>
  rule.triggers.some(({ kind }: Trigger) => kind !== 'webhook');

/** Whoever puts events that cannot be delivered into the dead-letter queue, in words. */
export function senders(rule: AnyRule): string {
  const given: readonly Trigger[] = rule.triggers;
  return [
    ...(given.some(isOnBus) ? ['EventBridge'] : []),
    ...(given.some(({ kind }) => kind === 'sns') ? ['SNS'] : []),
  ].join(' or ');
}

/** What delivers the events, the dead-letter queue that it needs, and the permissions to invoke the function. */
export function triggers(rule: AnyRule): Part {
  const named = namedTriggers(rule);
  return merge(
    ...(named.some(({ trigger }) => trigger.kind === 'sns') ? [publishers] : []),
    ...(isAsynchronous(rule) ? [deadLetterQueue(rule, named)] : []),
    ...named.map(({ id, trigger }) => {
      switch (trigger.kind) {
        case 'sns':
          return sourceTopic(id, trigger);
        case 'webhook':
          return endpoint(id, senderOf(rule.triggers));
        case 'event':
        case 'schedule':
          return eventRule(id, trigger, rule);
      }
    }),
  );
}

/** The queue of what could not be delivered. It takes messages from the rule's own EventBridge rules and topics alone. */
function deadLetterQueue(rule: AnyRule, named: readonly NamedTrigger[]): Part {
  const mayWrite = (service: string, sources: readonly unknown[]): readonly unknown[] =>
    sources.length === 0
      ? []
      : [
          maySend(
            'DeadLetterQueue',
            { Service: service },
            { ArnEquals: { 'aws:SourceArn': sources } },
          ),
        ];
  return {
    Resources: {
      DeadLetterQueue: { ...queue(), Condition: ownsQueues },
      DeadLetterQueuePolicy: {
        Condition: ownsQueues,
        ...queuePolicy('DeadLetterQueue', [
          ...mayWrite(
            'events.amazonaws.com',
            named.filter(({ trigger }) => isOnBus(trigger)).map(({ id }) => getAtt(id, 'Arn')),
          ),
          ...mayWrite(
            'sns.amazonaws.com',
            named.filter(({ trigger }) => trigger.kind === 'sns').map(({ id }) => ref(id)),
          ),
        ]),
      },
    },
    Outputs: {
      DeadLetterQueueUrl: {
        Condition: ownsQueues,
        Description: `The queue that keeps the events that ${senders(rule)} could not deliver to the function.`,
        Value: ref('DeadLetterQueue'),
      },
    },
  };
}

const eventRule = (
  id: string,
  trigger: Extract<Trigger, { kind: 'event' | 'schedule' }>,
  rule: AnyRule,
): Part => ({
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
            DeadLetterConfig: { Arn: deadLetterQueueArn },
            RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
          },
        ],
      },
    },
    [`${id}Permission`]: mayInvoke('events.amazonaws.com', getAtt(id, 'Arn')),
  },
});
