import { slack } from '@patrol/core';
import { describe, expect, test } from 'vitest';
import { GitHubError } from '../github/github.ts';
import { FakeWorld, type Run, webhookRule } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const url = 'https://abc.execute-api.eu-west-1.amazonaws.com/';
const token = `ghp_${'a1'.repeat(18)}`;
const events = ['fork', 'public', 'repository'];
const hook = ['hook', 'demo/watch', '--org', 'acme'];
const last = ({ notes }: Run): Record<string, unknown> => notes.at(-1) ?? {};

/** A world in which the rule is deployed and the operator has a token. */
async function deployed(rule: Parameters<typeof Object.assign>[0] = {}): Promise<FakeWorld> {
  const world = new FakeWorld({ ...webhookRule, ...rule });
  const run = await world.run('demo/watch', '--alert-email', 'a@b.cc', '--yes');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain(
    'GitHub does not know the webhook yet. `patrol-deploy hook demo/watch --region eu-west-1 --org NAME`',
  );
  world.environment = { GH_TOKEN: token };
  return world;
}

/** What is right, as a test finds it standing. */
const right = (world: FakeWorld): object => ({ url, events, secret: world.secret });

test('creates the webhook with exactly the events of the rule, and sees its ping answered', async () => {
  using world = await deployed();
  const run = await world.run(...hook, '--yes', '--json');
  expect(run.code).toBe(0);
  expect(run.notes).toEqual([
    {
      type: 'hook',
      do: 'create',
      org: 'acme',
      url,
      because: 'the organisation has no webhook with this URL',
      differences: [
        { what: 'events', name: 'events', after: 'fork, public, repository' },
        {
          what: 'secret',
          name: 'secret',
          after: 'the value of arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf',
        },
      ],
    },
    {
      type: 'result',
      version: 1,
      ok: true,
      did: 'create',
      stack,
      hook: 101,
      ping: { statusCode: 200, status: 'OK' },
      message: 'Created the webhook 101 of acme. Its ping was answered with 200 (OK).',
    },
  ]);
  expect(world.github.current).toMatchObject([
    { url, events, secret: world.secret, contentType: 'json', verifiesTls: true, active: true },
  ]);
  expect(world.gitHubOptions).toEqual([{ token }]);
});

test('asks before it changes anything; no is the answer of Enter alone', async () => {
  using world = await deployed();
  world.answers = [false, true];
  expect(await world.run(...hook)).toMatchObject({ code: 1, stderr: 'Nothing was changed.\n' });
  expect(world.github.current).toEqual([]);
  const { code, stdout } = await world.run(...hook);
  expect(code).toBe(0);
  expect(world.asked.at(-1)?.message).toBe('Create the webhook of acme?');
  expect(stdout).toContain(
    `Create the webhook of acme with the URL ${url}: the organisation has no webhook with this URL`,
  );
  expect(stdout).toContain('  events: "fork, public, repository"');
});

test('without a terminal needs --yes, before anything is changed; a dry run changes nothing', async () => {
  using world = await deployed();
  expect(await world.run(...hook)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Add --yes'),
  });
  const dry = await world.run(...hook, '--dry-run', '--redeliver', '--json');
  expect(dry.code).toBe(0);
  expect(last(dry)).toMatchObject({ did: 'create', dryRun: true });
  world.github.add(right(world));
  expect(last(await world.run(...hook, '--dry-run', '--json'))).toMatchObject({
    did: 'keep',
    message:
      'Nothing changed: the webhook is up to date. GitHub does not show whether the secret is right.',
  });
  expect(new Set(world.github.calls)).toEqual(new Set(['hooks']));
});

test('leaves alone what is right, once a ping has shown that its secret is', async () => {
  using world = await deployed();
  world.github.add(right(world));
  const run = await world.run(...hook, '--json');
  expect(run.code).toBe(0);
  expect(last(run)).toMatchObject({
    did: 'keep',
    message: 'Nothing changed: the webhook is up to date. Its ping was answered with 200 (OK).',
  });
  expect(world.github.calls).not.toContain('updateHook');
});

test('gives the secret anew to one that signs with another', async () => {
  using world = await deployed();
  const { id } = world.github.add({ ...right(world), secret: 'of an earlier stack' });
  const run = await world.run(...hook, '--yes', '--json');
  expect(run.notes[0]).toMatchObject({
    do: 'update',
    because: 'its ping was answered with 401 (Invalid HTTP Response), so its secret is wrong',
    differences: [{ what: 'secret' }],
  });
  expect(last(run)).toMatchObject({ ok: true, did: 'update', hook: id });
  expect(world.github.current).toMatchObject([{ id, secret: world.secret }]);
});

