/** What has to be done so that a fleet is as its file says. Pure; needs to know no more of AWS than the pages of `DescribeStacks`. */
import { stackNames } from '@patrol/core/contracts';
import { type Artifact, shortName, typedName } from '../packages/assembly.ts';
import { type Place, previousValue, type Stack } from '../cloud/cloud.ts';
import { applyCommand, codeAt, fleetTag, isPatrols, tagsOf } from '../identity/naming.ts';
import { plan, type Step } from './stack.ts';
import { conditionOf, driftOf } from '../cloud/states.ts';
import type { Template } from '../template/template.ts';
import {
  baseArtifact,
  baseName,
  baseParameters,
  baseTemplate,
  baseTopic,
  sendersTo,
  standIn,
} from '../destinations/base.ts';
import { undeletable } from './deletable.ts';
import { chosenBy } from '../want/only.ts';
import type { FleetWanted, WantedBase } from '../want/fleet.ts';
import { enumerated, order } from '../text/words.ts';
import type { Wanted } from '../want/stack.ts';
import type { Value } from '../template/values.ts';

/** What is done with a stack of a fleet. */
export type FleetAction =
  | Step
  /** `orphaned` for a stack that is no longer in the file, as long as nobody asks for it to be deleted. */
  | {
      readonly do: 'delete' | 'orphaned';
      readonly stack: string;
      readonly because: string;
      readonly standing: Stack;
    };

/** A step of a fleet's plan. */
export interface FleetStep {
  /** `<account>/<region>/<stack>`. */
  readonly key: string;
  /** What the operator types for it: `aws/cloudTrail`, or `base/<fleet>` for the base stack. */
  readonly name: string;
  readonly place: Place;
  readonly action: FleetAction;
  /** The keys of the steps that must be done before. */
  readonly needs: readonly string[];
  readonly notes: readonly string[];
  /** Whether something of it has to stay until this plan is carried out, and goes then. */
  readonly leaves?: true;
  /** What is deployed; absent for what is deleted. The base stack's artifact stands for none: it has no code. */
  readonly deploys?: { readonly artifact: Artifact; readonly template: Template };
}

/** What stands in an account and region, or why nobody can tell. */
export type PlaceStanding = { readonly place: Place } & (
  | {
      /** All stacks of the account in the region. */
      readonly stacks: readonly Stack[];
      /** Whether there is an artifact bucket; asked for only where the base stack is to make it. */
      readonly hasBucket?: boolean;
    }
  | {
      readonly failure: string;
      /** Whether the file names the place no more, if it ever did: that it cannot be looked at keeps nothing from being done. */
      readonly beside?: true;
    }
);

/** How a fleet is planned. */
export interface FleetOptions {
  /** Whether stacks that are no longer in the file are deleted. */
  readonly prune?: boolean;
  /** Names of rules, with `*` for any run of characters: only their stacks are planned, and what they need. */
  readonly only?: readonly string[];
  /** Whether anything that is not among the stacks of these places may still send to the topics of the base stacks. */
  readonly heardElsewhere?: boolean;
}

/** What has to be done, and why. */
export interface FleetPlan {
  readonly fleet: string;
  readonly environment: string;
  /** By account, region and name; what others need comes before them, deletions come last. */
  readonly steps: readonly FleetStep[];
  readonly counts: Readonly<Record<FleetAction['do'], number>>;
  readonly notes: readonly string[];
  /** 0 when there is nothing to do, 3 when changes are pending, 1 when something is refused. */
  readonly exitCode: 0 | 1 | 3;
}

/** What the plan of one account and region is made from. */
interface Spot {
  readonly place: Place;
  readonly wanted: FleetWanted;
  /** What stands there; `undefined` when it could not be looked at. */
  readonly stacks: readonly Stack[] | undefined;
  readonly failure: string;
  readonly hasBucket: boolean;
  readonly prune: boolean;
  readonly heardElsewhere: boolean;
}

const { parameters: common } = stackNames;

const keyOf = ({ account, region }: Place, stack = ''): string => `${account}/${region}/${stack}`;

/**
 * Plans a fleet.
 *
 * @param standing what stands in each account and region of the fleet. Those in which it no longer has stacks may be
 *   among them: what is left of it is found only where somebody looks.
 * @throws UsageError when `only` names nothing. An Error when the fleet has problems or a place was not looked at: both
 *   would make stacks look as if nobody wanted them.
 */
