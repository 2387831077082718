import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

describeRule(rule, {
  alerts: {
    'the own webhook deleted': [
      deliveryOf('meta.deleted', {
        repository: undefined,
        hook_id: 292_430_182,
        hook: {
          config: { url: 'https://abc.execute-api.eu-west-1.amazonaws.com/' },
          events: ['meta'],
        },
      }),
      {
        title: 'Webhook deleted of acme: 292430182 by alice',
        severity: 'critical',
        targets: [{ type: 'GitHub::Webhook', id: '292430182' }],
        facts: expect.objectContaining({
          url: 'https://abc.execute-api.eu-west-1.amazonaws.com/',
          events: 'meta',
        }),
      },
    ],
  },
  quiet: {
    'something else that a webhook tells of itself': [
      deliveryOf('meta.deleted', { action: 'edited' }),
    ],
  },
  suppressed: {
    'a webhook that the operator moves': [
      deliveryOf('meta.deleted', { repository: undefined }),
      'alice until 2027-03-31',
      { parameters: { ignoredAccounts: 'alice until 2027-03-31' } },
    ],
  },
});
