import { describe, expect, test } from 'vitest';
import { CloudError, previousValue, type Stack } from '../cloud/cloud.ts';
import { queuedIn } from './queues.ts';
import { FakeCloud } from '../testing/cloud.ts';
import {
  account,
  assemble,
  carriedOut,
  fleetOf,
  ground,
  nothing,
  placeOf,
  rules,
  templateOf,
  watcher,
} from '../testing/fleet.ts';
import { readFleetPlan } from '../testing/plans.ts';
import { type FleetWanted, wantedFleet } from '../want/fleet.ts';
import { planFleet } from '../plan/fleet.ts';
import { type PlaceState, stacksIn } from '../plan/state.ts';

const watched = {
  ...ground,
  assemblies: [assemble('@patrol/rules-demo', [...rules, watcher()])],
  run: { file: 'security.yaml' },
  templateOf,
};

const topic = (region: string): string => `arn:aws:sns:${region}:${account}:alerts`;
const topics = `alerts: { topic: { eu-west-1: '${topic('eu-west-1')}', us-east-1: '${topic('us-east-1')}' } }`;
const email = 'alerts: { email: security@example.com, shared: true }';
const file = (on: string, destinations = topics): string =>
  `version: 1\nfleet: security\nregions: [eu-west-1]\n${destinations}\nrules: { ${on} }`;
const wanted = (source: string): FleetWanted => wantedFleet(fleetOf(source), watched);
const empty = nothing([placeOf('eu-west-1'), placeOf('us-east-1')]);

const queue = (name: string, region = 'eu-west-1'): string =>
  `arn:aws:sqs:${region}:${account}:patrol-base-security-production-${name}`;
const shared = { FailureQueueArn: queue('failures'), DeadLetterQueueArn: queue('undelivered') };
const own = { FailureQueueArn: '', DeadLetterQueueArn: '' };
const url = (name: string): string => `https://sqs.eu-west-1.amazonaws.com/${account}/${name}`;

const queuesOf = ({ stacks }: FleetWanted): readonly unknown[] =>
  stacks.map(({ wanted: { stack, place, values } }) => [
    `${stack} ${place.region}`,
    values['FailureQueueArn']?.text,
    values['DeadLetterQueueArn']?.text,
  ]);

/** What stands after a file was deployed, with the outputs of the queues that stacks have. */
const deployed = (source: string, before = empty): readonly PlaceState[] =>
  carriedOut(planFleet(wanted(source), before, { prune: true }), before).map((found) =>
    'stacks' in found ? { ...found, stacks: found.stacks.map(withOutputs) } : found,
  );
const withOutputs = (stack: Stack): Stack => {
  const { FailureQueueArn: given, QueueAlarmTopicArn: alarms } = stack.parameters;
  const isBase = stack.name.startsWith('patrol-base-');
  const has = isBase ? alarms !== '' : given === '';
  return {
    ...stack,
    outputs: has
      ? {
          FailureQueueUrl: url(`${stack.name}-f`),
          DeadLetterQueueUrl: url(`${stack.name}-d`),
        }
      : {},
  };
};

describe('where a rule watches the others', () => {
  test('the rules of that account and region share the queues of the base stack, whose alarms go where its own go', () => {
    const source = file(
      'demo/health: { regions: [eu-west-1] }, demo/plain: { regions: [eu-west-1, us-east-1] }',
    );
    const found = wanted(source);
    expect(found.problems).toEqual([]);
    expect(queuesOf(found)).toEqual([
      ['patrol-demo-health-production eu-west-1', queue('failures'), queue('undelivered')],
      ['patrol-demo-plain-production eu-west-1', queue('failures'), queue('undelivered')],
      ['patrol-demo-plain-production us-east-1', '', ''],
    ]);
    expect(found.bases).toEqual([
      {
        place: placeOf('eu-west-1'),
        alertEmails: [],
        alarmEmails: [],
        queueAlarms: topic('eu-west-1'),
      },
    ]);
    // The base stack is made before the rules that need it.
    const { steps } = readFleetPlan(planFleet(found, empty));
    const base = steps.find(({ name }) => name === 'base/security');
    expect(base?.action).toMatchObject({
      do: 'create',
      parameters: { QueueAlarmTopicArn: topic('eu-west-1'), AlertEmail: '' },
    });
    expect(steps.filter(({ needs }) => needs.length > 0)).toHaveLength(2);
    // Nothing is to be done once it stands.
    const again = planFleet(found, deployed(source));
    expect(again.steps.map(({ verdict }) => verdict)).toEqual(['keep', 'keep', 'keep', 'keep']);
  });

  test.each([
    ['alarms of their own', `${topics}\nalarms: { email: ops@example.com }`, 'alarms'],
    ['alerts of the base stack', email, 'alerts'],
  ])('%s get those of the queues', (_, destinations, kind) => {
    const { bases } = wanted(file('demo/health: true, demo/plain: true', destinations));
    expect(bases).toMatchObject([
      { queueAlarms: `arn:aws:sns:eu-west-1:${account}:patrol-base-security-production-${kind}` },
    ]);
  });

  test('each rule keeps its own where nobody would hear the alarms: the topics of stacks are not known before', () => {
    const found = wanted(
      file('demo/health: true, demo/plain: true', 'alerts: { email: security@example.com }'),
    );
    expect(found.bases).toEqual([]);
    expect(found.stacks.map(({ wanted: { values } }) => values['FailureQueueArn']?.text)).toEqual([
      '',
      '',
    ]);
  });

  test('and where no rule watches the others', () => {
    const found = wanted(file('demo/plain: true'));
    expect(found.bases).toEqual([]);
    expect(found.stacks[0]?.wanted.values).toMatchObject({ FailureQueueArn: { text: '' } });
  });
});

