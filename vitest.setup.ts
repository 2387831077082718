import { configureGlobal } from 'fast-check';

/**
 * The same property tests in every run: whoever changed nothing breaks nothing. `FAST_CHECK_SEED=$RANDOM pnpm test`
 * tries others; a failure prints its seed.
 */
configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 20_261_123) });
