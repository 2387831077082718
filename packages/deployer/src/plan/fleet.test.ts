import { choice, defineRule } from '@patrol/core';
import { describe, expect, test } from 'vitest';
import { previousValue, type Stack } from '../cloud/cloud.ts';
import { UsageError } from '../text/errors.ts';
import { baseTopic } from '../destinations/base.ts';
import {
  account,
  assemble,
  carriedOut,
  fleetOf,
  ground,
  nothing,
  otherAccount,
  placeOf,
  rules,
  templateOf,
} from '../testing/fleet.ts';
import { readFleetPlan } from '../testing/plans.ts';
import type { FleetOptions } from './context.ts';
import { planFleet } from './fleet.ts';
import { type PlaceState, stacksIn } from './state.ts';
import { countsOf } from './step.ts';
import { type FleetGround, type FleetWanted, wantedFleet } from '../want/fleet.ts';

const shared = 'alerts: { email: security@example.com, shared: true }';
const email = 'alerts: { email: security@example.com }';
const file = (destinations = email, on = 'demo/calls: true, demo/plain: true', more = ''): string =>
  `version: 1\nfleet: security\nregions: [eu-west-1, us-east-1]\n${destinations}\n${more}\nrules: { ${on} }`;
const wanted = (source: string, changes: Partial<FleetGround> = {}): FleetWanted =>
  wantedFleet(fleetOf(source), { ...ground, ...changes });
const empty = nothing([placeOf('eu-west-1'), placeOf('us-east-1')]);
/** What stands after a file was deployed. */
const deployed = (source: string, before = empty): readonly PlaceState[] =>
  carriedOut(planFleet(wanted(source), before, { prune: true }), before);
type Planned = ReturnType<typeof readFleetPlan>;
const planned = (source: string, current = empty, options: FleetOptions = {}): Planned =>
  readFleetPlan(planFleet(wanted(source), current, options));
const brief = ({ steps }: Planned): readonly string[] =>
  steps.map(({ action, name, place }) => `${action.do} ${name} ${place.region}`);
/** What stands, with one stack changed; `undefined` takes it away. */
const changed = (
  current: readonly PlaceState[],
  name: string,
  change: (stack: Stack) => Partial<Stack> | undefined,
): readonly PlaceState[] =>
  current.map((found) =>
    'stacks' in found
      ? {
          ...found,
          stacks: found.stacks.flatMap((stack) => {
            if (stack.name !== name) return [stack];
            const changes = change(stack);
            return changes ? [{ ...stack, ...changes }] : [];
          }),
        }
      : found,
  );
const inOne = (current: readonly PlaceState[]): readonly PlaceState[] => current.slice(0, 1);
const single = (destinations = email, on?: string, more?: string): string =>
  file(destinations, on, more).replace('[eu-west-1, us-east-1]', '[eu-west-1]');

describe('a rule that no line names', () => {
  const pattern = file(email, 'demo/c*: true, demo/p*: true');

  test('is said to be new by the pattern that brings it, where it has no stack yet', () => {
    const before = deployed(file(email, 'demo/calls: true'));
    const found = planned(pattern, before);
    expect(
      found.steps.map(({ name, place, action }) => `${name} ${place.region}: ${action.because}`),
    ).toEqual([
      'demo/calls eu-west-1: its code, template, parameters and tags are up to date',
      'demo/plain eu-west-1: it does not exist yet; new by demo/p*',
      'demo/calls us-east-1: its code, template, parameters and tags are up to date',
      'demo/plain us-east-1: it does not exist yet; new by demo/p*',
    ]);
    expect(found.steps[1]?.reasons).toEqual([
      { code: 'absent' },
      { code: 'newBy', line: 'demo/p*' },
    ]);
  });

  test('is not new in another region, nor where a line names it', () => {
    const one = deployed(single(email, 'demo/plain: true'), inOne(empty));
    const found = planned(pattern, [...one, ...empty.slice(1)]);
    expect(
      found.steps.find(({ key }) => key.includes('us-east-1/patrol-demo-plain')),
    ).toMatchObject({
      action: { do: 'create', because: 'it does not exist yet' },
    });
    expect(planned(file()).steps[0]?.action.because).toBe('it does not exist yet');
  });

  test('is new by defaults.enabled where no pattern matches it', () => {
    const all = file(
      email,
      'demo/global: false, demo/hidden: false, demo/c*: true',
      'defaults: { enabled: true }',
    );
    expect(
      planned(all)
        .steps.slice(0, 2)
        .map(({ action }) => action.because),
    ).toEqual([
      'it does not exist yet; new by demo/c*',
      'it does not exist yet; new by defaults.enabled',
    ]);
  });
});

