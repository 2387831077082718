/** Runs the built code of a rule on recorded events, and reports what it decides. Nothing is published. */
import type { Sender } from '@patrol/core';
import { senderOf } from '@patrol/core/evaluation';
import { secretsOf } from '../cloud/live.ts';
import { resolveEnvironment } from '../evaluate/environment.ts';
import { type Evaluator, startEvaluator } from '../evaluate/evaluator.ts';
import { type ChosenParameters, chooseParameters } from '../evaluate/parameters.ts';
import type { Evaluated } from '../evaluate/worker.ts';
import { type Delivery, delivery } from '../events/deliver.ts';
import { type Entry, readEntries } from '../events/read.ts';
import { eventId } from '../events/recognise.ts';
import { findSources, type Source, type Sources } from '../events/sources.ts';
import { inSandbox, type RunOptions } from '../sandbox/trial.ts';
import { readTemplate } from '../template/template.ts';
import { redact, redactIn } from '../text/redact.ts';
import type { NoteOf } from '../notes/lines.ts';
import { Told } from './told.ts';

/** What is replayed. */
export interface ReplayOptions extends RunOptions {
  /** Files, folders, and `-` for standard input. */
  readonly paths: readonly string[];
  /** How many seconds the rule may take for an event; 30, or its own time limit where that is longer, when left out. */
  readonly patience?: number;
}

/** What a replay finds: alerts, findings that are muted or were told before, and events without a verdict. */
export type Finding = NoteOf<'alert' | 'suppressed' | 'repeated' | 'needs' | 'error'>;
/** The figures at the end. */
export type Summary = Extract<NoteOf<'summary'>, { readonly events: number }>;

/** Takes what a replay finds, in the order in which it is to be shown. */
export interface Report {
  tell(finding: Finding): void;
  /** Shows what came since the last call, and how far it is: bytes read of all bytes on disk (0 where that is not known). */
  progress(read: number, total: number, events: number): Promise<void>;
  /** Takes what the rule's code prints. */
  print(text: string): void;
  finish(summary: Summary): Promise<void>;
}

/** Whether there is a verdict on every event. */
export const hasVerdicts = ({ errors, needs }: Summary): boolean => errors + needs === 0;

/** A replay that is about to begin. */
export interface Prepared {
  readonly chosen: ChosenParameters;
  readonly found: Sources;
  /**
   * Runs it.
   *
   * @param isOver whether nobody wants to know more.
   */
  readonly run: (report: Report, isOver: () => boolean) => Promise<Summary>;
}

/**
 * Prepares a replay.
 *
 * @throws UsageError for paths and parameters that cannot be used; OperatorError for a package that is not built right.
 */
export async function prepareReplay(
  options: ReplayOptions,
  stdin: NodeJS.ReadableStream,
): Promise<Prepared> {
  const { artifact, cwd, live } = options;
  const { rule } = artifact;
  const template = readTemplate(artifact);
  const chosen = chooseParameters(rule, template, options.parameters);
  const gate = delivery(rule);
  const variables = resolveEnvironment(template, chosen.values);
  const found = await findSources(options.paths, cwd, stdin);
  const given = { artifact, values: chosen.values, variables, live };
  const run = (shown: Report, isOver: () => boolean): Promise<Summary> =>
    // No topics: what a rule publishes while it decides is refused.
    inSandbox(given, { topics: [] }, async ({ folder, environment, aws }) => {
      const report = live ? discreet(shown, () => [...secretsOf(live), ...aws.secretsRead]) : shown;
      const evaluator = await startEvaluator({
        rule,
        folder,
        environment,
        isOffline: rule.asks && !live,
        print: (text) => report.print(text),
        patience: (options.patience ?? Math.max(30, rule.timeout)) * 1000,
      });
      const told = rule.onceWithin === undefined ? undefined : new Told(rule.onceWithin);
      const sender = senderOf(rule.triggers);
      const on = { ruleName: rule.name, gate, sender, evaluator, report, isOver, told };
      try {
        return await replayed(found.sources, on);
      } finally {
        await evaluator.close();
      }
    });
  return { chosen, found, run };
}

/**
 * A report that shows no secrets of the operator.
 *
 * @param secrets gives those that are known by then.
 */
