/** `patrol-deploy logs <rule>`: what a deployed function wrote. */
import { requireRule } from '../packages/assembly.ts';
import { messageOf, UsageError } from '../text/errors.ts';
import { entryLine, parsed, readEntry } from '../view/log.ts';
import type { LogLine, LogQuery, Logs } from '../cloud/logs.ts';
import { lineOf } from '../view/machine.ts';
import { compact } from '../text/records.ts';
import { colorsFor } from '../view/report.ts';
import { writer } from '../text/streams.ts';
import { secondsIn } from '../text/span.ts';
import type { World } from './world.ts';
import type { Place } from '../cloud/cloud.ts';
import { patiently } from '../cloud/effects.ts';
import { inParallel } from '../cloud/parallel.ts';
import type { NoteOf } from '../notes/lines.ts';
import { enumerated } from '../text/words.ts';
import { type Deployed, deployed, outputOf } from './deployed.ts';
import { type PlacesOptions, wheresOf } from './places.ts';

/** What `patrol-deploy logs` is told. */
export interface LogsOptions extends PlacesOptions {
  readonly follow?: boolean;
  /** A time span such as `1h`, or a point in time. */
  readonly since: string;
  /** A text, `/a regular expression/`, or a filter pattern of CloudWatch Logs. */
  readonly filter?: string;
  readonly json?: boolean;
}

/** The log of a function, and where it is. */
interface Source extends Pick<Deployed, 'place' | 'stack'> {
  readonly group: string;
  readonly tail: ReturnType<typeof tailOf>;
}

/** Shows the log of a rule's function, or those in all accounts and regions of a file. */
export async function logs(name: string, options: LogsOptions, world: World): Promise<number> {
  const from = since(options.since, world.now());
  const filter = filterOf(options.filter);
  requireRule(name, world, options);
  const out = writer(world.streams.stdout);
  // With --follow there is time. A single look should say that AWS cannot be reached.
  const patience = options.follow ? undefined : (['throttled'] as const);
  const wheres = await wheresOf(name, options, world);
  const sources = await inParallel(wheres, atOnce, async (where): Promise<Source> => {
    const found = await deployed(where.name, where.options, world);
    const group = outputOf(where.name, found, 'log');
    const source = await world.logs(where.options);
    const read: Logs['lines'] = (query) => patiently(world, () => source.lines(query), patience);
    const { place, stack } = found;
    return { place, stack, group, tail: tailOf(read, { group, from, pattern: filter.pattern }) };
  });
  const isOver = (): boolean => out.isClosed || world.signal.aborted;
  const several = sources.length > 1;
  let shown = 0;
  do {
    for (const { place, tail } of sources) {
      const render = renderer(options, world, several ? place : undefined);
      for await (const fresh of tail()) {
        const wanted = fresh.filter(({ text }) => filter.matches(text));
        shown += wanted.length;
        await out.write(wanted.map(render).join(''));
        if (isOver()) break;
      }
      if (isOver()) break;
    }
    if (options.follow && !isOver()) await world.sleep(pollMs, world.signal);
  } while (options.follow && !isOver());
  const group = enumerated([...new Set(sources.map((each) => each.group))]);
  if (options.json) {
    const message = shown === 0 ? nothingIn(group, from, options) : `The log is ${group}.`;
    const ended = {
      ok: true,
      did: 'none',
      stack: sources[0]?.stack.name ?? '',
      lines: shown,
    } as const;
    await out.write(lineOf({ type: 'result', ...ended, message }));
  } else if (shown === 0 && !isOver()) {
    world.streams.stderr.write(`${nothingIn(group, from, options)}\n`);
  }
  return 0;
}

const nothingIn = (group: string, from: number, { filter }: LogsOptions): string =>
  `${group} has no lines${filter === undefined ? '' : ' that match the filter'} since ${new Date(from).toISOString()}. Use --since to go further back.`;

/** The logs that are found at once. */
const atOnce = 8;

/** CloudWatch Logs allows five such calls a second in an account and region, and somebody else may need them. */
const pollMs = 2000;

/** Lines of different instances of a function arrive out of order, some of them late. */
const lateMs = 60_000;

/** Gives every line once, however often the log is read: each time what came since, page by page. */
function tailOf(
  read: Logs['lines'],
  { from: first, ...query }: { group: string; from: number; pattern: string | undefined },
): () => AsyncGenerator<readonly LogLine[]> {
  const known = new Map<string, number>();
  let from = first;
  return async function* () {
    let page: string | undefined;
    let newest = from;
    do {
      const { lines, next } = await read(compact<LogQuery>({ ...query, from, page }));
      const fresh = lines.filter(({ id }) => !known.has(id));
      for (const { id, time } of fresh) {
        known.set(id, time.getTime());
        newest = Math.max(newest, time.getTime());
      }
      yield fresh;
      page = next;
    } while (page !== undefined);
    from = Math.max(from, newest - lateMs);
    for (const [id, time] of known) if (time < from) known.delete(id);
  };
}

function renderer(
  { json, filter }: LogsOptions,
  { streams, environment }: World,
  place: Place | undefined,
): (line: LogLine) => string {
  const { region, account } = place ?? {};
  if (json) {
    return ({ time, stream, text }) => {
      const line = parsed(text) ?? text.trimEnd();
      const where = place && { region, account };
      return lineOf({
        type: 'log',
        time: time.toISOString(),
        ...where,
        stream,
        line,
      } as NoteOf<'log'>);
    };
  }
  const colors = colorsFor(streams.stdout, environment);
  return ({ time, text }) => {
    const entry = readEntry(text);
    const where = place ? `${account}/${region}  ` : '';
    // With a filter, the operator has said what to show.
    return entry.isRoutine && filter === undefined
      ? ''
      : `${where}${entryLine(time, entry, colors)}\n`;
  };
}

interface Filter {
  readonly pattern?: string;
  readonly matches: (text: string) => boolean;
}

/**
 * Patterns go to CloudWatch; texts and regular expressions are looked for here, since CloudWatch's own terms know no
 * parts of words and its regular expressions only a few signs ("Filter pattern syntax").
 *
 * @throws UsageError for a regular expression that is none.
 */
export function filterOf(filter: string | undefined): Filter {
  if (filter === undefined || filter === '') return { matches: () => true };
  if (/^[[{].*[\]}]$/s.test(filter)) return { pattern: filter, matches: () => true };
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(filter) ?? [];
  if (source === undefined) {
    const wanted = filter.toLowerCase();
    return { matches: (text) => text.toLowerCase().includes(wanted) };
  }
  try {
    const expression = new RegExp(source, flags);
    return { matches: (text) => expression.test(text) };
  } catch (error) {
    throw new UsageError(
      `--filter expects a text, /a regular expression/ or a filter pattern, such as { $.verdict = "alert" }. Found ${filter}: ${messageOf(error)}.`,
    );
  }
}

/**
 * The time from which on lines are wanted, in milliseconds.
 *
 * @throws UsageError for what is neither a time span nor a point in the past.
 */
export function since(text: string, now: number): number {
  const span = secondsIn(text);
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(
    text,
  );
  const from = span === undefined ? (isDate ? Date.parse(text) : NaN) : now - span * 1000;
  if (from >= 0 && from <= now) return from;
  throw new UsageError(
    `--since expects a time span, such as 30m, 6h or 2d, or a past time, such as 2026-01-31T09:00:00Z; found ${JSON.stringify(text)}.`,
  );
}
