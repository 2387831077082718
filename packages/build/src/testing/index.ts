/**
 * `@patrol/build/testing`: what holds for every rule of a built package, as tests for vitest.
 *
 * @module
 */
export { describePackage } from './package.ts';
