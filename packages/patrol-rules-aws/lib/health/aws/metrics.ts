/**
 * What only metrics say of stacks that share their queues, and so have no alarms of their own. It is read at every run, and
 * costs one metric, and a few lists of those that counted anything: most of them AWS sends only when they do.
 */
import type { SeenMetric } from '../seen.ts';
import type { Counted, Reads } from './reads.ts';
import type { Resource } from './stacks.ts';

/** A stack that shares its queues. */
export interface SharingStack {
  readonly name: string;
  readonly rule: string;
  readonly resources: readonly Resource[];
  /** When it was last created or updated, in milliseconds. */
  readonly updated: number;
}

type Part = Omit<SeenMetric, 'says'>;

/** CloudWatch lists the metrics of the last three hours. What is still found is not told again. */
const hours = 3 * 3600;

const kinds: readonly (readonly [SeenMetric['kind'], type: string, dimension: string])[] = [
  ['function', 'AWS::Lambda::Function', 'FunctionName'],
  ['EventBridge rule', 'AWS::Events::Rule', 'RuleName'],
  ['topic', 'AWS::SNS::Topic', 'TopicName'],
];

/** The metrics that say that an event is lost: it could not be put into a queue. */
const losses: readonly (readonly [SeenMetric['kind'], namespace: string, metric: string])[] = [
  ['function', 'AWS/Lambda', 'DestinationDeliveryFailures'],
  ['EventBridge rule', 'AWS/Events', 'InvocationsFailedToBeSentToDlq'],
  ['topic', 'AWS/SNS', 'NumberOfNotificationsFailedToRedriveToDlq'],
];

export async function lookAtMetrics(
  stacks: readonly SharingStack[],
  { active, sums, rule: ruleOf }: Pick<Reads, 'active' | 'sums' | 'rule'>,
  now: number,
): Promise<readonly SeenMetric[]> {
  if (stacks.length === 0) return [];
  const parts = stacks.flatMap(({ name: stack, rule, resources }) =>
    resources.flatMap(({ type, physicalId }): readonly Part[] => {
      const [kind] = kinds.find((each) => each[1] === type) ?? [];
      return kind ? [{ stack, rule, kind, name: physicalId.split(':').at(-1) ?? '' }] : [];
    }),
  );
  const dimensionOf = ({ kind, name }: Part): readonly [string, string] => [
    kinds.find((each) => each[0] === kind)?.[2] ?? '',
    name,
  ];
  /** The parts of which a metric counted something. */
  const counting = async (
    some: readonly Part[],
    metric: Omit<Counted, 'dimension'>,
    says: SeenMetric['says'],
  ): Promise<readonly SeenMetric[]> => {
    const found = await sums(
      some.map((part) => ({ ...metric, dimension: dimensionOf(part) })),
      now,
    );
    return some.flatMap((part, index) => ((found[index] ?? 0) > 0 ? [{ ...part, says }] : []));
  };

  const throttles = { namespace: 'AWS/Lambda', metric: 'Throttles', within: hours };
  const [throttled = 0] = await sums([throttles], now);
  const functions = throttled > 0 ? parts.filter(({ kind }) => kind === 'function') : [];
  const seen = [...(await counting(functions, throttles, 'throttled'))];
  for (const [kind, namespace, metric] of losses) {
    const ofKind = parts.filter((part) => part.kind === kind);
    const [first] = ofKind;
    if (!first) continue;
    const names = new Set(await active(namespace, metric, dimensionOf(first)[0]));
    const some = ofKind.filter(({ name }) => names.has(name));
    seen.push(...(await counting(some, { namespace, metric, within: hours }, 'lost')));
  }
  return [...seen, ...(await missedIn())];

  /** The schedules that did not run. Those with other expressions than a rate have an alarm of their own. */
  async function missedIn(): Promise<readonly SeenMetric[]> {
    const missed: SeenMetric[] = [];
    for (const part of parts.filter(({ kind }) => kind === 'EventBridge rule')) {
      const every = secondsIn((await ruleOf(part.name)).ScheduleExpression);
      const updated = stacks.find(({ name }) => name === part.stack)?.updated ?? 0;
      const within = (Math.max(2, Math.ceil(every / 86_400) + 1) + 1) * every;
      if (every === 0 || now - updated < within * 1000) continue;
      const runs = { namespace: 'AWS/Events', metric: 'Invocations', within };
      if ((await counting([part], runs, 'missed')).length === 0) {
        missed.push({ ...part, says: 'missed' });
      }
    }
    return missed;
  }
}

/** The seconds between the runs of `rate(5 minutes)`; 0 for everything else. */
function secondsIn(expression = ''): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return Number(count ?? 0) * ({ minute: 60, hour: 3600, day: 86_400 }[unit] ?? 0);
}
