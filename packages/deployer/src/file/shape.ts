/**
 * Shapes: what a value of the file may look like, declared once. A shape reads values, with every problem and its place,
 * and is a JSON schema (draft 07), so that an editor and the deployer never disagree. Pure.
 */
import type { Entry, Found } from './nodes.ts';
import { meant, type Path, type Position, problem, type Problem } from './problem.ts';
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
type Read<S> = S extends Shape<infer T> ? T : never;

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
      this.refuse(
        found.at,
        [],
        `anchors make more than ${mostValues} values of this file`,
        'shape',
      );
    }
    if (this.#values >= mostValues || found.kind === 'unreadable') return undefined;
    this.place(path, found.at);
    if (shape.kinds.includes(found.kind)) return shape.read(found, path, this);
    return this.unexpected(shape, found, path);
  }

  /** Refuses a value that is not what is expected. */
  unexpected(shape: Pick<Shape<unknown>, 'words' | 'kinds'>, found: Found, path: Path): undefined {
    const quote =
      shape.kinds.includes('text') && (found.kind === 'boolean' || found.kind === 'number')
        ? '; put it in quotes to make it a text'
        : '';
    this.refuse(
      found.at,
      path,
      `expected ${shape.words}; found ${foundWords(found)}${quote}`,
      'shape',
    );
  }

  refuse(at: Position, path: Path, message: string, kind: Problem['kind'] = 'value'): void {
    this.problems.push(problem(at, path, message, kind));
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
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  const shape: Shape<string> = {
    kinds: ['text'],
    words,
    schema: {
      type: 'string',
      ...(pattern === undefined ? {} : { pattern }),
      ...(maxLength === undefined ? {} : { maxLength }),
    },
    read: (found, path, reading) => {
      if (found.kind !== 'text') return undefined;
      const value = found.text;
      const tooLong =
        maxLength !== undefined && value.length > maxLength && characters(value) > maxLength;
      if (tooLong || (expression && !expression.test(value))) {
        return reading.unexpected(shape, found, path);
      }
      const wrong = refuse?.(value);
      if (wrong === undefined) return value;
      reading.refuse(found.at, path, wrong);
      return undefined;
    },
  };
  return shape;
}

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
export function integer(
  words: string,
  { minimum, maximum }: { readonly minimum: number; readonly maximum?: number },
): Shape<number> {
  const shape: Shape<number> = {
    kinds: ['number'],
    words,
    schema: { type: 'integer', minimum, ...(maximum === undefined ? {} : { maximum }) },
    read: (found, path, reading) => {
      const value = found.kind === 'number' ? found.value : Number.NaN;
      return Number.isInteger(value) && value >= minimum && value <= (maximum ?? Infinity)
        ? value
        : reading.unexpected(shape, found, path);
    },
  };
  return shape;
}

/** `true` or `false`. */
export const flag: Shape<boolean> = {
  kinds: ['boolean'],
  words: 'true or false',
  schema: { type: 'boolean' },
  read: (found) => (found.kind === 'boolean' ? found.value : undefined),
};

/** A list of different values, of one at least unless it may be empty. */
export function list<T extends string | object>(
  words: string,
  item: Shape<T>,
  { empty = false, repeats = false }: { readonly empty?: boolean; readonly repeats?: boolean } = {},
): Shape<readonly T[]> {
  const shape: Shape<readonly T[]> = {
    kinds: ['list'],
    words,
    schema: {
      type: 'array',
      items: item.schema,
      ...(empty ? {} : { minItems: 1 }),
      ...(repeats ? {} : { uniqueItems: true }),
    },
    read: (found, path, reading) => {
      const items = found.kind === 'list' ? found.items : [];
      if (items.length === 0 && !empty) return reading.unexpected(shape, found, path);
      const values: T[] = [];
      const seen = new Set<string>();
      for (const [index, each] of items.entries()) {
        const value = reading.read(item, each, [...path, index]);
        if (value === undefined) continue;
        const key = JSON.stringify(value);
        if (seen.has(key) && !repeats) {
          const what = typeof value === 'string' ? quoted(value) : 'the same';
          reading.refuse(each.at, [...path, index], `${what} is already in this list`, 'shape');
        }
        seen.add(key);
        values.push(value);
      }
      return values.length === items.length ? values : undefined;
    },
  };
  return shape;
}

