/** `list` and `info` fit a terminal of 80 columns, with the rules that are published. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeCloud } from '../packages/deployer/src/testing/cloud.ts';
import { FakeWorld } from '../packages/deployer/src/testing/world.ts';

const columns = 80;

/** A terminal in which the published rules are installed. */
function terminal(): FakeWorld {
  const world = new FakeWorld('nothing');
  mkdirSync(join(world.folder, 'node_modules/@patrol'), { recursive: true });
  for (const name of ['rules-aws', 'rules-github']) {
    const built = join(import.meta.dirname, `../packages/patrol-${name}`);
    symlinkSync(built, join(world.folder, `node_modules/@patrol/${name}`));
  }
  world.answers = [];
  world.columns = columns;
  return world;
}

/** The lines that are too wide. One word alone, or one that is continued, cannot be shortened: somebody may copy it. */
const tooWide = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.length > columns && !/^ *(--[\w-]+ )?\S+( \\)?$/.test(line));

test('list has all rules with their whole titles, and no line that is too wide', async () => {
  using world = terminal();
  const { code, stdout } = await world.run('list');
  expect(code).toBe(0);
  for (const name of [
    'aws/removeS3ManagedEncryption',
    'github/madePublic',
    'Root user signed in',
  ]) {
    expect(stdout).toContain(name);
  }
  expect(tooWide(stdout)).toEqual([]);
  expect(stdout.split('\n').filter((line) => line.includes('…'))).toEqual([]);
  world.columns = 200;
  expect(tooWide((await world.run('list')).stdout)).not.toEqual([]);
});

test.each([
  ['aws/principalPolicySimulator', []],
  ['aws/assumeRole', ['--param', 'disallowedRoles=Administrator, BreakGlass*']],
  ['aws/removeS3ManagedEncryption', []],
  ['github/madePublic', []],
])('info %s has no line that is too wide', async (rule, options) => {
  using world = terminal();
  const where = ['--region', 'us-east-1', '--env', 'staging', '--profile', 'security-audit'];
  world.cloud = new FakeCloud({ region: 'us-east-1' });
  const alerts = ['--alert-email', 'security-alerts@engineering.example.com'];
  const { code, stderr } = await world.run(rule, ...where, ...alerts, ...options, '--yes');
  expect([code, stderr]).toEqual([0, '']);
  for (const stack of world.cloud.stacks.all) {
    stack.reason =
      'The following resources failed to create: [Function, Role, LogGroup, ErrorsAlarm].';
    stack.drifted = new Date(Date.UTC(2026, 0, 31));
    for (const name of Object.keys(stack.template.Outputs ?? {})) {
      const value = `arn:aws:sns:us-east-1:111122223333:${stack.name}-${name}-A08DD0B05950A`;
      Object.assign(stack.template.Outputs ?? {}, { [name]: { Value: value } });
    }
  }
  world.cloud.alarmReason = 'Unchecked: Initial alarm creation';
  const { stdout } = await world.run('info', rule, ...where);
  expect(stdout).toContain('NOT CONFIRMED');
  expect(stdout).toContain('Drift');
  expect(tooWide(stdout)).toEqual([]);
});
