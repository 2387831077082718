import { describe, expect, test } from 'vitest';
import type { Account } from '../cloud/account.ts';
import { CloudError } from '../cloud/cloud.ts';
import type { Check } from '../notes/objects.ts';
import { policy } from '../doctor/permissions.ts';
import { FakeWorld } from '../testing/world.ts';

const denied = (call: string): CloudError => new CloudError('denied', call, 'Not allowed.');

async function checks(world: FakeWorld, ...args: readonly string[]): Promise<readonly Check[]> {
  const { notes } = await world.run('doctor', '--json', ...args);
  return notes[0]?.['checks'] as readonly Check[];
}
const statusOf = (found: readonly Check[], check: string): string =>
  found
    .filter((each) => each.check === check)
    .map(({ status }) => status)
    .join();

async function deployed(): Promise<FakeWorld> {
  const world = new FakeWorld();
  const args = ['--yes', '--alert-email', 'a@example.com', '--param', 'actions=X'];
  expect((await world.run('demo/watch', ...args)).code).toBe(0);
  return world;
}

describe('patrol-deploy doctor', () => {
  test('before anything is deployed: a line each, and nothing is wrong', async () => {
    using world = new FakeWorld();
    const { code, stdout } = await world.run('doctor');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'ok       credentials    arn:aws:sts::111122223333:assumed-role/Deployer/alice',
      'ok       region         eu-west-1 (account 111122223333)',
      expect.stringMatching(/^ok {7}permissions {4}all \d+ actions that Patrol needs are allowed$/),
      'ok       stacks         0 deployed in this account and region',
      'ok       subscriptions  no topics yet',
      'ok       trail          arn:aws:cloudtrail:us-east-1:111122223333:trail/main records management events',
      'ok       event rules    0 of 300 rules on the default event bus',
      'ok       event rules    0 of 30 rules with wildcards in their patterns',
      expect.stringMatching(
        /^ok {7}bucket {9}patrol-artifacts-111122223333-eu-west-1 does not exist yet/,
      ),
      '',
      'Found no problems.',
      '',
    ]);
  });

  test('IAM is asked about the caller’s role with its path, and all that deploying needs', async () => {
    using world = new FakeWorld();
    await world.run('doctor');
    const { simulated } = world.account;
    const place = await world.cloud.place();
    expect(simulated.map(({ simulation }) => simulation.actions)).toEqual(
      policy('deploy', place).Statement.map(({ Action }) => Action),
    );
    for (const { principal, simulation } of simulated) {
      expect(principal).toBe('arn:aws:iam::111122223333:role/teams/Deployer');
      expect(simulation.resources.join().replace(/^\*$/, '')).not.toContain('*');
      expect(simulation.context).toMatchObject({ 'iam:PassedToService': 'lambda.amazonaws.com' });
    }
  });

  test.each([
    ['arn:aws:iam::111122223333:user/alice', 'ok', 'arn:aws:iam::111122223333:user/alice'],
    ['arn:aws:sts::111122223333:federated-user/alice', 'warning', undefined],
    ['arn:aws:iam::111122223333:root', 'ok', undefined],
  ])('%s', async (arn, status, principal) => {
    using world = new FakeWorld();
    world.account.arn = arn;
    expect(statusOf(await checks(world), 'permissions')).toBe(status);
    expect(world.account.simulated[0]?.principal).toBe(principal);
  });

  test('problems: exit code 1, with what to do under each', async () => {
    using world = await deployed();
    world.account.refused.add('iam:CreateRole');
    world.account.trailList = [];
    const { code, stdout } = await world.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /problem {2}permissions {4}1 of \d+ actions are not allowed: iam:CreateRole\n {24}`patrol-deploy doctor --region eu-west-1 --policy`/,
    );
    expect(stdout).toContain(
      'problem  subscriptions  nobody receives the alerts of patrol-demo-watch-production',
    );
    expect(stdout).toContain(
      'problem  trail          no API calls are recorded in this region: there is no trail',
    );
    expect(stdout).toMatch(/\n3 problems, 0 warnings\.\n$/);
  });

  test('a stack that is stuck', async () => {
    using world = await deployed();
    const [stack] = world.cloud.stacks.all;
    if (stack) stack.status = 'UPDATE_ROLLBACK_FAILED';
    expect(statusOf(await checks(world), 'stacks')).toBe('problem');
  });

  test('the link in a message that ends a subscription is a warning, with how to protect it', async () => {
    using world = await deployed();
    world.cloud.confirmed.add('a@example.com');
    expect(await checks(world)).not.toContainEqual(expect.objectContaining({ status: 'warning' }));
    world.cloud.confirmedByLink.add('a@example.com');
    const [topic] = world.cloud.stacks.all.map(
      (stack) => world.cloud.stacks.describe(stack).outputs['AlertTopicArn'],
    );
    expect(await checks(world)).toContainEqual({
      check: 'subscriptions',
      status: 'warning',
      says: `anybody with a message from ${topic} can unsubscribe a@example.com with its link`,
      todo: expect.stringContaining(
        `\`aws sns confirm-subscription --topic-arn ${topic} --token TOKEN --authenticate-on-unsubscribe true --region eu-west-1\``,
      ),
      unprotected: [{ topic, endpoints: ['a@example.com'] }],
    });
  });

  test('where it may not be asked whether a link ends a subscription, the rest is looked at', async () => {
    using world = await deployed();
    world.cloud.confirmed.add('a@example.com');
    const denied = new CloudError('denied', 'sns:GetSubscriptionAttributes', 'no');
    world.cloud.faults.push({ call: 'cancellable', error: denied, times: 9 });
    const found = (await checks(world)).filter(({ check }) => check === 'subscriptions');
    expect(found.map(({ status }) => status)).toEqual(['ok', 'warning']);
  });

  test('a topic that is gone is one that nobody hears', async () => {
    using world = await deployed();
    const missing = new CloudError('missing', 'sns:ListSubscriptionsByTopic', 'none');
    world.cloud.faults.push({ call: 'subscriptions', error: missing, times: 9 });
    expect(statusOf(await checks(world), 'subscriptions')).toBe('problem');
  });

  test('without credentials nothing else is asked', async () => {
    using world = new FakeWorld();
    world.account.faults.set(
      'caller',
      new CloudError('credentials', 'sts:GetCallerIdentity', 'The token has expired.'),
    );
    const { code, stdout } = await world.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'problem  credentials  sts:GetCallerIdentity failed: The token has expired. Sign in',
    );
    expect(world.account.simulated).toEqual([]);
  });

  const unreadable: readonly (readonly [keyof Account, string])[] = [
    ['role', 'permissions'],
    ['simulate', 'permissions'],
    ['stacks', 'stacks'],
    ['trails', 'trail'],
    ['eventRules', 'event rules'],
  ];
  test.each(unreadable)(
    'where %s is denied, it is said, and the rest is looked at',
    async (call, check) => {
      using world = new FakeWorld();
      world.account.faults.set(call, denied(`x:${call}`));
      const found = await checks(world);
      expect(statusOf(found, check)).toBe('warning');
      expect(found.find((each) => each.check === check)).toMatchObject({
        says: 'could not be read',
        todo: `x:${call} failed: Not allowed. Ask for this permission, or use other credentials with --profile.`,
      });
      expect(statusOf(found, 'bucket')).toBe('ok');
    },
  );

  test('without Service Quotas the documented quota counts', async () => {
    using world = new FakeWorld();
    world.account.faults.set('eventRuleQuota', denied('servicequotas:GetServiceQuota'));
    const found = await checks(world);
    expect(found.find(({ check }) => check === 'event rules')?.says).toContain(
      '300 rules on the default event bus (AWS’s default quota)',
    );
  });

  test('of named rules: their regions, their stacks, what they need', async () => {
    using world = new FakeWorld({
      regions: ['us-east-1'],
      triggers: [{ kind: 'schedule', expression: 'rate(1 day)', everySeconds: 86_400 }],
    });
    world.cloud.stacks.add({
      name: 'patrol-demo-other-production',
      status: 'CREATE_FAILED',
      tags: { 'patrol:package': 'p', 'patrol:rule': 'other', 'patrol:environment': 'production' },
    });
    const found = await checks(world, 'demo/watch');
    expect(found.find(({ check }) => check === 'region')).toEqual({
      check: 'region',
      status: 'problem',
      says: 'AWS delivers no events in eu-west-1 for demo/watch',
      todo: 'Deploy with --region us-east-1.',
      region: 'eu-west-1',
      account: '111122223333',
      rules: ['demo/watch'],
    });
    expect(statusOf(found, 'trail')).toBe('');
    expect(statusOf(found, 'stacks')).toBe('ok');
    expect(found.find(({ check }) => check === 'event rules')?.says).toContain(
      'the named rules add 1',
    );
    expect(statusOf(await checks(world), 'stacks')).toBe('problem');
  });
});