describe('a fleet', () => {
  test('is created, then there is nothing to do, then one parameter changes, then a rule goes', () => {
    const first = planned(file());
    expect(brief(first)).toEqual([
      'create demo/calls eu-west-1',
      'create demo/plain eu-west-1',
      'create demo/calls us-east-1',
      'create demo/plain us-east-1',
    ]);
    expect([first.counts.create, first.exitCode]).toEqual([4, 3]);

    const current = deployed(file());
    const again = planned(file(), current);
    expect([again.counts.keep, again.exitCode]).toEqual([4, 0]);

    const more = planned(
      file(email, 'demo/calls: { parameters: { limit: 7 } }, demo/plain: true'),
      current,
    );
    expect([more.counts, more.exitCode]).toEqual([
      { create: 0, update: 2, recreate: 0, recover: 0, keep: 2, refuse: 0, delete: 0, orphaned: 0 },
      3,
    ]);
    expect(more.steps[0]).toMatchObject({
      key: `${account}/eu-west-1/patrol-demo-calls-production`,
      name: 'demo/calls',
      needs: [],
      action: {
        do: 'update',
        because: 'limit changed',
        parameters: { limit: '7', actions: previousValue },
      },
    });

    const less = planned(file(email, 'demo/plain: true'), current);
    expect(brief(less)).toEqual([
      'keep demo/plain eu-west-1',
      'orphaned demo/calls eu-west-1',
      'keep demo/plain us-east-1',
      'orphaned demo/calls us-east-1',
    ]);
    expect([less.counts.orphaned, less.exitCode]).toEqual([2, 0]);
    const pruned = planned(file(email, 'demo/plain: true'), current, { prune: true });
    expect([pruned.counts.delete, pruned.exitCode]).toEqual([2, 3]);
    expect(pruned.steps[1]).toMatchObject({
      name: 'demo/calls',
      action: { do: 'delete', because: 'the file no longer lists it' },
    });
    expect(pruned.steps[1]).not.toHaveProperty('deploys');
  });

  test('a value that somebody else changed goes back to what the file says, or to the default', () => {
    const current = changed(
      inOne(deployed(file())),
      'patrol-demo-calls-production',
      ({ parameters }) => ({
        parameters: { ...parameters, limit: '3', LogRetentionInDays: '30' },
      }),
    );
    expect(planned(single(), current).steps[0]?.action).toMatchObject({
      do: 'update',
      differences: [
        {
          what: 'log retention in days',
          name: 'LogRetentionInDays',
          before: '30',
          after: '90',
        },
        { what: 'limit', before: '3', after: '80' },
      ],
    });
  });

  test('a suppression that expires is an update that says why', () => {
    const on =
      "demo/calls: { suppressions: [{ parameter: ignored, item: 'a:b', owner: alice, reason: Moving, expires: 2026-12-31 }] }";
    const current = inOne(deployed(single(email, on), inOne(empty)));
    const later = readFleetPlan(
      planFleet(wanted(single(email, on), { today: '2027-01-01' }), current),
    );
    expect(later.steps[0]).toMatchObject({
      action: {
        do: 'update',
        because: 'ignored and file of names and suppressions changed',
        differences: [
          { before: 'a:b until 2026-12-31', after: '' },
          { name: 'NamesSha256', after: '' },
        ],
      },
      notes: [{ code: 'expired', item: 'a:b', expires: '2026-12-31' }],
    });
  });

  test('is planned in the same order, however the stacks are listed', () => {
    const source = file(shared, 'demo/plain: true, demo/listening: true, demo/calls: true');
    const current = deployed(
      file(
        shared,
        'demo/calls: true, demo/hidden: { parameters: { token: "arn:aws:ssm:us-east-1:111122223333:parameter/x" } }',
      ),
    );
    const turned = current
      .toReversed()
      .map((found) =>
        'stacks' in found ? { ...found, stacks: found.stacks.toReversed() } : found,
      );
    const plan = planned(source, current, { prune: true });
    expect(planned(source, turned, { prune: true })).toEqual(plan);
    expect(brief(plan).slice(0, 5)).toEqual([
      'keep base/security eu-west-1',
      'keep demo/calls eu-west-1',
      'create demo/listening eu-west-1',
      'create demo/plain eu-west-1',
      'delete demo/hidden eu-west-1',
    ]);
  });

  test('with problems, or with a place that was not looked at, is never planned: stacks would look unwanted', () => {
    const broken = wanted(file(email, 'demo/cals: true'));
    expect(() => planFleet(broken, empty, { prune: true })).toThrow('A fleet with problems');
    expect(() => planFleet(wanted(file()), inOne(empty))).toThrow(
      `${account}/us-east-1/ was not read.`,
    );
  });

  test('planning takes time in proportion to the number of stacks', () => {
    const source = fleetOf(
      `version: 1\nfleet: security\nregions: [eu-west-1, eu-west-2, us-east-1, us-east-2]\n${shared}\ndefaults: { enabled: true }\nrules: {}`,
    );
    /** The shortest time in which a fleet of so many rules is planned, in which all is as it should be. */
    const timeOf = (count: number): number => {
      const many = Array.from({ length: count }, (_, index) =>
        defineRule({ ...Object(rules[0]), name: `rule${String(index).padStart(2, '0')}` }),
      );
      const big = { ...ground, assemblies: [assemble('@patrol/rules-demo', many)] };
      const want = wantedFleet(source, big);
      expect(want.stacks).toHaveLength(4 * count);
      const none = nothing(want.places.map(({ place }) => place));
      const current = carriedOut(planFleet(want, none), none);
      const times = Array.from({ length: 5 }, () => {
        const started = process.cpuUsage();
        // With a base stack in each region.
        expect(countsOf(planFleet(wantedFleet(source, big), current).steps).keep).toBe(
          4 * (count + 1),
        );
        return process.cpuUsage(started).user;
      });
      return Math.min(...times);
    };
    // Once, so that the first measurement is not about the compiler.
    timeOf(60);
    // In proportion it would be 4, with the square 16.
    expect(timeOf(60) / timeOf(15)).toBeLessThan(10);
  });
});

