/** What the schemas of contracts are made of. Messages say what was expected and what was found. */
import * as v from 'valibot';
import { isObject } from '../cloudtrail.ts';

/** The message of a check of a schema: `v.regex(…, expected('a version such as 1.2.3'))`. */
export const expected =
  (what: string) =>
  ({ input }: { readonly input: unknown }): string =>
    `expected ${what}; found ${show(input)}`;

/** A value in a few words. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const shown = String(JSON.stringify(value));
  return shown.length <= 100 ? shown : `${shown.slice(0, 99)}…`;
}

/** A text of some form, said in words for messages. */
export const form = (pattern: RegExp, words: string, description: string) =>
  v.pipe(v.string(), v.regex(pattern, expected(words)), v.description(description));

/** A text that is not blank. */
export const text = (description: string) => form(/\S/, 'a text that is not blank', description);

/** A text of one line that is not blank. */
export const line = (description: string) =>
  form(/^[^\r\n]*\S[^\r\n]*$/, 'a line of text that is not blank', description);

/** A whole number between two, both included. */
export const whole = (from: number, to: number, description: string) => {
  const message = expected(`a whole number from ${from} to ${to}`);
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(from, message),
    v.maxValue(to, message),
    v.description(description),
  );
};

/** The check that nothing stands in a list twice. */
export const distinct = <T>() =>
  v.rawCheck<T[]>(({ dataset, addIssue }) => {
    const input: readonly T[] = dataset.typed ? dataset.value : [];
    const texts = input.map((value) => JSON.stringify(value));
    for (const [key, value] of input.entries()) {
      const first = texts.indexOf(texts[key] ?? '');
      if (first === key) continue;
      const path: [v.IssuePathItem] = [{ type: 'array', origin: 'value', input, key, value }];
      addIssue({ path, message: `${show(value)} is there twice; the first is [${first}]` });
    }
  });

/** A list of texts in which none stands twice. `least`: how many items it has at least. */
export const set = <S extends v.GenericSchema<unknown, string>>(
  item: S,
  least: 0 | 1,
  description: string,
) =>
  v.pipe(
    v.array(item),
    v.minLength(least, expected('at least one item')),
    distinct<string>(),
    v.metadata({ description, uniqueItems: true }),
  );

/** An object with these fields. valibot's own `object` takes a list for an object without any of them. */
export const object = <const E extends v.ObjectEntries>(entries: E) =>
  v.pipe(anyObject, v.object(entries));

/** An object with names of one kind and values of another. */
export const record = <
  const K extends v.GenericSchema<string, string>,
  const V extends v.GenericSchema,
>(
  names: K,
  values: V,
) => v.pipe(anyObject, v.record(names, values));

/** Names that stand for something else in JavaScript: valibot passes over fields of these names without a word. */
const unspeakable = ['__proto__', 'constructor', 'prototype'];

const anyObject = v.pipe(
  v.unknown(),
  v.check(isObject, expected('an object')),
  v.check(
    (value) => !unspeakable.some((name) => Object.hasOwn(Object(value), name)),
    `expected no field with one of the names ${unspeakable.join(', ')}`,
  ),
);

/**
 * A further check of an object: what its fields have to do with each other. It is made where each field is fine by itself.
 *
 * @param problems gives messages by the name of the field that they are about; '' for the whole.
 */
export const together = <T extends object>(
  problems: (value: T) => readonly (readonly [field: string, message: string])[],
) =>
  v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return;
    const input = dataset.value as Record<string, unknown>;
    for (const [key, message] of problems(dataset.value)) {
      const at: v.IssuePathItem = {
        type: 'object',
        origin: 'value',
        input,
        key,
        value: input[key],
      };
      addIssue(key === '' ? { message } : { message, path: [at] });
    }
  });
