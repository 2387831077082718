/** The packages as users get them: published, installed from a registry with each package manager, and used on each Node. */
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operator, stack } from './support/cloud.ts';
import { isFull } from './support/full.ts';
import { type Registry, startRegistry } from './support/registry.ts';
import { largestPackages } from './support/size.ts';
import { root, run, type Ran } from './support/tools.ts';
import { type Manager, makeUser, newest, older, type User } from './support/user.ts';

/** What may be installed for whoever operates Patrol, in bytes. */
const sizeLimit = 60e6;

let registry: Registry;
let user: User;

beforeAll(async () => {
  registry = await startRegistry();
  user = makeUser(registry.url);
}, 600_000);

afterAll(async () => {
  await registry.close();
  await user.remove();
}, 900_000);

/** Somebody in a folder, with a package manager and a Node. */
interface Seat {
  readonly manager: Manager;
  /** The release of Node; without one there is none. */
  readonly node?: number;
  readonly folder: string;
}

/** Runs what is typed. */
async function type(
  { manager, node, folder }: Seat,
  words: readonly string[],
  { env = {}, input }: { env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Ran> {
  const [program = '', ...args] = words;
  return run(program, args, {
    cwd: folder,
    env: { ...(await user.environment(manager, node)), ...env },
    ...(input === undefined ? {} : { input }),
  });
}

/** Runs what must succeed. */
async function typed(...given: Parameters<typeof type>): Promise<Ran> {
  const ran = await type(...given);
  expect(ran, `${given[1].join(' ')}\n${ran.stdout}\n${ran.stderr}`).toMatchObject({ code: 0 });
  return ran;
}

/** Adds packages in an empty folder, as the README says. */
async function added(seat: Omit<Seat, 'folder'>, ...names: readonly string[]): Promise<Seat> {
  const at = { ...seat, folder: user.emptyFolder() };
  const { manager } = seat;
  for (const words of manager.begin ?? []) await typed(at, words);
  for (const name of names) {
    const { stdout, stderr } = await typed(at, [...manager.add, name]);
    const complaints = `${stdout}\n${stderr}`
      .split('\n')
      .filter((line) => manager.complaint.test(line));
    expect(complaints).toEqual([]);
  }
  return at;
}

const installations = new Map<string, Promise<Seat>>();

/** A folder in which the package was added, the same one for every test. */
function installed(seat: Omit<Seat, 'folder'>): Promise<Seat> {
  const key = `${seat.manager.name} ${seat.node}`;
  const known = installations.get(key) ?? added(seat, '@patrol/rules-aws');
  installations.set(key, known);
  return known;
}

/** The rules are there and run. `command` is what is typed before the arguments of `patrol-deploy`. */
async function expectToRun(
  seat: Seat,
  command: readonly string[],
  from: 'project' | 'command',
): Promise<void> {
  const { stdout } = await typed(seat, [...command, 'list', '--json']);
  const { rules, problems } = JSON.parse(stdout.slice(stdout.indexOf('{')));
  expect(problems).toEqual([]);
  expect(rules).toContainEqual(
    expect.objectContaining({
      name: 'aws/cloudTrail',
      source: { from, folder: expect.stringMatching(/@patrol[/+]rules-aws/) },
    }),
  );

  const tried = await typed(seat, [...command, 'try', 'aws/cloudTrail']);
  expect(tried.stdout).toContain('CloudTrail: StopLogging on');
  // What to type next is what was typed now.
  const again = command
    .filter((word) => !word.startsWith('-'))
    .map((word) => (isAbsolute(word) ? basename(word) : word));
  expect(tried.stdout).toContain(`  ${again.join(' ')} aws/cloudTrail --alert-email`);

  const record = join(root, 'packages/patrol-rules-aws/rules/cloudTrail/sample.json');
  copyFileSync(record, join(seat.folder, 'record.json'));
  const replayed = await typed(seat, [...command, 'replay', 'aws/cloudTrail', 'record.json']);
  expect(replayed.stdout).toContain('1 matched aws/cloudTrail, 1 alert, 0 could not be evaluated');
}

/** So does what else needs a thread, or the AWS SDK. */
async function expectToAsk(seat: Seat, command: readonly string[]): Promise<void> {
  const asking = await type(seat, [...command, 'try', 'aws/principalPolicySimulator']);
  expect(asking, asking.stdout + asking.stderr).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('The rule must query something before it decides: simulate('),
  });
  // The account has no such stack: what would be made is shown, and AWS is asked for it.
  const deploy = ['aws/cloudTrail', '--env', 'installed', '--alert-email', 'security@example.com'];
  const env = accountOf(operator());
  const planned = await typed(seat, [...command, ...deploy, '--dry-run'], { env });
  expect(planned.stdout).toContain('Create patrol-aws-cloudTrail-installed');
  expect(planned.stdout).toContain('Dry run: nothing was changed.');
}

