import { expect, test } from 'vitest';
import { cloudError } from './sdk.ts';

const sdk = (name: string, message: string, httpStatusCode?: number): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
const system = (code: string): Error => Object.assign(new Error('connect'), { code });

test.each([
  [sdk('CredentialsProviderError', 'Could not load credentials from any providers'), 'credentials'],
  [
    sdk('ExpiredToken', 'The security token included in the request is expired', 400),
    'credentials',
  ],
  [sdk('InvalidClientTokenId', 'x', 403), 'credentials'],
  [sdk('Throttling', 'Rate exceeded', 400), 'throttled'],
  [sdk('ThrottlingException', 'Rate exceeded', 400), 'throttled'],
  [sdk('SlowDown', 'x', 503), 'throttled'],
  [sdk('Unknown', 'x', 429), 'throttled'],
  [sdk('AccessDenied', 'x', 403), 'denied'],
  [sdk('403', 'UnknownError', 403), 'denied'],
  [sdk('InvalidChangeSetStatusException', 'x', 400), 'conflict'],
  [sdk('ChangeSetNotFoundException', 'x', 404), 'conflict'],
  [sdk('BucketAlreadyExists', 'x', 409), 'taken'],
  [sdk('ValidationError', 'x', 400), 'invalid'],
  [sdk('NotFoundException', 'Topic does not exist', 404), 'missing'],
  [sdk('TimeoutError', 'x'), 'unreachable'],
  [system('ECONNREFUSED'), 'unreachable'],
  [system('ENOTFOUND'), 'unreachable'],
  [system('SELF_SIGNED_CERT_IN_CHAIN'), 'unreachable'],
  [sdk('RequestTimeout', 'x', 400), 'unreachable'],
  [sdk('InternalFailure', 'x', 500), 'other'],
  // What is refused for a reason of its own is refused again.
  [sdk('LimitExceededException', 'x', 400), 'invalid'],
  [Object.assign(new Error('XML parse error'), { $response: { statusCode: 404 } }), 'invalid'],
  ['odd', 'other'],
])('%s comes to %s', (thrown, failure) => {
  expect(cloudError('a:B', thrown)).toMatchObject({ failure, call: 'a:B', cause: thrown });
});

test('says something also where AWS says nothing', () => {
  expect(cloudError('s3:ListBucket', sdk('403', 'UnknownError', 403)).message).toBe(
    'HTTP status 403',
  );
  expect(cloudError('a:B', Object.assign(new Error(''), { code: 'ECONNREFUSED' })).message).toBe(
    'ECONNREFUSED',
  );
});
