import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { muteRefused } from '@patrol/core/contracts';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { FakeWorld, installRule } from '../testing/world.ts';

const source = (fleet: string, environment = 'production', packageName = 'demo'): string => `
version: 1
fleet: ${fleet}
environment: ${environment}
regions: [eu-west-1]
alerts: { email: security@example.com, shared: true }
rules:
  ${packageName}/watch: { parameters: { actions: StopLogging } }
`;

async function fleet(...fleets: readonly Parameters<typeof source>[]): Promise<FakeWorld> {
  const world = new FakeWorld();
  installRule(world.folder, { packageName: '@patrol/rules-two' });
  for (const each of fleets) {
    writeFileSync(join(world.folder, 'patrol.yaml'), source(...each));
    expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 });
  }
  return world;
}

const [from, until] = [Date.UTC(2026, 0, 31, 3), Date.UTC(2026, 0, 31, 5)];
const kept = {
  id: 'b64url-ID_12',
  rule: 'watch',
  actor: 'arn:aws:iam::111122223333:role/Deploy',
  from,
  until,
  reason: 'a planned\u001b[2J change',
  by: 'arn:aws:iam::111122223333:user/alice',
};
const told = {
  ...kept,
  from: '2026-01-31T03:00:00.000Z',
  until: '2026-01-31T05:00:00.000Z',
};
const answers = (answer: unknown) => () => ({ payload: JSON.stringify(answer), log: '' });

const typed = ['mute', 'demo/watch', '--actor', kept.actor, '--for', '2h', '--reason', 'a change'];

