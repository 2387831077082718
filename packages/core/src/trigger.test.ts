import { describe, expect, expectTypeOf, test } from 'vitest';
import { type EventName, unlisted } from './callNames.ts';
import type { ApiCallEvent, EventBridgeEvent, SignInEvent } from './cloudtrail.ts';
import { type EventPattern, matches } from './pattern.ts';
import {
  apiCall,
  deliversCloudTrail,
  event,
  type EventOf,
  eventRegions,
  isHeldBack,
  isScheduledEvent,
  ruleState,
  schedule,
  signIn,
  sns,
  webhook,
} from './trigger.ts';

const all = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
const calls = (eventName: EventPattern[string]): EventPattern => ({
  detail: { eventSource: ['s3.amazonaws.com'], eventName },
});

describe('ruleState', () => {
  test.each<[string, EventPattern[string], string]>([
    ['changes', ['PutBucketPolicy', 'DeleteBucket'], 'ENABLED'],
    ['a read among them', ['PutBucketPolicy', 'GetBucketPolicy'], all],
    ['List', ['ListBuckets'], all],
    ['Describe', ['DescribeTrails'], all],
    ['Get by itself', ['Get'], all],
    [
      'reads by other names',
      ['AssumeRole', 'BatchGetItem', 'HeadBucket', 'LookupEvents'],
      'ENABLED',
    ],
    ['other case', ['getBucket', 'describeTrails'], 'ENABLED'],
    ['the two exceptions of STS', ['GetFederationToken', 'GetSessionToken'], 'ENABLED'],
    ['an exception and a read', ['GetFederationToken', 'GetCallerIdentity'], all],
    ['a prefix of reads', [{ prefix: 'GetBucket' }], all],
    ['a prefix of changes', [{ prefix: 'PutBucket' }], 'ENABLED'],
    ['a prefix that reads have too', [{ prefix: 'D' }], all],
    ['the empty prefix', [{ prefix: '' }], all],
    ['a wildcard of reads', [{ wildcard: 'List*s' }], all],
    ['a wildcard of changes', [{ wildcard: 'Put*Policy' }], 'ENABLED'],
    ['a wildcard that reads match too', [{ wildcard: '*BucketPolicy' }], all],
    ['a suffix, which reads can have', [{ suffix: 'BucketPolicy' }], all],
    ['a suffix beside a change', ['PutBucketPolicy', { suffix: 'Acl' }], all],
    ['exactly a read', [{ exactly: 'GetBucketPolicy' }], all],
    ['exactly a change', [{ exactly: 'PutBucketPolicy' }], 'ENABLED'],
    ['a read in any case', [{ 'equals-ignore-case': 'getBucketPolicy' }], all],
    ['a change in any case', [{ 'equals-ignore-case': 'putBucketPolicy' }], 'ENABLED'],
    ['a prefix in any case', [{ prefix: { 'equals-ignore-case': 'list' } }], all],
    ['all but a change', [{ 'anything-but': ['PutBucketPolicy'] }], all],
    ['any call by its being there', [{ exists: true }], all],
    ['no call at all', [{ exists: false }], 'ENABLED'],
  ])('%s', (_, eventName, expected) => {
    expect(ruleState(calls(eventName))).toBe(expected);
  });

  test('a pattern without calls is plain', () => {
    expect(ruleState({ source: ['aws.trustedadvisor'] })).toBe('ENABLED');
    expect(ruleState(calls({ nested: ['GetBucket'] } as EventPattern))).toBe('ENABLED');
  });

  test('every way through a pattern counts, however it is written', () => {
    expect(ruleState({ 'detail.eventName': ['GetBucketPolicy'] })).toBe(all);
    expect(
      ruleState({
        $or: [
          { detail: { eventName: ['PutBucketPolicy'] } },
          { detail: { eventName: ['ListBuckets'] } },
        ],
      }),
    ).toBe(all);
  });

  test('a pattern on calls that does not name them watches them all, but for readOnly', () => {
    const any = { 'detail-type': ['AWS API Call via CloudTrail'] };
    expect(ruleState(any)).toBe(all);
    expect(ruleState({ ...any, detail: { readOnly: [false] } })).toBe('ENABLED');
    expect(ruleState({ ...any, detail: { readOnly: [true, false] } })).toBe(all);
    expect(ruleState({ 'detail-type': ['AWS Console Sign In via CloudTrail'] })).toBe('ENABLED');
  });

  test('isHeldBack agrees with it for single calls', () => {
    for (const name of [
      'GetObject',
      'ListUsers',
      'DescribeInstances',
      'PutObject',
      'GetSessionToken',
      'GetFederationToken',
      'Listen',
    ]) {
      expect(ruleState(calls([name])) === all).toBe(isHeldBack(name));
    }
  });
});

