import { expect, test } from 'vitest';
import { placeOf } from '../testing/fleet.ts';
import {
  downgradesIn,
  type StackSetStep,
  type StackStep,
  type Step,
  withoutDowngrades,
} from './step.ts';

const downgrade = { package: '@patrol/rules-demo', deployed: '1.4.0', installed: '1.3.0' };
const place = placeOf('eu-west-1');
const common = {
  key: 'one',
  verdict: 'change',
  needs: ['base'],
  reasons: [{ code: 'changed', what: ['code'] }],
  differences: [],
  cautions: { downgrade },
  notes: [],
} as const;
const target = { name: 'patrol-demo-watch-production', holds: { rule: 'demo/watch' } };
const stack: StackStep = {
  ...common,
  target: { kind: 'stack', place, ...target },
  operations: [{ do: 'update' }],
  inputs: [],
};
const scope = { units: ['ou-ab12-11111111'], regions: ['eu-west-1'] };
const bare: StackSetStep = {
  ...common,
  target: { kind: 'stack set', place, ...target },
  operations: [{ do: 'update' }],
  waits: true,
  counts: { total: 0, current: 0, outdated: 0, inoperable: 0, busy: 0 },
  instances: [],
  troubled: [],
};
const stackSet: StackSetStep = {
  ...bare,
  operations: [{ do: 'remove', ...scope }, ...bare.operations],
  withoutDeletions: bare,
};

const refused = (step: Step): unknown => withoutDowngrades({ steps: [step] }).steps[0];
const older = { verdict: 'refused', operations: [], reasons: [{ code: 'older', downgrade }] };

test('an older version is refused, and nothing of its step is left to be done or waited for', () => {
  expect(refused(stack)).toMatchObject({ ...older, needs: [] });
  expect(refused(stackSet)).toMatchObject({ ...older, waits: false });
  // What would be done without deletions is the older version as well.
  expect(refused(stackSet)).not.toHaveProperty('withoutDeletions');
});

test('what is not done anyway, or is no older version, stays as it is', () => {
  for (const step of [
    { ...stack, verdict: 'refused' } as const,
    { ...stack, verdict: 'keep' } as const,
    { ...stack, cautions: { lostValues: [{ name: 'limit', value: '30' }] } },
    { ...stackSet, cautions: {} },
  ]) {
    expect(refused(step)).toBe(step);
    expect(downgradesIn({ steps: [step] })).toEqual([]);
  }
  expect(downgradesIn({ steps: [stack, stackSet] })).toEqual([downgrade, downgrade]);
});
