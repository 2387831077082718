/** `patrol-deploy invoke <rule> [event]`: runs the deployed function, for real. */
import { randomUUID } from 'node:crypto';
import { isObject } from '@patrol/core';
import { stackNames, testField } from '@patrol/core/contracts';
import { type Artifact, findArtifact, typedName } from '../packages/assembly.ts';
import { OperatorError } from '../text/errors.ts';
import type { Invocation } from '../cloud/functions.ts';
import { entryLine, parsed, readEntry, reportedDuration } from '../view/log.ts';
import { objectOf } from '../view/machine.ts';
import type { HttpAnswer, OutputOf } from '../notes/objects.ts';
import { jsonText, printable } from '../text/printable.ts';
import { jsonIn } from '../text/records.ts';
import { patrolCommand } from '../text/command.ts';
import { colorsFor } from '../view/report.ts';
import { type ChosenEvent, chooseEvent } from '../sandbox/choose.ts';
import { delivery } from '../events/deliver.ts';
import { handedOver, isHttp } from '../sandbox/trial.ts';
import { httpAnswer } from '../events/webhook.ts';
import { type Deployed, deployed, outputOf, type StackOptions } from './deployed.ts';
import { type PlacesOptions, wheresOf } from './places.ts';
import { operatorOf, type World } from './world.ts';

/** What `patrol-deploy invoke` is told. */
export interface InvokeOptions extends PlacesOptions {
  /** A file, or `-` for standard input; the rule's own sample when left out. */
  readonly event?: string | undefined;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** How it went. */
type Invoked = Omit<OutputOf<'invoke'>, 'version'>;

/**
 * Runs the function of a deployed rule on an event, in each account and region of a file. Exits with 1 when one fails or is not
 * run.
 */
export async function invoke(name: string, options: InvokeOptions, world: World): Promise<number> {
  const { streams, cwd } = world;
  const artifact = findArtifact(name, world, options);
  const wheres = await wheresOf(name, options, world);
  const subjects: Subject[] = [];
  for (const where of wheres) {
    const found = await deployed(where.name, where.options, world);
    const functionName = outputOf(where.name, found, 'function');
    const { place } = found;
    const chosen = await chooseEvent({ artifact, cwd, place, event: options.event }, streams);
    requireDelivered(artifact, chosen);
    subjects.push({ found, options: where.options, functionName, chosen });
  }
  const [first] = subjects;
  if (!first) throw new Error(`${name} is nowhere.`);
  const { region, account } = first.found.place;
  const where =
    subjects.length === 1
      ? `${region} (account ${account})`
      : `${subjects.length} accounts and regions`;
  const what = `${first.functionName} in ${where} on ${first.chosen.origin}`;
  const instead = `, or use \`${patrolCommand(['try', name])}\`, which sends nothing`;
  const operator = operatorOf(world, options);
  operator.requireConsent(`invoke ${what}. It sends its alerts, marked as a test`, instead);
  const question = printable(
    `Invoke ${what}? It sends its alerts to the subscribers, marked as a test.`,
  );
  if (!(await operator.agrees(question))) {
    streams.stderr.write('The function was not invoked.\n');
    return 1;
  }
  let isOk = true;
  for (const subject of subjects) {
    const ran = await invoked(artifact, subject, options.json ?? false, world);
    isOk &&= ran;
  }
  return isOk ? 0 : 1;
}

/** A function that is to be run. */
interface Subject {
  readonly found: Deployed;
  readonly options: StackOptions;
  readonly functionName: string;
  readonly chosen: ChosenEvent;
}

/** Runs one function, and tells how it went; whether it went well. */
async function invoked(
  artifact: Artifact,
  { found, options, functionName, chosen }: Subject,
  json: boolean,
  world: World,
): Promise<boolean> {
  const { streams } = world;
  const { refer, place, stack } = found;
  const { region, account } = place;
  const event = await handed(typedName(artifact), artifact, found, chosen);
  const functions = await world.functions(options);
  const started = world.now();
  const invocation = await functions.invoke(functionName, asTest(event));
  const elapsedMs = Math.round(world.now() - started);
  const told = outcome(invocation, isHttp(chosen));
  const lines = invocation.log.split('\n').filter((line) => line.trim() !== '');
  const result: Invoked = {
    type: 'invoke',
    rule: refer.name,
    stack: stack.name,
    region,
    account,
    function: functionName,
    ok: told.error === undefined,
    answer: told.answer,
    log: lines.map((line) => parsed(line) ?? line),
    durationMs: reportedDuration(lines) ?? null,
    elapsedMs,
    ...(told.error === undefined ? {} : { error: told.error }),
  };
  streams.stdout.write(json ? objectOf(result) : human(result, lines, world));
  if (!result.ok && !json) streams.stderr.write(`${printable(result.error ?? '')}\n`);
  return result.ok;
}

/** @throws OperatorError for an event that AWS would not deliver to the rule. Of a request, the function itself decides that. */
function requireDelivered({ rule }: Artifact, { event, request }: ChosenEvent): void {
  const gate = delivery(rule);
  if (request !== undefined || gate.delivers(event)) return;
  throw new OperatorError(`${gate.whyNot(event)} The function was not invoked.`);
}

/** What the function is given: a delivery as a request that is signed with the stack's own secret. */
async function handed(
  name: string,
  { rule }: Artifact,
  { cloud, stack, scope }: Deployed,
  chosen: ChosenEvent,
) {
  if (!isHttp(chosen)) return handedOver(rule, chosen, '');
  const arn = stack.outputs[stackNames.outputs.webhookSecret];
  if (arn) return handedOver(rule, chosen, await cloud.readSecret(arn));
  throw new OperatorError(
    `The stack ${stack.name} has no output ${stackNames.outputs.webhookSecret}, so the delivery cannot be signed. Deploy the rule again: \`${patrolCommand(['deploy', name], scope)}\`.`,
  );
}

/** What makes the alerts say that nothing happened. */
const asTest = (event: unknown): unknown =>
  isObject(event) ? { ...event, [testField]: randomUUID() } : event;

/** What the function answered, and what went wrong. */
function outcome({ payload, failure }: Invocation, http: boolean) {
  const value = jsonIn(payload, payload);
  if (failure !== undefined) {
    const { text } = readEntry(payload);
    return { answer: value, error: `The function failed (${failure}): ${text}` };
  }
  if (!http) return { answer: value };
  const answer: HttpAnswer = httpAnswer(value);
  if (answer.statusCode < 400) return { answer };
  return { answer, error: `The function answered ${answer.statusCode}: ${answer.body}` };
}

function human(result: Invoked, lines: readonly string[], world: World): string {
  const colors = colorsFor(world.streams.stdout, world.environment);
  const entries = lines.map(readEntry).filter(({ isRoutine }) => !isRoutine);
  const took =
    result.durationMs === null ? '' : `The function ran for ${Math.round(result.durationMs)} ms. `;
  return [
    printable(`${result.function} in ${result.region} (account ${result.account})`),
    '',
    colors.bold('Answer'),
    printable(`  ${jsonText(result.answer)}`),
    ...(entries.length > 0
      ? [
          '',
          colors.bold('End of its log'),
          ...entries.map((entry) => `  ${entryLine(undefined, entry, colors)}`),
        ]
      : []),
    '',
    `${took}The call took ${result.elapsedMs} ms.`,
    '',
  ].join('\n');
}
