import { type Matchers, names } from '@patrol/core';
import { parseParameter } from '@patrol/core/evaluation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, findings } from './check.ts';
import type {
  Answer,
  Failure,
  PartState,
  Seen,
  SeenMetric,
  SeenStack,
  SeenTopic,
  SeenTrail,
} from './seen.ts';

const matchers = (value: string): Matchers =>
  parseParameter(names('Any.', { default: '' }), value, 'ignoredResources') as Matchers;

const asked = (
  seen: Seen,
  expectedRules = '',
  ignoredResources = '',
): ReturnType<typeof findings> =>
  findings(
    seen,
    {
      expectedRules: matchers(expectedRules),
      ignoredResources: matchers(ignoredResources),
      deployers: matchers(''),
    },
    'eu-west-1',
  );

const failed = (call: string, about: string, isMissing = false): Failure => ({
  call,
  about,
  error: 'AccessDenied: no',
  isMissing,
});

const cloudTrail = 'patrol-aws-cloudTrail-production';
const stack = (fields: Partial<SeenStack> = {}): SeenStack => ({
  name: cloudTrail,
  status: 'CREATE_COMPLETE',
  rule: 'cloudTrail',
  parts: { value: [] },
  ...fields,
});

const part = (
  kind: PartState['kind'],
  answer: Answer<PartState>,
  name = `${cloudTrail}-Any-1A2B3C4D5E6F`,
): SeenStack => stack({ parts: { value: [{ kind, name, answer }] } });

const trail = (fields: Partial<SeenTrail> = {}): SeenTrail => ({
  arn: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main',
  status: { value: { isLogging: true, deliveryError: '' } },
  selectors: { value: { basic: [{}], advanced: [] } },
  ...fields,
});

const alerts = 'arn:aws:sns:eu-west-1:111122223333:alerts';
const topic = (answer: SeenTopic['answer'], ...stacks: readonly string[]): SeenTopic => ({
  arn: alerts,
  uses: (stacks.length > 0 ? stacks : [cloudTrail]).map((name) => ({
    stack: name,
    what: 'gets the alerts',
  })),
  answer,
});

const nothingAnnounced = {
  announcements: { value: [] },
  stackSets: [],
  metrics: { value: [] },
  canaries: [],
  at: Date.parse('2026-11-20T08:00:00Z'),
};

const seen = (fields: Partial<Seen> = {}): Seen => ({
  stacks: { value: [{ value: stack() }] },
  topics: [topic({ value: { isSubscribed: true, pending: 0 } })],
  trails: { value: [trail()] },
  ...nothingAnnounced,
  ...fields,
});

const withStacks = (...stacks: readonly SeenStack[]): Seen =>
  seen({ stacks: { value: stacks.map((value) => ({ value })) } });
const withTrails = (...trails: readonly SeenTrail[]): Seen => seen({ trails: { value: trails } });

test('nothing is wrong', () => {
  expect(asked(seen())).toEqual([]);
});

describe('stacks', () => {
  test.each([
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'IMPORT_COMPLETE',
    'UPDATE_IN_PROGRESS',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  ])('%s is in order', (status) => {
    expect(asked(withStacks(stack({ status })))).toEqual([]);
  });

  test.each(['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED', 'DELETE_FAILED', ''])(
    '%s is not',
    (status) => {
      expect(asked(withStacks(stack({ status })))).toMatchObject([
        {
          key: `stack:${cloudTrail}`,
          severity: 'high',
          facts: { status },
          targets: [{ type: 'AWS::CloudFormation::Stack', id: cloudTrail }],
          group: 'stack',
          suppression: { parameter: 'ignoredResources', item: cloudTrail },
        },
      ]);
    },
  );
});

