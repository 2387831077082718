/** What calls of the AWS SDK have in common. */
import { CloudError } from '../cloud.ts';
import { cloudError } from './errors.ts';

/** Makes calls of a service, and gives their errors the deployer's form. */
export const callsOf =
  (service: string) =>
  async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw cloudError(`${service}:${name}`, error);
    }
  };

/** What a call gives; `undefined` when it fails in a way that says that there is nothing. */
export async function orNone<T>(
  call: Promise<T>,
  isNone: (error: unknown) => boolean,
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNone(error)) return undefined;
    throw error;
  }
}

/** Whether AWS says that there is no such thing. */
export const isMissing = (error: unknown): boolean =>
  error instanceof CloudError && error.failure === 'missing';

/** What all pages of an answer hold. */
export async function collected<P, T>(
  pages: AsyncIterable<P>,
  itemsOf: (page: P) => readonly T[] | undefined,
): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...(itemsOf(page) ?? []));
  return items;
}

/** The texts that an answer lists, by their names. */
export const textsOf = <T>(
  items: readonly T[] = [],
  pair: (item: T) => readonly [string | undefined, string | undefined],
): Readonly<Record<string, string>> =>
  Object.fromEntries(items.map(pair).map(([name = '', text = '']) => [name, text]));

/** Tags as requests list them. */
export const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
