/** A fleet with a notifier on an emulated account: what machines get, and what people get of it, minute by minute. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  GetLayerVersionByArnCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { unzipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import { namesVariable } from '../packages/core/src/environment.ts';
import {
  createTopic,
  fault,
  patrolDeploy,
  publish,
  putEvent,
  runOn,
  settings,
  stackOutput,
  subscribe,
  type Subscriber,
} from './support/cloud.ts';
import { samplesOf } from './support/rules.ts';
import { until } from './support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-notifier-'));
afterAll(() => rmSync(folder, { recursive: true }));

const base = 'patrol-base-quiet-quiet';
const here = ['--region', 'us-east-1', '--env', 'quiet'];
const minute = 60_000;
/** Lists are made at the end of each of these, and told by the tick that comes next. */
const slot = 3 * minute;

/** The last day of what is suppressed. */
const expires = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

/** Somebody whose alerts are muted for some time. */
const muted = {
  type: 'Role',
  name: 'Muted',
  description: 'role Muted',
  principal: 'arn:aws:iam::111122223333:role/Muted',
};

let machines: Subscriber;
let people: Subscriber;
/** A further topic, which gets only what is critical. */
let pager: Subscriber;
let pagerTopic: string;
let machinesTopic = '';

/** An alert as a rule sends it to the machines. */
let alert: Readonly<Record<string, unknown>> = {};

/** Alerts like the first, with other fields: many at a time. */
async function send(count: number, of: (index: number) => object): Promise<void> {
  const others = Array.from({ length: count }, (_, index) => {
    const eventId = `${count}-${index}`;
    return { ...alert, eventId, dedupKey: `cloudTrail:${eventId}`, ...of(index) };
  });
  for (let from = 0; from < count; from += 20) {
    await Promise.all(
      others
        .slice(from, from + 20)
        .map((each) => publish(machinesTopic, JSON.stringify({ default: '', ...each }))),
    );
  }
}

/** The name of the notifier's table. */
async function tableName(): Promise<string> {
  const { TableNames = [] } = await new DynamoDBClient(settings()).send(new ListTablesCommand());
  const name = TableNames.find((each) => each.startsWith(`${base}-`));
  if (name === undefined) throw new Error(`${base} has no table.`);
  return name;
}

interface Told {
  readonly at: number;
  readonly title: string;
  /** How many alerts the message tells of. */
  readonly alerts: number;
}

/** What people are told until a number of alerts has been told, or a time is over. */
async function toldUntil(alerts: number, end: number): Promise<readonly Told[]> {
  const told: Told[] = [];
  const count = (): number => told.reduce((sum, each) => sum + each.alerts, 0);
  while (count() < alerts && Date.now() < end) {
    const message = await people.next().catch(() => undefined);
    if (!message) continue;
    const { title, facts } = JSON.parse(message.Message);
    told.push({ at: Date.parse(message.Timestamp), title, alerts: facts.alerts ?? 1 });
  }
  return told;
}

/** The most messages within a time. */
const most = (told: readonly Told[], within: number): number =>
  Math.max(
    ...told.map(({ at }) => told.filter((each) => each.at >= at && each.at < at + within).length),
  );

test('the first alert reaches machines and people at once', async () => {
  pagerTopic = await createTopic('pager');
  pager = await subscribe(pagerTopic, 'pager');
  const file = join(folder, 'patrol.yaml');
  writeFileSync(
    file,
    `version: 1
fleet: quiet
terminationProtection: false
environment: quiet
regions: [us-east-1]
alerts:
  email: security@example.com
  shared: true
  topics: [{ topic: '${pagerTopic}', severity: critical, rules: ['aws/*'] }]
rules:
  aws/cloudTrail:
    suppressions:
      - { parameter: ignoredActors, item: user/ci-bot, owner: platform, reason: releases, expires: ${expires} }
`,
  );
  const ran = await patrolDeploy('apply', '--file', file, '--yes');
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  machinesTopic = await stackOutput(base, 'MachinesTopicArn');
  machines = await subscribe(machinesTopic, 'machines');
  people = await subscribe(await stackOutput(base, 'AlertTopicArn'), 'people');
  const sample = samplesOf('aws').get('cloudTrail');
  if (!sample) throw new Error('There is no sample of cloudTrail.');
  await putEvent(sample);
  alert = JSON.parse((await machines.next()).Message);
  const { Subject, Message } = await people.next();
  expect(Subject).toContain('CloudTrail');
  expect(JSON.parse(Message)).toMatchObject({ rule: 'cloudTrail', dedupKey: alert['dedupKey'] });
});

