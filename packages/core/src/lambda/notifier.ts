/**
 * `@patrol/core/lambda/notifier`: the function between the machines' topic, which gets every alert, and the people's topic.
 * It is run by each message of the one, and by the clock each minute.
 *
 * @module
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  BatchGetItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { isObject } from '../cloudtrail.ts';
import type { Alert } from '../contracts/alert.ts';
import type { Route } from '../contracts/route.ts';
import {
  alertFormVariable,
  dispatchFormVariable,
  dispatchTopicVariable,
  heldQueueVariable,
  memoryTableVariable,
  muteAlias,
  peopleTopicVariable,
  routesVariable,
} from '../environment.ts';
import { type Mute, MuteRefused, readMute } from '../notify/mute.ts';
import { type Items, keptUntil, type Week } from '../notify/week.ts';
import {
  count,
  type Held,
  mute,
  notify,
  type Notifier,
  type Queue,
  type Table,
  tick,
  unmute,
} from '../notify/notify.ts';
import { nothingKnown, parseState, rankOf, serialise } from '../notify/state.ts';
import { isScheduledEvent } from '../trigger.ts';
import { clean } from '../unseen.ts';
import { log } from './log.ts';
import { dispatchAttributes } from './message.ts';
import { sendTo } from './sns.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What Lambda says of a call. */
interface Context {
  /** Ends with the name of the alias that was called, if one was. */
  readonly invokedFunctionArn: string;
}

/**
 * The handler of the notifier. Through its alias `mute` it mutes and nothing else: whoever may call that alias can
 * neither make nor end an alert.
 *
 * @throws an Error for anything that it does not know.
 */
export async function handler(event: unknown, { invokedFunctionArn }: Context): Promise<unknown> {
  const told = new Set<string>();
  const world = worldOf(process.env, told);
  if (invokedFunctionArn.endsWith(`:${muteAlias}`)) return muting(event, world);
  if (isScheduledEvent(event)) await tick(world);
  // SNS hands a function one message at a time.
  else for (const alert of alertsOf(event)) await account(alert, world);
  for (const topicArn of told) await noteUnheard(topicArn);
  return undefined;
}

/**
 * Tells or holds an alert, or counts what is for machines alone, and says that it did. patrolHealth compares how often it did with
 * what was published.
 */
async function account(alert: Alert, world: Notifier): Promise<void> {
  await (alert.canary || alert.suppressed ? count : notify)(alert, world);
  log('INFO', { rule: alert.rule, eventId: alert.eventId, verdict: 'accounted' });
}

let sns: SNSClient | undefined;

/**
 * Rings where what was told has reached nobody: nobody has confirmed a subscription to the topic, so that only an alarm,
 * which may go to another topic, can say so.
 */
async function noteUnheard(TopicArn: string): Promise<void> {
  sns ??= new SNSClient({ maxAttempts: 2, requestHandler: promptly });
  try {
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    if (Attributes?.['SubscriptionsConfirmed'] !== '0') return;
    log('ERROR', {
      verdict: 'trouble',
      what: `Nobody was told: no subscription to ${TopicArn} is confirmed`,
    });
  } catch (error) {
    log('WARN', {
      verdict: 'trouble',
      what: `Whether anybody has a confirmed subscription to ${TopicArn} is not known`,
      because: String(error),
    });
  }
}

/** What the alias answers: the mutes that there are, with what each has muted so far, and the one that began or ended. */
interface MuteAnswer {
  readonly mutes: readonly (Mute & { readonly muted: number })[];
  readonly mute?: Mute;
}

/** `{ "mute": { … } }`, `{ "unmute": "<id>" }` or `{ "mutes": true }`. */
async function muting(event: unknown, world: Notifier): Promise<MuteAnswer> {
  const changed = await changedBy(event, world);
  const { mutes, state } = await world.table.read();
  return {
    mutes: mutes
      .filter(({ until }) => until > world.now())
      .map((each) => ({ ...each, muted: state.muted[each.id] ?? 0 })),
    ...(changed && { mute: changed }),
  };
}

