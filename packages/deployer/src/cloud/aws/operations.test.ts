import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, type Asked, xml } from '../../../../core/src/lambda/server.fake.ts';
import { CloudError } from '../cloud.ts';
import { awsAccount } from './account.ts';
import { awsFunctions } from './functions.ts';
import { awsLogs } from './logs.ts';
import { fakeOperator } from '../../testing/operator.ts';

/** What AWS answers, by action, in turn; the last one stays. */
let answers: Record<string, Answer[]> = {};
const { asked } = fakeOperator((request) => {
  const mine = answers[actionOf(request)] ?? [];
  return mine.length > 1 ? mine.shift() : mine[0];
});
beforeEach(() => {
  answers = {};
});

/** The action of a form, or of JSON; an invocation has a path of its own. */
function actionOf({ headers, form }: Asked): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string'
    ? (target.split('.').at(-1) ?? '')
    : (form['Action'] ?? 'Invoke');
}

const region = 'eu-west-1';
const refusal = (name: string): Answer => [400, { __type: name, message: 'No.' }];
const bodies = (action: string): readonly unknown[] =>
  asked.filter((each) => actionOf(each) === action).map(({ body }) => JSON.parse(body));

describe('logs', () => {
  test('a page of lines, with the pattern, and the next page', async () => {
    const logs = await awsLogs({ region }, process.env);
    const event = {
      eventId: 'e1',
      timestamp: 1_767_225_600_000,
      ingestionTime: 1,
      logStreamName: 's',
      message: '{}\n',
    };
    answers['FilterLogEvents'] = [
      [200, { events: [event], nextToken: 'n' }],
      [200, { searchedLogStreams: [] }],
    ];
    expect(await logs.lines({ group: 'g', from: 5, pattern: '{ $.a = 1 }' })).toEqual({
      lines: [{ id: 'e1', time: new Date(1_767_225_600_000), stream: 's', text: '{}\n' }],
      next: 'n',
    });
    expect(await logs.lines({ group: 'g', from: 5, page: 'n' })).toEqual({ lines: [] });
    expect(bodies('FilterLogEvents')).toEqual([
      { logGroupName: 'g', startTime: 5, filterPattern: '{ $.a = 1 }' },
      { logGroupName: 'g', startTime: 5, nextToken: 'n' },
    ]);
  });

  test('throttling is tried again; what is refused has its kind', async () => {
    const logs = await awsLogs({ region }, process.env);
    answers['FilterLogEvents'] = [refusal('ThrottlingException'), [200, { events: [] }]];
    expect(await logs.lines({ group: 'g', from: 0 })).toEqual({ lines: [] });
    for (const [name, failure] of [
      ['ResourceNotFoundException', 'missing'],
      ['AccessDeniedException', 'denied'],
      ['InvalidParameterException', 'invalid'],
    ] as const) {
      answers['FilterLogEvents'] = [refusal(name)];
      await expect(logs.lines({ group: 'g', from: 0 })).rejects.toMatchObject({
        failure,
        call: 'logs:FilterLogEvents',
      });
    }
  });
});

describe('functions', () => {
  test('are run on the event; the end of the log comes along', async () => {
    const functions = await awsFunctions({ region }, process.env);
    answers['Invoke'] = [
      [200, { alerts: 1 }, { 'x-amz-log-result': Buffer.from('über\n').toString('base64') }],
    ];
    expect(await functions.invoke('f', { a: 'ü' })).toEqual({
      payload: '{"alerts":1}',
      log: 'über\n',
    });
    expect(asked[0]).toMatchObject({
      path: '/2015-03-31/functions/f/invocations',
      body: '{"a":"ü"}',
      headers: { 'x-amz-log-type': 'Tail' },
    });
  });

  test('that fail are told of', async () => {
    const functions = await awsFunctions({ region }, process.env);
    answers['Invoke'] = [[200, { errorMessage: 'x' }, { 'x-amz-function-error': 'Unhandled' }]];
    expect(await functions.invoke('f', {})).toEqual({
      payload: '{"errorMessage":"x"}',
      failure: 'Unhandled',
      log: '',
    });
  });

  test.each([
    [500, 'ServiceException', 'other'],
    [429, 'TooManyRequestsException', 'throttled'],
    [404, 'ResourceNotFoundException', 'missing'],
  ] as const)('are run once at most: %i %s', async (status, name, failure) => {
    const functions = await awsFunctions({ region }, process.env);
    answers['Invoke'] = [[status, { Message: 'No.' }, { 'x-amzn-errortype': name }]];
    await expect(functions.invoke('f', {})).rejects.toMatchObject({
      failure,
      call: 'lambda:InvokeFunction',
    });
    expect(asked).toHaveLength(1);
  });
});

