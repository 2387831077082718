import { configDefaults, defineConfig } from 'vitest/config';

/** Packages see each other's sources, so that tests need no build; only the tests of built rules read `dist`. */
const conditions = ['@patrol/source'];

const functions = ['packages/core/src/lambda/*.test.ts'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    setupFiles: ['vitest.setup.ts'],
    reporters: ['default', './vitest.tally.ts'],
    pool: 'threads',
    // All cores: by default vitest leaves one out, which on a machine of two leaves one.
    maxWorkers: '100%',
    // A machine on which much else runs.
    testTimeout: 60_000,
    // A function remembers things from one event to the next, so each test file of functions gets an instance of its own.
    // The others share what they import, which takes a third of the time off.
    projects: [
      { extends: true, test: { name: 'functions', include: functions } },
      {
        extends: true,
        test: {
          name: 'others',
          isolate: false,
          include: [
            'packages/*/{lib,src,rules}/**/*.test.ts',
            'packages/*/*.test.ts',
            'scripts/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...functions],
        },
      },
    ],
  },
});
