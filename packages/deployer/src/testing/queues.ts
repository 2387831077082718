/** {@link Queues} in memory, for tests: messages are hidden as SQS hides them, by a clock. */
import { CloudError } from '../cloud/cloud.ts';
import type { QueuedMessage, Queues } from '../cloud/queues.ts';
import { Scripted } from './faults.ts';

interface Stored extends Omit<QueuedMessage, 'handle'> {
  handle: string;
  hiddenUntil: number;
}

/** Queues by their URLs. */
export class FakeQueues extends Scripted<keyof Queues> implements Queues {
  readonly queues: Map<string, Stored[]> = new Map();
  readonly #now: () => number;
  #serial = 0;

  constructor(now: () => number) {
    super();
    this.#now = now;
  }

  /** Puts a message into a queue. */
  add(url: string, body: unknown, attributes: Readonly<Record<string, string>> = {}): void {
    const all = this.queues.get(url) ?? [];
    this.queues.set(url, all);
    all.push({
      id: `m${(this.#serial += 1)}`,
      handle: '',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes,
      sent: new Date(this.#now()),
      hiddenUntil: 0,
    });
  }

  /** The ids of the messages of a queue; of those alone that anybody may read. */
  ids(url: string, visible = false): readonly string[] {
    const all = this.queues.get(url) ?? [];
    return all.flatMap((each) => (visible && each.hiddenUntil > this.#now() ? [] : [each.id]));
  }

  receive(url: string, seconds: number): Promise<readonly QueuedMessage[]> {
    return this.call('receive', () => {
      const all = this.queues.get(url) ?? [];
      const found = all.filter(({ hiddenUntil }) => hiddenUntil <= this.#now()).slice(0, 10);
      for (const each of found) {
        each.handle = `h${(this.#serial += 1)}`;
        each.hiddenUntil = this.#now() + seconds * 1000;
      }
      return found.map(({ hiddenUntil: _hidden, ...message }) => message);
    });
  }

  hide(url: string, handle: string, seconds: number): Promise<void> {
    return this.call('hide', () => {
      const found = this.queues.get(url)?.find((each) => each.handle === handle);
      if (!found || found.hiddenUntil <= this.#now()) {
        const message = 'The message referred to is not in flight.';
        throw new CloudError('invalid', 'sqs:ChangeMessageVisibility', message);
      }
      found.hiddenUntil = this.#now() + seconds * 1000;
    });
  }

  remove(url: string, handle: string): Promise<void> {
    return this.call('remove', () => {
      const all = this.queues.get(url) ?? [];
      const index = all.findIndex((each) => each.handle === handle);
      if (index >= 0) all.splice(index, 1);
    });
  }
}
