import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { FakeCloud } from '../testing/cloud.ts';
import { FakeWorld, installRule } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const base = 'patrol-base-security-production';
const deploy = ['demo/watch', '--param', 'actions=StopLogging'];
const to = (...emails: readonly string[]): readonly string[] =>
  emails.flatMap((email) => ['--alert-email', email]);

/** The addresses of a stack by their parameters, without those that are empty. */
const emails = (world: FakeWorld, name = stack): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(world.cloud.stacks.find(name)?.parameters ?? {}).filter(
      ([parameter, text]) => /Email\d?$/.test(parameter) && text !== '',
    ),
  );

interface FleetWorldWithTopic {
  readonly world: FakeWorld;
  readonly hears: (confirmed: boolean) => void;
}

function fleetWorld(alerts: string, rest = ''): FakeWorld {
  const world = new FakeWorld();
  installRule(world.folder, { packageName: '@patrol/rules-a' });
  write(world, alerts, rest);
  // The notifier is subscribed to what the rules send.
  const notifier = { protocol: 'lambda', endpoint: 'notifier', confirmed: true };
  world.cloud.topics.set(`arn:aws:sns:eu-west-1:111122223333:${base}-machines`, [notifier]);
  return world;
}

const write = (world: FakeWorld, alerts: string, rest = ''): void =>
  writeFileSync(
    join(world.folder, 'patrol.yaml'),
    `version: 1\nfleet: security\nregions: [eu-west-1]\nalerts: ${alerts}\nrules: { a/watch: { parameters: { actions: x } } }\n${rest}`,
  );

