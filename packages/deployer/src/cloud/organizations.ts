/** What the deployer asks of AWS Organizations. `aws/organization.ts` answers with the AWS SDK, `testing/organizations.ts` in memory. */

/**
 * The organisation that the account of the credentials is in. Every call throws nothing but a `CloudError` for what AWS or
 * the network refuse; one with the failure `missing` when the account is in none.
 */
export interface Organizations {
  /** Such as `o-a1b2c3d4e5`. */
  id(): Promise<string>;
  /**
   * The accounts that stack sets reach through an organisational unit, or the root: the active ones in it and in the units
   * inside it, without the management account. `undefined` when there is no such unit.
   */
  accounts(unit: string): Promise<readonly string[] | undefined>;
  /** The names of all accounts of the organisation, by their ids. */
  names(): Promise<Readonly<Record<string, string>>>;
}

/** How to find the ids of units. */
export const unitsListed =
  '`aws organizations list-organizational-units-for-parent` lists units, `aws organizations list-roots` lists the root.';
