/** Plans as tests read them. */
import type { Place, Stack } from '../cloud/cloud.ts';
import type { FleetPlan } from '../plan/fleet.ts';
import type { OrganizationPlan } from '../plan/organization.ts';
import {
  countsOf,
  type Doing,
  doingOf,
  exitCodeOf,
  type StackSetStep,
  type StackStep,
  typedOf,
  type WantedContent,
} from '../plan/step.ts';
import { because } from '../view/sentences/reasons.ts';

/** What is done with a stack, why, and what is sent. */
export interface Action extends Partial<WantedContent> {
  readonly do: Doing;
  readonly stack: string;
  readonly because: string;
  readonly differences: StackStep['differences'];
  readonly current?: Stack;
}

/** What a step comes to. */
export const actionOf = (step: StackStep): Action => ({
  do: doingOf(step),
  stack: step.target.name,
  because: because(step.reasons),
  differences: step.differences,
  ...(step.current ? { current: step.current } : {}),
  ...step.wanted,
});

/** A step for a stack set, as its tests read it. */
export type ReadStackSet = Omit<StackSetStep, 'instances' | 'withoutDeletions'> & {
  readonly name: string;
  readonly do: Doing;
  readonly because: string;
  readonly work: StackSetStep['operations'];
  readonly instances: StackSetStep['counts'];
  readonly each: StackSetStep['instances'];
  readonly spared?: ReadStackSet;
};

const readStackSet = ({ withoutDeletions, ...step }: StackSetStep): ReadStackSet => ({
  ...step,
  name: typedOf(step),
  do: doingOf(step),
  because: because(step.reasons),
  work: step.operations,
  instances: step.counts,
  each: step.instances,
  ...(withoutDeletions ? { spared: readStackSet(withoutDeletions) } : {}),
});

/** The plan of an organisation, as its tests read it. */
export const readOrganizationPlan = (
  plan: OrganizationPlan,
): Omit<OrganizationPlan, 'steps'> & {
  readonly steps: readonly ReadStackSet[];
  readonly counts: ReturnType<typeof countsOf>;
  readonly exitCode: 0 | 1 | 3;
} => ({
  ...plan,
  steps: plan.steps.map(readStackSet),
  counts: countsOf(plan.steps),
  exitCode: exitCodeOf(plan),
});

/** A step for a stack, as tests of fleets read it. */
export type ReadStack = StackStep & {
  readonly name: string;
  readonly place: Place;
  readonly action: Action;
};

/** The plan of a fleet, as its tests read it. */
export const readFleetPlan = (
  plan: FleetPlan,
): Omit<FleetPlan, 'steps'> & {
  readonly steps: readonly ReadStack[];
  readonly counts: ReturnType<typeof countsOf>;
  readonly exitCode: 0 | 1 | 3;
} => ({
  ...plan,
  steps: plan.steps.map((step) => ({
    ...step,
    name: typedOf(step),
    place: step.target.place,
    action: actionOf(step),
  })),
  counts: countsOf(plan.steps),
  exitCode: plan.failures.length > 0 ? 1 : exitCodeOf(plan),
});
