/** What must hold for every rule of a package, under whatever events: the package's tests run it over all their rules. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { dispatchTypeVariable } from './environment.ts';
import type { Alert } from './contracts/alert.ts';
import { EvaluationError, evaluator, type Verdict } from './evaluate.ts';
import { dispatchMessage, dispatchTypes } from './lambda/dispatch.ts';
import { dispatchProblems } from './lambda/dispatch.fake.ts';
import { message } from './lambda/message.ts';
import { mutated } from './mutate.fake.ts';
import { readParameters } from './parameter.ts';
import { allParameters, type AnyRule } from './rule.ts';
import { expectAlert } from './testing/index.ts';

const topicArn = 'arn:aws:sns:us-east-1:111122223333:alerts';

/** Clients that answer nothing: whatever is asked fails. */
const silent: unknown = new Proxy(() => undefined, {
  get: (_target, name) => (name === 'then' ? undefined : silent),
  apply: () => {
    throw new Error('nobody answers here');
  },
});

/** Each rule with the values that its parameters have by default or by example, in its most talkative form. */
export function exampleOf(
  rule: AnyRule,
  clients: unknown = silent,
): (event: unknown) => Promise<Verdict> {
  const parameters = readParameters(allParameters(rule), (name) => {
    const spec = allParameters(rule)[name];
    return name === 'deniedAttempts' ? 'alert' : (spec?.default ?? spec?.example);
  });
  return evaluator(rule, { parameters, clients });
}

/** The contract with every destination: SNS takes the message for people and machines, and Dispatch that of each type. */
function expectDeliverable(alert: Alert): void {
  const forDispatch = ['bySeverity', ...dispatchTypes].map((type) =>
    dispatchMessage(alert, topicArn, { [dispatchTypeVariable]: type }),
  );
  for (const input of forDispatch) expect(dispatchProblems(input)).toEqual([]);
  const forTopic = message(alert, topicArn);
  for (const { Subject, Message, MessageAttributes } of [forTopic, ...forDispatch]) {
    expect(Subject).toMatch(/^[!-~][ -~]{0,98}$/);
    const bytes = Buffer.byteLength(Message) + Buffer.byteLength(JSON.stringify(MessageAttributes));
    expect(bytes).toBeLessThanOrEqual(262_144);
  }
  const { default: forMachines, email } = JSON.parse(forTopic.Message) as Record<string, string>;
  expectAlert(JSON.parse(forMachines ?? ''));
  expect(email).toContain('What to do');
}

/**
 * Asks a rule about hostile versions of real events. Each is evaluated, or refused by an EvaluationError; each alert of
 * it becomes a message that every destination takes.
 *
 * @param runs how many.
 * @param clients what answers the rule; nothing does when they are left out.
 * @returns how many led to an alert, to silence, and to a refusal.
 */
export async function fuzz(
  rule: AnyRule,
  events: readonly unknown[],
  runs: number,
  clients?: unknown,
): Promise<Readonly<Record<'alerts' | 'quiet' | 'refused', number>>> {
  const evaluate = exampleOf(rule, clients);
  const counts = { alerts: 0, quiet: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(mutated(events), async (event) => {
      let verdict: Verdict;
      try {
        verdict = await evaluate(event);
      } catch (error) {
        expect(error).toBeInstanceOf(EvaluationError);
        counts.refused += 1;
        return;
      }
      counts[verdict.alerts.length > 0 ? 'alerts' : 'quiet'] += 1;
      for (const alert of verdict.alerts) expectDeliverable(alert);
    }),
    { numRuns: runs, ...seedOf(rule) },
  );
  return counts;
}

/**
 * Each rule is asked about events of its own: a fault of what they share needs one of them only. A seed that somebody
 * gives is that of all rules, so that a failure can be repeated.
 */
const seedOf = ({ name }: AnyRule): { readonly seed?: number } =>
  process.env['FAST_CHECK_SEED'] === undefined
    ? { seed: Buffer.from(name).reduce((sum, byte) => (31 * sum + byte) | 0, 0) }
    : {};

/** How many hostile events each rule is asked about; docs/decisions.md says why so many. `FUZZ_RUNS=100000` for more. */
export const fuzzRuns: number = Number(process.env['FUZZ_RUNS'] ?? 300);

/** For so many, on a busy machine. */
export const fuzzTimeout: number = 20_000 + 50 * fuzzRuns;
