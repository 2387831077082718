/** Trying and replaying rules on this machine, for programs. */
import { Readable } from 'node:stream';
import { notesOn } from '../evaluate/parameters.ts';
import type { NoteOf } from '../notes/lines.ts';
import { findArtifact } from '../packages/assembly.ts';
import { type Finding, prepareReplay, type Report, type Summary } from '../replay/replay.ts';
import { attempt, type RunOptions, type Trial } from '../sandbox/trial.ts';
import { type Connect, credentialsOf, type OutsideOptions, outsideOf } from './outside.ts';

/** A rule that is run on this machine. */
interface RunRequest extends OutsideOptions {
  /** The rule, such as `aws/cloudTrail`, or the path of a package's folder and the rule's name. */
  readonly rule: string;
  /** Parameters of the rule and of its stack, as texts. What is left out has its default, or else its author's example. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Whether the rule may query AWS or GitHub with your own credentials. Nothing is published. */
  readonly live?: boolean;
}

/** What a rule is tried on. */
export interface TryOptions extends RunRequest {
  /** The event itself, in any form that `patrol-deploy try` takes; the rule's own sample when left out. */
  readonly event?: unknown;
}

/** What a rule is run on. */
export interface ReplayOptions extends RunRequest {
  /** Files and folders with recorded events. */
  readonly paths: readonly string[];
  /** Takes what the code of the rule prints. */
  readonly print?: (text: string) => void;
}

/** What a replay tells: findings, events without a verdict, warnings, and at the end the figures. */
export type ReplayNote = Finding | NoteOf<'warning'> | Summary;

/** Tries a rule on one event. */
export async function tryWith(options: TryOptions, connect: Connect): Promise<Trial> {
  const run = await runOf(options, connect);
  const stdin = Readable.from([]);
  return (await attempt({ ...run, value: options.event }, { stdin })).trial;
}

/** Runs a rule over recorded events. */
export async function* replayWith(
  options: ReplayOptions,
  connect: Connect,
): AsyncGenerator<ReplayNote, void, undefined> {
  const { paths, print } = options;
  const run = await runOf(options, connect);
  const { chosen, found, run: start } = await prepareReplay({ ...run, paths }, Readable.from([]));
  for (const message of notesOn(chosen)) yield { type: 'warning', message };
  if (found.passedOver > 0) {
    const message = `Files that were skipped, since only .json, .ndjson and .jsonl are read, also gzipped: ${found.passedOver}.`;
    yield { type: 'warning', message };
  }
  // What is put in waits for whoever takes the notes.
  const { readable, writable } = new TransformStream<ReplayNote, ReplayNote>();
  const out = writable.getWriter();
  let isOver = false;
  let failure: Error | undefined;
  const ended = start(reportTo(out, print), () => isOver)
    .catch((error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
    })
    .then(() => out.close())
    .catch(untaken);
  try {
    yield* readable;
    if (failure) throw failure;
  } finally {
    // Whoever stops early waits until the rule's process and its folder are gone.
    isOver = true;
    await ended;
  }
}

/** Nobody takes the notes any more. */
const untaken = (): void => undefined;

function reportTo(
  out: WritableStreamDefaultWriter<ReplayNote>,
  print: ReplayOptions['print'],
): Report {
  const put = (note: ReplayNote): Promise<void> => out.write(note).catch(untaken);
  return {
    tell: (finding) => void put(finding),
    progress: () => out.ready.catch(untaken),
    print: (text) => print?.(text),
    finish: put,
  };
}

/** What a rule is run with. */
async function runOf(options: RunRequest, connect: Connect): Promise<RunOptions> {
  const { rule, parameters = {}, live = false } = options;
  const outside = outsideOf(options, connect);
  const { cwd } = outside;
  const artifact = findArtifact(rule, outside);
  return {
    artifact,
    parameters,
    cwd,
    // Only a rule that asks is given credentials.
    ...(live && artifact.rule.asks ? { live: await outside.live(credentialsOf(options)) } : {}),
  };
}
