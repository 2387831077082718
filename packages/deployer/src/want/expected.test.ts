import { names } from '@patrol/core';
import { describe, expect, test } from 'vitest';
import { planFleet } from '../plan/fleet.ts';
import { saveFleet } from '../plan/save.ts';
import {
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
import { source } from '../testing/organization-fleet.ts';
import { wantedFleet } from './fleet.ts';
import { wantedOrganization } from './organization.ts';

const parameters = { expectedRules: names('Rules that must be there.', { default: '' }) };
/** One that watches no others, and only has a parameter of that name. */
const { watches: _, ...other } = watcher(parameters);
const watched = {
  ...ground,
  assemblies: [
    assemble('@patrol/rules-demo', [...rules, watcher(parameters), { ...other, name: 'other' }]),
  ],
  templateOf,
};
const file = (on: string): string =>
  `version: 1\nfleet: security\nregions: [eu-west-1, us-east-1]\nalerts: { email: security@example.com }\nrules: { ${on} }`;
const expectedIn = (on: string): unknown =>
  Object.fromEntries(
    wantedFleet(fleetOf(file(on)), watched).stacks.map(({ wanted: { stack, place, values } }) => [
      `${stack.split('-')[2]} ${place.region}`,
      values['expectedRules']?.text,
    ]),
  );

describe('what a fleet tells the rule that watches the others', () => {
  test('is which rules stand in each region, itself among them', () => {
    expect(
      expectedIn('demo/health: true, demo/other: true, demo/plain: { regions: [us-east-1] }'),
    ).toEqual({
      'health eu-west-1': 'health, other',
      'health us-east-1': 'health, other, plain',
      'other eu-west-1': '',
      'other us-east-1': '',
      'plain us-east-1': undefined,
    });
  });

  test('is what the file says where it says so', () => {
    const own = 'demo/health: { parameters: { expectedRules: [health] } }, demo/plain: true';
    expect(expectedIn(own)).toMatchObject({ 'health eu-west-1': 'health' });
  });

  test('is the same in an organisation, by region, and one set for all accounts', () => {
    const on =
      'demo/health: true, demo/plain: { regions: [us-east-1] }, demo/other: { parameters: { expectedRules: [x] } }';
    const { stackSets, problems } = wantedOrganization(fleetOf(source({ rules: on })), watched);
    expect(problems).toEqual([]);
    const of = (name: string) =>
      stackSets.find(({ holds }) => 'rule' in holds && holds.rule === name);
    const { Mappings } = JSON.parse(of('demo/health')?.template.text ?? '{}');
    expect(Mappings.Regional).toMatchObject({
      'eu-west-1': { expectedRules: 'health, other' },
      'us-east-1': { expectedRules: 'health, other, plain' },
    });
    expect(of('demo/other')?.parameters).toMatchObject({ expectedRules: 'x' });
    const same = source({ rules: 'demo/health: true, demo/plain: true' });
    const [health] = wantedOrganization(fleetOf(same), watched).stackSets.filter(
      ({ holds }) => 'rule' in holds && holds.rule === 'demo/health',
    );
    expect(health?.parameters).toMatchObject({ expectedRules: 'health, plain' });
  });

  test('changes with the rules of the file, and is not written into a saved one', () => {
    const empty = nothing([placeOf('eu-west-1'), placeOf('us-east-1')]);
    const wanted = wantedFleet(fleetOf(file('demo/health: true, demo/plain: true')), watched);
    const stands = carriedOut(planFleet(wanted, empty), empty);
    const again = planFleet(wanted, stands);
    expect(again.steps.map(({ verdict }) => verdict)).toEqual(['keep', 'keep', 'keep', 'keep']);
    const less = wantedFleet(fleetOf(file('demo/health: true')), watched);
    const changes = planFleet(less, stands).steps.filter(({ verdict }) => verdict === 'change');
    expect(changes.map(({ target }) => target.name)).toEqual([
      'patrol-demo-health-production',
      'patrol-demo-health-production',
    ]);
    const options = { fleet: 'security', environment: 'production' };
    const saved = saveFleet(stands, options, watched);
    expect(saved.fleet.rules).toEqual({ 'demo/health': true, 'demo/plain': true });
    expect(saved.notes).toEqual([]);
  });
});
