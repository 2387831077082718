/** Every rule of the package under hostile events: its sample as every kind of principal would have caused it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '@patrol/core';
import { wrapRecord } from '@patrol/core/evaluation';
import { expect, test } from 'vitest';
// Core's own test helpers: they are not published.
import { fuzz, fuzzRuns, fuzzTimeout } from '../core/src/fuzz.fake.ts';
import type { AnyRule } from '../core/src/index.ts';
import { identities } from './testing/records.ts';

const folder = join(import.meta.dirname, 'rules');

test.each(readdirSync(folder))(
  '%s evaluates or refuses hostile events',
  { timeout: fuzzTimeout },
  async (name) => {
    const { default: rule } = (await import(`./rules/${name}/rule.ts`)) as { default: AnyRule };
    const sample: unknown = JSON.parse(readFileSync(join(folder, name, 'sample.json'), 'utf8'));
    const record = isObject(sample) && isObject(sample['detail']) ? sample['detail'] : sample;
    const events =
      isObject(record) && 'eventSource' in record
        ? Object.values(identities).map((userIdentity) => wrapRecord({ ...record, userIdentity }))
        : [sample];
    const counts = await fuzz(rule, events, fuzzRuns);
    // Most changes touch what the rule does not read: it must go on alerting then.
    expect(counts.alerts).toBeGreaterThan(fuzzRuns / 10);
  },
);
