/**
 * Every `@example` of a published package compiles and says what is true. A line `expression; // → value` is checked; what an
 * example uses of `@patrol/core` it need not import.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as core from '@patrol/core';
import { afterAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

interface Example {
  readonly title: string;
  readonly code: string;
}

/** The examples of a file, each by the name that it stands before. */
function examplesOf(file: string): readonly Example[] {
  const found = readFileSync(file, 'utf8').matchAll(
    /\* @example\n \* ```ts\n((?: \*.*\n)*?) \* ```\n \*\/\n(?:export )?(?:async )?(?:const|function|class) (\w+)/g,
  );
  return [...found].map(([, lines = '', name = '']) => ({
    title: `${relative(root, file)}: ${name}`,
    code: lines.replace(/^ \* ?/gm, ''),
  }));
}

const sources = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name, 'src'))
  .flatMap((folder) => filesIn(folder))
  .filter((file) => file.endsWith('.ts') && !/\.(test|fake)\.ts$/.test(file));

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map((item) => join(item.parentPath, item.name));
  } catch {
    // A package of rules has no sources of a door.
    return [];
  }
}

const examples = sources.flatMap(examplesOf);

/** Names of types that examples use without importing them, as with the values. */
const types = ['CloudTrailRecord', 'WebhookDelivery'];

/** A module that runs an example and checks what it says. */
function moduleOf({ code }: Example): string {
  const isUsed = (name: string): boolean =>
    new RegExp(`\\b${name}\\b`).test(code) &&
    !new RegExp(`import .*\\b${name}\\b`).test(code) &&
    !new RegExp(`(const|function) \\b${name}\\b`).test(code);
  const values = Object.keys(core).filter(isUsed);
  const used = [...values, ...types.filter(isUsed).map((name) => `type ${name}`)];
  return [
    "import { deepStrictEqual } from 'node:assert';",
    used.length > 0 ? `import { ${used.join(', ')} } from '@patrol/core';` : '',
    code.replace(/^(.+); \/\/ → (.+)$/gm, 'deepStrictEqual($1 as unknown, $2);'),
    'export {};',
  ].join('\n');
}

// Beside this file, so that packages are found.
const folder = mkdtempSync(join(import.meta.dirname, '.examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('examples', () => {
  const files = examples.map((example, index) => {
    const file = join(folder, `example${index}.ts`);
    writeFileSync(file, moduleOf(example));
    return { ...example, file };
  });

  test('compile', () => {
    const config = join(folder, 'tsconfig.json');
    writeFileSync(
      config,
      JSON.stringify({
        extends: '../../tsconfig.base.json',
        compilerOptions: { noEmit: true, noUnusedLocals: false, allowUnreachableCode: true },
        include: ['*.ts'],
      }),
    );
    const { stdout } = spawnSync('tsc', ['-p', config], { cwd: root, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  test.each(files)('$title', async ({ file }) => {
    await import(file);
  });

  test('each function that rules are written with has one', () => {
    const shown = new Set(examples.map(({ title }) => title.replace(/^.*: /, '')));
    const functions = Object.entries(core).flatMap(([name, value]) =>
      typeof value === 'function' ? [name] : [],
    );
    expect(functions.filter((name) => !shown.has(name))).toEqual([]);
  });
});
