/** What `failures` asks of SQS. `aws/queues.ts` answers with the AWS SDK, `testing/queues.ts` in memory. */
import type { Texts } from '../text/records.ts';

/** A message that was read, and that nobody else gets for some minutes. */
export interface QueuedMessage {
  readonly id: string;
  /** Of this read alone: with it the message is held, released or deleted. */
  readonly handle: string;
  readonly body: string;
  readonly attributes: Texts;
  readonly sent: Date;
}

/** Queues. Every call throws nothing but {@link CloudError} for what AWS or the network refuse. */
export interface Queues {
  /** Reads up to ten messages, and hides them for so many seconds. None: nothing more is there to be read now. */
  receive(url: string, seconds: number): Promise<readonly QueuedMessage[]>;
  /**
   * Hides a message for so many seconds from now on; 0 gives it back.
   *
   * @throws CloudError when it is hidden no longer: somebody else may have it.
   */
  hide(url: string, handle: string, seconds: number): Promise<unknown>;
  remove(url: string, handle: string): Promise<unknown>;
}
