/** `plan` and `apply` on a fleet for an organisation. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { FakeCloud } from '../testing/cloud.ts';
import { CloudError } from '../cloud/cloud.ts';
import { otherUnit, source, unit } from '../testing/organization-fleet.ts';
import { FakeWorld, installRule } from '../testing/world.ts';

/** How `plan` exits when nothing is to be done, and nobody has confirmed the subscriptions yet. */
const nothingToDo = 5;

const key = 'patrol-demo-watch-production';
const base = 'patrol-base-security-production';
const account = '111122223333';

let world: FakeWorld;
let home: FakeCloud;
beforeEach(() => {
  world = new FakeWorld();
  home = new FakeCloud({ account, region: 'us-east-1' });
  world.others.set(`${account}/us-east-1`, home);
  world.stackSets.units.set(unit, ['222233334444', '333344445555']);
  world.stackSets.units.set(otherUnit, ['444455556666']);
  write(source());
  onTestFinished(() => world[Symbol.dispose]());
});

const write = (text: string): void => writeFileSync(join(world.folder, 'patrol.yaml'), text);
const upToDate = (): readonly string[] =>
  (world.stackSets.find(key)?.instances ?? [])
    .filter(({ status }) => status === 'CURRENT')
    .map((each) => `${each.account}/${each.region}`)
    .toSorted();
const topicOf = (cloud: FakeCloud): string | undefined =>
  cloud.stacks.find(base)?.parameters['AlertEmail'];

