import { boundary } from './boundary.ts';
import { describe, expect, test } from 'vitest';
import { neverRings } from '../../../build/src/testing/alarm.ts';
import { referenceProblems, schemaProblems } from '../../../build/src/testing/schema.ts';
import { stackNames } from '../contracts/stack-names.ts';
import { deployed } from './deployed.fake.ts';
import { ref } from './intrinsics.ts';
import { merge } from './merge.ts';
import { notifier } from './notifier.ts';
import { queuePolicy } from './queue.ts';

const topic = { Type: 'AWS::SNS::Topic', Properties: {} };

/** A stack with a notifier between two topics, and one for the alarms. */
const template = {
  AWSTemplateFormatVersion: '2010-09-09',
  ...merge(
    boundary,
    { Resources: { Machines: topic, People: topic, Alarms: topic } },
    notifier({
      code: { ZipFile: 'exports.handler = async () => {};' },
      machines: ref('Machines'),
      people: ref('People'),
      alarms: ref('Alarms'),
    }),
  ),
};
const stack = deployed(template);

test('the template is one', () => {
  expect(schemaProblems(template)).toEqual([]);
  expect(referenceProblems(template)).toEqual([]);
});

test('every alarm can ring, and tells the topic of the alarms', () => {
  const alarms = Object.entries(template.Resources ?? {}).filter(
    ([, { Type }]) => Type === 'AWS::CloudWatch::Alarm',
  );
  expect(alarms).toHaveLength(5);
  for (const [id, { Properties }] of alarms) {
    expect([id, neverRings(Properties)]).toEqual([id, []]);
    // Anybody may put values of a metric that is no metric of AWS, and a sum goes down by those below zero.
    if (Properties['Namespace'] === stackNames.metrics.namespace) {
      expect([id, Properties['Statistic']]).toEqual([id, 'Maximum']);
    }
    expect(Properties['AlarmActions']).toEqual([{ Ref: 'Alarms' }]);
  }
});

test('what the notifier logs is counted under the names that patrolHealth and the alarm read', () => {
  const filters = Object.values(template.Resources ?? {}).flatMap(({ Type, Properties }) =>
    Type === 'AWS::Logs::MetricFilter' ? [Properties] : [],
  );
  const counted = (what: string): unknown => ({
    MetricNamespace: stackNames.metrics.namespace,
    MetricName: { 'Fn::Sub': `\${AWS::StackName}-${what}` },
    MetricValue: '1',
  });
  expect(filters).toMatchObject([
    {
      FilterPattern: '{ $.verdict = "trouble" }',
      MetricTransformations: [counted('NotifierTrouble')],
    },
    {
      FilterPattern: '{ $.verdict = "accounted" }',
      MetricTransformations: [counted(stackNames.metrics.accounted)],
    },
  ]);
});

describe('the function', () => {
  const by = { role: 'NotifierRole' };
  test.each([
    ['sns:Publish', 'People', true],
    ['sns:Publish', 'Machines', false],
    ['sns:GetTopicAttributes', 'People', true],
    ['sqs:SendMessage', 'NotifierHeldQueue', true],
    ['sqs:ReceiveMessage', 'NotifierHeldQueue', true],
    ['sqs:SendMessage', 'NotifierFailureQueue', true],
    ['sqs:ReceiveMessage', 'NotifierFailureQueue', false],
  ])('may %s on %s: %s', (action, id, allowed) => {
    expect(stack.may({ by, action, on: stack.arn(id) })).toBe(allowed);
  });

  test('is run by the topic of the machines and by the clock alone', () => {
    const on = stack.arn('Notifier');
    const action = 'lambda:InvokeFunction';
    for (const [service, source, allowed] of [
      ['sns.amazonaws.com', 'Machines', true],
      ['sns.amazonaws.com', 'People', false],
      ['events.amazonaws.com', 'NotifierTick', true],
    ] as const) {
      const context = { 'aws:SourceArn': stack.arn(source) };
      expect([source, stack.may({ by: { service }, action, on, context })]).toEqual([
        source,
        allowed,
      ]);
    }
  });

  test('has less time than an alert may be claimed', async () => {
    const { bounds } = await import('../notify/state.ts');
    const timeout = Number(stack.resources['Notifier']?.['Timeout']);
    expect(timeout * 1000).toBeLessThan(bounds.lease);
    // What a tick took comes back when the tick can no longer run.
    const invisible = Number(stack.resources['NotifierHeldQueue']?.['VisibilityTimeout']);
    expect(invisible).toBeGreaterThan(timeout);
  });
});

test('the notifier alone takes alerts out of the queue in which they wait', () => {
  const { held } = stackNames.baseResources;
  const Resource = { 'Fn::GetAtt': [held, 'Arn'] };
  const all = { Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource };
  const open = deployed({
    ...template,
    Resources: { ...template.Resources, Open: queuePolicy(held, [all]) },
  });
  const may = (action: string, role: string): boolean =>
    open.may({
      by: { account: '111122223333' },
      action,
      on: open.arn(held),
      context: { 'aws:PrincipalArn': role },
    });
  const others = 'arn:aws:iam::111122223333:role/Admin';
  for (const action of ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility']) {
    expect([action, may(`sqs:${action}`, open.arn('NotifierRole'))]).toEqual([action, true]);
    expect([action, may(`sqs:${action}`, others)]).toEqual([action, false]);
  }
  // patrolHealth reads its attributes, and an operator sends what failed once more.
  for (const action of ['GetQueueAttributes', 'SendMessage']) {
    expect([action, may(`sqs:${action}`, others)]).toEqual([action, true]);
  }
});

test('what fails is kept', () => {
  const on = stack.arn('NotifierFailureQueue');
  const action = 'sqs:SendMessage';
  for (const [service, source] of [
    ['sns.amazonaws.com', 'Machines'],
    ['events.amazonaws.com', 'NotifierTick'],
  ] as const) {
    const context = { 'aws:SourceArn': stack.arn(source) };
    expect(stack.may({ by: { service }, action, on, context })).toBe(true);
  }
  expect(stack.may({ by: { account: '444455556666' }, action, on })).toBe(false);
});

test('under a condition all of it is', () => {
  const { Resources = {}, Outputs = {} } = notifier({
    code: { ZipFile: '' },
    machines: ref('Machines'),
    people: ref('People'),
    alarms: ref('Alarms'),
    condition: 'HasPeople',
  });
  for (const each of [...Object.values(Resources), ...Object.values(Outputs)]) {
    expect(each).toMatchObject({ Condition: 'HasPeople' });
  }
});
