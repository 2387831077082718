/** AWS Organizations through the AWS SDK. */
import { type Organization, Organizations as Client } from '@aws-sdk/client-organizations';
import type { Organizations, Unit } from '../organizations.ts';
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
    unit: async (id) => {
      const { MasterAccountId: management } = await describe();
      const found = await orNone(unitOf(client, id), isAbsent);
      return (
        found && {
          ...found,
          accounts: found.accounts.filter((account) => account !== management).toSorted(),
        }
      );
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

/** The active accounts of a unit and of those inside it, and these, one call after the other: Organizations takes few in a second. */
async function unitOf(client: Client, ParentId: string): Promise<Unit> {
  const accounts = await collected(
    client.paginateListAccountsForParent({ ParentId }),
    ({ Accounts = [] }) => Accounts.filter(({ State, Status }) => (State ?? Status) === 'ACTIVE'),
  );
  const inside = await collected(
    client.paginateListOrganizationalUnitsForParent({ ParentId }),
    (page) => page.OrganizationalUnits,
  );
  const found = { accounts: accounts.flatMap(({ Id }) => Id ?? []), units: [] as string[] };
  for (const { Id } of inside) {
    const inner = Id === undefined ? undefined : await orNone(unitOf(client, Id), isAbsent);
    if (Id === undefined || !inner) continue;
    found.accounts.push(...inner.accounts);
    found.units.push(Id, ...inner.units);
  }
  return found;
}
