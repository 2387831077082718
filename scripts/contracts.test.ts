/** The committed files of the contracts are those that the code says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contracts, schemaFile, schemaText, withFields } from './contracts.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe.each(contracts)('$contract.name', (each) => {
  test('the JSON schema is that of the code (`pnpm generate` writes it)', () => {
    expect(read(schemaFile(each))).toBe(schemaText(each.contract));
  });

  test('docs/contracts.md has its fields (`pnpm generate` writes them)', () => {
    const document = read('docs/contracts.md');
    expect(document).toBe(withFields(document, each.contract));
  });

  test('every field says what it is', () => {
    const silent: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, inner] of Object.entries(node)) look(inner, `${path}/${key}`);
      const { properties } = node as { properties?: Readonly<Record<string, object>> };
      for (const [name, field] of Object.entries(properties ?? {})) {
        // `not` is of fields that an alternative does not have.
        if (!('description' in field || 'not' in field)) silent.push(`${path}/${name}`);
      }
    };
    const schema: unknown = JSON.parse(schemaText(each.contract));
    look(schema, '');
    expect(silent).toEqual([]);
    expect(schema).toMatchObject({ title: expect.any(String), description: expect.any(String) });
  });
});

test('no other JSON schema is published', () => {
  const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/schemas`);
  const found = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`));
  expect(found.toSorted()).toEqual(contracts.map(schemaFile).toSorted());
});
