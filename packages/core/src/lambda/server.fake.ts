/** For the deployer's tests. Others import it from `@patrol/core/testing`. */
export * from '../testing/server.ts';
