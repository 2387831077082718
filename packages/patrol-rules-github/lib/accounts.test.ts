import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serve, type Served } from '@patrol/core/testing';
import { github, type Look } from './accounts.ts';

/** What the server answers to a request. */
interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is a text. */
  readonly body?: unknown;
}

interface Asked {
  readonly method: string | undefined;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
}

/** GitHub's side: answers by path, each a value or a function of how often it was asked before. */
let answers: Record<string, Answer | ((asked: Asked, before: number) => Answer)> = {};
let requests: Asked[] = [];
let server: Served;
let apiUrl: string;

beforeAll(async () => {
  server = await serve((request, response) => {
    const asked = read(request);
    const before = requests.filter(({ path }) => path === asked.path).length;
    requests.push(asked);
    const given = answers[asked.path] ?? { status: 404, body: { message: 'Not Found' } };
    const {
      status = 200,
      headers = {},
      body,
    } = typeof given === 'function' ? given(asked, before) : given;
    const type = { 'content-type': 'application/json; charset=utf-8' };
    response.writeHead(status, { ...type, ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  apiUrl = `${server.url}/api/v3`;
});

afterAll(() => server.close());

afterEach(() => {
  answers = {};
  requests = [];
});

function read({ method, url = '', headers }: IncomingMessage): Asked {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  return {
    method,
    path: pathname.replace('/api/v3', ''),
    query: searchParams,
    authorization: headers.authorization,
  };
}

const look = (secret = 'ghp_token', options = {}): Promise<Look> =>
  github({ apiUrl, secret: async () => secret, patience: 60, second: 20, ...options }).weakAccounts(
    'acme',
  );

const owner: typeof answers = {
  '/user/memberships/orgs/acme': { body: { role: 'admin', state: 'active' } },
};

const lists = (
  members: Readonly<Record<string, readonly string[]>>,
  collaborators: Readonly<Record<string, readonly string[]>> = {},
): typeof answers => {
  const list =
    (logins: Readonly<Record<string, readonly string[]>>) =>
    ({ query }: Asked): Answer => ({
      body: (logins[query.get('filter') ?? ''] ?? []).map((login) => ({ login, id: 1 })),
    });
  return {
    '/orgs/acme/members': list(members),
    '/orgs/acme/outside_collaborators': list(collaborators),
  };
};

const nobody = lists({});
const message = (text: string): { message: string } => ({ message: text });

describe('accounts', () => {
  test('are members and outside collaborators without a second factor or with an insecure one, each once', async () => {
    answers = {
      ...owner,
      ...lists(
        { '2fa_disabled': ['Mallory'], '2fa_insecure': ['alice', 'mallory'] },
        { '2fa_disabled': ['bob'], '2fa_insecure': ['eve', 'ALICE'] },
      ),
    };
    expect(await look()).toEqual({
      accounts: [
        { login: 'Mallory', relation: 'member', secondFactor: 'none' },
        { login: 'bob', relation: 'outside collaborator', secondFactor: 'none' },
        { login: 'alice', relation: 'member', secondFactor: 'insecure' },
        { login: 'eve', relation: 'outside collaborator', secondFactor: 'insecure' },
      ],
      refusals: [],
    });
    expect(requests.map(({ authorization }) => authorization)).toEqual(
      Array(5).fill('token ghp_token'),
    );
  });

  test('are read page by page, a hundred at a time', async () => {
    const page = (from: number, length: number): { login: string }[] =>
      Array.from({ length }, (_, index) => ({ login: `user-${from + index}` }));
    answers = {
      ...owner,
      ...nobody,
      '/orgs/acme/members': ({ query }) => {
        if (query.get('filter') !== '2fa_disabled') return { body: [] };
        const number = Number(query.get('page'));
        const next = `<${apiUrl}/organizations/1/members?filter=2fa_disabled&page=${number + 1}>; rel="next", <${apiUrl}/organizations/1/members?page=3>; rel="last"`;
        return {
          body: page(number * 100, number < 3 ? 100 : 7),
          headers: number < 3 ? { link: next } : { link: `<${apiUrl}>; rel="prev"` },
        };
      },
    };
    const { accounts, refusals } = await look();
    expect(accounts).toHaveLength(207);
    expect(accounts.at(-1)).toEqual({
      login: 'user-306',
      relation: 'member',
      secondFactor: 'none',
    });
    expect(refusals).toEqual([]);
    expect(
      requests.every(
        ({ path, query }) => path.startsWith('/user') || query.get('per_page') === '100',
      ),
    ).toBe(true);
  });

  test('are read with the secret as it is now', async () => {
    answers = { ...owner, ...nobody };
    const secrets = ['ghp_old\n', 'ghp_new'];
    const client = github({
      apiUrl: `${apiUrl}/`,
      secret: async () => secrets.shift() ?? '',
      patience: 3,
    });
    for (let look = 0; look < 2; look += 1) {
      expect(await client.weakAccounts('acme')).toEqual({ accounts: [], refusals: [] });
    }
    const used = requests.map(({ authorization }) => authorization);
    expect(new Set(used)).toEqual(new Set(['token ghp_old', 'token ghp_new']));
  });
});

describe('a refusal is found', () => {
  const refused = async (given: typeof answers, secret?: string): Promise<string> => {
    answers = given;
    const { accounts, refusals } = await look(secret);
    expect(accounts).toEqual([]);
    expect(refusals).toHaveLength(1);
    return refusals.join();
  };

  test.each([
    ['an expired or revoked token', 401, 'Bad credentials'],
    [
      'a token that is not authorised for single sign-on',
      403,
      'Resource protected by organization SAML enforcement.',
    ],
    ['an installation token', 403, 'Resource not accessible by integration'],
    ['an organisation that is not there, or not for this token', 404, 'Not Found'],
  ])('in %s', async (_what, status, text) => {
    const answer = { '/user/memberships/orgs/acme': { status, body: message(text) } };
    expect(await refused({ ...nobody, ...answer })).toBe(
      `GitHub answered "${text}" (${status}, ${apiUrl}/user/memberships/orgs/acme).`,
    );
  });

  test('in the token of somebody who is no owner, before a list is believed', async () => {
    const membership = { body: { role: 'member', state: 'active' } };
    expect(await refused({ ...nobody, '/user/memberships/orgs/acme': membership })).toContain(
      'not an owner of acme (its role is "member", its state "active")',
    );
    expect(requests).toHaveLength(1);
  });

  test('in an invitation that was not accepted', async () => {
    const membership = { body: { role: 'admin', state: 'pending' } };
    expect(await refused({ ...nobody, '/user/memberships/orgs/acme': membership })).toContain(
      '"pending"',
    );
  });

  test('in one list, and the others are read all the same', async () => {
    answers = {
      ...owner,
      ...lists({ '2fa_disabled': ['mallory'], '2fa_insecure': ['alice'] }),
      '/orgs/acme/outside_collaborators': {
        status: 422,
        body: message('Only owners can use this filter.'),
      },
    };
    const { accounts, refusals } = await look();
    expect(accounts.map(({ login }) => login)).toEqual(['mallory', 'alice']);
    expect(refusals).toHaveLength(2);
    expect(refusals[0]).toContain('Only owners can use this filter.');
  });

  test('in the same accounts for both filters, which GitHub then did not apply', async () => {
    const all = ['alice', 'bob', 'mallory', 'eve'];
    answers = {
      ...owner,
      ...lists(
        {
          '2fa_disabled': all,
          '2fa_insecure': all.map((login) => login.toUpperCase()).toReversed(),
        },
        { '2fa_disabled': ['frank'] },
      ),
    };
    const { accounts, refusals } = await look();
    expect(accounts.map(({ login }) => login)).toEqual(['frank']);
    expect(refusals).toEqual([
      expect.stringMatching(
        /^GitHub lists the same accounts as members of acme .* does not filter\.$/,
      ),
    ]);
    // No request more than without it.
    expect(requests).toHaveLength(5);
  });

  test('not in lists that differ, nor in a few accounts', async () => {
    const all = ['alice', 'bob', 'mallory', 'eve'];
    answers = {
      ...owner,
      ...lists(
        { '2fa_disabled': all, '2fa_insecure': [...all, 'frank'] },
        { '2fa_disabled': ['grace'], '2fa_insecure': ['grace'] },
      ),
    };
    const { accounts, refusals } = await look();
    expect(accounts).toHaveLength(6);
    expect(refusals).toEqual([]);
  });

  test.each([
    ['nothing', ' \n', 'found nothing'],
    ['two words', 'ghp_token and more', 'found a text with spaces'],
    ['a private key alone', '-----BEGIN RSA PRIVATE KEY-----\nAAAA', 'found a text with spaces'],
    ['broken JSON', '{"appId": 1', 'found JSON that cannot be read'],
    ['other JSON', '{"token":"ghp_token"}', 'found JSON without them'],
    ['an App without its key', '{"appId":1,"privateKey":null}', 'found JSON without them'],
    [
      'an App with another key',
      '{"appId":1,"privateKey":"-----BEGIN-----"}',
      'not a private key in PEM format',
    ],
    [
      'an installation by its name',
      '{"appId":1,"privateKey":"k","installationId":"acme"}',
      'not a number',
    ],
  ])('in a secret that holds %s', async (_what, secret, found) => {
    expect(await refused({}, secret)).toContain(found);
    expect(requests).toEqual([]);
  });
});

describe('what cannot be asked is thrown', () => {
  test('when GitHub has an error of its own, after three more tries', async () => {
    answers = {
      ...owner,
      ...nobody,
      '/orgs/acme/members': { status: 502, body: '<html>Unicorn</html>' },
    };
    await expect(look()).rejects.toThrow(
      /^GitHub could not be asked: .*\(502, .*\/orgs\/acme\/members/,
    );
    expect(requests.filter(({ path }) => path === '/orgs/acme/members')).toHaveLength(4);
  });

  test('not when it is better at the second try', async () => {
    const flaky = (_asked: Asked, before: number): Answer =>
      before === 0 ? { status: 503, body: message('later') } : { body: [{ login: 'bob' }] };
    answers = { ...owner, ...nobody, '/orgs/acme/outside_collaborators': flaky };
    expect((await look()).accounts.map(({ login }) => login)).toEqual(['bob']);
  });

  test('when nobody answers', async () => {
    await expect(look('ghp_token', { apiUrl: 'http://127.0.0.1:9' })).rejects.toThrow(
      /^GitHub could not be asked/,
    );
  });

  test('when the secret cannot be read', async () => {
    const secret = async (): Promise<string> => {
      throw new Error('AccessDeniedException');
    };
    await expect(look('', { secret })).rejects.toThrow('AccessDeniedException');
  });

  test.each([
    ['broken JSON', '[{"login":"bob"'],
    ['nothing', ''],
    ['null', 'null'],
    ['an object', '{"message":"hello"}'],
    ['a page of HTML', '<html></html>'],
    ['accounts without a login', '[{"id":1}]'],
    ['accounts with an empty login', '[{"login":""}]'],
    ['no accounts', '[null]'],
  ])('when a list is %s', async (_what, body) => {
    answers = { ...owner, ...nobody, '/orgs/acme/members': { body } };
    await expect(look()).rejects.toThrow(/^Expected .* from GitHub, found something else/);
  });

  test.each(['', '[]', '"admin"', '{"role":null}'])('when the membership is %s', async (body) => {
    answers = { ...nobody, '/user/memberships/orgs/acme': { body } };
    await expect(look()).rejects.toThrow('Expected a membership with its role');
  });
});

describe('a rate limit', () => {
  const secondary = { status: 403, body: message('You have exceeded a secondary rate limit.') };

  test.each([
    [
      'the primary one',
      {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' },
        body: message('API rate limit exceeded'),
      },
    ],
    [
      'the primary one, as 429',
      {
        status: 429,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' },
        body: message('API rate limit exceeded'),
      },
    ],
    ['a secondary one', { ...secondary, headers: { 'retry-after': '1' } }],
    ['a secondary one, as 429', { ...secondary, status: 429, headers: { 'retry-after': '1' } }],
  ])('is waited for: %s', async (_what, limit: Answer) => {
    const members = (_asked: Asked, before: number): Answer =>
      before < 2 ? limit : { body: [{ login: 'mallory' }] };
    answers = { ...owner, ...nobody, '/orgs/acme/members': members };
    const { accounts, refusals } = await look();
    expect(accounts.map(({ login }) => login)).toEqual(['mallory']);
    expect(refusals).toEqual([]);
  });

  const inAnHour = String(Math.floor(Date.now() / 1000) + 3600);
  test.each([
    [
      'the primary one',
      {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAnHour },
        body: message('API rate limit exceeded'),
      },
    ],
    ['a secondary one', { ...secondary, headers: { 'retry-after': '3600' } }],
    ['a secondary one that says no time', secondary],
    [
      'the primary one in other words',
      {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAnHour },
        body: message('Come back later'),
      },
    ],
    [
      'one in other words',
      { status: 403, headers: { 'retry-after': '60' }, body: message('Slow down') },
    ],
    ['one without words', { status: 429, body: message('') }],
  ])('that outlasts the run is thrown, and is no refusal: %s', async (_what, limit: Answer) => {
    answers = { ...owner, ...nobody, '/orgs/acme/members': limit };
    await expect(look()).rejects.toThrow(
      /^GitHub's rate limit is used up for longer than a run can wait/,
    );
    expect(requests.filter(({ path }) => path === '/orgs/acme/members')).toHaveLength(1);
  });

  test('that comes again and again ends with the patience', async () => {
    answers = {
      ...owner,
      ...nobody,
      '/orgs/acme/members': { ...secondary, headers: { 'retry-after': '1' } },
    };
    await expect(look('ghp_token', { patience: 4 })).rejects.toThrow("GitHub's rate limit");
    const tries = requests.filter(({ path }) => path === '/orgs/acme/members').length;
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThanOrEqual(5);
  });
});

describe('a GitHub App', () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const installation = (permissions: unknown, id = 42): typeof answers => ({
    [`/app/installations/${id}/access_tokens`]: {
      status: 201,
      body: {
        token: 'ghs_installation',
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        permissions,
        repository_selection: 'all',
      },
    },
  });
  const found = { '/orgs/acme/installation': { body: { id: 42 } } };
  const members = lists({ '2fa_disabled': ['mallory'] });

  test('asks with the token of its installation in the organisation', async () => {
    answers = { ...found, ...installation({ members: 'read' }), ...members };
    const { accounts, refusals } = await look(JSON.stringify({ appId: 7, privateKey }));
    expect(refusals).toEqual([]);
    expect(accounts).toEqual([{ login: 'mallory', relation: 'member', secondFactor: 'none' }]);
    const [asApp, forToken, ...asInstallation] = requests;
    for (const request of [asApp, forToken]) {
      const [, claims = ''] = request?.authorization?.replace('bearer ', '').split('.') ?? [];
      expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ iss: 7 });
    }
    expect(forToken).toMatchObject({ method: 'POST', path: '/app/installations/42/access_tokens' });
    expect(asInstallation.map(({ authorization }) => authorization)).toEqual(
      Array(4).fill('token ghs_installation'),
    );
  });

  test('is not looked up when its installation is named; ids and line breaks may be as a form made them', async () => {
    answers = { ...installation({ members: 'write' }, 43), ...members };
    const secret = {
      appId: '7',
      installationId: '43',
      privateKey: privateKey.replaceAll('\n', '\\n'),
    };
    expect((await look(JSON.stringify(secret))).accounts).toHaveLength(1);
  });

  test.each([
    [
      'without the permission',
      { ...found, ...installation({ metadata: 'read' }), ...members },
      'no permission to read the members of acme',
    ],
    ['that is not installed', members, '"Not Found" (404'],
    [
      'that is suspended',
      {
        ...found,
        ...members,
        '/app/installations/42/access_tokens': {
          status: 403,
          body: message('This installation has been suspended'),
        },
      },
      'has been suspended',
    ],
    [
      'whose key was deleted',
      {
        ...members,
        '/orgs/acme/installation': {
          status: 401,
          body: message('A JSON web token could not be decoded'),
        },
      },
      'could not be decoded',
    ],
  ])('%s is a refusal', async (_what, given: typeof answers, text) => {
    answers = given;
    const { accounts, refusals } = await look(JSON.stringify({ appId: 7, privateKey }));
    expect(accounts).toEqual([]);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(text);
  });

  test('whose installation has no id is thrown', async () => {
    answers = { ...members, '/orgs/acme/installation': { body: {} } };
    await expect(look(JSON.stringify({ appId: 7, privateKey }))).rejects.toThrow(
      'Expected an installation with its id from GitHub',
    );
  });
});
