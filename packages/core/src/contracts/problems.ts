/** What is wrong with a value, said by its schema: where, what was expected, what was found. */
import * as v from 'valibot';
import { expected } from './schema.ts';

/** One thing that a value has against its schema. */
export interface Problem {
  /** `rules[3].severity`; empty for the whole. */
  readonly path: string;
  /** `expected one of low, high; found "catastrophic"`. */
  readonly message: string;
}

/** A checked value, or everything that is wrong with it. */
export type Checked<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** Checks a value by a schema. Fields that the schema does not know are left out: a newer writer may have added them. */
export function check<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
): Checked<v.InferOutput<S>> {
  const result = v.safeParse(schema, value, { message: wrongType });
  return result.success
    ? { value: result.output }
    : {
        problems: result.issues.map((issue) => ({
          path: pathOf(issue.path ?? []),
          message: issue.message,
        })),
      };
}

/** `rules[3].severity` */
const pathOf = (items: readonly { readonly key: unknown }[]): string =>
  items
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');

/** What types are called in messages, by the schemas that ask for them. */
const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  strict_tuple: 'a list',
  object: 'an object',
  record: 'an object',
  variant: 'an object',
};

/** The message where a schema says none: the field is missing, has another type, or is not among the allowed ones. */
function wrongType(issue: v.BaseIssue<unknown>): string {
  const among = /\|/.test(issue.expected ?? '') ? oneOf(issue.expected ?? '') : undefined;
  if (issue.input === undefined) return among ? `is missing; expected ${among}` : 'is missing';
  return expected(among ?? typeNames[issue.type] ?? issue.expected ?? 'something else')(issue);
}

/** valibot's `("low" | "high")` in words. */
const oneOf = (alternatives: string): string =>
  `one of ${alternatives.replace(/[()"]/g, '').split(' | ').join(', ')}`;
