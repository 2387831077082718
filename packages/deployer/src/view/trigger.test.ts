import type { RuleManifest, TriggerManifest } from '@patrol/core/contracts';
import { expect, test } from 'vitest';
import { triggerWords, webhookEvents } from './trigger.ts';

const events = (pattern: Record<string, unknown>): TriggerManifest =>
  ({ kind: 'event', state: 'ENABLED', pattern }) as TriggerManifest;

test.each<[TriggerManifest, string]>([
  [{ kind: 'schedule', expression: 'rate(1 hour)', everySeconds: 3600 }, 'rate(1 hour)'],
  [{ kind: 'webhook', events: ['fork', 'public'] }, 'GitHub webhook: fork, public'],
  [{ kind: 'webhook', events: ['a', 'b', 'c', 'd'] }, 'GitHub webhook: a, b and 2 more'],
  [{ kind: 'sns', services: [] }, 'messages to its SNS topic'],
  [
    { kind: 'sns', services: ['backup.amazonaws.com'] },
    'messages to its SNS topic, from backup.amazonaws.com',
  ],
  [
    events({
      source: [{ prefix: 'aws.' }],
      detail: {
        eventSource: ['s3.amazonaws.com'],
        eventName: [{ wildcard: 'Put*Acl' }, { prefix: 'Delete' }],
      },
    }),
    's3: Put*Acl, Delete*',
  ],
  [
    events({ source: ['aws.health'], 'detail-type': ['AWS Health Event'] }),
    'aws.health: AWS Health Event',
  ],
  [
    events({
      source: [{ prefix: 'aws.' }],
      detail: {
        $or: [
          { eventSource: ['backup.amazonaws.com'], eventName: ['DeleteBackupVault'] },
          { eventSource: ['ec2.amazonaws.com'], eventName: ['DeregisterImage', 'UnlockSnapshot'] },
        ],
      },
    }),
    'backup:DeleteBackupVault, ec2:DeregisterImage and 1 more',
  ],
  [
    events({
      detail: {
        $or: [
          { eventSource: ['ec2.amazonaws.com'], eventName: ['DeregisterImage'] },
          {
            eventSource: ['ec2.amazonaws.com'],
            eventName: ['ModifyImageAttribute'],
            requestParameters: { launchPermission: { add: { items: [{ exists: true }] } } },
          },
        ],
      },
    }),
    'ec2: DeregisterImage, ModifyImageAttribute',
  ],
  [events({}), 'any event'],
])('%j in words', (trigger, words) => {
  expect(triggerWords(trigger, 2)).toBe(words);
});

test('the events of a webhook are those of all its triggers, each once', () => {
  const triggers: TriggerManifest[] = [
    { kind: 'webhook', events: ['repository', 'fork'] },
    { kind: 'schedule', expression: 'rate(1 hour)', everySeconds: 3600 },
    { kind: 'webhook', events: ['fork', 'public'] },
  ];
  expect(webhookEvents({ triggers } as unknown as RuleManifest)).toEqual([
    'fork',
    'public',
    'repository',
  ]);
});
