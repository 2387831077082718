import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { serve, type Served } from '../../../core/src/lambda/server.fake.ts';
import type { GitHub, GitHubError } from './github.ts';
import { explainGitHub } from './github.ts';
import { octokitGitHub } from './octokit.ts';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** The body where JSON.stringify could not write it. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the stub of GitHub was asked, and what it answers. */
let asked: { readonly what: string; readonly authorization: string; readonly body: unknown }[] = [];
let answers: Answer[] = [];
let server: Served;
let url = '';
beforeAll(async () => {
  server = await serve(async (incoming, outgoing) => {
    const body = await text(incoming);
    asked.push({
      what: `${incoming.method} ${incoming.url}`,
      authorization: incoming.headers.authorization ?? '',
      body: body === '' ? undefined : JSON.parse(body),
    });
    const {
      status,
      body: answer,
      text: written,
      headers,
    }: Answer = answers.shift() ?? {
      status: 500,
    };
    const type = { 'content-type': 'application/json; charset=utf-8' };
    outgoing
      .writeHead(status, { ...type, ...headers })
      .end(written ?? (answer === undefined ? undefined : JSON.stringify(answer)));
  });
  url = `${server.url}/api/v3`;
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
  answers = [];
});
afterEach(() => vi.unstubAllEnvs());

const token = 'a-token-of-alice';
const secret = 'the-secret-of-the-webhook';
const connect = (): Promise<GitHub> => octokitGitHub({ token, url }, {});

// As "List organization webhooks" shows them; the secret is masked.
const apiHook = {
  type: 'Organization',
  id: 7,
  name: 'web',
  active: true,
  events: ['fork'],
  config: {
    url: 'https://abc.example.com/',
    content_type: 'json',
    insecure_ssl: '0',
    secret: '********',
  },
  updated_at: '2026-01-02T03:04:05Z',
  created_at: '2026-01-02T03:04:05Z',
};
const hook = {
  id: 7,
  url: 'https://abc.example.com/',
  contentType: 'json',
  verifiesTls: true,
  hasSecret: true,
  active: true,
  events: ['fork'],
};

describe('webhooks', () => {
  test('are listed to the last page, with the token and at the API that was named', async () => {
    const bare = { ...apiHook, id: 8, active: false, config: { url: 'x', insecure_ssl: 1 } };
    answers = [
      {
        status: 200,
        body: [apiHook],
        headers: { link: `<${url}/orgs/acme/hooks?per_page=100&page=2>; rel="next"` },
      },
      { status: 200, body: [bare] },
    ];
    expect(await (await connect()).hooks('acme')).toEqual([
      hook,
      {
        ...hook,
        id: 8,
        url: 'x',
        contentType: 'form',
        verifiesTls: false,
        hasSecret: false,
        active: false,
      },
    ]);
    expect(asked).toMatchObject([
      { what: 'GET /api/v3/orgs/acme/hooks?per_page=100', authorization: `token ${token}` },
      { what: 'GET /api/v3/orgs/acme/hooks?per_page=100&page=2' },
    ]);
  });

  const settings = { url: hook.url, secret, events: ['fork'] };
  const config = { url: hook.url, content_type: 'json', secret, insecure_ssl: '0' };

  test('are created active, with JSON and certificates looked at', async () => {
    answers = [{ status: 201, body: apiHook }];
    expect(await (await connect()).createHook('acme', settings)).toEqual(hook);
    expect(asked).toMatchObject([
      {
        what: 'POST /api/v3/orgs/acme/hooks',
        body: { name: 'web', active: true, events: ['fork'], config },
      },
    ]);
  });

  test('are updated with all of their configuration: what is left out GitHub forgets', async () => {
    answers = [{ status: 200, body: apiHook }];
    expect(await (await connect()).updateHook('acme', 7, settings)).toEqual(hook);
    expect(asked).toMatchObject([
      {
        what: 'PATCH /api/v3/orgs/acme/hooks/7',
        body: { active: true, events: ['fork'], config },
      },
    ]);
  });

  test('are pinged', async () => {
    answers = [{ status: 204 }];
    await (await connect()).ping('acme', 7);
    expect(asked).toMatchObject([{ what: 'POST /api/v3/orgs/acme/hooks/7/pings' }]);
  });
});

