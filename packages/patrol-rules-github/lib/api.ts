/** GitHub's REST API: clients that wait for its limits, and errors that say whether GitHub denies something or fails. */
import type { createAppAuth } from '@octokit/auth-app';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { isObject } from '@patrol/core';

/** What {@link connection} is given. */
export interface ConnectionOptions {
  /** The address of the REST API: `https://api.github.com`. */
  readonly apiUrl: string;
  /** How many seconds the clients may wait for rate limits in all. */
  readonly patience: number;
  /** How long one second of waiting lasts, in milliseconds. Tests shorten it. */
  readonly second?: number;
}

/** GitHub does not let the token see what the rule needs: a finding, and not an error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

const GitHubClient = Octokit.plugin(retry, throttling);
const quiet = (): void => undefined;
/** A client of GitHub. */
export type Client = InstanceType<typeof GitHubClient>;
/** Makes a client that signs in with what it is given. */
export type Connect = (auth: {
  readonly auth: unknown;
  readonly authStrategy?: typeof createAppAuth;
}) => Client;

/** Makes clients that share their `patience`. A failed request is sent three more times within some seconds. */
export function connection({ apiUrl, patience, second = 1000 }: ConnectionOptions): Connect {
  const start = performance.now();
  const canWait = (seconds: number): boolean =>
    (performance.now() - start) / second + seconds <= patience;
  return (auth) =>
    new GitHubClient({
      ...auth,
      baseUrl: apiUrl.replace(/\/+$/, ''),
      userAgent: 'patrol',
      // The errors say all that matters.
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451], retryAfterBaseValue: second },
      throttle: {
        onRateLimit: canWait,
        onSecondaryRateLimit: canWait,
        retryAfterBaseValue: second,
      },
    });
}

/**
 * Sends a request.
 *
 * @throws Refusal when GitHub denies it; an Error when GitHub fails.
 */
export async function asked<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const { status, request: sent, response } = read(error, 'status', 'request', 'response');
    if (!(error instanceof Error) || typeof status !== 'number') throw error;
    const { headers } = read(response, 'headers');
    const limits = read(headers, 'retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset');
    const isLimit =
      status === 429 ||
      (status === 403 &&
        (limits['retry-after'] !== undefined ||
          limits['x-ratelimit-remaining'] === '0' ||
          /rate limit/i.test(error.message)));
    const said = `${JSON.stringify(error.message)} (${status}, ${String(read(sent, 'url').url)})`;
    if (isLimit) {
      const reset = Number(limits['x-ratelimit-reset']) * 1000;
      const until = reset > 0 ? `, until ${new Date(reset).toISOString()}` : '';
      throw new Error(
        `GitHub's rate limit is used up for longer than a run can wait${until}: ${said}.`,
        { cause: error },
      );
    }
    if (status === 401 || status === 403 || status === 404 || status === 422) {
      throw new Refusal(`GitHub answered ${said}.`, { cause: error });
    }
    throw new Error(`GitHub could not be asked: ${said}.`, { cause: error });
  }
}

/** The error for an answer that cannot be read. */
export const unreadable = (expected: string): Error =>
  new Error(`Expected ${expected} from GitHub, found something else.`);

/** Fields of a value that may not be an object. */
export const read = <K extends string>(
  value: unknown,
  ..._fields: readonly K[]
): { readonly [F in K]?: unknown } => (isObject(value) ? (value as { [F in K]?: unknown }) : {});