describe('a secret that was replaced', () => {
  /** A world in which GitHub and the function have the secret of before. */
  async function rotated(agoMs: number): Promise<FakeWorld> {
    const world = await deployed();
    const arn = webhookRule.outputs?.['WebhookSecretArn'] ?? '';
    const replaced = new Date(world.cloud.now() - agoMs);
    world.cloud.stored.set(arn, { arn, tags: {}, deleted: false, replaced });
    world.github.add({ ...right(world), secret: 'of before' });
    let cached = 'of before';
    let readAt = 0;
    // As the function does it: it reads the secret again after a wrong signature, at most once a minute.
    world.github.receiver = (given) => {
      if (given !== cached && world.cloud.now() - readAt >= 60_000) {
        cached = world.secret;
        readAt = world.cloud.now();
      }
      return given === cached ? 200 : 401;
    };
    return world;
  }

  test('a moment ago is given to GitHub, although the function still takes the one before', async () => {
    using world = await rotated(30_000);
    const run = await world.run(...hook, '--yes', '--json');
    expect(run.notes[0]).toMatchObject({
      do: 'update',
      because: expect.stringContaining('the function may still accept the one before'),
      differences: [{ what: 'secret' }],
    });
    expect(last(run)).toMatchObject({ ok: true, did: 'update' });
    expect(world.github.current).toMatchObject([{ secret: world.secret }]);
  });

  test('a dry run says so too', async () => {
    using world = await rotated(30_000);
    expect(last(await world.run(...hook, '--dry-run', '--json'))).toMatchObject({ did: 'update' });
  });

  test('while the function does not read it again, the ping is repeated after a minute', async () => {
    using world = await rotated(30_000);
    // Somebody else's wrong signature made it read just before the secret was replaced.
    const read = world.github.receiver;
    const busyUntil = world.cloud.now() + 50_000;
    world.github.receiver = (given, event) =>
      given === world.secret && world.cloud.now() < busyUntil ? 401 : read(given, event);
    const run = await world.run(...hook, '--yes', '--json');
    expect(last(run)).toMatchObject({ ok: true, did: 'update' });
    expect(run.notes.some(({ message }) => String(message).includes('Waiting for a minute'))).toBe(
      true,
    );
  });

  test('long ago is what a ping tells', async () => {
    using world = await rotated(10 * 60_000);
    world.github.receiver = (given) => (given === world.secret ? 200 : 401);
    world.github.current = [];
    world.github.add(right(world));
    expect(last(await world.run(...hook, '--json'))).toMatchObject({ did: 'keep' });
  });
});

test('updates one that differs, and leaves those of others alone', async () => {
  using world = await deployed();
  const other = world.github.add({ url: 'https://other.example.com/', events: ['push'] });
  world.github.add({ url, events: ['push'], contentType: 'form', active: false });
  const { code, stdout } = await world.run(...hook, '--yes');
  expect(code).toBe(0);
  expect(stdout).toContain('  events: + "fork", + "public", + "repository", - "push"');
  expect(stdout).toContain('  content type: "form" → "json"');
  expect(world.github.current).toMatchObject([
    other,
    { url, events, contentType: 'json', active: true, secret: world.secret },
  ]);
});

test('says so when GitHub would deliver everything twice', async () => {
  using world = await deployed();
  world.github.add(right(world));
  const { id } = world.github.add(right(world));
  expect((await world.run(...hook)).stdout).toContain(`more webhooks with this URL: ${id}.`);
  const { notes } = await world.run(...hook, '--json');
  expect(notes.flatMap(({ duplicates }) => duplicates ?? [])).toEqual([id]);
});

