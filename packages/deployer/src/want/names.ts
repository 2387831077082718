/** The names of accounts and networks that a fleet gives its rules. Pure. */
import type { Fleet } from '../file/file.ts';
import { type NamesFile, sha256 } from '../template/template.ts';
import { order } from '../text/words.ts';

/** No file: the alerts have no names. */
const none: NamesFile = { sha256: '', text: '' };

/**
 * The file with the names: the same names always give the same file.
 *
 * @param known the names of accounts as AWS Organizations has them. Those of the file of the fleet go before them.
 */
export function namesOf(
  { accountNames, networks = {} }: Pick<Fleet, 'accountNames' | 'networks'>,
  known: Readonly<Record<string, string>> = {},
): NamesFile {
  const accounts = { ...known, ...accountNames };
  if (Object.keys(accounts).length === 0 && Object.keys(networks).length === 0) return none;
  const text = JSON.stringify({ accounts: sorted(accounts), networks: sorted(networks) });
  return { sha256: sha256(text), text };
}

const sorted = (names: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(names).toSorted(([a], [b]) => order(a, b)));
