/** What is in progress, as the lines of a block at the foot of a terminal. Pure: {@link file://./terminal.ts} draws it. */
import { fit } from '../text/printable.ts';
import type { Where } from '../notes/parts.ts';
import type { Note } from '../notes/tell.ts';

/** A line of a block: plain text, and how it is painted. */
export interface BlockLine {
  readonly text: string;
  readonly paint?: 'dim' | 'red' | 'green';
}

/** How much room there is. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

/** What is known of one stack that is in progress. */
interface Row {
  readonly name: string;
  readonly begun: number;
  readonly recent: string[];
  readonly done: number;
  readonly total?: number | undefined;
  readonly waiting: readonly string[];
  /** What was last said of it, until there is something to count. */
  said: string;
}

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
/** How long a frame of the spinner stays. */
export const frameMs = 120;

/** Elapsed time in words: `45 s`, `3 min 05 s`. */
export const elapsed = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
};

/** Which stack a note is about; the same name may stand in several regions and accounts. */
const keyOf = (note: Note): string | undefined =>
  'stack' in note && note.stack !== undefined
    ? [note.stack, Reflect.get(note, 'region'), Reflect.get(note, 'account')].join(' ')
    : undefined;

/**
 * The stacks that are in progress. A single one has a block of its own: how far it is, what it waits for, its last events.
 * Of several, after a note of the type `stacks`, each has a line, and one line counts them all.
 */
export class Block {
  readonly #rows = new Map<string, Row>();
  #several: { readonly total: number; readonly begun: number } | undefined;
  #done = 0;
  #failed = 0;

  /** Whether there is nothing to show. */
  get isEmpty(): boolean {
    return this.#rows.size === 0 && !this.#several;
  }

  /** Takes note of what is told. */
  take(note: Note, now: number): void {
    if (note.type === 'stacks') this.#several = { total: note.total, begun: now };
    if (note.type === 'result') {
      this.#rows.clear();
      this.#several = undefined;
    }
    const key = keyOf(note);
    if (key === undefined) return;
    if (note.type === 'begin') this.#row(key, note, now);
    if (note.type === 'progress' && this.#several) this.#row(key, note, now).said = note.message;
    if (note.type === 'status') {
      const { done, total, waiting } = note;
      Object.assign(this.#row(key, note, now), { done, total, waiting, said: '' });
    }
    if (note.type === 'event') {
      const { time, status, resource, resourceType } = note;
      const line = `${clockOf(time)}  ${status}  ${resource} ${resourceType}`;
      this.#rows.get(key)?.recent.push(line);
    }
    // One of several may go on with another operation.
    if (note.type === 'ended' && !this.#several) this.#rows.delete(key);
    if (note.type === 'finished') {
      this.#rows.delete(key);
      if (note.ok) this.#done += 1;
      else this.#failed += 1;
    }
  }

  /** The lines of the block at a time, none of them wider than the terminal and one row fewer than it has. */
  lines(now: number, { columns, rows }: Room): readonly BlockLine[] {
    const lines = this.#several
      ? this.#severalLines(this.#several, now, columns, Math.max(1, rows - 2))
      : [...this.#rows.values()].flatMap((row) => singleLines(row, now));
    return lines.slice(0, Math.max(1, rows - 1)).map(({ text, ...others }) => ({
      // A terminal that is full to its last column wraps at different moments.
      text: fit(text, Math.max(1, columns - 1)),
      ...others,
    }));
  }

  #row(key: string, note: Extract<Note, { stack?: string }>, now: number): Row {
    const known = this.#rows.get(key);
    if (known) return known;
    const row: Row = { name: nameOf(note), begun: now, recent: [], done: 0, waiting: [], said: '' };
    this.#rows.set(key, row);
    return row;
  }

  #severalLines(
    { total, begun }: { readonly total: number; readonly begun: number },
    now: number,
    columns: number,
    most: number,
  ): readonly BlockLine[] {
    const rows = [...this.#rows.values()];
    const shown = rows.length > most ? rows.slice(0, most - 1) : rows;
    const told = shown.map((row) => `${row.said || progressOf(row)}, ${elapsed(now - row.begun)}`);
    // Of what is told in words the beginning is enough; of what is counted it is not.
    const counted = told.filter((_, index) => shown[index]?.said === '');
    const names = shortened(
      shown.map(({ name }) => name),
      columns - aroundNames - Math.max(0, ...counted.map((text) => text.length)),
    );
    const width = Math.max(0, ...names.map((name) => name.length));
    const left = Math.max(0, total - this.#done - this.#failed - rows.length);
    const counts = [
      `${this.#done} of ${total} stacks done`,
      `${this.#failed} failed`,
      `${rows.length} in progress`,
      `${left} to do`,
      elapsed(now - begun),
    ];
    return [
      ...shown.map((row, index) => ({
        text: `${frameAt(now)} ${names[index]?.padEnd(width)}  ${told[index]}${waitingFor(row)}`,
      })),
      ...(shown.length < rows.length
        ? [{ text: `  and ${rows.length - shown.length} more`, paint: 'dim' as const }]
        : []),
      { text: counts.join(', '), paint: this.#failed > 0 ? 'red' : 'green' },
    ];
  }
}

/** How a stack is called: with its region and account where the note says them. */
export const nameOf = ({ stack, region, account }: { readonly stack?: string } & Where): string =>
  [stack, region, account].filter(Boolean).join(' ');

/** The spinner before a name, the space behind it, the sign that something is left out, and the last column. */
const aroundNames = 6;

/** No name is made shorter than this. */
const shortestName = 8;

/** Names that leave room for what stands behind them: without what those of all stacks begin with, and cut at the end. */
function shortened(names: readonly string[], columns: number): readonly string[] {
  const most = Math.max(shortestName, columns);
  if (names.every((name) => name.length <= most)) return names;
  return names.map((name) => fit(name.replace(/^patrol-/, ''), most));
}

/** A point in time as a clock shows it here. */
export const clockOf = (time: string): string => new Date(time).toTimeString().slice(0, 8);

const frameAt = (now: number): string => frames[Math.floor(now / frameMs) % frames.length] ?? '';

const progressOf = ({ done, total }: Row): string =>
  total === undefined ? `${done} resources` : `${done} of ${Math.max(total, done)} resources`;

const waitingFor = ({ waiting }: Row): string =>
  waiting.length > 0 ? `, waiting for ${waiting.join(', ')}` : '';

const singleLines = (row: Row, now: number): readonly BlockLine[] => [
  { text: `${frameAt(now)} ${row.name}: ${progressOf(row)}, ${elapsed(now - row.begun)}` },
  ...(row.waiting.length > 0 ? [{ text: `  waiting for ${row.waiting.join(', ')}` }] : []),
  ...row.recent.slice(-5).map((text) => ({ text: `  ${text}`, paint: 'dim' as const })),
];