describe('an account', () => {
  test('who asks, and the path of a role', async () => {
    const account = await awsAccount({ region }, process.env);
    answers['GetCallerIdentity'] = [xml('GetCallerIdentity', '<Arn>arn:x</Arn>')];
    answers['GetRole'] = [xml('GetRole', '<Role><Arn>arn:aws:iam::1:role/p/r</Arn></Role>')];
    expect(await account.caller()).toBe('arn:x');
    expect(await account.role('r')).toBe('arn:aws:iam::1:role/p/r');
  });

  test('what IAM would say, page by page', async () => {
    const account = await awsAccount({ region }, process.env);
    const page = (results: string, more = ''): Answer =>
      xml('SimulatePrincipalPolicy', `<EvaluationResults>${results}</EvaluationResults>${more}`);
    answers['SimulatePrincipalPolicy'] = [
      page(
        '<member><EvalActionName>s3:GetObject</EvalActionName><EvalDecision>allowed</EvalDecision></member>',
        '<IsTruncated>true</IsTruncated><Marker>m</Marker>',
      ),
      page(
        '<member><EvalActionName>iam:CreateRole</EvalActionName><EvalDecision>implicitDeny</EvalDecision><MissingContextValues><member>aws:X</member></MissingContextValues><OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail></member>',
      ),
    ];
    const simulation = {
      actions: ['s3:GetObject', 'iam:CreateRole'],
      resources: ['*'],
      context: { k: 'v' },
    };
    expect(await account.simulate('arn:p', simulation)).toEqual([
      { action: 's3:GetObject', allowed: true, byOrganization: false, depends: [] },
      { action: 'iam:CreateRole', allowed: false, byOrganization: true, depends: ['aws:X'] },
    ]);
    expect(asked[0]?.form).toMatchObject({
      PolicySourceArn: 'arn:p',
      'ActionNames.member.2': 'iam:CreateRole',
      'ResourceArns.member.1': '*',
      'ContextEntries.member.1.ContextKeyName': 'k',
      'ContextEntries.member.1.ContextKeyValues.member.1': 'v',
    });
    expect(asked[1]?.form).toMatchObject({ Marker: 'm' });
  });

  test('trails, each asked for at home; one that cannot be read does not hide the others', async () => {
    const account = await awsAccount({ region }, process.env);
    answers['DescribeTrails'] = [
      [
        200,
        {
          trailList: [
            { TrailARN: 'arn:a', HomeRegion: 'us-east-1', IncludeGlobalServiceEvents: false },
            { TrailARN: 'arn:b', HomeRegion: region },
          ],
        },
      ],
    ];
    answers['GetTrailStatus'] = [
      [200, { IsLogging: true, LatestDeliveryError: 'NoSuchBucket' }],
      refusal('AccessDeniedException'),
    ];
    answers['GetEventSelectors'] = [
      [
        200,
        {
          EventSelectors: [{ ReadWriteType: 'WriteOnly' }],
          AdvancedEventSelectors: [
            {
              FieldSelectors: [
                { Field: 'eventCategory', Equals: ['Management'] },
                { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] },
                { Field: 'eventName', StartsWith: ['Put'] },
              ],
            },
          ],
        },
      ],
    ];
    const [first, second] = await account.trails();
    const selected = {
      basic: [{ ReadWriteType: 'WriteOnly' }],
      advanced: [
        {
          FieldSelectors: [
            { Field: 'eventCategory', Equals: ['Management'] },
            { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] },
            { Field: 'eventName', StartsWith: ['Put'] },
          ],
        },
      ],
    };
    expect(first).toEqual({
      arn: 'arn:a',
      listed: { HomeRegion: 'us-east-1', IncludeGlobalServiceEvents: false },
      status: { isLogging: true, deliveryError: 'NoSuchBucket' },
      selectors: selected,
    });
    expect(second).toEqual({
      arn: 'arn:b',
      listed: { HomeRegion: region },
      status: expect.any(CloudError),
      selectors: selected,
    });
    expect(second?.status).toMatchObject({
      failure: 'denied',
      call: 'cloudtrail:GetTrailStatus',
    });
    const selectors = asked.find((each) => actionOf(each) === 'GetEventSelectors');
    expect(selectors?.headers.authorization).toContain('/us-east-1/cloudtrail/');
    const status = asked.find((each) => actionOf(each) === 'GetTrailStatus');
    expect(status?.headers.authorization).toContain(`/${region}/cloudtrail/`);
  });

  test('the trail of an organisation, whose selectors its members may not read', async () => {
    const account = await awsAccount({ region }, process.env);
    const trail = (name: string, custom?: boolean): object => ({
      TrailARN: `arn:${name}`,
      HomeRegion: region,
      HasCustomEventSelectors: custom,
    });
    const trailList = [trail('default', false), trail('custom', true), trail('unknown')];
    answers['DescribeTrails'] = [[200, { trailList }]];
    answers['GetTrailStatus'] = [[200, { IsLogging: true }]];
    answers['GetEventSelectors'] = [refusal('TrailNotFoundException')];
    const unread = expect.any(CloudError);
    expect((await account.trails()).map(({ arn, selectors }) => [arn, selectors])).toEqual([
      ['arn:default', { basic: [{}], advanced: [] }],
      ['arn:custom', unread],
      ['arn:unknown', unread],
    ]);
    answers['DescribeTrails'] = [[200, { trailList: [trail('read', false)] }]];
    answers['GetEventSelectors'] = [[200, { EventSelectors: [{ ReadWriteType: 'ReadOnly' }] }]];
    expect(await account.trails()).toMatchObject([
      { selectors: { basic: [{ ReadWriteType: 'ReadOnly' }], advanced: [] } },
    ]);
  });

  test('the rules of the event bus, page by page', async () => {
    const account = await awsAccount({ region }, process.env);
    answers['ListRules'] = [
      [200, { Rules: [{ Name: 'a', EventPattern: '{}' }], NextToken: 'n' }],
      [200, { Rules: [{ Name: 'b', ScheduleExpression: 'rate(1 day)' }] }],
    ];
    expect(await account.eventRules()).toEqual([{ pattern: '{}' }, {}]);
    expect(bodies('ListRules')).toEqual([{}, { NextToken: 'n' }]);
  });

  test('the quota, where Service Quotas knows it', async () => {
    const account = await awsAccount({ region }, process.env);
    answers['GetServiceQuota'] = [[200, { Quota: { Value: 500 } }]];
    expect(await account.eventRuleQuota()).toBe(500);
    expect(bodies('GetServiceQuota')).toEqual([{ ServiceCode: 'events', QuotaCode: 'L-244521F2' }]);
    answers['GetServiceQuota'] = [refusal('NoSuchResourceException')];
    expect(await account.eventRuleQuota()).toBeUndefined();
    answers['GetServiceQuota'] = [refusal('AccessDeniedException')];
    await expect(account.eventRuleQuota()).rejects.toMatchObject({ failure: 'denied' });
  });

  test('Patrol’s stacks among all, page by page', async () => {
    const account = await awsAccount({ region }, process.env);
    const stack = (name: string, tags: string): string =>
      `<member><StackName>${name}</StackName><StackId>arn:${name}</StackId><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Tags>${tags}</Tags></member>`;
    const tags = ['package', 'rule', 'environment']
      .map((tag) => `<member><Key>patrol:${tag}</Key><Value>x</Value></member>`)
      .join('');
    const page = (stacks: string, more = ''): Answer =>
      xml('DescribeStacks', `<Stacks>${stacks}</Stacks>${more}`);
    answers['DescribeStacks'] = [
      page(stack('patrol-a', tags) + stack('other', ''), '<NextToken>n</NextToken>'),
      page(stack('patrol-b', tags)),
    ];
    expect((await account.stacks()).map(({ name, status }) => [name, status])).toEqual([
      ['patrol-a', 'CREATE_COMPLETE'],
      ['patrol-b', 'CREATE_COMPLETE'],
    ]);
  });
});
