import { describe, expect, test } from 'vitest';
import { FakeWorld } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=StopLogging', '--alert-email', 'a@b.cc', '--yes'];

/** Runs something once, right before a call. */
function before(
  world: FakeWorld,
  call: 'createChangeSet' | 'executeChangeSet' | 'object',
): (run: () => Promise<unknown>) => void {
  const { cloud } = world;
  const original = cloud[call].bind(cloud) as (...args: readonly unknown[]) => Promise<unknown>;
  return (run: () => Promise<unknown>): void => {
    let isFirst = true;
    Reflect.set(cloud, call, async (...args: readonly unknown[]) => {
      if (isFirst) {
        isFirst = false;
        await run();
      }
      return original(...args);
    });
  };
}

describe('two runs at once', () => {
  test('a run that saw the empty stack of another deletes nothing of what that has made since', async () => {
    using world = new FakeWorld();
    let id: string | undefined;
    // A has its change set; B looks, and is asked; A goes on.
    before(
      world,
      'executeChangeSet',
    )(async () => {
      expect(world.cloud.stacks.find(stack)?.status).toBe('REVIEW_IN_PROGRESS');
      before(
        world,
        'createChangeSet',
      )(async () => {
        id = world.cloud.stacks.find(stack)?.id;
      });
      expect(await world.run(...deploy)).toMatchObject({ code: 0 });
    });
    const loser = await world.run(...deploy);
    // The one whose change set was executed first has the stack; the other's is gone, and nothing else.
    expect(loser).toMatchObject({ code: 1 });
    expect(world.cloud.stacks.find(stack)).toMatchObject({ id, status: 'CREATE_COMPLETE' });
    expect(world.cloud.calls).not.toContain('deleteStack');
    expect(await world.run(...deploy)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Nothing changed: ${stack} is up to date.`),
    });
  });

  test('a run that saw nothing, or an empty stack, makes none where another has made one', async () => {
    using world = new FakeWorld();
    world.cloud.stacks.add({ name: stack, status: 'REVIEW_IN_PROGRESS' });
    const { id } = world.cloud.stacks.find(stack) ?? {};
    before(
      world,
      'createChangeSet',
    )(async () => {
      expect(await world.run(...deploy)).toMatchObject({ code: 0 });
    });
    expect(await world.run(...deploy)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already exists'),
    });
    expect(world.cloud.stacks.find(stack)).toMatchObject({ id, status: 'CREATE_COMPLETE' });
    expect(world.cloud.calls).not.toContain('deleteStack');
  });

  test('a deletion of an empty stack deletes nothing that another run has made of it', async () => {
    using world = new FakeWorld();
    world.cloud.stacks.add({ name: stack, status: 'REVIEW_IN_PROGRESS' });
    world.answers = [
      async () => {
        expect(await world.run(...deploy)).toMatchObject({ code: 0 });
      },
    ];
    const run = await world.run('delete', 'demo/watch');
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was empty, but its state is'),
    });
    expect(world.cloud.stacks.find(stack)?.status).toBe('CREATE_COMPLETE');
  });

  test('a failed creation that somebody has put right since is not deleted', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    const broken = world.cloud.stacks.find(stack);
    if (broken) broken.status = 'ROLLBACK_COMPLETE';
    // It is looked at, and agreed to; while the code is looked for, somebody else mends it.
    before(
      world,
      'object',
    )(async () => {
      if (broken) broken.status = 'UPDATE_COMPLETE';
    });
    const run = await world.run('demo/watch', '--yes');
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/was ROLLBACK_COMPLETE .* is UPDATE_COMPLETE now/),
    });
    expect(world.cloud.calls).not.toContain('deleteStack');
    expect(world.cloud.stacks.find(stack)?.status).toBe('UPDATE_COMPLETE');
  });
});
