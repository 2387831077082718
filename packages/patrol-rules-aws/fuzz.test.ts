/** Every rule of the package under hostile events: its sample as every kind of principal would have caused it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeHostile } from '@patrol/build/testing';
import { type AnyRule, isObject } from '@patrol/core';
import { identities } from '@patrol/core/testing';

const folder = join(import.meta.dirname, 'rules');

const rules = await Promise.all(
  readdirSync(folder).map(async (name) => {
    const { default: rule } = (await import(`./rules/${name}/rule.ts`)) as { default: AnyRule };
    const sample: unknown = JSON.parse(readFileSync(join(folder, name, 'sample.json'), 'utf8'));
    return { rule, sample };
  }),
);

for (const { rule, sample } of rules) {
  const record = isObject(sample) && isObject(sample['detail']) ? sample['detail'] : sample;
  const events =
    isObject(record) && 'eventSource' in record
      ? Object.values(identities).map((userIdentity) => ({ ...record, userIdentity }))
      : [sample];
  describeHostile(rule, events, { alerting: 0.25 });
}
