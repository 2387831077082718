/** Runs a rule's built function once, as Lambda would, and collects what it published and logged. */
import { randomBytes } from 'node:crypto';
import { isObject, type WebhookDelivery } from '@patrol/core';
import { readDelivery } from '@patrol/core/evaluation';
import type { RuleManifest } from '@patrol/core/contracts';
import type { Artifact } from '../packages/assembly.ts';
import type { Live } from '../cloud/live.ts';
import { startEvaluator } from '../evaluate/evaluator.ts';
import type { HttpAnswer, Message, Muted, OutputOf } from '../notes/objects.ts';
import type { Evaluated } from '../evaluate/worker.ts';
import { readTemplate } from '../template/template.ts';
import { liveAccess, stackResources } from './access.ts';
import { type AwsEndpoint, type AwsOptions, startAws } from './aws.ts';
import { unpackCode } from '../evaluate/code.ts';
import { lambdaEnvironment, resolveEnvironment } from '../evaluate/environment.ts';
import type { KnownEvent } from '../events/recognise.ts';
import { invoke, type Invoked, type RuntimeClient } from './runtime.ts';
import type { Published } from './sns.ts';
import {
  httpAnswer,
  type HttpRequest,
  isSigned,
  signedAnew,
  signedRequest,
} from '../events/webhook.ts';
import { compact, jsonIn } from '../text/records.ts';

/** The result of a trial. */
export type Trial = Omit<OutputOf<'try'>, 'version'>;

/** The result when nothing ran. */
export const notRun = (rule: RuleManifest, delivered: boolean): Trial => ({
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

/** Options of a trial. */
export interface TrialOptions extends Omit<Given, 'variables'> {
  /** The event; absent for a request that delivers none. */
  readonly event?: KnownEvent | undefined;
  /** The request to send, instead of one that is made of the delivery. */
  readonly request?: HttpRequest | undefined;
  readonly client?: RuntimeClient | undefined;
}

/**
 * Runs a function once. Without `live`, a rule that needs an answer of AWS or GitHub is not run, since it would only fail.
 *
 * @returns the trial, and the secrets that it read.
 */
export async function runTrial(
  options: TrialOptions,
): Promise<{ readonly trial: Trial; readonly secrets: readonly string[] }> {
  const { rule } = options.artifact;
  const template = readTemplate(options.artifact);
  const variables = resolveEnvironment(template, options.values);
  const { topics, secrets: arns, tables } = stackResources(rule, template, variables);
  const secret = randomBytes(24).toString('base64url');
  const secrets = Object.fromEntries(arns.map((arn) => [arn, secret]));
  return inSandbox({ ...options, variables }, { topics, secrets, tables }, async (sandbox) => {
    const { folder, environment, aws } = sandbox;
    const needs = await needsOf(options, sandbox);
    if (needs !== undefined) return { trial: { ...notRun(rule, true), needs }, secrets: [] };
    const invoked = await invoke({
      folder,
      environment,
      event: handedOver(options, secret),
      timeout: rule.timeout,
      ...(options.client && { client: options.client }),
    });
    const answer =
      isHttp(options) && invoked.error === undefined ? httpAnswer(invoked.result) : undefined;
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
type Asked = Pick<TrialOptions, 'event' | 'request'>;

/** Whether the function gets an HTTP request, and so has to answer one. */
export const isHttp = ({ event, request }: Asked): boolean =>
  request !== undefined || readDelivery(event) !== undefined;

/** What the function gets. For a delivery, that is the HTTP request that GitHub would send. */
export function handedOver({ event, request }: Asked, secret: string): unknown {
  if (request) return signedAnew(request, secret);
  return readDelivery(event) ? signedRequest(event as unknown as WebhookDelivery, secret) : event;
}

/** The question that a rule needs an answer to; `undefined` when it needs none, or can ask. */
async function needsOf(
  { artifact, event, request, live }: TrialOptions,
  { folder, environment }: Sandbox,
): Promise<string | undefined> {
  const { rule } = artifact;
  // The function refuses an unsigned request before the rule sees it.
  if (!rule.asks || live || event === undefined || (request && !isSigned(request)))
    return undefined;
  const evaluator = await startEvaluator({
    ruleName: rule.name,
    folder,
    environment,
    isOffline: true,
    memorySize: rule.memorySize,
    // The function prints the same again.
    print: () => {},
    patience: rule.timeout * 1000,
    startPatience: 30_000,
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
