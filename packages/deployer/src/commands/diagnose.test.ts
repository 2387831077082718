import { expect, test } from 'vitest';
import { FakeWorld } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=StopLogging', '--alert-email', 'a@b.cc', '--yes'];
const denied =
  'User: arn:x is not authorized to perform: lambda:CreateFunction on resource: y with an explicit deny in a service control policy';

test('tells why a creation failed that left nothing', async () => {
  using world = new FakeWorld();
  world.cloud.stacks.failing = { Function: denied };
  await world.run(...deploy);
  expect(world.cloud.stacks.find(stack)).toBeUndefined();
  const { code, stdout } = await world.run('diagnose', 'demo/watch');
  expect(code).toBe(0);
  expect(stdout).toContain(`The creation of ${stack} that began at 2026-01-01T`);
  expect(stdout).toContain('The stack is now deleted.');
  expect(stdout).toContain(`Function (AWS::Lambda::Function) failed first: ${denied}`);
  expect(stdout).toContain('A service control policy of your organisation denies it');
  expect(stdout).toContain(
    'Events of the stack in the console: https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/events?stackId=arn%3Aaws',
  );
});

test('tells of the last failure, also when it went well since', async () => {
  using world = new FakeWorld();
  await world.run(...deploy);
  expect(await world.run('diagnose', 'demo/watch')).toMatchObject({
    code: 0,
    stdout: `No operation on ${stack} has failed. Its state is now CREATE_COMPLETE.\n`,
  });
  world.cloud.stacks.failing = { Function: 'First.' };
  await world.run('demo/watch', '--param', 'mode=loud', '--yes');
  world.cloud.stacks.failing = { Function: 'Second.' };
  await world.run('demo/watch', '--param', 'mode=loud', '--yes');
  world.cloud.stacks.failing = {};
  await world.run('demo/watch', '--param', 'mode=loud', '--yes');
  const { code, notes } = await world.run('diagnose', 'demo/watch', '--json');
  expect(code).toBe(0);
  expect(notes.at(-1)).toMatchObject({
    type: 'result',
    ok: true,
    did: 'none',
    status: 'UPDATE_COMPLETE',
    failed: {
      operation: 'update',
      began: expect.stringMatching(/^\d{4}-.*Z$/),
      status: 'UPDATE_ROLLBACK_COMPLETE',
    },
    cause: { resource: 'Function', reason: 'Second.' },
    message: expect.stringContaining('failed with UPDATE_ROLLBACK_COMPLETE'),
  });
});

test('says when there was never a stack', async () => {
  using world = new FakeWorld();
  expect(await world.run('diagnose', 'demo/watch')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('and none was deleted in the last 90 days'),
  });
  expect(await world.run('diagnose', 'demo/other')).toMatchObject({ code: 2 });
});
