/** {@link Connections} on the AWS SDK, which is loaded when a connection is first made. */
import type { Connections } from '../connections.ts';
import type { CloudOptions } from '../options.ts';
import type { Environment } from './sdk.ts';

/**
 * @param environment the variables of the process, or those that stand for them.
 * @param mfaCode asks for the code of an MFA device; left out where nobody can be asked.
 */
export function awsConnections(
  environment: Environment,
  mfaCode?: CloudOptions['mfaCode'],
): Connections {
  const asking = <O extends CloudOptions>(options: O): O => ({ ...options, mfaCode });
  return {
    cloud: async (options) => (await import('./index.ts')).awsCloud(asking(options), environment),
    logs: async (options) => (await import('./logs.ts')).awsLogs(asking(options), environment),
    functions: async (options) =>
      (await import('./functions.ts')).awsFunctions(asking(options), environment),
    wiring: async (options) =>
      (await import('./wiring.ts')).awsWiring(asking(options), environment),
    account: async (options) =>
      (await import('./account.ts')).awsAccount(asking(options), environment),
    regions: async (options) =>
      (await import('./regions.ts')).enabledRegions(asking(options), environment),
    stackSets: async (options) =>
      (await import('./stacksets.ts')).awsStackSets(asking(options), environment),
    organizations: async (options) =>
      (await import('./organization.ts')).awsOrganizations(asking(options), environment),
    live: async (options) => (await import('./live.ts')).awsLive(asking(options), environment),
  };
}
