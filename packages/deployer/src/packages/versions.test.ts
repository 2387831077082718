import { describe, expect, test } from 'vitest';
import { isIn, isRange, versionChange } from './versions.ts';

describe('the version that is installed', () => {
  const change = (installed: string, deployed: string | undefined): string | undefined =>
    versionChange({ name: '@patrol/rules-demo', version: installed }, deployed)?.is;

  test.each([
    ['1.4.0', '1.3.9', 'newer'],
    ['1.10.0', '1.9.0', 'newer'],
    ['2.0.0', '10.0.0', 'older'],
    ['1.4.0-rc.1', '1.4.0', 'older'],
    ['1.4.0-rc.2', '1.4.0-rc.10', 'older'],
    ['1.4.0', '1.4.0', undefined],
    ['1.4.0+two', '1.4.0+one', undefined],
    ['1.4.0', undefined, undefined],
    ['1.4.0', 'latest', undefined],
    ['1', '1.4.0', undefined],
  ])('%s in place of %s is %s', (installed, deployed, is) => {
    expect(change(installed, deployed)).toBe(is);
  });

  test('is told with both and the package', () => {
    expect(versionChange({ name: 'patrol-rules-x', version: '1.0.0' }, '2.0.0')).toEqual({
      is: 'older',
      versions: { package: 'patrol-rules-x', deployed: '2.0.0', installed: '1.0.0' },
    });
  });
});

test.each([
  ['1.4.0', '1.4.0', true],
  ['1.4.0', '1.4.1', false],
  ['^1.4.0', '1.9.3', true],
  ['^1.4.0', '2.0.0', false],
  ['~1.4', '1.5.0', false],
  ['1.x || >=3', '3.1.0', true],
  ['^1.4.0', '1.5.0-rc.1', false],
  ['^1.5.0-rc.0', '1.5.0-rc.1', true],
])('%s and %s: %s', (range, version, is) => {
  expect(isRange(range)).toBe(true);
  expect(isIn(version, range)).toBe(is);
});

test.each(['', ' ', 'latest', 'next', 'a.b.c', '1.2.3.4', 'file:../x'])(
  '%j is no range',
  (text) => {
    expect(isRange(text)).toBe(false);
  },
);
