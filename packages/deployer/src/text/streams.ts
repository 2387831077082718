/** The three streams of a command, and writing to them without losing or crashing on a reader that goes away. */
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';

/** Where a command reads and writes. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean };
}

/** A stream that is written to in step with its reader. */
export interface Writer {
  /** Resolves when more can be written: at once, or after the reader has caught up or is gone. */
  write(text: string): Promise<void>;
  /** Whether the reader is gone, as with `| head`: there is no use in writing more. */
  readonly isClosed: boolean;
}

/** Whether an error of a stream says that nobody reads it any more: the end of a pipe, or a terminal that was closed (`EIO`). */
export const isReaderGone = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'].includes(code);

/**
 * Makes a writer. From then on a reader of the stream that goes away ends the writing quietly instead of the process
 * with a stack trace.
 *
 * @throws (from `write`) every other error of the stream, such as a full disk.
 */
export function writer(stream: NodeJS.WritableStream): Writer {
  let failure: Error | undefined;
  const closing = new AbortController();
  const { signal } = closing;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isReaderGone(error)) failure = error;
    closing.abort();
  });
  stream.on('close', () => closing.abort());
  return {
    get isClosed() {
      return signal.aborted;
    },
    async write(text) {
      if (!signal.aborted && text !== '' && !stream.write(text)) {
        // It rejects when the reader goes away.
        await once(stream, 'drain', { signal }).catch(() => undefined);
      }
      if (failure) throw failure;
    },
  };
}

/** Everything that a stream gives, as text. */
export const readAll = async (stream: NodeJS.ReadableStream): Promise<string> =>
  (await buffer(stream)).toString('utf8');
