/**
 * `@patrol/core/testing`: what tests of rules need, for vitest. A table of what a rule alerts on and what it stays quiet on;
 * records of CloudTrail; and a server in AWS's place, for the clients that a rule asks with.
 *
 * @module
 */
export { expectDeliverable } from './dispatch.ts';
export { apiCallRecord, denied, type Fields, identities, signInRecord } from './records.ts';
export {
  type Cases,
  describeRule,
  expectAlert,
  type ExpectedAlert,
  type Given,
  run,
  type Texts,
} from './rule.ts';
export {
  type Answer,
  type Asked,
  type FakeAws,
  fakeAws,
  refused,
  serve,
  type Served,
  xml,
} from './server.ts';
