import { evaluator, readParameters } from '@patrol/core/evaluation';
import { apiCallRecord, denied, describeRule, identities, run } from '@patrol/core/testing';
import { describe, expect, test } from 'vitest';
import type { HealthPorts, Seen, Written } from '../../lib/health/seen.ts';
import { tamperingCalls } from '../../lib/health/tamperingCalls.ts';
import rule from './rule.ts';

const account = '111122223333';
const stack = 'patrol-aws-cloudTrail-production';
const stackArn = `arn:aws:cloudformation:eu-west-1:${account}:stack/${stack}/6f1b6b1e-0000-4000-8000-000000000001`;
const eventRule = `${stack}-EventRule-1A2B3C4D5E6F`;
const functionName = `${stack}-Function-1A2B3C4D5E6F`;
const functionArn = `arn:aws:lambda:eu-west-1:${account}:function:${functionName}`;
const topic = `arn:aws:sns:eu-west-1:${account}:${stack}-AlertTopic-1A2B3C4D5E6F`;
const shared = `arn:aws:sns:eu-west-1:${account}:security-alerts`;
const subscription = '0f5d4c3b-0000-4000-8000-000000000001';
const alarm = `${stack}-ErrorsAlarm-1A2B3C4D5E6F`;

const call = (
  service: string,
  eventName: string,
  requestParameters: object | null,
  fields = {},
): unknown =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, { requestParameters, ...fields });

/** What CloudFormation does for alice when she deploys or deletes a stack. */
const byCloudFormation = {
  userIdentity: identities.serviceForUser,
  sourceIPAddress: 'cloudformation.amazonaws.com',
  userAgent: 'cloudformation.amazonaws.com',
};

const roleName = `${stack}-Role-1A2B3C4D5E6F`;
const queueUrl = `https://sqs.eu-west-1.amazonaws.com/${account}/${stack}-FailureQueue-1A2B3C4D5E6F`;
const sourceTopic = `arn:aws:sns:eu-west-1:${account}:${stack}-SourceTopic2-1A2B3C4D5E6F`;

/** A call of IAM's on a role, which CloudFormation makes for alice. */
const onRole = (eventName: string, parameters: object = {}): unknown =>
  call(
    'iam',
    eventName,
    { roleName, ...parameters },
    { ...byCloudFormation, awsRegion: 'us-east-1' },
  );
const policy = (policyName: string, ...effects: readonly string[]): object => ({
  policyName,
  policyDocument: JSON.stringify({
    Version: '2012-10-17',
    Statement: effects.map((Effect) => ({ Effect, Action: 'sns:Publish', Resource: '*' })),
  }),
});
const template = `IAM user alice, through cloudformation.amazonaws.com`;

const changeSet = (name: string): string =>
  `arn:aws:cloudformation:eu-west-1:${account}:changeSet/${name}/6f1b6b1e-0000-4000-8000-000000000002`;
const webhookSecret = `arn:aws:secretsmanager:eu-west-1:${account}:secret:WebhookSecret-1A2B3C4D5E6F-a1B2c3`;
const alertKey = `arn:aws:kms:eu-west-1:${account}:key/0f5d4c3b-0000-4000-8000-000000000001`;
const baseTopic = `arn:aws:sns:eu-west-1:${account}:patrol-base-security-production`;
const deadLetters = `${stack}-DeadLetterQueue-1A2B3C4D5E6F`;
const refusal = {
  call: 'cloudformation:DescribeStackResources',
  about: 'it',
  error: 'AccessDenied: no',
  isMissing: false,
};
const sendMessage = {
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'sqs:SendMessage',
};
/** The policy that a template gives the dead-letter queue. */
const queuePolicy = (Statement: object): unknown =>
  call(
    'sqs',
    'SetQueueAttributes',
    {
      queueUrl: `https://sqs.eu-west-1.amazonaws.com/${account}/${deadLetters}`,
      attributes: { Policy: JSON.stringify({ Statement }) },
    },
    byCloudFormation,
  );

const severe = { severity: 'critical' };
const critical = (title: string, more: object = {}): { readonly title: string } => ({
  title,
  ...severe,
  ...more,
});
const high = (title: string): { readonly title: string } => critical(title, { severity: 'high' });

const clock = {
  version: '0',
  id: '2b5f0c0e-5c3d-4d8e-9f5e-0a4b7c1d2e3f',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: '2026-11-20T03:15:00Z',
  region: 'eu-west-1',
  resources: [
    `arn:aws:events:eu-west-1:${account}:rule/patrol-aws-patrolHealth-production-Schedule-1A2B3C4D5E6F`,
  ],
  detail: {},
};

const well: Seen = {
  stacks: {
    value: [
      {
        value: {
          name: stack,
          status: 'UPDATE_COMPLETE',
          rule: 'cloudTrail',
          parts: {
            value: [
              {
                kind: 'EventBridge rule',
                name: eventRule,
                answer: { value: { kind: 'EventBridge rule', state: 'ENABLED', targets: 1 } },
              },
            ],
          },
        },
      },
    ],
  },
  metrics: { value: [] },
  canaries: [],
  topics: [
    {
      arn: topic,
      uses: [{ stack, what: 'gets the alerts' }],
      answer: { value: { isSubscribed: true, pending: 0 } },
    },
  ],
  trails: {
    value: [
      {
        arn: `arn:aws:cloudtrail:us-east-1:${account}:trail/main`,
        status: { value: { isLogging: true, deliveryError: '' } },
        selectors: { value: { basic: [{ ReadWriteType: 'All' }], advanced: [] } },
      },
    ],
  },
  announcements: { value: [] },
  stackSets: [],
  at: Date.parse('2026-11-20T03:15:00Z'),
};

const ports = (seen: Partial<Seen> = {}, failure?: string): HealthPorts => ({
  announcements: async () => ({ value: announced }),
  isAnswering: true,
  stackWith: async (_, id) => ({ value: id.includes('acme') ? undefined : stack }),
  look: async () => ({ ...well, ...seen }),
  beat: async () => failure,
});
/** What alice announced: an update of that stack, and a deletion of another. */
const announced: readonly Written[] = [
  {
    by: `arn:aws:iam::${account}:user/alice`,
    at: Date.parse('2026-11-20T18:00:00Z'),
    text: JSON.stringify({
      run: 'patrol-0d5f7a11',
      until: '2026-11-20T19:00:00.000Z',
      stacks: {
        [stack]: ['update', 'ab', 'cd'],
        'patrol-aws-rootLogin-old': ['delete'],
        'stackset/patrol-aws-cloudTrail-fleet': ['update', 'ab', 'cd'],
        'stackset/patrol-aws-rootLogin-fleet': ['remove', 'ab', 'cd'],
        'stackset/patrol-aws-assumeRole-fleet': ['remove'],
        'patrol-aws-assumeRole-old': ['recover'],
      },
    }),
  },
];
/** A call on a stack set at a time when alice's announcement holds. */
const onSet = (name: string, rule: string, fields: object = at('2026-11-20T18:10:00Z')): unknown =>
  call('cloudformation', name, { stackSetName: `patrol-aws-${rule}-fleet` }, fields);
