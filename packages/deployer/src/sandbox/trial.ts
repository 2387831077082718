/**
 * Tries a rule: chooses the event and the values, runs the built function once as Lambda would, if it would be given the event,
 * and collects what it published and logged.
 */
import { randomBytes } from 'node:crypto';
import { isObject, type WebhookDelivery } from '@patrol/core';
import { readDelivery, senderOf } from '@patrol/core/evaluation';
import type { RuleManifest } from '@patrol/core/contracts';
import { type Live, secretsOf } from '../cloud/live.ts';
import { unpackCode } from '../evaluate/code.ts';
import { lambdaEnvironment, resolveEnvironment } from '../evaluate/environment.ts';
import { startEvaluator } from '../evaluate/evaluator.ts';
import { type ChosenParameters, chooseParameters } from '../evaluate/parameters.ts';
import type { Evaluated } from '../evaluate/worker.ts';
import { delivery } from '../events/deliver.ts';
import { httpAnswer, isSigned, signedAnew, signedRequest } from '../events/webhook.ts';
import type { HttpAnswer, Message, Muted, OutputOf } from '../notes/objects.ts';
import type { Artifact } from '../packages/assembly.ts';
import type { LookupFrom } from '../packages/lookup.ts';
import { readTemplate } from '../template/template.ts';
import { compact, jsonIn } from '../text/records.ts';
import { redactIn } from '../text/redact.ts';
import type { Streams } from '../text/streams.ts';
import { liveAccess, stackResources } from './access.ts';
import { type AwsEndpoint, type AwsOptions, startAws } from './aws.ts';
import { type ChosenEvent, chooseEvent, type EventChoice } from './choose.ts';
import { invoke, type Invoked, type RuntimeClient } from './runtime.ts';
import type { Published } from './sns.ts';

/** The result of a trial. */
export type Trial = Omit<OutputOf<'try'>, 'version'>;

/** The result when nothing ran. */
const notRun = (rule: RuleManifest, delivered: boolean): Trial => ({
  type: 'try',
  rule: rule.name,
  delivered,
  messages: [],
  logs: [],
  durationMs: null,
});

/** A rule, and what its built code is given. */
interface Given {
  readonly artifact: Artifact;
  /** The values of the template's parameters. */
  readonly values: Readonly<Record<string, string>>;
  /** The variables that the template gives the function. */
  readonly variables: Readonly<Record<string, string>>;
  readonly live?: Live | undefined;
}

/** What the built code of a rule runs on. */
interface Sandbox {
  /** The folder of the unpacked code. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly aws: AwsEndpoint;
}

/** Unpacks the code of a rule and starts a stand-in for AWS, for as long as they are used. */
export async function inSandbox<T>(
  { artifact, values, variables, live }: Given,
  offered: Omit<AwsOptions, 'live'>,
  use: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const { rule } = artifact;
  const code = unpackCode(artifact);
  try {
    const access = live && { live: liveAccess(rule, values, live) };
    const aws = await startAws({ ...offered, ...access });
    try {
      const environment = {
        ...lambdaEnvironment(rule, code.folder, aws.url, live?.environment),
        ...(offered.tables?.length && { AWS_ENDPOINT_URL_DYNAMODB: aws.url }),
        ...variables,
      };
      return await use({ folder: code.folder, environment, aws });
    } finally {
      aws.close();
    }
  } finally {
    code.remove();
  }
}

/** Options of every command that runs a built rule on this machine. */
export interface RunOptions extends LookupFrom {
  readonly artifact: Artifact;
  /** The values that are given. */
  readonly parameters: Readonly<Record<string, string>>;
  /** How a rule gets answers of AWS and GitHub. Without it, an event that needs one has no verdict. */
  readonly live?: Live | undefined;
}

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
  const { origin, ...asked } = await chooseEvent(options, streams);
  const gate = delivery(rule);
  // The function itself decides whether a request contains a delivery for the rule.
  const isDelivered = asked.request !== undefined || gate.delivers(asked.event);
  const { trial, secrets } = isDelivered
    ? await runTrial(options, chosen.values, asked)
    : { trial: { ...notRun(rule, false), error: gate.whyNot(asked.event) }, secrets: [] };
  const clean = <T>(value: T): T =>
    live ? redactIn(value, [...secretsOf(live), ...secrets]) : value;
  return { trial: clean(trial), chosen, origin, clean };
}

/**
 * Runs a function once. Without `live`, a rule that needs an answer of AWS or GitHub is not run, since it would only fail.
 *
 * @returns the trial, and the secrets that it read.
 */
