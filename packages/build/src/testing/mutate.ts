/** Hostile versions of real events, for property tests: fields dropped, types changed, texts grown, prototype keys. */
import fc from 'fast-check';
import { isObject } from '@patrol/core';

/** Values that replace others: of every type, of every size, and such as often break code. */
const replacements: fc.Arbitrary<() => unknown> = fc.oneof(
  {
    weight: 200,
    arbitrary: fc
      .constantFrom<unknown>(
        null,
        0,
        -1,
        1e308,
        true,
        false,
        '',
        ' ',
        '*',
        ',',
        '\u0000',
        '\ud800',
        '__proto__',
        'constructor',
        '%7B%22',
        '{"Statement":',
        [],
        [null],
        [[]],
        ['', {}],
        {},
        { '': '' },
        { length: 3 },
        { constructor: null, toString: 1 },
      )
      .map((value) => () => structuredClone(value)),
  },
  {
    weight: 20,
    arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => () => structuredClone(value)),
  },
  {
    weight: 20,
    arbitrary: fc.constant((): unknown =>
      JSON.parse('{"__proto__":{"a":1},"toString":{},"then":"x"}'),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('x', '\u{1f600}', '"')
      .map((unit) => () => unit.repeat(1_000_000 / unit.length)),
  },
);

/** Changes of one value within another. Each gives the new value for the old one; `undefined` removes it. */
const changes: fc.Arbitrary<(value: unknown) => unknown> = fc.oneof(
  fc.constant(() => undefined),
  replacements.map((replacement) => () => replacement()),
  fc.constant((value: unknown) => [value]),
  fc.constant((value: unknown) => ({ item: value })),
  fc.constant((value: unknown) => JSON.stringify(value) ?? ''),
  fc.constant((value: unknown) => (typeof value === 'string' ? value.toUpperCase() : value)),
  fc.constant((value: unknown) => (Array.isArray(value) ? [...value, ...value] : value)),
  fc.constant((value: unknown) =>
    isObject(value)
      ? JSON.parse(`{"__proto__":{},${JSON.stringify(value).slice(1)}`.replace(',}', '}'))
      : value,
  ),
);

/** A value within another. */
interface Place {
  /** The names on the way to it. */
  readonly path: string;
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

/** The values within a value, the first two thousand of them. */
function placesIn(value: unknown): readonly Place[] {
  const places: Place[] = [];
  const walk = (holder: unknown, above: string): void => {
    if (typeof holder !== 'object' || holder === null || places.length > 2000) return;
    for (const [key, inner] of Object.entries(holder)) {
      const path = `${above}/${key}`;
      places.push({ holder: holder as Record<string, unknown>, key, path });
      walk(inner, path);
    }
  };
  walk(value, '');
  return places;
}

/**
 * Copies of values, in each of which one text is replaced by one of the given. A text that several values have in the same place
 * is replaced once.
 */
export function withEachText(
  values: readonly unknown[],
  texts: readonly string[],
): readonly unknown[] {
  const seen = new Set<string>();
  return values.flatMap((value) =>
    placesIn(value).flatMap(({ holder, key, path }, place) => {
      const text: unknown = Reflect.get(holder, key);
      const where = `${path} ${String(text)}`;
      if (typeof text !== 'string' || seen.has(where)) return [];
      seen.add(where);
      return texts.map((other) => changeAt(structuredClone(value), place, () => other));
    }),
  );
}

/** Applies a change to one of the values within a value. `place` chooses which. */
function changeAt(value: unknown, place: number, change: (value: unknown) => unknown): unknown {
  const places = placesIn(value);
  const chosen = places[place % Math.max(1, places.length)];
  if (!chosen) return change(value);
  const { holder, key } = chosen;
  const changed = change(Reflect.get(holder, key));
  if (changed !== undefined)
    Object.defineProperty(holder, key, {
      value: changed,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
  return value;
}

/**
 * Hostile versions of values, for property tests with fast-check of what reads events: one to four changes to one of the given
 * values. `fc.assert(fc.property(mutated([document]), (hostile) => …))`
 */
export const mutated = (values: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fc.constantFrom(...values),
      fc.array(fc.tuple(fc.nat(), changes), { minLength: 1, maxLength: 4 }),
    )
    .map(([value, edits]) =>
      edits.reduce<unknown>(
        (current, [place, change]) => changeAt(current, place, change),
        structuredClone(value),
      ),
    );
