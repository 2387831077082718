/** The operator's credentials: those that the AWS CLI would take, asked for once for all clients of the process. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromIni } from '@aws-sdk/credential-provider-ini';
import { CredentialsProviderError, memoize, parseKnownFiles } from '@smithy/core/config';
import { messageOf, OperatorError } from '../../text/errors.ts';
import { nearest } from '../../text/nearest.ts';
import { enumerated } from '../../text/words.ts';
import type { CloudOptions } from '../options.ts';
import { type Connection, type Credentials, type Environment, renewBefore } from './sdk.ts';

type Provider = () => Promise<Credentials>;

/** What a section of the configuration has that says where its credentials come from. */
const sources =
  /^(aws_access_key_id|credential_process|login_session|role_arn|sso_session|sso_start_url|web_identity_token_file)$/;

/** The profiles whose credentials were asked for: a code of an MFA device is good for once. */
export type Profiles = Map<string, Provider>;

/**
 * Where the credentials come from. As with the AWS CLI, a profile that is given as an option wins over keys in the
 * environment, and these win over AWS_PROFILE.
 *
 * @returns `undefined` where the SDK finds them by itself, such as those of a machine.
 * @throws OperatorError for a profile that there is not.
 */
export async function operatorCredentials(
  { profile, mfaCode }: CloudOptions,
  { requestHandler, region }: Pick<Connection, 'requestHandler' | 'region'>,
  environment: Environment,
  known: Profiles,
): Promise<Provider | undefined> {
  // A program that uses the library need not hand its variables over.
  const variable = (name: string): string | undefined =>
    (environment[name] ?? process.env[name]) || undefined;
  const chosen = profile ?? variable('AWS_PROFILE');
  const found = await parseKnownFiles({});
  if (chosen !== undefined && chosen !== 'default' && !Object.hasOwn(found, chosen)) {
    throw new OperatorError(noProfile(chosen, Object.keys(found)));
  }
  if (profile === undefined && variable('AWS_ACCESS_KEY_ID')) {
    return chosen === undefined ? undefined : fromEnv();
  }
  const name = chosen ?? 'default';
  if (!Object.keys(found[name] ?? {}).some((key) => sources.test(key))) return undefined;
  const before = known.get(name);
  if (before) return before;
  const ask = fromIni({
    profile: name,
    clientConfig: { region, requestHandler },
    ...(mfaCode && { mfaCodeProvider: mfaCode }),
  });
  const provider = memoize(
    () => ask().catch((error: unknown) => Promise.reject(explained(name, error))),
    ({ expiration }) => expiration !== undefined && isOver(expiration),
    ({ expiration }) => expiration !== undefined,
  );
  known.set(name, provider);
  return provider;
}

const isOver = (expiration: Date): boolean => expiration.getTime() - Date.now() < renewBefore;

/** The SDK would go on to other sources, and say in the end only that there are none. */
const explained = (profile: string, error: unknown): unknown =>
  error instanceof OperatorError
    ? error
    : new CredentialsProviderError(
        `The profile ${profile} gives no credentials: ${messageOf(error)
          .trim()
          .replaceAll(/\s*\n\s*/g, ': ')}`,
        { tryNextLink: false },
      );

/** Sections such as `sso-session.corp` are no profiles. */
function noProfile(name: string, sections: readonly string[]): string {
  const profiles = sections.filter((each) => !/^(sso-session|services)\./.test(each)).toSorted();
  const like = nearest(name, profiles);
  return [
    `There is no profile ${JSON.stringify(name)} in ~/.aws/config or ~/.aws/credentials.`,
    ...(like === undefined ? [] : [`Did you mean ${like}?`]),
    profiles.length === 0 ? 'There is none.' : `There are: ${enumerated(profiles)}.`,
  ].join(' ');
}
