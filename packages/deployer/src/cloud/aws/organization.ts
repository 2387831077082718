/** AWS Organizations through the AWS SDK. */
import {
  DescribeOrganizationCommand,
  type Organization,
  OrganizationsClient,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import { CloudError } from '../cloud.ts';
import type { Organizations } from '../organizations.ts';
import { connect } from './connection.ts';
import { cloudError, nameOf } from './errors.ts';
import type { CloudOptions } from '../options.ts';

/**
 * Connects to AWS Organizations. Makes no call yet.
 *
 * @throws OperatorError when no region is set.
 */
export async function awsOrganizations(
  options: CloudOptions,
  environment: Record<string, string | undefined>,
): Promise<Organizations> {
  const client = new OrganizationsClient(await connect(options, environment));
  let known: Organization | undefined;
  // Any account of an organisation may be told ("DescribeOrganization").
  const describe = async (): Promise<Organization> =>
    (known ??= await call('DescribeOrganization', async () => {
      const { Organization: found = {} } = await client.send(new DescribeOrganizationCommand({}));
      return found;
    }));
  return {
    id: async () => (await describe()).Id ?? '',
    accounts: async (unit) => {
      const { MasterAccountId: management } = await describe();
      const accounts = await accountsIn(client, unit);
      return accounts?.filter((account) => account !== management).toSorted();
    },
  };
}

/** Runs a call, and gives its errors the deployer's form. */
async function call<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw cloudError(`organizations:${name}`, error);
  }
}

/** The active accounts of a unit and of those inside it, one call after the other: Organizations takes few in a second. */
async function accountsIn(
  client: OrganizationsClient,
  ParentId: string,
): Promise<readonly string[] | undefined> {
  const accounts: string[] = [];
  const units: string[] = [];
  try {
    await call('ListAccountsForParent', async () => {
      for await (const page of paginateListAccountsForParent({ client }, { ParentId })) {
        for (const { Id, State, Status } of page.Accounts ?? []) {
          if (Id !== undefined && (State ?? Status) === 'ACTIVE') accounts.push(Id);
        }
      }
    });
    await call('ListOrganizationalUnitsForParent', async () => {
      for await (const page of paginateListOrganizationalUnitsForParent({ client }, { ParentId })) {
        for (const { Id } of page.OrganizationalUnits ?? []) if (Id !== undefined) units.push(Id);
      }
    });
  } catch (error) {
    if (error instanceof CloudError && nameOf(error.cause) === 'ParentNotFoundException') {
      return undefined;
    }
    throw error;
  }
  for (const unit of units) accounts.push(...((await accountsIn(client, unit)) ?? []));
  return accounts;
}