export function planFleet(
  wanted: FleetWanted,
  standing: readonly PlaceStanding[],
  { prune = false, only, heardElsewhere = false }: FleetOptions = {},
): FleetPlan {
  if (wanted.problems.length > 0) throw new Error('A fleet with problems cannot be planned.');
  const places = new Set(standing.map(({ place }) => keyOf(place)));
  const missed = wanted.stacks.find((each) => !places.has(keyOf(each.wanted.place)));
  if (missed) throw new Error(`${keyOf(missed.wanted.place)} was not looked at.`);
  const all = standing
    .toSorted((a, b) => order(keyOf(a.place), keyOf(b.place)))
    .flatMap((found) => planPlace({ ...spotOf(wanted, found), prune, heardElsewhere }));
  const steps = only === undefined ? all : selected(all, only);
  const failures = standing.flatMap((found) =>
    'failure' in found && !found.beside ? [{ key: keyOf(found.place), why: found.failure }] : [],
  );
  const untold = failures.filter(({ key }) => !all.some((step) => keyOf(step.place) === key));
  const { fleet, environment } = wanted;
  return {
    fleet,
    environment,
    steps,
    ...counted(steps, failures.length > 0),
    notes: [
      ...wanted.notes,
      ...elsewhere(wanted, standing),
      ...untold.map(({ why }) => why),
      ...unseen(standing),
      ...deafMeanwhile(steps, wanted),
    ],
  };
}

/**
 * Says which stacks that stand will send to a subscription that is made anew: until somebody confirms it, nobody hears them.
 */
function deafMeanwhile(steps: readonly FleetStep[], { base }: FleetWanted): readonly string[] {
  const addressOf = ({ action }: FleetStep): string | undefined => {
    if (!('parameters' in action)) return undefined;
    const address = action.parameters[common.alertEmail];
    return typeof address === 'string' && address !== '' ? address : undefined;
  };
  // Of a new topic of a base stack those are deaf that move to it, of another address all that are there already too.
  const behind = (baseStep: FleetStep): readonly FleetStep[] =>
    steps.filter(
      ({ action, place, needs }) =>
        action.stack !== base &&
        ((action.do === 'update' && needs.includes(baseStep.key)) ||
          (action.do === 'keep' &&
            baseStep.action.do === 'update' &&
            keyOf(place) === keyOf(baseStep.place))),
    );
  const waiting = new Map<string, string[]>();
  for (const step of steps) {
    const address = addressOf(step);
    const isBase = step.action.stack === base;
    if (address === undefined || (!isBase && step.action.do !== 'update')) continue;
    const deaf = isBase ? behind(step) : [step];
    const names = deaf.map(({ action, place }) => `${action.stack} in ${place.region}`);
    waiting.set(address, [...(waiting.get(address) ?? []), ...names]);
  }
  return [...waiting].flatMap(([address, names]) => {
    if (names.length === 0) return [];
    const which = names.length > 3 ? `${names.length} stacks` : enumerated(names);
    return [
      `Until ${address} confirms the new subscription, nobody hears the alerts of ${which}, which are heard elsewhere or by others today: confirm it as soon as SNS has sent its message.`,
    ];
  });
}

/** How many steps there are of each kind, and what that comes to. */
function counted(
  steps: readonly FleetStep[],
  isBroken: boolean,
): Pick<FleetPlan, 'counts' | 'exitCode'> {
  const counts = { create: 0, update: 0, recreate: 0, keep: 0, refuse: 0, delete: 0, orphaned: 0 };
  for (const { action } of steps) counts[action.do] += 1;
  const changes = counts.create + counts.update + counts.recreate + counts.delete;
  return { counts, exitCode: isBroken || counts.refuse > 0 ? 1 : changes > 0 ? 3 : 0 };
}

/** A plan in which the update of some stacks turned out to change nothing. */
export const withoutUpdates = (plan: FleetPlan, same: ReadonlySet<string>): FleetPlan => {
  const steps = plan.steps.map((step): FleetStep => {
    const { action } = step;
    if (action.do !== 'update' || !same.has(step.key)) return step;
    const { stack, standing } = action;
    const because = 'its last update was rolled back, and CloudFormation finds no difference';
    return { ...step, action: { do: 'keep', stack, because, standing }, needs: [] };
  });
  return { ...plan, steps, ...counted(steps, plan.exitCode === 1) };
};