/** The clouds of a fake account. */
const cloudsOf = (cloud: FakeCloud) => ({ at: async () => cloud });

describe('a queue that holds events', () => {
  const before = file('demo/plain: true');
  const after = file('demo/health: true, demo/plain: true');
  const plainIn = (states: readonly PlaceState[]): Stack => {
    const found = stacksIn(states).find(({ stack }) => stack.name.includes('-plain-'));
    if (!found) throw new Error('The rule is not deployed.');
    return found.stack;
  };

  test.each([
    ['f', 1],
    ['d', 2],
  ])('stays where a stack would share others, whichever it is (%s)', async (which, count) => {
    const current = deployed(before);
    const cloud = new FakeCloud();
    cloud.queues.set(url(`${plainIn(current).name}-${which}`), count);
    const queued = await queuedIn(wanted(after), current, cloudsOf(cloud));
    expect([...queued]).toEqual([[plainIn(current).id, count]]);
    const { steps } = readFleetPlan(planFleet(wanted(after), current, { queued }));
    const step = steps.find(({ name }) => name === 'demo/plain');
    expect(step?.action).toMatchObject({ do: 'keep' });
    expect(step?.notes).toEqual([
      {
        code: 'heldQueues',
        events: count,
        command: 'patrol-deploy apply --file security.yaml',
      },
    ]);
    // The others share already.
    expect(steps.find(({ name }) => name === 'demo/health')?.action).toMatchObject({
      parameters: shared,
    });
  });

  test('is counted once more when somebody has emptied it, and then goes', async () => {
    const current = deployed(before);
    const queued = await queuedIn(wanted(after), current, cloudsOf(new FakeCloud()));
    expect([...queued.values()]).toEqual([0]);
    const { steps } = readFleetPlan(planFleet(wanted(after), current, { queued }));
    expect(steps.find(({ name }) => name === 'demo/plain')?.action).toMatchObject({
      do: 'update',
      parameters: shared,
    });
  });

  test('stays where nobody may look', async () => {
    const current = deployed(before);
    const cloud = new FakeCloud();
    cloud.queued = () => Promise.reject(new CloudError('denied', 'sqs:GetQueueAttributes', 'no'));
    const queued = await queuedIn(wanted(after), current, cloudsOf(cloud));
    const { steps } = readFleetPlan(planFleet(wanted(after), current, { queued }));
    expect(steps.find(({ name }) => name === 'demo/plain')).toMatchObject({
      action: { do: 'keep' },
      notes: [{ code: 'heldQueues', command: 'patrol-deploy apply --file security.yaml' }],
    });
  });

  test('is not asked about where no queue is dropped', async () => {
    const cloud = new FakeCloud();
    cloud.queued = () => Promise.reject(new Error('It was asked.'));
    const none = await queuedIn(wanted(after), deployed(after), cloudsOf(cloud));
    expect([...none]).toEqual([]);
    expect([...(await queuedIn(wanted(before), deployed(before), cloudsOf(cloud)))]).toEqual([]);
  });

  test('of the base stack stays until no rule writes to it, and until it is empty', async () => {
    const both = deployed(after);
    const baseOf = (states: readonly PlaceState[], queued = new Map<string, number>()) =>
      planFleet(wanted(file('demo/plain: true', email)), states, {
        prune: true,
        queued,
      }).steps.find(({ target }) => target.name === 'patrol-base-security-production');
    // While rules write to it.
    const first = baseOf(both);
    expect(first?.wanted?.parameters).toMatchObject({ QueueAlarmTopicArn: previousValue });
    expect([first?.leaves, first?.notes]).toEqual([true, [{ code: 'queuesStay' }]]);
    // Then while it holds events.
    const alone = both.map((found) =>
      'stacks' in found
        ? {
            ...found,
            stacks: found.stacks.flatMap((stack) =>
              stack.name.includes('-base-')
                ? [stack]
                : stack.name.includes('-plain-')
                  ? [withOutputs({ ...stack, parameters: { ...stack.parameters, ...own } })]
                  : [],
            ),
          }
        : found,
    );
    const base = stacksIn(alone).find(({ stack }) => stack.name.includes('-base-'))?.stack;
    const cloud = new FakeCloud();
    cloud.queues.set(url(`${base?.name}-d`), 3);
    const queued = await queuedIn(wanted(file('demo/plain: true', email)), alone, cloudsOf(cloud));
    expect([...queued]).toEqual([[base?.id, 3]]);
    const held = baseOf(alone, new Map(queued));
    expect(held?.wanted?.parameters).toMatchObject({ QueueAlarmTopicArn: previousValue });
    expect(held?.leaves).toBeUndefined();
    expect(baseOf(alone)?.wanted?.parameters).toMatchObject({ QueueAlarmTopicArn: '' });
  });
});