describe('eventRegions', () => {
  const us = ['us-east-1'];
  test.each<[string, EventPattern, readonly string[] | undefined]>([
    ['IAM', apiCall('iam.amazonaws.com', ['CreateUser']).pattern, us],
    ['CloudFront', apiCall('cloudfront.amazonaws.com', ['UpdateDistribution*']).pattern, us],
    ['Organizations', apiCall('organizations.amazonaws.com', ['LeaveOrganization']).pattern, us],
    ['Route 53', apiCall('route53.amazonaws.com', ['ChangeResourceRecordSets']).pattern, us],
    [
      'two global services',
      { detail: { eventSource: ['iam.amazonaws.com', 'cloudfront.amazonaws.com'] } },
      us,
    ],
    [
      'a global and a regional one',
      { detail: { eventSource: ['iam.amazonaws.com', 's3.amazonaws.com'] } },
      undefined,
    ],
    ['CloudTrail', apiCall('cloudtrail.amazonaws.com', ['StopLogging']).pattern, undefined],
    ['STS', apiCall('sts.amazonaws.com', ['AssumeRole']).pattern, undefined],
    ['S3', apiCall('s3.amazonaws.com', ['PutBucketPolicy']).pattern, undefined],
    ['root sign-in', signIn(['Root']).pattern, us],
    ['all sign-ins', signIn().pattern, undefined],
    ['sign-ins of root and users', signIn(['Root', 'IAMUser']).pattern, undefined],
    [
      'calls of root',
      { detail: { eventSource: ['s3.amazonaws.com'], userIdentity: { type: ['Root'] } } },
      undefined,
    ],
    [
      'Trusted Advisor',
      { source: ['aws.trustedadvisor'], detail: { status: ['WARN', 'ERROR'] } },
      us,
    ],
    ['any service', { source: ['aws.s3'] }, undefined],
    [
      'a global service or a regional one',
      {
        $or: [
          { detail: { eventSource: ['iam.amazonaws.com'] } },
          { detail: { eventSource: ['s3.amazonaws.com'] } },
        ],
      },
      undefined,
    ],
    ['a prefix of services', { detail: { eventSource: [{ prefix: 'i' }] } }, undefined],
    [
      'all but one service',
      { detail: { eventSource: [{ 'anything-but': ['s3.amazonaws.com'] }] } },
      undefined,
    ],
  ])('%s', (_, pattern, expected) => {
    expect(eventRegions(pattern)).toEqual(expected);
  });
});

