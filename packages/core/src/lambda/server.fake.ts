/** For tests of what goes over the network: a server on this machine in the place of the real one, and of AWS above all. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';

/** A server on a free port. */
export interface Served {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Answers requests until it is closed. */
export async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<Served> {
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A request of the AWS SDK's. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body, for the services that take forms. */
  readonly form: Readonly<Record<string, string>>;
  /** The service and the region that it is signed for. */
  readonly service: string;
  readonly region: string;
}

/** An answer of AWS's: a text as it is, everything else as JSON. */
export type Answer = readonly [
  status: number,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];

/** How a service that takes forms answers. */
export const xml = (action: string, result = ''): Answer => [
  200,
  `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
];

/** How a service that takes forms refuses. */
export const refused = (code: string, message: string, status = 400): Answer => [
  status,
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
];

/** What of the environment leads the SDK elsewhere. */
const elsewhere = [
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_CA_BUNDLE',
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
    name,
    name.toLowerCase(),
  ]),
];

/** What stands in AWS's place. */
export interface FakeAws {
  readonly url: string;
  /** What it was asked in this test. */
  readonly asked: readonly Asked[];
}

/**
 * Has the real SDK ask a server of our own in all tests of the file.
 *
 * @param answer what it answers; without an answer it fails as AWS does.
 * @param environment what is in the environment beside the way to the server.
 */
export function fakeAws(
  answer: (asked: Asked) => Answer | undefined,
  environment: Readonly<Record<string, string>> = {},
): FakeAws {
  const asked: Asked[] = [];
  let served: Served | undefined;
  beforeAll(async () => {
    served = await serve(async (request, response) => {
      const { method = '', url: path = '', headers } = request;
      // Credential=KEY/DATE/REGION/SERVICE/aws4_request
      const [, region = '', service = ''] =
        /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
      const body = await text(request);
      const form = Object.fromEntries(new URLSearchParams(body));
      const question = { method, path, headers, body, form, service, region };
      asked.push(question);
      const [status, content = '', more] = answer(question) ?? [500];
      const isText = typeof content === 'string';
      response
        .writeHead(status, { 'content-type': isText ? 'text/xml' : 'application/json', ...more })
        .end(isText ? content : JSON.stringify(content));
    });
  });
  afterAll(() => served?.close());
  beforeEach(() => {
    asked.length = 0;
    for (const name of elsewhere) vi.stubEnv(name, undefined);
    const variables = {
      AWS_ENDPOINT_URL: served?.url,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      ...environment,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  });
  afterEach(() => vi.unstubAllEnvs());
  return {
    asked,
    get url() {
      return served?.url ?? '';
    },
  };
}
