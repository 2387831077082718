import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** The corpus of real events lies beside the repository where it is built, and not in a clone elsewhere. */
const hasCorpus = existsSync(new URL('../../shared/corpus', import.meta.url));

if (!hasCorpus) {
  process.stderr.write(
    'There is no ../shared/corpus beside the repository: corpus.test.ts is left out.\n',
  );
}

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['**/*.test.ts'],
    exclude: ['.venv/**', '.cache/**', 'author/**', ...(hasCorpus ? [] : ['corpus.test.ts'])],
    globalSetup: ['support/ministack.ts'],
    reporters: ['default', '../vitest.tally.ts'],
    fileParallelism: false,
    // Tests that may run beside each other: one for each processor of a small machine.
    maxConcurrency: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
