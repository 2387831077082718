/**
 * Which calls on parts of Patrol EventBridge delivers. The patterns deliver more calls than the rule alerts on. The calls
 * that it alerts on are in `tamperingCalls.ts`; its types accept only calls that these patterns deliver.
 */
import type { EventPattern } from '@patrol/core';
import type { announcementName } from '@patrol/core/contracts';

/** What Patrol's stacks are named, within an ARN, a URL or a path too. CloudFormation names resources after their stack. */
const part = { wildcard: '*patrol-*' };
const is = { exists: true };
/** Its type is its value: the contracts bring a library, which has no place where the function starts. */
const announcement: typeof announcementName = '/patrol/announcement';

/** The services that make the stacks and run the rules. Cloud Control can change resources of all services. */
const running = {
  services: ['cloudcontrolapi', 'cloudformation', 'events', 'iam', 'lambda'],
  /** The first words of the names of the calls. */
  verbs: [
    'Add',
    'Attach',
    'Cancel',
    'Continue',
    'CreateChange',
    'CreateEventSource',
    'CreateFunctionUrl',
    'CreateStack',
    'Delete',
    'Disable',
    'Execute',
    'Import',
    'Put',
    'Remove',
    'Rollback',
    'SetStackPolicy',
    'Stop',
    'Update',
  ],
  /** The request parameters that name a part of Patrol. */
  parts: {
    // The ARN of a change set does not say of which stack it is.
    changeSetName: [{ prefix: 'arn:' }],
    functionName: [part],
    identifier: [part],
    // The bus on which AWS puts the events of its services.
    name: [part, 'default'],
    resourceArn: [part],
    roleName: [part],
    rule: [part],
    stackDefinitions: { stackName: [part] },
    stackName: [part],
    stackSetName: [part],
  },
} as const satisfies Delivery;

/** The services that take what arrives, keep what is lost and tell what is found. */
const telling = {
  services: [
    'apigateway',
    'dynamodb',
    'kms',
    'logs',
    'monitoring',
    'secretsmanager',
    'sns',
    'sqs',
    'ssm',
  ],
  verbs: [
    'Add',
    'Associate',
    'Delete',
    'Disable',
    'Purge',
    'Put',
    'Reimport',
    'Remove',
    'Revoke',
    'Rotate',
    'Schedule',
    'Set',
    'StartMessage',
    'Subscribe',
    'Unsubscribe',
    'Update',
  ],
  /** Topics and keys may be the operator's own, and the ids of APIs are random. */
  parts: {
    alarmName: [part],
    alarmNames: [part],
    apiId: [is],
    keyId: [is],
    logGroupIdentifier: [part],
    logGroupName: [part],
    muteTargets: { alarmNames: [part] },
    name: [announcement],
    names: [announcement],
    queueUrl: [part],
    resourceArn: [is],
    resourceIdentifier: [part],
    secretId: [{ wildcard: '*WebhookSecret-*' }, { wildcard: '*patrol/*' }],
    sourceArn: [part],
    subscriptionArn: [is],
    tableName: [part],
    topicArn: [is],
  },
} as const satisfies Delivery;

/** Calls that a pattern delivers: each verb of each service, with a parameter that names a part. */
interface Delivery {
  readonly services: readonly string[];
  readonly verbs: readonly string[];
  readonly parts: EventPattern;
}

/** What is delivered. EventBridge takes at most 2,048 characters of a pattern, so there are two. */
export const deliveries = [running, telling] as const;

type Delivered = (typeof deliveries)[number];
type CallOf<D> = D extends Delivered
  ? `${D['services'][number]}.${D['verbs'][number]}${string}`
  : never;
type PathOf<D> = D extends Delivered ? PathIn<D['parts']> : never;
type PathIn<T> = {
  [Key in keyof T & string]: T[Key] extends readonly unknown[] ? Key : `${Key}.${PathIn<T[Key]>}`;
}[keyof T & string];

/** A call that a pattern delivers, by its service and its name: `events.DeleteRule`. */
export type DeliveredCall = CallOf<Delivered>;

/** The request parameter of such a call that names a part of Patrol, by its dotted path. */
export type PartParameter = PathOf<Delivered>;

/** The patterns for calls on parts of Patrol. */
export const callsOnPatrol: readonly EventPattern[] = deliveries.map(
  ({ services, verbs, parts }) => ({
    source: [{ prefix: 'aws.' }],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: services.map((service) => `${service}.amazonaws.com`),
      eventName: verbs.map((prefix) => ({ prefix })),
      $or: [
        // Those of denied calls are null. Others are objects, and only values exist. CloudFormation takes no null.
        { requestParameters: [is] },
        ...Object.entries(parts).map(([field, values]) => ({
          requestParameters: { [field]: values },
        })),
      ],
    },
  }),
);
