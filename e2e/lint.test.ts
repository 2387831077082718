/** Every template passes cfn-lint, its informational checks included. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { python, root, run } from './support/tools.ts';

const templates = ['patrol-rules-aws', 'patrol-rules-github'].flatMap((name) => {
  const rules = join(root, 'packages', name, 'dist/rules');
  return existsSync(rules)
    ? readdirSync(rules).map((rule) => join(rules, rule, 'template.json'))
    : [];
});

test('there are templates', () => {
  expect(templates.length).toBeGreaterThanOrEqual(3);
});

test.each(templates)('%s has no finding', async (template) => {
  const ran = await run(await python('cfn-lint'), [
    '--include-checks',
    'I',
    '--template',
    template,
  ]);
  expect(ran.stdout + ran.stderr).toBe('');
  expect(ran.code).toBe(0);
});
