/**
 * A stand-in for AWS, with what a rule's function uses by itself: SNS for its alerts, the secret of its webhook, its table.
 *
 * All other calls are refused and remembered: a function that needs them must not seem to work. With `--live`, AWS itself
 * answers for two things: secrets that the rule's parameters name, and read-only calls of SNS that its permissions name.
 * Nothing is published there. Every process of this machine can reach the port, so only requests with the secret path are
 * answered.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '@patrol/core';
import { CloudError, explain } from '../cloud/cloud.ts';
import { type Item, Table } from './dynamodb.ts';
import type { LiveAccess, StackResources } from './access.ts';
import { listen, readBody } from './http.ts';
import { Refusal } from './refusal.ts';
import { bodyLimit, publish, type Published, tooLong } from './sns.ts';

/** What the stand-in has. */
export interface AwsOptions {
  readonly topics: readonly string[];
  /** The values of secrets, by ARN. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly tables?: StackResources['tables'];
  /** What AWS itself may be asked; nothing when left out. */
  readonly live?: LiveAccess;
}

/** A running endpoint. */
export interface AwsEndpoint {
  /** It ends with a path that cannot be guessed. */
  readonly url: string;
  /** The published messages, in order. */
  readonly messages: readonly Published[];
  /** The refused calls, one sentence each. */
  readonly refusals: readonly string[];
  /** Secrets of the operator that were read. They have to be redacted. */
  readonly secretsRead: readonly string[];
  close(): void;
}

interface Call {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  /** The body in the query protocol; empty for other protocols. */
  readonly form: URLSearchParams;
  /** `secretsmanager.GetSecretValue`; empty where there is none. */
  readonly target: string;
}

/** Starts an endpoint. */
export async function startAws(options: AwsOptions): Promise<AwsEndpoint> {
  const state = new State(options);
  const path = `/${randomBytes(24).toString('base64url')}`;
  const server = await listen(async (request, response) => {
    if (!isUnder(path, request)) {
      // Another process asks. It is told nothing, and the function is not blamed for it.
      response.writeHead(404).end();
      return;
    }
    const body = await readBody(request, bodyLimit);
    try {
      if (body === undefined) throw tooLong();
      const { status, type, text } = await state.answer(read(request, body));
      response.writeHead(status, { 'content-type': type }).end(text);
    } catch (thrown) {
      const error = refusalOf(thrown);
      state.refusals.push(
        `${operation(request, body, path)} was refused: ${error.code}: ${error.message}`,
      );
      answerError(request, response, error);
    }
  });
  const { messages, refusals, secretsRead } = state;
  return {
    url: `http://${server.host}${path}`,
    messages,
    refusals,
    secretsRead,
    close: () => server.close(),
  };
}

const isUnder = (path: string, { url = '' }: IncomingMessage): boolean =>
  url === path || url.startsWith(`${path}/`) || url.startsWith(`${path}?`);

