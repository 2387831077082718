/** Several runs of `apply` on one account. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { leaseText, leaseTime } from '../plan/lease.ts';
import { FakeCloud } from '../testing/cloud.ts';
import { watching } from '../testing/fleet.ts';
import { source, unit } from '../testing/organization-fleet.ts';
import { FakeWorld, installRule, type Run } from '../testing/world.ts';

const names = ['a', 'b'];
const leases = 'patrol-leases-111122223333';
const key = 'patrol/leases/security/production.json';

/** Somebody with an installation and a file of their own, who works on the account of `beside`. */
function somebody(beside?: FakeWorld, mode = 'quiet'): FakeWorld {
  const world = new FakeWorld('nothing');
  onTestFinished(() => world[Symbol.dispose]());
  if (beside) world.cloud = beside.cloud;
  for (const name of names) {
    installRule(world.folder, { packageName: `@patrol/rules-${name}`, code: `zip ${name}` });
  }
  write(world, mode);
  return world;
}

const write = (world: FakeWorld, mode: string, rest = ''): void => {
  const rules = names.map((name) => [name, mode] as const);
  writeFileSync(join(world.folder, 'patrol.yaml'), `${watching('security', rules)}${rest}`);
};

const current = ({ cloud }: FakeWorld): readonly string[] =>
  cloud.stacks.all
    .filter(({ status }) => status === 'CREATE_COMPLETE')
    .map(({ name }) => name)
    .toSorted();
const everything = ['patrol-a-watch-production', 'patrol-b-watch-production'].concat(
  'patrol-base-security-production',
);
const lease = ({ cloud }: FakeWorld): unknown =>
  JSON.parse(cloud.buckets.get(leases)?.texts.get(key)?.text ?? 'null');
const asMachine = (run: Run): unknown => run.notes.find(({ type }) => type === 'lease');

/** Another machine takes the lease: nobody holds it, or nobody did for a long time. */
async function takenFrom(cloud: FakeCloud): Promise<void> {
  const at = { bucket: leases, key };
  const holder = { run: 'another run', host: 'laptop-1' };
  const text = leaseText({ fleet: 'security', environment: 'production' }, holder, 0);
  await cloud.writeText(at, text, (await cloud.readText(at))?.tag);
}

/** Does something once, while a run waits for AWS and something is so. */
function meanwhile(
  { cloud }: Pick<FakeWorld, 'cloud'>,
  what: () => Promise<void>,
  isSo: () => boolean = () => true,
): void {
  const { sleep } = cloud;
  let isDone = false;
  cloud.sleep = async (milliseconds) => {
    await sleep(milliseconds);
    // Several may wait at once.
    if (isDone || !isSo()) return;
    isDone = true;
    await what();
  };
}

/** Does something once, between a run's first look at the lease and the moment when it takes it. */
function beforeTaking({ cloud }: FakeWorld, what: () => Promise<void>): void {
  let reads = 0;
  cloud.readText = async (at) => {
    reads += 1;
    if (reads === 2) await what();
    return FakeCloud.prototype.readText.call(cloud, at);
  };
}

