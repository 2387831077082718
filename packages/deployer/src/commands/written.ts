/** Writes a `patrol.yaml` to disk, and the JSON schema beside it. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { agreed } from './consent.ts';
import { messageOf, OperatorError } from '../text/errors.ts';
import { isInteractive, type World } from './world.ts';
import { schemaFile } from '../want/init.ts';
import type { Installed } from '../want/rules.ts';
import { writeSchema } from '../want/schema-file.ts';

/**
 * Whether a file may be written. For one that exists the operator is asked.
 *
 * @throws OperatorError when it exists and nobody can be asked.
 */
export async function mayWrite(typed: string, world: World): Promise<boolean> {
  if (!existsSync(resolve(world.cwd, typed))) return true;
  if (!isInteractive(world, { json: false })) {
    throw new OperatorError(`${typed} already exists, and was not overwritten. Name another file.`);
  }
  return agreed(world, { yes: false, json: false }, `${typed} already exists. Overwrite it?`);
}

/** Writes the file of a fleet. */
export function writeFleet(typed: string, text: string, installed: Installed, world: World): void {
  const path = resolve(world.cwd, typed);
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new OperatorError(`${typed} cannot be written: ${messageOf(error)}`, { cause: error });
  }
  writeSchema(join(dirname(path), schemaFile), installed, world.streams.stderr);
}
