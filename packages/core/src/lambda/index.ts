/**
 * `@patrol/core/lambda`: running a rule as a Lambda function. The build writes the two lines that import this door.
 *
 * @module
 */
import { isObject } from '../cloudtrail.ts';
import { canaryAlone, canaryField } from '../contracts/test-field.ts';
import { dispatchTopicVariable, topicVariable } from '../environment.ts';
import { type Evaluate, evaluator, type Verdict } from '../evaluate.ts';
import {
  type Parameters,
  type ReadExpressions,
  readParametersWith,
  type SecretReference,
} from '../parameter.ts';
import type { AnyRule } from '../rule.ts';
import { log } from './log.ts';
import type { PublishInput } from './message.ts';
import type { tellNew } from './memory.ts';
import type { untold } from './once.ts';
import type { HttpResponse, Receive, receiver, Tell } from './webhook.ts';

export * from '../environment.ts';
export { config } from './config.ts';
export { log, type LogLevel } from './log.ts';
export { clean } from '../unseen.ts';
export { expressionReader } from './reader.ts';
export { message, type PublishInput, subject, textBody } from './message.ts';
export type { HttpResponse } from './webhook.ts';

/** What a built rule exports: the function's entry, and the same decision without its effects, for `replay`. */
export interface Started {
  readonly handler: (event: unknown) => Promise<{ readonly alerts: number } | HttpResponse>;
  readonly evaluate: Evaluate;
}

/** The outside world of a function. Each part has a default, but for what only some rules need. */
export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly publish: (
    input: PublishInput,
    region: string,
  ) => Promise<{ readonly messageId: string }>;
  /** Only there in the functions of rules with secrets or a webhook: it brings more of the AWS SDK with it. */
  readonly readSecret: (reference: SecretReference) => Promise<string>;
  /** Only there in the functions of rules with `remindAfter`: `import('@patrol/core/lambda/memory')`. */
  readonly memory: () => Promise<{ readonly tellNew: typeof tellNew }>;
  /** Only there in the functions of rules with `onceWithin`: `import('@patrol/core/lambda/once')`. */
  readonly once: () => Promise<{ readonly untold: typeof untold }>;
  /** Only there in the functions of rules with a webhook: `import('@patrol/core/lambda/webhook')`. */
  readonly webhook: () => Promise<{ readonly receiver: typeof receiver }>;
}

/** Texts of parameters, by their names. */
type Texts = World['environment'];

/** What the entry of a function says of its rule, and parts of the outside world that replace the real ones. */
export interface StartOptions extends Partial<World> {
  readonly runbookUrl?: string | null;
  /**
   * The rule's own parameters and those common to rules of its kind (`withCommonParameters`). Its own when left out: rules that no
   * call of AWS runs do not carry the others.
   */
  readonly parameters?: Parameters;
  /** Only there in the functions of rules with regular expressions: `expressionReader`. */
  readonly readExpressions?: ReadExpressions;
}

/**
 * Starts a rule: reads its parameters and the topics from the environment, once per cold start.
 *
 * @throws ParametersError or TypeError, before any event is taken, when a parameter or a topic is missing or bad.
 */
export function start(rule: AnyRule, options: StartOptions = {}): Started {
  const environment = { ...(options.environment ?? process.env) };
  const readSecret: World['readSecret'] =
    options.readSecret ??
    (async ({ arn }) => {
      throw new Error(`${rule.name} declares no secret parameter and so cannot read ${arn}.`);
    });
  const reading = (texts: Texts): Readonly<Record<string, unknown>> =>
    readParametersWith(
      options.readExpressions,
      options.parameters ?? rule.parameters,
      (name) => texts[name],
    );
  const parameters = reading(environment);
  checkTopic(topicVariable, environment[topicVariable]);
  if (environment[dispatchTopicVariable]) {
    checkTopic(dispatchTopicVariable, environment[dispatchTopicVariable]);
  }

  const asking = (given: typeof parameters): Evaluate => {
    const evaluateWith = (clients: unknown): Evaluate =>
      evaluator(rule, { parameters: given, clients }, options.runbookUrl);
    let evaluating: Promise<Evaluate> | undefined;
    return async (event, standIns) => {
      if (standIns !== undefined) return evaluateWith(standIns)(event);
      evaluating ??= Promise.resolve(rule.clients?.({ parameters: given, secret: readSecret }))
        .then(evaluateWith)
        .catch((error: unknown) => {
          // Clients that could not be made are made anew for the next event.
          evaluating = undefined;
          throw error;
        });
      return (await evaluating)(event);
    };
  };
  const evaluate = asking(parameters);
  const askingWith = (texts: Texts): Evaluate => asking(reading({ ...environment, ...texts }));

  const tell: Tell = async (event, told) => {
    const isAlone = isObject(event) && event[canaryField] === canaryAlone;
    const verdict: Verdict = isAlone
      ? { alerts: [], suppressed: [], because: 'alert' }
      : await evaluate(event);
    if (verdict.because !== 'alert' && verdict.because !== 'suppressed' && !rule.remindAfter) {
      const eventId = isObject(event) ? event['id'] : undefined;
      log('INFO', { rule: rule.name, eventId, verdict: 'quiet', because: verdict.because });
      return { alerts: 0 };
    }
    // What remembers is a chunk of its own, loaded when there is something to say, and so is what sends, with the AWS SDK.
    const { telling } = await import('./telling.ts');
    const sns = () => import('./sns.ts');
    const means = { ...options, environment, told, sns, parameters, askingWith };
    return telling(rule, event, verdict, means);
  };

  let receiving: Promise<Receive> | undefined;
  const handler: Started['handler'] = async (event) => {
    if (!options.webhook || !isObject(event) || !('requestContext' in event)) return tell(event);
    receiving ??= options
      .webhook()
      .then((door) => door.receiver(rule, tell, readSecret, environment));
    return (await receiving)(event);
  };
  return { handler, evaluate };
}

/** SNS takes messages for a topic in the region of the topic only, so the ARN has to name one. */
function checkTopic(variable: string, topicArn = ''): void {
  const [arn, , service, region, account, name] = topicArn.split(':');
  if (arn !== 'arn' || service !== 'sns' || !region || !account || !name) {
    throw new TypeError(
      `${variable}: expected the ARN of an SNS topic, found ${JSON.stringify(topicArn)}. The stack's template sets it.`,
    );
  }
}
