/**
 * Runs a function as Lambda does: it serves the Runtime API on loopback, starts a child process with a runtime client, invokes
 * the function once, watches the time limit, and collects the log.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject } from '@patrol/core';
import { sandbox } from '../evaluate/sandbox.ts';
import { listen, readBody } from './http.ts';
import { messageOf } from '../text/errors.ts';
import { compact, jsonIn } from '../text/records.ts';

/** The command that starts a runtime client in the function's folder. */
export interface RuntimeClient {
  readonly command: string;
  readonly args: readonly string[];
}

/** One invocation. */
export interface Invocation {
  /** The folder of the unpacked code. */
  readonly folder: string;
  /** The function's whole environment, without the address of the Runtime API. */
  readonly environment: Readonly<Record<string, string>>;
  readonly event: unknown;
  /** The function's time limit in seconds. */
  readonly timeout: number;
  /** How long it may take to load, in seconds; Lambda allows 10. */
  readonly initTimeout?: number;
  /** The client of this package when left out. */
  readonly client?: RuntimeClient | undefined;
}

/** The result of an invocation. */
export interface Invoked {
  /** Each line that the function and its client wrote. */
  readonly logs: readonly string[];
  /** The time from the event to the answer; `null` when the function did not take the event. */
  readonly durationMs: number | null;
  /** What the handler returned; absent when it failed or returned nothing. */
  readonly result?: unknown;
  /** Why there is no answer; absent when the handler returned. */
  readonly error?: string;
}

/** Lambda's limit for the answer of a function, in bytes. */
const payloadLimit = 6_291_556;
/** How many bytes of a function's log are kept. */
const logLimit = 1_048_576;

/** This package's own client, `bootstrap.ts`, with a heap as large as Lambda would give the function. */
const ownClient = (memorySize: string | undefined): RuntimeClient => ({
  command: process.execPath,
  args: [
    // The AWS SDK advises to use a newer Node. That does not help here, since Lambda has its own.
    '--disable-warning=NodeVersionSupportWarning',
    ...(memorySize
      ? [`--max-old-space-size=${Math.max(64, Math.round(Number(memorySize) * 0.9))}`]
      : []),
    fileURLToPath(new URL(`./bootstrap${extname(import.meta.url)}`, import.meta.url)),
  ],
});

/** Starts a function, gives it one event and waits until it answers or ends. Never throws for what the function does. */
export async function invoke(invocation: Invocation): Promise<Invoked> {
  const { folder, environment, timeout, initTimeout = 10 } = invocation;
  const client = invocation.client ?? ownClient(environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']);
  const requestId = randomUUID();
  const logs = logLines();
  let began: number | undefined;
  let result: unknown;
  let timer: NodeJS.Timeout | undefined;
  const { promise: settled, resolve: settle } = Promise.withResolvers<string | undefined>();
  const limit = (seconds: number, error: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => settle(error), seconds * 1000);
  };

  const server = await listen(async (request, response) => {
    const body = await readBody(request, payloadLimit);
    const route = `${request.method} ${request.url}`.replace('/2018-06-01/runtime/', '');
    switch (route) {
      case 'GET invocation/next':
        // After its answer, the client asks for the next event. There is none, so it waits.
        if (began !== undefined) return;
        began = performance.now();
        limit(timeout, `timed out after ${timeout} s`);
        response
          .writeHead(200, {
            'content-type': 'application/json',
            'lambda-runtime-aws-request-id': requestId,
            'lambda-runtime-deadline-ms': String(Date.now() + timeout * 1000),
            'lambda-runtime-invoked-function-arn': functionArn(environment),
            'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
          })
          .end(JSON.stringify(invocation.event));
        return;
      case `POST invocation/${requestId}/response`:
        accept(response);
        result = parsed(body);
        settle(body ? undefined : tooLarge);
        return;
      case `POST invocation/${requestId}/error`:
        accept(response);
        settle(readError(request, body));
        return;
      case 'POST init/error':
        accept(response);
        settle(`did not start: ${readError(request, body)}`);
        return;
      default:
        respond(response, 404, {
          errorType: 'NotFound',
          errorMessage: `The Runtime API has no ${route}`,
        });
    }
  });

  const child = spawn(client.command, client.args, {
    cwd: folder,
    // Windows cannot open a socket without SystemRoot. It tells nothing about the operator.
    env: { ...systemRoot(), ...environment, AWS_LAMBDA_RUNTIME_API: server.host },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  limit(initTimeout, `did not start within ${initTimeout} s`);
  const closed = once(child, 'close').catch((error: unknown) =>
    settle(`could not be started: ${messageOf(error)}`),
  );
  child.once('exit', (code, signal) => {
    const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
    settle(
      `its process ${how} before ${began === undefined ? 'it took the event' : 'it answered'}`,
    );
  });
  logs.collect(child.stdout);
  logs.collect(child.stderr);

  const error = await settled;
  const durationMs = began === undefined ? null : performance.now() - began;
  clearTimeout(timer);
  child.kill('SIGKILL');
  // A process that the function started can keep the pipes open. It is not waited for.
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500).unref())]);
  child.stdout.destroy();
  child.stderr.destroy();
  server.close();
  if (error !== undefined) result = undefined;
  return compact<Invoked>({ logs: logs.finish(), durationMs, result, error });
}

const tooLarge = `its answer is larger than the ${payloadLimit} bytes that Lambda allows`;

const respond = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

const accept = (response: ServerResponse): void => respond(response, 202, { status: 'OK' });

const functionArn = (environment: Readonly<Record<string, string>>): string =>
  `arn:${sandbox.partition}:lambda:${sandbox.region}:${sandbox.account}:function:${environment['AWS_LAMBDA_FUNCTION_NAME'] ?? sandbox.stackName}`;

const systemRoot = (): Record<string, string> =>
  process.env['SystemRoot'] === undefined ? {} : { SystemRoot: process.env['SystemRoot'] };

/** The JSON value of a body; `undefined` when it is not JSON. */
const parsed = (body: Buffer | undefined): unknown => jsonIn(body?.toString('utf8') ?? '');

/** An error that a client reports: `TypeError: x is not a function`. */
function readError(request: IncomingMessage, body: Buffer | undefined): string {
  const said = parsed(body);
  const { errorType, errorMessage } = isObject(said) ? said : {};
  const type = errorType ?? request.headers['lambda-runtime-function-error-type'];
  return (
    [type, errorMessage].filter((part) => typeof part === 'string' && part !== '').join(': ') ||
    'an error'
  );
}

/** The lines of a function's log, in order, up to a size. */
function logLines() {
  const lines: string[] = [];
  const rests: (() => string)[] = [];
  let size = 0;
  return {
    collect(stream: NodeJS.ReadableStream): void {
      const decoder = new TextDecoder();
      let rest = '';
      rests.push(() => rest + decoder.decode());
      stream.on('data', (chunk: Buffer) => {
        const room = logLimit - size;
        size += chunk.length;
        if (room <= 0) return;
        const text = rest + decoder.decode(chunk.subarray(0, room), { stream: true });
        const whole = text.split(/\r?\n/);
        rest = whole.pop() ?? '';
        lines.push(...whole);
      });
    },
    finish(): readonly string[] {
      const cut = size - logLimit;
      const more = cut > 0 ? `(${cut} more bytes of log are not shown)` : '';
      return [...lines, ...rests.map((rest) => rest()), more].filter((line) => line !== '');
    },
  };
}
