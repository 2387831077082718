/** What holds for every rule of the package, as built. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits, withCatalogue } from '@patrol/core/build';
import { parseManifest } from '@patrol/core/manifest';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
// Core's own test helpers: they are not published.
import { neverRings } from '../core/src/template/alarm.fake.ts';
import { referenceProblems, schemaProblems } from '../core/src/template/schema.fake.ts';

const file = (path: string): Buffer => readFileSync(join(import.meta.dirname, path));
const manifest = parseManifest(file('dist/rules.json').toString(), 'dist/rules.json');

test('the README has the catalogue that the rules say (`pnpm generate` writes it)', () => {
  const readme = file('README.md').toString();
  expect(readme).toBe(withCatalogue(readme, manifest));
});

describe.each(manifest.rules)('$name', (rule) => {
  const zip = file(join('dist', rule.code.path));
  const files = unzipSync(zip);

  test('fits the limits', () => {
    expect(compressedSize(zip, 'index.mjs')).toBeLessThanOrEqual(limits.index);
    expect(zip.length).toBeLessThanOrEqual(limits.zip);
  });

  test('its template fits the schemas of CloudFormation, names nothing that is not there, and its alarms can ring', () => {
    const template = JSON.parse(file(join('dist', rule.template.path)).toString());
    expect(schemaProblems(template)).toEqual([]);
    expect(referenceProblems(template)).toEqual([]);
    const alarms = Object.values<{ Type: string; Properties: Record<string, unknown> }>(
      template.Resources,
    ).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThanOrEqual(5);
    expect(alarms.flatMap(({ Properties }) => neverRings(Properties))).toEqual([]);
    // Descriptions may show an ARN; what is deployed has the partition of where it is deployed.
    expect(JSON.stringify(template.Resources)).not.toContain('arn:aws:');
  });

  test('loads nothing but Node and its own chunks', () => {
    const imports = Object.entries(files).flatMap(([name, content]) =>
      [...strFromU8(content).matchAll(/(?:\bfrom|\bimport|\bimport\()\s*["']([^"'\n]+)["']/g)].map(
        ([, path]) => `${name}: ${path}`,
      ),
    );
    expect(
      imports.filter((line) => !/: (node:)?[a-z_/0-9]+$|: \.\/[\w-]+\.mjs$/.test(line)),
    ).toEqual([]);
    expect(
      imports.filter((line) => line.startsWith('index.mjs') && !line.endsWith('./sns.mjs')),
    ).toEqual([]);
  });

  test('its sample event leaves nothing to be desired: no real account, user or address', () => {
    const sample = file(join('dist', rule.sample.path)).toString();
    for (const [account] of sample.matchAll(/(?<![\d-])\d{12}(?!\d)/g)) {
      expect(['111122223333', '444455556666']).toContain(account);
    }
    for (const [address] of sample.matchAll(/(?<![\d.])\d{1,3}(\.\d{1,3}){3}(?![\d.])/g)) {
      expect(address).toMatch(/^192\.0\.2\./);
    }
  });
});

/** The size of an entry in a zip, from its local file header (APPNOTE 4.3.7), which stands first for the first entry. */
function compressedSize(zip: Buffer, name: string): number {
  expect(zip.subarray(30, 30 + zip.readUInt16LE(26)).toString()).toBe(name);
  return zip.readUInt32LE(18);
}