describe('patrol-deploy mute', () => {
  test('asks the notifier of the fleet through its alias, as whoever calls', async () => {
    using world = await fleet(['security']);
    world.functions.answer = answers({ mutes: [{ ...kept, muted: 0 }], mute: kept });
    const { code, stdout } = await world.run(...typed);
    expect(world.functions.invoked).toEqual([
      {
        name: expect.stringMatching(/^patrol-base-security-production-Notifier.*:mute$/),
        event: {
          mute: {
            rule: 'watch',
            actor: kept.actor,
            seconds: 7200,
            reason: 'a change',
            by: world.account.arn,
          },
        },
      },
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Muted until ${told.until}: watch, actor ${kept.actor}.\n`);
    expect(stdout).toContain('what the fleet security tells people in eu-west-1');
    expect(stdout).toContain('`patrol-deploy unmute b64url-ID_12 --region eu-west-1`');
  });

  test('takes the name of a rule as alerts have it', async () => {
    using world = await fleet(['security']);
    world.functions.answer = answers({ mutes: [], mute: kept });
    const [command, , ...rest] = typed;
    const { code } = await world.run(command ?? '', 'watch', ...rest);
    expect(code).toBe(0);
    expect(world.functions.invoked[0]?.event).toMatchObject({ mute: { rule: 'watch' } });
  });

  test('names what is muted by all that can be named', async () => {
    using world = await fleet(['security']);
    world.functions.answer = answers({ mutes: [], mute: kept });
    const scope = ['--resource', 'trail/main', '--account', '444455556666'];
    await world.run(...typed, ...scope, '--event-region', 'us-east-1', '--json');
    expect(world.functions.invoked).toMatchObject([
      { event: { mute: { resource: 'trail/main', account: '444455556666', region: 'us-east-1' } } },
    ]);
  });

  test('as JSON', async () => {
    using world = await fleet(['security']);
    world.functions.answer = answers({ mutes: [{ ...kept, muted: 3 }], mute: kept });
    const { notes } = await world.run(...typed, '--json');
    expect(notes).toEqual([
      {
        type: 'mutes',
        version: 1,
        fleet: 'security',
        region: 'eu-west-1',
        account: '111122223333',
        mutes: [{ ...told, muted: 3 }],
        mute: told,
      },
    ]);
  });

  test.each([
    ['an unknown rule', ['mute', 'demo/wach', '--for', '1h', '--reason', 'x'], 'demo/watch'],
    ['no time span', ['mute', 'demo/watch', '--for', 'ever', '--reason', 'x'], 'found "ever"'],
    ['no reason', ['mute', 'demo/watch', '--for', '1h'], '--reason'],
    ['no end', ['mute', 'demo/watch', '--reason', 'x'], '--for'],
  ])('refuses %s, and asks nobody', async (_, argv, says) => {
    using world = await fleet(['security']);
    const { code, stderr } = await world.run(...argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(world.functions.invoked).toEqual([]);
  });

  test('says what the notifier refuses', async () => {
    using world = await fleet(['security']);
    const errorMessage = 'A mute has a reason.';
    world.functions.answer = () => ({
      payload: JSON.stringify({ errorType: muteRefused, errorMessage }),
      failure: 'Unhandled',
      log: '',
    });
    await expect(world.run(...typed)).resolves.toMatchObject({
      code: 2,
      stderr: `${errorMessage} Nothing was changed. \`patrol-deploy mute --help\` shows the options.\n`,
    });
    await expect(world.run('unmute', kept.id)).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('`patrol-deploy mutes --region eu-west-1` shows what is'),
    });
  });

  test.each([
    ['fails', '{"errorType":"Error","errorMessage":"Task timed out"}', 'Unhandled', 'Task timed'],
    [
      'has a fault',
      '{"errorType":"TypeError","errorMessage":"x is undefined"}',
      'Unhandled',
      'perhaps changed nothing: x is undefined',
    ],
    ['answers something else', '{"alerts":0}', undefined, '{"alerts":0}'],
  ])('says that the notifier %s', async (_, payload, failure, says) => {
    using world = await fleet(['security']);
    world.functions.answer = () => ({ payload, log: '', ...(failure && { failure }) });
    const { code, stderr } = await world.run(...typed);
    expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
    expect(stderr).toContain('`patrol-deploy mutes --region eu-west-1`');
  });

  test('says which permission is missing, and what prints it', async () => {
    using world = await fleet(['security']);
    world.functions.answer = () => {
      throw new CloudError('denied', 'lambda:Invoke', 'not authorized');
    };
    const { code, stderr } = await world.run(...typed);
    expect([code, stderr]).toEqual([1, expect.stringContaining('lambda:Invoke failed: not auth')]);
    expect(stderr).toContain('`patrol-deploy doctor --policy mute`');
    const { stdout } = await world.run('doctor', '--policy', 'mute');
    expect(JSON.parse(stdout)).toMatchObject({
      Statement: [
        { Action: ['cloudformation:DescribeStacks'] },
        {
          Action: ['lambda:InvokeFunction'],
          Resource: ['arn:aws:lambda:*:*:function:patrol-*:mute'],
        },
      ],
    });
  });
});

describe('the notifier', () => {
  test('is none where no fleet has one', async () => {
    using world = new FakeWorld();
    await world.run('demo/watch', '--param', 'actions=X', '--alert-email', 'a@b.cc', '--yes');
    const { code, stderr } = await world.run('mutes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('alerts: { shared: true }')]);
    expect(stderr).toContain('no fleet of the environment production with a notifier in eu-west-1');
  });

  test('is that of the environment, and of the fleet that is named', async () => {
    using world = await fleet(['one'], ['two', 'production', 'two'], ['one', 'staging']);
    world.functions.answer = answers({ mutes: [] });
    const several = await world.run('mutes');
    expect([several.code, several.stderr]).toEqual([2, expect.stringContaining('one and two')]);
    await world.run('mutes', '--fleet', 'two');
    await world.run('mutes', '--env', 'staging');
    expect(world.functions.invoked.map(({ name }) => name.split('-Notifier')[0])).toEqual([
      'patrol-base-two-production',
      'patrol-base-one-staging',
    ]);
    await expect(world.run('mutes', '--fleet', 'three')).resolves.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Found no fleet three'),
    });
  });

  test('named with --fleet is named again in the command that ends a mute', async () => {
    using world = await fleet(['one'], ['two', 'production', 'two']);
    world.functions.answer = answers({ mutes: [], mute: kept });
    const { stdout } = await world.run(...typed, '--fleet', 'two');
    expect(stdout).toContain('unmute b64url-ID_12 --region eu-west-1 --fleet two');
  });
});

