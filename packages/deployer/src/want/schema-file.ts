/** The JSON schema beside a `patrol.yaml`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { messageOf } from '../text/errors.ts';
import { printable } from '../text/printable.ts';
import type { Installed } from './rules.ts';
import { fleetSchema } from './schema.ts';

/** Writes the schema when it is not there yet or the installed rules have changed. That it cannot be written fails nothing. */
export function writeSchema(
  path: string,
  installed: Installed,
  stderr: NodeJS.WritableStream,
): void {
  const text = `${JSON.stringify(fleetSchema(installed), null, 2)}\n`;
  try {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
    writeFileSync(path, text);
  } catch (error) {
    stderr.write(printable(`${path} could not be written: ${messageOf(error)}\n`));
  }
}
