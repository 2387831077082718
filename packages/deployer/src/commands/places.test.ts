import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { FakeCloud } from '../testing/cloud.ts';
import { FakeWorld, stopLogging } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const functionName = `${stack}-Function`;
const group = `/aws/lambda/${stack}`;
const here = '111122223333';
const there = '444455556666';

/** A fleet in two accounts and two regions: each with its own fake. */
async function fleet(): Promise<FakeWorld> {
  const world = new FakeWorld({ sample: stopLogging, outputs: { LogGroupName: group } });
  for (const [account, region] of [
    [here, 'us-east-1'],
    [there, 'eu-west-1'],
    [there, 'us-east-1'],
  ] as const) {
    world.others.set(`${account}/${region}`, new FakeCloud({ account, region }));
  }
  for (const cloud of [world.cloud, ...world.others.values()]) cloud.confirmed.add('a@example.com');
  writeFileSync(
    join(world.folder, 'patrol.yaml'),
    `version: 1
fleet: security
regions: [eu-west-1, us-east-1]
accounts: [{ id: '${here}' }, { id: '${there}', role: patrol-deployer }]
alerts: { email: a@example.com, shared: false }
rules: { demo/watch: { parameters: { actions: StopLogging } } }
`,
  );
  const applied = await world.run('apply', '--yes');
  expect(applied.code, applied.stderr).toBe(0);
  return world;
}

const places = [
  [here, 'eu-west-1'],
  [here, 'us-east-1'],
  [there, 'eu-west-1'],
  [there, 'us-east-1'],
];

describe('with --file', () => {
  test('info shows the stack in every account and region', async () => {
    using world = await fleet();
    const { code, stdout } = await world.run('info', 'demo/watch', '--file', 'patrol.yaml');
    expect(code).toBe(0);
    for (const [account, region] of places) {
      expect(stdout).toContain(`${stack} in ${region} (account ${account})`);
    }
    const { notes } = await world.run('info', 'demo/watch', '--file', 'patrol.yaml', '--json');
    expect(notes.map(({ account, region }) => [account, region])).toEqual(places);
  });

  test('--region leaves out the others', async () => {
    using world = await fleet();
    const args = ['--file', 'patrol.yaml', '--region', 'us-east-1'];
    const { notes } = await world.run('info', 'demo/watch', ...args, '--json');
    expect(notes.map(({ account }) => account)).toEqual([here, there]);
  });

  test('a rule that the file does not have is refused, with those that it has', async () => {
    using world = await fleet();
    const { code, stderr } = await world.run('info', 'demo/other', '--file', 'patrol.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'Expected a rule of patrol.yaml; found "demo/other". It has demo/watch.',
    );
  });

  test('logs name the account and region of each line', async () => {
    using world = await fleet();
    world.logs.add(group, world.cloud.now(), { level: 'INFO', verdict: 'alert', title: 'Found' });
    const { stdout } = await world.run('logs', 'demo/watch', '--file', 'patrol.yaml');
    expect(stdout.trim().split('\n')).toEqual(
      places.map(([account, region]) =>
        expect.stringMatching(new RegExp(`^${account}/${region}  .*Found`)),
      ),
    );
    const { notes } = await world.run('logs', 'demo/watch', '--file', 'patrol.yaml', '--json');
    expect(notes.slice(0, -1).map(({ account, region }) => [account, region])).toEqual(places);
  });

  test('invoke asks once, and runs all functions; one that fails makes it fail', async () => {
    using world = await fleet();
    world.answers = [true];
    const all = await world.run('invoke', 'demo/watch', '--file', 'patrol.yaml');
    expect(all.code).toBe(0);
    expect(world.asked.map(({ message }) => message)).toEqual([
      `Invoke ${functionName} in 4 accounts and regions on the rule's own sample? It sends its alerts to the subscribers, marked as a test.`,
    ]);
    expect(world.functions.invoked).toHaveLength(4);
    let runs = 0;
    world.functions.answer = () => ({
      payload: '{"errorMessage":"It broke."}',
      log: '',
      ...((runs += 1) === 2 ? { failure: 'Unhandled' } : {}),
    });
    world.answers = undefined;
    const again = ['invoke', 'demo/watch', '--file', 'patrol.yaml', '--yes', '--json'];
    const { code, notes } = await world.run(...again);
    expect(code).toBe(1);
    expect(notes.map(({ ok }) => ok)).toEqual([true, false, true, true]);
  });

  test('doctor examines every account and region', async () => {
    using world = await fleet();
    const last = world.others.get(`${there}/us-east-1`);
    last?.stacks.outside.set(`${stack}-EventRule`, { state: 'DISABLED' });
    const { code, stdout } = await world.run('doctor', '--file', 'patrol.yaml');
    expect(code).toBe(1);
    expect(stdout.match(/^\S+ \(account \d+\)$/gm)).toEqual(
      places.map(([account, region]) => `${region} (account ${account})`),
    );
    const { notes } = await world.run('doctor', '--file', 'patrol.yaml', '--json');
    const checks = notes[0]?.['checks'] as readonly Record<string, unknown>[];
    expect(checks.filter(({ status }) => status === 'problem')).toEqual([
      expect.objectContaining({
        check: 'rules',
        account: there,
        region: 'us-east-1',
        rule: 'demo/watch',
        says: `demo/watch: the EventBridge rule ${stack}-EventRule is DISABLED, not ENABLED`,
      }),
    ]);
  });
});

