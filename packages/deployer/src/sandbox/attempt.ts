/** Tries a rule: chooses the event and the values, and runs the built function once if it would be given the event. */
import { secretsOf } from '../cloud/live.ts';
import { type ChosenParameters, chooseParameters } from '../evaluate/parameters.ts';
import { delivery } from '../events/deliver.ts';
import { readTemplate } from '../template/template.ts';
import { redactIn } from '../text/redact.ts';
import type { Streams } from '../text/streams.ts';
import { chooseEvent, type EventChoice } from './choose.ts';
import type { RunOptions } from './options.ts';
import type { RuntimeClient } from './runtime.ts';
import { notRun, runTrial, type Trial } from './trial.ts';

/** What a rule is tried with. */
export interface AttemptOptions extends RunOptions, Pick<EventChoice, 'event' | 'value'> {
  /** The runtime client that runs the function, for tests of other clients; ours when left out. */
  readonly client?: RuntimeClient;
}

/** What came of it, without the operator's secrets. */
export interface Attempt {
  readonly trial: Trial;
  readonly chosen: ChosenParameters;
  /** Where the event is from, for people. */
  readonly origin: string;
  /** Takes the operator's secrets out of what else is shown. */
  readonly clean: <T>(value: T) => T;
}

/**
 * Tries a rule on an event.
 *
 * @throws UsageError for parameters and events that cannot be used; OperatorError for a package that is not built right.
 */
export async function attempt(
  options: AttemptOptions,
  streams: Pick<Streams, 'stdin'>,
): Promise<Attempt> {
  const { artifact, live } = options;
  const { rule } = artifact;
  const chosen = chooseParameters(rule, readTemplate(artifact), options.parameters);
  const { event, request, origin } = await chooseEvent(options, streams);
  const gate = delivery(rule);
  // The function itself decides whether a request contains a delivery for the rule.
  const isDelivered = request !== undefined || gate.delivers(event);
  const { trial, secrets } = isDelivered
    ? await runTrial({
        artifact,
        values: chosen.values,
        event,
        request,
        live,
        client: options.client,
      })
    : { trial: { ...notRun(rule, false), error: gate.whyNot(event) }, secrets: [] };
  const clean = <T>(value: T): T =>
    live ? redactIn(value, [...secretsOf(live), ...secrets]) : value;
  return { trial: clean(trial), chosen, origin, clean };
}