describe('tags', () => {
  test('of the file are on every stack; a changed one is an update that keeps all parameters', () => {
    const current = deployed(file(shared));
    const plan = planned(file(shared, undefined, 'tags: { team: red }'), current);
    expect([plan.counts.update, plan.counts.keep]).toEqual([6, 0]);
    expect(plan.steps[1]?.action).toMatchObject({
      do: 'update',
      because: 'the tag team changed',
      tags: {
        team: 'red',
        'patrol:fleet': 'security',
        'patrol:rule': 'calls',
        'patrol:environment': 'production',
      },
      parameters: { CodeS3Key: previousValue, limit: previousValue },
      differences: [{ what: 'team', after: 'red' }],
    });
    expect(
      planned(file(shared, undefined, 'tags: { team: red }'), carriedOut(plan, current)).exitCode,
    ).toBe(0);
  });

  test('of others stay', () => {
    const current = changed(
      inOne(deployed(file())),
      'patrol-demo-calls-production',
      ({ tags }) => ({
        tags: { ...tags, owner: 'bob', 'aws:x': 'y' },
      }),
    );
    const action = planned(single(email, undefined, 'tags: { team: red }'), current).steps[0]
      ?.action;
    expect(action).toMatchObject({ do: 'update', tags: { owner: 'bob', team: 'red' } });
    expect(action).not.toHaveProperty(['tags', 'aws:x']);
  });

  test('a stack that was deployed by itself joins the fleet', () => {
    const alone = changed(inOne(deployed(file())), 'patrol-demo-calls-production', ({ tags }) => {
      const { 'patrol:fleet': fleet, ...others } = tags;
      expect(fleet).toBe('security');
      return { tags: others };
    });
    expect(planned(single(), alone).steps[0]?.action).toMatchObject({
      do: 'update',
      because: 'it joins the fleet security',
    });
    const both = planned(
      single(email, 'demo/calls: { parameters: { limit: 1 } }, demo/plain: true'),
      alone,
    );
    expect(both.steps[0]?.action).toMatchObject({
      because: 'limit changed; it joins the fleet security',
      differences: [{ what: 'limit' }, { what: 'patrol:fleet', after: 'security' }],
      tags: { 'patrol:fleet': 'security' },
    });
    // As long as it has no such tag, nothing makes it the fleet's to delete.
    expect(brief(planned(single(email, 'demo/plain: true'), alone, { prune: true }))).toEqual([
      'keep demo/plain eu-west-1',
    ]);
  });

  test('a stack of another fleet is left alone', () => {
    const theirs = changed(inOne(deployed(file())), 'patrol-demo-calls-production', ({ tags }) => ({
      tags: { ...tags, 'patrol:fleet': 'audit' },
    }));
    const plan = planned(single(), theirs, { prune: true });
    expect(plan.steps[0]?.action).toMatchObject({
      do: 'refuse',
      stack: 'patrol-demo-calls-production',
      because: expect.stringContaining('belongs to the fleet audit, by its tag patrol:fleet'),
    });
    expect(plan.steps[0]).not.toHaveProperty('wanted');
    expect(plan.exitCode).toBe(1);
    expect(brief(planned(single(email, 'demo/plain: true'), theirs, { prune: true }))).toEqual([
      'keep demo/plain eu-west-1',
    ]);
  });

  test('stacks of the fleet in another environment are left alone, and counted', () => {
    const current = [
      ...deployed(file()),
      ...deployed(file(email, undefined, 'environment: staging')),
    ];
    const together = empty.map(({ place }) => ({
      place,
      stacks: current.flatMap((found) =>
        found.place.region === place.region && 'stacks' in found ? found.stacks : [],
      ),
    }));
    const plan = planned(file(), together, { prune: true });
    expect([plan.counts.keep, plan.counts.delete]).toEqual([4, 0]);
    expect(plan.notes).toEqual([
      {
        code: 'elsewhere',
        fleet: 'security',
        environment: 'production',
        other: 'staging',
        stacks: 4,
      },
    ]);
  });
});

