/** `patrol-deploy try`: runs the built code of a rule on one event, as Lambda would, without AWS or, with `--live`, asking it. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { stackNames } from '@patrol/core/manifest';
import { createColors } from 'picocolors';
import { type Artifact, findArtifact, readArtifact, typedName } from '../assembly.ts';
import { messageOf, OperatorError, UsageError } from '../errors.ts';
import { type Live, secretsOf } from '../live.ts';
import { redact } from '../redact.ts';
import { wantsColors } from '../report.ts';
import { delivery } from '../sandbox/deliver.ts';
import {
  type KnownEvent,
  type Recognised,
  recognise,
  recognised,
  scheduledEvent,
} from '../sandbox/events.ts';
import { type ChosenParameters, chooseParameters, examplesNote } from '../sandbox/parameters.ts';
import type { RuntimeClient } from '../sandbox/runtime.ts';
import { readAll, type Streams, writer } from '../sandbox/streams.ts';
import { notRun, runTrial } from '../sandbox/trial.ts';
import { deliveryOf, type HttpRequest } from '../sandbox/webhook.ts';
import { readTemplate } from '../template.ts';
import { render } from './try-view.ts';

/** The release of Node that the functions run on in Lambda. */
const lambdaNode = 24;

/** What `try` is asked for. */
export interface TryOptions {
  readonly artifact: Artifact;
  /** A file, or `-` for standard input; the rule's own sample when left out. */
  readonly event?: string;
  /** The values given with `--param`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly cwd: string;
  /** How a rule that asks gets its answers; without it one that needs one is not run. */
  readonly live?: Live | undefined;
  /** The runtime client that runs the function, for tests of other clients; ours when left out. */
  readonly client?: RuntimeClient;
}

/**
 * Runs a rule on an event and prints what its subscribers would get.
 *
 * @returns the exit code: 0 when it ran, 1 when the event would not be delivered, the rule needs an answer, or the function
 *   failed.
 * @throws UsageError for parameters and events that cannot be used; OperatorError for a package that is not built right.
 */
export async function tryRule(options: TryOptions, streams: Streams): Promise<number> {
  const { artifact, live } = options;
  const { rule } = artifact;
  const chosen = chooseParameters(rule, readTemplate(artifact), options.parameters);
  const { event, request, origin } = await chooseEvent(options, streams);
  const gate = delivery(rule);
  // Whether a request brings a delivery that the rule takes, the function itself says.
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
  const shown = options.json
    ? `${JSON.stringify(trial)}\n`
    : render(trial, {
        origin,
        note: [examplesNote(chosen), live && liveNote(live), versionNote()]
          .filter(Boolean)
          .join('\n'),
        next: deployCommand(options, chosen),
        rule: nameHere(artifact, options.cwd),
        dispatchTopic: chosen.values[stackNames.parameters.dispatchTopic],
        colors: createColors(wantsColors(streams.stdout, process.env)),
      });
  const out = writer(streams.stdout);
  await out.write(live ? redact(shown, [...secretsOf(live), ...secrets]) : shown);
  return trial.error === undefined && trial.needs === undefined ? 0 : 1;
}

const liveNote = ({ environment }: Live): string =>
  `With your own credentials in ${environment['AWS_REGION'] ?? 'AWS'}; alerts stay here.`;

interface ChosenEvent {
  /** What the rule is asked about; absent where a request brings nothing of that kind. */
  readonly event?: KnownEvent | undefined;
  /** The request that was given instead of an event. */
  readonly request?: HttpRequest;
  /** Where it is from, for people. */
  readonly origin: string;
}

async function chooseEvent(
  { artifact, event, cwd }: TryOptions,
  { stdin }: Streams,
): Promise<ChosenEvent> {
  const { rule } = artifact;
  if (event !== undefined) {
    const where = event === '-' ? 'standard input' : event;
    const text =
      event === '-' ? await readAll(stdin) : await readEventFile(resolve(cwd, event), event);
    const origin = `the event of ${where}`;
    return { ...oneEvent(parseEvent(text, where), where, artifact), origin };
  }
  if (rule.triggers.every(({ kind }) => kind === 'schedule')) {
    return { event: scheduledEvent(new Date()), origin: 'a made-up Scheduled Event' };
  }
  return { ...readSample(artifact), origin: "the rule's own sample" };
}

