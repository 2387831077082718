/** The main job, with the real command on an emulated account: deploy, alert, update, nothing to do, delete. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createTopic,
  deleteTopic,
  patrolDeploy,
  putEvent,
  receiveFrom,
  stack,
  stackOutput,
  subscribe,
} from './support/cloud.ts';
import { root, until } from './support/tools.ts';

interface Sample {
  source: string;
  'detail-type': string;
  detail: Record<string, unknown>;
}

const sample = (rule: string): Sample =>
  JSON.parse(
    readFileSync(join(root, `packages/patrol-rules-aws/rules/${rule}/sample.json`), 'utf8'),
  );

const changed = (event: Sample, detail: Record<string, unknown>): Sample => ({
  ...event,
  detail: { ...event.detail, ...detail },
});

const rules = [
  {
    rule: 'cloudTrail',
    parameters: [],
    title:
      /^\[critical\] CloudTrail: StopLogging on trail\/organization\S* in 111122223333 by \S.*$/,
    severity: 'critical',
    quiet: { eventName: 'AddTags' },
    unmatched: { eventSource: 'ec2.amazonaws.com' },
    update: 'disallowedActions=AddTags',
    titleAfterUpdate: 'CloudTrail: AddTags on',
    afterUpdate: { eventName: 'AddTags' },
  },
  {
    rule: 'rootLogin',
    parameters: [],
    title: /^\[critical\] Root user signed in to 111122223333 \(without MFA\)$/,
    severity: 'critical',
    quiet: { responseElements: { ConsoleLogin: 'Failure' }, errorMessage: 'Failed authentication' },
    unmatched: { userIdentity: { type: 'IAMUser', userName: 'alice' } },
    update: 'deniedAttempts=alert',
    titleAfterUpdate: 'Denied attempt: Root user signed in',
    afterUpdate: {
      responseElements: { ConsoleLogin: 'Failure' },
      errorMessage: 'Failed authentication',
    },
  },
  {
    rule: 'assumeRole',
    parameters: ['--param', 'disallowedRoles=Administrator'],
    title: /^\[high\] Disallowed role Administrator assumed in 111122223333 by IAM user alice$/,
    severity: 'high',
    quiet: { requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/NonAdministrators' } },
    unmatched: { eventName: 'GetCallerIdentity' },
    update: 'disallowedRoles=NonAdministrators',
    titleAfterUpdate: 'Disallowed role NonAdministrators assumed',
    afterUpdate: {
      requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/NonAdministrators' },
    },
  },
] as const;

describe.each(rules)(
  'aws/$rule',
  ({
    rule,
    parameters,
    title,
    severity,
    quiet,
    unmatched,
    update,
    titleAfterUpdate,
    afterUpdate,
  }) => {
    const name = `patrol-aws-${rule}-production`;
    const event = sample(rule);
    let subscriber: Awaited<ReturnType<typeof subscribe>>;

    test('is deployed', async () => {
      const ran = await patrolDeploy(
        `aws/${rule}`,
        '--alert-email',
        'security@example.com',
        '--yes',
        ...parameters,
      );
      expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
      expect(await stack(name)).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
      expect(ran.stdout).toContain('AlertTopicArn');
      subscriber = await subscribe(await stackOutput(name, 'MachinesTopicArn'), `alerts-${rule}`);
    });

    test('alerts its subscribers of a real event', async () => {
      await putEvent(event);
      const { Subject, Message, MessageAttributes } = await subscriber.next();
      expect(Subject).toMatch(title);
      expect(Subject.length).toBeLessThan(100);
      expect(JSON.parse(Message)).toMatchObject({
        version: 1,
        rule,
        severity,
        account: '111122223333',
        eventId: event.detail['eventID'],
        event: { detail: event.detail },
      });
      expect(MessageAttributes['severity']?.Value).toBe(severity);
      expect(MessageAttributes['rule']?.Value).toBe(rule);
    });

    test('stays quiet on what is not disallowed and on what does not match', async () => {
      await putEvent(changed(event, quiet));
      await putEvent(changed(event, unmatched));
      await putEvent({ ...event, source: 'my.forgery' });
      await subscriber.nothing();
    });

    test('does nothing when nothing changed', async () => {
      const before = await stack(name);
      const ran = await patrolDeploy(`aws/${rule}`, '--yes', '--json');
      expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
      const said = ran.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly type: string });
      // Nobody has confirmed the subscription, which is told on every run.
      expect(said.filter(({ type }) => type !== 'warning')).toMatchObject([
        { type: 'plan', do: 'keep' },
        { type: 'result' },
      ]);
      expect(said.at(-1)).toMatchObject({ type: 'result', ok: true });
      expect(await stack(name)).toEqual(before);
    });

    test('is updated with changed parameters', async () => {
      const ran = await patrolDeploy(`aws/${rule}`, '--yes', '--param', update);
      expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
      expect(await stack(name)).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
      await putEvent(changed(event, afterUpdate));
      expect((await subscriber.next()).Subject).toContain(titleAfterUpdate);
    });

    test('refuses a bad parameter before anything is touched', async () => {
      const ran = await patrolDeploy(`aws/${rule}`, '--yes', '--param', 'noSuchParameter=1');
      expect(ran.code).not.toBe(0);
      expect(ran.stderr).toContain('noSuchParameter');
      expect(await stack(name)).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
    });

    test('keeps an event whose alert cannot be sent in the failure queue', async () => {
      await deleteTopic(await stackOutput(name, 'MachinesTopicArn'));
      const lost = changed(event, afterUpdate);
      await putEvent(lost);
      const failureQueue = await stackOutput(name, 'FailureQueueUrl');
      const kept = await until('a message in the failure queue', () => receiveFrom(failureQueue));
      expect(JSON.parse(kept)).toMatchObject({ requestPayload: { detail: lost.detail } });
    });

    test('is shown', async () => {
      const ran = await patrolDeploy('info', `aws/${rule}`);
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      expect(ran.stdout).toContain('UPDATE_COMPLETE');
      expect(ran.stdout).toContain('DroppedEventsAlarm');
    });

    test('is deleted', async () => {
      const ran = await patrolDeploy('delete', `aws/${rule}`, '--yes');
      expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
      expect(await stack(name)).toBeUndefined();
    });
  },
);

test('an event that a rule cannot read is kept in the failure queue', async () => {
  const name = 'patrol-aws-assumeRole-unreadable';
  const deployed = await patrolDeploy(
    'aws/assumeRole',
    '--env',
    'unreadable',
    '--yes',
    '--alert-email',
    'security@example.com',
    '--param',
    'disallowedRoles=Administrator',
  );
  expect(deployed, deployed.stdout + deployed.stderr).toMatchObject({ code: 0 });
  const nothing = { requestParameters: null, resources: null, responseElements: null };
  await putEvent(changed(sample('assumeRole'), nothing));
  const failureQueue = await stackOutput(name, 'FailureQueueUrl');
  const kept = await until('a message in the failure queue', () => receiveFrom(failureQueue));
  expect(JSON.parse(kept)).toMatchObject({
    responsePayload: {
      errorMessage: expect.stringContaining('expected the ARN of the assumed role'),
    },
  });

  // The next one is shown with its reason, fails again when it is run again, and goes when it is dropped.
  const failures = async (...args: readonly string[]) => {
    const ran = await patrolDeploy('failures', 'aws/assumeRole', '--env', 'unreadable', ...args);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    return ran.stdout;
  };
  const waiting = async (): Promise<string | undefined> => {
    const text = await failures();
    return text.startsWith('1 event') ? text : undefined;
  };
  await putEvent(changed(sample('assumeRole'), nothing));
  const shown = await until('an event in failures', waiting);
  expect(shown).toMatch(/aws\/assumeRole .* AssumeRole .*expected the ARN of the assumed role/);
  expect(await failures('--retry', '--yes')).toContain('Lambda took 1 event.');
  await until('the event once more', waiting);
  expect(await failures('--drop', '--yes')).toContain('Dropped 1 event.');
  expect(await failures()).toContain('No events in 2 queues.');
  expect(
    await patrolDeploy('delete', 'aws/assumeRole', '--env', 'unreadable', '--yes'),
  ).toMatchObject({ code: 0 });
});

test('alerts go to an existing topic instead of an own one', async () => {
  const name = 'patrol-aws-rootLogin-shared';
  const topic = await createTopic('shared-alerts');
  const subscriber = await subscribe(topic, 'shared-alerts');
  const deployed = await patrolDeploy(
    'aws/rootLogin',
    '--env',
    'shared',
    '--yes',
    '--alert-topic-arn',
    topic,
  );
  expect(deployed, deployed.stdout + deployed.stderr).toMatchObject({ code: 0 });
  expect(await stackOutput(name, 'AlertTopicArn')).toBe(topic);
  await putEvent(sample('rootLogin'));
  expect((await subscriber.next()).Subject).toContain('Root user signed in');
  expect(await patrolDeploy('delete', 'aws/rootLogin', '--env', 'shared', '--yes')).toMatchObject({
    code: 0,
  });
});
