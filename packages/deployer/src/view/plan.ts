/** A plan, for machines and as notes. */
import { driftOf } from '../cloud/states.ts';
import { tellSubscriptions } from '../destinations/fleet.ts';
import type { FleetState } from '../engine/look.ts';
import type { FleetPlanStep, OutputOf, StackSetPlanStep } from '../notes/objects.ts';
import type { Tell, Unversioned } from '../notes/tell.ts';
import { countByRegion } from '../plan/instances.ts';
import * as plans from '../plan/step.ts';
import type { Costs, Where } from '../notes/parts.ts';
import { costsOf, costWords, together } from '../template/costs.ts';
import { counted } from '../text/words.ts';
import { cautionNotes } from './cautions.ts';
import { type Remark, remarkWords, warningOf } from './sentences/remarks.ts';
import { because, sentence } from './sentences/reasons.ts';

/** A plan as machines read it: without templates and what is sent to CloudFormation. */
export function planObject({
  plan,
  organization: managed,
  subscriptions,
}: FleetState): Unversioned<OutputOf<'fleetPlan'>> {
  const { fleet, environment } = plan;
  const { unconfirmed, pending, lost } = subscriptions;
  const steps = plans.stackSteps(plan);
  return {
    type: 'fleetPlan',
    fleet,
    environment,
    steps: steps.map(plainStep),
    counts: plans.countsOf(steps),
    costs: costsIn(plan),
    ...notesFor([...plan.notes, ...subscriptions.notes]),
    unconfirmed: unconfirmed.map(topicsOf),
    pending: pending.map(topicsOf),
    lost: lost.map(topicsOf),
    ...(managed && { organization: organizationObject(plans.stackSetSteps(plan), managed) }),
  };
}

function organizationObject(
  steps: readonly plans.StackSetStep[],
  { wanted, notes }: NonNullable<FleetState['organization']>,
): NonNullable<OutputOf<'fleetPlan'>['organization']> {
  const { organization, home } = wanted;
  // A stack set is neither recreated nor rolled back.
  const { recreate: _, recover: __, ...counts } = plans.countsOf(steps);
  return {
    organization,
    home: home.region,
    stackSets: steps.map(plainSet),
    counts,
    ...notesFor(notes),
  };
}

function topicsOf<T extends Remark>(remark: T): Omit<T, 'code'> & { readonly message: string } {
  const { code: _, ...about } = remark;
  return { message: remarkWords(remark), ...about };
}

/** What stands after a plan costs; of an organisation in each of its accounts, beside what the managing account has. */
const costsIn = (plan: Pick<plans.Plan, 'steps'>): Costs =>
  together([
    ...plans.stackSteps(plan).flatMap((step) => {
      if (!step.wanted) return [];
      const { template, artifact } = step.wanted.content;
      return [costsOf(template, plans.textsOf(step), artifact?.rule.watches)];
    }),
    ...plans
      .stackSetSteps(plan)
      .flatMap(({ wanted }) => wanted ?? [])
      .flatMap(({ regions, template, parameters, artifact }) =>
        regions.map(() => costsOf(template, parameters, artifact?.rule.watches)),
      ),
  ]);

/** Which stack or stack set a step is about. */
function whoseOf({ target }: plans.Step): Required<Where> & { readonly stack: string } {
  const { region, account } = target.place;
  return { stack: target.name, region, account };
}

/** Why something is done, and what differs. */
const whyOf = ({
  reasons,
  differences,
}: plans.Step): Pick<FleetPlanStep, 'because' | 'reasons' | 'differences'> => ({
  because: because(reasons),
  reasons,
  differences,
});

export function plainStep(step: plans.StackStep): FleetPlanStep {
  const { key, target, current, needs, notes, verdict } = step;
  const found = current && verdict !== 'refused' && driftOf(current, target.place.region);
  return {
    key,
    name: plans.typedOf(step),
    ...whoseOf(step),
    do: plans.doingOf(step),
    ...whyOf(step),
    ...step.cautions,
    ...(found && { drift: { detectedAt: found.detectedAt } }),
    needs,
    ...notesFor(notes),
  };
}

/** The same of a stack set, with each of its instances. */
function plainSet(step: plans.StackSetStep): StackSetPlanStep {
  const { wanted, changes, waits, counts, instances, troubled } = step;
  return {
    stackSet: step.target.name,
    name: plans.typedOf(step),
    do: plans.doingOf(step) as StackSetPlanStep['do'],
    ...whyOf(step),
    ...step.cautions,
    ...(changes && { changes }),
    work: step.operations,
    waits,
    counts,
    instances,
    troubled,
    notes: notesOf(step),
    remarks: [...step.notes, ...(step.still ?? [])],
    ...(wanted && { units: wanted.units, regions: wanted.regions }),
  };
}