/** An error of AWS to the operator's own call, as the function would get it. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof CloudError)) throw error;
  const codes: Partial<Record<CloudError['failure'], string>> = {
    denied: 'AccessDeniedException',
    missing: 'ResourceNotFoundException',
  };
  return new Refusal(codes[error.failure] ?? 'InvalidRequestException', explain(error));
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const xml = (text: string, status = 200): Reply => ({ status, type: 'text/xml', text });
const json = (value: unknown): Reply => ({
  status: 200,
  type: 'application/x-amz-json-1.0',
  text: JSON.stringify(value),
});

class State {
  readonly messages: Published[] = [];
  readonly refusals: string[] = [];
  readonly secretsRead: string[] = [];
  readonly #options: AwsOptions;
  readonly #tables: ReadonlyMap<string, Table>;

  constructor(options: AwsOptions) {
    this.#options = options;
    this.#tables = new Map((options.tables ?? []).map((name) => [name, new Table()]));
  }

  async answer(call: Call): Promise<Reply> {
    const { form, target, request } = call;
    const action = form.get('Action') ?? '';
    if (request.method === 'POST' && action === 'Publish') return this.#publish(form);
    const [service = '', name = ''] = target.split('.');
    if (target === 'secretsmanager.GetSecretValue') return this.#secret(call);
    if (target === 'AmazonSSM.GetParameter') return this.#parameter(call);
    if (service.startsWith('DynamoDB_') && this.#tables.size > 0) return this.#table(name, call);
    // SNS itself answers calls that only read.
    if (/^(Get|List|CheckIf)\w+$/.test(action)) return this.#ask(action, call);
    throw this.#refused();
  }

  #publish(form: URLSearchParams): Reply {
    this.messages.push(publish(form, this.#options.topics));
    return xml(
      `<PublishResponse xmlns="${namespace}"><PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult>` +
        `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></PublishResponse>`,
    );
  }

  async #secret(call: Call): Promise<Reply> {
    const arn = String(fieldsOf(call)['SecretId']);
    const { secrets = {} } = this.#options;
    const own = Object.hasOwn(secrets, arn) ? secrets[arn] : undefined;
    const SecretString = own ?? (await this.#read(arn));
    return json({ ARN: arn, Name: arn.split(':')[6]?.slice(0, -7), SecretString });
  }

  async #parameter(call: Call): Promise<Reply> {
    const name = String(fieldsOf(call)['Name']);
    return json({ Parameter: { ARN: name, Type: 'SecureString', Value: await this.#read(name) } });
  }

  /** Reads a secret of the operator. */
  async #read(arn: string): Promise<string> {
    const { live } = this.#options;
    if (!live?.secrets.includes(arn)) throw this.#refused();
    const value = await live.aws.readSecret(arn);
    this.secretsRead.push(value);
    return value;
  }

  #table(name: string, call: Call): Reply {
    const input = fieldsOf(call);
    const table = this.#tables.get(String(input['TableName']));
    if (!table) {
      throw new Refusal('ResourceNotFoundException', 'Requested resource not found');
    }
    const answer: Readonly<Record<string, Item | undefined>> = table.call(name, input);
    return json(answer);
  }

  async #ask(action: string, { request, body }: Call): Promise<Reply> {
    const { live } = this.#options;
    const [, region] = scopeOf(request) ?? [];
    if (!live?.actions.includes(`sns:${action}`) || region === undefined) throw this.#refused();
    const { status, body: text } = await live.aws.askSns({
      region,
      body: body.toString('utf8'),
    });
    return xml(text, status);
  }

  #refused(): Refusal {
    const what = this.#options.live
      ? 'With `--live`, a rule can read the secrets that its parameters name. It can make the read-only calls of SNS that its permissions name; nothing is written.'
      : 'The sandbox only offers Publish of SNS and the resources of the stack of a rule. With --live a rule asks AWS itself.';
    return new Refusal('AccessDenied', what, 403);
  }
}

const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/';

function read(request: IncomingMessage, body: Buffer): Call {
  const isForm = /^application\/x-www-form-urlencoded\b/.test(
    request.headers['content-type'] ?? '',
  );
  const form = new URLSearchParams(isForm ? body.toString('utf8') : '');
  return { request, body, form, target: targetOf(request) };
}

const targetOf = ({ headers }: IncomingMessage): string =>
  [headers['x-amz-target']].flat()[0] ?? '';

/** The input of a call of a JSON protocol. */
function fieldsOf({ body }: Call): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (isObject(parsed)) return parsed;
  } catch {
    // Not JSON: as bad as no object.
  }
  throw new Refusal('SerializationException', 'The body is no JSON object.');
}

/** Service and region that a request was signed for. */
function scopeOf({ headers }: IncomingMessage): readonly [string, string] | undefined {
  const [, region, service] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  return region && service ? [service, region] : undefined;
}

/** The operation of a request: `sns Publish`, `secretsmanager GetSecretValue`, `GET /bucket/key`. */
function operation(request: IncomingMessage, body: Buffer | undefined, path: string): string {
  const { method } = request;
  const url = request.url?.slice(path.length) || '/';
  const [service] = scopeOf(request) ?? [];
  const target = targetOf(request).split('.').pop();
  const action = /(?:^|&)Action=(\w+)/.exec(body?.toString('latin1') ?? '')?.[1];
  return [service, target || (action ?? `${method} ${url}`)].filter(Boolean).join(' ');
}

/** Answers in the caller's protocol: JSON or XML. */
function answerError(request: IncomingMessage, response: ServerResponse, error: Refusal): void {
  const { code, status, message } = error;
  if (/json/.test(request.headers['content-type'] ?? '')) {
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code })
      .end(JSON.stringify({ __type: code, message }));
    return;
  }
  response
    .writeHead(status, { 'content-type': 'text/xml' })
    .end(
      `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code>` +
        `<Message>${escapeXml(message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
    );
}

const escapeXml = (text: string): string =>
  text
    .replace(/[^\P{Cc}\n\t]/gu, '?')
    .replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
