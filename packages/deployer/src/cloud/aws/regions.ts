/** The regions of an account through the AWS SDK. */
import { Account } from '@aws-sdk/client-account';
import type { CloudOptions } from '../options.ts';
import { callsOf, collected } from './calls.ts';
import { connect } from './connection.ts';

/**
 * The regions that an account has enabled, by itself or by default.
 *
 * @throws CloudError when AWS or the network refuse.
 */
export async function enabledRegions(
  options: CloudOptions,
  environment: Record<string, string | undefined>,
): Promise<readonly string[]> {
  const client = new Account(await connect(options, environment));
  const enabled = client.paginateListRegions({
    RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'],
  });
  const regions = await callsOf('account')('ListRegions', () =>
    collected(enabled, ({ Regions = [] }) => Regions.flatMap(({ RegionName }) => RegionName || [])),
  ).finally(() => client.destroy());
  return regions.toSorted();
}