const discreet = (report: Report, secrets: () => readonly string[]): Report => ({
  ...report,
  tell: (finding) => report.tell(redactIn(finding, secrets())),
  print: (text) => report.print(redact(text, secrets())),
});

/** What is shown of an entry, or the event that decides about it. */
type Item = { readonly file: string; readonly line: number } & (
  | { readonly error: string }
  | { readonly event: unknown }
);

/** How many events the rule is given at once. */
const batchSize = 256;

/** What a run needs. */
interface Ground {
  readonly ruleName: string;
  readonly gate: Delivery;
  readonly sender: Sender;
  readonly evaluator: Evaluator;
  readonly report: Report;
  readonly isOver: () => boolean;
  /** What was told, for rules that tell some things once. */
  readonly told: Told | undefined;
}

/** One run. It reads the next events while the rule decides about the last ones. */
async function replayed(sources: readonly Source[], on: Ground): Promise<Summary> {
  const { ruleName, gate, sender, evaluator, report, isOver, told } = on;
  const began = performance.now();
  const counts = { events: 0, delivered: 0, alerts: 0, suppressed: 0, needs: 0, errors: 0 };
  let [repeated, bytes, read] = [0, 0, 0];

  async function* counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      read += chunk.length;
      yield chunk;
    }
  }

  function itemsOf(file: string, entry: Entry): readonly Item[] {
    const { line } = entry;
    if (entry.kind !== 'broken') counts.events += 1;
    if (entry.kind !== 'event') return [{ file, line, error: entry.message }];
    if (!gate.delivers(entry.event)) return [];
    counts.delivered += 1;
    return [{ file, line, event: entry.event }];
  }

  async function* batches(): AsyncGenerator<readonly Item[]> {
    const total = sources.reduce((sum, { size }) => sum + size, 0);
    for (const source of sources) {
      if (isOver()) return;
      for await (const piece of readEntries(counted(source.open()), { ...source, sender })) {
        bytes += piece.bytes;
        const items = piece.entries.flatMap((entry) => itemsOf(source.name, entry));
        for (let at = 0; at < items.length; at += batchSize) yield items.slice(at, at + batchSize);
        await report.progress(read, total, counts.events);
        if (isOver()) return;
      }
    }
  }

  async function decide(items: readonly Item[]): Promise<void> {
    const events = items.flatMap((item) => ('event' in item ? [item.event] : []));
    const results = (events.length > 0 ? await evaluator.evaluate(events) : []).values();
    for (const { file, line, ...item } of items) {
      if ('error' in item) tell({ file, line, eventId: null }, item);
      else {
        const result = results.next().value ?? { error: 'The rule returned no result.' };
        tell({ file, line, eventId: eventId(item.event) }, result);
      }
    }
  }

  function tell(place: Place, result: Evaluated): void {
    if ('error' in result) {
      counts.errors += 1;
      return report.tell({ type: 'error', ...place, message: result.error });
    }
    if ('needs' in result) {
      counts.needs += 1;
      return report.tell({ type: 'needs', ...place, what: result.needs });
    }
    for (const { eventTime: time, once, ...found } of result.alerts) {
      const toldBy = once === undefined ? undefined : told?.toldBy(once, found.eventId, time);
      if (toldBy !== undefined) {
        repeated += 1;
        report.tell({ type: 'repeated', ...place, title: found.title, toldBy });
        continue;
      }
      counts.alerts += 1;
      report.tell({ type: 'alert', rule: ruleName, ...place, time, ...found });
    }
    counts.suppressed += result.suppressed.length;
    for (const finding of result.suppressed)
      report.tell({ type: 'suppressed', ...place, ...finding });
  }

  let deciding = Promise.resolve();
  for await (const items of batches()) {
    await deciding;
    deciding = decide(items);
    // It is awaited with the next batch, or at the end; until then a failure waits.
    deciding.catch(() => {});
  }
  await deciding;
  const seconds = Math.round(performance.now() - began) / 1000;
  const figures = { ...counts, ...(told && { repeated }), bytes, seconds };
  const summary: Summary = { type: 'summary', ...figures };
  await report.finish(summary);
  return summary;
}

/** Where an event is, and which it is. */
type Place = Pick<Finding, 'file' | 'line' | 'eventId'>;
