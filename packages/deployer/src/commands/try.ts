/** `patrol-deploy try`: runs the built code of a rule on one event, as Lambda would, without AWS. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type EventBridgeEvent, isObject } from '@patrol/core';
import type { RuleManifest } from '@patrol/core/manifest';
import { createColors } from 'picocolors';
import { type Artifact, findArtifact, readArtifact, typedName } from '../assembly.ts';
import { messageOf, OperatorError, UsageError } from '../errors.ts';
import { printable } from '../printable.ts';
import { wantsColors } from '../report.ts';
import { unpackCode } from '../sandbox/code.ts';
import { delivery } from '../sandbox/deliver.ts';
import { lambdaEnvironment, resolveEnvironment, sandbox } from '../sandbox/environment.ts';
import { type Recognised, recognise, recognised, scheduledEvent } from '../sandbox/events.ts';
import { type ChosenParameters, chooseParameters, examplesNote } from '../sandbox/parameters.ts';
import { invoke, type Invoked, type RuntimeClient } from '../sandbox/runtime.ts';
import { type Published, startSns } from '../sandbox/sns.ts';
import { readAll, type Streams, writer } from '../sandbox/streams.ts';
import { readTemplate } from '../template.ts';

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
  /** The runtime client that runs the function, for tests of other clients; ours when left out. */
  readonly client?: RuntimeClient;
}