describe('a ping that is not answered well', () => {
  test.each([
    [503, 'its ping was answered with 503 (Invalid HTTP Response). Check the function'],
    [404, 'Deploy the rule again'],
    [0, 'its ping was not answered (timed out). GitHub could not reach the URL'],
  ])('%s fails the command, and says what to do', async (status, words) => {
    using world = await deployed();
    world.github.receiver = () => status;
    const run = await world.run(...hook, '--yes', '--redeliver', '--json');
    expect(run.code).toBe(1);
    expect(last(run)).toMatchObject({
      ok: false,
      did: 'create',
      message: expect.stringContaining(words),
    });
    expect(run.stderr).toContain('Created the webhook 101 of acme. But ');
    // What cannot arrive is not sent again.
    expect(world.github.calls).not.toContain('redeliver');
  });

  test('one that GitHub does not show is waited for, but not forever', async () => {
    using world = await deployed();
    world.github.showsAfter = 1000;
    const began = world.cloud.now();
    const run = await world.run(...hook, '--yes');
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('within 30 s') });
    expect(world.cloud.now() - began).toBeLessThan(40_000);
    world.github.showsAfter = 5;
    expect(await world.run(...hook)).toMatchObject({ code: 0 });
  });

  test('an earlier one that was answered does not count for it', async () => {
    using world = await deployed();
    world.github.add(right(world));
    expect(last(await world.run(...hook, '--json'))).toMatchObject({ did: 'keep' });
    world.github.receiver = () => 503;
    const run = await world.run(...hook, '--yes', '--json');
    expect(run.code).toBe(1);
    expect(last(run)).toMatchObject({
      ok: false,
      did: 'none',
      message: expect.stringMatching(
        /^Nothing changed: the webhook is up to date\. But its ping was answered with 503/,
      ),
    });
    // Its secret is right, so that there is nothing to set anew.
    expect(world.github.calls).not.toContain('updateHook');
  });

  test('an interrupt while waiting says how far it came', async () => {
    using world = await deployed();
    world.controller.abort();
    expect(await world.run(...hook, '--yes')).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('The webhook is set'),
    });
  });
});

describe('--redeliver', () => {
  const day = 24 * 60 * 60 * 1000;

  async function missed(): Promise<FakeWorld> {
    const world = await deployed();
    world.github.add(right(world));
    const attempt = (id: number, guid: string, statusCode: number, days: number): object => ({
      id,
      guid,
      event: 'fork',
      statusCode,
      status: String(statusCode),
      deliveredAt: new Date(world.cloud.now() - days * day),
    });
    world.github.attempts = [
      attempt(5, 'b', 503, 0.5),
      attempt(4, 'c', 200, 1),
      attempt(3, 'c', 503, 1.5),
      attempt(2, 'a', 0, 2),
      attempt(1, 'too old', 503, 4),
    ] as typeof world.github.attempts;
    return world;
  }

  test('has what failed in the last three days sent once more, and counts what arrives', async () => {
    using world = await missed();
    const run = await world.run(...hook, '--redeliver', '--json');
    expect(run.code).toBe(0);
    expect(run.notes.filter(({ type }) => type === 'progress')).toMatchObject([
      {
        message: expect.stringMatching(/^Redelivering fork a of .*\. It was not answered/),
        redelivering: { event: 'fork', guid: 'a', statusCode: 0 },
      },
      {
        message: expect.stringMatching(/^Redelivering fork b of .*\. It was answered with 503/),
        redelivering: { event: 'fork', guid: 'b', statusCode: 503 },
      },
    ]);
    expect(last(run)).toMatchObject({
      ok: true,
      did: 'keep',
      redelivered: { asked: 2, answered: 2 },
      message: expect.stringContaining('Redelivered 2 failed deliveries: 2 succeeded.'),
    });
    expect(last(await world.run(...hook, '--redeliver', '--json'))).toMatchObject({
      redelivered: { asked: 0, answered: 0 },
      message: expect.stringContaining('No delivery of the last three days failed.'),
    });
  });

  test('what still does not arrive is a failure', async () => {
    using world = await missed();
    world.github.receiver = (_, event) => (event === 'ping' ? 200 : 503);
    const run = await world.run(...hook, '--redeliver', '--json');
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('2 failed again or got no answer within'),
    });
    expect(last(run)).toMatchObject({ ok: false, redelivered: { asked: 2, answered: 0 } });
  });
});

