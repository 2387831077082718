/**
 * Runs the function of each rule once a day with a canary, which it sends to the topic for machines and to nobody else. So a
 * function that fails, or a topic that refuses, is found before there is an alert to lose.
 */
import { createHash } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { isObject, splitArn } from '@patrol/core';
import { canaryAlone, canaryField } from '@patrol/core/contracts';
import type { Answer, SeenCanary } from '../seen.ts';
import { ask, connection } from './ask.ts';

const day = 86_400_000;
/** Longer than the time between two looks, so that each day has one that is within. Some days have two. */
const open = 1_200_000;
/** All rules of a region have their canaries at once: a metric costs by the hours in which it has values. */
const startOf = (account: string, region: string): number =>
  createHash('sha256').update(`${account} ${region}`).digest().readUInt32BE() % day;

/** After so many milliseconds no other function is run: a look has to come to its end where all of them hang. */
const patience = 120_000;
/** So many functions are run at once: they count among those that the account may run. */
const atOnce = 4;

/** The function of a rule, and the ARN of its stack. */
export interface RuleFunction extends Omit<SeenCanary, 'answer'> {
  readonly stackId: string;
}

/** Whether the canaries of an account and region are due at a time, in milliseconds. */
export const isDue = (account: string, region: string, now: number): boolean =>
  (now + day - startOf(account, region)) % day < open;

/** Runs those functions whose canaries are due, and says what became of each. */
export async function canaries(
  functions: readonly RuleFunction[],
  now: number,
): Promise<readonly SeenCanary[]> {
  // `try` and `replay` run on another machine, and send nothing.
  const own = process.env['AWS_LAMBDA_FUNCTION_NAME'];
  if (functions.every(({ name }) => name !== own)) return [];
  const lambda = new LambdaClient({ ...connection, maxAttempts: 2 });
  const sent: SeenCanary[] = [];
  const waiting = functions.filter(({ stackId }) => {
    const { account, region } = splitArn(stackId);
    return isDue(account, region, now);
  });
  const until = Date.now() + patience;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next && Date.now() < until; next = waiting.shift()) {
      const { stackId, ...part } = next;
      sent.push({ ...part, answer: await canary(lambda, part.name, stackId, now) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return sent;
}

/** Runs one of them. The answer says why there was no canary, where there was none. */
const canary = (
  lambda: LambdaClient,
  FunctionName: string,
  stackId: string,
  now: number,
): Promise<Answer<string | undefined>> =>
  ask('lambda:InvokeFunction', FunctionName, async () => {
    const { account, region } = splitArn(stackId);
    const time = new Date(now).toISOString();
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({
        FunctionName,
        Payload: JSON.stringify({ [canaryField]: canaryAlone, account, region, time }),
      }),
    );
    const text = Payload?.transformToString() ?? '';
    if (FunctionError === undefined) return undefined;
    const answer: unknown = JSON.parse(text || 'null');
    return String(isObject(answer) ? answer['errorMessage'] : FunctionError).slice(0, 300);
  });
