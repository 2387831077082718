/** A rule that is deployed by itself with an e-mail address, on an emulated account: machines get all, and people few. */
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import {
  patrolDeploy,
  putEvent,
  settings,
  stackOutput,
  subscribe,
  type Subscriber,
} from './support/cloud.ts';
import { samplesOf } from './support/rules.ts';
import { until } from './support/tools.ts';

const stack = 'patrol-aws-cloudTrail-alone';
const rule = ['aws/cloudTrail', '--env', 'alone'];
const count = 60;

let machines: Subscriber;
let people: Subscriber;

/** The alerts that wait for the next list. */
async function held(): Promise<number> {
  const { StackResourceDetail } = await new CloudFormationClient(settings()).send(
    new DescribeStackResourceCommand({
      StackName: stack,
      LogicalResourceId: 'NotifierHeldQueue',
    }),
  );
  const { Attributes } = await new SQSClient(settings()).send(
    new GetQueueAttributesCommand({
      QueueUrl: StackResourceDetail?.PhysicalResourceId,
      AttributeNames: ['All'],
    }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages) +
    Number(Attributes?.ApproximateNumberOfMessagesDelayed) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  );
}

test('is deployed, and no hop to people is silent', async () => {
  const ran = await patrolDeploy(...rule, '--alert-email', 'security@example.com', '--yes');
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  machines = await subscribe(await stackOutput(stack, 'MachinesTopicArn'), 'alone-machines');
  people = await subscribe(await stackOutput(stack, 'AlertTopicArn'), 'alone-people');
  const verified = await patrolDeploy('verify', ...rule, '--json');
  const [{ hops }] = JSON.parse(verified.stdout).rules;
  const bad = hops.filter(({ status }: { status: string }) => status !== 'ok');
  expect([verified.code, bad]).toEqual([0, []]);
  expect(JSON.parse((await machines.next()).Message)).toMatchObject({ canary: true });
  await people.nothing();
});

test(`${count} calls by one actor are ${count} messages for machines and one for people, and the others wait for a list`, async () => {
  const sample = samplesOf('aws').get('cloudTrail');
  if (!sample) throw new Error('There is no sample of cloudTrail.');
  for (let index = 0; index < count; index += 1) {
    await putEvent({
      ...sample,
      detail: Object.assign({}, sample.detail, { eventID: `alone-${index}` }),
    });
  }
  const ids = new Set<string>();
  while (ids.size < count) ids.add(JSON.parse((await machines.next()).Message).eventId);
  let told = 0;
  const next = async (): Promise<void> => {
    const { rule: by, facts } = JSON.parse((await people.next()).Message);
    expect(by).toBe('cloudTrail');
    told += facts.alerts ?? 1;
  };
  const othersWait = () =>
    until('the others wait', async () => (told + (await held()) === count ? true : undefined));
  await next();
  expect(told).toBe(1);
  // Lists are made at the end of a slot of three minutes, which may have been now.
  await othersWait().catch(() => next().then(othersWait));
  await people.nothing();
});

test('is muted through its own notifier', async () => {
  const muting = ['--actor', 'role/Developer', '--for', '1h', '--reason', 'planned'];
  const muted = await patrolDeploy('mute', ...rule, ...muting);
  expect(muted, muted.stdout + muted.stderr).toMatchObject({ code: 0 });
  const { stdout } = await patrolDeploy('mutes', '--rule', ...rule, '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    rule: 'aws/cloudTrail',
    mutes: [{ rule: 'cloudTrail', reason: 'planned' }],
  });
});

test('is deleted', async () => {
  const ran = await patrolDeploy('delete', ...rule, '--yes');
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
});
