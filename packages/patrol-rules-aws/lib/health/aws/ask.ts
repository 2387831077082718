/** Asking AWS about Patrol: what fails becomes part of what was seen. */
import type { HealthAction } from '../permissions.ts';
import type { Answer } from '../seen.ts';

/** A call that hangs is given up before the function's own time limit would end the whole run. */
export const connection = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/** How the services name what is not there. */
const missing =
  /^(ResourceNotFoundException|NotFoundException|NoSuchEntityException|TrailNotFoundException|QueueDoesNotExist)$/;

/** Runs a call; what it throws becomes part of what was seen. */
export async function ask<T>(
  call: HealthAction,
  about: string,
  run: () => Promise<T>,
): Promise<Answer<T>> {
  try {
    return { value: await run() };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return {
      call,
      about,
      error: `${error.name}: ${error.message}`.replace(/\.$/, ''),
      isMissing: missing.test(error.name),
    };
  }
}
