/** Waiting for CloudFormation: polls that no passing failure ends. */
import { isOfStack } from './cause.ts';
import { CloudError, explain, type Stack, type StackEvent } from '../cloud/cloud.ts';
import { InterruptedError, OperatorError, type UnderWay } from '../text/errors.ts';
import { compact } from '../text/records.ts';
import { ending, type Operation } from '../cloud/states.ts';
import { type Effects, mostFailures, passes, pause } from '../cloud/effects.ts';

/** What is waited for. */
export interface Target {
  readonly operation: Operation;
  /** The stack before the operation. Its id also finds it once it is deleted. */
  readonly stack: Pick<Stack, 'id' | 'name' | 'updated'>;
  /** The newest event from before the operation. */
  readonly since?: string | undefined;
  /** The change set that was executed. */
  readonly changeSet?: string;
  /** How many resources the operation touches. */
  readonly total?: number;
  /** What the operator can type to see the result. */
  readonly look: string;
}

/** How an operation ended. */
export interface Ended {
  readonly success: boolean;
  readonly status: string;
  readonly stackId: string;
  /** Absent when the stack no longer exists. */
  readonly stack?: Stack;
  readonly events: readonly StackEvent[];
}

const doing = { create: 'created', update: 'updated', delete: 'deleted', rollback: 'rolled back' };

/**
 * Waits until an operation on a stack is over, telling its events. Failed and throttled polls are tried again: they never
 * make a deployment fail.
 *
 * @throws InterruptedError when the operator stops waiting; OperatorError when AWS cannot be asked any more. Both say
 *   that CloudFormation goes on.
 */
export async function watch(effects: Effects, target: Target): Promise<Ended> {
  const { cloud, tell, now, sleep, signal } = effects;
  const { operation, stack, since, changeSet, total, look } = target;
  const underWay: UnderWay = { operation, stack: stack.name, stackId: stack.id };
  const goesOn = `The stack ${stack.name} is still being ${doing[operation]} in AWS. CloudFormation continues by itself. ${look} shows the result. Then run the same command again.`;
  const started = now();
  const events: StackEvent[] = [];
  let eventsDenied = false;
  /** Failed polls on end, and looks on end at a state that may pass. */
  let failures = 0;
  let passing = 0;

  const seconds = (): number => Math.round((now() - started) / 1000);

  /** `undefined` when the call failed in a way that passes. */
  async function attempt<T>(call: () => Promise<T>, denied?: (error: CloudError) => void) {
    try {
      const value = await call();
      failures = 0;
      return value;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (error.failure === 'denied' && denied) {
        denied(error);
        return undefined;
      }
      failures += 1;
      if (passes(error) && failures < mostFailures) return undefined;
      throw new OperatorError(`${explain(error)}\n${goesOn}`, { cause: error, underWay });
    }
  }

  /** Whether the events could be read. */
  async function poll(): Promise<boolean> {
    if (eventsDenied) return false;
    const fresh = await attempt(
      () => cloud.events(stack.id, events.at(-1)?.id ?? since),
      (error) => {
        eventsDenied = true;
        tell({ type: 'warning', message: `The events cannot be shown. ${explain(error)}` });
      },
    );
    for (const event of fresh ?? []) {
      events.push(event);
      tell({ type: 'event', stack: stack.name, ...event, time: event.time.toISOString() });
    }
    return fresh !== undefined;
  }

  function progress(): void {
    const ofResources = events.filter((event) => !isOfStack(event, stack.id));
    const latest = new Map(ofResources.map(({ resource, status }) => [resource, status]));
    const waiting = [...latest].filter(([, status]) => status.endsWith('_IN_PROGRESS'));
    tell(
      compact({
        type: 'status',
        stack: stack.name,
        done: latest.size - waiting.length,
        total,
        seconds: seconds(),
        waiting: waiting.map(([resource]) => resource),
      }),
    );
  }

  /** Where no event tells: whether the stack has left the state from before the operation. */
  function hasBegun(found: Stack | undefined, round: number): boolean {
    if (!found || operation === 'create') return found?.status !== 'REVIEW_IN_PROGRESS';
    if (operation === 'delete') return found.status.startsWith('DELETE_');
    // Failing again at once leads back to the state from before: time alone tells then.
    if (operation === 'rollback') return !found.status.endsWith('_FAILED') || round > 10;
    return found.updated?.getTime() !== stack.updated?.getTime();
  }

  /** @throws OperatorError when CloudFormation dropped the change set instead of carrying it out. */
  async function requireGoing(): Promise<void> {
    const found = changeSet && (await attempt(() => cloud.changeSet(changeSet)));
    if (found && ['EXECUTE_FAILED', 'OBSOLETE'].includes(found.execution)) {
      throw new OperatorError(
        `CloudFormation did not execute the change set for ${stack.name}: it is ${found.execution}${found.reason ? ` (${found.reason})` : ''}. Run the same command again.`,
      );
    }
  }

  /** Looks at the stack itself; gives how the operation ended, once it has. */
  async function lookAt(isTold: boolean, round: number): Promise<Ended | undefined> {
    const found = await attempt(async () => ({ stack: await cloud.stack(stack.id) }));
    if (!found) return undefined;
    if (!isTold && !hasBegun(found.stack, round)) {
      await requireGoing();
      return undefined;
    }
    const status = found.stack?.status ?? 'DELETE_COMPLETE';
    const end = ending(operation, status);
    passing = end === 'passing' ? passing + 1 : 0;
    if (end === 'no' || (end === 'passing' && passing < 4)) return undefined;
    await poll();
    return compact({ success: end === 'success', status, stackId: stack.id, events, ...found });
  }

  for (let round = 1; ; round += 1) {
    if (signal.aborted) throw new InterruptedError(`Interrupted. ${goesOn}`, underWay);
    if (round === 1) progress();
    const polled = await poll();
    progress();
    const own = events.findLast((event) => isOfStack(event, stack.id));
    const over = own !== undefined && ending(operation, own.status) !== 'no';
    // Events tell when to look at the stack itself; without them, and now and then anyway, it is looked at regardless.
    const isDue = over || !polled || round % 10 === 0;
    const ended = isDue ? await lookAt(own !== undefined, round) : undefined;
    if (ended) {
      const { success: ok, status } = ended;
      tell({ type: 'ended', stack: stack.name, ok, status, seconds: seconds() });
      return ended;
    }
    await sleep(pause(failures), signal);
  }
}