describe('triggers of CloudTrail events', () => {
  const call = (fields: object, detail: object): object => ({
    source: 'aws.s3',
    'detail-type': 'AWS API Call via CloudTrail',
    ...fields,
    detail: { eventSource: 's3.amazonaws.com', eventName: 'DeleteBucket', ...detail },
  });
  const { pattern } = apiCall('s3.amazonaws.com', ['DeleteBucket']);

  test('apiCall takes its calls, failed ones too', () => {
    expect(matches(pattern, call({}, {}))).toBe(true);
    expect(matches(pattern, call({}, { errorCode: 'AccessDenied' }))).toBe(true);
    for (const other of [
      call({}, { eventName: 'DeleteBucketPolicy' }),
      call({}, { eventSource: 'iam.amazonaws.com' }),
      call({ 'detail-type': 'AWS Service Event via CloudTrail' }, {}),
      // Put on the bus by somebody: AWS refuses sources that begin with aws. from anybody else.
      call({ source: 'my.app' }, {}),
    ]) {
      expect(matches(pattern, other)).toBe(false);
    }
  });

  test('a * in the name of a call stands for any run of characters', () => {
    const { pattern } = apiCall('cloudfront.amazonaws.com', [
      'UpdateDistribution*',
      unlisted('GetX'),
    ]);
    expect(pattern['detail']).toMatchObject({
      eventName: [{ wildcard: 'UpdateDistribution*' }, 'GetX'],
    });
    const named = (eventName: string): boolean =>
      matches(pattern, {
        source: 'aws.cloudfront',
        'detail-type': 'AWS API Call via CloudTrail',
        detail: { eventSource: 'cloudfront.amazonaws.com', eventName },
      });
    expect(
      ['UpdateDistribution', 'UpdateDistribution2020_05_31', 'GetX'].map((name) => named(name)),
    ).toEqual([true, true, true]);
    expect(['CreateDistribution', 'GetX2020_05_31'].map((name) => named(name))).toEqual([
      false,
      false,
    ]);
  });

  test('the compiler knows the calls of each service', () => {
    apiCall('cloudtrail.amazonaws.com', ['StopLogging', 'Delete*', unlisted('NewCall')]);
    apiCall(unlisted('new.amazonaws.com'), ['StopLogging']);
    // @ts-expect-error -- a typo
    apiCall('cloudtrail.amazonaws.com', ['StopLoging']);
    // @ts-expect-error -- a call of another service
    apiCall('cloudtrail.amazonaws.com', ['PutBucketAcl']);
    // @ts-expect-error -- a service that there is not
    apiCall('cloudtrial.amazonaws.com', ['StopLogging']);
    // @ts-expect-error -- a typo, where the type of the request is given
    apiCall<object>('cloudtrail.amazonaws.com', ['StopLoging']);
    // @ts-expect-error -- the same in an event of the sign-in service
    signIn(['Root'], ['ConsoleLogon']);
    const { pattern } = apiCall(unlisted('new.amazonaws.com'), [unlisted('NewCall')]);
    expect(pattern['detail']).toEqual({
      eventSource: ['new.amazonaws.com'],
      eventName: ['NewCall'],
    });
  });

  test('a * changes neither the state of the rule nor its regions', () => {
    const state = (...calls: readonly EventName<'iam.amazonaws.com'>[]): string =>
      ruleState(apiCall('iam.amazonaws.com', calls).pattern);
    expect(state('Update*', 'Put*Policy')).toBe('ENABLED');
    expect(state('Update*', 'Get*')).toBe(all);
    expect(state('*')).toBe(all);
    for (const name of [unlisted('UpdateDistribution'), 'UpdateDistribution*', '*'] as const) {
      expect(eventRegions(apiCall('cloudfront.amazonaws.com', [name]).pattern)).toEqual([
        'us-east-1',
      ]);
      expect(eventRegions(apiCall('s3.amazonaws.com', [name]).pattern)).toBeUndefined();
    }
  });

  test('signIn takes both spellings', () => {
    for (const type of [
      'AWS Console Sign In via CloudTrail',
      'AWS Console Signin via CloudTrail',
    ]) {
      const given = (identity: string): object =>
        call(
          { source: 'aws.signin', 'detail-type': type },
          {
            eventSource: 'signin.amazonaws.com',
            eventName: 'ConsoleLogin',
            userIdentity: { type: identity },
          },
        );
      expect(matches(signIn().pattern, given('IAMUser'))).toBe(true);
      expect(matches(signIn(['Root']).pattern, given('Root'))).toBe(true);
      expect(matches(signIn(['Root']).pattern, given('IAMUser'))).toBe(false);
      expect(matches(signIn(['Root'], ['Console*']).pattern, given('Root'))).toBe(true);
    }
  });

  test('deliver CloudTrail records; others do not', () => {
    expect(deliversCloudTrail(apiCall('s3.amazonaws.com', ['DeleteBucket']))).toBe(true);
    expect(deliversCloudTrail(signIn())).toBe(true);
    expect(deliversCloudTrail(event({ source: ['aws.trustedadvisor'] }))).toBe(false);
    expect(
      deliversCloudTrail(
        event({ 'detail-type': ['Trusted Advisor Check Item Refresh Notification'] }),
      ),
    ).toBe(false);
    expect(deliversCloudTrail(schedule('rate(1 day)'))).toBe(false);
    expect(deliversCloudTrail(sns(['backup.amazonaws.com']))).toBe(false);
    expect(deliversCloudTrail(webhook(['fork']))).toBe(false);
    // An insight is about many calls: there is none that could have been denied.
    expect(deliversCloudTrail(event({ 'detail-type': ['AWS Insight via CloudTrail'] }))).toBe(
      false,
    );
    // The detail-type need not be spelled out.
    expect(deliversCloudTrail(event({ 'detail-type': [{ prefix: 'AWS API Call' }] }))).toBe(true);
    expect(deliversCloudTrail(event({ detail: { eventName: ['DeleteBucket'] } }))).toBe(true);
    expect(deliversCloudTrail(event({ 'detail.eventSource': ['s3.amazonaws.com'] }))).toBe(true);
    expect(
      deliversCloudTrail(event({ $or: [{ source: ['a'] }, { detail: { eventName: ['b'] } }] })),
    ).toBe(true);
  });

  test('carry the type of their event', () => {
    const typed = apiCall<{ bucketName?: string }, { ok?: boolean }>('s3.amazonaws.com', [
      'DeleteBucket',
    ]);
    expectTypeOf<EventOf<typeof typed>>().toEqualTypeOf<
      ApiCallEvent<{ bucketName?: string }, { ok?: boolean }>
    >();
    expectTypeOf<EventOf<ReturnType<typeof signIn>>>().toEqualTypeOf<SignInEvent>();
    expectTypeOf<EventOf<ReturnType<typeof schedule>>>().toEqualTypeOf<EventBridgeEvent>();
    const custom = event<{ status: string }>({ source: ['my.app'] });
    expectTypeOf<EventOf<typeof custom>['detail']>().toEqualTypeOf<{ status: string }>();
  });
});

