/**
 * What a function can be given besides EventBridge events: a message of a topic, a delivery of a webhook. A trigger of
 * such a kind carries its reader, so that other rules' functions do not hold it.
 */
import { isObject } from './cloudtrail.ts';
import type { Actor, Alert } from './contracts/alert.ts';
import { said, type Sender } from './sender.ts';

/** What an event says of itself, for the alert; `null` where it does not. */
export type About = Pick<
  Alert,
  | 'account'
  | 'region'
  | 'actor'
  | 'sourceAddress'
  | 'userAgent'
  | 'eventName'
  | 'eventTime'
  | 'eventId'
>;

/** An event of a trigger's kind: what the rule is asked about, and what it says of itself. */
export interface Arrival {
  readonly event: unknown;
  readonly about: About;
}

/** Reads what a function was given; `undefined` when it is not an event of the trigger's kind. */
export type Reader = (given: unknown) => Arrival | undefined;

/**
 * A message of an SNS topic, with the names that SNS gives a function's event ("Invoking Lambda functions with Amazon
 * SNS notifications", Lambda's developer guide).
 */
export interface SnsMessage {
  readonly Type?: string;
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject?: string | null;
  /** The text as it was published. */
  readonly Message: string;
  /** ISO 8601. */
  readonly Timestamp: string;
  readonly MessageAttributes?: Readonly<
    Record<string, { readonly Type: string; readonly Value: string }>
  >;
}

/** A delivery of a webhook whose signature was right. */
export interface WebhookDelivery<Name extends string = string, Payload = unknown> {
  /** The event: GitHub's `X-GitHub-Event`, the type of Slack's inner event. */
  readonly name: Name;
  /** GitHub's `X-GitHub-Delivery`, Slack's `event_id`: the same for a delivery that is sent again. */
  readonly id?: string;
  /** When it arrived, in ISO 8601. */
  readonly receivedAt?: string;
  readonly payload: Payload;
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** What is known of an event that says nothing of itself. */
export const nothingSaid: About = {
  account: null,
  region: null,
  actor: null,
  sourceAddress: null,
  userAgent: null,
  eventName: null,
  eventTime: null,
  eventId: null,
};

/**
 * Reads what SNS gives a function. "All notification messages will contain a single published message" (SNS FAQ): more
 * than one would be something else, and is not read.
 */
export const readSnsMessage: Reader = (given) => {
  const records = isObject(given) ? given['Records'] : undefined;
  const [record, ...more] = Array.isArray(records) ? records : [];
  const message: unknown = isObject(record) ? record['Sns'] : undefined;
  if (!isObject(message) || typeof message['Message'] !== 'string' || more.length > 0) {
    return undefined;
  }
  const [, , , region = null, account = null] = (text(message['TopicArn']) ?? '').split(':');
  return {
    event: message,
    about: {
      ...nothingSaid,
      account,
      region,
      eventName: text(message['Subject']) ?? 'SNS message',
      eventTime: text(message['Timestamp']),
      eventId: text(message['MessageId']),
    },
  };
};

/** Reads deliveries of webhooks that somebody sends: GitHub when left out ("Webhook events and payloads"). */
export const deliveryReader =
  (sender?: Sender): Reader =>
  (given) => {
    if (!isObject(given) || !isObject(given['payload'])) return undefined;
    const { payload } = given;
    const name = text(given['name']);
    if (name === null) return undefined;
    return {
      event: given,
      about: {
        ...nothingSaid,
        ...(sender ? { actor: actorOf(sender, payload), eventName: name } : gitHubs(name, payload)),
        eventTime: text(given['receivedAt']),
        eventId: text(given['id']),
      },
    };
  };

/** Reads a delivery of GitHub, and of any other webhook what all of them have. */
export const readDelivery: Reader = deliveryReader();

function gitHubs(name: string, payload: Readonly<Record<string, unknown>>) {
  const sender = isObject(payload['sender']) ? payload['sender'] : {};
  const login = text(sender['login']);
  const type = text(sender['type']) ?? 'User';
  const action = text(payload['action']);
  return {
    actor: login === null ? null : gitHubActor(login, type),
    eventName: action === null ? name : `${name}.${action}`,
  };
}

/** Whoever a sender says has acted. */
function actorOf(sender: Sender, payload: Readonly<Record<string, unknown>>): Actor | null {
  const name = sender.actor && said({ header: () => '', payload }, sender.actor);
  if (!name) return null;
  const description = `${sender.name} user ${name}`;
  return { type: 'User', description, name, arn: null, accountId: null, principal: name };
}

/** GitHub names `ghost` where the account is gone or not known: that is nobody. */
const gitHubActor = (login: string, type: string): Actor => ({
  type,
  description:
    login === 'ghost' ? 'a GitHub account that is gone' : `GitHub ${type.toLowerCase()} ${login}`,
  name: login === 'ghost' ? null : login,
  arn: null,
  accountId: null,
  principal: login === 'ghost' ? null : login,
});
