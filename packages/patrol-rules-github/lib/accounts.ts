/** GitHub's REST API, as far as a rule asks it. Imported dynamically: the build makes it a chunk of its own, with Octokit. */
import { createPrivateKey } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { isObject } from '@patrol/core';

/** What GitHub says of an organisation's accounts. */
export interface GitHub {
  /**
   * Lists the accounts without a second factor, or with one that GitHub calls insecure (text messages).
   *
   * @throws an Error when GitHub cannot be asked at all: no answer, an error of its own, an answer that cannot be read, or a
   *   rate limit that outlasts the run.
   */
  weakAccounts(organization: string): Promise<Look>;
}

/** What was seen, and what GitHub would not show. */
export interface Look {
  /** Each account once, the worse of two findings. */
  readonly accounts: readonly WeakAccount[];
  /** Why something could not be seen with this token, a sentence each; empty when all was seen. */
  readonly refusals: readonly string[];
}

/** An account that a password, or a password and a telephone number, opens. */
export interface WeakAccount {
  readonly login: string;
  readonly relation: 'member' | 'outside collaborator';
  readonly secondFactor: 'none' | 'insecure';
}

/** What {@link github} is given. */
export interface GitHubOptions {
  /** The address of the REST API: `https://api.github.com`. */
  readonly apiUrl: string;
  /**
   * Reads the secret: a token, or a GitHub App as JSON. It is read anew at every look, so that a new token is used at once:
   * a function that runs every few minutes stays warm for hours.
   */
  readonly secret: () => Promise<string>;
  /** How many seconds a look may wait for rate limits in all. */
  readonly patience: number;
  /** What one second of waiting lasts, in milliseconds: 1000 but for tests. */
  readonly second?: number;
}

/** A GitHub App, as its secret holds it. */
interface App {
  readonly appId: string | number;
  readonly installationId?: number;
  readonly privateKey: string;
}

