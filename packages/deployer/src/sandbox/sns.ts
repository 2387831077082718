/**
 * SNS as far as a rule's function uses it: Publish to the sandbox's topic, with the limits of the real one. Whatever else
 * is asked for is refused and remembered, so that a function that calls more than its alerts does not seem to work.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '@patrol/core';
import { listen, readBody } from './http.ts';

/** A message that was published. */
export interface Published {
  readonly subject: string | null;
  readonly message: string;
  /** `json` where `message` holds a text for each protocol. */
  readonly structure: string | null;
  /** Values by name; of the type `Binary` in base64. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A running endpoint. */
export interface SnsEndpoint {
  readonly url: string;
  /** What was published, in order. */
  readonly messages: readonly Published[];
  /** What was refused, one sentence each. */
  readonly refusals: readonly string[];
  close(): void;
}

/** SNS, Publish: at most 262,144 bytes, the message attributes included. */
const messageLimit = 262_144;
/** SNS, Publish: less than 100 characters. */
const subjectLimit = 100;
/** What is read of a request: any message near the limit, in which every byte may be escaped as `%XX`. */
const bodyLimit = 16 * messageLimit;

/** A request that SNS would refuse, with the code that it would give. */
class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const invalid = (message: string): Refusal =>
  new Refusal('InvalidParameter', `Invalid parameter: ${message}`);

/**
 * Starts an endpoint.
 *
 * @param topicArn the one topic that it has.
 */
export async function startSns(topicArn: string): Promise<SnsEndpoint> {
  const messages: Published[] = [];
  const refusals: string[] = [];
  const server = await listen(async (request, response) => {
    const body = await readBody(request, bodyLimit);
    try {
      const form = publishForm(request, body);
      messages.push(publish(form, topicArn));
      answerXml(
        response,
        200,
        `<PublishResponse xmlns="${namespace}"><PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult>` +
          `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></PublishResponse>`,
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push(`${operation(request, body)} was refused: ${error.code}: ${error.message}`);
      answerError(request, response, error);
    }
  });
  return { url: `http://${server.host}`, messages, refusals, close: () => server.close() };
}

const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** The form of a Publish; refuses every other request. */
function publishForm(request: IncomingMessage, body: Buffer | undefined): URLSearchParams {
  if (body === undefined) throw invalid('Message too long');
  const isForm = /^application\/x-www-form-urlencoded\b/.test(
    request.headers['content-type'] ?? '',
  );
  const form = new URLSearchParams(isForm ? body.toString('utf8') : '');
  if (request.method === 'POST' && form.get('Action') === 'Publish') return form;
  throw new Refusal(
    'AccessDenied',
    'The sandbox has nothing of AWS but the Publish of SNS. A rule that asks AWS for more can be tried where it is deployed.',
    403,
  );
}

/** Checks a Publish as SNS does ("Publish" in the API reference, "Amazon SNS message attributes"). */
function publish(form: URLSearchParams, topicArn: string): Published {
  const arn = form.get('TopicArn') ?? form.get('TargetArn');
  if (!arn) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
  if (arn !== topicArn) throw new Refusal('NotFound', `Topic does not exist: ${arn}`, 404);

  const message = form.get('Message') ?? '';
  if (message === '') throw invalid('Empty message');
  const attributes = readAttributes(form);
  const size = attributes.reduce(
    (sum, { name, type, value }) => sum + bytes(name) + bytes(type) + bytes(value),
    bytes(message),
  );
  if (size > messageLimit)
    throw invalid(`Message too long (${size} of at most ${messageLimit} bytes)`);

  const subject = form.get('Subject');
  if (subject !== null) checkSubject(subject);
  const structure = form.get('MessageStructure');
  if (structure !== null && structure !== 'json') {
    throw invalid(`MessageStructure Reason: expected json, found ${JSON.stringify(structure)}`);
  }
  if (structure === 'json') checkStructure(message);
  return {
    subject,
    message,
    structure,
    attributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value])),
  };
}

