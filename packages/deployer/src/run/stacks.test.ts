import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FakeCloud } from '../testing/cloud.ts';
import { type Cloud, CloudError } from '../cloud/cloud.ts';
import { type Fault, Killed, throttling } from '../testing/faults.ts';
import { FakeWorld, installRule } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const bucket = 'patrol-artifacts-111122223333-eu-west-1';
const deploy = ['demo/watch', '--param', 'actions=StopLogging', '--alert-email', 'a@b.cc', '--yes'];
const error = (failure: CloudError['failure']): CloudError =>
  new CloudError(failure, 'x:Call', 'It is so.');

/** Deploys with faults, then says how it went. */
async function withFaults(
  world: FakeWorld,
  ...faults: readonly Fault<keyof Cloud>[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  world.cloud.faults.push(...faults);
  return world.run(...deploy);
}

describe('what passes never fails a deployment', () => {
  test('throttled and failed polls, for a while', async () => {
    using world = new FakeWorld();
    const run = await withFaults(
      world,
      { call: 'changeSet', times: 3 },
      { call: 'events', after: 1, times: 12 },
      { call: 'stack', after: 1, times: 5, error: error('unreachable') },
    );
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain(`${stack} was created.`);
  });

  test('events that may not be read: the state of the stack is enough', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    for (const argv of [
      ['demo/watch', '--param', 'mode=loud', '--yes'],
      ['delete', 'demo/watch', '--yes'],
      deploy,
    ]) {
      world.cloud.faults.length = 0;
      world.cloud.faults.push({ call: 'events', times: 99, error: error('denied') });
      const run = await world.run(...argv);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout.split('The events cannot be shown.')).toHaveLength(2);
    }
  });

  test('an execution whose answer is lost', async () => {
    using world = new FakeWorld();
    expect(await withFaults(world, { call: 'executeChangeSet', lost: true })).toMatchObject({
      code: 0,
    });
  });

  test('subscriptions that may not be looked at', async () => {
    using world = new FakeWorld();
    expect(
      await withFaults(world, { call: 'subscriptions', times: 9, error: error('denied') }),
    ).toMatchObject({ code: 0, stderr: '' });
  });
});

test('a creation that would make nothing is no success', async () => {
  using world = new FakeWorld();
  const { cloud } = world;
  const look = cloud.changeSet.bind(cloud);
  const reason = "The submitted information didn't contain changes.";
  cloud.changeSet = async (id) => ({ ...(await look(id)), status: 'FAILED', reason });
  expect(await world.run(...deploy)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      `CloudFormation refuses the change set for ${stack}: ${reason}`,
    ),
  });
});

describe('a change set that a run left which was killed at its question', () => {
  const louder = ['demo/watch', '--param', 'mode=loud'];

  /** A world with a stack that has such a change set. */
  async function killed(): Promise<FakeWorld> {
    const world = new FakeWorld();
    await world.run(...deploy);
    world.answers = [new Killed('at the question')];
    await world.run(...louder);
    world.revive();
    expect(world.cloud.stacks.changeSets).toHaveLength(1);
    world.cloud.calls = [];
    return world;
  }

  test('is removed by the next, also when that comes to nothing', async () => {
    using world = await killed();
    world.answers = [false];
    expect(await world.run(...louder)).toMatchObject({ code: 1 });
    expect(world.cloud.stacks.changeSets).toEqual([]);
    expect(world.cloud.calls.filter((call) => call === 'pendingChangeSets')).toHaveLength(1);
  });

  test('stays where nobody is to carry anything out, and so do those that others made', async () => {
    using world = await killed();
    await world.run('diff', ...louder);
    expect(world.cloud.calls).not.toContain('pendingChangeSets');
    expect(world.cloud.stacks.changeSets).toHaveLength(1);
    const others = {
      stack,
      name: 'by-hand',
      kind: 'UPDATE',
      template: { body: JSON.stringify({ Resources: {} }) },
      parameters: {},
      tags: {},
    } as const;
    world.cloud.stacks.createChangeSet(others);
    world.answers = [false];
    await world.run(...louder);
    expect(world.cloud.stacks.changeSets).toEqual(['by-hand']);
  });

  test('keeps nothing from being deployed when it cannot be removed', async () => {
    using world = await killed();
    world.cloud.faults.push({ call: 'pendingChangeSets', error: error('denied') });
    const run = await world.run(...louder, '--yes');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain(
      `Change sets that an earlier run may have left on ${stack} could not be removed. x:Call failed`,
    );
  });
});