describe('a rule by itself', () => {
  test('takes several addresses, keeps them, and gives each the parameter that it has', async () => {
    using world = new FakeWorld();
    const first = await world.run(...deploy, ...to('a@b.cc', 'b@b.cc'), '--yes');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(emails(world)).toEqual({ AlertEmail: 'a@b.cc', AlertEmail2: 'b@b.cc' });
    expect(first.stdout).toContain('e-mail address 2 for alerts: "b@b.cc"');
    // Without a word about them they stay.
    expect((await world.run('diff', 'demo/watch')).code).toBe(0);
    const second = await world.run('demo/watch', ...to('c@b.cc', 'b@b.cc'), '--yes');
    expect(second.stdout).toContain('e-mail address for alerts: "a@b.cc" → "c@b.cc"');
    expect(emails(world)).toEqual({ AlertEmail: 'c@b.cc', AlertEmail2: 'b@b.cc' });
    expect((await world.run('demo/watch', ...to('b@b.cc'), '--yes')).code).toBe(0);
    expect(emails(world)).toEqual({ AlertEmail2: 'b@b.cc' });
    const topic = 'arn:aws:sns:eu-west-1:111122223333:alerts';
    world.cloud.topics.set(topic, []);
    expect((await world.run('demo/watch', '--alert-topic-arn', topic, '--yes')).code).toBe(0);
    expect(emails(world)).toEqual({});
  });

  test.each([
    [['a@b.cc', 'a@b.cc'], '--alert-email: "a@b.cc" is given twice.'],
    [['a@b.cc', 'b'], '--alert-email: "b" is not an e-mail address'],
    [
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}@b.cc`),
      '--alert-email: expected at most 5 e-mail addresses; found 6.',
    ],
  ])('refuses %j', async (addresses, words) => {
    using world = new FakeWorld();
    const run = await world.run(...deploy, ...to(...addresses), '--yes');
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(words);
  });

  test('asks for several in a terminal', async () => {
    using world = new FakeWorld();
    world.answers = ['StopLogging', 'quiet', 'a@b.cc, b', 'a@b.cc, b@b.cc', true];
    expect((await world.run('demo/watch')).code).toBe(0);
    expect(emails(world)).toEqual({ AlertEmail: 'a@b.cc', AlertEmail2: 'b@b.cc' });
  });
});

describe('a fleet', () => {
  test.each([
    ['shared: true', base],
    ['shared: false', 'patrol-a-watch-production'],
  ])('with %s: an address that stays keeps its parameter', async (shared, name) => {
    const alerts = (list: string): string => `{ email: ${list}, ${shared} }`;
    using world = fleetWorld(alerts('a@b.cc'));
    expect((await world.run('apply', '--yes')).code).toBe(0);
    for (const [list, expected] of [
      // A stack with one address, and a second one joins.
      ['[b@b.cc, a@b.cc]', { AlertEmail: 'a@b.cc', AlertEmail2: 'b@b.cc' }],
      ['[b@b.cc]', { AlertEmail2: 'b@b.cc' }],
      ['[c@b.cc, b@b.cc]', { AlertEmail: 'c@b.cc', AlertEmail2: 'b@b.cc' }],
    ] as const) {
      write(world, alerts(list));
      expect((await world.run('apply', '--yes')).code).toBe(0);
      expect(emails(world, name)).toEqual(expected);
      // Another order is no change.
      expect((await world.run('plan')).code).toBe(5);
    }
    write(world, alerts('[b@b.cc, c@b.cc]'));
    expect((await world.run('plan')).code).toBe(5);
    // What is saved is the same fleet.
    expect((await world.run('save', '--output', 'saved.yaml', '--fleet', 'security')).code).toBe(0);
    const plan = await world.run('plan', '--file', 'saved.yaml');
    expect([plan.code, plan.stderr]).toEqual([5, '']);
  });

  test('its alarms too', async () => {
    using world = fleetWorld(
      '{ email: [a@b.cc, b@b.cc], shared: true }',
      'alarms: { email: [c@b.cc, d@b.cc] }',
    );
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect(emails(world, base)).toEqual({
      AlertEmail: 'a@b.cc',
      AlertEmail2: 'b@b.cc',
      AlarmEmail: 'c@b.cc',
      AlarmEmail2: 'd@b.cc',
    });
  });

  test('refuses more than a topic has, and one that is there twice', async () => {
    using world = fleetWorld('{ email: [a@b.cc, a@b.cc] }');
    expect((await world.run('plan')).stderr).toContain('"a@b.cc" is already in this list');
    write(world, '{ email: [a@b.cc, b@b.cc, c@b.cc, d@b.cc, e@b.cc, f@b.cc] }');
    expect((await world.run('plan')).stderr).toContain('alerts.email: expected at most 5; found 6');
  });

  test('says of a new subscription that nobody hears, only where no address stays', async () => {
    using world = fleetWorld('{ email: a@b.cc, shared: true }');
    await world.run('apply', '--yes');
    world.cloud.confirmed.add('a@b.cc');
    const planned = async (list: string): Promise<string> => {
      write(world, `{ email: ${list}, shared: true }`);
      return (await world.run('plan')).stdout;
    };
    expect(await planned('[b@b.cc, a@b.cc]')).not.toContain('new subscription');
    expect(await planned('[b@b.cc, c@b.cc]')).toContain(
      'Until b@b.cc or c@b.cc confirms the new subscription, nobody receives the alerts of patrol-a-watch-production in eu-west-1.',
    );
  });
});

describe('who has not confirmed is told on every run, also where others have', () => {
  const waiting = (topic: string): string => `Until b@b.cc confirms the subscription to ${topic}, `;

  test('by a rule: deployed again with nothing to do, and by doctor and info', async () => {
    using world = new FakeWorld();
    const topic = `arn:aws:sns:eu-west-1:111122223333:${stack}-AlertTopic`;
    world.cloud.confirmed.add('a@b.cc');
    const quiet = [...deploy, ...to('a@b.cc', 'b@b.cc'), '--yes', '--quiet'];
    const both = [await world.run(...quiet), await world.run(...quiet)];
    for (const { code, stdout } of both) {
      expect(code).toBe(0);
      expect(stdout).toContain(
        `${waiting(topic)}this address does not receive the alerts of ${stack} in eu-west-1. Others do.`,
      );
    }
    const { notes } = await world.run('demo/watch', '--yes', '--json');
    expect(notes.find(({ type }) => type === 'warning')).toMatchObject({
      pending: { what: 'alerts', topics: [topic], stacks: [stack], endpoints: ['b@b.cc'] },
      remark: { code: 'pending' },
    });
    const info = await world.run('info', 'demo/watch');
    expect(info.stdout).toMatch(/b@b\.cc +NOT CONFIRMED: receives no alerts until/);
    expect(info.stdout).not.toContain('AlertEmail3');
    const doctor = await world.run('doctor');
    expect(doctor.stdout).toMatch(/warning +subscriptions +b@b\.cc receives no alerts of/);
    world.cloud.confirmed.add('b@b.cc');
    expect((await world.run(...quiet)).stdout).not.toContain('subscription');
    expect((await world.run('doctor')).stdout).toContain('with a confirmed subscription: 1 of 1');
  });

  test('by a fleet', async () => {
    using world = fleetWorld('{ email: [a@b.cc, b@b.cc], shared: true }');
    world.cloud.confirmed.add('a@b.cc');
    const topic = `arn:aws:sns:eu-west-1:111122223333:${base}-alerts`;
    const runs = [
      await world.run('apply', '--yes', '--quiet'),
      await world.run('apply', '--yes', '--quiet'),
      await world.run('plan'),
    ];
    for (const { code, stdout } of runs) {
      expect(code).toBe(0);
      expect(stdout).toContain(`${waiting(topic)}this address does not receive the alerts of`);
    }
    const { notes } = await world.run('plan', '--json');
    expect(notes[0]).toMatchObject({ unconfirmed: [], pending: [{ endpoints: ['b@b.cc'] }] });
  });

  test('with the command that sends another message, once SNS has deleted the subscription', async () => {
    using world = fleetWorld('{ email: [a@b.cc, b@b.cc], shared: true }');
    await world.run('apply', '--yes');
    world.cloud.confirmed.add('a@b.cc');
    world.cloud.dropped.add('b@b.cc');
    const topic = `arn:aws:sns:eu-west-1:111122223333:${base}-alerts`;
    const again = `aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint b@b.cc --region eu-west-1`;
    const { stdout } = await world.run('plan');
    expect(stdout).toContain(waiting(topic));
    expect(stdout).toContain(
      `SNS deletes what nobody confirms within two days. \`${again}\` sends another message.`,
    );
    expect((await world.run('info', 'base/security')).stdout).toMatch(/b@b\.cc +NOT SUBSCRIBED/);
    expect((await world.run('doctor')).stdout).toContain(again);
    // Where nobody else hears it either, that is what is wrong.
    world.cloud.confirmed.clear();
    world.cloud.dropped.add('a@b.cc');
    expect(await world.run('plan')).toMatchObject({
      code: 5,
      stdout: expect.stringContaining(
        `Until a@b.cc and b@b.cc confirm the subscription to ${topic}, nobody receives the alerts of`,
      ),
    });
  });
});

