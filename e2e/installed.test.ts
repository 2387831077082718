/** The packages as users get them: packed, installed in a folder outside the repository, and used there. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator, stack } from './support/cloud.ts';
import { must, root, run, type Ran } from './support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-user-'));
/** What the user has: the Node of the machine, not the one of the repository. */
const path = (process.env['PATH'] ?? '')
  .split(':')
  .filter((entry) => !entry.includes('node_modules'))
  .join(':');

const patrolDeploy = (...args: readonly string[]): Promise<Ran> =>
  run('npx', ['-y', 'pnpm@12', 'patrol-deploy', ...args], {
    cwd: folder,
    env: { ...operator(), PATH: path },
  });

beforeAll(async () => {
  const tarballs: Record<string, string> = {};
  for (const [name, source] of [
    ['@patrol/core', 'core'],
    ['@patrol/rules-aws', 'patrol-rules-aws'],
    ['@patrol/rules-github', 'patrol-rules-github'],
    ['@patrol/deployer', 'deployer'],
  ] as const) {
    const destination = join(folder, 'tarballs', source);
    await must('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', destination], {
      cwd: join(root, 'packages', source),
    });
    tarballs[name] = `file:${join(destination, readdirSync(destination)[0] ?? '')}`;
  }
  // `pnpm add @patrol/rules-aws` is all that the README asks for.
  const { '@patrol/core': core, '@patrol/deployer': deployer, ...dependencies } = tarballs;
  const others = { '@patrol/core': core, '@patrol/deployer': deployer };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  // Until they are published, the packages find each other where they were packed.
  const overrides = Object.entries(others).map(([name, file]) => `  '${name}': ${file}\n`);
  writeFileSync(
    join(folder, 'pnpm-workspace.yaml'),
    `overrides:\n${overrides.join('')}allowBuilds:\n  esbuild: true\n`,
  );
  await must('npx', ['-y', 'pnpm@12', 'install'], {
    cwd: folder,
    env: { ...process.env, PATH: path },
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('list shows the rules', async () => {
  const ran = await patrolDeploy('list');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  for (const rule of ['aws/cloudTrail', 'github/madePublic']) expect(ran.stdout).toContain(rule);
});

test('describe shows a rule', async () => {
  const ran = await patrolDeploy('describe', 'aws/assumeRole');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain('disallowedRoles');
});

test('try shows the alert as an e-mail', async () => {
  const ran = await patrolDeploy('try', 'aws/cloudTrail');
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain('CloudTrail: StopLogging on');
  expect(ran.stdout).toContain('patrol-deploy aws/cloudTrail --alert-email');
});

test('try sends a webhook rule a signed delivery', async () => {
  const ran = await patrolDeploy('try', 'github/madePublic');
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain('made public by');
});

test('replay reads standard input', async () => {
  const record = JSON.stringify({
    eventVersion: '1.11',
    eventID: 'x-1',
    eventTime: '2026-11-20T08:30:17Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'DeleteTrail',
    eventType: 'AwsApiCall',
    awsRegion: 'eu-west-1',
    recipientAccountId: '111122223333',
    userIdentity: { type: 'Root', accountId: '111122223333' },
  });
  const ran = await run(
    'npx',
    ['-y', 'pnpm@12', '--silent', 'patrol-deploy', 'replay', 'aws/cloudTrail', '-', '--json'],
    {
      cwd: folder,
      env: { ...operator(), PATH: path },
      input: `${record}\n`,
    },
  );
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const lines: { type: string }[] = ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ type }) => type)).toEqual(['alert', 'summary']);
  expect(lines[0]).toMatchObject({
    rule: 'cloudTrail',
    line: 1,
    eventId: 'x-1',
    severity: 'critical',
  });
});

test('deploys to the account, and deletes again', async () => {
  const name = 'patrol-aws-cloudTrail-installed';
  const deployed = await patrolDeploy(
    'aws/cloudTrail',
    '--env',
    'installed',
    '--alert-email',
    'security@example.com',
    '--yes',
  );
  expect(deployed, deployed.stdout + deployed.stderr).toMatchObject({ code: 0 });
  expect(await stack(name)).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  const deleted = await patrolDeploy('delete', 'aws/cloudTrail', '--env', 'installed', '--yes');
  expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ code: 0 });
  expect(await stack(name)).toBeUndefined();
});
