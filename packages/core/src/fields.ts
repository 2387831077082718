/** Reads the fields of a request or an answer in a CloudTrail record, in whatever shape a service writes them. Nothing here throws. */
import { isObject } from './cloudtrail.ts';

/**
 * The fields of a request or an answer. A path has dots: `launchPermission.add`. The first letter of a name may be in either
 * case, since services differ in it.
 */
export interface Fields {
  /** The value at a path; `undefined` where there is none. */
  readonly value: (path: string) => unknown;
  /** A text or a number that is not empty, as a text. */
  readonly text: (path: string) => string | undefined;
  /** A number, also one that is written as a text. */
  readonly number: (path: string) => number | undefined;
  /** `true` or `false`, also where it is written as a text. */
  readonly flag: (path: string) => boolean | undefined;
  /**
   * The elements of a list: an array, the `items` of EC2, a lone `item` or `member`, or one value by itself. None where there
   * is nothing.
   */
  readonly list: (path: string) => readonly Fields[];
  /** The elements of a list that are texts or numbers. */
  readonly texts: (path: string) => readonly string[];
  /** Whether there is anything at the path, `false` and `0` included. */
  readonly has: (path: string) => boolean;
  /** The fields at a path. */
  readonly at: (path: string) => Fields;
}

/**
 * Reads the fields of a value.
 *
 * @example
 * ```ts
 * const fields = fieldsOf({ launchPermission: { add: { items: [{ group: 'all' }] } } });
 * fields.list('launchPermission.add').map((item) => item.text('group')); // → ['all']
 * ```
 */
export function fieldsOf(root: unknown): Fields {
  const value = (path: string): unknown =>
    path === '' ? root : path.split('.').reduce<unknown>(field, root);
  const list = (path: string): readonly unknown[] => elements(value(path));
  return {
    value,
    text: (path) => textOf(value(path)),
    number(path) {
      const text = textOf(value(path));
      return text === undefined || text.trim() === '' || Number.isNaN(Number(text))
        ? undefined
        : Number(text);
    },
    flag(path) {
      const found = value(path);
      if (typeof found === 'boolean') return found;
      const text = typeof found === 'string' ? found.toLowerCase() : undefined;
      return text === 'true' ? true : text === 'false' ? false : undefined;
    },
    list: (path) => list(path).map(fieldsOf),
    texts: (path) => list(path).flatMap((element) => textOf(element) ?? []),
    has: (path) => !isNothing(value(path)),
    at: (path) => fieldsOf(value(path)),
  };
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '';

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : undefined;

/** A field of a value by its name, the first letter in either case. */
function field(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.length === 1 ? field(value[0], name) : undefined;
  if (!isObject(value)) return undefined;
  const first = name.charAt(0);
  const other =
    (first === first.toLowerCase() ? first.toUpperCase() : first.toLowerCase()) + name.slice(1);
  return [name, other]
    .filter((each) => Object.hasOwn(value, each))
    .map((each) => value[each])
    .find((each) => each !== undefined);
}

/** The names under which services put the elements of a list. */
const wrappers = ['items', 'item', 'member'];

function elements(value: unknown): readonly unknown[] {
  if (isNothing(value)) return [];
  if (Array.isArray(value)) return value;
  if (isObject(value)) {
    const wrapper = wrappers.find((name) => Object.hasOwn(value, name));
    if (wrapper !== undefined) return elements(value[wrapper]);
    // `{}` is how EC2 writes an empty list.
    if (Object.keys(value).length === 0) return [];
  }
  return [value];
}