function readSample(artifact: Artifact): Omit<ChosenEvent, 'origin'> {
  const { name, sample } = artifact.rule;
  try {
    const text = readArtifact(artifact, sample.path).toString('utf8');
    return oneEvent(parseEvent(text, sample.path), sample.path, artifact);
  } catch (error) {
    throw new OperatorError(
      `The sample event of ${name} cannot be used: ${messageOf(error)} Give an event, or build the rule package again with \`patrol-build\`.`,
      { cause: error },
    );
  }
}

async function readEventFile(path: string, given: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `Expected a file with an event, found that ${given} cannot be read: ${messageOf(error)}. Leave it out to use the rule's own sample.`,
    );
  }
}

function parseEvent(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError(
      `Expected one event as JSON in ${where}, found: ${messageOf(error)}. \`patrol-deploy replay\` reads files with many events.`,
    );
  }
}

function oneEvent(value: unknown, where: string, { rule }: Artifact): Omit<ChosenEvent, 'origin'> {
  let known: Recognised = recognise(value);
  while (known.kind === 'list' && known.values.length === 1) known = recognise(known.values[0]);
  switch (known.kind) {
    case 'event':
      return { event: known.event };
    case 'request':
      if (rule.triggers.some(({ kind }) => kind === 'webhook')) {
        return { event: deliveryOf(known.request), request: known.request };
      }
      throw new UsageError(
        `Expected an event in ${where}, found an HTTP request; ${rule.name} has no webhook that would take it.`,
      );
    case 'list':
      throw new UsageError(
        `Expected one event in ${where}, found ${known.values.length}. \`patrol-deploy replay\` reads files with many events.`,
      );
    case 'digest':
      throw new UsageError(
        `Expected an event in ${where}, found a digest file of CloudTrail, which holds none.`,
      );
    case 'unknown':
      throw new UsageError(`Expected ${recognised} in ${where}, found ${known.found}.`);
  }
}

/** What to type to deploy what was tried: with the values that were given, and those that deploying asks for. */
function deployCommand(
  { artifact, cwd, parameters }: TryOptions,
  { values }: ChosenParameters,
): string {
  const required = Object.entries(artifact.rule.parameters)
    .filter(([, { default: standard }]) => standard === undefined)
    .map(([name]) => name);
  const names = new Set([...required, ...Object.keys(parameters)]);
  return [
    'pnpm patrol-deploy',
    shellWord(nameHere(artifact, cwd)),
    ...(artifact.rule.regions ? [`--region ${artifact.rule.regions[0]}`] : []),
    '--alert-email you@example.com',
    ...[...names].map((name) => `--param ${shellWord(`${name}=${values[name] ?? ''}`)}`),
  ].join(' ');
}

/** The rule as it is found again from this folder: by its package's name, or by the path where that leads elsewhere. */
function nameHere(artifact: Artifact, cwd: string): string {
  const { assembly, rule } = artifact;
  const byName = typedName(artifact);
  try {
    if (findArtifact(byName, cwd).assembly.folder === assembly.folder) return byName;
  } catch {
    // Not installed here: it was given by its path.
  }
  const path = relative(cwd, assembly.folder).split(sep).join('/') || '.';
  return `${isAbsolute(path) || path.startsWith('.') ? path : `./${path}`}/${rule.name}`;
}

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Says so when the function ran on another release of Node than it will. */
function versionNote(): string {
  const here = Number(process.versions.node.split('.')[0]);
  return here >= lambdaNode
    ? ''
    : `It ran on Node ${here}; Lambda runs it on Node ${lambdaNode}. Where the two differ, believe the newer.`;
}
