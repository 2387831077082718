/** The names of AWS's services and calls as types: an editor completes them, and the compiler finds typos. */
import type { ListedCalls } from './listedCalls.ts';

declare const unlistedName: unique symbol;

/** A name that the list of AWS's names does not have, made by {@link unlisted}. */
export type Unlisted = string & { readonly [unlistedName]: true };

/** A service by its `eventSource`, such as `cloudtrail.amazonaws.com`. */
export type EventSource = keyof ListedCalls;

/**
 * The `eventName` of a call of a service, or of any service when that is left out; with `*` for any run of characters it may
 * be any name.
 */
// Without `infer` the compiler works out the names of all services wherever it meets a service that it does not know yet.
export type EventName<Source extends EventSource = EventSource> =
  ListedCalls[Source] extends infer Listed extends string
    ? Listed | `${string}*${string}` | Unlisted
    : never;

/**
 * A name that the types do not know, because AWS made it after the list or documents it nowhere. The rule says in its field
 * `unlisted` where the name comes from.
 *
 * @example
 * ```ts
 * apiCall('cloudtrail.amazonaws.com', [unlisted('StopTheTrail')]).kind; // → 'event'
 * ```
 */
export const unlisted = (name: string): Unlisted => name as Unlisted;
