import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newsOf } from './changelog.ts';

/** As Changesets writes it. */
const text = `# @patrol/rules-demo

## 1.10.0

### Minor Changes

- 0a1b2c3: Alert on DeleteDashboard too.

  Nothing to do.

### Patch Changes

- Updated dependencies [0a1b2c3]
- Updated dependencies [4d5e6f7]
  - @patrol/core@1.3.0
  - @patrol/deployer@2.0.0

## 1.9.0

### Patch Changes

- 89abcde: Fewer mistakes.

## 1.8.0

### Major Changes

- 1234567: Known already.
`;

const newsFrom = (
  changelog: string | undefined,
  after: string,
  upTo: string,
): readonly string[] => {
  const root = mkdtempSync(join(tmpdir(), 'patrol-news-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'dist'));
  if (changelog !== undefined) writeFileSync(join(root, 'CHANGELOG.md'), changelog);
  return newsOf({ folder: join(root, 'dist') }, after, upTo);
};

test('the entries after the deployed version, up to the installed one', () => {
  expect(newsFrom(text, '1.8.0', '1.10.0')).toEqual([
    '1.10.0, minor: Alert on DeleteDashboard too.',
    '1.10.0, patch: Updated dependencies',
    '1.10.0, patch: Updated dependencies @patrol/core@1.3.0 @patrol/deployer@2.0.0',
    '1.9.0, patch: Fewer mistakes.',
  ]);
  expect(newsFrom(text, '1.8.0', '1.9.0')).toEqual(['1.9.0, patch: Fewer mistakes.']);
});

test('a package without a changelog, or with one that says nothing of these versions, has no news', () => {
  expect(newsFrom(undefined, '1.8.0', '1.10.0')).toEqual([]);
  expect(newsFrom('What happened.\n\n- Something.\n', '1.8.0', '1.10.0')).toEqual([]);
  expect(newsFrom(text, '1.10.0', '1.11.0')).toEqual([]);
});