/** Says where nobody could look for what is left of the fleet. */
function unseen(standing: readonly PlaceStanding[]): readonly string[] {
  const found = standing.flatMap((each) => ('failure' in each && each.beside ? [each] : []));
  const [first] = found;
  if (!first) return [];
  const where = found.map(({ place }) => `${place.region} (account ${place.account})`);
  return [`What is left of the fleet in ${enumerated(where)} is not known. ${first.failure}`];
}

const spotOf = (
  wanted: FleetWanted,
  found: PlaceStanding,
): Omit<Spot, 'prune' | 'heardElsewhere'> => ({
  place: found.place,
  wanted,
  stacks:
    'stacks' in found ? found.stacks.filter((stack) => conditionOf(stack) !== 'absent') : undefined,
  failure: 'failure' in found ? found.failure : '',
  hasBucket: 'stacks' in found && found.hasBucket === true,
});

/** The steps of the rules that are named, and those that they need. */
function selected(steps: readonly FleetStep[], only: readonly string[]): readonly FleetStep[] {
  const isChosen = chosenBy(only, [...new Set(steps.map(({ name }) => name))]);
  const chosen = steps.filter(({ name }) => isChosen(name));
  const kept = new Set(chosen.flatMap(({ key, needs }) => [key, ...needs]));
  return steps.filter(({ key }) => kept.has(key));
}

/** Says what there is of the fleet in other environments: another file's, or left there by a changed one. */
function elsewhere(wanted: FleetWanted, standing: readonly PlaceStanding[]): readonly string[] {
  const environments = standing
    .flatMap((found) => ('stacks' in found ? found.stacks : []))
    .filter((stack) => isPatrols(stack) && stack.tags[fleetTag] === wanted.fleet)
    .flatMap(({ tags: { 'patrol:environment': environment = '' } }) =>
      environment === wanted.environment ? [] : [environment],
    );
  return [...new Set(environments)].toSorted().map((environment) => {
    const count = environments.filter((each) => each === environment).length;
    const what = count === 1 ? '1 stack' : `${count} stacks`;
    return `${what} of the fleet ${wanted.fleet} in the environment ${environment} left alone: this file is about ${wanted.environment}.`;
  });
}

function planPlace(spot: Spot): readonly FleetStep[] {
  const { wanted, place } = spot;
  const isHere = (other: Place): boolean => keyOf(other) === keyOf(place);
  const wantedBase = wanted.bases.find((each) => isHere(each.place));
  const base = wantedBase && planBase(spot, wantedBase);
  const rules = wanted.stacks
    .filter((each) => isHere(each.wanted.place))
    .toSorted((a, b) => order(a.wanted.name, b.wanted.name))
    .map(({ wanted: about, artifact, usesBase, notes }): FleetStep => {
      const planned = planOne(spot, about, artifact);
      const changes = planned.do !== 'keep' && planned.do !== 'refuse';
      const waits = changes && base !== undefined && (usesBase || wantedBase?.bucket === true);
      const blocked = waits && base.action.do === 'refuse';
      return {
        key: keyOf(place, about.stack),
        name: about.name,
        place,
        action: blocked ? waiting(about.stack, base.action.stack) : planned,
        needs: waits && base.action.do !== 'keep' ? [base.key] : [],
        notes: [...notes, ...driftIn(planned, place)],
        deploys: { artifact, template: about.template },
      };
    });
  const steps = [...(base ? [base] : []), ...rules];
  return [...steps, ...strays(spot, steps)];
}

/** What CloudFormation has found to be changed past it. */
const driftIn = (step: Step, { region }: Place): readonly string[] => {
  const drift = 'standing' in step ? driftOf(step.standing, region)?.message : undefined;
  return drift === undefined ? [] : [drift];
};

const waiting = (stack: string, base: string): FleetAction => ({
  do: 'refuse',
  stack,
  because: `${stack} needs the base stack ${base}, with which nothing can be done now.`,
});