describe('schedule', () => {
  test.each([
    ['rate(1 minute)', 60],
    ['rate(5 minutes)', 300],
    ['rate(1 hour)', 3600],
    ['rate(36 hours)', 129_600],
    ['rate(1 day)', 86_400],
    ['rate(6 days)', 518_400],
  ])('%s runs every %d seconds', (expression, everySeconds) => {
    expect(schedule(expression)).toEqual({ kind: 'schedule', expression, everySeconds });
  });

  test('cron says its longest pause itself', () => {
    expect(schedule('cron(0 8 * * ? *)', 86_400)).toEqual({
      kind: 'schedule',
      expression: 'cron(0 8 * * ? *)',
      everySeconds: 86_400,
    });
    expect(schedule('cron(0 8 ? * MON-FRI *)', 3 * 86_400).everySeconds).toBe(259_200);
    expect(() => schedule('cron(0 8 * * ? *)')).toThrow('with the longest time between two runs');
  });

  test.each([
    '',
    'rate()',
    'rate(0 minutes)',
    'rate(-5 minutes)',
    'rate(5.5 minutes)',
    'rate(5 seconds)',
    'rate(5 weeks)',
    'rate(5  minutes)',
    'rate(5minutes)',
    ' rate(5 minutes)',
    'Rate(5 minutes)',
    'rate(5 minutes) ',
    'cron()',
    'at(2026-01-01T00:00:00)',
    '5 minutes',
    // EventBridge: "rate(1 hours) and rate(5 hour) aren't valid".
    'rate(1 minutes)',
    'rate(1 hours)',
    'rate(5 hour)',
    'rate(2 day)',
    'rate(05 minutes)',
    // EventBridge's cron has six fields.
    'cron(0 8 * * *)',
    'cron(0 8 * * ? * *)',
  ])('%j is refused, with or without a time', (expression) => {
    const expected = 'Expected rate(N minutes|hours|days), or cron(…)';
    expect(() => schedule(expression)).toThrow(expected);
    expect(() => schedule(expression, 300)).toThrow(expected);
  });

  test.each(['rate(7 days)', 'rate(145 hours)', 'rate(99999 minutes)'])(
    '%s is too seldom for an alarm',
    (expression) => {
      expect(() => schedule(expression)).toThrow('less than once in six days');
    },
  );

  test('cron too seldom for an alarm', () => {
    expect(() => schedule('cron(0 8 1 * ? *)', 31 * 86_400)).toThrow('less than once in six days');
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'cron with %d seconds is refused',
    (seconds) => {
      expect(() => schedule('cron(0 8 * * ? *)', seconds)).toThrow(Error);
    },
  );
});

const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

test.each([
  [scheduled, true],
  [{ ...scheduled, source: 'mallory' }, false],
  [{ ...scheduled, 'detail-type': 'Other' }, false],
  [{ source: 'aws.s3', 'detail-type': 'AWS API Call via CloudTrail', detail: {} }, false],
  [null, false],
])('the clock is told from other events: %#', (given, expected) => {
  expect(isScheduledEvent(given)).toBe(expected);
});
