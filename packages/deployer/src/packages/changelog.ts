/** What the changelog of an installed package says of the versions since the one that is deployed. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Assembly } from './assembly.ts';
import { isIn } from './versions.ts';

/** The lines of a package's changelog between two versions, the newest first. None where the package has no changelog. */
export function newsOf(
  { folder }: Pick<Assembly, 'folder'>,
  after: string,
  upTo: string,
): readonly string[] {
  const root = basename(folder) === 'dist' ? dirname(folder) : folder;
  const file = join(root, 'CHANGELOG.md');
  return existsSync(file) ? newsIn(readFileSync(file, 'utf8'), after, upTo) : [];
}

/**
 * The entries of a text as Changesets writes it: versions as second headings, how much they change as third ones, and a list
 * item for each change.
 */
function newsIn(text: string, after: string, upTo: string): readonly string[] {
  const [, ...sections] = text.split(/^## /m);
  return sections.flatMap((section) => {
    const [version = '', ...lines] = section.split(/\r?\n/);
    if (!isIn(version.trim(), `>${after} <=${upTo}`)) return [];
    let how = '';
    const found: string[] = [];
    for (const line of lines) {
      how = /^### (\w+)/.exec(line)?.[1]?.toLowerCase() ?? how;
      // The first line of an entry, without the commit that made it.
      const entry = /^- (?:[0-9a-f]{7,40}: )?(.*\S)/.exec(line)?.[1];
      if (entry !== undefined)
        found.push(`${version.trim()}, ${how}: ${entry.replace(/ \[[0-9a-f, ]+\]:?$/, '')}`);
      // The packages that a release only takes along.
      const taken = /^ {2}- (\S+@\S+)$/.exec(line)?.[1];
      if (taken !== undefined && found.length > 0) found.push(`${found.pop()} ${taken}`);
    }
    return found;
  });
}
