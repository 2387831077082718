import { expect, test } from 'vitest';
import { neverRings } from '../../../build/src/testing/alarm.ts';
import { isObject } from '../cloudtrail.ts';
import { stackNames } from '../contracts/stack-names.ts';
import { stopped } from '../rule.fake.ts';
import { type Deployed, deployed } from './deployed.fake.ts';
import { notifierEntry, ruleTemplate } from './index.ts';
import { hooked, reminding } from './rules.fake.ts';

const alerts = 'arn:aws:sns:eu-west-1:111122223333:alerts';
const email = { AlertEmail: 'a@example.com' };

const variables = (stack: Deployed, id: string): unknown => {
  const { Environment } = stack.resources[id] ?? {};
  return isObject(Environment) ? Environment['Variables'] : undefined;
};

test.each([stopped, reminding, hooked])(
  'a rule with an own topic tells machines, and its notifier tells people',
  (rule) => {
    const template = ruleTemplate(rule);
    const stack = deployed(template, { ...email, AlertForm: 'amazonQ' });
    const machines = stack.arn('MachinesTopic');
    expect(variables(stack, 'Function')).toMatchObject({
      ALERT_TOPIC_ARN: machines,
      ALERT_FORM: 'text',
    });
    expect(variables(stack, 'Notifier')).toMatchObject({
      PEOPLE_TOPIC_ARN: stack.arn('AlertTopic'),
      ALERT_FORM: 'amazonQ',
    });
    expect(stack.resources['NotifierSubscription']).toMatchObject({ TopicArn: machines });
    expect(stack.resources['AlertSubscription']).toMatchObject({
      TopicArn: stack.arn('AlertTopic'),
      Endpoint: email.AlertEmail,
    });
    const { outputs } = stackNames;
    expect(template.Outputs?.[outputs.topic]?.['Value']).not.toEqual(
      template.Outputs?.[outputs.machinesTopic]?.['Value'],
    );
  },
);

test('the notifier comes from the zip of the rule, and before the function uses it', () => {
  const { Resources = {} } = ruleTemplate(stopped);
  const { Function: rule, Notifier: notifier } = Resources;
  expect(notifier?.Properties).toMatchObject({
    Code: rule?.Properties['Code'],
    Handler: notifierEntry,
  });
  expect(JSON.stringify(rule?.Properties['Tags'])).toContain('{"Ref":"NotifierSubscription"}');
  expect(Resources['NotifierSubscription']?.DependsOn).toBe('NotifierPermission');
});

test('while a stack is updated, its function may still send to the topic of people', () => {
  const stack = deployed(ruleTemplate(stopped), email);
  for (const id of ['MachinesTopic', 'AlertTopic']) {
    const asked = { by: { role: 'Role' }, action: 'sns:Publish', on: stack.arn(id) };
    expect([id, stack.may(asked)]).toEqual([id, true]);
  }
});

test('only a rule with an own topic has any of it', () => {
  const { Resources = {} } = ruleTemplate(stopped);
  const own = Object.keys(Resources).filter((id) => /^(Notifier|Machines)/.test(id));
  const [with_, without] = [email, { AlertTopicArn: alerts }].map((values) =>
    Object.keys(deployed(ruleTemplate(stopped), values).resources),
  );
  expect(with_).toEqual(expect.arrayContaining(own.filter((id) => !id.includes('Dispatch'))));
  expect(without?.filter((id) => own.includes(id))).toEqual([]);
});

test('tells Dispatch itself only without a notifier', () => {
  const dispatch = { DispatchSnsArn: 'arn:aws:sns:eu-west-1:111122223333:dispatch' };
  const own = deployed(ruleTemplate(stopped), { ...email, ...dispatch });
  const given = deployed(ruleTemplate(stopped), { AlertTopicArn: alerts, ...dispatch });
  expect([variables(own, 'Function'), variables(own, 'Notifier')]).toMatchObject([
    { DISPATCH_SNS_ARN: '' },
    { DISPATCH_SNS_ARN: dispatch.DispatchSnsArn },
  ]);
  expect(variables(given, 'Function')).toMatchObject({ DISPATCH_SNS_ARN: dispatch.DispatchSnsArn });
});

test('its alarms can ring, and go past it', () => {
  const alarms = 'arn:aws:sns:eu-west-1:111122223333:alarms';
  for (const [values, topic] of [
    [email, deployed(ruleTemplate(stopped), email).arn('AlertTopic')],
    [{ ...email, AlarmTopicArn: alarms }, alarms],
  ] as const) {
    const template = ruleTemplate(stopped);
    const { resources } = deployed(template, values);
    const own = Object.keys(resources).filter((id) => /^Notifier\w+Alarm$/.test(id));
    expect(own).toEqual([
      'NotifierDroppedEventsAlarm',
      'NotifierFailuresAlarm',
      'NotifierTroubleAlarm',
      'NotifierTickMissingAlarm',
    ]);
    for (const id of own) {
      const { Properties = {} } = template.Resources?.[id] ?? {};
      expect([id, neverRings(Properties)]).toEqual([id, []]);
      expect([id, resources[id]?.['AlarmActions']]).toEqual([id, [topic]]);
    }
  }
});
