/** Account vending: the roles with which new accounts are made and set up. */
import { type Call, type Matchers, names, type Parameter } from '@patrol/core';
import { isByService } from './actor.ts';

/** The roles of account vending, of which rules on accounts tell with severity low. */
export const vendingRoles: Parameter<Matchers> = names(
  'The roles with which accounts are made and set up. What they do is told with severity low.',
  {
    default:
      'AWSControlTowerExecution, AWSControlTowerAdmin, AWSAFTExecution, AWSAFTService, AWSAFTAdmin, OrganizationAccountAccessRole, stacksets-exec-*',
    ignoreCase: true,
  },
);

/** Whether an AWS service or account vending made a call. */
export function fromVending({
  record,
  parameters,
}: Call<{ readonly vendingRoles: Parameter<Matchers> }>): boolean {
  const role = record.userIdentity?.sessionContext?.sessionIssuer?.userName;
  return isByService({ record }) || parameters.vendingRoles.find(role) !== undefined;
}
