/** Every rule that the event bus runs, on an emulated account: deployed with its example values, told its sample, deleted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '@patrol/core/contracts';
import {
  patrolDeploy,
  putEvent,
  runScheduled,
  stack,
  stackOutput,
  subscribe,
  type Subscriber,
} from './support/cloud.ts';
import { root } from './support/tools.ts';

const dist = join(root, 'packages/patrol-rules-aws/dist');
const manifest = parseManifest(readFileSync(join(dist, 'rules.json'), 'utf8'), 'rules.json');

/** deploy.test.ts has these, in all their phases. */
const elsewhere = ['assumeRole', 'cloudTrail', 'rootLogin'];

const rules = manifest.rules.filter(({ name }) => !elsewhere.includes(name));

describe.each(rules)('aws/$name', ({ name, parameters, sample }) => {
  const stackName = `patrol-aws-${name}-production`;
  let subscriber: Subscriber;

  test('is deployed with its example values', async () => {
    const values = Object.entries(parameters).flatMap(([parameter, spec]) =>
      spec.default === undefined ? ['--param', `${parameter}=${spec.example}`] : [],
    );
    const to = ['--alert-email', 'security@example.com', '--yes'];
    const ran = await patrolDeploy(`aws/${name}`, ...to, ...values);
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
    subscriber = await subscribe(await stackOutput(stackName, 'AlertTopicArn'), `alerts-${name}`);
  });

  test('alerts on its sample', async () => {
    await putEvent(JSON.parse(readFileSync(join(dist, sample.path), 'utf8')));
    const { Message } = await subscriber.next();
    expect(JSON.parse(Message)).toMatchObject({ version: 1, rule: name });
  });

  test('is deleted', async () => {
    const ran = await patrolDeploy('delete', `aws/${name}`, '--yes');
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
    expect(await stack(stackName)).toBeUndefined();
  });
});

describe('aws/patrolHealth by the clock', () => {
  const stackName = 'patrol-aws-patrolHealth-clock';
  let subscriber: Subscriber;

  test('finds what is out of order, and tells it once', async () => {
    const ran = await patrolDeploy(
      'aws/patrolHealth',
      '--env',
      'clock',
      '--alert-email',
      'security@example.com',
      '--yes',
    );
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
    subscriber = await subscribe(await stackOutput(stackName, 'AlertTopicArn'), 'alerts-clock');
    await runScheduled(stackName, 0);
    expect((await subscriber.next()).Subject).toMatch(/trail/i);
    await runScheduled(stackName, 0);
    await subscriber.nothing();
  });

  test('is deleted', async () => {
    const ran = await patrolDeploy('delete', 'aws/patrolHealth', '--env', 'clock', '--yes');
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  });
});