describe('patrol-deploy doctor --policy', () => {
  test('prints whom a role of this account trusts, with one subject and no wildcard', async () => {
    using world = new FakeWorld('nothing');
    const run = await world.run('doctor', '--policy', '--oidc', 'github:acme/security');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('"repo:acme/security:ref:refs/heads/main"');
    expect(run.stdout).toContain('arn:aws:iam::111122223333:oidc-provider/');
    expect(run.stdout).not.toContain('*');
    for (const typed of [
      ['--policy', '--oidc', 'github:acme/*'],
      ['--oidc', 'github:acme/x'],
    ]) {
      expect(await world.run('doctor', ...typed)).toMatchObject({ code: 2, stdout: '' });
    }
  });

  test('prints what is to be allowed, without asking AWS', async () => {
    using world = new FakeWorld('nothing');
    const all = await world.run('doctor', '--policy');
    expect(Object.keys(JSON.parse(all.stdout))).toEqual([
      'deploy',
      'operate',
      'organization',
      'mute',
      'plan',
    ]);
    const one = await world.run('doctor', '--policy', 'deploy', '--region', 'cn-north-1');
    expect(JSON.parse(one.stdout)).toEqual(
      policy('deploy', { partition: 'aws-cn', region: 'cn-north-1', account: '*' }),
    );
    expect(world.cloud.calls).toEqual([]);
    const wrong = await world.run('doctor', '--policy', 'x');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--policy expects') });
  });
});