describe('what does not pass', () => {
  test('an empty stack under review is never deleted: somebody else may be about to create it', async () => {
    using world = new FakeWorld();
    world.cloud.stacks.add({ name: stack, status: 'REVIEW_IN_PROGRESS' });
    world.cloud.calls = [];
    expect(await world.run(...deploy)).toMatchObject({ code: 0 });
    expect(world.cloud.calls).not.toContain('deleteStack');
  });

  test('credentials that run out: says that CloudFormation goes on, and how to see how it went', async () => {
    using world = new FakeWorld();
    const run = await withFaults(world, { call: 'events', after: 1, error: error('credentials') });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('Sign in with');
    expect(run.stderr).toContain(
      `${stack} is still being created in AWS. CloudFormation continues by itself.`,
    );
    expect(run.stderr).toContain('`patrol-deploy info demo/watch --region eu-west-1`');
    expect(world.cloud.stacks.find(stack)?.status).toBe('CREATE_IN_PROGRESS');
  });

  test('AWS out of reach for good ends after some minutes', async () => {
    using world = new FakeWorld();
    const forever = { times: 1000, error: error('unreachable') };
    const run = await withFaults(
      world,
      { call: 'events', after: 1, ...forever },
      { call: 'stack', after: 1, ...forever },
    );
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('continues by itself') });
  });

  test('an interrupt while waiting says what goes on, and ends with 130', async () => {
    using world = new FakeWorld();
    const { cloud, controller } = world;
    cloud.sleep = async (milliseconds) => {
      cloud.stacks.advance(milliseconds);
      if (cloud.stacks.find(stack)?.status === 'CREATE_IN_PROGRESS') controller.abort();
    };
    const run = await world.run(...deploy, '--json');
    expect(run).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('is still being created in AWS'),
    });
    const { id: stackId } = world.cloud.stacks.find(stack) ?? {};
    expect(run.notes.at(-1)).toMatchObject({
      type: 'result',
      ok: false,
      did: 'create',
      stack,
      stackId,
      underWay: { operation: 'create', stack, stackId },
      error: { kind: 'interrupted' },
    });
  });

  test('credentials that run out while waiting: the JSON says what goes on', async () => {
    using world = new FakeWorld();
    world.cloud.faults.push({ call: 'events', after: 1, error: error('credentials') });
    const run = await world.run(...deploy, '--json');
    expect(run.notes.at(-1)).toMatchObject({
      ok: false,
      did: 'create',
      underWay: { operation: 'create', stack },
      error: { kind: 'aws', failure: 'credentials' },
    });
    await world.run(...deploy);
    world.cloud.faults.push({ call: 'events', after: 1, error: error('credentials') });
    const deleted = await world.run('delete', 'demo/watch', '--yes', '--json');
    expect(deleted.notes.at(-1)).toMatchObject({
      did: 'delete',
      underWay: { operation: 'delete' },
    });
  });

  test('an interrupt before anything was set going takes the change set back', async () => {
    using world = new FakeWorld();
    const { cloud, controller } = world;
    const create = cloud.createChangeSet.bind(cloud);
    cloud.createChangeSet = async (request) => {
      const made = await create(request);
      controller.abort();
      return made;
    };
    expect(await world.run(...deploy)).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('Interrupted. The stack was not touched.'),
    });
    await cloud.sleep(10_000);
    expect(cloud.stacks.find(stack)?.status).toBe('REVIEW_IN_PROGRESS');
    expect(cloud.stacks.changeSets).toEqual([]);
  });

  test.each<keyof Cloud>(['executeChangeSet', 'changeSet'])(
    'a refused %s takes the change set back',
    async (call) => {
      using world = new FakeWorld();
      expect(await withFaults(world, { call, error: error('denied') })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('x:Call failed: It is so.'),
      });
      await world.cloud.sleep(10_000);
      expect(world.cloud.stacks.find(stack)?.status).toBe('REVIEW_IN_PROGRESS');
      expect(world.cloud.stacks.changeSets).toEqual([]);
    },
  );

  test('a change set that CloudFormation refuses', async () => {
    using world = new FakeWorld();
    const { cloud } = world;
    cloud.changeSet = async (id) => ({
      ...cloud.stacks.describeChangeSet(id),
      status: 'FAILED',
      reason: 'Rules failed.',
    });
    expect(await world.run(...deploy)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('refuses the change set'),
    });
    expect(cloud.stacks.changeSets).toEqual([]);
  });

  test('a zip that is not the one that was built is not uploaded', async () => {
    using world = new FakeWorld();
    writeFileSync(`${world.folder}/node_modules/@patrol/rules-demo/dist/watch/code.zip`, 'other');
    expect(await world.run(...deploy)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not the file that rules.json describes'),
    });
    expect(world.cloud.buckets.size).toBe(0);
  });
});

