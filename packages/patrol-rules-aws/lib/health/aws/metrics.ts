/**
 * What only metrics say of stacks that share their queues, and so have no alarms of their own. It is read at every run, and
 * costs one metric, and a few lists of those that counted anything: most of them AWS sends only when they do.
 */
import { stackNames } from '@patrol/core/contracts';
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

/** A stack with a notifier, and the name of the topic before that. */
export interface NotifyingStack extends Omit<SharingStack, 'resources'> {
  readonly topic: string;
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

/** So many seconds SNS, the notifier and CloudWatch have for an alert: the time between two looks. */
const grace = 900;

/**
 * The notifiers that account for fewer alerts than were published to the topic of the machines, now and at the look before. It
 * costs one metric for each, and up to three more where there were alerts.
 */
export async function unaccountedIn(
  stacks: readonly NotifyingStack[],
  { sums }: Pick<Reads, 'sums'>,
  now: number,
): Promise<readonly SeenMetric[]> {
  const seen: SeenMetric[] = [];
  for (const { name: stack, rule, updated, topic: name } of stacks) {
    const missing = async (at: number): Promise<number> => {
      const until = at - grace * 1000;
      // What a stack got before it was changed, something else may have accounted for.
      const from = Math.max(until - hours * 1000, updated + grace * 1000);
      const since = (to: number): number => Math.max(0, to - from) / 1000;
      const dimension = ['TopicName', name] as const;
      const metric = 'NumberOfMessagesPublished';
      const published = { namespace: 'AWS/SNS', metric, dimension, within: since(until) };
      const [alerts = 0] = since(until) > 0 ? await sums([published], until) : [];
      if (alerts === 0) return 0;
      const { namespace, accounted } = stackNames.metrics;
      const told = { namespace, metric: `${stack}-${accounted}`, within: since(at) };
      const [counted = 0] = await sums([told], at);
      return Math.max(0, alerts - counted);
    };
    const last = await missing(now);
    const count = last > 0 ? Math.min(last, await missing(now - grace * 1000)) : 0;
    if (count > 0) seen.push({ says: 'unaccounted', stack, rule, kind: 'topic', name, count });
  }
  return seen;
}

/** The seconds between the runs of `rate(5 minutes)`; 0 for everything else. */
function secondsIn(expression = ''): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return Number(count ?? 0) * ({ minute: 60, hour: 3600, day: 86_400 }[unit] ?? 0);
}
