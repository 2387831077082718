/** Reads the different shapes in which services record requests. Nothing here throws. */
import { isObject } from '@patrol/core';

/** A field of a value; `undefined` where the value has no fields of its own. */
export const field = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/**
 * A field of a request, or of an element within it, whatever its case: some calls have their body in an element with a name
 * of its own. Empty fields do not count.
 */
export function within(value: unknown, isWanted: (name: string) => boolean, depth = 4): unknown {
  if (!isObject(value) || depth === 0) return undefined;
  const fields = Object.entries(value).filter(([, inner]) => inner !== '' && inner !== null);
  const own = fields.find(([name]) => isWanted(name.toLowerCase()));
  if (own) return own[1];
  return fields
    .map(([, inner]) => within(inner, isWanted, depth - 1))
    .find((inner) => inner !== undefined);
}

/**
 * The elements of a list in a request. Records of S3 give a list of one as that element, and an empty element of the body as
 * an empty text.
 */
export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value)
    ? value
    : value === undefined || value === null || value === ''
      ? []
      : [value];

/**
 * The texts in a value: the value itself, or the texts of a list (older records of S3 give headers as lists). Empty texts
 * are left out.
 */
export const texts = (value: unknown): readonly string[] =>
  listOf(value).filter((text) => typeof text === 'string' && text !== '') as readonly string[];

/** A value for an error message, at most 120 characters long. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
};

/** The fields of a value; none where it is no object. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  isObject(value) ? value : {};

/** A value that is a text and not empty; `undefined` for any other. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** What a table has under a name from an event. A name such as `constructor`, which every object has, finds nothing. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The names of a table, each as the type of its own that `apiCall` checks. */
export const namesIn = <Name extends string>(
  table: Readonly<Record<Name, unknown>>,
): readonly Name[] => Object.keys(table) as Name[];