describe('parts of a stack', () => {
  const rule = (state: string, targets = 1): Answer<PartState> => ({
    value: { kind: 'EventBridge rule', state, targets },
  });
  const endpoint = (fields: object = {}): Answer<PartState> => ({
    value: { kind: 'webhook endpoint', isDisabled: false, routes: 1, stages: 1, ...fields },
  });
  const reserved = (reservedConcurrency?: number): Answer<PartState> => ({
    value: { kind: 'function', reservedConcurrency },
  });

  test.each([
    ['EventBridge rule', rule('ENABLED')],
    ['EventBridge rule', rule('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS')],
    ['function', reserved()],
    ['function', reserved(1)],
    ['queue', { value: { kind: 'queue', messages: 0 } }],
    ['queue', { value: { kind: 'queue', messages: 3, isOfNotifier: true } }],
    ['alarm', { value: { kind: 'alarm', actionsEnabled: true } }],
    ['role', { value: { kind: 'role', mayPublish: true } }],
    ['webhook endpoint', endpoint()],
    ['webhook secret', { value: { kind: 'webhook secret', isBeingDeleted: false } }],
    ['table', { value: { kind: 'table', status: 'ACTIVE' } }],
    ['table', { value: { kind: 'table', status: 'UPDATING' } }],
  ] as const)('%s %j is in order', (kind, answer) => {
    expect(asked(withStacks(part(kind, answer)))).toEqual([]);
  });

  test.each([
    [
      'EventBridge rule',
      rule('DISABLED'),
      'critical',
      'EventBridge rule % is in the state DISABLED',
      'events enable-rule --name %',
    ],
    ['EventBridge rule', rule(''), 'critical', 'EventBridge rule % is in the state unknown'],
    ['EventBridge rule', rule('ENABLED', 0), 'critical', 'EventBridge rule % has no target'],
    [
      'function',
      reserved(0),
      'critical',
      'Function % never runs: its reserved concurrency is 0',
      'lambda delete-function-concurrency --function-name %',
    ],
    ['queue', { value: { kind: 'queue', messages: 3 } }, 'high', 'Queue % is not empty'],
    [
      'alarm',
      { value: { kind: 'alarm', actionsEnabled: false } },
      'high',
      'Alarm % tells nobody: its actions are disabled',
      'cloudwatch enable-alarm-actions --alarm-names %',
    ],
    [
      'role',
      { value: { kind: 'role', mayPublish: false } },
      'critical',
      'Role % may not publish to the topic of the alerts',
    ],
    [
      'webhook endpoint',
      endpoint({ isDisabled: true }),
      'critical',
      'Webhook endpoint % is disabled',
      'apigatewayv2 update-api --api-id % --no-disable-execute-api-endpoint',
    ],
    ['webhook endpoint', endpoint({ routes: 0 }), 'critical', 'Webhook endpoint % has no route'],
    ['webhook endpoint', endpoint({ stages: 0 }), 'critical', 'Webhook endpoint % has no stage'],
    [
      'webhook secret',
      { value: { kind: 'webhook secret', isBeingDeleted: true } },
      'critical',
      'Webhook secret % is being deleted: it cannot be read any more',
      'secretsmanager restore-secret --secret-id %',
    ],
    [
      'table',
      { value: { kind: 'table', status: 'DELETING' } },
      'high',
      'Table % is in the state DELETING',
    ],
    ['role', failed('', '', true), 'critical', 'Role % is not there'],
    ['webhook endpoint', failed('', '', true), 'critical', 'Webhook endpoint % is not there'],
    ['webhook secret', failed('', '', true), 'critical', 'Webhook secret % is not there'],
    ['table', failed('', '', true), 'high', 'Table % is not there'],
    ['EventBridge rule', failed('', '', true), 'critical', 'EventBridge rule % is not there'],
    ['function', failed('', '', true), 'critical', 'Function % is not there'],
    ['queue', failed('', '', true), 'high', 'Queue % is not there'],
    ['alarm', failed('', '', true), 'high', 'Alarm % is not there'],
  ] as const)('%s %j is not', (kind, answer, severity, title, undo?: string) => {
    const name = `${cloudTrail}-Any-1A2B3C4D5E6F`;
    expect(asked(withStacks(part(kind, answer)))).toEqual([
      {
        key: `${kind}:${name}`,
        severity,
        title: title.replace('%', name),
        summary: expect.stringContaining(cloudTrail),
        facts: { stack: cloudTrail, rule: 'cloudTrail' },
        targets: [{ type: expect.stringMatching(/^AWS::\w+::\w+$/), id: name }],
        group: kind,
        undo: undo && `aws ${undo.replace('%', name)} --region eu-west-1`.split(' '),
        suppression: { parameter: 'ignoredResources', item: name },
        suppressedBy: undefined,
      },
    ]);
  });
});

