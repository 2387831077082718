/** Webhooks as GitHub has them: what it delivers, and the REST API as far as `patrol-deploy hook` asks it. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, python, root } from './tools.ts';

/** What is delivered. */
export interface Delivery {
  readonly name: string;
  readonly body: string;
  readonly id?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Delivers as GitHub does: signed over the bytes. */
export const deliver = (
  address: string,
  secret: string,
  { name, body, id = crypto.randomUUID(), type = 'application/json', headers = {} }: Delivery,
): Promise<Response> =>
  fetch(address, {
    method: 'POST',
    body,
    headers: {
      ...headers,
      'content-type': type,
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-delivery': id,
      'x-github-event': name,
      'x-github-hook-id': '1',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
  });

/** A webhook, as the API has it. */
interface Hook {
  readonly name: string;
  readonly active: boolean;
  readonly events: readonly string[];
  readonly config: { readonly url: string; readonly secret: string };
}

/** A running stand-in for the API at api.github.com, with the organisation acme. */
export interface WebhooksStandIn {
  /** What leads a program to it: a proxy, and the authority that its certificate is of. */
  readonly env: NodeJS.ProcessEnv;
  close(): void;
}

/**
 * Starts it.
 *
 * @param token the one that it takes.
 * @param arrive delivers a ping.
 */
export async function gitHubWebhooks(
  token: string,
  arrive: (config: Hook['config'], delivery: Delivery) => Promise<Response>,
): Promise<WebhooksStandIn> {
  const script = join(root, 'e2e/support/certificate.py');
  const { stdout } = await must(await python('python'), [script, 'api.github.com']);
  const { authority, ...own }: Record<'authority' | 'cert' | 'key', string> = JSON.parse(stdout);
  let hook: Hook | undefined;
  const deliveries: object[] = [];

  const shown = ({ config, ...others }: Hook): unknown => ({
    id: 1,
    ...others,
    config: { ...config, secret: '********' },
  });
  const ping = async ({ config }: Hook): Promise<void> => {
    const delivery = {
      name: 'ping',
      id: crypto.randomUUID(),
      body: JSON.stringify({ hook_id: 1 }),
    };
    const { status, statusText } = await arrive(config, delivery);
    deliveries.unshift({
      id: deliveries.length + 1,
      guid: delivery.id,
      event: delivery.name,
      delivered_at: new Date().toISOString(),
      status_code: status,
      status: statusText,
    });
  };
  const answer = async (asked: string, body: string): Promise<readonly [number, unknown?]> => {
    switch (asked) {
      case 'GET /orgs/acme/hooks':
        return [200, hook ? [shown(hook)] : []];
      case 'POST /orgs/acme/hooks':
        hook = JSON.parse(body) as Hook;
        return [201, shown(hook)];
      case 'GET /orgs/acme/hooks/1/deliveries':
        return [200, deliveries];
      case 'POST /orgs/acme/hooks/1/pings':
        if (!hook) break;
        await ping(hook);
        return [204];
    }
    return [404, { message: 'Not Found' }];
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname } = new URL(request.url ?? '/', 'https://api.github.com');
    const [status, body] =
      request.headers.authorization === `token ${token}`
        ? await answer(`${request.method} ${pathname}`, Buffer.concat(chunks).toString('utf8'))
        : [401, { message: 'Bad credentials' }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  };
  const api = createServer(own, (request, response) => void handle(request, response));
  const proxy = createProxy().on('connect', (_request, socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    api.emit('connection', socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'patrol-authority-'));
  const bundle = join(folder, 'authority.pem');
  writeFileSync(bundle, authority);
  return {
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NODE_EXTRA_CA_CERTS: bundle,
    },
    close: () => {
      proxy.close();
      rmSync(folder, { recursive: true });
    },
  };
}
