import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  findArtifact,
  installedAssemblies,
  readArtifact,
  readAssembly,
  shortName,
  typedName,
} from './assembly.ts';
import { OperatorError, UsageError } from '../text/errors.ts';
import { readVerified } from '../template/template.ts';
import { installRule } from '../testing/world.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'patrol-assembly-')));
const here = { cwd: root };
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
    const found = findArtifact(name, here);
    expect(found.assembly.manifest.package.name).toBe(packageName);
    expect(typedName(found)).toBe(typed);
    expect(findArtifact(typedName(found), here).rule).toEqual(found.rule);
  });

  test('looks upwards, as Node does', () => {
    expect(findArtifact('demo/watch', { cwd: join(root, 'deep', 'er') }).rule.name).toBe('watch');
  });

  test.each(['', 'watch', '/', 'demo/', '/watch', 'list'])('%j is wrong usage', (name) => {
    expect(() => findArtifact(name, here)).toThrow(UsageError);
    expect(() => findArtifact(name, here)).toThrow('Expected <package>/<rule>');
  });

  test.each([
    ['demo/Watch', 'Did you mean demo/watch?'],
    ['demo/other', 'It has watch.'],
    ['nope/watch', 'No rule package @patrol/rules-nope or patrol-rules-nope is installed'],
    ['./deep/watch', 'contains no built rules'],
    ['fs/watch', 'No rule package'],
  ])('%s is wrong usage, and refused with what to do', (name, words) => {
    expect(() => findArtifact(name, here)).toThrow(UsageError);
    expect(() => findArtifact(name, here)).toThrow(words);
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

describe('files of a package', () => {
  const artifact = findArtifact('acme/watch', here);
  const { folder } = artifact.assembly;
  write('outside/secret', 'the secret');
  mkdirSync(join(folder, 'links'));
  symlinkSync(join(root, 'outside'), join(folder, 'links/out'));
  symlinkSync(join(root, 'outside/secret'), join(folder, 'links/file'));
  symlinkSync('../watch', join(folder, 'links/in'));
  // As long as the package's folder is only the beginning of the name.
  write(`${folder.slice(root.length)}-other/secret`, 'the secret');
  symlinkSync(`${folder}-other/secret`, join(folder, 'links/beside'));

  test('are read through links that stay inside of it', () => {
    expect(readArtifact(artifact, 'links/in/code.zip').toString()).toBe('zip 1');
  });

  test.each([
    ['links/out/secret', 'outside/secret'],
    ['links/file', 'outside/secret'],
    ['links/beside', 'node_modules/patrol-rules-acme/dist-other/secret'],
  ])('are not read through a link that leads out: %s', (path, target) => {
    const message = `a symbolic link leads to ${join(root, target)}, outside the package`;
    expect(() => readArtifact(artifact, path)).toThrow(message);
    expect(() => readVerified(artifact, { path, sha256: '' })).toThrow(
      `patrol-rules-acme names ${path} in its rules.json, but that file cannot be read: ${message}. Install patrol-rules-acme 1.0.0 again`,
    );
  });

  test('are read where the package itself is a link, as under pnpm', () => {
    symlinkSync(join(root, 'node_modules/patrol-rules-acme'), join(root, 'linked'));
    const linked = findArtifact('./linked/watch', here);
    expect(readArtifact(linked, linked.rule.code.path).toString()).toBe('zip 1');
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
  const { assemblies, problems } = installedAssemblies({ cwd: join(root, 'deep') });
  expect(assemblies.map(({ manifest }) => manifest.package.name)).toEqual([
    '@corp/patrol-rules',
    '@corp/patrol-rules-net',
    '@patrol/rules-demo',
    'patrol-rules-acme',
  ]);
  expect(problems).toEqual([
    expect.stringContaining('patrol-rules-broken contains no built rules'),
  ]);
});

describe('rules beside the command', () => {
  const outside = join(root, 'elsewhere');
  mkdirSync(outside);
  const globally = join(root, 'global', 'lib');
  installRule(globally, { packageName: 'patrol-rules-acme', version: '2.0.0' });
  installRule(globally, { packageName: 'patrol-rules-global' });
  write('global/lib/node_modules/patrol-rules-global/bin/patrol-deploy.cjs', '');
  mkdirSync(join(root, 'global', 'bin'));
  const command = join(root, 'global', 'bin', 'patrol-deploy');
  symlinkSync(join(globally, 'node_modules/patrol-rules-global/bin/patrol-deploy.cjs'), command);

  const versions = (cwd: string, started = command): readonly (readonly string[])[] =>
    installedAssemblies({ cwd, command: started }).assemblies.map(
      ({ manifest: { package: packed }, origin }) => [packed.name, packed.version, origin ?? ''],
    );

  test('count where there is no project', () => {
    const alone = mkdtempSync(join(tmpdir(), 'patrol-alone-'));
    onTestFinished(() => rmSync(alone, { recursive: true }));
    expect(versions(alone)).toEqual([
      ['patrol-rules-acme', '2.0.0', 'command'],
      ['patrol-rules-global', '1.0.0', 'command'],
    ]);
    const { assembly } = findArtifact('acme/watch', { cwd: alone, command });
    expect(assembly).toMatchObject({
      origin: 'command',
      folder: join(globally, 'node_modules/patrol-rules-acme/dist'),
    });
  });

  test('come after those of the project', () => {
    expect(versions(outside)).toContainEqual(['patrol-rules-acme', '1.0.0', 'project']);
    expect(versions(outside)).toContainEqual(['patrol-rules-global', '1.0.0', 'command']);
    expect(findArtifact('acme/watch', { cwd: outside, command }).assembly.origin).toBe('project');
    expect(findArtifact('global/watch', { cwd: outside, command }).assembly.origin).toBe('command');
  });

  test('are found also where the command is a link into a store', () => {
    const alone = mkdtempSync(join(tmpdir(), 'patrol-alone-'));
    onTestFinished(() => rmSync(alone, { recursive: true }));
    const store = join(alone, 'store', 'stored');
    const linked = join(alone, 'linked');
    installRule(store, { packageName: 'patrol-rules-stored' });
    installRule(linked, { packageName: 'patrol-rules-neighbour' });
    const stored = join(store, 'node_modules/patrol-rules-stored');
    mkdirSync(join(stored, 'bin'));
    writeFileSync(join(stored, 'bin/patrol-deploy.cjs'), '');
    symlinkSync(stored, join(linked, 'node_modules/patrol-rules-stored'));
    const started = join(linked, 'node_modules/patrol-rules-stored/bin/patrol-deploy.cjs');
    const cwd = join(alone, 'store');
    expect(versions(cwd, started).map(([name]) => name)).toEqual([
      'patrol-rules-neighbour',
      'patrol-rules-stored',
    ]);
    expect(versions(cwd, join(stored, 'bin/patrol-deploy.cjs')).map(([name]) => name)).toEqual([
      'patrol-rules-stored',
    ]);
  });

  test('are none where the command is no file', () => {
    const alone = mkdtempSync(join(tmpdir(), 'patrol-alone-'));
    onTestFinished(() => rmSync(alone, { recursive: true }));
    expect(versions(alone, join(alone, 'missing'))).toEqual([]);
  });
});
