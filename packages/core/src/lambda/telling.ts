/** From a verdict to messages: what is left out, remembered and sent. A chunk of its own, loaded when there is something to say. */
import { type EventBridgeEvent, isObject } from '../cloudtrail.ts';
import type { Alert } from '../contracts/alert.ts';
import { canaryAlone, canaryField, testField } from '../contracts/test-field.ts';
import { dispatchTopicVariable, namesVariable, topicVariable } from '../environment.ts';
import type { Evaluate, Verdict } from '../evaluate.ts';
import type { Matchers, Pairs } from '../parameter.ts';
import type { AnyRule } from '../rule.ts';
import { isScheduledEvent } from '../trigger.ts';
import { clean } from '../unseen.ts';
import type { World } from './index.ts';
import { log } from './log.ts';
import type { send } from './sns.ts';

/** What a function tells with, and the `dedupKey`s that it told before. */
type Means = Pick<World, 'environment'> &
  Partial<Omit<World, 'environment'>> & {
    readonly told?: Set<string> | undefined;
    /** The values that the rule was asked with. */
    readonly parameters: Readonly<Record<string, unknown>>;
    /** Asks the rule with other texts of some parameters. */
    readonly askingWith: (texts: Means['environment']) => Evaluate;
    readonly sns: () => Promise<{ readonly send: typeof send }>;
  };

/**
 * Sends the alerts of a verdict, but for those that were told before. What the operator suppresses goes to machines alone.
 *
 * @returns how many were sent to people; of a canary also how many were found.
 * @throws an AggregateError when not every alert could be sent. All are tried first, so that Lambda's retry can only repeat,
 *   never skip.
 */
export async function telling(
  rule: AnyRule,
  event: unknown,
  first: Verdict,
  means: Means,
): Promise<{ readonly alerts: number; readonly found?: number }> {
  const { environment, publish, memory, once: loadOnce, told, sns } = means;
  const verdict = first.alerts.length > 0 ? await askedAgain(event, first, means) : first;
  const canary = isObject(event) ? event[canaryField] : undefined;
  if (canary === true || canary === canaryAlone) {
    const found = canary === true ? verdict.alerts : await alone(rule, event);
    return asCanary(rule, found, { environment, sns, ...(publish && { publish }) });
  }
  const test = testOf(event);
  const { suppressed, because, once } = verdict;
  const found = test === undefined ? verdict.alerts : verdict.alerts.map(asTest(test));
  const noted = { rule: rule.name, eventId: isObject(event) ? event['id'] : undefined };
  const names = environment[namesVariable];
  const withNames = async (alerts: readonly Alert[]): Promise<readonly Alert[]> =>
    names && alerts.length > 0 ? (await import('./names.ts')).named(alerts, names) : alerts;
  const quiet = await withNames(suppressed.map(({ alert }) => alert));
  for (const [index, { title, by }] of suppressed.entries()) {
    const { parameter, owner, reason, until } = quiet[index]?.suppressed ?? {};
    log('INFO', { ...noted, verdict: 'suppressed', title, by, parameter, owner, reason, until });
  }
  const fresh = found.filter(({ dedupKey }) => !told?.has(dedupKey));
  const alerts =
    once && loadOnce && test === undefined
      ? await (await loadOnce()).untold(rule, fresh, once, environment)
      : fresh;
  if (alerts.length === 0) {
    const why = found.length > 0 ? 'already told' : because;
    log('INFO', { ...noted, verdict: 'quiet', because: why });
  }
  // Nobody but machines gets what is suppressed, and nobody a test of it.
  const isKept = test === undefined && isForMachines(environment);
  const known = [...(await withNames(alerts)), ...(isKept ? quiet : [])];
  let count = 0;
  const sending = async (alert: Alert): Promise<void> => {
    const { send: sendTo } = await sns();
    if (alert.suppressed) return sendTo(alert, toMachinesAlone(environment), publish);
    count += 1;
    return sendTo(alert, environment, publish);
  };
  const sent =
    memory && rule.remindAfter && isScheduledEvent(event) && test === undefined
      ? await (await memory()).tellNew(rule, known, sending, environment)
      : await Promise.allSettled(known.map(sending));
  const failures = sent.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as Error] : [],
  );
  if (failures.length > 0) {
    throw new AggregateError(
      failures,
      `${rule.name}: ${failures.map(({ message: text }) => text).join('; ')}`,
    );
  }
  for (const { dedupKey } of alerts) told?.add(dedupKey);
  return { alerts: count };
}

/** Rules with the items of their files, by what asks them. */
const asked = new WeakMap<Means['askingWith'], Evaluate>();

