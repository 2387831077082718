/** A rule of each source that is not the event bus, on an emulated account: a webhook, a topic, a schedule. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '@patrol/core/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createSecret,
  createTopic,
  patrolDeploy,
  patrolDeployIn,
  publish,
  receiveFrom,
  runScheduled,
  secretValue,
  stack,
  stackOutput,
  subscribe,
  type Subscriber,
  webhookAddress,
} from './support/cloud.ts';
import { gitHub, type GitHubStandIn } from './support/github.ts';
import { must, root, until } from './support/tools.ts';
import { deliver, type Delivery } from './support/webhooks.ts';

const params = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
const email = ['--alert-email', 'security@example.com', '--yes'];

describe('a webhook: github/madePublic', () => {
  const name = 'patrol-github-madePublic-production';
  const sample: { name: string; payload: { repository: Record<string, unknown> } } = JSON.parse(
    readFileSync(join(root, 'packages/patrol-rules-github/rules/madePublic/sample.json'), 'utf8'),
  );
  let subscriber: Subscriber;
  let dispatch: Subscriber;
  let address: string;
  let secret: string;

  const send = (
    given: { payload?: unknown; signedWith?: string } & Partial<Delivery> = {},
  ): Promise<Response> =>
    deliver(address, given.signedWith ?? secret, {
      name: sample.name,
      body: JSON.stringify(given.payload ?? sample.payload),
      ...given,
    });

  test('is deployed, with an endpoint and a secret of its own, and tells Dispatch too', async () => {
    const topic = await createTopic('dispatch');
    dispatch = await subscribe(topic, 'dispatch');
    const ran = await patrolDeploy('github/madePublic', ...email, '--dispatch-topic', topic);
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
    address = webhookAddress(await stackOutput(name, 'WebhookUrl'));
    secret = await secretValue(await stackOutput(name, 'WebhookSecretArn'));
    expect(secret).toHaveLength(64);
    expect(ran.stdout + ran.stderr).not.toContain(secret);
    subscriber = await subscribe(await stackOutput(name, 'MachinesTopicArn'), 'alerts-madePublic');
  });

  test('alerts on a delivery that GitHub signed, once', async () => {
    expect((await send({ id: 'delivery-1' })).status).toBe(200);
    const { Subject, Message } = await subscriber.next();
    expect(Subject).toMatch(/^\[high\] Repository \S+ made public by .*\S+$/);
    expect(JSON.parse(Message)).toMatchObject({
      rule: 'madePublic',
      severity: 'high',
      eventId: 'delivery-1',
    });
    const { Message: forDispatch } = await dispatch.next();
    expect(JSON.parse(forDispatch)).toMatchObject({ type: 'high-priority', retrigger: true });
    expect((await send({ id: 'delivery-1' })).status).toBe(202);
    await subscriber.nothing();
  });

  test('takes a form as well', async () => {
    const { repository } = sample.payload;
    const later = {
      ...sample.payload,
      repository: { ...repository, updated_at: '2026-11-22T00:00:00Z' },
    };
    const body = new URLSearchParams({ payload: JSON.stringify(later) }).toString();
    expect((await send({ body, type: 'application/x-www-form-urlencoded' })).status).toBe(200);
    await subscriber.next();
  });

  test('refuses what is forged or no delivery, and evaluates none of it', async () => {
    expect((await send({ signedWith: 'somebody else' })).status).toBe(401);
    expect((await fetch(address, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await send({ body: 'not json' })).status).toBe(400);
    expect((await send({ type: 'text/plain' })).status).toBe(415);
    expect((await send({ name: 'ping' })).status).toBe(200);
    expect((await send({ name: 'push' })).status).toBe(202);
    await subscriber.nothing();
  });

  test('is shown and deleted', async () => {
    const shown = await patrolDeploy('info', 'github/madePublic');
    expect(shown, shown.stderr).toMatchObject({ code: 0 });
    expect(shown.stdout).toContain('WebhookUrl');
    expect(shown.stdout).not.toContain(secret);
    const deleted = await patrolDeploy('delete', 'github/madePublic', '--yes');
    expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ code: 0 });
    expect(await stack(name)).toBeUndefined();
  });
});

describe('a topic: a rule of somebody else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patrol-topic-'));
  const name = 'patrol-own-backupFailed-production';
  let subscriber: Subscriber;

  beforeAll(async () => {
    mkdirSync(join(folder, 'rules/backupFailed'), { recursive: true });
    mkdirSync(join(folder, 'node_modules/@patrol'), { recursive: true });
    symlinkSync(join(root, 'packages/core'), join(folder, 'node_modules/@patrol/core'));
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'patrol-rules-own', version: '1.0.0', type: 'module' }),
    );
    writeFileSync(
      join(folder, 'rules/backupFailed/rule.ts'),
      `import { defineRule, sns } from '@patrol/core';

export default defineRule({
  name: 'backupFailed',
  title: 'Backup failed',
  description: 'Alerts when AWS Backup says that a job failed.',
  severity: 'medium',
  runbook: 'Look at the job.',
  triggers: [sns(['backup.amazonaws.com'])],
  parameters: {},
  evaluate({ Message }) {
    if (!Message.includes('FAILED')) return undefined;
    return { title: 'Backup failed', summary: Message };
  },
});
`,
    );
    writeFileSync(
      join(folder, 'rules/backupFailed/sample.json'),
      JSON.stringify({
        Records: [
          {
            EventSource: 'aws:sns',
            Sns: {
              Type: 'Notification',
              MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
              TopicArn: 'arn:aws:sns:us-east-1:111122223333:backups',
              Message: 'Job FAILED',
              Timestamp: '2026-11-20T08:30:17.000Z',
            },
          },
        ],
      }),
    );
    await must('node', [join(root, 'packages/build/bin/patrol-build.cjs')], { cwd: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('alerts on a message that says so', async () => {
    const ran = await patrolDeployIn(folder, './backupFailed', ...email);
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
    const [made] = /patrol-[\w-]*backupFailed-production/.exec(ran.stdout) ?? [name];
    subscriber = await subscribe(
      await stackOutput(made, 'MachinesTopicArn'),
      'alerts-backupFailed',
    );
    const source = await stackOutput(made, 'SourceTopicArn');
    await publish(source, 'Job COMPLETED');
    await subscriber.nothing();
    await publish(source, 'Job FAILED: no room');
    const { Subject, Message } = await subscriber.next();
    expect(Subject).toMatch(/^\[medium\] Backup failed( in \d{12})?$/);
    expect(JSON.parse(Message)).toMatchObject({ summary: 'Job FAILED: no room' });
    const deleted = await patrolDeployIn(folder, 'delete', './backupFailed', '--yes');
    expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ code: 0 });
  });
});

describe('a schedule: github/mfaDisabled', () => {
  const name = 'patrol-github-mfaDisabled-production';
  let gitHubStandIn: GitHubStandIn;
  let subscriber: Subscriber;

  beforeAll(async () => {
    gitHubStandIn = await gitHub();
  });
  afterAll(() => gitHubStandIn.close());

  test('asks GitHub, and tells of each person once', async () => {
    const secretArn = await createSecret('patrol/github', 'ghp_example');
    const ran = await patrolDeploy(
      'github/mfaDisabled',
      ...email,
      ...params({
        githubOrganization: 'acme',
        githubToken: secretArn,
        githubApiUrl: gitHubStandIn.url,
        allowedList: 'build-bot',
      }),
    );
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
    subscriber = await subscribe(await stackOutput(name, 'MachinesTopicArn'), 'alerts-mfaDisabled');
    await runScheduled(name, 0);
    // Machines get what allowedList keeps from people as well.
    const told = [await subscriber.next(), await subscriber.next(), await subscriber.next()];
    const items = told.map(({ Subject, Message }) => {
      const { suppressed } = JSON.parse(Message) as Alert;
      return `${Subject}: ${suppressed?.item ?? 'for people'}`;
    });
    expect(items.toSorted()).toEqual([
      '[high] GitHub account Build-Bot of acme has no second factor: build-bot',
      '[high] GitHub account Mallory of acme has no second factor: for people',
      '[high] GitHub account bob of acme has no second factor: for people',
    ]);
    expect(gitHubStandIn.asked.some((url) => url.includes('page=2'))).toBe(true);
    await runScheduled(name, 5);
    await subscriber.nothing();
  });

  test('an expired token is an alert', async () => {
    gitHubStandIn.refuse(401);
    await runScheduled(name, 10);
    expect((await subscriber.next()).Subject).toContain('GitHub refuses the token');
    await runScheduled(name, 15);
    await subscriber.nothing();
  });

  test('a GitHub that is down is a failure of the function, which is tried again and kept', async () => {
    gitHubStandIn.refuse(503);
    await runScheduled(name, 20);
    const failures = await stackOutput(name, 'FailureQueueUrl');
    const kept = await until('a message in the failure queue', () => receiveFrom(failures), 120);
    expect(JSON.parse(kept)).toMatchObject({ requestPayload: { source: 'aws.events' } });
    const deleted = await patrolDeploy('delete', 'github/mfaDisabled', '--yes');
    expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ code: 0 });
  });
});
