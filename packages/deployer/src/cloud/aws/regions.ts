/** The regions of an account through the AWS SDK. */
import { Account } from '@aws-sdk/client-account';
import { callsOf, collected } from './calls.ts';
import type { Connect } from './client.ts';
import { connect } from './connection.ts';

/**
 * The regions that an account has enabled, by itself or by default.
 *
 * @throws CloudError when AWS or the network refuse.
 */
export const enabledRegions: Connect<readonly string[]> = async (options, environment) => {
  const client = new Account(await connect(options, environment));
  const enabled = client.paginateListRegions({
    RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'],
  });
  const regions = await callsOf('account')('ListRegions', () =>
    collected(enabled, ({ Regions = [] }) => Regions.flatMap(({ RegionName }) => RegionName || [])),
  ).finally(() => client.destroy());
  return regions.toSorted();
};
