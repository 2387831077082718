import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const scan = (severity: string, fields: object = {}) =>
  deliveryOf('code_scanning_alert.closed_by_user', {
    alert: {
      rule: { id: 'js/sql-injection', description: 'Query built from user input', severity },
      dismissed_reason: "won't fix",
      ...fields,
    },
  });
const dependabot = (severity: string) =>
  deliveryOf('dependabot_alert.dismissed', {
    alert: {
      security_advisory: { ghsa_id: 'GHSA-aaaa-bbbb-cccc', severity },
      dismissed_reason: 'tolerable_risk',
      dependency: { package: { name: 'left-pad', ecosystem: 'npm' } },
    },
  });

describeRule(rule, {
  alerts: {
    'a serious alert of code scanning dismissed': [
      scan('error'),
      {
        title:
          'Code scanning alert dismissed in acme/website: Query built from user input by alice',
        severity: 'medium',
        summary: expect.stringContaining('"won\'t fix"'),
      },
    ],
    'another alert of code scanning dismissed': [
      scan('note', { dismissed_reason: null }),
      {
        title: expect.stringContaining('Code scanning alert dismissed'),
        severity: 'low',
        summary: expect.stringContaining('No reason was given.'),
      },
    ],
    'a serious alert of Dependabot dismissed': [
      dependabot('critical'),
      {
        title: 'Dependabot alert dismissed in acme/website: GHSA-aaaa-bbbb-cccc by alice',
        facts: expect.objectContaining({ package: 'left-pad', advisorySeverity: 'critical' }),
      },
    ],
    'a vulnerability reported': [
      deliveryOf('repository_advisory.reported', {
        repository_advisory: { ghsa_id: 'GHSA-aaaa-bbbb-cccc', severity: 'high' },
      }),
      {
        title: 'Vulnerability reported privately in acme/website: GHSA-aaaa-bbbb-cccc by alice',
        severity: 'low',
      },
    ],
  },
  quiet: {
    'an alert of Dependabot that is not serious': [dependabot('medium')],
    'an alert that was fixed': [deliveryOf('code_scanning_alert.fixed')],
    'an advisory published': [deliveryOf('repository_advisory.published')],
  },
});
