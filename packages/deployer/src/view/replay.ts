/** What a replay shows: lines of JSON for machines, or a table for people with a progress bar while it runs. */
import { lineOf } from './machine.ts';
import { hasVerdicts, type Report, type Summary } from '../replay/replay.ts';
import { printable } from '../text/printable.ts';
import { type Streams, type Writer } from '../text/streams.ts';
import { table } from './table.ts';

/** Lines of JSON. */
export function jsonReport(out: Writer, streams: Streams, ruleName: string): Report {
  let lines = '';
  const add = (line: Parameters<typeof lineOf>[0]): void => {
    lines += lineOf(line);
  };
  const flush = (): Promise<void> => {
    const text = lines;
    lines = '';
    return out.write(text);
  };
  return {
    tell: add,
    progress: flush,
    print: (text) => streams.stderr.write(printable(text)),
    async finish(summary) {
      const ok = hasVerdicts(summary);
      add(summary);
      add({ type: 'result', ok, did: 'none', message: closing(summary, ruleName) });
      await flush();
    },
  };
}

/** How many findings and events a table shows, and how many errors are shown one by one; the rest is counted. */
const shown = { rows: 1000, errors: 100 } as const;

/** The rows of a table, up to a number of them. */
function rowsBelow(...head: readonly string[]) {
  const kept: (readonly string[])[] = [];
  return {
    add(...row: readonly string[]): void {
      if (kept.length < shown.rows) kept.push(row);
    },
    /** The table, and how many rows are missing of `all`; nothing where there are none. */
    render(all: number, width: number | undefined): string {
      if (kept.length === 0) return '';
      const missing = all - kept.length;
      const rest = missing > 0 ? `… and ${thousands(missing)} more; --json lists all.\n` : '';
      return `${table(head, kept, width)}\n${rest || '\n'}`;
    },
  };
}

/** Tables: of the alerts, of what is muted, and of the events that the rule cannot decide without a query. */
export function tableReport(out: Writer, streams: Streams, ruleName: string): Report {
  const { stdout, stderr } = streams;
  const alerts = rowsBelow('TIME', 'SEVERITY', 'EVENT', 'ALERT');
  const suppressed = rowsBelow('EVENT', 'MUTED BY', 'FINDING');
  const needs = rowsBelow('EVENT', 'NEEDS TO QUERY');
  let errors = 0;
  const bar = progressBar(stderr);
  const tell = (text: string): void => {
    bar.clear();
    stderr.write(text);
  };
  return {
    tell(finding) {
      const place = `${finding.file}:${finding.line}`;
      switch (finding.type) {
        case 'alert':
          return alerts.add(finding.time ?? '', finding.severity, place, finding.title);
        case 'suppressed':
          return suppressed.add(place, finding.by, finding.title);
        case 'repeated':
          // The closing line counts them.
          return;
        case 'needs':
          return needs.add(place, finding.what);
        case 'error':
          errors += 1;
          if (errors <= shown.errors) tell(`${printable(`${place}: ${finding.message}`)}\n`);
      }
    },
    progress: async (read, total, events) => bar.show(read, total, events),
    print: (text) => tell(printable(text)),
    async finish(summary) {
      const more = errors - shown.errors;
      if (more > 0)
        tell(`… and ${thousands(more)} more could not be evaluated; --json lists all.\n`);
      bar.clear();
      const width = stdout.isTTY ? stdout.columns : undefined;
      await out.write(alerts.render(summary.alerts, width));
      await out.write(suppressed.render(summary.suppressed, width));
      await out.write(needs.render(summary.needs, width));
      await out.write(`${closing(summary, ruleName)}\n`);
    },
  };
}

function closing(summary: Summary, ruleName: string): string {
  const { suppressed, repeated = 0, needs, errors, seconds } = summary;
  const found = [
    count(summary.alerts, 'alert'),
    ...(suppressed > 0 ? [`${thousands(suppressed)} muted`] : []),
    ...(repeated > 0 ? [`${thousands(repeated)} told before`] : []),
    ...(needs > 0 ? [`${thousands(needs)} undecided without --live`] : []),
    `${thousands(errors)} could not be evaluated`,
  ];
  return (
    `${count(summary.events, 'event')} (${size(summary.bytes)}) in ${seconds.toFixed(seconds < 10 ? 1 : 0)} s: ` +
    `${thousands(summary.delivered)} matched ${ruleName}, ${found.join(', ')}.`
  );
}

/** A bar in the last line of a terminal. (The one of @clack/prompts takes the keyboard, which may be the input here.) */
function progressBar(stream: Streams['stderr']) {
  let last = performance.now();
  let isShown = false;
  return {
    show(read: number, total: number, events: number): void {
      if (!stream.isTTY || performance.now() - last < 100) return;
      last = performance.now();
      isShown = true;
      const done = total > 0 ? Math.min(1, read / total) : 0;
      const filled = Math.round(done * 30);
      const blocks = `${'█'.repeat(filled)}${'░'.repeat(30 - filled)}`;
      const bar = total > 0 ? `${blocks} ${Math.floor(done * 100)}% ` : '';
      stream.write(`\r\u001B[2K${bar}${size(read)} read, ${count(events, 'event')}`);
    },
    clear(): void {
      if (isShown) stream.write('\r\u001B[2K');
      isShown = false;
    },
  };
}

const thousands = (value: number): string => value.toLocaleString('en-US');
const count = (value: number, noun: string): string =>
  `${thousands(value)} ${noun}${value === 1 ? '' : 's'}`;

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
