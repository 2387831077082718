/**
 * `patrol-deploy replay`: the alerts that a rule would have given for recorded events. It runs the built code offline; with
 * `--live` the rule queries AWS or GitHub as the operator. Nothing is published.
 */
import { UsageError } from '../text/errors.ts';
import { secretsOf } from '../cloud/live.ts';
import { printable } from '../text/printable.ts';
import { redact, redactIn } from '../text/redact.ts';
import { type Evaluator, startEvaluator } from '../evaluate/evaluator.ts';
import { type Entry, readEntries } from '../events/read.ts';
import { hasVerdicts, jsonReport, type Report, tableReport } from '../view/replay.ts';
import { findSources, type Source } from '../events/sources.ts';
import type { Evaluated } from '../evaluate/worker.ts';
import { liveAccess } from '../sandbox/access.ts';
import { startAws } from '../sandbox/aws.ts';
import { unpackCode } from '../evaluate/code.ts';
import { type Delivery, delivery } from '../events/deliver.ts';
import { lambdaEnvironment, resolveEnvironment } from '../evaluate/environment.ts';
import { eventId } from '../events/recognise.ts';
import type { RunOptions } from '../sandbox/options.ts';
import { chooseParameters, notesOn } from '../evaluate/parameters.ts';
import { type Streams, type Writer, writer } from '../text/streams.ts';
import { readTemplate } from '../template/template.ts';

/** What `replay` is asked for. */
export interface ReplayOptions extends RunOptions {
  /** Files, folders, `-` for standard input; none for piped standard input. */
  readonly paths: readonly string[];
  /** How many seconds the rule may take for an event; 30, or its own time limit where that is longer, when left out. */
  readonly patience?: number;
}

/**
 * Shows each alert that a rule would have given for the events of files.
 *
 * @returns the exit code: 0 with or without alerts, 1 when an event has no verdict: it could not be evaluated, or needs an
 *   answer.
 * @throws UsageError for paths and parameters that cannot be used; OperatorError for a package that is not built right.
 */
export async function replay(options: ReplayOptions, streams: Streams): Promise<number> {
  const { artifact, json, cwd, live } = options;
  const { rule } = artifact;
  const template = readTemplate(artifact);
  const chosen = chooseParameters(rule, template, options.parameters);
  const gate = delivery(rule);
  const variables = resolveEnvironment(template, chosen.values);
  const found = await findSources(choosePaths(options, streams), cwd, streams.stdin);

  const out = writer(streams.stdout);
  const notes = writer(streams.stderr);
  for (const note of notesOn(chosen)) await notes.write(`${printable(note)}\n`);
  if (found.passedOver > 0) {
    await notes.write(
      `Skipped ${found.passedOver} ${found.passedOver === 1 ? 'file' : 'files'}: only .json, .ndjson and .jsonl are read, also gzipped.\n`,
    );
  }
  const shown = json ? jsonReport(out, streams, rule.name) : tableReport(out, streams, rule.name);
  const code = unpackCode(artifact);
  try {
    // No topics: what a rule publishes while it decides is refused.
    const access = live ? { live: liveAccess(rule, chosen.values, live) } : {};
    const aws = await startAws({ topics: [], ...access });
    const report = live ? discreet(shown, () => [...secretsOf(live), ...aws.secretsRead]) : shown;
    try {
      const evaluator = await startEvaluator({
        ruleName: rule.name,
        folder: code.folder,
        environment: {
          ...lambdaEnvironment(rule, code.folder, aws.url, live?.environment),
          ...variables,
        },
        isOffline: rule.asks && !live,
        memorySize: rule.memorySize,
        print: (text) => report.print(text),
        patience: (options.patience ?? Math.max(30, rule.timeout)) * 1000,
        startPatience: 30_000,
      });
      try {
        return await new Replay(rule.name, gate, evaluator, report, out).run(found.sources);
      } finally {
        await evaluator.close();
      }
    } finally {
      aws.close();
    }
  } finally {
    code.remove();
  }
}

/**
 * A report that shows no secrets of the operator.
 *
 * @param secrets gives those that are known by then.
 */
const discreet = (report: Report, secrets: () => readonly string[]): Report => ({
  ...report,
  alert: (alert) => report.alert(redactIn(alert, secrets())),
  suppressed: (finding) => report.suppressed(redactIn(finding, secrets())),
  error: (error) => report.error(redactIn(error, secrets())),
  print: (text) => report.print(redact(text, secrets())),
});

