/**
 * Shapes: what a value of the file may look like, declared once. A shape reads values, with every problem and its place,
 * and is a JSON schema (draft 07), so that an editor and the deployer never disagree. Pure.
 */
import type { Found } from './nodes.ts';
import { near, type Path, type Position, problem, type Problem } from './problem.ts';
import type { Fault } from '../view/sentences/faults.ts';
import { compact, mapValues, own } from '../text/records.ts';
import { quoted } from '../text/words.ts';

/** A JSON schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a value may look like. */
export interface Shape<T> {
  /** The kinds of values that it reads; all others are refused. */
  readonly kinds: readonly Found['kind'][];
  /** What is expected, in words: `a region, such as eu-west-1`. */
  readonly words: string;
  readonly schema: Schema;
  /** Gives `undefined` for what it refuses. */
  readonly read: (found: Found, path: Path, reading: Reading) => T | undefined;
}

/** What a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

/** An alias stands for as much as it names: without a limit a few lines could be read for ever. */
const mostValues = 50_000;

/** Everything that comes of reading a value. */
export class Reading {
  readonly problems: Problem[] = [];
  readonly #places = new Map<string, Position>();
  #values = 0;

  /** Reads a value by its shape. */
  read<T>(shape: Shape<T>, found: Found, path: Path): T | undefined {
    this.#values += 1;
    if (this.#values === mostValues) {
      this.refuse(found.at, [], { code: 'manyValues', most: mostValues });
    }
    if (this.#values >= mostValues || found.kind === 'unreadable') return undefined;
    this.place(path, found.at);
    if (shape.kinds.includes(found.kind)) return shape.read(found, path, this);
    return this.unexpected(shape, found, path);
  }

  /** Refuses a value that is not what is expected. */
  unexpected(shape: Pick<Shape<unknown>, 'words' | 'kinds'>, found: Found, path: Path): undefined {
    const isPlain = found.kind === 'boolean' || found.kind === 'number';
    const quotes = isPlain && shape.kinds.includes('text');
    const about = { expected: shape.words, found: foundWords(found), quotes };
    this.refuse(found.at, path, { code: 'unexpected', ...about });
  }

  refuse(at: Position, path: Path, fault: Fault, kind: Problem['kind'] = 'shape'): void {
    this.problems.push(problem(at, path, fault, kind));
  }

  /** Remembers where something stands. A key says it better than the value behind it. */
  place(path: Path, at: Position): void {
    const key = JSON.stringify(path);
    if (!this.#places.has(key)) this.#places.set(key, at);
  }

  /** Where something stands, or else what it is a part of. */
  where(path: Path): Position {
    for (let length = path.length; length > 0; length -= 1) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (place) return place;
    }
    return { line: 1, column: 1 };
  }
}

function foundWords(found: Found): string {
  switch (found.kind) {
    case 'map':
      return found.entries.length === 0 ? 'an empty map' : 'a map';
    case 'list':
      return found.items.length === 0 ? 'an empty list' : 'a list';
    case 'text':
      return quoted(found.text);
    case 'number':
      return found.text;
    case 'boolean':
      return String(found.value);
    case 'nothing':
    case 'unreadable':
      return 'nothing';
  }
}

type FoundOf<Kind> = Extract<Found, { readonly kind: Kind }>;

/** A shape of one kind of values. `read` gives what `unexpected` gives for one of that kind that is not what is expected. */
function shapeOf<Kind extends Found['kind'], T>(
  kind: Kind,
  words: string,
  schema: Schema,
  read: (
    found: FoundOf<Kind>,
    unexpected: () => undefined,
    path: Path,
    reading: Reading,
  ) => T | undefined,
): Shape<T> {
  const expected = { kinds: [kind], words };
  return {
    ...expected,
    schema,
    read: (found, path, reading) => {
      const unexpected = (): undefined => reading.unexpected(expected, found, path);
      return read(found as FoundOf<Kind>, unexpected, path, reading);
    },
  };
}

/** JSON schema counts characters, not the units of UTF-16. */
const characters = (text: string): number => text.match(/./gsu)?.length ?? 0;

/** What a text may be. */
interface TextOptions {
  /** A regular expression, searched for in the text. */
  readonly pattern?: string;
  readonly maxLength?: number;
  /** What only more than a pattern can tell. */
  readonly refuse?: (text: string) => string | undefined;
}

/** A text. */
export function text(words: string, options: TextOptions = {}): Shape<string> {
  const { pattern, maxLength, refuse } = options;
  const expression = new RegExp(pattern ?? '', 'u');
  const most = maxLength ?? Infinity;
  const schema = compact<Schema>({ type: 'string', pattern, maxLength });
  return shapeOf('text', words, schema, ({ at, text: value }, unexpected, path, reading) => {
    const isTooLong = value.length > most && characters(value) > most;
    if (isTooLong || !expression.test(value)) return unexpected();
    const wrong = refuse?.(value);
    if (wrong === undefined) return value;
    reading.refuse(at, path, { code: 'value', why: wrong }, 'value');
    return undefined;
  });
}

/** One of some texts. */
export const oneOf = <T extends string>(words: string, among: readonly T[]): Shape<T> =>
  shapeOf(
    'text',
    words,
    { type: 'string', enum: among },
    ({ text: value }, unexpected) => among.find((each) => each === value) ?? unexpected(),
  );

/** A text, or a number taken as it is written. */
export const textOrNumber = (shape: Shape<string>): Shape<string> => ({
  ...shape,
  kinds: ['text', 'number'],
  schema: { ...shape.schema, type: ['string', 'number'] },
  read: (found, path, reading) => {
    if (found.kind !== 'number') return shape.read(found, path, reading);
    return Number.isFinite(found.value) ? found.text : reading.unexpected(shape, found, path);
  },
});

/** A whole number. */
export const integer = (
  words: string,
  { minimum, maximum }: { readonly minimum: number; readonly maximum?: number },
): Shape<number> =>
  shapeOf(
    'number',
    words,
    compact<Schema>({ type: 'integer', minimum, maximum }),
    (found, unexpected) => {
      const { value } = found;
      const isWithin = value >= minimum && value <= (maximum ?? Infinity);
      return Number.isInteger(value) && isWithin ? value : unexpected();
    },
  );

/** So many digits without quotes, as a text. A leading zero is lost by now, and `1.1e+11` is nothing that anybody means: both are refused. */
export const digits = (words: string, count: number): Shape<string> =>
  shapeOf(
    'number',
    words,
    { type: 'integer', minimum: 10 ** (count - 1), maximum: 10 ** count - 1 },
    ({ text: written }, unexpected) =>
      /^[1-9]\d*$/.test(written) && written.length === count ? written : unexpected(),
  );

/** `true` or `false`. */
export const flag: Shape<boolean> = shapeOf(
  'boolean',
  'true or false',
  { type: 'boolean' },
  ({ value }) => value,
);

/** A list of different values, of one at least unless it may be empty. */
export const list = <T extends string | object>(
  words: string,
  item: Shape<T>,
  {
    empty = false,
    repeats = false,
    most,
  }: { readonly empty?: boolean; readonly repeats?: boolean; readonly most?: number } = {},
): Shape<readonly T[]> => {
  const schema = compact<Schema>({
    type: 'array',
    items: item.schema,
    minItems: empty ? undefined : 1,
    maxItems: most,
    uniqueItems: repeats ? undefined : true,
  });
  return shapeOf('list', words, schema, ({ at, items }, unexpected, path, reading) => {
    if (items.length === 0 && !empty) return unexpected();
    if (items.length > (most ?? Infinity)) {
      reading.refuse(at, path, { code: 'tooMany', most, found: items.length });
    }
    const values: T[] = [];
    const seen = new Set<string>();
    for (const [index, each] of items.entries()) {
      const value = reading.read(item, each, [...path, index]);
      if (value === undefined) continue;
      const key = JSON.stringify(value);
      if (seen.has(key) && !repeats) {
        const text = typeof value === 'string' ? value : undefined;
        reading.refuse(each.at, [...path, index], { code: 'repeated', text });
      }
      seen.add(key);
      values.push(value);
    }
    return values.length === items.length ? values : undefined;
  });
};

/** A map from names to values. */
export function dictionary<T>(
  words: string,
  /** What a name is, and the pattern of one. */
  name: Pick<TextOptions, 'maxLength' | 'refuse'> & {
    readonly words: string;
    readonly pattern: string;
  },
  value: Shape<T>,
  { empty = false, most }: { readonly empty?: boolean; readonly most?: number } = {},
): Shape<Readonly<Record<string, T>>> {
  const { pattern, maxLength } = name;
  const expression = new RegExp(pattern, 'u');
  const schema = compact<Schema>({
    type: 'object',
    propertyNames: compact<Schema>({ pattern, maxLength }),
    additionalProperties: value.schema,
    minProperties: empty ? undefined : 1,
    maxProperties: most,
  });
  return shapeOf('map', words, schema, ({ at: start, entries }, unexpected, path, reading) => {
    if (entries.length === 0 && !empty) return unexpected();
    if (entries.length > (most ?? Infinity)) {
      reading.refuse(start, path, { code: 'tooMany', most, found: entries.length });
    }
    const values: [string, T][] = [];
    for (const { key, at, value: inner } of entries) {
      reading.place([...path, key], at);
      if (!expression.test(key) || characters(key) > (maxLength ?? Infinity)) {
        reading.refuse(at, path, { code: 'wrongKey', expected: name.words, key });
      }
      const wrong = name.refuse?.(key);
      if (wrong !== undefined)
        reading.refuse(at, [...path, key], { code: 'value', why: wrong }, 'value');
      const read = reading.read(value, inner, [...path, key]);
      if (read !== undefined) values.push([key, read]);
    }
    return Object.fromEntries(values);
  });
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Values<R extends Fields, O extends Fields> = {
  readonly [K in keyof R]: Read<R[K]>;
} & { readonly [K in keyof O]?: Read<O[K]> };

/** What a record asks of its keys together. */
interface RecordOptions<R extends Fields, O extends Fields> {
  readonly required?: R;
  readonly optional?: O;
  /** Exactly one of these keys must be there. */
  readonly one?: readonly (keyof O & string)[];
  /** Not more than one of these keys may be there. */
  readonly atMostOne?: readonly (keyof O & string)[];
  /** Keys that are only there with another one. */
  readonly needs?: readonly (readonly [key: keyof O & string, other: keyof O & string])[];
  /** Keys that match are left alone: the place for anchors. */
  readonly open?: string;
}

/** A map with the given keys and no others. */
export function record<R extends Fields = {}, O extends Fields = {}>(
  words: string,
  options: RecordOptions<R, O>,
): Shape<Values<R, O>> {
  const { open, one, atMostOne, needs = [] } = options;
  const required = Object.keys(options.required ?? {});
  const fields: Fields = { ...options.required, ...options.optional };
  const isOpen = open === undefined ? undefined : new RegExp(open, 'u');
  const faultsOf = function* (keys: readonly string[]): Generator<Fault> {
    const among = (names: readonly string[]): number =>
      names.filter((name) => keys.includes(name)).length;
    for (const key of required) {
      if (!keys.includes(key)) yield { code: 'missingKey', key, expected: fields[key]?.words };
    }
    if (one && among(one) !== 1) {
      yield { code: 'either', keys: one, found: among(one) === 0 ? 'neither' : 'both' };
    }
    if (atMostOne && among(atMostOne) > 1) {
      yield { code: 'either', keys: atMostOne, found: 'both' };
    }
    for (const [key, other] of needs) {
      if (keys.includes(key) && !keys.includes(other)) yield { code: 'goesWith', key, other };
    }
  };
  const schema = compact<Schema>({
    type: 'object',
    properties: mapValues(fields, (field) => field.schema),
    patternProperties: open === undefined ? undefined : { [open]: {} },
    additionalProperties: false,
    required: required.length === 0 ? undefined : required,
    oneOf: one?.map((key) => ({ required: [key] })),
    not: atMostOne && { required: atMostOne },
    dependencies:
      needs.length === 0
        ? undefined
        : Object.fromEntries(needs.map(([key, other]) => [key, [other]])),
  });
  return shapeOf('map', words, schema, ({ at: start, entries }, _, path, reading) => {
    const values = new Map<string, unknown>();
    for (const { key, at, value } of entries) {
      reading.place([...path, key], at);
      const field = own(fields, key);
      if (field) {
        values.set(key, reading.read(field, value, [...path, key]));
      } else if (!isOpen?.test(key)) {
        const names = Object.keys(fields);
        reading.refuse(at, [...path, key], { code: 'noKey', keys: names, ...near(key, names) });
      }
    }
    const faults = faultsOf(entries.map(({ key }) => key));
    for (const fault of faults) reading.refuse(start, path, fault);
    return compact<Schema>(mapValues(fields, (_field, key) => values.get(key))) as Values<R, O>;
  });
}

/** A value of one shape or another; which one, its kind tells. */
export function either<A, B>(words: string, first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return {
    kinds: [...first.kinds, ...second.kinds],
    words,
    schema: { anyOf: [first.schema, second.schema] },
    read: (found, path, reading) =>
      (first.kinds.includes(found.kind) ? first : second).read(found, path, reading),
  };
}

/** Adds to a shape's schema what an editor shows. */
export const about = <T>(
  shape: Shape<T>,
  description: string,
  more: { readonly default?: unknown; readonly examples?: readonly unknown[] } = {},
): Shape<T> => ({ ...shape, schema: { description, ...shape.schema, ...more } });
