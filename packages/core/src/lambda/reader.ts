import type { Parameters, ReadExpressions } from '../parameter.ts';

/** The module `@patrol/core/lambda/expressions`. */
interface Expressions {
  readonly readExpressions: ReadExpressions;
}

/**
 * The reader of regular expressions for `start`. Where the operator gave an expression, it is loaded at once: a wrong one fails
 * when the function starts. Otherwise it is loaded for the first finding, to write the item that would mute it.
 */
export async function expressionReader(
  load: () => Promise<Expressions>,
  parameters: Parameters,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ReadExpressions> {
  const isGiven = Object.entries(parameters).some(
    ([name, spec]) =>
      (spec.kind === 'patterns' || spec.kind === 'pairs') &&
      (environment[name] ?? spec.default ?? '').trim() !== '',
  );
  if (isGiven) return (await load()).readExpressions;
  let loaded: ReadExpressions | undefined;
  return (spec, value, only) =>
    loaded?.(spec, value, only) ?? {
      written: [],
      items: [],
      find: () => undefined,
      suppression: async (first?: string | null, second?: string | null) => {
        loaded = (await load()).readExpressions;
        return loaded(spec, value, only).suppression(first, second);
      },
    };
}
