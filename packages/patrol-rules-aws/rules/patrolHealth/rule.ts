import {
  cis,
  type CloudTrailRecord,
  defineRule,
  event,
  type EventPattern,
  isScheduledEvent,
  mitre,
  names,
  schedule,
  type Statement,
  text,
} from '@patrol/core';
import type { HealthPorts } from '../../lib/health.ts';

/** The services that hold parts of Patrol, and Cloud Control, which can change those of all others. */
const services = [
  'cloudcontrolapi',
  'cloudformation',
  'events',
  'iam',
  'lambda',
  'logs',
  'monitoring',
  'sns',
  'sqs',
];

/** What a call may do to a part of Patrol: which calls are alerted on, and why, is for `lib/healthCalls.ts` to know. */
const verbs = ['Attach', 'Delete', 'Disable', 'Put', 'Remove', 'Set', 'Unsubscribe', 'Update'];

/** Stacks are named so by patrol-deploy, and resources by CloudFormation after their stack. */
const name = { prefix: 'patrol-' };
const is = { exists: true };

/**
 * The request parameters that name a part of Patrol. Topics may be the operator's own. They are in one pattern, since every
 * further one would bring an EventBridge rule with two alarms.
 */
const parts: EventPattern = {
  alarmName: [name],
  alarmNames: [name],
  functionName: [name, { wildcard: '*:function:patrol-*' }],
  identifier: [{ wildcard: '*patrol-*' }],
  logGroupName: [{ prefix: '/aws/lambda/patrol-' }],
  muteTargets: { alarmNames: [name] },
  name: [name],
  queueUrl: [{ wildcard: '*/patrol-*' }],
  resourceArn: [is],
  roleName: [name],
  rule: [name],
  stackName: [name, { wildcard: '*:stack/patrol-*' }],
  subscriptionArn: [is],
  topicArn: [is],
};

/** The trails of an organization and the topic of the alerts may be of another account and region. */
const read = (resource: string, ...Action: readonly string[]): Statement => ({
  Action,
  Resource: resource === '*' ? resource : { 'Fn::Sub': `arn:\${AWS::Partition}:${resource}` },
});
const here = '${AWS::Region}:${AWS::AccountId}';

export default defineRule({
  name: 'patrolHealth',
  title: 'Patrol out of order',
  description:
    'Alerts when a part of Patrol in this region is missing, switched off or unheard, and when somebody deletes or disables one.',
  severity: 'critical',
  runbook:
    'If somebody deleted or changed a part of Patrol, ask them whether it was planned. If it was not, treat their credentials as ' +
    'stolen and look in CloudTrail at everything they did since. Deploying the rule again puts back what is missing; what was ' +
    'changed past CloudFormation only goes with the stack: delete it first. For a queue that is not empty, read its events and ' +
    'the log of the function, mend the cause and send them again.',
  references: [
    cis(5),
    mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools'),
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
  ],
  triggers: [
    schedule('rate(15 minutes)'),
    event<CloudTrailRecord>({
      source: [{ prefix: 'aws.' }],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        eventSource: services.map((service) => `${service}.amazonaws.com`),
        eventName: verbs.map((prefix) => ({ prefix })),
        $or: [
          { requestParameters: [null] },
          ...Object.entries(parts).map(([field, values]) => ({
            requestParameters: { [field]: values },
          })),
        ],
      },
    }),
  ],
  parameters: {
    expectedRules: names(
      'Rules that must be deployed in this region, by their names. All that are deployed are looked at.',
      { default: '' },
    ),
    alertTopics: names(
      "The ARNs of your own topics that get Patrol's alerts: changes to them are alerted on, and not only that nobody is subscribed.",
      {
        default: '',
        form: {
          pattern: 'arn:[\\w*-]+:sns:[\\w*-]+:[\\d*]+:[\\w*-]+',
          words: 'the ARN of a topic',
        },
      },
    ),
    heartbeatUrl: text(
      'A URL to request after every run that found nothing wrong. Have it alert when requests stay out: Patrol cannot tell of its own death.',
      {
        default: '',
        form: { pattern: 'https://[\\w.:-]+(/\\S*)?', words: 'a URL that begins with https://' },
      },
    ),
    ignoredResources: names('Stacks by their names, and topics and trails by their ARNs.', {
      default: '',
      suppresses: true,
      form: {
        pattern: 'patrol-[*-]*[A-Za-z0-9][\\w*-]*|arn:[\\w*-]+:(sns|cloudtrail):\\S+',
        words: 'the name of a stack (patrol-aws-*-staging) or the ARN of a topic or trail',
      },
    }),
  },
  permissions: [
    read('*', 'cloudformation:ListStacks', 'cloudtrail:DescribeTrails'),
    read(
      `cloudformation:${here}:stack/patrol-*`,
      'cloudformation:DescribeStacks',
      'cloudformation:ListStackResources',
    ),
    read('cloudtrail:*:*:trail/*', 'cloudtrail:GetEventSelectors', 'cloudtrail:GetTrailStatus'),
    read(`cloudwatch:${here}:alarm:*`, 'cloudwatch:DescribeAlarms'),
    read(`events:${here}:rule/patrol-*`, 'events:DescribeRule', 'events:ListTargetsByRule'),
    read(`lambda:${here}:function:patrol-*`, 'lambda:GetFunctionConcurrency'),
    read('sns:*:*:*', 'sns:ListSubscriptionsByTopic'),
    read(`sqs:${here}:patrol-*`, 'sqs:GetQueueAttributes'),
  ],
  timeout: 300,
  remindAfter: 86_400,
  clients: (): Promise<HealthPorts> => import('../../lib/healthAws.ts'),
  async evaluate(given, { parameters, clients }) {
    if (isScheduledEvent(given)) {
      return (await import('../../lib/health.ts')).check(clients, parameters);
    }
    const { tampering } = await import('../../lib/healthCalls.ts');
    return tampering(given.detail as CloudTrailRecord, parameters);
  },
});