describe('what the template of a stack says', () => {
  const functionName = `${cloudTrail}-Function-1A2B3C4D5E6F`;
  const compared = (type: string, answer: Answer<Readonly<Record<string, unknown>>>): Seen =>
    withStacks(
      stack({
        resources: {
          value: [{ type, name: functionName, wanted: { MaximumRetryAttempts: 2 }, answer }],
        },
      }),
    );
  const type = 'AWS::Lambda::EventInvokeConfig';

  test('is so', () => {
    expect(asked(compared(type, { value: { MaximumRetryAttempts: 2 } }))).toEqual([]);
  });
  test('is otherwise', () => {
    expect(asked(compared(type, { value: { MaximumRetryAttempts: 0 } }))).toEqual([
      {
        key: `template:${type}:${functionName}`,
        severity: 'high',
        title: `Retry configuration of function ${functionName} is not as its template says: MaximumRetryAttempts`,
        summary: expect.stringContaining('Somebody changed it outside CloudFormation.'),
        facts: { stack: cloudTrail, rule: 'cloudTrail', differing: 'MaximumRetryAttempts' },
        targets: [{ type, id: functionName }],
        group: 'template',
        suppression: { parameter: 'ignoredResources', item: functionName },
        suppressedBy: undefined,
      },
    ]);
  });
  test('is not there', () => {
    expect(asked(compared(type, failed('', '', true)))).toMatchObject([
      { title: `Retry configuration of function ${functionName} is not there` },
    ]);
  });
  test('is not there, and that is told once', () => {
    expect(asked(compared('AWS::Lambda::Function', failed('', '', true)))).toEqual([]);
  });
  test('cannot be read', () => {
    const denied = {
      value: stack({ resources: failed('cloudformation:GetTemplate', cloudTrail) }),
    };
    expect(asked(seen({ stacks: { value: [denied] } }))).toMatchObject([
      { key: 'unread:cloudformation:GetTemplate', facts: { failures: 1 } },
    ]);
    expect(asked(compared(type, failed('lambda:GetFunctionEventInvokeConfig', 'x')))).toMatchObject(
      [{ key: 'unread:lambda:GetFunctionEventInvokeConfig' }],
    );
  });
  test('is ignored with its stack', () => {
    const found = asked(compared(type, { value: { MaximumRetryAttempts: 0 } }), '', cloudTrail);
    expect(found).toMatchObject([{ suppressedBy: cloudTrail }]);
  });
});

test('a webhook secret is known by its ARN, and a rule of another package is not enabled by a command', () => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:WebhookSecret-x-AbCdEf';
  const name = 'patrol-acme-watch-production-EventRule-1A2B3C4D5E6F';
  const found = asked(
    withStacks(
      stack({
        parts: {
          value: [
            {
              kind: 'webhook secret',
              name: 'WebhookSecret-x-AbCdEf',
              id: arn,
              answer: { value: { kind: 'webhook secret', isBeingDeleted: true } },
            },
            {
              kind: 'EventBridge rule',
              name,
              answer: { value: { kind: 'EventBridge rule', state: 'DISABLED', targets: 1 } },
            },
          ],
        },
      }),
    ),
  );
  expect(found).toMatchObject([
    { targets: [{ id: arn }], undo: expect.arrayContaining(['--secret-id', arn]) },
    { targets: [{ id: name }], undo: undefined },
  ]);
});

describe('topics', () => {
  test.each([
    ['unconfirmed', { value: { isSubscribed: false, pending: 2 } }, /^Nobody/, /2 wait for it/],
    [
      'without subscriptions',
      { value: { isSubscribed: false, pending: 0 } },
      /^Nobody/,
      /no subscription/,
    ],
    ['gone', failed('sns:ListSubscriptionsByTopic', alerts, true), /is not there$/, /is lost/],
  ] as const)('%s', (_, answer, title, summary) => {
    expect(asked(seen({ topics: [topic(answer, cloudTrail, 'patrol-x')] }))).toEqual([
      {
        key: `topic:${alerts}`,
        severity: 'critical',
        title: expect.stringMatching(title),
        summary: expect.stringMatching(summary),
        facts: { topic: alerts, stacks: `${cloudTrail}, patrol-x` },
        targets: [{ type: 'AWS::SNS::Topic', id: alerts }],
        group: 'topic',
        suppression: { parameter: 'ignoredResources', item: alerts },
        suppressedBy: undefined,
      },
    ]);
  });
});

