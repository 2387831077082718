import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeCloud } from '../testing/cloud.ts';
import { CloudError } from '../cloud/cloud.ts';
import { Killed } from '../testing/faults.ts';
import { FakeWorld, installRule } from '../testing/world.ts';

/** How `plan` exits when nothing is to be done, and nobody has confirmed the subscriptions yet. */
const nothingToDo = 5;

const names = ['a', 'b', 'c'];
const stackOf = (name: string): string => `patrol-${name}-watch-production`;
const base = 'patrol-base-security-production';

/** A fleet of three rules in one region, or as a test wants it. */
const source = ({
  regions = 'eu-west-1',
  alerts = 'email: security@example.com',
  rules = names,
  rest = '',
}: { regions?: string; alerts?: string; rules?: readonly string[]; rest?: string } = {}): string =>
  [
    'version: 1',
    'fleet: security',
    `regions: [${regions}]`,
    `alerts: { ${alerts} }`,
    'rules:',
    ...rules.map((name) => `  ${name}/watch: { parameters: { actions: StopLogging } }`),
    rest,
    '',
  ].join('\n');

function fleetWorld(text: string = source()): FakeWorld {
  const world = new FakeWorld('nothing');
  for (const name of names) {
    installRule(world.folder, { packageName: `@patrol/rules-${name}`, code: `zip ${name}` });
  }
  write(world, text);
  return world;
}

const write = (world: FakeWorld, text: string): void =>
  writeFileSync(join(world.folder, 'patrol.yaml'), text);

const status = ({ cloud }: FakeWorld, name: string): string | undefined =>
  cloud.stacks.find(stackOf(name))?.status;

