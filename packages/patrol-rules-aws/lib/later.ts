/** Tables of calls that are too long for the entry of a function. */
import type { CallReader, Parameters } from '@patrol/core';

/**
 * A table of calls whose readers are a chunk of their own: `later(changes, async () => (await import('…/deeds.ts')).deeds)`. The
 * names have to be known at once, since the event pattern is made of them.
 */
export const later = <const Name extends string, P extends Parameters>(
  names: readonly Name[],
  load: () => Promise<Readonly<Record<Name, CallReader<P>>>>,
): Readonly<Record<Name, CallReader<P>>> =>
  Object.fromEntries(
    names.map((name): [Name, CallReader<P>] => [name, async (call) => (await load())[name](call)]),
  ) as Readonly<Record<Name, CallReader<P>>>;