describe('trails', () => {
  const selecting = (ReadWriteType: string): SeenTrail =>
    trail({ selectors: { value: { basic: [{ ReadWriteType }], advanced: [] } } });
  const partial = trail({
    selectors: {
      value: {
        basic: [],
        advanced: [
          {
            FieldSelectors: [
              { Field: 'eventCategory', Equals: ['Management'] },
              { Field: 'eventName', NotEquals: ['StopLogging'] },
            ],
          },
        ],
      },
    },
  });
  const stopped = trail({ status: { value: { isLogging: false, deliveryError: '' } } });

  test.each(['All', 'WriteOnly'])('%s: all that change something are recorded', (type) => {
    expect(asked(withTrails(selecting(type)))).toEqual([]);
  });

  test.each([
    ['no trail', []],
    ['a stopped trail', [stopped]],
    ['reads only', [selecting('ReadOnly')]],
    ['a stopped one that cannot be read', [{ ...stopped, selectors: failed('', '') }]],
  ])('%s: nothing is recorded', (_, trails) => {
    expect(asked(withTrails(...trails))).toMatchObject([
      {
        key: 'trails',
        severity: 'critical',
        title: 'CloudTrail records no API calls in this region',
      },
    ]);
  });

  test('only some is recorded', () => {
    const withoutGlobal = trail({
      listed: { HomeRegion: 'us-east-1', IncludeGlobalServiceEvents: false },
    });
    for (const some of [partial, withoutGlobal]) {
      expect(asked(withTrails(stopped, some))).toMatchObject([
        {
          key: 'trails',
          severity: 'high',
          title: 'CloudTrail records only some of the API calls in this region',
        },
      ]);
    }
  });

  test('one good trail is enough, whatever the others are and whether they can be read', () => {
    const others = [stopped, trail({ status: failed('cloudtrail:GetTrailStatus', 'x') })];
    expect(asked(withTrails(...others, trail()))).toEqual([]);
  });

  test.each([
    [{ status: failed('cloudtrail:GetTrailStatus', 'x') }],
    [{ selectors: failed('cloudtrail:GetEventSelectors', 'x') }],
    // CloudTrail says so of a trail that it has just listed when the trail is the organization's.
    [{ status: failed('cloudtrail:GetTrailStatus', 'x', true) }],
    [{ selectors: failed('cloudtrail:GetEventSelectors', 'x', true) }],
  ])('a trail that cannot be read may be a good one: %j', (fields) => {
    expect(asked(withTrails(stopped, trail(fields)))).toMatchObject([
      { key: expect.stringMatching(/^unread:cloudtrail:Get/), severity: 'high' },
    ]);
  });

  test('logs that cannot be delivered', () => {
    const past = { value: { isLogging: false, deliveryError: 'NoSuchBucket' } };
    expect(asked(withTrails(trail(), trail({ status: past })))).toEqual([]);
    const status = { value: { isLogging: true, deliveryError: 'NoSuchBucket' } };
    expect(asked(withTrails(trail({ status })))).toMatchObject([
      { key: `delivery:${trail().arn}`, severity: 'medium', facts: { error: 'NoSuchBucket' } },
    ]);
  });
});