describe('deliveries', () => {
  const at = (id: number, day: number): object => ({
    id,
    guid: `g${id}`,
    delivered_at: `2026-01-0${day}T00:00:00Z`,
    redelivery: false,
    duration: 0.03,
    status: 'OK',
    status_code: 200,
    event: 'fork',
    action: null,
    installation_id: null,
    repository_id: null,
  });
  const page = (cursor: string, ...body: readonly object[]): Answer => ({
    status: 200,
    body,
    headers: { link: `<${url}/orgs/acme/hooks/7/deliveries?cursor=${cursor}>; rel="next"` },
  });

  test('are read page by page, until they are too old', async () => {
    answers = [
      page('v1', at(9, 9), at(8, 8)),
      page('v2', at(7, 7), at(6, 3)),
      page('v3', at(5, 2)),
    ];
    const found = await (await connect()).deliveries('acme', 7, new Date('2026-01-06T00:00:00Z'));
    expect(found.map(({ id }) => id)).toEqual([9, 8, 7]);
    expect(found[0]).toEqual({
      id: 9,
      guid: 'g9',
      event: 'fork',
      deliveredAt: new Date('2026-01-09T00:00:00Z'),
      statusCode: 200,
      status: 'OK',
    });
    expect(asked.map(({ what }) => what)).toEqual([
      'GET /api/v3/orgs/acme/hooks/7/deliveries?per_page=100',
      'GET /api/v3/orgs/acme/hooks/7/deliveries?cursor=v1',
    ]);
  });

  test('without a time, the newest page is enough', async () => {
    answers = [page('v1', at(9, 9)), page('v2', at(8, 8))];
    const found = await (await connect()).deliveries('acme', 7);
    expect(found.map(({ id }) => id)).toEqual([9]);
  });

  test('are asked for once more', async () => {
    answers = [{ status: 202, body: {} }];
    await (await connect()).redeliver('acme', 7, 42);
    expect(asked).toMatchObject([
      { what: 'POST /api/v3/orgs/acme/hooks/7/deliveries/42/attempts' },
    ]);
  });

  test('have their ids to the last digit', async () => {
    const id = '9007199254740993';
    const text = JSON.stringify([at(1, 9)]).replace('"id":1', `"id":${id}`);
    answers = [
      { status: 200, text },
      { status: 202, body: {} },
    ];
    const github = await connect();
    const [delivery] = await github.deliveries('acme', 7);
    await github.redeliver('acme', 7, delivery?.id ?? 0);
    expect(asked[1]).toMatchObject({
      what: `POST /api/v3/orgs/acme/hooks/7/deliveries/${id}/attempts`,
    });
  });
});

describe('what GitHub refuses', () => {
  const failed = async (run: (github: GitHub) => Promise<unknown>): Promise<GitHubError> =>
    run(await connect()).then(
      () => {
        throw new Error('It was not refused.');
      },
      (error) => error,
    );

  test.each<[string, Answer]>([
    ['token', { status: 401, body: { message: 'Bad credentials' } }],
    ['forbidden', { status: 403, body: { message: 'Must have admin rights' } }],
    [
      'limited',
      {
        status: 403,
        body: { message: 'API rate limit exceeded for user ID 1.' },
        headers: { 'x-ratelimit-remaining': '0' },
      },
    ],
    ['limited', { status: 403, body: { message: 'Wait' }, headers: { 'retry-after': '60' } }],
    ['limited', { status: 429, body: { message: 'You have exceeded a secondary rate limit' } }],
    ['missing', { status: 404, body: { message: 'Not Found' } }],
    ['invalid', { status: 422, body: { message: 'Validation Failed', errors: [] } }],
    ['other', { status: 502, body: { message: 'Server Error' } }],
  ])('is told as %s', async (failure, answer) => {
    answers = [answer];
    const error = await failed((github) => github.hooks('acme'));
    expect(error).toMatchObject({ name: 'GitHubError', failure, call: 'GET /orgs/acme/hooks' });
    expect(explainGitHub(error)).toMatch(/^GET \/orgs\/acme\/hooks failed: /);
  });

  test('carries neither the token nor the secret, whatever GitHub says', async () => {
    answers = [{ status: 422, body: { message: `Validation Failed: ${secret} ${token} is bad` } }];
    const settings = { url: 'https://abc.example.com/', secret, events: [] };
    const error = await failed((github) => github.createHook('acme', settings));
    expect(error.message).toContain('[secret] [secret] is bad');
    const seen = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error.cause);
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain(token);
  });

  test('a redirection is not followed with the token', async () => {
    answers = [{ status: 301, headers: { location: 'https://elsewhere.example.com/' } }];
    expect(await failed((github) => github.hooks('acme'))).toMatchObject({
      message: expect.stringContaining('GitHub redirected the request to https://elsewhere'),
    });
    expect(asked).toHaveLength(1);
  });

  test('a GitHub that cannot be reached', async () => {
    const github = await octokitGitHub({ token, url: 'http://127.0.0.1:9' }, {});
    await expect(github.hooks('acme')).rejects.toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

test('a proxy is gone through', async () => {
  // The stub takes the place of the proxy: what it is asked for is the whole address.
  vi.stubEnv('HTTP_PROXY', url.replace('/api/v3', ''));
  vi.stubEnv('NO_PROXY', undefined);
  vi.stubEnv('no_proxy', undefined);
  answers = [{ status: 200, body: [] }];
  const far = { token, url: 'http://github.example.com/api/v3' };
  expect(await (await octokitGitHub(far, process.env)).hooks('acme')).toEqual([]);
  expect(asked).toMatchObject([
    { what: 'GET http://github.example.com/api/v3/orgs/acme/hooks?per_page=100' },
  ]);
});
