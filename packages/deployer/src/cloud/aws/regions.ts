/** The regions of an account through the AWS SDK. */
import { AccountClient, paginateListRegions } from '@aws-sdk/client-account';
import { connect } from './connection.ts';
import { cloudError } from './errors.ts';
import type { CloudOptions } from '../options.ts';

/**
 * The regions that an account has enabled, by itself or by default.
 *
 * @throws CloudError when AWS or the network refuse.
 */
export async function enabledRegions(
  options: CloudOptions,
  environment: Record<string, string | undefined>,
): Promise<readonly string[]> {
  const client = new AccountClient(await connect(options, environment));
  const regions: string[] = [];
  try {
    const input = { RegionOptStatusContains: ['ENABLED' as const, 'ENABLED_BY_DEFAULT' as const] };
    for await (const page of paginateListRegions({ client }, input)) {
      for (const { RegionName } of page.Regions ?? []) if (RegionName) regions.push(RegionName);
    }
  } catch (error) {
    throw cloudError('account:ListRegions', error);
  } finally {
    client.destroy();
  }
  return regions.toSorted();
}