test('the function has the file with who answers for what is suppressed, under the name of its content', async () => {
  const lambda = new LambdaClient(settings());
  const FunctionName = await stackOutput('patrol-aws-cloudTrail-quiet', 'FunctionName');
  const { Layers: [layer] = [], Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  const { Content } = await lambda.send(new GetLayerVersionByArnCommand({ Arn: layer?.Arn }));
  const zip = await fetch(Content?.Location ?? '').then((answer) => answer.arrayBuffer());
  const files = unzipSync(new Uint8Array(zip));
  const path = Environment?.Variables?.[namesVariable] ?? '';
  const file = files[path.replace('/opt/', '')] ?? new Uint8Array();
  expect(path).toBe(`/opt/${createHash('sha256').update(file).digest('hex')}.json`);
  expect(JSON.parse(new TextDecoder().decode(file))).toMatchObject({
    suppressions: [
      {
        parameter: 'ignoredActors',
        item: 'user/ci-bot',
        owner: 'platform',
        reason: 'releases',
        until: expires,
      },
    ],
  });
});

test('what is suppressed reaches machines and not people, and is counted', async () => {
  const sample = samplesOf('aws').get('cloudTrail');
  if (!sample) throw new Error('There is no sample of cloudTrail.');
  const detail = Object(sample.detail);
  const accountId = detail.recipientAccountId;
  const arn = `arn:aws:iam::${accountId}:user/ci-bot`;
  const userIdentity = { type: 'IAMUser', userName: 'ci-bot', accountId, arn };
  await putEvent({ ...sample, detail: { ...detail, userIdentity, eventID: 'by-ci' } });
  const { Message, MessageAttributes } = await machines.next();
  // Functions of the emulator have no /opt, where the file with owner and reason is.
  expect(JSON.parse(Message).suppressed).toMatchObject({
    parameter: 'ignoredActors',
    item: `user/ci-bot until ${expires}`,
    until: expires,
  });
  expect(MessageAttributes).toMatchObject({ suppressed: { Value: 'true' } });
  const counted = await until('it is counted', async () => {
    const dynamo = new DynamoDBClient(settings());
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: await tableName() }));
    return Items.find(({ id }) => id?.S?.startsWith('week '));
  });
  expect(counted).toMatchObject({
    what: { S: 'cloudTrail ignoredActors user/ci-bot' },
    count: { N: '1' },
  });
});

test('a further topic gets what passes its filter, and nothing else', async () => {
  expect(JSON.parse((await pager.next()).Message)).toMatchObject({ dedupKey: alert['dedupKey'] });
  await send(1, () => ({ title: 'For people', severity: 'medium', groupKey: 'for people' }));
  expect(await toldUntil(1, Date.now() + 2.5 * minute)).toMatchObject([{ title: 'For people' }]);
  await pager.nothing();
});

