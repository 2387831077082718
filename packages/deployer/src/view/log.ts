/** Lines of a function's log, for people. Pure. */
import { isObject } from '@patrol/core';
import type pc from 'picocolors';
import { plain, printable } from '../text/printable.ts';
import { jsonIn } from '../text/records.ts';

/** What a line of a function's log says. */
export interface LogEntry {
  /** Lambda's own name of the level: `INFO`, `WARN`, `ERROR`, `FATAL`, … */
  readonly level: string;
  /** The rule's verdict (`alert`, `quiet`, `suppressed`, …), or the platform's event (`report`, …). */
  readonly what: string;
  readonly text: string;
  /** Whether it only tells that the platform did its work. */
  readonly isRoutine: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a line: JSON as the functions and Lambda write it ("Configuring JSON and plain text log formats"), or any text. */
export function readEntry(text: string): LogEntry {
  const fields = parsed(text);
  if (!fields) return textEntry(text);
  const { type, record } = fields;
  if (typeof type === 'string' && type.startsWith('platform.')) {
    return platformEntry(type.slice('platform.'.length), isObject(record) ? record : {});
  }
  return functionEntry(fields);
}

/** A line as JSON; `undefined` when it is something else. */
export function parsed(text: string): Fields | undefined {
  const value = jsonIn(text);
  return isObject(value) ? value : undefined;
}

/** What the runtime and Lambda write where they write no JSON. */
function textEntry(text: string): LogEntry {
  const trimmed = text.trimEnd();
  const isRoutine = /^(INIT_START|START|END|REPORT) /.test(trimmed);
  const isFailure = /Task timed out|Runtime exited|\bError\b/.test(trimmed);
  return { level: isFailure ? 'ERROR' : 'INFO', what: '', text: trimmed, isRoutine };
}

/** Fields that are told in a place of their own, or that nobody reads in a line; --json shows them. */
const told = new Set(
  'timestamp level rule verdict title because message requestId topicArn messageId'.split(' '),
);

/** A field that should be a text. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A field of any kind. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function functionEntry(fields: Fields): LogEntry {
  const { level, verdict, title, because, message } = fields;
  const failure = failureOf(fields) ?? (isObject(message) ? failureOf(message) : undefined);
  if (failure !== undefined) {
    return { level: textOf(level) || 'ERROR', what: 'failed', text: failure, isRoutine: false };
  }
  const said = [textOf(title), textOf(because), message ? shown(message) : ''];
  const others = Object.entries(fields)
    .filter(([name]) => !told.has(name))
    .map(([name, value]) => `${name}=${shown(value)}`);
  const details = others.length > 0 ? `(${others.join(', ')})` : '';
  return {
    level: textOf(level) || 'INFO',
    what: textOf(verdict),
    text: [said.filter(Boolean).join(': '), details].filter(Boolean).join('  '),
    isRoutine: false,
  };
}

/** An error as the runtime writes it, with its stack. */
function failureOf({ errorType, errorMessage, stackTrace, stack }: Fields): string | undefined {
  if (typeof errorMessage !== 'string' && typeof errorType !== 'string') return undefined;
  // The first line of a stack repeats the message.
  const frames = [stackTrace ?? stack]
    .flat()
    .flatMap((trace) => textOf(trace).split('\n'))
    .filter((line) => /^\s*at /.test(line))
    .map((line) => `  ${line.trim()}`);
  const title = [textOf(errorType), textOf(errorMessage)].filter(Boolean).join(': ');
  return [title, ...frames].join('\n');
}

/** Lambda's own events: only what went wrong is worth a person's look. */
function platformEntry(what: string, record: Fields): LogEntry {
  const { status, errorType, metrics } = record;
  const { durationMs, maxMemoryUsedMB, memorySizeMB } = isObject(metrics) ? metrics : {};
  const measured = [
    typeof durationMs === 'number' ? `after ${Math.round(durationMs)} ms` : '',
    typeof maxMemoryUsedMB === 'number' && typeof memorySizeMB === 'number'
      ? `with ${maxMemoryUsedMB} of ${memorySizeMB} MB used`
      : '',
  ];
  const text = measured.filter(Boolean).join(', ');
  const about = { what: `platform.${what}`, isRoutine: false };
  const ended = textOf(status);
  if (ended !== '' && ended !== 'success') {
    const reason = textOf(errorType) === '' ? '' : ` (${textOf(errorType)})`;
    return { ...about, level: 'ERROR', text: `${ended}${reason} ${text}`.trim() };
  }
  if (what === 'fault' || what === 'logsDropped') {
    return { ...about, level: 'ERROR', text: JSON.stringify(record) };
  }
  return { ...about, level: 'INFO', text, isRoutine: true };
}

/** How long Lambda says that a run took; `undefined` where the end of the log does not say. */
export function reportedDuration(lines: readonly string[]): number | undefined {
  for (const line of lines.toReversed()) {
    const { type, record } = parsed(line) ?? {};
    const metrics = type === 'platform.report' && isObject(record) ? record['metrics'] : undefined;
    const ms = isObject(metrics)
      ? metrics['durationMs']
      : Number(/^REPORT .*?\bDuration: ([\d.]+) ms/.exec(line)?.[1]);
    if (typeof ms === 'number' && !Number.isNaN(ms)) return ms;
  }
  return undefined;
}

/** A line as it is shown: time, level, verdict, what it says; further lines of it are indented. */
export function entryLine(
  time: Date | undefined,
  entry: LogEntry,
  colors: ReturnType<typeof pc.createColors>,
): string {
  const { level, what, text } = entry;
  const paint =
    level === 'ERROR' || level === 'FATAL'
      ? colors.red
      : level === 'WARN' || what === 'alert'
        ? colors.yellow
        : (value: string): string => value;
  const [first = '', ...more] = printable(text).split('\n');
  const head = [
    ...(time ? [colors.dim(`${time.toISOString().slice(0, 19)}Z`)] : []),
    paint(plain(level).padEnd(5)),
    paint(plain(what).padEnd(10)),
    first,
  ];
  return [head.join('  ').trimEnd(), ...more.map((line) => `    ${line}`)].join('\n');
}
