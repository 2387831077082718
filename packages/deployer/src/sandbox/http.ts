/** What the two HTTP servers of the sandbox share. Both listen on a free port of the loopback address. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A server that is listening. */
export interface Listening {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Stops listening and drops every open connection. */
  close(): void;
}

/** Starts a server. A request whose client goes away is dropped. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Listening> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // The Runtime API keeps a request for the next event open for as long as there is none.
  server.requestTimeout = 0;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    host: `127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Reads the body of a request. Returns `undefined` for one of more than `limit` bytes, which is still read to its end. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length <= limit) chunks.push(bytes);
  }
  return length <= limit ? Buffer.concat(chunks) : undefined;
}

/** The refusal of a request, with the error code and the status that AWS would answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly status: number;
  /** What the answer says besides, in JSON. Then the refusal is what was asked for: a condition that does not hold. */
  readonly answer: Readonly<Record<string, unknown>> | undefined;
  constructor(
    code: string,
    message: string,
    status = 400,
    answer?: Readonly<Record<string, unknown>>,
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.answer = answer;
  }
}
