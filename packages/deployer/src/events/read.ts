/**
 * Reads events from the bytes of a file: NDJSON, a JSON value over many lines, CloudTrail's log files, each also as gzip.
 * It keeps one line of NDJSON in memory at a time, so a file can have any size. A value over many lines is kept as a whole.
 * What cannot be read becomes an entry of its own. Nothing throws.
 */
import { github, type Sender } from '@patrol/core';
import { messageOf } from '../text/errors.ts';
import { type KnownEvent, type Recognised, recognise, knownKinds } from './recognise.ts';
import { unpacked } from './unpack.ts';
import { deliveryOf } from './webhook.ts';

/** One value of a file, or what is wrong with it. `line` counts the values of the file from 1. */
export type Entry =
  | { readonly kind: 'event'; readonly line: number; readonly event: KnownEvent }
  /** A value that is not JSON, or no event of a known kind. */
  | { readonly kind: 'unreadable'; readonly line: number; readonly message: string }
  /** The file could not be read to its end. `line` is the number that the next value would have. */
  | { readonly kind: 'broken'; readonly line: number; readonly message: string };

/** The entries of a piece of a file. */
export interface Piece {
  readonly entries: readonly Entry[];
  /** The unpacked size of the piece. */
  readonly bytes: number;
}

/** How a file is read. */
export interface ReadOptions {
  /** Whether the file's name says that each line is a value. */
  readonly isLines?: boolean;
  /** The size in bytes of the largest line, and of the largest value over many lines; 256 MB when left out. */
  readonly limit?: number;
  /** Who sends the deliveries whose requests the file may have; GitHub when left out. */
  readonly sender?: Sender;
}

/** Node's strings end at 512 MB. */
const largestValue = 256 * 1024 * 1024;

