/** Unpacks the built code of a rule to disk, as Lambda does. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';
import type { Artifact } from '../packages/assembly.ts';
import { messageOf, OperatorError } from '../text/errors.ts';
import { readVerified } from '../template/template.ts';

/** An unpacked function. */
export interface Code {
  /** The folder that holds the entry, as `/var/task` does. */
  readonly folder: string;
  /** Removes the folder. */
  remove(): void;
}

/**
 * Unpacks a rule's zip into a new temporary folder.
 *
 * @throws OperatorError when the zip is missing or damaged.
 */
export function unpackCode(artifact: Artifact): Code {
  const zip = readVerified(artifact, artifact.rule.code);
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'patrol-sandbox-'));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  };
  // The folder is removed however the command ends.
  process.once('exit', remove);
  const folder = join(root, 'task');
  try {
    mkdirSync(folder);
    for (const [name, bytes] of Object.entries(unzipSync(zip))) {
      const file = resolve(folder, name);
      if (!file.startsWith(folder + sep)) {
        throw new Error(`it holds ${JSON.stringify(name)}, which is outside its folder`);
      }
      if (name.endsWith('/')) continue;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
  } catch (error) {
    remove();
    throw new OperatorError(
      `${join(artifact.assembly.folder, artifact.rule.code.path)} cannot be unpacked: ${messageOf(error)}. Build the rule package again with \`patrol-build\`.`,
      { cause: error },
    );
  }
  return { folder, remove };
}