describe('the base stack', () => {
  const topic = baseTopic(placeOf('eu-west-1'), 'patrol-base-security-production', 'machines');
  const key = `${account}/eu-west-1/patrol-base-security-production`;

  test('comes first, and those that change wait for it; its topic is known before', () => {
    const plan = planned(single(shared), inOne(empty));
    expect(plan.steps.map(({ name, needs }) => [name, needs])).toEqual([
      ['base/security', []],
      ['demo/calls', [key]],
      ['demo/plain', [key]],
    ]);
    expect(plan.steps[0]?.action).toMatchObject({
      do: 'create',
      stack: 'patrol-base-security-production',
      parameters: { AlertEmail: 'security@example.com', AlarmEmail: '', ArtifactBucket: '' },
      tags: {
        'patrol:fleet': 'security',
        'patrol:package': 'base',
        'patrol:rule': 'security',
        'patrol:environment': 'production',
      },
    });
    expect(plan.steps[1]?.action).toMatchObject({
      parameters: { AlertTopicArn: topic, AlertEmail: '' },
    });
    const current = carriedOut(plan, inOne(empty));
    expect(planned(single(shared), current).exitCode).toBe(0);
    // One rule more waits for nothing then.
    const more = planned(
      single(shared, 'demo/calls: true, demo/plain: true, demo/listening: true'),
      current,
    );
    expect(more.steps.map(({ action, needs }) => [action.do, needs])).toEqual([
      ['keep', []],
      ['keep', []],
      ['create', []],
      ['keep', []],
    ]);
  });

  test('its topic stays as long as a stack uses it, then it goes with the next run', () => {
    const current = deployed(single(shared), inOne(empty));
    const to =
      "alerts: { topic: 'arn:aws:sns:eu-west-1:111122223333:own' }\nalarms: { email: ops@example.com }";
    const plan = planned(single(to), current);
    expect(plan.steps[0]).toMatchObject({
      name: 'base/security',
      action: {
        do: 'update',
        parameters: { AlertEmail: previousValue, AlarmEmail: 'ops@example.com' },
      },
      notes: [{ code: 'topicStays', kind: 'alerts' }],
    });
    const next = planned(single(to), carriedOut(plan, current));
    expect(brief(next)).toEqual([
      'update base/security eu-west-1',
      'keep demo/calls eu-west-1',
      'keep demo/plain eu-west-1',
    ]);
    expect(next.steps[0]?.action).toMatchObject({ parameters: { AlertEmail: '' } });
  });

  test('goes last, when nothing uses it any more', () => {
    const current = deployed(single(shared), inOne(empty));
    const plan = planned(single(email, 'demo/calls: true'), current, { prune: true });
    expect(brief(plan)).toEqual([
      'update demo/calls eu-west-1',
      'delete demo/plain eu-west-1',
      'delete base/security eu-west-1',
    ]);
    const [one, two, base] = plan.steps;
    expect(base?.needs).toEqual([one?.key, two?.key]);
    expect(brief(planned(single(email, 'demo/calls: true'), current))).toEqual([
      'update demo/calls eu-west-1',
      'orphaned demo/plain eu-west-1',
      'orphaned base/security eu-west-1',
    ]);
  });

  test('is not deleted while others send to its topics', () => {
    const current = deployed(single(shared), inOne(empty));
    const [place] = current;
    if (!place || !('stacks' in place)) throw new Error('There are stacks.');
    const foreign: Stack = {
      ...place.stacks[1],
      name: 'theirs',
      tags: {},
      parameters: { Topic: topic },
    } as Stack;
    const used = [{ ...place, stacks: [...place.stacks, foreign] }];
    expect(planned(single(), used, { prune: true }).steps.at(-1)?.action).toMatchObject({
      do: 'refuse',
      because: expect.stringContaining('Other stacks send their alerts or alarms to the topics of'),
    });
    // A stack of the fleet that cannot be changed now uses it as well.
    const busy = changed(current, 'patrol-demo-calls-production', () => ({
      status: 'UPDATE_IN_PROGRESS',
    }));
    expect(planned(single(), busy, { prune: true }).steps.map(({ action }) => action.do)).toEqual([
      'recover',
      'update',
      'refuse',
    ]);
  });

  test('that cannot be made now holds back those that would use it, and no others', () => {
    const current = changed(
      deployed(single(shared), inOne(empty)),
      'patrol-base-security-production',
      () => ({
        status: 'UPDATE_ROLLBACK_FAILED',
      }),
    );
    const plan = planned(single(shared, 'demo/calls: true, demo/listening: true'), current);
    expect(plan.steps.map(({ name, action }) => [name, action.do])).toEqual([
      ['base/security', 'recover'],
      ['demo/calls', 'keep'],
      ['demo/listening', 'refuse'],
      ['demo/plain', 'orphaned'],
    ]);
    expect(plan.steps[2]?.action.because).toBe(
      'patrol-demo-listening-production needs the base stack patrol-base-security-production, which cannot be changed now.',
    );
  });

  test('keeps the bucket that an earlier version gave it, and makes none', () => {
    const bucket = `patrol-artifacts-${account}-eu-west-1`;
    const current = deployed(single(shared), inOne(empty));
    expect(stacksIn(current)[0]?.stack.parameters).toMatchObject({ ArtifactBucket: '' });
    const earlier = changed(current, 'patrol-base-security-production', ({ parameters }) => ({
      parameters: { ...parameters, ArtifactBucket: bucket },
    }));
    expect(planned(single(shared), earlier).counts).toMatchObject({ keep: 3, orphaned: 0 });
    const alarms = single(`${shared}\nalarms: { email: ops@example.com }`);
    expect(planned(alarms, earlier).steps[0]?.action).toMatchObject({
      do: 'update',
      parameters: { ArtifactBucket: previousValue },
    });
    // Without anything else it is not wanted any more.
    expect(brief(planned(single(email), earlier))).toContain('orphaned base/security eu-west-1');
  });
});

