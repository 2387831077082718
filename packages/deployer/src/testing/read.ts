/** For tests of reading files of events. */
import { type Entry, readEntries, type ReadOptions } from '../events/read.ts';

/** What came of a file. */
interface Read {
  readonly entries: readonly Entry[];
  readonly bytes: number;
}

/** Reads a file that comes in chunks; an error breaks it off. */
export async function read(
  chunks: Iterable<Uint8Array | Error>,
  options?: ReadOptions,
): Promise<Read> {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      if (chunk instanceof Error) throw chunk;
      yield chunk;
    }
  }
  const entries: Entry[] = [];
  let bytes = 0;
  for await (const piece of readEntries(source(), options)) {
    entries.push(...piece.entries);
    bytes += piece.bytes;
  }
  return { entries, bytes };
}

/** Reads a text. */
export const readText = async (text: string, options?: ReadOptions): Promise<readonly Entry[]> =>
  (await read([Buffer.from(text)], options)).entries;

/** `1 event`, `2 unreadable`, … */
export const kinds = (entries: readonly Entry[]): string[] =>
  entries.map(({ line, kind }) => `${line} ${kind}`);
