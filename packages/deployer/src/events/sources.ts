/** Finds the files that a replay reads. */
import { createReadStream, type Dirent, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf, UsageError } from '../text/errors.ts';

/** A file, or standard input. */
export interface Source {
  /** The path as it was given. A file in a given folder has the folder's path before its name. */
  readonly name: string;
  /** Its size on disk; 0 where that is not known. */
  readonly size: number;
  /** Whether its name says that each line is a value of its own. */
  readonly isLines: boolean;
  open(): AsyncIterable<Uint8Array>;
}

/** The files that were found. */
export interface Sources {
  readonly sources: readonly Source[];
  /** How many files in folders were skipped, because their names are not those of event files. */
  readonly passedOver: number;
}

/**
 * Finds the files of paths, in the order of the paths. Folders are searched with all their subfolders, sorted by name.
 *
 * @throws UsageError for a path that does not exist.
 */
export async function findSources(
  paths: readonly string[],
  cwd: string,
  stdin: NodeJS.ReadableStream,
): Promise<Sources> {
  const sources: Source[] = [];
  let passedOver = 0;
  for (const path of paths) {
    if (path === '-') {
      sources.push({ name: '-', size: 0, isLines: false, open: () => bytesOf(stdin) });
      continue;
    }
    const found = await statOf(resolve(cwd, path), path);
    if (!found.isDirectory()) {
      sources.push(fileSource(path, resolve(cwd, path), found.size));
      continue;
    }
    for await (const inner of walk(path, resolve(cwd, path), new Set())) {
      if (inner) sources.push(inner);
      else passedOver += 1;
    }
  }
  return { sources, passedOver };
}

async function statOf(path: string, given: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw new UsageError(
      `Expected a file, a folder or - for standard input, found ${JSON.stringify(given)}: ${messageOf(error)}.`,
    );
  }
}

/**
 * Yields the event files in a folder, and `undefined` for each other file.
 *
 * @param within the folders around it, since links can lead back to them.
 */
async function* walk(
  name: string,
  folder: string,
  within: ReadonlySet<string>,
): AsyncGenerator<Source | undefined> {
  let entries: Dirent[];
  let real: string;
  try {
    real = await realpath(folder);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    yield failing(name, error);
    return;
  }
  if (within.has(real)) return;
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const shown = join(name, entry.name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) yield* walk(shown, path, new Set([...within, real]));
    else if (found?.isFile() && eventFile.test(entry.name))
      yield fileSource(shown, path, found.size);
    else yield undefined;
  }
}

const eventFile = /\.(json|ndjson|jsonl)(\.gz)?$/i;

const fileSource = (name: string, path: string, size: number): Source => ({
  name,
  size,
  isLines: /\.(ndjson|jsonl)(\.gz)?$/i.test(name),
  open: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
});

/** A folder that cannot be opened, reported like a file that cannot be read. */
const failing = (name: string, error: unknown): Source => ({
  name,
  size: 0,
  isLines: false,
  // oxlint-disable-next-line require-yield -- it fails before the first byte
  async *open() {
    throw error;
  },
});

/** The bytes of a stream. Some streams give texts. */
async function* bytesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
