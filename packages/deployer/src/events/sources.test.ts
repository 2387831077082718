import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSources, type Sources } from './sources.ts';

const root = mkdtempSync(join(tmpdir(), 'patrol-sources-'));
beforeAll(() => {
  const put = (path: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), 'text');
  };
  for (const path of [
    'logs/b.json',
    'logs/a/2.ndjson.gz',
    'logs/a/1.JSONL',
    'logs/readme.md',
    'logs/x.gz',
    'logs/c.json.gz',
    'one.txt',
  ]) {
    put(path);
  }
  symlinkSync(join(root, 'logs'), join(root, 'logs', 'a', 'loop'));
  symlinkSync(join(root, 'nowhere.json'), join(root, 'logs', 'dangling.json'));
});
afterAll(() => rmSync(root, { recursive: true }));

const find = (...paths: readonly string[]): Promise<Sources> =>
  findSources(paths, root, Readable.from([]));

test('folders are walked in sorted order, and other files are counted', async () => {
  const { sources, passedOver } = await find('logs');
  expect(sources.map(({ name, isLines, size }) => [name, isLines, size])).toEqual([
    [join('logs', 'a', '1.JSONL'), true, 4],
    [join('logs', 'a', '2.ndjson.gz'), true, 4],
    [join('logs', 'b.json'), false, 4],
    [join('logs', 'c.json.gz'), false, 4],
  ]);
  expect(passedOver).toBe(3);
});

test('a file that is named is read whatever its name, in the order of the arguments', async () => {
  const { sources } = await find('one.txt', '-', 'logs/b.json', 'one.txt');
  expect(sources.map(({ name }) => name)).toEqual(['one.txt', '-', 'logs/b.json', 'one.txt']);
});

test('a path that does not exist is a wrong call', async () => {
  await expect(find('logs', 'missing')).rejects.toMatchObject({
    name: 'UsageError',
    exitCode: 2,
    message: expect.stringMatching(/found "missing": ENOENT/),
  });
});
