import { describe, expect, test } from 'vitest';
// Core's own test helpers: they are not published.
import { deployed, stackIn } from '../../../core/src/template/deployed.fake.ts';
import type { StackSetFound, StackSetState } from '../plan/state.ts';
import { type OrganizationOptions, planOrganization } from '../plan/organization.ts';
import type { StackSetStep } from '../plan/step.ts';
import { assemble, fleetOf, ground, rules, templateOf, watcher } from '../testing/fleet.ts';
import { source, unit } from '../testing/organization-fleet.ts';
import {
  type OrganizationWanted,
  wantedOrganization,
  type WantedStackSet,
} from './organization.ts';

const base = 'patrol-base-security-production';

const wantedFor = (on: string, regions = 'eu-west-1'): OrganizationWanted => {
  const wanted = wantedOrganization(fleetOf(source({ rules: on, regions })), {
    ...ground,
    assemblies: [assemble('@patrol/rules-any', [...rules, watcher()])],
    templateOf,
  });
  expect(wanted.problems).toEqual([]);
  return wanted;
};
const both = 'any/health: true, any/plain: true';

/** What stands of a stack set that was deployed as it was wanted. */
const standing = (set: WantedStackSet): StackSetFound => ({
  name: set.stackSet,
  stackSet: {
    id: `${set.stackSet}:1`,
    name: set.stackSet,
    template: set.template.text,
    parameters: set.parameters,
    tags: set.tags,
    serviceManaged: true,
    autoDeployment: set.autoDeployment,
    units: set.units,
    regions: set.regions,
  },
  instances: [],
  targets: [{ unit, regions: set.regions }],
});

const planned = (
  wanted: OrganizationWanted,
  before: readonly WantedStackSet[] = [],
  options: OrganizationOptions = {},
  stackSets: readonly StackSetState[] = before.map(standing),
): readonly StackSetStep[] =>
  planOrganization(
    wanted,
    {
      stackSets,
      units: { accounts: new Map([[unit, []]]), inside: new Map(), absent: [], unknown: new Map() },
    },
    { prune: true, ...options },
  ).steps;

describe('where a rule watches the others in every region of an organisation', () => {
  test('the rules of each member account write to the queues of a base stack there', () => {
    const { stackSets } = wantedFor(both);
    expect(
      stackSets.map(({ stackSet, autoDeployment }) => [stackSet, autoDeployment.after]),
    ).toEqual([
      [base, undefined],
      ['patrol-any-health-production', base],
      ['patrol-any-plain-production', base],
    ]);
    const [shared, ...ofRules] = stackSets;
    const { resources } = deployed(JSON.parse(shared?.template.text ?? ''), shared?.parameters);
    const arnOf = (id: string): string =>
      `arn:aws:sqs:${stackIn.region}:${stackIn.account}:${String(resources[id]?.['QueueName'])}`;
    expect(arnOf('FailureQueue')).toBe(`arn:aws:sqs:eu-west-1:111122223333:${base}-failures`);
    expect(ofRules).toHaveLength(2);
    for (const { template, parameters } of ofRules) {
      const stack = deployed(JSON.parse(template.text), parameters).resources;
      // Its own queues may hold events. They stay, and nothing writes to them any more.
      expect(stack).toHaveProperty('FailureQueue');
      expect(Object.keys(stack).filter((id) => id.endsWith('QueueAlarm'))).toEqual([]);
      expect(stack['Retries']).toMatchObject({
        DestinationConfig: { OnFailure: { Destination: arnOf('FailureQueue') } },
      });
      expect(JSON.stringify(stack)).toContain(arnOf('DeadLetterQueue'));
      expect(template.parameters).not.toHaveProperty('FailureQueueArn');
    }
  });

  test('the alarms of the queues go to the topic of their region', () => {
    const [shared] = wantedFor(both, 'eu-west-1, us-east-1').stackSets;
    const template = JSON.parse(shared?.template.text ?? '');
    expect(template.Mappings.Regional['eu-west-1']).toEqual({
      QueueAlarmTopicArn: `arn:aws:sns:eu-west-1:111122223333:${base}-alarms`,
    });
    expect(template.Resources.FailureQueueAlarm.Properties.AlarmActions).toEqual([
      { 'Fn::FindInMap': ['Regional', { Ref: 'AWS::Region' }, 'QueueAlarmTopicArn'] },
    ]);
  });

  test('the base stacks come before the rules, and go after them', () => {
    const wanted = wantedFor(both);
    expect(planned(wanted).map(({ key, needs }) => [key, needs])).toEqual([
      [base, []],
      ['patrol-any-health-production', [base]],
      ['patrol-any-plain-production', [base]],
    ]);
    expect(planned(wanted, wanted.stackSets).map(({ verdict }) => verdict)).toEqual([
      'keep',
      'keep',
      'keep',
    ]);
    const gone = planned(wantedFor('any/plain: true'), wanted.stackSets);
    expect(gone.map(({ key, verdict }) => [key, verdict])).toEqual([
      ['patrol-any-plain-production', 'change'],
      ['patrol-any-health-production', 'change'],
      [base, 'change'],
    ]);
    expect(gone.at(-1)?.needs).toEqual([
      'patrol-any-plain-production',
      'patrol-any-health-production',
    ]);
  });

  test('a named rule takes the base stacks along', () => {
    const keys = planned(wantedFor(both), [], { only: ['any/plain'] }).map(({ key }) => key);
    expect(keys).toEqual([base, 'patrol-any-plain-production']);
  });

  test('where those of the base stacks cannot be changed, no rule is that needs them', () => {
    const wanted = wantedFor(both);
    const failure = 'AWS does not say.';
    const steps = planned(wanted, [], {}, [{ name: base, failure }]);
    const needs = (stack: string) => [stack, 'refused', [{ code: 'needsBase', stack, base }]];
    expect(steps.map(({ key, verdict, reasons }) => [key, verdict, reasons])).toEqual([
      [base, 'refused', [{ code: 'unseen', why: failure }]],
      needs('patrol-any-health-production'),
      needs('patrol-any-plain-production'),
    ]);
  });

  test('a rule that is also where none watches keeps queues of its own, and waits for none', () => {
    const wanted = wantedFor(
      'any/health: { regions: [eu-west-1] }, any/plain: true',
      'eu-west-1, us-east-1',
    );
    const { stackSets } = wanted;
    expect(planned(wanted).map(({ needs }) => needs)).toEqual([[], [base], []]);
    expect(
      stackSets.map(({ stackSet, autoDeployment }) => [stackSet, autoDeployment.after]),
    ).toEqual([
      [base, undefined],
      ['patrol-any-health-production', base],
      ['patrol-any-plain-production', undefined],
    ]);
    expect(stackSets[0]?.regions).toEqual(['eu-west-1']);
  });

  test('without such a rule there are no base stacks', () => {
    expect(wantedFor('any/plain: true').stackSets.map(({ stackSet }) => stackSet)).toEqual([
      'patrol-any-plain-production',
    ]);
  });
});