describe('while one run changes the fleet', () => {
  test('another ends with 4, and says who is at work and what to do', async () => {
    const alice = somebody();
    const bob = somebody(alice);
    alice.environment = { CI_JOB_URL: 'https://ci.example.com/jobs/1' };
    const runs: Run[] = [];
    meanwhile(alice, async () => {
      runs.push(await bob.run('apply', '--yes'), await bob.run('apply', '--yes', '--json'));
    });
    const first = await alice.run('apply', '--yes');
    expect(first, first.stderr).toMatchObject({ code: 0, stderr: '' });
    const [second, third] = runs;
    const who =
      'arn:aws:sts::111122223333:assumed-role/Deployer/alice on build-7 (process 4242), https://ci.example.com/jobs/1, since 2026-01-01T00:00:0';
    expect(second).toMatchObject({
      code: 4,
      stdout: expect.not.stringContaining('Create'),
      stderr: expect.stringContaining(
        `Another run of \`apply\` is changing the fleet security (production): ${who}`,
      ),
    });
    expect(second?.stderr.match(/is changing the fleet/g)).toHaveLength(1);
    expect(second?.stdout).not.toContain('is changing the fleet');
    expect(second?.stderr).toContain('add --wait');
    expect(third).toMatchObject({ code: 4 });
    expect(third?.notes).toEqual([
      {
        type: 'lease',
        state: 'held',
        fleet: 'security',
        environment: 'production',
        holder: expect.objectContaining({
          caller: 'arn:aws:sts::111122223333:assumed-role/Deployer/alice',
          host: 'build-7',
          pid: 4242,
          job: 'https://ci.example.com/jobs/1',
        }),
        until: expect.any(String),
        message: expect.any(String),
      },
      {
        type: 'result',
        version: 1,
        ok: false,
        did: 'none',
        error: { kind: 'held' },
        message: expect.stringContaining('Another run'),
      },
    ]);
    expect(current(alice)).toEqual(everything);
    expect(lease(alice)).toMatchObject({ released: true });
    expect(await bob.run('apply', '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing changed'),
    });
  });

  test('another is kept away however long it takes', async () => {
    const alice = somebody();
    const bob = somebody(alice);
    const { cloud } = alice;
    cloud.stacks.pace = 60_000;
    const begun = cloud.now();
    const codes: number[] = [];
    meanwhile(
      alice,
      async () => {
        codes.push((await bob.run('apply', '--yes')).code);
      },
      () => cloud.now() > begun + 1.5 * leaseTime,
    );
    expect((await alice.run('apply', '--yes')).code).toBe(0);
    expect(codes).toEqual([4]);
  });

  test('another waits with --wait, and looks at what stands then', async () => {
    const alice = somebody();
    const bob = somebody(alice, 'loud');
    let waiting: Promise<Run> | undefined;
    meanwhile(alice, async () => {
      waiting = bob.run('apply', '--yes', '--wait');
      await alice.cloud.sleep(1);
    });
    expect(await alice.run('apply', '--yes')).toMatchObject({ code: 0 });
    const run = await waiting;
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const { stdout = '' } = run ?? {};
    expect(stdout.match(/Waiting for another run of `apply` that is changing/g)).toHaveLength(1);
    expect(stdout.slice(stdout.indexOf('Waiting'))).toContain(
      'Update 2 stacks: mode changed\n  a/watch, b/watch in eu-west-1 (account 111122223333)\n',
    );
    expect(stdout).not.toContain('Create ');
    expect(alice.cloud.stacks.find('patrol-a-watch-production')).toMatchObject({
      status: 'UPDATE_COMPLETE',
      parameters: { mode: 'loud' },
    });
  });

  test('of two first runs that begin at the same moment one works, and makes everything once', async () => {
    const alice = somebody();
    const bob = somebody(alice);
    const runs = await Promise.all([alice, bob].map((each) => each.run('apply', '--yes')));
    expect(new Set(runs.map(({ code }) => code))).toEqual(new Set([0, 4]));
    expect(current(alice)).toEqual(everything);
    expect(alice.cloud.stacks.all).toHaveLength(everything.length);
  });

  test('files with their regions in another order keep out of each other’s way', async () => {
    const alice = somebody();
    const bob = somebody(alice);
    const far = new FakeCloud({ region: 'us-east-1' });
    // The names of buckets are the account's, not the region's.
    Object.assign(far, { buckets: alice.cloud.buckets });
    for (const each of [alice, bob]) each.others.set('111122223333/us-east-1', far);
    const reordered = (world: FakeWorld, regions: string): void =>
      writeFileSync(
        join(world.folder, 'patrol.yaml'),
        watching(
          'security',
          names.map((name) => [name, 'quiet']),
        ).replace('[eu-west-1]', `[${regions}]`),
      );
    reordered(alice, 'eu-west-1, us-east-1');
    reordered(bob, 'us-east-1, eu-west-1');
    const codes: number[] = [];
    meanwhile(alice, async () => {
      codes.push((await bob.run('apply', '--yes')).code);
    });
    expect((await alice.run('apply', '--yes')).code).toBe(0);
    expect(codes).toEqual([4]);
  });

  test('the lease lies in the account that the file lists first, whoever applies it', async () => {
    const world = somebody();
    const far = new FakeCloud({ account: '444455556666' });
    world.others.set('444455556666/eu-west-1', far);
    world.others.set('111122223333/us-east-1', new FakeCloud({ region: 'us-east-1' }));
    const accounts =
      'accounts: [{ id: "444455556666", role: r, regions: [eu-west-1] }, { id: "111122223333" }]\n';
    write(world, 'quiet', accounts);
    // What is planned first is for the other account.
    const file = join(world.folder, 'patrol.yaml');
    const text = readFileSync(file, 'utf8').replace(
      'a/watch: {',
      'a/watch: { regions: [us-east-1],',
    );
    writeFileSync(file, text);
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect(far.buckets.get('patrol-leases-444455556666')?.texts.get(key)?.text).toContain(
      '"caller": "arn:aws:sts::111122223333:assumed-role/Deployer/alice"',
    );
    expect([...world.cloud.buckets.keys(), ...far.buckets.keys()]).not.toContain(leases);
  });

  test('other fleets and environments, single rules and deletions go on', async () => {
    const alice = somebody();
    const bob = somebody(alice);
    write(alice, 'quiet', 'environment: staging\n');
    expect((await bob.run('apply', '--yes')).code).toBe(0);
    const codes: number[] = [];
    meanwhile(alice, async () => {
      write(bob, 'loud');
      codes.push((await bob.run('apply', '--yes')).code);
      codes.push((await bob.run('b/watch', '--param', 'mode=quiet', '--yes')).code);
      codes.push((await bob.run('delete', 'b/watch', '--yes')).code);
    });
    expect((await alice.run('apply', '--yes')).code).toBe(0);
    expect(codes).toEqual([0, 0, 0]);
  });
});