describe('canaries', () => {
  const name = `${cloudTrail}-Function-1A2B3C4D5E6F`;
  const canary = (answer: Answer<string | undefined>): Seen =>
    seen({ canaries: [{ stack: cloudTrail, rule: 'cloudTrail', name, answer }] });

  test('that were sent are no finding', () => {
    expect(asked(canary({ value: undefined }))).toEqual([]);
  });

  test('that could not be sent are, with the reason and what to do', () => {
    const [found, ...others] = asked(canary({ value: 'no such topic' }));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'critical',
      targets: [{ type: 'AWS::Lambda::Function', id: name }],
      facts: { rule: 'cloudTrail' },
      suppression: { parameter: 'ignoredResources', item: name },
    });
    expect(found?.summary).toContain('failed: no such topic.');
    expect(found?.summary).toContain(
      '`patrol-deploy verify aws/cloudTrail --env production --region eu-west-1`',
    );
  });

  test('are not asked about twice where the function is not there', () => {
    expect(asked(canary(failed('lambda:InvokeFunction', name, true)))).toEqual([]);
    expect(asked(canary(failed('lambda:InvokeFunction', name)))).toMatchObject([
      { key: 'unread:lambda:InvokeFunction' },
    ]);
  });

  test('of a stack that the operator ignores are muted', () => {
    const [found] = asked(canary({ value: 'no such topic' }), '', cloudTrail);
    expect(found?.suppressedBy).toBe(cloudTrail);
  });
});

describe('what only metrics say', () => {
  const metric = (fields: Partial<SeenMetric> = {}): Seen =>
    seen({
      metrics: {
        value: [
          {
            says: 'throttled',
            stack: cloudTrail,
            rule: 'cloudTrail',
            kind: 'function',
            name: `${cloudTrail}-Function-1A2B`,
            ...fields,
          },
        ],
      },
    });

  test.each<[SeenMetric['says'], SeenMetric['kind'], string, RegExp]>([
    ['throttled', 'function', 'high', /ran out of concurrency.* six hours/],
    ['lost', 'function', 'critical', /Lambda could not put an event into the failure queue/],
    ['lost', 'EventBridge rule', 'critical', /EventBridge could not put an event/],
    ['lost', 'topic', 'critical', /SNS could not put a message into the dead-letter queue/],
    ['missed', 'EventBridge rule', 'critical', /did not run when it should have/],
  ])('%s: %s', (says, kind, severity, summary) => {
    const name = `${cloudTrail}-Any-1A2B`;
    const [found, ...more] = asked(metric({ says, kind, name }));
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      key: `metric:${says}:${name}`,
      severity,
      summary: expect.stringMatching(summary),
      facts: { stack: cloudTrail, rule: 'cloudTrail' },
      targets: [{ id: name }],
    });
  });

  test('is muted with the stack', () => {
    expect(asked(metric(), '', cloudTrail)).toMatchObject([{ suppressedBy: cloudTrail }]);
    expect(asked(metric(), '', 'patrol-aws-rootLogin-x')[0]?.suppressedBy).toBeUndefined();
  });

  test('is told where it cannot be read', () => {
    expect(
      asked(seen({ metrics: failed('cloudwatch:GetMetricData', 'the rules that share queues') })),
    ).toMatchObject([{ key: 'unread:cloudwatch:GetMetricData', severity: 'high' }]);
  });
});

describe('the command that mends the very thing', () => {
  const summaryOf = (given: Seen): string | undefined => asked(given)[0]?.summary;
  const at = '--env production --region eu-west-1';
  const failing = (name: string, rule: string): Seen =>
    withStacks(stack({ name, rule, status: 'UPDATE_ROLLBACK_FAILED' }));

  test('shows why a stack failed, of a base stack too', () => {
    expect(summaryOf(failing(cloudTrail, 'cloudTrail'))).toContain(
      `\`patrol-deploy diagnose aws/cloudTrail ${at}\` shows why.`,
    );
    expect(summaryOf(failing('patrol-base-web-shop-eu-1', 'web-shop'))).toContain(
      '`patrol-deploy diagnose base/web-shop --env eu-1 --region eu-west-1`',
    );
  });

  test.each([
    ['an instance of a stack set', `StackSet-${cloudTrail}-0f5d4c3b`, 'cloudTrail'],
    ['a stack whose tag names another rule', cloudTrail, '`; rm -rf ~'],
  ])('is none for %s', (_, name, rule) => {
    expect(summaryOf(failing(name, rule))).not.toContain('patrol-deploy');
  });

  test('replaces what was changed, but no base stack, whose topics people have subscribed to', () => {
    const changed = (name: string, rule: string): string | undefined => {
      const resource = { type: 'AWS::Events::Rule', name: 'x', wanted: { EventPattern: {} } };
      const answer = { value: { EventPattern: { source: ['none'] } } };
      return summaryOf(
        withStacks(stack({ name, rule, resources: { value: [{ ...resource, answer }] } })),
      );
    };
    expect(changed(cloudTrail, 'cloudTrail')).toContain(
      `To have it back: \`patrol-deploy delete aws/cloudTrail ${at}\`, then \`patrol-deploy aws/cloudTrail ${at}\`.`,
    );
    expect(changed('patrol-base-security-production', 'security')).not.toContain('patrol-deploy');
  });

  test.each([
    [0, 'subscribes an address'],
    [1, 'sends it again'],
  ])('subscribes somebody where %i wait', (pending, ends) => {
    expect(
      summaryOf(seen({ topics: [topic({ value: { isSubscribed: false, pending } })] })),
    ).toContain(
      `\`aws sns subscribe --topic-arn ${alerts} --protocol email --notification-endpoint ADDRESS --region eu-west-1\` ${ends}.`,
    );
  });
});

