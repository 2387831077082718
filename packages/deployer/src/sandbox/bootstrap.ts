/**
 * The process in which `try` runs a function: it loads the handler and asks the Runtime API for events, as Lambda's own
 * runtime client for Node.js does. It imports nothing but Node's modules, so that the function finds what it would find
 * in Lambda. `runtime.ts` starts it; nothing imports it.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

type Handler = (event: unknown, context: unknown) => unknown;

const variable = (name: string): string => process.env[name] ?? '';
const [apiHost = '', apiPort = ''] = variable('AWS_LAMBDA_RUNTIME_API').split(':');
let requestId = '';

interface Answer {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Resolves when all output has left the process. The process may be ended right after its answer. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });

/** Calls the Runtime API. Ends the process when the API is gone. */
async function call(
  method: 'GET' | 'POST',
  path: string,
  body = '',
  errorType?: string,
): Promise<Answer> {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(errorType === undefined ? {} : { 'lambda-runtime-function-error-type': errorType }),
  };
  const leave = (): never => process.exit(1);
  const place = { host: apiHost, port: apiPort, path: `/2018-06-01/runtime/${path}` };
  const sent = request({ ...place, method, headers })
    .on('error', leave)
    .end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { headers: response.headers, body: await text(response).catch(leave) };
}

/** Writes a line in Lambda's JSON log format. */
function writeLog(level: string, message: unknown): void {
  const line = {
    timestamp: new Date().toISOString(),
    level,
    requestId: requestId || undefined,
    message,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function fail(path: string, error: unknown, type?: string): Promise<Answer> {
  const known = error instanceof Error ? error : new Error(String(error));
  const errorType = type ?? known.name;
  const errorMessage = known.message;
  const stackTrace = known.stack?.split('\n') ?? [];
  writeLog('ERROR', { errorType, errorMessage, stackTrace });
  // A header can hold only ASCII. The name of an error can hold anything.
  const header = errorType.replace(/[^ -~]/g, '?');
  return call('POST', path, JSON.stringify({ errorType, errorMessage, stackTrace }), header);
}

/** Imports the handler: `index.handler` is the export `handler` of `index.mjs` or `index.js`. */
async function load(): Promise<Handler> {
  const name = variable('_HANDLER');
  const dot = name.lastIndexOf('.');
  const [module, property] = [name.slice(0, dot), name.slice(dot + 1)];
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => join(variable('LAMBDA_TASK_ROOT'), module + extension))
    .find((path) => existsSync(path));
  if (file === undefined)
    throw named('Runtime.ImportModuleError', `Cannot find module '${module}'`);
  const exported: unknown = await import(pathToFileURL(file).href);
  const handler: unknown = Reflect.get(Object(exported), property);
  if (typeof handler !== 'function') {
    throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  return (event, context) => Reflect.apply(handler, undefined, [event, context]);
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const context = (headers: Answer['headers']): unknown => ({
  awsRequestId: requestId,
  functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
  functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
  invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
  logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
  logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
  memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now(),
});

async function main(): Promise<void> {
  for (const method of ['debug', 'info', 'log', 'trace', 'warn', 'error']) {
    const level = method === 'log' ? 'INFO' : method.toUpperCase();
    Reflect.set(console, method, (...values: readonly unknown[]) =>
      writeLog(level, format(...values)),
    );
  }
  let path = 'init/error';
  const die = (type: string) => (error: unknown) => {
    fail(path, error, type).then(
      () => process.exit(1),
      () => process.exit(1),
    );
  };
  process.on('uncaughtException', die('Runtime.UncaughtException'));
  process.on('unhandledRejection', die('Runtime.UnhandledPromiseRejection'));

  let handler: Handler;
  try {
    handler = await load();
  } catch (error) {
    await fail(path, error);
    process.exit(1);
  }
  for (;;) {
    const { headers, body } = await call('GET', 'invocation/next');
    requestId = String(headers['lambda-runtime-aws-request-id']);
    path = `invocation/${requestId}/error`;
    try {
      const result = await handler(JSON.parse(body), context(headers));
      await call('POST', `invocation/${requestId}/response`, JSON.stringify(result) ?? 'null');
    } catch (error) {
      await fail(path, error);
    }
  }
}

await main();