/** A step for one stack that is wanted. */
function planOne(
  { place, wanted: { fleet, tags }, stacks, failure }: Spot,
  wanted: Wanted,
  artifact: Artifact,
): Step {
  const { stack } = wanted;
  if (!stacks) return { do: 'refuse', stack, because: failure };
  const standing = stacks.find(({ name }) => name === stack);
  const owner = standing && isPatrols(standing) ? (standing.tags[fleetTag] ?? fleet) : fleet;
  if (owner !== fleet) {
    const because = `The stack ${stack} in ${place.region} belongs to the fleet ${owner}, as its tag ${fleetTag} says. Take the rule out of one of the two, or choose another environment.`;
    return { do: 'refuse', stack, because };
  }
  return tagged(plan(wanted, artifact, standing), tags, { ...wanted, artifact });
}

/** Adds the tags of the fleet to a step. What has to be done for them alone is an update. */
function tagged(
  step: Step,
  tags: Readonly<Record<string, string>>,
  {
    template,
    environment,
    artifact,
  }: Pick<Wanted, 'template' | 'environment'> & { readonly artifact: Artifact },
): Step {
  if (step.do === 'refuse') return step;
  const changed =
    step.do === 'update' || step.do === 'keep'
      ? Object.entries(tags).filter(([name, text]) => step.standing.tags[name] !== text)
      : [];
  if (step.do === 'keep' && changed.length === 0) return step;
  const because = [
    ...(step.do === 'keep' ? [] : [step.because]),
    ...(changed.some(([name]) => name === fleetTag)
      ? [`it joins the fleet ${tags[fleetTag]}`]
      : []),
    ...changed.flatMap(([name]) => (name === fleetTag ? [] : [`the tag ${name} changed`])),
  ].join('; ');
  const differences = changed.map(([name, after]) => {
    const before = 'standing' in step ? step.standing.tags[name] : undefined;
    return { what: name, name, ...(before === undefined ? {} : { before }), after };
  });
  if (step.do !== 'keep') {
    const all = [...step.differences, ...differences];
    return { ...step, because, differences: all, tags: { ...step.tags, ...tags } };
  }
  const { stack, standing } = step;
  const kept = Object.entries(standing.tags).filter(([name]) => !/^(aws|patrol):/.test(name));
  const parameters = Object.keys(template.parameters)
    .filter((name) => Object.hasOwn(standing.parameters, name))
    .map((name) => [name, previousValue] as const);
  return {
    do: 'update',
    stack,
    because,
    standing,
    parameters: Object.fromEntries(parameters),
    tags: { ...Object.fromEntries(kept), ...tagsOf(artifact, environment), ...tags },
    differences,
  };
}

/** The step of a base stack; `undefined` when there is nothing that it would hold. */
function planBase(
  spot: Spot,
  { alertEmail, alarmEmail, bucket, organization = '' }: WantedBase,
): FleetStep | undefined {
  const { place, wanted, stacks = [], hasBucket } = spot;
  const { base: stack, fleet, environment } = wanted;
  const artifact = baseArtifact(fleet);
  const standing = stacks.find(({ name }) => name === stack);
  const has = (name: string): string =>
    (conditionOf(standing) === 'ready' && standing?.parameters[name]) || '';
  const notes: string[] = [];
  let leaves = false;

  // What alerts or alarms are still sent to is not taken away before they go elsewhere.
  const email = (wantedEmail: string, parameter: string, kind: 'alerts' | 'alarms'): string => {
    const kept = has(parameter);
    if (wantedEmail !== '' || kept === '') return wantedEmail;
    if (!spot.heardElsewhere && !isUsed(spot, baseTopic(place, stack, kind))) return '';
    notes.push(`Its topic for ${kind} stays until nothing sends to it any more.`);
    leaves = true;
    return kept;
  };
  const name = codeAt(place, artifact).bucket;
  const isOwn = has(baseParameters.bucket) === name;
  if (bucket && hasBucket && !isOwn) {
    notes.push(`The bucket ${name} is there already and stays outside the base stack.`);
  }
  const texts: Record<string, string> = {
    [baseParameters.alertEmail]: email(alertEmail, baseParameters.alertEmail, 'alerts'),
    [baseParameters.alarmEmail]: email(alarmEmail, baseParameters.alarmEmail, 'alarms'),
    [baseParameters.bucket]: bucket && (isOwn || !hasBucket) ? name : '',
  };
  if (Object.values(texts).every((text) => text === '')) return undefined;
  texts[baseParameters.organization] = organization;
  const values = Object.fromEntries(
    Object.entries(texts).map(([each, text]): [string, Value] => [each, { text, from: 'given' }]),
  );
  const about = {
    name: baseName(fleet),
    stack,
    place,
    environment,
    command: applyCommand,
    template: baseTemplate,
    values,
  };
  return {
    key: keyOf(place, stack),
    name: about.name,
    place,
    action: planOne(spot, about, artifact),
    needs: [],
    notes,
    ...(leaves ? { leaves } : {}),
    deploys: { artifact, template: baseTemplate },
  };
}

