/** Two runs of the real command on one account at once: one changes the fleet, and the other is told so. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, onTestFinished, test } from 'vitest';
import { credentialOf, hold, operator, patrolDeploy, stack } from './support/cloud.ts';
import { background, type Ran, run, until } from './support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-lease-'));
const file = join(folder, 'patrol.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const stackOf = (rule: string): string => `patrol-aws-${rule}-lease`;

/** JSON is YAML. */
const write = (...rules: readonly string[]): void =>
  writeFileSync(
    file,
    JSON.stringify({
      version: 1,
      fleet: 'leased',
      terminationProtection: false,
      environment: 'lease',
      regions: ['us-east-1'],
      alerts: { email: 'security@example.com', shared: true },
      rules: Object.fromEntries(rules.map((rule) => [`aws/${rule}`, true])),
    }),
  );

/** A run that goes on although it should be refused would wait for the stack that is held. */
const apply = (): Promise<Ran> =>
  run('patrol-deploy', ['apply', '--file', file, '--yes', '--json'], {
    env: operator(),
    timeout: 90_000,
  });

const notesOf = ({ stdout }: Pick<Ran, 'stdout'>): readonly Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const leaseOf = (ran: Pick<Ran, 'stdout'>): unknown =>
  notesOf(ran).find(({ type }) => type === 'lease');

/** Asks S3 for the lease, or writes it, past `patrol-deploy`. */
const lease = async (text?: string): Promise<Record<string, unknown>> => {
  const address = `${inject('endpoint')}/patrol-leases-111122223333/patrol/leases/leased/lease.json`;
  const headers = credentialOf('111122223333', 's3');
  const answer = await fetch(
    address,
    text === undefined ? { headers } : { headers, method: 'PUT', body: text },
  );
  if (!answer.ok) throw new Error(await answer.text());
  return text === undefined ? JSON.parse(await answer.text()) : {};
};

/** The state of a stack, once it has one. */
const isBeingMade = (name: string): Promise<true> =>
  until(`${name} in progress`, async () =>
    (await stack(name))?.StackStatus === 'CREATE_IN_PROGRESS' ? true : undefined,
  );

test('while one run makes the fleet, another ends with 4, and a third waits', async () => {
  write('cloudTrail');
  const release = hold(stackOf('cloudTrail'));
  const first = apply();
  await isBeingMade(stackOf('cloudTrail'));
  const { holder, released } = await lease();
  expect(released).toBe(false);

  const second = await apply();
  expect(second.code).toBe(4);
  expect(leaseOf(second)).toMatchObject({ state: 'held', fleet: 'leased', holder });
  expect(notesOf(second).at(-1)).toMatchObject({ ok: false, error: { kind: 'held' } });
  const program = ['apply', '--file', file, '--yes', '--json', '--wait'];
  const { child, output } = background('patrol-deploy', program, operator());
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await until('the third run waits', async () => output().includes('"waiting"') || undefined);

  release();
  expect(await first).toMatchObject({ code: 0, stderr: '' });
  expect((await ended)[0]).toBe(0);
  const third = { stdout: output() };
  expect(leaseOf(third)).toMatchObject({ state: 'waiting', holder });
  expect(notesOf(third).at(-1)).toMatchObject({ ok: true, did: 'keep' });
  expect(await lease()).toMatchObject({ released: true, holder });
});

test('what a killed run leaves keeps the next one away until it is stale', async () => {
  write('cloudTrail', 'rootLogin');
  const release = hold(stackOf('rootLogin'));
  const program = ['apply', '--file', file, '--yes'];
  const { child } = background('patrol-deploy', program, operator());
  await isBeingMade(stackOf('rootLogin'));
  const { holder } = await lease();
  // What was started is a script that runs the command, which the lease names.
  process.kill((holder as { pid: number }).pid, 'SIGKILL');
  child.kill('SIGKILL');
  expect(await apply()).toMatchObject({ code: 4 });
  release();

  write('cloudTrail', 'rootLogin', 'removeS3AccessLogging');
  // As if the time had passed.
  await lease(JSON.stringify({ ...(await lease()), lifetimeSeconds: 1 }));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const next = await apply();
  expect(next, next.stdout + next.stderr).toMatchObject({ code: 0 });
  expect(leaseOf(next)).toMatchObject({ state: 'takenOver', holder });
  for (const rule of ['rootLogin', 'removeS3AccessLogging']) {
    expect(await stack(stackOf(rule))).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  }
  expect(await lease()).toMatchObject({ released: true });
});

test('a lease that is held keeps nobody from applying nothing, nor from deleting', async () => {
  await lease(JSON.stringify({ ...(await lease()), released: false }));
  expect(await apply()).toMatchObject({ code: 0 });
  const rules = ['cloudTrail', 'rootLogin', 'removeS3AccessLogging'].map((rule) => `aws/${rule}`);
  for (const name of [...rules, 'base/leased']) {
    const ran = await patrolDeploy('delete', name, '--env', 'lease', '--yes');
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  }
});