describe('states', () => {
  test.each([
    ['ROLLBACK_COMPLETE', 'recreate'],
    ['REVIEW_IN_PROGRESS', 'create'],
    ['UPDATE_IN_PROGRESS', 'recover'],
    ['UPDATE_ROLLBACK_FAILED', 'recover'],
    ['UPDATE_ROLLBACK_COMPLETE', 'update'],
    ['DELETE_COMPLETE', 'create'],
  ])('a stack in %s: %s', (status, what) => {
    const current = changed(inOne(deployed(file())), 'patrol-demo-calls-production', () => ({
      status,
    }));
    const action = planned(single(), current).steps[0]?.action;
    expect(action?.do).toBe(what);
    if (action && 'tags' in action)
      expect(action.tags).toMatchObject({ 'patrol:fleet': 'security' });
  });

  test.each<[string, Partial<Stack>, string, string?]>([
    [
      'a busy one',
      { status: 'UPDATE_IN_PROGRESS' },
      'refuse',
      'Run the same command again when this has ended.',
    ],
    [
      'a protected one',
      { terminationProtected: true },
      'refuse',
      '--no-enable-termination-protection --stack-name patrol-demo-calls-production --region eu-west-1',
    ],
    ['a broken one', { status: 'ROLLBACK_FAILED' }, 'delete'],
  ])('what is no longer wanted: %s', (_, changes, what, words = '') => {
    const current = changed(inOne(deployed(file())), 'patrol-demo-calls-production', () => changes);
    const plan = planned(single(email, 'demo/plain: true'), current, { prune: true });
    expect(plan.steps[1]?.action).toMatchObject({
      do: what,
      because: expect.stringContaining(words),
    });
    // Without --prune nothing is to be done with it.
    expect(planned(single(email, 'demo/plain: true'), current).steps[1]?.action.do).toBe(
      'orphaned',
    );
  });

  test('one that is gone already is no longer anything', () => {
    const gone = changed(inOne(deployed(file())), 'patrol-demo-calls-production', () => ({
      status: 'DELETE_COMPLETE',
    }));
    expect(brief(planned(single(email, 'demo/plain: true'), gone, { prune: true }))).toEqual([
      'keep demo/plain eu-west-1',
    ]);
  });

  test('what is no longer wanted is named as it is typed, also when its package is no longer installed', () => {
    const current = changed(
      inOne(deployed(file())),
      'patrol-demo-calls-production',
      ({ tags }) => ({
        tags: { ...tags, 'patrol:package': '@acme/patrol-rules-x' },
      }),
    );
    const plan = planned(single(email, 'demo/plain: true'), current);
    expect(plan.steps[1]?.name).toBe('@acme/patrol-rules-x/calls');
    // Such a stack has another name: whoever put the tags on this one does not get it deleted.
    expect(
      planned(single(email, 'demo/plain: true'), current, { prune: true }).steps[1]?.action,
    ).toMatchObject({
      do: 'refuse',
      because: expect.stringContaining(
        'has the tags of patrol-x-calls-production, but not its name, so Patrol does not delete it',
      ),
    });
  });

  test('a place that cannot be looked at refuses its stacks and lets the others go on', () => {
    const [first] = empty;
    if (!first) throw new Error('There is one.');
    const failure = 'cloudformation:DescribeStacks failed: no.';
    const plan = planned(file(shared), [first, { place: placeOf('us-east-1'), failure }]);
    expect(brief(plan)).toEqual([
      'create base/security eu-west-1',
      'create demo/calls eu-west-1',
      'create demo/plain eu-west-1',
      'refuse base/security us-east-1',
      'refuse demo/calls us-east-1',
      'refuse demo/plain us-east-1',
    ]);
    expect([plan.steps[4]?.action.because, plan.exitCode, plan.notes]).toEqual([failure, 1, []]);
    const other = { place: placeOf('eu-north-1'), failure };
    const elsewhere = planned(file(), [...deployed(file()), other], { prune: true });
    expect([elsewhere.notes, elsewhere.exitCode]).toEqual([
      [{ code: 'unread', ...placeOf('eu-north-1'), why: failure }],
      1,
    ]);
  });

  test('a region that the fleet has left is cleared where somebody looks', () => {
    const current = deployed(file());
    expect(brief(planned(single(), current, { prune: true }))).toEqual([
      'keep demo/calls eu-west-1',
      'keep demo/plain eu-west-1',
      'delete demo/calls us-east-1',
      'delete demo/plain us-east-1',
    ]);
  });
});

