import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperatorError } from '../text/errors.ts';
import { type Account, type Fleet, readFleet, unwritten } from '../file/file.ts';
import {
  account,
  carriedOut,
  fleetOf,
  ground,
  nothing,
  otherAccount,
  placeOf,
} from '../testing/fleet.ts';
import { planFleet } from './fleet.ts';
import type { PlaceState } from './state.ts';
import { saveFleet, type Saved } from './save.ts';
import { wantedFleet } from '../want/fleet.ts';
import { fleetText } from '../file/write.ts';
import { remarkWords } from '../view/sentences/remarks.ts';

const options = { fleet: 'security', environment: 'production' };

const wordsOf = ({ notes }: Saved): readonly string[] => notes.map(remarkWords);

/** Whether a note says that the file would take owners and reasons of suppressions away. */
const losesOwners = (note: string): boolean =>
  note.endsWith(': file of names and suppressions changed.');

/** What stands once a fleet has been deployed. */
function deployed(fleet: Fleet): readonly PlaceState[] {
  const wanted = wantedFleet(unwritten(fleet), ground);
  expect(wanted.problems).toEqual([]);
  const empty = nothing(wanted.places.map(({ place }) => place));
  return carriedOut(planFleet(wanted, empty), empty);
}

const regions = ['eu-west-1', 'eu-north-1', 'us-east-1'] as const;
const someRegions = fc.subarray([...regions], { minLength: 1 });
const topicIn = (region: string, name: string): string =>
  `arn:aws:sns:${region}:${account}:${name}`;
const topicEach = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(regions.map((region) => [region, topicIn(region, name)]));

const furtherTopics = fc.constant([
  { topic: topicIn('us-east-1', 'pager'), form: 'pagerDuty', severity: 'critical' },
  { topic: topicIn('eu-west-1', 'chat'), rules: ['demo/plain'], accounts: ['111122223333'] },
] as const);

const alerts: fc.Arbitrary<Pick<Fleet, 'alerts' | 'alarms'>> = fc.oneof(
  fc.record({
    alerts: fc.record({
      email: fc.constant('a@example.com'),
      shared: fc.constant(true),
      topics: furtherTopics,
    }),
  }),
  fc.record({
    alerts: fc.record(
      {
        email: fc.constantFrom('a@example.com', 'a+b@example.com', "o'c@example.com"),
        shared: fc.boolean(),
        dispatch: fc.constant(topicIn('us-east-1', 'dispatch')),
      },
      { requiredKeys: ['email'] },
    ),
  }),
  fc.record({
    alerts: fc.record({ email: fc.constant('a@example.com'), shared: fc.boolean() }),
    alarms: fc.constantFrom({ email: 'ops@example.com' }, { topic: topicEach('alarms') }),
  }),
  fc.record({ alerts: fc.constant({ topic: topicEach('alerts') }) }),
  fc.record({
    alerts: fc.constant({ topic: topicIn('us-east-1', 'alerts') }),
    alarms: fc.constantFrom({ email: 'ops@example.com' }, { topic: topicEach('alarms') }),
  }),
);

