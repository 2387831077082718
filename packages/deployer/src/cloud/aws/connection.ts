/** The way to AWS: region, credentials, retries, proxies, private certificate authorities. */
import { type GetCallerIdentityResponse, STS } from '@aws-sdk/client-sts';
import { messageOf, OperatorError } from '../../text/errors.ts';
import { agents } from '../agents.ts';
import { Roles } from './assume.ts';
import { type Connection, type Environment, withCloudErrors } from './sdk.ts';
import type { CloudOptions } from '../options.ts';

/** The roles that this process has assumed: one session does for all regions. */
const assumed = new Roles();

/**
 * Prepares the way to AWS.
 *
 * @param environment the process's, which the SDK reads as well; it is told the profile, since the SDK looks for
 *   endpoints only in the one that is named there, and loses the keys that are not the profile's.
 * @throws OperatorError when no region is set, an endpoint is no URL, or a file of certificates cannot be used.
 */
export async function connect(
  { region, profile, role }: CloudOptions,
  environment: Environment,
  roles: Roles = assumed,
): Promise<Connection> {
  requireEndpoints(environment);
  if (profile !== undefined) {
    environment['AWS_PROFILE'] = profile;
    for (const name of staticKeys) delete environment[name];
  }
  // The SDK would take it for a region.
  if (environment['AWS_REGION'] === '') delete environment['AWS_REGION'];
  // Which versions of Node are supported, this package says itself.
  environment['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const base = {
    ...(profile === undefined ? {} : { profile }),
    retryMode: 'adaptive' as const,
    maxAttempts: 10,
    requestHandler: {
      connectionTimeout: 10_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      ...agents(environment),
    },
  };
  // Unlike the other SDKs, this one does not read AWS_DEFAULT_REGION.
  const named = region || environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'];
  const connection = { ...base, region: named || (await profileRegion(profile)) };
  return role ? roles.in(connection, role) : connection;
}

/** Credentials that somebody who names a profile does not mean; the SDK warns of them. */
const staticKeys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** @throws OperatorError for an endpoint in the environment that the SDK could make nothing of. */
function requireEndpoints(environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!/^AWS_ENDPOINT_URL(_|$)/.test(name) || !value) continue;
    if (/^https?:/i.test(value) && URL.canParse(value)) continue;
    throw new OperatorError(
      `${name} must be a URL, such as http://localhost:4566; found ${JSON.stringify(value)}. Correct the variable or remove it.`,
    );
  }
}

/** The region of the profile in ~/.aws/config. */
async function profileRegion(profile: string | undefined): Promise<string> {
  const client = new STS(profile === undefined ? {} : { profile });
  try {
    return await client.config.region();
  } catch (error) {
    throw new OperatorError(
      `No AWS region is set: ${messageOf(error).replace(/\.?$/, '.')} Use --region, such as --region eu-west-1, or set AWS_REGION. Or give the profile${profile === undefined ? '' : ` ${profile}`} a region in ~/.aws/config.`,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

/** Whose the credentials are. Wrong ones, or an endpoint that is not there, show here: there is no use in trying ten times. */
export const callerIdentity = (connection: Connection): Promise<GetCallerIdentityResponse> =>
  withCloudErrors('sts', new STS({ ...connection, maxAttempts: 3 })).getCallerIdentity();
