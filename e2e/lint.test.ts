/** Every template passes cfn-lint, its informational checks included. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { baseTemplate } from '../packages/deployer/src/destinations/base.ts';
import { ruleTemplate } from '@patrol/core/template';
import * as rules from '../packages/core/src/template/rules.fake.ts';
import { python, root, run } from './support/tools.ts';

/** Rules of every kind of source, with everything that a template can have: the packages need not have one of each. */
const folder = mkdtempSync(join(tmpdir(), 'patrol-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));
const made = Object.entries({ ...rules, scheduled: rules.scheduled('rate(1 day)') }).map(
  ([name, rule]) => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(ruleTemplate({ ...rule, description: 'Alerts in tests.' })));
    return path;
  },
);
const base = join(folder, 'base.json');
writeFileSync(base, baseTemplate.text);

const built = ['patrol-rules-aws', 'patrol-rules-github'].flatMap((name) => {
  const rules = join(root, 'packages', name, 'dist/rules');
  return existsSync(rules)
    ? readdirSync(rules).map((rule) => join(rules, rule, 'template.json'))
    : [];
});

test('there are templates', () => {
  expect(built.length).toBeGreaterThanOrEqual(3);
  expect(made.length).toBeGreaterThanOrEqual(6);
});

test('no template has a finding', async () => {
  // One run for all: to start cfn-lint takes longer than to check a template.
  const templates = [...built, ...made, base];
  const ran = await run(await python('cfn-lint'), ['--include-checks', 'I', '--', ...templates]);
  expect(ran.stdout + ran.stderr).toBe('');
  expect(ran.code).toBe(0);
});
