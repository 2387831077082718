import { expect, test } from 'vitest';
import { manifestVersion, parseManifest } from './manifest.ts';

const manifest = {
  formatVersion: manifestVersion,
  package: { name: 'x', version: '1.0.0' },
  rules: [],
};

test('a manifest of this version is read as it is', () => {
  expect(parseManifest(JSON.stringify(manifest), 'dist/rules.json')).toEqual(manifest);
});

test.each([0, 2, '1', null, undefined])(
  'another version is refused with what to do: %j',
  (formatVersion) => {
    expect(() =>
      parseManifest(JSON.stringify({ ...manifest, formatVersion }), 'dist/rules.json'),
    ).toThrow(
      `dist/rules.json has the format version ${JSON.stringify(formatVersion)}; this release reads version 1. Bring`,
    );
  },
);

test.each(['', '{', 'null', '[]', '1', '"x"'])(
  'what is no manifest is refused with its place: %j',
  (text) => {
    expect(() => parseManifest(text, 'dist/rules.json')).toThrow(
      /^dist\/rules\.json (is not JSON: |has the format version undefined)/,
    );
  },
);
