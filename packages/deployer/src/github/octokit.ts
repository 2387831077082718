/** {@link ours.GitHub} on Octokit. */
import { once } from 'node:events';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { Octokit } from '@octokit/core';
import { paginateRest, type PaginatingEndpoints } from '@octokit/plugin-paginate-rest';
import { isObject } from '@patrol/core';
import { agents } from '../cloud/agents.ts';
import { messageOf } from '../text/errors.ts';
import * as ours from './github.ts';
import { redact } from '../text/redact.ts';

/** How long an answer may take, in milliseconds. */
const patience = 60_000;

/** A client that reads lists to their end. */
const Client = Octokit.plugin(paginateRest);

/** Connects to GitHub. Makes no call yet. */
export async function octokitGitHub(
  { token, url }: ours.GitHubOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ours.GitHub> {
  const through = agents({ ...environment });
  const octokit = new Client({
    auth: token,
    userAgent: 'patrol-deploy',
    ...(url === undefined ? {} : { baseUrl: url.replace(/\/+$/, '') }),
    request: { fetch: fetchThrough(through) },
    // Nothing on standard error: what there is to say is said in the errors.
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const secrets = [token];

  octokit.hook.error('request', (error, options) => {
    const { method, url: address } = octokit.request.endpoint(options);
    const path = address.replace(options.baseUrl, '').replace(/\?.*/, '');
    throw gitHubError(`${method} ${path}`, error, secrets);
  });

  const bodyOf = ({ url: target, secret, events }: ours.HookSettings) => {
    secrets.push(secret);
    const config = { url: target, content_type: 'json', secret, insecure_ssl: '0' };
    return { active: true, events: [...events], config };
  };

  return {
    async hooks(org) {
      const all = await octokit.paginate('GET /orgs/{org}/hooks', { org, per_page: 100 });
      return all.map(hookOf);
    },
    async createHook(org, settings) {
      const body = { org, name: 'web', ...bodyOf(settings) };
      return hookOf((await octokit.request('POST /orgs/{org}/hooks', body)).data);
    },
    async updateHook(org, id, settings) {
      const body = { org, hook_id: id, ...bodyOf(settings) };
      return hookOf((await octokit.request('PATCH /orgs/{org}/hooks/{hook_id}', body)).data);
    },
    async ping(org, id) {
      await octokit.request('POST /orgs/{org}/hooks/{hook_id}/pings', { org, hook_id: id });
    },
    async deliveries(org, id, since) {
      const found: ours.HookDelivery[] = [];
      const route = 'GET /orgs/{org}/hooks/{hook_id}/deliveries';
      const pages = octokit.paginate.iterator(route, { org, hook_id: id, per_page: 100 });
      // Newest first: what comes after one that is too old is older still.
      for await (const { data } of pages) {
        const attempts = data.map(deliveryOf);
        const recent = attempts.filter(({ deliveredAt }) => !since || deliveredAt >= since);
        found.push(...recent);
        if (!since || recent.length < attempts.length) break;
      }
      return found;
    },
    async redeliver(org, id, attempt) {
      // Written out, since Octokit would take the attempt as a number only.
      const route = `POST /orgs/{org}/hooks/{hook_id}/deliveries/${attempt}/attempts`;
      await octokit.request(route, { org, hook_id: id });
    },
  };
}

/** A webhook, as the API has it. */
type ApiHook = PaginatingEndpoints['GET /orgs/{org}/hooks']['response']['data'][number];

const hookOf = ({ id, active, events, config }: ApiHook): ours.Hook => ({
  id,
  url: config.url ?? '',
  // "Supported values include json and form. The default is form."
  contentType: config.content_type ?? 'form',
  verifiesTls: String(config.insecure_ssl ?? '0') === '0',
  hasSecret: Boolean(config.secret),
  active,
  events,
});

/** A delivery, as the API has it. */
type ApiDelivery =
  PaginatingEndpoints['GET /orgs/{org}/hooks/{hook_id}/deliveries']['response']['data'][number];

const deliveryOf = (found: ApiDelivery): ours.HookDelivery => {
  const { id, guid, event, status, delivered_at: at, status_code: statusCode } = found;
  return { id, guid, event, deliveredAt: new Date(at), statusCode, status };
};

/** Makes what a call threw a {@link ours.GitHubError}, without the request that it carries. */
function gitHubError(call: string, error: unknown, secrets: readonly string[]): ours.GitHubError {
  const { status, response } = isObject(error) ? error : {};
  const headers = isObject(response) && isObject(response['headers']) ? response['headers'] : {};
  const message = redact(messageOf(error), secrets) || 'no reason given';
  return new ours.GitHubError(failureOf(status, headers, message), call, message);
}

type Headers = Readonly<Record<string, unknown>>;

/** "Rate limits for the REST API": 403 or 429, with a header or a word that says so. */
const isLimited = (headers: Headers, message: string): boolean =>
  headers['x-ratelimit-remaining'] === '0' ||
  headers['retry-after'] !== undefined ||
  /rate limit/i.test(message);

const failures: Readonly<Record<number, ours.GitHubFailure>> = {
  401: 'token',
  404: 'missing',
  422: 'invalid',
  429: 'limited',
};

function failureOf(status: unknown, headers: Headers, message: string): ours.GitHubFailure {
  if (status === 403) return isLimited(headers, message) ? 'limited' : 'forbidden';
  // Octokit gives what never got an answer the status 500, but no response.
  return failures[Number(status)] ?? (Object.keys(headers).length === 0 ? 'unreachable' : 'other');
}

/** What Octokit asks for. */
interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * A `fetch` that goes through the agents of the other calls: Node's own knows neither the proxy nor the certificate
 * authority that the operator set.
 */
const fetchThrough =
  (through: Readonly<Record<string, unknown>>) =>
  async (
    address: string,
    { method = 'GET', headers = {}, body }: Asked = {},
  ): Promise<Response> => {
    const url = new URL(address);
    const isTls = url.protocol === 'https:';
    const sent = (isTls ? tlsRequest : plainRequest)(url, {
      method,
      headers,
      timeout: patience,
      agent: through[isTls ? 'httpsAgent' : 'httpAgent'] as never,
    });
    sent.on('timeout', () =>
      sent.destroy(new Error(`GitHub did not answer within ${patience / 1000} s`)),
    );
    // What goes wrong later, the reading of the answer throws.
    sent.on('error', () => undefined);
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const text = await buffer(answer);
    const status = answer.statusCode ?? 500;
    if (status >= 300 && status < 400) {
      throw new Error(`GitHub redirected the request to ${answer.headers.location} (${status})`);
    }
    return new Response(status === 204 ? null : text, {
      status,
      headers: Object.entries(answer.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, [value].flat().join(', ')] as [string, string]],
      ),
    });
  };
