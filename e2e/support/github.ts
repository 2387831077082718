/** GitHub's REST API as far as mfaDisabled asks it, over real HTTP: one organisation, pages of two accounts. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running stand-in. */
export interface GitHubStandIn {
  readonly url: string;
  /** The paths with their queries that were asked for. */
  readonly asked: readonly string[];
  /** From now on everything is answered with a status: 401 for a token that expired, 503 for a GitHub that is down. */
  refuse(status: number): void;
  close(): void;
}

/** The accounts that each list holds, by its path and filter. */
const lists: Readonly<Record<string, readonly string[]>> = {
  'members 2fa_disabled': ['Mallory', 'Build-Bot', 'bob'],
};

/** Starts it on a free port. */
export async function gitHub(): Promise<GitHubStandIn> {
  const asked: string[] = [];
  let refused: number | undefined;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(`${url.pathname}${url.search}`);
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    if (refused !== undefined) return answer(refused, { message: 'Bad credentials' });
    if (request.headers.authorization !== 'token ghp_example') {
      return answer(401, { message: 'Bad credentials' });
    }
    if (url.pathname === '/user/memberships/orgs/acme') {
      return answer(200, { role: 'admin', state: 'active' });
    }
    const [, list] = /^\/orgs\/acme\/(members|outside_collaborators)$/.exec(url.pathname) ?? [];
    if (!list) return answer(404, { message: 'Not Found' });
    const logins = lists[`${list} ${url.searchParams.get('filter')}`] ?? [];
    const page = Number(url.searchParams.get('page') ?? 1);
    const next = new URL(url);
    next.searchParams.set('page', String(page + 1));
    const address = `http://${request.headers.host}${next.pathname}${next.search}`;
    return answer(
      200,
      logins.slice(2 * page - 2, 2 * page).map((login) => ({ login, id: 1 })),
      2 * page < logins.length ? { link: `<${address}>; rel="next"` } : {},
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refuse: (status) => void (refused = status),
    close: () => void server.close(),
  };
}
