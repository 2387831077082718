import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { watching } from '../testing/fleet.ts';
import { complaint } from './failure.ts';
import { FakeWorld, installRule, webhookRule } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=x=y', '--alert-email', 'a@b.cc', '--yes'];

describe('wrong usage ends with 2 and says what was expected', () => {
  test.each([
    [[], 'Usage: patrol-deploy'],
    [['demo/watch', 'more'], 'too many arguments'],
    [['--nope', 'demo/watch'], "unknown option '--nope'"],
    [['watch'], 'There is no command watch. Did you mean the rule `patrol-deploy demo/watch`?'],
    [['deploy', 'watch'], 'Expected <package>/<rule>'],
    [['deploy'], "missing required argument 'rule'"],
    [['describe'], "missing required argument 'rule'"],
    [['demo/watch', '--param'], 'argument missing'],
    [['demo/watch', '--param', 'x'], 'Expected --param name=value'],
    [['demo/watch', '--param', 'a=1', '--param', 'a=2'], 'a is given twice'],
    [
      ['demo/watch', '--region', 'eu-west-1', '--region', 'us-east-1'],
      '--region was given twice. It takes one value.',
    ],
    [['demo/watch', '--region', 'Ireland'], '--region: expected a region'],
    [['demo/watch', '--env', 'a b'], '--env must be letters'],
    [['info', 'demo/watch', '--env', '../x'], '--env must be letters'],
    [['try', 'demo/watch', '--param', 'nope'], 'Expected --param name=value'],
    [['try', 'demo/watch', '--region', 'eu-west-1'], 'need --live'],
    [['replay', 'demo/watch', '--profile', 'x'], 'need --live'],
    [
      ['demo/watch', '--param', 'DispatchSnsArn=a', '--dispatch-topic', 'b'],
      'DispatchSnsArn is given twice',
    ],
    [['replay'], "missing required argument 'rule'"],
    ...['deploy', 'describe', 'try', 'replay'].flatMap((command): [string[], string][] => [
      [[command, 'demo/other'], 'has no rule other'],
      [[command, 'nope/watch'], 'No rule package'],
      [[command, './nowhere/watch'], 'contains no built rules'],
    ]),
    [['info', './nowhere/watch'], 'contains no built rules'],
  ])('%j', async (argv, words) => {
    using world = new FakeWorld();
    const { code, stdout, stderr } = await world.run(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(world.cloud.calls).toEqual([]);
  });
});

describe('what does not exist is told with the nearest', () => {
  test.each([
    [['destroy'], 'no command destroy. Did you mean `patrol-deploy delete <rule>`?'],
    [['DESTROY', 'demo/watch'], 'Did you mean `patrol-deploy delete demo/watch`?'],
    [
      ['status', 'demo/watch', '--region', 'eu-west-1'],
      'Did you mean `patrol-deploy info demo/watch --region eu-west-1`?',
    ],
    [['deply'], 'no command deply. Did you mean `patrol-deploy <rule>`?'],
    [['hok'], 'Did you mean `patrol-deploy hook <rule> --org <name>`?'],
    [['lst', '--help'], 'Did you mean `patrol-deploy list --help`?'],
    [['--json', 'destroy', 'demo/watch'], 'Did you mean `patrol-deploy delete demo/watch`?'],
    [['wotch'], 'no command wotch. Did you mean the rule `patrol-deploy demo/watch`?'],
    [['bananas'], 'A rule is written as <package>/<rule>'],
    [['--yes', 'info', 'demo/watch'], '`patrol-deploy info …`'],
    [['demo/wacth'], 'has no rule wacth. Did you mean demo/watch?'],
    [['describe', 'demo/WATCH'], 'Did you mean demo/watch?'],
    [['describe', 'watch'], 'found "watch". Did you mean demo/watch?'],
    [['dmo/watch'], 'is installed. Did you mean demo/watch?'],
    [['info', 'demo/wacth'], 'Did you mean demo/watch?'],
    [['list', '--jsn'], 'Did you mean --json?'],
  ])('%j', async (argv, words) => {
    using world = new FakeWorld();
    const { code, stderr } = await world.run(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  test('never is what was typed suggested', async () => {
    using world = new FakeWorld();
    for (const argv of [
      // An option of another command.
      ['list', '--alert-email', 'x'],
      ['info', 'demo/watch', '--since', '1h'],
      ['nope/watch'],
      ['demo/other'],
    ]) {
      const { code, stderr } = await world.run(...argv);
      expect(code).toBe(2);
      for (const [, suggested] of stderr.matchAll(/Did you mean (\S+)\?/g)) {
        expect(argv).not.toContain(suggested);
      }
    }
  });
});

describe('what fails ends with a result for machines, once, and says why to people', () => {
  test.each([
    [['demo/watch', '--yes', '--json'], 1],
    [['plan', '--json'], 2],
    [['apply', '--json'], 2],
    [['info', 'demo/watch', '--json'], 1],
    [['diff', 'demo/watch', '--json'], 1],
    [['logs', 'demo/watch', '--json'], 1],
    [['invoke', 'demo/watch', '--yes', '--json'], 1],
    [['delete', 'demo/watch', '--yes', '--json'], 1],
    [['doctor', '--env', 'a b', 'demo/watch', '--json'], 2],
    [['describe', 'demo/other', '--json'], 2],
    [['try', 'demo/watch', '--param', 'nope', '--json'], 2],
    [['replay', 'demo/watch', 'nowhere', '--json'], 2],
    [['replay', '--json'], 2],
    [['list', '--json', '--nope'], 2],
    [['init', '--json'], 2],
    [['--json', '--region', 'Ireland', 'demo/watch'], 2],
  ])('%j', async (argv, code) => {
    using world = new FakeWorld();
    world.cloud.faults.push({
      call: 'stack',
      error: new CloudError('credentials', 'cloudformation:DescribeStacks', 'Expired'),
    });
    const run = await world.run(...argv);
    expect(run.code).toBe(code);
    expect(run.stdout.endsWith('\n')).toBe(true);
    expect(run.notes).toEqual([
      {
        type: 'result',
        version: 1,
        ok: false,
        did: 'none',
        error:
          code === 2
            ? { kind: 'usage' }
            : { kind: 'aws', failure: 'credentials', call: 'cloudformation:DescribeStacks' },
        message: expect.any(String),
      },
    ]);
    expect(run.stderr).toContain(run.notes[0]?.['message']);
  });

  test('without --json nothing is added', async () => {
    using world = new FakeWorld();
    expect(await world.run('info', 'demo/watch')).toMatchObject({ code: 1, stdout: '' });
  });
});

test('no option drops a value without a word: it is refused, or says that it is repeatable', async () => {
  using world = new FakeWorld();
  const { stdout } = await world.run('--help');
  const commands = [...stdout.matchAll(/^  ([a-z]+)\b.*\[options\]/gm)].map(
    ([, name = '']) => name,
  );
  expect(commands.length).toBeGreaterThan(15);
  const values: Readonly<Record<string, string>> = {
    '--accounts': '111122223333',
    '--region': 'eu-west-1',
    '--url': 'https://github.example.com/api/v3',
  };
  const dropped: string[] = [];
  for (const command of commands) {
    const help = (await world.run(command, '--help')).stdout.replaceAll(/\n {10,}/g, ' ');
    for (const [line, option = ''] of help.matchAll(/^  (--[a-z-]+) [<[].*$/gm)) {
      if (line.includes('repeatable')) continue;
      const value = values[option] ?? 'a';
      const { code, stderr } = await world.run(command, option, value, option, value);
      expect(code).toBe(2);
      if (!stderr.includes(`${option} was given twice`))
        dropped.push(`${command} ${option}: ${stderr}`);
    }
  }
  expect(dropped).toEqual([]);
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
  expect((await world.run('replay', '--help')).stdout.replaceAll(/\s+/g, ' ')).toContain(
    '.json, .ndjson, .jsonl, .gz',
  );
});

test.each([[['--help']], [['demo/watch', '--help']], [['deploy', '--help']]])(
  '%j shows the options of a deployment',
  async (argv) => {
    using world = new FakeWorld();
    const { code, stdout } = await world.run(...argv);
    expect(code).toBe(0);
    const options =
      '--param --alert-email --alert-topic-arn --dispatch-topic --publisher-accounts --region --profile --env --yes --json';
    for (const option of [...options.split(' '), '--dry-run', '-h, --help']) {
      expect(stdout.split(`\n  ${option} `), option).toHaveLength(2);
    }
  },
);

test('the help of other commands does not show them', async () => {
  using world = new FakeWorld();
  expect((await world.run('list', '--help')).stdout).not.toContain('--alert-email');
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
    stderr: expect.stringMatching(/^sts:GetCallerIdentity failed: Expired\. Sign in with/),
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
      '',
      'All about one rule: `patrol-deploy describe demo/watch`',
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
    stdout: expect.stringMatching(/No rule packages are installed.*pnpm add/),
  });
  expect(world.cloud.calls).toEqual([]);
});

test('list shows rules by what they watch, each in one line of the terminal, and the sets', async () => {
  using world = new FakeWorld({
    title: 'Something happened that takes many words to say in full',
    overview: {
      areas: [{ title: 'Everything', rules: ['watch'] }],
      sets: { essential: { description: 'What matters.', rules: ['watch'] } },
    },
  });
  installRule(world.folder, { packageName: '@patrol/rules-plain' });
  world.answers = [];
  world.columns = 60;
  const { stdout } = await world.run('list');
  expect(stdout.split('\n')).toEqual([
    'RULE         SEVERITY  TITLE',
    '',
    'Everything',
    'demo/watch   high      Something happened that takes many w…',
    '',
    'plain',
    'plain/watch  high      Something happened',
    '',
    'demo:essential (1 rule): What matters.',
    '  watch',
    '',
    'All about one rule: `patrol-deploy describe demo/watch`',
    '',
  ]);
  const { notes } = await world.run('list', '--json');
  expect(notes[0]).toMatchObject({
    rules: [
      { name: 'demo/watch', area: 'Everything', sets: ['demo:essential'] },
      { name: 'plain/watch', sets: [] },
    ],
    sets: [
      {
        name: 'demo:essential',
        package: '@patrol/rules-demo',
        description: 'What matters.',
        rules: ['demo/watch'],
      },
    ],
  });
});

test('list tells of a package that is broken, and still shows the others', async () => {
  using world = new FakeWorld();
  const broken = join(world.folder, 'node_modules', 'patrol-rules-broken');
  mkdirSync(broken);
  const manifest = { formatVersion: 1, package: { name: 'x', version: '1' }, rules: [{}] };
  writeFileSync(join(broken, 'rules.json'), JSON.stringify(manifest));
  expect(await world.run('list')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('demo/watch'),
    stderr: expect.stringMatching(
      /patrol-rules-broken.* is not a manifest .*\n  core: is missing\n.*patrol-build/s,
    ),
  });
  const { notes } = await world.run('list', '--json');
  expect(notes[0]).toMatchObject({
    rules: [{ name: 'demo/watch' }],
    problems: [expect.stringContaining('rules[0]')],
  });
});

test('describe and list tell of every kind of trigger, of references, and of what a rule asks', async () => {
  using world = new FakeWorld({
    triggers: [
      { kind: 'webhook', events: ['fork', 'public'] },
      { kind: 'sns', services: ['backup.amazonaws.com'] },
    ],
    parameters: {
      ignored: {
        kind: 'pairs',
        description: 'Whose changes are quiet.',
        halves: ['role', 'policy'],
        suppresses: true,
        default: '',
      },
    },
    references: ['CIS 4.5', 'MITRE ATT&CK T1562.008'],
    asks: true,
    stackParameters: { DispatchSnsArn: { Type: 'String', Default: '', Description: 'Dispatch.' } },
  });
  const { stdout } = await world.run('describe', 'demo/watch');
  for (const part of [
    'Runs on\n  GitHub webhook: fork, public\n  messages to its SNS topic, from backup.amazonaws.com\n',
    '  It may query AWS or GitHub before it decides. `try` and `replay` do so only with --live.',
    'References\n  CIS 4.5\n  MITRE ATT&CK T1562.008\n',
    'Pairs role:policy, separated by commas; each half is a regular expression that matches the whole value.',
    'This parameter mutes alerts.',
    'Parameters of the stack\n  DispatchSnsArn  (empty by default)\n    Dispatch.\n',
  ]) {
    expect(stdout).toContain(part);
  }
  expect((await world.run('list')).stdout).toContain(
    'GitHub webhook: fork, public; messages to its SNS topic, from backup.amazonaws.com',
  );
  const { notes } = await world.run('list', '--json');
  expect(notes[0]).toMatchObject({
    rules: [
      {
        asks: true,
        references: ['CIS 4.5', 'MITRE ATT&CK T1562.008'],
        triggers: [{ kind: 'webhook', events: ['fork', 'public'] }, { kind: 'sns' }],
      },
    ],
  });
  using hook = new FakeWorld(webhookRule);
  expect((await hook.run('describe', 'demo/watch')).stdout).toContain(
    'Regions  deploy it in any one region',
  );
});

test.each([
  ['try', '--json'],
  ['replay', '--json', 'events.json'],
])('%s says once that code of a package runs with the rights of the operator', async (...words) => {
  using world = new FakeWorld();
  writeFileSync(join(world.folder, 'events.json'), '[{"detail-type":"a"},{"detail-type":"b"}]');
  const [command, ...rest] = words;
  const { stderr } = await world.run(command, 'demo/watch', ...rest);
  const warning = 'The code of @patrol/rules-demo 1.0.0 runs on this machine with your rights.';
  expect(stderr.split(warning)).toHaveLength(2);
});

test('--live gives credentials only to a rule that asks', async () => {
  using quiet = new FakeWorld();
  const run = await quiet.run('replay', 'demo/watch', '--live', quiet.folder);
  expect(run.stderr).toContain('watch queries nothing before it decides, so --live has no effect.');
  expect(quiet.lives).toEqual([]);
  using asking = new FakeWorld({ asks: true });
  await asking.run(
    'replay',
    'demo/watch',
    '--live',
    '--region',
    'eu-west-2',
    '--profile',
    'p',
    '.',
  );
  expect(asking.lives).toEqual([{ region: 'eu-west-2', profile: 'p' }]);
});

test('what a package or a stack says cannot steer the terminal', async () => {
  const evil = 'x\u001b[2J\u009b1m';
  using world = new FakeWorld({
    title: evil,
    parameters: { actions: { kind: 'text', description: evil, example: 'x' } },
  });
  await world.run('demo/watch', '--param', `actions=${evil}`, '--alert-email', 'a@b.cc', '--yes');
  for (const argv of [['list'], ['describe', 'demo/watch'], ['info', 'demo/watch']]) {
    const { code, stdout } = await world.run(...argv);
    expect(code).toBe(0);
    expect(stdout).toContain('x\\x1b[2J\\x9b1m');
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(stdout).not.toMatch(/[\u001b\u009b]/);
  }
});

test('describe', async () => {
  using world = new FakeWorld({ regions: ['us-east-1'] });
  const { code, stdout } = await world.run('describe', 'demo/watch');
  expect(code).toBe(0);
  for (const part of [
    'demo/watch  Something happened  (high, @patrol/rules-demo 1.0.0)',
    'aws.x: StopLogging, DeleteTrail',
    '"eventName":["StopLogging","DeleteTrail"]',
    'deploy it only in us-east-1',
    'actions  (names, required)',
    'mode  (choice, default: quiet)',
    'One of quiet, loud.',
    'Ask who did it.',
    'zip of 5 bytes, built with @patrol/core 1.2.3; 128 MB of memory',
    'LogRetentionInDays  (default: 90)\n    How long the log is kept.\n    One of 30, 90, 365.',
    'AlarmTopicArn  (empty by default)\n    The topic of the alarms.',
  ]) {
    expect(stdout).toContain(part);
  }
  const { notes } = await world.run('describe', 'demo/watch', '--json');
  expect(notes[0]).toMatchObject({
    name: 'demo/watch',
    parameters: { mode: { default: 'quiet' } },
    stackParameters: { LogRetentionInDays: { Default: 90 } },
    package: { version: '1.0.0' },
    core: { version: '1.2.3' },
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
    expect(stdout).toMatch(/^ {2}AlertTopicArn +\(empty\)$/m);
    expect(stdout).not.toContain('CodeS3Key');
    expect(stdout).toMatch(/^ {2}Alarm +ALARM$/m);
    expect(stdout).toMatch(/email +a@b\.cc +NOT CONFIRMED/);
    world.cloud.confirmed.add('a@b.cc');
    const { notes } = await world.run('info', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({
      upToDate: true,
      stack: { status: 'CREATE_COMPLETE' },
      alarms: [{ name: `${stack}-Alarm`, resource: 'Alarm', state: 'ALARM' }],
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
    expect(stdout).toMatch(/Up to date +no: code changed/);
    expect(stdout).toContain('cloudwatch:DescribeAlarms failed: No.');
  });

  test('shows who gets the alarms where they go to a topic of their own', async () => {
    using world = new FakeWorld();
    const arn = 'arn:aws:sns:eu-west-1:111122223333:alarms';
    world.cloud.topics.set(arn, [{ protocol: 'sqs', endpoint: 'queue', confirmed: true }]);
    await world.run(...deploy);
    expect((await world.run('info', 'demo/watch')).stdout).not.toContain('its alarms');
    await world.run(...deploy, '--param', `AlarmTopicArn=${arn}`);
    expect((await world.run('info', 'demo/watch')).stdout).toMatch(
      /its alerts\n +email +a@b\.cc.*\n\nSubscriptions to its alarms\n +sqs +queue +confirmed/,
    );
    const { notes } = await world.run('info', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({
      subscriptions: [{ endpoint: 'a@b.cc' }],
      alarmSubscriptions: [{ endpoint: 'queue' }],
    });
  });

  test('tells of drift that CloudFormation has found', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    expect((await world.run('info', 'demo/watch')).stdout).not.toContain('past CloudFormation');
    const found = world.cloud.stacks.find(stack);
    if (found) found.drifted = new Date('2026-01-31T09:00:00Z');
    const words = `Drift: at 2026-01-31T09:00:00.000Z CloudFormation found resources of ${stack} changed outside it.`;
    for (const command of ['info', 'diff']) {
      expect((await world.run(command, 'demo/watch')).stdout).toContain(words);
    }
    const { notes } = await world.run('diff', 'demo/watch', '--json');
    expect(notes.flatMap(({ drift }) => drift ?? [])).toEqual([
      { detectedAt: '2026-01-31T09:00:00.000Z' },
    ]);
  });

  test('shows where GitHub has to deliver, and how it is told; the secret only by where it lies', async () => {
    using world = new FakeWorld(webhookRule);
    await world.run('demo/watch', '--alert-email', 'a@b.cc', '--yes', '--env', 'staging');
    const { stdout } = await world.run('info', 'demo/watch', '--env', 'staging');
    for (const part of [
      '    patrol-deploy hook demo/watch --region eu-west-1 --env staging --org NAME\n',
      'Payload URL       https://abc.execute-api.eu-west-1.amazonaws.com/\n',
      '    aws secretsmanager get-secret-value --query SecretString --output text --secret-id arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf --region eu-west-1\n',
      'Events            individual: fork, public, repository\n',
    ]) {
      expect(stdout).toContain(part);
    }
    const { notes } = await world.run('info', 'demo/watch', '--env', 'staging', '--json');
    expect(notes[0]).toMatchObject({ webhook: { events: ['fork', 'public', 'repository'] } });
    expect(world.cloud.calls).not.toContain('readSecret');
  });

  test('shows the topics of a stack, given and made', async () => {
    const dispatch = 'arn:aws:sns:us-east-1:444455556666:dispatch';
    using world = new FakeWorld({
      stackParameters: {
        DispatchSnsArn: { Type: 'String', Default: '' },
        PublisherAccounts: { Type: 'String', Default: '' },
      },
      outputs: { SourceTopicArn: 'arn:aws:sns:eu-west-1:111122223333:source' },
    });
    const run = await world.run(
      ...deploy,
      '--dispatch-topic',
      dispatch,
      '--publisher-accounts',
      '444455556666,777788889999',
    );
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain(`Dispatch topic: "${dispatch}"`);
    // Kept on an update.
    await world.run('demo/watch', '--param', 'mode=loud', '--yes');
    const { stdout } = await world.run('info', 'demo/watch');
    expect(stdout).toMatch(new RegExp(`DispatchSnsArn +${dispatch}\n`));
    expect(stdout).toMatch(/PublisherAccounts +444455556666,777788889999\n/);
    expect(stdout).toMatch(/SourceTopicArn +arn:aws:sns:eu-west-1:111122223333:source\n/);
    expect(stdout).not.toContain('Webhook');
  });

  test('says of a stack that is not Patrol’s that it is not, and shows nothing of it', async () => {
    using world = new FakeWorld();
    world.cloud.stacks.add({ name: stack, tags: { a: 'b' } });
    expect(await world.run('info', 'demo/watch')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining("it is not Patrol's"),
    });
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
    // By now nothing is known by that name: it may as well be mistyped.
    for (const command of ['info', 'delete']) {
      expect(await other.run(command, 'demo/watch')).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/There is no stack .*No rule package/),
      });
    }
  });
});

describe('a base stack', () => {
  const base = 'patrol-base-security-production';

  test('is built in: what looks at it needs no package', async () => {
    using world = new FakeWorld();
    writeFileSync(join(world.folder, 'patrol.yaml'), watching('security', [['demo', 'quiet']]));
    const absent = await world.run('info', 'base/security');
    expect(absent).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(`no stack ${base} .*\\. \`patrol-deploy apply\` deploys it\\. `),
      ),
    });
    expect(await world.run('delete', 'base/security')).toMatchObject({ code: 0, stderr: '' });
    await world.run('apply', '--yes');
    const found = await world.run('info', 'base/security');
    expect(found).toMatchObject({ code: 0, stderr: '' });
    expect(found.stdout).toMatch(/Up to date +yes, with the template of this patrol-deploy\. /);
    expect(found.stdout).toMatch(/its alerts\n +email +security@example\.com +NOT CONFIRMED/);
    expect(absent.stderr + found.stdout).not.toContain('rules-base');
    const stale = world.cloud.stacks.find(base);
    if (stale) stale.tags = { ...stale.tags, 'patrol:template': 'older' };
    const { notes } = await world.run('info', 'base/security', '--json');
    expect(notes[0]).toMatchObject({ upToDate: false, comparison: 'no: template changed' });
    if (stale) stale.status = 'UPDATE_ROLLBACK_FAILED';
    expect((await world.run('info', 'base/security')).stdout).toContain(
      '`patrol-deploy apply` continues the rollback',
    );
  });

  test.each([
    [['base/security', '--yes']],
    [['diff', 'base/security']],
    [['describe', 'base/security']],
    [['try', 'base/security']],
    [['logs', 'base/security']],
    [['invoke', 'base/security']],
    [['hook', 'base/security', '--org', 'acme']],
  ])('%j is refused with what to do instead', async (argv) => {
    using world = new FakeWorld();
    const { code, stderr } = await world.run(...argv);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'base/security is not a rule. It is the base stack of the fleet security, with what its rules share. `patrol-deploy apply` deploys it, `patrol-deploy info base/security` shows it.\n',
    });
  });
});

describe('delete', () => {
  test('asks first; that there is none is no failure', async () => {
    using world = new FakeWorld();
    expect(await world.run('delete', 'demo/watch')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing to delete'),
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
      stdout: expect.stringContaining(`${stack} was deleted.`),
    });
    expect(world.cloud.stacks.find(stack)).toBeUndefined();
  });

  test('leaves alone what is not ours or protected', async () => {
    using world = new FakeWorld();
    const foreign = world.cloud.stacks.add({ name: stack, tags: { a: 'b' } });
    expect(await world.run('delete', 'demo/watch', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("it is not Patrol's: it does not have the tags"),
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
