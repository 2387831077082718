/** Tests for every rule of a built package. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseManifest } from '@patrol/core/contracts';
import { init, parse } from 'es-module-lexer';
import { strFromU8, unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { limits, type PackageJson, withCatalogue, zipBytesOf } from '../index.ts';
import { neverRings } from './alarm.ts';
import { referenceProblems, schemaProblems } from './schema.ts';

/**
 * Declares the tests of a package of rules.
 *
 * @param root the folder of the package, in which `patrol-build` was run.
 */
export function describePackage(root: string): void {
  const file = (path: string): Buffer => readFileSync(join(root, path));
  beforeAll(init);
  const manifest = parseManifest(file('dist/rules.json').toString(), 'dist/rules.json');

  test('the README has the catalogue that the rules say (`pnpm generate` writes it)', () => {
    const readme = file('README.md').toString();
    expect(readme).toBe(withCatalogue(readme, manifest));
  });

  describe.each(manifest.rules)('$name', (rule) => {
    const packageJson = JSON.parse(file('package.json').toString()) as PackageJson;
    const zip = file(join('dist', rule.code.path));
    const compressed = new Map<string, number>();
    const files = unzipSync(zip, {
      filter: ({ name, size }) => compressed.set(name, size).has(name),
    });

    test('fits the limits', () => {
      expect(compressed.get('index.mjs')).toBeLessThanOrEqual(limits.index);
      expect(zip.length).toBeLessThanOrEqual(zipBytesOf(rule.name, packageJson));
    });

    test('its template fits the schemas of CloudFormation, names nothing that is not there, and its alarms can ring', () => {
      const template = JSON.parse(file(join('dist', rule.template.path)).toString());
      expect(schemaProblems(template)).toEqual([]);
      expect(referenceProblems(template)).toEqual([]);
      const alarms = Object.values<{ Type: string; Properties: Record<string, unknown> }>(
        template.Resources,
      ).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
      expect(alarms.length).toBeGreaterThanOrEqual(4);
      expect(alarms.flatMap(({ Properties }) => neverRings(Properties))).toEqual([]);
      // Descriptions may show an ARN. Resources must use the partition in which they are deployed.
      expect(JSON.stringify(template.Resources)).not.toContain('arn:aws:');
    });

    test('loads nothing but Node and its own chunks, and those only when they are needed', () => {
      const imports = Object.entries(files).flatMap(([name, content]) =>
        parse(strFromU8(content), name)[0].flatMap(({ specifier: path, type }) =>
          path ? [{ name, isLazy: type === 'dynamic', path }] : [],
        ),
      );
      const isNode = (path: string): boolean => /^(node:)?[a-z_/0-9]+$/.test(path);
      expect(
        imports.filter(
          ({ name, path }) => !isNode(path) && !files[posix.join(posix.dirname(name), path)],
        ),
      ).toEqual([]);
      expect(
        imports.filter(
          ({ name, isLazy, path }) => name === 'index.mjs' && !isLazy && !isNode(path),
        ),
      ).toEqual([]);
    });

    test('its template is written without white space, and goes to CloudFormation without a bucket', () => {
      const text = file(join('dist', rule.template.path)).toString();
      expect(text).toBe(JSON.stringify(JSON.parse(text)));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(51_200);
    });

    test('has nothing of the library of schemas: the function checks no contract', () => {
      // The name of a method of every schema and every check of valibot. No minifier renames it.
      const holding = Object.entries(files).filter(([, text]) =>
        strFromU8(text).includes('"~run"'),
      );
      expect(holding.map(([name]) => name)).toEqual([]);
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
}
