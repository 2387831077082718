/** {@link Connections} on the AWS SDK, which is loaded when a connection is first made. */
import type { Connections } from '../connections.ts';
import type { Environment } from './sdk.ts';

/** @param environment the variables of the process, or those that stand for them. */
export const awsConnections = (environment: Environment): Connections => ({
  cloud: async (options) => (await import('./index.ts')).awsCloud(options, environment),
  logs: async (options) => (await import('./logs.ts')).awsLogs(options, environment),
  functions: async (options) => (await import('./functions.ts')).awsFunctions(options, environment),
  wiring: async (options) => (await import('./wiring.ts')).awsWiring(options, environment),
  account: async (options) => (await import('./account.ts')).awsAccount(options, environment),
  regions: async (options) => (await import('./regions.ts')).enabledRegions(options, environment),
  stackSets: async (options) => (await import('./stacksets.ts')).awsStackSets(options, environment),
  organizations: async (options) =>
    (await import('./organization.ts')).awsOrganizations(options, environment),
  live: async (options) => (await import('./live.ts')).awsLive(options, environment),
});
