/** {@link Organizations} in memory, for tests. */
import { CloudError } from '../cloud/cloud.ts';
import { Scripted } from './faults.ts';
import type { Organizations, Unit } from '../cloud/organizations.ts';

/** An organisation, or that there is none. */
export class FakeOrganizations extends Scripted<keyof Organizations> implements Organizations {
  /** `undefined` when the account is in none. */
  known: string | undefined = 'o-a1b2c3d4e5';
  /** The names of its accounts. */
  accountNames: Readonly<Record<string, string>> = {};
  /** The units inside of units. */
  inside: Readonly<Record<string, readonly string[]>> = {};
  readonly #units: () => ReadonlyMap<string, readonly string[]>;

  /** @param units the accounts of each unit. */
  constructor(units: () => ReadonlyMap<string, readonly string[]>) {
    super();
    this.#units = units;
  }

  id(): Promise<string> {
    return this.call('id', () => {
      if (this.known !== undefined) return this.known;
      const message = 'Your account is not a member of an organization.';
      throw new CloudError('missing', 'organizations:DescribeOrganization', message);
    });
  }

  unit(id: string): Promise<Unit | undefined> {
    return this.call('unit', () => {
      const accounts = this.#units().get(id);
      return accounts && { accounts, units: this.inside[id] ?? [] };
    });
  }

  names(): Promise<Readonly<Record<string, string>>> {
    return this.call('names', () => {
      if (this.known !== undefined) return this.accountNames;
      const message = 'Your account is not a member of an organization.';
      throw new CloudError('missing', 'organizations:ListAccounts', message);
    });
  }
}