describe('who is subscribed to the topics of alerts.topics', () => {
  const chat = 'arn:aws:sns:eu-west-1:111122223333:chat';
  const fleet = (): FleetWorldWithTopic => {
    const world = fleetWorld(
      `{ email: a@b.cc, shared: true, topics: [{ topic: '${chat}', form: amazonQ }] }`,
    );
    const hears = (confirmed: boolean): void => {
      const endpoint = 'https://global.sns-api.chatbot.amazonaws.com';
      world.cloud.topics.set(chat, [{ protocol: 'https', endpoint, confirmed }]);
    };
    return { world, hears };
  };
  const nobody = `Nobody is subscribed to ${chat}, which alerts.topics names.`;

  test('plan, apply, info and doctor say that nobody is, until somebody is', async () => {
    const { world, hears } = fleet();
    using _ = world;
    hears(false);
    const applied = await world.run('apply', '--yes');
    expect(applied.stdout).toContain(nobody);
    expect((await world.run('plan')).stdout).toContain(nobody);
    const { notes } = await world.run('plan', '--json');
    expect(notes[0]).toMatchObject({ remarks: [{ code: 'unheardTopic', topic: chat }] });
    expect((await world.run('info', 'base/security')).stdout.replaceAll(/\s+/g, ' ')).toContain(
      nobody,
    );
    const doctor = await world.run('doctor');
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toContain(`nobody is subscribed to ${chat}, to which the notifier sends`);
    hears(true);
    for (const command of [['plan'], ['info', 'base/security'], ['doctor']]) {
      expect((await world.run(...command)).stdout).not.toContain(`subscribed to ${chat}`);
    }
  });

  test('where Patrol may not see it, that is said', async () => {
    const { world, hears } = fleet();
    using _ = world;
    hears(true);
    await world.run('apply', '--yes');
    world.cloud.subscriptions = (topic) =>
      topic === chat
        ? Promise.reject(new CloudError('denied', 'sns:ListSubscriptionsByTopic', 'No.'))
        : FakeCloud.prototype.subscriptions.call(world.cloud, topic);
    const unseen = `Patrol cannot see who is subscribed to ${chat}, which alerts.topics names. sns:ListSubscriptionsByTopic failed`;
    expect((await world.run('plan')).stdout).toContain(unseen);
    expect((await world.run('info', 'base/security')).stdout.replaceAll(/\s+/g, ' ')).toContain(
      unseen,
    );
    expect((await world.run('doctor')).stdout).toContain(
      `it is not known who is subscribed to ${chat}`,
    );
  });
});

test('plan says once that without `alarms` the alarms go to those who get the alerts', async () => {
  const words = 'The file has no `alarms`, so alarms about the rules go to the addresses';
  using world = fleetWorld('{ email: a@b.cc, shared: true }');
  expect((await world.run('plan')).stdout.split(words)).toHaveLength(2);
  await world.run('apply', '--yes');
  expect((await world.run('plan')).stdout).not.toContain(words);
  using other = fleetWorld('{ email: a@b.cc, shared: true }', 'alarms: { email: b@b.cc }');
  expect((await other.run('plan')).stdout).not.toContain(words);
});

test('after a first run that was interrupted, the next one says who has to confirm', async () => {
  using world = new FakeWorld();
  const { cloud, controller } = world;
  const { sleep } = cloud;
  cloud.stacks.pace = 60_000;
  cloud.sleep = async (milliseconds) => {
    await sleep(milliseconds);
    if (cloud.stacks.find(stack)?.status === 'CREATE_IN_PROGRESS') controller.abort();
  };
  const run = [...deploy, ...to('a@b.cc'), '--yes'];
  const first = await world.run(...run);
  expect(first.code).toBe(130);
  expect(first.stdout).not.toContain('Until a@b.cc confirms');
  cloud.sleep = sleep;
  world.controller = new AbortController();
  for (const more of [[], ['--quiet']]) {
    const next = await world.run(...run, ...more);
    expect(next).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Until a@b.cc confirms'),
    });
  }
});
