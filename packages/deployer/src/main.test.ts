import { describe, expect, test } from 'vitest';
import { CloudError } from './cloud.ts';
import { complaint } from './main.ts';
import { FakeWorld, installRule } from './world.fake.ts';

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=x=y', '--alert-email', 'a@b.cc', '--yes'];

describe('wrong usage ends with 2 and says what was expected', () => {
  test.each([
    [[], 'Usage: patrol-deploy'],
    [['demo/watch', 'more'], 'too many arguments'],
    [['--nope', 'demo/watch'], "unknown option '--nope'"],
    [['watch'], 'Expected <package>/<rule>'],
    [['deploy'], "missing required argument 'rule'"],
    [['describe'], "missing required argument 'rule'"],
    [['demo/watch', '--param'], 'argument missing'],
    [['demo/watch', '--param', 'x'], 'Expected --param name=value'],
    [['demo/watch', '--param', 'a=1', '--param', 'a=2'], 'a is given twice'],
    [['demo/watch', '--region', 'Ireland'], '--region expects a region'],
    [['demo/watch', '--env', 'a b'], '--env must be letters'],
    [['info', 'demo/watch', '--env', '../x'], '--env must be letters'],
    [['try', 'demo/watch', '--param', 'nope'], 'Expected --param name=value'],
    [['replay', '--json'], "missing required argument 'rule'"],
  ])('%j', async (argv, words) => {
    using world = new FakeWorld();
    const { code, stdout, stderr } = await world.run(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(world.cloud.calls).toEqual([]);
  });
});

test('help and version end with 0', async () => {
  using world = new FakeWorld();
  expect(await world.run('--version')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
  expect(await world.run('--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Exit codes:'),
  });
  expect(await world.run('deploy', '--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--alert-topic-arn'),
  });
});

test('options may stand before the rule, and `deploy` may be spelled out', async () => {
  using world = new FakeWorld();
  expect(
    await world.run('--yes', '--alert-email', 'a@b.cc', '--param', 'actions=x', 'demo/watch'),
  ).toMatchObject({ code: 0 });
  expect(await world.run('deploy', 'demo/watch')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Nothing changed'),
  });
});

test('other environments are other stacks', async () => {
  using world = new FakeWorld();
  expect(await world.run(...deploy, '--env', 'staging')).toMatchObject({ code: 0 });
  expect(
    world.cloud.stacks.all.map(({ name, parameters }) => [name, parameters['actions']]),
  ).toEqual([['patrol-demo-watch-staging', 'x=y']]);
});

test('what AWS refuses is told in words; what is a mistake here with everything', async () => {
  using world = new FakeWorld();
  world.cloud.faults.push({
    call: 'place',
    error: new CloudError('credentials', 'sts:GetCallerIdentity', 'Expired'),
  });
  expect(await world.run(...deploy)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^sts:GetCallerIdentity failed: Expired\. Sign in, or/),
  });
  world.cloud.faults.push({ call: 'place', error: new TypeError('x is not a function') });
  const mistake = await world.run(...deploy);
  expect(mistake.code).toBe(1);
  expect(mistake.stderr).toMatch(/TypeError: x is not a function\n +at /);
  expect(mistake.stderr).toContain('Please report it');
  expect(complaint('odd')).toContain('odd');
});

test('list', async () => {
  using world = new FakeWorld();
  const { code, stdout } = await world.run('list');
  expect({ code, lines: stdout.trimEnd().split('\n') }).toEqual({
    code: 0,
    lines: [
      'RULE        SEVERITY  TITLE               TRIGGER',
      'demo/watch  high      Something happened  aws.x: StopLogging, DeleteTrail',
    ],
  });
  const { notes } = await world.run('list', '--json');
  expect(notes[0]).toMatchObject({
    problems: [],
    rules: [{ name: 'demo/watch', package: '@patrol/rules-demo', severity: 'high' }],
  });
  using empty = new FakeWorld('nothing');
  expect(await empty.run('list')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('No rule packages are installed here'),
  });
  expect(world.cloud.calls).toEqual([]);
});

test('describe', async () => {
  using world = new FakeWorld({ regions: ['us-east-1'] });
  const { code, stdout } = await world.run('describe', 'demo/watch');
  expect(code).toBe(0);
  for (const part of [
    'demo/watch  Something happened  (high, @patrol/rules-demo 1.0.0)',
    'aws.x: StopLogging, DeleteTrail',
    '"eventName":["StopLogging","DeleteTrail"]',
    'only us-east-1',
    'actions  (names, required)',
    'mode  (choice, by default quiet)',
    'One of quiet, loud.',
    'Ask who did it.',
    '5 bytes zipped, 128 MB',
  ]) {
    expect(stdout).toContain(part);
  }
  const { notes } = await world.run('describe', 'demo/watch', '--json');
  expect(notes[0]).toMatchObject({
    name: 'demo/watch',
    parameters: { mode: { default: 'quiet' } },
    package: { version: '1.0.0' },
  });
});