const item = fc.constantFrom(
  'a',
  '0123',
  '7',
  'true',
  'null',
  'x*',
  'no',
  '- a',
  'a: b',
  '#x',
  '~',
  '1e3',
  'ä',
  '[y]',
);
const pattern = fc.constantFrom(
  'Deploy.*',
  'a{1,3}',
  'x\\,y',
  '[,;]z',
  '007',
  "it's",
  '"q"',
  'a #b',
);
/** Rules with values of every kind; where they go is decided apart. */
const rules: fc.Arbitrary<Fleet['rules']> = fc.record(
  {
    'demo/calls': fc.oneof(
      fc.boolean(),
      fc.record({
        parameters: fc.record(
          {
            actions: fc.constantFrom('StopLogging', ['DeleteTrail'], 'Stop*, Delete*', [
              'StopLogging',
              'D*',
            ]),
            ignored: fc.array(
              fc.tuple(pattern, pattern).map((halves) => halves.join(':')),
              { maxLength: 3 },
            ),
            limit: fc.integer({ min: 1, max: 100 }).map(String),
            deniedAttempts: fc.constantFrom('quiet', 'alert'),
            LogRetentionInDays: fc.constantFrom('30', '90'),
          },
          { requiredKeys: [] },
        ),
      }),
    ),
    'demo/global': fc.record({
      parameters: fc.record(
        {
          roles: fc.oneof(fc.array(item, { minLength: 1, maxLength: 4 }), fc.constant('a, b')),
          quiet: fc.array(pattern, { maxLength: 3 }),
        },
        { requiredKeys: ['roles'] },
      ),
      suppressions: fc.constantFrom(
        [],
        [{ parameter: 'quiet', item: 'sup', owner: 'a', reason: 'b', expires: '2027-01-01' }],
        [{ parameter: 'quiet', item: 'old', owner: 'a', reason: 'b', expires: '2025-01-01' }],
      ),
    }),
    'demo/plain': fc.constant(true),
    'demo/listening': fc.record({
      parameters: fc.record(
        {
          note: fc
            .oneof(
              fc.string({ minLength: 1, maxLength: 20 }),
              fc.constantFrom('0x1F', '012', 'yes', 'a\nb', '*x'),
            )
            .filter((text) => text.trim() !== ''),
          PublisherAccounts: fc.constantFrom(otherAccount, [otherAccount, '012345678901']),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  { requiredKeys: [] },
);

const fleets: fc.Arbitrary<Fleet> = fc
  .record({
    base: fc.record({ regions: someRegions, rules }),
    to: alerts,
    tags: fc.dictionary(
      fc.constantFrom('team', 'cost', 'x-y'),
      fc.constantFrom('red', '4711', 'true', '', 'a b'),
    ),
    packages: fc.constantFrom(undefined, '^1.0.0', '1.0', '1'),
    retention: fc.constantFrom(undefined, 1, 90, 365),
    shared: fc.boolean(),
    own: fc.option(someRegions, { nil: undefined }),
    accounts: fc.constantFrom<(readonly Account[] | undefined)[]>(
      undefined,
      [{ id: account }],
      [{ id: account }, { id: otherAccount, role: 'a/Patrol' }],
      [
        { id: account, regions: ['eu-west-1'] },
        { id: otherAccount, role: 'Patrol', regions: ['eu-north-1', 'us-east-1'] },
      ],
    ),
  })
  .map(({ base, to, tags, packages, retention, shared, own, accounts }): Fleet => {
    const plain = own ? { regions: own } : true;
    const named = Object.entries({ ...base.rules, 'demo/plain': plain });
    return {
      version: 1,
      fleet: 'security',
      environment: 'production',
      ...(packages === undefined ? {} : { packages: { '@patrol/rules-demo': packages } }),
      regions: base.regions,
      ...(Object.keys(tags).length > 0 ? { tags } : {}),
      ...to,
      ...(retention === undefined ? {} : { logRetention: retention }),
      ...(shared ? { artifacts: { shared } } : {}),
      ...(accounts ? { accounts } : {}),
      rules: Object.fromEntries(named),
    };
  });

describe('a fleet that was deployed, saved, read again and planned', () => {
  test('keeps everything', () => {
    fc.assert(
      fc.property(fleets, (all) => {
        const { accounts: _, ...fleet } = all;
        const current = deployed(fleet);
        const saved = saveFleet(current, options, ground);
        const others = wordsOf(saved).filter(
          (note) => !/ mutes? alerts and never expires?\./.test(note) && !losesOwners(note),
        );
        expect([saved.text, others]).toEqual([saved.text, []]);
        // What a stack has of owners and reasons is a hash.
        const muted = new Set(
          current.flatMap((found) =>
            'stacks' in found
              ? found.stacks.flatMap(({ name, parameters }) =>
                  parameters['NamesSha256'] ? [name] : [],
                )
              : [],
          ),
        );
        expect(wordsOf(saved).filter(losesOwners).length > 0).toBe(muted.size > 0);
        const wanted = wantedFleet(fleetOf(saved.text), ground);
        expect([saved.text, wanted.problems]).toEqual([saved.text, []]);
        const plan = planFleet(wanted, current);
        const changed = plan.steps.filter(({ verdict, target, differences }) => {
          const names = differences.map(({ name }) => name).join();
          return verdict !== 'keep' && !(muted.has(target.name) && names === 'NamesSha256');
        });
        expect([saved.text, changed]).toEqual([saved.text, []]);
        // Saved again it is the same text.
        expect(saveFleet(current, options, ground).text).toBe(saved.text);
      }),
      { numRuns: 300 },
    );
  });

  test('a fleet that is written is read as the same fleet', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const text = fleetText(fleet, {
          schema: './x.json',
          head: ['One', '', 'two'],
          tail: ['End'],
        });
        const read = readFleet(text);
        const expected = { ...fleet, rules: Object.fromEntries(Object.entries(fleet.rules)) };
        expect([text, 'file' in read ? read.file.fleet : read.problems]).toEqual([text, expected]);
      }),
      { numRuns: 300 },
    );
  });
});

test('what is the same twice is written twice', () => {
  const same = ['eu-west-1'];
  const rule = { regions: same };
  const rules = { 'demo/calls': rule, 'demo/plain': rule };
  const alerts = { email: 'a@example.com' };
  expect(fleetText({ version: 1, fleet: 'a', regions: same, alerts, rules })).toBe(`version: 1
fleet: a
regions: [eu-west-1]

alerts:
  email: a@example.com

rules:
  demo/calls:
    regions: [eu-west-1]
  demo/plain:
    regions: [eu-west-1]
`);
});

const source = `version: 1
fleet: security
regions: [eu-west-1, us-east-1]
tags: { team: red }
alerts: { email: security@example.com, shared: true }
rules:
  demo/calls: { parameters: { actions: [StopLogging, DeleteTrail], limit: 7, ignored: ['Deploy.*:B'] } }
  demo/global: { parameters: { roles: Admin } }
  demo/plain: { regions: [eu-west-1] }
`;

const muted = (rule: string, item: string, parameter: string): string =>
  `${item} in ${parameter} of demo/${rule} mutes alerts and never expires. To give one an end date, move it to \`suppressions\`.`;

describe('saving', () => {
  test('reads well', () => {
    const saved = saveFleet(
      deployed(fleetOf(source).fleet),
      { ...options, schema: './patrol.schema.json' },
      ground,
    );
    expect(saved.text).toBe(`# yaml-language-server: $schema=./patrol.schema.json
# The rules deployed in the environment production, saved on 2026-11-23.

version: 1
fleet: security
environment: production
regions: [eu-west-1, us-east-1]

tags:
  team: red

alerts:
  email: security@example.com
  shared: true

logRetention: 90

rules:
  demo/calls:
    parameters:
      actions: [StopLogging, DeleteTrail]
      ignored: [Deploy.*:B]
      limit: 7
  demo/global:
    parameters:
      roles: [Admin]
  demo/plain:
    regions: [eu-west-1]
`);
  });

  test('says of each rule what mutes it permanently, and keeps the last day of the rest', () => {
    const quiet = `version: 1
fleet: security
regions: [eu-west-1, us-east-1]
alerts: { email: security@example.com }
rules:
  demo/calls: { parameters: { ignored: ['Deploy.*:B'] } }
  demo/global:
    parameters: { roles: Admin }
    suppressions: [{ parameter: quiet, item: tmp, owner: a, reason: b, expires: 2027-01-01 }]
  demo/plain: true
`;
    const saved = saveFleet(deployed(fleetOf(quiet).fleet), options, ground);
    expect(wordsOf(saved)).toEqual([
      'Applying this file would update patrol-demo-global-production in us-east-1 (account 111122223333): file of names and suppressions changed.',
      muted('calls', '"Deploy.*:B"', 'ignored'),
    ]);
    expect(saved.text).toContain('quiet: [tmp until 2027-01-01]');
  });

  test('stacks that were deployed by themselves are saved, and join the fleet', () => {
    const alone = deployed(fleetOf(source).fleet).map((found) => ({
      ...found,
      stacks: ('stacks' in found ? found.stacks : []).map((stack) => {
        const { 'patrol:fleet': fleet, ...tags } = stack.tags;
        expect(fleet).toBe('security');
        return { ...stack, tags };
      }),
    }));
    const notes = wordsOf(saveFleet(alone, options, ground));
    expect(notes).toHaveLength(7);
    expect(notes[0]).toBe(
      `Applying this file would update patrol-base-security-production in eu-west-1 (account ${account}): it joins the fleet security.`,
    );
  });

  test('where stacks of a rule differ, the file gets what most have, and the notes say what it would change', () => {
    const three = { ...fleetOf(source).fleet, regions: [...regions] };
    const current = deployed(three).map((found) => ({
      ...found,
      stacks: ('stacks' in found ? found.stacks : []).map((stack) =>
        stack.name.includes('calls') && found.place.region === 'us-east-1'
          ? {
              ...stack,
              parameters: {
                ...stack.parameters,
                limit: '9',
                AlertEmail: 'x@y.zz',
                AlertTopicArn: '',
              },
            }
          : stack,
      ),
    }));
    const saved = saveFleet(current, options, ground);
    expect(saved.fleet.rules['demo/calls']).toMatchObject({ parameters: { limit: '7' } });
    expect(saved.fleet.alerts).toEqual({ email: 'security@example.com', shared: true });
    expect(wordsOf(saved)).toEqual([
      `Applying this file would update patrol-demo-calls-production in us-east-1 (account ${account}): limit, e-mail address for alerts and topic for alerts changed.`,
      muted('calls', '"Deploy.*:B"', 'ignored'),
    ]);
  });

  test('a topic of the base stack that most rules do not use is not where alerts go', () => {
    const current = deployed(fleetOf(source).fleet).map((found) => ({
      ...found,
      stacks: ('stacks' in found ? found.stacks : []).map((stack) =>
        stack.name.includes('base')
          ? stack
          : {
              ...stack,
              parameters: { ...stack.parameters, AlertEmail: 'x@y.zz', AlertTopicArn: '' },
            },
      ),
    }));
    expect(saveFleet(current, options, ground).fleet.alerts).toEqual({ email: 'x@y.zz' });
  });

  test('what is not of this fleet, not of this environment or not installed is left out', () => {
    const current = deployed(fleetOf(source).fleet).map((found) => ({
      ...found,
      stacks: ('stacks' in found ? found.stacks : []).flatMap((stack) => [
        stack,
        { ...stack, name: 'a', tags: { ...stack.tags, 'patrol:fleet': 'other' } },
        { ...stack, name: 'b', tags: { ...stack.tags, 'patrol:environment': 'staging' } },
        { ...stack, name: 'c', tags: {} },
        ...(stack.name.includes('plain')
          ? [
              {
                ...stack,
                name: 'd',
                tags: { ...stack.tags, 'patrol:package': '@gone/patrol-rules' },
              },
            ]
          : []),
      ]),
    }));
    const saved = saveFleet(current, options, ground);
    expect(Object.keys(saved.fleet.rules)).toEqual(['demo/calls', 'demo/global', 'demo/plain']);
    expect(wordsOf(saved)).toEqual([
      `d in eu-west-1 (account ${account}) is left out: @gone/patrol-rules is not installed, or has no rule plain.`,
      muted('calls', '"Deploy.*:B"', 'ignored'),
    ]);
  });

  test('says when there is nothing, and where it could not look', () => {
    const failure = 'cloudformation:DescribeStacks failed: no.';
    expect(() => saveFleet([{ place: placeOf('eu-west-1'), failure }], options, ground)).toThrow(
      OperatorError,
    );
    expect(() => saveFleet([{ place: placeOf('eu-west-1'), failure }], options, ground)).toThrow(
      failure,
    );
  });
});
