/** What a call opened to others, for the readers of rules on calls. */
import type { Deed, Matchers } from '@patrol/core';
import type { Opening } from './openings.ts';
import type { Trusted } from './trust.ts';

/** A call of a rule with the parameters `trust`. */
interface TrustingCall {
  readonly account: string | undefined;
  readonly parameters: Trusted;
}

/** Says what was opened to whom: what a deed has besides what all openings have. */
type Say = (who: string) => Pick<Deed, 'deed'> & Partial<Deed>;

/**
 * The deed of a call that sets the policy of a resource; none where nobody outside gets in. Reading policies is a chunk
 * of its own, which loads only when it is needed.
 *
 * @param document as `openings` takes it.
 * @param isWanted which openings count.
 */
export async function opened(
  document: unknown,
  { account, parameters }: TrustingCall,
  say: Say,
  isWanted: (opening: Opening) => boolean = () => true,
): Promise<readonly Deed[]> {
  const { about, isOutsider, openings } = await import('./openings.ts');
  const openTo = (trusted: Trusted): readonly Opening[] =>
    openings(document, { account, ...trusted }).filter(
      (opening) => isOutsider(opening) && isWanted(opening),
    );
  const deedOf = (open: readonly Opening[], suppressedBy?: string): Deed => {
    const { who, why, actions, ...finding } = about(open, parameters);
    return { ...finding, suppressedBy, meaning: `${why} It gives ${actions}.`, ...say(who) };
  };
  const untrusted = openTo(parameters);
  if (untrusted.length > 0) return [deedOf(untrusted)];
  // What the operator muted by naming accounts is logged.
  const muted = openTo(nobody);
  const items = muted.flatMap(({ account: id }) => parameters.trustedAccounts.find(id) ?? []);
  return [...new Set(items)].map((item) => deedOf(muted, item));
}

const none: Matchers = { items: [], find: () => undefined, suppression: () => undefined };
const nobody: Trusted = { trustedAccounts: none, trustedOrganizations: none };
