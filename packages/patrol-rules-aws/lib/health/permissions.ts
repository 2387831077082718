/** The permissions of patrolHealth. `aws/ask.ts` accepts only calls that these allow. */
import type { Statement } from '@patrol/core';

/** Some actions of a service, on resources whose ARN ends so. */
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

/** Stacks of stack sets are named `StackSet-patrol-…`. Trails of an organization and alert topics may belong to other accounts and regions. */
export const permissions = [
  {
    Action: [
      // Of which stack a resource or a change set is, nobody knows before the answer.
      'cloudformation:DescribeChangeSet',
      'cloudformation:DescribeStackResources',
      'cloudformation:ListStacks',
      'cloudtrail:DescribeTrails',
      'cloudwatch:GetMetricData',
      'cloudwatch:ListMetrics',
    ],
    Resource: '*',
  },
  may('apigateway', '${AWS::Region}::/apis/*', 'GET'),
  may(
    'cloudformation',
    `${here}stack/*patrol-*`,
    'DescribeStacks',
    'GetTemplate',
    'ListStackResources',
  ),
  // Those of a delegated administrator belong to the management account.
  may('cloudformation', '${AWS::Region}:*:stackset/patrol-*', 'DescribeStackSet'),
  may('cloudtrail', '*:*:trail/*', 'GetEventSelectors', 'GetTrailStatus'),
  may('cloudwatch', `${here}alarm:*`, 'DescribeAlarms'),
  may('dynamodb', `${here}table/*patrol-*`, 'DescribeTable'),
  may('events', `${here}rule/*patrol-*`, 'DescribeRule', 'ListTargetsByRule'),
  may('iam', `${account}role/*patrol-*`, 'SimulatePrincipalPolicy'),
  may(
    'lambda',
    `${here}function:*patrol-*`,
    'GetFunctionConcurrency',
    'GetFunctionConfiguration',
    'GetFunctionEventInvokeConfig',
    'GetPolicy',
  ),
  // Not the notifier, which is no function of a rule: whoever may run it can tell people.
  may('lambda', `${here}function:*patrol-*-Function-*`, 'InvokeFunction'),
  may('secretsmanager', `${here}secret:*WebhookSecret-*`, 'DescribeSecret'),
  may('sns', '*:*:*', 'GetTopicAttributes', 'ListSubscriptionsByTopic'),
  may('ssm', `${here}parameter/patrol/announcement`, 'GetParameterHistory'),
  may('sqs', `${here}*patrol-*`, 'GetQueueAttributes'),
] as const satisfies readonly Statement[];

/** An action that the permissions allow: `sns:ListSubscriptionsByTopic`. */
export type HealthAction = (typeof permissions)[number]['Action'][number];
