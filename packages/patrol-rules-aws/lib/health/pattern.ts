/**
 * Which calls on parts of Patrol EventBridge delivers. The pattern delivers more calls than the rule alerts on. The calls
 * that it alerts on are in `tamperingCalls.ts`; its types accept only calls that this pattern delivers.
 */
import type { EventPattern } from '@patrol/core';

/** The services that hold parts of Patrol. Cloud Control can change resources of all services. */
const services = [
  'cloudcontrolapi',
  'cloudformation',
  'dynamodb',
  'events',
  'iam',
  'lambda',
  'logs',
  'monitoring',
  'sns',
  'sqs',
] as const;

/** The first words of the names of the calls. */
const verbs = [
  'Attach',
  'Delete',
  'Disable',
  'Purge',
  'Put',
  'Remove',
  'Set',
  'Unsubscribe',
  'Update',
] as const;

/** The names of Patrol's stacks begin so. CloudFormation names resources after their stack. */
const name = { prefix: 'patrol-' };
/** Such a name within an ARN, a URL or a path. */
const part = { wildcard: '*patrol-*' };
const is = { exists: true };

/** The request parameters that name a part of Patrol. Topics may be the operator's own. */
const parts = {
  alarmName: [name],
  alarmNames: [name],
  functionName: [part],
  identifier: [part],
  logGroupName: [part],
  muteTargets: { alarmNames: [name] },
  name: [name],
  queueUrl: [part],
  resourceArn: [is],
  roleName: [name],
  rule: [name],
  stackName: [part],
  subscriptionArn: [is],
  tableName: [name],
  topicArn: [is],
} as const satisfies EventPattern;

/** A call that the pattern delivers, by its service and its name: `events.DeleteRule`. */
export type DeliveredCall = `${(typeof services)[number]}.${(typeof verbs)[number]}${string}`;

/** The request parameter of such a call that names a part of Patrol, by its dotted path. */
export type PartParameter = PathIn<typeof parts>;

type PathIn<T> = {
  [Key in keyof T & string]: T[Key] extends readonly unknown[] ? Key : `${Key}.${PathIn<T[Key]>}`;
}[keyof T & string];

/** Everything is in one pattern: a second one would bring a second EventBridge rule, with two more alarms. */
export const callsOnPatrol: EventPattern = {
  source: [{ prefix: 'aws.' }],
  'detail-type': ['AWS API Call via CloudTrail'],
  detail: {
    eventSource: services.map((service) => `${service}.amazonaws.com`),
    eventName: verbs.map((prefix) => ({ prefix })),
    $or: [
      { requestParameters: [null] },
      ...Object.entries(parts).map(([field, values]) => ({
        requestParameters: { [field]: values },
      })),
    ],
  },
};
