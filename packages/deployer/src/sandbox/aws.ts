/**
 * A stand-in for AWS, with what a rule's function uses by itself: SNS for its alerts, the secret of its webhook, its table.
 *
 * All other calls are refused and remembered: a function that needs them must not seem to work. With `--live`, AWS itself
 * answers for two things: secrets that the rule's parameters name, and read-only calls that its permissions name.
 * Nothing is written there. Every process of this machine can reach the port, so only requests with the secret path are
 * answered.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '@patrol/core';
import { CloudError, explain } from '../cloud/cloud.ts';
import { Table } from './dynamodb.ts';
import type { LiveService } from '../cloud/live.ts';
import type { LiveAccess, StackResources } from './access.ts';
import { listen, readBody, Refusal } from './http.ts';
import { bodyLimit, publish, type Published, tooLong } from './sns.ts';
import { jsonIn, own, picked, type Texts } from '../text/records.ts';

/** What the stand-in has. */
export interface AwsOptions {
  readonly topics: readonly string[];
  /** The values of secrets, by ARN. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly tables?: StackResources['tables'];
  /** What AWS itself may be asked; nothing when left out. */
  readonly live?: LiveAccess;
}

/** What the stand-in was asked. */
interface Seen {
  /** The published messages, in order. */
  readonly messages: Published[];
  /** The refused calls, one sentence each. */
  readonly refusals: string[];
  /** Secrets of the operator that were read. They have to be redacted. */
  readonly secretsRead: string[];
}

/** A running endpoint. */
export interface AwsEndpoint extends Seen {
  /** It ends with a path that cannot be guessed. */
  readonly url: string;
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
  const seen: Seen = { messages: [], refusals: [], secretsRead: [] };
  const answer = answering(options, seen);
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
      const { status, type, text } = await answer(read(request, body));
      response.writeHead(status, { 'content-type': type }).end(text);
    } catch (thrown) {
      const error = refusalOf(thrown);
      const what = operation(request, body, path);
      if (error.answer === undefined) {
        seen.refusals.push(`${what} was refused: ${error.code}: ${error.message}`);
      }
      answerError(request, response, error);
    }
  });
  return { ...seen, url: `http://${server.host}${path}`, close: () => server.close() };
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

/** Answers calls with what the stand-in has, and notes what it is asked. */
function answering(
  { topics, secrets = {}, tables: names = [], live }: AwsOptions,
  seen: Seen,
): (call: Call) => Promise<Reply> {
  const tables = new Map(names.map((name) => [name, new Table()]));
  const refused = (): Refusal => {
    const what = live
      ? 'With `--live`, a rule can read the secrets that its parameters name. It can make the read-only calls that its permissions name; nothing is written, and no other secret is read.'
      : 'The sandbox only offers Publish of SNS and the resources of the stack of a rule. With --live a rule asks AWS itself.';
    return new Refusal('AccessDenied', what, 403);
  };
  /** Reads a secret of the operator. */
  const secretOf = async (arn: string): Promise<string> => {
    if (!live?.secrets.includes(arn)) throw refused();
    const value = await live.aws.readSecret(arn);
    seen.secretsRead.push(value);
    return value;
  };
  return async (call) => {
    const { form, target, request, body } = call;
    const action = form.get('Action') ?? '';
    if (request.method === 'POST' && action === 'Publish') {
      seen.messages.push(publish(form, topics));
      return xml(
        `<PublishResponse xmlns="${namespace}"><PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult>` +
          `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></PublishResponse>`,
      );
    }
    if (target === 'secretsmanager.GetSecretValue') {
      const arn = String(fieldsOf(call)['SecretId']);
      const SecretString = own(secrets, arn) ?? (await secretOf(arn));
      return json({ ARN: arn, Name: arn.split(':')[6]?.slice(0, -7), SecretString });
    }
    if (target === 'AmazonSSM.GetParameter') {
      const name = String(fieldsOf(call)['Name']);
      const Value = await secretOf(name);
      return json({ Parameter: { ARN: name, Type: 'SecureString', Value } });
    }
    const [protocol = '', name = ''] = target.split('.');
    const isDynamo = protocol.startsWith('DynamoDB_');
    const input = target === '' ? {} : fieldsOf(call);
    const table = isDynamo ? tables.get(String(input['TableName'])) : undefined;
    if (table) return json(table.call(name, input));
    // AWS itself answers calls that only read. What it decrypts could not be redacted.
    const [service = '', region = ''] = scopeOf(request) ?? [];
    const isRead =
      /^(Get|List|CheckIf|Describe|BatchGet|Query$|Scan$)/.test(action || name) &&
      input['WithDecryption'] !== true;
    if (isRead && isRouted(service) && live?.actions.includes(`${service}:${action || name}`)) {
      const headers = picked(request.headers, (header) =>
        /^(content-type|x-amz-target)$/.test(header),
      );
      const asked = { service, region, body: body.toString('utf8'), headers: headers as Texts };
      const { body: text, ...answer } = await live.aws.ask(asked);
      return { ...answer, text };
    }
    if (!isDynamo || tables.size === 0) throw refused();
    throw new Refusal('ResourceNotFoundException', 'Requested resource not found');
  };
}

/** Whether requests of a service come here although the function has the operator's credentials. */
const isRouted = (service: string): service is LiveService =>
  ['dynamodb', 'secretsmanager', 'sns', 'ssm'].includes(service);

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
  const parsed = jsonIn(body.toString('utf8'));
  if (isObject(parsed)) return parsed;
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
  const { code, status, message, answer } = error;
  if (/json/.test(request.headers['content-type'] ?? '')) {
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code })
      .end(JSON.stringify({ __type: code, message, ...answer }));
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