describe('with --file and --env', () => {
  const staging = 'patrol-demo-watch-staging';
  const queueOf = (name: string): string =>
    `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`;

  /** A file with these environments, each deployed, with a queue and a log of its own. */
  async function environments(
    first: string,
    lines = `environments: { ${first}: {}, staging: {} }`,
  ): Promise<FakeWorld> {
    const world = new FakeWorld({
      sample: stopLogging,
      outputs: { FailureQueueUrl: '', LogGroupName: '' },
    });
    writeFileSync(
      join(world.folder, 'patrol.yaml'),
      `version: 1
fleet: security
regions: [eu-west-1]
alerts: { email: a@example.com, shared: false }
rules: { demo/watch: { parameters: { actions: StopLogging } } }
${lines}
`,
    );
    world.cloud.confirmed.add('a@example.com');
    for (const environment of lines.includes('environments') ? [first, 'staging'] : [first]) {
      const { code, stderr } = await world.run('apply', '--env', environment, '--yes');
      expect(code, stderr).toBe(0);
    }
    for (const { name, template } of world.cloud.stacks.all) {
      Object.assign(template.Outputs ?? {}, {
        FailureQueueUrl: { Value: queueOf(name) },
        LogGroupName: { Value: `/aws/lambda/${name}` },
      });
      world.queues.add(queueOf(name), stopLogging, {
        RULE_ARN: `arn:aws:events:eu-west-1:${here}:rule/${name}-EventRule`,
        TARGET_ARN: `arn:aws:lambda:eu-west-1:${here}:function:${name}-Function`,
        ERROR_CODE: 'NO_PERMISSIONS',
      });
      const entry = { level: 'INFO', verdict: 'alert', title: `Found by ${name}` };
      world.logs.add(`/aws/lambda/${name}`, world.cloud.now(), entry);
    }
    world.functions.answer = () => ({ payload: '{"alerts":0,"found":1}', log: '' });
    return world;
  }

  const inFile = ['--file', 'patrol.yaml'];
  const inStaging = [...inFile, '--env', 'staging'];

  test.each(['production', 'live'])('beside %s, failures drops no others', async (first) => {
    using world = await environments(first);
    const dropped = await world.run('failures', ...inStaging, '--drop', '--yes');
    expect(dropped.code, dropped.stderr).toBe(0);
    expect(world.queues.ids(queueOf(staging))).toEqual([]);
    expect(world.queues.ids(queueOf(`patrol-demo-watch-${first}`))).toHaveLength(1);
  });

  test.each(['production', 'live'])('beside %s, the others take that one', async (first) => {
    using world = await environments(first);
    const info = await world.run('info', 'demo/watch', ...inStaging, '--json');
    expect(info.notes).toMatchObject([{ stack: { name: staging } }]);
    const logs = await world.run('logs', 'demo/watch', ...inStaging);
    expect(logs.stdout).toContain(`Found by ${staging}`);
    expect((await world.run('invoke', 'demo/watch', ...inStaging, '--yes')).code).toBe(0);
    expect(world.functions.invoked.map(({ name }) => name)).toEqual([`${staging}-Function`]);
    const verify = await world.run('verify', ...inStaging, '--json');
    expect(verify.notes).toMatchObject([{ rules: [{ stack: staging }] }]);
    world.cloud.stacks.outside.set(`${staging}-EventRule`, { state: 'DISABLED' });
    expect((await world.run('doctor', ...inStaging)).stdout).toContain(`${staging}-EventRule is`);
  });

  test('that is not typed, the file decides', async () => {
    using world = await environments('staging', 'environment: staging');
    for (const command of [['info', 'demo/watch'], ['logs', 'demo/watch'], ['failures']]) {
      const { code, stdout, stderr } = await world.run(...command, ...inFile, '--json');
      expect(code, stderr).toBe(0);
      expect(stdout).toContain(staging);
    }
    for (const command of [['invoke', 'demo/watch', '--yes'], ['verify'], ['doctor']]) {
      const { stderr } = await world.run(...command, ...inFile);
      expect(stderr).toBe('');
    }
    expect(world.functions.invoked.map(({ name }) => name)).toContain(`${staging}-Function`);
    const other = await world.run('failures', ...inFile, '--env', 'production');
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('The environment of patrol.yaml is staging');
  });

  test('failures suggests a command that looks there', async () => {
    using world = await environments('production');
    expect((await world.run('failures', 'demo/watch', ...inStaging)).stdout).toContain(
      '`patrol-deploy failures demo/watch --file patrol.yaml --env staging --retry`',
    );
    expect((await world.run('failures', ...inFile)).stdout).toContain(
      '`patrol-deploy failures --file patrol.yaml --retry`',
    );
  });
});