describe('what could not be read', () => {
  test('is one finding for each call', () => {
    const parts = ['a', 'b', 'c'].map((name) => ({
      kind: 'function' as const,
      name,
      answer: failed('lambda:GetFunctionConcurrency', name),
    }));
    const found = asked({
      stacks: {
        value: [
          { value: stack({ parts: { value: parts } }) },
          {
            value: stack({
              name: 'patrol-x',
              parts: failed('cloudformation:ListStackResources', 'patrol-x'),
            }),
          },
          failed('cloudformation:DescribeStacks', 'patrol-y'),
        ],
      },
      topics: [topic(failed('sns:ListSubscriptionsByTopic', alerts))],
      trails: failed('cloudtrail:DescribeTrails', 'the trails of the region'),
      announcements: failed('ssm:GetParameterHistory', '/patrol/announcement'),
      stackSets: [],
      metrics: { value: [] },
      canaries: [],
      at: 0,
    });
    expect(found.map(({ key, facts }) => [key, facts?.['about'], facts?.['failures']])).toEqual([
      ['unread:cloudtrail:DescribeTrails', 'the trails of the region', 1],
      ['unread:ssm:GetParameterHistory', '/patrol/announcement', 1],
      ['unread:cloudformation:DescribeStacks', 'patrol-y', 1],
      ['unread:cloudformation:ListStackResources', 'patrol-x', 1],
      ['unread:lambda:GetFunctionConcurrency', 'a', 3],
      ['unread:sns:ListSubscriptionsByTopic', alerts, 1],
    ]);
    expect(found[4]?.summary).toContain('asked about a and 2 more and failed: AccessDenied: no.');
  });

  test('the list of stacks', () => {
    const stacks = failed('cloudformation:ListStacks', 'the stacks of the region');
    expect(asked(seen({ stacks, topics: [] }), 'cloudTrail')).toMatchObject([
      { key: 'unread:cloudformation:ListStacks' },
    ]);
  });
});

describe('expected rules', () => {
  test.each(['cloudTrail', cloudTrail, 'cloud*', ''])('%j is there', (expected) => {
    expect(asked(seen(), expected)).toEqual([]);
  });

  test('are not there, or about to be deleted', () => {
    const busy = stack({ name: 'patrol-x', rule: 'rootLogin', status: 'DELETE_IN_PROGRESS' });
    expect(asked(withStacks(stack(), busy), 'cloudTrail, rootLogin, CloudTrail')).toMatchObject([
      { key: 'expected:rootLogin', severity: 'critical', facts: { expected: 'rootLogin' } },
      { key: 'expected:CloudTrail' },
    ]);
  });

  test('are not missed within an hour after patrolHealth was told of them: they may be on their way', () => {
    const day = 86_400_000;
    const after = (seconds: number, before = ''): readonly string[] => {
      const name = `${before}patrol-aws-patrolHealth-production`;
      const at = 3 * day;
      const health = stack({ name, rule: 'patrolHealth', updated: at - seconds * 1000 });
      const all = withStacks(stack({ updated: at - 1000 }), health);
      return asked({ ...all, at }, 'cloudTrail, rootLogin').map(({ key }) => key);
    };
    expect(after(3599)).toEqual([]);
    expect(after(3600)).toEqual(['expected:rootLogin']);
    // Of stack sets within a day.
    expect(after(86_399, 'StackSet-')).toEqual([]);
    expect(after(86_400, 'StackSet-')).toEqual(['expected:rootLogin']);
  });

  test('are not missed while a stack cannot be looked at', () => {
    const stacks = { value: [failed('cloudformation:DescribeStacks', 'patrol-x')] };
    expect(asked(seen({ stacks }), 'rootLogin')).toMatchObject([
      { key: 'unread:cloudformation:DescribeStacks' },
    ]);
  });

  test('not even the own stack is found', () => {
    expect(asked(withStacks())).toMatchObject([{ key: 'stacks', severity: 'critical' }]);
  });
});

