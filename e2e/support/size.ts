/** How much room installed packages take. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Adds up the files below a `node_modules`, each once: links lead to what is counted where it lies.
 *
 * @returns the bytes of all files, and of each package, the largest first.
 */
export function largestPackages(modules: string): {
  readonly total: number;
  readonly packages: readonly (readonly [name: string, bytes: number])[];
} {
  const sizes = new Map<string, number>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) {
        const name = packageOf(path);
        sizes.set(name, (sizes.get(name) ?? 0) + lstatSync(path).size);
      }
    }
  };
  walk(modules);
  const packages = [...sizes].toSorted(([, a], [, b]) => b - a);
  return { total: packages.reduce((sum, [, size]) => sum + size, 0), packages };
}

/** The innermost package that a file belongs to. */
const packageOf = (path: string): string =>
  /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? 'the package manager';