test('an actor with 500 sessions and resources, 60 rules with 200 actors, and one event ten times are a few messages', async () => {
  const begin = Date.now();
  const mute = [
    'mute',
    'aws/cloudTrail',
    '--actor',
    muted.principal,
    '--for',
    '1h',
    '--reason',
    'planned',
  ];
  const muting = await patrolDeploy(...mute, ...here);
  expect(muting, muting.stdout + muting.stderr).toMatchObject({ code: 0 });
  await send(5, () => ({
    title: 'Nobody is told of this',
    groupKey: 'muted',
    actor: muted,
  }));
  await send(500, (index) => ({
    targets: [{ type: 'AWS::CloudTrail::Trail', id: `trail-${index}` }],
  }));
  await send(200, (index) => ({
    rule: `rule${index % 60}`,
    severity: index % 3 === 0 ? 'critical' : 'medium',
    groupKey: `rule${index % 60}:actor${index}`,
  }));
  await send(10, () => ({ eventId: 'again', dedupKey: 'cloudTrail:again', groupKey: 'again' }));
  // And the news that something is muted, in a message of its own or in a list.
  const found = 500 + 200 + 1 + 1;
  const told = await toldUntil(found, begin + slot + 2.5 * minute);
  expect(told.reduce((sum, { alerts }) => sum + alerts, 0)).toBe(found);
  const titles = told.map(({ title }) => title).join('\n');
  expect(titles).not.toContain('Nobody is told of this');
  process.stdout.write(
    `${found} alerts as ${told.length} messages, at most ${most(told, minute)} in a minute and ${most(told, 1000)} in a second\n`,
  );
  expect(most(told, minute)).toBeLessThanOrEqual(10);
  expect(most(told, 1000)).toBeLessThanOrEqual(5);
  // The last slot may have begun with the last alert.
  expect(told.length).toBeLessThanOrEqual(30);
});

test('what was muted is counted', async () => {
  const mutes = await until('the mute has counted', async () => {
    const { stdout } = await patrolDeploy('mutes', '--json', ...here);
    const found = JSON.parse(stdout).mutes;
    return found[0]?.muted === 5 ? found : undefined;
  });
  expect(mutes).toMatchObject([{ rule: 'cloudTrail', reason: 'planned' }]);
});

/** What was handed over while the table or the topic was out of order. */
const delayed = ['too slow', 'throttled', 'refused'];

test('a slow table is waited for; one that is too slow or throttles, and a topic that refuses, delay alerts', async () => {
  const table = await tableName();
  /** What the notifier logs about an alert, while something is wrong. */
  const handedOver = async (title: string, of: string, how: number | 'refused') => {
    const end = fault(of, how);
    const Message = JSON.stringify({
      ...alert,
      title,
      eventId: title,
      dedupKey: `cloudTrail:${title}`,
      groupKey: title,
    });
    const { log } = await runOn(base, { Records: [{ Sns: { Message } }] }, 'NotifierFunctionName');
    end();
    // The further topic is told as well.
    const ofPeople = log.filter(({ topicArn }) => topicArn !== pagerTopic);
    return ofPeople.map(({ verdict }) => verdict).join(' ');
  };
  expect(await handedOver('slow', table, 0.2)).toBe('told accounted');
  expect(await handedOver('too slow', table, 1.5)).toBe('trouble accounted');
  expect(await handedOver('throttled', table, 'refused')).toBe('trouble accounted');
  expect(await handedOver('refused', `${base}-alerts`, 'refused')).toBe('trouble accounted');
  expect(JSON.parse((await people.next()).Message)).toMatchObject({ title: 'slow' });
});

test('without its table people are told first that it is missing, and then the alerts, with those that were delayed', async () => {
  const TableName = await tableName();
  await new DynamoDBClient(settings()).send(new DeleteTableCommand({ TableName }));
  await send(3, (index) => ({ groupKey: `without table ${index}` }));
  const all = 4 + delayed.length;
  const told = await toldUntil(all, Date.now() + 2.5 * minute);
  expect(told.reduce((sum, { alerts }) => sum + alerts, 0)).toBe(all);
  // A tick may have come before the table went.
  const [first] = told.filter(({ title }) => !delayed.includes(title));
  expect(first?.title).toBe('The notifier works without its table');
});

test('the stacks are deleted, the base stack last', async () => {
  for (const name of ['aws/cloudTrail', 'base/quiet']) {
    const ran = await patrolDeploy('delete', name, '--env', 'quiet', '--yes');
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  }
});
