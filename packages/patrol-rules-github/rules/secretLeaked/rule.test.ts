import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const alert = {
  number: 7,
  secret_type: 'aws_access_key_id',
  secret_type_display_name: 'Amazon AWS Access Key ID',
  validity: 'unknown',
  publicly_leaked: false,
  push_protection_bypassed: false,
  resolution: null,
};
const told = (action: string, fields: object = {}) =>
  deliveryOf(`secret_scanning_alert.${action}`, { alert: { ...alert, ...fields } });
const found = 'Secret found in acme/website: Amazon AWS Access Key ID by alice';
const closed = 'Alert about a secret closed in acme/website: Amazon AWS Access Key ID by alice';

describeRule(rule, {
  alerts: {
    'a secret found': [
      told('created'),
      {
        title: found,
        severity: 'high',
        facts: expect.objectContaining({
          secretType: 'aws_access_key_id',
          url: 'https://github.com/acme/website/security/secret-scanning/7',
        }),
      },
    ],
    'a secret that works': [
      told('created', { validity: 'active' }),
      { title: found, severity: 'critical' },
    ],
    'a secret pushed past push protection': [
      told('created', {
        push_protection_bypassed: true,
        push_protection_bypassed_by: { login: 'bob' },
      }),
      {
        title:
          'Secret pushed past push protection in acme/website: Amazon AWS Access Key ID by alice',
        summary: expect.stringContaining('bob was warned before the push'),
      },
    ],
    'a secret found in public': [
      told('publicly_leaked', { publicly_leaked: true }),
      {
        title: 'Secret of acme/website published: Amazon AWS Access Key ID by alice',
        severity: 'critical',
      },
    ],
    'a secret found to work': [
      told('validated', { validity: 'active' }),
      { title: found, severity: 'critical' },
    ],
    'an alert waved away': [
      told('resolved', { resolution: 'false_positive' }),
      { title: closed, severity: 'medium' },
    ],
    'an alert waved away although the secret works': [
      told('resolved', { resolution: 'wont_fix', validity: 'active' }),
      { title: closed, severity: 'high' },
    ],
    'a secret that GitHub found by itself': [
      deliveryOf('secret_scanning_alert.publicly_leaked', { sender: undefined, alert }),
      { title: 'Secret of acme/website published: Amazon AWS Access Key ID', actor: null },
    ],
  },
  quiet: {
    'a secret that was revoked': [told('resolved', { resolution: 'revoked' })],
    'a secret that no longer works, waved away': [
      told('resolved', { resolution: 'wont_fix', validity: 'inactive' }),
    ],
    'a secret found not to work': [told('validated', { validity: 'inactive' })],
    'an alert opened again': [told('reopened')],
  },
});
