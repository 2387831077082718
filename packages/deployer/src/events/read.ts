/**
 * Reads events from the bytes of a file: NDJSON, a JSON value over many lines, CloudTrail's log files, each also as gzip.
 * It keeps one line of NDJSON in memory at a time, so a file can have any size. A value over many lines is kept as a whole.
 * What cannot be read becomes an entry of its own. Nothing throws.
 */
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
}

/** Node's strings end at 512 MB. */
const largestValue = 256 * 1024 * 1024;

/** Reads the entries of a file, piece by piece. */
export async function* readEntries(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<Piece> {
  const reader = new ValueReader(options);
  try {
    for await (const chunk of unpacked(source)) {
      reader.take(chunk);
      yield { entries: reader.drain(), bytes: chunk.length };
    }
    reader.end();
  } catch (error) {
    reader.breakOff(error);
  }
  yield { entries: reader.drain(), bytes: 0 };
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
class ValueReader {
  readonly #limit: number;
  readonly #isLines: boolean;
  #entries: Entry[] = [];
  /** The number of values so far. */
  #line = 0;
  /** The beginning of a line whose end has not arrived yet. */
  #rest: Buffer[] = [];
  #restSize = 0;
  /** Whether the line is too long and is skipped to its end. */
  #isSkipping = false;
  #isFirst = true;
  #held: string[] = [];
  #heldSize = 0;
  /** Whether the file had a value over many lines. */
  #isSpread = false;

  constructor({ limit = largestValue, isLines = false }: ReadOptions) {
    this.#limit = limit;
    this.#isLines = isLines;
  }

  /** The entries since the last call. */
  drain(): readonly Entry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  take(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end < 0) break;
      if (this.#restSize === 0 && !this.#isSkipping) {
        this.#takeLine(chunk.toString('utf8', start, end));
      } else {
        this.#keep(chunk.subarray(start, end));
        this.#takeRest();
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  end(): void {
    this.#takeRest();
    this.#release(true);
  }

  /** Ends where the bytes stopped. Whole values count. What is cut off is part of one error. */
  breakOff(error: unknown): void {
    const before = this.#entries.length;
    const line = this.#line;
    this.end();
    const whole = this.#entries.slice(before).filter(({ kind }) => kind !== 'unreadable');
    this.#entries.length = before;
    this.#entries.push(...whole);
    this.#line = whole.at(-1)?.line ?? line;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const what = code.startsWith('Z_') ? 'is damaged or cut off, as gzip' : 'cannot be read';
    this.#entries.push({
      kind: 'broken',
      line: this.#line + 1,
      message: `The file ${what}: ${messageOf(error)}`,
    });
  }

  #keep(bytes: Buffer): void {
    if (this.#isSkipping) return;
    this.#rest.push(bytes);
    this.#restSize += bytes.length;
    if (this.#restSize <= this.#limit) return;
    this.#unreadable(this.#tooLarge());
    this.#rest = [];
    this.#restSize = 0;
    this.#isSkipping = true;
  }

  #takeRest(): void {
    const text = Buffer.concat(this.#rest).toString('utf8');
    this.#rest = [];
    this.#restSize = 0;
    if (!this.#isSkipping) this.#takeLine(text);
    this.#isSkipping = false;
  }

  #takeLine(given: string): void {
    const text = this.#isFirst ? given.replace(/^\uFEFF/, '') : given;
    this.#isFirst = false;
    if (text.trim() === '') return;
    if (this.#held.length > 0 && beginsAnew(text, this.#held.at(-1) ?? '')) this.#release(false);
    if (this.#held.length === 0) {
      const parsed = parse(text);
      if ('value' in parsed) return this.#takeValue(parsed.value);
    }
    this.#held.push(text);
    this.#heldSize += text.length;
    if (this.#heldSize <= this.#limit) return;
    this.#held = [];
    this.#heldSize = 0;
    this.#isSpread = true;
    this.#unreadable(this.#tooLarge());
  }

  /** Decides whether the held lines are one value or several. */
  #release(isEnd: boolean): void {
    const lines = this.#held;
    this.#held = [];
    this.#heldSize = 0;
    if (lines.length === 0) return;
    const whole = parse(lines.join('\n'));
    if ('value' in whole) {
      this.#isSpread = true;
      return this.#takeValue(whole.value);
    }
    const areValues =
      lines.length > 1 && !this.#isSpread && (this.#isLines || !isEnd || this.#line > 0);
    if (!areValues) return this.#takeParsed(whole);
    for (const line of lines) this.#takeParsed(parse(line));
  }

  #takeParsed(parsed: Parsed): void {
    if ('value' in parsed) this.#takeValue(parsed.value);
    else this.#unreadable(`Expected JSON, found: ${parsed.error}`);
  }

  #takeValue(value: unknown): void {
    const known = recognise(value);
    if (known.kind !== 'list') return this.#takeKnown(known);
    // No recursion: a hostile file can nest lists as deep as it likes.
    const open = [known.values.values()];
    for (let inner = open.at(-1); inner; inner = open.at(-1)) {
      const next = inner.next();
      const element = next.done ? undefined : recognise(next.value);
      if (element === undefined) open.pop();
      else if (element.kind === 'list') open.push(element.values.values());
      else this.#takeKnown(element);
    }
  }

  #takeKnown(known: Exclude<Recognised, { kind: 'list' }>): void {
    switch (known.kind) {
      case 'event':
        return this.#event(known.event);
      case 'request': {
        const event = deliveryOf(known.request);
        return event ? this.#event(event) : this.#unreadable(`Expected ${delivering}`);
      }
      case 'unknown':
        return this.#unreadable(`Expected ${knownKinds}, found ${known.found}`);
      case 'digest':
        this.#line += 1;
    }
  }

  #event(event: KnownEvent): void {
    this.#line += 1;
    this.#entries.push({ kind: 'event', line: this.#line, event });
  }

  #unreadable(message: string): void {
    this.#line += 1;
    this.#entries.push({ kind: 'unreadable', line: this.#line, message });
  }

  #tooLarge(): string {
    return `Expected values of at most ${this.#limit} bytes, found a larger one`;
  }
}

const delivering =
  'a request that delivers an event of GitHub, with the header X-GitHub-Event and a JSON payload, found another request';

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
