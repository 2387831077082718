import { describe, expect, test } from 'vitest';
import type { FakeCloud } from '../testing/cloud.ts';
import { CloudError } from '../cloud/cloud.ts';
import { FakeWorld, installRule, type Run } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const bucket = 'patrol-artifacts-111122223333-eu-west-1';
const deploy = ['demo/watch', '--param', 'actions=StopLogging', '--alert-email', 'a@b.cc'];
const uploads = ({ calls }: FakeCloud): number => calls.filter((call) => call === 'put').length;
const last = ({ notes }: Run): Record<string, unknown> => notes.at(-1) ?? {};

async function deployed(world: FakeWorld): Promise<void> {
  const run = await world.run(...deploy, '--yes');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  world.cloud.calls = [];
}

describe('creating', () => {
  test('makes the bucket, uploads, creates the stack, tells every event and the outputs', async () => {
    using world = new FakeWorld();
    const { code, notes } = await world.run(...deploy, '--yes', '--json');
    expect(code).toBe(0);
    expect(notes[0]).toMatchObject({
      type: 'plan',
      do: 'create',
      stack,
      because: 'it does not exist yet',
    });
    expect(
      notes
        .filter(({ type }) => type === 'event')
        .map(({ resource, status }) => `${String(resource)} ${String(status)}`),
    ).toEqual([
      `${stack} CREATE_IN_PROGRESS`,
      ...['Topic', 'Function', 'Alarm', 'EventRule'].map((id) => `${id} CREATE_IN_PROGRESS`),
      ...['Topic', 'Function', 'Alarm', 'EventRule'].map((id) => `${id} CREATE_COMPLETE`),
      `${stack} CREATE_COMPLETE`,
    ]);
    expect(notes.at(-2)).toMatchObject({
      type: 'warning',
      message: expect.stringContaining('Until a@b.cc confirms'),
      unconfirmed: {
        what: 'alerts',
        topics: [`arn:aws:sns:eu-west-1:111122223333:${stack}-AlertTopic`],
        stacks: [stack],
        endpoints: ['a@b.cc'],
      },
    });
    expect(notes.flatMap(({ uploaded }) => uploaded ?? [])).toMatchObject([
      { bucket: 'patrol-artifacts-111122223333-eu-west-1', bytes: 'zip 1'.length },
    ]);
    expect(notes.at(-1)).toMatchObject({
      type: 'result',
      ok: true,
      did: 'create',
      status: 'CREATE_COMPLETE',
      outputs: { FunctionName: `${stack}-Function` },
    });
    expect(world.cloud.buckets.get(bucket)?.protection).toEqual({
      encrypted: true,
      versioned: true,
      private: true,
      ownerEnforced: true,
      policy: expect.stringContaining(`arn:aws:s3:::${bucket}/*`),
    });
    expect([...(world.cloud.buckets.get(bucket)?.objects.keys() ?? [])]).toEqual([
      expect.stringMatching(/^patrol\/demo\/watch\/[0-9a-f]{64}\.zip$/),
    ]);
    expect(world.cloud.stacks.find(stack)).toMatchObject({
      tags: {
        'patrol:package': '@patrol/rules-demo',
        'patrol:rule': 'watch',
        'patrol:environment': 'production',
      },
      parameters: {
        actions: 'StopLogging',
        mode: 'quiet',
        AlertEmail: 'a@b.cc',
        LogRetentionInDays: '90',
      },
    });
  });

  test('in a terminal asks for everything, again when an answer is refused, and whether to go on', async () => {
    using world = new FakeWorld();
    world.answers = ['', 'StopLogging', 'shrill', 'loud', 'nobody', 'a@b.cc', true];
    const { code, stdout } = await world.run('demo/watch');
    expect(code).toBe(0);
    expect(world.asked).toEqual([
      { message: expect.stringMatching(/^actions: Which calls\. Names, separated by commas/) },
      { message: 'mode: How loud. One of quiet, loud.', initial: 'quiet' },
      { message: expect.stringContaining('Where to send alerts') },
      { message: `Create ${stack}?` },
    ]);
    expect(stdout).toContain(`${stack} was created.`);
    expect(world.cloud.stacks.find(stack)?.parameters).toMatchObject({
      mode: 'loud',
      AlertEmail: 'a@b.cc',
    });
  });

  test.each([
    [false, 1, 'Nothing was changed.'],
    [undefined, 130, 'Interrupted. Nothing was changed.'],
  ])('the answer %s leaves nothing behind', async (answer, code, words) => {
    using world = new FakeWorld();
    world.answers = [answer];
    expect(await world.run(...deploy, '--param', 'mode=loud')).toMatchObject({
      code,
      stderr: `${words}\n`,
    });
    expect(world.cloud.stacks.all).toEqual([]);
    expect(world.cloud.buckets.size).toBe(0);
  });

  test('without a terminal needs --yes and all settings, and says so before anything is touched', async () => {
    using world = new FakeWorld();
    const asked = await world.run(...deploy);
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --yes') });
    const missing = await world.run('demo/watch', '--yes', '--json');
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('actions: is required'),
    });
    expect(last(missing)).toMatchObject({
      type: 'result',
      ok: false,
      did: 'none',
      message: expect.stringContaining('No destination for alerts is given'),
    });
    expect(new Set(world.cloud.calls)).toEqual(new Set(['place', 'stack']));
  });

  test('a dry run leaves nothing behind', async () => {
    using world = new FakeWorld();
    const { code, stdout } = await world.run(...deploy, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('+ 4 resources: 1 × SNS::Topic, 1 × Lambda::Function');
    const detailed = await world.run(...deploy, '--dry-run', '--details');
    expect(detailed.stdout).toContain('+ Function AWS::Lambda::Function');
    expect(stdout).toContain('Dry run: nothing was changed.');
    expect(new Set(world.cloud.calls)).toEqual(new Set(['place', 'stack']));
  });

  test('a failure names the resource that failed first, and leaves nothing', async () => {
    using world = new FakeWorld();
    world.cloud.stacks.failing = {
      Function: 'User: arn:x is not authorized to perform: lambda:CreateFunction',
    };
    const human = await world.run(...deploy, '--yes');
    expect(human.code).toBe(1);
    expect(human.stdout).toContain(
      'Function (AWS::Lambda::Function) failed first: User: arn:x is not authorized',
    );
    expect(human.stdout).toContain('may not do this');
    expect(human.stderr).toContain(
      `${stack} could not be created. CloudFormation deleted everything that it had created`,
    );
    const machine = await world.run(...deploy, '--yes', '--json');
    expect(last(machine)).toMatchObject({
      ok: false,
      status: 'DELETE_COMPLETE',
      cause: { resource: 'Function' },
    });
    expect(world.cloud.stacks.find(stack)).toBeUndefined();
  });

  test('uses the empty stack of an abandoned run', async () => {
    using world = new FakeWorld();
    world.cloud.stacks.add({ name: stack, status: 'REVIEW_IN_PROGRESS' });
    await deployed(world);
    expect(world.cloud.stacks.all.map(({ status }) => status)).toEqual(['CREATE_COMPLETE']);
  });

  test('a stack whose creation failed is deleted and created anew, after asking', async () => {
    using world = new FakeWorld();
    await deployed(world);
    const broken = world.cloud.stacks.find(stack);
    if (broken) broken.status = 'ROLLBACK_COMPLETE';
    world.answers = [false, true];
    expect(await world.run('demo/watch')).toMatchObject({ code: 1 });
    expect(world.asked.at(-1)?.message).toBe(`Delete and recreate ${stack}?`);
    expect(broken?.status).toBe('ROLLBACK_COMPLETE');
    expect(await world.run('demo/watch')).toMatchObject({ code: 0 });
    expect(broken?.status).toBe('DELETE_COMPLETE');
    expect(world.cloud.stacks.find(stack)?.parameters).toMatchObject({ actions: 'StopLogging' });
  });

  test('uploads into no bucket of somebody else’s', async () => {
    using world = new FakeWorld();
    world.cloud.addBucket(bucket, '999999999999');
    const { code, stderr } = await world.run(...deploy, '--yes');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('does not belong to the account 111122223333'),
    });
    expect(uploads(world.cloud)).toBe(0);
    expect(world.cloud.stacks.all).toEqual([]);
  });

  test('refuses a topic that is not there', async () => {
    using world = new FakeWorld();
    const error = new CloudError('missing', 'sns:ListSubscriptionsByTopic', 'Topic does not exist');
    world.cloud.faults.push({ call: 'subscriptions', error });
    const arn = 'arn:aws:sns:eu-west-1:111122223333:gone';
    const run = await world.run(
      'demo/watch',
      '--param',
      'actions=x',
      '--alert-topic-arn',
      arn,
      '--yes',
    );
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`There is no topic ${arn}`),
    });
    const again = await world.run(
      'demo/watch',
      '--param',
      'actions=x',
      '--alert-topic-arn',
      arn,
      '--yes',
    );
    expect(again.stdout).toContain('Nobody is subscribed to');
  });

  test('refuses a topic for alarms that is not there, and warns of one that nobody has subscribed to', async () => {
    using world = new FakeWorld();
    const error = new CloudError('missing', 'sns:ListSubscriptionsByTopic', 'Topic does not exist');
    world.cloud.faults.push({ call: 'subscriptions', error });
    const arn = 'arn:aws:sns:eu-west-1:111122223333:alarms';
    const argv = [...deploy, '--param', `AlarmTopicArn=${arn}`, '--yes'];
    expect(await world.run(...argv)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`There is no topic ${arn}, so the alarms would be lost`),
    });
    expect(world.cloud.stacks.all).toEqual([]);
    const warned = await world.run(...argv);
    expect(warned.stdout).toContain('Until a@b.cc confirms the subscription');
    expect(warned.stdout).toContain(
      `Nobody is subscribed to ${arn}, so nobody receives the alarms of`,
    );
    world.cloud.topics.set(arn, [{ protocol: 'email', endpoint: 'x@y.zz', confirmed: true }]);
    expect((await world.run(...argv, '--param', 'mode=loud')).stdout).not.toContain(
      `Nobody is subscribed to ${arn}`,
    );
  });

  test('refuses a topic of Dispatch that is not there', async () => {
    using world = new FakeWorld({ stackParameters: { DispatchSnsArn: { Default: '' } } });
    const error = new CloudError('missing', 'sns:ListSubscriptionsByTopic', 'Topic does not exist');
    world.cloud.faults.push({ call: 'subscriptions', error });
    const arn = 'arn:aws:sns:eu-west-1:111122223333:gone';
    expect(await world.run(...deploy, '--dispatch-topic', arn, '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`so the alerts for Dispatch would be lost. Create it first`),
    });
    expect(await world.run(...deploy, '--dispatch-topic', arn, '--yes')).toMatchObject({ code: 0 });
  });

  test('refuses a region in which the events never occur', async () => {
    using world = new FakeWorld({ regions: ['us-east-1'] });
    const { code, stderr } = await world.run('demo/watch');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('--region us-east-1'),
    });
  });
});

