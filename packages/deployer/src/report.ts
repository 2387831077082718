/** What is done and what happens, told to people as lines or to machines as NDJSON. */
import pc from 'picocolors';
import type { Cause } from './cause.ts';
import type { ResourceChange, StackEvent } from './cloud.ts';
import type { Difference, Step } from './plan.ts';
import { plain, printable } from './printable.ts';
import type { Streams } from './sandbox/streams.ts';

/** Something worth telling. */
export type Note =
  | {
      readonly type: 'plan';
      readonly do: Step['do'];
      readonly stack: string;
      readonly region: string;
      readonly account: string;
      readonly because: string;
      readonly differences: readonly Difference[];
    }
  | {
      readonly type: 'changes';
      readonly stack: string;
      readonly changes: readonly ResourceChange[];
    }
  | {
      readonly type: 'hook';
      readonly do: 'create' | 'update' | 'keep';
      /** The organisation. */
      readonly org: string;
      readonly url: string;
      readonly because: string;
      readonly differences: readonly Difference[];
    }
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'warning'; readonly message: string }
  | ({ readonly type: 'event'; readonly stack: string } & StackEvent)
  | {
      readonly type: 'status';
      readonly stack: string;
      readonly done: number;
      readonly total?: number;
      readonly seconds: number;
      readonly waiting: readonly string[];
    }
  | Result;

/** How a command ended: the last thing it tells. */
export interface Result {
  readonly type: 'result';
  readonly ok: boolean;
  /** `create`, `update`, `recreate`, `keep`, `delete`, or `none` when it came to nothing. */
  readonly did: Exclude<Step['do'], 'refuse'> | 'delete' | 'none';
  readonly stack?: string;
  readonly stackId?: string;
  readonly status?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
  readonly interrupted?: boolean;
  /** The id of a webhook at GitHub. */
  readonly hook?: number;
  /** How many deliveries were asked for once more, and how many of them were answered well. */
  readonly redelivered?: { readonly asked: number; readonly answered: number };
  readonly message: string;
  readonly cause?: Cause;
}

/** Takes what is worth telling. */
export type Tell = (note: Note) => void;

/** How lines are written for people. */
export interface Style {
  readonly colors: ReturnType<typeof pc.createColors>;
}