/**
 * What the rule finds when it knows the suppressions that have no room in its environment, and stand in its file. Where that
 * cannot be said, it is what was found without them.
 */
async function askedAgain(
  event: unknown,
  first: Verdict,
  { environment, parameters, askingWith }: Pick<Means, 'environment' | 'parameters' | 'askingWith'>,
): Promise<Verdict> {
  const names = environment[namesVariable];
  if (!names) return first;
  try {
    const { furtherItems } = await import('./names.ts');
    const evaluate =
      asked.get(askingWith) ?? (await withItems(await furtherItems(names, parameters)));
    return evaluate ? await evaluate(event) : first;
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    log('ERROR', { verdict: 'trouble', what: 'The suppressions in the file', because });
    return first;
  }

  async function withItems(
    items: ReadonlyMap<string, readonly string[]>,
  ): Promise<Evaluate | undefined> {
    if (items.size === 0) return undefined;
    for (const name of items.keys()) {
      // Where there was nothing to read, the reader of expressions is only loaded when it is asked what would mute.
      await (parameters[name] as Matchers & Pairs).suppression('x', 'x');
    }
    const evaluate = askingWith(
      Object.fromEntries(
        [...items].map(([name, more]) => [
          name,
          [...(parameters[name] as Matchers).written, ...more].join(','),
        ]),
      ),
    );
    asked.set(askingWith, evaluate);
    return evaluate;
  }
}

/** Whether a notifier stands between the topic of the alerts and people. It keeps from them what is for machines alone. */
const isForMachines = (environment: Means['environment']): boolean =>
  /:patrol-(base-[^:]*-machines|[^:]*-MachinesTopic-\w+)$/.test(environment[topicVariable] ?? '');

const toMachinesAlone = (environment: Means['environment']): Means['environment'] => ({
  ...environment,
  [dispatchTopicVariable]: '',
});

/** The name of a test. No event of AWS, GitHub or SNS has the field: only whoever may invoke the function can add it. */
const testOf = (event: unknown): string | undefined => {
  const name = isObject(event) ? event[testField] : undefined;
  return typeof name === 'string' && name !== '' ? clean(name, 64) : undefined;
};

/** An alert that says it is a test. It is no repetition of another alert, and none is a repetition of it. */
const asTest =
  (name: string) =>
  (alert: Alert): Alert => ({
    ...alert,
    test: true,
    dedupKey: `test:${name}:${alert.dedupKey}`,
    groupKey: `test:${alert.groupKey}`,
  });

/** What is sent for a rule that was not asked. */
async function alone(rule: AnyRule, event: unknown): Promise<readonly Alert[]> {
  const { aboutEvent, verdictOn } = await import('../alert.ts');
  const about = aboutEvent(event as EventBridgeEvent, undefined);
  const finding = {
    title: `Canary of ${rule.name}`,
    summary: 'Nothing happened: this only proves that alerts of the rule arrive.',
    severity: 'low',
    suppression: undefined,
  } as const;
  const occasion = {
    event,
    about,
    record: undefined,
    outcome: 'succeeded',
    runbookUrl: null,
  } as const;
  return verdictOn(rule, [finding], occasion, {}).alerts;
}

/** The minute in which this instance sent its last canary. */
let lastCanary: number | undefined;

/**
 * Sends the first alert as a canary: at most one a minute, with the same key whatever the event says, and only to a topic that
 * has a notifier between it and people. That drops it.
 */
async function asCanary(
  rule: AnyRule,
  alerts: readonly Alert[],
  { environment, publish, sns }: Pick<Means, 'environment' | 'publish' | 'sns'>,
): Promise<{ readonly alerts: number; readonly found: number }> {
  const found = alerts.length;
  const minute = Math.floor(Date.now() / 60_000);
  const [alert] = isForMachines(environment) && minute !== lastCanary ? alerts : [];
  log('INFO', { rule: rule.name, verdict: 'canary', found, sent: alert !== undefined });
  if (!alert) return { alerts: 0, found };
  const { account, region } = alert;
  const key = `canary:${rule.name}:${account}:${region}`;
  const names = environment[namesVariable];
  const suppressions = names ? await (await import('./names.ts')).itemsIn(names) : [];
  const canary = {
    ...alert,
    test: true,
    canary: true,
    ...(suppressions.length > 0 && { suppressions }),
    groupKey: key,
    dedupKey: `${key}:${minute}`,
  };
  await (await sns()).send(canary, toMachinesAlone(environment), publish);
  lastCanary = minute;
  return { alerts: 1, found };
}
