/** What a rule's function uses of SNS: Publish, with the limits of the real SNS. */
import { isObject } from '@patrol/core';
import { Refusal } from './http.ts';
import { jsonIn } from '../text/records.ts';

/** A published message. */
export interface Published {
  /** The ARN of the topic. */
  readonly topic: string;
  readonly subject: string | null;
  readonly message: string;
  /** `json` where `message` holds a text for each protocol. */
  readonly structure: string | null;
  /** Values by name. Those of the type `Binary` are in base64. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** SNS, Publish: at most 262,144 bytes, the message attributes included. */
const messageLimit = 262_144;
/** SNS, Publish: less than 100 characters. */
const subjectLimit = 100;
/** How many bytes of a request are read: a message near the limit, with every byte escaped as `%XX`, fits. */
export const bodyLimit: number = 16 * messageLimit;

const invalid = (message: string): Refusal =>
  new Refusal('InvalidParameter', `Invalid parameter: ${message}`);

/** The refusal of a request that is longer than {@link bodyLimit}. */
export const tooLong = (): Refusal => invalid('Message too long');

/**
 * Checks a Publish as SNS does ("Publish" in the API reference, "Amazon SNS message attributes").
 *
 * @param topics the ARNs of the topics that exist.
 * @throws Refusal where SNS would refuse.
 */
export function publish(form: URLSearchParams, topics: readonly string[]): Published {
  const arn = form.get('TopicArn') ?? form.get('TargetArn');
  if (!arn) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
  if (!topics.includes(arn)) throw new Refusal('NotFound', `Topic does not exist: ${arn}`, 404);

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
    topic: arn,
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
  const parsed = jsonIn(message);
  if (parsed === undefined) throw invalid('Message Structure - JSON message body failed to parse');
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
  const numbers = [...form.keys()].flatMap(
    (key) => /^MessageAttributes\.entry\.(\d+)\./.exec(key)?.[1] ?? [],
  );
  const found = [...new Set(numbers)].map((number) => {
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
  const parsed = jsonIn(value);
  return Array.isArray(parsed) && parsed.every((item) => typeof item !== 'object' || item === null);
}

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');