async function changedBy(event: unknown, world: Notifier): Promise<Mute | undefined> {
  if (isObject(event) && isObject(event['mute'])) return mute(event['mute'], world);
  if (isObject(event) && typeof event['unmute'] === 'string') {
    const ended = await unmute(event['unmute'], world);
    if (ended) return ended;
    throw new MuteRefused(`There is no mute ${clean(event['unmute'], 50)}.`);
  }
  if (isObject(event) && event['mutes'] === true) return undefined;
  throw new MuteRefused('Expected { "mute": { … } }, { "unmute": "<id>" } or { "mutes": true }.');
}

/**
 * The alerts that SNS hands over.
 *
 * @throws an Error for anything else: it is kept in the failure queue, and that rings.
 */
function alertsOf(event: unknown): readonly Alert[] {
  const records = isObject(event) && Array.isArray(event['Records']) ? event['Records'] : [];
  const alerts = records.map((each: unknown) => {
    const sns = isObject(each) ? each['Sns'] : undefined;
    const text = isObject(sns) ? sns['Message'] : undefined;
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
    return isAlert(value) ? { ...value, ...forDispatch(sns) } : undefined;
  });
  const found = alerts.filter((alert) => alert !== undefined);
  if (found.length > 0 && found.length === alerts.length) return found;
  throw new Error(
    'Expected a message of SNS with an alert of a rule, or a schedule. Found something else: see the event in the failure queue.',
  );
}

/** An alert, and what its rule says that Dispatch is to make of it. */
type Handed = Alert & { readonly dispatch?: Environment };

/** What the attributes of a message of SNS say for Dispatch, as the environment of a function says it. */
function forDispatch(sns: unknown): Pick<Handed, 'dispatch'> {
  const given = isObject(sns) && isObject(sns['MessageAttributes']) ? sns['MessageAttributes'] : {};
  const dispatch = Object.fromEntries(
    Object.entries(dispatchAttributes).flatMap(([name, variable]) => {
      const attribute = given[name];
      const value = isObject(attribute) ? attribute['Value'] : undefined;
      return typeof value === 'string' ? [[variable, value]] : [];
    }),
  );
  return Object.keys(dispatch).length > 0 ? { dispatch } : {};
}

/** Whether a value has what telling it needs. */
const isAlert = (value: unknown): value is Alert =>
  isObject(value) &&
  ['rule', 'severity', 'title', 'summary', 'dedupKey', 'groupKey', 'runbook'].every(
    (name) => typeof value[name] === 'string',
  ) &&
  Array.isArray(value['targets']) &&
  Array.isArray(value['references']) &&
  isObject(value['facts']);

/** A topic that is told, the form that it takes, and which alerts it gets where it does not get all. */
interface Topic {
  readonly topicArn: string;
  readonly formIn: (environment: Environment) => string;
  readonly route?: Route;
}

/** The further topics. Where they cannot be read, people are told all the same. */
function routesOf(text = ''): readonly Route[] {
  try {
    return text ? JSON.parse(text) : [];
  } catch (error) {
    const what = 'The further topics cannot be read, and get nothing';
    log('ERROR', { verdict: 'trouble', what, because: String(error) });
    return [];
  }
}

/** Whether a further topic gets an alert. */
const takes = ({ severity = 'low', rules, accounts }: Route, alert: Alert): boolean =>
  rankOf(alert) >= rankOf({ severity }) &&
  (rules?.includes(alert.rule) ?? true) &&
  (accounts?.includes(alert.account ?? '') ?? true);

/** @param told takes the topic for people when something was published to it. */
function worldOf(environment: Environment, told: Set<string>): Notifier {
  const topics = new Map<string, Topic>(
    [
      [
        'people',
        environment[peopleTopicVariable],
        () => environment[alertFormVariable] || 'text',
      ] as const,
      [
        'dispatch',
        environment[dispatchTopicVariable],
        // Each rule says what the topic takes.
        (handed: Environment) => handed[dispatchFormVariable] || 'dispatch',
      ] as const,
    ].flatMap(([name, topicArn, formIn]) => (topicArn ? [[name, { topicArn, formIn }]] : [])),
  );
  for (const route of routesOf(environment[routesVariable])) {
    topics.set(route.topic, { topicArn: route.topic, formIn: () => route.form, route });
  }
  return {
    table: tableOf(environment[memoryTableVariable]),
    queue: queueOf(environment[heldQueueVariable]),
    destinations: [...topics.keys()],
    takes: (alert, destination) => {
      const route = topics.get(destination)?.route;
      return !route || takes(route, alert);
    },
    publish: async ({ alert, tells }, destination) => {
      const topic = topics.get(destination);
      // A destination that was taken away needs nothing any more.
      if (!topic) return;
      const { topicArn, formIn } = topic;
      const { dispatch, ...plain }: Handed = alert;
      const around = { ...environment, ...dispatch };
      const { messageId } = await sendTo(topicArn, formIn(around), plain, around);
      if (destination === 'people') told.add(topicArn);
      const { rule, eventId, title } = alert;
      log('INFO', {
        rule,
        eventId,
        verdict: 'told',
        title,
        alerts: tells.length,
        topicArn,
        messageId,
      });
    },
    now: Date.now,
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    warn: (what, error) => {
      log('WARN', { verdict: 'trouble', what, because: String(error) });
    },
  };
}

