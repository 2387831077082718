/** S3's conditional reads and writes of texts, through the AWS SDK. */
import { GetObjectCommand, type S3 } from '@aws-sdk/client-s3';
import type { StoredText } from '../cloud.ts';
import { orNone } from './calls.ts';
import { nameOf, statusOf } from './errors.ts';

/** An object, and whose its bucket must be. */
interface Owned {
  readonly Bucket: string;
  readonly Key: string;
  readonly ExpectedBucketOwner: string;
}

/** Reads a text; `undefined` when there is none, or no such bucket. */
export async function readText(client: S3, object: Owned): Promise<StoredText | undefined> {
  const get = new GetObjectCommand(object);
  let answered: string | undefined;
  get.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      answered = dateOf(answer.response);
      return answer;
    },
    { step: 'deserialize', name: 'dateOfAnswer' },
  );
  const found = await orNone(client.send(get), (error) => statusOf(error) === 404);
  if (!found) return undefined;
  const { Body, ETag = '', LastModified } = found;
  // Both times are of S3's clock: whose own clock is wrong is not wrong about the age. Without a date in the answer, which
  // AWS never leaves out, there is only one's own.
  const now = Date.parse(answered ?? '') || Date.now();
  const age = Math.max(0, now - (LastModified?.getTime() ?? now));
  return { text: (await Body?.transformToString()) ?? '', tag: ETag, age };
}

/** Writes a text in the place of the one with the tag, or of nothing; `undefined` when something else is there. */
export async function writeText(
  client: S3,
  object: Owned,
  Body: string,
  replaced: string | undefined,
): Promise<string | undefined> {
  const condition = replaced === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaced };
  const put = { ...object, ...condition, Body, ContentType: 'application/json' };
  const answer = await orNone(client.putObject(put), isOvertaken);
  return answer && (answer.ETag ?? '');
}

/**
 * Whether a conditional write came too late ("Conditional requests" in the S3 user guide): 412 when something else is
 * there, 409 when it is being written at this moment, 404 when what was to be replaced is gone.
 */
const isOvertaken = (error: unknown): boolean =>
  statusOf(error) === 412 || ['ConditionalRequestConflict', 'NoSuchKey'].includes(nameOf(error));

/** When an answer was given, as its header says. */
function dateOf(response: unknown): string | undefined {
  const headers: unknown = Reflect.get(Object(response), 'headers');
  const date: unknown = Reflect.get(Object(headers), 'date');
  return typeof date === 'string' ? date : undefined;
}