/** The account of the operator, and nothing else of the operator's environment. */
const accountOf = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AWS_')));

/** A rule is deployed and deleted again. */
async function expectToDeploy(seat: Seat, command: readonly string[]): Promise<void> {
  const name = 'patrol-aws-cloudTrail-installed';
  const env = accountOf(operator());
  const deployed = await type(
    seat,
    [
      ...command,
      'aws/cloudTrail',
      '--env',
      'installed',
      '--alert-email',
      'security@example.com',
      '--yes',
    ],
    { env },
  );
  expect(deployed, deployed.stdout + deployed.stderr).toMatchObject({ code: 0 });
  expect(await stack(name)).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  const deleted = await type(
    seat,
    [...command, 'delete', 'aws/cloudTrail', '--env', 'installed', '--yes'],
    { env },
  );
  expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ code: 0 });
  expect(await stack(name)).toBeUndefined();
}

const { pnpm, npm, bun, yarn } = newest;
const managers = Object.values(newest);
const releases = [22, 24, 26];

const cases: readonly (readonly [Manager, number])[] = isFull
  ? [...managers, ...older].flatMap((manager) => releases.map((node) => [manager, node] as const))
  : [
      ...managers.map((manager) => [manager, 24] as const),
      // The other releases with the managers that look at `engines`.
      [npm, 22],
      [npm, 26],
    ];

test.each(cases.map(([manager, node]) => ({ name: manager.name, manager, node })))(
  'add @patrol/rules-aws, with $name on Node $node',
  async ({ manager, node }) => {
    const seat = await installed({ manager, node });
    await expectToRun(seat, [...manager.exec, 'patrol-deploy'], 'project');
    await expectToAsk(seat, [...manager.exec, 'patrol-deploy']);
  },
);

test('bun runs the command itself where there is no Node', async () => {
  const seat = await installed({ manager: bun });
  expect(await type(seat, ['node', '--version'])).not.toMatchObject({ code: 0 });
  await expectToRun(seat, ['bunx', 'patrol-deploy'], 'project');
  await expectToDeploy(seat, ['bunx', 'patrol-deploy']);
});

test.each(isFull ? [pnpm, ...older.filter(({ name }) => name.startsWith('pnpm'))] : [pnpm])(
  'a lockfile of $name is enough for a build server',
  async (manager) => {
    const seat = await installed({ manager, node: 24 });
    rmSync(join(seat.folder, 'node_modules'), { recursive: true });
    await typed(seat, ['pnpm', 'install'], { env: { CI: '1' } });
    expect((await typed(seat, ['pnpm', 'patrol-deploy', 'list'])).stdout).toContain(
      'aws/cloudTrail',
    );
    // Nothing had to be allowed or left out.
    expect(readdirSync(seat.folder)).not.toContain('pnpm-workspace.yaml');
    expect(readdirSync(seat.folder)).not.toContain('.npmrc');
    expect(JSON.parse(readFileSync(join(seat.folder, 'package.json'), 'utf8'))).not.toHaveProperty(
      'pnpm',
    );
  },
);