describe('--redeliver of a webhook that missed much', () => {
  async function missed(count: number): Promise<FakeWorld> {
    const world = await deployed();
    world.github.add(right(world));
    world.github.attempts = Array.from({ length: count }, (_, index) => ({
      id: 10_000 - index,
      guid: `guid-of-${index}`,
      event: 'fork',
      statusCode: 503,
      status: 'Invalid HTTP Response',
      deliveredAt: new Date(world.cloud.now() - 60_000 * (index + 1)),
    }));
    return world;
  }

  test('more attempts than GitHub shows at once are all looked at', async () => {
    using world = await missed(120);
    const run = await world.run(...hook, '--redeliver', '--json');
    expect(last(run)).toMatchObject({ ok: true, redelivered: { asked: 120, answered: 120 } });
    expect(run.code).toBe(0);
  });

  test('a ping among many other deliveries is found', async () => {
    using world = await missed(3);
    // What GitHub delivers while the ping is waited for.
    const busy = Array.from({ length: 120 }, (_, index) => ({
      id: 20_000 + index,
      guid: `busy-${index}`,
      event: 'push',
      statusCode: 202,
      status: 'Accepted',
      deliveredAt: new Date(world.cloud.now() + 3_600_000),
    }));
    const deliveries = world.github.deliveries.bind(world.github);
    world.github.deliveries = async (org, id, since) => {
      const known = await deliveries(org, id, new Date(0));
      const all = world.github.calls.includes('ping') ? [...busy, ...known] : known;
      return since ? all.filter(({ deliveredAt }) => deliveredAt >= since) : all.slice(0, 100);
    };
    expect(last(await world.run(...hook, '--json'))).toMatchObject({ ok: true, did: 'keep' });
  });

  test('one that GitHub refuses is told of and does not keep the others', async () => {
    using world = await missed(3);
    const error = new GitHubError('invalid', 'POST /attempts', 'Cannot redeliver');
    world.github.faults.push({ call: 'redeliver', attempt: 9999, error });
    const run = await world.run(...hook, '--redeliver', '--json');
    expect(run.code).toBe(1);
    expect(run.notes.filter(({ type }) => type === 'warning')).toEqual([
      { type: 'warning', message: 'POST /attempts failed: Cannot redeliver.' },
    ]);
    expect(last(run)).toMatchObject({
      ok: false,
      redelivered: { asked: 3, answered: 2 },
      message: expect.stringMatching(
        /Redelivered 2 failed deliveries: 2 succeeded\. 1 could not be redelivered\. Run the same command again to retry the rest\.$/,
      ),
    });
    expect(world.github.attempts.filter(({ statusCode }) => statusCode === 200)).toHaveLength(3);
  });

  test('a token that is slowed down is not used further', async () => {
    using world = await missed(5);
    const error = new GitHubError('limited', 'POST /attempts', 'Wait');
    world.github.faults.push({ call: 'redeliver', attempt: 9998, error });
    const run = await world.run(...hook, '--redeliver', '--json');
    expect(run.code).toBe(1);
    expect(last(run)).toMatchObject({ redelivered: { asked: 5, answered: 2 } });
    expect(world.github.calls.filter((call) => call === 'redeliver')).toHaveLength(3);
  });
});

