/** What a replay shows: lines of JSON for machines, or a table for people with a progress bar while it runs. */
import { printable } from '../printable.ts';
import { type Streams, type Writer } from '../sandbox/streams.ts';
import { table } from '../table.ts';

/** An event that would have been alerted on. */
export interface AlertLine {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly eventId: string | null;
  readonly time: string | null;
  readonly severity: string;
  readonly title: string;
  readonly summary: string;
}

/** An event that could not be evaluated. */
export interface ErrorLine {
  readonly file: string;
  readonly line: number;
  readonly eventId: string | null;
  readonly message: string;
}

/** The figures at the end. */
interface Summary {
  readonly events: number;
  readonly delivered: number;
  readonly alerts: number;
  readonly errors: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Takes what a replay finds, in the order in which it is to be shown. */
export interface Report {
  alert(alert: AlertLine): void;
  error(error: ErrorLine): void;
  /** Shows what came since the last call, and how far it is: bytes read of all bytes on disk (0 where that is not known). */
  progress(read: number, total: number, events: number): Promise<void>;
  /** Takes what the rule's code prints. */
  print(text: string): void;
  finish(summary: Summary): Promise<void>;
}

/** Lines of JSON. */
export function jsonReport(out: Writer, streams: Streams): Report {
  let lines = '';
  const add = (line: object): void => {
    lines += `${JSON.stringify(line)}\n`;
  };
  const flush = (): Promise<void> => {
    const text = lines;
    lines = '';
    return out.write(text);
  };
  return {
    alert: ({ rule, file, line, eventId, time, severity, title, summary }) =>
      add({ type: 'alert', rule, file, line, eventId, time, severity, title, summary }),
    error: ({ file, line, eventId, message }) =>
      add({ type: 'error', file, line, eventId, message }),
    progress: flush,
    print: (text) => streams.stderr.write(printable(text)),
    async finish({ events, delivered, alerts, errors, bytes, seconds }) {
      add({ type: 'summary', events, delivered, alerts, errors, bytes, seconds });
      await flush();
    },
  };
}

/** How many alerts a table shows, and how many errors are told one by one; the rest is counted. */
const shown = { alerts: 1000, errors: 100 } as const;

/** A table. */
export function tableReport(out: Writer, streams: Streams, ruleName: string): Report {
  const { stdout, stderr } = streams;
  const alerts: AlertLine[] = [];
  let errors = 0;
  const bar = progressBar(stderr);
  const tell = (text: string): void => {
    bar.clear();
    stderr.write(text);
  };
  return {
    alert: (alert) => {
      if (alerts.length < shown.alerts) alerts.push(alert);
    },
    error: ({ file, line, message }) => {
      errors += 1;
      if (errors <= shown.errors) tell(`${printable(file)}:${line}: ${printable(message)}\n`);
    },
    async progress(read, total, events) {
      bar.show(read, total, events);
    },
    print: (text) => tell(printable(text)),
    async finish(summary) {
      if (errors > shown.errors) {
        tell(
          `… and ${thousands(errors - shown.errors)} more that could not be evaluated; --json lists all.\n`,
        );
      }
      bar.clear();
      if (alerts.length > 0) {
        const width = stdout.isTTY ? stdout.columns : undefined;
        await out.write(
          `${table(['TIME', 'SEVERITY', 'EVENT', 'ALERT'], alerts.map(rowOf), width)}\n\n`,
        );
      }
      if (summary.alerts > alerts.length) {
        await out.write(
          `… and ${thousands(summary.alerts - alerts.length)} more; --json lists all.\n`,
        );
      }
      await out.write(`${closing(summary, ruleName)}\n`);
    },
  };
}

function closing(summary: Summary, ruleName: string): string {
  const { events, delivered, alerts, errors, bytes, seconds } = summary;
  return (
    `${count(events, 'event')} (${size(bytes)}) in ${seconds.toFixed(seconds < 10 ? 1 : 0)} s: ` +
    `${thousands(delivered)} would have reached ${ruleName}, ` +
    `${count(alerts, 'alert')}, ${thousands(errors)} that could not be evaluated.`
  );
}

/** Alerts one below the other. */
const rowOf = ({ time, severity, file, line, title }: AlertLine): readonly string[] => [
  time ?? '',
  severity,
  `${file}:${line}`,
  title,
];

interface ProgressBar {
  show(read: number, total: number, events: number): void;
  clear(): void;
}

/** A bar in the last line of a terminal. (The one of @clack/prompts takes the keyboard, which may be the input here.) */
function progressBar(stream: Streams['stderr']): ProgressBar {
  let last = performance.now();
  let isShown = false;
  return {
    show(read, total, events) {
      if (!stream.isTTY || performance.now() - last < 100) return;
      last = performance.now();
      isShown = true;
      const done = total > 0 ? Math.min(1, read / total) : 0;
      const filled = Math.round(done * 30);
      const bar =
        total > 0
          ? `${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${Math.floor(done * 100)}% `
          : '';
      stream.write(`\r\u001B[2K${bar}${size(read)} read, ${count(events, 'event')}`);
    },
    clear() {
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
