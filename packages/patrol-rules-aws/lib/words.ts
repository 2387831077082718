/** A text with its first letter as a capital, for the beginning of a sentence. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * A name that somebody else chose, for a sentence: as it is when it is made of letters, digits and the signs of ARNs, otherwise
 * quoted, on one line and cut.
 */
export const named = (name: string): string =>
  /^[\w.:/@+=-]{1,130}$/.test(name)
    ? name
    : JSON.stringify(name.length <= 80 ? name : `${name.slice(0, 79)}…`);

/**
 * A thing and what the event calls it: `log group audit`, `alarms a, b`, `log group deleted: audit`. The thing alone where the
 * event names none, as in records of denied calls.
 */
export function withNames(what: string, ...given: readonly (string | undefined)[]): string {
  const names = given.filter((name) => name !== undefined);
  const others = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return names.length === 0
    ? what.replace(/:$/, '')
    : `${what} ${names.slice(0, 5).map(named).join(', ')}${others}`;
}

/** A list for a sentence or a fact: its first items, and how many more there are. */
export function listed(items: readonly string[], most = 20): string {
  const unique = [...new Set(items)];
  const shown = unique.slice(0, most).join(', ');
  return unique.length > most ? `${shown} and ${unique.length - most} more` : shown;
}
