import { isObject, mitre, names } from '@patrol/core';
import { defineActRule, text } from '../../lib/acts.ts';

export default defineActRule({
  name: 'ownerAdded',
  title: 'Owner added, or member gone',
  description:
    'Alerts when an owner joins the organisation or is invited, when somebody is invited by an e-mail address of another domain, and when a member is removed or an account is blocked.',
  severity: 'high',
  runbook:
    'Ask whoever did it who the person is. An owner may do everything: cancel the invitation, or make the account a member (People). ' +
    'GitHub sends nothing when a member becomes an owner later, and no rule of this package looks for it: read the list of owners (People) from time to time. ' +
    'Many removals within an hour can be somebody who takes the organisation over.',
  references: [
    mitre('T1136.003', 'Create Account: Cloud Account'),
    mitre('T1098', 'Account Manipulation'),
    mitre('T1531', 'Account Access Removal'),
  ],
  parameters: {
    allowedDomains: names(
      'The domains of e-mail addresses that may be invited. If empty, the rule does not alert on invited members.',
      {
        default: '',
        ignoreCase: true,
        form: { pattern: '[\\w*.-]+', words: 'a domain such as example.com' },
      },
    ),
  },
  acts: {
    'organization.member_added': ({ organization, payload: { membership } }) =>
      membership?.role === 'admin'
        ? {
            deed: `Owner added to ${organization}: ${loginOf(membership.user)}`,
            meaning: 'An owner may do everything in the organisation.',
            target: user(loginOf(membership.user)),
          }
        : undefined,
    'organization.member_invited': ({ organization, payload, parameters }) => {
      const { invitation } = payload;
      const whom = text(invitation?.login) || loginOf(payload.user) || text(invitation?.email);
      const domain = text(invitation?.email).replace(/^.*@/s, '');
      const { allowedDomains } = parameters;
      if (invitation?.role === 'admin') {
        return {
          deed: `Owner invited to ${organization}: ${whom}`,
          meaning: 'An owner may do everything in the organisation.',
          target: user(whom),
        };
      }
      return allowedDomains.items.length === 0 ||
        domain === '' ||
        allowedDomains.find(domain) !== undefined
        ? undefined
        : {
            deed: `Member invited to ${organization} by an address of another domain: ${whom}`,
            severity: 'medium',
            target: user(whom),
          };
    },
    'organization.member_removed': ({ organization, payload: { membership } }) => ({
      deed: `Member removed from ${organization}: ${loginOf(membership?.user)}`,
      severity: membership?.role === 'admin' ? 'medium' : 'low',
      target: user(loginOf(membership?.user)),
    }),
    'org_block.blocked': ({ organization, payload: { blocked_user: blocked } }) => ({
      deed: `Account blocked from ${organization}: ${loginOf(blocked)}`,
      severity: 'low',
      target: user(loginOf(blocked)),
    }),
  },
});

const loginOf = (account: unknown): string => (isObject(account) ? text(account['login']) : '');

const user = (login: string): readonly ['GitHub::User', string] => ['GitHub::User', login];
