/** Many things at once, but not all of them. */
import PQueue from 'p-queue';

/** Does something for each item, for so many of them at a time; what the results are in the order of the items. */
export const inParallel = async <T, R>(
  items: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<R>,
): Promise<readonly R[]> =>
  new PQueue({ concurrency: atOnce }).addAll(items.map((item) => () => run(item)));