function choosePaths({ paths }: ReplayOptions, { stdin }: Streams): readonly string[] {
  if (paths.length > 0) return paths;
  if (!('isTTY' in stdin && stdin.isTTY)) return ['-'];
  throw new UsageError(
    'Expected files or folders with events, or events on standard input; found neither. For example: `patrol-deploy replay aws/cloudTrail ./cloudtrail-logs`.',
  );
}

/** What is shown of an entry, or the event that decides about it. */
type Item = { readonly file: string; readonly line: number } & (
  | { readonly error: string }
  | { readonly event: unknown }
);

/** How many events the rule is given at once. */
const batchSize = 256;

/** One run. It reads the next events while the rule decides about the last ones. */
class Replay {
  readonly #ruleName: string;
  readonly #gate: Delivery;
  readonly #evaluator: Evaluator;
  readonly #report: Report;
  readonly #out: Writer;
  #items: Item[] = [];
  #deciding: Promise<void> = Promise.resolve();
  readonly #counts = { events: 0, delivered: 0, alerts: 0, suppressed: 0, needs: 0, errors: 0 };
  #bytes = 0;
  #read = 0;

  constructor(ruleName: string, gate: Delivery, evaluator: Evaluator, report: Report, out: Writer) {
    this.#ruleName = ruleName;
    this.#gate = gate;
    this.#evaluator = evaluator;
    this.#report = report;
    this.#out = out;
  }

  async run(sources: readonly Source[]): Promise<number> {
    const began = performance.now();
    const total = sources.reduce((sum, { size }) => sum + size, 0);
    for (const source of sources) {
      if (this.#out.isClosed) break;
      await this.#readSource(source, total);
    }
    await this.#handOver();
    await this.#deciding;
    const seconds = Math.round(performance.now() - began) / 1000;
    await this.#report.finish({ ...this.#counts, bytes: this.#bytes, seconds });
    return hasVerdicts(this.#counts) ? 0 : 1;
  }

  async #readSource(source: Source, total: number): Promise<void> {
    for await (const { entries, bytes } of readEntries(this.#counted(source.open()), source)) {
      this.#bytes += bytes;
      for (const entry of entries) {
        this.#take(source.name, entry);
        if (this.#items.length >= batchSize) await this.#handOver();
      }
      await this.#handOver();
      await this.#report.progress(this.#read, total, this.#counts.events);
      if (this.#out.isClosed) return;
    }
  }

  async *#counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#read += chunk.length;
      yield chunk;
    }
  }

  #take(file: string, entry: Entry): void {
    const { line } = entry;
    if (entry.kind !== 'broken') this.#counts.events += 1;
    if (entry.kind !== 'event') {
      this.#items.push({ file, line, error: entry.message });
      return;
    }
    if (!this.#gate.delivers(entry.event)) return;
    this.#counts.delivered += 1;
    this.#items.push({ file, line, event: entry.event });
  }

  /** Gives what was read to the rule as soon as it is done with what it was given before. */
  async #handOver(): Promise<void> {
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    await this.#deciding;
    this.#deciding = this.#decide(items);
    // It is awaited with the next batch, or at the end; until then a failure waits.
    this.#deciding.catch(() => {});
  }

  async #decide(items: readonly Item[]): Promise<void> {
    const events = items.flatMap((item) => ('event' in item ? [item.event] : []));
    const results = (events.length > 0 ? await this.#evaluator.evaluate(events) : []).values();
    for (const { file, line, ...item } of items) {
      if ('error' in item) this.#tell({ file, line, eventId: null }, item);
      else {
        const result = results.next().value ?? { error: 'The rule gave no result.' };
        this.#tell({ file, line, eventId: eventId(item.event) }, result);
      }
    }
  }

  #tell(place: Place, result: Evaluated): void {
    if ('error' in result) {
      this.#counts.errors += 1;
      this.#report.error({ ...place, message: result.error });
      return;
    }
    if ('needs' in result) {
      this.#counts.needs += 1;
      this.#report.needs({ ...place, what: result.needs });
      return;
    }
    for (const { eventTime, ...found } of result.alerts) {
      this.#counts.alerts += 1;
      this.#report.alert({ rule: this.#ruleName, ...place, time: eventTime, ...found });
    }
    for (const finding of result.suppressed) {
      this.#counts.suppressed += 1;
      this.#report.suppressed({ ...place, ...finding });
    }
  }
}

/** Where an event is, and which it is. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly eventId: string | null;
}
