import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '@patrol/core/contracts';
import { expect, test } from 'vitest';

const { rules, sets = {} } = parseManifest(
  readFileSync(join(import.meta.dirname, 'dist/rules.json'), 'utf8'),
  'dist/rules.json',
);
const inSet = (set: string): readonly string[] => sets[set]?.rules ?? [];

test('no set has a rule that needs a value, a secret, or events for which CloudTrail charges', () => {
  expect(Object.keys(sets)).toEqual(['essential', 'cis']);
  for (const rule of rules.filter(({ name }) =>
    Object.values(sets).some((set) => set.rules.includes(name)),
  )) {
    const needed = Object.entries(rule.parameters).filter(
      ([, spec]) => spec.default === undefined || spec.kind === 'secret',
    );
    const sample = JSON.parse(
      readFileSync(join(import.meta.dirname, 'dist', rule.sample.path), 'utf8'),
    );
    expect([rule.name, needed, rule.triggers.some(({ kind }) => kind === 'webhook')]).toEqual([
      rule.name,
      [],
      false,
    ]);
    expect([rule.name, sample.detail?.managementEvent]).not.toEqual([rule.name, false]);
  }
});

test('essential is what matters most by its content, and not what the benchmark wants to hear of each deployment', () => {
  const severities = rules
    .filter(({ name }) => inSet('essential').includes(name))
    .map(({ severity }) => severity);
  expect(new Set(severities)).toEqual(new Set(['high', 'critical']));
  for (const rule of ['networkChanged', 'bucketSettings', 'iamPolicyChanged']) {
    expect([rule, inSet('essential').includes(rule), inSet('cis').includes(rule)]).toEqual([
      rule,
      false,
      true,
    ]);
  }
});

test('cis covers every control of the benchmark that any rule does', () => {
  const controls = (names: (name: string) => boolean): ReadonlySet<string> =>
    new Set(
      rules
        .filter(({ name }) => names(name))
        .flatMap(({ references }) => references.join().match(/(?<=Benchmark )4\.\d+/g) ?? []),
    );
  const all = controls(() => true);
  expect(all.size).toBe(15);
  expect(controls((name) => inSet('cis').includes(name))).toEqual(all);
});