/** Whether colours are wanted: only in a terminal, and not against NO_COLOR. */
export const wantsColors = (
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean => stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';

const shortHash = (text: string): string => text.replace(/([0-9a-f]{12})[0-9a-f]{52}/g, '$1…');
const cut = (text: string, most = 160): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;
const shown = (text: string | undefined): string =>
  text === undefined ? '(none)' : cut(shortHash(JSON.stringify(plain(text))));

const verbs: Readonly<Record<Step['do'], string>> = {
  create: 'Create',
  update: 'Update',
  recreate: 'Delete and create anew',
  keep: 'Keep',
  refuse: 'Leave alone',
};

/** The lines that tell something to people. */
export function lines(note: Note, { colors }: Style): readonly string[] {
  switch (note.type) {
    case 'plan':
      return [
        `${colors.bold(`${verbs[note.do]} ${note.stack}`)} in ${note.region} (account ${note.account}): ${plain(note.because)}`,
        ...note.differences.map(({ what, before, after }) =>
          note.do === 'update'
            ? `  ${plain(what)}: ${shown(before)} → ${shown(after)}`
            : `  ${plain(what)}: ${shown(after)}`,
        ),
      ];
    case 'hook':
      return [
        `${colors.bold(`${verbs[note.do]} the webhook of ${plain(note.org)}`)} to ${plain(note.url)}: ${plain(note.because)}`,
        ...note.differences.map(({ what, before, after }) =>
          note.do === 'update'
            ? `  ${what}: ${shown(before)} → ${shown(after)}`
            : `  ${what}: ${shown(after)}`,
        ),
      ];
    case 'changes':
      return note.changes.flatMap((change) => changeLines(change, colors));
    case 'progress':
      return [printable(note.message)];
    case 'warning':
      return [colors.yellow(printable(note.message))];
    case 'event':
      return [eventLine(note, colors)];
    case 'status':
      return [];
    case 'result':
      return resultLines(note, colors);
  }
}

const signs: Readonly<Record<string, string>> = { Add: '+', Modify: '~', Remove: '-' };

function changeLines(change: ResourceChange, colors: Style['colors']): readonly string[] {
  const { action, resource, type, replacement, properties } = change;
  const paint = { Add: colors.green, Remove: colors.red }[action] ?? colors.yellow;
  const replaced = { True: ' REPLACED', Conditional: ' may be REPLACED', False: '' };
  return [
    `  ${paint(`${signs[action] ?? '*'} ${plain(resource)}`)} ${plain(type)}${colors.red(replaced[replacement ?? 'False'])}`,
    ...(action === 'Modify'
      ? properties.map(({ name, before, after }) =>
          before === undefined && after === undefined
            ? `      ${name}`
            : `      ${name}: ${shown(before)} → ${shown(after)}`,
        )
      : []),
  ];
}

function eventLine(event: StackEvent, colors: Style['colors']): string {
  const { time, status, resource, resourceType, reason } = event;
  const paint = /FAILED|ROLLBACK/.test(status)
    ? colors.red
    : status.endsWith('_COMPLETE')
      ? colors.green
      : colors.dim;
  const clock = time.toTimeString().slice(0, 8);
  const because = reason ? `  ${plain(reason)}` : '';
  return `  ${clock}  ${paint(status.padEnd(19))} ${resource} ${colors.dim(resourceType)}${because}`;
}

function resultLines(result: Result, colors: Style['colors']): readonly string[] {
  const { ok, message, cause, outputs = {} } = result;
  // Failures are told on standard error, where the command ends.
  if (!ok && !cause) return [];
  const width = Math.max(0, ...Object.keys(outputs).map((name) => name.length));
  return [
    ...(cause
      ? causeLines(cause, colors)
      : [ok ? colors.green(printable(message)) : printable(message)]),
    ...Object.entries(outputs).map(([name, value]) => `  ${name.padEnd(width)}  ${plain(value)}`),
  ];
}

const causeLines = (
  { resource, resourceType, reason, hint }: Cause,
  colors: Style['colors'],
): readonly string[] => [
  colors.red(`${resource} (${resourceType}) failed first: ${plain(reason)}`),
  ...(hint ? [`  ${hint}`] : []),
];

/** The one line of a terminal that changes while waiting. */
export function statusLine(note: Extract<Note, { type: 'status' }>, columns: number): string {
  const { done, total, seconds, waiting } = note;
  const names = waiting.length > 0 ? `, waiting for ${waiting.join(', ')}` : '';
  const of = total === undefined ? '' : ` of ${Math.max(total, done)}`;
  return cut(`  ${done}${of} resources done, ${seconds} s${names}`, Math.max(20, columns - 1));
}

/** Writes notes to standard output: NDJSON for machines, lines for people, with a line that moves in a terminal. */
export function reporter(
  { stdout }: Pick<Streams, 'stdout'>,
  json: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): Tell {
  if (json) {
    return (note) => {
      if (note.type !== 'status') stdout.write(`${JSON.stringify(note)}\n`);
    };
  }
  const style = { colors: pc.createColors(wantsColors(stdout, environment)) };
  const moving = stdout.isTTY === true && environment['TERM'] !== 'dumb';
  let status = '';
  return (note) => {
    const erase = status === '' ? '' : '\r\u001b[K';
    if (note.type !== 'status') {
      const told = lines(note, style);
      if (told.length === 0 && erase === '') return;
      stdout.write(`${erase}${told.map((line) => `${line}\n`).join('')}`);
      status = '';
    } else if (moving) {
      status = statusLine(note, stdout.columns ?? 80);
      stdout.write(`${erase}${style.colors.dim(status)}`);
    }
  };
}