describe('the notifier of a rule with an own topic', () => {
  const own = 'patrol-demo-watch-production-Notifier';
  /** A rule with a notifier, beside a fleet that has one. */
  async function beside(): Promise<FakeWorld> {
    const world = await fleet(['security', 'production', 'two']);
    installRule(world.folder, { outputs: { NotifierFunctionName: own } });
    const ran = await world.run(
      'demo/watch',
      '--param',
      'actions=X',
      '--alert-email',
      'a@b.cc',
      '--yes',
    );
    expect(ran).toMatchObject({ code: 0 });
    world.functions.answer = answers({ mutes: [], mute: kept });
    return world;
  }

  test('is asked to mute that rule, and the command that ends it names the rule', async () => {
    using world = await beside();
    const { code, stdout } = await world.run(...typed);
    expect(world.functions.invoked).toMatchObject([{ name: `${own}:mute` }]);
    expect(code).toBe(0);
    expect(stdout).toContain('applies to what the rule demo/watch tells people in eu-west-1');
    expect(stdout).toContain('unmute b64url-ID_12 --region eu-west-1 --rule demo/watch');
  });

  test('is not asked about another rule, or where a fleet is named', async () => {
    using world = await beside();
    const [command, , ...rest] = typed;
    await world.run(command ?? '', 'two/watch', ...rest);
    await world.run(...typed, '--fleet', 'security');
    for (const { name } of world.functions.invoked) {
      expect(name).toMatch(/^patrol-base-security-production-Notifier/);
    }
    expect(world.functions.invoked).toHaveLength(2);
  });

  test('is chosen with --rule where there are others', async () => {
    using world = await beside();
    const several = await world.run('mutes');
    expect([several.code, several.stderr]).toEqual([
      2,
      expect.stringContaining(
        'those of security and demo/watch. Choose one with --fleet or --rule.',
      ),
    ]);
    const { notes } = await world.run('mutes', '--rule', 'demo/watch', '--json');
    expect(notes).toMatchObject([{ type: 'mutes', rule: 'demo/watch' }]);
    await world.run('unmute', kept.id, '--rule', 'watch');
    expect(world.functions.invoked.map(({ name }) => name)).toEqual([`${own}:mute`, `${own}:mute`]);
    await expect(world.run('mutes', '--rule', 'two/watch')).resolves.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Found no stack of two/watch'),
    });
  });
});

test('patrol-deploy mutes shows what is muted, and nothing that steers a terminal', async () => {
  using world = await fleet(['security']);
  world.functions.answer = answers({ mutes: [{ ...kept, muted: 12 }] });
  const { stdout } = await world.run('mutes');
  expect(world.functions.invoked).toMatchObject([{ event: { mutes: true } }]);
  expect(stdout).toMatch(/b64url-ID_12 +2026-01-31T05:00:00\.000Z +12 +watch, actor arn:/);
  expect(stdout).toContain('a planned\\x1b[2J change');
  world.functions.answer = answers({ mutes: [] });
  expect((await world.run('mutes')).stdout).toContain('Nothing of the fleet security');
});

test('patrol-deploy unmute ends a mute', async () => {
  using world = await fleet(['security']);
  world.functions.answer = answers({ mutes: [], mute: kept });
  const { code, stdout } = await world.run('unmute', kept.id);
  expect(code).toBe(0);
  expect(world.functions.invoked).toMatchObject([{ event: { unmute: kept.id } }]);
  expect(stdout).toContain(`Ended the mute ${kept.id}: watch, actor ${kept.actor}.`);
});
