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
import type { HealthPorts } from '../../lib/health/seen.ts';

/** The services that hold parts of Patrol, and Cloud Control, which can change those of all others. */
const services =
  'cloudcontrolapi cloudformation dynamodb events iam lambda logs monitoring sns sqs';

/** What a call may do to a part of Patrol: which calls are alerted on, and why, is for `lib/health/tampering.ts` to know. */
const verbs = 'Attach Delete Disable Purge Put Remove Set Unsubscribe Update';

/** Stacks are named so by patrol-deploy, and resources by CloudFormation after their stack. */
const name = { prefix: 'patrol-' };
/** Where it may also stand in an ARN, a URL or a path. */
const part = { wildcard: '*patrol-*' };
const is = { exists: true };

/**
 * The request parameters that name a part of Patrol. Topics may be the operator's own. They are in one pattern, since every
 * further one would bring an EventBridge rule with two alarms.
 */
const parts: EventPattern = {
  alarmName: [name],
  alarmNames: [name],
  functionName: [part],
  identifier: [part],
  logGroupName: [part],
  muteTargets: { alarmNames: [name] },
  name: [name],
  queueUrl: [part],
  resourceArn: [is],
  roleName: [name],
  rule: [name],
  stackName: [part],
  subscriptionArn: [is],
  tableName: [name],
  topicArn: [is],
};

/** Actions of a service on what has this form. */
const may = (service: string, resource: string, ...actions: readonly string[]): Statement => ({
  Action: actions.map((action) => `${service}:${action}`),
  Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:${service}:${resource}` },
});
const account = ':${AWS::AccountId}:';
const here = '${AWS::Region}' + account;

export default defineRule({
  name: 'patrolHealth',
  title: 'Patrol out of order',
  description:
    'Alerts when a part of Patrol in this region is missing, switched off or unheard, and when somebody deletes or disables one.',
  severity: 'critical',
  runbook:
    'If somebody changed a part of Patrol and that was not planned, treat their credentials as stolen and look in CloudTrail at what ' +
    'they did since. Deploying the rule again puts back what is missing; what was changed past CloudFormation only goes with the ' +
    'stack: delete it first. For a queue that is not empty, read its events and the log, mend the cause and send them again.',
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
        eventSource: services.split(' ').map((service) => `${service}.amazonaws.com`),
        eventName: verbs.split(' ').map((prefix) => ({ prefix })),
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
    expectedRules: names('Rules that must be deployed in this region, by their names.', {
      default: '',
    }),
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
    heartbeatUrl: text(
      'A URL to request after every run that found nothing wrong. Have it alert when requests stay out: Patrol cannot tell of its own death.',
      {
        default: '',
        actsOutside: true,
        form: { pattern: 'https://[\\w.:-]+(/\\S*)?', words: 'a URL that begins with https://' },
      },
    ),
    ignoredResources: names('Stacks by their names, topics and trails by their ARNs.', {
      default: '',
      suppresses: true,
      form: {
        pattern: 'patrol-[*-]*[A-Za-z0-9][\\w*-]*|arn:[\\w*-]+:(sns|cloudtrail):\\S+',
        words: 'the name of a stack (patrol-aws-*-staging) or the ARN of a topic or trail',
      },
    }),
  },
  // The trails of an organization and the topic of the alerts may be of another account and region.
  permissions: [
    { Action: ['cloudformation:ListStacks', 'cloudtrail:DescribeTrails'], Resource: '*' },
    may('apigateway', '${AWS::Region}::/apis/*', 'GET'),
    may('cloudformation', `${here}stack/patrol-*`, 'DescribeStacks', 'ListStackResources'),
    may('cloudtrail', '*:*:trail/*', 'GetEventSelectors', 'GetTrailStatus'),
    may('cloudwatch', `${here}alarm:*`, 'DescribeAlarms'),
    may('dynamodb', `${here}table/patrol-*`, 'DescribeTable'),
    may('events', `${here}rule/patrol-*`, 'DescribeRule', 'ListTargetsByRule'),
    may('iam', `${account}role/patrol-*`, 'SimulatePrincipalPolicy'),
    may('lambda', `${here}function:patrol-*`, 'GetFunctionConcurrency'),
    may('secretsmanager', `${here}secret:*WebhookSecret-*`, 'DescribeSecret'),
    may('sns', '*:*:*', 'ListSubscriptionsByTopic'),
    may('sqs', `${here}patrol-*`, 'GetQueueAttributes'),
  ],
  timeout: 300,
  remindAfter: 86_400,
  clients: (): Promise<HealthPorts> => import('../../lib/health/aws.ts'),
  async evaluate(given, { parameters, clients }) {
    return isScheduledEvent(given)
      ? (await import('../../lib/health/check.ts')).check(clients, parameters, given.region)
      : (await import('../../lib/health/tampering.ts')).tampering(
          given.detail as CloudTrailRecord,
          parameters,
        );
  },
});
