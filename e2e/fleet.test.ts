/** A fleet of all rules, with the real command on an emulated account: first deployment, an event for each, no-op, one change, prune. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { patrolDeploy, putEvent, stack, stackOutput, subscribe } from './support/cloud.ts';
import { builtRules, type Rules, samplesOf } from './support/rules.ts';
import type { Ran } from './support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-fleet-'));
const file = join(folder, 'patrol.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const rules = builtRules('aws', 'github');
const count = Object.keys(rules).length;

/** JSON is YAML. */
const write = (wanted: Rules): void =>
  writeFileSync(
    file,
    JSON.stringify({
      version: 1,
      fleet: 'everything',
      terminationProtection: false,
      environment: 'fleet',
      regions: ['us-east-1'],
      alerts: { email: 'security@example.com', shared: true },
      rules: wanted,
    }),
  );

const fleet = (command: 'plan' | 'apply', ...args: readonly string[]): Promise<Ran> =>
  patrolDeploy(command, '--file', file, ...args);

/** How `plan` exits when nothing is to be done, and somebody is subscribed. */
const nothingToDo = 0;

const countsOf = async (): Promise<{ readonly code: number; readonly counts: unknown }> => {
  const ran = await fleet('plan', '--prune', '--json');
  expect(ran.stderr).toBe('');
  return { code: ran.code, counts: JSON.parse(ran.stdout).counts };
};

beforeAll(() => write(rules));

test('the plan creates every rule, and the base stack that they share', async () => {
  const { code, counts } = await countsOf();
  expect(counts).toMatchObject({ create: count + 1, keep: 0, refuse: 0 });
  expect(code).toBe(3);
});

test('all of them are created', async () => {
  const started = Date.now();
  const ran = await fleet('apply', '--yes');
  process.stdout.write(`${count + 1} stacks in ${Math.round((Date.now() - started) / 1000)} s\n`);
  expect(ran, ran.stdout.slice(-4000) + ran.stderr).toMatchObject({ code: 0 });
  expect(await stack('patrol-base-everything-fleet')).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
  });
});

test('each rule that the event bus runs tells its sample', async () => {
  const samples = samplesOf('aws');
  const subscriber = await subscribe(
    await stackOutput('patrol-base-everything-fleet', 'MachinesTopicArn'),
    'alerts-of-the-fleet',
  );
  await subscribe(await stackOutput('patrol-base-everything-fleet', 'AlertTopicArn'), 'people');
  for (const sample of samples.values()) await putEvent(sample);
  const silent = new Set(samples.keys());
  // One event may be a finding of several rules.
  while (silent.size > 0) {
    const { Message } = await subscriber.next().catch((error: unknown) => {
      throw new Error(`${[...silent].join(', ')} told nothing`, { cause: error });
    });
    silent.delete(JSON.parse(Message).rule);
  }
});

test('then there is nothing to do', async () => {
  const { code, counts } = await countsOf();
  expect(counts).toMatchObject({ keep: count + 1, create: 0, update: 0, recreate: 0 });
  expect(code).toBe(nothingToDo);
  const ran = await fleet('apply', '--yes');
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing changed') });
});

test('one changed parameter changes one stack', async () => {
  const changed = { parameters: { disallowedActions: 'StopLogging' } };
  write({ ...rules, 'aws/cloudTrail': changed });
  expect(await countsOf()).toMatchObject({ code: 3, counts: { update: 1, keep: count } });
  const ran = await fleet('apply', '--yes');
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  expect(await stack('patrol-aws-cloudTrail-fleet')).toMatchObject({
    StackStatus: 'UPDATE_COMPLETE',
    Parameters: expect.arrayContaining([
      expect.objectContaining({ ParameterKey: 'disallowedActions', ParameterValue: 'StopLogging' }),
    ]),
  });
  expect((await countsOf()).code).toBe(nothingToDo);
});

test('what stands is saved as a file that changes nothing', async () => {
  const saved = join(folder, 'saved.yaml');
  const args = ['--region', 'us-east-1', '--env', 'fleet', '--fleet', 'everything'];
  const ran = await patrolDeploy('save', ...args, '--output', saved);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const plan = await patrolDeploy('plan', '--file', saved);
  expect(plan, plan.stdout + plan.stderr).toMatchObject({ code: nothingToDo });
});

test('what the file no longer has goes with --prune', async () => {
  write({ 'aws/cloudTrail': { parameters: {} } });
  expect(await countsOf()).toMatchObject({ code: 3, counts: { delete: count - 1, update: 1 } });
  const ran = await fleet('apply', '--prune', '--yes');
  expect(ran, ran.stdout.slice(-4000) + ran.stderr).toMatchObject({ code: 0 });
  expect(await stack('patrol-aws-rootLogin-fleet')).toBeUndefined();
  expect(await stack('patrol-aws-cloudTrail-fleet')).toMatchObject({
    StackStatus: 'UPDATE_COMPLETE',
  });
  expect((await countsOf()).code).toBe(nothingToDo);
});

test('what is left is deleted by name, and the base stack last', async () => {
  for (const name of ['aws/cloudTrail', 'base/everything']) {
    const ran = await patrolDeploy('delete', name, '--env', 'fleet', '--yes');
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  }
  expect(await stack('patrol-base-everything-fleet')).toBeUndefined();
});
