import { describeRule } from '@patrol/core/testing';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const features = (before: object, now: object) => {
  const made = deliveryOf('security_and_analysis', {
    changes: { from: { security_and_analysis: {} } },
  });
  const payload = made.payload as Readonly<Record<string, object>>;
  return {
    ...made,
    payload: {
      ...payload,
      changes: { from: { security_and_analysis: before } },
      repository: { ...payload['repository'], security_and_analysis: now },
    },
  };
};
const [on, off] = [{ status: 'enabled' }, { status: 'disabled' }];
const properties = (value: unknown) =>
  deliveryOf('custom_property_values.updated', {
    new_property_values: [{ property_name: 'tier', value }],
    old_property_values: [{ property_name: 'tier', value: 'production' }],
  });
const watching = { parameters: { watchedProperties: 'tier' } };

describeRule(rule, {
  alerts: {
    'push protection switched off': [
      features(
        { secret_scanning: on, secret_scanning_push_protection: on },
        { secret_scanning: on, secret_scanning_push_protection: off },
      ),
      {
        title: 'Security feature switched off in acme/website: push protection by alice',
        severity: 'high',
        before: { 'push protection': 'enabled' },
      },
    ],
    'two switched off, one of a name that nobody knows yet': [
      features({ secret_scanning: on, quantum: on }, { quantum: off }),
      {
        title: 'Security feature switched off in acme/website: secret scanning, quantum by alice',
      },
    ],
    'a custom property that rulesets go by': [
      properties('test'),
      { title: 'Custom property of acme/website changed: tier by alice', severity: 'medium' },
      watching,
    ],
    'a custom property deleted': [
      deliveryOf('custom_property.deleted', {
        repository: undefined,
        definition: { property_name: 'tier' },
      }),
      { title: 'Custom property of acme deleted: tier by alice' },
      watching,
    ],
  },
  quiet: {
    'a feature switched on': [features({ secret_scanning: off }, { secret_scanning: on })],
    'nothing changed': [features({ secret_scanning: on }, { secret_scanning: on })],
    'a custom property with the value that it had': [properties('production'), watching],
    'a custom property that nobody watches': [properties('test')],
    'a custom property deleted that nobody watches': [
      deliveryOf('custom_property.deleted', { definition: { property_name: 'tier' } }),
    ],
  },
});
