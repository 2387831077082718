import { evaluator, readParameters } from '@patrol/core/evaluation';
import { apiCallRecord, denied, describeRule, identities, run } from '@patrol/core/testing';
import { describe, expect, test } from 'vitest';
import type { HealthPorts, Seen } from '../../lib/health/seen.ts';
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
};

const ports = (seen: Partial<Seen> = {}, failure?: string): HealthPorts => ({
  look: async () => ({ ...well, ...seen }),
  beat: async () => failure,
});
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
        `Filter of a subscription to topic ${stack}-AlertTopic-1A2B3C4D5E6F changed by IAM user alice`,
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
        `Policy, key or retention of queue ${stack}-FailureQueue-1A2B3C4D5E6F changed by IAM user alice`,
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
  const named = (target: string): string =>
    target === 'stackName'
      ? stack
      : target.endsWith('Arn')
        ? topic
        : target === 'queueUrl'
          ? `https://queue.amazonaws.com/${account}/${stack}-FailureQueue-1A2B3C4D5E6F`
          : target === 'logGroupName'
            ? `/aws/lambda/${stack}`
            : `${stack}-Any-1A2B3C4D5E6F`;
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
    return [key, service, name + version, parameters as object] as const;
  });

  test.each(cases)('%s is delivered and alerted on', async (_, service, name, parameters) => {
    const { alerts } = await run(rule, call(service, name, parameters));
    expect(alerts).toMatchObject([{ title: expect.stringContaining(stack) }]);
  });

  test.each(cases)('%s of others is not', async (_, service, name, parameters) => {
    const others: unknown = JSON.parse(
      JSON.stringify(parameters).replaceAll(stack, 'acme-patrol-production'),
    );
    const asked = run(rule, call(service, name, others as object));
    const { alerts } = await asked.catch((error: unknown) => {
      expect(String(error)).toContain('would never receive this event');
      return { alerts: [] };
    });
    expect(alerts).toEqual([]);
  });

  test.each(cases)(
    '%s by CloudFormation is a deployment, unless no template of ours does it',
    async (key, service, name, parameters) => {
      const { alerts } = await run(rule, call(service, name, parameters, byCloudFormation));
      const isTold = key.startsWith('cloudformation.') || tamperingCalls.get(key)?.isDeployment;
      expect(alerts).toHaveLength(isTold ? 1 : 0);
    },
  );

  test.each(cases)(
    '%s by every kind of principal is alerted on',
    async (_, service, name, parameters) => {
      for (const [kind, userIdentity] of Object.entries(identities)) {
        if (kind === 'serviceForUser') continue;
        const { alerts } = await run(rule, call(service, name, parameters, { userIdentity }));
        expect(alerts).toHaveLength(1);
      }
    },
  );
});

test('what was seen is not told for a call', async () => {
  const parameters = readParameters({ ...rule.parameters }, () => undefined);
  const nobody = { look: () => expect.unreachable(), beat: () => expect.unreachable() };
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
    ['heartbeatUrl', 'http://beats.example/'],
    ['heartbeatUrl', 'https://user:secret@beats.example/'],
  ])('%s refuses %s', (name, value) => {
    expect(reading(name, value)).toThrow(name);
  });
  test.each([
    ['ignoredResources', 'patrol-*-staging, patrol-aws-x-production'],
    ['ignoredResources', `${shared}, arn:aws:cloudtrail:*:111122223333:trail/main`],
    ['alertTopics', `${shared}, arn:aws:sns:*:111122223333:security-*`],
    ['heartbeatUrl', 'https://hc-ping.example:8443/ping/0123?rid=4'],
    ['heartbeatUrl', 'https://beats.example'],
  ])('%s takes %s', (name, value) => {
    expect(reading(name, value)).not.toThrow();
  });
});
