/**
 * `patrol-deploy replay`: the alerts that a rule would have given for recorded events. It runs the built code offline; with
 * `--live` the rule queries AWS or GitHub as the operator. Nothing is published.
 */
import { notesOn } from '../evaluate/parameters.ts';
import { typedName } from '../packages/assembly.ts';
import { hasVerdicts, prepareReplay, type ReplayOptions as Replayed } from '../replay/replay.ts';
import { UsageError } from '../text/errors.ts';
import { printable } from '../text/printable.ts';
import { type Streams, writer } from '../text/streams.ts';
import { counted } from '../text/words.ts';
import { jsonReport, tableReport } from '../view/replay.ts';

/** What `replay` is asked for. No paths stand for piped standard input. */
export interface ReplayOptions extends Replayed {
  readonly json?: boolean;
}

/**
 * Shows each alert that a rule would have given for the events of files.
 *
 * @returns the exit code: 0 with or without alerts, 1 when an event has no verdict: it could not be evaluated, or needs an
 *   answer.
 * @throws UsageError for paths and parameters that cannot be used; OperatorError for a package that is not built right.
 */
export async function replay(options: ReplayOptions, streams: Streams): Promise<number> {
  const paths = choosePaths(options, streams);
  const { chosen, found, run } = await prepareReplay({ ...options, paths }, streams.stdin);
  const out = writer(streams.stdout);
  const notes = writer(streams.stderr);
  for (const note of notesOn(chosen)) await notes.write(`${printable(note)}\n`);
  if (found.passedOver > 0) {
    await notes.write(
      `Skipped ${counted(found.passedOver, 'file')}: only .json, .ndjson and .jsonl are read, also gzipped.\n`,
    );
  }
  const reportOf = options.json ? jsonReport : tableReport;
  const summary = await run(
    reportOf(out, streams, typedName(options.artifact)),
    () => out.isClosed,
  );
  return hasVerdicts(summary) ? 0 : 1;
}

function choosePaths({ paths }: ReplayOptions, { stdin }: Streams): readonly string[] {
  if (paths.length > 0) return paths;
  if (!('isTTY' in stdin && stdin.isTTY)) return ['-'];
  throw new UsageError(
    'Expected files or folders with events, or events on standard input; found neither. For example: `patrol-deploy replay aws/cloudTrail ./cloudtrail-logs`.',
  );
}