/** An update that stack sets of the organisation make in one of its accounts. */
const bySet = (eventName: string, stackName: string, invokedBy = 'member.org.stacksets'): unknown =>
  call(
    'cloudformation',
    eventName,
    { stackName, changeSetName: 'StackSet-0f5d4c3b' },
    {
      userIdentity: {
        ...identities.assumedRole,
        invokedBy: `${invokedBy}.cloudformation.amazonaws.com`,
      },
    },
  );
const at = (eventTime: string): object => ({ eventTime });
const executed = (fields: object): unknown =>
  call(
    'cloudformation',
    'ExecuteChangeSet',
    { stackName: stack, changeSetName: changeSet('patrol-0d5f7a12') },
    fields,
  );
const deletion = call(
  'cloudformation',
  'DeleteStack',
  { stackName: 'patrol-aws-rootLogin-old' },
  at('2026-11-20T18:10:00Z'),
);
const unheard = {
  topics: [
    {
      arn: topic,
      uses: [{ stack, what: 'gets the alerts' }],
      answer: { value: { isSubscribed: false, pending: 1 } },
    },
  ],
};

describeRule(rule, {
  clients: ports(),
  alerts: {
    'a stack that alice deleted': [
      call('cloudformation', 'DeleteStack', {
        stackName: stack,
        clientRequestToken: 'patrol-0d5f7a11',
      }),
      critical(`Stack ${stack} deleted by IAM user alice`, {
        facts: { action: 'DeleteStack', target: stack },
        eventName: 'DeleteStack',
        targets: [{ type: 'AWS::CloudFormation::Stack', id: stack }],
        groupKey: `patrolHealth:${account}:arn:aws:iam::${account}:user/alice:DeleteStack`,
        undo: null,
        suppression: { parameter: 'ignoredResources', item: stack },
      }),
    ],
    'a stack that was deleted by its ARN': [
      call('cloudformation', 'DeleteStack', { stackName: stackArn }),
      critical(`Stack ${stack} deleted by IAM user alice`),
    ],
    'a stack that was deleted through CloudFormation itself, as StackSets do': [
      call('cloudformation', 'DeleteStack', { stackName: stack }, byCloudFormation),
      critical(`Stack ${stack} deleted by IAM user alice, through cloudformation.amazonaws.com`),
    ],
    'a stack that was updated without a change set': [
      call('cloudformation', 'UpdateStack', { stackName: stack, usePreviousTemplate: true }),
      high(`Stack ${stack} changed without patrol-deploy by IAM user alice`),
    ],
    'a stack of patrol-deploy that somebody put into a stack set of his own': [
      bySet('UpdateStack', stack),
      high(
        `Stack ${stack} changed without patrol-deploy by role Developer (session mallory), through member.org.stacksets.cloudformation.amazonaws.com`,
      ),
    ],
    'an instance that a stack set of another account changes': [
      bySet('UpdateStack', `StackSet-${stack}-0f5d4c3b`, 'stacksets'),
      high(
        `Stack StackSet-${stack}-0f5d4c3b changed without patrol-deploy by role Developer (session mallory), through stacksets.cloudformation.amazonaws.com`,
      ),
    ],
    'a stack set that somebody else changes while it is announced': [
      onSet('UpdateStackSet', 'cloudTrail', {
        ...at('2026-11-20T18:10:00Z'),
        userIdentity: identities.assumedRole,
      }),
      high('Stack set patrol-aws-cloudTrail-fleet changed by role Developer (session mallory)'),
    ],
    'a stack set that is changed after the announcement': [
      onSet('UpdateStackSet', 'cloudTrail', at('2026-11-20T19:10:00Z')),
      high('Stack set patrol-aws-cloudTrail-fleet changed by IAM user alice'),
    ],
    'a stack set that gets a template where only a loss of instances was announced': [
      onSet('UpdateStackSet', 'assumeRole'),
      high('Stack set patrol-aws-assumeRole-fleet changed by IAM user alice'),
      { parameters: { deployers: 'alice' } },
    ],
    'a stack that gets a template where only its recovery was announced': [
      call(
        'cloudformation',
        'ExecuteChangeSet',
        { stackName: 'patrol-aws-assumeRole-old', changeSetName: changeSet('patrol-0d5f7a12') },
        at('2026-11-20T18:10:00Z'),
      ),
      high('Stack patrol-aws-assumeRole-old changed by a change set by IAM user alice'),
    ],
    'a stack whose name was announced for a stack set': [
      call(
        'cloudformation',
        'ExecuteChangeSet',
        { stackName: 'patrol-aws-cloudTrail-fleet', changeSetName: changeSet('patrol-0d5f7a12') },
        at('2026-11-20T18:10:00Z'),
      ),
      high('Stack patrol-aws-cloudTrail-fleet changed by a change set by IAM user alice'),
    ],
    'instances that were deleted where an update was announced': [
      onSet('DeleteStackInstances', 'cloudTrail'),
      critical('Instances of stack set patrol-aws-cloudTrail-fleet deleted by IAM user alice'),
      { parameters: { deployers: 'alice' } },
    ],
    'instances that were deleted as announced, where nobody is named who deploys': [
      onSet('DeleteStackInstances', 'rootLogin'),
      critical('Instances of stack set patrol-aws-rootLogin-fleet deleted by IAM user alice'),
    ],
    'a stack set that was deleted where only instances were to go': [
      onSet('DeleteStackSet', 'rootLogin'),
      high('Stack set patrol-aws-rootLogin-fleet deleted by IAM user alice'),
      { parameters: { deployers: 'alice' } },
    ],
    'termination protection that was switched off': [
      call('cloudformation', 'UpdateTerminationProtection', {
        enableTerminationProtection: false,
        stackName: stack,
      }),
      high(`Termination protection of stack ${stack} switched off by IAM user alice`),
    ],
    'an EventBridge rule that was disabled': [
      call('events', 'DisableRule', { name: eventRule, eventBusName: 'default' }),
      critical(`EventBridge rule ${eventRule} disabled by IAM user alice`),
    ],
    'an EventBridge rule that was deleted by the root user': [
      call('events', 'DeleteRule', { name: eventRule }, { userIdentity: identities.root }),
      critical(`EventBridge rule ${eventRule} deleted by the root user of ${account}`),
    ],
    'an EventBridge rule that was disabled by PutRule': [
      call('events', 'PutRule', {
        name: eventRule,
        state: 'DISABLED',
        eventPattern: '{"source":["aws.ec2"]}',
      }),
      critical(`EventBridge rule ${eventRule} disabled by IAM user alice`),
    ],
    'an EventBridge rule whose pattern was changed': [
      call('events', 'PutRule', {
        name: eventRule,
        state: 'ENABLED',
        eventPattern: '{"source":["none"]}',
      }),
      critical(`EventBridge rule ${eventRule} changed by IAM user alice`),
    ],
    'an EventBridge rule whose targets were removed': [
      call(
        'events',
        'RemoveTargets',
        { rule: eventRule, ids: ['Function'] },
        { userIdentity: identities.assumedRole },
      ),
      critical(
        `Targets of EventBridge rule ${eventRule} removed by role Developer (session mallory)`,
      ),
    ],
    'a target that gets another input': [
      call('events', 'PutTargets', {
        rule: eventRule,
        targets: [{ id: 'Function', arn: functionArn, input: '{}' }],
      }),
      critical(`Targets of EventBridge rule ${eventRule} changed by IAM user alice`),
    ],
    'a function that was deleted': [
      call('lambda', 'DeleteFunction20150331', { functionName }),
      critical(`Function ${functionName} deleted by IAM user alice`),
    ],
    'a function that was stopped, by its ARN': [
      call('lambda', 'PutFunctionConcurrency20171031', {
        functionName: functionArn,
        reservedConcurrentExecutions: 0,
      }),
      critical(`Function ${functionName} given a reserved concurrency of 0 by IAM user alice`),
    ],
    'a function whose code was changed, by a part of its ARN': [
      call('lambda', 'UpdateFunctionCode20150331v2', {
        functionName: `${account}:function:${functionName}`,
        fullyQualifiedArn: {
          arnPrefix: { account, partition: 'aws', region: 'eu-west-1' },
          functionQualifier: {},
          relativeId: { functionName },
        },
        publish: false,
        dryRun: false,
      }),
      critical(`Code of function ${functionName} changed by IAM user alice`),
    ],
    'a function that nobody may invoke any more': [
      call('lambda', 'RemovePermission20150331v2', {
        functionName,
        statementId: `${stack}-EventRulePermission-1A2B3C4D5E6F`,
      }),
      critical(`Permission to invoke function ${functionName} removed by IAM user alice`),
    ],
    'a function whose failures are not kept any more': [
      call('lambda', 'DeleteFunctionEventInvokeConfig', { functionName }),
      high(`Retries and failure queue of function ${functionName} changed by IAM user alice`),
    ],
    'a role that may not publish any more': [
      call(
        'iam',
        'PutRolePolicy',
        { roleName: 'patrol-aws-cloudTrail-production-Role-1A2B3C4D5E6F', policyName: 'Deny' },
        { awsRegion: 'us-east-1' },
      ),
      critical(`Permissions of role ${stack}-Role-1A2B3C4D5E6F changed by IAM user alice`, {
        region: 'us-east-1',
      }),
    ],
    'a topic that was deleted': [
      call('sns', 'DeleteTopic', { topicArn: topic }),
      critical(`Topic ${stack}-AlertTopic-1A2B3C4D5E6F deleted by IAM user alice`),
    ],
    'a subscription that was removed': [
      call('sns', 'Unsubscribe', { subscriptionArn: `${topic}:${subscription}` }),
      critical(`Subscription to topic ${stack}-AlertTopic-1A2B3C4D5E6F removed by IAM user alice`),
    ],
    'a policy that lets nobody publish': [
      call('sns', 'SetTopicAttributes', {
        topicArn: topic,
        attributeName: 'Policy',
        attributeValue: '{}',
      }),
      critical(`Policy or key of topic ${stack}-AlertTopic-1A2B3C4D5E6F changed by IAM user alice`),
    ],
    'a filter that lets nothing through': [
      call('sns', 'SetSubscriptionAttributes', {
        subscriptionArn: `${topic}:${subscription}`,
        attributeName: 'FilterPolicy',
        attributeValue: '{"severity":["none"]}',
      }),
      high(
        `Filter or delivery of a subscription to topic ${stack}-AlertTopic-1A2B3C4D5E6F changed by IAM user alice`,
      ),
    ],
    'a subscription of a topic that the operator names': [
      call('sns', 'Unsubscribe', { subscriptionArn: `${shared}:${subscription}` }),
      critical(`Subscription to topic ${shared} removed by IAM user alice`),
      { parameters: { alertTopics: shared } },
    ],
    'several alarms that were deleted at once': [
      call('monitoring', 'DeleteAlarms', { alarmNames: ['cpu', alarm, `${alarm}x`] }),
      {
        ...high(`Alarm ${alarm} and 1 more deleted by IAM user alice`),
        summary: expect.stringContaining(`${alarm}, ${alarm}x by`),
      },
    ],
    'an alarm whose actions were disabled': [
      call('monitoring', 'DisableAlarmActions', { alarmNames: [alarm] }),
      high(`Actions of alarm ${alarm} disabled by IAM user alice`),
    ],
    'an alarm that was muted': [
      call('monitoring', 'PutAlarmMuteRule', {
        name: 'maintenance',
        rule: { schedule: { expression: 'cron(0 0 * * *)', duration: 'PT23H' } },
        muteTargets: { alarmNames: [alarm] },
      }),
      high(`Alarm ${alarm} muted by IAM user alice`),
    ],
    'a queue that was deleted': [
      call('sqs', 'DeleteQueue', {
        queueUrl: `https://sqs.eu-west-1.amazonaws.com/${account}/${stack}-FailureQueue-1A2B3C4D5E6F`,
      }),
      high(`Queue ${stack}-FailureQueue-1A2B3C4D5E6F deleted by IAM user alice`),
    ],
    'a log that was deleted': [
      call('logs', 'DeleteLogGroup', { logGroupName: `/aws/lambda/${stack}` }),
      high(`Log ${stack} deleted by IAM user alice`),
    ],
    'a queue that was emptied': [
      call('sqs', 'PurgeQueue', { queueUrl }),
      high(`Queue ${stack}-FailureQueue-1A2B3C4D5E6F emptied by IAM user alice`),
    ],
    'a queue that nobody may write to any more': [
      call('sqs', 'SetQueueAttributes', { queueUrl, attributes: { Policy: '{}' } }),
      high(
        `Policy, key or limits of queue ${stack}-FailureQueue-1A2B3C4D5E6F changed by IAM user alice`,
      ),
    ],
    'a queue that takes no event of ordinary size': [
      call('sqs', 'SetQueueAttributes', { queueUrl, attributes: { MaximumMessageSize: '1024' } }),
      high(
        `Policy, key or limits of queue ${stack}-FailureQueue-1A2B3C4D5E6F changed by IAM user alice`,
      ),
    ],
    'a queue that forgets': [
      call('sqs', 'SetQueueAttributes', {
        queueUrl,
        attributes: { VisibilityTimeout: '60', MessageRetentionPeriod: '60' },
      }),
      high(
        `Policy, key or limits of queue ${stack}-FailureQueue-1A2B3C4D5E6F changed by IAM user alice`,
      ),
    ],
    'a policy that the template of another stack puts on a queue': [
      queuePolicy({ ...sendMessage, Effect: 'Deny', Principal: '*' }),
      {
        ...high(`Policy, key or limits of queue ${deadLetters} changed by ${template}`),
        summary: expect.stringContaining('by a template, and not by one of Patrol'),
      },
    ],
    'a policy of another template that lets others write to a queue, and not EventBridge': [
      queuePolicy({ ...sendMessage, Principal: { AWS: account } }),
      high(`Policy, key or limits of queue ${deadLetters} changed by ${template}`),
    ],
    'a policy of another template on a queue that has none': [
      call(
        'sqs',
        'SetQueueAttributes',
        { queueUrl, attributes: { Policy: JSON.stringify({ Statement: [sendMessage] }) } },
        byCloudFormation,
      ),
      high(
        `Policy, key or limits of queue ${stack}-FailureQueue-1A2B3C4D5E6F changed by ${template}`,
      ),
    ],
    'a permission of another template on a function': [
      call(
        'lambda',
        'AddPermission20150331v2',
        { functionName, statementId: 'acme-Permission-1A2B3C4D5E6F', principal: '*' },
        byCloudFormation,
      ),
      high(`Permission to invoke function ${functionName} added by ${template}`),
    ],
    'a permission to run the rule, for somebody else': [
      call('lambda', 'AddPermission20150331v2', {
        functionName,
        statementId: 'other',
        action: 'lambda:InvokeFunction',
        principal: '444455556666',
      }),
      high(`Permission to invoke function ${functionName} added by IAM user alice`),
    ],
    'all permissions of a function': [
      call('lambda', 'DeleteResourcePolicy20260709', { resourceArn: functionArn }),
      critical(`Permissions to invoke function ${functionName} removed by IAM user alice`),
    ],
    'a metric filter of another template on a log': [
      call(
        'logs',
        'PutMetricFilter',
        { logGroupName: `/aws/lambda/${stack}`, filterName: 'acme-Filter-1A2B3C4D5E6F' },
        byCloudFormation,
      ),
      high(`Metric filter of log ${stack} changed by ${template}`),
    ],
    'a log whose entries are deleted early': [
      call('logs', 'PutRetentionPolicy', {
        logGroupName: `/aws/lambda/${stack}`,
        retentionInDays: 1,
      }),
      high(`Retention of log ${stack} changed by IAM user alice`),
    ],
    'a change set that was executed': [
      call('cloudformation', 'ExecuteChangeSet', { stackName: stack, changeSetName: 'x' }),
      high(`Stack ${stack} changed by a change set by IAM user alice`),
    ],
    'a change set that was executed by its ARN': [
      call('cloudformation', 'ExecuteChangeSet', { changeSetName: changeSet('x') }),
      high(`Stack ${stack} changed by a change set by IAM user alice`),
    ],
    'a change set of which CloudFormation does not say to which stack it belongs': [
      call('cloudformation', 'ExecuteChangeSet', { changeSetName: changeSet('x') }),
      {
        title: `Stack ${changeSet('x')} changed by a change set by IAM user alice`,
        severity: 'low',
        summary: expect.stringContaining('AWS did not say of which stack the change set is.'),
      },
      { clients: { ...ports(), stackWith: async () => refusal } },
    ],
    'a change set that patrol-deploy did not make': [
      call('cloudformation', 'CreateChangeSet', { stackName: stack, changeSetName: 'x' }),
      {
        title: `Change set for stack ${stack} made without patrol-deploy by IAM user alice`,
        severity: 'medium',
      },
    ],
    'a change set of patrol-deploy that was announced for another hour': [
      executed(at('2026-11-20T19:00:01Z')),
      high(`Stack ${stack} changed by a change set by IAM user alice`),
    ],
    'a change set of patrol-deploy that somebody else announced': [
      executed({ ...at('2026-11-20T18:10:00Z'), userIdentity: identities.assumedRole }),
      high(`Stack ${stack} changed by a change set by role Developer (session mallory)`),
    ],
    'a change set of patrol-deploy that was announced by somebody who is not to deploy': [
      executed(at('2026-11-20T18:10:00Z')),
      high(`Stack ${stack} changed by a change set by IAM user alice`),
      { parameters: { deployers: 'deploy' } },
    ],
    'a change set that is not one of patrol-deploy, although something was announced': [
      call(
        'cloudformation',
        'ExecuteChangeSet',
        { stackName: stack, changeSetName: 'x' },
        at('2026-11-20T18:10:00Z'),
      ),
      high(`Stack ${stack} changed by a change set by IAM user alice`),
    ],
    'a deletion that was announced, where nobody says who deploys': [
      deletion,
      critical('Stack patrol-aws-rootLogin-old deleted by IAM user alice'),
    ],
    'instances of a stack set': [
      call('cloudformation', 'DeleteStackInstances', {
        stackSetName: stack,
        accounts: ['444455556666'],
        regions: ['eu-west-1'],
      }),
      critical(`Instances of stack set ${stack} deleted by IAM user alice`),
    ],
    'a part of an instance of a stack set': [
      call('events', 'DisableRule', { name: `StackSet-${eventRule}` }),
      critical(`EventBridge rule StackSet-${eventRule} disabled by IAM user alice`),
    ],
    'an instance of a stack set that somebody updated': [
      call('cloudformation', 'UpdateStack', { stackName: `StackSet-${stack}-0f5d4c3b` }),
      high(`Stack StackSet-${stack}-0f5d4c3b changed without patrol-deploy by IAM user alice`),
    ],
    'a route of a webhook that wants a signature of AWS': [
      call('apigateway', 'UpdateRoute', {
        apiId: 'a1b2c3d4e5',
        routeId: 'r1',
        authorizationType: 'AWS_IAM',
      }),
      critical('Route of API a1b2c3d4e5 changed by IAM user alice', {
        targets: [{ type: 'AWS::ApiGatewayV2::Api', id: 'a1b2c3d4e5' }],
      }),
    ],
    'a route of an API of which AWS does not say whose it is': [
      call('apigateway', 'DeleteRoute', { apiId: 'a1b2c3d4e5', routeId: 'r1' }),
      {
        title: 'Route of API a1b2c3d4e5 deleted by IAM user alice',
        severity: 'low',
        summary: expect.stringContaining('AWS did not say of which stack this one is.'),
      },
      { clients: { ...ports(), stackWith: async () => refusal } },
    ],
    'the secret of a webhook': [
      call(
        'secretsmanager',
        'PutSecretValue',
        { secretId: 'WebhookSecret-1A2B3C4D5E6F' },
        { responseElements: { arn: webhookSecret } },
      ),
      critical('Value of secret WebhookSecret-1A2B3C4D5E6F changed by IAM user alice'),
    ],
    'a secret that patrol-deploy stored': [
      call('secretsmanager', 'DeleteSecret', {
        secretId: `arn:aws:secretsmanager:eu-west-1:${account}:secret:patrol/${stack}/Token-a1B2c3`,
      }),
      critical(`Secret patrol/${stack}/Token-a1B2c3 deleted by IAM user alice`),
    ],
    'what was announced, so that nobody looks at how it ended': [
      call('ssm', 'DeleteParameter', { name: '/patrol/announcement' }),
      {
        title: 'Announcements of deployments (/patrol/announcement) deleted by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::SSM::Parameter', id: '/patrol/announcement' }],
      },
    ],
    'what was announced, among other parameters': [
      call('ssm', 'DeleteParameters', { names: ['/payments/url', '/patrol/announcement'] }),
      {
        title: 'Announcements of deployments (/patrol/announcement) deleted by IAM user alice',
        severity: 'high',
      },
    ],
    'what was announced, by the template of another stack': [
      call(
        'ssm',
        'DeleteParameter',
        { name: '/patrol/announcement' },
        { userIdentity: { ...identities.assumedRole, invokedBy: 'cloudformation.amazonaws.com' } },
      ),
      { title: expect.stringContaining('Announcements of deployments'), severity: 'high' },
    ],
    'the key of a topic, by its id': [
      apiCallRecord('kms.amazonaws.com', 'DisableKey', {
        requestParameters: { keyId: '0f5d4c3b-0000-4000-8000-000000000001' },
        resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: alertKey }],
      }),
      critical(`Key ${alertKey} disabled by IAM user alice`),
      { parameters: { alertKeys: alertKey } },
    ],
    'the bus on which AWS puts its events, given a key': [
      call('events', 'UpdateEventBus', { name: 'default', kmsKeyIdentifier: alertKey }),
      critical('Event bus default changed by IAM user alice'),
    ],
    'the topic of a whole fleet': [
      call('sns', 'DeleteTopic', { topicArn: `${baseTopic}-alerts` }),
      critical('Topic patrol-base-security-production-alerts deleted by IAM user alice'),
    ],
    'a filter on the topic of a whole fleet': [
      call('sns', 'SetSubscriptionAttributes', {
        subscriptionArn: `${baseTopic}-alarms:${subscription}`,
        attributeName: 'FilterPolicy',
        attributeValue: '{}',
      }),
      critical(
        'Filter or delivery of a subscription to topic patrol-base-security-production-alarms changed by IAM user alice',
      ),
    ],
    "a filter on the operator's own topic": [
      call('sns', 'SetSubscriptionAttributes', {
        subscriptionArn: `${shared}:${subscription}`,
        attributeName: 'FilterPolicy',
        attributeValue: '{}',
      }),
      critical(`Filter or delivery of a subscription to topic ${shared} changed by IAM user alice`),
      { parameters: { alertTopics: shared } },
    ],
    'a policy of another template that denies on the topic of a whole fleet': [
      call(
        'sns',
        'SetTopicAttributes',
        {
          topicArn: `${baseTopic}-alerts`,
          attributeName: 'Policy',
          attributeValue: '{"Statement":{"Effect":"Deny","Principal":"*","Action":"sns:Publish"}}',
        },
        byCloudFormation,
      ),
      critical(
        `Policy or key of topic patrol-base-security-production-alerts changed by ${template}`,
      ),
    ],
    'an alarm that was silenced by setting its state': [
      call('monitoring', 'SetAlarmState', { alarmName: alarm, stateValue: 'OK', stateReason: '-' }),
      high(`State of alarm ${alarm} set by hand by IAM user alice`),
    ],
    'a table that was deleted': [
      call('dynamodb', 'DeleteTable', { tableName: `${stack}-Memory-1A2B3C4D5E6F` }),
      high(`Table ${stack}-Memory-1A2B3C4D5E6F deleted by IAM user alice`),
    ],
    'a policy that the template of another stack puts on a role': [
      onRole('PutRolePolicy', policy('Extra', 'Deny')),
      {
        ...high(`Permissions of role ${roleName} changed by ${template}`),
        summary: expect.stringContaining('by a template, and not by one of Patrol'),
      },
    ],
    'a policy of another template that only allows': [
      onRole('PutRolePolicy', policy('Extra', 'Allow')),
      high(`Permissions of role ${roleName} changed by ${template}`),
    ],
    'a policy of another template that has the name of ours, and denies': [
      onRole('PutRolePolicy', policy('Rule', 'Allow', 'Deny')),
      high(`Permissions of role ${roleName} changed by ${template}`),
    ],
    'a policy of that name that cannot be read': [
      onRole('PutRolePolicy', { policyName: 'Rule' }),
      high(`Permissions of role ${roleName} changed by ${template}`),
    ],
    'a managed policy that a template attaches': [
      onRole('AttachRolePolicy', { policyArn: 'arn:aws:iam::aws:policy/AWSDenyAll' }),
      high(`Permissions of role ${roleName} changed by ${template}`),
    ],
    'a policy that the template of another stack puts on the topic of the alerts': [
      call(
        'sns',
        'SetTopicAttributes',
        { topicArn: topic, attributeName: 'Policy', attributeValue: '{}' },
        byCloudFormation,
      ),
      high(`Policy or key of topic ${stack}-AlertTopic-1A2B3C4D5E6F changed by ${template}`),
    ],
    "a policy that a template puts on the operator's own topic": [
      call(
        'sns',
        'SetTopicAttributes',
        { topicArn: shared, attributeName: 'Policy', attributeValue: '{}' },
        byCloudFormation,
      ),
      high(`Policy or key of topic ${shared} changed by ${template}`),
      { parameters: { alertTopics: shared } },
    ],
    'a stack of a package of another maker': [
      call('cloudformation', 'DeleteStack', { stackName: 'patrol-acme-rootLogin-production' }),
      critical('Stack patrol-acme-rootLogin-production deleted by IAM user alice'),
    ],
    "a stack that may be somebody else's": [
      call('cloudformation', 'DeleteStack', { stackName: 'patrol-car-fleet-api' }),
      {
        title: 'Stack patrol-car-fleet-api deleted by IAM user alice',
        severity: 'low',
        summary: expect.stringMatching(/Whether patrol-car-fleet-api is Patrol's is not certain/),
      },
    ],
    'a resource that was deleted through Cloud Control': [
      call('cloudcontrolapi', 'DeleteResource', {
        typeName: 'AWS::Events::Rule',
        identifier: `arn:aws:events:eu-west-1:${account}:rule/${eventRule}`,
      }),
      critical(`${eventRule} deleted by IAM user alice`),
    ],
    'a denied attempt whose message names the target': [
      call('events', 'DisableRule', null, {
        ...denied('events:DisableRule', `arn:aws:events:eu-west-1:${account}:rule/${eventRule}`),
      }),
      high(`Denied attempt: EventBridge rule ${eventRule} disabled by IAM user alice`),
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a topic that nobody hears': [
      clock,
      {
        title: `Nobody is subscribed to ${topic}`,
        severity: 'critical',
        dedupKey: `patrolHealth:${account}:eu-west-1:topic:${topic}`,
      },
      { clients: ports(unheard) },
    ],
    'several things at once': [
      clock,
      [
        { title: `Nobody is subscribed to ${topic}` },
        { title: 'CloudTrail records no API calls in this region' },
      ],
      { clients: ports({ ...unheard, trails: { value: [] } }) },
    ],
    'a rule that is not deployed': [
      clock,
      { title: 'The rule rootLogin is not deployed in this region' },
      { parameters: { expectedRules: 'cloudTrail, rootLogin' } },
    ],
    'a heartbeat that does not get through': [
      clock,
      { title: 'The heartbeat of Patrol does not get through', severity: 'medium' },
      {
        parameters: { heartbeatUrl: 'https://beats.example/ping/0123' },
        clients: ports({}, 'it answered 404'),
      },
    ],
  },
  quiet: {
    'a run in which all is well': [clock],
    'a heartbeat that gets through': [
      clock,
      { parameters: { heartbeatUrl: 'https://beats.example/ping/0123' } },
    ],
    'what CloudFormation does while it deletes a stack': [
      call('events', 'DeleteRule', { name: eventRule }, byCloudFormation),
    ],
    'what CloudFormation does for a role of its own': [
      call(
        'lambda',
        'UpdateFunctionCode20150331v2',
        { functionName },
        {
          ...byCloudFormation,
          userIdentity: { ...identities.assumedRole, invokedBy: 'cloudformation.amazonaws.com' },
        },
      ),
    ],
    'the policies that our own templates give a role': [
      onRole('PutRolePolicy', policy('Rule', 'Allow', 'Allow')),
    ],
    'a policy of our own templates that goes with the stack': [
      onRole('DeleteRolePolicy', { policyName: 'DispatchTopic' }),
    ],
    'the policy that our own templates give a topic that runs a rule': [
      call(
        'sns',
        'SetTopicAttributes',
        { topicArn: sourceTopic, attributeName: 'Policy', attributeValue: '{}' },
        byCloudFormation,
      ),
    ],
    'the display name that our own templates give a topic': [
      call(
        'sns',
        'SetTopicAttributes',
        { topicArn: topic, attributeName: 'DisplayName', attributeValue: 'Patrol' },
        byCloudFormation,
      ),
    ],
    'the policy that our own templates give a queue': [queuePolicy(sendMessage)],
    'limits of a queue as our own templates have them': [
      call('sqs', 'SetQueueAttributes', {
        queueUrl,
        attributes: { MessageRetentionPeriod: '1209600', SqsManagedSseEnabled: 'true' },
      }),
    ],
    'a permission that our own templates give a service': [
      call(
        'lambda',
        'AddPermission20150331v2',
        { functionName, statementId: `${stack}-EventRulePermission-1A2B3C4D5E6F` },
        byCloudFormation,
      ),
    ],
    'a permission of our own templates that goes with the stack': [
      call(
        'lambda',
        'RemovePermission20150331v2',
        { functionName, statementId: `${stack}-EventRulePermission-1A2B3C4D5E6F` },
        byCloudFormation,
      ),
    ],
    'the metric filter of our own templates': [
      call(
        'logs',
        'PutMetricFilter',
        {
          logGroupName: `/aws/lambda/${stack}`,
          filterName: `${stack}-WebhookRefusedMetric-1A2B3C4D5E6F`,
        },
        byCloudFormation,
      ),
    ],
    'the policy by which a fleet lets its organization publish': [
      call(
        'sns',
        'SetTopicAttributes',
        {
          topicArn: `${baseTopic}-alerts`,
          attributeName: 'Policy',
          attributeValue:
            '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sns:Publish"}]}',
        },
        byCloudFormation,
      ),
    ],
    'an instance of a stack set that the stack set updates': [
      call(
        'cloudformation',
        'UpdateStack',
        { stackName: `StackSet-${stack}-0f5d4c3b` },
        {
          userIdentity: {
            ...identities.assumedRole,
            invokedBy: 'member.org.stacksets.cloudformation.amazonaws.com',
          },
        },
      ),
    ],
    'a change set that the stack set executes for its instance': [
      bySet('ExecuteChangeSet', `StackSet-${stack}-0f5d4c3b`),
    ],
    'a stack set that was announced': [onSet('UpdateStackSet', 'cloudTrail')],
    'instances that were added as announced': [onSet('CreateStackInstances', 'cloudTrail')],
    'instances that were deleted as one of those who deploy announced': [
      onSet('DeleteStackInstances', 'rootLogin'),
      { parameters: { deployers: 'user/alice, alice' } },
    ],
    'instances that were deleted as announced, without a template': [
      onSet('DeleteStackInstances', 'assumeRole'),
      { parameters: { deployers: 'alice' } },
    ],
    'a recovery that was announced': [
      call(
        'cloudformation',
        'ContinueUpdateRollback',
        { stackName: 'patrol-aws-assumeRole-old' },
        at('2026-11-20T18:10:00Z'),
      ),
    ],
    'a change set that patrol-deploy makes': [
      call('cloudformation', 'CreateChangeSet', {
        stackName: stack,
        changeSetName: 'patrol-0d5f7a11',
      }),
    ],
    'a change set of patrol-deploy that was announced': [executed(at('2026-11-20T18:10:00Z'))],
    'a change set that was announced within the same second': [
      executed(at('2026-11-20T18:00:00Z')),
    ],
    'a deletion that was announced by who deploys': [
      deletion,
      { parameters: { deployers: 'alice' } },
    ],
    'a value of a secret that was announced with its stack': [
      call(
        'secretsmanager',
        'PutSecretValue',
        { secretId: `patrol/${stack}/Token` },
        at('2026-11-20T18:10:00Z'),
      ),
    ],
    'a change set of another stack, by its ARN': [
      call('cloudformation', 'ExecuteChangeSet', { changeSetName: changeSet('acme') }),
    ],
    'an API of another stack': [
      call('apigateway', 'DeleteApi', { apiId: 'a1b2c3d4e5' }),
      { clients: { ...ports(), stackWith: async () => ({ value: 'acme-shop' }) } },
    ],
    'an API of no stack': [
      call('apigateway', 'DeleteApi', { apiId: 'a1b2c3d4e5' }),
      { clients: { ...ports(), stackWith: async () => ({ value: undefined }) } },
    ],
    'a key of somebody else': [
      call('kms', 'DisableKey', { keyId: alertKey.replace('0f5d', '1f5d') }),
      { parameters: { alertKeys: alertKey } },
    ],
    'another event bus, given a key': [
      call('events', 'UpdateEventBus', { name: 'patrol-orders', kmsKeyIdentifier: alertKey }),
    ],
    'the bus of AWS, given a description': [
      call('events', 'UpdateEventBus', { name: 'default', description: 'events' }),
    ],
    'a queue that hides messages for longer': [
      call('sqs', 'SetQueueAttributes', { queueUrl, attributes: { VisibilityTimeout: '60' } }),
    ],
    'an alarm that is made to ring, as a test': [
      call('monitoring', 'SetAlarmState', { alarmName: alarm, stateValue: 'ALARM' }),
    ],
    'termination protection that was switched on': [
      call('cloudformation', 'UpdateTerminationProtection', {
        enableTerminationProtection: true,
        stackName: stack,
      }),
    ],
    'a function that got some concurrency of its own': [
      call('lambda', 'PutFunctionConcurrency20171031', {
        functionName,
        reservedConcurrentExecutions: 5,
      }),
    ],
    'a function that was given back its concurrency': [
      call('lambda', 'DeleteFunctionConcurrency20171031', { functionName }),
    ],
    'a change of code that was only tried': [
      call('lambda', 'UpdateFunctionCode20150331v2', { functionName, dryRun: true }),
    ],
    'attributes of a topic that keep nothing back': [
      call('sns', 'SetTopicAttributes', {
        topicArn: topic,
        attributeName: 'DisplayName',
        attributeValue: 'Alerts',
      }),
    ],
    'topics and subscriptions of others': [
      call('sns', 'Unsubscribe', { subscriptionArn: `${shared}:${subscription}` }),
    ],
    'what CloudFormation does, known by either of two fields': [
      call(
        'events',
        'DeleteRule',
        { name: eventRule },
        { userIdentity: identities.serviceForUser },
      ),
    ],
    'what CloudFormation does, known by the other': [
      call(
        'events',
        'DeleteRule',
        { name: eventRule },
        { sourceIPAddress: 'cloudformation.amazonaws.com' },
      ),
    ],
    'a name that only begins like one of ours': [
      call('events', 'DeleteRule', { name: 'patrol-nightly-job' }),
    ],
    'a denied attempt': [
      call('events', 'DisableRule', null, {
        ...denied('events:DisableRule', `arn:aws:events:eu-west-1:${account}:rule/${eventRule}`),
      }),
    ],
    'a denied attempt on something else': [
      call('events', 'DisableRule', null, {
        ...denied('events:DisableRule', `arn:aws:events:eu-west-1:${account}:rule/nightly`),
      }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a denied attempt of which nothing is known': [
      call('events', 'DisableRule', null, {
        errorCode: 'AccessDenied',
        errorMessage: 'An unknown error occurred',
      }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a rule that did not exist': [
      call(
        'events',
        'DisableRule',
        { name: eventRule },
        { errorCode: 'ResourceNotFoundException' },
      ),
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  suppressed: {
    'a stack that the operator ignores': [
      call('cloudformation', 'DeleteStack', { stackName: stackArn }),
      'patrol-*-production',
      { parameters: { ignoredResources: 'patrol-aws-x-y, patrol-*-production' } },
    ],
    'a resource of a stack that the operator ignores': [
      call('events', 'DeleteRule', { name: eventRule }),
      stack,
      { parameters: { ignoredResources: stack } },
    ],
    'a topic that the operator ignores': [
      call('sns', 'Unsubscribe', { subscriptionArn: `${topic}:${subscription}` }),
      topic,
      { parameters: { ignoredResources: topic } },
    ],
    'a finding of a run': [
      clock,
      stack,
      { parameters: { ignoredResources: stack }, clients: ports(unheard) },
    ],
  },
  refuses: {
    'a call that does not say what it was done to': [
      call('sqs', 'DeleteQueue', null),
      'expected queueUrl in the request parameters, found undefined',
    ],
  },
});

test('several alarms are muted only when all of them are', async () => {
  const other = 'patrol-aws-rootLogin-staging-ErrorsAlarm-1A2B3C4D5E6F';
  const event = call('monitoring', 'DeleteAlarms', { alarmNames: [alarm, other] });
  const muting = async (ignoredResources: string): Promise<number> =>
    (await run(rule, event, { parameters: { ignoredResources } })).alerts.length;
  expect(await muting(stack)).toBe(1);
  expect(await muting(`${stack}, patrol-*-staging`)).toBe(0);
});

describe('every call that does harm', () => {
  const key = `arn:aws:kms:eu-west-1:${account}:key/0f5d4c3b-0000-4000-8000-000000000001`;
  const names: Readonly<Record<string, string>> = {
    apiId: 'a1b2c3d4e5',
    keyId: key,
    logGroupIdentifier: `arn:aws:logs:eu-west-1:${account}:log-group:/aws/lambda/${stack}`,
    logGroupName: `/aws/lambda/${stack}`,
    queueUrl: `https://queue.amazonaws.com/${account}/${stack}-FailureQueue-1A2B3C4D5E6F`,
    resourceArn: `${topic}`,
    secretId: `patrol/${stack}/Token`,
    sourceArn: `arn:aws:sqs:eu-west-1:${account}:${stack}-FailureQueue-1A2B3C4D5E6F`,
    stackName: stack,
    stackSetName: stack,
    subscriptionArn: `${topic}:${subscription}`,
    topicArn: topic,
  };
  const named = (target: string): string => names[target] ?? `${stack}-Any-1A2B3C4D5E6F`;
  /** What else a request has to have, for the call to do harm. */
  const more: Readonly<Record<string, object>> = {
    'events.UpdateEventBus': { name: 'default', kmsKeyIdentifier: 'alias/mine' },
    'ssm.DeleteParameter': { name: '/patrol/announcement' },
    'ssm.DeleteParameters': { names: ['/patrol/announcement'] },
    'cloudformation.CreateStackRefactor': { stackDefinitions: [{ stackName: stack }] },
  };
  const options = { parameters: { alertKeys: key }, clients: ports() };
  /** The calls whose names Lambda's records give with a version of the API. */
  const versions: Readonly<Record<string, string>> = {
    DeleteFunction: '20150331',
    PutFunctionConcurrency: '20171031',
    RemovePermission: '20150331v2',
    UpdateFunctionCode: '20150331v2',
    UpdateFunctionConfiguration: '20150331v2',
  };
  const cases = [...tamperingCalls].map(([key, known]) => {
    const [service = '', name = ''] = key.split('.');
    const value = known.target.endsWith('s') ? [named(known.target)] : named(known.target);
    const parameters = known.target
      .split('.')
      .reduceRight<unknown>((inner, field) => ({ [field]: inner }), value);
    const version = service === 'lambda' ? (versions[name] ?? '') : '';
    const request = { ...(parameters as object), ...more[key] };
    return [key, service, name + version, request] as const;
  });

  test.each(cases)('%s is delivered and alerted on', async (_, service, name, parameters) => {
    const { alerts } = await run(rule, call(service, name, parameters), options);
    expect(alerts).toHaveLength(1);
    const [alert] = alerts;
    const isUnnamed = /^(kms|apigateway|ssm|events\.UpdateEventBus)/.test(`${service}.${name}`);
    expect(alert?.title).toContain(isUnnamed ? '' : stack);
    expect(alert?.summary).not.toContain('not certain');
  });

  test.each(cases)('%s of others is not', async (_, service, name, parameters) => {
    const others: unknown = JSON.parse(
      JSON.stringify(parameters)
        .replaceAll(stack, 'acme-patrol-production')
        .replace('a1b2c3d4e5', 'acme')
        .replace(key, key.replace('0f5d', '1f5d'))
        .replace('"default"', '"orders"')
        .replace('/patrol/', '/payments/'),
    );
    const asked = run(rule, call(service, name, others as object), options);
    const { alerts } = await asked.catch((error: unknown) => {
      expect(String(error)).toContain('would never receive this event');
      return { alerts: [] };
    });
    expect(alerts).toEqual([]);
  });

  test.each(cases)(
    '%s by CloudFormation is a deployment, unless no template of ours does it',
    async (key, service, name, parameters) => {
      const event = call(service, name, parameters, byCloudFormation);
      const { alerts } = await run(rule, event, options);
      const isTold = key.startsWith('cloudformation.') || tamperingCalls.get(key)?.isDeployment;
      expect(alerts).toHaveLength(isTold ? 1 : 0);
    },
  );

  test.each(cases)(
    '%s by every kind of principal is alerted on',
    async (_, service, name, parameters) => {
      for (const [kind, userIdentity] of Object.entries(identities)) {
        if (kind === 'serviceForUser') continue;
        const event = call(service, name, parameters, { userIdentity });
        const { alerts } = await run(rule, event, options);
        expect(alerts).toHaveLength(1);
      }
    },
  );
});

describe('every call on what tells people', () => {
  const base = 'patrol-base-security-production';
  const named = (id: string): string => `${base}-${id}-1A2B3C4D5E6F`;
  const functionName = named('Notifier');
  const tableName = named('NotifierTable');
  const table = `arn:aws:dynamodb:eu-west-1:${account}:table/${tableName}`;
  const writer = (role: string, stack = base): object => ({
    resourceArn: table,
    policy: JSON.stringify({
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 'dynamodb:PutItem',
        Resource: '*',
        Condition: {
          ArnNotEquals: {
            'aws:PrincipalArn': `arn:aws:iam::${account}:role/${stack}-${role}-1A2B3C4D5E6F`,
          },
        },
      },
    }),
  });
  const held = `https://sqs.eu-west-1.amazonaws.com/${account}/${named('NotifierHeldQueue')}`;
  const machines = `${baseTopic}-machines`;
  const people = `${baseTopic}-alerts`;
  const log = `/aws/lambda/${base}-notifier`;
  const tick = named('NotifierTick');
  const alarm = named('NotifierTroubleAlarm');
  const role = { roleName: named('NotifierRole') };
  const ofTable = (policyName: string): object => ({ ...role, ...policy(policyName, 'Allow') });

  /** The calls that a deployment of the base stack makes too, with what it asks for. */
  const byBoth: readonly (readonly [service: string, name: string, request: object])[] = [
    ['lambda', 'UpdateFunctionCode20150331v2', { functionName }],
    ['lambda', 'UpdateFunctionConfiguration20150331v2', { functionName }],
    ['lambda', 'DeleteFunction20150331', { functionName }],
    ['lambda', 'PutFunctionConcurrency20171031', { functionName, reservedConcurrentExecutions: 0 }],
    [
      'lambda',
      'AddPermission20150331v2',
      { functionName, statementId: named('NotifierPermission') },
    ],
    [
      'lambda',
      'RemovePermission20150331v2',
      { functionName, statementId: named('NotifierPermission') },
    ],
    ['lambda', 'UpdateFunctionEventInvokeConfig', { functionName, maximumRetryAttempts: 0 }],
    ['lambda', 'DeleteFunctionEventInvokeConfig', { functionName }],
    ['lambda', 'UpdateAlias20150331', { functionName, name: 'mute' }],
    ['lambda', 'DeleteAlias20150331', { functionName, name: 'mute' }],
    ['dynamodb', 'DeleteTable', { tableName }],
    ['dynamodb', 'UpdateTable', { tableName }],
    ['dynamodb', 'UpdateTimeToLive', { tableName }],
    ['dynamodb', 'PutResourcePolicy', writer('NotifierRole')],
    ['sqs', 'DeleteQueue', { queueUrl: held }],
    ['sqs', 'PurgeQueue', { queueUrl: held }],
    ['sns', 'DeleteTopic', { topicArn: machines }],
    ['sns', 'DeleteTopic', { topicArn: people }],
    ['sns', 'Subscribe', { topicArn: machines, protocol: 'https' }],
    ['sns', 'Unsubscribe', { subscriptionArn: `${machines}:${subscription}` }],
    ['sns', 'Unsubscribe', { subscriptionArn: `${people}:${subscription}` }],
    [
      'sns',
      'SetSubscriptionAttributes',
      { subscriptionArn: `${machines}:${subscription}`, attributeName: 'FilterPolicy' },
    ],
    ['events', 'DisableRule', { name: tick }],
    ['events', 'RemoveTargets', { rule: tick, ids: ['Notifier'] }],
    ['logs', 'DeleteLogGroup', { logGroupName: log }],
    ['logs', 'PutRetentionPolicy', { logGroupName: log, retentionInDays: 1 }],
    ['logs', 'DeleteMetricFilter', { logGroupName: log, filterName: named('NotifierTrouble') }],
    ['logs', 'PutMetricFilter', { logGroupName: log, filterName: named('NotifierTrouble') }],
    ['iam', 'PutRolePolicy', ofTable('Notifier')],
    ['iam', 'DeleteRolePolicy', { ...role, policyName: 'DispatchTopic' }],
    ['iam', 'DeleteRole', role],
    ['monitoring', 'DeleteAlarms', { alarmNames: [alarm] }],
    ['monitoring', 'PutMetricAlarm', { alarmName: alarm }],
    ['monitoring', 'DisableAlarmActions', { alarmNames: [alarm] }],
  ];
  test.each(byBoth)(
    '%s %s is critical, and part of a deployment',
    async (service, name, request) => {
      const made = await run(rule, call(service, name, request));
      expect(made.alerts).toMatchObject([severe]);
      expect(made.alerts[0]?.title).toContain(base);
      const deployed = await run(rule, call(service, name, request, byCloudFormation));
      expect(deployed.alerts).toEqual([]);
      const ignored = { parameters: { ignoredResources: base } };
      expect((await run(rule, call(service, name, request), ignored)).alerts).toEqual([]);
    },
  );

  /** The calls that no deployment makes, or not so. */
  test.each<readonly [service: string, name: string, request: object]>([
    ['lambda', 'AddPermission20150331v2', { functionName, statementId: 'mine' }],
    ['lambda', 'CreateFunctionUrlConfig', { functionName }],
    ['dynamodb', 'DeleteResourcePolicy', { resourceArn: table }],
    ['dynamodb', 'PutResourcePolicy', writer('Role')],
    ['dynamodb', 'PutResourcePolicy', writer('NotifierRole', 'patrol-base-other-production')],
    ['dynamodb', 'PutResourcePolicy', { resourceArn: table, policy: '{}' }],
    ['sqs', 'AddPermission', { queueUrl: held }],
    ['sns', 'AddPermission', { topicArn: machines }],
    ['logs', 'DeleteMetricFilter', { logGroupName: log, filterName: 'mine' }],
    ['iam', 'PutRolePolicy', ofTable('Mine')],
    ['iam', 'AttachRolePolicy', role],
    ['iam', 'PutRolePermissionsBoundary', role],
    ['monitoring', 'PutAlarmMuteRule', { muteTargets: { alarmNames: [alarm] } }],
  ])('%s %s %j is critical, and no deployment', async (service, name, request) => {
    expect((await run(rule, call(service, name, request))).alerts).toMatchObject([severe]);
    const deployed = await run(rule, call(service, name, request, byCloudFormation));
    expect(deployed.alerts).toHaveLength(1);
  });

  test('the policies of a role of the notifier are not those of a rule’s role', async () => {
    const { alerts } = await run(rule, onRole('PutRolePolicy', policy('Notifier', 'Allow')));
    expect(alerts).toHaveLength(1);
  });
});

test('what was seen is not told for a call', async () => {
  const parameters = readParameters({ ...rule.parameters }, () => undefined);
  const nobody = {
    isAnswering: true,
    announcements: () => expect.unreachable(),
    look: () => expect.unreachable(),
    beat: () => expect.unreachable(),
    stackWith: () => expect.unreachable(),
  } as const;
  const evaluate = evaluator(rule, { parameters, clients: nobody });
  const { alerts } = await evaluate({
    ...clock,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.events',
    detail: call('events', 'DisableRule', { name: eventRule }),
  });
  expect(alerts).toHaveLength(1);
});

describe('parameters', () => {
  const reading = (name: string, value: string) => (): unknown =>
    readParameters(rule.parameters, (asked) => (asked === name ? value : undefined));
  test.each([
    ['ignoredResources', '*'],
    ['ignoredResources', 'patrol-*'],
    ['ignoredResources', 'patrol-*-*'],
    ['ignoredResources', 'arn:*'],
    ['alertTopics', 'security-alerts'],
    ['alertKeys', 'alias/alerts'],
    ['heartbeatUrl', 'http://beats.example/'],
    ['heartbeatUrl', 'https://user:secret@beats.example/'],
  ])('%s refuses %s', (name, value) => {
    expect(reading(name, value)).toThrow(name);
  });
  test.each([
    ['ignoredResources', 'patrol-*-staging, patrol-aws-x-production'],
    ['ignoredResources', `${shared}, arn:aws:cloudtrail:*:111122223333:trail/main`],
    ['alertKeys', alertKey],
    ['ignoredResources', 'StackSet-patrol-aws-x-production-*'],
    ['alertTopics', `${shared}, arn:aws:sns:*:111122223333:security-*`],
    ['heartbeatUrl', 'https://hc-ping.example:8443/ping/0123?rid=4'],
    ['heartbeatUrl', 'https://beats.example'],
  ])('%s takes %s', (name, value) => {
    expect(reading(name, value)).not.toThrow();
  });
});