describe('--only', () => {
  test('plans the named rules and what they need', () => {
    const source = file(shared, 'demo/calls: true, demo/plain: true, demo/listening: true');
    expect(brief(planned(source, empty, { only: ['demo/calls'] }))).toEqual([
      'create base/security eu-west-1',
      'create demo/calls eu-west-1',
      'create base/security us-east-1',
      'create demo/calls us-east-1',
    ]);
    const current = deployed(file(shared, 'demo/plain: true'));
    const plan = planned(source, current, { only: ['*/calls', 'demo/l*'] });
    expect(brief(plan).slice(0, 2)).toEqual([
      'create demo/calls eu-west-1',
      'create demo/listening eu-west-1',
    ]);
    expect(plan.counts).toMatchObject({ create: 4, keep: 0, orphaned: 0 });
  });

  test('what is no longer wanted is named like the others, and takes along what has to be done before', () => {
    const current = deployed(single(shared), inOne(empty));
    const plan = planned(single(email, 'demo/plain: true'), current, {
      prune: true,
      only: ['base/*'],
    });
    expect(brief(plan)).toEqual([
      'update demo/plain eu-west-1',
      'delete demo/calls eu-west-1',
      'delete base/security eu-west-1',
    ]);
    expect(
      brief(
        planned(single(email, 'demo/plain: true'), current, { prune: true, only: ['demo/calls'] }),
      ),
    ).toEqual(['delete demo/calls eu-west-1']);
  });

  test('refuses what names nothing, with what is meant', () => {
    expect(() => planned(file(), empty, { only: ['demo/cals', 'x/*', 'demo/plain'] })).toThrow(
      new UsageError(
        'Expected names of rules, such as aws/cloudTrail or aws/*.\n' +
          '  - "demo/cals" matches no rule; did you mean demo/calls?\n' +
          '  - "x/*" matches no rule; the rules are demo/calls and demo/plain.',
      ),
    );
  });
});

