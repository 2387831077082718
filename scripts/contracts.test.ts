/** The committed files of the contracts are those that the code says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contracts, schemaFile, schemaText, withCommands, withFields } from './contracts.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** As much of a JSON schema as has fields. */
interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

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
    const look = (node: JsonSchema, path: string): void => {
      for (const [name, field] of Object.entries(node.properties ?? {})) {
        // `not` is of fields that an alternative does not have.
        if (field.description === undefined && !('not' in field)) silent.push(`${path}/${name}`);
        look(field, `${path}/${name}`);
      }
      const { items = [], additionalProperties = [], anyOf = [], oneOf = [] } = node;
      for (const inner of [items, additionalProperties, anyOf, oneOf].flat()) look(inner, path);
    };
    const schema: JsonSchema = JSON.parse(schemaText(each.contract));
    look(schema, '');
    expect(silent).toEqual([]);
    expect(schema).toMatchObject({ title: expect.any(String), description: expect.any(String) });
  });
});

test('docs/contracts.md says what each command writes (`pnpm generate` writes it)', () => {
  const document = read('docs/contracts.md');
  expect(document).toBe(withCommands(document));
});

test('no other JSON schema is published', () => {
  const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/schemas`);
  const found = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`));
  expect(found.toSorted()).toEqual(contracts.map(schemaFile).toSorted());
});