describe('an organisation', () => {
  const arn = 'arn:aws:sns:us-east-1:111122223333:ours';

  function organization(text: string): { world: FakeWorld; home: FakeCloud } {
    const world = new FakeWorld();
    onTestFinished(() => world[Symbol.dispose]());
    const home = new FakeCloud({ region: 'us-east-1' });
    home.topics.set(arn, [{ protocol: 'sqs', endpoint: 'a queue', confirmed: true }]);
    world.others.set('111122223333/us-east-1', home);
    world.stackSets.units.set(unit, ['222233334444']);
    writeFileSync(join(world.folder, 'patrol.yaml'), text);
    return { world, home };
  }

  /** The time passes in every region, and nothing renews the lease. */
  async function hang({ cloud }: FakeWorld, home: FakeCloud): Promise<void> {
    for (const each of [cloud, home]) await each.sleep(leaseTime);
  }

  /** Does something once, while an operation on a stack set is under way. */
  function duringOperation({ stackSets }: FakeWorld, what: () => Promise<void>): void {
    const { sleep } = stackSets;
    stackSets.sleep = async (milliseconds) => {
      await sleep(milliseconds);
      const isUnderWay = stackSets.all.some(({ operations }) =>
        operations.some(({ status }) => status === 'RUNNING'),
      );
      if (!isUnderWay) return;
      stackSets.sleep = sleep;
      await what();
    };
  }

  test.each(['email: security@example.com', `topic: "${arn}"`])(
    'with the alerts %s is changed by one run at a time',
    async (alerts) => {
      const { world, home } = organization(source({ alerts, regions: 'us-east-1' }));
      const codes: number[] = [];
      duringOperation(world, async () => {
        codes.push((await world.run('apply', '--yes')).code);
      });
      const run = await world.run('apply', '--yes');
      expect(run, run.stderr).toMatchObject({ code: 0 });
      expect(codes).toEqual([4]);
      expect(home.buckets.get(leases)?.texts.get(key)?.text).toContain('"released": true');
      expect(world.cloud.buckets.has(leases)).toBe(false);
    },
  );

  test('of which a run lost the lease gets no further stack set', async () => {
    const { world, home } = organization(source());
    home.stacks.pace = 60_000;
    meanwhile(
      { cloud: home },
      async () => {
        await hang(world, home);
        await takenFrom(home);
      },
      () => home.stacks.all.some(({ status }) => status === 'CREATE_IN_PROGRESS'),
    );
    const run = await world.run('apply', '--yes', '--json');
    expect(run.code).toBe(1);
    expect(asMachine(run)).toMatchObject({ state: 'lost', holder: { host: 'laptop-1' } });
    expect(world.stackSets.all).toEqual([]);
    expect(run.notes.find(({ type }) => type === 'summary')).toMatchObject({
      stacks: expect.arrayContaining([
        expect.objectContaining({
          kind: 'stack set',
          ended: 'skipped',
          message: 'Not started. This run lost the lease of the fleet security (production).',
        }),
      ]),
    });
  });

  test('of which a run lost the lease has no further operation', async () => {
    const { world, home } = organization(source({ regions: 'us-east-1' }));
    expect((await world.run('apply', '--yes')).code).toBe(0);
    await home.sleep(60_000);
    // An update of the stacks that are there, and then another region.
    const rules = 'demo/watch: { parameters: { actions: DeleteTrail } }';
    writeFileSync(join(world.folder, 'patrol.yaml'), source({ rules }));
    duringOperation(world, async () => {
      await hang(world, home);
      await takenFrom(home);
    });
    world.stackSets.calls = [];
    const run = await world.run('apply', '--yes', '--json');
    expect(run.code).toBe(1);
    expect(world.stackSets.calls).toContain('update');
    expect(world.stackSets.calls).not.toContain('addInstances');
    expect(run.notes.find(({ type }) => type === 'summary')).toMatchObject({
      stacks: [
        { kind: 'stack', ended: 'done' },
        {
          kind: 'stack set',
          ended: 'failed',
          message:
            'Nothing more is done with patrol-demo-watch-production. This run lost the lease of the fleet security (production).',
        },
      ],
    });
  });
});

