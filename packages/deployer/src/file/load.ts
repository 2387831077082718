/** Reads a `patrol.yaml` from disk: the edge of everything else in this folder. */
import { patrolCommand } from '../text/command.ts';
import { readFileSync } from 'node:fs';
import { messageOf, UsageError } from '../text/errors.ts';
import { type FleetFile, readFleet } from './file.ts';
import { inEnvironment } from './environments.ts';
import { requireNone } from './problem.ts';

/**
 * Reads a fleet.
 *
 * @param typed what was typed for it, for messages.
 * @param environment the one that is chosen, where the file has several.
 * @throws UsageError with every problem of the file, each with its line and column.
 */
export function loadFleet(path: string, typed: string = path, environment?: string): FleetFile {
  const read = readFleet(textIn(path, typed));
  if ('file' in read) return inEnvironment(read.file, environment, typed);
  requireNone(typed, read.problems);
  throw new Error('A fleet is read, or has problems.');
}

function textIn(path: string, typed: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const isMissing = error instanceof Error && Reflect.get(error, 'code') === 'ENOENT';
    throw new UsageError(
      isMissing
        ? `There is no file ${typed}. \`${patrolCommand(['init'])}\` writes one.`
        : `${typed} cannot be read: ${messageOf(error)}`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${typed} is not UTF-8. Save it in this encoding.`);
  }
}
