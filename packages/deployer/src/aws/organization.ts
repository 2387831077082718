/** AWS Organizations through the AWS SDK. */
import { DescribeOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import type { CloudOptions } from '../world.ts';
import { connect } from './connection.ts';
import { cloudError } from './errors.ts';

/**
 * The id of the organisation that the account of the credentials is in, such as `o-a1b2c3d4e5`. Any account of an
 * organisation may be told ("DescribeOrganization").
 *
 * @throws CloudError when AWS or the network refuse, or when the account is in none.
 */
export async function awsOrganizationId(
  options: CloudOptions,
  environment: Record<string, string | undefined>,
): Promise<string> {
  const client = new OrganizationsClient(await connect(options, environment));
  try {
    const { Organization } = await client.send(new DescribeOrganizationCommand({}));
    return Organization?.Id ?? '';
  } catch (error) {
    throw cloudError('organizations:DescribeOrganization', error);
  } finally {
    client.destroy();
  }
}