describe('the bucket', () => {
  test('one whose making was cut short is completed', async () => {
    using world = new FakeWorld();
    world.cloud.addBucket(bucket, '111122223333');
    await world.cloud.setOnBucket(bucket, { set: 'private' });
    expect(await world.run(...deploy)).toMatchObject({ code: 0 });
    expect(world.cloud.buckets.get(bucket)?.protection).toMatchObject({
      versioned: true,
      encrypted: true,
      ownerEnforced: true,
    });
  });

  test('an object that is not what its name promises is written again', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    const objects = world.cloud.buckets.get(bucket)?.objects;
    const [key = ''] = objects?.keys() ?? [];
    objects?.set(key, { bytes: new Uint8Array(), sha256: 'tampered' });
    await world.run('delete', 'demo/watch', '--yes');
    await world.run(...deploy);
    expect(objects?.get(key)?.sha256).toBe(key.slice(-68, -4));
  });

  test('an object without a checksum of S3 is not trusted, whatever its name', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    const objects = world.cloud.buckets.get(bucket)?.objects;
    const [key = ''] = objects?.keys() ?? [];
    objects?.set(key, { bytes: Buffer.from('planted') });
    // The stack goes on using the version that holds what was built.
    const pinned = world.cloud.stacks.find(stack)?.parameters['CodeS3ObjectVersion'] ?? '';
    await world.run('demo/watch', '--param', 'mode=loud', '--yes');
    expect(world.cloud.stacks.find(stack)?.parameters['CodeS3ObjectVersion']).toBe(pinned);
    expect(objects?.get(key)?.bytes).toEqual(Buffer.from('planted'));
    // Once that is gone, it is stored anew.
    world.cloud.buckets.get(bucket)?.versions.delete(pinned);
    await world.run('demo/watch', '--param', 'mode=quiet', '--yes');
    const { CodeS3ObjectVersion = '' } = world.cloud.stacks.find(stack)?.parameters ?? {};
    expect(CodeS3ObjectVersion).not.toBe(pinned);
    const versions = world.cloud.buckets.get(bucket)?.versions;
    expect(versions?.get(CodeS3ObjectVersion)?.bytes).toEqual(Buffer.from('zip 1'));
  });

  test('what is put in place of the zip after it was uploaded never becomes the function', async () => {
    using world = new FakeWorld();
    const { cloud } = world;
    const create = cloud.createChangeSet.bind(cloud);
    cloud.createChangeSet = async (request) => {
      const key = String(request.parameters['CodeS3Key']);
      await cloud.put({ bucket, key }, Buffer.from('planted'), 'planted');
      return create(request);
    };
    await world.run(...deploy);
    installRule(world.folder, { code: 'zip 2' });
    await world.run('demo/watch', '--yes');
    const { CodeS3Key = '', CodeS3ObjectVersion = '' } = cloud.stacks.find(stack)?.parameters ?? {};
    const found = cloud.buckets.get(bucket);
    expect(found?.objects.get(CodeS3Key)?.bytes).toEqual(Buffer.from('planted'));
    expect(found?.versions.get(CodeS3ObjectVersion)?.bytes).toEqual(Buffer.from('zip 2'));
  });

  test('what protects it is put back by an update that uploads nothing', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    const found = world.cloud.buckets.get(bucket);
    if (!found) throw new Error('there is none');
    const before = found.protection;
    found.protection = { ...before, private: false };
    world.cloud.calls = [];
    await world.run('demo/watch', '--param', 'mode=loud', '--yes');
    expect(found.protection).toEqual(before);
    expect(world.cloud.calls).not.toContain('put');
  });

  test('a name that another account took is told as that', async () => {
    using world = new FakeWorld();
    world.cloud.addBucket(bucket, '999999999999');
    world.cloud.bucket = async () => 'absent';
    const run = await world.run(...deploy);
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Another account owns the bucket'),
    });
    expect(run.stderr).not.toContain('the same stack');
  });

  test('a template too large to be sent along goes through it', async () => {
    using world = new FakeWorld({
      resources: { Big: { Type: 'AWS::X', Properties: { Text: 'x'.repeat(60_000) } } },
    });
    const requests: unknown[] = [];
    const { cloud } = world;
    const create = cloud.createChangeSet.bind(cloud);
    cloud.createChangeSet = (request) => {
      requests.push(request.template);
      return create(request);
    };
    expect(await world.run(...deploy)).toMatchObject({ code: 0 });
    expect(cloud.stacks.find(stack)?.resources.has('Big')).toBe(true);
    expect(requests).toEqual([
      {
        url: expect.stringMatching(
          new RegExp(
            `^https://${bucket}.s3.eu-west-1.amazonaws.com/patrol/demo/watch/[0-9a-f]{64}.json\\?versionId=version-\\d+$`,
          ),
        ),
      },
    ]);
    expect([...(world.cloud.buckets.get(bucket)?.objects.keys() ?? [])]).toHaveLength(2);
  });
});