describe('plan', () => {
  test('keeps queues of a base stack that hold events, which a fleet left that became an organisation', async () => {
    expect((await world.run('apply', '--yes')).code).toBe(0);
    const found = home.stacks.find(base);
    if (!found) throw new Error('There is no base stack.');
    const url = 'https://sqs.us-east-1.amazonaws.com/1/failures';
    found.parameters = { ...found.parameters, QueueAlarmTopicArn: 'arn:aws:sns:us-east-1:1:own' };
    found.template = { ...found.template, Outputs: { FailureQueueUrl: { Value: url } } };
    home.queues.set(url, 2);
    const held = await world.run('plan', '--json');
    expect(held.notes[0]).toMatchObject({
      counts: { update: 0 },
      steps: expect.arrayContaining([
        expect.objectContaining({
          notes: [expect.stringContaining('queues stay until they are empty')],
          remarks: [{ code: 'queuesStay' }],
        }),
      ]),
    });
    home.queues.delete(url);
    expect((await world.run('plan', '--json')).notes[0]).toMatchObject({ counts: { update: 1 } });
  });

  test('has the base stacks of the managing account, and the stack sets', async () => {
    const run = await world.run('plan');
    expect(run).toMatchObject({ code: 3, stderr: '' });
    expect(run.stdout).toContain(`Create ${base} in us-east-1 (account ${account})`);
    expect(run.stdout).toContain(
      `Create the stack set ${key} in us-east-1 (account ${account}): it does not exist yet\n  organisational units: "${unit}"\n  regions: "eu-west-1, us-east-1"\n`,
    );
    expect(run.stdout).toContain('The management account gets no stacks of rules');
    expect(run.stdout).toContain(
      'Fleet security (production): 2 stacks to create, 1 stack set to create.',
    );
    expect(world.stackSets.all).toEqual([]);
  });

  test('shows what new stacks and another template let somebody do, and what rules.json does not say of it', async () => {
    const granting = (Action: string): Readonly<Record<string, unknown>> => ({
      Wide: {
        Type: 'AWS::IAM::GroupPolicy',
        Properties: {
          GroupName: 'g',
          PolicyName: 'p',
          PolicyDocument: JSON.stringify({
            Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
          }),
        },
      },
      Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://x' } },
    });
    installRule(world.folder, { resources: granting('iam:*') });
    for (const command of ['plan', 'apply']) {
      world.answers = [false];
      const { stdout } = await world.run(command);
      for (const line of [
        `${key} us-east-1 ${account}\n  + `,
        '    + Wide (group g): Allow Action iam:*; Resource *\n',
        '    ? Nested AWS::CloudFormation::Stack: it is a nested stack',
        '    ! permission: the template has Wide (group g): Allow Action iam:*; Resource *, rules.json does not.',
      ]) {
        expect(stdout).toContain(line);
      }
    }
    world.answers = undefined;
    await world.run('apply', '--yes');
    installRule(world.folder, { resources: granting('sts:*'), code: 'zip 2' });
    const { stdout } = await world.run('plan');
    for (const line of [
      '    - Wide (group g): Allow Action iam:*; Resource *\n',
      '    + Wide (group g): Allow Action sts:*; Resource *\n',
      '    ? Nested AWS::CloudFormation::Stack: it is a nested stack',
      '    ! permission: the template has Wide (group g): Allow Action sts:*; Resource *, rules.json does not.',
    ]) {
      expect(stdout).toContain(line);
    }
    const { notes } = await world.run('plan', '--json');
    expect(notes[0]).toMatchObject({
      organization: {
        stackSets: [
          {
            changes: {
              statements: [
                { change: 'remove', says: { Action: 'iam:*' } },
                { change: 'add', says: { Action: 'sts:*' } },
              ],
              untold: [{ resource: 'Nested' }],
              disagreements: [{ what: 'permission', template: expect.stringContaining('sts:*') }],
            },
          },
        ],
      },
    });
  });

  test('--json has every instance', async () => {
    await world.run('apply', '--yes');
    world.stackSets.failing.set('333344445555/us-east-1', 'Explicit deny in an SCP.');
    write(source({ rules: 'demo/watch: { parameters: { actions: DeleteTrail } }' }));
    await world.run('apply', '--yes');
    const run = await world.run('plan', '--json');
    expect(run.code).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({
      counts: { keep: 2 },
      organization: {
        organization: 'o-a1b2c3d4e5',
        home: 'us-east-1',
        counts: { update: 1 },
        stackSets: [
          {
            stackSet: key,
            name: 'demo/watch',
            do: 'update',
            because: '1 of 4 instances are outdated and will be updated again',
            counts: { total: 4, current: 3, outdated: 1 },
            instances: expect.arrayContaining([
              {
                account: '333344445555',
                region: 'us-east-1',
                unit,
                status: 'OUTDATED',
                detail: 'FAILED',
                reason: 'Explicit deny in an SCP.',
              },
            ]),
            units: [unit],
            regions: ['eu-west-1', 'us-east-1'],
          },
        ],
      },
    });
  });

  test('an id that the file leaves out is asked for; without one it is said what to do', async () => {
    write(source().replace('id: o-a1b2c3d4e5, ', ''));
    expect((await world.run('plan', '--json')).notes[0]).toMatchObject({
      organization: { organization: 'o-a1b2c3d4e5' },
    });
    world.organizations.known = undefined;
    const run = await world.run('plan');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('Your account is not a member of an organization.');
    expect(run.stderr).toContain('organization: { id: o-a1b2c3d4e5');
  });

  test('--org says which units, whatever the file says', async () => {
    await world.run('apply', '--yes', '--org', otherUnit);
    expect(upToDate()).toEqual(['444455556666/eu-west-1', '444455556666/us-east-1']);
    for (const wrong of ['ou-1', '']) {
      expect(await world.run('plan', '--org', wrong)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--org expects ids of organisational units'),
      });
    }
    write(source({ rest: 'accounts: [{ id: 111122223333 }]' }).replace(/^organization.*$/m, ''));
    const run = await world.run('plan', '--org', unit);
    expect(run).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the file lists accounts'),
    });
  });

  test('a unit that does not exist is refused before anything is made', async () => {
    world.stackSets.units.delete(otherUnit);
    write(source({ units: `${unit}, ${otherUnit}` }));
    const run = await world.run('apply', '--yes');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`There is no organisational unit ${otherUnit}`);
    expect(home.stacks.all).toEqual([]);
    expect(world.stackSets.all).toEqual([]);
  });

  test('what StackSets refuses is said with what to do', async () => {
    const message = 'You must enable organizations access to operate a service managed stack set';
    const error = new CloudError('invalid', 'cloudformation:ListStackSets', message);
    world.stackSets.faults.push({ call: 'list', error });
    const run = await world.run('plan');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('activate-organizations-access');
  });

  test('what another template changes is told, with what becomes of permissions', async () => {
    await world.run('apply', '--yes');
    const policy = {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'more',
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] },
      },
    };
    installRule(world.folder, { resources: { Wider: policy } });
    const { stdout, code } = await world.run('plan');
    expect(code).toBe(3);
    expect(stdout).toContain(`Update the stack set ${key}`);
    expect(stdout).toContain('4 of 4 instances are up to date: eu-west-1 2 of 2, us-east-1 2 of 2');
    expect(stdout).toContain('+ Wider AWS::IAM::Policy');
    expect(stdout).toContain('+ Wider: Allow Action iam:*; Resource *');
  });
});

