import { describeRule } from '@patrol/core/testing';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const added = (role: string) =>
  deliveryOf('organization.member_added', {
    repository: undefined,
    membership: { role, user: { login: 'mallory' } },
  });
const invited = (fields: object) =>
  deliveryOf('organization.member_invited', {
    repository: undefined,
    user: undefined,
    invitation: { login: null, email: null, role: 'direct_member', ...fields },
  });
const removed = (role: string) =>
  deliveryOf('organization.member_removed', {
    repository: undefined,
    membership: { role, user: { login: 'bob' } },
  });

describeRule(rule, {
  alerts: {
    'an owner who joins': [
      added('admin'),
      {
        title: 'Owner added to acme: mallory by alice',
        severity: 'high',
        targets: [{ type: 'GitHub::User', id: 'mallory' }],
        suppression: { parameter: 'ignoredAccounts', item: 'alice' },
      },
    ],
    'an owner invited by address': [
      invited({ role: 'admin', email: 'mallory@example.net' }),
      { title: 'Owner invited to acme: mallory@example.net by alice', severity: 'high' },
    ],
    'a member invited by an address of another domain': [
      invited({ email: 'mallory@example.net' }),
      {
        title:
          'Member invited to acme by an address of another domain: mallory@example.net by alice',
        severity: 'medium',
      },
      { parameters: { allowedDomains: 'example.com' } },
    ],
    'a member removed': [
      removed('member'),
      { title: 'Member removed from acme: bob by alice', severity: 'low' },
    ],
    'an owner removed': [
      removed('admin'),
      { title: 'Member removed from acme: bob by alice', severity: 'medium' },
    ],
    'an account blocked': [
      deliveryOf('org_block.blocked', {
        repository: undefined,
        blocked_user: { login: 'mallory' },
      }),
      { title: 'Account blocked from acme: mallory by alice', severity: 'low' },
    ],
  },
  quiet: {
    'a member who joins': [added('member')],
    'a member invited': [invited({ email: 'bob@example.net' })],
    'a member invited by an address of the own domain': [
      invited({ email: 'bob@Example.com' }),
      { parameters: { allowedDomains: 'example.com' } },
    ],
    'a member invited by login': [
      invited({ login: 'bob' }),
      { parameters: { allowedDomains: 'example.com' } },
    ],
    'an account let in again': [deliveryOf('org_block.unblocked')],
  },
});
