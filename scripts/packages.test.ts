/** What holds for every package as it is published. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);

interface PackageJson {
  readonly name: string;
  readonly repository: { readonly url: string; readonly directory: string };
  readonly engines: { readonly node: string };
  readonly files: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: unknown;
  readonly sideEffects?: boolean | readonly string[];
}

const read = (folder: string): PackageJson =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson;

/** Every path that `exports` leads to. */
const targets = (exported: unknown): readonly string[] =>
  typeof exported === 'string'
    ? [exported]
    : typeof exported === 'object' && exported !== null
      ? Object.values(exported).flatMap(targets)
      : [];

const scratch = mkdtempSync(join(tmpdir(), 'patrol-packages-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Packs a package as a release does, and gives the folder of what is in the tarball. */
function packed(folder: string): string {
  const to = join(scratch, folder);
  execFileSync('pnpm', ['pack', '--out', join(to, 'package.tgz')], { cwd: join(root, folder) });
  execFileSync('tar', ['-xzf', 'package.tgz'], { cwd: to });
  return join(to, 'package');
}

test('all packages promise the same versions of Node', () => {
  const promised = new Set(folders.map((folder) => read(join(root, folder)).engines.node));
  expect([...promised]).toHaveLength(1);
});

describe.each(folders)('%s', (folder) => {
  const content = packed(folder);
  const manifest = read(content);
  const repository = read(root).repository.url;

  test('says where it comes from', () => {
    expect(manifest.repository).toEqual({ type: 'git', url: repository, directory: folder });
  });

  test('exports nothing that is not in its tarball', () => {
    const named = [...targets(manifest.exports), ...Object.values(manifest.bin ?? {})];
    expect(named.length).toBeGreaterThan(1);
    const missing = named.filter((path) =>
      path.includes('*')
        ? readdirSync(join(content, dirname(path))).length === 0
        : !existsSync(join(content, path)),
    );
    expect(missing).toEqual([]);
    expect(JSON.stringify(manifest.exports)).not.toContain('@patrol/source');
  });

  test('takes its changelog along', () => {
    // Changesets writes it with the first release.
    expect(manifest.files).toContain('CHANGELOG.md');
  });

  test('every link in its README leads somewhere', () => {
    const readme = readFileSync(join(content, 'README.md'), 'utf8');
    const anchors = new Set(
      [...readme.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)),
    );
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    // A link to this repository is checked in this repository.
    const ours = `${repository.replace(/^git\+|\.git$/g, '')}/blob/main/`;
    const isAlive = (link: string): boolean => {
      const [path = '', anchor] = link.split('#');
      if (path === '') return anchors.has(anchor ?? '');
      if (link.startsWith(ours)) return existsSync(join(root, path.slice(ours.length)));
      return path.startsWith('https://') || existsSync(resolve(content, path));
    };
    const dead = links.filter((link) => !isAlive(link));
    expect(dead).toEqual([]);
  });
});

/** The anchor that GitHub and npm give a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
