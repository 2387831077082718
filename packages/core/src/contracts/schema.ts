/** What schemas of contracts are made of. Messages say what was expected and what was found. */
import * as v from 'valibot';
import { isObject } from '../cloudtrail.ts';

/** The message of a check of a schema: `v.regex(…, expected('a version such as 1.2.3'))`. */
export const expected =
  (what: string) =>
  ({ input }: { readonly input: unknown }): string =>
    `expected ${what}; found ${show(input)}`;

/** A value in a few words. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = String(JSON.stringify(value));
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}

/** A text that is not blank. */
export const text = (description: string) =>
  v.pipe(
    v.string(),
    v.regex(/\S/, expected('a text that is not blank')),
    v.description(description),
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

const anyObject = v.pipe(v.unknown(), v.check(isObject, expected('an object')));