describe('what was shown is what is carried out', () => {
  test('whoever says yes after another run changed the fleet is shown it anew', async () => {
    const alice = somebody();
    const bob = somebody(alice);
    const { cloud } = alice;
    const codes: number[] = [];
    beforeTaking(alice, async () => {
      codes.push((await bob.run('apply', '--yes')).code);
      write(alice, 'loud');
    });
    alice.answers = [true, false];
    const run = await alice.run('apply');
    expect([...codes, run.code]).toEqual([0, 1]);
    const [before = '', after = ''] = run.stdout.split(
      'Another run of `apply` has changed the fleet',
    );
    expect(before).toMatch(/Create 2 stacks.*\n.*\n {2}a\/watch: /);
    expect(after).not.toContain('Create ');
    expect(after).toContain('Update 2 stacks');
    expect(alice.asked).toHaveLength(2);
    expect(cloud.stacks.find('patrol-a-watch-production')?.status).toBe('CREATE_COMPLETE');
    expect(cloud.stacks.changeSets).toEqual([]);
    expect(lease(alice)).toMatchObject({ released: true });
  });

  test('whoever begins right after another run has ended is asked once: nothing has changed since', async () => {
    const world = somebody();
    const { cloud } = world;
    await world.run('apply', '--yes');
    write(world, 'loud');
    // Reading the fleet takes time, so that the lease is seen after that began.
    cloud.readText = async (at) => {
      await cloud.sleep(100);
      return FakeCloud.prototype.readText.call(cloud, at);
    };
    world.answers = [true];
    const run = await world.run('apply');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).not.toContain('Another run');
    expect(world.asked).toHaveLength(1);
    expect(cloud.stacks.find('patrol-a-watch-production')?.parameters['mode']).toBe('loud');
  });

  test('whoever says yes while another run holds the lease leaves no change sets behind', async () => {
    const world = somebody();
    const { cloud } = world;
    await world.run('apply', '--yes');
    await cloud.sleep(60_000);
    write(world, 'loud');
    beforeTaking(world, () => takenFrom(cloud));
    world.answers = [true];
    const made = cloud.calls.filter((call) => call === 'createChangeSet').length;
    expect(await world.run('apply')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('somebody unknown on laptop-1'),
    });
    expect(cloud.calls.filter((call) => call === 'createChangeSet')).toHaveLength(made + 2);
    expect(cloud.stacks.changeSets).toEqual([]);
  });

  test('with --yes the new plan is told and carried out', async () => {
    const alice = somebody(undefined, 'loud');
    const bob = somebody(alice);
    const { cloud } = alice;
    const codes: number[] = [];
    beforeTaking(alice, async () => {
      codes.push((await bob.run('apply', '--yes')).code);
    });
    const run = await alice.run('apply', '--yes');
    expect([...codes, run.code], run.stderr).toEqual([0, 0]);
    expect(run.stdout).toMatch(
      /Create 2 stacks[\s\S]*a\/watch: [\s\S]*Another run of `apply` has changed the fleet\. Reading it again\.[\s\S]*Update 2 stacks: [^\n]*\n {2}a\/watch, /,
    );
    expect(cloud.stacks.find('patrol-a-watch-production')?.status).toBe('UPDATE_COMPLETE');
  });
});

