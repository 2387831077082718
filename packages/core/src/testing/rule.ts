/** A table of what a rule alerts on and what it stays quiet on. */
import { describe, expect, test } from 'vitest';
import { isCloudTrailRecord, wrapRecord } from '../cloudtrail.ts';
import { ruleDelivery } from '../delivery.ts';
import { type Alert, alertContract } from '../contracts/alert.ts';
import { check } from '../contracts/problems.ts';
import { evaluator, type Verdict } from '../evaluate.ts';
import { type Ask, groupProblems, suppressionProblems } from './guards.ts';
import type { Parameters } from '../parameter.ts';
import { allParameters, type Rule } from '../rule.ts';
import type { Trigger } from '../trigger.ts';
import { readParameters } from '../values.ts';

/** The texts of parameters, as the operator types them. */
export type Texts<P extends Parameters> = {
  readonly [K in keyof P | 'deniedAttempts' | 'ignoredActors']?: string;
};

/** What a case may say besides its event. */
export interface Given<P extends Parameters, C> {
  /** Texts of parameters, which replace those of the table. */
  readonly parameters?: Texts<P>;
  /** Stand-ins for the rule's clients. */
  readonly clients?: C;
}

/** What is expected of an alert: at least its title. */
export type ExpectedAlert = Pick<Alert, 'title'> & Partial<Alert>;

/** The table of a rule. Events are EventBridge events, or plain CloudTrail records, which are wrapped as EventBridge wraps them. */
export interface Cases<P extends Parameters, C> extends Given<P, C> {
  /** What the rule alerts on: the event, the alert or alerts, and what is given. */
  readonly alerts: Readonly<
    Record<string, readonly [unknown, ExpectedAlert | readonly ExpectedAlert[], Given<P, C>?]>
  >;
  /** What the rule is quiet about: the event and what is given. */
  readonly quiet: Readonly<Record<string, readonly [unknown, Given<P, C>?]>>;
  /** What the rule finds, and the operator mutes: the event, the item that mutes it, and what is given. */
  readonly suppressed?: Readonly<Record<string, readonly [unknown, string, Given<P, C>?]>>;
  /** What the rule cannot read: the event, the message of the error, and what is given. */
  readonly refuses?: Readonly<Record<string, readonly [unknown, string | RegExp, Given<P, C>?]>>;
}

/**
 * Asks a rule about an event as AWS would. It refuses an event that EventBridge, SNS or GitHub would not deliver, reads the
 * parameters from their texts, and asks the rule.
 *
 * @throws an Error for an event that the rule would never receive; ParametersError; EvaluationError.
 */
export async function run<T extends Trigger, P extends Parameters, C>(
  rule: Rule<T, P, C>,
  event: unknown,
  given: Given<P, C> = {},
): Promise<Verdict> {
  const wrapped = isCloudTrailRecord(event) ? wrapRecord(event) : event;
  const reason = ruleDelivery(rule)(wrapped);
  if (reason) throw new Error(`${rule.name} would never receive this event: ${reason}.`);
  const texts: Readonly<Record<string, string | undefined>> = { ...given.parameters };
  const parameters = readParameters(allParameters(rule), (name) => texts[name]);
  return evaluator(rule, { parameters, clients: given.clients })(wrapped);
}

/** Expects that an alert, as receivers get it, keeps to its contract and has no field that the contract does not know. */
export function expectAlert(alert: unknown): void {
  expectAlertText(JSON.stringify(alert));
}

/** The same of the text that receivers get. */
export function expectAlertText(text: string): void {
  const sent: unknown = JSON.parse(text);
  const checked = check(alertContract.schema, sent);
  // The check leaves out fields that it does not know. Tests check thousands of alerts, so they are compared field by field
  // only where something is missing.
  const isWhole = 'value' in checked && JSON.stringify(checked.value).length === text.length;
  if (!isWhole) expect(checked).toEqual({ value: sent });
}

/**
 * Declares the tests of a rule from a table of cases.
 *
 * @throws an Error when the table has no alert or no quiet case. A rule needs both.
 */
export function describeRule<T extends Trigger, P extends Parameters, C>(
  rule: Rule<T, P, C>,
  cases: Cases<P, C>,
): void {
  const { alerts, quiet, suppressed = {}, refuses = {} } = cases;
  for (const [side, table] of Object.entries({ alerts, quiet })) {
    if (Object.keys(table).length === 0)
      throw new Error(`${rule.name}: the table has no case under ${side}.`);
  }
  const ask = (event: unknown, given: Given<P, C> = {}): Promise<Verdict> =>
    run(rule, event, {
      ...cases,
      ...given,
      parameters: { ...cases.parameters, ...given.parameters } as Texts<P>,
    });

  describe(rule.name, () => {
    describe('alerts on', () => {
      test.each(Object.entries(alerts))('%s', async (_title, [event, expected, given]) => {
        const verdict = await ask(event, given);
        const list = [expected].flat();
        expect(verdict.alerts).toHaveLength(list.length);
        list.forEach((alert, index) => expect(verdict.alerts[index]).toMatchObject(alert));
        verdict.alerts.forEach(expectAlert);
      });
    });
    describe('says how to mute this alone, and what belongs with it whoever names it', () => {
      test.each(Object.entries(alerts))('%s', async (_title, [event, , given]) => {
        const texts: Readonly<Record<string, string | undefined>> = {
          ...cases.parameters,
          ...given?.parameters,
        };
        const asking: Ask = (about, more) =>
          ask(about, { ...given, parameters: { ...given?.parameters, ...more } as Texts<P> });
        expect(await suppressionProblems(allParameters(rule), asking, event, texts)).toEqual([]);
        expect(await groupProblems(asking, event)).toEqual([]);
      });
    });
    describe('stays quiet on', () => {
      test.each(Object.entries(quiet))('%s', async (_title, [event, given]) => {
        const verdict = await ask(event, given);
        expect(verdict).toMatchObject({ alerts: [], suppressed: [] });
      });
    });
    for (const [title, [event, by, given]] of Object.entries(suppressed)) {
      test(`mutes ${title}`, async () => {
        const verdict = await ask(event, given);
        expect(verdict).toMatchObject({ alerts: [], because: 'suppressed' });
        expect(verdict.suppressed).toContainEqual(expect.objectContaining({ by }));
      });
    }
    for (const [title, [event, message, given]] of Object.entries(refuses)) {
      test(`refuses ${title}`, async () => {
        await expect(ask(event, given)).rejects.toThrow(message);
      });
    }
  });
}
