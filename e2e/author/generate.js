// Writes the rules into the README.
import { readFileSync, writeFileSync } from 'node:fs';
import { withCatalogue } from '@patrol/build';

const manifest = JSON.parse(readFileSync('dist/rules.json', 'utf8'));
writeFileSync('README.md', withCatalogue(readFileSync('README.md', 'utf8'), manifest));