describe('updating', () => {
  test('does nothing, without a change set or a look at the bucket, when nothing changed', async () => {
    using world = new FakeWorld();
    await deployed(world);
    const run = await world.run('demo/watch', '--json');
    expect(run.code).toBe(0);
    expect(run.notes.filter(({ type }) => type === 'plan')).toMatchObject([{ do: 'keep', stack }]);
    expect(last(run)).toMatchObject({
      ok: true,
      did: 'keep',
      outputs: { FunctionName: `${stack}-Function` },
    });
    // Who has not confirmed is told as long as that is so.
    expect(world.cloud.calls).toEqual(['place', 'stack', 'subscriptions']);
    // Nor for a new version of the package in which this rule is the same.
    installRule(world.folder, { version: '2.0.0' });
    expect(last(await world.run('demo/watch', '--json'))).toMatchObject({ did: 'keep' });
  });

  test('changes one value, keeps the others, shows the change and uploads nothing', async () => {
    using world = new FakeWorld();
    await deployed(world);
    world.answers = [true];
    const { code, stdout } = await world.run('demo/watch', '--param', 'mode=loud');
    expect(code).toBe(0);
    expect(world.asked).toEqual([{ message: `Update ${stack}?` }]);
    expect(stdout).toContain('mode: "quiet" → "loud"');
    expect(stdout).toContain('~ Function AWS::Lambda::Function');
    expect(stdout).toContain(`${stack} was updated.`);
    expect(uploads(world.cloud)).toBe(0);
    expect(world.cloud.stacks.find(stack)).toMatchObject({
      status: 'UPDATE_COMPLETE',
      parameters: { mode: 'loud', actions: 'StopLogging', AlertEmail: 'a@b.cc' },
    });
  });

  test('uploads new code before the stack is touched', async () => {
    using world = new FakeWorld();
    await deployed(world);
    installRule(world.folder, { code: 'zip 2' });
    expect(await world.run('demo/watch', '--yes')).toMatchObject({ code: 0 });
    const { calls } = world.cloud;
    expect(calls.indexOf('put')).toBeLessThan(calls.indexOf('executeChangeSet'));
    expect(world.cloud.buckets.get(bucket)?.objects.size).toBe(2);
  });

  test('takes the default of a parameter that is new, and asks for one without', async () => {
    using world = new FakeWorld();
    await deployed(world);
    const text = { kind: 'text', description: 'Who.', example: 'you' } as const;
    const parameters = { actions: text, added: { ...text, default: 'x' }, required: text };
    installRule(world.folder, { parameters });
    expect(await world.run('demo/watch', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('required: is required'),
    });
    world.answers = ['me', true];
    expect(await world.run('demo/watch')).toMatchObject({ code: 0 });
    expect(world.asked[0]).toEqual({ message: 'required: Who.' });
    expect(world.cloud.stacks.find(stack)?.parameters).toMatchObject({
      added: 'x',
      required: 'me',
      actions: 'StopLogging',
    });
  });

  test.each([
    ['--dry-run', 0],
    ['no', 1],
    ['Ctrl-C', 130],
  ])('%s takes the change set back', async (how, code) => {
    using world = new FakeWorld();
    await deployed(world);
    if (how !== '--dry-run') world.answers = [how === 'no' ? false : undefined];
    const { stdout, code: ended } = await world.run(
      'demo/watch',
      '--param',
      'mode=loud',
      ...(code === 0 ? ['--dry-run'] : []),
    );
    expect(ended).toBe(code);
    expect(stdout).toContain('~ Function AWS::Lambda::Function');
    expect(world.cloud.stacks.changeSets).toEqual([]);
    expect(world.cloud.stacks.find(stack)).toMatchObject({
      status: 'CREATE_COMPLETE',
      parameters: { mode: 'quiet' },
    });
    expect(uploads(world.cloud)).toBe(0);
  });

  test('a failed update says what stands now', async () => {
    using world = new FakeWorld();
    await deployed(world);
    world.cloud.stacks.failing = { Function: 'Rate exceeded' };
    const failed = await world.run('demo/watch', '--param', 'mode=loud', '--yes');
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('rolled it back to its previous state'),
    });
    world.cloud.stacks.failing = {};
    // After a rollback nothing is taken for granted: the change set is asked, and finds nothing.
    const asked = await world.run('demo/watch', '--yes', '--json');
    expect(last(asked)).toMatchObject({
      ok: true,
      did: 'keep',
      message: expect.stringContaining('finds no difference'),
    });
    expect(world.cloud.stacks.changeSets).toEqual([]);
  });

  test('leaves alone a stack of that name that it did not make', async () => {
    using world = new FakeWorld();
    world.cloud.stacks.add({ name: stack, tags: { team: 'x' } });
    const { code, stderr } = await world.run(...deploy, '--yes');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('does not have the tags'),
    });
  });
});