test('killed at any call and run again until it goes through, a deployment ends as it should', async () => {
  const steps: (keyof Cloud)[] = [
    ...([
      'place',
      'stack',
      'object',
      'bucket',
      'createBucket',
      'setOnBucket',
      'put',
      'createChangeSet',
    ] as const),
    ...([
      'changeSet',
      'lastEvent',
      'executeChangeSet',
      'events',
      'subscriptions',
      'deleteStack',
    ] as const),
  ];
  for (const call of steps) {
    for (const [after, lost] of [
      [0, false],
      [0, true],
      [1, false],
      [2, true],
    ] as const) {
      using world = new FakeWorld();
      world.cloud.faults.push({ call, after, lost, kill: true });
      const first = await world.run(...deploy);
      expect([0, 1]).toContain(first.code);
      world.cloud.revive();
      // Whatever CloudFormation was doing when the process died goes on.
      await world.cloud.sleep(60_000);
      installRule(world.folder, { code: 'zip 2' });
      const codes: number[] = [];
      while (codes.at(-1) !== 0 && codes.length < 4) {
        codes.push((await world.run(...deploy)).code);
        world.cloud.revive();
        await world.cloud.sleep(60_000);
      }
      expect({ call, after, lost, code: codes.at(-1) }).toMatchObject({ code: 0 });
      const found = world.cloud.stacks.find(stack);
      expect(found?.status).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
      const { CodeS3ObjectVersion = '' } = found?.parameters ?? {};
      expect(world.cloud.buckets.get(bucket)?.versions.get(CodeS3ObjectVersion)?.bytes).toEqual(
        Buffer.from('zip 2'),
      );
      expect(world.cloud.buckets.get(bucket)?.protection).toMatchObject({
        private: true,
        versioned: true,
        policy: expect.any(String),
      });
      expect(world.cloud.stacks.changeSets).toEqual([]);
    }
  }
});

test('the fake throttles as AWS does', () => {
  expect(throttling('x')).toMatchObject({ failure: 'throttled', message: 'Rate exceeded' });
  expect(new FakeCloud().home.region).toBe('eu-west-1');
});
