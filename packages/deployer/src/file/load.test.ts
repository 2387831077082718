import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UsageError } from '../text/errors.ts';
import { loadFleet } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-fleet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'patrol.yaml');
const load = (content: string | Uint8Array): ReturnType<typeof loadFleet> => {
  writeFileSync(file, content);
  return loadFleet(file);
};

test('a fleet is read from a file', () => {
  const source =
    'version: 1\nfleet: a\nregions: [eu-west-1]\nalerts: { email: a@b.cc }\nrules: {}\n';
  expect(load(source).fleet.regions).toEqual(['eu-west-1']);
  expect(load(`\u{feff}${source}`).fleet.fleet).toBe('a');
});

test('what cannot be read is said with what to do', () => {
  const missing = join(folder, 'none.yaml');
  expect(() => loadFleet(missing)).toThrow(
    new UsageError(`There is no file ${missing}. \`patrol-deploy init\` writes one.`),
  );
  expect(() => loadFleet(folder)).toThrow(`${folder} cannot be read: `);
  expect(() => load(new Uint8Array([0xff, 0xfe, 0x61]))).toThrow(`${file} is not UTF-8.`);
});

test('all problems are told, each with its place; very many are cut', () => {
  expect(() =>
    load('version: 2\nfleet: a\nregions: []\nalerts: { email: a@b.cc }\nrules: {}\n'),
  ).toThrow(
    new UsageError(
      `This fleet cannot be used:\n  - ${file}:1:10: version: expected version 1, which this release reads; found 2.\n  - ${file}:3:10: regions: expected a list of regions, such as [eu-west-1]; found an empty list.`,
    ),
  );
  expect(() => load('a: b: c\n'.repeat(60))).toThrow(/ {2}- and \d+ more$/);
});