describe('plan', () => {
  test('says what is pending with 3, and that nothing is with 0', async () => {
    using world = fleetWorld();
    const run = await world.run('plan');
    expect(run).toMatchObject({ code: 3, stderr: '' });
    expect(run.stdout).toContain(
      'Create 3 stacks: they do not exist yet\n  3 in eu-west-1 (account',
    );
    expect(run.stdout).toContain('Fleet security (production): 3 stacks to create.');
    expect(run.stdout).toMatch(/\nTo make these changes: `patrol-deploy apply`\n$/);
    expect(world.cloud.stacks.all).toEqual([]);
    expect((await world.run('apply', '--yes')).code).toBe(0);
    const again = await world.run('plan');
    expect(again.stdout).not.toContain('To make these changes');
    expect(again).toMatchObject({
      code: nothingToDo,
      stdout: expect.stringContaining('3 stacks up to date.'),
    });
    // Once somebody has confirmed, there is nothing left to be told.
    world.cloud.confirmed.add('security@example.com');
    expect((await world.run('plan')).code).toBe(0);
    expect((await world.run('plan', '--json')).code).toBe(0);
  });

  test('--markdown tells permissions of new and other templates, only reads, and gives the same bytes again', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes', '--only', 'a/*,b/*');
    const policy = {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] },
    };
    const wider = { resources: { Wider: { Type: 'AWS::IAM::Policy', Properties: policy } } };
    installRule(world.folder, { packageName: '@patrol/rules-b', code: 'zip b', ...wider });
    world.cloud.calls = [];
    const run = await world.run('plan', '--markdown');
    expect(run).toMatchObject({ code: 3, stderr: '' });
    expect(run.stdout).toContain(
      'Fleet security (production): 1 stack to create, 1 stack to update',
    );
    expect(run.stdout).toContain('### Resources and permissions');
    expect(run.stdout).toContain('+ Wider: Allow Action iam:*; Resource *');
    expect(run.stdout).toContain('+ 4 resources: 1 × SNS::Topic');
    expect(run.stdout).toContain('### Stacks');
    const reads = ['place', 'allStacks', 'allSubscriptions', 'template'];
    expect([...new Set(world.cloud.calls)].filter((call) => !reads.includes(call))).toEqual([]);
    expect((await world.run('plan', '--markdown')).stdout).toBe(run.stdout);
    // Whoever may not read the template is told so.
    const error = new CloudError('denied', 'cloudformation:GetTemplate', 'No.');
    world.cloud.faults.push({ call: 'template', error });
    const denied = await world.run('plan', '--markdown');
    expect(denied.stdout).toContain('What changes in its resources and permissions is not known.');
    expect(await world.run('plan', '--markdown', '--json')).toMatchObject({ code: 2 });
  });

  test('the command that makes the changes has the options of the plan', async () => {
    using world = fleetWorld();
    write(world, source());
    const options = ['--only', 'a/*,b/watch', '--all', '--prune'];
    const { stdout } = await world.run('plan', ...options, '--profile', 'ops');
    const [, typed = ''] = /To make these changes: `patrol-deploy (.*)`/.exec(stdout) ?? [];
    expect(typed).toBe("apply --profile ops --only 'a/*,b/watch' --all --prune");
  });

  test('--json is one document; the schema is written once', async () => {
    using world = fleetWorld();
    const run = await world.run('plan', '--json', '--only', 'a/*,b/watch');
    expect(JSON.parse(run.stdout)).toMatchObject({
      fleet: 'security',
      counts: { create: 2, keep: 0 },
      steps: [
        { name: 'a/watch', do: 'create', because: 'it does not exist yet', region: 'eu-west-1' },
        { name: 'b/watch', differences: expect.arrayContaining([expect.anything()]) },
      ],
    });
    const schema = join(world.folder, 'patrol.schema.json');
    expect(readFileSync(schema, 'utf8')).toContain('a/watch');
  });

  test('what is wrong with the file is said with its lines, and ends with 2', async () => {
    using world = fleetWorld(source({ rules: ['nope', 'a'] }));
    const run = await world.run('plan');
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('patrol.yaml:6:');
    expect(world.cloud.calls).toEqual(['place']);
    expect(await world.run('plan', '--file', 'other.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no file other.yaml.'),
    });
  });

  test('a no-op asks as often for 200 stacks as its pages of DescribeStacks need', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    for (let index = 0; index < 250; index += 1) world.cloud.stacks.add({ name: `other-${index}` });
    world.cloud.calls = [];
    expect((await world.run('plan')).code).toBe(nothingToDo);
    expect(world.cloud.calls).toEqual([
      'place',
      'allStacks',
      'allStacks',
      'allStacks',
      'allSubscriptions',
    ]);
  });

  test('a place that cannot be looked at refuses its stacks, and ends with 1', async () => {
    using world = fleetWorld();
    const error = new CloudError('denied', 'cloudformation:DescribeStacks', 'No.');
    world.cloud.faults.push({ call: 'allStacks', error });
    const run = await world.run('plan');
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('eu-west-1 (account 111122223333) could not be read.');
  });

  test('a topic that is not there is refused before anything is looked at', async () => {
    using world = fleetWorld(
      source({ alerts: 'topic: "arn:aws:sns:eu-west-1:111122223333:alerts"' }),
    );
    const error = new CloudError('missing', 'sns:ListSubscriptionsByTopic', 'No.');
    world.cloud.faults.push({ call: 'subscriptions', error });
    const run = await world.run('plan');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('There is no topic arn:aws:sns:eu-west-1:111122223333:alerts.');
  });
});

describe('apply', () => {
  test('asks, and does nothing without a yes', async () => {
    using world = fleetWorld();
    world.answers = [false];
    expect(await world.run('apply')).toMatchObject({ code: 1 });
    expect(world.asked[0]?.message).toBe('Go ahead: 3 stacks to create?');
    expect(world.cloud.stacks.all).toEqual([]);
    world.answers = undefined;
    expect((await world.run('apply')).code).toBe(2);
    expect(world.cloud.stacks.all).toEqual([]);
  });

  test('shows what it does to resources and permissions before it asks, and carries that out', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes', '--only', 'a/watch,b/watch');
    const policy = (Action: string): unknown => ({
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] },
      },
    });
    const wider = { resources: { Wider: policy('iam:*') } };
    installRule(world.folder, { packageName: '@patrol/rules-b', code: 'zip b', ...wider });
    world.answers = [false];
    world.cloud.calls = [];
    const refused = await world.run('apply');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(`${stackOf('b')} eu-west-1 111122223333`);
    expect(refused.stdout).toContain('+ Wider: Allow Action iam:*; Resource *');
    expect(refused.stdout).toContain(
      '! permission: the template has Wider: Allow Action iam:*; Resource *, rules.json does not.',
    );
    expect(refused.stdout).toContain(`${stackOf('c')} eu-west-1 111122223333`);
    expect(refused.stdout).toMatch(/\+ 4 resources: 1 × SNS::Topic, 1 × Lambda::Function/);
    expect(world.cloud.stacks.changeSets).toEqual([]);
    expect(world.cloud.calls).not.toContain('executeChangeSet');
    world.answers = [true];
    world.cloud.calls = [];
    const run = await world.run('apply');
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout.match(/\+ Wider: Allow/g)).toHaveLength(1);
    // One for the update, which is the one that was shown, and one for the creation.
    expect(world.cloud.calls.filter((call) => call === 'createChangeSet')).toHaveLength(2);
    expect(status(world, 'b')).toBe('UPDATE_COMPLETE');
    expect(world.cloud.stacks.changeSets).toEqual([]);
  });

  test('what a run that was killed at the question left is removed by the next, whatever is answered', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    write(world, source().replaceAll('StopLogging', 'DeleteTrail'));
    world.answers = [new Killed('at the question')];
    await world.run('apply');
    world.revive();
    expect(world.cloud.stacks.changeSets).toHaveLength(3);
    world.answers = [false];
    world.cloud.calls = [];
    expect((await world.run('apply')).code).toBe(1);
    expect(world.cloud.stacks.changeSets).toEqual([]);
    expect(world.cloud.calls.filter((call) => call === 'pendingChangeSets')).toHaveLength(3);
    // What is kept costs nothing.
    write(world, source());
    world.cloud.calls = [];
    await world.run('apply');
    expect(world.cloud.calls).not.toContain('pendingChangeSets');
  });

  test('whoever stops at the question leaves no change sets behind', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    write(world, source().replaceAll('StopLogging', 'DeleteTrail'));
    world.answers = [undefined];
    expect((await world.run('apply')).code).toBe(130);
    expect(world.cloud.calls.filter((call) => call === 'createChangeSet')).toHaveLength(6);
    expect(world.cloud.stacks.changeSets).toEqual([]);
    world.answers = undefined;
    world.cloud.calls = [];
    expect((await world.run('apply')).code).toBe(2);
    expect(world.cloud.calls).not.toContain('createChangeSet');
  });

  test('what was shown and is not begun is taken back', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    write(world, source({ alerts: 'email: security@example.com, shared: true' }));
    world.cloud.stacks.failing = { AlertTopic: 'It is not allowed.' };
    world.answers = [true];
    world.cloud.calls = [];
    const run = await world.run('apply');
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/update: skipped +Not started: it needs\s+patrol-base-security/);
    expect(world.cloud.calls.filter((call) => call === 'createChangeSet')).toHaveLength(4);
    expect(world.cloud.stacks.changeSets).toEqual([]);
  });

  test('what cannot be shown is said, and keeps nothing else from being done', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    write(world, source().replaceAll('StopLogging', 'DeleteTrail'));
    const error = new CloudError('denied', 'cloudformation:CreateChangeSet', 'No.');
    world.cloud.faults.push({ call: 'createChangeSet', error });
    world.answers = [true];
    const run = await world.run('apply');
    expect(run.stdout).toContain('The changes cannot be shown.');
    expect(run.code, run.stderr).toBe(0);
    expect(world.cloud.stacks.changeSets).toEqual([]);
  });

  test('no bucket is made before somebody agrees, also not to show an update', async () => {
    using world = fleetWorld();
    const { cloud } = world;
    await world.run('apply', '--yes', '--only', 'a/watch');
    cloud.buckets.clear();
    write(world, source({ rules: ['a'] }).replace('StopLogging', 'x'));
    const bucket = `patrol-artifacts-${cloud.home.account}-${cloud.home.region}`;
    world.answers = [false];
    const run = await world.run('apply');
    expect(run.stdout).toContain(`The bucket ${bucket} does not exist yet.`);
    expect([run.code, cloud.buckets.has(bucket)]).toEqual([1, false]);
    world.answers = [true];
    expect(await world.run('apply')).toMatchObject({ code: 0 });
    expect(cloud.buckets.has(bucket)).toBe(true);
    expect(cloud.stacks.find(stackOf('a'))?.parameters['actions']).toBe('x');
  });

  test('says what has to be confirmed, once for all stacks', async () => {
    using world = fleetWorld();
    const run = await world.run('apply', '--yes');
    expect(run.stdout).toContain('Until security@example.com confirms 3 subscriptions');
    const { cloud } = world;
    cloud.allStacks = async () => (await FakeCloud.prototype.allStacks.call(cloud)).toReversed();
    const plan = await world.run('plan');
    expect(plan.stdout).toContain(
      'confirms 3 subscriptions, one for each stack, nobody receives the alerts of patrol-a-watch-production, patrol-b-watch-production and patrol-c-watch-production in eu-west-1. To confirm, open the link in the message "AWS Notification - Subscription Confirmation" from SNS. With `alerts: { shared: true }` there is only one to confirm.',
    );
    world.cloud.confirmed.add('security@example.com');
    expect((await world.run('apply', '--yes')).stdout).not.toContain('has to confirm');
    world.cloud.confirmed.clear();
    write(world, source({ alerts: 'email: security@example.com, shared: true' }));
    const shared = await world.run('apply', '--yes');
    expect(shared.stdout).toContain('Until security@example.com confirms the subscription to');
  });

  test('warns of alerts that nobody hears until a new subscription is confirmed', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    world.cloud.confirmed.add('security@example.com');
    write(world, source({ alerts: 'email: security@example.com, shared: true' }));
    const shared = await world.run('plan');
    expect(shared.stdout).toContain(
      `Until security@example.com confirms the new subscription, nobody receives the alerts of ${stackOf('a')} in eu-west-1, ${stackOf('b')} in eu-west-1 and ${stackOf('c')} in eu-west-1`,
    );
    await world.run('apply', '--yes');
    write(world, source({ alerts: 'email: other@example.com, shared: true' }));
    expect((await world.run('plan')).stdout).toContain('Until other@example.com confirms');
    write(world, source({ alerts: 'email: other@example.com', rules: ['a'] }));
    expect((await world.run('plan', '--only', 'a/watch')).stdout).toContain(
      'Until other@example.com confirms',
    );
    write(world, source());
    expect((await world.run('plan')).stdout).toContain('Until security@example.com confirms');
  });

  test('a topic that somebody deleted is a failure, with what puts it back', async () => {
    using world = fleetWorld(source({ alerts: 'email: security@example.com, shared: true' }));
    const { cloud } = world;
    await world.run('apply', '--yes');
    cloud.allSubscriptions = async () => [];
    cloud.subscriptions = (topic) => {
      const message = `Topic ${topic} does not exist`;
      throw new CloudError('missing', 'sns:ListSubscriptionsByTopic', message);
    };
    const plan = await world.run('plan');
    expect(plan.code).toBe(1);
    expect(plan.stdout).toContain(
      `There is no topic arn:aws:sns:eu-west-1:111122223333:${base}-alerts: the alerts of 4 stacks in eu-west-1 are lost.`,
    );
    expect(plan.stdout).toContain(`aws sns create-topic --name ${base}-alerts --region eu-west-1`);
    const apply = await world.run('apply', '--yes');
    expect(apply.code).toBe(1);
    expect(apply.stderr).toContain('There is no topic');
    expect((await world.run('plan', '--json')).notes[0]).toMatchObject({
      lost: ['machines', 'alerts'].map((name) => ({
        message: expect.stringContaining('There is no topic'),
        topics: [`arn:aws:sns:eu-west-1:111122223333:${base}-${name}`],
        what: 'alerts',
      })),
    });
  });

  test('what was selected is not taken for the whole fleet', async () => {
    using world = fleetWorld();
    const run = await world.run('apply', '--yes', '--only', 'a/watch');
    expect(run.stdout).toContain(
      'The part of the fleet security that --only selects now matches its file: 1 stack changed.',
    );
    const again = await world.run('apply', '--yes', '--only', 'a/*');
    expect(again.stdout).toContain(
      'Nothing changed: the part of the fleet security that --only selects matches',
    );
    expect(await world.run('apply', '--yes', '--only', '')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('found none'),
    });
  });

  test('what an earlier file had in another region is pruned wherever the account has regions', async () => {
    using world = fleetWorld(source({ regions: 'eu-west-1, us-east-1' }));
    const other = new FakeCloud({ region: 'us-east-1' });
    world.others.set('111122223333/us-east-1', other);
    await world.run('apply', '--yes');
    write(world, source());
    world.regions = ['eu-west-1', 'us-east-1'];
    expect((await world.run('plan', '--prune')).stdout).toContain(
      `Delete ${stackOf('a')} in us-east-1`,
    );
    world.regions = undefined;
    const blind = await world.run('plan', '--prune');
    expect(blind).toMatchObject({
      code: nothingToDo,
      stdout: expect.stringContaining('Only the regions of the file were searched'),
    });
    world.regions = ['eu-west-1', 'us-east-1'];
    const error = new CloudError('denied', 'cloudformation:DescribeStacks', 'An SCP denies it.');
    other.faults.push({ call: 'allStacks', error });
    const partly = await world.run('plan', '--prune');
    expect(partly).toMatchObject({
      code: nothingToDo,
      stdout: expect.stringContaining(
        'us-east-1 (account 111122223333) may still have orphaned stacks',
      ),
    });
    const run = await world.run('apply', '--prune', '--yes');
    expect(run.code, run.stderr).toBe(0);
    expect(other.stacks.all.every(({ status: state }) => state === 'DELETE_COMPLETE')).toBe(true);
    expect(status(world, 'a')).toBe('CREATE_COMPLETE');
  });

  test('a file without rules leaves nothing behind with --prune', async () => {
    using world = fleetWorld(source({ alerts: 'email: security@example.com, shared: true' }));
    await world.run('apply', '--yes');
    write(world, `${source({ rules: [] }).replace('rules:', 'rules: {}')}`);
    expect((await world.run('plan')).stdout).toContain('4 stacks no longer in the file');
    expect((await world.run('apply', '--prune', '--yes')).code).toBe(0);
    expect(['a', 'b', 'c'].map((name) => status(world, name))).toEqual(Array(3).fill(undefined));
  });

  test('a second round that fails does not hide what the first has done', async () => {
    const rest = 'alarms: { email: security@example.com }';
    const alerts = 'email: security@example.com, shared: true';
    using world = fleetWorld(source({ alerts, rest }));
    const { cloud } = world;
    await world.run('apply', '--yes');
    write(world, source({ rest }));
    const error = new CloudError('credentials', 'sts:GetCallerIdentity', 'They expired.');
    cloud.faults.push({ call: 'place', after: 1, times: 9, error });
    const run = await world.run('apply', '--yes');
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('3 stacks changed.') });
    expect(run.stdout).toContain('The next run deletes them. sts:GetCallerIdentity failed');
  });

  test('whoever stops at the second question has interrupted, and is told what the first round has done', async () => {
    const rest = 'alarms: { email: security@example.com }';
    const alerts = 'email: security@example.com, shared: true';
    using world = fleetWorld(source({ alerts, rest }));
    await world.run('apply', '--yes');
    write(world, source({ rest }));
    world.answers = [true, undefined];
    const run = await world.run('apply');
    expect(run.code).toBe(130);
    expect(run.stdout).toMatch(/patrol-a-watch-production .*update: done/);
    expect(world.cloud.stacks.changeSets).toEqual([]);
    expect(world.cloud.stacks.find(base)?.parameters['AlertEmail']).toBe('security@example.com');
  });

  test('--all has every installed rule but those that the file turns off', async () => {
    const rest = '  b/watch: false\ndefaults: { parameters: { actions: x } }';
    using world = fleetWorld(source({ rules: ['a'], rest }));
    expect((await world.run('apply', '--yes', '--all')).code).toBe(0);
    expect(['a', 'b', 'c'].map((name) => status(world, name))).toEqual([
      'CREATE_COMPLETE',
      undefined,
      'CREATE_COMPLETE',
    ]);
    expect((await world.run('plan', '--all')).code).toBe(nothingToDo);
    expect((await world.run('plan')).stdout).toContain(`Do not delete ${stackOf('c')}`);
  });

  test('the bucket is looked at once for all stacks', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    // One for the code, and one for the lease.
    expect(world.cloud.calls.filter((call) => call === 'createBucket')).toHaveLength(2);
    expect(world.cloud.calls.filter((call) => call === 'put')).toHaveLength(3);
  });

  test('goes on where one fails, says why in a table, and ends with 1', async () => {
    using world = fleetWorld();
    installRule(world.folder, {
      packageName: '@patrol/rules-b',
      resources: { Broken: { Type: 'AWS::SQS::Queue' } },
    });
    world.cloud.stacks.failing = { Broken: 'It is not allowed.' };
    const run = await world.run('apply', '--yes');
    expect(run.code).toBe(1);
    expect([status(world, 'a'), status(world, 'b'), status(world, 'c')]).toEqual([
      'CREATE_COMPLETE',
      undefined,
      'CREATE_COMPLETE',
    ]);
    expect(run.stdout).toMatch(/patrol-b-watch-production +eu-west-1 .*create: failed +It is not/);
    expect(run.stderr).toContain('1 of 3 stacks of the fleet security do not match its file.');
    world.cloud.stacks.failing = {};
    expect((await world.run('apply', '--yes')).code).toBe(0);
  });

  test('changes one parameter in one stack', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    write(
      world,
      source().replace('b/watch: { parameters: {', 'b/watch: { parameters: { mode: loud,'),
    );
    const run = await world.run('apply', '--yes', '--json');
    expect(run.notes.at(-1)).toMatchObject({
      type: 'result',
      ok: true,
      did: 'apply',
      counts: { done: 1, kept: 2, failed: 0, refused: 0, running: 0, skipped: 0 },
    });
    expect(run.notes.filter(({ type }) => type === 'finished')).toMatchObject([
      { stack: stackOf('b'), region: 'eu-west-1', account: '111122223333', did: 'update' },
    ]);
    expect(run.notes.filter(({ type }) => type === 'summary')).toHaveLength(1);
    expect(world.cloud.stacks.find(stackOf('b'))?.parameters['mode']).toBe('loud');
  });

  test('prunes what the file no longer has only with --prune, and after a question of its own', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    write(world, source({ rules: ['a'] }));
    const kept = await world.run('apply', '--yes');
    expect(kept).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Do not delete ${stackOf('b')}`),
    });
    expect(status(world, 'b')).toBe('CREATE_COMPLETE');
    write(world, source({ rules: ['a'] }).replace('StopLogging', 'DeleteTrail'));
    world.answers = [true, false];
    expect((await world.run('apply', '--prune')).code).toBe(0);
    expect(world.asked.map(({ message }) => message)).toEqual([
      'Go ahead: 1 stack to update?',
      `Delete 2 stacks that the file no longer lists: ${stackOf('b')} in eu-west-1; ${stackOf('c')} in eu-west-1?`,
    ]);
    expect(world.cloud.stacks.find(stackOf('a'))?.parameters['actions']).toBe('DeleteTrail');
    expect(status(world, 'b')).toBe('CREATE_COMPLETE');
    expect((await world.run('apply', '--prune', '--yes')).code).toBe(0);
    expect([status(world, 'b'), status(world, 'c')]).toEqual([undefined, undefined]);
  });

  test('the base stack goes first; its unconfirmed subscription is told', async () => {
    using world = fleetWorld(source({ alerts: 'email: security@example.com, shared: true' }));
    const { cloud } = world;
    cloud.createChangeSet = (request) => {
      if (request.stack !== base) expect(cloud.stacks.find(base)?.status).toBe('CREATE_COMPLETE');
      return FakeCloud.prototype.createChangeSet.call(cloud, request);
    };
    expect(await world.run('apply', '--only', 'a/watch', '--yes')).toMatchObject({ code: 0 });
    expect(cloud.stacks.all.map(({ name }) => name)).toEqual([base, stackOf('a')]);
    const plan = await world.run('plan');
    expect(plan.stdout).toContain('Until security@example.com confirms the subscription to');
    world.cloud.confirmed.add('security@example.com');
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect((await world.run('plan')).stdout).not.toContain('has to confirm');
    const info = await world.run('info', 'base/security');
    expect(info).toMatchObject({ code: 0, stdout: expect.stringContaining(base) });
  });

  test('all regions and accounts at once, each with its own credentials', async () => {
    using world = fleetWorld(
      source({
        regions: 'eu-west-1, us-east-1',
        rest: 'accounts: [{ id: "111122223333" }, { id: "444455556666", role: patrol-deployer }]',
      }),
    );
    for (const account of ['111122223333', '444455556666']) {
      for (const region of ['eu-west-1', 'us-east-1']) {
        if (account === '111122223333' && region === 'eu-west-1') continue;
        world.others.set(`${account}/${region}`, new FakeCloud({ account, region }));
      }
    }
    expect((await world.run('apply', '--yes')).code).toBe(0);
    for (const cloud of [world.cloud, ...world.others.values()]) {
      expect(cloud.stacks.all.map(({ status }) => status)).toEqual(
        names.map(() => 'CREATE_COMPLETE'),
      );
    }
    expect((await world.run('plan')).code).toBe(nothingToDo);
  });

  test('an interrupt says what goes on, and running again takes it up', async () => {
    using world = fleetWorld();
    const { cloud, controller } = world;
    const { sleep } = cloud;
    cloud.stacks.pace = 60_000;
    cloud.sleep = async (milliseconds) => {
      await sleep(milliseconds);
      if (status(world, 'a') === 'CREATE_IN_PROGRESS') controller.abort();
    };
    const run = await world.run('apply', '--yes');
    expect(run.code).toBe(130);
    expect(run.stderr).toContain(`CloudFormation continues ${stackOf('a')} in eu-west-1`);
    cloud.sleep = sleep;
    world.controller = new AbortController();
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect((await world.run('plan')).code).toBe(nothingToDo);
  });

  test('a stack stuck in a failed rollback is put back, and then updated', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    const stack = world.cloud.stacks.find(stackOf('a'));
    if (stack) stack.status = 'UPDATE_ROLLBACK_FAILED';
    const plan = await world.run('plan');
    expect(plan).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('`patrol-deploy apply` continues the rollback'),
    });
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect(['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_COMPLETE']).toContain(status(world, 'a'));
    if (stack) stack.status = 'UPDATE_ROLLBACK_FAILED';
    const kept = await world.run('apply', '--yes', '--json');
    expect(kept.notes.at(-1)).toMatchObject({
      ok: true,
      did: 'recover',
      recovered: [stackOf('a')],
      message: expect.stringMatching(
        /^Rolled back: patrol-a-watch-production\. Nothing else changed/,
      ),
    });
  });

  test('a stack whose last update was rolled back is up to date when CloudFormation says so', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    const { cloud } = world;
    const found = cloud.stacks.find(stackOf('a'));
    if (found) found.status = 'UPDATE_ROLLBACK_COMPLETE';
    const plan = await world.run('plan');
    expect(plan, plan.stdout).toMatchObject({ code: nothingToDo });
    expect(plan.stdout).toContain('3 stacks up to date');
    expect(cloud.stacks.changeSets).toEqual([]);
    const error = new CloudError('denied', 'cloudformation:CreateChangeSet', 'No.');
    cloud.faults.push({ call: 'createChangeSet', error });
    expect((await world.run('plan')).code).toBe(3);
    write(world, source().replace('StopLogging', 'DeleteTrail'));
    expect((await world.run('plan')).code).toBe(3);
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect(status(world, 'a')).toBe('UPDATE_COMPLETE');
  });

  test('so is a base stack, whose template is too large to be sent', async () => {
    using world = fleetWorld(source({ alerts: 'email: security@example.com, shared: true' }));
    await world.run('apply', '--yes');
    const { cloud } = world;
    cloud.confirmed.add('security@example.com');
    const found = cloud.stacks.find(base);
    if (found) found.status = 'UPDATE_ROLLBACK_COMPLETE';
    cloud.calls = [];
    const plan = await world.run('plan');
    expect(plan, plan.stdout).toMatchObject({ code: nothingToDo });
    expect(cloud.calls).toContain('createChangeSet');
    expect(cloud.calls).not.toContain('put');
    // What stands need not be the template that CloudFormation says.
    if (found) found.template = { ...found.template, Resources: {} };
    expect((await world.run('plan')).code).toBe(3);
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect(status(world, 'a')).toBe('CREATE_COMPLETE');
    expect(found?.status).toBe('UPDATE_COMPLETE');
  });

  test('tells of drift that CloudFormation has found, also in what is kept', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    const found = world.cloud.stacks.find(stackOf('a'));
    if (found) found.drifted = new Date(0);
    const plan = await world.run('plan');
    expect(plan.code).toBe(nothingToDo);
    expect(plan.stdout).toContain(
      `CloudFormation found resources of ${stackOf('a')} changed outside it`,
    );
    const { notes } = await world.run('plan', '--json', '--only', 'a/watch');
    expect(notes[0]).toMatchObject({
      steps: [{ name: 'a/watch', drift: { detectedAt: '1970-01-01T00:00:00.000Z' } }],
    });
  });

  test('a deployment of one rule leaves its stack in the fleet', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    await world.run('a/watch', '--param', 'mode=loud', '--yes');
    expect(world.cloud.stacks.find(stackOf('a'))?.tags['patrol:fleet']).toBe('security');
  });
});

describe('--from', () => {
  const rest = 'alarms: { topic: "arn:aws:sns:eu-west-1:111122223333:alarms" }';

  test('takes the parameters and destinations of a rule that is deployed by itself', async () => {
    using world = fleetWorld(
      source({ rest }).replace('StopLogging }', 'StopLogging, mode: loud }'),
    );
    const args = ['a/watch', '--from', 'patrol.yaml', '--yes'];
    const run = await world.run(...args);
    expect(run.code, run.stderr).toBe(0);
    const parameters = (): unknown => world.cloud.stacks.find(stackOf('a'))?.parameters;
    expect(parameters()).toMatchObject({
      actions: 'StopLogging',
      mode: 'loud',
      AlertEmail: 'security@example.com',
      AlarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms',
    });
    expect((await world.run('diff', 'a/watch', '--from', 'patrol.yaml')).code).toBe(0);
    const others = ['--param', 'mode=quiet', '--alert-email', 'other@example.com'];
    expect((await world.run(...args, ...others)).code).toBe(0);
    expect(parameters()).toMatchObject({
      actions: 'StopLogging',
      mode: 'quiet',
      AlertEmail: 'other@example.com',
    });
    expect((await world.run('diff', 'a/watch', '--from', 'patrol.yaml')).code).toBe(3);
  });

  test('is about the environment of the file, unless another is typed', async () => {
    using world = fleetWorld(
      source({ alerts: 'email: security@example.com, shared: true', rest: 'environment: many' }),
    );
    const alerts = 'arn:aws:sns:eu-west-1:111122223333:patrol-base-security-many-alerts';
    world.cloud.topics.set(alerts, [{ protocol: 'sqs', endpoint: 'queue', confirmed: true }]);
    await world.run('a/watch', '--param', 'actions=x', '--alert-email', 'a@b.cc', '--yes');
    const from = ['a/watch', '--from', 'patrol.yaml'];
    const diff = await world.run('diff', ...from);
    expect(diff).toMatchObject({ code: 3, stderr: '' });
    expect(diff.stdout).toContain('Create patrol-a-watch-many');
    expect(diff.stdout).not.toContain('go before');
    expect((await world.run(...from, '--yes')).code).toBe(0);
    expect(await world.run('diff', ...from, '--env', 'many')).toMatchObject({ code: 0 });
    expect(world.cloud.stacks.find(stackOf('a'))?.parameters['actions']).toBe('x');
    const other = await world.run('diff', ...from, '--env', 'production');
    expect(other.code).toBe(3);
    expect(other.stdout).toContain(`Update ${stackOf('a')}`);
    expect(other.stdout).toContain(
      '--env production overrides the environment many of patrol.yaml. Alerts still go where those of many go,',
    );
    // What is shared is that of the file's environment in either.
    expect(other.stdout).toContain(`→ "${alerts.replace(/alerts$/, 'machines')}"`);
  });

  test('saved values of one stack are used for another', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    await world.run('b/watch', '--param', 'mode=loud', '--yes');
    expect((await world.run('save', 'b/watch', '--output', 'b.yaml')).code).toBe(0);
    const saved = readFileSync(join(world.folder, 'b.yaml'), 'utf8');
    expect(saved).toContain('b/watch');
    expect(saved).not.toContain('a/watch');
    const run = await world.run('b/watch', '--env', 'staging', '--from', 'b.yaml', '--yes');
    expect(run.code, run.stderr).toBe(0);
    expect(world.cloud.stacks.find('patrol-b-watch-staging')?.parameters).toMatchObject({
      actions: 'StopLogging',
      mode: 'loud',
      AlertEmail: 'security@example.com',
    });
    expect(await world.run('save', 'nope/x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"nope/x" matches no rule'),
    });
  });

  test('refuses a file that says nothing of the rule, or something that cannot be used', async () => {
    using world = fleetWorld(source({ rules: ['a'] }));
    const from = ['--from', 'patrol.yaml', '--yes'];
    expect(await world.run('b/watch', ...from)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('patrol.yaml says nothing of b/watch'),
    });
    write(world, source({ rules: ['a'] }).replace('actions', 'action'));
    expect(await world.run('a/watch', ...from)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/patrol\.yaml:6:\d+: .*did you mean actions\?/),
    });
    expect(world.cloud.stacks.all).toEqual([]);
  });
});

describe('the rules on the default event bus', () => {
  const rules = (count: number): { readonly pattern: string }[] =>
    Array.from({ length: count }, () => ({ pattern: '{}' }));

  test('are counted with those of others before new stacks are made; nothing is begun that would not fit', async () => {
    using world = fleetWorld();
    world.account.rules = rules(298);
    const plan = await world.run('plan', '--json');
    expect(plan.code).toBe(1);
    expect(plan.notes[0]).toMatchObject({
      steps: [
        {
          do: 'refuse',
          reasons: [{ code: 'busFull', used: 298, coming: 3, quota: 300, region: 'eu-west-1' }],
        },
        { do: 'refuse' },
        { do: 'refuse' },
      ],
    });
    const apply = await world.run('apply', '--yes');
    expect(apply.code).toBe(1);
    expect(apply.stdout).toContain('has 298 rules, and this plan adds 3. Its quota is 300.');
    const single = await world.run(
      'c/watch',
      '--param',
      'actions=x',
      '--alert-email',
      'a@b.cc',
      '--yes',
    );
    expect(single.code, single.stderr).toBe(0);
    expect(world.cloud.stacks.find(stackOf('a'))).toBeUndefined();
    // The quota was raised.
    world.account.quota = 400;
    expect((await world.run('apply', '--yes')).code).toBe(0);
  });

  test('a rule that is deployed by itself is refused as well', async () => {
    using world = fleetWorld();
    world.account.rules = rules(300);
    world.account.quota = undefined;
    const args = ['a/watch', '--param', 'actions=x', '--alert-email', 'a@b.cc'];
    const run = await world.run(...args, '--yes');
    expect(run.code).toBe(1);
    expect(`${run.stdout}${run.stderr}`).toContain('has 300 rules, and this plan adds 1.');
    expect(world.cloud.stacks.all).toEqual([]);
  });

  test('are not counted where nothing is added', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    world.account.faults.set('eventRules', new CloudError('denied', 'events:ListRules', 'No.'));
    const plan = await world.run('plan');
    expect(plan.stdout).not.toContain('ListRules');
    expect(plan.code).toBe(nothingToDo);
  });

  test('what AWS does not tell refuses nothing, and is said', async () => {
    using world = fleetWorld();
    const { faults } = world.account;
    faults.set('eventRules', new CloudError('denied', 'events:ListRules', 'Not allowed.'));
    const uncounted = await world.run('plan');
    expect(uncounted.code).toBe(3);
    expect(uncounted.stdout).toMatch(
      /The rules on the default event bus in eu-west-1 \(account 111122223333\) were not counted\. .*doctor.*--policy deploy/s,
    );
    faults.clear();
    world.account.rules = rules(299);
    faults.set('eventRuleQuota', new CloudError('denied', 'servicequotas:GetServiceQuota', 'No.'));
    const unknown = await world.run('plan');
    expect(unknown.code).toBe(3);
    expect(unknown.stdout).toContain(
      'There are 299 rules on the default event bus in eu-west-1 (account 111122223333), and this plan adds 3. AWS allows 300, unless it raised the quota.',
    );
  });
});

const patterns = "rules: { '*/watch': { parameters: { actions: StopLogging } } }\n";

describe('init and save', () => {
  test('init asks, writes what plan takes, and never overwrites without asking', async () => {
    using world = fleetWorld();
    const { folder } = world;
    const answers = [
      'security',
      'production',
      'eu-west-1',
      'a@b.cc',
      false,
      'a/*, no/such',
      'a/*, b/watch',
      'StopLogging',
      '',
      'StopLogging',
      'b/watch',
      'loud',
    ];
    world.answers = [false];
    expect((await world.run('init')).code).toBe(1);
    expect(readFileSync(join(folder, 'patrol.yaml'), 'utf8')).toBe(source());
    world.answers = [...answers];
    expect(await world.run('init', '--file', 'new.yaml')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Wrote new.yaml with 2 rules.'),
    });
    // The example is named, and nothing stands in the line: an empty answer is refused.
    expect(world.asked.filter(({ message }) => message.includes('actions'))).toEqual(
      ['a', 'b'].map((name) => ({
        message: `${name}/watch, actions: Which calls. For example: StopLogging`,
      })),
    );
    // Optional parameters are asked of the rules that were ticked for that, with their defaults.
    expect(world.asked.slice(-2)).toEqual([
      { message: 'Rules with optional parameters. Tick those that you want to set now:' },
      { message: 'b/watch, mode: How loud.', initial: 'quiet' },
    ]);
    expect(readFileSync(join(folder, 'new.yaml'), 'utf8')).toMatch(/^ {6}mode: loud$/m);
    expect(existsSync(join(folder, 'patrol.schema.json'))).toBe(true);
    world.answers = undefined;
    expect((await world.run('plan', '--file', 'new.yaml')).code).toBe(3);
    expect((await world.run('init', '--file', 'other.yaml')).code).toBe(2);
  });

  test('init offers the set that matters most, and keeps what was answered as a line', async () => {
    using world = fleetWorld();
    const essential = { description: 'What matters.', rules: ['watch'] };
    installRule(world.folder, { parameters: {}, overview: { sets: { essential } } });
    const [fleet, environment, region] = ['security', 'production', 'eu-west-1'];
    const emails = 'a@b.cc, c@d.cc';
    world.answers = [fleet, environment, region, emails, false, 'demo:essential, b/*', 'x', ''];
    const run = await world.run('init', '--file', 'new.yaml');
    expect(run.stdout).toContain('Wrote new.yaml with 2 rules.');
    expect(world.asked.find(({ message }) => message.startsWith('Rules'))).toEqual({
      message: 'Rules and sets of them:',
      initial: 'a/*, b/*, c/*, demo:essential',
    });
    const text = readFileSync(join(world.folder, 'new.yaml'), 'utf8');
    expect(text).toMatch(/^ {2}email: \[a@b\.cc, c@d\.cc\]$/m);
    expect(text).toMatch(/^ {2}demo:essential: true$/m);
    expect(text).toMatch(/^ {2}b\/\*: true$/m);
    expect(text).toMatch(/^ {2}b\/watch:\n {4}parameters:\n {6}# .*\n {6}actions: \[?x\]?$/m);
    world.answers = undefined;
    const { stdout } = await world.run('plan', '--file', 'new.yaml');
    expect(stdout).toContain('new by demo:essential');
  });

  test('save writes what stands; planning that changes nothing but the tag', async () => {
    using world = fleetWorld();
    await world.run('apply', '--yes');
    const run = await world.run('save', '--region', 'eu-west-1', '--output', 'saved.yaml');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect((await world.run('plan', '--file', 'saved.yaml')).code).toBe(nothingToDo);
    expect(await world.run('save', '--output', 'saved.yaml')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('saved.yaml already exists'),
    });
    expect((await world.run('save')).stdout).toBe(
      readFileSync(join(world.folder, 'saved.yaml'), 'utf8'),
    );
  });

  test('save reads several accounts, each by its role, and --json has the file and what there is to say', async () => {
    using world = fleetWorld(
      source({
        rest: 'accounts: [{ id: "111122223333" }, { id: "444455556666", role: patrol-deployer, regions: [us-east-1] }]',
      }),
    );
    const [one, other] = ['111122223333', '444455556666'];
    for (const [account, region] of [
      [one, 'us-east-1'],
      [other, 'eu-west-1'],
      [other, 'us-east-1'],
    ] as const) {
      world.others.set(`${account}/${region}`, new FakeCloud({ account, region }));
    }
    expect((await world.run('apply', '--yes')).code).toBe(0);
    const where = ['--region', 'eu-west-1,us-east-1', '--accounts', `${one},${other}`];
    const role = ['--role', 'patrol-deployer'];
    expect(await world.run('save', ...where)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('To read 444455556666, name a role in it with --role.'),
    });
    const json = await world.run('save', ...where, ...role, '--json');
    const saved = JSON.parse(json.stdout) as { readonly text: string };
    expect(saved).toMatchObject({
      type: 'save',
      fleet: 'security',
      rules: ['a/watch', 'b/watch', 'c/watch'],
      notes: [],
      remarks: [],
    });
    write(world, saved.text);
    expect((await world.run('plan')).code).toBe(nothingToDo);
    expect(saved.text).toMatch(
      /- id: "444455556666"\n +role: patrol-deployer\n +regions: \[us-east-1\]/,
    );
    for (const argv of [
      ['--accounts', '4444-5555-6666'],
      ['--accounts', ''],
      ['--accounts', '444455556666,444455556666'],
      ['--json', '--output', 'x.yaml'],
    ]) {
      expect([argv, (await world.run('save', ...argv)).code]).toEqual([argv, 2]);
    }
  });

  test('save names what a pattern brought, and says that the pattern is gone', async () => {
    using world = fleetWorld(source().replace(/rules:.*/s, patterns));
    const plan = await world.run('plan', '--json');
    expect(plan.stderr).toBe('');
    expect(JSON.parse(plan.stdout).steps).toMatchObject(
      ['a', 'b', 'c'].map((name) => ({
        name: `${name}/watch`,
        because: 'it does not exist yet; new by */watch',
        reasons: [{ code: 'absent' }, { code: 'newBy', line: '*/watch' }],
      })),
    );
    expect((await world.run('plan')).stdout).toContain('new by */watch');
    await world.run('apply', '--yes');
    world.answers = [true];
    const run = await world.run('save', '--output', 'patrol.yaml');
    expect(run).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(
        'patrol.yaml had */watch. The new file names each rule instead,',
      ),
    });
    const saved = readFileSync(join(world.folder, 'patrol.yaml'), 'utf8');
    expect(saved).toMatch(/^ {2}a\/watch:\n[^]*^ {2}b\/watch:\n/m);
    expect(saved).not.toContain('*');
    expect((await world.run('plan')).code).toBe(nothingToDo);
  });

  test('--from takes what patterns say of the rule', async () => {
    using world = fleetWorld(source().replace(/rules:.*/s, patterns));
    const run = await world.run('b/watch', '--from', 'patrol.yaml', '--yes');
    expect(run.code, run.stderr).toBe(0);
    expect(world.cloud.stacks.find(stackOf('b'))?.parameters['actions']).toBe('StopLogging');
  });
});
