/** Account vending: the roles with which new accounts are made and set up. */
import { type Call, type Matchers, names, type Parameter } from '@patrol/core';
import { isByPerson, isByService } from './actor.ts';

/** The roles of account vending, of which rules on accounts tell with severity low. */
export const vendingRoles: Parameter<Matchers> = names(
  'The roles with which accounts are made and set up. What they do is told with severity low. Leave out those that your account does not have: whoever may make roles could make one of that name.',
  {
    default:
      'AWSControlTowerExecution, AWSControlTowerAdmin, AWSAFTExecution, AWSAFTService, AWSAFTAdmin, OrganizationAccountAccessRole, stacksets-exec-*',
    ignoreCase: true,
  },
);

type Vending = Call<{ readonly vendingRoles: Parameter<Matchers> }>;

const isInRole = ({ record, parameters }: Vending): boolean =>
  parameters.vendingRoles.find(record.userIdentity?.sessionContext?.sessionIssuer?.userName) !==
  undefined;

/** Whether an AWS service or account vending made a call. */
export const fromVending = (call: Vending): boolean => isByService(call) || isInRole(call);

/** The role of Organizations in each account. People of the management account take it as well. */
const shared = 'OrganizationAccountAccessRole';

/** Whether account vending made a call, in a role that nobody else takes, and nobody in the console. */
export const isVending = (call: Vending): boolean =>
  isInRole(call) &&
  !isByPerson(call) &&
  call.record.userIdentity?.sessionContext?.sessionIssuer?.userName !== shared;

/** Whether account vending makes a role of its own in an account: those of Control Tower are named so. */
export const isVendingItsRole = (call: Vending, role: string | undefined): boolean =>
  isVending(call) &&
  role !== undefined &&
  (role.startsWith('aws-controltower-') || call.parameters.vendingRoles.find(role) !== undefined);
