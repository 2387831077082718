import { describe, expect, test } from 'vitest';
import { throttling } from '../testing/faults.ts';
import { FakeWorld } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=StopLogging', '--alert-email', 'a@b.cc', '--yes'];

/** A world with a stack whose update failed and could not be put back. */
async function stuck(): Promise<FakeWorld> {
  const world = new FakeWorld();
  await world.run(...deploy);
  world.cloud.stacks.failing = { Function: 'no' };
  world.cloud.stacks.rollbackFails = true;
  const failed = await world.run('demo/watch', '--param', 'mode=loud', '--yes');
  expect(failed.stderr).toContain('UPDATE_ROLLBACK_FAILED. Deploy again to see what you can do');
  world.cloud.stacks.failing = {};
  world.cloud.calls = [];
  return world;
}

describe('a rollback that failed', () => {
  test('is taken up again once what it stumbled over is mended', async () => {
    using world = await stuck();
    world.cloud.stacks.rollbackFails = false;
    const { code, stdout } = await world.run('demo/watch', '--param', 'mode=loud', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain(`${stack} could not be updated, and the rollback failed as well`);
    expect(world.cloud.stacks.find(stack)).toMatchObject({
      status: 'UPDATE_COMPLETE',
      parameters: { mode: 'loud' },
    });
  });

  test('that fails again is told with its cause; --yes leaves nothing out, --skip-resources does', async () => {
    using world = await stuck();
    const refused = await world.run('demo/watch', '--yes');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Function failed first: It cannot be put back.'),
    });
    expect(refused.stderr).toContain('--skip-resources Function');
    const wrong = await world.run('demo/watch', '--yes', '--skip-resources', 'Topic');
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('could not be rolled back (Function); found Topic'),
    });
    expect(await world.run('demo/watch', '--yes', '--skip-resources', 'Function')).toMatchObject({
      code: 0,
    });
    expect(world.cloud.stacks.find(stack)?.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('in a terminal asks separately whether to leave out what it fails on', async () => {
    using world = await stuck();
    world.answers = [true, false];
    expect(await world.run('demo/watch')).toMatchObject({
      code: 1,
      stderr: 'Nothing was changed.\n',
    });
    expect(world.asked.map(({ message }) => message)).toEqual([
      `Try again to roll ${stack} back?`,
      expect.stringContaining('Skip Function? CloudFormation then treats them as rolled back'),
    ]);
    world.answers = [true, true];
    expect(await world.run('demo/watch')).toMatchObject({ code: 0 });
    expect(world.cloud.stacks.find(stack)?.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('whose answer is lost is waited for all the same', async () => {
    using world = await stuck();
    world.cloud.stacks.rollbackFails = false;
    world.cloud.faults.push({ call: 'continueRollback', lost: true, error: throttling('x') });
    expect(await world.run('demo/watch', '--yes')).toMatchObject({ code: 0 });
  });

  test('that CloudFormation refuses is told as that', async () => {
    using world = await stuck();
    world.cloud.faults.push({ call: 'continueRollback', error: throttling('cloudformation:X') });
    expect(await world.run('demo/watch', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Rate exceeded'),
    });
  });
});

test('waiting for somebody else can be interrupted', async () => {
  using world = new FakeWorld();
  await world.run(...deploy);
  const found = world.cloud.stacks.find(stack);
  if (found) found.status = 'UPDATE_IN_PROGRESS';
  world.cloud.sleep = async () => world.controller.abort();
  expect(await world.run('demo/watch', '--yes')).toMatchObject({
    code: 130,
    stderr: expect.stringContaining('This run changed nothing'),
  });
});

test('drift is told before a deployment', async () => {
  using world = new FakeWorld();
  await world.run(...deploy);
  const found = world.cloud.stacks.find(stack);
  if (found) found.drifted = new Date('2026-01-31T09:00:00Z');
  const { stdout } = await world.run('demo/watch', '--param', 'mode=loud', '--yes');
  expect(stdout).toContain('Drift: at 2026-01-31T09:00:00.000Z CloudFormation found');
});

test('what never ends is not waited for longer than an operation can take', async () => {
  using world = new FakeWorld();
  await world.run(...deploy);
  const found = world.cloud.stacks.find(stack);
  if (found) found.status = 'UPDATE_IN_PROGRESS';
  expect(await world.run('demo/watch', '--yes')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('still in state UPDATE_IN_PROGRESS after two hours'),
  });
});

test('that a stack was rolled back is told, whatever is done with it then', async () => {
  using world = await stuck();
  world.cloud.stacks.rollbackFails = false;
  const kept = await world.run('demo/watch', '--yes', '--json');
  expect(kept.notes.at(-1)).toMatchObject({ ok: true, did: 'recover', recovered: [stack] });
  expect(kept.notes.at(-1)?.['message']).toContain(`${stack} was rolled back.`);
  const found = world.cloud.stacks.find(stack);
  if (found) found.status = 'UPDATE_ROLLBACK_FAILED';
  world.answers = [true, false];
  const declined = await world.run('demo/watch', '--param', 'mode=loud');
  expect(declined).toMatchObject({
    code: 1,
    stderr: `${stack} was rolled back. Nothing else was changed.\n`,
  });
});
