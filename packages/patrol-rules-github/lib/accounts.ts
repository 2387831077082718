/**
 * The accounts of an organisation and their second factors, as GitHub's REST API lists them. The build makes this module a
 * chunk, with Octokit.
 */
import {
  asked,
  type Client,
  connection,
  type ConnectionOptions,
  read,
  Refusal,
  unreadable,
} from './api.ts';
import { signIn } from './signIn.ts';

/** What GitHub says of an organisation's accounts. */
export interface GitHub {
  /**
   * Lists the accounts without a second factor, or with one that GitHub calls insecure (text messages).
   *
   * @throws an Error when GitHub does not answer, when it fails, when its answer cannot be read, or when its rate limit
   *   lasts longer than the run.
   */
  weakAccounts(organization: string): Promise<Look>;
}

/** The accounts that were found, and what GitHub refused to show. */
export interface Look {
  /** Each account once, by the worse of two findings. */
  readonly accounts: readonly WeakAccount[];
  /** Why GitHub did not show something to this token, in a sentence each. Empty when it showed everything. */
  readonly refusals: readonly string[];
}

/** An account without a second factor, or with an insecure one. */
export interface WeakAccount {
  readonly login: string;
  readonly relation: 'member' | 'outside collaborator';
  readonly secondFactor: 'none' | 'insecure';
}

/** What {@link github} is given. */
interface GitHubOptions extends ConnectionOptions {
  /**
   * Reads the secret: a token, or a GitHub App as JSON. Every run reads it again, since a function that runs every few
   * minutes stays warm for hours: a new token is used at once.
   */
  readonly secret: () => Promise<string>;
}

/** Asks the GitHub at an address. */
export const github = (options: GitHubOptions): GitHub => ({
  async weakAccounts(organization) {
    const connect = connection(options);
    const accounts = new Map<string, WeakAccount>();
    const refusals: string[] = [];
    // One request at a time: many at once run into GitHub's secondary limits ("Best practices for using the REST API").
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refusals.push(error.message);
      }
    };
    await attempt(async () => {
      const octokit = await signIn(connect, await options.secret(), organization);
      const lists: AccountList[] = [];
      for (const secondFactor of ['none', 'insecure'] as const) {
        for (const relation of ['member', 'outside collaborator'] as const) {
          await attempt(async () => {
            const logins = await list(octokit, organization, relation, secondFactor);
            lists.push({ relation, secondFactor, logins });
          });
        }
      }
      const unfiltered = lists.filter((one) => lists.some((other) => isUnfiltered(one, other)));
      for (const relation of new Set(unfiltered.map((one) => one.relation))) {
        refusals.push(
          `GitHub lists the same accounts as ${relation}s of ${organization} without a second factor and as those with an insecure one: it lists all of them and does not filter.`,
        );
      }
      for (const one of lists) {
        if (unfiltered.includes(one)) continue;
        const { relation, secondFactor, logins } = one;
        for (const login of logins) {
          const id = login.toLowerCase();
          if (!accounts.has(id)) accounts.set(id, { login, relation, secondFactor });
        }
      }
    });
    return { accounts: [...accounts.values()], refusals };
  },
});

/** What GitHub lists for one filter. */
interface AccountList extends Omit<WeakAccount, 'login'> {
  readonly logins: readonly string[];
}

/**
 * Whether two lists show that GitHub ignored the filter. No account can have no second factor and an insecure one at once,
 * so two equal lists of more than a few accounts cannot be right.
 */
function isUnfiltered(one: AccountList, other: AccountList): boolean {
  if (one.relation !== other.relation || one.secondFactor === other.secondFactor) return false;
  const [ids, others] = [one, other].map(({ logins }) =>
    logins.map((login) => login.toLowerCase()).toSorted(),
  );
  return one.logins.length > 3 && JSON.stringify(ids) === JSON.stringify(others);
}

/** Lists the logins of one kind of account, from all pages. */
async function list(
  { rest }: Client,
  org: string,
  relation: WeakAccount['relation'],
  secondFactor: WeakAccount['secondFactor'],
): Promise<readonly string[]> {
  const filter = secondFactor === 'none' ? '2fa_disabled' : '2fa_insecure';
  const logins: string[] = [];
  // Octokit's own paging takes a page without content for an empty list.
  for (let page = 1; ; page += 1) {
    const what = { org, filter, per_page: 100, page } as const;
    const { data, headers } = await asked(() =>
      relation === 'member'
        ? rest.orgs.listMembers(what)
        : rest.orgs.listOutsideCollaborators(what),
    );
    const found: unknown = data;
    if (!Array.isArray(found)) throw unreadable('a list of accounts');
    for (const account of found) {
      const { login } = read(account, 'login');
      if (typeof login !== 'string' || login === '') throw unreadable('accounts with logins');
      logins.push(login);
    }
    if (!/\brel="next"/.test(headers.link ?? '')) return logins;
  }
}
