/** For the fakes of what is called over the network: calls that go wrong as a test says. */
import { CloudError } from '../cloud/cloud.ts';

/** Something that goes wrong with a call. */
export interface Fault<Call extends string> {
  readonly call: Call;
  /** How many calls go well first; none when left out. */
  readonly after?: number;
  /** How many calls fail; one when left out. */
  readonly times?: number;
  /** What the call fails with; throttling when left out. */
  readonly error?: Error;
  /** The call is carried out, but its answer is lost. */
  readonly lost?: boolean;
  /** The deployer's process dies here: this call and all further ones throw, until {@link Scripted.revive}. */
  readonly kill?: boolean;
}

/** The process was killed: no code of the deployer should recognise this. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** The fake's error for a call that AWS throttles. */
export const throttling = (call: string): CloudError =>
  new CloudError('throttled', call, 'Rate exceeded');

/** A fake whose calls go wrong as a test says. */
export class Scripted<Call extends string> {
  readonly faults: Fault<Call>[] = [];
  /** Every call made, by name. */
  calls: Call[] = [];
  #dead = false;
  readonly #counts = new Map<Fault<Call>, number>();

  /** The deployer's process dies between two calls. */
  kill(): void {
    this.#dead = true;
  }

  /** A new process is started after the old one was killed. */
  revive(): void {
    this.#dead = false;
  }

  /** Makes a call, unless it goes wrong. */
  protected async call<T>(call: Call, answer: () => T): Promise<T> {
    // As every real call, it takes a turn of the event loop.
    await Promise.resolve();
    if (this.#dead) throw new Killed(call);
    this.calls.push(call);
    const fault = this.#fault(call);
    if (fault && !fault.lost) throw this.#failure(fault);
    const value = answer();
    if (fault) throw this.#failure(fault);
    return value;
  }

  #fault(call: Call): Fault<Call> | undefined {
    for (const fault of this.faults) {
      if (fault.call !== call) continue;
      const count = (this.#counts.get(fault) ?? 0) + 1;
      this.#counts.set(fault, count);
      const { after = 0, times = 1 } = fault;
      if (count > after && count <= after + times) return fault;
    }
    return undefined;
  }

  #failure({ kill, error, call }: Fault<Call>): Error {
    this.#dead = kill === true;
    return kill ? new Killed(call) : (error ?? throttling(call));
  }
}
