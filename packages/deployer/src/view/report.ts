/** What is done and what happens, told to people as lines or to machines as NDJSON. */
import pc from 'picocolors';
import { type BlockLine, Block, clockOf, elapsed, frameMs, nameOf } from './block.ts';
import { lineOf } from './machine.ts';
import type { NoteOf, Outcome } from '../notes/lines.ts';
import type { Cause, Difference, InstanceCounts, ResourceChange, Where } from '../notes/parts.ts';
import { plain, printable } from '../text/printable.ts';
import { table } from './table.ts';
import { disagreementWords, grantWords } from '../template/words.ts';
import type { Streams } from '../text/streams.ts';
import { type Foot, footOf, loadFoot } from './terminal.ts';
import { counted, cut } from '../text/words.ts';
import type { Note, Result, Tell } from '../notes/tell.ts';

type Colors = ReturnType<typeof pc.createColors>;
type Lines = readonly string[];

/** How lines are written for people. */
export interface Style {
  readonly colors: Colors;
  /** The columns of the terminal now; absent when there is none. */
  readonly width?: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a variable is set to something that does not mean no. */
const isSet = (value: string | undefined): boolean =>
  value !== undefined && !['', '0', 'false'].includes(value);

/** Whether colours are wanted: in a terminal or with FORCE_COLOR, never against NO_COLOR. */
export function wantsColors(
  stream: { readonly isTTY?: boolean },
  environment: Environment,
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return isSet(FORCE_COLOR);
  return stream.isTTY === true && TERM !== 'dumb';
}

/** The colours for a stream: none where they are not wanted. */
export const colorsFor = (stream: { readonly isTTY?: boolean }, environment: Environment): Colors =>
  pc.createColors(wantsColors(stream, environment));

/** Whether lines may be drawn anew: only where somebody sits in front of a terminal that can, and that says how wide it is. */
export const wantsMovement = (
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  { TERM, CI }: Environment,
): boolean => stream.isTTY === true && stream.columns !== 0 && TERM !== 'dumb' && !isSet(CI);

const shortHash = (text: string): string => text.replace(/([0-9a-f]{12})[0-9a-f]{52}/g, '$1…');
const shown = (text: string | undefined): string =>
  text === undefined ? '(none)' : cut(shortHash(JSON.stringify(plain(text))), 160);

const verbs: Readonly<Record<NoteOf<'plan'>['do'], string>> = {
  delete: 'Delete',
  orphaned: 'Do not delete',
  create: 'Create',
  update: 'Update',
  recreate: 'Delete and recreate',
  recover: 'Recover',
  keep: 'No change to',
  refuse: 'Do not change',
};

/** The lines that tell something to people. */
export function lines(note: Note, { colors, width }: Style): Lines {
  switch (note.type) {
    case 'plan':
      return [
        `${colors.bold(`${verbs[note.do]} ${note.stack}`)} in ${note.region} (account ${note.account}): ${plain(note.because)}`,
        ...differenceLines(note),
      ];
    case 'stackSet':
      return stackSetLines(note, colors);
    case 'hook':
      return [
        `${colors.bold(`${verbs[note.do]} the webhook of ${plain(note.org)}`)} with the URL ${plain(note.url)}: ${plain(note.because)}`,
        ...differenceLines(note),
      ];
    case 'changes': {
      const all = allChanges(note, colors);
      // Another mapping of a template, for example, changes no resource.
      return all.length > 0 && isOfSeveral(note) ? [colors.bold(plain(nameOf(note))), ...all] : all;
    }
    case 'progress':
      return [printable(`${prefix(note)}${note.message}`)];
    case 'warning':
      return [colors.yellow(printable(`${prefix(note)}${note.message}`))];
    case 'lease':
      // Whoever is refused reads it as the error that ends the run.
      return note.state === 'held' ? [] : [colors.yellow(printable(note.message))];
    case 'event':
      return [`${plain(prefix(note))}${eventLine(note, colors)}`];
    case 'ended':
      return [colors.dim(`  ${prefix(note)}${note.status} after ${elapsed(note.seconds * 1000)}`)];
    case 'finished':
      return finishedLines(note, colors);
    case 'status':
    case 'stacks':
    case 'begin':
      return [];
    case 'summary':
      return summaryLines(note.stacks, width);
    case 'result':
      return resultLines(note, colors);
  }
}

/** What an update changes in resources and permissions, and what cannot be told of it. */
function allChanges(note: Extract<Note, { type: 'changes' }>, colors: Colors): Lines {
  const { changes, statements, untold, disagreements = [] } = note;
  const isAdded = changes.every(({ action }) => action === 'Add');
  return [
    ...(isOfSeveral(note) && isAdded
      ? additionLines(changes, colors)
      : changes.flatMap((change) => changeLines(change, colors))),
    ...below(
      '  Permissions:',
      statements.map(({ change, ...grant }) => {
        const [paint, sign] = change === 'add' ? [colors.green, '+'] : [colors.red, '-'];
        const { where, effect, says } = grantWords(grant);
        return `    ${paint(plain(`${sign} ${where}: ${effect}`))} ${plain(says)}`;
      }),
    ),
    ...untold.map(
      ({ resource, type, why }) =>
        `    ${colors.yellow(`? ${plain(resource)}`)} ${plain(type)}: ${plain(why)}`,
    ),
    ...below(
      colors.red(
        '  rules.json of the package does not match this template. The deployment follows the template:',
      ),
      disagreements.map((each) => `    ${colors.red('!')} ${plain(disagreementWords(each))}`),
    ),
  ];
}

/** Lines with a heading; no heading without lines. */
const below = (heading: string, found: Lines): Lines =>
  found.length > 0 ? [heading, ...found] : [];

/** What differs, line by line. */
export const differenceLines = (note: {
  readonly do: string;
  readonly differences: readonly Difference[];
}): Lines =>
  note.differences.map(({ what, before, after, reason, formerly }) => {
    const called = formerly === undefined ? what : `${what}, formerly ${formerly}`;
    const why = reason === undefined ? '' : ` (${reasonWords[reason](what)})`;
    return note.do === 'update'
      ? `  ${plain(called)}: ${shown(before)} → ${shown(after)}${plain(why)}`
      : `  ${plain(called)}: ${shown(after)}${plain(why)}`;
  });

/** Why something differs, where that is not plain. */
const reasonWords: Readonly<Record<NonNullable<Difference['reason']>, (what: string) => string>> = {
  newDefault: (what) => `new default; --param ${what}=… sets another value`,
  default: () => 'not in the file: its default applies',
  renamed: () => 'renamed',
  newer: () => 'newer',
  older: () => 'older',
};

/** Of several creations, only the number of resources of each type: single resources would be too many lines. */
function additionLines(changes: readonly ResourceChange[], colors: Colors): Lines {
  const line = (sign: string, some: readonly ResourceChange[]): Lines => {
    if (some.length === 0) return [];
    const types = Map.groupBy(some, ({ type }) => type);
    const counts = [...types].map(([type, { length: count }]) =>
      count === 1 ? type : `${count} × ${type}`,
    );
    const head = colors.green(`${sign} ${counted(some.length, 'resource')}`);
    return [`  ${head}: ${plain(counts.join(', '))}`];
  };
  // The parameters decide whether those with a condition are created.
  const sure = changes.filter(({ condition }) => condition === undefined);
  const perhaps = changes.filter(({ condition }) => condition !== undefined);
  return [...line('+', sure), ...line('+ up to', perhaps)];
}

const currentOf = ({ current, total, busy }: InstanceCounts): string =>
  `${current} of ${total}${busy > 0 ? ` (${busy} in progress)` : ''}`;

/** A stack set of a plan: where it is deployed, and which of its instances are not current. */
function stackSetLines(note: NoteOf<'stackSet'>, colors: Colors): Lines {
  const { stack, region, account, because, instances, regions, troubled } = note;
  const each = Object.entries(regions).map(([name, counts]) => `${name} ${currentOf(counts)}`);
  return [
    `${colors.bold(`${verbs[note.do]} the stack set ${stack}`)} in ${region} (account ${account}): ${plain(because)}`,
    ...differenceLines(note),
    ...(instances.total === 0
      ? []
      : [`  ${currentOf(instances)} instances are up to date: ${each.join(', ')}`]),
    ...troubled.map((instance) =>
      colors.red(
        `  ${instance.account} ${instance.region}: ${plain(instance.status)}: ${plain(instance.reason)}`,
      ),
    ),
  ];
}

const summaryLines = (stacks: readonly Outcome[], width: number | undefined): Lines =>
  table(
    ['STACK', 'REGION', 'ACCOUNT', 'RESULT', 'REASON'],
    stacks.flatMap(({ stack, region, account, did, ended, message, cause, troubled = [] }) => [
      [
        stack,
        region,
        account,
        `${did}: ${ended}`,
        ended === 'done' ? '' : (cause?.reason ?? message),
      ],
      ...troubled.map((each) => ['', each.region, each.account, each.status, each.reason]),
    ]),
    width,
  ).split('\n');

const signs: Readonly<Record<string, string>> = { Add: '+', Modify: '~', Remove: '-' };

function changeLines(change: ResourceChange, colors: Colors): Lines {
  const { action, resource, type, condition, replacement, properties } = change;
  const only = condition === undefined ? '' : ` (if ${plain(condition)})`;
  const paint = { Add: colors.green, Remove: colors.red }[action] ?? colors.yellow;
  const replaced = { True: ' REPLACED', Conditional: ' may be REPLACED', False: '' };
  return [
    `  ${paint(`${signs[action] ?? '*'} ${plain(resource)}`)} ${plain(type)}${only}${colors.red(replaced[replacement ?? 'False'])}`,
    ...(action === 'Modify'
      ? properties.map(({ name, before, after }) =>
          before === undefined && after === undefined
            ? `      ${name}`
            : `      ${name}: ${shown(before)} → ${shown(after)}`,
        )
      : []),
  ];
}

function eventLine(event: NoteOf<'event'>, colors: Colors): string {
  const { time, status, resource, resourceType, reason } = event;
  const paint = /FAILED|ROLLBACK/.test(status)
    ? colors.red
    : status.endsWith('_COMPLETE')
      ? colors.green
      : colors.dim;
  const clock = clockOf(time);
  const because = reason ? `  ${plain(reason)}` : '';
  return `  ${clock}  ${paint(status.padEnd(19))} ${resource} ${colors.dim(resourceType)}${because}`;
}

function resultLines(result: Result, colors: Colors): Lines {
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

const causeLines = ({ resource, resourceType, reason, hint, console }: Cause, colors: Colors) => [
  colors.red(`${resource} (${resourceType}) failed first: ${plain(reason)}`),
  ...(hint ? [`  ${hint}`] : []),
  ...(console ? [`  Events of the stack in the console: ${plain(console)}`] : []),
];

/** Which of several stacks a line is about; nothing when there is only one. */
const prefix = (note: { readonly stack?: string } & Where): string =>
  note.stack !== undefined && (note.region ?? note.account) !== undefined
    ? `${nameOf(note)}: `
    : '';

const finishedLines = (note: NoteOf<'finished'>, colors: Colors): Lines => [
  (note.ok ? colors.green : colors.red)(printable(`${prefix(note)}${note.message}`)),
  ...(note.cause ? causeLines(note.cause, colors).map((each) => `  ${each}`) : []),
];

/** How notes are written. */
interface ReporterOptions {
  /** NDJSON for machines. */
  readonly json?: boolean;
  /** Errors and the result only. */
  readonly quiet?: boolean;
  /** Whether a question follows what will be done: it is shown then, however quiet. */
  readonly asks?: boolean;
}

/** Writes notes to standard output: NDJSON for machines; for people lines, and in a terminal a block at its foot that moves. */
export async function reporter(
  { stdout }: Pick<Streams, 'stdout'>,
  environment: Environment,
  { json, quiet = false, asks = false }: ReporterOptions,
): Promise<Tell> {
  const style: Style = {
    colors: colorsFor(stdout, environment),
    get width() {
      return stdout.columns;
    },
  };
  const tell: Tell =
    !json && !quiet && wantsMovement(stdout, environment)
      ? toTerminal(footOf(await loadFoot(), stdout, painter(style)), style)
      : (note) => {
          const said = !json ? text(note, style) : note.type === 'status' ? '' : lineOf(note);
          if (said !== '') stdout.write(said);
        };
  return quiet ? (note) => (isSaidQuietly(note, asks) ? tell(note) : undefined) : tell;
}

const text = (note: Note, style: Style): string =>
  lines(note, style)
    .map((line) => `${line}\n`)
    .join('');

/** What goes by in the block need not stay on the screen as well. */
const staysInBlock = (note: Note, block: Block): boolean =>
  (note.type === 'event' && !isFailure(note) && !block.isEmpty) ||
  (['progress', 'ended'].includes(note.type) && isOfSeveral(note));

const isOfSeveral = (note: Note): boolean =>
  'region' in note || ('account' in note && note.account !== undefined);

const isFailure = ({ status }: NoteOf<'event'>): boolean => status.endsWith('_FAILED');

const painter =
  ({ colors }: Style) =>
  ({ text: line, paint }: BlockLine): string =>
    paint === undefined ? line : colors[paint](line);

/** The block is drawn from the first status of a stack, or the note that there are several, up to the last. */
function toTerminal(foot: Foot, style: Style): Tell {
  const block = new Block();
  let timer: ReturnType<typeof setInterval> | undefined;
  const draw = (): void => foot.draw(block.lines(Date.now(), foot.room()));
  return (note) => {
    block.take(note, Date.now());
    const said = staysInBlock(note, block) ? '' : text(note, style);
    if (block.isEmpty) {
      if (timer) foot.end();
      clearInterval(timer);
      timer = undefined;
    }
    if (said !== '') foot.write(said);
    if (block.isEmpty) return;
    draw();
    // It goes round while nothing happens; it alone keeps no process alive.
    timer ??= setInterval(draw, frameMs).unref();
  };
}

/** What a question is about. */
const asked: readonly Note['type'][] = ['plan', 'stackSet', 'changes', 'hook'];

/** Errors and results; before a question also what it is about. */
function isSaidQuietly(note: Note, asks: boolean): boolean {
  if (note.type === 'finished') return !note.ok;
  if (note.type === 'lease') return note.state === 'lost' || note.state === 'unguarded';
  if (note.type === 'event') return isFailure(note);
  // What is lost is lost however quiet a run is.
  if (note.type === 'warning') {
    return Boolean(note.lostValues ?? note.undecided ?? (asks && note.downgrade));
  }
  return note.type === 'result' || note.type === 'summary' || (asks && asked.includes(note.type));
}