describe('without a project', () => {
  const once: readonly { title: string; manager: Manager; command: readonly string[] }[] = [
    { title: 'npx', manager: npm, command: ['npx', '-y', '@patrol/rules-aws'] },
    { title: 'pnpm dlx', manager: pnpm, command: ['pnpm', 'dlx', '@patrol/rules-aws'] },
    { title: 'yarn dlx', manager: yarn, command: ['yarn', 'dlx', '--quiet', '@patrol/rules-aws'] },
    { title: 'bunx', manager: bun, command: ['bunx', '@patrol/rules-aws'] },
  ];

  test.each(once)('$title in an empty folder', async ({ manager, command }) => {
    const folder = user.emptyFolder();
    await expectToRun({ manager, node: 24, folder }, command, 'command');
    expect(readdirSync(folder)).toEqual(['record.json']);
  });

  test.each([
    { title: 'npm', manager: npm, add: ['npm', 'install', '--global', '--prefix', 'PREFIX'] },
    { title: 'pnpm', manager: pnpm, add: ['pnpm', 'add', '--global'] },
    { title: 'bun', manager: bun, add: ['bun', 'add', '--global'] },
  ])('installed globally with $title', async ({ manager, add }) => {
    const prefix = user.emptyFolder();
    const seat = { manager, node: 24, folder: user.emptyFolder() };
    const words = add.map((word) => (word === 'PREFIX' ? prefix : word));
    await typed(seat, [...words, '@patrol/rules-aws']);
    const command = add.includes('PREFIX') ? join(prefix, 'bin/patrol-deploy') : 'patrol-deploy';
    await expectToRun(seat, [command], 'command');
  });
});

test.each([
  { title: 'npm', manager: npm },
  { title: 'pnpm', manager: pnpm },
])('what $title installs takes at most 60 MB', async ({ title, manager }) => {
  const { folder } = await installed({ manager, node: 24 });
  const { total, packages } = largestPackages(join(folder, 'node_modules'));
  const rows = packages.slice(0, 5).map(([name, size]) => `  ${megabytes(size)}  ${name}`);
  console.info([`${megabytes(total)} installed with ${title}; the largest:`, ...rows].join('\n'));
  expect(total).toBeLessThanOrEqual(sizeLimit);
});

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1).padStart(5)} MB`;

test.each([18, 20])('Node %i is told which Node is needed', async (node) => {
  const { folder } = await installed({ manager: npm, node: 24 });
  const ran = await type({ manager: npm, node, folder }, [
    'node_modules/.bin/patrol-deploy',
    'list',
  ]);
  expect(ran).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      new RegExp(
        String.raw`^Patrol needs Node\.js 22\.\d+\+, 24\.\d+\+ or 26\+, but this is Node\.js ${node}\.\d+\.\d+ \(.+\)\. Install .+\n$`,
      ),
    ),
  });
});

describe('both rule packages, with pnpm', () => {
  let seat: Seat;
  const patrolDeploy = (...args: readonly string[]): Promise<Ran> =>
    type(seat, ['pnpm', 'patrol-deploy', ...args]);

  beforeAll(async () => {
    seat = await added({ manager: pnpm, node: 24 }, '@patrol/rules-aws', '@patrol/rules-github');
  });

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
    const ran = await type(
      seat,
      ['pnpm', '--silent', 'patrol-deploy', 'replay', 'aws/cloudTrail', '-', '--json'],
      { input: `${record}\n` },
    );
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    const lines: { type: string }[] = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type: kind }) => kind)).toEqual(['alert', 'summary', 'result']);
    expect(lines[0]).toMatchObject({
      rule: 'cloudTrail',
      line: 1,
      eventId: 'x-1',
      severity: 'critical',
    });
  });

  test('deploys to the account, and deletes again', () =>
    expectToDeploy(seat, ['pnpm', 'patrol-deploy']));
});

describe('rules of somebody else, with npm', () => {
  let seat: Seat;

  beforeAll(async () => {
    seat = { manager: npm, node: 24, folder: user.emptyFolder() };
    cpSync(join(root, 'e2e/author'), seat.folder, { recursive: true });
    await typed(seat, ['npm', 'install', '@patrol/core']);
    await typed(seat, ['npm', 'install', '--save-dev', '@patrol/build', 'vitest']);
  });

  test('are built', async () => {
    const { stdout } = await typed(seat, ['npm', 'run', 'build']);
    expect(stdout).toMatch(/^bucketDeleted {2}[\d.]+ KB\n1 rules built$/m);
    await typed(seat, ['node', 'generate.js']);
  });

  test('are tested with what the packages export', async () => {
    const { stdout } = await typed(seat, ['npx', 'vitest', 'run', '--exclude', 'hasty.test.ts']);
    expect(stdout).toMatch(/Test Files .*3 passed/);
  });

  test('are told from a rule that gives up too soon', async () => {
    const ran = await type(seat, ['npx', 'vitest', 'run', 'hasty.test.ts']);
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stdout + ran.stderr).toMatch(/expected \d+ to be greater than 100/);
  });
});
