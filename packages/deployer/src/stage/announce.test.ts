import { announcementBytes, announcementName, longestAnnouncement } from '@patrol/core/contracts';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import type { StackStep } from '../plan/step.ts';
import { FakeCloud } from '../testing/cloud.ts';
import { FakeWorld } from '../testing/world.ts';
import { announce, announcedFor } from './announce.ts';

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=StopLogging', '--alert-email', 'a@b.cc', '--yes'];

/** What was announced, in turn. */
const announced = ({ announcements }: FakeCloud): readonly Record<string, unknown>[] =>
  announcements.map(({ text }) => JSON.parse(text));

describe('a deployment announces itself', () => {
  test('with what becomes of the stack, before anything is done to it', async () => {
    using world = new FakeWorld();
    const { cloud } = world;
    const begun = cloud.now();
    expect(await world.run(...deploy)).toMatchObject({ code: 0, stderr: '' });
    const [created] = announced(cloud);
    expect(created).toEqual({
      run: expect.stringMatching(/^patrol-/),
      until: expect.any(String),
      stacks: {
        [stack]: [
          'create',
          expect.stringMatching(/^[0-9a-f]{64}$/),
          expect.stringMatching(/^[0-9a-f]{64}$/),
        ],
      },
    });
    expect(cloud.announcements).toMatchObject([{ name: announcementName }]);
    expect(Date.parse(String(created?.['until'])) - begun).toBeLessThan(longestAnnouncement);
    expect(cloud.calls.indexOf('announce')).toBeLessThan(cloud.calls.indexOf('createChangeSet'));
  });

  test('and the hashes are those of the stack that there is then', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    const { stacks = {} } = announced(world.cloud)[0] ?? {};
    const [, template, code] = Object(stacks)[stack];
    const { tags, parameters } = (await world.cloud.stack(stack)) ?? {};
    expect(tags).toMatchObject({ 'patrol:template': template });
    expect(parameters?.['CodeS3Key']).toContain(code);
  });

  test('but not where nothing changes', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    await world.run(...deploy);
    expect(world.cloud.announcements).toHaveLength(1);
  });

  test('when it deletes', async () => {
    using world = new FakeWorld();
    await world.run(...deploy);
    world.cloud.calls = [];
    expect(await world.run('delete', 'demo/watch', '--yes')).toMatchObject({ code: 0 });
    expect(announced(world.cloud).at(-1)).toMatchObject({ stacks: { [stack]: ['delete'] } });
    const { calls } = world.cloud;
    expect(calls.indexOf('announce')).toBeLessThan(calls.indexOf('deleteStack'));
  });

  test('and goes on where it may not, and says so', async () => {
    using world = new FakeWorld();
    const error = new CloudError('denied', 'ssm:PutParameter', 'No.');
    world.cloud.faults.push({ call: 'announce', times: 9, error });
    const { code, stdout } = await world.run(...deploy);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'This run could not be announced to patrolHealth. Where patrolHealth is deployed, it alerts on what this run changes.',
    );
    expect(stdout).toContain('ssm:PutParameter failed: No.');
    expect(world.cloud.stacks.find(stack)).toMatchObject({ status: 'CREATE_COMPLETE' });
  });
});

test('many stacks are announced in several values, none longer than a parameter holds', async () => {
  const cloud = new FakeCloud();
  const hash = 'ab'.repeat(32);
  const names = Array.from({ length: 60 }, (_, at) => `patrol-aws-ruleOfALongName${at}-production`);
  const steps = names.map((name) => ({
    target: { kind: 'stack', name, place: cloud.home, holds: { rule: name } },
    verdict: 'change',
    operations: [{ do: 'update' }],
    wanted: {
      content: { identity: { template: hash }, artifact: { rule: { code: { sha256: hash } } } },
    },
  })) as unknown as readonly StackStep[];
  const { now } = cloud;
  await announce({ cloud, now, unique: () => 'patrol-1', tell: () => undefined }, steps);
  const texts = cloud.announcements.map(({ text }) => text);
  expect(texts.length).toBeGreaterThan(1);
  for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(announcementBytes);
  const all = announced(cloud);
  expect(new Set(all.map(({ run, until }) => `${String(run)} ${String(until)}`))).toEqual(
    new Set([`patrol-1 ${new Date(cloud.now() + announcedFor).toISOString()}`]),
  );
  expect(all.flatMap(({ stacks }) => Object.keys(Object(stacks)))).toEqual(names);
});
