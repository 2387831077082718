/** Each command writes what it is said to write, and nothing that is said is written by none. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, expect, test } from 'vitest';
import { FakeCloud } from '../testing/cloud.ts';
import { CloudError } from '../cloud/cloud.ts';
import { watching } from '../testing/fleet.ts';
import { account, source, unit } from '../testing/organization-fleet.ts';
import { fakeArtifact, record, removeFakes } from '../testing/artifact.ts';
import { FakeWorld, installRule, webhookRule } from '../testing/world.ts';
import { type Command, commands, type Written } from './commands.ts';
import { readNote, readOutput } from './read.ts';

afterAll(removeFakes);

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=X', '--alert-email', 'a@b.cc', '--yes'];

/** The validator of a JSON schema as it is published. */
function published(name: string): (value: unknown) => void {
  const file = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  const validate = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(
    JSON.parse(readFileSync(file, 'utf8')),
  );
  return (value) => {
    expect(validate(value), JSON.stringify([validate.errors, value])).toBe(true);
  };
}
const isNote = published('notes');
const isOutput = published('output');

type Run = (...argv: readonly string[]) => Promise<void>;

/** A fleet for an organisation of two accounts. */
function inOrganization(world: FakeWorld): void {
  world.stackSets.units.set(unit, ['222233334444', '333344445555']);
  world.others.set(`${account}/us-east-1`, new FakeCloud({ account, region: 'us-east-1' }));
  writeFileSync(join(world.folder, 'patrol.yaml'), source({ regions: 'eu-west-1' }));
}
const changedSource = source({
  regions: 'eu-west-1',
  rules: 'demo/watch: { parameters: { actions: DeleteTrail } }',
});

/** A fleet whose notifier has a mute. */
async function withMutes(world: FakeWorld): Promise<void> {
  writeFileSync(join(world.folder, 'patrol.yaml'), watching('security', [['demo', 'quiet']]));
  await world.run('apply', '--yes');
  const mute = { id: 'x', rule: 'watch', account, from: 0, until: 1, reason: 'a change', by: 'me' };
  const payload = JSON.stringify({ mutes: [{ ...mute, muted: 1 }], mute });
  world.functions.answer = () => ({ payload, log: '' });
}

