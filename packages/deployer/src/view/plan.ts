/** A plan, for machines and as notes. */
import { driftOf } from '../cloud/states.ts';
import { tellSubscriptions } from '../destinations/fleet.ts';
import type { FleetState } from '../engine/look.ts';
import type { FleetPlanStep, OutputOf, StackSetPlanStep } from '../notes/objects.ts';
import type { Where } from '../notes/parts.ts';
import type { Tell, Unversioned } from '../notes/tell.ts';
import { countByRegion } from '../plan/instances.ts';
import {
  countsOf,
  type Doing,
  doingOf,
  type Plan,
  stackSetSteps,
  type StackSetStep,
  stackSteps,
  type StackStep,
  type Step,
  typedOf,
} from '../plan/step.ts';
import { cautionNotes } from './cautions.ts';
import { because, sentence } from './reasons.ts';

/** A plan as machines read it: without templates and what is sent to CloudFormation. */
export function planObject({
  plan,
  organization,
  subscriptions,
}: FleetState): Unversioned<OutputOf<'fleetPlan'>> {
  const { fleet, environment } = plan;
  return {
    type: 'fleetPlan',
    fleet,
    environment,
    steps: stackSteps(plan).map(plainStep),
    counts: countsOf(stackSteps(plan)),
    notes: [...plan.notes, ...subscriptions.notes],
    unconfirmed: subscriptions.unconfirmed,
    lost: subscriptions.lost,
    ...(organization
      ? {
          organization: {
            organization: organization.wanted.organization,
            home: organization.wanted.home.region,
            stackSets: stackSetSteps(plan).map(plainSet),
            counts: setCountsOf(plan),
            notes: organization.notes,
          },
        }
      : {}),
  };
}

/** A stack set is neither recreated nor rolled back. */
function setCountsOf(plan: Pick<Plan, 'steps'>): Omit<Counts, 'recreate' | 'recover'> {
  const { recreate: _, recover: __, ...counts } = countsOf(stackSetSteps(plan));
  return counts;
}

type Counts = ReturnType<typeof countsOf>;

export function plainStep(step: StackStep): FleetPlanStep {
  const { key, target, current, needs, notes, reasons, differences, cautions } = step;
  const { region, account } = target.place;
  const found =
    current && step.verdict !== 'refused' ? driftOf(current, target.place.region) : undefined;
  return {
    key,
    name: typedOf(step),
    stack: target.name,
    region,
    account,
    do: doingOf(step),
    because: because(reasons),
    reasons,
    differences,
    ...cautions,
    ...(found ? { drift: found.drift } : {}),
    needs,
    notes,
  };
}

/** The same of a stack set, with each of its instances. */
function plainSet(step: StackSetStep): StackSetPlanStep {
  const { target, reasons, operations, wanted, changes } = step;
  return {
    stackSet: target.name,
    name: typedOf(step),
    do: doingOf(step) as StackSetPlanStep['do'],
    because: because(reasons),
    reasons,
    differences: step.differences,
    ...step.cautions,
    ...(changes ? { changes } : {}),
    work: operations,
    waits: step.waits,
    counts: step.counts,
    instances: step.instances,
    troubled: step.troubled,
    notes: notesOf(step),
    ...(wanted ? { units: wanted.units, regions: wanted.regions } : {}),
  };
}

/** What there is to say of a stack set. */
const notesOf = ({ notes, still = [] }: StackSetStep): readonly string[] => [
  ...notes,
  ...still.map(sentence),
];

/** Tells a plan: what is kept only as a number. */
export function tellPlan(state: FleetState, tell: Tell): void {
  const { plan, organization, subscriptions } = state;
  const all = [...(organization?.notes ?? []), ...plan.notes];
  for (const step of stackSteps(plan)) {
    const { region, account } = step.target.place;
    const about = { stack: step.target.name, region, account };
    if (step.verdict !== 'keep') tellStep(tell, step, { region, account });
    for (const message of step.notes) {
      if (!all.includes(message)) tell({ type: 'warning', ...about, message });
    }
  }
  if (organization) for (const step of stackSetSteps(plan)) tellStackSet(step, all, tell);
  for (const message of all) tell({ type: 'warning', message });
  tellSubscriptions(subscriptions, tell);
  const { fleet, environment } = plan;
  tell({ type: 'progress', message: `Fleet ${fleet} (${environment}): ${countedIn(plan)}.` });
}

/**
 * Tells what will be done with a stack.
 *
 * @param where it is, where there are several.
 */
export function tellStep(tell: Tell, step: StackStep, where: Where = {}): void {
  const { target, reasons, differences } = step;
  const { region, account } = target.place;
  tell({
    type: 'plan',
    do: doingOf(step),
    stack: target.name,
    region,
    account,
    because: because(reasons),
    reasons,
    differences,
  });
  for (const note of cautionNotes(step.cautions)) tell({ ...note, stack: target.name, ...where });
}

function tellStackSet(step: StackSetStep, all: readonly string[], tell: Tell): void {
  const { target, troubled, reasons, differences, changes, counts } = step;
  const { region, account } = target.place;
  const about = { stack: target.name, region, account };
  if (step.verdict !== 'keep' || troubled.length > 0) {
    const regions = countByRegion(step.instances);
    const shown = { because: because(reasons), reasons, differences, instances: counts, regions };
    const what = doingOf(step) as StackSetPlanStep['do'];
    tell({ type: 'stackSet', do: what, ...about, ...shown, troubled });
  }
  for (const note of cautionNotes(step.cautions)) tell({ ...note, ...about });
  if (changes) tell({ type: 'changes', ...about, ...changes });
  for (const message of notesOf(step)) {
    if (!all.includes(message)) tell({ type: 'warning', ...about, message });
  }
}

const words: Readonly<Record<Doing, string>> = {
  create: 'to create',
  update: 'to update',
  recreate: 'to delete and recreate',
  recover: 'to recover',
  delete: 'to delete',
  orphaned: 'no longer in the file',
  refuse: 'refused',
  keep: 'up to date',
};

/** Everything that may be done with a stack. */
const everyDoing = Object.keys(words) as readonly Doing[];

/** How many stacks and stack sets there are of each kind, in words. */
export function countedIn(plan: Pick<Plan, 'steps'>, kinds: readonly Doing[] = everyDoing): string {
  const of = (steps: readonly Step[], noun: string): readonly string[] => {
    const counts = countsOf(steps);
    return kinds.flatMap((kind) => {
      const count = counts[kind];
      return count > 0 ? [`${count} ${noun}${count === 1 ? '' : 's'} ${words[kind]}`] : [];
    });
  };
  const counted = [...of(stackSteps(plan), 'stack'), ...of(stackSetSteps(plan), 'stack set')];
  return counted.join(', ') || 'no stacks';
}
