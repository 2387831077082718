import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { FakeWorld, installRule } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const rule = `${stack}-EventRule`;
const functionName = `${stack}-Function`;

const file = (rules: string): string => `version: 1
fleet: security
regions: [eu-west-1]
alerts: { topic: 'arn:aws:sns:eu-west-1:111122223333:own' }
${rules}`;

/** A fleet of one rule, as its file says. */
async function fleet(): Promise<FakeWorld> {
  const world = new FakeWorld();
  const path = join(world.folder, 'patrol.yaml');
  writeFileSync(path, file('rules: { demo/watch: { parameters: { actions: StopLogging } } }\n'));
  world.cloud.topics.set('arn:aws:sns:eu-west-1:111122223333:own', [
    { protocol: 'email', endpoint: 'a@example.com', confirmed: true },
  ]);
  expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 });
  expect(await world.run('plan')).toMatchObject({ code: 0 });
  return world;
}

describe('what was changed outside CloudFormation', () => {
  const environment = { NODE_OPTIONS: '--inspect', actions: 'Nothing', mode: 'quiet' };
  test.each([
    ['a rule that was disabled', rule, { state: 'DISABLED' }, 'state of EventRule'],
    ['a variable of the environment', functionName, { environment }, 'NODE_OPTIONS'],
    ['the value of a parameter', functionName, { environment }, 'environment variable actions'],
    ['a layer', functionName, { layers: ['arn:aws:lambda:x:layer:y:1'] }, 'layers'],
    ['an alarm without actions', `${stack}-Alarm`, { acts: false }, 'actions of Alarm'],
    ['a rule that was removed', rule, undefined, 'EventRule changed outside CloudFormation'],
  ])('%s: plan sees it, apply undoes it', async (_, name, changed, told) => {
    using world = await fleet();
    world.cloud.stacks.outside.set(name, changed);
    const planned = await world.run('plan');
    expect(planned.stdout).toContain(told);
    expect(planned.code).toBe(3);
    expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 });
    expect(world.cloud.stacks.outside.size).toBe(0);
    expect(await world.run('plan')).toMatchObject({ code: 0 });
  });

  test('the value of a variable that somebody added is not shown', async () => {
    using world = await fleet();
    world.cloud.stacks.outside.set(functionName, {
      environment: { TOKEN: 'hunter2', actions: 'StopLogging', mode: 'quiet' },
    });
    const { stdout } = await world.run('plan');
    expect(stdout).toContain('environment variable TOKEN');
    expect(stdout).not.toContain('hunter2');
  });

  test('a rule that is deployed by itself', async () => {
    using world = new FakeWorld();
    const deploy = [
      'demo/watch',
      '--yes',
      '--alert-email',
      'a@example.com',
      '--param',
      'actions=X',
    ];
    await world.run(...deploy);
    world.cloud.stacks.outside.set(rule, { state: 'DISABLED' });
    const info = await world.run('info', 'demo/watch');
    expect(info.stdout).toContain('state of EventRule changed outside CloudFormation');
    const { code, stderr, stdout } = await world.run('demo/watch', '--yes');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('state of EventRule');
    expect(world.cloud.stacks.outside.size).toBe(0);
    expect((await world.run('demo/watch', '--yes')).stdout).toContain('up to date');
  });

  test('an update undoes it too, and what it changes itself is no drift', async () => {
    using world = await fleet();
    const path = join(world.folder, 'patrol.yaml');
    writeFileSync(path, file('rules: { demo/watch: { parameters: { actions: DeleteTrail } } }\n'));
    const quiet = await world.run('plan');
    expect(quiet.stdout).toContain('DeleteTrail');
    expect(quiet.stdout).not.toContain('outside CloudFormation');
    world.cloud.stacks.outside.set(rule, { state: 'DISABLED' });
    expect((await world.run('plan')).stdout).toContain('state of EventRule changed outside');
    expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 });
    expect(world.cloud.stacks.outside.size).toBe(0);
  });

  test('where CloudFormation does not see it, nobody is told that all is well', async () => {
    using world = await fleet();
    world.cloud.stacks.outside.set(rule, { state: 'DISABLED' });
    const create = world.cloud.createChangeSet.bind(world.cloud);
    world.cloud.createChangeSet = (request) => create({ ...request, reverts: false });
    const { stdout, stderr } = await world.run('apply', '--yes');
    expect(stdout + stderr).toContain('CloudFormation does not see it. Nothing was changed back.');
  });

  test('where AWS does not tell, a note says so, and nothing else changes', async () => {
    using world = await fleet();
    world.wiring.faults.push(new CloudError('denied', 'lambda:ListFunctions', 'Not allowed.'));
    const { code, stdout } = await world.run('plan');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'Changes made outside CloudFormation in eu-west-1 (account 111122223333) are not shown. lambda:ListFunctions failed',
    );
  });
});

test('a plan of 240 rules in which nothing changes stays under 20 calls', async () => {
  using world = new FakeWorld('nothing');
  const names = Array.from({ length: 240 }, (_, index) => `@patrol/rules-n${index}`);
  for (const packageName of names) installRule(world.folder, { packageName, parameters: {} });
  const lines = names.map((_, index) => `  n${index}/watch: {}`).join('\n');
  writeFileSync(join(world.folder, 'patrol.yaml'), file(`rules:\n${lines}\n`));
  const topic = 'arn:aws:sns:eu-west-1:111122223333:own';
  const subscribed = { protocol: 'email', endpoint: 'a@example.com', confirmed: true };
  world.cloud.topics.set(topic, [subscribed]);
  expect(await world.run('apply', '--yes', '--quiet')).toMatchObject({ code: 0 });
  world.cloud.calls = [];
  world.wiring.pages = [];
  expect(await world.run('plan')).toMatchObject({ code: 0 });
  const calls = [...world.cloud.calls, ...world.wiring.pages];
  const counts = Object.fromEntries(
    [...Map.groupBy(calls, (call) => call)].map(([call, all]) => [call, all.length]),
  );
  expect(counts).toMatchObject({ ListRules: 3, ListFunctions: 5, DescribeAlarms: 3, allStacks: 3 });
  expect(calls.length, JSON.stringify(counts)).toBeLessThan(20);
});
