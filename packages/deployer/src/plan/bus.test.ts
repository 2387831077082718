import { apiCall, defineRule } from '@patrol/core';
import { expect, test } from 'vitest';
import {
  assemble,
  carriedOut,
  fleetOf,
  ground,
  nothing,
  placeOf,
  templateOf,
} from '../testing/fleet.ts';
import { because } from '../view/sentences/reasons.ts';
import { type FleetWanted, wantedFleet } from '../want/fleet.ts';
import { additionsIn, withoutOverflow } from './bus.ts';
import { planFleet } from './fleet.ts';
import { doingOf } from './step.ts';

const trail = apiCall('cloudtrail.amazonaws.com', ['StopLogging']);
const iam = apiCall('ec2.amazonaws.com', ['RunInstances']);
const rule = (name: string, triggers: Parameters<typeof defineRule>[0]['triggers']) =>
  defineRule({
    name,
    title: name,
    description: 'Alerts.',
    severity: 'high',
    runbook: 'Ask.',
    triggers,
    parameters: {},
    evaluate: () => undefined,
  });
const assemblies = [
  assemble('@patrol/rules-demo', [rule('one', [trail]), rule('two', [trail, iam])]),
];
const places = ['eu-west-1', 'us-east-1'].map((region) => placeOf(region));
const topics = places.map(({ region }) => `${region}: arn:aws:sns:${region}:111122223333:a`);
const wanted = (on: string, alerts = `topic: { ${topics.join(', ')} }`): FleetWanted =>
  wantedFleet(
    fleetOf(
      `version: 1\nfleet: a\nregions: [eu-west-1, us-east-1]\nalerts: { ${alerts} }\nrules: { ${on} }`,
    ),
    { ...ground, assemblies, templateOf },
  );
const all = 'demo/one: true, demo/two: true';
const plan = planFleet(wanted(all), nothing(places));

test('counts what new stacks add to the bus of each place', () => {
  expect(additionsIn(plan)).toEqual(places.map((place) => ({ place, coming: 3 })));
  const before = carriedOut(planFleet(wanted('demo/one: true'), nothing(places)), nothing(places));
  expect(additionsIn(planFleet(wanted(all), before))).toEqual(
    places.map((place) => ({ place, coming: 2 })),
  );
  const current = carriedOut(plan, nothing(places));
  expect(additionsIn(planFleet(wanted(all), current))).toEqual([]);
  // Each rule with its own address has a notifier, which has a clock.
  const own = planFleet(wanted(all, 'email: a@b.cc'), nothing(places));
  expect(additionsIn(own)).toEqual(places.map((place) => ({ place, coming: 5 })));
});

test('refuses new stacks where they do not all fit, and nowhere else', () => {
  const [first, second] = places;
  if (!first || !second) throw new Error('There are two.');
  const exact = withoutOverflow(plan, [{ place: first, used: 297, quota: 300 }]);
  expect(exact.steps.map(doingOf)).toEqual(['create', 'create', 'create', 'create']);
  const full = withoutOverflow(
    plan,
    [
      { place: first, used: 298, quota: 300 },
      { place: second, used: 298, quota: 400 },
    ],
    { profile: 'security' },
  );
  expect(full.steps.map((step) => [step.target.place.region, doingOf(step)])).toEqual([
    ['eu-west-1', 'refuse'],
    ['eu-west-1', 'refuse'],
    ['us-east-1', 'create'],
    ['us-east-1', 'create'],
  ]);
  expect(because(full.steps[0]?.reasons ?? [])).toBe(
    'The default event bus in eu-west-1 has 298 rules, and this plan adds 3. Its quota is 300. Request a higher one: `aws service-quotas request-service-quota-increase --service-code events --quota-code L-244521F2 --desired-value 400 --region eu-west-1 --profile security`.',
  );
});
