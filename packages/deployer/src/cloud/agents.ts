/** Proxies and private certificate authorities on the way out. */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import tls from 'node:tls';
import { messageOf, OperatorError } from '../text/errors.ts';

type Environment = Record<string, string | undefined>;

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
 * Node does not read ALL_PROXY, which replaces both of the others where they are not set.
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

/** A proxy's URL may contain a user and password, which must not be shown. */
const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//…@');

/** The trusted certificate authorities, when AWS_CA_BUNDLE adds to those that Node trusts anyway. */
function authorities({ AWS_CA_BUNDLE: file }: Environment): string[] | undefined {
  if (!file) return undefined;
  const refusal = (found: string, cause?: unknown): OperatorError =>
    new OperatorError(
      `AWS_CA_BUNDLE must name a file with certificates in PEM format; it names ${file}, but ${found}. Correct the variable or remove it.`,
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
  throw refusal('it does not contain -----BEGIN CERTIFICATE');
}
