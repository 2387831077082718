/** Records and JSON, as several rooms need them. Pure. */

/** Texts by their names: values of parameters, tags, outputs. */
export type Texts = Readonly<Record<string, string>>;

/** A record whose members that may be left out may be `undefined` instead. */
type Loose<T> = {
  [K in keyof T]: Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K];
};

/**
 * A record without the members that are `undefined`. They are checked as those of a literal: their type comes from where the
 * record goes, or is given.
 */
export const compact = <T extends object = never>(record: NoInfer<Loose<T>>): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

/** What a table of sentences tells, as data: each code with the facts of its sentence. */
export type Coded<Table> = {
  [C in keyof Table]: { readonly code: C } & Readonly<FactsOf<Table[C]>>;
}[keyof Table];

type FactsOf<Sentence> = Sentence extends (facts: infer Facts) => string ? Facts : never;

/** The different ones of some values that are JSON. */
export const distinct = <T>(values: readonly T[]): readonly T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

/** The member of a record; never one that every object has, such as `constructor`. */
export const own = <T>(
  record: Readonly<Record<string, T>> | undefined,
  name: string,
): T | undefined => (record && Object.hasOwn(record, name) ? record[name] : undefined);

/** A record with the same names, and other values. */
export const mapValues = <T, U>(
  record: Readonly<Record<string, T>>,
  to: (value: T, name: string) => U,
): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value, name)]));

/** The members of a record that are wanted. */
export const picked = <T>(
  record: Readonly<Record<string, T>>,
  isWanted: (name: string, value: T) => boolean,
): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name, value]) => isWanted(name, value)));

/** Some members of a record. */
export const members = <T extends object, K extends keyof T>(record: T, ...names: K[]) =>
  Object.fromEntries(names.map((name) => [name, record[name]])) as Pick<T, K>;

/** The value of a JSON text, or something else for what is no JSON. */
export function jsonIn(text: string, otherwise?: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}
