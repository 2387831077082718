/**
 * `@patrol/core/lambda/once`: keeps a rule with `onceWithin` from telling the same thing for each of many events. A chunk
 * of its own, in the functions of such rules only.
 *
 * An event claims what it tells before it is told. Whatever goes wrong with that, the alert is sent: too often, never too
 * seldom.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Alert } from '../contracts/alert.ts';
import type { AnyRule } from '../rule.ts';
import { clean } from '../unseen.ts';
import { log } from './log.ts';
import { memoryTable } from './table.ts';

/** Who told something, and until when nobody else does. Times are in seconds since 1970. */
export interface Claim {
  /** The id of the event. */
  readonly toldBy: string;
  readonly forgetAt: number;
}

/** Where claims are kept. */
export interface Claims {
  /**
   * Writes a claim in one step, unless another event has one that has not ended by `now`.
   *
   * @returns what the store has of the other claim, whatever that is; `undefined` when this one was written.
   */
  claim(id: string, claim: Claim, now: number, signal: AbortSignal): Promise<unknown>;
}

/** How many milliseconds the table may take. The first connection of a function takes some hundred of them. */
const patience = 1000;

/** How far the clocks of two instances of a function may differ, in seconds. */
const skew = 3600;

/**
 * Which alerts of an event are to be sent: all but those that another event told within the rule's `onceWithin`. The same event
 * may tell again: it may have failed after its claim.
 *
 * @param once the `dedupKey`s of those that are told once.
 * @param claims the table of the function's stack when left out.
 * @param now the clock, in milliseconds.
 * @param limit how long the table may take, in milliseconds.
 */
export async function untold(
  rule: AnyRule,
  alerts: readonly Alert[],
  once: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  claims: Claims = tableOf(environment),
  now: () => number = Date.now,
  limit: number = patience,
): Promise<readonly Alert[]> {
  const within = rule.onceWithin ?? 0;
  const isUntold = async (alert: Alert): Promise<boolean> => {
    const { dedupKey, eventId, title } = alert;
    // Without its id an event that is tried again is like any other.
    if (!once.includes(dedupKey) || eventId === null) return true;
    const about = { rule: rule.name, eventId, title: clean(title, 200) };
    try {
      const seconds = Math.floor(now() / 1000);
      const claim = { toldBy: eventId, forgetAt: seconds + within };
      const other = await inTime(limit, (signal) =>
        claims.claim(sha256(dedupKey), claim, seconds, signal),
      );
      if (other === undefined) return true;
      const { toldBy, forgetAt } = asClaim(other, seconds, within);
      const until = new Date(forgetAt * 1000).toISOString();
      log('INFO', { ...about, verdict: 'already told', toldBy, until });
      return false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const because = `Could not look up what was told before: ${why}`;
      log('WARN', { ...about, verdict: 'not remembered', because });
      return true;
    }
  };
  const which = await Promise.all(alerts.map(isUntold));
  return alerts.filter((_, index) => which[index]);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Reads a claim of another event. One that nobody can have made must not keep an alert from being sent. */
function asClaim(value: unknown, now: number, within: number): Claim {
  const { toldBy, forgetAt } = Object(value) as Partial<Claim>;
  const isClaim =
    typeof toldBy === 'string' &&
    toldBy !== '' &&
    typeof forgetAt === 'number' &&
    forgetAt > now &&
    forgetAt <= now + within + skew;
  if (isClaim) return { toldBy, forgetAt };
  throw new Error(
    `expected the id of an event and a time within ${within} seconds, found ${clean(JSON.stringify(value) ?? '', 200)}`,
  );
}

/** Gives up what takes too long. */
async function inTime<T>(limit: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limit} ms`)), limit);
  });
  try {
    return await Promise.race([run(ending.signal), end]);
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
}

/** Claims in the table of a stack, an item for each. DynamoDB deletes items when `forgetAt` is long over. */
const tableOf = (environment: Readonly<Record<string, string | undefined>>): Claims => ({
  async claim(id, { toldBy, forgetAt }, now, abortSignal) {
    const { client, TableName } = memoryTable(environment);
    const put = new PutItemCommand({
      TableName,
      Item: { id: { S: id }, toldBy: { S: toldBy }, forgetAt: { N: String(forgetAt) } },
      ConditionExpression: 'attribute_not_exists(id) OR toldBy = :event OR forgetAt <= :now',
      ExpressionAttributeValues: { ':event': { S: toldBy }, ':now': { N: String(now) } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await client.send(put, { abortSignal });
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const { toldBy: by, forgetAt: at } = error.Item ?? {};
      return { toldBy: by?.S, forgetAt: Number(at?.N) };
    }
  },
});