/** So long the table may take, in milliseconds. What is slower is as if there were none. */
const patience = 1000;
const promptly = {
  requestTimeout: patience,
  connectionTimeout: patience,
  // Without this the SDK only warns, and waits on.
  throwOnRequestTimeout: true,
};

let dynamo: DynamoDBClient | undefined;

/** The table: one item for the state, one for the mutes. */
function tableOf(TableName = ''): Table {
  const client = (dynamo ??= new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: promptly,
  }));
  const key = (id: string): { id: { S: string } } => ({ id: { S: id } });
  const put = async (id: string, text: string, version: number): Promise<boolean> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName,
          Item: { ...key(id), [id]: { S: text }, version: { N: String(version + 1) } },
          ConditionExpression: 'attribute_not_exists(id) OR version = :version',
          ExpressionAttributeValues: { ':version': { N: String(version) } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    read: async () => {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [TableName]: { Keys: [key('state'), key('mutes')], ConsistentRead: true },
          },
        }),
      );
      if (Object.keys(UnprocessedKeys ?? {}).length > 0) {
        throw new Error('DynamoDB gave only a part of what was asked.');
      }
      const items = Responses?.[TableName] ?? [];
      const [kept, muted] = ['state', 'mutes'].map((id) =>
        items.find((item) => item['id']?.S === id),
      );
      const text = kept?.['state']?.S;
      const state = text === undefined ? nothingKnown : parseState(text);
      if (!state) {
        // What is wrong is written over: it says nothing that could be used.
        log('ERROR', { verdict: 'trouble', what: 'The table holds no state, and begins anew' });
      }
      return {
        state: state ?? nothingKnown,
        version: versionOf(kept),
        mutes: mutesOf(muted?.['mutes']?.S),
        mutesVersion: versionOf(muted),
      };
    },
    write: (state, version) => put('state', serialise(state), version),
    writeMutes: (mutes, version) => put('mutes', JSON.stringify(mutes), version),
    count: async (week, kept) => {
      const update = new UpdateItemCommand({
        TableName,
        Key: key(`${prefixOf(week)}${kept.key}`),
        UpdateExpression:
          'SET what = :what, #last = :last, #by = :by, #first = if_not_exists(#first, :first), forgetAt = :forget ADD #count :count',
        ConditionExpression: 'attribute_not_exists(#by) OR #by <> :by',
        ExpressionAttributeNames: Object.fromEntries(
          ['first', 'last', 'by', 'count'].map((name) => [`#${name}`, name]),
        ),
        ExpressionAttributeValues: {
          ':what': { S: kept.what },
          ':by': { S: kept.by },
          ':count': { N: String(kept.count) },
          ':first': { N: String(kept.first) },
          ':last': { N: String(kept.last) },
          ':forget': seconds(keptUntil(week)),
        },
      });
      try {
        await client.send(update);
      } catch (error) {
        // It was counted by the delivery before this one.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    list: async (items) => {
      await client.send(
        new PutItemCommand({
          TableName,
          Item: {
            ...key(`${listed}${items.rule}`),
            items: { S: JSON.stringify(items) },
            forgetAt: seconds(items.at + 7 * 86_400_000),
          },
        }),
      );
    },
    week: async (week) => {
      const kept: Week['kept'][number][] = [];
      const items: Items[] = [];
      let ExclusiveStartKey: Readonly<Record<string, AttributeValue>> | undefined;
      do {
        const page = await client.send(
          new ScanCommand({
            TableName,
            ConsistentRead: true,
            FilterExpression: 'begins_with(id, :week) OR begins_with(id, :listed)',
            ExpressionAttributeValues: { ':week': { S: prefixOf(week) }, ':listed': { S: listed } },
            ExclusiveStartKey,
          }),
        );
        for (const item of page.Items ?? []) {
          if (item['items']?.S) items.push(JSON.parse(item['items'].S));
          else kept.push(keptIn(item));
        }
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return { kept, items };
    },
  };
}

