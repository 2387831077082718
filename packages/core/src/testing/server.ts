/** Servers on this machine for tests of clients: one in AWS's place, or any other. */
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

/** Starts a server, which answers requests until it is closed. */
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

/** A request of the AWS SDK. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The fields of the body, for the services whose requests are forms: CloudFormation, IAM, SNS. */
  readonly form: Readonly<Record<string, string>>;
  /** The service and the region that the request is signed for. */
  readonly service: string;
  readonly region: string;
}

/** An answer: a text is sent as it is, everything else as JSON. */
export type Answer = readonly [
  status: number,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];

/** The answer of a service whose requests are forms. `result` is XML. */
export const xml = (action: string, result = ''): Answer => [
  200,
  `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
];

/** The refusal of a service whose requests are forms. */
export const refused = (code: string, message: string, status = 400): Answer => [
  status,
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
];

/** The environment variables that would lead the SDK elsewhere. */
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

/** A server in AWS's place. */
export interface FakeAws {
  readonly url: string;
  /** The requests of this test. */
  readonly asked: readonly Asked[];
}

/**
 * Starts a server that the real AWS SDK asks in all tests of the file. The environment of each test leads the SDK to it, with
 * credentials that are not real.
 *
 * @param answer gives the answer to a request, at once or later. Where it gives none, the server answers with the status 500, as AWS does when
 *   it fails.
 * @param environment further environment variables, such as `{ AWS_REGION: 'eu-west-1' }`.
 */
export function fakeAws(
  answer: (asked: Asked) => Answer | undefined | Promise<Answer | undefined>,
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
      const [status, content = '', more] = (await answer(question)) ?? [500];
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
