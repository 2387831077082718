/**
 * Tells a third party that all is well, by requesting its URL.
 *
 * @returns why that failed; `undefined` when it did not.
 */
export async function beat(url: string): Promise<string | undefined> {
  let failure: string | undefined;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      await answer.body?.cancel();
      if (answer.ok) return undefined;
      failure = `it answered ${answer.status}`;
    } catch (error) {
      // The message is always `fetch failed`. The cause says more.
      const { cause = error } = error as Error;
      failure = cause instanceof Error ? cause.message || cause.name : String(cause);
    }
  }
  return failure;
}
