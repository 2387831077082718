/** What a call opened to others, for the readers of rules on calls. Reading policies is a chunk, which loads when it is needed. */
import type { Deed } from '@patrol/core';
import type { Opening } from './openings.ts';
import type { Trusted } from './trust.ts';

/** A call of a rule with the parameters `trust`. */
export interface TrustingCall {
  readonly account: string | undefined;
  readonly parameters: Trusted;
}

/** Says what was opened to whom: what a deed has besides what all openings have. */
export type Say = (who: string) => Pick<Deed, 'deed'> & Partial<Deed>;

/**
 * The deed of a call that sets the policy of a resource; none where nobody outside gets in.
 *
 * @param document as `openings` takes it.
 * @param isWanted which openings count.
 */
export const opened = async (
  document: unknown,
  call: TrustingCall,
  say: Say,
  isWanted?: (opening: Opening) => boolean,
): Promise<readonly Deed[]> => (await import('./deeds.ts')).deedsOf(document, call, say, isWanted);

/**
 * The deed of a call that shares something with accounts and organisations by their ids; none where all of them are trusted.
 *
 * @param ids account ids, ARNs of principals, organisations or organisational units; `all` for everybody.
 * @param actions what they may do from then on.
 */
export const shared = async (
  ids: readonly string[],
  actions: string | readonly string[],
  call: TrustingCall,
  say: Say,
): Promise<readonly Deed[]> =>
  ids.length === 0 ? [] : (await import('./deeds.ts')).deedsOfSharing(ids, actions, call, say);
