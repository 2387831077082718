/** From what the AWS SDK throws to {@link CloudError}. */
import { CloudError, type CloudFailure } from '../cloud.ts';
import { messageOf } from '../../text/errors.ts';

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
  return new CloudError(known ?? byStatus, call, message, error);
}
