/** Names of accounts and networks, from `patrol.yaml` and AWS Organizations to what the functions read. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { FakeCloud } from '../testing/cloud.ts';
import { source as ofOrganization, unit } from '../testing/organization-fleet.ts';
import { fakeParameters, FakeWorld } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const account = '111122223333';
const fleet = (more: string): string =>
  `version: 1
fleet: security
regions: [eu-west-1]
alerts: { email: security@example.com }
rules: { demo/watch: { parameters: { actions: StopLogging } } }
${more}
`;
const named = `accountNames: { '${account}': payments-prod }
networks: { 192.0.2.0/24: office }`;

function worldOf(text: string): FakeWorld {
  const world = new FakeWorld();
  onTestFinished(() => world[Symbol.dispose]());
  write(world, text);
  return world;
}
const write = (world: FakeWorld, text: string): void =>
  writeFileSync(join(world.folder, 'patrol.yaml'), text);

/** What a function reads: the one file in the layer that lies under this hash. */
function fileIn(cloud: FakeCloud, hash: string | undefined): unknown {
  const bucket = [...cloud.buckets.values()].find(({ objects }) =>
    objects.has(`patrol/names/${hash}.zip`),
  );
  const bytes = bucket?.objects.get(`patrol/names/${hash}.zip`)?.bytes;
  const files = Object.entries(unzipSync(bytes ?? new Uint8Array()));
  expect(files.map(([name]) => name)).toEqual([`${hash}.json`]);
  const text = Buffer.from(files[0]?.[1] ?? []).toString();
  expect(createHash('sha256').update(text).digest('hex')).toBe(hash);
  return JSON.parse(text);
}
const hashIn = ({ cloud }: FakeWorld): string | undefined =>
  cloud.stacks.find(stack)?.parameters['NamesSha256'];

test('a fleet gives its functions the names of its file, and takes them away', async () => {
  const world = worldOf(fleet(named));
  expect((await world.run('apply', '--yes')).code).toBe(0);
  expect(fileIn(world.cloud, hashIn(world))).toEqual({
    accounts: { [account]: 'payments-prod' },
    networks: { '192.0.2.0/24': 'office' },
  });
  expect((await world.run('plan')).stdout).toContain('up to date');
  write(world, fleet(''));
  expect((await world.run('plan')).stdout).toContain('file of names and suppressions');
  expect((await world.run('apply', '--yes')).code).toBe(0);
  expect(hashIn(world)).toBe('');
});

test('a stack without names is not changed for having none', async () => {
  const world = worldOf(fleet(''));
  expect((await world.run('apply', '--yes')).code).toBe(0);
  expect(hashIn(world) ?? '').toBe('');
  expect((await world.run('plan')).stdout).toContain('up to date');
});

test('a rule that is deployed by itself has the names of the file that is named, and keeps them', async () => {
  const world = worldOf(fleet(named));
  const ran = await world.run('demo/watch', '--from', 'patrol.yaml', '--yes');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const hash = hashIn(world);
  expect(fileIn(world.cloud, hash)).toMatchObject({ networks: { '192.0.2.0/24': 'office' } });
  const again = await world.run('demo/watch', '--yes', '--param', 'actions=DeleteTrail');
  expect(again, again.stderr).toMatchObject({ code: 0 });
  expect(hashIn(world)).toBe(hash);
});

/** A world whose rule has a parameter that mutes. */
function mutingWorld(): FakeWorld {
  const description = 'What is left alone.';
  const mutes = { kind: 'names', description, default: '', suppresses: true } as const;
  const world = new FakeWorld({ parameters: { ...fakeParameters, ignoredActors: mutes } });
  onTestFinished(() => world[Symbol.dispose]());
  return world;
}

/** A fleet whose rule has suppressions. */
const suppressing = (...all: readonly string[]): string =>
  fleet('').replace('StopLogging }', `StopLogging }, suppressions: [${all.join()}]`);