/** GitHub does not let the token see what it has to: a finding, not a fault. */
class Refusal extends Error {
  override readonly name = 'Refusal';
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
 * Whether two lists show that GitHub did not filter: nobody has no second factor and an insecure one, and of more than
 * a few accounts that is no slip of its.
 */
function isUnfiltered(one: AccountList, other: AccountList): boolean {
  if (one.relation !== other.relation || one.secondFactor === other.secondFactor) return false;
  const [ids, others] = [one, other].map(({ logins }) =>
    logins.map((login) => login.toLowerCase()).toSorted(),
  );
  return one.logins.length > 3 && JSON.stringify(ids) === JSON.stringify(others);
}

const GitHubClient = Octokit.plugin(retry, throttling);
const quiet = (): void => undefined;
type Client = InstanceType<typeof GitHubClient>;
type Connect = (auth: {
  readonly auth: unknown;
  readonly authStrategy?: typeof createAppAuth;
}) => Client;

/** Makes clients that share what a look may wait: failed requests three times over some seconds, limits as long as `patience`. */
function connection({ apiUrl, patience, second = 1000 }: GitHubOptions): Connect {
  const start = performance.now();
  const canWait = (seconds: number): boolean =>
    (performance.now() - start) / second + seconds <= patience;
  return (auth) =>
    new GitHubClient({
      ...auth,
      baseUrl: apiUrl.replace(/\/+$/, ''),
      userAgent: 'patrol',
      // What matters is in what is thrown.
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
 * Makes a client that may see second factors, and makes sure that it may: what a token may not see could look like nothing
 * found. Owners may ("List organization members", `filter`), and Apps with the permission to read members.
 *
 * @throws Refusal.
 */
async function signIn(connect: Connect, secret: string, organization: string): Promise<Client> {
  const app = readApp(secret);
  if (!app) {
    const octokit = connect({ auth: secret.trim() });
    const { data } = await asked(() =>
      octokit.rest.orgs.getMembershipForAuthenticatedUser({ org: organization }),
    );
    const { role, state } = read(data, 'role', 'state');
    if (typeof role !== 'string') throw unreadable('a membership with its role');
    if (role === 'admin' && state === 'active') return octokit;
    throw new Refusal(
      `The token's account is not an owner of ${organization} (its role is ${JSON.stringify(role)}, its state ${JSON.stringify(state)}): only owners see second factors.`,
    );
  }
  const { appId, privateKey } = app;
  const asApp = connect({ authStrategy: createAppAuth, auth: { appId, privateKey } });
  const installationId = app.installationId ?? (await installationOf(asApp, organization));
  const octokit = connect({
    authStrategy: createAppAuth,
    auth: { appId, privateKey, installationId },
  });
  const installation: unknown = await asked(() => octokit.auth({ type: 'installation' }));
  const { permissions } = read(installation, 'permissions');
  const { members } = read(permissions, 'members');
  if (members === 'read' || members === 'write') return octokit;
  throw new Refusal(
    `The GitHub App ${appId} has no permission to read the members of ${organization}: give it the organisation permission Members, Read-only, and accept that in the organisation.`,
  );
}

/** The App's installation in an organisation. */
async function installationOf({ rest }: Client, org: string): Promise<number> {
  const { data } = await asked(() => rest.apps.getOrgInstallation({ org }));
  const { id } = read(data, 'id');
  if (typeof id !== 'number') throw unreadable('an installation with its id');
  return id;
}

/**
 * The App that a secret holds; `undefined` when it holds a token.
 *
 * @throws Refusal when it holds neither.
 */
function readApp(secret: string): App | undefined {
  const neither = (found: string): Refusal =>
    new Refusal(
      `The secret holds neither a token nor a GitHub App: expected a token alone, or {"appId": …, "privateKey": "…"} with or without "installationId", found ${found}.`,
    );
  const text = secret.trim();
  if (!text.startsWith('{')) {
    if (/^[\x21-\x7e]+$/.test(text)) return undefined;
    throw neither(
      text === ''
        ? 'nothing'
        : 'a text with spaces, line breaks or other characters that no token has',
    );
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw neither('JSON that cannot be read');
  }
  const { appId, installationId, privateKey } = read(
    found,
    'appId',
    'installationId',
    'privateKey',
  );
  const isId = (value: unknown): value is string | number =>
    (typeof value === 'number' || typeof value === 'string') && /^[\w.]+$/.test(String(value));
  if (!isId(appId) || typeof privateKey !== 'string') throw neither('JSON without them');
  const id = Number(installationId ?? 0);
  if (!Number.isSafeInteger(id) || id < 0) throw neither('an installationId that is not a number');
  // Whoever types the key into a form of AWS's console gets its line breaks as two characters.
  const key = privateKey.replaceAll('\\n', '\n');
  try {
    createPrivateKey(key);
  } catch {
    throw neither('a privateKey that is not a private key in PEM format');
  }
  return {
    appId,
    privateKey: key,
    ...(id > 0 ? { installationId: id } : {}),
  };
}

/** Lists the logins of one sort of accounts, all pages. */
async function list(
  { rest }: Client,
  org: string,
  relation: WeakAccount['relation'],
  secondFactor: WeakAccount['secondFactor'],
): Promise<readonly string[]> {
  const filter = secondFactor === 'none' ? '2fa_disabled' : '2fa_insecure';
  const logins: string[] = [];
  // Octokit's own paging takes a page without content for an empty one.
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

/**
 * Asks, and tells what GitHub denies from what it cannot do now.
 *
 * @throws Refusal for the former; an Error for the latter.
 */
async function asked<T>(request: () => Promise<T>): Promise<T> {
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

const unreadable = (expected: string): Error =>
  new Error(`Expected ${expected} from GitHub, found something else.`);

/** Fields of what may not be an object. */
const read = <K extends string>(
  value: unknown,
  ..._fields: readonly K[]
): { readonly [F in K]?: unknown } => (isObject(value) ? (value as { [F in K]?: unknown }) : {});
