/** What the clients of the AWS SDK are made with, and what their calls have in common. */
import type { CloudOptions } from '../options.ts';
import { CloudError, type CloudFailure } from '../cloud.ts';
import { messageOf, OperatorError } from '../../text/errors.ts';
import type { Texts } from '../../text/records.ts';

/** What every client of the SDK is made with. */
export interface Connection {
  readonly region: string;
  readonly profile?: string;
  readonly retryMode: 'adaptive';
  readonly maxAttempts: number;
  readonly requestHandler: Readonly<Record<string, unknown>>;
  /** Those of a role or a profile; otherwise the SDK finds the operator's own. */
  readonly credentials?: () => Promise<Credentials>;
}

/** Credentials as the clients of the SDK take them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** The SDK's clients ask again five minutes before credentials expire: they must get new ones then. In milliseconds. */
export const renewBefore = 6 * 60_000;

/** Variables of the process, or those that stand for them. */
export type Environment = Record<string, string | undefined>;

/**
 * Connects to a service. Makes no call yet.
 *
 * @throws OperatorError when no region is set.
 */
export type Connect<T, O = CloudOptions> = (options: O, environment: Environment) => Promise<T>;

/** What a client of the SDK is given to run around its calls. */
type Call = (args: never) => Promise<unknown>;
type Around = <C extends Call>(next: C, context: { readonly commandName?: string }) => C;
interface Client {
  readonly middlewareStack: {
    add(around: Around, options: { step: 'initialize'; priority: 'high' }): void;
  };
}

/** The permissions that IAM calls otherwise than the SDK calls what needs them. */
const permissions: Texts = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:HeadBucket': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
};

/**
 * A client that throws nothing but CloudErrors for what AWS and the network refuse.
 *
 * @param service as IAM spells it.
 */
export function withCloudErrors<C extends Client>(service: string, client: C): C {
  const around = <N extends Call>(next: N, { commandName = '' }: { commandName?: string }): N =>
    ((args) =>
      next(args).catch((error: unknown) => {
        // What is for the operator as it is: a profile that is not there, an answer that was not given.
        if (error instanceof OperatorError) throw error;
        const call = `${service}:${commandName.replace(/Command$/, '')}`;
        throw cloudError(permissions[call] ?? call, error);
      })) as N;
  client.middlewareStack.add(around, { step: 'initialize', priority: 'high' });
  return client;
}

/** Names of errors, by what they come to. */
const failures: Readonly<Partial<Record<CloudFailure, RegExp>>> = {
  credentials:
    /^(CredentialsProviderError|TokenProviderError|ExpiredToken(Exception)?|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|AuthFailure|InvalidToken|MissingAuthenticationToken(Exception)?|InvalidSignatureException)$/,
  throttled:
    /^(Throttl\w*|TooManyRequestsException|RequestLimitExceeded|SlowDown|RequestThrottled\w*|BandwidthLimitExceeded|PriorRequestNotComplete|ProvisionedThroughputExceededException)$/,
  denied:
    /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized|AuthorizationError(Exception)?|Forbidden|OptInRequired|AllAccessDisabled)$/,
  conflict:
    /^(InvalidChangeSetStatus(Exception)?|ChangeSetNotFound(Exception)?|AlreadyExistsException|OperationInProgressException|OperationAborted|ConcurrentModification\w*|TokenAlreadyExistsException)$/,
  taken: /^BucketAlreadyExists$/,
  missing:
    /^(NotFound(Exception)?|ParameterNotFound|NoSuch\w+|ResourceNotFound\w*|AWSOrganizationsNotInUse\w*)$/,
  invalid:
    /^(ValidationError|ValidationException|InvalidParameter\w*|InsufficientCapabilities\w*)$/,
  unreachable:
    /^(TimeoutError|RequestTimeout(Exception)?|NetworkingError|AbortError|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|EAI_AGAIN|EPROTO|ERR_PROXY_TUNNEL|ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/,
};

/** What a status comes to where the name says nothing. Asking again helps with no other of the 400s. */
const statuses: Readonly<Record<number, CloudFailure>> = {
  403: 'denied',
  408: 'unreachable',
  429: 'throttled',
};

const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

/** What the SDK threw: itself, or behind a {@link CloudError}. */
const thrown = (error: unknown): unknown => (error instanceof CloudError ? error.cause : error);

const namesOf = (error: unknown): readonly string[] =>
  ['code', 'Code', 'name']
    .map((name) => field(thrown(error), name))
    .filter((name) => typeof name === 'string')
    .filter((name) => name !== 'Error');

/** The name of an SDK error, or the code of one of the system below it. */
export const nameOf = (error: unknown): string => namesOf(error)[0] ?? '';

/** The HTTP status of an SDK error. */
export const statusOf = (error: unknown): number | undefined => {
  const status =
    field(field(thrown(error), '$metadata'), 'httpStatusCode') ??
    // Of an answer that is none of AWS's, such as a proxy's page.
    field(field(thrown(error), '$response'), 'statusCode');
  return typeof status === 'number' ? status : undefined;
};

/** Makes what a call threw a {@link CloudError}. */
export function cloudError(call: string, error: unknown): CloudError {
  // The credentials of a role could not be had: that call is told of.
  if (error instanceof CloudError) return error;
  const names = namesOf(error);
  const kinds = Object.keys(failures) as readonly CloudFailure[];
  const known = kinds.find((kind) => names.some((name) => failures[kind]?.test(name)));
  const status = statusOf(error) ?? 0;
  const byStatus = statuses[status] ?? (status >= 400 && status < 500 ? 'invalid' : 'other');
  // S3's HEAD has no body, and so neither a code nor a message.
  const said = messageOf(error) || nameOf(error) || 'no reason given';
  const message = said === 'UnknownError' ? `HTTP status ${status}` : said;
  const region = field(field(field(thrown(error), '$response'), 'headers'), 'x-amz-bucket-region');
  const isMoved = status === 301 && typeof region === 'string';
  const where = isMoved ? `The bucket is in the region ${region}. ` : '';
  return new CloudError(known ?? byStatus, call, where + message, error);
}

/** What a call gives; `undefined` when it fails in a way that says that there is nothing. */
export const orNone = <T>(
  call: Promise<T>,
  isNone: (error: unknown) => boolean,
): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (!isNone(error)) throw error;
    return undefined;
  });

/** Whether AWS says that there is no such thing. */
export const isMissing = (error: unknown): boolean =>
  error instanceof CloudError && error.failure === 'missing';

/** What all pages of an answer hold. */
export async function collected<P, T>(
  pages: AsyncIterable<P>,
  itemsOf: (page: P) => readonly T[] | undefined,
): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...(itemsOf(page) ?? []));
  return items;
}

/** The pages of a call of which the SDK knows none. */
export async function* pagesOf<P extends { readonly NextToken?: string | undefined }>(
  ask: (NextToken: string | undefined) => Promise<P>,
): AsyncGenerator<P> {
  for (let page = await ask(undefined); ; page = await ask(page.NextToken)) {
    yield page;
    if (!page.NextToken) return;
  }
}

/** The texts that an answer lists, by their names. */
export const textsOf = <T>(
  items: readonly T[] = [],
  pair: (item: T) => readonly [string | undefined, string | undefined],
): Texts => Object.fromEntries(items.map(pair).map(([name = '', text = '']) => [name, text]));

/** Tags as requests list them. */
export const tagList = (tags: Texts): { readonly Key: string; readonly Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
