import { describe, expect, test } from 'vitest';
import {
  type AnyRule,
  cis,
  defineRule,
  event,
  hmac,
  names,
  number,
  schedule,
  slack,
  sns,
  text,
  webhook,
} from '@patrol/core';
import { stopped } from '../../core/src/rule.fake.ts';
import {
  hooked,
  large,
  listening,
  reminding,
  scheduled,
  small,
} from '../../core/src/template/rules.fake.ts';
import { problemsOf } from './check.ts';

const problems = (change: object): readonly string[] => {
  const rule = { ...small, ...change } as AnyRule;
  return problemsOf(rule, rule.name);
};

describe('problemsOf', () => {
  test('finds nothing in good rules', () => {
    const good = [stopped, small, large, scheduled('rate(1 day)'), hooked, listening, reminding];
    for (const rule of good)
      expect([rule.name, problemsOf(rule, rule.name)]).toEqual([rule.name, []]);
  });

  test('finds a name that is not the one of the folder', () => {
    expect(problemsOf(small, 'smal')).toEqual(['name "small" must be that of its folder, smal']);
  });

  const pattern = (extra: object): object => ({ triggers: [event({ source: ['x'], ...extra })] });
  const parameter = (name: string, spec: object): object => ({ parameters: { [name]: spec } });
  const permission = (statement: object): object => ({
    permissions: [{ Action: ['s3:GetObject'], Resource: '*', ...statement }],
  });

  test.each<[string, object, readonly string[]]>([
    [
      'a name that is no logical id',
      { name: 'my-rule' },
      ['name "my-rule" must be camelCase: letters and digits, at most 40'],
    ],
    [
      'a capital name',
      { name: 'Small' },
      ['name "Small" must be camelCase: letters and digits, at most 40'],
    ],
    [
      'a name with a path',
      { name: '../x' },
      ['name "../x" must be camelCase: letters and digits, at most 40'],
    ],
    [
      'a long name',
      { name: 'x'.repeat(41) },
      [`name "${'x'.repeat(41)}" must be camelCase: letters and digits, at most 40`],
    ],
    ['no title', { title: ' ' }, ['title must not be empty']],
    ['no runbook', { runbook: '' }, ['runbook must not be empty']],
    [
      'no description',
      { description: '' },
      ['description must not be empty', 'description must be a sentence'],
    ],
    [
      'a description that is no sentence',
      { description: 'Alerts' },
      ['description must be a sentence'],
    ],
    [
      'missing texts',
      { title: undefined, runbook: undefined },
      ['title must not be empty', 'runbook must not be empty'],
    ],
    ['a severity', { severity: 'urgent' }, ['severity must be one of low, medium, high, critical']],
    [
      'no triggers',
      { triggers: [] },
      ['triggers must not be empty: nothing would ever run the rule'],
    ],
    [
      'a pattern that EventBridge refuses',
      pattern({ detail: { eventName: 'StopLogging' } }),
      [
        'triggers: Expected an object or an array, found "StopLogging", at detail.eventName in the event pattern.',
      ],
    ],
    [
      'a pattern with null, which no template can hold',
      pattern({
        detail: { responseElements: [null], $or: [{ a: ['b'] }, { c: [{ exists: true }, null] }] },
      }),
      ['detail.responseElements[0]', 'detail.$or[1].c[1]'].map(
        (place) =>
          `triggers: found null at ${place} in the event pattern, which CloudFormation takes in no template. Write { exists: false } for a field that is absent, or { exists: true } for one that is null or an object: only values exist`,
      ),
    ],
    [
      'a pattern that is too long',
      pattern({ detail: { eventName: ['x'.repeat(2048)] } }),
      ['the event pattern has 2092 characters; EventBridge takes 2048'],
    ],
    [
      'the name of a parameter',
      parameter('my_list', text('A text.', { default: '' })),
      ['parameter my_list must be camelCase: letters and digits, at least 2'],
    ],
    [
      'a name of one letter, which Lambda refuses',
      parameter('x', text('A text.', { default: '' })),
      ['parameter x must be camelCase: letters and digits, at least 2'],
    ],
    [
      'the description of a parameter',
      parameter('list', names('Names', { default: '' })),
      ['parameter list: the description must be a sentence'],
    ],
    [
      'no default and no example',
      parameter('list', names('Names.')),
      ['parameter list must have a default or an example'],
    ],
    [
      'a bad default',
      parameter('limit', number('A limit.', { default: '9', maximum: 5 })),
      ['parameter limit: "9" is not allowed; expected a number up to 5.'],
    ],
    [
      'a bad example',
      parameter('muted', names('Names.', { example: '*', suppresses: true })),
      ['parameter muted: "*" would mute most alerts. Name more precisely what to mute.'],
    ],
    [
      'an effect that cannot be left out',
      parameter('ping', text('A URL.', { default: 'https://x.example', actsOutside: true })),
      [
        'parameter ping: actsOutside is only for a text with an empty default, which try and replay then use',
      ],
    ],
    [
      'an effect that is required',
      parameter('ping', text('A URL.', { example: 'https://x.example', actsOutside: true })),
      [
        'parameter ping: actsOutside is only for a text with an empty default, which try and replay then use',
      ],
    ],
    [
      'an effect of a list',
      parameter('ping', { ...names('URLs.', { default: '' }), actsOutside: true }),
      [
        'parameter ping: actsOutside is only for a text with an empty default, which try and replay then use',
      ],
    ],
    [
      'an effect that can be left out',
      parameter('ping', text('A URL.', { default: '', actsOutside: true })),
      [],
    ],
    [
      'a parameter that is common to all',
      parameter('deniedAttempts', text('A text.', { default: '' })),
      [
        'parameter deniedAttempts is common to all rules on CloudTrail events and must not be declared',
      ],
    ],
    [
      'all actions',
      permission({ Action: ['*'] }),
      ['permissions must name their actions, without *'],
    ],
    [
      'all actions of a service',
      permission({ Action: ['s3:GetObject', 'logs:*'] }),
      ['permissions must name their actions, without *'],
    ],
    [
      'a resource that is no ARN',
      permission({ Resource: 'bucket' }),
      [
        'permissions: Expected an ARN of the form arn:partition:service:region:account:resource, found "bucket".',
      ],
    ],
    [
      'a partition',
      permission({ Resource: 'arn:aws:s3:::ledger' }),
      ['permissions: arn:aws:s3:::ledger must use ${AWS::Partition} in Fn::Sub'],
    ],
    [
      'a partition in a list',
      permission({ Resource: ['arn:aws:s3:::ledger'] }),
      ['permissions: ["arn:aws:s3:::ledger"] must use ${AWS::Partition} in Fn::Sub'],
    ],
    [
      'a partition in Fn::Sub',
      permission({ Resource: { 'Fn::Sub': 'arn:aws-cn:s3:::${AWS::AccountId}' } }),
      [
        'permissions: {"Fn::Sub":"arn:aws-cn:s3:::${AWS::AccountId}"} must use ${AWS::Partition} in Fn::Sub',
      ],
    ],
    [
      'a webhook without events',
      { triggers: [webhook([])] },
      ['triggers: a webhook must name the events that the rule needs'],
    ],
    [
      'events of a webhook that GitHub does not have',
      { triggers: [webhook(['fork', '*', 'repository.created', 'Push', '']), webhook(['x-y'])] },
      ['*', 'repository.created', 'Push', '', 'x-y'].map(
        (name) =>
          `triggers: "${name}" is not an event of GitHub webhooks. Expected a name such as repository, without an action`,
      ),
    ],
    [
      'a name that GitHub has not, and Slack may have',
      { triggers: [webhook(['user:changed'], { from: slack })] },
      [],
    ],
    [
      'a name of an event of a sender that names none',
      { triggers: [webhook(['paid'], { from: hmac('Bell', { header: 'Signature' }) })] },
      [
        'triggers: "paid" is not an event of Bell webhooks. Expected delivery, since Bell names no events',
      ],
    ],
    [
      'webhooks of two senders',
      { triggers: [webhook(['fork']), webhook(['team_join'], { from: slack })] },
      [
        'triggers: all webhooks of a rule must have the same sender, since its stack has one endpoint and one secret. Write a rule for each sender',
      ],
    ],
    [
      'services that are none',
      {
        triggers: [
          sns(['backup.amazonaws.com', '*', 'backup', 'amazonaws.com', 'a.amazonaws.com.evil']),
        ],
      },
      ['*', 'backup', 'amazonaws.com', 'a.amazonaws.com.evil'].map(
        (name) =>
          `triggers: "${name}" is not the service principal of an AWS service. Expected one such as backup.amazonaws.com`,
      ),
    ],
    [
      'a reminder without a schedule',
      { remindAfter: 86_400 },
      ['remindAfter needs a schedule, and the rule has none'],
    ],
    [
      'a watch without a schedule',
      { watches: true },
      ['watches needs a schedule, and the rule has none: nothing would run it while all is quiet'],
    ],
    [
      'a reminder at every run',
      {
        triggers: [schedule('rate(1 day)'), schedule('rate(1 hour)'), schedule('rate(2 hours)')],
        remindAfter: 3600,
      },
      [
        'remindAfter is shorter than rate(1 day): every run would send everything again',
        'remindAfter is shorter than rate(2 hours): every run would send everything again',
      ],
    ],
    [
      'once in a time, without events',
      { triggers: [schedule('rate(1 hour)')], onceWithin: 3600 },
      ['onceWithin is for events, and the rule has none: use remindAfter for a schedule'],
    ],
    ...[0, -1, 1.5, Number.NaN].map((onceWithin): [string, object, readonly string[]] => [
      `once within ${onceWithin} seconds`,
      { onceWithin },
      [`onceWithin must be a whole number of seconds, found ${onceWithin}`],
    ]),
    ...[0, -1, 1.5, Number.NaN].map((remindAfter): [string, object, readonly string[]] => [
      `a reminder after ${remindAfter} seconds`,
      { triggers: [schedule('rate(1 hour)')], remindAfter },
      [`remindAfter must be a whole number of seconds, found ${remindAfter}`],
    ]),
    ...[
      '',
      'two\nlines',
      ' CloudTrail.1',
      'CIS 4.5',
      'CIS AWS Foundations Benchmark 4.5 (v1.4 to v5.0), 5.5 (v6.0, v7.0)',
      'CIS AWS Foundations Benchmark 4.17 (v1.4 to v5.0), 5.17 (v6.0, v7.0): fully',
      'CIS AWS Foundations Benchmark 4.5 (v1.4 to v5.0), 5.6 (v6.0, v7.0): fully',
      'CIS AWS Foundations Benchmark 4.5 (v1.4 to v5.0), 5.5 (v6.0, v7.0): in part, without ',
      'MITRE ATT&CK T1562',
      'MITRE ATT&CK T1562.8 Disable or Modify Cloud Logs',
    ].map((reference): [string, object, readonly string[]] => [
      `the reference ${JSON.stringify(reference)}`,
      { references: [reference] },
      [
        `references: ${JSON.stringify(reference)} has none of the usual forms. Expected cis(1) to cis(16), mitre('T1562.008', 'Disable or Modify Cloud Logs'), or a line of text`,
      ],
    ]),
    [
      'a reference that is given twice',
      { references: [cis(5), 'AWS FSBP CloudTrail.1', cis(5)] },
      [`references: "${cis(5)}" is given twice`],
    ],
  ])('finds %s', (_, change, expected) => {
    expect(problems(change)).toEqual(expected);
  });

  test('finds all at once', () => {
    expect(
      problems({
        title: '',
        description: 'x',
        severity: 'x',
        triggers: [],
        parameters: { my_list: names('x') },
      }),
    ).toHaveLength(7);
  });
});

test('a clock that runs at uneven times may remind sooner than its longest pause', () => {
  const weekdays = schedule('cron(0 8-18 ? * MON-FRI *)', 62 * 3600);
  expect(problems({ triggers: [weekdays], remindAfter: 86_400 })).toEqual([]);
});

test('a rule that declares a common parameter by itself is typed, and refused', () => {
  const rule = defineRule({
    ...small,
    parameters: { deniedAttempts: text('A text.', { default: '' }) },
    evaluate: () => undefined,
  });
  expect(problemsOf(rule, 'small')).toHaveLength(1);
});