/** What is to be done so that a command writes all that it can. */
const scenarios: Readonly<Record<Command, (world: FakeWorld, run: Run) => Promise<void>>> = {
  deploy: async (_, run) => run(...deploy),

  diff: async (world, run) => {
    const example = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-AbCdEf';
    const token = { kind: 'secret', description: 'The token.', example } as const;
    const mode = { kind: 'text', description: 'How loud.', default: 'quiet' } as const;
    installRule(world.folder, { parameters: { token, mode } });
    world.input = 'hunter2';
    const secret = ['demo/watch', '--secret', 'token=-'];
    await world.run(...secret, '--alert-email', 'a@b.cc', '--yes');
    const found = world.cloud.stacks.find(stack);
    if (found) found.drifted = new Date('2026-01-31T09:00:00Z');
    await run('diff', ...secret, '--param', 'mode=loud');
  },

  apply: async (world, run) => {
    inOrganization(world);
    await run('apply', '--yes');
    installRule(world.folder, { resources: { Queue: { Type: 'AWS::SQS::Queue' } } });
    writeFileSync(join(world.folder, 'patrol.yaml'), changedSource);
    const error = new CloudError('denied', 's3:PutObject', 'No.');
    world.others.get(`${account}/us-east-1`)?.faults.push({ call: 'writeText', error });
    await run('apply', '--yes');
  },

  delete: async (world, run) => {
    await world.run(...deploy);
    const { cloud } = world;
    const found = cloud.stacks.find(stack);
    if (found) found.status = 'UPDATE_IN_PROGRESS';
    cloud.sleep = async (milliseconds) => {
      if (found?.status === 'UPDATE_IN_PROGRESS') found.status = 'UPDATE_COMPLETE';
      cloud.stacks.advance(milliseconds);
    };
    await run('delete', 'demo/watch', '--yes');
    await world.run(...deploy);
    const error = new CloudError('denied', 'cloudformation:DescribeStackEvents', 'No.');
    cloud.faults.push({ call: 'events', error });
    await run('delete', 'demo/watch', '--yes');
  },

  diagnose: async (world, run) => {
    await world.run(...deploy);
    world.cloud.stacks.failing = { Function: 'No.' };
    await world.run('demo/watch', '--param', 'mode=loud', '--yes');
    const found = world.cloud.stacks.find(stack);
    if (found) found.tags = { a: 'b' };
    await run('diagnose', 'demo/watch');
  },

  hook: async (world, run) => {
    installRule(world.folder, webhookRule);
    await world.run('demo/watch', '--alert-email', 'a@b.cc', '--yes');
    world.environment = { GH_TOKEN: 'token' };
    const url = webhookRule.outputs?.['WebhookUrl'] ?? '';
    for (let index = 0; index < 2; index += 1) world.github.add({ url, secret: world.secret });
    world.github.attempts = [
      {
        id: 1,
        guid: 'guid',
        event: 'fork',
        statusCode: 503,
        status: 'Invalid HTTP Response',
        deliveredAt: new Date(world.cloud.now()),
      },
    ];
    await run('hook', 'demo/watch', '--org', 'acme', '--redeliver', '--yes');
  },

  logs: async (world, run) => {
    const group = '/aws/lambda/watch';
    installRule(world.folder, { outputs: { LogGroupName: group } });
    await world.run(...deploy);
    world.logs.add(group, world.cloud.now(), { verdict: 'quiet' });
    world.logs.add(group, world.cloud.now(), 'a text');
    await run('logs', 'demo/watch');
  },

  replay: async (world, run) => {
    const index = `export const evaluate = async ({ detail: { eventID } }, { iam }) => {
      if (eventID === 'muted') return { alerts: [], suppressed: [{ title: 'Policy changed', by: 'Admin' }] };
      if (eventID === 'open') await iam.ask('mallory');
      const alert = { severity: 'low', title: 'It was stopped', summary: '', eventId: eventID, dedupKey: 'k' };
      return { alerts: [{ ...alert, eventTime: '2026-03-04T05:06:07Z' }], once: ['k'] };
    };`;
    const { assembly } = fakeArtifact({ index, asks: true, onceWithin: 60 });
    const events = ['muted', 'open', 'found', 'again'].map((id) =>
      JSON.stringify(record('StopIt', id)),
    );
    world.input = [...events, 'no JSON'].join('\n');
    await run('replay', `${assembly.folder}/rule`, '-');
  },

  try: async (_, run) => {
    await run('try', `${fakeArtifact().assembly.folder}/rule`);
  },

  plan: async (world, run) => {
    writeFileSync(join(world.folder, 'patrol.yaml'), watching('security', [['demo', 'quiet']]));
    await run('plan');
    inOrganization(world);
    await world.run('apply', '--yes');
    world.stackSets.failing.set('333344445555', 'Explicit deny in an SCP.');
    writeFileSync(join(world.folder, 'patrol.yaml'), changedSource);
    await world.run('apply', '--yes');
    await run('plan');
  },
  info: async (world, run) => {
    await world.run(...deploy);
    await run('info', 'demo/watch');
  },
  doctor: async (_, run) => run('doctor'),
  list: async (_, run) => run('list'),
  describe: async (_, run) => run('describe', 'demo/watch'),
  invoke: async (world, run) => {
    await world.run(...deploy);
    const event = { source: 'aws.x', 'detail-type': 'x', detail: { eventName: 'StopLogging' } };
    writeFileSync(join(world.folder, 'event.json'), JSON.stringify(event));
    await run('invoke', 'demo/watch', 'event.json', '--yes');
  },
  mute: async (world, run) => {
    await withMutes(world);
    await run('mute', 'demo/watch', '--account', account, '--for', '1h', '--reason', 'a change');
  },
  mutes: async (world, run) => {
    await withMutes(world);
    await run('mutes');
  },
  unmute: async (world, run) => {
    await withMutes(world);
    await run('unmute', 'x');
  },
  failures: async (world, run) => {
    installRule(world.folder, { outputs: { FailureQueueUrl: 'https://sqs/failures' } });
    await world.run(...deploy);
    world.queues.add('https://sqs/failures', 'no event');
    await run('failures');
  },
  save: async (world, run) => {
    await world.run(...deploy);
    await run('save');
  },
  verify: async (world, run) => {
    await world.run(...deploy);
    await run('verify', 'demo/watch');
  },
};

test.each(Object.keys(commands) as readonly Command[])('%s', async (command) => {
  const written: Written = commands[command];
  const types = new Set<string>();
  using world = new FakeWorld();
  // What the world itself checks is looked at with the published schemas and the readers here.
  await scenarios[command](world, async (...argv) => {
    const { stdout } = await world.run(...argv, '--json');
    for (const text of 'object' in written ? [stdout] : stdout.trimEnd().split('\n')) {
      const value: { type: string } = JSON.parse(text);
      types.add(value.type);
      const isObject = 'object' in written;
      expect((isObject ? readOutput : readNote)(text)).toEqual(value);
      (isObject ? isOutput : isNote)(value);
    }
  });
  const said = 'object' in written ? [written.object] : [...written.lines, 'result'];
  expect([...types].toSorted()).toEqual(said.toSorted());
});