async function runTrial(
  { artifact, live, client }: AttemptOptions,
  values: Given['values'],
  asked: Asked,
): Promise<{ readonly trial: Trial; readonly secrets: readonly string[] }> {
  const { rule } = artifact;
  const template = readTemplate(artifact);
  const variables = resolveEnvironment(template, values);
  const { topics, secrets: arns, tables } = stackResources(rule, template, variables);
  const secret = randomBytes(24).toString('base64url');
  const secrets = Object.fromEntries(arns.map((arn) => [arn, secret]));
  const given = { artifact, values, variables, live };
  return inSandbox(given, { topics, secrets, tables }, async (sandbox) => {
    const { folder, environment, aws } = sandbox;
    const needs = live ? undefined : await needsOf(rule, asked, sandbox);
    if (needs !== undefined) return { trial: { ...notRun(rule, true), needs }, secrets: [] };
    const event = handedOver(rule, asked, secret);
    const invoked = await invoke({ folder, environment, event, timeout: rule.timeout, client });
    const isAnswer = isHttp(asked) && invoked.error === undefined;
    const answer = isAnswer ? httpAnswer(invoked.result) : undefined;
    const suppressed = suppressedOf(invoked.logs);
    const trial = compact<Trial>({
      ...notRun(rule, true),
      messages: aws.messages.map(asReceived),
      logs: invoked.logs,
      durationMs: invoked.durationMs === null ? null : Math.round(invoked.durationMs),
      answer,
      suppressed: suppressed.length === 0 ? undefined : suppressed,
      error: failure(rule, invoked, answer, aws.refusals),
    });
    return { trial, secrets: aws.secretsRead };
  });
}

/** What a function runs on. */
type Asked = Omit<ChosenEvent, 'origin'>;

/** Whether the function gets an HTTP request, and so has to answer one. */
export const isHttp = ({ event, request }: Asked): boolean =>
  request !== undefined || readDelivery(event) !== undefined;

/** What the function gets. For a delivery, that is the HTTP request that its sender would send. */
export function handedOver(
  { triggers }: Pick<RuleManifest, 'triggers'>,
  { event, request }: Asked,
  secret: string,
): unknown {
  const sender = senderOf(triggers);
  if (request) return signedAnew(request, secret, sender);
  return readDelivery(event)
    ? signedRequest(event as unknown as WebhookDelivery, secret, sender)
    : event;
}

/** The question that a rule needs an answer to; `undefined` when it needs none. */
async function needsOf(
  rule: RuleManifest,
  { event, request }: Asked,
  { folder, environment }: Sandbox,
): Promise<string | undefined> {
  // The function refuses an unsigned request before the rule sees it.
  if (!rule.asks || event === undefined || (request && !isSigned(request, senderOf(rule.triggers))))
    return undefined;
  const evaluator = await startEvaluator({
    rule,
    folder,
    environment,
    isOffline: true,
    // The function prints the same again.
    print: () => {},
    patience: rule.timeout * 1000,
  }).catch(() => undefined);
  // When the code does not start, the function reports it.
  if (!evaluator) return undefined;
  try {
    const [result]: readonly Evaluated[] = await evaluator.evaluate([event]);
    return result && 'needs' in result ? result.needs : undefined;
  } finally {
    await evaluator.close();
  }
}

/** The problems of a trial. A refused call is one, even when the function went on. */
function failure(
  rule: RuleManifest,
  invoked: Invoked,
  answer: HttpAnswer | undefined,
  refusals: readonly string[],
): string | undefined {
  const problems = [
    ...(invoked.error === undefined ? [] : [`The function ${rule.name} failed: ${invoked.error}`]),
    ...(answer && answer.statusCode >= 400
      ? [`The function ${rule.name} answered ${answer.statusCode}: ${answer.body}`]
      : []),
    ...new Set(refusals),
  ];
  return problems.length > 0 ? problems.join('\n') : undefined;
}

function asReceived({ topic, subject, message, structure, attributes }: Published): Message {
  const texts: unknown = structure === 'json' ? JSON.parse(message) : undefined;
  const text = (protocol: string): string | undefined => {
    const found = isObject(texts) ? texts[protocol] : undefined;
    return typeof found === 'string' ? found : undefined;
  };
  const standard = text('default') ?? message;
  return {
    topic,
    subject,
    email: text('email') ?? standard,
    json: jsonIn(standard, standard),
    attributes,
  };
}

/** The lines of a function's log with a verdict. */
export const verdicts = (
  logs: readonly string[],
  verdict: string,
): readonly Readonly<Record<string, unknown>>[] =>
  logs.flatMap((line) => {
    const fields = jsonIn(line);
    return isObject(fields) && fields['verdict'] === verdict ? [fields] : [];
  });

const suppressedOf = (logs: readonly string[]): readonly Muted[] =>
  verdicts(logs, 'suppressed').map(({ title, by }) => ({ title: String(title), by: String(by) }));
