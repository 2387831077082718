/** The facts of a finding, of which an event may leave some out. */
import type { Facts } from '@patrol/core';

/** The facts that the event gives. Several values become one text. */
export const known = (
  given: Readonly<Record<string, Facts[string] | readonly string[] | undefined>>,
): Facts =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const fact = Array.isArray(value) ? value.join(', ') : (value as Facts[string] | undefined);
      return fact === undefined || fact === '' ? [] : [[name, fact]];
    }),
  );
