/** The way to AWS: region, credentials, retries, proxies, private certificate authorities. */
import { type GetCallerIdentityResponse, STS } from '@aws-sdk/client-sts';
import { messageOf, OperatorError } from '../../text/errors.ts';
import { agents } from '../agents.ts';
import { partitionOf } from '../partitions.ts';
import { requireRegion } from '../regions.ts';
import { Roles } from './assume.ts';
import { operatorCredentials, type Profiles } from './credentials.ts';
import { type Connection, type Environment, nameOf, withCloudErrors } from './sdk.ts';
import type { CloudOptions } from '../options.ts';

/** The roles that this process has assumed, and its profiles: one session does for all regions. */
const assumed = new Roles();
const asked: Profiles = new Map();

/**
 * Prepares the way to AWS.
 *
 * @param environment the process's, which the SDK reads as well; it is told the profile, since the SDK looks for
 *   endpoints only in the one that is named there, and loses the keys that are not the profile's.
 * @throws OperatorError when no region is set, an endpoint is no URL, or a file of certificates cannot be used.
 */
export async function connect(
  options: CloudOptions,
  environment: Environment,
  roles: Roles = assumed,
  profiles: Profiles = asked,
): Promise<Connection> {
  const { profile, role } = options;
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
  const region = await regionOf(options, environment);
  const credentials = await operatorCredentials(
    options,
    { ...base, region },
    environment,
    profiles,
  );
  const connection = { ...base, region, ...(credentials && { credentials }) };
  return role ? roles.in(connection, role) : connection;
}

/** @throws OperatorError when there is none, or what cannot be one. */
function regionOf(
  { region, profile }: CloudOptions,
  environment: Environment,
): string | Promise<string> {
  if (region) return region;
  // Unlike the other SDKs, this one does not read AWS_DEFAULT_REGION.
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const text = environment[name];
    if (text) return requireRegion(text, name);
  }
  return profileRegion(profile);
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
    return requireRegion(await client.config.region(), 'The region of the profile');
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      `No AWS region is set: ${messageOf(error).replace(/\.?$/, '.')} Use --region, such as --region eu-west-1, or set AWS_REGION. Or give the profile${profile === undefined ? '' : ` ${profile}`} a region in ~/.aws/config.`,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

/**
 * Whose the credentials are. Wrong ones, or an endpoint that is not there, show here: there is no use in trying ten times.
 *
 * @throws OperatorError for a region that the account has not enabled. It calls all credentials wrong.
 */
export async function callerIdentity(connection: Connection): Promise<GetCallerIdentityResponse> {
  const { region } = connection;
  const ask = (at: string): Promise<GetCallerIdentityResponse> =>
    withCloudErrors(
      'sts',
      new STS({ ...connection, region: at, maxAttempts: 3 }),
    ).getCallerIdentity();
  try {
    return await ask(region);
  } catch (error) {
    const isElsewhere =
      nameOf(error) === 'InvalidClientTokenId' &&
      partitionOf(region) === 'aws' &&
      (await ask('us-east-1').then(
        () => true,
        () => false,
      ));
    if (!isElsewhere) throw error;
    throw new OperatorError(
      `The region ${region} is not enabled in this account. Choose another one with --region, or enable it: \`aws account enable-region --region-name ${region}\`.`,
      { cause: error },
    );
  }
}
