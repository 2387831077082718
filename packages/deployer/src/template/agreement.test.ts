import type { AnyRule } from '@patrol/core';
import type { RuleManifest } from '@patrol/core/contracts';
import { ruleTemplate } from '@patrol/core/template';
import { expect, test } from 'vitest';
import type { Template } from './template.ts';
import { disagreements } from './agreement.ts';

const rule = {
  name: 'watch',
  description: 'Alerts.',
  triggers: [{ kind: 'sns', services: ['backup.amazonaws.com'] }],
  parameters: { token: { kind: 'secret', description: 'A token.' } },
  permissions: [{ Action: ['iam:GetRole'], Resource: '*' }],
  memorySize: 256,
  timeout: 30,
  remindAfter: 86_400,
  code: { path: 'x', sha256: '', bytes: 1, handler: 'index.handler' },
} as unknown as RuleManifest;

interface Parts {
  readonly Parameters: Record<string, object>;
  readonly Conditions: Record<string, object>;
  readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

/** The template that the build makes of the rule, with changes. */
function templateWith(change: (parts: Parts) => void = () => undefined): Template {
  const parts = structuredClone(ruleTemplate(rule as unknown as AnyRule)) as unknown as Parts;
  change(parts);
  const { Parameters: parameters, Resources: resources } = parts;
  return { text: JSON.stringify(parts, null, 1), parameters, resources };
}

test('a template that the build made agrees', () => {
  expect(disagreements(rule, templateWith(), true)).toEqual([]);
  expect(disagreements(rule, templateWith(), false)).toEqual([]);
});

test.each<[string, (parts: Parts) => void, object]>([
  [
    'alerts that go to somebody else',
    ({ Resources: { AlertSubscription } }) => {
      if (AlertSubscription) AlertSubscription.Properties['Endpoint'] = 'mallory@example.com';
    },
    {
      what: 'AlertSubscription.Endpoint',
      manifest: '{"Ref":"AlertEmail"}',
      template: '"mallory@example.com"',
    },
  ],
  [
    'an alarm that is not there',
    ({ Resources }) => delete Resources['ThrottlesAlarm'],
    {
      what: 'ThrottlesAlarm',
      manifest: '{"Type":"AWS::CloudWatch::Alarm","Condition":"OwnsQueues"}',
    },
  ],
  [
    'a resource more',
    ({ Resources }) => {
      Resources['More'] = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } };
    },
    { what: 'More', template: '{"Type":"AWS::SQS::Queue"}' },
  ],
  [
    'a condition that means something else',
    ({ Conditions }) => {
      Conditions['OwnsAlertTopic'] = { 'Fn::Equals': ['a', 'a'] };
    },
    { what: 'Conditions.OwnsAlertTopic', template: '{"Fn::Equals":["a","a"]}' },
  ],
  [
    'a parameter that takes anything',
    ({ Parameters }) => {
      Parameters['AlertTopicArn'] = { Type: 'String', Default: '' };
    },
    { what: 'Parameters.AlertTopicArn', template: '{"Type":"String","Default":""}' },
  ],
])('%s, where the same core made the package', (_, change, expected) => {
  expect(disagreements(rule, templateWith(change), true)).toContainEqual(
    expect.objectContaining(expected),
  );
});

test('another core may make another template, as long as it gives nobody more than rules.json says', () => {
  const other = templateWith(({ Resources }) => {
    delete Resources['ThrottlesAlarm'];
    Resources['More'] = { Type: 'AWS::SQS::Queue', Properties: {} };
  });
  expect(disagreements(rule, other, false)).toEqual([]);
});

test('services of a topic may stand in any order', () => {
  const services = ['ses.amazonaws.com', 'backup.amazonaws.com'];
  const both = (given: readonly string[]): RuleManifest => ({
    ...rule,
    triggers: [{ kind: 'sns', services: given }],
  });
  const { Parameters: parameters, Resources: resources } = ruleTemplate(
    both(services) as unknown as AnyRule,
  );
  const template = { text: '{}', parameters, resources } as unknown as Template;
  const found = disagreements(both(services.toReversed()), template, false);
  expect(found.filter(({ what }) => what === 'trigger')).toEqual([]);
});

test('what core can make no template of is said', () => {
  const parameters = { AlertEmail: { kind: 'text', description: 'd' } } as const;
  expect(disagreements({ ...rule, parameters }, templateWith(), true)).toEqual([
    {
      what: 'template',
      manifest: expect.stringContaining('AlertEmail is defined twice') as string,
    },
  ]);
});
