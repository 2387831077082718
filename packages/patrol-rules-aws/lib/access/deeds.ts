/** From who gets in to the deed of a call. `opened.ts` loads this module as a chunk. */
import type { Deed, Matchers } from '@patrol/core';
import type { Say, TrustingCall } from './opened.ts';
import { about, isOutsider, type Opening, openings, permission } from './openings.ts';
import type { Trusted } from './trust.ts';

/** The deed of a call that sets the policy of a resource. */
export function deedsOf(
  document: unknown,
  { account, parameters }: TrustingCall,
  say: Say,
  isWanted: (opening: Opening) => boolean = () => true,
): readonly Deed[] {
  const openTo = (trusted: Trusted): readonly Opening[] =>
    openings(document, { account, ...trusted }).filter(
      (opening) => isOutsider(opening) && isWanted(opening),
    );
  const deedOf = (open: readonly Opening[], suppressedBy?: string): Deed => {
    const { who, why, actions, ...finding } = about(open);
    const [account, ...others] = new Set(open.map((opening) => opening.account));
    // Most policies for an organisation are for the own one, which no record tells.
    const isPerhapsOwn =
      parameters.trustedOrganizations.items.length === 0 &&
      open.every(({ kind }) => kind === 'organization');
    return {
      ...finding,
      ...(isPerhapsOwn ? { severity: 'low' } : {}),
      suppressedBy,
      // The item of one account mutes the finding only where nobody else gets in.
      suppression:
        others.length === 0 ? parameters.trustedAccounts.suppression(account) : undefined,
      meaning: `${why} It gives ${actions}.${isPerhapsOwn ? ' If it is your own organisation, name it in trustedOrganizations.' : ''}`,
      ...say(who),
    };
  };
  const untrusted = openTo(parameters);
  if (untrusted.length > 0) return [deedOf(untrusted)];
  // What the operator muted by naming accounts is logged.
  const muted = openTo(nobody);
  const items = muted.flatMap(({ account: id }) => parameters.trustedAccounts.find(id) ?? []);
  return [...new Set(items)].map((item) => deedOf(muted, item));
}

/** The deed of a call that shares something with accounts and organisations by their ids. */
export const deedsOfSharing = (
  ids: readonly string[],
  actions: string | readonly string[],
  call: TrustingCall,
  say: Say,
): readonly Deed[] => deedsOf({ Statement: ids.map((id) => statementFor(id, actions)) }, call, say);

function statementFor(id: string, actions: string | readonly string[]): object {
  const [, organization] =
    /^arn:[^:]*:organizations::\d*:(?:organization|ou)\/(o-[a-z0-9]+)(?:\/|$)/.exec(id) ?? [];
  const principals = organization !== undefined || id === 'all' ? '*' : id;
  return permission({ principals, actions, organization }).Statement;
}

const none: Matchers = {
  written: [],
  items: [],
  find: () => undefined,
  suppression: () => undefined,
};
const nobody: Trusted = { trustedAccounts: none, trustedOrganizations: none };
