/** Asks AWS about Patrol. A call that fails becomes part of what was seen. */
import type { HealthAction } from '../permissions.ts';
import type { Answer } from '../seen.ts';

/** A call that hangs ends before the time limit of the function would end the whole run. */
export const connection = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/** The errors with which the services say that something does not exist. */
const missing =
  /^(ResourceNotFoundException|NotFoundException|NoSuchEntityException|TrailNotFoundException|StackSetNotFoundException|QueueDoesNotExist|ParameterNotFound)$/;

/** Makes a call. An error becomes part of the answer. */
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
