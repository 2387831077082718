/** What a fleet gives a rule in a file: names of accounts and networks, and what is suppressed until a day. Pure. */
import type { Fleet, Suppression } from '../file/file.ts';
import { type NamesFile, sha256 } from '../template/template.ts';
import { order } from '../text/words.ts';

/** No file: there is nothing to say. */
const none: NamesFile = { sha256: '', text: '' };

/**
 * The file of a rule: the same content always gives the same file.
 *
 * @param known the names of accounts as AWS Organizations has them. Those of the file of the fleet go before them.
 * @param suppressions those of the rule that apply.
 */
export function namesOf(
  { accountNames, networks = {} }: Pick<Fleet, 'accountNames' | 'networks'>,
  known: Readonly<Record<string, string>> = {},
  suppressions: readonly Suppression[] = [],
): NamesFile {
  const accounts = { ...known, ...accountNames };
  const lists = [Object.keys(accounts), Object.keys(networks), suppressions];
  if (lists.every(({ length }) => length === 0)) return none;
  const text = JSON.stringify({
    accounts: sorted(accounts),
    networks: sorted(networks),
    // Rules without them share one file.
    ...(suppressions.length > 0 && { suppressions: listed(suppressions) }),
  });
  return { sha256: sha256(text), text };
}

const listed = (suppressions: readonly Suppression[]) =>
  suppressions
    .map(({ parameter, item, owner, reason, expires }) => ({
      parameter,
      item: item.trim(),
      owner,
      reason,
      until: expires,
    }))
    .toSorted((a, b) => order(JSON.stringify(a), JSON.stringify(b)));

const sorted = (names: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(names).toSorted(([a], [b]) => order(a, b)));