test('accounts are planned each by itself', () => {
  const source = single(
    shared,
    'demo/plain: true',
    `accounts: [{ id: ${account} }, { id: ${otherAccount}, role: Patrol }]`,
  );
  const places = wanted(source).places.map(({ place }) => place);
  const plan = planFleet(wanted(source), nothing(places));
  expect(plan.steps.map(({ key, needs }) => [key, needs])).toEqual(
    [account, otherAccount].flatMap((id) => [
      [`${id}/eu-west-1/patrol-base-security-production`, []],
      [
        `${id}/eu-west-1/patrol-demo-plain-production`,
        [`${id}/eu-west-1/patrol-base-security-production`],
      ],
    ]),
  );
});

test('a new release of a rule is an update of its stacks', () => {
  const current = deployed(file());
  const newer = { ...ground, assemblies: [assemble('@patrol/rules-demo', rules, '2.0.0')] };
  const plan = readFleetPlan(planFleet(wanted(file(), newer), current));
  expect(plan.steps.map(({ action }) => action.because)).toEqual(Array(4).fill('code changed'));
  // A value that the new release no longer takes is a problem of the file, before anything is done.
  const [calls, ...others] = rules;
  const stricter = defineRule({
    ...Object(calls),
    parameters: { limit: choice('L.', ['few'], { default: 'few' }) },
  });
  const source = file(email, 'demo/calls: { parameters: { limit: 7 } }');
  const changedRules = {
    ...ground,
    assemblies: [assemble('@patrol/rules-demo', [stricter, ...others], '3.0.0')],
  };
  expect(wanted(source, changedRules).problems).toMatchObject([
    { message: 'rules.demo/calls.parameters.limit: "7" is not allowed; expected one of few.' },
  ]);
  expect(templateOf(plan.steps[0]?.wanted?.content.artifact ?? Object(undefined))).toBeDefined();
});
