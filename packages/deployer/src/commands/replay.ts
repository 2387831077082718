/** `patrol-deploy replay`: what a rule would have alerted on, had it been there. Its built code, offline. */
import type { Artifact } from '../assembly.ts';
import { UsageError } from '../errors.ts';
import { printable } from '../printable.ts';
import { type Evaluator, startEvaluator } from '../replay/evaluator.ts';
import { type Entry, readEntries } from '../replay/read.ts';
import {
  type AlertLine,
  type ErrorLine,
  jsonReport,
  type Report,
  tableReport,
} from '../replay/report.ts';
import { findSources, type Source } from '../replay/sources.ts';
import { unpackCode } from '../sandbox/code.ts';
import { type Delivery, delivery } from '../sandbox/deliver.ts';
import { lambdaEnvironment, resolveEnvironment } from '../sandbox/environment.ts';
import { eventId } from '../sandbox/events.ts';
import { chooseParameters, examplesNote } from '../sandbox/parameters.ts';
import { type Streams, type Writer, writer } from '../sandbox/streams.ts';
import { readTemplate } from '../template.ts';

/** What `replay` is asked for. */
export interface ReplayOptions {
  readonly artifact: Artifact;
  /** Files, folders, `-` for standard input; none for piped standard input. */
  readonly paths: readonly string[];
  /** The values given with `--param`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly cwd: string;
  /** How many seconds the rule may take for an event; 30 when left out. */
  readonly patience?: number;
}

/** Where a call of an AWS SDK ends: nothing listens there, and nothing should. */
const nowhere = 'http://127.0.0.1:9';

/**
 * Shows each alert that a rule would have given for the events of files.
 *
 * @returns the exit code: 0 with or without alerts, 1 when an event could not be evaluated.
 * @throws UsageError for paths and parameters that cannot be used; OperatorError for a package that is not built right.
 */
export async function replay(options: ReplayOptions, streams: Streams): Promise<number> {
  const { artifact, json, cwd } = options;
  const { rule } = artifact;
  const chosen = chooseParameters(rule, options.parameters);
  const gate = delivery(rule);
  const variables = resolveEnvironment(readTemplate(artifact), chosen.values);
  const found = await findSources(choosePaths(options, streams), cwd, streams.stdin);

  const out = writer(streams.stdout);
  const notes = writer(streams.stderr);
  const note = examplesNote(chosen);
  if (note) await notes.write(`${printable(note)}\n`);
  if (found.passedOver > 0) {
    await notes.write(
      `Passed over ${found.passedOver} ${found.passedOver === 1 ? 'file' : 'files'} that are not .json, .ndjson or .jsonl, gzipped or not.\n`,
    );
  }
  const report = json ? jsonReport(out, streams) : tableReport(out, streams, rule.name);
  const code = unpackCode(artifact);
  try {
    const evaluator = await startEvaluator({
      ruleName: rule.name,
      folder: code.folder,
      environment: { ...lambdaEnvironment(rule, code.folder, nowhere), ...variables },
      memorySize: rule.memorySize,
      print: (text) => report.print(text),
      patience: (options.patience ?? 30) * 1000,
      startPatience: 30_000,
    });
    try {
      return await new Replay(rule.name, gate, evaluator, report, out).run(found.sources);
    } finally {
      await evaluator.close();
    }
  } finally {
    code.remove();
  }
}

function choosePaths({ paths }: ReplayOptions, { stdin }: Streams): readonly string[] {
  if (paths.length > 0) return paths;
  if (!('isTTY' in stdin && stdin.isTTY)) return ['-'];
  throw new UsageError(
    'Expected files or folders with events, or events on standard input; found neither. For instance: `patrol-deploy replay aws/cloudTrail ./cloudtrail-logs`.',
  );
}

/** What is shown of an entry, or the event that decides about it. */
type Item =
  | { readonly error: ErrorLine }
  | { readonly file: string; readonly line: number; readonly event: unknown };

/** How many events the rule is given at once. */
const batchSize = 256;

/** One run: reading goes on while the rule decides about what was read before. */
class Replay {
  readonly #ruleName: string;
  readonly #gate: Delivery;
  readonly #evaluator: Evaluator;
  readonly #report: Report;
  readonly #out: Writer;
  #items: Item[] = [];
  #deciding: Promise<void> = Promise.resolve();
  #events = 0;
  #delivered = 0;
  #alerts = 0;
  #errors = 0;
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
    await this.#report.finish({
      events: this.#events,
      delivered: this.#delivered,
      alerts: this.#alerts,
      errors: this.#errors,
      bytes: this.#bytes,
      seconds: Math.round(performance.now() - began) / 1000,
    });
    return this.#errors > 0 ? 1 : 0;
  }

  async #readSource(source: Source, total: number): Promise<void> {
    for await (const { entries, bytes } of readEntries(this.#counted(source.open()), source)) {
      this.#bytes += bytes;
      for (const entry of entries) {
        this.#take(source.name, entry);
        if (this.#items.length >= batchSize) await this.#handOver();
      }
      await this.#handOver();
      await this.#report.progress(this.#read, total, this.#events);
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
    if (entry.kind !== 'broken') this.#events += 1;
    switch (entry.kind) {
      case 'event':
        if (!this.#gate.delivers(entry.event)) return;
        this.#delivered += 1;
        this.#items.push({ file, line, event: entry.event });
        return;
      case 'webhook':
        return;
      case 'unreadable':
      case 'broken':
        this.#items.push({ error: { file, line, eventId: null, message: entry.message } });
    }
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
    for (const item of items) {
      if ('error' in item) {
        this.#tellError(item.error);
        continue;
      }
      const { file, line, event } = item;
      const result = results.next().value;
      if (result && 'alerts' in result) {
        for (const { eventTime, ...found } of result.alerts) {
          this.#tellAlert({ rule: this.#ruleName, file, line, time: eventTime, ...found });
        }
      } else {
        const message = result?.error ?? 'There is no result.';
        this.#tellError({ file, line, eventId: eventId(event), message });
      }
    }
  }

  #tellAlert(alert: AlertLine): void {
    this.#alerts += 1;
    this.#report.alert(alert);
  }

  #tellError(error: ErrorLine): void {
    this.#errors += 1;
    this.#report.error(error);
  }
}
