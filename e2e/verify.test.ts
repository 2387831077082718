/** `patrol-deploy verify` on an emulated account: all in order, and then each hop silenced as an attacker would. */
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  DescribeRuleCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  RemovePermissionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { DeleteTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  patrolDeploy,
  settings,
  stackOutput,
  subscribe,
  type Subscriber,
} from './support/cloud.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

const base = 'patrol-base-sound-sound';
const stack = 'patrol-aws-cloudTrail-sound';
const events = new EventBridgeClient(settings());
const lambda = new LambdaClient(settings());

let machines: Subscriber;
let people: Subscriber;

interface Hop {
  readonly check: string;
  readonly status: string;
  readonly resource: string;
  readonly says: string;
}

/** The exit code, and the hops that are not in order. */
async function verified() {
  const ran = await patrolDeploy('verify', 'aws/cloudTrail', '--env', 'sound', '--json');
  const hops = JSON.parse(ran.stdout).rules[0].hops as readonly Hop[];
  const bad = hops.filter(({ status }) => status !== 'ok').map(({ check }) => check);
  return { code: ran.code, bad, hops };
}

/** The physical id of a resource of the rule's stack. */
async function resource(LogicalResourceId: string): Promise<string> {
  const { StackResourceDetail } = await new CloudFormationClient(settings()).send(
    new DescribeStackResourceCommand({ StackName: stack, LogicalResourceId }),
  );
  return StackResourceDetail?.PhysicalResourceId ?? '';
}

beforeAll(async () => {
  const file = join(folder, 'patrol.yaml');
  writeFileSync(
    file,
    `version: 1
fleet: sound
terminationProtection: false
environment: sound
regions: [us-east-1]
alerts: { email: security@example.com, shared: true }
rules: { aws/cloudTrail: true }
`,
  );
  const ran = await patrolDeploy('apply', '--file', file, '--yes');
  if (ran.code !== 0) throw new Error(ran.stdout + ran.stderr);
  machines = await subscribe(await stackOutput(base, 'MachinesTopicArn'), 'verify-machines');
  people = await subscribe(await stackOutput(base, 'AlertTopicArn'), 'verify-people');
});

test('with all in order a canary reaches the machines and no people', async () => {
  const { code, bad, hops } = await verified();
  expect([code, bad], JSON.stringify(hops, null, 2)).toEqual([0, []]);
  expect(JSON.parse((await machines.next()).Message)).toMatchObject({ test: true, canary: true });
  await people.nothing();
});

test('a canary as patrolHealth asks for it each day reaches the machines and no people', async () => {
  const FunctionName = await stackOutput(stack, 'FunctionName');
  const where = { account: '000000000000', region: 'us-east-1', time: '2026-11-20T08:00:00Z' };
  const Payload = JSON.stringify({ patrolCanary: 'alone', ...where });
  // Each instance sends one a minute, and that of the test before had one.
  const Timeout = 29;
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
  expect(JSON.parse(answer.Payload?.transformToString() ?? '{}')).toEqual({ alerts: 1, found: 1 });
  expect(JSON.parse((await machines.next()).Message)).toMatchObject({
    rule: 'cloudTrail',
    severity: 'low',
    canary: true,
    eventTime: where.time,
  });
  await people.nothing();
});

test('names a rule that is disabled', async () => {
  const Name = await resource('EventRule');
  await events.send(new DisableRuleCommand({ Name }));
  expect(await verified()).toMatchObject({ code: 1, bad: ['trigger'] });
  await events.send(new EnableRuleCommand({ Name }));
});

test('names a pattern that is changed', async () => {
  const Name = await resource('EventRule');
  const { EventPattern, Description, State } = await events.send(new DescribeRuleCommand({ Name }));
  const changed = JSON.stringify({ source: ['aws.nothing'] });
  await events.send(new PutRuleCommand({ Name, EventPattern: changed, Description, State }));
  expect(await verified()).toMatchObject({ code: 1, bad: ['pattern', 'pattern'] });
  await events.send(new PutRuleCommand({ Name, EventPattern, Description, State }));
});

test('names a function that fails', async () => {
  const FunctionName = await stackOutput(stack, 'FunctionName');
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: {} } }),
  );
  // Its environment is not that of the template, and without it the function cannot run.
  const { hops, ...found } = await verified();
  expect(found).toMatchObject({ code: 1, bad: ['function', 'function'] });
  const [changed, failed] = hops.filter(({ status }) => status !== 'ok');
  expect(changed?.says).toMatch(/environment variable .* changed outside CloudFormation$/);
  expect(failed?.says).toMatch(/^the function failed: /);
});

test('names a permission that is removed, and a topic that is gone', async () => {
  const FunctionName = await stackOutput(stack, 'FunctionName');
  const { Policy = '{}' } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  for (const { Sid } of JSON.parse(Policy).Statement) {
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: Sid }));
  }
  const TopicArn = await stackOutput(base, 'MachinesTopicArn');
  await new SNSClient(settings()).send(new DeleteTopicCommand({ TopicArn }));
  const { code, bad } = await verified();
  expect(code).toBe(1);
  expect(bad).toEqual(expect.arrayContaining(['permission', 'topic']));
});

test('is deleted, whatever is missing of it', async () => {
  for (const name of ['aws/cloudTrail', 'base/sound']) {
    const ran = await patrolDeploy('delete', name, '--env', 'sound', '--yes');
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  }
});