/** A message as its subscribers get it. */
interface Message {
  readonly subject: string | null;
  readonly email: string;
  /** What subscribers other than e-mail get: parsed, or the text where it is not JSON. */
  readonly json: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What came of it: the object that `--json` prints. */
interface Trial {
  readonly rule: string;
  readonly delivered: boolean;
  readonly messages: readonly Message[];
  readonly logs: readonly string[];
  readonly durationMs: number | null;
  readonly error?: string;
}

/**
 * Runs a rule on an event and prints what its subscribers would get.
 *
 * @returns the exit code: 0 when it ran, 1 when the event would not be delivered or the function failed.
 * @throws UsageError for parameters and events that cannot be used; OperatorError for a package that is not built right.
 */
export async function tryRule(options: TryOptions, streams: Streams): Promise<number> {
  const { artifact } = options;
  const { rule } = artifact;
  const chosen = chooseParameters(rule, options.parameters);
  const { event, origin } = await chooseEvent(options, streams);
  const gate = delivery(rule);
  const trial: Trial = gate.delivers(event)
    ? await run(artifact, chosen, event, options.client)
    : {
        rule: rule.name,
        delivered: false,
        messages: [],
        logs: [],
        durationMs: null,
        error: gate.whyNot(event),
      };
  const out = writer(streams.stdout);
  await out.write(
    options.json
      ? `${JSON.stringify(trial)}\n`
      : render(trial, {
          origin,
          note: [examplesNote(chosen), versionNote()].filter(Boolean).join('\n'),
          next: deployCommand(options, chosen),
          colors: createColors(wantsColors(streams.stdout, process.env)),
        }),
  );
  return trial.error === undefined ? 0 : 1;
}

async function run(
  artifact: Artifact,
  chosen: ChosenParameters,
  event: unknown,
  client: RuntimeClient | undefined,
): Promise<Trial> {
  const { rule } = artifact;
  const variables = resolveEnvironment(readTemplate(artifact), chosen.values);
  const code = unpackCode(artifact);
  try {
    const sns = await startSns(sandbox.topicArn);
    try {
      const invoked = await invoke({
        folder: code.folder,
        environment: { ...lambdaEnvironment(rule, code.folder, sns.url), ...variables },
        event,
        timeout: rule.timeout,
        ...(client ? { client } : {}),
      });
      const error = failure(rule, invoked, sns.refusals);
      return {
        rule: rule.name,
        delivered: true,
        messages: sns.messages.map(asReceived),
        logs: invoked.logs,
        durationMs: invoked.durationMs === null ? null : Math.round(invoked.durationMs),
        ...(error === undefined ? {} : { error }),
      };
    } finally {
      sns.close();
    }
  } finally {
    code.remove();
  }
}

/** What went wrong, if anything: a call that the sandbox refused counts even when the function went on. */
function failure(
  rule: RuleManifest,
  invoked: Invoked,
  refusals: readonly string[],
): string | undefined {
  const problems = [
    ...(invoked.error === undefined ? [] : [`The function ${rule.name} failed: ${invoked.error}`]),
    ...new Set(refusals),
  ];
  return problems.length > 0 ? problems.join('\n') : undefined;
}

function asReceived({ subject, message, structure, attributes }: Published): Message {
  const texts: unknown = structure === 'json' ? JSON.parse(message) : undefined;
  const text = (protocol: string): string | undefined => {
    const found = isObject(texts) ? texts[protocol] : undefined;
    return typeof found === 'string' ? found : undefined;
  };
  const standard = text('default') ?? message;
  return { subject, email: text('email') ?? standard, json: parsedOr(standard), attributes };
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface ChosenEvent {
  readonly event: Readonly<Record<string, unknown>> | EventBridgeEvent;
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
    return { event: oneEvent(parseEvent(text, where), where), origin: `the event of ${where}` };
  }
  if (rule.triggers.every(({ kind }) => kind === 'schedule')) {
    return { event: scheduledEvent(new Date()), origin: 'a made-up Scheduled Event' };
  }
  return { event: readSample(artifact), origin: "the rule's own sample" };
}

function readSample(artifact: Artifact): ChosenEvent['event'] {
  const { name, sample } = artifact.rule;
  try {
    return oneEvent(
      parseEvent(readArtifact(artifact, sample.path).toString('utf8'), sample.path),
      sample.path,
    );
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

function oneEvent(value: unknown, where: string): ChosenEvent['event'] {
  let known: Recognised = recognise(value);
  while (known.kind === 'list' && known.values.length === 1) known = recognise(known.values[0]);
  switch (known.kind) {
    case 'event':
      return known.event;
    case 'list':
      throw new UsageError(
        `Expected one event in ${where}, found ${known.values.length}. \`patrol-deploy replay\` reads files with many events.`,
      );
    case 'digest':
      throw new UsageError(
        `Expected an event in ${where}, found a digest file of CloudTrail, which holds none.`,
      );
    case 'webhook':
      throw new UsageError(
        `Expected an event in ${where}, found a delivery of a GitHub webhook; the rule is run by events of EventBridge.`,
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

interface Frame {
  readonly origin: string;
  readonly note: string;
  readonly next: string;
  readonly colors: ReturnType<typeof createColors>;
}

/** The trial for people. */
function render(
  { rule, delivered, messages, logs, durationMs, error }: Trial,
  frame: Frame,
): string {
  const { bold, dim, green, red, yellow } = frame.colors;
  const heading = (text: string): string => bold(`\n${text}\n`);
  const indented = (text: string): string => printable(text).replace(/^(?=.)/gm, '  ');
  const parts = [
    `${bold(printable(rule))} on ${printable(frame.origin)}\n`,
    frame.note && dim(`${printable(frame.note)}\n`),
  ];

  messages.forEach((message, index) => {
    const number = messages.length > 1 ? ` ${index + 1} of ${messages.length}` : '';
    const attributes = Object.entries(message.attributes).map(
      ([name, value]) => `${name}=${value}`,
    );
    parts.push(
      heading(`Message${number} as e-mail`),
      indented(
        `Subject: ${message.subject ?? 'AWS Notification Message'}\n\n${message.email.trimEnd()}\n`,
      ),
      heading(`Message${number} as JSON, for all other subscribers`),
      indented(readable(message.json)),
      attributes.length > 0 ? `\n${dim(indented(`Attributes: ${attributes.join(', ')}`))}` : '',
      '\n',
    );
  });
  if (logs.length > 0) parts.push(heading('Log of the function'), indented(logs.join('\n')), '\n');

  const ran = durationMs === null ? '' : `It ran for ${durationMs} ms.`;
  const count = `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`;
  if (error !== undefined)
    parts.push('\n', red(printable(error)), delivered && ran ? `\n${ran}` : '', '\n');
  else if (messages.length > 0) parts.push('\n', green(`The rule alerted: ${count}.`), ` ${ran}\n`);
  else parts.push('\n', yellow(`The rule stayed quiet: ${quietReason(logs)}.`), ` ${ran}\n`);
  if (error === undefined) parts.push(`\nTo deploy it:\n  ${printable(frame.next)}\n`);
  return parts.join('');
}

/** The JSON of a message on several lines, without the event, which the e-mail shows already. */
function readable(json: unknown): string {
  if (typeof json === 'string') return json;
  const shown = isObject(json) && isObject(json['event']) ? { ...json, event: eventLeftOut } : json;
  return JSON.stringify(shown, null, 2);
}

const eventLeftOut = 'the event as above; --json shows it here as well';

/** Says so when the function ran on another release of Node than it will. */
function versionNote(): string {
  const here = Number(process.versions.node.split('.')[0]);
  return here >= lambdaNode
    ? ''
    : `It ran on Node ${here}; Lambda runs it on Node ${lambdaNode}. Where the two differ, believe the newer.`;
}

/** Why a rule did not alert, as its log says. */
function quietReason(logs: readonly string[]): string {
  for (const line of logs) {
    const fields = parsedOr(line);
    if (
      isObject(fields) &&
      fields['verdict'] === 'quiet' &&
      typeof fields['because'] === 'string'
    ) {
      return printable(fields['because']);
    }
  }
  return 'it published nothing, and its log does not say why';
}