describe('what the operator ignores is muted', () => {
  const test_ = 'patrol-aws-x-test';
  const bad = stack({
    name: test_,
    status: 'CREATE_FAILED',
    parts: {
      value: [
        { kind: 'queue', name: `${test_}-Q-1`, answer: { value: { kind: 'queue', messages: 1 } } },
        { kind: 'queue', name: `${test_}-Q-2`, answer: failed('sqs:GetQueueAttributes', 'q') },
      ],
    },
  });
  const unheard = { value: { isSubscribed: false, pending: 0 } };
  const suppressors = (found: ReturnType<typeof findings>): readonly unknown[] =>
    found.map(({ suppressedBy }) => suppressedBy);

  test('a stack with all its parts and topics', () => {
    const all = { ...withStacks(stack(), bad), topics: [topic(unheard, test_)] };
    expect(suppressors(asked(all, '', 'patrol-*-test'))).toEqual(Array(4).fill('patrol-*-test'));
    expect(suppressors(asked(all))).toEqual(Array(4).fill(undefined));
  });

  test('a topic and a trail, by their ARNs', () => {
    const all = { ...withTrails(), topics: [topic(unheard)] };
    expect(suppressors(asked(all, '', alerts))).toEqual([alerts, undefined]);
    const { arn } = trail();
    const stopped = trail({ status: { value: { isLogging: false, deliveryError: '' } } });
    expect(suppressors(asked(withTrails(stopped), '', arn))).toEqual([arn]);
  });

  test.each([true, false])('a trail that cannot be read, missing: %s', (isMissing) => {
    const { arn } = trail();
    const selectors = failed('cloudtrail:GetEventSelectors', arn, isMissing);
    const all = withTrails(trail({ selectors }));
    expect(suppressors(asked(all, '', arn))).toEqual([arn]);
    expect(suppressors(asked(all, '', 'arn:aws:cloudtrail:*:trail/other'))).toEqual([undefined]);
    const other = `${arn}-other`;
    const both = withTrails(trail({ selectors }), trail({ arn: other, selectors }));
    expect(suppressors(asked(both, '', arn))).toEqual([undefined]);
  });

  test('not a topic that another stack uses too', () => {
    const all = seen({ topics: [topic(unheard, test_, cloudTrail)] });
    expect(suppressors(asked(all, '', 'patrol-*-test'))).toEqual([undefined]);
  });

  test('not the failures of a call that fails elsewhere too', () => {
    const both = withStacks(bad, part('queue', failed('sqs:GetQueueAttributes', 'elsewhere')));
    const found = asked(both, '', 'patrol-*-test').find(({ key }) => key.startsWith('unread'));
    expect(found).toMatchObject({ facts: { about: 'elsewhere', failures: 1 } });
    expect(found?.suppressedBy).toBeUndefined();
  });
});

