/** What somebody is shown before agreeing, and told meanwhile, with the templates of all rules: enough, and no more. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Manifest, parseManifest, type RuleManifest } from '@patrol/core/contracts';
import { expect, test } from 'vitest';
import { sha256 } from '../packages/deployer/src/template/template.ts';
import { FakeCloud } from '../packages/deployer/src/testing/cloud.ts';
import { FakeWorld } from '../packages/deployer/src/testing/world.ts';

const dist = join(import.meta.dirname, '../packages/patrol-rules-aws/dist');
const file = join(dist, 'rules.json');
const manifest = parseManifest(readFileSync(file, 'utf8'), file);
/** The rules that can be deployed without a parameter. */
const rules = manifest.rules.filter(({ parameters }) =>
  Object.values(parameters).every((each) => each.default !== undefined),
);
const where = 'us-east-1 (account 111122223333)';

/** Installs the rules in a version. In each zip is core's code, of which a line may be another one. */
function install({ folder }: FakeWorld, some: readonly RuleManifest[], version: string): void {
  const home = join(folder, 'node_modules/@patrol/rules-aws');
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  const installed = some.map((rule) => {
    const code = `${rule.name} with the core of ${version}`;
    put(join('dist', rule.code.path), code);
    for (const { path } of [rule.template, rule.sample]) {
      copyFileSync(join(dist, path), join(home, 'dist', path));
    }
    return { ...rule, code: { ...rule.code, sha256: sha256(code), bytes: code.length } };
  });
  const named = { name: '@patrol/rules-aws', version };
  const written: Manifest = { ...manifest, package: named, rules: installed };
  put('package.json', JSON.stringify(named));
  put('dist/rules.json', JSON.stringify(written));
  put(
    'CHANGELOG.md',
    `# ${named.name}\n\n## ${version}\n\n### Patch Changes\n\n- 0123abc: One line in core.\n`,
  );
}

/** A world with a file that wants some rules in an account. */
function fleetWorld(some: readonly RuleManifest[]): FakeWorld {
  const world = new FakeWorld('nothing');
  world.cloud = new FakeCloud({ region: 'us-east-1' });
  world.regions = ['us-east-1'];
  install(world, some, '1.0.0');
  writeFileSync(
    join(world.folder, 'patrol.yaml'),
    [
      'version: 1',
      'fleet: security',
      'regions: [us-east-1]',
      'alerts: { email: security@example.com }',
      'rules:',
      ...some.map(({ name }) => `  aws/${name}: true`),
      '',
    ].join('\n'),
  );
  return world;
}

const linesOf = ({ stdout }: { readonly stdout: string }): readonly string[] =>
  stdout.trimEnd().split('\n');

test('one line changed in core is told once for all rules, before and after the question', async () => {
  using world = fleetWorld(rules);
  expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 });
  install(world, rules, '1.1.0');
  const names = rules.map(({ name }) => `aws/${name}`).toSorted();
  const count = names.length;
  const expected = [
    `Update ${count} stacks: code changed`,
    `  ${names.join(', ')} in ${where}`,
    '  @patrol/rules-aws: "1.0.0" → "1.1.0" (newer)',
    '    1.1.0, patch: One line in core.',
    expect.stringContaining(`nobody receives the alerts of ${count} stacks`),
    `Fleet security (production): ${count} stacks to update.`,
    expect.stringContaining('Costs: '),
  ];
  expect(linesOf(await world.run('plan'))).toEqual([
    ...expected,
    'To make these changes: `patrol-deploy apply`',
  ]);
  world.answers = [false];
  expect(linesOf(await world.run('apply'))).toEqual([
    ...expected,
    `Changes in ${count} stacks`,
    `  ${names.join(', ')} in ${where}`,
    '  ~ Function AWS::Lambda::Function: its code',
    '  ~ Notifier AWS::Lambda::Function: its code',
    expect.stringMatching(/^ {2}~ tags of \d+–\d+ resources$/),
  ]);
});

test('a rule that became more or less severe is told with both severities', async () => {
  const [rule] = rules;
  if (!rule) throw new Error('There is one.');
  using world = fleetWorld([rule]);
  await world.run('apply', '--yes');
  const severity = rule.severity === 'critical' ? 'high' : 'critical';
  install(world, [{ ...rule, severity }], '1.1.0');
  expect(linesOf(await world.run('plan'))).toContain(
    `  severity: "${rule.severity}" → "${severity}"`,
  );
  install(world, [rule], '1.2.0');
  expect((await world.run('plan')).stdout).not.toContain('  severity: ');
});

test('a rule that is deployed for the first time is told in ten lines, and with each permission that reaches beyond its stack', async () => {
  using world = fleetWorld(rules);
  for (const { name, description, permissions } of rules) {
    const typed = [`aws/${name}`, '--alert-email', 'security@example.com', '--dry-run'];
    const lines = linesOf(await world.run(...typed));
    const beyond = lines.filter((line) => /^ {4}\+ (?!AlertSubscription)/.test(line));
    expect(lines.length - beyond.length, name).toBeLessThanOrEqual(10);
    expect(description).toContain(lines[1]?.trim().replace(/ Severity: \w+\.$/, ''));
    expect(beyond.length, name).toBe(permissions.length);
  }
});

test('without a terminal, a deployment is a dozen lines, and one more for each rule of a fleet', async () => {
  const some = rules.slice(0, 15);
  using world = fleetWorld(some);
  const first = linesOf(await world.run('apply', '--yes'));
  // What each rule is, and what became of it.
  expect(first.length).toBeLessThanOrEqual(12 + 2 * some.length);
  install(world, some, '1.1.0');
  const next = linesOf(await world.run('apply', '--yes'));
  expect(next.length).toBeLessThanOrEqual(14 + some.length);
  expect(next.filter((line) => line.endsWith(': Updated.'))).toHaveLength(some.length);
  const [rule] = some;
  using alone = fleetWorld(some);
  const typed = [`aws/${rule?.name}`, '--alert-email', 'security@example.com', '--yes'];
  const single = linesOf(await alone.run(...typed));
  expect(single.length).toBeLessThanOrEqual(15);
  expect(single.at(-2)).toMatch(/was created\.$/);
});
