import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '@patrol/core/contracts';
import { type ParameterSpec, parseParameter } from '@patrol/core/evaluation';
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

test('no parameter takes ARNs that something else than a comma separates', () => {
  const [a, b] = ['arn:aws:iam::111122223333:role/A', 'arn:aws:iam::111122223333:user/b'];
  let count = 0;
  for (const rule of rules) {
    for (const [name, spec] of Object.entries(rule.parameters)) {
      if (spec.kind === 'number' || spec.kind === 'choice') continue;
      const bar = spec.kind === 'patterns' || spec.kind === 'pairs' ? [] : [`${a}|${b}`];
      for (const given of [`${a};${b}`, `${a} ${b}`, `${a}\n${b}`, ...bar]) {
        expect([rule.name, name, takes(spec, given)]).toEqual([rule.name, name, false]);
      }
      if (takes(spec, `${a},${b}`)) count += 1;
    }
  }
  // Many do take a list of ARNs.
  expect(count).toBeGreaterThan(30);
});

const takes = (spec: ParameterSpec, given: string): boolean => {
  try {
    parseParameter(spec, given);
    return true;
  } catch {
    return false;
  }
};
