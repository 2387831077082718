import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  findArtifact,
  installedAssemblies,
  readAssembly,
  shortName,
  typedName,
} from './assembly.ts';
import { OperatorError, UsageError } from './errors.ts';
import { installRule } from './world.fake.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'patrol-assembly-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

for (const packageName of [
  '@patrol/rules-demo',
  'patrol-rules-acme',
  '@corp/patrol-rules',
  '@corp/patrol-rules-net',
]) {
  installRule(root, { packageName });
}
mkdirSync(join(root, 'deep', 'er'), { recursive: true });

describe('finding a rule', () => {
  test.each([
    ['demo/watch', '@patrol/rules-demo', 'demo/watch'],
    ['acme/watch', 'patrol-rules-acme', 'acme/watch'],
    ['@corp/patrol-rules/watch', '@corp/patrol-rules', '@corp/patrol-rules/watch'],
    ['@patrol/rules-demo/watch', '@patrol/rules-demo', 'demo/watch'],
    ['./node_modules/patrol-rules-acme/watch', 'patrol-rules-acme', 'acme/watch'],
    [`${root}/node_modules/patrol-rules-acme/watch`, 'patrol-rules-acme', 'acme/watch'],
    ['node_modules/patrol-rules-acme/dist/watch', 'patrol-rules-acme', 'acme/watch'],
  ])('%s', (name, packageName, typed) => {
    const found = findArtifact(name, root);
    expect(found.assembly.manifest.package.name).toBe(packageName);
    expect(typedName(found)).toBe(typed);
    expect(findArtifact(typedName(found), root).rule).toEqual(found.rule);
  });

  test('looks upwards, as Node does', () => {
    expect(findArtifact('demo/watch', join(root, 'deep', 'er')).rule.name).toBe('watch');
  });

  test.each(['', 'watch', '/', 'demo/', '/watch', 'list'])('%j is wrong usage', (name) => {
    expect(() => findArtifact(name, root)).toThrow(UsageError);
    expect(() => findArtifact(name, root)).toThrow('Expected <package>/<rule>');
  });

  test.each([
    ['demo/Watch', 'Did you mean demo/watch?'],
    ['demo/other', 'It has watch.'],
    ['nope/watch', 'No rule package @patrol/rules-nope or patrol-rules-nope is installed'],
    ['./deep/watch', 'holds no built rules'],
    ['fs/watch', 'No rule package'],
  ])('%s is wrong usage, and refused with what to do', (name, words) => {
    expect(() => findArtifact(name, root)).toThrow(UsageError);
    expect(() => findArtifact(name, root)).toThrow(words);
  });

  test('a manifest that cannot be read is the operator’s to hear of, not a crash', () => {
    for (const [text, words] of [
      ['{', 'is not JSON'],
      ['[]', 'expected 1; found none'],
      ['{"formatVersion":2}', 'has the format version 2, which is newer'],
      ['{"formatVersion":1}', 'package: is missing'],
      ['{"formatVersion":1,"package":{"name":"x","version":"1"},"rules":[{}]}', 'rules[0].name'],
    ] as const) {
      write('bad/rules.json', text);
      expect(() => readAssembly(join(root, 'bad'))).toThrow(OperatorError);
      expect(() => readAssembly(join(root, 'bad'))).toThrow(words);
    }
  });
});

test('short names', () => {
  expect(
    [
      '@patrol/rules-aws',
      'patrol-rules-x',
      '@acme/patrol-rules-y',
      '@acme/patrol-rules',
      '@a/b.c',
    ].map(shortName),
  ).toEqual(['aws', 'x', 'y', 'acme', 'a-b-c']);
});

test('the installed packages by name, and what is wrong with those that cannot be read', () => {
  write('node_modules/patrol-rules-broken/package.json', '{}');
  write('node_modules/unrelated/package.json', '{}');
  write('node_modules/@corp/other/package.json', '{}');
  const { assemblies, problems } = installedAssemblies(join(root, 'deep'));
  expect(assemblies.map(({ manifest }) => manifest.package.name)).toEqual([
    '@corp/patrol-rules',
    '@corp/patrol-rules-net',
    '@patrol/rules-demo',
    'patrol-rules-acme',
  ]);
  expect(problems).toEqual([expect.stringContaining('patrol-rules-broken holds no built rules')]);
});