/** "Subjects must be ASCII text that begins with a letter, number, or punctuation mark; must not include line breaks or control characters; and must be less than 100 characters long." */
function checkSubject(subject: string): void {
  if (subject.length >= subjectLimit)
    throw invalid(`Subject Reason: ${subject.length} characters; less than 100 are allowed`);
  if (!/^[!-~][ -~]*$/.test(subject)) {
    throw invalid(
      'Subject Reason: must be printable ASCII on one line, beginning with a letter, a digit or a punctuation mark',
    );
  }
}

function checkStructure(message: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  if (!isObject(parsed) || typeof parsed['default'] !== 'string') {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
}

interface Attribute {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

function readAttributes(form: URLSearchParams): readonly Attribute[] {
  const numbers = new Set<string>();
  for (const key of form.keys()) {
    const number = /^MessageAttributes\.entry\.(\d+)\./.exec(key)?.[1];
    if (number) numbers.add(number);
  }
  const found = [...numbers].map((number) => {
    const field = (name: string): string =>
      form.get(`MessageAttributes.entry.${number}.${name}`) ?? '';
    const type = field('Value.DataType');
    const value = field(type.startsWith('Binary') ? 'Value.BinaryValue' : 'Value.StringValue');
    return { name: field('Name'), type, value };
  });
  for (const attribute of found) checkAttribute(attribute);
  if (new Set(found.map(({ name }) => name)).size < found.length) {
    throw new Refusal('ParameterValueInvalid', 'Message attribute name already exists.');
  }
  return found;
}

function checkAttribute({ name, type, value }: Attribute): void {
  const refuse = (why: string): Refusal =>
    new Refusal('ParameterValueInvalid', `The message attribute '${name}' ${why}`);
  if (!/^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i.test(name)) {
    throw refuse(
      'has a name that is not allowed: up to 256 of A-Z, a-z, 0-9, _, - and single dots within.',
    );
  }
  if (!/^(String|Number|Binary)(\..+)?$/s.test(type)) {
    throw refuse(
      `has an invalid message attribute type, ${JSON.stringify(type)}; expected String, String.Array, Number or Binary.`,
    );
  }
  if (value === '')
    throw refuse(
      `must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  if (type.startsWith('Number') && !Number.isFinite(Number(value))) {
    throw refuse('could not be parsed as a number.');
  }
  if (type === 'String.Array' && !isJsonArray(value)) {
    throw refuse('could not be parsed as an array of strings, numbers, booleans and nulls.');
  }
}

function isJsonArray(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return (
      Array.isArray(parsed) && parsed.every((item) => typeof item !== 'object' || item === null)
    );
  } catch {
    return false;
  }
}

/** What a request asks for, in words: `sns Publish`, `secretsmanager GetSecretValue`, `GET /bucket/key`. */
function operation({ method, url, headers }: IncomingMessage, body: Buffer | undefined): string {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1];
  const target = [headers['x-amz-target']].flat()[0]?.split('.').pop();
  const action = /(?:^|&)Action=(\w+)/.exec(body?.toString('latin1') ?? '')?.[1];
  return [service, target ?? action ?? `${method} ${url}`].filter(Boolean).join(' ');
}

/** Answers in the form that the caller's protocol reads: JSON or XML. */
function answerError(request: IncomingMessage, response: ServerResponse, error: Refusal): void {
  if (/json/.test(request.headers['content-type'] ?? '')) {
    response
      .writeHead(error.status, {
        'content-type': 'application/x-amz-json-1.1',
        'x-amzn-errortype': error.code,
      })
      .end(JSON.stringify({ __type: error.code, message: error.message }));
    return;
  }
  answerXml(
    response,
    error.status,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${error.code}</Code>` +
      `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );
}

const answerXml = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
};

const escapeXml = (text: string): string =>
  text
    .replace(/[^\P{Cc}\n\t]/gu, '?')
    .replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');
