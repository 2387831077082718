import {
  cis,
  type CloudTrailRecord,
  defineRule,
  event,
  isScheduledEvent,
  mitre,
  names,
  schedule,
  text,
} from '@patrol/core';
import { callsOnPatrol } from '../../lib/health/pattern.ts';
import { permissions } from '../../lib/health/permissions.ts';
import type { HealthPorts } from '../../lib/health/seen.ts';

export default defineRule({
  name: 'patrolHealth',
  title: 'Patrol out of order',
  description:
    'Alerts when a part of Patrol in this region is missing, switched off, unheard or not as its template says, and when somebody deletes, changes or disables one.',
  severity: 'critical',
  runbook:
    'If somebody changed a part of Patrol and that was not planned, treat their credentials as stolen and look in CloudTrail at what ' +
    'they did since. Deploy the rule again: that brings back its stack, and functions, EventBridge rules ' +
    'and alarms that were deleted or changed. For other resources, delete the stack of the rule first. Do not delete a base stack: mend it with a drift-aware change set of CloudFormation. For a queue that is not empty, `patrol-deploy failures` shows its events. Mend the cause and run them again.',
  references: [
    cis(5, 'trails that Patrol does not need'),
    mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools'),
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
  ],
  triggers: [
    schedule('rate(15 minutes)'),
    ...callsOnPatrol.map((pattern) => event<CloudTrailRecord>(pattern)),
  ],
  parameters: {
    expectedRules: names(
      'Rules that must be deployed in this region, by their names. A fleet fills it with its rules.',
      {
        default: '',
      },
    ),
    alertTopics: names(
      "Your own topics that get Patrol's alerts, by their ARNs: changes to them are alerted on.",
      {
        default: '',
        form: {
          pattern: 'arn:[\\w*-]+:sns:\\S+',
          words: 'the ARN of a topic',
        },
      },
    ),
    alertKeys: names(
      "Your own KMS keys that Patrol's topics are encrypted with, by their ARNs: changes to them are alerted on.",
      {
        default: '',
        form: { pattern: 'arn:[\\w*-]+:kms:\\S+', words: 'the ARN of a KMS key' },
      },
    ),
    heartbeatUrl: text(
      'A URL to request after every run that found nothing wrong. Have it alert when requests stay out: Patrol cannot tell of its own death.',
      {
        default: '',
        actsOutside: true,
        form: { pattern: 'https://[\\w.:-]+(/\\S*)?', words: 'a URL that begins with https://' },
      },
    ),
    deployers: names(
      'Who deploys Patrol: ARNs or names of users and roles. Everybody when it is empty; then deletions are alerted on although they are announced.',
      { default: '' },
    ),
    ignoredResources: names('Stacks by their names, topics and trails by their ARNs.', {
      default: '',
      suppresses: true,
      form: {
        pattern: '(StackSet-)?patrol-[*-]*[A-Za-z0-9][\\w*-]*|arn:[\\w*-]+:(sns|cloudtrail):\\S+',
        words: 'the name of a stack (patrol-aws-*-staging) or the ARN of a topic or trail',
      },
    }),
  },
  permissions,
  timeout: 300,
  watches: true,
  remindAfter: 86_400,
  clients: (): Promise<HealthPorts> => import('../../lib/health/aws.ts'),
  async evaluate(given, { parameters, clients }) {
    return isScheduledEvent(given)
      ? (await import('../../lib/health/check.ts')).check(clients, parameters, given.region)
      : (await import('../../lib/health/tampering.ts')).tampering(
          given.detail as CloudTrailRecord,
          parameters,
          clients,
        );
  },
});