/** A map from names to values. */
export function dictionary<T>(
  words: string,
  /** What a name is, and the pattern of one. */
  name: { readonly words: string; readonly pattern: string; readonly maxLength?: number },
  value: Shape<T>,
  { empty = false, most }: { readonly empty?: boolean; readonly most?: number } = {},
): Shape<Readonly<Record<string, T>>> {
  const expression = new RegExp(name.pattern, 'u');
  const { maxLength = Infinity } = name;
  const shape: Shape<Readonly<Record<string, T>>> = {
    kinds: ['map'],
    words,
    schema: {
      type: 'object',
      propertyNames: {
        pattern: name.pattern,
        ...(name.maxLength === undefined ? {} : { maxLength }),
      },
      additionalProperties: value.schema,
      ...(empty ? {} : { minProperties: 1 }),
      ...(most === undefined ? {} : { maxProperties: most }),
    },
    read: (found, path, reading) => {
      const entries = found.kind === 'map' ? found.entries : [];
      if (entries.length === 0 && !empty) return reading.unexpected(shape, found, path);
      if (most !== undefined && entries.length > most) {
        reading.refuse(
          found.at,
          path,
          `expected at most ${most}; found ${entries.length}`,
          'shape',
        );
      }
      const values: [string, T][] = [];
      for (const { key, at, value: inner } of entries) {
        reading.place([...path, key], at);
        if (!expression.test(key) || characters(key) > maxLength) {
          reading.refuse(at, path, `expected ${name.words}; found the key ${quoted(key)}`, 'shape');
        }
        const read = reading.read(value, inner, [...path, key]);
        if (read !== undefined) values.push([key, read]);
      }
      return Object.fromEntries(values);
    },
  };
  return shape;
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
  /** A key that is only there with another one. */
  readonly needs?: readonly [key: keyof O & string, other: keyof O & string];
  /** Keys that match are left alone: the place for anchors. */
  readonly open?: string;
}

/** A map with the given keys and no others. */
export function record<R extends Fields = {}, O extends Fields = {}>(
  words: string,
  options: RecordOptions<R, O>,
): Shape<Values<R, O>> {
  const { open, one, atMostOne, needs } = options;
  const required: Fields = options.required ?? {};
  const fields: Fields = { ...required, ...options.optional };
  const isOpen = open === undefined ? undefined : new RegExp(open, 'u');
  const together = (map: Found, keys: readonly string[], path: Path, reading: Reading): void => {
    const refuse = (message: string): void => reading.refuse(map.at, path, message, 'shape');
    const among = (names: readonly string[]): readonly string[] =>
      names.filter((name) => keys.includes(name));
    for (const key of Object.keys(required)) {
      if (!keys.includes(key)) refuse(`the key ${key} is missing: ${fields[key]?.words}`);
    }
    if (one && among(one).length !== 1) {
      const found = among(one).length === 0 ? 'neither' : 'both';
      refuse(`expected either ${one.join(' or ')}; found ${found}`);
    }
    if (atMostOne && among(atMostOne).length > 1) {
      refuse(`expected either ${atMostOne.join(' or ')}; found both`);
    }
    if (needs && keys.includes(needs[0]) && !keys.includes(needs[1])) {
      refuse(`${needs[0]} goes with ${needs[1]} only`);
    }
  };
  return {
    kinds: ['map'],
    words,
    schema: {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(fields).map(([key, { schema }]) => [key, schema]),
      ),
      ...(open === undefined ? {} : { patternProperties: { [open]: {} } }),
      additionalProperties: false,
      ...(Object.keys(required).length === 0 ? {} : { required: Object.keys(required) }),
      ...(one ? { oneOf: one.map((key) => ({ required: [key] })) } : {}),
      ...(atMostOne ? { not: { required: atMostOne } } : {}),
      ...(needs ? { dependencies: { [needs[0]]: [needs[1]] } } : {}),
    },
    read: (found, path, reading) => {
      const entries: readonly Entry[] = found.kind === 'map' ? found.entries : [];
      const values = new Map<string, unknown>();
      for (const { key, at, value } of entries) {
        reading.place([...path, key], at);
        const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
        if (field) {
          values.set(key, reading.read(field, value, [...path, key]));
        } else if (!isOpen?.test(key)) {
          const names = Object.keys(fields);
          const hint = meant(key, names, `expected ${names.join(', ')}`);
          reading.refuse(at, [...path, key], `there is no such key; ${hint}`, 'shape');
        }
      }
      together(
        found,
        entries.map(({ key }) => key),
        path,
        reading,
      );
      const read = Object.keys(fields).map((key) => [key, values.get(key)] as const);
      return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as Values<R, O>;
    },
  };
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
