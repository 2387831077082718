/** patrolHealth by the clock, on an emulated account. fleet.test.ts has all rules, each told its sample. */
import { describe, expect, test } from 'vitest';
import {
  forgetAnnouncements,
  patrolDeploy,
  runScheduled,
  stackOutput,
  subscribe,
  type Subscriber,
} from './support/cloud.ts';

describe('aws/patrolHealth by the clock', () => {
  const stackName = 'patrol-aws-patrolHealth-clock';
  let subscriber: Subscriber;

  test('finds what is out of order, and tells it once', async () => {
    await forgetAnnouncements();
    const ran = await patrolDeploy(
      'aws/patrolHealth',
      '--no-termination-protection',
      '--env',
      'clock',
      '--alert-email',
      'security@example.com',
      '--yes',
    );
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
    subscriber = await subscribe(await stackOutput(stackName, 'MachinesTopicArn'), 'alerts-clock');
    // That nobody listens would be told too.
    await subscribe(await stackOutput(stackName, 'AlertTopicArn'), 'people-clock');
    await runScheduled(stackName, 0);
    const told = [await subscriber.next(), await subscriber.next()].map(({ Subject }) => Subject);
    expect(told.toSorted()).toEqual([
      expect.stringMatching(/^\[critical\] CloudTrail records no API calls/),
      // The deployment announced itself, and the stack is as it said.
      expect.stringMatching(/^\[low\] Deployment of 1 stack by root ended as announced/),
    ]);
    await runScheduled(stackName, 0);
    await subscriber.nothing();
  });

  test('is deleted', async () => {
    const ran = await patrolDeploy('delete', 'aws/patrolHealth', '--env', 'clock', '--yes');
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  });
});
