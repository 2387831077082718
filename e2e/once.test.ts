/**
 * What a rule tells once, with the table of its stack on an emulated account. The emulator delivers nothing to EventBridge
 * rules that also get reads, so each event is handed to the function as EventBridge would.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrapRecord } from '@patrol/core/evaluation';
import { describe, expect, test } from 'vitest';
import { patrolDeploy, runOn, stackOutput, subscribe, type Subscriber } from './support/cloud.ts';
import { root } from './support/tools.ts';

const sample = JSON.parse(
  readFileSync(join(root, 'packages/patrol-rules-aws/rules/rootActivity/sample.json'), 'utf8'),
);

/** A read by the root user in a session that began at a time. */
const read = (
  eventID: string,
  creationDate: string,
  fields = {},
): Readonly<Record<string, unknown>> => ({
  ...sample,
  eventID,
  eventName: 'ListUsers',
  readOnly: true,
  userIdentity: {
    ...sample.userIdentity,
    sessionContext: { attributes: { creationDate, mfaAuthenticated: 'true' } },
  },
  ...fields,
});

describe('aws/rootActivity', () => {
  const stackName = 'patrol-aws-rootActivity-once';
  const rule = ['aws/rootActivity', '--env', 'once'] as const;
  let subscriber: Subscriber;

  /** Runs the function on an event: how many alerts it sent, and what its log says of those that it did not send. */
  async function run(
    event: Readonly<Record<string, unknown>>,
  ): Promise<readonly [sent: unknown, log: unknown]> {
    const { answer, log } = await runOn(stackName, wrapRecord(event));
    return [answer.alerts, log.filter(({ toldBy }) => toldBy !== undefined)];
  }

  test('tells the first read of a session', async () => {
    const ran = await patrolDeploy(...rule, '--alert-email', 'security@example.com', '--yes');
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
    subscriber = await subscribe(await stackOutput(stackName, 'MachinesTopicArn'), 'alerts-once');
    expect(await run(read('one', '2026-11-20T08:00:00Z'))).toEqual([1, []]);
    expect((await subscriber.next()).Subject).toContain('Root user active: iam:ListUsers');
  });

  test('is quiet about the next one, and logs which event told it', async () => {
    const [sent, log] = await run(read('two', '2026-11-20T08:00:00Z', { eventName: 'ListRoles' }));
    expect(sent).toBe(0);
    expect(log).toMatchObject([{ verdict: 'already told', eventId: 'two', toldBy: 'one' }]);
    await subscriber.nothing();
  });

  test('tells the first event again when Lambda tries it again', async () => {
    expect(await run(read('one', '2026-11-20T08:00:00Z'))).toEqual([1, []]);
    await subscriber.next();
  });

  test('tells another session, a denied call, and each change', async () => {
    const session = '2026-11-20T08:00:00Z';
    const change = {
      eventName: 'CreateUser',
      readOnly: false,
      requestParameters: { userName: 'x' },
    };
    for (const [event, subject] of [
      [read('three', '2026-11-20T09:30:00Z'), 'Root user active'],
      [read('four', session, { errorCode: 'AccessDenied' }), 'Denied attempt: Root user active'],
      [read('five', session, change), 'Root user changed something'],
      [read('six', session, change), 'Root user changed something'],
    ] as const) {
      expect(await run(event)).toEqual([1, []]);
      expect((await subscriber.next()).Subject).toContain(subject);
    }
  });

  test('is deleted', async () => {
    const ran = await patrolDeploy('delete', ...rule, '--yes');
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  });
});
