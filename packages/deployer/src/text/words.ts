/** Words that several messages need. Pure. */

/** A text up to so many characters. */
export const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

/** A path into a file for people: `rules.aws/cloudTrail.regions[1]`. */
export const pathText = (path: readonly (string | number)[]): string =>
  path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('');

/** What was found, quoted and cut for a message. */
export const quoted = (text: string): string => JSON.stringify(cut(text, 80));

/** Compares two texts, in the same way everywhere. */
export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `a, b and c`. */
export const enumerated = (names: readonly string[], last: 'and' | 'or' = 'and'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;

/** `1 stack`, `2 stacks`. */
export const counted = (count: number, noun: string, several = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : several}`;

/** What commas separate: `a, b` has `a` and `b`. */
export const separated = (text: string): readonly string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
