/**
 * What the real command writes with `--json` on an emulated account is what its contract says: `run` holds every line and
 * every object against it.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { patrolDeploy, stack } from './support/cloud.ts';
import { builtRules, originals } from './support/rules.ts';
import { type Ran, root } from './support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-machines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = (...args: readonly string[]): Promise<Ran> => patrolDeploy(...args, '--json');
const typesOf = ({ stdout }: Ran): readonly string[] => [
  ...new Set(
    stdout
      .trimEnd()
      .split('\n')
      .map((line): string => JSON.parse(line).type),
  ),
];

test('list, and every rule as it is described', async () => {
  const { rules } = JSON.parse((await json('list')).stdout);
  expect(rules.length).toBeGreaterThan(10);
  for (const { name } of rules) expect(await json('describe', name)).toMatchObject({ code: 0 });
});

test('one rule, from nothing to its end', async () => {
  const rule = ['aws/cloudTrail', '--env', 'machines'];
  const deployed = await json(...rule, '--alert-email', 'security@example.com', '--yes');
  expect(deployed, deployed.stdout).toMatchObject({ code: 0 });
  // Whether code is uploaded, and `progress` tells it, depends on what was deployed before.
  expect(typesOf(deployed)).toEqual(
    expect.arrayContaining(['plan', 'changes', 'event', 'ended', 'warning', 'result']),
  );
  expect(await json('info', ...rule)).toMatchObject({ code: 0 });
  expect(await json('diff', ...rule)).toMatchObject({ code: 0 });
  const changed = ['--param', 'disallowedActions=AddTags'];
  expect(await json('diff', ...rule, ...changed)).toMatchObject({ code: 3 });
  expect(await json(...rule, ...changed, '--yes')).toMatchObject({ code: 0 });
  const invoked = await json('invoke', ...rule, '--yes');
  expect(JSON.parse(invoked.stdout), invoked.stdout).toMatchObject({ ok: true });
  expect(typesOf(await json('logs', ...rule))).toEqual(['log', 'result']);
  expect(await json('diagnose', ...rule)).toMatchObject({ code: 0 });
  await json('doctor', ...rule);
  const deleted = await json('delete', ...rule, '--yes');
  expect(deleted, deleted.stdout).toMatchObject({ code: 0 });
  expect(typesOf(deleted)).toEqual(expect.arrayContaining(['plan', 'event', 'ended', 'result']));
  expect(await stack('patrol-aws-cloudTrail-machines')).toBeUndefined();
});

test('a fleet, and what reads its lines with the built package', async () => {
  const file = join(folder, 'patrol.yaml');
  const write = (rules: object): void =>
    writeFileSync(
      file,
      JSON.stringify({
        version: 1,
        fleet: 'machines',
        terminationProtection: false,
        environment: 'machines-fleet',
        regions: ['us-east-1'],
        alerts: { email: 'security@example.com', shared: true },
        rules,
      }),
    );
  write({ 'aws/cloudTrail': true, 'aws/rootLogin': true });
  expect(await json('plan', '--file', file)).toMatchObject({ code: 3 });
  const applied = await json('apply', '--file', file, '--yes');
  expect(applied, applied.stdout).toMatchObject({ code: 0 });
  expect(typesOf(applied)).toEqual(
    expect.arrayContaining(['plan', 'stacks', 'begin', 'finished', 'summary', 'result']),
  );
  const reader = `
    import { createInterface } from 'node:readline';
    import { readNote } from '@patrol/deployer/notes';
    for await (const line of createInterface({ input: process.stdin })) {
      const note = readNote(line);
      if (note.type === 'finished') console.log(note.stack, note.ok);
    }`;
  const said = await new Promise<string>((resolve, reject) => {
    const args = ['--input-type=module', '--eval', reader];
    const child = execFile('node', args, { cwd: root }, (error, out) =>
      error ? reject(error) : resolve(out),
    );
    child.stdin?.end(applied.stdout);
  });
  expect(said.trim().split('\n').toSorted()).toEqual([
    'patrol-aws-cloudTrail-machines-fleet true',
    'patrol-aws-rootLogin-machines-fleet true',
    'patrol-base-machines-machines-fleet true',
  ]);
  write({ 'aws/cloudTrail': true });
  expect(await json('plan', '--file', file, '--prune')).toMatchObject({ code: 3 });
  expect(await json('apply', '--file', file, '--prune', '--yes')).toMatchObject({ code: 0 });
  for (const name of ['aws/cloudTrail', 'base/machines']) {
    const deleted = await json('delete', name, '--env', 'machines-fleet', '--yes');
    expect(deleted, deleted.stdout).toMatchObject({ code: 0 });
  }
});

// runtime.test.ts tries all of them.
test('rules of each kind tried on their samples', async () => {
  const tried = Object.entries(builtRules('aws', 'github')).filter(([name]) =>
    originals.includes(name),
  );
  for (const [name, { parameters }] of tried) {
    const values = Object.entries(parameters).flatMap(([key, text]) => [
      '--param',
      `${key}=${text}`,
    ]);
    const ran = await json('try', name, ...values);
    expect(JSON.parse(ran.stdout), ran.stdout).toMatchObject({ type: 'try', delivered: true });
  }
});