describe('diff', () => {
  const show = ['diff', 'demo/watch'];
  const role = (action: string): Readonly<Record<string, unknown>> => ({
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [
          {
            PolicyDocument: { Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] },
          },
        ],
      },
    },
  });

  test('ends with 3 when there is something to create, and touches nothing', async () => {
    using world = new FakeWorld({ resources: role('sns:Publish') });
    const { code, stdout } = await world.run(
      ...show,
      '--param',
      'actions=x',
      '--alert-email',
      'a@b.cc',
    );
    expect(code).toBe(3);
    expect(stdout).toContain('+ Role: Allow Action sns:Publish; Resource *');
    expect(stdout).toContain('Deploying would change the stack. This command changed nothing.');
    expect(new Set(world.cloud.calls)).toEqual(new Set(['place', 'stack']));
    expect(world.cloud.stacks.all).toEqual([]);
  });

  test('ends with 0 when there is nothing to do, with 3 when properties or permissions change', async () => {
    using world = new FakeWorld({ resources: role('sns:Publish') });
    await deployed(world);
    expect(await world.run(...show)).toMatchObject({ code: 0 });
    const { code, stdout } = await world.run(...show, '--param', 'mode=loud');
    expect(code).toBe(3);
    expect(stdout).toContain('~ Function AWS::Lambda::Function');
    expect(stdout).not.toContain('Permissions');
    installRule(world.folder, { resources: role('*'), code: 'zip 2' });
    world.cloud.calls = [];
    const wider = await world.run(...show, '--details');
    expect(wider.code).toBe(3);
    expect(wider.stdout).toContain('- Role: Allow Action sns:Publish; Resource *');
    expect(wider.stdout).toContain('+ Role: Allow Action *; Resource *');
    // What is not uploaded has no version yet.
    expect(wider.stdout).toContain('known-after-upload');
    expect(uploads(world.cloud)).toBe(0);
    expect(world.cloud.stacks.changeSets).toEqual([]);
    const machine = await world.run(...show, '--json');
    expect(machine.notes.find(({ type }) => type === 'changes')).toMatchObject({
      statements: [{ change: 'remove' }, { change: 'add', says: { Action: '*' } }],
    });
    expect(last(machine)).toMatchObject({ ok: true, did: 'update', dryRun: true });
  });

  test('ends with 2 or 1 for what is wrong', async () => {
    using world = new FakeWorld();
    expect(await world.run(...show)).toMatchObject({ code: 2 });
    world.cloud.stacks.add({ name: stack, tags: { team: 'x' } });
    expect(await world.run(...show)).toMatchObject({ code: 1 });
  });
});

describe('the version of the zip', () => {
  test('is pinned, kept as long as the code is the same, and new with new code', async () => {
    using world = new FakeWorld();
    await deployed(world);
    const version = (): string | undefined =>
      world.cloud.stacks.find(stack)?.parameters['CodeS3ObjectVersion'];
    const first = version() ?? '';
    expect(world.cloud.buckets.get(bucket)?.versions.get(first)?.bytes).toEqual(
      Buffer.from('zip 1'),
    );
    await world.run('demo/watch', '--param', 'mode=loud', '--yes');
    expect(version()).toBe(first);
    expect(last(await world.run('demo/watch', '--json'))).toMatchObject({ did: 'keep' });
    installRule(world.folder, { code: 'zip 2' });
    await world.run('demo/watch', '--yes');
    expect(world.cloud.buckets.get(bucket)?.versions.get(version() ?? '')?.bytes).toEqual(
      Buffer.from('zip 2'),
    );
  });
});
