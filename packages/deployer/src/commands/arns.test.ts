import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeWorld } from '../testing/world.ts';

const [a, b] = ['arn:aws:iam::111122223333:role/A', 'arn:aws:iam::111122223333:role/B'];
const topic = 'arn:aws:sns:eu-west-1:111122223333:alerts';
const joined = 'Separate ARNs with commas.';

describe.each([';', '|', ' ', ' ; '])('ARNs separated by %j are refused', (by) => {
  const [arns, topics] = [`${a}${by}${b}`, `${topic}${by}${topic}`];

  test.each([
    [['demo/watch', '--alert-email', 'a@b.cc', '--param', `actions=${arns}`], joined],
    [['demo/watch', '--param', 'actions=x', '--alert-topic-arn', topics], 'is a subscription'],
    [['mute', 'demo/watch', '--for', '1h', '--reason', 'x', '--actor', arns], `--actor: `],
    [['mute', 'demo/watch', '--for', '1h', '--reason', 'x', '--resource', arns], `--resource: `],
    [['try', 'demo/watch', '--param', `actions=${arns}`], joined],
    [['replay', 'demo/watch', '--param', `actions=${arns}`, '-'], joined],
  ])('%j', async (argv, words) => {
    using world = new FakeWorld();
    const { code, stderr } = await world.run(...argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });

  test.each([
    [`rules: { demo/watch: { parameters: { actions: '${arns}' } } }`, joined],
    [`rules: { demo/watch: { parameters: { actions: [x, '${arns}'] } } }`, joined],
    [
      `alarms: { topic: '${topics}' }\nrules: { demo/watch: { parameters: { actions: x } } }`,
      'alarms.topic',
    ],
  ])('in patrol.yaml: %s', async (text, words) => {
    using world = new FakeWorld();
    writeFileSync(
      join(world.folder, 'patrol.yaml'),
      `version: 1\nfleet: security\nregions: [eu-west-1]\nalerts: { email: a@b.cc }\n${text}\n`,
    );
    const { code, stderr } = await world.run('plan');
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});
