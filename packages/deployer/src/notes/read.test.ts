/** The readers for other programs, and the example of the door. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { watching } from '../testing/fleet.ts';
import { FakeWorld } from '../testing/world.ts';
import { readNote, readOutput } from './read.ts';

const result = { type: 'result', version: 1, ok: true, did: 'none', message: 'Done.' };

describe('a line', () => {
  test('is read; what a newer release adds to it is left out', () => {
    expect(readNote(JSON.stringify({ ...result, color: 'blue' }))).toEqual(result);
  });

  test('of a type that a newer release adds is none', () => {
    expect(readNote('{"type":"applause"}')).toBeUndefined();
  });

  test.each([
    ['no JSON', 'hello', 'Expected a JSON object, found hello'],
    ['no object', '[1]', /type/],
    ['nothing', '', 'Expected a JSON object, found '],
    ['another version', JSON.stringify({ ...result, version: 2 }), 'Expected version 1'],
    ['a field of another type', JSON.stringify({ ...result, ok: 1 }), /ok: .*boolean/],
    ['no type', '{"ok":true}', /type/],
  ])('that is %s is refused', (_, text, words) => {
    expect(() => readNote(text)).toThrow(words);
  });
});

describe('an object', () => {
  test('is read, or the result in its place', () => {
    const list = { type: 'list', version: 1, rules: [], sets: [], problems: [] };
    expect(readOutput(JSON.stringify(list))).toEqual(list);
    expect(readOutput(JSON.stringify(result))).toEqual(result);
  });

  test('of another type or version is refused', () => {
    expect(() => readOutput('{"type":"progress","message":"x"}')).toThrow('of another type');
    expect(() => readOutput('{"type":"list","version":2}')).toThrow('Expected version 1');
  });
});

describe('the example of the door', () => {
  const door = readFileSync(new URL('index.ts', import.meta.url), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/s.exec(door.replaceAll(/^ \* ?/gm, '')) ?? [];

  test('is that of the README', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    expect(code).toContain('readNote');
    expect(readme.replace(/^\/\/ patrol-deploy .*\n/m, '')).toContain(code);
  });

  test('tells which stacks could not be changed', async () => {
    using world = new FakeWorld();
    writeFileSync(join(world.folder, 'patrol.yaml'), watching('security', [['demo', 'quiet']]));
    world.cloud.stacks.failing = { Function: 'A limit is reached.' };
    const { stdout } = await world.run('apply', '--yes', '--json');
    const folder = mkdtempSync(join(tmpdir(), 'patrol-example-'));
    try {
      mkdirSync(join(folder, 'node_modules/@patrol'), { recursive: true });
      symlinkSync(
        fileURLToPath(new URL('../..', import.meta.url)),
        join(folder, 'node_modules/@patrol/deployer'),
      );
      writeFileSync(join(folder, 'failures.ts'), code);
      const said = await new Promise<string>((resolve, reject) => {
        const child = execFile(
          process.execPath,
          ['--conditions=@patrol/source', 'failures.ts'],
          { cwd: folder },
          (error, out) => (error ? reject(error) : resolve(out)),
        );
        child.stdin?.end(stdout);
      });
      expect(said).toBe('patrol-demo-watch-production in eu-west-1: A limit is reached.\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
