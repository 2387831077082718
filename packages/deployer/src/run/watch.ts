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

/**
 * Waits until an operation on a stack is over, telling its events. Failed and throttled polls are tried again: they never
 * make a deployment fail.
 *
 * @throws InterruptedError when the operator stops waiting; OperatorError when AWS cannot be asked any more. Both say
 *   that CloudFormation goes on.
 */
export async function watch(effects: Effects, target: Target): Promise<Ended> {
  const watching = new Watching(effects, target);
  for (;;) {
    const ended = await watching.round();
    if (ended) {
      const { success: ok, status } = ended;
      const { name: stack } = target.stack;
      effects.tell({ type: 'ended', stack, ok, status, seconds: watching.seconds() });
      return ended;
    }
    await effects.sleep(pause(watching.failures), effects.signal);
  }
}

const doing = { create: 'created', update: 'updated', delete: 'deleted', rollback: 'rolled back' };

class Watching {
  /** Failed polls on end. */
  failures = 0;
  readonly #effects: Effects;
  readonly #target: Target;
  readonly #events: StackEvent[] = [];
  readonly #started: number;
  #rounds = 0;
  #passing = 0;
  #eventsDenied = false;

  constructor(effects: Effects, target: Target) {
    this.#effects = effects;
    this.#target = target;
    this.#started = effects.now();
  }

  /** How long it has been going on. */
  seconds(): number {
    return Math.round((this.#effects.now() - this.#started) / 1000);
  }

  async round(): Promise<Ended | undefined> {
    if (this.#effects.signal.aborted) {
      throw new InterruptedError(`Interrupted. ${this.#goesOn()}`, this.#underWay());
    }
    this.#rounds += 1;
    if (this.#rounds === 1) this.#progress();
    const polled = await this.#poll();
    this.#progress();
    const own = this.#events.findLast((event) => isOfStack(event, this.#target.stack.id));
    const over = own !== undefined && ending(this.#target.operation, own.status) !== 'no';
    // Events tell when to look at the stack itself; without them, and now and then anyway, it is looked at regardless.
    return over || !polled || this.#rounds % 10 === 0 ? this.#look(own !== undefined) : undefined;
  }

  /** Whether the events could be read. */
  async #poll(): Promise<boolean> {
    if (this.#eventsDenied) return false;
    const { cloud, tell } = this.#effects;
    const { stack, since } = this.#target;
    const fresh = await this.#attempt(
      () => cloud.events(stack.id, this.#events.at(-1)?.id ?? since),
      (error) => {
        this.#eventsDenied = true;
        tell({ type: 'warning', message: `The events cannot be shown. ${explain(error)}` });
      },
    );
    for (const event of fresh ?? []) {
      this.#events.push(event);
      tell({ type: 'event', stack: stack.name, ...event, time: event.time.toISOString() });
    }
    return fresh !== undefined;
  }

  async #look(begun: boolean): Promise<Ended | undefined> {
    const { cloud } = this.#effects;
    const { operation, stack } = this.#target;
    const found = await this.#attempt(async () => ({ stack: await cloud.stack(stack.id) }));
    if (!found) return undefined;
    const status = found.stack?.status ?? 'DELETE_COMPLETE';
    if (!begun && !this.#hasBegun(found.stack)) return this.#requireGoing();
    const end = ending(operation, status);
    this.#passing = end === 'passing' ? this.#passing + 1 : 0;
    if (end === 'no' || (end === 'passing' && this.#passing < 4)) return undefined;
    await this.#poll();
    const success = end === 'success';
    return compact({ success, status, stackId: stack.id, events: this.#events, ...found });
  }

  /** Where no event tells: whether the stack has left the state from before the operation. */
  #hasBegun(found: Stack | undefined): boolean {
    const { operation, stack } = this.#target;
    if (!found || operation === 'create') return found?.status !== 'REVIEW_IN_PROGRESS';
    if (operation === 'delete') return found.status.startsWith('DELETE_');
    // Failing again at once leads back to the state from before: time alone tells then.
    if (operation === 'rollback') return !found.status.endsWith('_FAILED') || this.#rounds > 10;
    return found.updated?.getTime() !== stack.updated?.getTime();
  }

  /** @throws OperatorError when CloudFormation dropped the change set instead of carrying it out. */
  async #requireGoing(): Promise<undefined> {
    const { changeSet, stack } = this.#target;
    if (changeSet === undefined) return;
    const found = await this.#attempt(() => this.#effects.cloud.changeSet(changeSet));
    if (found && ['EXECUTE_FAILED', 'OBSOLETE'].includes(found.execution)) {
      throw new OperatorError(
        `CloudFormation did not execute the change set for ${stack.name}: it is ${found.execution}${found.reason ? ` (${found.reason})` : ''}. Run the same command again.`,
      );
    }
  }

  /** `undefined` when the call failed in a way that passes. */
  async #attempt<T>(
    call: () => Promise<T>,
    denied?: (error: CloudError) => void,
  ): Promise<T | undefined> {
    try {
      const value = await call();
      this.failures = 0;
      return value;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (error.failure === 'denied' && denied) {
        denied(error);
        return undefined;
      }
      this.failures += 1;
      if (passes(error) && this.failures < mostFailures) return undefined;
      throw new OperatorError(`${explain(error)}\n${this.#goesOn()}`, {
        cause: error,
        underWay: this.#underWay(),
      });
    }
  }

  #underWay(): UnderWay {
    const { stack, operation } = this.#target;
    return { operation, stack: stack.name, stackId: stack.id };
  }

  #goesOn(): string {
    const { stack, operation, look } = this.#target;
    return `The stack ${stack.name} is still being ${doing[operation]} in AWS. CloudFormation continues by itself. ${look} shows the result. Then run the same command again.`;
  }

  #progress(): void {
    const { tell } = this.#effects;
    const { stack, total } = this.#target;
    const latest = new Map(
      this.#events
        .filter((event) => !isOfStack(event, stack.id))
        .map(({ resource, status }) => [resource, status]),
    );
    const waiting = [...latest].filter(([, status]) => status.endsWith('_IN_PROGRESS'));
    tell(
      compact({
        type: 'status',
        stack: stack.name,
        done: latest.size - waiting.length,
        total,
        seconds: this.seconds(),
        waiting: waiting.map(([resource]) => resource),
      }),
    );
  }
}