describe('info', () => {
  test('shows what stands, and whether it is up to date', async () => {
    using world = new FakeWorld();
    expect(await world.run('info', 'demo/watch')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`There is no stack ${stack} in eu-west-1`),
    });
    await world.run(...deploy);
    world.cloud.alarmStates.set(`${stack}-Alarm`, 'ALARM');
    const { stdout } = await world.run('info', 'demo/watch');
    expect(stdout).toMatch(/State +CREATE_COMPLETE/);
    expect(stdout).toMatch(/Up to date +yes, with @patrol\/rules-demo 1\.0\.0/);
    expect(stdout).toMatch(/actions +x=y/);
    expect(stdout).not.toContain('CodeS3Key');
    expect(stdout).toMatch(new RegExp(`${stack}-Alarm +ALARM`));
    expect(stdout).toMatch(/email +a@b\.cc +NOT CONFIRMED/);
    world.cloud.confirmed.add('a@b.cc');
    const { notes } = await world.run('info', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({
      upToDate: true,
      stack: { status: 'CREATE_COMPLETE' },
      alarms: [{ state: 'ALARM' }],
      subscriptions: [{ confirmed: true }],
      problems: [],
    });
  });

  test('says what a deployment would change, and what may not be looked at', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    installRule(world.folder, { code: 'zip 2' });
    world.cloud.faults.push({
      call: 'alarms',
      error: new CloudError('denied', 'cloudwatch:DescribeAlarms', 'No.'),
    });
    const { code, stdout } = await world.run('info', 'demo/watch');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Up to date +no: the code changed/);
    expect(stdout).toContain('cloudwatch:DescribeAlarms failed: No.');
  });

  test('knows stacks of rules that are no longer installed', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    using other = new FakeWorld('nothing');
    other.cloud = world.cloud;
    expect(await other.run('info', 'demo/watch')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('unknown: No rule package'),
    });
    expect(await other.run('delete', 'demo/watch', '--yes')).toMatchObject({ code: 0 });
    expect(await other.run('info', './demo/watch')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds no built rules'),
    });
  });
});

describe('delete', () => {
  test('asks first; that there is none is no failure', async () => {
    using world = new FakeWorld();
    expect(await world.run('delete', 'demo/watch')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to delete'),
    });
    await world.run(...deploy);
    expect(await world.run('delete', 'demo/watch')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Add --yes'),
    });
    world.answers = [false, true];
    expect(await world.run('delete', 'demo/watch')).toMatchObject({
      code: 1,
      stderr: 'Nothing was changed.\n',
    });
    expect(world.cloud.stacks.find(stack)).toBeDefined();
    expect(await world.run('delete', 'demo/watch')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${stack} is deleted.`),
    });
    expect(world.cloud.stacks.find(stack)).toBeUndefined();
  });

  test('leaves alone what is not ours, protected or busy', async () => {
    using world = new FakeWorld();
    const foreign = world.cloud.stacks.add({ name: stack, tags: { a: 'b' } });
    expect(await world.run('delete', 'demo/watch', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not carry the tags'),
    });
    foreign.status = 'DELETE_COMPLETE';
    await world.run(...deploy);
    const ours = world.cloud.stacks.find(stack);
    if (!ours) throw new Error('there is none');
    ours.terminationProtected = true;
    expect(await world.run('delete', 'demo/watch', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('update-termination-protection'),
    });
    ours.terminationProtected = false;
    ours.status = 'UPDATE_IN_PROGRESS';
    expect(await world.run('delete', 'demo/watch', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Wait until'),
    });
  });

  test('says which resource clings to it', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    world.cloud.stacks.undeletable = 'Function';
    const { code, notes } = await world.run('delete', 'demo/watch', '--yes', '--json');
    expect(code).toBe(1);
    expect(notes.at(-1)).toMatchObject({
      ok: false,
      status: 'DELETE_FAILED',
      cause: { resource: 'Function' },
    });
    world.cloud.stacks.undeletable = undefined;
    expect(await world.run('delete', 'demo/watch', '--yes')).toMatchObject({ code: 0 });
  });
});