/** What there is to say of a stack set. */
const notesOf = ({ notes, still = [] }: plans.StackSetStep): readonly string[] => [
  ...notes.map(remarkWords),
  ...still.map(sentence),
];

/** What there is to say, in words and as data. */
const notesFor = (remarks: readonly Remark[]) => ({ notes: remarks.map(remarkWords), remarks });

/** Tells a plan: what is kept only as a number. */
export function tellPlan(state: FleetState, tell: Tell): void {
  const { plan, organization, subscriptions } = state;
  const all = [...(organization?.notes ?? []), ...plan.notes];
  const known = all.map(remarkWords);
  const tellNotes = (step: plans.Step, remarks: readonly Remark[]): void => {
    for (const note of remarks.map(warningOf)) {
      if (!known.includes(note.message)) tell({ ...note, ...whoseOf(step) });
    }
  };
  const sets = organization ? plans.stackSetSteps(plan) : [];
  for (const step of [...plans.stackSteps(plan), ...sets]) {
    if (!plans.isStack(step) || step.verdict !== 'keep') tellPlanned(tell, step);
  }
  for (const step of [...plans.stackSteps(plan), ...sets]) {
    if (!plans.isStack(step) || step.verdict !== 'keep') tellCautions(tell, step, whoseOf(step));
    const { changes, still = [] } = plans.isStack(step) ? {} : step;
    if (changes) tell({ type: 'changes', ...aboutOf(step), ...changes });
    tellNotes(step, step.notes);
    for (const remark of still) {
      tell({ type: 'warning', ...whoseOf(step), message: sentence(remark), remark });
    }
  }
  for (const remark of all) tell(warningOf(remark));
  tellSubscriptions(subscriptions, tell);
  tell({ type: 'shown' });
  const { fleet, environment } = plan;
  tell({ type: 'progress', message: `Fleet ${fleet} (${environment}): ${countedIn(plan)}.` });
  const costs = costWords(costsIn(plan));
  const where = organization ? ' in each account of the organisation' : '';
  tell({ type: 'progress', message: `Costs${where}: ${costs}.` });
}

/** Tells what will be done with the stack of a rule that is deployed by itself. */
export function tellStep(tell: Tell, step: plans.StackStep): void {
  tellPlanned(tell, step);
  tellCautions(tell, step);
}

const aboutOf = (step: plans.Step) => ({ ...whoseOf(step), name: plans.typedOf(step) });

function tellPlanned(tell: Tell, step: plans.Step): void {
  const isKept = step.verdict === 'keep';
  const about = { ...aboutOf(step), ...whyOf(step) };
  if (plans.isStack(step)) {
    tell({ type: 'plan', do: plans.doingOf(step), ...descriptionOf(step), ...about });
    return;
  }
  const { troubled, counts: instances } = step;
  if (isKept && troubled.length === 0) return;
  const what = plans.doingOf(step) as StackSetPlanStep['do'];
  const regions = countByRegion(step.instances);
  tell({ type: 'stackSet', do: what, ...about, instances, regions, troubled });
}

/** @param where the stack is, where there are several. */
function tellCautions(tell: Tell, step: plans.Step, where: Where = {}): void {
  for (const note of cautionNotes(step.cautions)) {
    tell({ ...note, stack: step.target.name, ...where });
  }
}

/** What the rule of a stack that is created alerts on. */
function descriptionOf(step: plans.StackStep): { readonly description?: string } {
  const rule = step.wanted?.content.artifact?.rule;
  if (!rule || !['create', 'recreate'].includes(plans.doingOf(step))) return {};
  const [first = rule.description] = /^.*?\.(?=\s|$)/.exec(rule.description) ?? [];
  return { description: `${first} Severity: ${rule.severity}.` };
}

const words: Readonly<Record<plans.Doing, string>> = {
  create: 'to create',
  update: 'to update',
  recreate: 'to delete and recreate',
  recover: 'to recover',
  delete: 'to delete',
  orphaned: 'no longer in the file',
  refuse: 'refused',
  keep: 'up to date',
};

/** How many stacks and stack sets there are of each kind, in words. */
export function countedIn(plan: Pick<plans.Plan, 'steps'>): string {
  const of = (steps: readonly plans.Step[], noun: string): readonly string[] => {
    const counts: Readonly<Record<string, number>> = plans.countsOf(steps);
    return Object.entries(words).flatMap(([kind, said]) =>
      counts[kind] ? [`${counted(counts[kind], noun)} ${said}`] : [],
    );
  };
  const all = [
    ...of(plans.stackSteps(plan), 'stack'),
    ...of(plans.stackSetSteps(plan), 'stack set'),
  ];
  return all.join(', ') || 'no stacks';
}
