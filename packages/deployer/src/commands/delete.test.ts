import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { watching } from '../testing/fleet.ts';
import { FakeWorld } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=StopLogging', '--alert-email', 'a@b.cc', '--yes'];

/** A world with a stack to which a resource clings. */
async function clinging(): Promise<FakeWorld> {
  const world = new FakeWorld();
  await world.run(...deploy);
  world.cloud.stacks.undeletable = 'Topic';
  return world;
}

describe('what cannot be deleted', () => {
  test('is told with its cause, and left behind with --force alone', async () => {
    using world = await clinging();
    const failed = await world.run('delete', 'demo/watch', '--yes');
    expect(failed).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        'Topic (AWS::SNS::Topic) failed first: The resource is in use.',
      ),
      stderr: expect.stringContaining('use --force'),
    });
    expect(world.cloud.stacks.find(stack)?.status).toBe('DELETE_FAILED');
    const forced = await world.run('delete', 'demo/watch', '--yes', '--force', '--json');
    expect(forced.code).toBe(0);
    expect(forced.notes.at(-1)).toMatchObject({
      ok: true,
      status: 'DELETE_COMPLETE',
      message: `${stack} was deleted. Kept in the account: Topic (AWS::SNS::Topic ${stack}-Topic).`,
      left: [{ resource: 'Topic', type: 'AWS::SNS::Topic', physicalId: `${stack}-Topic` }],
    });
  });

  test('in a terminal is asked for separately', async () => {
    using world = await clinging();
    world.answers = [true, false];
    expect(await world.run('delete', 'demo/watch')).toMatchObject({ code: 1 });
    expect(world.asked.map(({ message }) => message)).toEqual([
      `Delete ${stack}?`,
      `Topic (AWS::SNS::Topic ${stack}-Topic) cannot be deleted (The resource is in use.). Delete the stack and keep what cannot be deleted?`,
    ]);
    world.answers = [true, true];
    expect(await world.run('delete', 'demo/watch')).toMatchObject({ code: 0 });
    expect(world.cloud.stacks.find(stack)).toBeUndefined();
  });

  test('is left behind by name first, then whatever it is', async () => {
    using world = await clinging();
    const leaves: unknown[] = [];
    const { cloud } = world;
    const deleteStack = cloud.deleteStack.bind(cloud);
    cloud.deleteStack = async (id, token, leave) => {
      leaves.push(leave);
      await deleteStack(id, token, leave && 'force' in leave ? leave : undefined);
    };
    expect(await world.run('delete', 'demo/watch', '--yes', '--force')).toMatchObject({ code: 0 });
    expect(leaves).toEqual([undefined, { resources: ['Topic'] }, { force: true }]);
  });
});

describe('termination protection', () => {
  test('is taken off only by somebody who says so', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    const found = world.cloud.stacks.find(stack);
    if (!found) throw new Error('there is none');
    found.terminationProtected = true;
    expect(await world.run('delete', 'demo/watch', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('update-termination-protection'),
    });
    world.answers = [true, false];
    expect(await world.run('delete', 'demo/watch')).toMatchObject({ code: 1 });
    expect(found.status).toBe('CREATE_COMPLETE');
    world.answers = [true, true];
    expect(await world.run('delete', 'demo/watch')).toMatchObject({ code: 0 });
    expect(world.asked.at(-1)?.message).toBe(
      `${stack} is protected against deletion. Turn the protection off?`,
    );
    expect(found.status).toBe('DELETE_COMPLETE');
  });
});

describe('a base stack', () => {
  const base = 'patrol-base-security-production';

  test('is not deleted under what sends to its topics', async () => {
    using world = new FakeWorld();
    writeFileSync(join(world.folder, 'patrol.yaml'), watching('security', [['demo', 'quiet']]));
    await world.run('apply', '--yes');
    for (const argv of [['--yes'], ['--yes', '--force']]) {
      expect(await world.run('delete', 'base/security', ...argv)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          new RegExp(
            `${base} was not deleted\\. .*of ${stack}, which would be lost.*apply --prune`,
          ),
        ),
      });
    }
    expect(world.cloud.stacks.find(base)?.status).toBe('CREATE_COMPLETE');
    // Once nothing sends to them they can go.
    await world.run('delete', 'demo/watch', '--yes');
    expect(await world.run('delete', 'base/security', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(
          `${base} is protected against deletion\\. Turn the protection off first: \`aws `,
        ),
      ),
    });
    await world.cloud.unprotect(base);
    expect(await world.run('delete', 'base/security', '--yes')).toMatchObject({ code: 0 });
    expect(world.cloud.stacks.find(base)).toBeUndefined();
  });

  test('of an organisation is never deleted by itself: its accounts cannot be seen', async () => {
    using world = new FakeWorld();
    world.cloud.stacks.add({
      name: base,
      parameters: { AlertEmail: 'a@b.cc', OrganizationId: 'o-a1b2c3d4e5' },
      tags: {
        'patrol:package': 'base',
        'patrol:rule': 'security',
        'patrol:environment': 'production',
      },
    });
    expect(await world.run('delete', 'base/security', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/o-a1b2c3d4e5 may still send .*apply --prune/),
    });
    expect(world.cloud.stacks.find(base)?.status).toBe('CREATE_COMPLETE');
  });
});
