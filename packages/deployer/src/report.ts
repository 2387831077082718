/** What is done and what happens, told to people as lines or to machines as NDJSON. */
import pc from 'picocolors';
import { type BlockLine, Block, elapsed, frameMs, nameOf } from './block.ts';
import type { Cause } from './cause.ts';
import type { ResourceChange, StackEvent } from './cloud.ts';
import type { Grant, StatementChange, Untold } from './template/grants.ts';
import type { InstanceCounts, OrganizationStep, TroubledInstance } from './organization/plan.ts';
import type { Difference, Step } from './plan.ts';
import { jsonText, plain, printable } from './printable.ts';
import { table } from './table.ts';
import type { Streams } from './sandbox/streams.ts';
import { type Foot, footOf, loadFoot } from './terminal.ts';

/** Where the stack of a note stands; said where several stacks are worked on at once. */
export interface Where {
  readonly region?: string;
  readonly account?: string;
}

/** Something worth telling. */
export type Note =
  | {
      readonly type: 'plan';
      readonly do: Step['do'] | 'delete' | 'stray';
      readonly stack: string;
      readonly region: string;
      readonly account: string;
      readonly because: string;
      readonly differences: readonly Difference[];
    }
  | {
      readonly type: 'stackSet';
      readonly do: OrganizationStep['do'];
      readonly stack: string;
      /** Where it is managed. */
      readonly region: string;
      readonly account: string;
      readonly because: string;
      readonly differences: readonly Difference[];
      readonly instances: InstanceCounts;
      /** The same for each region. */
      readonly regions: Readonly<Record<string, InstanceCounts>>;
      readonly troubled: readonly TroubledInstance[];
    }
  | ({
      readonly type: 'changes';
      readonly stack: string;
      readonly changes: readonly ResourceChange[];
      /** What becomes of access. */
      readonly statements?: readonly StatementChange[];
      /** Resources whose effect on access cannot be told. */
      readonly untold?: readonly Untold[];
    } & Where)
  | {
      readonly type: 'hook';
      readonly do: 'create' | 'update' | 'keep';
      /** The organisation. */
      readonly org: string;
      readonly url: string;
      readonly because: string;
      readonly differences: readonly Difference[];
    }
  | ({ readonly type: 'progress'; readonly message: string; readonly stack?: string } & Where)
  | ({ readonly type: 'warning'; readonly message: string; readonly stack?: string } & Where)
  | ({ readonly type: 'event'; readonly stack: string } & StackEvent & Where)
  | ({
      readonly type: 'status';
      readonly stack: string;
      readonly done: number;
      readonly total?: number;
      readonly seconds: number;
      readonly waiting: readonly string[];
    } & Where)
  /** CloudFormation is done with an operation on a stack. */
  | ({
      readonly type: 'ended';
      readonly stack: string;
      readonly ok: boolean;
      readonly status: string;
      readonly seconds: number;
    } & Where)
  /** From here on several stacks are worked on: how many in all. */
  | { readonly type: 'stacks'; readonly total: number }
  /** Work on one of several stacks begins. */
  | ({ readonly type: 'begin'; readonly stack: string } & Where)
  /** One of several stacks is done, as a command for it alone would end. */
  | (Omit<Result, 'type' | 'stack'> & { readonly type: 'finished'; readonly stack: string } & Where)
  /** What became of several stacks. */
  | { readonly type: 'summary'; readonly stacks: readonly Summary[] }
  | Result;

/** What became of one of several stacks. */
export interface Summary {
  readonly stack: string;
  readonly region: string;
  readonly account: string;
  readonly did: string;
  readonly ended: string;
  readonly message: string;
  readonly cause?: Cause;
  /** Of a stack set: the instances that are not as they should be. */
  readonly troubled?: readonly TroubledInstance[];
}