/** What is counted of a week begins so, and the suppressions of rules. */
const prefixOf = (week: number): string => `week ${week} `;
const listed = 'items ';

/** When DynamoDB may forget an item. */
const seconds = (time: number): { N: string } => ({ N: String(Math.ceil(time / 1000)) });

function keptIn(item: Readonly<Record<string, AttributeValue>>): Week['kept'][number] {
  const number = (name: string): number => Number(item[name]?.N ?? 0);
  const { id, what } = item;
  return {
    key: id?.S?.split(' ').at(-1) ?? '',
    what: what?.S ?? '',
    count: number('count'),
    first: number('first'),
    last: number('last'),
  };
}

const versionOf = (item: Readonly<Record<string, AttributeValue>> | undefined): number =>
  Number(item?.['version']?.N ?? 0);

/** The mutes. What is none mutes nothing, and is told of. */
function mutesOf(text = '[]'): readonly Mute[] {
  try {
    const value: unknown = JSON.parse(text);
    const mutes = Array.isArray(value) ? value.filter(isObject).map(readMute) : [];
    const valid = mutes.filter((each) => 'id' in each);
    if (Array.isArray(value) && valid.length === value.length) return valid;
  } catch {
    // It is told below.
  }
  log('ERROR', {
    verdict: 'trouble',
    what: 'The mutes in the table cannot be read, so nothing is muted',
  });
  return [];
}

/** So many messages a tick takes: it has less than a minute. */
const perTick = 2000;
/** Longer than a tick may take, in seconds. */
const invisible = 90;

let sqs: SQSClient | undefined;

/** The queue of the alerts that wait. */
function queueOf(QueueUrl = ''): Queue {
  const client = (sqs ??= new SQSClient({ maxAttempts: 5, useQueueUrlAsEndpoint: false }));
  return {
    put: async (alert, seconds, to) => {
      await client.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: JSON.stringify({ alert, ...(to === undefined ? {} : { to }) }),
          DelaySeconds: Math.min(900, Math.max(0, seconds)),
        }),
      );
    },
    receive: async () => {
      const held: Held[] = [];
      // SQS gives ten at a time, and at times fewer although there are more.
      for (let empty = 0; held.length < perTick && empty < 2;) {
        const batches = await Promise.all(
          Array.from({ length: held.length === 0 ? 2 : 10 }, () =>
            client.send(
              new ReceiveMessageCommand({
                QueueUrl,
                MaxNumberOfMessages: 10,
                VisibilityTimeout: invisible,
              }),
            ),
          ),
        );
        const found = batches.flatMap(({ Messages }) => Messages ?? []);
        empty = found.length === 0 ? empty + 1 : 0;
        held.push(
          ...found.flatMap(({ Body = '', ReceiptHandle = '' }) => heldOf(Body, ReceiptHandle)),
        );
      }
      return held;
    },
    remove: async (held) => {
      const entries = held.map(({ receipt }, index) => ({
        Id: String(index),
        ReceiptHandle: receipt,
      }));
      for (let from = 0; from < entries.length; from += 10) {
        await client.send(
          new DeleteMessageBatchCommand({ QueueUrl, Entries: entries.slice(from, from + 10) }),
        );
      }
    },
  };
}

/** What is in a message of the queue. What is no alert stays there: SQS gives it to the dead-letter queue, which rings. */
function heldOf(body: string, receipt: string): readonly Held[] {
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value) && isAlert(value['alert'])) {
      const to = value['to'];
      return [{ alert: value['alert'], receipt, ...(typeof to === 'string' ? { to } : {}) }];
    }
  } catch {
    // It is told below.
  }
  log('ERROR', { verdict: 'trouble', what: 'The queue holds something that is no alert' });
  return [];
}
