/** Rules under hostile versions of real events. */
import type { AnyRule } from '@patrol/core';
import {
  allParameters,
  EvaluationError,
  evaluator,
  isCloudTrailRecord,
  readParameters,
  type Verdict,
  wrapRecord,
} from '@patrol/core/evaluation';
import { expectDeliverable } from '@patrol/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mutated, withEachText } from './mutate.ts';

/** Options of {@link describeHostile}. */
export interface HostileOptions {
  /** Stand-ins for the rule's clients. Without them, every question that the rule asks fails. */
  readonly clients?: unknown;
  /**
   * The rule has to alert on more than this share of the events, from 0 to 1. Most changes touch what a rule does not read: one
   * that hardly alerts any more gives up too soon. Events that no change touched do not count.
   */
  readonly alerting?: number;
}

/**
 * Declares that a rule can take any event: it evaluates each hostile version of the given events, or refuses it with an
 * EvaluationError; and every alert becomes a message that SNS and Dispatch take. In hostile versions fields are missing, have
 * other types or names such as `__proto__`, or are very long.
 *
 * Each run tries the same 1,000 events, and each text of the given events replaced by a name that every object has. `FUZZ_RUNS=100000` tries more, and `FAST_CHECK_SEED=…` tries others.
 *
 * In `rules/<name>/rule.test.ts`: `describeHostile(rule, [sample], { alerting: 0.1 })`.
 *
 * @param events events on which the rule alerts, best one of each shape: as EventBridge, SNS or a webhook delivers them, or
 *   plain CloudTrail records.
 */
export function describeHostile(
  rule: AnyRule,
  events: readonly unknown[],
  { clients = silent, alerting }: HostileOptions = {},
): void {
  test(`${rule.name} evaluates or refuses hostile events`, { timeout }, async () => {
    const wrapped = events.map((event) => (isCloudTrailRecord(event) ? wrapRecord(event) : event));
    const alerts = await alertsOn(rule, wrapped, clients);
    if (alerting !== undefined) expect(alerts).toBeGreaterThan(alerting * runs);
  });
}

/** How many hostile events each rule is asked about; docs/decisions.md says why so many. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 1000);

/** Enough time for all of them on a busy machine. */
const timeout = 20_000 + 50 * runs;

/** Clients that answer nothing: whatever is asked fails. */
const silent: unknown = new Proxy(() => undefined, {
  get: (_target, name) => (name === 'then' ? undefined : silent),
  apply: () => {
    throw new Error('nobody answers here');
  },
});

/**
 * Asks a rule about hostile versions of events.
 *
 * @returns on how many of them it alerted. Events that no change touched do not count.
 */
async function alertsOn(
  rule: AnyRule,
  events: readonly unknown[],
  clients: unknown,
): Promise<number> {
  const evaluate = mostTalkative(rule, clients);
  const unchanged = new Set(events.map((event) => JSON.stringify(event)));
  for (const event of withEachText(events, inherited)) {
    await alertsOf(evaluate, event).catch(failFor(event));
  }
  let count = 0;
  await fc.assert(
    fc.asyncProperty(mutated(events), async (event) => {
      const alerts = await alertsOf(evaluate, event).catch((error: unknown) => {
        if (error instanceof EvaluationError) return 0;
        throw error;
      });
      if (alerts > 0 && !unchanged.has(JSON.stringify(event))) count += 1;
    }),
    { numRuns: runs, ...seedOf(rule) },
  );
  return count;
}

/** Names that every object has without being told so: a table looked up by them gives a function. */
const inherited = ['constructor', '__proto__'];

/** Asks about an event. Every alert can be delivered. Gives the number of alerts. */
async function alertsOf(
  evaluate: (event: unknown) => Promise<Verdict>,
  event: unknown,
): Promise<number> {
  const { alerts } = await evaluate(event);
  for (const alert of alerts) expectDeliverable(alert);
  return alerts.length;
}

/** Lets a refusal pass. An error of JavaScript's own is none, even where it became an EvaluationError. */
const failFor =
  (event: unknown) =>
  (error: unknown): void => {
    const cause = error instanceof EvaluationError ? error.cause : error;
    if (error instanceof EvaluationError && !(cause instanceof TypeError)) return;
    throw new Error(`This event was not foreseen: ${JSON.stringify(event)}`, { cause });
  };

/** A rule with the default or example of each parameter, and with alerts on denied attempts. */
function mostTalkative(rule: AnyRule, clients: unknown): (event: unknown) => Promise<Verdict> {
  const specs = allParameters(rule);
  const parameters = readParameters(specs, (name) =>
    name === 'deniedAttempts' ? 'alert' : (specs[name]?.default ?? specs[name]?.example),
  );
  return evaluator(rule, { parameters, clients });
}

/**
 * Each rule has events of its own: a fault in code that all rules share then shows with any of them. A seed from
 * `FAST_CHECK_SEED` is used for all rules, so that a failure can be repeated.
 */
const seedOf = ({ name }: AnyRule): { readonly seed?: number } =>
  process.env['FAST_CHECK_SEED'] === undefined
    ? { seed: Buffer.from(name).reduce((sum, byte) => (31 * sum + byte) | 0, 0) }
    : {};