describe('the heartbeat', () => {
  const sick = withTrails();
  const run = async (
    state: Seen,
    given: { url?: string; failure?: string; ignored?: string } = {},
  ): Promise<{ keys: readonly string[]; beats: readonly string[] }> => {
    const beats: string[] = [];
    const found = await check(
      {
        look: async () => state,
        beat: async (url) => {
          beats.push(url);
          return given.failure;
        },
      },
      {
        expectedRules: matchers(''),
        ignoredResources: matchers(given.ignored ?? ''),
        deployers: matchers(''),
        heartbeatUrl: given.url ?? 'https://beats.example/ping/secret',
      },
    );
    expect(JSON.stringify(found)).not.toContain('secret');
    return { keys: found.map(({ key }) => key), beats };
  };

  test('is sent when nothing is wrong', async () => {
    const beats = ['https://beats.example/ping/secret'];
    expect(await run(seen())).toEqual({ keys: [], beats });
  });
  test('is not sent when something is wrong', async () => {
    expect(await run(sick)).toEqual({ keys: ['trails'], beats: [] });
  });
  test('is sent when a deployment ended as announced', async () => {
    const text = '{"run":"patrol-1","until":"2026-11-20T09:00:00Z","stacks":{"gone":["delete"]}}';
    const announcement = { by: 'arn:aws:iam::111122223333:user/a', at: nothingAnnounced.at, text };
    const beats = ['https://beats.example/ping/secret'];
    expect(await run(seen({ announcements: { value: [announcement] } }))).toEqual({
      keys: ['announced:patrol-1:2026-11-20T08:00:00.000Z'],
      beats,
    });
  });
  test('is sent when all that is wrong is ignored', async () => {
    const state = seen({ topics: [topic({ value: { isSubscribed: false, pending: 0 } })] });
    const { beats } = await run(state, { ignored: alerts });
    expect(beats).toHaveLength(1);
  });
  test('is sent when the trail that cannot be read is ignored', async () => {
    const { arn } = trail();
    const state = withTrails(trail({ selectors: failed('cloudtrail:GetEventSelectors', arn) }));
    expect((await run(state)).beats).toEqual([]);
    expect((await run(state, { ignored: arn })).beats).toHaveLength(1);
  });
  test('is not sent to nobody', async () => {
    expect(await run(seen(), { url: '' })).toEqual({ keys: [], beats: [] });
  });
  test('that fails is a finding, which does not give its URL away', async () => {
    const { keys } = await run(seen(), { failure: 'it answered 500' });
    expect(keys).toEqual(['heartbeat']);
  });
});

test('whatever could not be read or is not there is never passed over in silence', () => {
  const failure = fc.record({
    call: fc.constantFrom('a:B', 'c:D'),
    about: fc.string(),
    error: fc.string(),
    isMissing: fc.boolean(),
  });
  const answer = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Answer<T>> =>
    fc.oneof({ weight: 40, arbitrary: fc.record({ value }) }, { weight: 1, arbitrary: failure });
  const queue = fc.record({
    kind: fc.constant('queue' as const),
    name: fc.string(),
    answer: answer(fc.constant({ kind: 'queue' as const, messages: 0 })),
  });
  const stacks = answer(
    fc.array(
      answer(
        fc.record({
          name: fc.string(),
          status: fc.constantFrom('CREATE_COMPLETE', 'UPDATE_IN_PROGRESS'),
          rule: fc.string(),
          parts: answer(fc.array(queue)),
        }),
      ),
      { minLength: 1 },
    ),
  );
  const topics = fc.array(
    answer(fc.constant({ isSubscribed: true, pending: 0 })).map((found) => topic(found)),
  );
  const trails = answer(
    fc.array(
      fc.record({
        arn: fc.string(),
        status: answer(fc.constant({ isLogging: true, deliveryError: '' })),
        selectors: answer(fc.constant({ basic: [{}], advanced: [] })),
      }),
      { maxLength: 1 },
    ),
  );
  const hasFailure = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    ('isMissing' in value || Object.values(value).some(hasFailure));
  const counts = { silent: 0, loud: 0 };
  fc.assert(
    fc.property(fc.record({ stacks, topics, trails }), (anything) => {
      const found = asked({ ...anything, ...nothingAnnounced });
      const noTrail = 'value' in anything.trails && anything.trails.value.length === 0;
      const wrong = hasFailure(anything) || noTrail;
      counts[wrong ? 'loud' : 'silent'] += 1;
      expect(found.length > 0).toBe(wrong);
      for (const { key, title, summary } of found) expect([key, title, summary]).not.toContain('');
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(counts.silent, counts.loud)).toBeGreaterThan(50);
});
