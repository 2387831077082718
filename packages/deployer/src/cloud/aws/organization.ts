/** AWS Organizations through the AWS SDK. */
import { type Organization, Organizations as Client } from '@aws-sdk/client-organizations';
import type { Organizations } from '../organizations.ts';
import { collected, type Connect, nameOf, orNone, withCloudErrors } from './sdk.ts';
import { connect } from './connection.ts';

/** Connects to AWS Organizations. */
export const awsOrganizations: Connect<Organizations> = async (options, environment) => {
  const connection = await connect(options, environment);
  const client = withCloudErrors('organizations', new Client(connection));
  let known: Organization | undefined;
  // Any account of an organisation may be told ("DescribeOrganization").
  const describe = async (): Promise<Organization> =>
    (known ??= (await client.describeOrganization({})).Organization ?? {});
  return {
    id: async () => (await describe()).Id ?? '',
    accounts: async (unit) => {
      const { MasterAccountId: management } = await describe();
      const accounts = await orNone(accountsIn(client, unit), isAbsent);
      return accounts?.filter((account) => account !== management).toSorted();
    },
    names: async () => {
      const accounts = await collected(client.paginateListAccounts({}), (page) => page.Accounts);
      return Object.fromEntries(
        accounts.flatMap(({ Id, Name }) => (Id && Name ? [[Id, Name]] : [])),
      );
    },
  };
};

const isAbsent = (error: unknown): boolean => nameOf(error) === 'ParentNotFoundException';

/** The active accounts of a unit and of those inside it, one call after the other: Organizations takes few in a second. */
async function accountsIn(client: Client, ParentId: string): Promise<readonly string[]> {
  const accounts = await collected(
    client.paginateListAccountsForParent({ ParentId }),
    ({ Accounts = [] }) => Accounts.filter(({ State, Status }) => (State ?? Status) === 'ACTIVE'),
  );
  const units = await collected(
    client.paginateListOrganizationalUnitsForParent({ ParentId }),
    (page) => page.OrganizationalUnits,
  );
  const ids = accounts.flatMap(({ Id }) => Id ?? []);
  for (const { Id } of units) {
    if (Id !== undefined) ids.push(...((await orNone(accountsIn(client, Id), isAbsent)) ?? []));
  }
  return ids;
}
