/** What calls of the AWS SDK have in common. */
import { CloudError } from '../cloud.ts';

/** What a call gives; `undefined` when it fails in a way that says that there is nothing. */
export const orNone = <T>(
  call: Promise<T>,
  isNone: (error: unknown) => boolean,
): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (!isNone(error)) throw error;
    return undefined;
  });

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

/** The pages of a call of which the SDK knows none. */
export async function* pagesOf<P extends { readonly NextToken?: string | undefined }>(
  ask: (NextToken: string | undefined) => Promise<P>,
): AsyncGenerator<P> {
  for (let page = await ask(undefined); ; page = await ask(page.NextToken)) {
    yield page;
    if (!page.NextToken) return;
  }
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