/** Whether a stack other than the base stack sends something to a topic. */
const isUsed = (
  { stacks = [] }: Spot,
  topic: string,
  but: ReadonlySet<string> = new Set(),
): boolean => sendersTo(stacks, topic).some(({ name }) => !but.has(name));

/** The stacks that are tagged as the fleet's, but that it no longer wants. */
function strays(spot: Spot, steps: readonly FleetStep[]): readonly FleetStep[] {
  const { place, wanted, stacks = [], prune } = spot;
  const known = new Set(steps.map(({ action }) => action.stack));
  const found = stacks
    // What a stack set made here has its tags, but is the stack set's to delete.
    .filter(({ name }) => !name.startsWith('StackSet-'))
    .filter((stack) => isPatrols(stack) && !known.has(stack.name))
    .filter(
      ({ tags }) =>
        tags[fleetTag] === wanted.fleet && tags['patrol:environment'] === wanted.environment,
    )
    .map((standing) => {
      const { 'patrol:package': packageName = '', 'patrol:rule': rule = '' } = standing.tags;
      const isBase = standing.name === wanted.base;
      const name = isBase ? baseName(wanted.fleet) : typedName(standIn(packageName, rule));
      return { standing, isBase, name };
    })
    // The base stack last: until then the others may use it.
    .toSorted((a, b) => Number(a.isBase) - Number(b.isBase) || order(a.name, b.name));
  // Those that will use no topic of the base stack afterwards unless the file says so.
  const settled = new Set(
    steps.filter(({ action }) => action.do !== 'refuse').map(({ action }) => action.stack),
  );
  const earlier = steps.map(({ key }) => key);
  return found.map(({ standing, isBase, name }): FleetStep => {
    const key = keyOf(place, standing.name);
    const needs = isBase && prune ? [...earlier] : [];
    const action = removal(spot, standing, isBase, settled);
    if (action.do === 'delete') settled.add(standing.name);
    earlier.push(key);
    return { key, name, place, action, needs, notes: [] };
  });
}

function removal(
  spot: Spot,
  standing: Stack,
  isBase: boolean,
  settled: ReadonlySet<string>,
): FleetAction {
  const { place, wanted, prune } = spot;
  const { name: stack } = standing;
  const why = 'the file no longer has it';
  if (!prune) return { do: 'orphaned', stack, because: `${why}; --prune deletes it`, standing };
  const topics = (['alerts', 'alarms'] as const).map((kind) => baseTopic(place, wanted.base, kind));
  const because =
    misnamed(standing) ??
    undeletable(standing, place.region) ??
    (isBase && topics.some((topic) => isUsed(spot, topic, settled))
      ? `Other stacks send their alerts or alarms to the topics of ${stack}, and this run does not change them. Give them other topics first.`
      : undefined);
  return because === undefined
    ? { do: 'delete', stack, because: why, standing }
    : { do: 'refuse', stack, because };
}

/** Tags can be put on any stack; the name of one tells as well whether Patrol made it. */
function misnamed({ name, tags }: Stack): string | undefined {
  const {
    'patrol:package': packageName = '',
    'patrol:rule': rule = '',
    'patrol:environment': environment = '',
  } = tags;
  const expected = `patrol-${shortName(packageName)}-${rule}-${environment}`;
  return name === expected
    ? undefined
    : `${name} carries the tags of ${expected}, but not its name, so that it is not deleted. Delete it yourself if nobody needs it, or take the tags off.`;
}