test('what is suppressed is in the file of the rule with who answers for it and why', async () => {
  const world = mutingWorld();
  const until = new Date(world.cloud.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const because = (reason: string): string =>
    suppressing(
      `{ parameter: ignoredActors, item: ' role/CI ', owner: platform, reason: ${reason}, expires: ${until} }`,
    );
  write(world, because('releases'));
  const expected = (reason: string): unknown => ({
    accounts: {},
    networks: {},
    suppressions: [
      {
        parameter: 'ignoredActors',
        item: 'role/CI',
        owner: 'platform',
        reason,
        until,
      },
    ],
  });
  expect((await world.run('apply', '--yes')).code).toBe(0);
  const first = hashIn(world);
  expect(fileIn(world.cloud, first)).toEqual(expected('releases'));
  write(world, because('a move'));
  const ran = await world.run('demo/watch', '--from', 'patrol.yaml', '--yes');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(hashIn(world)).not.toBe(first);
  expect(fileIn(world.cloud, hashIn(world))).toEqual(expected('a move'));
});

test('200 suppressions fit', async () => {
  const world = mutingWorld();
  const until = new Date(world.cloud.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const all = Array.from(
    { length: 200 },
    (_, index) =>
      `{ parameter: ignoredActors, item: role/Deploy-${index}, owner: a, reason: b, expires: ${until} }`,
  );
  write(world, suppressing(...all));
  const ran = await world.run('apply', '--yes');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const { suppressions } = fileIn(world.cloud, hashIn(world)) as { suppressions: unknown };
  expect(suppressions).toHaveLength(200);
  expect(world.cloud.stacks.find(stack)?.parameters['ignoredActors']).toBe('');
  expect((await world.run('plan')).stdout).toContain('up to date');
  const other = all.with(7, (all[7] ?? '').replace('Deploy-7', 'Bäcker'));
  write(world, suppressing(...other));
  expect((await world.run('plan')).stdout.replaceAll(/\s+/g, ' ')).toContain(
    `Suppressions in the file of demo/watch: added role/Bäcker until ${until} in ignoredActors; removed role/Deploy-7 until ${until} in ignoredActors.`,
  );
  const [bucket] = [...world.cloud.buckets.values()].filter(({ objects }) =>
    objects.delete(`patrol/names/${hashIn(world)}.zip`),
  );
  expect(bucket).toBeDefined();
  expect((await world.run('plan')).stdout).toContain('It is not known which suppressions');
  // What does not fit any more moves there also where the rule is deployed by itself.
  write(world, suppressing(...all.slice(0, 1)));
  await world.run('demo/watch', '--from', 'patrol.yaml', '--yes');
  expect(world.cloud.stacks.find(stack)?.parameters['ignoredActors']).toBe(
    `role/Deploy-0 until ${until}`,
  );
  write(world, suppressing(...all));
  await world.run('demo/watch', '--from', 'patrol.yaml', '--yes');
  expect(world.cloud.stacks.find(stack)?.parameters['ignoredActors']).toBe('');
});

function organization(text: string): { readonly world: FakeWorld; readonly home: FakeCloud } {
  const world = worldOf(text);
  const home = new FakeCloud({ account, region: 'us-east-1' });
  world.others.set(`${account}/us-east-1`, home);
  world.stackSets.units.set(unit, ['222233334444', '333344445555']);
  return { world, home };
}

test('the accounts of an organisation have the names that AWS Organizations has, or those of the file', async () => {
  const { world } = organization(`${ofOrganization()}\naccountNames: { '222233334444': shop }\n`);
  world.organizations.accountNames = {
    '222233334444': 'Shop (old)',
    '333344445555': 'payments-prod',
  };
  const ran = await world.run('apply', '--yes');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const hash = world.stackSets.find(stack)?.parameters['NamesSha256'];
  const expected = {
    accounts: { '222233334444': 'shop', '333344445555': 'payments-prod' },
    networks: {},
  };
  expect(fileIn(world.cloud, hash)).toEqual(expected);
});

test('a plan says when AWS Organizations does not tell the names, and goes on', async () => {
  const { world } = organization(ofOrganization());
  world.organizations.faults.push({
    call: 'names',
    error: new CloudError('denied', 'organizations:ListAccounts', 'Not authorized.'),
  });
  const ran = await world.run('plan');
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain(
    'Alerts name only the accounts that accountNames in the file names.',
  );
  expect(ran.stdout).toContain('organizations:ListAccounts');
});

test('1,000 accounts are one small object', async () => {
  const { world } = organization(ofOrganization());
  world.organizations.accountNames = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [
      String(100_000_000_000 + index),
      `account-${index}`,
    ]),
  );
  expect((await world.run('apply', '--yes')).code).toBe(0);
  const parameters = world.stackSets.find(stack)?.parameters ?? {};
  expect(JSON.stringify(parameters).length).toBeLessThan(4096);
  expect(fileIn(world.cloud, parameters['NamesSha256'])).toMatchObject({
    accounts: { '100000000999': 'account-999' },
  });
});
