/** Rules under hostile versions of events in several shapes. The package's own test does it with each rule's sample. */
import type { AnyRule } from '@patrol/core';
import { isCloudTrailRecord, wrapRecord } from '@patrol/core/evaluation';
import { test } from 'vitest';
// Core's own test helpers: they are not published.
import { fuzz, fuzzRuns, fuzzTimeout } from '../../core/src/fuzz.fake.ts';

/** Declares that a rule evaluates or refuses hostile versions of events, and that each alert becomes a message. */
export function describeHostile(
  rule: AnyRule,
  events: readonly unknown[],
  clients?: unknown,
): void {
  test('evaluates or refuses hostile events of each shape', { timeout: fuzzTimeout }, async () => {
    const wrapped = events.map((event) => (isCloudTrailRecord(event) ? wrapRecord(event) : event));
    await fuzz(rule, wrapped, fuzzRuns, clients);
  });
}