/** How a command ended: the last thing it tells. */
export interface Result {
  readonly type: 'result';
  readonly ok: boolean;
  /** `create`, `update`, `recreate`, `keep`, `delete`, `apply` for a fleet, or `none` when it came to nothing. */
  readonly did: Exclude<Step['do'], 'refuse'> | 'delete' | 'apply' | 'none';
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

/** Tells of one of several stacks: every note says which. */
export const tellOf =
  (tell: Tell, whose: { readonly stack: string } & Where): Tell =>
  (note) =>
    tell(
      note.type === 'stacks' || note.type === 'result' || note.type === 'summary'
        ? note
        : { ...whose, ...note },
    );

/** How lines are written for people. */
export interface Style {
  readonly colors: ReturnType<typeof pc.createColors>;
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

/** Whether lines may be drawn anew: only where somebody sits in front of a terminal that can, and that says how wide it is. */
export const wantsMovement = (
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  { TERM, CI }: Environment,
): boolean => stream.isTTY === true && stream.columns !== 0 && TERM !== 'dumb' && !isSet(CI);

const shortHash = (text: string): string => text.replace(/([0-9a-f]{12})[0-9a-f]{52}/g, '$1…');
const cut = (text: string, most = 160): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;
const shown = (text: string | undefined): string =>
  text === undefined ? '(none)' : cut(shortHash(JSON.stringify(plain(text))));

const verbs: Readonly<Record<Step['do'] | 'delete' | 'stray', string>> = {
  delete: 'Delete',
  stray: 'Do not delete',
  create: 'Create',
  update: 'Update',
  recreate: 'Delete and create anew',
  keep: 'Keep',
  refuse: 'Leave alone',
};

/** The lines that tell something to people. */
export function lines(note: Note, { colors, width }: Style): readonly string[] {
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
        `${colors.bold(`${verbs[note.do]} the webhook of ${plain(note.org)}`)} to ${plain(note.url)}: ${plain(note.because)}`,
        ...differenceLines(note),
      ];
    case 'changes':
      if (isNothing(note)) return [];
      return [
        ...(isOfSeveral(note) ? [colors.bold(plain(nameOf(note)))] : []),
        ...(isOfSeveral(note) &&
        note.changes.length > 0 &&
        note.changes.every(({ action }) => action === 'Add')
          ? additionLines(note.changes, colors)
          : note.changes.flatMap((change) => changeLines(change, colors))),
        ...statementLines(note.statements ?? [], colors),
        ...(note.untold ?? []).map(
          ({ resource, type, why }) =>
            `    ${colors.yellow(`? ${plain(resource)}`)} ${plain(type)}: ${plain(why)}`,
        ),
      ];
    case 'progress':
      return [printable(`${prefix(note)}${note.message}`)];
    case 'warning':
      return [colors.yellow(printable(`${prefix(note)}${note.message}`))];
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

/** Another mapping of a template, for example, changes no resource. */
const isNothing = ({
  changes,
  statements = [],
  untold = [],
}: Extract<Note, { type: 'changes' }>): boolean =>
  changes.length + statements.length + untold.length === 0;

const differenceLines = (note: {
  readonly do: string;
  readonly differences: readonly Difference[];
}): readonly string[] =>
  note.differences.map(({ what, before, after }) =>
    note.do === 'update'
      ? `  ${plain(what)}: ${shown(before)} → ${shown(after)}`
      : `  ${plain(what)}: ${shown(after)}`,
  );

/** What creations make is too much to be listed for each of them: how many resources of each type. */
function additionLines(
  changes: readonly ResourceChange[],
  colors: Style['colors'],
): readonly string[] {
  const line = (sign: string, some: readonly ResourceChange[]): readonly string[] => {
    if (some.length === 0) return [];
    const types = new Map<string, number>();
    for (const { type } of some) {
      const [name = ''] = type.split(' ');
      types.set(name, (types.get(name) ?? 0) + 1);
    }
    const counts = [...types].map(([type, count]) => (count === 1 ? type : `${count} × ${type}`));
    const resources = some.length === 1 ? '1 resource' : `${some.length} resources`;
    return [`  ${colors.green(`${sign} ${resources}`)}: ${plain(counts.join(', '))}`];
  };
  // Whether those with a condition are made, the parameters decide.
  const isConditional = ({ type }: ResourceChange): boolean => type.includes(' (if ');
  return [
    ...line(
      '+',
      changes.filter((change) => !isConditional(change)),
    ),
    ...line('+ perhaps', changes.filter(isConditional)),
  ];
}

const currentOf = ({ current, total, busy }: InstanceCounts): string =>
  `${current} of ${total}${busy > 0 ? ` (${busy} under way)` : ''}`;

/** A stack set of a plan: where it stands, and which of its instances are not as they should be. */
function stackSetLines(
  note: Extract<Note, { type: 'stackSet' }>,
  colors: Style['colors'],
): readonly string[] {
  const { stack, region, account, because, instances, regions, troubled } = note;
  const each = Object.entries(regions).map(([name, counts]) => `${name} ${currentOf(counts)}`);
  return [
    `${colors.bold(`${verbs[note.do]} the stack set ${stack}`)} in ${region} (account ${account}): ${plain(because)}`,
    ...differenceLines(note),
    ...(instances.total === 0
      ? []
      : [`  ${currentOf(instances)} instances are current: ${each.join(', ')}`]),
    ...troubled.map((instance) =>
      colors.red(
        `  ${instance.account} ${instance.region}: ${plain(instance.status)}: ${plain(instance.reason)}`,
      ),
    ),
  ];
}

const summaryLines = (stacks: readonly Summary[], width: number | undefined): readonly string[] =>
  table(
    ['STACK', 'REGION', 'ACCOUNT', 'ENDED', 'WHY'],
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

function statementLines(
  statements: readonly StatementChange[],
  colors: Style['colors'],
): readonly string[] {
  if (statements.length === 0) return [];
  return [
    '  Permissions:',
    ...statements.map(({ change, ...grant }) => {
      const [paint, sign] = change === 'add' ? [colors.green, '+'] : [colors.red, '-'];
      const { where, what, says } = grantWords(grant);
      return `    ${paint(`${sign} ${where}: ${what}`)} ${says}`;
    }),
  ];
}

/** A grant in words: where it stands, whether it allows something, and what. */
function grantWords({ resource, attachedTo = [], effect, says, when = [] }: Grant): {
  readonly where: string;
  readonly what: string;
  readonly says: string;
} {
  const to = attachedTo.map(({ kind, name }) => `${kind} ${plain(name)}`);
  return {
    where: `${plain(resource)}${to.length > 0 ? ` (${to.join(', ')})` : ''}`,
    what: plain(effect),
    says: [
      ...Object.entries(says).map(([part, text]) => `${part} ${plain(text)}`),
      ...(when.length > 0 ? [`if ${when.map(plain).join(' and ')}`] : []),
    ].join('; '),
  };
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
  { resource, resourceType, reason, hint, console }: Cause,
  colors: Style['colors'],
): readonly string[] => [
  colors.red(`${resource} (${resourceType}) failed first: ${plain(reason)}`),
  ...(hint ? [`  ${hint}`] : []),
  ...(console ? [`  ${plain(console)}`] : []),
];

/** Which of several stacks a line is about; nothing where there is but one. */
const prefix = (note: { readonly stack?: string } & Where): string =>
  note.stack !== undefined && (note.region ?? note.account) !== undefined
    ? `${nameOf(note)}: `
    : '';

const finishedLines = (
  note: Extract<Note, { type: 'finished' }>,
  colors: Style['colors'],
): readonly string[] => {
  const line = `${prefix(note)}${note.message}`;
  return [
    note.ok ? colors.green(printable(line)) : colors.red(printable(line)),
    ...(note.cause ? causeLines(note.cause, colors).map((each) => `  ${each}`) : []),
  ];
};

/** How notes are written. */
export interface ReporterOptions {
  /** NDJSON for machines. */
  readonly json: boolean;
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
    colors: pc.createColors(wantsColors(stdout, environment)),
    get width() {
      return stdout.columns;
    },
  };
  const tell = json
    ? toMachines(stdout)
    : !quiet && wantsMovement(stdout, environment)
      ? toTerminal(footOf(await loadFoot(), stdout, painter(style)), style)
      : toPeople(stdout, style);
  return quiet ? (note) => (isSaidQuietly(note, asks) ? tell(note) : undefined) : tell;
}

const toMachines =
  (stdout: Streams['stdout']): Tell =>
  (note) => {
    if (note.type !== 'status') stdout.write(`${jsonText(note)}\n`);
  };

const text = (note: Note, style: Style): string =>
  lines(note, style)
    .map((line) => `${line}\n`)
    .join('');

const toPeople =
  (stdout: Streams['stdout'], style: Style): Tell =>
  (note) => {
    const said = text(note, style);
    if (said !== '') stdout.write(said);
  };

/** What goes by in the block need not stay on the screen as well. */
const staysInBlock = (note: Note, block: Block): boolean =>
  (note.type === 'event' && !isFailure(note) && !block.isEmpty) ||
  (['progress', 'ended'].includes(note.type) && isOfSeveral(note));

const isOfSeveral = (note: Note): boolean =>
  'region' in note || ('account' in note && note.account !== undefined);

const isFailure = ({ status }: StackEvent): boolean => status.endsWith('_FAILED');

const painter =
  ({ colors }: Style) =>
  ({ text: line, paint }: BlockLine): string =>
    paint === undefined ? line : colors[paint](line);

/** The block is drawn from the first status of a stack, or the note that there are several, up to the last. */
function toTerminal(foot: Foot, style: Style): Tell {
  const block = new Block();
  let timer: ReturnType<typeof setInterval> | undefined;
  const draw = (): void => foot.draw(block.lines(Date.now(), foot.room));
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

/** Errors and results; before a question also what it is about. */
function isSaidQuietly(note: Note, asks: boolean): boolean {
  switch (note.type) {
    case 'result':
    case 'summary':
      return true;
    case 'finished':
      return !note.ok;
    case 'event':
      return isFailure(note);
    case 'plan':
    case 'stackSet':
    case 'changes':
    case 'hook':
      return asks;
    case 'begin':
    case 'ended':
    case 'progress':
    case 'stacks':
    case 'status':
    case 'warning':
      return false;
  }
}
