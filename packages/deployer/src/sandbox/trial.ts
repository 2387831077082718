/** One run of a rule's built function, as Lambda would run it, with all that it published and wrote. */
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
import { startAws } from './aws.ts';
import { type Code, unpackCode } from '../evaluate/code.ts';
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

/** What came of it. */
export type Trial = Omit<OutputOf<'try'>, 'version'>;

/** A trial in which nothing ran. */
export const notRun = (rule: RuleManifest, delivered: boolean): Trial => ({
  type: 'try',
  rule: rule.name,
  delivered,
  messages: [],
  logs: [],
  durationMs: null,
});

/** What a function is tried with. */
export interface TrialOptions {
  readonly artifact: Artifact;
  /** The texts of the template's parameters. */
  readonly values: Readonly<Record<string, string>>;
  /** What the rule is asked about; absent for a request that brings no delivery. */
  readonly event?: KnownEvent | undefined;
  /** A request to be handed over instead of one made of the delivery. */
  readonly request?: HttpRequest | undefined;
  readonly live?: Live | undefined;
  readonly client?: RuntimeClient | undefined;
}

/**
 * Runs a function once. Without `live`, a rule that asks is asked first what it needs: where it needs an answer, the function
 * is not run, since it would only fail.
 *
 * @returns with the trial, the secrets that it read.
 */
export async function runTrial(
  options: TrialOptions,
): Promise<{ readonly trial: Trial; readonly secrets: readonly string[] }> {
  const { artifact, live } = options;
  const { rule } = artifact;
  const template = readTemplate(artifact);
  const variables = resolveEnvironment(template, options.values);
  const { topics, secrets: arns, tables } = stackResources(rule, template, variables);
  const secret = randomBytes(24).toString('base64url');
  const secrets = Object.fromEntries(arns.map((arn) => [arn, secret]));
  const code = unpackCode(artifact);
  try {
    const access = live ? { live: liveAccess(rule, options.values, live) } : {};
    const aws = await startAws({ topics, secrets, tables, ...access });
    try {
      const environment = {
        ...lambdaEnvironment(rule, code.folder, aws.url, live?.environment),
        ...(tables.length > 0 ? { AWS_ENDPOINT_URL_DYNAMODB: aws.url } : {}),
        ...variables,
      };
      const needs = await needsOf(options, code, environment);
      if (needs !== undefined) return { trial: { ...notRun(rule, true), needs }, secrets: [] };
      const invoked = await invoke({
        folder: code.folder,
        environment,
        event: handedOver(options, secret),
        timeout: rule.timeout,
        ...(options.client ? { client: options.client } : {}),
      });
      const answer =
        isHttp(options) && invoked.error === undefined ? httpAnswer(invoked.result) : undefined;
      const suppressed = suppressedOf(invoked.logs);
      const error = failure(rule, invoked, answer, aws.refusals);
      const trial: Trial = {
        ...notRun(rule, true),
        messages: aws.messages.map(asReceived),
        logs: invoked.logs,
        durationMs: invoked.durationMs === null ? null : Math.round(invoked.durationMs),
        ...(answer === undefined ? {} : { answer }),
        ...(suppressed.length === 0 ? {} : { suppressed }),
        ...(error === undefined ? {} : { error }),
      };
      return { trial, secrets: aws.secretsRead };
    } finally {
      aws.close();
    }
  } finally {
    code.remove();
  }
}

/** What a function is run on. */
type Asked = Pick<TrialOptions, 'event' | 'request'>;

/** Whether the function is given an HTTP request, and so answers one. */
export const isHttp = ({ event, request }: Asked): boolean =>
  request !== undefined || readDelivery(event) !== undefined;

/** What the function is given: for a delivery the HTTP request that GitHub would make. */
export function handedOver({ event, request }: Asked, secret: string): unknown {
  if (request) return signedAnew(request, secret);
  return readDelivery(event) ? signedRequest(event as unknown as WebhookDelivery, secret) : event;
}

/** What a rule that asks needs for an event; `undefined` when it needs nothing, or can ask. */
async function needsOf(
  { artifact, event, request, live }: TrialOptions,
  code: Code,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { rule } = artifact;
  // What is not signed is refused before the rule hears of it.
  if (!rule.asks || live || event === undefined || (request && !isSigned(request)))
    return undefined;
  const evaluator = await startEvaluator({
    ruleName: rule.name,
    folder: code.folder,
    environment,
    isOffline: true,
    memorySize: rule.memorySize,
    // The function writes the same once more.
    print: () => {},
    patience: rule.timeout * 1000,
    startPatience: 30_000,
  }).catch(() => undefined);
  // One that does not start is told of by the function.
  if (!evaluator) return undefined;
  try {
    const [result]: readonly Evaluated[] = await evaluator.evaluate([event]);
    return result && 'needs' in result ? result.needs : undefined;
  } finally {
    await evaluator.close();
  }
}

/** What went wrong, if anything: a call that the sandbox refused counts even when the function went on. */
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
  return { topic, subject, email: text('email') ?? standard, json: parsedOr(standard), attributes };
}

/** A text as JSON, or as it is. */
function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The lines of a function's log that state a verdict. */
export const verdicts = (
  logs: readonly string[],
  verdict: string,
): readonly Readonly<Record<string, unknown>>[] =>
  logs.flatMap((line) => {
    const fields = parsedOr(line);
    return isObject(fields) && fields['verdict'] === verdict ? [fields] : [];
  });

const suppressedOf = (logs: readonly string[]): readonly Muted[] =>
  verdicts(logs, 'suppressed').map(({ title, by }) => ({ title: String(title), by: String(by) }));
