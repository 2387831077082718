import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { FakeWorld, installRule, webhookRule } from '../testing/world.ts';

const group = 'patrol-demo-watch-production-LogGroup';
const rule = { ...webhookRule, outputs: { ...webhookRule.outputs, LogGroupName: group } };
const deploy = ['demo/watch', '--alert-email', 'a@b.cc', '--yes'];
const hook = '`patrol-deploy hook demo/watch --region eu-west-1 --org NAME`';
const unused = `GitHub has sent nothing to the webhook yet, and may not know it. ${hook} registers it with an organisation.`;

test('until the function has run, each run says how GitHub gets to know the webhook', async () => {
  using world = new FakeWorld(rule);
  world.cloud.confirmed.add('a@b.cc');
  world.logs.groups.set(group, []);
  const first = await world.run(...deploy, '--quiet');
  expect(first.stdout).toContain(`GitHub does not know the webhook yet. ${hook}`);
  for (const more of [[], ['--quiet'], ['--param', 'LogRetentionInDays=30', '--quiet']]) {
    const { code, stdout } = await world.run(...deploy, ...more);
    expect([code, stdout]).toEqual([0, expect.stringContaining(unused)]);
  }
  const { notes } = await world.run(...deploy, '--json');
  expect(notes.find(({ type }) => type === 'warning')).toMatchObject({
    hook: { command: 'patrol-deploy hook demo/watch --region eu-west-1 --org NAME' },
  });
  world.logs.add(group, 0, { type: 'platform.start' });
  expect((await world.run(...deploy)).stdout).not.toContain('webhook');
});

test('after a first run that was interrupted, the next one says it', async () => {
  using world = new FakeWorld(rule);
  world.logs.groups.set(group, []);
  const { cloud, controller } = world;
  const { sleep } = cloud;
  cloud.stacks.pace = 60_000;
  cloud.sleep = async (milliseconds) => {
    await sleep(milliseconds);
    if (cloud.stacks.all[0]?.status === 'CREATE_IN_PROGRESS') controller.abort();
  };
  const first = await world.run(...deploy);
  expect(first.code).toBe(130);
  expect(first.stdout).not.toContain('webhook yet');
  cloud.sleep = sleep;
  world.controller = new AbortController();
  expect((await world.run(...deploy, '--quiet')).stdout).toContain(unused);
});

test('where the log may not be read, it says that it cannot see it', async () => {
  using world = new FakeWorld(rule);
  await world.run(...deploy);
  world.logs.faults.push(new CloudError('denied', 'logs:FilterLogEvents', 'No.'));
  const { code, stdout } = await world.run(...deploy);
  expect(code).toBe(0);
  expect(stdout).toContain(
    'Patrol cannot see whether GitHub knows the webhook. logs:FilterLogEvents failed: No.',
  );
  expect(stdout).toContain(hook);
});

test('a fleet says it too', async () => {
  using world = new FakeWorld('nothing');
  installRule(world.folder, rule);
  world.logs.groups.set(group, []);
  writeFileSync(
    join(world.folder, 'patrol.yaml'),
    'version: 1\nfleet: security\nregions: [eu-west-1]\nalerts: { email: a@b.cc }\nrules: { demo/watch: true }\n',
  );
  const first = await world.run('apply', '--yes', '--quiet');
  expect(first.stdout).toContain(`GitHub does not know the webhook yet. ${hook}`);
  expect((await world.run('apply', '--yes', '--quiet')).stdout).toContain(unused);
  world.logs.add(group, 0, { type: 'platform.start' });
  expect((await world.run('apply', '--yes')).stdout).not.toContain('webhook');
});
