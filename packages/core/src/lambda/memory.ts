/**
 * `@patrol/core/lambda/memory`: what a rule with `remindAfter` told, and when. A chunk of its own, in the functions of such
 * rules only.
 *
 * @module
 */
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Alert } from '../contracts/alert.ts';
import type { AnyRule } from '../rule.ts';
import { clean } from '../unseen.ts';
import { tellings } from './digest.ts';
import { log } from './log.ts';
import { memoryTable } from './table.ts';

/** When each finding was told, in milliseconds since 1970, by its `dedupKey`. */
export type Told = ReadonlyMap<string, number>;

/** Where it is kept, as one text. */
export interface Store {
  /** `undefined` when nothing was kept yet. */
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** Schedules of EventBridge keep to the minute, not to the second: what is due this soon, in milliseconds, is due now. */
const early = 2 * 60_000;

/** DynamoDB takes 400 KB for an item, the names of its attributes included. */
const storeLimit = 400_000;

/**
 * Which findings are to be told: those that are new and those that were told `remindAfter` seconds ago.
 *
 * @returns the others as `known`.
 */
export function due(
  alerts: readonly Alert[],
  told: Told,
  now: number,
  remindAfter: number,
): { readonly fresh: readonly Alert[]; readonly known: readonly Alert[] } {
  const wait = remindAfter * 1000 - Math.min(early, (remindAfter * 1000) / 2);
  const isKnown = ({ dedupKey }: Alert): boolean => {
    const before = told.get(dedupKey);
    // A time that has not come yet is no time at which anything was told.
    return before !== undefined && before <= now && now - before < wait;
  };
  return {
    fresh: alerts.filter((alert) => !isKnown(alert)),
    known: alerts.filter(isKnown),
  };
}

/**
 * What is remembered after a run: what was found in it and told, now or before. What was not found is forgotten, so that
 * it is new when it comes back.
 *
 * @param failed the findings that could not be told now.
 */
export function remembered(
  alerts: readonly Alert[],
  told: Told,
  now: number,
  fresh: readonly Alert[],
  failed: readonly Alert[],
): Told {
  const keys = (of: readonly Alert[]): ReadonlySet<string> =>
    new Set(of.map(({ dedupKey }) => dedupKey));
  const [toldNow, notTold] = [keys(fresh), keys(failed)];
  return new Map(
    [...keys(alerts)].flatMap((key) => {
      const at = toldNow.has(key) && !notTold.has(key) ? now : told.get(key);
      return at === undefined ? [] : [[key, at] as const];
    }),
  );
}

/**
 * Tells the findings of a scheduled run that are new or due again, many of them as a list, and remembers them. A memory that cannot be read or
 * written is a failure beside the alerts, all of which are sent.
 *
 * @returns what became of each alert that was sent, and a failure for each thing that went wrong with the memory.
 */
export async function tellNew(
  rule: AnyRule,
  alerts: readonly Alert[],
  send: (alert: Alert) => Promise<void>,
  environment: Readonly<Record<string, string | undefined>>,
  store: Store = (usual ??= itemOf(rule.name, environment)),
  now: () => number = Date.now,
): Promise<readonly PromiseSettledResult<void>[]> {
  const reading = await attempt(async () => parse(await store.read()));
  const written: Told = reading.status === 'fulfilled' ? reading.value : new Map();
  const told: Told = new Map([...written, ...(unwritten.get(store) ?? [])]);
  const time = now();
  const { fresh, known } = due(alerts, told, time, rule.remindAfter ?? 0);
  for (const { title, dedupKey, eventId } of known) {
    const at = new Date(told.get(dedupKey) ?? time).toISOString();
    log('INFO', {
      rule: rule.name,
      eventId,
      verdict: 'already told',
      title: clean(title, 200),
      told: at,
    });
  }
  const messages = tellings(rule, fresh);
  const sent = await Promise.allSettled(messages.map(({ message }) => send(message)));
  const failed = messages.flatMap(({ findings }, index) => (wasTold(sent[index]) ? [] : findings));
  const next = remembered(alerts, told, time, fresh, failed);
  const text = bounded(rule, next);
  const isKept = reading.status === 'fulfilled' && text === serialise(written);
  const writing = await attempt(async () => (isKept ? undefined : store.write(text)));
  // Lambda tries a run that failed again, mostly in the same instance: nobody is told thrice of what was told.
  unwritten.set(store, writing.status === 'fulfilled' ? new Map() : next);
  return [
    ...sent,
    ...failures('could not read what was told before', reading),
    ...failures('could not write down what was told', writing),
  ];
}

/** What an instance of the function told and could not write down. */
const unwritten = new WeakMap<Store, Told>();

/** The table of this function. */
let usual: Store | undefined;

/** Whether the topic of the alerts took a message: what only Dispatch did not take is a failure, and is told all the same. */
const wasTold = (result: PromiseSettledResult<void> | undefined): boolean =>
  result?.status === 'fulfilled' ||
  (result?.reason instanceof Error && Reflect.get(result.reason, 'told') === true);

async function attempt<T>(run: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([run()]);
  return result;
}

const failures = (
  what: string,
  result: PromiseSettledResult<unknown>,
): readonly PromiseRejectedResult[] => {
  if (result.status === 'fulfilled') return [];
  const why: unknown = result.reason;
  const text = why instanceof Error ? why.message : String(why);
  return [{ status: 'rejected', reason: new Error(`${what}: ${text}`, { cause: why }) }];
};

const serialise = (told: Told): string => JSON.stringify([...told]);

/** Reads what {@link serialise} wrote. */
function parse(text: string | undefined): Told {
  const value: unknown = JSON.parse(text ?? '[]');
  const isEntry = (entry: unknown): entry is [string, number] =>
    Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number';
  if (!Array.isArray(value) || !value.every(isEntry)) {
    throw new Error(`expected a list of keys and times, found ${clean(text ?? '', 100)}`);
  }
  return new Map(value);
}

/** As much as an item holds. What has no room is told again at the next run: too often, never too seldom. */
function bounded(rule: AnyRule, told: Told): string {
  const whole = serialise(told);
  if (Buffer.byteLength(whole) <= storeLimit - 1000) return whole;
  let room = storeLimit - 1000;
  const kept = [...told].filter((entry) => {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (size > room) return false;
    room -= size;
    return true;
  });
  log('WARN', {
    rule: rule.name,
    verdict: 'not remembered',
    findings: told.size - kept.length,
    because: 'An item of DynamoDB holds 400 KB. What is not remembered is told at every run.',
  });
  return serialise(new Map(kept));
}

/** The item of a rule in the table of its stack. */
const itemOf = (id: string, environment: Readonly<Record<string, string | undefined>>): Store => ({
  read: async () => {
    const { client, TableName } = memoryTable(environment);
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }),
    );
    return Item?.['told']?.S;
  },
  write: async (text) => {
    const { client, TableName } = memoryTable(environment);
    await client.send(
      new PutItemCommand({ TableName, Item: { id: { S: id }, told: { S: text } } }),
    );
  },
});
