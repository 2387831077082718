/** One queue for the calls to a service in an account and region, so that many stacks at once stay below its rate limits. */
import PQueue from 'p-queue';

/**
 * What CloudFormation takes in a second, in an account and region. AWS publishes no numbers; calls of `DescribeStacks` were
 * seen throttled above five (aws/aws-sam-cli#2671). Beyond this, the SDK's adaptive retries slow down on throttling.
 */
export const callsPerSecond = 5;

type Calls = Readonly<Record<string, (...args: never[]) => unknown>>;

/** The same of StackSets. AWS publishes no number for them either, and counts them by themselves. */
export const stackSetCallsPerSecond = 10;

/**
 * Puts calls into a queue: they are made in their order, at most so many in a second.
 *
 * @param second in milliseconds; a benchmark lets time run faster.
 */
export function paced<T extends object>(
  calls: T,
  second = 1000,
  perSecond: number = callsPerSecond,
): T {
  // Evenly: five at once at the end of a second and five more at the beginning of the next would be too many.
  // Strictly: otherwise a queue that was idle for a moment lets the next call go at once.
  const queue = new PQueue({ interval: second / perSecond, intervalCap: 1, strict: true });
  const entries = Object.entries(calls as Calls).map(([name, call]) => [
    name,
    (...args: never[]) => queue.add(async () => call(...args)),
  ]);
  return Object.fromEntries(entries) as T;
}
