/** What the deployer asks of AWS Organizations. `aws/organization.ts` answers with the AWS SDK, `testing/organizations.ts` in memory. */

/**
 * The organisation that the account of the credentials is in. Every call throws nothing but a `CloudError` for what AWS or
 * the network refuse; one with the failure `missing` when the account is in none.
 */
export interface Organizations {
  /** Such as `o-a1b2c3d4e5`. */
  id(): Promise<string>;
  /** An organisational unit, or the root; `undefined` when there is no such unit. */
  unit(id: string): Promise<Unit | undefined>;
  /** The names of all accounts of the organisation, by their ids. */
  names(): Promise<Readonly<Record<string, string>>>;
}

/** An organisational unit, or the root. */
export interface Unit {
  /** The accounts that stack sets reach through it: the active ones in it and in the units inside it, without the management account. */
  readonly accounts: readonly string[];
  /** The units inside it, at any depth. */
  readonly units: readonly string[];
}

/** How to find the ids of units. */
export const unitsListed =
  '`aws organizations list-organizational-units-for-parent` lists units, `aws organizations list-roots` lists the root.';