describe('nothing is taken', () => {
  test('by plan, by a plan that is declined, and by an apply that changes nothing', async () => {
    const world = somebody();
    await world.run('plan');
    world.answers = [false];
    expect((await world.run('apply')).code).toBe(1);
    world.answers = [undefined];
    expect((await world.run('apply')).code).toBe(130);
    expect(world.cloud.buckets.has(leases)).toBe(false);
    world.answers = undefined;
    await world.run('apply', '--yes');
    world.cloud.calls = [];
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect(world.cloud.calls).not.toContain('readText');
    expect(world.cloud.calls).not.toContain('writeText');
  });

  test('not even while another run holds it', async () => {
    const alice = somebody();
    await alice.run('apply', '--yes');
    const bob = somebody(alice);
    write(alice, 'loud');
    const codes: number[] = [];
    meanwhile(alice, async () => {
      codes.push((await bob.run('plan')).code);
    });
    expect((await alice.run('apply', '--yes')).code).toBe(0);
    expect(codes).not.toContain(4);
  });
});

describe('a run that ends early', () => {
  test.each(['fails', 'is interrupted'])('and %s gives the lease back', async (how) => {
    const world = somebody();
    if (how === 'fails') world.cloud.stacks.failing = { Function: 'It fails.' };
    else meanwhile(world, async () => world.controller.abort());
    const run = await world.run('apply', '--yes');
    expect(run.code).toBe(how === 'fails' ? 1 : 130);
    expect(lease(world)).toMatchObject({ released: true });
    world.cloud.stacks.failing = {};
    world.controller = new AbortController();
    expect((await world.run('apply', '--yes')).code).toBe(0);
  });

  test('and is killed leaves the lease, which another takes over when it is stale', async () => {
    const alice = somebody();
    const bob = somebody(alice);
    const { cloud } = alice;
    cloud.faults.push({ call: 'executeChangeSet', kill: true });
    await expect(alice.run('apply', '--yes')).resolves.toMatchObject({ code: 1 });
    cloud.revive();
    expect(lease(alice)).toMatchObject({ released: false });
    const early = await bob.run('apply', '--yes');
    expect(early).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(
        'If that run was killed, its lease ends at 2026-01-01T00:05:',
      ),
    });
    await cloud.sleep(leaseTime);
    const late = await bob.run('apply', '--yes', '--json');
    expect(late.code, late.stdout).toBe(0);
    expect(asMachine(late)).toMatchObject({
      state: 'takenOver',
      holder: { host: 'build-7', pid: 4242 },
      message: expect.stringContaining('it was probably killed'),
    });
    expect(current(alice)).toEqual(everything);
    expect(lease(alice)).toMatchObject({ released: true });
  });

  test('and is killed keeps one that waits no longer than its lease lasts', async () => {
    const world = somebody();
    world.cloud.faults.push({ call: 'executeChangeSet', kill: true });
    await world.run('apply', '--yes');
    world.cloud.revive();
    const killed = world.cloud.now();
    const run = await world.run('apply', '--yes', '--wait');
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expect(run.stdout).toMatch(/Waiting for another run[\s\S]*Took over the lease/);
    expect(world.cloud.now() - killed).toBeLessThan(leaseTime + 60_000);
  });
});