describe('what can be wrong', () => {
  test.each([
    [['hook', 'demo/watch'], "required option '--org <name>' not specified"],
    [[...hook.slice(0, 3), 'a/b'], '--org expects the name of the organisation'],
    [[...hook, '--url', 'github.example.com'], '--url expects the https:// URL'],
    [[...hook, '--url', 'http://github.example.com/api/v3'], '--url expects the https:// URL'],
    [[...hook, '--url', 'http://localhost.example.com/'], '--url expects the https:// URL'],
    [[...hook, '--url', 'ftp://localhost/'], '--url expects the https:// URL'],
    [[...hook, '--url', 'https://alice:x@github.example.com/'], '--url expects the https:// URL'],
    [[...hook, '--url', 'https://github.example.com/?x'], '--url expects the https:// URL'],
  ])('%j is wrong usage', async (argv, words) => {
    using world = new FakeWorld(webhookRule);
    expect(await world.run(...argv)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(words),
    });
    expect(world.cloud.calls).toEqual([]);
  });

  test('a rule without a webhook', async () => {
    using world = new FakeWorld();
    expect(await world.run(...hook)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('demo/watch has no webhook to register'),
    });
  });

  test("a rule on another sender's webhook, of which `info` says what to enter there", async () => {
    const triggers = [{ kind: 'webhook', from: slack, events: ['team_join'] }] as const;
    using world = new FakeWorld({ ...webhookRule, triggers });
    const deployment = await world.run('demo/watch', '--alert-email', 'a@b.cc', '--yes');
    expect(deployment.stdout).toContain(
      'Slack does not know the webhook yet. `patrol-deploy info demo/watch --region eu-west-1` shows what to enter there.',
    );
    expect(await world.run(...hook)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('demo/watch takes deliveries of Slack'),
    });
    const { stdout } = await world.run('info', 'demo/watch', '--region', 'eu-west-1');
    const [, shown = ''] = stdout.split('Webhook\n');
    expect(shown).toContain('  To register it at Slack:\n');
    expect(shown).toMatch(/ URL +https:\/\/abc\.execute-api\.eu-west-1\.amazonaws\.com\/\n/);
    expect(shown).toContain('Slack makes the secret.');
    expect(shown).toContain('secretsmanager put-secret-value');
    expect(shown).not.toContain('GitHub');
  });

  test('a rule that is not deployed, or whose stack has no endpoint', async () => {
    using world = new FakeWorld(webhookRule);
    expect(await world.run(...hook)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('`patrol-deploy demo/watch --region eu-west-1` deploys it'),
    });
    using old = new FakeWorld({ ...webhookRule, outputs: {} });
    await old.run('demo/watch', '--alert-email', 'a@b.cc', '--yes');
    expect(await old.run(...hook)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no outputs WebhookUrl and WebhookSecretArn'),
    });
    using foreign = new FakeWorld(webhookRule);
    foreign.cloud.stacks.add({ name: stack, tags: { a: 'b' } });
    expect(await foreign.run(...hook)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("it is not Patrol's"),
    });
  });

  test('a secret that may not be read', async () => {
    using world = await deployed();
    world.cloud.secrets.clear();
    expect(await world.run(...hook)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^secretsmanager:GetSecretValue failed: /),
    });
    expect(world.gitHubOptions).toEqual([]);
  });

  test('no token: asked for in a terminal, without showing it; wrong usage elsewhere', async () => {
    using world = await deployed();
    world.environment = {};
    expect(await world.run(...hook)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('in GH_TOKEN or GITHUB_TOKEN; found neither'),
    });
    world.answers = ['asked-for', true];
    expect(await world.run(...hook)).toMatchObject({ code: 0 });
    expect(world.gitHubOptions).toEqual([{ token: 'asked-for' }]);
    world.environment = { GITHUB_TOKEN: 'second', GH_TOKEN: '' };
    await world.run(...hook);
    expect(world.gitHubOptions.at(-1)).toEqual({ token: 'second' });
    world.environment = { GH_TOKEN: 'a b' };
    const wrong = await world.run(...hook);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('no token has') });
    expect(wrong.stderr).not.toContain('a b');
  });

  test.each([
    ['https://github.example.com/api/v3', 'first-of-the-enterprise'],
    ['http://127.0.0.1:4001', 'first-of-the-enterprise'],
    ['http://localhost:4001/api/v3', 'first-of-the-enterprise'],
    ['https://notghe.com', 'first-of-the-enterprise'],
    ['https://api.github.com.example.com', 'first-of-the-enterprise'],
    ['https://api.acme.ghe.com/', 'first'],
    ['https://API.github.com', 'first'],
  ])('%s is given the token that is for it', async (at, expected) => {
    using world = await deployed();
    world.environment = {
      GH_TOKEN: 'first',
      GITHUB_TOKEN: 'second',
      GH_ENTERPRISE_TOKEN: 'first-of-the-enterprise',
      GITHUB_ENTERPRISE_TOKEN: 'second-of-the-enterprise',
    };
    await world.run(...hook, '--url', at, '--yes');
    expect(world.gitHubOptions).toEqual([{ token: expected, url: at }]);
  });

  test('a server of an enterprise is not given a token for github.com', async () => {
    using world = await deployed();
    world.environment = { GH_TOKEN: token, GITHUB_TOKEN: token };
    const run = await world.run(...hook, '--url', 'https://github.example.com/api/v3');
    expect(run).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'in GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN; found neither',
      ),
    });
    expect(world.gitHubOptions).toEqual([]);
    world.environment = { GITHUB_ENTERPRISE_TOKEN: 'of-theirs' };
    await world.run(...hook, '--url', 'https://github.example.com/api/v3', '--yes');
    expect(world.gitHubOptions).toMatchObject([{ token: 'of-theirs' }]);
  });

  test.each([
    ['token', 'Set another in GH_TOKEN'],
    ['forbidden', 'admin:org_hook'],
    ['missing', 'The organisation does not exist, or the token may not see its webhooks'],
    ['limited', 'Run the same command again later'],
    ['unreachable', 'Check the network'],
  ] as const)('GitHub’s answer "%s" is explained', async (failure, words) => {
    using world = await deployed();
    const error = new GitHubError(failure, 'GET /orgs/acme/hooks', 'Some reason');
    world.github.faults.push({ call: 'hooks', error });
    const run = await world.run(...hook, '--json');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^GET \/orgs\/acme\/hooks failed: Some reason\. /);
    expect(run.stderr).toContain(words);
    expect(last(run)).toMatchObject({ type: 'result', ok: false });
  });
});

test('neither the secret nor the token is ever printed', async () => {
  using world = await deployed();
  const runs = [
    await world.run(...hook, '--yes'),
    await world.run(...hook, '--yes', '--json'),
    await world.run('info', 'demo/watch'),
    await world.run('info', 'demo/watch', '--json'),
  ];
  for (const { stdout, stderr } of runs) {
    expect(stdout + stderr).not.toContain(world.secret);
    expect(stdout + stderr).not.toContain(token);
  }
});
