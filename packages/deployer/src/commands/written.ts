/** Writes a `patrol.yaml` to disk, and the JSON schema beside it. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf, OperatorError } from '../text/errors.ts';
import type { Fleet } from '../file/file.ts';
import { loadFleet } from '../file/load.ts';
import { printable } from '../text/printable.ts';
import { operatorOf, type World } from './world.ts';
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
  const operator = operatorOf(world, {});
  if (!operator.isThere) {
    throw new OperatorError(`${typed} already exists, and was not overwritten. Name another file.`);
  }
  return operator.agrees(`${typed} already exists. Overwrite it?`);
}

/** The file that is there already: the versions of packages that it takes are kept when it is written anew. */
export function writtenBefore(
  typed: string,
  world: World,
): Pick<Fleet, 'packages' | 'rules'> | undefined {
  const path = resolve(world.cwd, typed);
  if (!existsSync(path)) return undefined;
  try {
    return loadFleet(path, typed).fleet;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const message = `${typed} has problems. The versions that it pins are not kept.`;
    world.streams.stderr.write(printable(`${message}\n`));
    return undefined;
  }
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
