/** What is done and what happens, told to people as lines or to machines as NDJSON. */
import pc from 'picocolors';
import { type BlockLine, Block, clockOf, elapsed, frameMs, nameOf } from './block.ts';
import { lineOf } from './machine.ts';
import { changesLines } from './changes.ts';
import { differenceLines } from './differences.ts';
import type { NoteOf, Outcome } from '../notes/lines.ts';
import type { Cause, InstanceCounts, Where } from '../notes/parts.ts';
import { plain, printable } from '../text/printable.ts';
import { table } from './table.ts';
import type { Streams } from '../text/streams.ts';
import type { Colors, Style } from './style.ts';
import { type Foot, footOf, loadFoot } from './terminal.ts';
import { together } from './together.ts';
import type { Note, Result, Tell } from '../notes/tell.ts';

type Lines = readonly string[];

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
export function lines(note: Note, style: Style): Lines {
  const { colors, width } = style;
  switch (note.type) {
    case 'plan':
    case 'stackSet':
      return planLines([note], style);
    case 'hook':
      return [
        `${colors.bold(`${verbs[note.do]} the webhook of ${plain(note.org)}`)} with the URL ${plain(note.url)}: ${plain(note.because)}`,
        ...differenceLines(note),
      ];
    case 'changes':
      return isOfSeveral(note) ? allChanges([note], style) : changesLines(note, style);
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
    case 'shown':
    case 'stacks':
    case 'begin':
      return [];
    case 'summary':
      return summaryLines(note.stacks, width);
    case 'result':
      return resultLines(note, colors);
  }
}

type Planned = NoteOf<'plan' | 'stackSet'>;

/** What will be done with stacks and stack sets: the same once. */
const planLines = (notes: readonly Planned[], style: Style): Lines =>
  together(
    notes,
    ({ type, do: doing, stack, region, account, because }, count) => {
      const [one, kind] = type === 'plan' ? ['', 'stacks'] : ['the stack set ', 'stack sets'];
      const { bold } = style.colors;
      return count === 1
        ? `${bold(`${verbs[doing]} ${one}${stack}`)} in ${region} (account ${account}): ${plain(because)}`
        : `${bold(`${verbs[doing]} ${count} ${kind}`)}: ${plain(because.replace(/^it does /, 'they do '))}`;
    },
    (note) => [
      ...differenceLines(note, style),
      ...(note.type === 'stackSet' ? instanceLines(note, style) : []),
    ],
  );

/** What becomes of the resources of several stacks: the same once, and nothing of those of which there is nothing to tell. */
const allChanges = (notes: readonly NoteOf<'changes'>[], style: Style): Lines =>
  together(
    // Another mapping of a template, for example, changes no resource.
    notes.filter((note) => changesLines(note, style).length > 0),
    (note, count) =>
      style.colors.bold(count === 1 ? plain(nameOf(note)) : `Changes in ${count} stacks`),
    (note) => changesLines(note, style),
  );

const currentOf = ({ current, total, busy }: InstanceCounts): string =>
  `${current} of ${total}${busy > 0 ? ` (${busy} in progress)` : ''}`;

/** Where a stack set of a plan is deployed, and which of its instances are not current. */
function instanceLines(note: NoteOf<'stackSet'>, { colors }: Style): Lines {
  const { instances, regions, troubled } = note;
  const each = Object.entries(regions).map(([name, counts]) => `${name} ${currentOf(counts)}`);
  return [
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
  /** What most people need not see. */
  readonly details?: boolean;
}

/**
 * Writes notes to standard output: NDJSON for machines; for people lines, and in a terminal a block at its foot that moves.
 * Where nothing moves, what goes by is left out.
 */
export async function reporter(
  { stdout }: Pick<Streams, 'stdout'>,
  environment: Environment,
  { json = false, quiet = false, asks = false, details = false }: ReporterOptions,
): Promise<Tell> {
  const style: Style = {
    colors: colorsFor(stdout, environment),
    details,
    get width() {
      return stdout.columns;
    },
  };
  const moves = !json && !quiet && wantsMovement(stdout, environment);
  const text = writer(style);
  const tell: Tell = moves
    ? toTerminal(footOf(await loadFoot(), stdout, painter(style)), text)
    : (note) => {
        const said = json ? jsonLine(note) : text(note);
        if (said !== '') stdout.write(said);
      };
  if (quiet) return (note) => (isSaidQuietly(note, asks) ? tell(note) : undefined);
  if (moves || json || details) return tell;
  return (note) => {
    const brief = briefly(note);
    if (brief) tell(brief);
  };
}

/** A note for machines; nothing of what is for people alone. */
const jsonLine = (note: Note): string =>
  note.type === 'status' || note.type === 'shown' ? '' : lineOf(note);

type Text = (note: Note) => string;

/** The text of notes. What is told of several stacks is held until all of it is there, so that the same is said once. */
export function writer(style: Style): Text {
  const plans: Planned[] = [];
  const changes: NoteOf<'changes'>[] = [];
  return (note) => {
    if (note.type === 'plan' || note.type === 'stackSet') plans.push(note);
    else if (note.type === 'changes' && isOfSeveral(note)) changes.push(note);
    else {
      const isWhole = ['shown', 'summary', 'result'].includes(note.type);
      const held = [
        ...planLines(plans.splice(0), style),
        ...(isWhole ? allChanges(changes.splice(0), style) : []),
      ];
      return [...held, ...lines(note, style)].map((line) => `${line}\n`).join('');
    }
    return '';
  };
}

/** What is told where nothing moves: phases, results and failures; `undefined` for what goes by. */
function briefly(note: Note): Note | undefined {
  if (note.type === 'event') {
    return isFailure(note) || (isPhase(note) && !isOfSeveral(note)) ? note : undefined;
  }
  if (note.type === 'ended' || (note.type === 'progress' && note.uploaded)) {
    return isOfSeveral(note) ? undefined : note;
  }
  if (note.type === 'summary') {
    const stacks = note.stacks.filter(({ ended }) => ended !== 'done');
    return stacks.length > 0 ? { ...note, stacks } : undefined;
  }
  if (note.type !== 'result') return note;
  const { outputs = {}, ...rest } = note;
  const names = Object.keys(outputs).join(', ');
  if (names === '') return note;
  return { ...rest, message: `${note.message}\n  Outputs (\`--details\` shows them): ${names}` };
}

/** Whether an event is the beginning of an operation on the stack itself. */
const isPhase = ({ stack, resource, resourceType, status }: NoteOf<'event'>): boolean =>
  resourceType === 'AWS::CloudFormation::Stack' &&
  resource === stack &&
  status.endsWith('_IN_PROGRESS');

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
function toTerminal(foot: Foot, text: Text): Tell {
  const block = new Block();
  let timer: ReturnType<typeof setInterval> | undefined;
  const draw = (): void => foot.draw(block.lines(Date.now(), foot.room()));
  return (note) => {
    block.take(note, Date.now());
    const said = staysInBlock(note, block) ? '' : text(note);
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
  // What is lost is lost however quiet a run is, and so is what nobody receives.
  if (note.type === 'warning') {
    const { lostValues, undecided, unconfirmed, pending, lost, hook } = note;
    return Boolean(
      lostValues ?? undecided ?? unconfirmed ?? pending ?? lost ?? hook ?? (asks && note.downgrade),
    );
  }
  return ['result', 'summary', 'shown'].includes(note.type) || (asks && asked.includes(note.type));
}
