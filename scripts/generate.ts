/** `pnpm generate`: writes the catalogue of rules into the README of every rule package. A test says when it is due. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withCatalogue } from '@patrol/build';
import { parseManifest } from '@patrol/core/manifest';

const packages = join(import.meta.dirname, '../packages');
for (const name of readdirSync(packages).filter((folder) => folder.startsWith('patrol-rules-'))) {
  const manifestFile = join(packages, name, 'dist/rules.json');
  const manifest = parseManifest(readFileSync(manifestFile, 'utf8'), manifestFile);
  if (manifest.rules.length === 0) continue;
  const readme = join(packages, name, 'README.md');
  writeFileSync(readme, withCatalogue(readFileSync(readme, 'utf8'), manifest));
  console.log(`${name}: ${manifest.rules.length} rules`);
}