describe('doctor, of a rule that cannot run or tell', () => {
  /** A rule with its own topic that somebody hears. */
  async function deployed(): Promise<FakeWorld> {
    const world = new FakeWorld({ outputs: { FailureQueueUrl: 'https://sqs/failures' } });
    const own = ['--alert-email', 'a@example.com', '--param', 'actions=X'];
    expect((await world.run('demo/watch', '--yes', ...own)).code).toBe(0);
    world.cloud.confirmed.add('a@example.com');
    const { code, stdout } = await world.run('doctor');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('Found no problems.');
    return world;
  }

  test.each<[string, (world: FakeWorld) => unknown, string, string]>([
    [
      'a disabled EventBridge rule',
      ({ cloud }) => cloud.stacks.outside.set(`${stack}-EventRule`, { state: 'DISABLED' }),
      `demo/watch: the EventBridge rule ${stack}-EventRule is DISABLED, not ENABLED`,
      'aws events put-rule',
    ],
    [
      'a permission that was removed',
      ({ wiring }) => wiring.policies.set(functionName, undefined),
      'demo/watch: events.amazonaws.com may not invoke the function',
      'aws lambda add-permission',
    ],
    [
      'a function without concurrency',
      ({ cloud }) => cloud.stacks.outside.set(functionName, { reserved: 0 }),
      `demo/watch: ${functionName} never runs: its reserved concurrency is 0`,
      `\`aws lambda delete-function-concurrency --function-name ${functionName} --region eu-west-1\``,
    ],
    [
      'a function that Lambda cannot start',
      ({ cloud }) =>
        cloud.stacks.outside.set(functionName, { state: 'Failed', reason: 'The key is gone.' }),
      `demo/watch: ${functionName} is in state Failed: The key is gone.`,
      'Deploy',
    ],
    [
      'another environment',
      ({ cloud }) =>
        cloud.stacks.outside.set(functionName, { environment: { actions: 'Y', mode: 'quiet' } }),
      `and environment variable actions of ${functionName} changed outside CloudFormation`,
      '`patrol-deploy demo/watch --region eu-west-1`',
    ],
    [
      'a function that was removed',
      ({ cloud }) => cloud.stacks.outside.set(functionName, undefined),
      `demo/watch: the function ${functionName} does not exist`,
      'patrol-deploy delete demo/watch',
    ],
    [
      'an alarm that rings',
      ({ cloud }) => cloud.alarmStates.set(`${stack}-Alarm`, 'ALARM'),
      `${stack}-Alarm is in alarm`,
      '`patrol-deploy info demo/watch --region eu-west-1`',
    ],
    [
      'an alarm that tells nobody',
      ({ cloud }) => cloud.stacks.outside.set(`${stack}-Alarm`, { acts: false }),
      `${stack}-Alarm sends nothing: its actions are disabled`,
      '`patrol-deploy demo/watch --region eu-west-1`',
    ],
    [
      'events that were not handled',
      ({ cloud }) => cloud.queues.set('https://sqs/failures', 3),
      '3 events of demo/watch were not handled',
      '`patrol-deploy failures demo/watch --region eu-west-1`',
    ],
  ])('%s is a problem, with what to do', async (_, change, says, todo) => {
    using world = await deployed();
    change(world);
    const { code, stdout } = await world.run('doctor');
    expect(code, stdout).toBe(1);
    expect(stdout).toContain(says);
    expect(stdout).toContain(todo);
    expect(stdout).not.toContain('Found no problems.');
  });

  test('what CloudFormation found changed is a warning', async () => {
    using world = await deployed();
    const [found] = world.cloud.stacks.all;
    if (found) found.drifted = new Date('2026-01-01T00:00:00Z');
    const { stdout } = await world.run('doctor');
    expect(stdout).toContain('describe-stack-resource-drifts');
    expect(stdout).toContain('0 problems, 1 warning.');
  });

  test('what may not be read is a warning, and the rest is looked at', async () => {
    using world = await deployed();
    world.wiring.faults.push(new CloudError('denied', 'cloudwatch:DescribeAlarms', 'No.'));
    const { code, stdout } = await world.run('doctor');
    expect(code).toBe(0);
    expect(stdout).toContain('cloudwatch:DescribeAlarms failed: No.');
    expect(stdout).toContain('0 problems, 1 warning.');
  });

  test('fits 80 columns, whatever is wrong', async () => {
    using world = await deployed();
    world.cloud.stacks.outside.set(functionName, undefined);
    world.answers = [];
    world.columns = 80;
    const { stdout } = await world.run('doctor');
    const words = stdout
      .split('\n')
      .filter((line) => line.length > 80 && /\S\s+\S/.test(line.trim()));
    expect(words).toEqual([]);
  });
});
