/** The way to AWS: region, credentials, retries, proxies, private certificate authorities. */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import tls from 'node:tls';
import { STSClient } from '@aws-sdk/client-sts';
import { messageOf, OperatorError } from '../errors.ts';
import type { CloudOptions } from '../world.ts';
import { type Credentials, Roles } from './assume.ts';

type Environment = Record<string, string | undefined>;

/** What every client of the SDK is made with. */
export interface Connection {
  readonly region: string;
  readonly profile?: string;
  readonly retryMode: 'adaptive';
  readonly maxAttempts: number;
  readonly requestHandler: Readonly<Record<string, unknown>>;
  /** Those of a role; otherwise the SDK finds the operator's own. */
  readonly credentials?: () => Promise<Credentials>;
}

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
      `${name} must be a URL such as http://localhost:4566; found ${JSON.stringify(value)}. Correct the variable or remove it.`,
    );
  }
}

/** The region of the profile in ~/.aws/config. */
async function profileRegion(profile: string | undefined): Promise<string> {
  const client = new STSClient(profile === undefined ? {} : { profile });
  try {
    return await client.config.region();
  } catch (error) {
    throw new OperatorError(
      `No region is set, so that it is not known where in AWS to look. Give --region, such as --region eu-west-1, set AWS_REGION, or give the profile${profile === undefined ? '' : ` ${profile}`} a region in ~/.aws/config. (${messageOf(error)})`,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

/** The agents that a proxy or a private certificate authority need; nothing where the SDK's own will do. */
export function agents(environment: Environment): Readonly<Record<string, unknown>> {
  const ca = authorities(environment);
  const proxyEnv = proxies(environment);
  if (!ca && !proxyEnv) return {};
  const options = { keepAlive: true, ...(ca ? { ca } : {}), ...(proxyEnv ? { proxyEnv } : {}) };
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
}

/**
 * The proxies of the environment, as Node's agents take them ("Built-in Proxy Support", Node's documentation of `http`).
 * Node does not read ALL_PROXY, which stands for both of the others where they are not set.
 *
 * @throws OperatorError for a proxy that is not reached over HTTP or HTTPS: Node speaks neither SOCKS nor PAC.
 */
function proxies(environment: Environment): Readonly<Record<string, string>> | undefined {
  const read = (name: string): readonly [string, string] | undefined => {
    const found = [name.toLowerCase(), name].find((each) => environment[each]);
    return found === undefined ? undefined : [found, environment[found] ?? ''];
  };
  const chosen = ['HTTP_PROXY', 'HTTPS_PROXY'].flatMap((name) => {
    const [variable, value] = read(name) ?? read('ALL_PROXY') ?? [];
    if (variable === undefined || value === undefined) return [];
    // Other tools take a host and port alone as well.
    const url = value.includes('://') ? value : `http://${value}`;
    if (!/^https?:/i.test(url) || !URL.canParse(url)) {
      throw new OperatorError(
        `${variable} must be the URL of an HTTP proxy, such as http://proxy.example.com:8080; found ${JSON.stringify(withoutPassword(value))}. Correct the variable or remove it.`,
      );
    }
    return [[name, url] as const];
  });
  if (chosen.length === 0) return undefined;
  const [, none] = read('NO_PROXY') ?? [];
  return Object.fromEntries([...chosen, ...(none === undefined ? [] : [['NO_PROXY', none]])]);
}

/** A proxy's URL may hold a user and password, which nobody has to see. */
const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//…@');

/** The trusted certificate authorities, when AWS_CA_BUNDLE adds to those that Node trusts anyway. */
function authorities({ AWS_CA_BUNDLE: file }: Environment): string[] | undefined {
  if (!file) return undefined;
  const refusal = (found: string, cause?: unknown): OperatorError =>
    new OperatorError(
      `AWS_CA_BUNDLE names ${file}, expected a file of certificates in PEM form, but ${found}. Correct the variable or remove it.`,
      { cause },
    );
  let bundle: string;
  try {
    bundle = readFileSync(file, 'utf8');
  } catch (error) {
    throw refusal(`it cannot be read: ${messageOf(error)}`, error);
  }
  if (bundle.includes('-----BEGIN CERTIFICATE'))
    return [...tls.getCACertificates('default'), bundle];
  throw refusal('-----BEGIN CERTIFICATE stands nowhere in it');
}
