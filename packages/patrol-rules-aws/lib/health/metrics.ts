/** Says what is wrong with rules that have no alarms of their own, and with notifiers, from what metrics say of them. */
import type { Severity } from '@patrol/core';
import { capital } from '../words.ts';
import type { HealthFinding } from './finding.ts';
import type { SeenMetric } from './seen.ts';

const types: Readonly<Record<SeenMetric['kind'], string>> = {
  function: 'AWS::Lambda::Function',
  'EventBridge rule': 'AWS::Events::Rule',
  topic: 'AWS::SNS::Topic',
};

const senders: Readonly<Record<SeenMetric['kind'], string>> = {
  function: 'Lambda could not put an event into the failure queue',
  'EventBridge rule': 'EventBridge could not put an event into the dead-letter queue',
  topic: 'SNS could not put a message into the dead-letter queue',
};

/** What each says, and what it means for the rule. */
const words = ({
  says,
  kind,
  rule,
  count = 0,
}: SeenMetric): readonly [severity: Severity, title: string, harm: string] =>
  (
    {
      throttled: [
        'high',
        'was throttled',
        `The account ran out of concurrency. Lambda tries the events of the rule ${rule} again for six hours.`,
      ],
      lost: [
        'critical',
        'lost an event',
        `${senders[kind]}: the rule ${rule} will not see it. Compare the policy of the queue, and the role of the function, with the template.`,
      ],
      unaccounted: [
        'critical',
        `got ${count} ${count === 1 ? 'alert' : 'alerts'} that the notifier did not account for`,
        `The notifier has neither told nor held them: people do not know of them. The log of each rule has its alerts. Read the log of the notifier and its failure queue, and look in CloudTrail who changed its function, its subscription or its queue.`,
      ],
      missed: [
        'critical',
        'did not run when it should have',
        `The rule ${rule} does not look at what it should.`,
      ],
    } as const
  )[says];

export function ofMetric(metric: SeenMetric): HealthFinding {
  const { says, stack, rule, kind, name } = metric;
  const [severity, title, harm] = words(metric);
  return {
    key: `metric:${says}:${name}`,
    severity,
    title: `${capital(kind)} ${name} ${title}`,
    summary: `The ${kind} ${name} of the stack ${stack} ${title}. ${harm}`,
    facts: { stack, rule },
    targets: [{ type: types[kind], id: name }],
    group: says,
  };
}
