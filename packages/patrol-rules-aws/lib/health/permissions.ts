/** What the schedule of patrolHealth may ask AWS. The types of `aws/ask.ts` take no question that is not among these. */
import type { Statement } from '@patrol/core';

/** Actions of a service on what has this form. */
const may = <Service extends string, Action extends string>(
  service: Service,
  resource: string,
  ...actions: readonly Action[]
) => ({
  Action: actions.map((action) => `${service}:${action}` as const),
  Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:${service}:${resource}` },
});

const account = ':${AWS::AccountId}:';
const here = '${AWS::Region}' + account;

/** The trails of an organization and the topic of the alerts may be of another account and region. */
export const permissions = [
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
] as const satisfies readonly Statement[];

/** An action that the schedule may use: `sns:ListSubscriptionsByTopic`. */
export type HealthAction = (typeof permissions)[number]['Action'][number];
