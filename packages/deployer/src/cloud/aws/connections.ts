/** {@link Connections} on the AWS SDK, which is loaded when a connection is first made. */
import type { Connections } from '../connections.ts';
import type { CloudOptions } from '../options.ts';
import type { Connect, Environment } from './sdk.ts';

/**
 * @param environment the variables of the process, or those that stand for them.
 * @param mfaCode asks for the code of an MFA device; left out where nobody can be asked.
 */
export function awsConnections(
  environment: Environment,
  mfaCode?: CloudOptions['mfaCode'],
): Connections {
  const through =
    <T, O extends CloudOptions>(loaded: () => Promise<Connect<T, O>>) =>
    async (options: O): Promise<T> =>
      (await loaded())({ ...options, mfaCode }, environment);
  return {
    cloud: through(async () => (await import('./index.ts')).awsCloud),
    logs: through(async () => (await import('./logs.ts')).awsLogs),
    functions: through(async () => (await import('./functions.ts')).awsFunctions),
    queues: through(async () => (await import('./queues.ts')).awsQueues),
    wiring: through(async () => (await import('./wiring.ts')).awsWiring),
    account: through(async () => (await import('./account.ts')).awsAccount),
    regions: through(async () => (await import('./regions.ts')).enabledRegions),
    stackSets: through(async () => (await import('./stacksets.ts')).awsStackSets),
    organizations: through(async () => (await import('./organization.ts')).awsOrganizations),
    live: through(async () => (await import('./live.ts')).awsLive),
  };
}