/** Reads the entries of a file, piece by piece. */
export async function* readEntries(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<Piece> {
  const reader = valueReader(options);
  try {
    for await (const chunk of unpacked(source)) {
      reader.take(chunk);
      yield { entries: reader.entries.splice(0), bytes: chunk.length };
    }
    reader.end();
  } catch (error) {
    reader.breakOff(error);
  }
  yield { entries: reader.entries.splice(0), bytes: 0 };
}

const newline = 0x0a;

/**
 * Finds the JSON values in a text that arrives in pieces.
 *
 * A line that is JSON by itself is a value. Any other line may begin a value over many lines. Such lines are held until the
 * text ends, or until a line opens a bracket where no value can begin. Then the held lines are one value, or they are NDJSON
 * with damaged lines. The two cannot be confused: within a value, another one begins only after `[`, `,` or `:`, and a string
 * holds no line break.
 */
function valueReader({ limit = largestValue, isLines = false, sender = github }: ReadOptions) {
  const tooLarge = `Expected values of at most ${limit} bytes, found a larger one`;
  const entries: Entry[] = [];
  /** The number of values so far. */
  let line = 0;
  /** The beginning of a line whose end has not arrived yet. */
  let rest: Buffer[] = [];
  let restSize = 0;
  /** Whether the line is too long and is skipped to its end. */
  let isSkipping = false;
  let isFirst = true;
  let held: string[] = [];
  let heldSize = 0;
  /** Whether the file had a value over many lines. */
  let isSpread = false;

  function take(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end < 0) break;
      if (restSize === 0 && !isSkipping) {
        takeLine(chunk.toString('utf8', start, end));
      } else {
        keep(chunk.subarray(start, end));
        takeRest();
      }
      start = end + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }

  function end(): void {
    takeRest();
    release(true);
  }

  /** Ends where the bytes stopped. Whole values count. What is cut off is part of one error. */
  function breakOff(error: unknown): void {
    const [before, lineBefore] = [entries.length, line];
    end();
    const whole = entries.splice(before).filter(({ kind }) => kind !== 'unreadable');
    entries.push(...whole);
    line = whole.at(-1)?.line ?? lineBefore;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const what = code.startsWith('Z_') ? 'is damaged or cut off, as gzip' : 'cannot be read';
    entries.push({
      kind: 'broken',
      line: line + 1,
      message: `The file ${what}: ${messageOf(error)}`,
    });
  }

  function keep(bytes: Buffer): void {
    if (isSkipping) return;
    rest.push(bytes);
    restSize += bytes.length;
    if (restSize <= limit) return;
    unreadable(tooLarge);
    rest = [];
    restSize = 0;
    isSkipping = true;
  }

  function takeRest(): void {
    const text = Buffer.concat(rest).toString('utf8');
    rest = [];
    restSize = 0;
    if (!isSkipping) takeLine(text);
    isSkipping = false;
  }

  function takeLine(given: string): void {
    const text = isFirst ? given.replace(/^\uFEFF/, '') : given;
    isFirst = false;
    if (text.trim() === '') return;
    if (held.length > 0 && beginsAnew(text, held.at(-1) ?? '')) release(false);
    if (held.length === 0) {
      const parsed = parse(text);
      if ('value' in parsed) return takeValue(parsed.value);
    }
    held.push(text);
    heldSize += text.length;
    if (heldSize <= limit) return;
    held = [];
    heldSize = 0;
    isSpread = true;
    unreadable(tooLarge);
  }

  /** Decides whether the held lines are one value or several. */
  function release(isEnd: boolean): void {
    const lines = held;
    held = [];
    heldSize = 0;
    if (lines.length === 0) return;
    const whole = parse(lines.join('\n'));
    if ('value' in whole) {
      isSpread = true;
      return takeValue(whole.value);
    }
    const areValues = lines.length > 1 && !isSpread && (isLines || !isEnd || line > 0);
    if (!areValues) return takeParsed(whole);
    for (const each of lines) takeParsed(parse(each));
  }

  function takeParsed(parsed: Parsed): void {
    if ('value' in parsed) takeValue(parsed.value);
    else unreadable(`Expected JSON, found: ${parsed.error}`);
  }

  function takeValue(value: unknown): void {
    // No recursion: a hostile file can nest lists as deep as it likes.
    const open: Iterator<unknown>[] = [[value].values()];
    for (let inner = open.at(-1); inner; inner = open.at(-1)) {
      const next = inner.next();
      const element = next.done ? undefined : recognise(next.value);
      if (element === undefined) open.pop();
      else if (element.kind === 'list') open.push(element.values.values());
      else takeKnown(element);
    }
  }

  function takeKnown(known: Exclude<Recognised, { kind: 'list' }>): void {
    switch (known.kind) {
      case 'event':
        return addEvent(known.event);
      case 'request': {
        const event = deliveryOf(known.request, sender);
        return event ? addEvent(event) : unreadable(`Expected ${delivering(sender)}`);
      }
      case 'unknown':
        return unreadable(`Expected ${knownKinds}, found ${known.found}`);
      case 'digest':
        line += 1;
    }
  }

  function addEvent(event: KnownEvent): void {
    line += 1;
    entries.push({ kind: 'event', line, event });
  }

  function unreadable(message: string): void {
    line += 1;
    entries.push({ kind: 'unreadable', line, message });
  }

  return { entries, take, end, breakOff };
}

const delivering = ({ name, event = [] }: Sender): string => {
  const headers = event.flatMap((spot) =>
    'header' in spot ? `the header ${spot.header} and ` : [],
  );
  return `a request that delivers an event of ${name}, with ${headers.join('')}a JSON payload, found another request`;
};

/** Whether a line begins a new value: it opens a bracket where the value before cannot have one. */
const beginsAnew = (line: string, before: string): boolean =>
  (line.startsWith('{') || line.startsWith('[')) && !'[,:'.includes(before.trimEnd().slice(-1));

/** What a text is as JSON, or why it is none. */
type Parsed = { readonly value: unknown } | { readonly error: string };

function parse(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
