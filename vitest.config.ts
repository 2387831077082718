import { defineConfig } from 'vitest/config';

/** Packages see each other's sources, so that tests need no build; only the tests of built rules read `dist`. */
const conditions = ['@patrol/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/{lib,src,rules}/**/*.test.ts',
      'packages/*/*.test.ts',
      'scripts/*.test.ts',
    ],
    setupFiles: ['vitest.setup.ts'],
    reporters: ['default', './vitest.tally.ts'],
    pool: 'threads',
    // All cores: by default vitest leaves one out, which on a machine of two leaves one.
    maxWorkers: '100%',
    // A machine on which much else runs.
    testTimeout: 60_000,
  },
});
