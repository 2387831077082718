/**
 * `@patrol/build/testing`: what holds for every rule, as tests for vitest.
 *
 * @module
 */
export { describeHostile, type HostileOptions } from './hostile.ts';
export { mutated } from './mutate.ts';
export { describePackage } from './package.ts';
