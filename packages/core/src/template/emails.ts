import { emailParameters } from '../contracts/stack-names.ts';
import { given, ref } from './intrinsics.ts';
import type { Part } from './merge.ts';

/**
 * The e-mail addresses behind a topic: for each a parameter and a subscription, which is there when the address is given.
 *
 * @param kind of the topic, whose logical id is `AlertTopic` or `AlarmTopic`.
 * @param condition of the topic.
 * @param description of the first parameter.
 */
export const emailSubscriptions = (
  kind: 'Alert' | 'Alarm',
  condition: string,
  description: string,
): Part => {
  const slots = emailParameters(`${kind}Email`);
  const Description = 'Another e-mail address that gets the same. It has to confirm once.';
  return {
    Parameters: Object.fromEntries(
      slots.map((name, index) => [
        name,
        { Type: 'String', Default: '', Description: index === 0 ? description : Description },
      ]),
    ),
    Conditions: Object.fromEntries(
      slots.map((name) => [`Has${name}`, { 'Fn::And': [given(name), { Condition: condition }] }]),
    ),
    Resources: Object.fromEntries(
      slots.map((name) => [
        name.replace('Email', 'Subscription'),
        {
          Type: 'AWS::SNS::Subscription',
          Condition: `Has${name}`,
          Properties: { TopicArn: ref(`${kind}Topic`), Protocol: 'email', Endpoint: ref(name) },
        },
      ]),
    ),
  };
};

/** Whether any of these addresses is given, also where a template has no conditions. */
export const anyEmail = (kind: 'Alert' | 'Alarm'): { 'Fn::Or': unknown[] } => ({
  'Fn::Or': emailParameters(`${kind}Email`).map(given),
});