describe('apply', () => {
  test('makes the base stacks, then the instances; then there is nothing to do', async () => {
    const create = world.stackSets.create.bind(world.stackSets);
    world.stackSets.create = (...args) => {
      expect(home.stacks.find(base)?.status).toBe('CREATE_COMPLETE');
      return create(...args);
    };
    const run = await world.run('apply', '--yes');
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expect(run.stdout).toContain(
      'The fleet security now matches its file: 2 stacks and 1 stack set changed.',
    );
    expect(run.stdout).toContain('Until security@example.com confirms the subscription to');
    expect(upToDate()).toHaveLength(4);
    expect(home.stacks.find(base)?.parameters).toMatchObject({
      AlertEmail: 'security@example.com',
      OrganizationId: 'o-a1b2c3d4e5',
    });
    const again = await world.run('apply', '--yes');
    expect(again.stdout).toContain('Nothing changed: the fleet security matches its file.');
    expect((await world.run('plan')).code).toBe(nothingToDo);
  });

  test('asks, and does nothing without a yes', async () => {
    world.answers = [false];
    expect((await world.run('apply')).code).toBe(1);
    expect(world.asked[0]?.message).toBe('Go ahead: 2 stacks to create, 1 stack set to create?');
    expect(world.stackSets.all).toEqual([]);
    expect(home.stacks.all).toEqual([]);
  });

  test('nothing is rolled out while the base stacks are not as they should be', async () => {
    home.stacks.failing = { AlertTopic: 'It is not allowed.' };
    const run = await world.run('apply', '--yes');
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(
      /patrol-demo-watch-production .*create: skipped +Not started: it needs/,
    );
    expect(world.stackSets.all).toEqual([]);
    home.stacks.failing = {};
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect(upToDate()).toHaveLength(4);
  });

  test('a stack of the managing account that nothing sends to holds nothing up', async () => {
    await world.run('apply', '--yes');
    const current = home.stacks.find(base);
    if (!current) throw new Error('There is one.');
    const name = 'patrol-demo-old-production';
    const tags = { ...current.tags, 'patrol:package': '@patrol/rules-demo', 'patrol:rule': 'old' };
    home.stacks.all.push({ ...current, id: name, name, tags, terminationProtected: true });
    write(source({ rules: 'demo/watch: { parameters: { actions: StopLogging, mode: loud } }' }));
    const run = await world.run('apply', '--yes', '--prune');
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/patrol-demo-old-production .*refused/);
    expect(world.stackSets.find(key)?.parameters['mode']).toBe('loud');
  });

  test('instances that fail are told of with their account, region and reason', async () => {
    world.stackSets.failing.set('333344445555/us-east-1', 'Explicit deny in an SCP.');
    const run = await world.run('apply', '--yes');
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/ us-east-1 +333344445555 +OUTDATED \(FAILED\) +Explicit deny/);
    expect(run.stderr).toContain(
      '1 of 3 stacks and stack sets of the fleet security do not match its file.',
    );
    world.stackSets.failing.clear();
    expect((await world.run('apply', '--yes')).code).toBe(0);
  });

  test('a topic stays until no instance sends to it any more', async () => {
    await world.run('apply', '--yes');
    const arn = `arn:aws:sns:us-east-1:${account}:own`;
    write(source({ alerts: `topic: "${arn}"`, rest: 'alarms: { email: security@example.com }' }));
    world.stackSets.failing.set('333344445555/us-east-1', 'Explicit deny in an SCP.');
    expect((await world.run('apply', '--yes')).code).toBe(1);
    expect(topicOf(home)).toBe('security@example.com');
    world.stackSets.failing.clear();
    const update = world.stackSets.update.bind(world.stackSets);
    world.stackSets.update = (...args) => {
      expect(topicOf(home)).toBe('security@example.com');
      return update(...args);
    };
    const run = await world.run('apply', '--yes');
    expect(run.code, run.stderr).toBe(0);
    expect(topicOf(home)).toBe('');
    expect((await world.run('plan')).code).toBe(nothingToDo);
  });

  test('--prune deletes stack sets and, last, base stacks, after a question of its own', async () => {
    await world.run('apply', '--yes');
    const topic = (region: string): string => `arn:aws:sns:${region}:${account}:own`;
    const topics = `{ eu-west-1: "${topic('eu-west-1')}", us-east-1: "${topic('us-east-1')}" }`;
    write(source({ alerts: `topic: ${topics}`, rules: '' }));
    const kept = await world.run('apply', '--yes');
    expect(kept.code, kept.stderr).toBe(0);
    expect(world.stackSets.find(key)).toBeDefined();
    world.answers = [false];
    expect((await world.run('apply', '--prune')).code).toBe(1);
    expect(world.asked.at(-1)?.message).toBe(
      `Delete 6 stacks that the file no longer lists: ${base} in eu-west-1 and us-east-1; the stack set ${key} (4 stacks)?`,
    );
    world.answers = undefined;
    const deleteStack = home.deleteStack.bind(home);
    home.deleteStack = (...args) => {
      expect(world.stackSets.find(key)).toBeUndefined();
      return deleteStack(...args);
    };
    const run = await world.run('apply', '--prune', '--yes');
    expect(run.code, run.stderr).toBe(0);
    expect(home.stacks.find(base)).toBeUndefined();
  });

  test('stacks in units that the file no longer has go with --prune, after a question of their own', async () => {
    write(source({ units: `${unit}, ${otherUnit}` }));
    await world.run('apply', '--yes');
    write(source());
    const plan = await world.run('plan');
    expect(plan.code).toBe(nothingToDo);
    expect(plan.stdout).toContain(`2 stacks in ${otherUnit}`);
    const kept = await world.run('apply', '--yes');
    expect(kept.stdout).toContain('Nothing changed');
    expect(upToDate()).toHaveLength(6);
    world.answers = [false];
    expect((await world.run('apply', '--prune')).code).toBe(1);
    expect(world.asked.map(({ message }) => message)).toEqual([
      `Delete 2 stacks that the file no longer lists: stacks of the stack set ${key} in ${otherUnit} in eu-west-1 and us-east-1 (2 stacks)?`,
    ]);
    expect(upToDate()).toHaveLength(6);
    // A No leaves the rest of the plan.
    write(source({ rules: 'demo/watch: { parameters: { actions: StopLogging, mode: loud } }' }));
    world.answers = [true, false];
    expect((await world.run('apply', '--prune')).code).toBe(0);
    expect(world.asked.at(-2)?.message).toBe('Go ahead: 1 stack set to update?');
    expect(upToDate()).toHaveLength(6);
    expect(world.stackSets.find(key)?.parameters['mode']).toBe('loud');
    world.answers = [true];
    expect((await world.run('apply', '--prune')).code).toBe(0);
    expect(upToDate()).toHaveLength(4);
  });

  test('--org deletes nothing', async () => {
    await world.run('apply', '--yes');
    const run = await world.run('apply', '--yes', '--prune', '--org', otherUnit);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('leave --org out') });
    expect((await world.run('apply', '--yes', '--org', otherUnit)).code).toBe(0);
    expect(upToDate()).toHaveLength(6);
  });

  test('--only rolls out what it names, and prunes nothing of the managing account', async () => {
    installRule(world.folder, { packageName: '@patrol/rules-other', code: 'zip 2' });
    const both =
      'demo/watch: { parameters: { actions: x } }, other/watch: { parameters: { actions: x } }';
    write(source({ rules: both }));
    const run = await world.run('apply', '--yes', '--only', 'other/*');
    expect(run.code, run.stderr).toBe(0);
    expect(world.stackSets.all.map(({ name }) => name)).toEqual(['patrol-other-watch-production']);
    expect(topicOf(home)).toBe('security@example.com');
    expect((await world.run('plan', '--only', 'base/security')).code).toBe(nothingToDo);
    expect((await world.run('plan', '--only', 'nope')).code).toBe(2);
    const topic = (region: string): string => `"arn:aws:sns:${region}:${account}:own"`;
    const topics = `{ eu-west-1: ${topic('eu-west-1')}, us-east-1: ${topic('us-east-1')} }`;
    write(source({ rules: both, alerts: `topic: ${topics}` }));
    const pruned = await world.run('plan', '--prune', '--only', 'other/*', '--json');
    expect(pruned.notes[0]).toMatchObject({ counts: { orphaned: 2, delete: 0 } });
  });

  test('an interrupt says what goes on, and running again takes it up', async () => {
    const { stackSets, controller } = world;
    const { sleep } = stackSets;
    stackSets.pace = 600_000;
    stackSets.sleep = async (milliseconds) => {
      await sleep(milliseconds);
      if (stackSets.find(key)?.operations.length) controller.abort();
    };
    const run = await world.run('apply', '--yes');
    expect(run.code).toBe(130);
    expect(run.stderr).toContain(`CloudFormation continues ${key} in us-east-1 by itself`);
    expect(run.stdout).toContain('aws cloudformation stop-stack-set-operation');
    stackSets.sleep = sleep;
    world.controller = new AbortController();
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect(upToDate()).toHaveLength(4);
  });
});