describe('a run that hung until another took over', () => {
  test('begins nothing more, and follows what is under way to its end', async () => {
    const alice = somebody();
    const bob = somebody(alice);
    const { cloud } = alice;
    cloud.stacks.pace = 60_000;
    let other: Run | undefined;
    // The base stack is under way: everything else waits for it.
    const isUnderWay = (): boolean => cloud.stacks.all[0]?.status === 'CREATE_IN_PROGRESS';
    meanwhile(
      alice,
      async () => {
        await cloud.sleep(leaseTime);
        other = await bob.run('apply', '--yes');
      },
      isUnderWay,
    );
    const run = await alice.run('apply', '--yes', '--json');
    expect(other, other?.stderr).toMatchObject({ code: 0 });
    expect(run.code).toBe(1);
    expect(asMachine(run)).toMatchObject({ state: 'lost' });
    const summary = run.notes.find(({ type }) => type === 'summary');
    expect(summary).toMatchObject({
      stacks: [
        { stack: 'patrol-base-security-production', ended: 'done' },
        ...names.map((name) => ({
          stack: `patrol-${name}-watch-production`,
          ended: 'skipped',
          message: 'Not started. This run lost the lease of the fleet security (production).',
        })),
      ],
    });
    expect(current(alice)).toEqual(everything);
  });
});

describe('who may not write the lease', () => {
  test.each([[], ['--quiet']])('goes on, and reads so %j', async (...options) => {
    const world = somebody();
    const error = new CloudError('denied', 's3:PutObject', 'Access Denied');
    world.cloud.faults.push({ call: 'writeText', times: 9, error });
    const run = await world.run('apply', '--yes', ...options);
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expect(run.stdout).toContain(
      'The fleet security (production) is not protected against other runs of `apply`: its lease cannot be written to the bucket patrol-leases-111122223333. s3:PutObject failed: Access Denied.',
    );
    expect(current(world)).toEqual(everything);
  });
});

test('what is stuck is put back under the lease alone', async () => {
  const world = somebody();
  await world.run('apply', '--yes');
  write(world, 'loud');
  world.cloud.stacks.failing = { Function: 'It fails.' };
  world.cloud.stacks.rollbackFails = true;
  await world.run('apply', '--yes');
  const stuck = 'patrol-a-watch-production';
  expect(world.cloud.stacks.find(stuck)?.status).toBe('UPDATE_ROLLBACK_FAILED');
  world.cloud.stacks.failing = {};
  world.cloud.stacks.rollbackFails = false;
  await world.cloud.sleep(60_000);
  world.cloud.calls = [];
  expect((await world.run('apply', '--yes')).code).toBe(0);
  const { calls } = world.cloud;
  expect(calls.indexOf('writeText')).toBeGreaterThan(0);
  expect(calls.indexOf('writeText')).toBeLessThan(calls.indexOf('continueRollback'));
});

test.each([
  [
    {
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'acme/fleet',
      GITHUB_RUN_ID: '17',
    },
    'https://github.com/acme/fleet/actions/runs/17',
  ],
  [{ BUILD_URL: 'https://jenkins.example.com/job/1/' }, 'https://jenkins.example.com/job/1/'],
  [{ CI_JOB_URL: 'no address' }, undefined],
  [{ GITHUB_RUN_ID: '17' }, undefined],
])('of %j the lease says that the job is %j', async (environment, job) => {
  const world = somebody();
  world.environment = environment;
  world.account.faults.set('caller', new CloudError('unreachable', 'sts:GetCallerIdentity', 'No.'));
  expect((await world.run('apply', '--yes')).code).toBe(0);
  const { holder } = lease(world) as { holder: Record<string, unknown> };
  expect(holder).toMatchObject({ host: 'build-7', pid: 4242 });
  expect(holder['job']).toBe(job);
  expect(holder).not.toHaveProperty('caller');
});
