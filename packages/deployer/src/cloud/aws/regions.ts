/** The regions of an account through the AWS SDK. */
import { Account } from '@aws-sdk/client-account';
import { collected, type Connect, withCloudErrors } from './sdk.ts';
import { connect } from './connection.ts';

/**
 * The regions that an account has enabled, by itself or by default.
 *
 * @throws CloudError when AWS or the network refuse.
 */
export const enabledRegions: Connect<readonly string[]> = async (options, environment) => {
  const connection = await connect(options, environment);
  const client = withCloudErrors('account', new Account(connection));
  const enabled = client.paginateListRegions({
    RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'],
  });
  const regions = await collected(enabled, (page) =>
    page.Regions?.flatMap(({ RegionName }) => RegionName || []),
  ).finally(() => client.destroy());
  return regions.toSorted();
};
