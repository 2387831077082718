import { type Call, type Deed, defineCallRule, mitre } from '@patrol/core';
import { known } from '../../lib/facts.ts';
import { fromVending, vendingRoles } from '../../lib/vending.ts';

const parameters = { vendingRoles };
type ContactCall = Call<typeof parameters>;

export default defineCallRule({
  name: 'accountContacts',
  title: 'Contacts of an account changed',
  description:
    'Alerts when somebody changes whom AWS writes to or calls about an account: its contacts for security, operations and billing, its address, or its name. What account vending sets is told with severity low.',
  severity: 'medium',
  runbook:
    'Ask whoever owns the account whether this was planned. If it was not, set the contact again: AWS sends warnings about abuse and leaked keys to it. ' +
    'Treat the credentials that were used as stolen.',
  references: [mitre('T1098', 'Account Manipulation')],
  parameters,
  calls: {
    'account.amazonaws.com': {
      PutAlternateContact: (call) => contact(call, 'changed'),
      DeleteAlternateContact: (call) => contact(call, 'deleted'),
      PutContactInformation: (call) =>
        changed(call, 'Address and telephone number of account', 'changed', 'medium'),
      PutAccountName: (call) => changed(call, 'Name of account', 'changed', 'low'),
    },
  },
});

function contact(call: ContactCall, what: string): Deed {
  const type = call.request.text('alternateContactType');
  return {
    ...changed(
      call,
      'Alternate contact of account',
      `${what}${type === undefined ? '' : `: ${type}`}`,
      type === 'SECURITY' ? 'high' : 'medium',
    ),
    meaning: 'AWS writes to somebody else from now on.',
  };
}

/** A change of the caller's own account. The management account names another one, which is how accounts are set up. */
function changed(
  call: ContactCall,
  what: string,
  how: string,
  severity: NonNullable<Deed['severity']>,
): Deed {
  const account = call.request.text('accountId');
  return {
    severity: account !== undefined || fromVending(call) ? 'low' : severity,
    deed: `${what} ${account ?? call.account ?? ''} ${how}`,
    facts: known({ email: call.request.text('emailAddress') }),
    target: ['AWS::Organizations::Account', account ?? call.account],
  };
}
