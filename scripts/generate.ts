/**
 * `pnpm generate`: writes the catalogue of rules into the README of every rule package, docs/coverage.md, docs/costs.md, the
 * JSON schema of every contract, and the tables of docs/contracts.md. Tests say when it is due.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withCatalogue } from '@patrol/build';
import { parseManifest } from '@patrol/core/contracts';
import { costedRules, costsPage } from './costs.ts';
import { coverage, unlistedNames } from './coverage.ts';
import { contracts, schemaFile, schemaText, withCommands, withFields } from './contracts.ts';

const root = join(import.meta.dirname, '..');
const packages = join(root, 'packages');
for (const name of readdirSync(packages).filter((folder) => folder.startsWith('patrol-rules-'))) {
  const manifestFile = join(packages, name, 'dist/rules.json');
  const manifest = parseManifest(readFileSync(manifestFile, 'utf8'), manifestFile);
  if (manifest.rules.length === 0) continue;
  const readme = join(packages, name, 'README.md');
  writeFileSync(readme, withCatalogue(readFileSync(readme, 'utf8'), manifest));
  console.log(`${name}: ${manifest.rules.length} rules`);
  if (name === 'patrol-rules-aws') {
    const page = coverage(manifest.rules, await unlistedNames(manifest.rules));
    writeFileSync(join(root, 'docs/coverage.md'), page);
    const rules = costedRules(manifest, dirname(manifestFile));
    writeFileSync(join(root, 'docs/costs.md'), costsPage(rules));
  }
}

const document = join(root, 'docs/contracts.md');
writeFileSync(document, withCommands(readFileSync(document, 'utf8')));
for (const each of contracts) {
  const file = join(root, schemaFile(each));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, schemaText(each.contract));
  writeFileSync(document, withFields(readFileSync(document, 'utf8'), each.contract));
  console.log(schemaFile(each));
}
